"""Late renewal (rule ``reinstatement``): back fees, reinstatement fee, the limit after which nothing can be renewed.

In: ``term.expiry``, ``term.lapsed``, ``reinstatement.effective``, licence lines. Out: fact ``lapse``, figures
``late.*``, and price lines for a late renewal. Whether an agreement has lapsed is taken from the record, never
inferred.
"""

from __future__ import annotations

from contractgen.errors import Problem
from contractgen.rules.periods import MonthLimitRule, TermRule
from contractgen.rules.reinstatement import (
    BackFeeTerm,
    LineFees,
    ReinstatementBase,
    Renewal,
    RenewalRefused,
    RenewalRule,
    renew,
)
from contractgen.terms.common import (
    closed_days,
    count_of,
    fee_figure,
    fee_lines,
    forward_shift,
    percent_of_policy,
    product_of,
    rounding,
    term_rule,
)
from contractgen.terms.sheet import Sheet, day_of
from contractgen.values import Duration, Figure, Kind, Unit

FACTS = {"lapse": ("none", "within-limit", "beyond-limit")}


def renewal_rule(sheet: Sheet, term: TermRule) -> RenewalRule:
    """Return the figures and readings of late renewal."""
    return RenewalRule(
        term=term,
        percent=percent_of_policy(sheet, "reinstatement_rate"),
        limit=MonthLimitRule(
            count_of(sheet, "lapse_limit"), sheet.switch("lapse_limit_inclusive"), forward_shift(sheet)
        ),
        base=sheet.option("reinstatement_base", ReinstatementBase),
        back_fee_term=sheet.option("back_fee_term", BackFeeTerm),
        rounding=rounding(sheet),
    )


def work(sheet: Sheet) -> None:
    """Put down the limit date and, for a lapsed agreement, what late renewal costs."""
    record = sheet.contract.record
    expiry, effective = sheet.given("term.expiry"), sheet.given("reinstatement.effective")
    if expiry is None:
        sheet.lack("late", "term.expiry")
        sheet.put_fact("lapse", "none", FACTS["lapse"], (), "the expiry date is not given")
        return
    _check_lapse(sheet)
    rule = renewal_rule(sheet, term_rule(sheet))
    limit = rule.limit.count_from(day_of(expiry), rule.term.calendar, closed_days(sheet))
    months = sheet.policy_figure("lapse_limit")
    readings = ["lapse_limit_inclusive", "forward_deadline_shift"]
    limit_date = sheet.put_day("late.limit_date", limit, expiry, (months,), "counted from expiry", readings)
    if record.transaction != "late-renewal" or effective is None:
        sheet.lack("late", "transaction: late-renewal and reinstatement.effective")
        day = sheet.day if effective is None else day_of(effective)
        gone = record.term.lapsed is True
        value = "none" if not gone else "beyond-limit" if day > limit else "within-limit"
        sheet.put_fact("lapse", value, FACTS["lapse"], (expiry, limit_date), f"lapsed: {gone}, seen on {day}")
        return
    if not record.licences:
        sheet.lack("late", "licences")
        sheet.put_fact("lapse", "none", FACTS["lapse"], (expiry,), "no licence line is given")
        return
    _renew(sheet, expiry, effective, rule)


def _check_lapse(sheet: Sheet) -> None:
    """Note what contradicts a renewal: a late one of what has not lapsed, one after an expiry of unknown outcome."""
    record = sheet.contract.record
    if record.transaction == "late-renewal" and record.term.lapsed is False:
        cause = "a late renewal is asked for, but the agreement has not lapsed"
        place = sheet.contract.place("term.lapsed")
        sheet.problems.append(Problem(place, cause, "write lapsed: true, or transaction: renewal"))
    expiry, offers = record.term.expiry, sheet.document in {"quote", "renewal-notice"}
    unsaid = record.transaction == "renewal" and record.term.lapsed is None
    if offers and unsaid and expiry is not None and expiry.date < sheet.day:
        place = sheet.contract.place("term.lapsed")
        cause = f"term.expiry ({expiry.date}) is before the document's date, and the record does not say what followed"
        repair = "write lapsed: true, or lapsed: false if the agreement was extended"
        sheet.problems.append(Problem(place, cause, repair))


