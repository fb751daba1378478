"""Services ordered beside a contract (rule ``services``): each is charged by a row of the policy's service table.

In: ``services`` of the record, the policy's ``[[service]]`` rows. Out: facts ``visit`` and ``service`` (whether something
ordered is barred), and price lines. A row charges a figure of the policy for each unit beyond an allowance, the
price agreed in the record, or refuses.
"""

from __future__ import annotations

from contractgen.errors import Problem, did_you_mean
from contractgen.policy import ServiceRow
from contractgen.record import Service
from contractgen.rules.allowances import (
    FreeHoursPeriod,
    FreeHoursRule,
    FreeHoursUnit,
    HourPriceMissing,
    OnSiteVisit,
    VisitOverLimit,
    VisitRule,
    VisitTooLong,
    charge_visits,
    deduct_hours,
)
from contractgen.terms.common import count_of
from contractgen.terms.sheet import Sheet, money_of
from contractgen.values import Cause, Duration, Fact, Figure, Kind, Money, Origin, Unit

FACTS = {"visit": ("none", "in-order", "too-long"), "service": ("none", "in-order", "no-tariff")}
SIZES = ("none", "short", "long", "package-short", "package-long", "other")
MINUTES = 60


def work(sheet: Sheet) -> None:
    """Charge each service ordered."""
    seen = {"visit": "none", "service": "none"}
    for index, service in enumerate(sheet.contract.record.services):
        row = _row(sheet, index, service)
        if row is None:
            continue
        outcome = _charge(sheet, index, service, row)
        name = "visit" if row.limit else "service"
        if seen[name] not in {"too-long", "no-tariff"}:
            seen[name] = outcome
    for name, value in seen.items():
        sheet.put_fact(name, value, FACTS[name])


def _row(sheet: Sheet, index: int, service: Service) -> ServiceRow | None:
    """Return the one row of the policy that charges this service."""
    place = sheet.contract.place(f"services.{index}.kind")
    kinds = sorted({row.kind for row in sheet.policy.services})
    if service.kind not in kinds:
        repair = did_you_mean(service.kind, kinds)
        sheet.problems.append(Problem(place, f'"{service.kind}" is not a service of this vendor', repair))
        return None
    facts = dict(sheet.facts)
    facts["size"] = _fact("size", _size(sheet, service), SIZES)
    if service.area is not None and "area" in facts:
        facts["area"] = _fact("area", service.area, facts["area"].domain)
    rows = [row for row in sheet.policy.services if row.kind == service.kind and row.when.holds(facts)]
    if len(rows) != 1:
        cause = f'{len(rows)} rows of {sheet.policy.file} charge "{service.kind}" as ordered; exactly one must'
        sheet.problems.append(Problem(place, cause, "complete the [[service]] rows"))
        return None
    return rows[0]


def _fact(name: str, value: str, domain: tuple[str, ...]) -> Fact:
    return Fact(name, value, domain, Cause(Origin.CONTRACT, f"services.{name}"))


def _size(sheet: Sheet, service: Service) -> str:
    """Name the size of an engagement by the policy's own sizes: days of fixed price, hours of a time package."""
    figures = sheet.policy.figures
    if service.days is not None:
        sizes = {"startup_short_days": "short", "startup_long_days": "long"}
        return next((size for name, size in sizes.items() if name in figures and count_of(sheet, name) == service.days), "other")
    if service.hours is not None:
        sizes = {"startup_package_short": "package-short", "startup_package_long": "package-long"}
        return next((size for name, size in sizes.items() if name in figures and count_of(sheet, name) == service.hours), "other")
    return "none"


def _charge(sheet: Sheet, index: int, service: Service, row: ServiceRow) -> str:
    """Add the price lines of one service; return the outcome as a fact's value."""
    if row.charge == "refuse":
        return "no-tariff"
    if row.limit:
        return _visits(sheet, index, service, row)
    if row.allowance:
        return _free_hours(sheet, index, service, row)
    unit = _unit_price(sheet, index, row)
    if unit is None:
        return "in-order"
    count = service.count
    hourly = row.kind == "dispatch" and service.hours is not None
    if hourly and service.hours is not None:
        count *= service.hours
    _line(sheet, index, row.label, service, row, unit, count)
    return "in-order"


def _unit_price(sheet: Sheet, index: int, row: ServiceRow) -> Figure | None:
    """Return the price of one unit: the policy's figure, else the record's; a missing one is a problem."""
    if row.charge == "figure":
        return sheet.policy_figure(row.figure)
    agreed = sheet.given(f"services.{index}.unit_price")
    if agreed is None:
        place = sheet.contract.place(f"services.{index}")
        cause = f'the policy states no price for "{row.kind}" ({", ".join(row.cite)})'
        sheet.problems.append(Problem(place, cause, f"give the agreed price as services.{index}.unit_price"))
    return agreed


