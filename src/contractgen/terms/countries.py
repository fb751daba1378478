"""In which countries a service may be given (rules ``country-gate`` and ``served-country``).

In: ``customer.country``, ``end_user.country``, ``contract.date``, ``clearance``, the fact ``provision``. Out: facts
``country_gate`` and ``country``, figures ``gate.*``. The list that held on the contract's day decides; a document that
is older than the contract, or has none yet, counts by its own day. A recorded clearance overrides the list and is
printed.
"""

from __future__ import annotations

from datetime import date

from contractgen.errors import Problem, TemplateFault
from contractgen.terms.sheet import Sheet, before_first, day_of
from contractgen.values import Cause, Figure, Kind, Origin

FACTS_OF_GATE = {"country_gate": ("unstated", "open", "listed", "prohibited", "cleared")}
FACTS_OF_SERVICE = {"country": ("served", "not-served")}


def work_gate(sheet: Sheet) -> None:
    """Judge the country of the end user (and of the buyer, where another buys for it) by the list of that day."""
    day = _day(sheet)
    listed = _listed(sheet, day_of(day))
    concerned = [sheet.given("end_user.country"), sheet.given("customer.country")]
    countries = [country for country in concerned if country is not None]
    if not countries:
        sheet.put_fact("country_gate", "unstated", FACTS_OF_GATE["country_gate"], (), "no country is given")
        sheet.lack("gate.country", "customer.country, or end_user.country where another buys for the end user")
        return
    barred = [country for country in countries if country.amount in _codes(listed)]
    country = (barred or countries)[0]
    sheet.put("gate.country", Kind.COUNTRY, country.amount, (country,), "the country concerned")
    provision = sheet.facts.get("provision")
    prohibited = provision is not None and provision.value == "prohibited"
    clearance = _clearance(sheet)
    if not barred and not prohibited:
        value, working = "open", "not in the list of that day"
    elif clearance is not None:
        value, working = "cleared", "a legal clearance is recorded"
    elif barred:
        value, working = "listed", "in the list of that day"
    else:
        value, working = "prohibited", "the record says that it is prohibited there"
    sheet.put_fact("country_gate", value, FACTS_OF_GATE["country_gate"], (country, day, listed, clearance), working)


def _day(sheet: Sheet) -> Figure:
    """Return the day as of which the list is taken."""
    made, issued = sheet.given("contract.date"), sheet.figures["document.date"]
    source = made if made is not None and day_of(made) <= sheet.day else issued
    working = "the day of the contract" if source is made else "no contract yet: the day of the document"
    return sheet.put_day("gate.day", day_of(source), source, (), working)


def _listed(sheet: Sheet, day: date) -> Figure:
    """Return the list of countries that held on ``day``; asking before the first list is an error, not a guess."""
    dated = sheet.policy.figures["excluded_countries"]
    row = dated.on(day)
    if row is None:
        raise TemplateFault([before_first(dated, day)])
    sheet.read.add(dated.name)
    working = f"the list held since {row.since}"
    cause = Cause(Origin.POLICY, dated.name, row.place, dated.cite, working=working)
    sheet.figures[dated.name] = Figure(dated.name, dated.kind, row.amount, cause)
    return sheet.figures[dated.name]


def _codes(listed: Figure) -> tuple[str, ...]:
    return listed.amount if isinstance(listed.amount, tuple) else ()


def _clearance(sheet: Sheet) -> Figure | None:
    """Return the clearance's file number; one that is granted after the document's day clears nothing yet."""
    granted = sheet.given("clearance.date")
    if granted is not None and day_of(granted) > sheet.day:
        cause = f"the clearance is dated {granted.canonical}, after the document ({sheet.day})"
        sheet.problems.append(Problem(sheet.contract.place("clearance.date"), cause, "correct one of the two dates"))
    return sheet.given("clearance.reference")


def work_served(sheet: Sheet) -> None:
    """Judge whether the customer's country is one that the service is meant for."""
    served, country = sheet.policy_figure("served_countries"), sheet.given("customer.country")
    if country is None:
        place = sheet.contract.place("customer.country")
        sheet.problems.append(Problem(place, 'field "customer.country" is missing', "add customer.country"))
        return
    value = "served" if country.amount in _codes(served) else "not-served"
    sheet.put_fact("country", value, FACTS_OF_SERVICE["country"], (country, served))
