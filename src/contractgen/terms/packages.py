"""Support packages priced as a share of the sale price (rule ``package``).

In: ``package.*``, ``term.start``, ``term.expiry``. Out: facts ``rate`` and ``years``, figures ``package.*``, the table
of options for several years, a price line for each contract year and the discount of a renewal for several years.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from contractgen.errors import Problem
from contractgen.money import percent_of, total
from contractgen.rules.package import (
    DiscountBase,
    PackagePrice,
    PackageRule,
    PackageTransaction,
    contract_years,
    package_price,
)
from contractgen.terms.common import count_of, percent_of_policy, rounding
from contractgen.terms.sheet import Entry, Sheet, day_of, money_of
from contractgen.values import Calendar, Day, Duration, Figure, Kind, Unit, canonical

FACTS = {"rate": ("none", "within", "outside"), "years": ("none", "one", "two", "three", "more")}
_YEARS = {1: "one", 2: "two", 3: "three"}


def package_rule(sheet: Sheet) -> PackageRule:
    """Return the figures and readings of package prices."""
    discounts = {years: percent_of_policy(sheet, name) for years, name in _discount_names(sheet).items()}
    return PackageRule(
        percent_min=percent_of_policy(sheet, "rate_minimum"),
        percent_max=percent_of_policy(sheet, "rate_maximum"),
        discount_by_years={1: Decimal(0), **discounts},
        discount_base=sheet.option("discount_base", DiscountBase),
        discount_on_first_purchase=sheet.switch("discount_on_first_purchase"),
        rounding=rounding(sheet),
    )


def _discount_names(sheet: Sheet) -> dict[int, str]:
    """Return which figure of the policy is the discount of a renewal for so many years."""
    return {count_of(sheet, "two_years"): "discount_two_years", count_of(sheet, "three_years"): "discount_three_years"}


def work(sheet: Sheet) -> None:
    """Judge the rate and the years, and price the package."""
    package = sheet.contract.record.package
    if package is None:
        sheet.put_fact("rate", "none", FACTS["rate"], (), "the record gives no package")
        sheet.put_fact("years", "none", FACTS["years"], (), "the record gives no package")
        sheet.lack("package", "package.sale_price and package.rate_percent")
        _covered(sheet, None, None)
        return
    rule = package_rule(sheet)
    rate = sheet.contract.figures["package.rate_percent"]
    within = Decimal(str(rule.percent_min)) <= package.rate_percent <= Decimal(str(rule.percent_max))
    bounds = (sheet.policy_figure("rate_minimum"), sheet.policy_figure("rate_maximum"))
    sheet.put_fact("rate", "within" if within else "outside", FACTS["rate"], (rate, *bounds), "both ends included")
    given = sheet.given("package.years")
    years = sheet.put("package.years", Kind.DURATION, Duration(package.years, Unit.YEAR), (given,), "as ordered")
    sheet.put_fact("years", _YEARS.get(package.years, "more"), FACTS["years"], (years,))
    covered = _covered(sheet, package.years, years)
    if within and package.years in rule.discount_by_years:
        _price(sheet, rule, package.years, years, covered)
        _options(sheet, rule)


def first_day(sheet: Sheet) -> tuple[date, Figure] | None:
    """Return the first day of the term: ``term.start``, or the day after the last day of a running contract."""
    start, expiry = sheet.given("term.start"), sheet.given("term.expiry")
    if sheet.contract.record.transaction == "renewal" and expiry is not None:
        return day_of(expiry) + timedelta(days=1), expiry
    return (day_of(start), start) if start is not None else None


def _covered(sheet: Sheet, years: int | None, ordered: Figure | None) -> list[tuple[Figure, Figure]]:
    """Put down first and last day of the term; return those of each contract year."""
    found = first_day(sheet)
    if found is None or years is None:
        needs = "term.start, or term.expiry for a renewal"
        for name in ("package.start", "package.last_day", "package.days"):
            sheet.lack(name, needs)
        return []
    start, source = found
    calendar = Calendar(sheet.reading("calendar"))
    parts = contract_years(start, years, calendar)
    shown = Day(start, calendar).calendar
    readings = ["calendar"]
    first = sheet.put("package.start", Kind.DATE, Day(start, shown), (source,), "", readings)
    last = Day(parts[-1].last_covered_day, shown)
    working = f"{sum(part.days for part in parts)} days"
    end = sheet.put("package.last_day", Kind.DATE, last, (first, ordered), working, readings)
    _check_expiry(sheet, parts[-1].last_covered_day)
    days = Duration(sum(part.days for part in parts), Unit.DAY)
    sheet.put("package.days", Kind.DURATION, days, (first, end), "first and last day included")
    return [
        (
            sheet.figure("package.year_start", Kind.DATE, Day(part.start, shown), (first,), "", readings),
            sheet.figure("package.year_end", Kind.DATE, Day(part.last_covered_day, shown), (first,), "", readings),
        )
        for part in parts
    ]


def _check_expiry(sheet: Sheet, last: date) -> None:
    """Warn where the record of a first purchase gives a last day that its years do not end on: the years count."""
    stated = sheet.given("term.expiry")
    if sheet.contract.record.transaction == "initial" and stated is not None and day_of(stated) != last:
        cause = f"term.expiry is {stated.canonical}, but package.years from term.start end on {last}"
        repair = "remove term.expiry, or make the two agree"
        sheet.warnings.append(Problem(sheet.contract.place("term.expiry"), cause, repair))


def _priced(sheet: Sheet, rule: PackageRule, years: int) -> PackagePrice:
    record = sheet.contract.record
    kind = PackageTransaction.RENEWAL if record.transaction == "renewal" else PackageTransaction.FIRST_PURCHASE
    base = money_of(sheet.contract.figures["package.sale_price"])
    percent = sheet.contract.figures["package.rate_percent"].amount
    result = package_price(base, Decimal(str(percent)), years, kind, rule)
    if not isinstance(result, PackagePrice):  # pragma: no cover  (rate and years were judged before)
        raise TypeError("the package cannot be priced")
    return result


def _price(sheet: Sheet, rule: PackageRule, count: int, years: Figure, covered: list[tuple[Figure, Figure]]) -> None:
    result = _priced(sheet, rule, count)
    base, rate = sheet.contract.figures["package.sale_price"], sheet.contract.figures["package.rate_percent"]
    working = f"{rate.canonical} % of {base.canonical}"
    readings = ["price_period", "rounding"]
    yearly = sheet.put("package.yearly", Kind.MONEY, result.yearly, (base, rate), working, readings)
    gross = sheet.put("package.gross", Kind.MONEY, result.gross, (yearly, years), f"{count} x {yearly.canonical}")
    discount = _discount(sheet, result, count, gross, years)
    sheet.put("package.total", Kind.MONEY, result.total, (gross, discount), "the price less the discount")
    for number in range(1, count + 1):
        figures: dict[str, Figure | None] = {
            "year": sheet.figure("year", Kind.NUMBER, number, (years,), "contract year"),
            "percent": rate,
            "base": base,
            "amount": sheet.figure("package.year_fee", Kind.MONEY, result.yearly, (base, rate), working, readings),
        }
        if covered:
            figures["start"], figures["end"] = covered[number - 1]
        sheet.add("price_lines", "package-year", figures)


def _discount(sheet: Sheet, result: PackagePrice, count: int, gross: Figure, years: Figure) -> Figure:
    names = _discount_names(sheet)
    rate = sheet.policy_figure(names[count]) if result.discount_percent and count in names else None
    base = sheet.put("package.discount_base", Kind.MONEY, result.discount_base, (gross,), "", ["discount_base"])
    working = f"{result.discount_percent} % of {base.canonical}"
    readings = ["discount_base", "discount_on_first_purchase", "rounding"]
    discount = sheet.put("package.discount", Kind.MONEY, result.discount, (base, rate), working, readings)
    if rate is not None:
        amount = sheet.figure("term_discount", Kind.MONEY, -result.discount, (discount,), "taken off")
        sheet.add("term_discounts", "term-discount", {"years": years, "percent": rate, "amount": amount})
    return discount


def discount_services(sheet: Sheet, lines: Sequence[Entry]) -> None:
    """Let the discount of the term bear on services ordered beside the package too, where that reading is chosen.

    The line then shows the percentage of both, rounded once; ``package.*`` stay the figures of the package alone.
    """
    discounts = sheet.lists.get("term_discounts", [])
    if not lines or not discounts or not sheet.switch("discount_on_surcharges"):
        return
    base, parts = sheet.figures["package.discount_base"], [line.figures["amount"] for line in lines]
    beside = total((money_of(part) for part in parts), money_of(base).currency)
    figures = dict(discounts[0].figures)
    percent = figures["percent"].amount
    off = percent_of(money_of(base) + beside, Decimal(str(percent)), rounding(sheet))
    working = f"{percent} % of {base.canonical} and of {canonical(beside)} for services"
    readings = ["discount_base", "discount_on_surcharges", "rounding"]
    figures["amount"] = sheet.figure("term_discount", Kind.MONEY, -off, (base, *parts), working, readings)
    discounts[0] = Entry(discounts[0].label, figures)


def _options(sheet: Sheet, rule: PackageRule) -> None:
    """List the price for each number of years that has a rule, for the renewal notice."""
    names = _discount_names(sheet)
    yearly = sheet.figures["package.yearly"]
    readings = ["discount_base", "discount_on_first_purchase", "rounding"]
    for count in sorted(rule.discount_by_years):
        result = _priced(sheet, rule, count)
        source = sheet.policy_figure(names[count]) if count in names else None
        percent = result.discount_percent
        rate = sheet.figure("percent", Kind.PERCENT, Decimal(str(percent)), (source,), "discount of this term")
        years = sheet.figure("years", Kind.DURATION, Duration(count, Unit.YEAR), (), "years of the option")
        working = f"{count} x {yearly.canonical}"
        gross = sheet.figure("option.gross", Kind.MONEY, result.gross, (yearly, years), working)
        working = f"{percent} % of {canonical(result.discount_base)}"
        discount = sheet.figure("option.discount", Kind.MONEY, result.discount, (gross, rate), working, readings)
        net = sheet.figure("option.total", Kind.MONEY, result.total, (gross, discount), "the price less the discount")
        row = {"years": years, "percent": rate, "gross": gross, "discount": discount, "total": net}
        sheet.add("package_options", "option", row)
