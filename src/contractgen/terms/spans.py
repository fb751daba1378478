"""What a span of cover costs: each licence line's annual fee for whole steps, the rest prorated by days.

In: first and last day as figures, the term rule, names. Out: price lines, and the sum under ``<prefix>.fee``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from contractgen.money import share, total
from contractgen.rules.periods import DayCount, Elapsed, TermRule, elapsed, steps_from
from contractgen.terms.common import fee_figure, product_of, rounding
from contractgen.terms.sheet import Sheet, day_of, money_of
from contractgen.values import Day, Duration, Figure, Kind, Unit


@dataclass(frozen=True, slots=True)
class Naming:
    """What the figures of a span are called, and the labels of its price lines."""

    prefix: str
    whole: str
    stub: str


def price_span(sheet: Sheet, days: tuple[Figure, Figure], rule: TermRule, names: Naming, *, listed: bool) -> None:
    """Price every licence line from the first day to the printed expiry; ``listed`` adds price lines as well."""
    first, last = days
    steps = steps_from(day_of(first), rule)
    span = elapsed(steps, rule.boundary_of(day_of(last)))
    parts = _parts(span, rule, names)
    printed: list[Figure] = []
    for index in range(len(sheet.contract.record.licences)):
        fee = fee_figure(sheet, index)
        begins = first
        for label, fraction in parts:
            ends = last
            if label == names.whole and len(parts) > 1:
                whole = Day(rule.expiry_of(steps.boundary(span.whole_steps)))
                ends = sheet.figure(
                    f"{names.prefix}.whole_end", Kind.DATE, whole, (first,), "the end of the whole steps"
                )
            amount = share(money_of(fee), fraction, rounding(sheet))
            working = f"{fraction_text(fraction)} x {fee.canonical}"
            readings = ["day_count", "rounding"]
            field = f"{names.prefix}.line_fee"
            paid = sheet.figure(field, Kind.MONEY, amount, (fee, begins, ends), working, readings)
            printed.append(paid)
            if listed:
                _add_line(sheet, index, label, span, {"start": begins, "end": ends, "unit_price": fee, "amount": paid})
            turn = Day(steps.boundary(span.whole_steps))  # the day after the whole steps, whatever expiry means
            begins = sheet.figure(f"{names.prefix}.rest_start", Kind.DATE, turn, (first,), "where the whole steps end")
    fee_sum = total((money_of(paid) for paid in printed), sheet.contract.record.currency)
    sheet.put(f"{names.prefix}.fee", Kind.MONEY, fee_sum, printed, "the sum of the lines")


def _parts(span: Elapsed, rule: TermRule, names: Naming) -> tuple[tuple[str, Fraction], ...]:
    """Cut a term into its whole steps and the days beyond them, each a line that its own basis explains.

    Only days over the days of their step can be told so; the other day counts make one line of the whole term.
    """
    whole, rest = Fraction(span.whole_steps), span.fraction - span.whole_steps
    if not rest or (whole and rule.day_count is not DayCount.ACTUAL_OVER_TERM_DAYS):
        return ((names.whole, span.fraction),)
    return ((names.whole, whole), (names.stub, rest)) if whole else ((names.stub, rest),)


def _add_line(sheet: Sheet, index: int, label: str, span: Elapsed, figures: dict[str, Figure]) -> None:
    field = f"licences.{index}."
    more = {
        **product_of(sheet, index),
        "line": sheet.contract.figures[f"{field}id"],
        "days": _days(sheet, span.rest_days),
        "step_days": _days(sheet, span.rest_step_days),
    }
    sheet.add("price_lines", label, {**more, **figures})


def _days(sheet: Sheet, count: int) -> Figure:
    return sheet.figure("days", Kind.DURATION, Duration(count, Unit.DAY), (), "days counted by the calendar")


def fraction_text(fraction: Fraction) -> str:
    """Return a fraction of a year as people write it: ``1 + 184/365``."""
    whole, rest = divmod(fraction, 1)
    if not rest:
        return str(whole)
    return f"{whole} + {rest}" if whole else str(rest)
