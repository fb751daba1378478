"""Fields: no clause can be reached by a contract that lacks a value for it, or has one that it cannot show.

In: a policy, its witnesses, the library. Out: findings ``field``, each with a record that meets it. Every probed
record, and one for each combination of facts that the policy decides on, is selected; the fields of its clauses are
looked up, and each different structure is composed in every locale, letters of refusal as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contractgen.api import compose
from contractgen.checks.findings import Finding, from_problem
from contractgen.checks.selection import rows_of
from contractgen.checks.space import Space
from contractgen.checks.unused import conditions_of
from contractgen.checks.witness import Case, Witnesses
from contractgen.conditions import When
from contractgen.errors import ContractgenError, Place, TemplateFault
from contractgen.library import REFERENCE_LOCALE, Library
from contractgen.markup import Condition, Template, fields_of, flatten
from contractgen.outline import Outline
from contractgen.policy import Policy
from contractgen.record import has_field
from contractgen.refusals import letter_of
from contractgen.selection import Filled, Selection, refusal, select

Structure = tuple[object, ...]
Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """A document that a record leads to, or the letter that refuses it."""

    record: Mapping[str, Any]
    chosen: Selection


def check_fields(witnesses: Witnesses, document: str, cases: Collection[Case], books: Library) -> Iterator[Finding]:
    """Check the fields of one document, for every record that is tried: ``cases``, and those that a fault stops."""
    told: set[tuple[str, str]] = set()
    for finding in _all(witnesses, document, cases, books):
        key = (str(finding.place), finding.what)
        if key not in told:
            told.add(key)
            yield finding


def _all(witnesses: Witnesses, document: str, cases: Collection[Case], books: Library) -> Iterator[Finding]:
    facts = (("document", document),)
    if not cases and not witnesses.failed(document):
        yield _untried(witnesses, document)
    for failure in witnesses.failed(document):
        for problem in failure.problems:
            yield replace(from_problem("field", problem), facts=facts, record=failure.data)
    structures: set[Structure] = set()
    for reached in _reached(cases, witnesses.policy, books.outline(document), books):
        lacks = [*_lookups(reached.chosen, books)]
        yield from (replace(finding, record=reached.record) for finding, _ in lacks)
        structure = _structure(reached.chosen, books)
        if structure not in structures:
            structures.add(structure)
            names = {name for _, name in lacks}
            for finding in _composed(reached.chosen, books, names):
                yield replace(finding, facts=facts, record=reached.record)


def _untried(witnesses: Witnesses, document: str) -> Finding:
    """Say that nothing could be tried for a document: then nothing is known of its fields."""
    policy, problem = witnesses.policy, witnesses.unsound[document]
    what = f"none of the records that were tried is sound for a {document}; one of them: {problem.cause}"
    repair = f"see whether the policy asks for what contradicts itself ({problem.repair})"
    return Finding(policy.marked.place("documents", document), "field", what, repair, (("document", document),))


def _reached(cases: Iterable[Case], policy: Policy, outline: Outline, books: Library) -> Iterator[Reached]:
    """Yield what every record leads to; a gap or overlap is told by its own check."""
    for case in cases:
        chosen = _selected(case, policy, outline, books)
        if chosen is not None:
            yield Reached(case.data, chosen)


def _selected(case: Case, policy: Policy, outline: Outline, books: Library) -> Selection | None:
    try:
        refused = refusal(policy, case.terms) if case.refused else None
        return letter_of(refused, books) if refused else select(outline, policy, case.terms)
    except TemplateFault:
        return None


def of_combinations(witnesses: Witnesses, document: str, outline: Outline) -> dict[Facts, Case | None]:
    """Return a record for every combination of facts that a slot, table, refusal or single fact of the policy has.

    Only combinations that a contract can have are looked at; None where no record was found.
    """
    policy = witnesses.policy
    space = Space(policy, document)
    tables = [[row.when for row in rows_of(policy, document, slot.name)] for slot in outline.slots]
    tables += [[row.when for row in rows] for rows in policy.decide.values()]
    nowhere = Place(policy.file)
    tables += [[When(((name, source.domain),), nowhere)] for name, source in policy.facts.items()]
    found: dict[Facts, Case | None] = {}
    for facts in (facts for whens in tables for facts in space.combinations(whens)):
        key = tuple(sorted(facts.items()))
        if key not in found and space.possible(facts) is not None:
            found[key] = witnesses.find(document, facts)
    for index, row in enumerate(policy.refusals):
        before = Space(policy, document, refusals=index)
        for facts in before.combinations([row.when]):
            if before.holds(row.when, facts) and before.possible(facts) is not None:
                found[("refusal", row.id), *sorted(facts.items())] = witnesses.find(document, facts, refused=True)
    return found


# ------------------------------------------------------------------------------------------------ looking fields up


def _structure(chosen: Selection, books: Library) -> Structure:
    """Return what the shape of a document depends on: wordings and their branches, rows of tables, optional fields."""
    terms = chosen.terms
    wordings = tuple((pick.slot.name, pick.wording) for pick in chosen.picks if isinstance(pick, Filled))
    asked = {one.fact for pick in chosen.picks for one in conditions_of(_words(pick, books).parts)}
    branches = tuple((name, terms.facts[name].value) for name in sorted(asked) if name in terms.facts)
    rows = tuple((name, frozenset(entry.label for entry in entries)) for name, entries in terms.lists.items())
    fields = (name.rstrip("?") for slot in chosen.outline.slots for name in slot.fields)
    choices = (figure.canonical for name, figure in terms.figures.items() if name == "tier")
    return wordings, branches, rows, tuple(name in terms.figures for name in fields), tuple(choices)


NOTHING = Template(Place(""), ())


def _words(pick: object, books: Library) -> Template:
    """Return the words of a slot in the reference locale; none where there are none, or none that can be read."""
    if isinstance(pick, Filled) and pick.row is not None and pick.wording:
        try:
            return books.clause(REFERENCE_LOCALE, pick.slot.name, pick.wording, pick.row.place)
        except TemplateFault:
            return NOTHING  # told by the check of words
    return NOTHING


def _lookups(chosen: Selection, books: Library) -> Iterator[tuple[Finding, str]]:
    """Yield a finding for each fact and value that a clause asks for in vain, with the name of it."""
    vendor, terms = chosen.policy.vendor, chosen.terms
    for pick in chosen.picks:
        unknown: list[Condition] = []
        parts = tuple(flatten(_words(pick, books).parts, terms.facts, unknown.append))
        if not isinstance(pick, Filled) or pick.row is None:
            continue
        facts = (("document", terms.document), *((n, terms.facts[n].value) for n, _ in pick.row.when.terms))
        facts = tuple(sorted(set(facts)))
        for condition in unknown:
            what = f'the clause asks for fact "{condition.fact}", which {vendor} does not have'
            repair = "ask for a fact of the policy or of its rules"
            yield Finding(condition.place, "field", what, repair, facts), condition.fact
        for field in fields_of(parts):
            if field.name not in terms.figures:
                what = f'"{field.name}" has no value where {vendor} reaches this clause by {pick.row.place}'
                repair = f"require {field.name} in the policy, or choose another wording there"
                if not has_field(field.name):
                    repair = f"choose another wording there, or use another value ({terms.lacking(field.name)})"
                yield Finding(field.place, "field", what, repair, facts), field.name


def _composed(chosen: Selection, books: Library, names: set[str]) -> Iterator[Finding]:
    """Compose a document in every locale whose words are there; what lacks ``names`` has been told already."""
    for locale in books.locales:
        if not all(_readable(pick, locale, books) for pick in chosen.picks):
            continue  # told by the check of words
        try:
            compose(chosen, locale, books)
        except ContractgenError as error:
            for problem in error.problems:
                if not any(f'"{name}"' in problem.cause for name in names):
                    yield from_problem("field", problem)


def _readable(pick: object, locale: str, books: Library) -> bool:
    if isinstance(pick, Filled) and pick.row is not None and pick.wording:
        try:
            books.clause(locale, pick.slot.name, pick.wording, pick.row.place)
        except TemplateFault:
            return False
    return True


# ---------------------------------------------------------------------------------------------- fields of the record


def check_names(policy: Policy) -> Iterator[Finding]:
    """Find fields that a policy reads or requires and that no record can have."""
    own = {source.field for source in policy.facts.values()}
    for requirement in policy.requires:
        for name in requirement.fields:
            if name not in own and not has_field(name):
                yield Finding(requirement.place, "field", f'requires "{name}", which no record can have', REPAIR)
    for source in policy.facts.values():
        if not source.field.startswith("facts.") and not has_field(source.field):
            what = f'fact "{source.name}" is read from "{source.field}", which no record can have'
            yield Finding(source.place, "field", what, REPAIR)
        if source.absent is not None and source.absent not in source.domain:
            what = f'fact "{source.name}" is "{source.absent}" where it is not given, which is not in its domain'
            yield Finding(source.place, "field", what, f"use one of {', '.join(source.domain)}")


REPAIR = "name a field of docs/records.md, or one under facts"
