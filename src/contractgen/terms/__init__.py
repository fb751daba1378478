"""From contract and policy to ``Terms``: facts of finite domain and figures with causes, before any language.

In: a contract, a policy, a document type. Out: ``Terms``. Raises ``InvalidData`` for what the record lacks or
contradicts (all at once) and ``TemplateFault`` for what the policy lacks. Each rule named in the policy's ``[rules]``
is a module of this package: it says which facts it puts down and with which domains, and works on a ``Sheet``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from contractgen.conditions import When, faults_of
from contractgen.contract import Contract
from contractgen.errors import InvalidData, Problem, TemplateFault, UsageError, did_you_mean
from contractgen.policy import DecideRow, Policy
from contractgen.record import DocumentType
from contractgen.terms import (
    agreed,
    buyers,
    common_expiry,
    countries,
    deferred,
    first_term,
    fixed_terms,
    late,
    licence_forms,
    orders,
    packages,
    premium,
    renewing,
    responses,
    standing,
    tiers,
    totals,
)
from contractgen.terms.sheet import Entry, Sheet, Terms, before_first, record_field
from contractgen.values import Cause, Choice, Fact, Figure, Kind, LocalText, Origin

__all__ = ["RULES", "Entry", "Rule", "Terms", "domains", "lay_out", "record_field", "work_out"]

DOCUMENT_TYPES: tuple[DocumentType, ...] = ("sdd", "renewal-notice", "withdrawal-ack", "quote", "support-plan")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that a policy can name: what it does, the domains of its facts, the sections of a record it reads."""

    work: Callable[[Sheet], None]
    facts: Mapping[str, tuple[str, ...]]
    sections: tuple[str, ...] = ()


RULES: Mapping[str, Rule] = {
    "term": Rule(first_term.work, first_term.FACTS, ("licences", "cotermination")),
    "renewal": Rule(renewing.work_renewal, {}, ("licences",)),
    "reinstatement": Rule(late.work, late.FACTS, ("licences", "reinstatement", "holidays")),
    "deferral": Rule(deferred.work, deferred.FACTS, ("licences", "deferral", "holidays")),
    "cotermination": Rule(common_expiry.work, common_expiry.FACTS, ("licences", "cotermination")),
    "notice": Rule(renewing.work_notice, renewing.FACTS_OF_NOTICE, ("withdrawal", "holidays")),
    "premium": Rule(premium.work, premium.FACTS, ("premium",)),
    "package": Rule(packages.work, packages.FACTS, ("package",)),
    "services": Rule(orders.work, orders.FACTS, ("services",)),
    "response": Rule(responses.work, responses.FACTS, ("tickets", "holidays")),
    "agreed-withdrawal": Rule(agreed.work, agreed.FACTS, ("withdrawal",)),
    "standing": Rule(standing.work, standing.FACTS),
    "tier-cells": Rule(tiers.work, tiers.FACTS),
    "licence-form": Rule(licence_forms.work, licence_forms.FACTS, ("licences", "order")),
    "country-gate": Rule(countries.work_gate, countries.FACTS_OF_GATE, ("clearance", "end_user")),
    "served-country": Rule(countries.work_served, countries.FACTS_OF_SERVICE),
    "buyer": Rule(buyers.work_buyer, buyers.FACTS_OF_BUYER, ("end_user",)),
    "fixed-term": Rule(fixed_terms.work, fixed_terms.FACTS, ("licences", "cotermination")),
    "prerequisites": Rule(buyers.work_prerequisites, buyers.FACTS_OF_PREREQUISITES, ("prerequisites",)),
    "code-release": Rule(buyers.work_release, buyers.FACTS_OF_RELEASE, ("release",)),
}
"""In the order in which they work: a rule may use what an earlier one put down."""


def domains(policy: Policy) -> dict[str, tuple[str, ...]]:
    """Return every fact that contracts of this policy can have, with its domain."""
    found: dict[str, tuple[str, ...]] = {"document": tuple(policy.documents)}
    found.update({name: fact.domain for name, fact in policy.facts.items()})
    for name in policy.rules:
        if name in RULES:
            found.update(RULES[name].facts)
    return found


def lay_out(contract: Contract, policy: Policy, document: DocumentType) -> Sheet:
    """Put down what the record says for one document; what it lacks or gets wrong stands in the sheet's problems."""
    if document not in policy.documents:
        place = contract.place("vendor")
        repair = did_you_mean(document, list(policy.documents))
        raise UsageError.at(place, f'vendor "{policy.vendor}" has no document "{document}"', repair)
    data = contract.record.documents.get(document)
    if data is None:
        cause = f"the record gives no number and date for a document of type {document}"
        repair = f"add documents.{document} with number and date"
        raise InvalidData.at(contract.place("documents"), cause, repair)
    sheet = Sheet(contract, policy, document, data.date.date)
    if data.number is None:
        sheet.lacks["document.number"] = f"give documents.{document}.number, or issue the document through a register"
    _put_common(sheet)
    _put_facts(sheet)
    _check_readings(sheet)
    _require(sheet)
    _check_sections(sheet)
    _check_readers(sheet)
    return sheet


