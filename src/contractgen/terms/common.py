"""What several rules read in the same way: term rule, fee lines, closed days, counts of the policy.

In: the sheet. Out: the plain parameters of ``contractgen.rules``.
"""

from __future__ import annotations

from decimal import Decimal

from contractgen.errors import Problem
from contractgen.money import Rounding
from contractgen.rules.periods import ClosedDays, DayCount, ExpiryDateMeans, ForwardShift, MonthEnd, TermRule
from contractgen.rules.reinstatement import FeeLine
from contractgen.terms.sheet import Sheet, day_of, money_of, once, record_field
from contractgen.values import Duration, Figure, Weekday

WEEKEND = frozenset({Weekday.SATURDAY, Weekday.SUNDAY})
"""Days of rest of the business calendar that the shifting readings speak of."""


def count_of(sheet: Sheet, name: str) -> int:
    """Return the count of a duration figure of the policy (``30`` of "30 day")."""
    amount = sheet.policy_figure(name).amount
    if not isinstance(amount, Duration):
        raise TypeError(f"{name} is no duration")
    return amount.count


def percent_of_policy(sheet: Sheet, name: str) -> Decimal:
    """Return a percentage of the policy."""
    amount = sheet.policy_figure(name).amount
    if not isinstance(amount, Decimal):
        raise TypeError(f"{name} is no percentage")
    return amount


@once
def term_rule(sheet: Sheet) -> TermRule:
    """Return how terms are stepped and measured."""
    return TermRule(
        step_months=count_of(sheet, "renewal_step"),
        month_end=sheet.option("month_end", MonthEnd),
        expiry_date_means=sheet.option("expiry_date_means", ExpiryDateMeans),
        day_count=sheet.option("day_count", DayCount),
    )


@once
def rounding(sheet: Sheet) -> Rounding:
    """Return how printed lines are rounded."""
    return sheet.option("rounding", Rounding)


@once
def closed_days(sheet: Sheet) -> ClosedDays:
    """Return the days of rest for readings that shift a deadline."""
    return ClosedDays(WEEKEND, frozenset(day.date for day in sheet.contract.record.holidays))


@once
def forward_shift(sheet: Sheet) -> ForwardShift:
    """Return whether a forward deadline moves off a day of rest."""
    return sheet.option("forward_deadline_shift", ForwardShift)


def renews_after_first_term(sheet: Sheet) -> bool:
    """Whether the document is a renewal notice of a first purchase: it prices the step to come, not the first term."""
    first = sheet.contract.record.transaction in {"initial", "deferred-initial"}
    return first and sheet.document == "renewal-notice"


def fee_figure(sheet: Sheet, index: int) -> Figure:
    """Return the annual fee of a licence line."""
    return sheet.contract.figures[f"licences.{index}.annual_fee"]


def product_of(sheet: Sheet, index: int) -> dict[str, Figure]:
    """Return what a price line of a licence says of it: the product and how many licences the line holds."""
    field = f"licences.{index}."
    return {name: sheet.contract.figures[field + name] for name in ("product", "quantity")}


@once
def fee_lines(sheet: Sheet) -> tuple[FeeLine, ...]:
    """Return the licence lines as fee lines, keyed by their ids."""
    return tuple(
        FeeLine(line.id, money_of(fee_figure(sheet, index)))
        for index, line in enumerate(sheet.contract.record.licences)
    )


def expiry_of_line(sheet: Sheet, index: int) -> Figure | None:
    """Return a line's own expiry, else the agreement's."""
    return sheet.given(f"licences.{index}.expiry") or sheet.given("term.expiry")


def warn_of_open_offer(sheet: Sheet, last: Figure) -> None:
    """Warn where an offer to renew stays open after the last day on which a renewal can be ordered in time."""
    until = sheet.figures.get("document.valid_until")
    if until is not None and day_of(until) > day_of(last):
        field = record_field("document.valid_until", sheet.document)
        cause = f'"{field}" is {until.canonical}, but the last day for a renewal is {last.canonical}'
        repair = f"let the offer end on {last.canonical} at the latest"
        sheet.warnings.append(Problem(sheet.contract.place(field), cause, repair))


def check_line_dates(sheet: Sheet) -> None:
    """Note a problem for each date of a single licence line, where the rule covers all lines for the same days."""
    for index, line in enumerate(sheet.contract.record.licences):
        for name in ("start", "expiry"):
            if getattr(line, name) is not None:
                field = f"licences.{index}.{name}"
                cause = f'"{field}" has no effect: all lines are covered for the same days'
                sheet.problems.append(Problem(sheet.contract.place(field), cause, f"remove {field}"))
