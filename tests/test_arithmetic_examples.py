"""The worked examples of the vendors' rules, each with the figures that the other readings give.

The figures of a vendor stand here and in the policies, never in the functions. The cases after the table are the
corners that the rules name without working them out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest

from contractgen.calendars import to_jalali
from contractgen.money import Rounding, allocate
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
    NoticeCount,
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
    split_by_year,
)
from contractgen.rules.periods import (
    ClosedDays,
    DayCount,
    ExpiryDateMeans,
    ForwardShift,
    MonthEnd,
    MonthLimitRule,
    TermRule,
    TermTooShort,
    initial_term,
    steps_from,
)
from contractgen.rules.quotation import NamedPercent, QuoteLine, quote
from contractgen.rules.reinstatement import (
    BackFeeTerm,
    Deferral,
    DeferralBase,
    DeferralRefused,
    DeferralRule,
    DeferralState,
    FeeLine,
    GraceCount,
    ReinstatementBase,
    Renewal,
    RenewalRefused,
    RenewalRule,
    RenewalState,
    defer,
    renew,
)
from contractgen.rules.working_hours import WorkingTime, due_moment
from contractgen.values import Calendar, Money, Weekday

Result = dict[str, object]

STEP = TermRule(12)
ACTUAL_365 = TermRule(12, day_count=DayCount.ACTUAL_365)
NOTICE = NoticeRule(30)
CLEAR = NoticeRule(30, NoticeCount.CLEAR_DAYS)
LIMIT = MonthLimitRule(36)
FREE = frozenset({Weekday.THURSDAY, Weekday.FRIDAY})
OFFICE = WorkingTime(time(9), time(17), frozenset(Weekday) - FREE)


def renewal_rule(
    term: TermRule = STEP,
    base: ReinstatementBase = ReinstatementBase.PRORATED_GAP,
    back: BackFeeTerm = BackFeeTerm.WHOLE_12_MONTH_TERMS,
    limit: MonthLimitRule = LIMIT,
) -> RenewalRule:
    return RenewalRule(term, 25, limit, base, back)


PRORATED = renewal_rule()
BY_365 = renewal_rule(ACTUAL_365)
APART = renewal_rule(back=BackFeeTerm.GAP_PLUS_12_MONTHS)
DUE = renewal_rule(base=ReinstatementBase.ANNUAL_FEES_DUE_IN_GAP)
EXCLUSIVE = renewal_rule(limit=MonthLimitRule(36, inclusive=False))


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def won(amount: int) -> Money:
    return Money(amount, "KRW")


def late(expiry: date, effective: date, fee: int, rule: RenewalRule) -> Result:
    renewal = renew([FeeLine("only", won(fee))], expiry, effective, rule)
    if isinstance(renewal, RenewalRefused):
        return {"allowed": False, "limit": renewal.limit.limit_date}
    return {
        "allowed": True,
        "state": renewal.state,
        "gap_days": renewal.gap_days,
        "whole_steps": renewal.gap.whole_steps,
        "rest_days": renewal.gap.rest_days,
        "rest_step_days": renewal.gap.rest_step_days,
        "base": renewal.reinstatement.base.minor,
        "reinstatement_fee": renewal.reinstatement.fee.minor,
        "terms_billed": renewal.terms_billed,
        "back_fee": renewal.back_fee.minor,
        "forward_fee": renewal.lines[0].forward_fee.minor,
        "renewal_fee": renewal.renewal_fee.minor,
        "new_start": renewal.new_start,
        "new_expiry": renewal.new_expiry,
        "total": renewal.total.minor,
    }


def ex04(rule: RenewalRule) -> Result:
    return late(date(2025, 3, 1), date(2025, 5, 30), 3_650_000, rule)


def ex06(rule: RenewalRule) -> Result:
    return late(date(2023, 3, 1), date(2024, 9, 1), 7_300_000, rule)


def ex07(rule: RenewalRule, effective: date = date(2025, 6, 15)) -> Result:
    return late(date(2022, 6, 15), effective, 6_000_000, rule)


def deferred(concluded: date, **readings: object) -> Result:
    rule = DeferralRule(STEP, 25, 90, **readings)  # type: ignore[arg-type]  # readings by name, checked by the figures
    found = defer([FeeLine("only", won(3_650_000))], date(2025, 1, 10), concluded, rule)
    assert isinstance(found, Deferral)
    return {
        "last_grace_day": found.last_grace_day,
        "start": found.new_start,
        "expiry": found.new_expiry,
        "fee": found.fee.minor,
        "accrued_days": found.accrued.days,
        "accrued_fee": found.reinstatement.base.minor,
        "reinstatement_fee": found.reinstatement.fee.minor,
        "total": found.total.minor,
        "days_without_support": found.days_without_support,
    }


def judged(received: date, rule: NoticeRule = NOTICE, *, whole: bool = True) -> Result:
    notice = Withdrawal(sent=received, received=received, in_due_form=True, whole=whole)
    judgement = judge_withdrawal(date(2025, 3, 1), notice, rule, STEP, lapsed=False)
    return {
        "outcome": judgement.outcome.value,
        "cover_ends": judgement.cover_ends,
        "extended_to": judgement.extended_to,
        "next_deadline": judgement.next_deadline and judgement.next_deadline.last_day,
        "repeat_until": judgement.repeat_until,
    }


def extension(rule: NoticeRule) -> Result:
    expiry = date(2025, 3, 1)
    deadline = notice_deadline(expiry, rule).last_day
    renewal = renew([FeeLine("only", won(3_650_000))], expiry, expiry, PRORATED)
    assert isinstance(renewal, Renewal)
    return {
        "latest": deadline,
        "latest_jalali": to_jalali(deadline),
        "state": renewal.state,
        "new_term": (renewal.new_start, renewal.new_expiry),
        "fee": renewal.total.minor,
    }


def common_date(term: TermRule) -> Result:
    lines = [
        CotermLine(FeeLine("L1", won(3_650_000)), date(2025, 7, 1)),
        CotermLine(FeeLine("L2", won(7_300_000)), date(2025, 10, 1)),
        CotermLine(FeeLine("L3", won(1_825_000)), date(2026, 1, 1)),
    ]
    found = coterminate(lines, CotermRule(renewal_rule(term)))
    assert isinstance(found, Cotermination)
    return {
        "target": found.target,
        **{stub.key: (stub.stub.days, stub.fee.minor) for stub in found.lines},
        "stub_total": found.stub_total.minor,
        "single_renewal_from": found.single_renewal_from,
        "single_renewal_fee": found.single_renewal_fee.minor,
        "next_expiry": found.next_expiry,
    }


def package(years: int, base: DiscountBase = DiscountBase.WHOLE_TERM_PACKAGE_PRICE) -> Result:
    rule = PackageRule(25, 35, {1: 0, 2: 10, 3: 15}, base)
    price = package_price(Money(1_200_000_000, "IRR"), 30, years, PackageTransaction.RENEWAL, rule)
    assert isinstance(price, PackagePrice)
    return {
        "yearly": price.yearly.minor,
        "gross": price.gross.minor,
        "discount": price.discount.minor,
        "total": price.total.minor,
    }


def visits_and_move() -> Result:
    charge = charge_visits([None] * 4, VisitRule(2, Money(3_000_000, "IRR"), max_minutes=180))
    assert isinstance(charge, VisitCharge)
    lines = [
        QuoteLine("package", Money(360_000_000, "IRR")),
        QuoteLine("visits", Money(3_000_000, "IRR"), charge.extra, discountable=False),
        QuoteLine("move", Money(5_000_000, "IRR"), discountable=False),
    ]
    quotation = quote(lines, "IRR", Rounding.HALF_UP_MINOR_UNIT)
    return {
        "extra_visits": charge.extra,
        "visits_fee": charge.fee.minor,
        "move_fee": quotation.lines[2].amount.minor,
        "total": quotation.total.minor,
    }


def due(registered: datetime, hours: int) -> Result:
    return {"due": due_moment(registered, timedelta(hours=hours), OFFICE).due}


def jalali_leap_year() -> Result:
    year = contract_years(date(2024, 3, 20), 1, Calendar.JALALI)[0]
    return {"last": year.last_covered_day, "last_jalali": to_jalali(year.last_covered_day), "days": year.days}


def case(name: str, expected: Result, compute: Callable[..., Result], *given: object, **named: object) -> object:
    return pytest.param(lambda: compute(*given, **named), expected, id=name)


LATER = DiscountBase.LATER_YEARS_ONLY
LAST_GRACE, AFTER_GRACE = date(2025, 4, 10), date(2025, 4, 11)

EXAMPLES = [
    case(
        "SIE-EX01",
        {
            "latest": date(2025, 1, 30),
            "latest_jalali": (1403, 11, 11),
            "state": RenewalState.ON_TIME,
            "new_term": (date(2025, 3, 1), date(2026, 3, 1)),
            "fee": 3_650_000,
        },
        extension,
        NOTICE,
    ),
    case("SIE-EX01-clear_days", {"latest": date(2025, 1, 29)}, extension, CLEAR),
    case(
        "SIE-EX02-received_2025-01-30",
        {"outcome": "accepted", "cover_ends": date(2025, 3, 1), "extended_to": None, "next_deadline": None},
        judged,
        date(2025, 1, 30),
    ),
    case(
        "SIE-EX02-received_2025-01-31",
        {"outcome": "late", "extended_to": date(2026, 3, 1), "next_deadline": date(2026, 1, 30), "repeat_until": None},
        judged,
        date(2025, 1, 31),
    ),
    case("SIE-EX02-clear_days-01-30", {"outcome": "late"}, judged, date(2025, 1, 30), CLEAR),
    case("SIE-EX02-clear_days-01-31", {"outcome": "late"}, judged, date(2025, 1, 31), CLEAR),
    case(
        "SIE-EX04",
        {
            "gap_days": 90,
            "rest_step_days": 365,
            "base": 900_000,
            "reinstatement_fee": 225_000,
            "terms_billed": 1,
            "renewal_fee": 3_650_000,
            "new_start": date(2025, 3, 1),
            "new_expiry": date(2026, 3, 1),
            "total": 3_875_000,
        },
        ex04,
        PRORATED,
    ),
    case(
        "SIE-EX04-gap_plus_12_months",
        {
            "new_expiry": date(2026, 5, 30),
            "back_fee": 900_000,
            "forward_fee": 3_650_000,
            "reinstatement_fee": 225_000,
            "total": 4_775_000,
        },
        ex04,
        APART,
    ),
    case(
        "SIE-EX04-annual_fees_due_in_gap",
        {"base": 3_650_000, "reinstatement_fee": 912_500, "total": 4_562_500},
        ex04,
        DUE,
    ),
    case(
        "SIE-EX06",
        {
            "gap_days": 550,
            "whole_steps": 1,
            "rest_days": 184,
            "rest_step_days": 365,
            "base": 10_980_000,
            "reinstatement_fee": 2_745_000,
            "terms_billed": 2,
            "renewal_fee": 14_600_000,
            "new_start": date(2023, 3, 1),
            "new_expiry": date(2025, 3, 1),
            "total": 17_345_000,
        },
        ex06,
        PRORATED,
    ),
    case(
        "SIE-EX06-actual_365",
        {"base": 11_000_000, "reinstatement_fee": 2_750_000, "total": 17_350_000},
        ex06,
        BY_365,
    ),
    case(
        "SIE-EX06-gap_plus_12_months",
        {
            "new_expiry": date(2025, 9, 1),
            "back_fee": 10_980_000,
            "forward_fee": 7_300_000,
            "reinstatement_fee": 2_745_000,
            "total": 21_025_000,
        },
        ex06,
        APART,
    ),
    case(
        "SIE-EX06-annual_fees_due_in_gap",
        {"base": 14_600_000, "reinstatement_fee": 3_650_000, "total": 18_250_000},
        ex06,
        DUE,
    ),
    case(
        "SIE-EX07-reinstated_2025-06-15",
        {
            "allowed": True,
            "gap_days": 1096,
            "whole_steps": 3,
            "base": 18_000_000,
            "reinstatement_fee": 4_500_000,
            "terms_billed": 4,
            "renewal_fee": 24_000_000,
            "new_expiry": date(2026, 6, 15),
            "total": 28_500_000,
        },
        ex07,
        PRORATED,
    ),
    case("SIE-EX07-reinstated_2025-06-16", {"allowed": False}, ex07, PRORATED, date(2025, 6, 16)),
    case("SIE-EX07-lapse_limit_exclusive", {"allowed": False}, ex07, EXCLUSIVE),
    case("SIE-EX07-lapse_limit_exclusive-day-before", {"allowed": True}, ex07, EXCLUSIVE, date(2025, 6, 14)),
    case("SIE-EX07-actual_365", {"base": 18_016_438, "reinstatement_fee": 4_504_110}, ex07, BY_365),
    case("SIE-EX07-gap_plus_12_months", {"total": 28_500_000}, ex07, APART),
    case(
        "SIE-EX07-annual_fees_due_in_gap",
        {"base": 18_000_000, "reinstatement_fee": 4_500_000, "total": 28_500_000},
        ex07,
        DUE,
    ),
    case(
        "SIE-EX09-concluded_2025-04-10",
        {
            "last_grace_day": LAST_GRACE,
            "start": date(2025, 1, 10),
            "expiry": date(2026, 1, 10),
            "fee": 3_650_000,
            "reinstatement_fee": 0,
            "total": 3_650_000,
            "days_without_support": 90,
        },
        deferred,
        LAST_GRACE,
    ),
    case(
        "SIE-EX09-concluded_2025-04-11",
        {
            "start": date(2025, 1, 10),
            "expiry": date(2026, 1, 10),
            "accrued_days": 91,
            "accrued_fee": 910_000,
            "reinstatement_fee": 227_500,
            "fee": 3_650_000,
            "total": 3_877_500,
        },
        deferred,
        AFTER_GRACE,
    ),
    case(
        "SIE-EX09-include_first_day",
        {"last_grace_day": date(2025, 4, 9)},
        deferred,
        LAST_GRACE,
        grace_count=GraceCount.INCLUDE_FIRST_DAY,
    ),
    case(
        "SIE-EX09-whole_first_term_base",
        {"reinstatement_fee": 912_500, "total": 4_562_500},
        deferred,
        AFTER_GRACE,
        base=DeferralBase.WHOLE_FIRST_TERM_BASE,
    ),
    case(
        "SIE-EX11",
        {
            "target": date(2026, 1, 1),
            "L1": (184, 1_840_000),
            "L2": (92, 1_840_000),
            "L3": (0, 0),
            "stub_total": 3_680_000,
            "single_renewal_from": date(2026, 1, 1),
            "single_renewal_fee": 12_775_000,
            "next_expiry": date(2027, 1, 1),
        },
        common_date,
        STEP,
    ),
    case(
        "SIE-EX11-months_then_days",
        {"L1": (184, 1_825_000), "L2": (92, 1_825_000), "stub_total": 3_650_000},
        common_date,
        TermRule(12, day_count=DayCount.MONTHS_THEN_DAYS),
    ),
    case(
        "SIE-EX15",
        {"outcome": "partial-refused", "extended_to": date(2026, 3, 1), "repeat_until": date(2025, 1, 30)},
        judged,
        date(2025, 1, 15),
        whole=False,
    ),
    case("AYX-EX01", {"yearly": 360_000_000, "discount": 0, "total": 360_000_000}, package, 1),
    case("AYX-EX02", {"gross": 720_000_000, "discount": 72_000_000, "total": 648_000_000}, package, 2),
    case("AYX-EX02-later_years_only", {"discount": 36_000_000, "total": 684_000_000}, package, 2, LATER),
    case("AYX-EX03", {"gross": 1_080_000_000, "discount": 162_000_000, "total": 918_000_000}, package, 3),
    case("AYX-EX03-later_years_only", {"discount": 108_000_000, "total": 972_000_000}, package, 3, LATER),
    case(
        "AYX-EX06",
        {"extra_visits": 2, "visits_fee": 6_000_000, "move_fee": 5_000_000, "total": 371_000_000},
        visits_and_move,
    ),
    case("AYX-EX09", {"due": at("2025-10-18 10:00")}, due, at("2025-10-15 16:00"), 2),
    case("AYX-EX10", {"due": at("2025-10-18 13:00")}, due, at("2025-10-16 11:00"), 4),
    case(
        "AYX-EX14",
        {"last": date(2025, 3, 20), "last_jalali": (1403, 12, 30), "days": 366},
        jalali_leap_year,
    ),
]


@pytest.mark.parametrize(("compute", "expected"), EXAMPLES)
def test_the_worked_example_comes_out_to_the_unit_and_the_day(compute: Callable[[], Result], expected: Result) -> None:
    found = compute()
    assert {name: found[name] for name in expected} == expected


LAST_DAY = TermRule(12, expiry_date_means=ExpiryDateMeans.LAST_COVERED_DAY)
WEEKEND = ClosedDays(frozenset({Weekday.SATURDAY, Weekday.SUNDAY}))
LEAP = date(2024, 2, 29)


def test_the_month_limit_of_a_leap_day_falls_on_28_february() -> None:
    limit = LIMIT.count_from(LEAP, Calendar.GREGORIAN)
    assert limit.last_day == date(2027, 2, 28)


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
    rule = renewal_rule(LAST_DAY)
    on_time = late(date(2025, 2, 28), date(2025, 3, 1), 3_650_000, rule)
    assert (on_time["state"], on_time["total"]) == (RenewalState.ON_TIME, 3_650_000)
    after = late(date(2025, 2, 28), date(2025, 5, 30), 3_650_000, rule)
    assert (after["gap_days"], after["reinstatement_fee"]) == (90, 225_000)
    assert (after["new_start"], after["new_expiry"]) == (date(2025, 3, 1), date(2026, 2, 28))


def test_the_limit_counts_from_the_printed_expiry_also_when_it_is_a_last_covered_day() -> None:
    rule = renewal_rule(LAST_DAY)
    assert late(date(2022, 6, 14), date(2025, 6, 14), 100, rule)["allowed"]
    assert not late(date(2022, 6, 14), date(2025, 6, 15), 100, rule)["allowed"]


def test_a_limit_that_ends_on_a_closed_day_moves_forward_only_when_asked() -> None:
    shifting = MonthLimitRule(36, shift=ForwardShift.NEXT_BUSINESS_DAY)
    sunday = date(2022, 6, 15)
    assert LIMIT.count_from(sunday, Calendar.GREGORIAN, WEEKEND).last_day == date(2025, 6, 15)
    assert shifting.count_from(sunday, Calendar.GREGORIAN, WEEKEND).last_day == date(2025, 6, 16)
    rule = renewal_rule(limit=shifting)
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


def test_a_first_term_under_the_minimum_is_refused() -> None:
    assert initial_term(date(2025, 3, 1), 11, 12, STEP) == TermTooShort(11, 12)


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
    rule = PackageRule(25, 35, {3: 15}, LATER)
    price = package_price(Money(1010, "IRR"), 30, 3, PackageTransaction.RENEWAL, rule)
    assert isinstance(price, PackagePrice)
    parts = split_by_year(price, date(2024, 3, 20), Calendar.JALALI, rule)
    assert [part.amount.minor for part in parts] == [303, 257, 258]


def test_a_jalali_year_from_30_esfand_ends_on_29_esfand() -> None:
    year = contract_years(date(2025, 3, 20), 1, Calendar.JALALI)[0]
    assert to_jalali(year.next_start) == (1404, 12, 29)


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
    assert due(at(registered), hours) == {"due": at(expected)}


def test_a_holiday_gives_no_working_time() -> None:
    office = WorkingTime(OFFICE.opens, OFFICE.closes, OFFICE.weekdays, frozenset({date(2025, 10, 18)}))
    assert due_moment(at("2025-10-15 16:00"), timedelta(hours=2), office).due == at("2025-10-19 10:00")


def test_a_tax_meets_its_lines_after_discount_and_discounts_spare_the_lines_that_allow_none() -> None:
    tax = frozenset({"vat"})
    lines = [
        QuoteLine("a", won(1000), 2, taxes=tax),
        QuoteLine("b", won(1001)),
        QuoteLine("c", won(500), discountable=False, taxes=tax),
    ]
    found = quote(
        lines,
        "KRW",
        Rounding.HALF_UP_MINOR_UNIT,
        discounts=[NamedPercent("loyal", 10)],
        taxes=[NamedPercent("vat", 10)],
        tax_rounding=Rounding.DOWN_TEN_UNITS,
    )
    assert (found.subtotal, found.discount_total, found.net) == (won(3501), won(300), won(3201))
    assert [part.discount.minor for part in found.lines] == [200, 100, 0]
    assert found.taxes[0].base == won(2300)
    assert (found.tax_total, found.total) == (won(230), won(3431))


def test_discounts_rounded_up_never_exceed_what_they_are_taken_of() -> None:
    halves = [NamedPercent("one", 50), NamedPercent("other", 50)]
    found = quote([QuoteLine("a", won(1))], "KRW", Rounding.HALF_UP_MINOR_UNIT, discounts=halves)
    assert [part.amount.minor for part in found.discounts] == [1, 0]
    assert found.total == won(0)


def test_a_coarse_rounding_allocates_no_more_than_there_is() -> None:
    assert allocate(won(999), [9, 1], Rounding.HALF_UP_1000) == (won(999), won(0))
    assert allocate(won(25), [1, 1, 1], Rounding.DOWN_TEN_UNITS) == (won(0), won(10), won(15))