def work_out(contract: Contract, policy: Policy, document: DocumentType) -> Terms:
    """Compute the terms of ``contract`` for one document."""
    sheet = lay_out(contract, policy, document)
    _raise(sheet)
    _put_policy_figures(sheet)
    for name, rule in RULES.items():
        if name in policy.rules:
            sheet.rule, sheet.cite = name, policy.rules[name]
            rule.work(sheet)
    sheet.rule, sheet.cite = "total", ()
    totals.work(sheet)
    _raise(sheet)
    _fill_from_record(sheet)
    return sheet.terms()


def _raise(sheet: Sheet) -> None:
    if sheet.problems:
        raise InvalidData(sorted(set(sheet.problems)))


def _put_common(sheet: Sheet) -> None:
    """Put down what every document shows: vendor, issuer, tier, and this document's own number and dates."""
    policy, contract = sheet.policy, sheet.contract
    vendor = Figure(
        "vendor.name",
        Kind.NAME,
        LocalText(by_locale=dict(policy.name)),
        Cause(Origin.POLICY, "policy.name", policy.marked.place("policy", "name")),
    )
    sheet.figures["vendor.name"] = vendor
    sheet.figures["issuer.name"] = contract.figures.get("issuer.name") or vendor
    if "tier" not in policy.facts or len(policy.facts["tier"].domain) > 1:  # a single level is no tier to speak of
        tier = Choice(f"tier.{policy.vendor}", contract.record.tier)
        sheet.figures["tier"] = Figure("tier", Kind.CHOICE, tier, contract.figures["tier"].cause)
    prefix = f"documents.{sheet.document}."
    for name, figure in contract.figures.items():
        if name.startswith(prefix):
            short = f"document.{name.removeprefix(prefix)}"
            sheet.figures[short] = Figure(short, figure.kind, figure.amount, figure.cause)


def _put_facts(sheet: Sheet) -> None:
    """Put down the document's type and the facts that the policy reads from the record."""
    documents = tuple(sheet.policy.documents)
    cause = Cause(Origin.CALL, "document", working="the document asked for")
    sheet.facts["document"] = Fact("document", sheet.document, documents, cause)
    for name, source in sheet.policy.facts.items():
        figure = sheet.contract.figures.get(source.field)
        place = sheet.contract.place(source.field)
        if figure is None and source.absent is None:
            cause_ = f'field "{source.field}" is missing'
            sheet.problems.append(Problem(place, cause_, f"add it: one of {', '.join(source.domain)}"))
            continue
        value = str(source.absent) if figure is None else _choice_key(figure)
        if value not in source.domain:
            sheet.problems.append(source.unknown(value, place))
            continue
        origin = Cause(
            Origin.CONTRACT,
            source.field,
            place,
            inputs=(figure,) if figure else (),
            working="" if figure else "not given",
        )
        sheet.facts[name] = Fact(name, value, source.domain, origin)


def _choice_key(figure: Figure) -> str:
    return figure.amount.key if isinstance(figure.amount, Choice) else figure.canonical


def _check_readings(sheet: Sheet) -> None:
    """Note each reading agreed in the record that is not one of the policy's."""
    for name, value in sheet.contract.record.readings.items():
        place = sheet.contract.place(f"readings.{name}")
        reading = sheet.policy.readings.get(name)
        if reading is None:
            repair = did_you_mean(name, sorted(sheet.policy.readings))
            sheet.problems.append(Problem(place, f'"{name}" is not a reading of this policy', repair))
        elif value not in reading.options:
            sheet.problems.append(
                Problem(place, f'reading "{name}" is "{value}"', did_you_mean(value, reading.options))
            )


SECTIONS = tuple(sorted({section for rule in RULES.values() for section in rule.sections}))
"""Sections of a record that only rules read; one that no rule of the vendor reads would be lost."""


def _check_sections(sheet: Sheet) -> None:
    """Note each section that no rule of this vendor reads: nothing that the record says may be lost."""
    read = {section for name in sheet.policy.rules if name in RULES for section in RULES[name].sections}
    for section in SECTIONS:
        if section not in read and getattr(sheet.contract.record, section):
            cause = f'no rule of vendor "{sheet.policy.vendor}" reads "{section}"'
            known_sections = f", or use what this vendor reads: {', '.join(sorted(read))}" if read else ""
            repair = f"remove {section}{known_sections}"
            sheet.problems.append(Problem(sheet.contract.place(section), cause, repair))
    record = sheet.contract.record
    first = "term" in sheet.policy.rules and record.transaction == "initial"
    if record.term.months is not None and not (first or "fixed-term" in sheet.policy.rules):
        cause = '"term.months" is the length of a first term, and no rule reads it here'
        sheet.problems.append(Problem(sheet.contract.place("term.months"), cause, "remove term.months"))
    known = [fact.field for fact in sheet.policy.facts.values()]
    for name in sheet.contract.record.facts:
        if f"facts.{name}" not in known:
            cause = f'the policy of vendor "{sheet.policy.vendor}" asks for no fact "{name}"'
            repair = did_you_mean(f"facts.{name}", [field for field in known if field.startswith("facts.")])
            sheet.problems.append(Problem(sheet.contract.place(f"facts.{name}"), cause, repair))


