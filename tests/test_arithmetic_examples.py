"""The worked examples of the vendors' rules, each with the figures that the other readings give.

The figures of a vendor stand here and in the policies, never in the functions.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest

from contractgen.calendars import to_jalali
from contractgen.rules.allowances import VisitCharge, VisitRule, charge_visits
from contractgen.rules.cotermination import Cotermination, CotermLine, CotermRule, coterminate
from contractgen.rules.licence_form import (
    FormRule,
    LicenceForm,
    MissingLastDay,
    OnExpiryDay,
    ReinstatementStart,
    cover_of_new_licence,
    cover_of_order,
)
from contractgen.rules.notice import NoticeCount, NoticeRule, Withdrawal, judge_withdrawal, notice_deadline
from contractgen.rules.package import (
    DiscountBase,
    PackagePrice,
    PackageRule,
    PackageTransaction,
    contract_years,
    package_price,
)
from contractgen.rules.periods import DayCount, ExpiryDateMeans, MonthLimitRule, TermRule
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
        return {"allowed": False, "limit": renewal.limit}
    return {
        "allowed": True,
        "state": renewal.state,
        "gap_days": renewal.gap.days,
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


def extra_visits() -> Result:
    charge = charge_visits([None] * 4, VisitRule(2, Money(3_000_000, "IRR"), max_minutes=180))
    assert isinstance(charge, VisitCharge)
    return {"extra_visits": charge.extra, "visits_fee": charge.fee.minor}


def due(registered: datetime, hours: int) -> Result:
    return {"due": due_moment(registered, timedelta(hours=hours), OFFICE).due}


def jalali_leap_year() -> Result:
    year = contract_years(date(2024, 3, 20), 1, Calendar.JALALI)[0]
    return {"last": year.last_covered_day, "last_jalali": to_jalali(year.last_covered_day), "days": year.days}


def bought(day: date, **readings: object) -> Result:
    cover = cover_of_new_licence(day, forms(**readings))
    return {"form": cover.form, "first": cover.first, "last": cover.last, "days": cover.days}


def ordered(day: date, **readings: object) -> Result:
    cover = cover_of_order(MA_EXPIRY, day, forms(**readings))
    return {"form": cover.form, "first": cover.first, "last": cover.last, "days": cover.days}


def forms(**readings: object) -> FormRule:
    months = dict.fromkeys(LicenceForm, 12)
    return FormRule(months, **readings)  # type: ignore[arg-type]  # readings by name, checked by the figures


def fixed_term(start: date, months: int) -> Result:
    rule = TermRule(12, expiry_date_means=ExpiryDateMeans.LAST_COVERED_DAY)
    expiry = rule.expiry_after(start, months)
    return {"expiry": expiry, "days": (rule.boundary_of(expiry) - start).days}


def case(name: str, expected: Result, compute: Callable[..., Result], *given: object, **named: object) -> object:
    return pytest.param(lambda: compute(*given, **named), expected, id=name)


LATER = DiscountBase.LATER_YEARS_ONLY
LAST_GRACE, AFTER_GRACE = date(2025, 4, 10), date(2025, 4, 11)
MA_EXPIRY = date(2026, 3, 31)

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
    case("AYX-EX06", {"extra_visits": 2, "visits_fee": 6_000_000}, extra_visits),
    case("AYX-EX09", {"due": at("2025-10-18 10:00")}, due, at("2025-10-15 16:00"), 2),
    case("AYX-EX10", {"due": at("2025-10-18 13:00")}, due, at("2025-10-16 11:00"), 4),
    case(
        "AYX-EX14",
        {"last": date(2025, 3, 20), "last_jalali": (1403, 12, 30), "days": 366},
        jalali_leap_year,
    ),
    case(
        "IBM-EX1",
        {"form": LicenceForm.NEW_LICENCE, "first": date(2025, 4, 1), "last": date(2026, 3, 31), "days": 365},
        bought,
        date(2025, 4, 1),
    ),
    case(
        "IBM-EX2",
        {"form": LicenceForm.ANNUAL_RENEWAL, "first": date(2026, 4, 1), "last": date(2027, 3, 31)},
        ordered,
        MA_EXPIRY,
    ),
    case(
        "IBM-EX2-the_day_after",
        {"form": LicenceForm.REINSTATEMENT, "first": date(2026, 4, 1), "last": date(2027, 3, 31)},
        ordered,
        date(2026, 4, 1),
    ),
    case(
        "IBM-EX2-renewal_on_expiry_day_reinstatement",
        {"form": LicenceForm.REINSTATEMENT, "first": MA_EXPIRY},
        ordered,
        MA_EXPIRY,
        on_expiry_day=OnExpiryDay.REINSTATEMENT,
    ),
    case(
        "IBM-EX2-boundary",
        {"form": LicenceForm.REINSTATEMENT, "first": MA_EXPIRY, "last": date(2027, 3, 30)},
        ordered,
        MA_EXPIRY,
        expiry_date_means=ExpiryDateMeans.BOUNDARY,
    ),
    case(
        "IBM-EX2-reinstated_from_the_day_after_the_old_expiry",
        {"form": LicenceForm.REINSTATEMENT, "first": date(2026, 4, 1), "last": date(2027, 3, 31)},
        ordered,
        date(2026, 9, 15),
        reinstatement_start=ReinstatementStart.DAY_AFTER_OLD_EXPIRY,
    ),
    case(
        "IBM-EX4",
        {"first": date(2024, 2, 29), "last": date(2025, 2, 28), "days": 366},
        bought,
        date(2024, 2, 29),
    ),
    case(
        "IBM-EX4-day_before",
        {"first": date(2024, 2, 29), "last": date(2025, 2, 27), "days": 365},
        bought,
        date(2024, 2, 29),
        missing_last_day=MissingLastDay.DAY_BEFORE,
    ),
    case("JNP-EX2", {"expiry": date(2025, 12, 31)}, fixed_term, date(2025, 4, 1), 9),
    case("JNP-EX4", {"expiry": date(2026, 3, 31), "days": 365}, fixed_term, date(2025, 4, 1), 12),
]


@pytest.mark.parametrize(("compute", "expected"), EXAMPLES)
def test_the_worked_example_comes_out_to_the_unit_and_the_day(compute: Callable[[], Result], expected: Result) -> None:
    found = compute()
    assert {name: found[name] for name in expected} == expected
