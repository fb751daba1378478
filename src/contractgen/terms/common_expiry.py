"""Several licence lines brought to one expiry date (rule ``cotermination``).

In: licence lines with their expiry dates, ``cotermination.target``, ``cotermination.ordered``. Out: fact
``common_expiry``, figures ``cotermination.*``, the table ``coterm_lines`` and price lines. A line that expired before
the order date is renewed late first, then prorated; a line with a start and no expiry is new.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from contractgen.errors import Problem
from contractgen.rules.cotermination import (
    Cotermination,
    CoterminationRejected,
    CotermLine,
    CotermRule,
    CotermTarget,
    Stub,
    coterminate,
)
from contractgen.rules.reinstatement import Renewal, RenewalState
from contractgen.terms.common import closed_days, expiry_of_line, fee_figure, fee_lines, product_of, term_rule
from contractgen.terms.late import renewal_rule
from contractgen.terms.renewing import notice_rule
from contractgen.terms.sheet import Sheet, day_of
from contractgen.terms.spans import fraction_text
from contractgen.values import Day, Duration, Figure, Kind, Unit

FACTS = {"common_expiry": ("none", "found", "before-a-line", "not-the-latest", "nothing-to-align", "line-beyond-limit")}
OFFERS = ("quote", "renewal-notice")
"""Documents that price the way to the common date."""
_REASONS = {
    "line_expiry_after_target": "before-a-line",
    "line_beyond_limit": "line-beyond-limit",
    "customer_date_missing": "none",
    "customer_date_not_latest_expiry": "not-the-latest",
}


def work(sheet: Sheet) -> None:
    """Find the common date and price the way there."""
    if sheet.contract.record.transaction != "co-termination":
        sheet.put_fact("common_expiry", "none", FACTS["common_expiry"], (), "the transaction is not a co-termination")
        sheet.lack("cotermination", "transaction: co-termination and an expiry date for each licence line")
        return
    lines = _lines(sheet)
    if not lines:
        sheet.put_fact("common_expiry", "none", FACTS["common_expiry"], (), "a line has no expiry date")
        sheet.problems += _undated(sheet)
        sheet.lack("cotermination", "an expiry date for each licence line")
        return
    known = [line.end for line in lines]
    asked = sheet.given("cotermination.target")
    latest = max(known, key=day_of)
    target = asked or sheet.put_day("cotermination.target", day_of(latest), latest, known, "the latest expiry")
    result = coterminate(
        [line.line for line in lines],
        CotermRule(
            renewal=renewal_rule(sheet, term_rule(sheet)),
            target=sheet.option("coterm_target", CotermTarget),
            min_stub_days=int(sheet.reading("coterm_min_stub_days")),
            notice=notice_rule(sheet),
        ),
        customer_date=day_of(asked) if asked else _default_target(sheet, latest),
        closed=closed_days(sheet),
    )
    if isinstance(result, CoterminationRejected):
        _reject(sheet, result, target, latest)
        return
    aligned = len({day_of(expiry) for expiry in known}) == 1 and all(
        stub.reinstatement is None for stub in result.lines
    )
    value = "nothing-to-align" if aligned and result.stub_total.minor == 0 else "found"
    sheet.put_fact("common_expiry", value, FACTS["common_expiry"], (target, *known))
    _put(sheet, result, lines)


def _reject(sheet: Sheet, result: CoterminationRejected, target: Figure, latest: Figure) -> None:
    """Put down why there is no common date, and the latest expiry that the lines have."""
    value = _REASONS[result.reason.value]
    if result.latest_expiry is not None:
        working = "the latest expiry of the lines, lapsed ones renewed"
        latest = sheet.put_day("cotermination.latest_expiry", result.latest_expiry, latest, (), working)
        if result.target is not None and result.target < result.latest_expiry:
            value = "before-a-line"
    working = f"lines in the way: {', '.join(result.keys)}" if result.keys else f"latest expiry {latest.canonical}"
    sheet.put_fact("common_expiry", value, FACTS["common_expiry"], (target, latest), working)
    sheet.lack("cotermination", "a common date that the rules allow")


def _default_target(sheet: Sheet, latest: Figure) -> date | None:
    """Return the date asked for where the reading leaves the choice to the customer and the customer made none."""
    return day_of(latest) if sheet.reading("coterm_target") != "latest_expiry" else None


@dataclass(frozen=True, slots=True)
class _Line:
    """A licence line: ``end`` is where its cover ends, ``expiry`` the same unless it is new and has had none yet."""

    line: CotermLine
    end: Figure
    expiry: Figure | None


def _lines(sheet: Sheet) -> list[_Line]:
    """Return all lines, or none if one of them has no date.

    A line with a start and no expiry is new: it is prorated from its first day. A line that expired before the order
    date is late from then on.
    """
    rule, ordered = term_rule(sheet), sheet.given("cotermination.ordered")
    lines: list[_Line] = []
    for index, fee in enumerate(fee_lines(sheet)):
        start, own = sheet.given(f"licences.{index}.start"), sheet.given(f"licences.{index}.expiry")
        expiry = expiry_of_line(sheet, index)
        if start is not None and own is None:
            lines.append(_Line(CotermLine(fee, rule.expiry_of(day_of(start))), start, None))
        elif expiry is not None:
            if ordered is None and day_of(expiry) < sheet.day:
                sheet.problems.append(_undecided(sheet, index, expiry))
            late = ordered if ordered is not None and day_of(ordered) > day_of(expiry) else None
            line = CotermLine(fee, day_of(expiry), day_of(late) if late else None, day_of(start) if start else None)
            lines.append(_Line(line, expiry, expiry))
        else:
            return []
    return lines


def _put(sheet: Sheet, result: Cotermination, lines: list[_Line]) -> None:
    expiries = [line.end for line in lines]
    fees = [fee_figure(sheet, index) for index in range(len(result.lines))]
    target = sheet.put_day("cotermination.target", result.target, expiries[0], expiries, "", ["coterm_target"])
    stubs: list[Figure] = []
    for index, stub in enumerate(result.lines):
        stubs.append(_line(sheet, index, stub, lines[index], target))
        if stub.withdrawal_closed:
            sheet.warnings.append(_warning(sheet, index))
    sheet.put("cotermination.stub_total", Kind.MONEY, result.stub_total, stubs, "the sum of the prorated fees")
    step = sheet.policy_figure("renewal_step")
    sheet.put_day("cotermination.renewal_start", result.single_renewal_from, target)
    sheet.put(
        "cotermination.renewal_fee", Kind.MONEY, result.single_renewal_fee, (*fees, step), "one step for all lines"
    )
    sheet.put_day("cotermination.next_expiry", result.next_expiry, target, (step,), "one step after the common date")
    sheet.put_day("term.next_expiry", result.next_expiry, target, (step,), "one step after the common date")
    sheet.put("cotermination.total", Kind.MONEY, result.total, stubs, "prorated fees and late renewals")


def _line(sheet: Sheet, index: int, stub: Stub, line: _Line, target: Figure) -> Figure:
    """Put down one line's way to the common date; return its prorated fee."""
    fee = fee_figure(sheet, index)
    product = sheet.contract.figures[f"licences.{index}.product"]
    expiry, cover_ends = line.expiry, line.end
    if stub.reinstatement is not None and stub.reinstatement.state is RenewalState.LATE:
        expiry = cover_ends = _late_part(sheet, index, stub.reinstatement, line.end)
    span = stub.stub
    days = sheet.figure(
        "days", Kind.DURATION, Duration(span.days, Unit.DAY), (cover_ends, target), f"{span.start} to {span.end}"
    )
    step = Duration(span.rest_step_days, Unit.DAY)
    step_days = sheet.figure("step_days", Kind.DURATION, step, (cover_ends, target), "days of that step")
    working = f"{fraction_text(span.fraction)} x {fee.canonical}"
    readings = ["day_count", "rounding"]
    amount = sheet.figure("cotermination.stub_fee", Kind.MONEY, stub.fee, (fee, days, step_days), working, readings)
    plain = {**product_of(sheet, index), "unit_price": fee, "amount": amount}
    if span.whole_steps:
        start = sheet.figure("cotermination.stub_start", Kind.DATE, Day(stub.start), (cover_ends,), "where cover ends")
        end = sheet.figure("cotermination.stub_end", Kind.DATE, Day(stub.expiry), (target,), "the common date")
        sheet.add("price_lines", "renewal-term", {**plain, "start": start, "end": end})
    elif span.days:
        sheet.add("price_lines", "stub-term", {**plain, "days": days, "step_days": step_days})
    name = sheet.contract.figures[f"licences.{index}.id"]
    row = {"line": name, "product": product, "expiry": expiry, "days": days, "fee": amount}
    sheet.add("coterm_lines", "line", row)
    return amount


