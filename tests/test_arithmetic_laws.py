"""Laws of the arithmetic that hold for all amounts, dates and readings, and the readings in which one of them fails."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contractgen.money import Rounding, round_minor, share
from contractgen.rules.allowances import FreeHoursRule, FreeHoursUnit, hours_counted
from contractgen.rules.cotermination import Cotermination, CotermLine, CotermRule, CotermTarget, coterminate
from contractgen.rules.licence_form import (
    FormRule,
    LicenceForm,
    MissingLastDay,
    OnExpiryDay,
    ReinstatementStart,
    cover_of_new_licence,
    cover_of_order,
    form_of,
)
from contractgen.rules.notice import NoticeCount, NoticeRule, NoticeWeekend, notice_deadline
from contractgen.rules.package import (
    DiscountBase,
    PackagePrice,
    PackageRule,
    PackageTransaction,
    contract_years,
    package_price,
)
from contractgen.rules.periods import (
    ClosedDays,
    DayCount,
    ExpiryDateMeans,
    ForwardShift,
    MonthEnd,
    MonthLimitRule,
    TermRule,
    elapsed,
    steps_from,
)
from contractgen.rules.reinstatement import (
    BackFeeTerm,
    Deferral,
    DeferralBase,
    DeferralRule,
    FeeLine,
    GraceCount,
    ReinstatementBase,
    Renewal,
    RenewalRefused,
    RenewalRule,
    defer,
    renew,
)
from contractgen.rules.working_hours import WorkingTime, due_moment
from contractgen.values import Calendar, Money, Weekday

DAY = timedelta(days=1)
STEP_OF = {
    Rounding.HALF_UP_MINOR_UNIT: 1,
    Rounding.DOWN_MINOR_UNIT: 1,
    Rounding.DOWN_TEN_UNITS: 10,
    Rounding.HALF_UP_1000: 1000,
}

few = settings(max_examples=60, deadline=None)

roundings = st.sampled_from(Rounding)
amounts = st.integers(0, 10**10).map(lambda minor: Money(minor, "KRW"))
fractions = st.fractions(-5, 5, max_denominator=400)
# Half of the days lie around the end of a February or an Esfand, where calendars clamp.
days = st.dates(date(2019, 1, 1), date(2030, 12, 31)) | st.sampled_from(
    [date(2020, 2, 29), date(2024, 2, 29), date(2023, 2, 28), date(2025, 2, 28), date(2025, 3, 20), date(2024, 1, 31)]
)
terms = st.builds(
    TermRule,
    step_months=st.sampled_from([12, 6, 24]),
    calendar=st.sampled_from(Calendar),
    month_end=st.sampled_from(MonthEnd),
    expiry_date_means=st.sampled_from(ExpiryDateMeans),
    day_count=st.sampled_from(DayCount),
)
limits = st.builds(MonthLimitRule, months=st.just(36), inclusive=st.booleans(), shift=st.sampled_from(ForwardShift))
closings = st.builds(
    ClosedDays,
    weekdays=st.frozensets(st.sampled_from(Weekday), max_size=6),
    holidays=st.frozensets(days, max_size=5),
)
percents = st.integers(0, 100) | st.decimals(0, 100, places=2)
renewals = st.builds(
    RenewalRule,
    term=terms,
    percent=percents,
    limit=limits,
    base=st.sampled_from(ReinstatementBase),
    back_fee_term=st.sampled_from(BackFeeTerm),
    rounding=roundings,
)
deferrals = st.builds(
    DeferralRule,
    term=terms,
    percent=percents,
    grace_days=st.integers(1, 120),
    grace_count=st.sampled_from(GraceCount),
    grace_shift=st.sampled_from(ForwardShift),
    base=st.sampled_from(DeferralBase),
    limit=st.none() | limits,
    rounding=roundings,
)
forms = st.builds(
    FormRule,
    months=st.fixed_dictionaries({form: st.integers(1, 36) for form in LicenceForm}),
    on_expiry_day=st.sampled_from(OnExpiryDay),
    expiry_date_means=st.sampled_from(ExpiryDateMeans),
    reinstatement_start=st.sampled_from(ReinstatementStart),
    missing_last_day=st.sampled_from(MissingLastDay),
)
lines = st.lists(
    st.builds(FeeLine, key=st.just("line"), fee_per_step=amounts, bears_reinstatement_fee=st.booleans()),
    min_size=1,
    max_size=3,
)
delays = st.integers(0, 1200).map(lambda count: timedelta(days=count)) | st.sampled_from(
    [timedelta(days=count) for count in (0, 89, 90, 364, 365, 366, 730, 731, 1095)]
)


@few
@given(fractions, roundings)
def test_rounding_is_within_a_step_symmetric_and_done_once(exact: Fraction, rounding: Rounding) -> None:
    exact *= 777
    found = round_minor(exact, rounding)
    assert abs(found - exact) < STEP_OF[rounding]
    assert found % STEP_OF[rounding] == 0
    assert round_minor(-exact, rounding) == -found
    assert round_minor(Fraction(found), rounding) == found


@few
@given(amounts, fractions, fractions, roundings)
def test_a_larger_part_never_prints_less(amount: Money, one: Fraction, other: Fraction, rounding: Rounding) -> None:
    less, more = sorted((one, other))
    assert share(amount, less, rounding) <= share(amount, more, rounding)


@few
@given(terms, days, delays)
def test_time_splits_into_whole_steps_and_rest(rule: TermRule, start: date, delay: timedelta) -> None:
    steps = steps_from(start, rule)
    found = elapsed(steps, start + delay)
    assert found.days == delay.days
    assert steps.boundary(found.whole_steps) + timedelta(days=found.rest_days) == start + delay
    assert found.rest_days < found.rest_step_days
    assert found.month_rest_days < found.month_days


@few
@given(terms, days, delays, amounts, roundings)
def test_a_day_more_is_never_a_smaller_fraction_and_a_whole_term_never_more_than_its_fee(
    rule: TermRule, start: date, delay: timedelta, fee: Money, rounding: Rounding
) -> None:
    steps = steps_from(start, rule)
    shorter, longer = elapsed(steps, start + delay), elapsed(steps, start + delay + DAY)
    assert shorter.fraction < longer.fraction
    if rule.day_count is DayCount.ACTUAL_365:
        return
    assert elapsed(steps, steps.boundary(1)).fraction == 1
    assert share(fee, min(Fraction(1), shorter.fraction), rounding) <= share(fee, 1, rounding)


def test_a_leap_year_costs_more_than_the_annual_fee_by_actual_365_only() -> None:
    start = date(2024, 1, 1)
    found = {
        count: elapsed(steps_from(start, TermRule(12, day_count=count)), date(2025, 1, 1)).fraction
        for count in DayCount
    }
    assert found == {
        DayCount.ACTUAL_OVER_TERM_DAYS: 1,
        DayCount.MONTHS_THEN_DAYS: 1,
        DayCount.ACTUAL_365: Fraction(366, 365),
    }


@few
@given(terms, days, delays)
def test_the_fraction_of_a_split_term_adds_up(rule: TermRule, start: date, delay: timedelta) -> None:
    steps = steps_from(start, rule)
    whole = elapsed(steps, start + delay)
    after_steps = elapsed(steps_from(steps.boundary(whole.whole_steps), rule, start), start + delay)
    before_steps = elapsed(steps, steps.boundary(whole.whole_steps))
    assert before_steps.fraction + after_steps.fraction == whole.fraction


@settings(max_examples=300, deadline=None)
@given(lines, days, delays, renewals, closings)
def test_one_more_day_of_delay_never_makes_a_renewal_cheaper_or_possible_again(
    fees: list[FeeLine], expiry: date, delay: timedelta, rule: RenewalRule, closed: ClosedDays
) -> None:
    sooner = renew(fees, expiry, expiry + delay, rule, closed=closed)
    later = renew(fees, expiry, expiry + delay + DAY, rule, closed=closed)
    if isinstance(later, Renewal):
        assert isinstance(sooner, Renewal)
        assert sooner.total <= later.total
        assert sooner.new_expiry <= later.new_expiry


@few
@given(lines, days, delays, renewals)
def test_the_new_term_starts_where_the_old_one_ended_and_reaches_past_the_effective_date(
    fees: list[FeeLine], expiry: date, delay: timedelta, rule: RenewalRule
) -> None:
    found = renew(fees, expiry, expiry + delay, rule)
    if isinstance(found, RenewalRefused):
        assert found.effective > found.limit
        return
    assert rule.term.expiry_of(found.new_start) == expiry
    assert rule.term.boundary_of(found.new_expiry) > expiry + delay
    assert found.total == found.renewal_fee + found.reinstatement.fee
    assert sum(line.term_fee.minor for line in found.lines) == found.renewal_fee.minor
    assert found.gap.days or not found.reinstatement.fee.minor


@settings(max_examples=200, deadline=None)
@given(lines, days, delays, deferrals, closings)
def test_one_more_day_without_support_never_makes_a_first_purchase_cheaper(
    fees: list[FeeLine], delivery: date, delay: timedelta, rule: DeferralRule, closed: ClosedDays
) -> None:
    sooner = defer(fees, delivery, delivery + delay, rule, closed=closed)
    later = defer(fees, delivery, delivery + delay + DAY, rule, closed=closed)
    if isinstance(later, Deferral):
        assert isinstance(sooner, Deferral)
        assert sooner.total <= later.total


TO_DATE = CotermTarget.CUSTOMER_DATE_NOT_BEFORE_LATEST_EXPIRY


def lapsed_line_to(target: date, expiry: date, effective: date, rule: RenewalRule, fee: int) -> int | None:
    line = CotermLine(FeeLine("lapsed", Money(fee, "KRW")), expiry, effective)
    found = coterminate([line], CotermRule(rule, TO_DATE), customer_date=target)
    return found.total.minor if isinstance(found, Cotermination) else None


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**7), days, delays, st.integers(1, 1800), renewals)
def test_delay_never_makes_a_lapsed_line_cheaper_up_to_a_target_where_whole_terms_are_billed(
    fee: int, expiry: date, delay: timedelta, more: int, rule: RenewalRule
) -> None:
    assume(rule.back_fee_term is BackFeeTerm.WHOLE_12_MONTH_TERMS)
    assume(rule.term.day_count is not DayCount.ACTUAL_365)
    target = expiry + delay + timedelta(days=more)
    sooner, later = (lapsed_line_to(target, expiry, expiry + delay + day, rule, fee) for day in (DAY, 2 * DAY))
    if sooner is not None and later is not None:
        step = STEP_OF[rule.rounding]
        assert sooner <= later + (step if step > 1 else 0)


@pytest.mark.parametrize(
    ("rule", "expiry", "effective", "target"),
    [
        (
            RenewalRule(TermRule(12, day_count=DayCount.ACTUAL_365), 25, MonthLimitRule(36)),
            date(2022, 11, 20),
            date(2023, 11, 19),
            date(2026, 9, 10),
        ),
        (
            RenewalRule(TermRule(12), 25, MonthLimitRule(36), back_fee_term=BackFeeTerm.GAP_PLUS_12_MONTHS),
            date(2020, 1, 26),
            date(2021, 2, 28),
            date(2024, 2, 9),
        ),
    ],
    ids=["actual_365", "gap_plus_12_months"],
)
def test_two_readings_make_a_lapsed_line_cheaper_by_a_day_of_delay(
    rule: RenewalRule, expiry: date, effective: date, target: date
) -> None:
    sooner, later = (lapsed_line_to(target, expiry, effective + delay, rule, 3_650_000) for delay in (0 * DAY, DAY))
    assert sooner is not None
    assert later is not None
    assert later < sooner


def test_a_coarse_rounding_can_make_a_lapsed_line_cheaper_by_one_step() -> None:
    rule = RenewalRule(TermRule(12), 0, MonthLimitRule(36), rounding=Rounding.DOWN_TEN_UNITS)
    expiry, target = date(2023, 1, 1), date(2025, 11, 8)
    # 11 → 10 and 20.4 → 20 while one term is billed; 22 → 20 and 9.4 → 0 once there are two.
    sooner, later = (lapsed_line_to(target, expiry, day, rule, 11) for day in (date(2023, 12, 31), date(2024, 1, 1)))
    assert (sooner, later) == (30, 20)


@few
@given(
    days,
    st.integers(0, 400),
    st.integers(0, 90),
    st.sampled_from(NoticeCount),
    st.sampled_from(NoticeWeekend),
    closings,
)
def test_a_later_expiry_never_has_an_earlier_deadline(  # noqa: PLR0913  a law over many readings
    expiry: date, more: int, notice: int, count: NoticeCount, weekend: NoticeWeekend, closed: ClosedDays
) -> None:
    rule = NoticeRule(notice, count, weekend)
    sooner = notice_deadline(expiry, rule, closed)
    later = notice_deadline(expiry + timedelta(days=more), rule, closed)
    assert sooner.last_day <= later.last_day
    assert sooner.printed_day <= later.printed_day
    assert sooner.printed_day <= sooner.last_day <= expiry


@few
@given(days, st.integers(0, 400), limits, st.sampled_from(Calendar), closings)
def test_a_later_expiry_never_has_an_earlier_limit(
    expiry: date, more: int, rule: MonthLimitRule, calendar: Calendar, closed: ClosedDays
) -> None:
    later = rule.count_from(expiry + timedelta(days=more), calendar, closed)
    assert rule.count_from(expiry, calendar, closed) <= later


@few
@given(amounts, st.integers(25, 35), st.integers(1, 3), st.sampled_from(DiscountBase), roundings)
def test_a_package_price_is_its_years_less_its_discount(
    sale: Money, percent: int, years: int, base: DiscountBase, rounding: Rounding
) -> None:
    rule = PackageRule(25, 35, {1: 0, 2: 10, 3: 15}, base, rounding=rounding)
    price = package_price(sale, percent, years, PackageTransaction.RENEWAL, rule)
    assert isinstance(price, PackagePrice)
    assert price.gross.minor == years * price.yearly.minor
    assert 0 <= price.total.minor == price.gross.minor - price.discount.minor


@few
@given(days, st.integers(1, 3), st.sampled_from(Calendar))
def test_contract_years_follow_one_another_without_gap(start: date, count: int, calendar: Calendar) -> None:
    years = contract_years(start, count, calendar)
    assert years[0].start == start
    assert all(one.last_covered_day + DAY == other.start for one, other in pairwise(years))
    assert all(year.start + timedelta(days=year.days) == year.last_covered_day + DAY for year in years)


@few
@given(st.integers(1, 2000), st.lists(st.integers(1, 9), min_size=1, max_size=3))
def test_counted_hours_cover_the_visit_with_less_than_a_package_to_spare(minutes: int, sizes: list[int]) -> None:
    packages = hours_counted(minutes, FreeHoursRule(0, unit=FreeHoursUnit.PACKAGES, package_hours=tuple(sizes)))
    plain = hours_counted(minutes, FreeHoursRule(0))
    assert 60 * (plain - 1) < minutes <= 60 * plain
    assert plain <= packages < plain + min(sizes)


offices = st.builds(
    lambda opens, length, weekdays, holidays: WorkingTime(time(opens), time((opens + length) % 24), weekdays, holidays),
    st.integers(0, 12),
    st.integers(1, 12),
    st.frozensets(st.sampled_from(Weekday), min_size=1),
    st.frozensets(st.dates(date(2025, 10, 1), date(2025, 10, 31)), max_size=6),
)
moments = st.datetimes(datetime.fromisoformat("2025-09-25"), datetime.fromisoformat("2025-11-05"))
stretches = st.integers(0, 60 * 50).map(lambda minutes: timedelta(minutes=minutes))


@few
@given(offices, moments, stretches, stretches)
def test_a_due_moment_is_monotone_and_within_working_time(
    office: WorkingTime, registered: datetime, length: timedelta, more: timedelta
) -> None:
    found = due_moment(registered, length, office)
    assert found.due <= due_moment(registered, length + more, office).due
    assert found.due <= due_moment(registered + more, length, office).due
    assert registered <= found.clock_starts <= found.due
    # The end of a stretch of work may be closing time itself; a moment before it, the office is open.
    assert office.is_open(found.due - timedelta(microseconds=1)) or (not length and office.is_open(found.due))


@few
@given(offices, moments, stretches)
def test_the_stretches_add_up_to_the_working_time_and_lie_within_it(
    office: WorkingTime, registered: datetime, length: timedelta
) -> None:
    found = due_moment(registered, length, office)
    assert sum((part.end - part.start for part in found.stretches), timedelta()) == length
    assert all(office.is_open(part.start) for part in found.stretches)
    assert all(one.end < other.start for one, other in pairwise(found.stretches))


# ---------------------------------------------------------------------------------------------------- licence forms


@few
@given(forms, days, days, days)
def test_who_orders_later_is_never_back_in_the_renewal_form(
    rule: FormRule, expiry: date, one: date, other: date
) -> None:
    earlier, later = sorted((one, other))
    assert form_of(expiry, later, rule) is LicenceForm.REINSTATEMENT or (
        form_of(expiry, earlier, rule) is LicenceForm.ANNUAL_RENEWAL
    )
    last = rule.last_order_day(expiry)
    assert form_of(expiry, last, rule) is LicenceForm.ANNUAL_RENEWAL
    assert form_of(expiry, last + DAY, rule) is LicenceForm.REINSTATEMENT
    assert form_of(expiry, rule.last_covered(expiry) + DAY, rule) is LicenceForm.REINSTATEMENT


@few
@given(forms, days, days)
def test_a_form_covers_whole_months_to_the_day(rule: FormRule, expiry: date, ordered: date) -> None:
    for cover in (cover_of_new_licence(ordered, rule), cover_of_order(expiry, ordered, rule)):
        follows = cover.last + DAY
        months = (follows.year - cover.first.year) * 12 + follows.month - cover.first.month
        if follows.day == cover.first.day:
            assert months == rule.months[cover.form]
        elif rule.missing_last_day is MissingLastDay.CLAMP_LAST_DAY:  # the month lacks the day: it is covered whole
            assert (follows.day, months) == (1, rule.months[cover.form] + 1)
        else:  # cover ends before the last day of the month that lacks the day
            assert ((follows + DAY).day, months) == (1, rule.months[cover.form])
        assert cover.days == (follows - cover.first).days


@few
@given(forms, days, st.integers(0, 400))
def test_renewals_follow_one_another_without_a_gap_or_an_overlap(rule: FormRule, start: date, before: int) -> None:
    cover = cover_of_new_licence(start, rule)
    for _ in range(4):
        expiry = rule.expiry_of(cover.last)
        assert rule.last_covered(expiry) == cover.last
        found = cover_of_order(expiry, rule.last_order_day(expiry) - before * DAY, rule)
        assert found.form is LicenceForm.ANNUAL_RENEWAL
        assert found.first == cover.last + DAY
        cover = found


@few
@given(forms, days, st.integers(1, 1200))
def test_maintenance_taken_up_again_is_never_dated_back_before_the_gap(rule: FormRule, expiry: date, late: int) -> None:
    ordered = rule.last_order_day(expiry) + late * DAY
    cover = cover_of_order(expiry, ordered, rule)
    back = rule.reinstatement_start is ReinstatementStart.DAY_AFTER_OLD_EXPIRY
    assert cover.form is LicenceForm.REINSTATEMENT
    assert cover.first == (rule.last_covered(expiry) + DAY if back else ordered)
