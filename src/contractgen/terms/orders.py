"""Services ordered beside a contract (rule ``services``): each is charged by a row of the policy's service table.

In: ``services`` of the record, the policy's ``[[service]]`` rows. Out: facts ``visit`` and ``service`` (whether
something ordered is barred), and price lines. A row charges a figure of the policy for each unit beyond an allowance,
the price agreed in the record, or refuses. An allowance is used up in the order of the record, each contract year
afresh or once for the whole term.
"""

from __future__ import annotations

from dataclasses import dataclass, field

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
from contractgen.terms.packages import discount_services
from contractgen.terms.sheet import Sheet, money_of
from contractgen.values import Cause, Duration, Fact, Figure, Kind, Money, Origin, Unit

FACTS = {"visit": ("none", "in-order", "too-long"), "service": ("none", "in-order", "no-tariff")}
SIZES = ("none", "short", "long", "package-short", "package-long", "other")
MINUTES = 60


@dataclass(slots=True)
class Allowances:
    """What is used of each allowance, by its name and contract year: before this contract, and by it so far."""

    before: dict[tuple[str, int], int] = field(default_factory=dict)
    taken: dict[tuple[str, int], int] = field(default_factory=dict)

    def used(self, name: str, year: int, stated: int) -> int:
        """Return what is used up already; ``stated`` is what the record says was used before this contract."""
        key = (name, year)
        self.before[key] = max(self.before.get(key, 0), stated)
        return self.before[key] + self.taken.get(key, 0)

    def take(self, name: str, year: int, count: int) -> None:
        """Use up ``count`` more."""
        self.taken[name, year] = self.taken.get((name, year), 0) + count


@dataclass(frozen=True, slots=True)
class Order:
    """A service ordered, the policy's row that charges it, and the contract year in which it falls."""

    index: int
    service: Service
    row: ServiceRow
    year: int

    @property
    def field(self) -> str:
        """Where the record gives the order."""
        return f"services.{self.index}"


def work(sheet: Sheet) -> None:
    """Charge each service ordered."""
    seen = {"visit": "none", "service": "none"}
    allowances = Allowances()
    before = len(sheet.lists.get("price_lines", []))
    for index, service in enumerate(sheet.contract.record.services):
        row = _row(sheet, index, service)
        if row is None:
            continue
        order = Order(index, service, row, _year(sheet, index, service))
        _check_read(sheet, order)
        outcome = _charge(sheet, order, allowances)
        name = "visit" if row.limit else "service"
        if seen[name] not in {"too-long", "no-tariff"}:
            seen[name] = outcome
    for name, value in seen.items():
        sheet.put_fact(name, value, FACTS[name])
    discount_services(sheet, sheet.lists.get("price_lines", [])[before:])


def _year(sheet: Sheet, index: int, service: Service) -> int:
    """Return the contract year of a service; one after the term is a problem."""
    year, package = service.year or 1, sheet.contract.record.package
    if package is not None and year > package.years:
        cause = f"contract year {year} lies after the term, which has {package.years}"
        place = sheet.contract.place(f"services.{index}.year")
        sheet.problems.append(Problem(place, cause, "give a year of the term, or lengthen package.years"))
    return year


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
        domain = facts["area"].domain
        if service.area not in domain:
            where = sheet.contract.place(f"services.{index}.area")
            sheet.problems.append(Problem(where, f'"{service.area}" is no area', did_you_mean(service.area, domain)))
            return None
        facts["area"] = _fact("area", service.area, domain)
    own = [row for row in sheet.policy.services if row.kind == service.kind]
    rows = [row for row in own if row.when.holds(facts)]
    if len(rows) == 1:
        return rows[0]
    if not rows and facts["size"].value == "none" and any(name == "size" for row in own for name, _ in row.when.terms):
        cause = f'"{service.kind}" is charged by its length, which is missing'
        sheet.problems.append(Problem(place, cause, f"give services.{index}.days or services.{index}.hours"))
    else:
        cause = f'{len(rows)} rows of {sheet.policy.file} charge "{service.kind}" as ordered; exactly one must'
        sheet.problems.append(Problem(place, cause, "complete the [[service]] rows"))
    return None


