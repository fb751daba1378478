"""Laws that hold for any contract, from the record through terms to the price table."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contractgen.calendars import add_months
from contractgen.money import Rounding, percent_of, share
from contractgen.terms import Terms
from contractgen.terms.sheet import Entry
from contractgen.values import Calendar, Money
from helpers import ayotex, fee, line, minor, price_lines, siemens, terms, totals

FEES = st.lists(st.integers(1, 50_000_000), min_size=1, max_size=4)
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
PERCENTS = st.decimals(0, 40, places=2).map(str)
EXTRAS = st.fixed_dictionaries(
    {
        "discounts": st.lists(st.builds(lambda p: {"name": "Discount", "percent": p}, PERCENTS), max_size=2),
        "taxes": st.lists(st.builds(lambda p: {"name": "Tax", "percent": p}, PERCENTS), max_size=2),
    }
)
ROUNDINGS = [Rounding.HALF_UP_MINOR_UNIT, Rounding.DOWN_MINOR_UNIT, Rounding.DOWN_TEN_UNITS]
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def year_after(day: date, years: int = 1) -> date:
    return add_months(day, 12 * years, Calendar.GREGORIAN)


def late(expiry: date, effective: date, fees: list[int], **more: Any) -> Terms:
    record = siemens(
        day=effective.isoformat(),
        transaction="late-renewal",
        term={"expiry": expiry.isoformat(), "lapsed": True},
        reinstatement={"effective": effective.isoformat()},
        licences=fee(*fees),
        **more,
    )
    return terms(record, "quote")


def deferred(delivery: date, concluded: date, fees: list[int]) -> Terms:
    dates = {"delivery": delivery.isoformat(), "concluded": concluded.isoformat()}
    record = siemens(day=concluded.isoformat(), transaction="deferred-initial", deferral=dates, licences=fee(*fees))
    return terms(record, "quote")


def total(found: Terms) -> int:
    return totals(found)["total"]


def amount_of(entry: Entry) -> int:
    return minor(entry.figures["amount"].canonical)


def check_sums(found: Terms, extras: dict[str, Any]) -> None:
    """Add up the printed lines as a reader does: every printed total must come out."""
    lines = sum(amount for _, amount in price_lines(found))
    rows = [(entry.label, amount_of(entry)) for entry in found.lists["price_totals"]]
    discounts = sum(
        amount for label, amount in rows if label in {"term-discount", "discount-percent", "discount-amount"}
    )
    taxes = sum(amount for label, amount in rows if label == "tax")
    shown = dict(rows)
    assert discounts <= 0 <= taxes
    assert shown.get("lines", lines) == lines
    assert shown.get("net", lines + discounts) == lines + discounts
    assert shown["total"] == lines + discounts + taxes
    labels = [label for label, _ in rows]
    assert labels.count("tax") == len(extras["taxes"])
    assert labels.count("discount-percent") == len(extras["discounts"])


@quick
@given(st.lists(st.integers(5000, 50_000_000), min_size=1, max_size=4), EXTRAS, st.sampled_from(ROUNDINGS))
def test_a_quotation_adds_up_from_its_printed_lines(
    fees: list[int], extras: dict[str, Any], rounding: Rounding
) -> None:
    """Each discount is of the sum of the lines, each tax of what is left, and each is rounded once."""
    expiry = {"expiry": "2025-03-01"}
    record = siemens(term=expiry, licences=fee(*fees), readings={"rounding": rounding}, **extras)
    found = terms(record, "quote")
    printed = [share(Money(amount, "KRW"), 1, rounding).minor for amount in fees]
    assert [amount for _, amount in price_lines(found)] == printed
    check_sums(found, extras)
    rows = found.lists["price_totals"]
    lines = Money(sum(printed), "KRW")
    off = [percent_of(lines, Decimal(part["percent"]), rounding) for part in extras["discounts"]]
    assert [-amount_of(row) for row in rows if row.label == "discount-percent"] == [part.minor for part in off]
    net = Money(lines.minor - sum(part.minor for part in off), "KRW")
    due = [percent_of(net, Decimal(part["percent"]), rounding) for part in extras["taxes"]]
    assert [amount_of(row) for row in rows if row.label == "tax"] == [part.minor for part in due]


@quick
@given(DAYS, st.integers(0, 1090), FEES, EXTRAS)
def test_the_lines_of_a_late_renewal_add_up_to_its_totals(
    expiry: date, days: int, fees: list[int], extras: dict[str, Any]
) -> None:
    found = late(expiry, expiry + timedelta(days), fees, **extras)
    check_sums(found, extras)
    assert total(late(expiry, expiry + timedelta(days), fees)) == minor(found.figures["late.total"].canonical)


@quick
@given(DAYS, st.lists(st.tuples(st.integers(0, 700), st.integers(1, 9_000_000)), min_size=2, max_size=5), EXTRAS)
def test_the_lines_of_a_co_termination_add_up_to_its_totals(
    first: date, lines: list[tuple[int, int]], extras: dict[str, Any]
) -> None:
    licences = [
        line(f"L{number}", amount, (first + timedelta(days)).isoformat()) for number, (days, amount) in enumerate(lines)
    ]
    day = first.isoformat()
    found = terms(siemens(day=day, transaction="co-termination", licences=licences, **extras), "quote")
    table = sum(minor(entry.figures["fee"].canonical) for entry in found.lists["coterm_lines"])
    assert table == minor(found.figures["cotermination.stub_total"].canonical)
    if price_lines(found):
        check_sums(found, extras)
        assert table == sum(amount for _, amount in price_lines(found))


@quick
@given(
    st.integers(1, 10**12),
    st.decimals(25, 35, places=2).map(str),
    st.integers(1, 3),
    st.sampled_from(["initial", "renewal"]),
    st.integers(0, 6),
    st.sampled_from(["false", "true"]),
    EXTRAS,
)
def test_the_lines_of_a_package_add_up_to_its_totals(  # noqa: PLR0913  what makes its price
    price: int,
    rate: str,
    years: int,
    transaction: str,
    visits: int,
    both: str,
    extras: dict[str, Any],
) -> None:
    services = [{"kind": "server-move"}, *([{"kind": "periodic-visit", "count": visits}] if visits else [])]
    record = ayotex(
        tier="premium",
        transaction=transaction,
        package={"sale_price": price, "rate_percent": rate, "years": years},
        services=services,
        readings={"discount_on_surcharges": both},
        **extras,
    )
    found = terms(record, "quote")
    check_sums(found, extras)
    gross, discount = (minor(found.figures[f"package.{name}"].canonical) for name in ("gross", "discount"))
    assert minor(found.figures["package.total"].canonical) == gross - discount
    assert [amount for label, amount in price_lines(found) if label == "package-year"] == [gross // years] * years
    beside = sum(amount for _, amount in price_lines(found)) - gross
    if transaction == "renewal" and years > 1:
        percent, base = {2: 10, 3: 15}[years], gross + (beside if both == "true" else 0)
        assert (
            -totals(found)["term-discount"]
            == percent_of(Money(base, "IRR"), percent, Rounding.HALF_UP_MINOR_UNIT).minor
        )


@quick
@given(DAYS, st.integers(0, 1094), FEES)
def test_one_more_day_of_delay_never_makes_a_late_renewal_cheaper(expiry: date, days: int, fees: list[int]) -> None:
    today, tomorrow = (late(expiry, expiry + timedelta(delay), fees) for delay in (days, days + 1))
    assert total(today) <= total(tomorrow)


@quick
@given(DAYS, st.integers(0, 1500), FEES)
def test_one_more_day_never_makes_a_deferred_first_purchase_cheaper(delivery: date, days: int, fees: list[int]) -> None:
    today, tomorrow = (deferred(delivery, delivery + timedelta(delay), fees) for delay in (days, days + 1))
    assert total(today) <= total(tomorrow)


@quick
@given(DAYS, st.integers(1, 3), FEES)
def test_a_full_year_costs_the_annual_fee(start: date, years: int, fees: list[int]) -> None:
    """Also in a leap year: as a first term, as a renewal, as fees for a gap, and as a stub."""
    days = {"start": start.isoformat(), "months": 12 * years}
    first = siemens(day=start.isoformat(), transaction="initial", term=days, licences=fee(*fees))
    assert [amount for _, amount in price_lines(terms(first, "quote"))] == [years * amount for amount in fees]
    renewal = siemens(day=start.isoformat(), term={"expiry": start.isoformat()}, licences=fee(*fees))
    assert total(terms(renewal, "quote")) == sum(fees)
    gap = late(start, year_after(start, years), fees).figures["late.gap_fee"]
    assert minor(gap.canonical) == years * sum(fees)
    lines = [line("L0", 1, year_after(start, years).isoformat())]
    lines += [line(f"L{n}", amount, start.isoformat()) for n, amount in enumerate(fees, 1)]
    common = siemens(day=start.isoformat(), transaction="co-termination", licences=lines)
    assert [amount for _, amount in price_lines(terms(common, "quote"))] == [years * amount for amount in fees]


@quick
@given(DAYS, st.integers(0, 400))
def test_a_notice_is_in_time_up_to_its_printed_last_day_and_never_after(expiry: date, days: int) -> None:
    received = expiry - timedelta(days)
    record = siemens(
        day=received.isoformat(),
        term={"expiry": expiry.isoformat()},
        withdrawal={"received": received.isoformat(), "written": True},
    )
    found = terms(record, "withdrawal-ack")
    in_time = received.isoformat() <= found.figures["notice.deadline"].canonical
    assert found.facts["withdrawal"].value == ("accepted" if in_time else "late")
    ends = expiry if in_time else year_after(expiry)
    assert found.figures["withdrawal.cover_ends"].canonical == ends.isoformat()