def _late_part(sheet: Sheet, index: int, renewal: Renewal, expiry: Figure) -> Figure:
    """Add the price lines of a line that had lapsed; return its new expiry, from which it is prorated."""
    fee = fee_figure(sheet, index)
    start = sheet.figure("late.start", Kind.DATE, Day(renewal.new_start), (expiry,), "the old expiry date")
    end = sheet.figure("late.expiry", Kind.DATE, Day(renewal.new_expiry), (expiry,), f"{renewal.terms_billed} steps")
    billed = renewal.terms_billed + (renewal.gap.fraction if renewal.back_fee.minor else 0)
    working = f"{fraction_text(Fraction(billed))} x {fee.canonical}"
    amount = sheet.figure("late.line_fee", Kind.MONEY, renewal.renewal_fee, (fee,), working, ["back_fee_term"])
    row = {**product_of(sheet, index), "start": start, "end": end, "unit_price": fee, "amount": amount}
    sheet.add("price_lines", "late-term", row)
    rate = sheet.policy_figure("reinstatement_rate")
    base = sheet.figure(
        "late.gap_fee", Kind.MONEY, renewal.reinstatement.base, (fee,), f"{renewal.gap.fraction} of a fee"
    )
    surcharge = sheet.figure("late.fee", Kind.MONEY, renewal.reinstatement.fee, (rate, base), "", ["rounding"])
    sheet.add("price_lines", "reinstatement-fee", {"percent": rate, "base": base, "amount": surcharge})
    return end


def _undated(sheet: Sheet) -> Iterator[Problem]:
    """Name the lines without a date: an offer of a common expiry date needs all of them."""
    for index in range(len(sheet.contract.record.licences) if sheet.document in OFFERS else 0):
        if expiry_of_line(sheet, index) is None and sheet.given(f"licences.{index}.start") is None:
            cause = "the line has no expiry date, so that there is no way to a common one"
            repair = f"add licences.{index}.expiry, or licences.{index}.start for a new line"
            yield Problem(sheet.contract.place(f"licences.{index}"), cause, repair)


def _undecided(sheet: Sheet, index: int, expiry: Figure) -> Problem:
    """Say that a line expired before the document's day: whether it was ordered in time is not guessed."""
    cause = f"the line expired on {expiry.canonical}, before the document's date, and the record gives no order date"
    repair = "add cotermination.ordered: a line that expired before it is renewed late"
    return Problem(sheet.contract.place(f"licences.{index}"), cause, repair)


def _warning(sheet: Sheet, index: int) -> Problem:
    cause = "the last day for notice before the common date has passed already when this line's prorated term begins"
    return Problem(sheet.contract.place(f"licences.{index}"), cause, "tell the customer, or choose a later common date")