def _line(  # noqa: PLR0913  the parts of a price line
    sheet: Sheet, index: int, label: str, service: Service, row: ServiceRow, unit: Figure, count: int
) -> None:
    price = money_of(unit)
    amount = Money(price.minor * count, price.currency)
    working = f"{count} x {unit.canonical}"
    figures: dict[str, Figure | None] = {
        "count": sheet.figure("count", Kind.NUMBER, count, (sheet.given(f"services.{index}.count"),), "as ordered"),
        "unit_price": unit,
        "amount": sheet.figure("service_fee", Kind.MONEY, amount, (unit,), working, cite=row.cite),
    }
    if service.hours is not None:
        hours = Duration(service.hours if label == "startup-package" else count, Unit.HOUR)
        figures["hours"] = sheet.figure("hours", Kind.DURATION, hours, (sheet.given(f"services.{index}.hours"),))
    sheet.add("price_lines", label, figures)


def _visits(sheet: Sheet, index: int, service: Service, row: ServiceRow) -> str:
    """Charge periodic visits beyond those included."""
    unit = sheet.policy_figure(row.figure)
    included = count_of(sheet, row.allowance) if row.allowance else 0
    rule = VisitRule(
        included=included,
        price=money_of(unit),
        max_minutes=count_of(sheet, row.limit) * MINUTES,
        over_limit=sheet.option("visit_over_limit", VisitOverLimit),
    )
    length = service.hours * MINUTES if service.hours is not None else None
    charged = charge_visits([length] * service.count, rule, used_before=service.used_hours)
    if isinstance(charged, VisitTooLong):
        return "too-long"
    allowance = sheet.policy_figure(row.allowance) if row.allowance else None
    free = sheet.figure("included", Kind.NUMBER, charged.included_used, (allowance,), "included visits used")
    if charged.included_used:
        nothing = sheet.figure("service_fee", Kind.MONEY, Money(0, money_of(unit).currency), (free,), "included", cite=row.cite)
        sheet.add("price_lines", f"{row.label}-included", {"count": free, "amount": nothing})
    if charged.extra:
        count = sheet.figure("count", Kind.NUMBER, charged.extra, (free,), "visits beyond those included")
        working = f"{charged.extra} x {unit.canonical}"
        fee = sheet.figure("service_fee", Kind.MONEY, charged.fee, (unit, count), working, cite=row.cite)
        row_figures = {"count": count, "included": free, "unit_price": unit, "amount": fee}
        sheet.add("price_lines", row.label, row_figures)
    return "in-order"


def _free_hours(sheet: Sheet, index: int, service: Service, row: ServiceRow) -> str:
    """Charge on-site hours beyond the free ones."""
    if service.hours is None:
        place = sheet.contract.place(f"services.{index}")
        sheet.problems.append(Problem(place, "the hours of the dispatch are missing", f"add services.{index}.hours"))
        return "in-order"
    allowance = sheet.policy_figure(row.allowance)
    agreed = sheet.given(f"services.{index}.unit_price")
    rule = FreeHoursRule(
        hours=max(0, count_of(sheet, row.allowance) - service.used_hours),
        period=sheet.option("free_hours_period", FreeHoursPeriod),
        unit=sheet.option("free_hours_unit", FreeHoursUnit),
        package_hours=(count_of(sheet, "startup_package_short"), count_of(sheet, "startup_package_long")),
        price_per_hour=money_of(agreed) if agreed else None,
    )
    visits = [OnSiteVisit(1, service.hours * MINUTES)] * service.count
    deducted = deduct_hours(visits, rule)
    if isinstance(deducted, HourPriceMissing):
        place = sheet.contract.place(f"services.{index}")
        cause = f"{deducted.hours_to_pay} hours lie beyond the free ones and the policy states no price for them"
        sheet.problems.append(Problem(place, cause, f"give the agreed price as services.{index}.unit_price"))
        return "in-order"
    free, paid = sum(part.free for part in deducted), sum(part.paid for part in deducted)
    currency = sheet.contract.record.currency
    if free:
        hours = sheet.figure("hours", Kind.DURATION, Duration(free, Unit.HOUR), (allowance,), "free hours", ["free_hours_unit"])
        nothing = sheet.figure("service_fee", Kind.MONEY, Money(0, currency), (hours,), "free", cite=row.cite)
        sheet.add("price_lines", f"{row.label}-free", {"hours": hours, "amount": nothing})
    if paid and agreed is not None:
        _line(sheet, index, row.label, service, row, agreed, paid)
    return "in-order"
