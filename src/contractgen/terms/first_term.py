"""First terms: at least the minimum, or ending with a running agreement (rule ``term``).

In: ``term.start``, ``term.months`` or ``term.expiry``, ``cotermination.target``, licence lines. Out: fact
``first_term``, figures ``initial.start``, ``initial.expiry``, ``initial.fee``, and price lines for an initial purchase.
"""

from __future__ import annotations

from contractgen.errors import Problem
from contractgen.rules.periods import TermRule
from contractgen.terms.common import count_of, renews_after_first_term, term_rule
from contractgen.terms.sheet import Sheet, day_of
from contractgen.terms.spans import Naming, price_span
from contractgen.values import Day, Figure, Kind

NAMES = Naming("initial", "first-term", "stub-term")
FACTS = {"first_term": ("none", "meets-minimum", "co-terminating", "below-minimum", "no-live-agreement")}
NAME = "term"


def work(sheet: Sheet) -> None:
    """Judge the first term and price it."""
    record = sheet.contract.record
    start = sheet.given("term.start")
    if record.transaction != "initial" or start is None or not record.licences:
        sheet.put_fact("first_term", "none", FACTS["first_term"], (), "the transaction is not a first purchase")
        sheet.lack("initial", "transaction: initial, term.start and licences")
        return
    if record.cotermination is not None:
        _ending_with_running_agreement(sheet, start)
    else:
        _minimum_term(sheet, start)


def _ending_with_running_agreement(sheet: Sheet, start: Figure) -> None:
    """Let the term end with the running agreement that an existing customer has; a new one has none."""
    record, target = sheet.contract.record, sheet.given("cotermination.target")
    runs = record.customer.status == "existing" and record.term.lapsed is not True
    live = runs and target is not None and day_of(target) > day_of(start)
    value = "co-terminating" if live else "no-live-agreement"
    inputs = (start, target, sheet.given("customer.status"), sheet.given("term.lapsed"))
    sheet.put_fact("first_term", value, FACTS["first_term"], inputs, "co-termination was chosen")
    if not live or target is None:
        sheet.lack("initial", "the expiry date of a running agreement as cotermination.target")
        return
    _price(sheet, start, target, term_rule(sheet))


def _minimum_term(sheet: Sheet, start: Figure) -> None:
    rule = term_rule(sheet)
    minimum = sheet.policy_figure("initial_minimum")
    months = sheet.given("term.months")
    stated = sheet.given("term.expiry")
    least = count_of(sheet, "initial_minimum")
    least_end = rule.expiry_after(day_of(start), least)
    if stated is None:
        length = int(str(months.amount)) if months is not None else least
        working = f"{length} months from the start" if months else "the minimum from the start, as no length was agreed"
        end = Day(rule.expiry_after(day_of(start), length))
        reason = (start, months or minimum)
        expiry = sheet.figure("initial.expiry", Kind.DATE, end, reason, working, ["expiry_date_means"])
    else:
        expiry = stated
        _check_length(sheet, start, stated, rule)
    enough = day_of(expiry) >= least_end
    value = "meets-minimum" if enough else "below-minimum"
    working = f"the first term must run until {least_end} at least"
    sheet.put_fact("first_term", value, FACTS["first_term"], (start, expiry, minimum), working)
    _price(sheet, start, expiry, rule)


def _check_length(sheet: Sheet, start: Figure, stated: Figure, rule: TermRule) -> None:
    """Note a problem where the record gives a length and an expiry that do not agree."""
    months = sheet.contract.record.term.months
    expiry = rule.expiry_after(day_of(start), months) if months else day_of(stated)
    if expiry != day_of(stated):
        cause = f"{months} months from term.start end on {expiry}, but term.expiry is {stated.canonical}"
        place = sheet.contract.place("term.months")
        sheet.problems.append(Problem(place, cause, "give term.months or term.expiry, or make them agree"))


def _price(sheet: Sheet, start: Figure, expiry: Figure, rule: TermRule) -> None:
    """Price each line for the term: whole steps at the annual fee, the rest prorated by days."""
    first = sheet.put_day("initial.start", day_of(start), start, (), "the agreed start")
    last = sheet.put_day("initial.expiry", day_of(expiry), expiry, expiry.cause.inputs, expiry.cause.working)
    price_span(sheet, (first, last), rule, NAMES, listed=not renews_after_first_term(sheet))
