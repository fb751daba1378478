"""A first purchase of maintenance after the licence (rule ``deferral``): grace period, surcharge, back-dated start.

In: ``deferral.delivery``, ``deferral.concluded``, ``deferral.purchase``, licence lines. Out: fact ``grace``, figures
``deferral.*`` and ``grace.last_day``, and price lines for a deferred first purchase.
"""

from __future__ import annotations

from contractgen.errors import Problem
from contractgen.rules.periods import MonthLimitRule
from contractgen.rules.reinstatement import (
    Deferral,
    DeferralBase,
    DeferralRefused,
    DeferralRule,
    DeferralState,
    GraceCount,
    defer,
)
from contractgen.terms.common import (
    closed_days,
    count_of,
    fee_figure,
    fee_lines,
    forward_shift,
    percent_of_policy,
    product_of,
    renews_after_first_term,
    rounding,
    term_rule,
)
from contractgen.terms.sheet import Sheet, day_of
from contractgen.values import Duration, Figure, Kind, Unit

FACTS = {"grace": ("none", "inside", "outside", "beyond-limit")}
_GRACE = {
    DeferralState.TOGETHER: "none",
    DeferralState.WITHIN_GRACE: "inside",
    DeferralState.AFTER_GRACE: "outside",
}


def work(sheet: Sheet) -> None:
    """Judge and price a deferred first purchase."""
    record = sheet.contract.record
    delivery, concluded = sheet.given("deferral.delivery"), sheet.given("deferral.concluded")
    if record.transaction != "deferred-initial" or delivery is None or concluded is None or not record.licences:
        sheet.put_fact("grace", "none", FACTS["grace"], (), "the transaction is not a deferred first purchase")
        needs = "transaction: deferred-initial, deferral.delivery, deferral.concluded and licences"
        sheet.lack("deferral", needs)
        sheet.lack("grace", needs)
        return
    rule = DeferralRule(
        term=term_rule(sheet),
        percent=percent_of_policy(sheet, "deferral_rate"),
        grace_days=count_of(sheet, "grace_period"),
        grace_count=sheet.option("grace_count", GraceCount),
        grace_shift=forward_shift(sheet),
        base=sheet.option("deferral_base", DeferralBase),
        limit=_limit(sheet),
        rounding=rounding(sheet),
    )
    purchase = sheet.given("deferral.purchase")
    from_purchase = sheet.reading("grace_starts") == "licence_purchase_date"
    if from_purchase and purchase is None:
        cause = "the grace period counts from the purchase (reading grace_starts), and the record does not give it"
        sheet.problems.append(Problem(sheet.contract.place("deferral"), cause, "add deferral.purchase"))
    grace_start = purchase if from_purchase and purchase is not None else delivery
    result = defer(
        fee_lines(sheet), day_of(delivery), day_of(concluded), rule,
        grace_start=day_of(grace_start), closed=closed_days(sheet),
    )  # fmt: skip
    if isinstance(result, DeferralRefused):
        _refuse(sheet, result, delivery, concluded)
    else:
        _put(sheet, result, delivery, concluded, grace_start)


def _limit(sheet: Sheet) -> MonthLimitRule | None:
    """Return the limit that the reading sets for a first purchase: a number of months, or none."""
    months = sheet.reading("deferral_limit_months")
    if months == "none":
        return None
    return MonthLimitRule(int(months), sheet.switch("lapse_limit_inclusive"), forward_shift(sheet))


def _refuse(sheet: Sheet, result: DeferralRefused, delivery: Figure, concluded: Figure) -> None:
    """Put down the last day on which a first purchase would have been possible."""
    readings = ["deferral_limit_months", "lapse_limit_inclusive", "forward_deadline_shift"]
    last = sheet.put_day("deferral.limit_date", result.limit, delivery, (), "counted from delivery", readings)
    working = f"concluded {result.concluded}, last day {result.limit}"
    sheet.put_fact("grace", "beyond-limit", FACTS["grace"], (delivery, concluded, last), working)
    for prefix in ("deferral", "grace"):
        sheet.lack(prefix, "a conclusion within the limit for a first purchase")


def _put(sheet: Sheet, result: Deferral, delivery: Figure, concluded: Figure, grace_start: Figure) -> None:
    period, rate = sheet.policy_figure("grace_period"), sheet.policy_figure("deferral_rate")
    readings = ["grace_starts", "grace_count", "forward_deadline_shift"]
    last = sheet.put_day("grace.last_day", result.last_grace_day, grace_start, (period,), "last day of grace", readings)
    working = f"concluded {result.concluded}, last day of grace {result.last_grace_day}"
    sheet.put_fact("grace", _GRACE[result.state], FACTS["grace"], (delivery, concluded, last), working)
    start = sheet.put_day("deferral.start", result.new_start, delivery, (), "the delivery date")
    end = sheet.put_day("deferral.expiry", result.new_expiry, delivery, (concluded,), "whole steps", ["month_end"])
    days = Duration(result.days_without_support, Unit.DAY)
    span = f"{result.delivery} to {result.concluded}"
    accrued_days = sheet.put("deferral.accrued_days", Kind.DURATION, days, (delivery, concluded), span)
    sheet.put("deferral.unsupported_days", Kind.DURATION, days, (delivery, concluded), span)
    fees = [fee_figure(sheet, index) for index in range(len(result.lines))]
    working = f"{result.accrued.fraction} x annual fees"
    readings = ["deferral_base", "day_count"]
    base = sheet.put(
        "deferral.accrued_fee", Kind.MONEY, result.reinstatement.base, (*fees, accrued_days), working, readings
    )
    priced = not renews_after_first_term(sheet)
    for index, line in enumerate(result.lines):
        fee = fees[index]
        working = f"{result.terms_billed} x {fee.canonical}"
        amount = sheet.figure("deferral.line_fee", Kind.MONEY, line.term_fee, (fee, start, end), working)
        row = {**product_of(sheet, index), "start": start, "end": end, "unit_price": fee, "amount": amount}
        if priced:
            sheet.add("price_lines", "first-term", row)
    term_fee = sheet.put("deferral.term_fee", Kind.MONEY, result.fee, fees, "the first term from delivery")
    working = f"{rate.canonical} % of the exact fees since delivery, rounded once; nothing within the grace period"
    fee = sheet.put("deferral.fee", Kind.MONEY, result.reinstatement.fee, (rate, base), working, ["rounding"])
    if result.state is DeferralState.AFTER_GRACE and priced:
        sheet.add("price_lines", "deferral-fee", {"percent": rate, "base": base, "amount": fee})
    sheet.put("deferral.total", Kind.MONEY, result.total, (term_fee, fee), "term fee and surcharge")