def _fact(name: str, value: str, domain: tuple[str, ...]) -> Fact:
    return Fact(name, value, domain, Cause(Origin.CONTRACT, f"services.{name}"))


def _size(sheet: Sheet, service: Service) -> str:
    """Name the size of an engagement by the policy's own sizes: days of fixed price, hours of a time package."""
    if service.days is not None:
        return _named(sheet, {"startup_short_days": "short", "startup_long_days": "long"}, service.days)
    if service.hours is not None:
        sizes = {"startup_package_short": "package-short", "startup_package_long": "package-long"}
        return _named(sheet, sizes, service.hours)
    return "none"


def _named(sheet: Sheet, sizes: dict[str, str], length: int) -> str:
    known = (size for name, size in sizes.items() if name in sheet.policy.figures and count_of(sheet, name) == length)
    return next(known, "other")


def _charge(sheet: Sheet, order: Order, allowances: Allowances) -> str:
    """Add the price lines of one service; return the outcome as a fact's value."""
    row, service = order.row, order.service
    if row.charge == "refuse":
        return "no-tariff"
    if row.limit:
        return _visits(sheet, order, allowances)
    if row.allowance:
        return _free_hours(sheet, order, allowances)
    unit = _unit_price(sheet, order)
    if unit is None:
        return "in-order"
    count = service.count
    if row.kind == "dispatch":
        if service.hours is None:
            sheet.problems.append(_without_hours(sheet, order))
            return "in-order"
        count *= service.hours
    _line(sheet, order, unit, count)
    return "in-order"


def _without_hours(sheet: Sheet, order: Order) -> Problem:
    place = sheet.contract.place(order.field)
    return Problem(place, "the hours of the dispatch are missing", f"add {order.field}.hours")


def _check_read(sheet: Sheet, order: Order) -> None:
    """Note each field of an order that its row does not read: nothing that the record says may be lost."""
    row, service = order.row, order.service
    if row.charge == "refuse":
        return
    sized = any(name == "size" for name, _ in row.when.terms)
    timed = bool(row.limit or row.allowance or row.kind == "dispatch")
    unread = {
        "unit_price": service.unit_price is not None and row.charge == "figure",
        "hours": service.hours is not None and not timed and not (sized and service.days is None),
        "days": service.days is not None and not sized,
        "used_hours": service.used_hours > 0 and (not row.allowance or bool(row.limit)),
        "used_visits": service.used_visits > 0 and not row.limit,
    }
    for name, lost in unread.items():
        if lost:
            cause = f'"{name}" has no effect: the policy charges "{row.kind}" without it ({", ".join(row.cite)})'
            place = sheet.contract.place(f"{order.field}.{name}")
            sheet.problems.append(Problem(place, cause, f"remove {order.field}.{name}"))


def _unit_price(sheet: Sheet, order: Order) -> Figure | None:
    """Return the price of one unit: the policy's figure, else the record's; a missing one is a problem."""
    row = order.row
    if row.charge == "figure":
        return sheet.policy_figure(row.figure)
    agreed = sheet.given(f"{order.field}.unit_price")
    if agreed is None:
        place = sheet.contract.place(order.field)
        cause = f'the policy states no price for "{row.kind}" ({", ".join(row.cite)})'
        sheet.problems.append(Problem(place, cause, f"give the agreed price as {order.field}.unit_price"))
    return agreed


def _line(sheet: Sheet, order: Order, unit: Figure, count: int) -> None:
    row, service, price = order.row, order.service, money_of(unit)
    amount = Money(price.minor * count, price.currency)
    working = f"{count} x {unit.canonical}"
    figures: dict[str, Figure | None] = {
        "count": sheet.figure("count", Kind.NUMBER, count, (sheet.given(f"{order.field}.count"),), "as ordered"),
        "unit_price": unit,
        "amount": sheet.figure("service_fee", Kind.MONEY, amount, (unit,), working, cite=row.cite, place=row.place),
    }
    if service.hours is not None:
        hours = Duration(service.hours if row.label == "startup-package" else count, Unit.HOUR)
        figures["hours"] = sheet.figure("hours", Kind.DURATION, hours, (sheet.given(f"{order.field}.hours"),))
    sheet.add("price_lines", row.label, figures)


