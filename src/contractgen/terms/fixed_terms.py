"""A fixed term of at least the minimum, or one that the vendor agreed to end with others (rule ``fixed-term``).

In: ``term.*``, ``cotermination.*``, licence lines. Out: facts ``term_length`` and ``standing``, figures ``support.*``,
price lines. A renewal follows the running term without a gap; nothing renews by itself.
"""

from __future__ import annotations

from datetime import timedelta

from contractgen.errors import Problem
from contractgen.rules.periods import TermRule
from contractgen.terms.common import check_line_dates, count_of, term_rule, warn_of_open_offer
from contractgen.terms.renewing import licences
from contractgen.terms.sheet import Sheet, day_of
from contractgen.terms.spans import Naming, price_span
from contractgen.values import Figure

FACTS = {"term_length": ("none", "allowed", "co-terminating", "too-short"), "standing": ("none", "running", "ended")}
NAMES = Naming("support", "support-term", "support-stub")


def work(sheet: Sheet) -> None:
    """Find the term that is bought, judge its length and price it."""
    licences(sheet)
    check_line_dates(sheet)
    renews = sheet.contract.record.transaction == "renewal"
    running = sheet.given("term.expiry") if renews else None
    _put_standing(sheet, running)
    bought = _renewal(sheet, running) if renews else _purchase(sheet)
    if bought is None:
        sheet.put_fact("term_length", "none", FACTS["term_length"], (), "no term is known")
        sheet.lack("support", "term.start for a purchase, term.expiry for a renewal")
        return
    _judge(sheet, *bought)
    price_span(sheet, bought, term_rule(sheet), NAMES, listed=sheet.document in {"quote", "renewal-notice"})


def _put_standing(sheet: Sheet, running: Figure | None) -> None:
    """Put down whether the running contract still covers the document's day."""
    if running is None:
        sheet.put_fact("standing", "none", FACTS["standing"], (), "no running contract is to be renewed")
        return
    value = "running" if sheet.day < term_rule(sheet).boundary_of(day_of(running)) else "ended"
    sheet.put_fact("standing", value, FACTS["standing"], (running,), f"the document is dated {sheet.day}")


def _length(sheet: Sheet) -> tuple[int, Figure]:
    months = sheet.given("term.months")
    if months is not None:
        return int(str(months.amount)), months
    return count_of(sheet, "minimum_term"), sheet.policy_figure("minimum_term")


def _purchase(sheet: Sheet) -> tuple[Figure, Figure] | None:
    start, stated = sheet.given("term.start"), sheet.given("term.expiry")
    target = sheet.given("cotermination.target")
    if start is None:
        return None
    first = sheet.put_day("support.start", day_of(start), start, (), "the agreed start")
    if stated is not None and target is not None and day_of(stated) != day_of(target):
        cause = f"the common expiry date is {target.canonical}, but term.expiry is {stated.canonical}"
        place = sheet.contract.place("cotermination.target")
        sheet.problems.append(Problem(place, cause, "give cotermination.target or term.expiry, or make them agree"))
    return first, _end(sheet, first, stated or target, start)


def _end(sheet: Sheet, first: Figure, stated: Figure | None, like: Figure) -> Figure:
    """Put down the end of the term: the date stated, else the agreed months (or the minimum) from the first day."""
    months, source = _length(sheet)
    computed = term_rule(sheet).expiry_after(day_of(first), months)
    if stated is None:
        return sheet.put_day("support.expiry", computed, like, (source,), f"{months} months", ["expiry_date_means"])
    if sheet.contract.record.term.months and computed != day_of(stated):
        cause = f"{months} months from {first.canonical} end on {computed}, but {stated.field} is {stated.canonical}"
        place = sheet.contract.place("term.months")
        sheet.problems.append(Problem(place, cause, f"give term.months or {stated.field}, or make them agree"))
    common = stated.field == "cotermination.target"
    working = "the common expiry date" if common else "as agreed"
    return sheet.put_day("support.expiry", day_of(stated), stated, (), working)


def _renewal(sheet: Sheet, running: Figure | None) -> tuple[Figure, Figure] | None:
    if running is None:
        return None
    rule = term_rule(sheet)
    warn_of_open_offer(sheet, running)
    start = rule.boundary_of(day_of(running))
    first = sheet.put_day("support.start", start, running, (), "follows the running term", ["expiry_date_means"])
    target = sheet.given("cotermination.target")
    if target is not None and day_of(target) <= day_of(running):
        cause = f"the common expiry date ({target.canonical}) is not after the running term ({running.canonical})"
        place = sheet.contract.place("cotermination.target")
        sheet.problems.append(Problem(place, cause, "give a later cotermination.target"))
        return None
    return first, _end(sheet, first, target, running)


def _judge(sheet: Sheet, first: Figure, last: Figure) -> None:
    """Judge the term: long enough, or ending with other contracts by the vendor's agreement, or too short."""
    rule, minimum = term_rule(sheet), sheet.policy_figure("minimum_term")
    least = rule.expiry_after(day_of(first), count_of(sheet, "minimum_term"))
    agreement = sheet.given("cotermination.agreement")
    if sheet.given("cotermination.ordered") is not None:
        place = sheet.contract.place("cotermination.ordered")
        cause = '"cotermination.ordered" has no effect: no line is renewed late here'
        sheet.problems.append(Problem(place, cause, "remove cotermination.ordered"))
    other = sheet.given("cotermination.contracts.0")
    if agreement is not None and other is None:
        cause = "an agreement on co-termination is recorded, but no other contract that ends on the same day"
        place = sheet.contract.place("cotermination.contracts")
        sheet.problems.append(Problem(place, cause, "name the other contracts in cotermination.contracts"))
    value = "allowed" if day_of(last) >= least else "co-terminating" if agreement is not None else "too-short"
    inputs = (first, last, minimum, agreement, other)
    working = f"a term of the minimum ends on {least}{_covered_days(first, last, rule)}"
    sheet.put_fact("term_length", value, FACTS["term_length"], inputs, working)


def _covered_days(first: Figure, last: Figure, rule: TermRule) -> str:
    covered = rule.boundary_of(day_of(last)) - day_of(first)
    return f"; {covered // timedelta(days=1)} days are covered"
