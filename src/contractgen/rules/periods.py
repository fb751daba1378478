"""Terms and the time between two days: dates and readings in, boundaries, exact fractions and closed days out.

A *boundary* is the first day that a term no longer covers, which is the first day of the next one. A printed expiry
date is either that boundary or the day before it (``ExpiryDateMeans``); inside, everything counts on boundaries.
Steps are counted from an anchor, so that a clamped month end (29 February, 30 Esfand) comes back when the calendar
has the day again, unless the reading chains each step to the one before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from contractgen.calendars import add_months
from contractgen.values import Calendar, Weekday

DAY = timedelta(days=1)
MONTHS_OF_A_YEAR = 12
DAYS_OF_ACTUAL_365 = 365  # the divisor that gives the reading its name


class ExpiryDateMeans(StrEnum):
    """What a printed expiry date is: the day the next term starts, or the last day still covered."""

    BOUNDARY = "boundary"
    LAST_COVERED_DAY = "last_covered_day"


class DayCount(StrEnum):
    """How a part of a term is measured against the fee of a whole one."""

    ACTUAL_OVER_TERM_DAYS = "actual_over_term_days"
    ACTUAL_365 = "actual_365"
    MONTHS_THEN_DAYS = "months_then_days"


class MonthEnd(StrEnum):
    """Whether each step is counted from the anchor, or from the step before (a clamped day then stays clamped)."""

    CLAMP_FROM_ANCHOR = "clamp_from_anchor"
    CLAMP_CHAINED = "clamp_chained"


class ForwardShift(StrEnum):
    """Whether a deadline that runs forward and ends on a closed day moves to the next open one."""

    NONE = "none"
    NEXT_BUSINESS_DAY = "next_business_day"


@dataclass(frozen=True, slots=True)
class TermRule:
    """How terms are stepped and measured; ``step_months`` is the length of one term, to which a fee belongs."""

    step_months: int
    calendar: Calendar = Calendar.GREGORIAN
    month_end: MonthEnd = MonthEnd.CLAMP_FROM_ANCHOR
    expiry_date_means: ExpiryDateMeans = ExpiryDateMeans.BOUNDARY
    day_count: DayCount = DayCount.ACTUAL_OVER_TERM_DAYS

    def boundary_of(self, expiry: date) -> date:
        """Return the first day no longer covered by a term that expires on the printed ``expiry``."""
        return expiry if self.expiry_date_means is ExpiryDateMeans.BOUNDARY else expiry + DAY

    def expiry_of(self, boundary: date) -> date:
        """Return the expiry date to print for a term that covers all days before ``boundary``."""
        return boundary if self.expiry_date_means is ExpiryDateMeans.BOUNDARY else boundary - DAY

    def expiry_after(self, start: date, months: int) -> date:
        """Return the expiry date to print for a term of ``months`` calendar months from ``start``."""
        return self.expiry_of(add_months(start, months, self.calendar))


@dataclass(frozen=True, slots=True)
class Steps:
    """The terms that follow one another from ``start``: ``boundary(0)`` is ``start`` itself."""

    anchor: date
    rule: TermRule
    skipped: int = 0  # whole steps between the anchor and the start

    @property
    def start(self) -> date:
        """The first day of the first term."""
        return self.boundary(0)

    def boundary(self, step: int) -> date:
        """Return the day on which ``step`` whole terms have ended."""
        return self.within(step, 0)

    def within(self, step: int, months: int) -> date:
        """Return the day ``months`` calendar months after ``step`` whole terms have ended."""
        steps, length, calendar = step + self.skipped, self.rule.step_months, self.rule.calendar
        if self.rule.month_end is MonthEnd.CLAMP_FROM_ANCHOR:
            return add_months(self.anchor, steps * length + months, calendar)
        day = self.anchor
        for _ in range(steps):
            day = add_months(day, length, calendar)
        return add_months(day, months, calendar) if months else day

    def whole_until(self, day: date) -> int:
        """Return how many whole terms have ended on ``day`` (0 before the start)."""
        count = 0
        while self.boundary(count + 1) <= day:
            count += 1
        return count

    def least_ending_after(self, day: date) -> int:
        """Return the least number of terms, at least one, whose end lies after ``day``."""
        return self.whole_until(day) + 1


def steps_from(start: date, rule: TermRule, anchor: date | None = None) -> Steps:
    """Return the terms that follow from ``start``.

    ``anchor`` is the first day of the first term ever. It counts when one of its own steps falls on ``start``;
    otherwise a shorter term has ended there (co-termination), and steps are counted from ``start`` onwards.
    """
    if anchor is not None and anchor < start:
        steps = Steps(anchor, rule)
        skipped = steps.whole_until(start)
        if steps.boundary(skipped) == start:
            return Steps(anchor, rule, skipped)
    return Steps(start, rule)


@dataclass(frozen=True, slots=True)
class Elapsed:
    """The time from one boundary to a later day, and the fraction of a whole term's fee that belongs to it.

    ``rest_days`` of ``rest_step_days`` is what lies beyond the ``whole_steps``, ``month_rest_days`` of ``month_days``
    what lies beyond whole months.
    """

    start: date
    end: date
    days: int
    whole_steps: int
    rest_days: int
    rest_step_days: int
    month_rest_days: int
    month_days: int
    fraction: Fraction


def elapsed(steps: Steps, end: date) -> Elapsed:
    """Measure the time from the start of ``steps`` to ``end`` (nothing when ``end`` lies before it)."""
    start, rule = steps.start, steps.rule
    end = max(start, end)
    whole = steps.whole_until(end)
    opening, closing = steps.boundary(whole), steps.boundary(whole + 1)
    months = 0
    while months + 1 < rule.step_months and steps.within(whole, months + 1) <= end:
        months += 1
    month_start, month_end = steps.within(whole, months), steps.within(whole, months + 1)
    days, rest, month_rest = (end - start).days, (end - opening).days, (end - month_start).days
    step_days, month_days = (closing - opening).days, (month_end - month_start).days
    match rule.day_count:
        case DayCount.ACTUAL_OVER_TERM_DAYS:
            fraction = whole + Fraction(rest, step_days)
        case DayCount.ACTUAL_365:
            fraction = Fraction(days * MONTHS_OF_A_YEAR, DAYS_OF_ACTUAL_365 * rule.step_months)
        case DayCount.MONTHS_THEN_DAYS:
            fraction = whole + (months + Fraction(month_rest, month_days)) / rule.step_months
    return Elapsed(start, end, days, whole, rest, step_days, month_rest, month_days, fraction)


_WEEK = tuple(Weekday)


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """The days on which nobody works: weekdays and single dates. By default none. ValueError when no day is left."""

    weekdays: frozenset[Weekday] = field(default_factory=frozenset)
    holidays: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if len(self.weekdays) == len(_WEEK):
            raise ValueError("every day of the week is closed: leave at least one open")

    def __contains__(self, day: date) -> bool:
        return day in self.holidays or _WEEK[day.weekday()] in self.weekdays

    def open_on_or_after(self, day: date) -> date:
        """Return ``day``, or the first open day after it."""
        while day in self:
            day += DAY
        return day

    def open_on_or_before(self, day: date) -> date:
        """Return ``day``, or the last open day before it."""
        while day in self:
            day -= DAY
        return day


NEVER_CLOSED = ClosedDays()


@dataclass(frozen=True, slots=True)
class MonthLimitRule:
    """A number of calendar months; whether the day they end on is still in time; whether a closed day shifts it."""

    months: int
    inclusive: bool = True
    shift: ForwardShift = ForwardShift.NONE

    def count_from(self, day: date, calendar: Calendar, closed: ClosedDays = NEVER_CLOSED) -> date:
        """Return the last day in time, counted from ``day``; ``closed`` matters to ``next_business_day`` only."""
        limit = add_months(day, self.months, calendar)
        last = limit if self.inclusive else limit - DAY
        return shifted_forward(last, self.shift, closed)


def shifted_forward(day: date, shift: ForwardShift, closed: ClosedDays) -> date:
    """Return a forward deadline after the shift that the reading asks for."""
    return closed.open_on_or_after(day) if shift is ForwardShift.NEXT_BUSINESS_DAY else day