def _visits(sheet: Sheet, order: Order, allowances: Allowances) -> str:
    """Charge periodic visits beyond those included."""
    row, service = order.row, order.service
    unit = sheet.policy_figure(row.figure)
    rule = VisitRule(
        included=count_of(sheet, row.allowance) if row.allowance else 0,
        price=money_of(unit),
        max_minutes=count_of(sheet, row.limit) * MINUTES,
        over_limit=sheet.option("visit_over_limit", VisitOverLimit),
    )
    length = service.hours * MINUTES if service.hours is not None else None
    used = allowances.used(row.allowance, order.year, service.used_visits)
    charged = charge_visits([length] * service.count, rule, used_before=used)
    if isinstance(charged, VisitTooLong):
        return "too-long"
    allowances.take(row.allowance, order.year, charged.included_used)
    allowance = sheet.policy_figure(row.allowance) if row.allowance else None
    free = sheet.figure("included", Kind.NUMBER, charged.included_used, (allowance,), "included visits used")
    if charged.included_used:
        nothing = Money(0, money_of(unit).currency)
        amount = sheet.figure("service_fee", Kind.MONEY, nothing, (free,), "included", cite=row.cite, place=row.place)
        sheet.add("price_lines", f"{row.label}-included", {"count": free, "amount": amount})
    if charged.extra:
        count = sheet.figure("count", Kind.NUMBER, charged.extra, (free,), "visits beyond those included")
        working = f"{charged.extra} x {unit.canonical}"
        inputs = (unit, count)
        fee = sheet.figure("service_fee", Kind.MONEY, charged.fee, inputs, working, cite=row.cite, place=row.place)
        sheet.add("price_lines", row.label, {"count": count, "included": free, "unit_price": unit, "amount": fee})
    return "in-order"


def _free_hours(sheet: Sheet, order: Order, allowances: Allowances) -> str:
    """Charge on-site hours beyond the free ones."""
    row, service = order.row, order.service
    place = sheet.contract.place(order.field)
    if service.hours is None:
        sheet.problems.append(_without_hours(sheet, order))
        return "in-order"
    allowance, agreed = sheet.policy_figure(row.allowance), sheet.given(f"{order.field}.unit_price")
    period = sheet.option("free_hours_period", FreeHoursPeriod)
    year = order.year if period is FreeHoursPeriod.CONTRACT_YEAR else 0
    rule = FreeHoursRule(
        hours=max(0, count_of(sheet, row.allowance) - allowances.used(row.allowance, year, service.used_hours)),
        period=period,
        unit=sheet.option("free_hours_unit", FreeHoursUnit),
        package_hours=(count_of(sheet, "startup_package_short"), count_of(sheet, "startup_package_long")),
        price_per_hour=money_of(agreed) if agreed else None,
    )
    deducted = deduct_hours([OnSiteVisit(order.year, service.hours * MINUTES)] * service.count, rule)
    if isinstance(deducted, HourPriceMissing):
        cause = f"hours beyond the free ones: {deducted.hours_to_pay}; the policy states no price for them"
        sheet.problems.append(Problem(place, cause, f"give the agreed price as {order.field}.unit_price"))
        return "in-order"
    free, paid = sum(part.free for part in deducted), sum(part.paid for part in deducted)
    allowances.take(row.allowance, year, free)
    if free:
        readings = ["free_hours_unit", "free_hours_period"]
        hours = sheet.figure("hours", Kind.DURATION, Duration(free, Unit.HOUR), (allowance,), "free hours", readings)
        nothing = Money(0, sheet.contract.record.currency)
        amount = sheet.figure("service_fee", Kind.MONEY, nothing, (hours,), "free", cite=row.cite, place=row.place)
        sheet.add("price_lines", f"{row.label}-free", {"hours": hours, "amount": amount})
    if paid and agreed is not None:
        _line(sheet, order, agreed, paid)
    return "in-order"
