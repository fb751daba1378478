"""Jalali and Gregorian arithmetic against jdatetime and ICU."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import jdatetime  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icu4py.messageformat import MessageFormat

from contractgen.calendars import JALALI_YEARS, add_months, days_in_month, from_jalali, parse_day, to_jalali
from contractgen.values import Calendar, Day

ICU_JALALI = MessageFormat("{day,date,y-M-d}", "en@calendar=persian")
JALALI_DAYS = st.dates(date(1921, 3, 21), date(2122, 3, 20))


def by_icu(day: date) -> tuple[int, ...]:
    return tuple(int(part) for part in ICU_JALALI.format({"day": datetime(*day.timetuple()[:3], 12)}).split("-"))  # noqa: DTZ001


def test_first_and_last_day_of_every_jalali_month_from_1300_to_1500_agree_with_jdatetime_and_icu() -> None:
    for year in JALALI_YEARS:
        for month in range(1, 13):
            last = days_in_month(year, month, Calendar.JALALI)
            for number in (1, last):
                day = from_jalali(year, month, number)
                other = jdatetime.date.fromgregorian(date=day)
                assert to_jalali(day) == (year, month, number) == (other.year, other.month, other.day) == by_icu(day)
            with pytest.raises(ValueError, match=f"its last day is {last}"):
                from_jalali(year, month, last + 1)


@given(JALALI_DAYS)
def test_every_day_survives_the_way_to_jalali_and_back(day: date) -> None:
    assert from_jalali(*to_jalali(day)) == day


def test_esfand_1403_has_30_days_and_esfand_1404_has_29() -> None:
    assert from_jalali(1403, 12, 30) == date(2025, 3, 20)
    with pytest.raises(ValueError, match="no day 30 in month 12 of 1404"):
        from_jalali(1404, 12, 30)


@pytest.mark.parametrize("day", [date(1921, 3, 20), date(2122, 3, 21), date.max])
def test_days_outside_the_certain_jalali_years_are_refused(day: date) -> None:
    with pytest.raises(ValueError, match="outside the Jalali years 1300 to 1500"):
        to_jalali(day)


def test_twelve_months_after_a_leap_day_end_on_the_last_day_of_that_month() -> None:
    assert add_months(date(2024, 2, 29), 12, Calendar.GREGORIAN) == date(2025, 2, 28)
    assert add_months(from_jalali(1403, 12, 30), 12, Calendar.JALALI) == from_jalali(1404, 12, 29)


def test_months_count_from_the_anchor_and_not_from_a_clamped_day() -> None:
    anchor = date(2025, 1, 31)
    assert [add_months(anchor, months, Calendar.GREGORIAN).day for months in (1, 2, 3)] == [28, 31, 30]
    assert add_months(anchor, -2, Calendar.GREGORIAN) == date(2024, 11, 30)


@given(JALALI_DAYS, st.integers(-240, 240), st.sampled_from(Calendar))
def test_added_months_keep_the_day_or_stop_at_the_month_end(day: date, months: int, calendar: Calendar) -> None:
    def parts(moment: date) -> tuple[int, int, int]:
        return to_jalali(moment) if calendar is Calendar.JALALI else (moment.year, moment.month, moment.day)

    try:
        reached = add_months(day, months, calendar)
        following = parts(reached + timedelta(days=1))
    except ValueError:
        assert calendar is Calendar.JALALI  # only the certain years are served
        return
    before, after = parts(day), parts(reached)
    assert (after[0] - before[0]) * 12 + after[1] - before[1] == months
    assert after[2] == before[2] or (after[2] < before[2] and following[2] == 1)


@pytest.mark.parametrize("months", [10**9, -(10**9)])
@pytest.mark.parametrize("calendar", Calendar)
def test_too_many_months_are_refused(months: int, calendar: Calendar) -> None:
    with pytest.raises(ValueError, match="outside"):
        add_months(date(2025, 3, 1), months, calendar)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-03-01", Day(date(2025, 3, 1), Calendar.GREGORIAN)),
        ("1403/12/30", Day(date(2025, 3, 20), Calendar.JALALI)),
        ("۱۴۰۳/۱۲/۳۰", Day(date(2025, 3, 20), Calendar.JALALI)),
        ("٢٠٢٥-٠٣-٠١", Day(date(2025, 3, 1), Calendar.GREGORIAN)),
        (" 1403/1/5 ", Day(date(2024, 3, 24), Calendar.JALALI)),
    ],
)
def test_dashes_mean_gregorian_and_slashes_mean_jalali(text: str, day: Day) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1403-12-10", "write 1403/12/10 for a Jalali one"),
        ("2025/03/01", "write 2025-03-01 for a Gregorian one"),
        ("01-03-2025", "write a Gregorian date as 2025-03-01"),
        ("2025-03/01", "is not a date"),
        ("2025-03-01T00:00", "is not a date"),
        ("²025-03-01", "is not a date"),
        ("", "is not a date"),
        ("2025-02-29", "no day 29 in month 2 of 2025; its last day is 28"),
        ("2025-13-01", "months are 1 to 12"),
        ("1404/12/30", "no day 30 in month 12 of 1404"),
        ("1403/00/01", "months are 1 to 12"),
        ("1200/01/01", "outside 1300 to 1500"),
    ],
)
def test_a_mistyped_day_is_told_how_to_write_it(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_day(text)


@given(st.text(max_size=12))
def test_any_text_is_a_day_or_a_value_error(text: str) -> None:
    try:
        assert isinstance(parse_day(text), Day)
    except ValueError as fault:
        assert str(fault)  # noqa: PT017
