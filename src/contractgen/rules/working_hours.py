"""Working hours: a moment of registration and a number of working hours in, the moment they are used up out.

The opening time belongs to the working day, the closing time does not: what is registered exactly at closing time
starts on the next working day. A due moment is the end of a stretch of work, so what is used up exactly at closing
time is due at closing time of that day, not at the next opening. Minutes and seconds are counted exactly.

Moments are wall-clock times at the place the hours belong to; a time zone on the registration is carried through.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from contractgen.rules.periods import DAY, ClosedDays
from contractgen.values import Weekday

MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """Opening and closing time, working weekdays and holidays.

    A closing time of midnight is the end of the day. ValueError when nothing is left to work.
    """

    opens: time
    closes: time
    weekdays: frozenset[Weekday]
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.weekdays:
            raise ValueError("no working weekday: name at least one")
        if self.closes != MIDNIGHT and self.opens >= self.closes:
            raise ValueError(f"the day closes at {self.closes:%H:%M}, not after it opens at {self.opens:%H:%M}")

    @property
    def closed(self) -> ClosedDays:
        """The days without work."""
        return ClosedDays(frozenset(Weekday) - self.weekdays, self.holidays)

    def opening(self, day: date, like: datetime) -> datetime:
        """Return the moment ``day`` opens, in the time zone of ``like``."""
        return datetime.combine(day, self.opens, like.tzinfo)

    def closing(self, day: date, like: datetime) -> datetime:
        """Return the moment ``day`` closes, in the time zone of ``like``."""
        return datetime.combine(day + DAY if self.closes == MIDNIGHT else day, self.closes, like.tzinfo)

    def is_open(self, moment: datetime) -> bool:
        """Tell whether ``moment`` lies within working time: opening time included, closing time not."""
        day = moment.date()
        return day not in self.closed and self.opening(day, moment) <= moment < self.closing(day, moment)

    def first_open(self, moment: datetime) -> datetime:
        """Return ``moment`` when it lies within working time, else the next opening."""
        day = moment.date()
        if moment >= self.closing(day, moment):
            day += DAY
        return max(moment, self.opening(self.closed.open_on_or_after(day), moment))


@dataclass(frozen=True, slots=True)
class WorkingStretch:
    """What one working day gave: from when to when the clock ran."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class DueMoment:
    """When working time that starts with a registration is used up, and the stretches that used it."""

    clock_starts: datetime
    due: datetime
    stretches: tuple[WorkingStretch, ...]


def due_moment(registered: datetime, working_time: timedelta, hours: WorkingTime) -> DueMoment:
    """Return when ``working_time`` after ``registered`` is used up. ValueError when it is negative."""
    if working_time < timedelta(0):
        raise ValueError(f"working time cannot be negative: {working_time}")
    start = hours.first_open(registered)
    stretches: list[WorkingStretch] = []
    clock, rest = start, working_time
    while True:
        closing = hours.closing(clock.date(), clock)
        end = min(closing, clock + rest)
        stretches.append(WorkingStretch(clock, end))
        rest -= end - clock
        if not rest:
            return DueMoment(start, end, tuple(stretches))
        clock = hours.first_open(end)
