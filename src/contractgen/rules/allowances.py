"""Allowances of a package: planned or made visits in; what is included, what is extra, what is free out.

Lengths are whole minutes in, whole hours out: a charged visit counts whole hours or whole time packages, never less
than it took. Whatever goes beyond an allowance needs a price; without one it is refused, not printed as free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from contractgen.values import Money

MINUTES = 60


class VisitOverLimit(StrEnum):
    """What becomes of one visit planned for longer than a visit may last."""

    REFUSE = "refuse"
    SPLIT_INTO_VISITS = "split_into_visits"


class FreeHoursUnit(StrEnum):
    """What a visit's time is rounded up to before it is deducted from the free hours."""

    WHOLE_HOURS_UP = "whole_hours_up"
    PACKAGES = "packages"


class FreeHoursPeriod(StrEnum):
    """Whether the free hours are granted afresh each contract year (none carried over) or once for the whole term."""

    CONTRACT_YEAR = "contract_year"
    CONTRACT_TERM = "contract_term"


@dataclass(frozen=True, slots=True)
class VisitRule:
    """Visits included in a contract year, the price of each further one, and how long one may last."""

    included: int
    price: Money
    max_minutes: int | None = None
    over_limit: VisitOverLimit = VisitOverLimit.REFUSE


@dataclass(frozen=True, slots=True)
class VisitCharge:
    """Visits counted, included and extra, and the fee of the extra ones."""

    counted: int  # after splitting long ones
    included_used: int
    included_left: int
    extra: int
    fee: Money


@dataclass(frozen=True, slots=True)
class VisitTooLong:
    """Visit ``number`` (from 1) is planned for too long; ``visits_needed`` would do."""

    number: int
    minutes: int
    max_minutes: int
    visits_needed: int


def charge_visits(
    planned_minutes: Sequence[int | None], rule: VisitRule, *, used_before: int = 0
) -> VisitCharge | VisitTooLong:
    """Charge the visits of one contract year, of which ``used_before`` have been made already.

    A visit without a planned length (None) counts as one. ValueError on a length of zero or less.
    """
    counted = 0
    for number, minutes in enumerate(planned_minutes, 1):
        needed = _visits_needed(minutes, rule.max_minutes)
        if needed > 1 and rule.over_limit is VisitOverLimit.REFUSE:
            return VisitTooLong(number, minutes or 0, rule.max_minutes or 0, needed)
        counted += needed
    left = max(0, rule.included - used_before)
    included = min(left, counted)
    extra = counted - included
    fee = Money(rule.price.minor * extra, rule.price.currency)
    return VisitCharge(counted, included, left - included, extra, fee)


def _visits_needed(minutes: int | None, limit: int | None) -> int:
    if minutes is None:
        return 1
    if minutes <= 0:
        raise ValueError(f"a visit of {minutes} minutes is none")
    return 1 if limit is None else -(-minutes // limit)


@dataclass(frozen=True, slots=True)
class FreeHoursRule:
    """Free hours of a period, what they are counted in, and the price of an hour beyond them (None: no price known).

    ``package_hours``: the time packages there are, for ``packages``.
    """

    hours: int
    period: FreeHoursPeriod = FreeHoursPeriod.CONTRACT_YEAR
    unit: FreeHoursUnit = FreeHoursUnit.WHOLE_HOURS_UP
    package_hours: tuple[int, ...] = ()
    price_per_hour: Money | None = None

    def __post_init__(self) -> None:
        if self.unit is FreeHoursUnit.PACKAGES and (not self.package_hours or min(self.package_hours) <= 0):
            raise ValueError("counting in packages needs the hours of each package, all above zero")


@dataclass(frozen=True, slots=True)
class OnSiteVisit:
    """A visit made or planned: its contract year (from 1) and length."""

    contract_year: int
    minutes: int


@dataclass(frozen=True, slots=True)
class HoursDeducted:
    """One visit: hours counted, those that were free and those to pay."""

    hours: int
    free: int
    paid: int


@dataclass(frozen=True, slots=True)
class HourPriceMissing:
    """Visit ``number`` (from 1) goes beyond the free hours and no price of an hour is known."""

    number: int
    hours_to_pay: int


def deduct_hours(visits: Sequence[OnSiteVisit], rule: FreeHoursRule) -> tuple[HoursDeducted, ...] | HourPriceMissing:
    """Deduct visits, in the order given, from the free hours of their period. ValueError on a length of none."""
    left: dict[int, int] = {}
    deducted: list[HoursDeducted] = []
    for number, visit in enumerate(visits, 1):
        pool = visit.contract_year if rule.period is FreeHoursPeriod.CONTRACT_YEAR else 0
        hours = hours_counted(visit.minutes, rule)
        before = left.get(pool, rule.hours)
        free = min(before, hours)
        paid = hours - free
        if paid and rule.price_per_hour is None:
            return HourPriceMissing(number, paid)
        left[pool] = before - free
        deducted.append(HoursDeducted(hours, free, paid))
    return tuple(deducted)


def hours_counted(minutes: int, rule: FreeHoursRule) -> int:
    """Return the hours a visit counts: whole hours up, or the least hours that packages can be put together to."""
    if minutes <= 0:
        raise ValueError(f"a visit of {minutes} minutes is none")
    hours = -(-minutes // MINUTES)
    if rule.unit is FreeHoursUnit.WHOLE_HOURS_UP:
        return hours
    return min(total for total in _sums(hours, rule.package_hours) if total >= hours)


def _sums(hours: int, sizes: Sequence[int]) -> set[int]:
    """Return every sum of packages that goes no further than the first step past ``hours``."""
    sums, open_sums = {0}, {0}
    while open_sums:
        open_sums = {total + size for total in open_sums if total < hours for size in sizes} - sums
        sums |= open_sums
    return sums
