"""Days in the Gregorian and the Jalali (solar Hijri) calendar.

In: dates, or a day as people type it. Out: dates, Jalali year-month-day, ``Day``. Raises ``ValueError`` with a sentence
that says what to write instead. Jalali years 1300 to 1500 are served: there all authorities agree on the leap years.
"""

from __future__ import annotations

import calendar as gregorian
import re
import unicodedata
from datetime import date
from functools import lru_cache

from persiantools.jdatetime import JalaliDate

from contractgen.values import Calendar, Day

JALALI_YEARS = range(1300, 1501)
_FIRST_JALALI_DAY = date(1921, 3, 21)
_LAST_JALALI_DAY = date(2122, 3, 20)

_CALENDAR_BORDER = 1700
"""A year below is Jalali, a year from here on Gregorian: no contract of either kind stands on the other side."""

_TYPED_DAY = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})", re.ASCII)
_EXAMPLES = "write a Gregorian date as 2025-03-01 (dashes) or a Jalali date as 1403/12/10 (slashes)"


def to_jalali(day: date) -> tuple[int, int, int]:
    """Return Jalali year, month and day of ``day``."""
    if not _FIRST_JALALI_DAY <= day <= _LAST_JALALI_DAY:
        msg = f"{day.isoformat()} lies outside the Jalali years {JALALI_YEARS[0]} to {JALALI_YEARS[-1]}"
        raise ValueError(msg)
    jalali = JalaliDate(day)  # type: ignore[no-untyped-call]
    return jalali.year, jalali.month, jalali.day


def from_jalali(year: int, month: int, day: int) -> date:
    """Return the date of a Jalali day; ValueError for a day that does not exist, such as 1404/12/30."""
    _check_day(year, month, day, days_in_month(year, month, Calendar.JALALI))
    found: date = JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-untyped-call]
    return found


def days_in_month(year: int, month: int, calendar: Calendar) -> int:
    """Return how many days a month has; ValueError for a month or year that the calendar does not have."""
    if not 1 <= month <= 12:  # noqa: PLR2004
        msg = f"there is no month {month}; months are 1 to 12"
        raise ValueError(msg)
    if calendar is Calendar.JALALI:
        if year not in JALALI_YEARS:
            msg = f"Jalali year {year} lies outside {JALALI_YEARS[0]} to {JALALI_YEARS[-1]}"
            raise ValueError(msg)
        return JalaliDate.days_in_month(month, year)
    if not date.min.year <= year <= date.max.year:
        msg = f"year {year} lies outside {date.min.year} to {date.max.year}"
        raise ValueError(msg)
    return gregorian.monthrange(year, month)[1]


@lru_cache(maxsize=2048)
def add_months(day: date, months: int, calendar: Calendar) -> date:
    """Return ``day`` moved by ``months`` in ``calendar``, clamped to the end of the month reached.

    Count from the anchor each time, never from a result: 31 January + 1 + 1 months is not 31 January + 2 months.
    """
    year, month, number = to_jalali(day) if calendar is Calendar.JALALI else (day.year, day.month, day.day)
    years, month_index = divmod(month - 1 + months, 12)
    year, month = year + years, month_index + 1
    number = min(number, days_in_month(year, month, calendar))
    return from_jalali(year, month, number) if calendar is Calendar.JALALI else date(year, month, number)


@lru_cache(maxsize=2048)
def parse_day(text: str) -> Day:
    """Read a day as typed: ``2025-03-01`` is Gregorian, ``1403/12/10`` Jalali; Persian and Arabic digits count too."""
    typed = "".join(str(unicodedata.decimal(character, character)) for character in text.strip())
    match = _TYPED_DAY.fullmatch(typed)
    if match is None:
        msg = f'"{text}" is not a date; {_EXAMPLES}'
        raise ValueError(msg)
    year, month, day = int(match[1]), int(match[3]), int(match[4])
    slashes = match[2] == "/"
    if slashes == (year >= _CALENDAR_BORDER):
        raise ValueError(_wrong_mark(text, year, month, day))
    if slashes:
        return Day(from_jalali(year, month, day), Calendar.JALALI)
    _check_day(year, month, day, days_in_month(year, month, Calendar.GREGORIAN))
    return Day(date(year, month, day), Calendar.GREGORIAN)


def _wrong_mark(text: str, year: int, month: int, day: int) -> str:
    if year >= _CALENDAR_BORDER:
        return f'"{text}" has slashes, which mean a Jalali date; write {year}-{month:02}-{day:02} for a Gregorian one'
    return f'"{text}" has dashes, which mean a Gregorian date; write {year}/{month:02}/{day:02} for a Jalali one'


def _check_day(year: int, month: int, day: int, last: int) -> None:
    if not 1 <= day <= last:
        msg = f"there is no day {day} in month {month} of {year}; its last day is {last}"
        raise ValueError(msg)