def _renew(sheet: Sheet, expiry: Figure, effective: Figure, rule: RenewalRule) -> None:
    start = sheet.given("term.start")
    result = renew(
        fee_lines(sheet), day_of(expiry), day_of(effective), rule,
        anchor=day_of(start) if start else None, closed=closed_days(sheet),
    )  # fmt: skip
    if isinstance(result, RenewalRefused):
        working = f"reinstatement on {result.effective} is after {result.limit}"
        sheet.put_fact("lapse", "beyond-limit", FACTS["lapse"], (expiry, effective), working)
        return
    value = "within-limit" if result.gap.days else "none"
    sheet.put_fact("lapse", value, FACTS["lapse"], (expiry, effective), f"{result.gap.days} days without cover")
    put_renewal(sheet, result, expiry, effective)


def put_renewal(sheet: Sheet, result: Renewal, expiry: Figure, effective: Figure) -> None:
    """Put down the figures and price lines of a late renewal."""
    fees = [fee_figure(sheet, index) for index in range(len(result.lines))]
    gap = result.gap
    span = f"{gap.start} to {gap.end}: {gap.whole_steps} whole steps and {gap.rest_days} of {gap.rest_step_days} days"
    start = sheet.put_day("late.start", result.new_start, expiry, (), "the old expiry date", ["expiry_date_means"])
    end = sheet.put_day("late.expiry", result.new_expiry, expiry, (effective,), "", ["back_fee_term", "month_end"])
    days = sheet.put("late.gap_days", Kind.DURATION, Duration(gap.days, Unit.DAY), (expiry, effective), span)
    sheet.put("late.terms", Kind.NUMBER, result.terms_billed, (start, end), "steps billed", ["back_fee_term"])
    working = f"{gap.fraction} x annual fees ({span})"
    base = sheet.put(
        "late.gap_fee",
        Kind.MONEY,
        result.reinstatement.base,
        (*fees, days),
        working,
        ["reinstatement_base", "day_count"],
    )
    for index, line in enumerate(result.lines):
        _term_lines(sheet, index, line, result, (start, effective, end))
    renewal_fee = sheet.put("late.renewal_fee", Kind.MONEY, result.renewal_fee, fees, "", ["back_fee_term"])
    rate = sheet.policy_figure("reinstatement_rate")
    working = f"{rate.canonical} % of the exact fees for the gap, rounded once"
    fee = sheet.put("late.fee", Kind.MONEY, result.reinstatement.fee, (rate, base), working, ["rounding"])
    if gap.days:
        sheet.add("price_lines", "reinstatement-fee", {"percent": rate, "base": base, "amount": fee})
    sheet.put("late.total", Kind.MONEY, result.total, (renewal_fee, fee), "renewal fee and reinstatement fee")


def _term_lines(sheet: Sheet, index: int, line: LineFees, result: Renewal, days: tuple[Figure, Figure, Figure]) -> None:
    """Add the price lines of one licence line: the term, or the gap and the term to come."""
    start, effective, end = days
    fee = fee_figure(sheet, index)
    plain = {**product_of(sheet, index), "unit_price": fee}
    if line.back_fee.minor:
        working = f"{result.gap.fraction} x {fee.canonical}"
        back = sheet.figure("late.back_fee", Kind.MONEY, line.back_fee, (fee,), working, ["back_fee_term"])
        gap = sheet.figure("late.gap_days", Kind.DURATION, Duration(result.gap.days, Unit.DAY), (start, effective))
        row = {**plain, "start": start, "end": effective, "days": gap, "amount": back}
        sheet.add("price_lines", "back-fee", row)
        begins = sheet.figure("late.forward_start", Kind.DATE, effective.amount, (effective,))
        forward = sheet.figure("late.forward_fee", Kind.MONEY, line.forward_fee, (fee,), "one step", ["back_fee_term"])
        sheet.add("price_lines", "forward-fee", {**plain, "start": begins, "end": end, "amount": forward})
        return
    working = f"{result.terms_billed} x {fee.canonical}"
    amount = sheet.figure("late.line_fee", Kind.MONEY, line.term_fee, (fee, start, end), working, ["back_fee_term"])
    label = "late-term" if result.gap.days else "renewal-term"
    sheet.add("price_lines", label, {**plain, "start": start, "end": end, "amount": amount})
