"""Corners of the arithmetic that the rules name without working them out: refusals, leap days, limits, stubs."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pytest

from contractgen.calendars import to_jalali
from contractgen.rules.allowances import (
    FreeHoursPeriod,
    FreeHoursRule,
    FreeHoursUnit,
    HourPriceMissing,
    OnSiteVisit,
    VisitCharge,
    VisitOverLimit,
    VisitRule,
    VisitTooLong,
    charge_visits,
    deduct_hours,
)
from contractgen.rules.cotermination import (
    Cotermination,
    CoterminationRejected,
    CotermLine,
    CotermRule,
    CotermTarget,
    RejectionReason,
    coterminate,
)
from contractgen.rules.notice import (
    Judgement,
    NoticeRule,
    NoticeWeekend,
    Outcome,
    Withdrawal,
    judge_withdrawal,
    notice_deadline,
)
from contractgen.rules.package import (
    DiscountBase,
    NoRateForYears,
    PackagePrice,
    PackageRule,
    PackageTransaction,
    PercentOutside,
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
    Deferral,
    DeferralRefused,
    DeferralRule,
    DeferralState,
    FeeLine,
    Renewal,
    RenewalRefused,
    RenewalRule,
    RenewalState,
    defer,
    renew,
)
from contractgen.rules.working_hours import WorkingTime, due_moment
from contractgen.values import Calendar, Money, Weekday

STEP = TermRule(12)
LAST_DAY = TermRule(12, expiry_date_means=ExpiryDateMeans.LAST_COVERED_DAY)
WEEKEND = ClosedDays(frozenset({Weekday.SATURDAY, Weekday.SUNDAY}))
LEAP = date(2024, 2, 29)
NOTICE = NoticeRule(30)
LIMIT = MonthLimitRule(36)
PRORATED = RenewalRule(STEP, 25, LIMIT)
OFFICE = WorkingTime(time(9), time(17), frozenset(Weekday) - {Weekday.THURSDAY, Weekday.FRIDAY})


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def won(amount: int) -> Money:
    return Money(amount, "KRW")


def test_the_month_limit_of_a_leap_day_falls_on_28_february() -> None:
    limit = LIMIT.count_from(LEAP, Calendar.GREGORIAN)
    assert limit == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("month_end", "fourth"),
    [(MonthEnd.CLAMP_FROM_ANCHOR, date(2028, 2, 29)), (MonthEnd.CLAMP_CHAINED, date(2028, 2, 28))],
)
def test_a_leap_day_comes_back_only_when_steps_count_from_the_anchor(month_end: MonthEnd, fourth: date) -> None:
    rule = TermRule(12, month_end=month_end)
    assert [steps_from(LEAP, rule).boundary(step) for step in (1, 2, 3)] == [
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
    ]
    assert steps_from(date(2027, 2, 28), rule, anchor=LEAP).boundary(1) == fourth


def test_steps_count_afresh_where_a_term_ended_off_the_steps_of_the_anchor() -> None:
    assert steps_from(date(2025, 7, 1), STEP, anchor=LEAP).boundary(1) == date(2026, 7, 1)


def test_a_last_covered_day_leaves_one_gap_day_less_and_prints_last_covered_days() -> None:
    rule = RenewalRule(LAST_DAY, 25, LIMIT)
    fees = [FeeLine("only", won(3_650_000))]
    on_time = renew(fees, date(2025, 2, 28), date(2025, 3, 1), rule)
    assert isinstance(on_time, Renewal)
    assert (on_time.state, on_time.total) == (RenewalState.ON_TIME, won(3_650_000))
    after = renew(fees, date(2025, 2, 28), date(2025, 5, 30), rule)
    assert isinstance(after, Renewal)
    assert (after.gap.days, after.reinstatement.fee) == (90, won(225_000))
    assert (after.new_start, after.new_expiry) == (date(2025, 3, 1), date(2026, 2, 28))


def test_the_limit_counts_from_the_printed_expiry_also_when_it_is_a_last_covered_day() -> None:
    rule = RenewalRule(LAST_DAY, 25, LIMIT)
    assert isinstance(renew([FeeLine("only", won(100))], date(2022, 6, 14), date(2025, 6, 14), rule), Renewal)
    assert isinstance(renew([FeeLine("only", won(100))], date(2022, 6, 14), date(2025, 6, 15), rule), RenewalRefused)


def test_a_limit_that_ends_on_a_closed_day_moves_forward_only_when_asked() -> None:
    shifting = MonthLimitRule(36, shift=ForwardShift.NEXT_BUSINESS_DAY)
    sunday = date(2022, 6, 15)
    assert LIMIT.count_from(sunday, Calendar.GREGORIAN, WEEKEND) == date(2025, 6, 15)
    assert shifting.count_from(sunday, Calendar.GREGORIAN, WEEKEND) == date(2025, 6, 16)
    rule = RenewalRule(STEP, 25, shifting)
    assert isinstance(renew([FeeLine("only", won(100))], sunday, date(2025, 6, 16), rule, closed=WEEKEND), Renewal)
    assert isinstance(renew([FeeLine("only", won(100))], sunday, date(2025, 6, 16), rule), RenewalRefused)


def test_several_lines_share_one_reinstatement_fee_rounded_once_and_only_on_the_lines_that_bear_it() -> None:
    lines = [
        FeeLine("A", won(1001)),
        FeeLine("B", won(1001)),
        FeeLine("option", won(500), bears_reinstatement_fee=False),
    ]
    renewal = renew(lines, date(2025, 3, 1), date(2025, 5, 30), PRORATED)
    assert isinstance(renewal, Renewal)
    assert [line.gap_fee.minor for line in renewal.lines] == [247, 247, 0]
    assert renewal.reinstatement.base == won(494)
    assert renewal.reinstatement.fee == won(123)  # 25 % of 493.6438…
    assert renewal.renewal_fee == won(2502)
    assert renewal.total == won(2625)


def test_a_deferred_purchase_has_a_limit_only_where_one_is_set() -> None:
    line, delivery, concluded = FeeLine("only", won(3_650_000)), date(2020, 1, 10), date(2023, 1, 11)
    unlimited = defer([line], delivery, concluded, DeferralRule(STEP, 25, 90))
    assert isinstance(unlimited, Deferral)
    assert (unlimited.state, unlimited.terms_billed) == (DeferralState.AFTER_GRACE, 4)
    limited = defer([line], delivery, concluded, DeferralRule(STEP, 25, 90, limit=LIMIT))
    assert isinstance(limited, DeferralRefused)


def test_support_bought_with_the_licence_is_an_ordinary_first_term() -> None:
    found = defer([FeeLine("only", won(100))], date(2025, 1, 10), date(2025, 1, 10), DeferralRule(STEP, 25, 90))
    assert isinstance(found, Deferral)
    assert (found.state, found.total, found.days_without_support) == (DeferralState.TOGETHER, won(100), 0)


def withdrawal(received: date, *, written: bool = True, whole: bool = True, lapsed: bool = False) -> Judgement:
    notice = Withdrawal(received, received, in_due_form=written, whole=whole)
    return judge_withdrawal(date(2025, 3, 1), notice, NOTICE, STEP, lapsed=lapsed)


def test_a_notice_is_judged_for_lapse_then_form_then_part_then_time() -> None:
    early, late_day, after = date(2025, 1, 1), date(2025, 3, 1), date(2025, 3, 2)
    assert withdrawal(after, written=False, whole=False, lapsed=True).outcome is Outcome.ALREADY_LAPSED
    assert withdrawal(late_day, lapsed=True).outcome is Outcome.LATE
    assert withdrawal(early, written=False, whole=False).outcome is Outcome.FORM_DEFECT
    assert withdrawal(late_day, whole=False).outcome is Outcome.PARTIAL_REFUSED
    assert withdrawal(late_day).outcome is Outcome.LATE
    assert withdrawal(early).outcome is Outcome.ACCEPTED


def test_a_notice_after_expiry_of_an_extended_agreement_meets_the_term_then_running() -> None:
    found = withdrawal(date(2025, 3, 2))
    assert (found.outcome, found.extensions_before, found.cover_ends) == (Outcome.ACCEPTED, 1, date(2026, 3, 1))


def test_a_weekend_moves_only_the_printed_deadline() -> None:
    rule = NoticeRule(30, weekend=NoticeWeekend.PREVIOUS_BUSINESS_DAY)
    deadline = notice_deadline(date(2025, 3, 4), rule, WEEKEND)
    assert (deadline.last_day, deadline.printed_day) == (date(2025, 2, 2), date(2025, 1, 31))


TO_DATE = CotermTarget.CUSTOMER_DATE_NOT_BEFORE_LATEST_EXPIRY


def line(key: str, expiry: date, reinstated: date | None = None) -> CotermLine:
    return CotermLine(FeeLine(key, won(3_650_000)), expiry, reinstated)


def test_a_line_that_ends_after_the_target_is_a_rejection_that_names_it() -> None:
    lines = [line("L1", date(2025, 7, 1)), line("L2", date(2026, 7, 1))]
    found = coterminate(lines, CotermRule(PRORATED, TO_DATE), customer_date=date(2026, 1, 1))
    assert isinstance(found, CoterminationRejected)
    assert (found.reason, found.keys) == (RejectionReason.LINE_EXPIRY_AFTER_TARGET, ("L2",))
    met = coterminate(lines, CotermRule(PRORATED, TO_DATE), customer_date=date(2026, 7, 1))
    assert isinstance(met, Cotermination)
    assert [stub.fee.minor for stub in met.lines] == [3_650_000, 0]


def test_only_the_reading_that_asks_the_customer_takes_a_date_of_the_customer() -> None:
    lines = [line("L1", date(2025, 7, 1)), line("L2", date(2026, 7, 1))]
    missing = coterminate(lines, CotermRule(PRORATED, TO_DATE))
    other = coterminate(lines, CotermRule(PRORATED), customer_date=date(2026, 8, 1))
    assert isinstance(missing, CoterminationRejected)
    assert isinstance(other, CoterminationRejected)
    assert (missing.reason, missing.latest_expiry) == (RejectionReason.CUSTOMER_DATE_MISSING, date(2026, 7, 1))
    assert other.reason is RejectionReason.CUSTOMER_DATE_NOT_LATEST_EXPIRY


def test_a_lapsed_line_keeps_its_leap_day_on_the_way_to_the_target() -> None:
    found = coterminate(
        [line("lapsed", LEAP, reinstated=date(2024, 3, 30))],
        CotermRule(PRORATED, TO_DATE),
        customer_date=date(2028, 2, 29),
    )
    assert isinstance(found, Cotermination)
    stub = found.lines[0].stub
    assert (stub.start, stub.whole_steps, stub.rest_days) == (date(2025, 2, 28), 3, 0)


def test_a_lapsed_line_is_renewed_late_first_and_prorated_from_its_new_expiry() -> None:
    lines = [line("lapsed", date(2025, 3, 1), reinstated=date(2025, 5, 30)), line("live", date(2026, 9, 1))]
    found = coterminate(lines, CotermRule(PRORATED))
    assert isinstance(found, Cotermination)
    stub = found.lines[0]
    assert (stub.start, stub.stub.days, stub.fee.minor) == (date(2026, 3, 1), 184, 1_840_000)
    assert (found.renewal_total.minor, found.reinstatement_total.minor) == (3_650_000, 225_000)
    assert found.total.minor == 1_840_000 + 3_650_000 + 225_000


def test_a_lapsed_line_beyond_the_limit_is_a_rejection() -> None:
    lines = [line("gone", date(2020, 3, 1), reinstated=date(2025, 5, 30)), line("live", date(2026, 9, 1))]
    found = coterminate(lines, CotermRule(PRORATED))
    assert isinstance(found, CoterminationRejected)
    assert (found.reason, found.keys) == (RejectionReason.LINE_BEYOND_LIMIT, ("gone",))


def test_a_stub_under_the_minimum_moves_to_the_next_common_date_or_only_warns() -> None:
    lines = [line("short", date(2025, 12, 15)), line("long", date(2026, 1, 1))]
    warned = coterminate(lines, CotermRule(PRORATED, notice=NOTICE))
    moved = coterminate(lines, CotermRule(PRORATED, min_stub_days=31, notice=NOTICE))
    assert isinstance(warned, Cotermination)
    assert isinstance(moved, Cotermination)
    assert [stub.withdrawal_closed for stub in warned.lines] == [True, False]
    assert (moved.lines[0].moved_on, moved.lines[0].expiry) == (True, date(2027, 1, 1))
    assert moved.lines[0].fee.minor == 3_650_000 + 170_000
    assert moved.single_renewal_fee.minor == 3_650_000


def test_a_package_outside_the_percentages_or_the_years_known_is_refused() -> None:
    rule, price = PackageRule(25, 35, {1: 0, 2: 10, 3: 15}), Money(1000, "IRR")
    kind = PackageTransaction.RENEWAL
    assert all(isinstance(package_price(price, percent, 1, kind, rule), PackagePrice) for percent in (25, 35))
    assert package_price(price, 36, 1, kind, rule) == PercentOutside(36, 25, 35)
    assert package_price(price, 30, 4, kind, rule) == NoRateForYears(4, (1, 2, 3))


def test_a_first_purchase_earns_no_discount_unless_the_policy_says_so() -> None:
    kind, price = PackageTransaction.FIRST_PURCHASE, Money(1000, "IRR")
    plain = package_price(price, 30, 2, kind, PackageRule(25, 35, {1: 0, 2: 10}))
    earning = package_price(price, 30, 2, kind, PackageRule(25, 35, {1: 0, 2: 10}, discount_on_first_purchase=True))
    assert isinstance(plain, PackagePrice)
    assert isinstance(earning, PackagePrice)
    assert (plain.discount.minor, earning.discount.minor) == (0, 60)


def test_a_discount_on_later_years_only_leaves_the_first_year_whole() -> None:
    rule = PackageRule(25, 35, {3: 15}, DiscountBase.LATER_YEARS_ONLY)
    price = package_price(Money(1010, "IRR"), 30, 3, PackageTransaction.RENEWAL, rule)
    assert isinstance(price, PackagePrice)
    assert (price.gross.minor, price.discount_base.minor, price.total.minor) == (909, 606, 303 + 257 + 258)


def test_a_jalali_year_from_30_esfand_ends_on_29_esfand() -> None:
    following = contract_years(date(2025, 3, 20), 2, Calendar.JALALI)[1]
    assert to_jalali(following.start) == (1404, 12, 29)


def test_one_visit_over_the_limit_is_refused_or_split() -> None:
    price = Money(3_000_000, "IRR")
    assert charge_visits([120, 200], VisitRule(0, price, 180)) == VisitTooLong(2, 200, 180, 2)
    split = charge_visits([120, 200], VisitRule(0, price, 180, VisitOverLimit.SPLIT_INTO_VISITS))
    assert isinstance(split, VisitCharge)
    assert (split.counted, split.fee.minor) == (3, 9_000_000)


def test_visits_made_before_use_up_what_is_included() -> None:
    found = charge_visits([None, None], VisitRule(2, Money(3_000_000, "IRR")), used_before=1)
    assert isinstance(found, VisitCharge)
    assert (found.included_used, found.included_left, found.extra) == (1, 0, 1)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (FreeHoursRule(4, price_per_hour=won(10)), [(2, 2, 0), (3, 2, 1), (1, 1, 0)]),
        (FreeHoursRule(4, FreeHoursPeriod.CONTRACT_TERM, price_per_hour=won(10)), [(2, 2, 0), (3, 2, 1), (1, 0, 1)]),
        (
            FreeHoursRule(12, unit=FreeHoursUnit.PACKAGES, package_hours=(4, 8), price_per_hour=won(10)),
            [(4, 4, 0), (4, 4, 0), (4, 4, 0)],
        ),
    ],
)
def test_free_hours_are_rounded_up_and_deducted_from_their_period(
    rule: FreeHoursRule, expected: list[tuple[int, int, int]]
) -> None:
    found = deduct_hours([OnSiteVisit(1, 90), OnSiteVisit(1, 180), OnSiteVisit(2, 60)], rule)
    assert isinstance(found, tuple)
    assert [(part.hours, part.free, part.paid) for part in found] == expected


def test_hours_beyond_the_free_ones_without_a_price_are_refused() -> None:
    assert deduct_hours([OnSiteVisit(1, 300)], FreeHoursRule(4)) == HourPriceMissing(1, 1)


@pytest.mark.parametrize(
    ("registered", "hours", "expected"),
    [
        ("2025-10-18 09:00", 8, "2025-10-18 17:00"),  # used up exactly at closing time: due then
        ("2025-10-18 17:00", 2, "2025-10-19 11:00"),  # closing time belongs to the next working day
        ("2025-10-18 08:59", 2, "2025-10-18 11:00"),
        ("2025-10-18 16:59", 2, "2025-10-19 10:59"),
        ("2025-10-15 17:00", 8, "2025-10-18 17:00"),
    ],
)
def test_the_clock_runs_from_opening_inclusive_to_closing_exclusive(registered: str, hours: int, expected: str) -> None:
    assert due_moment(at(registered), timedelta(hours=hours), OFFICE).due == at(expected)


def test_a_holiday_gives_no_working_time() -> None:
    office = WorkingTime(OFFICE.opens, OFFICE.closes, OFFICE.weekdays, frozenset({date(2025, 10, 18)}))
    assert due_moment(at("2025-10-15 16:00"), timedelta(hours=2), office).due == at("2025-10-19 10:00")


@pytest.mark.parametrize(
    ("end", "months", "rest"),
    [
        (date(2025, 5, 30), 2, Fraction(29, 31)),
        (date(2025, 5, 31), 2, Fraction(30, 31)),
        (date(2025, 6, 1), 3, Fraction(0)),
        (date(2026, 2, 15), 11, Fraction(14, 28)),
        (date(2026, 2, 28), 11, Fraction(27, 28)),
    ],
)
def test_counted_in_months_then_days_the_days_left_are_a_part_of_the_month_in_which_they_fall(
    end: date, months: int, rest: Fraction
) -> None:
    rule = TermRule(12, day_count=DayCount.MONTHS_THEN_DAYS)
    assert elapsed(steps_from(date(2025, 3, 1), rule), end).fraction == (months + rest) / 12


def test_a_whole_term_is_one_fee_and_the_day_before_is_less() -> None:
    for count in DayCount:
        steps = steps_from(date(2025, 3, 1), TermRule(12, day_count=count))
        assert elapsed(steps, date(2026, 3, 1)).fraction == 1, count
        assert elapsed(steps, date(2026, 2, 28)).fraction < 1, count
        assert elapsed(steps, date(2025, 2, 1)).fraction == 0, count


def test_a_promised_time_below_nothing_is_refused_however_little_it_is_below() -> None:
    at_nine = datetime.fromisoformat("2025-10-18T09:00")
    assert due_moment(at_nine, timedelta(0), OFFICE).due == at_nine
    with pytest.raises(ValueError, match="cannot be negative"):
        due_moment(at_nine, timedelta(minutes=-1), OFFICE)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2025-10-18T08:59", False),
        ("2025-10-18T09:00", True),
        ("2025-10-18T16:59", True),
        ("2025-10-18T17:00", False),
        ("2025-10-16T10:00", False),  # a Thursday
    ],
)
def test_an_office_is_open_from_its_opening_to_the_minute_before_its_closing_on_working_days(
    moment: str, *, expected: bool
) -> None:
    assert OFFICE.is_open(datetime.fromisoformat(moment)) is expected


@pytest.mark.parametrize(
    ("day", "until"), [(date(2025, 1, 29), date(2025, 1, 30)), (date(2025, 1, 30), date(2025, 1, 30))]
)
def test_a_notice_without_due_form_can_be_repeated_up_to_and_on_the_last_day(day: date, until: date) -> None:
    unwritten = Withdrawal(day, day, in_due_form=False, whole=True)
    judged = judge_withdrawal(date(2025, 3, 1), unwritten, NoticeRule(30), TermRule(12), lapsed=False)
    assert (judged.outcome, judged.repeat_until) == (Outcome.FORM_DEFECT, until)


def test_a_notice_without_due_form_that_comes_a_day_late_cannot_be_repeated() -> None:
    day = date(2025, 1, 31)
    unwritten = Withdrawal(day, day, in_due_form=False, whole=True)
    judged = judge_withdrawal(date(2025, 3, 1), unwritten, NoticeRule(30), TermRule(12), lapsed=False)
    assert (judged.outcome, judged.repeat_until) == (Outcome.FORM_DEFECT, None)