READERS: Mapping[str, frozenset[str]] = {
    "customer.party": frozenset(),
    "customer.status": frozenset({"term"}),
    "customer.region": frozenset(),
    "customer.area": frozenset(),
    "customer.segment": frozenset(),
    "term.lapsed": frozenset({"term", "reinstatement", "notice"}),
}
"""Fields that decide something only where the policy has a fact of them or one of these rules."""


def _check_readers(sheet: Sheet) -> None:
    """Note each field that would decide something, where this vendor has nothing that reads it."""
    known = {fact.field for fact in sheet.policy.facts.values()}
    for field, rules in READERS.items():
        if field in known or not rules.isdisjoint(sheet.policy.rules):
            continue
        if field in sheet.contract.figures:
            cause = f'nothing of vendor "{sheet.policy.vendor}" reads "{field}"'
            sheet.problems.append(Problem(sheet.contract.place(field), cause, f"remove {field}"))


def _require(sheet: Sheet) -> None:
    """Note every field that this document needs and the record does not give."""
    for requirement in sheet.policy.requires:
        if not all(name in sheet.facts for name, _ in requirement.when.terms):
            continue
        if not requirement.when.holds(sheet.facts):
            continue
        for field in requirement.fields:
            if not _is_given(sheet, field):
                shown = record_field(field, sheet.document)
                cause = f'field "{shown}" is missing: a {sheet.document} of {sheet.policy.vendor} needs it'
                condition = f" ({requirement.when})" if len(requirement.when.terms) > 1 else ""
                sheet.problems.append(Problem(sheet.contract.place(shown), cause + condition, f"add {shown}"))


def _is_given(sheet: Sheet, field: str) -> bool:
    """Whether a field, or something in a table of that name, is given."""
    figures = sheet.contract.figures
    return field in figures or field in sheet.figures or any(name.startswith(f"{field}.") for name in figures)


def _put_policy_figures(sheet: Sheet) -> None:
    """Put down every figure of the policy, and those that its decision tables choose by facts.

    A figure that had no value yet on the document's day is only noted: it hinders no document that does not use it.
    """
    sheet.rule = "policy"
    standing, undated = sheet.policy.on(sheet.day)
    for name, figure in standing.items():
        sheet.figures.setdefault(name, figure)
    sheet.undated.update({figure.name: before_first(figure, sheet.day) for figure in undated})
    for name, rows in sheet.policy.decide.items():
        matching = [row for row in rows if row.when.holds(sheet.facts)]
        if len(matching) > 1:
            cause = f'{len(matching)} rows decide "{name}": {" / ".join(str(row.place) for row in matching)}'
            raise TemplateFault.at(matching[1].place, cause, "make the conditions exclude one another")
        if not matching:
            sheet.lacks[name] = f"no row of decide.{name} holds for this contract"
        elif matching[0].figure in sheet.undated:
            sheet.undated[name] = sheet.undated[matching[0].figure]
        else:
            sheet.figures[name] = _decided(sheet, name, matching[0])


def _decided(sheet: Sheet, name: str, row: DecideRow) -> Figure:
    source = sheet.policy_figure(row.figure)
    cites = tuple(dict.fromkeys((*row.cite, *source.cause.cite)))
    cause = Cause(Origin.POLICY, f"decide.{name}", row.place, cites, (source,), f"row: {row.when}")
    return Figure(name, source.kind, source.amount, cause)


def _fill_from_record(sheet: Sheet) -> None:
    """Let clauses see the record's own fields under their names, where no rule put down its own."""
    for name, figure in sheet.contract.figures.items():
        if name != "tier":  # put down above, in the vendor's own domain, where there is a choice of tiers
            sheet.figures.setdefault(name, figure)


def faults(policy: Policy) -> Iterator[Problem]:
    """Yield what is wrong between a policy and the rules: unknown rules, conditions on facts that never occur."""
    for name in policy.rules:
        if name not in RULES:
            place = policy.marked.place("rules", name)
            yield Problem(place, f'no rule is called "{name}"', did_you_mean(name, list(RULES)))
    known = domains(policy)
    for when, extra in _conditions(policy):
        yield from faults_of(when, {**known, **extra})


def _conditions(policy: Policy) -> Iterator[tuple[When, dict[str, tuple[str, ...]]]]:
    plain: dict[str, tuple[str, ...]] = {}
    for rows in policy.slots.values():
        yield from ((row.when, plain) for row in rows)
    for decided in policy.decide.values():
        yield from ((row.when, plain) for row in decided)
    yield from ((row.when, plain) for row in policy.requires)
    yield from ((row.when, plain) for row in policy.refusals)
    yield from ((when, plain) for table in policy.tables.values() for row in table.rows for when in row.own)
    sized: dict[str, tuple[str, ...]] = {"size": orders.SIZES}
    yield from ((row.when, sized) for row in policy.services)
