"""Fields: no clause can be reached by a contract that lacks a value for it, or has one that it cannot show.

In: a policy, its witnesses, the library. Out: findings ``field``. Every probed record that reaches a document is
selected, the fields of its clauses are looked up, and each different structure is composed in every locale.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractgen.api import compose
from contractgen.checks.findings import Finding, from_problem
from contractgen.checks.witness import Case, Witnesses
from contractgen.errors import ContractgenError, TemplateFault
from contractgen.library import REFERENCE_LOCALE, Library
from contractgen.markup import Condition, fields_of, flatten
from contractgen.selection import Filled, Selection, refusal, select

Structure = tuple[object, ...]


def check_fields(witnesses: Witnesses, books: Library) -> Iterator[Finding]:
    """Check the fields of every document that a probed record leads to."""
    told: set[tuple[str, str]] = set()
    for document in witnesses.policy.documents:
        structures: set[Structure] = set()
        for chosen in selections(witnesses, document, books):
            for finding in _lookups(chosen, books):
                if (str(finding.place), finding.what) not in told:
                    told.add((str(finding.place), finding.what))
                    yield finding
            structure = _structure(chosen)
            if structure not in structures:
                structures.add(structure)
                yield from _composed(chosen, books, told)


def selections(witnesses: Witnesses, document: str, books: Library) -> Iterator[Selection]:
    """Yield the selection of every probed record that is not refused; a gap or overlap is told by its own check."""
    outline = books.outline(document)
    for case in witnesses.of(document):
        chosen = _selected(case, witnesses, outline)
        if chosen is not None:
            yield chosen


def _selected(case: Case, witnesses: Witnesses, outline: object) -> Selection | None:
    if refusal(witnesses.policy, case.terms) is not None:
        return None
    try:
        return select(outline, witnesses.policy, case.terms)  # type: ignore[arg-type]
    except TemplateFault:
        return None


def _structure(chosen: Selection) -> Structure:
    """Return what the shape of a document depends on: wordings, and the kinds of rows of its tables."""
    wordings = tuple(pick.wording if isinstance(pick, Filled) else None for pick in chosen.picks)
    rows = tuple((name, frozenset(entry.label for entry in entries)) for name, entries in chosen.terms.lists.items())
    return wordings, rows


def _lookups(chosen: Selection, books: Library) -> Iterator[Finding]:
    for pick in chosen.picks:
        if not isinstance(pick, Filled) or pick.row is None or not pick.wording:
            continue
        try:
            template = books.clause(REFERENCE_LOCALE, pick.slot.name, pick.wording, pick.row.place)
        except TemplateFault:
            continue  # told by the check of words
        unknown: list[Condition] = []
        parts = tuple(flatten(template.parts, chosen.terms.facts, unknown.append))
        for condition in unknown:
            what = f'the clause asks for fact "{condition.fact}", which {chosen.policy.vendor} does not have'
            yield Finding(condition.place, "field", what, "ask for a fact of the policy or of its rules")
        for field in fields_of(parts):
            if field.name not in chosen.terms.figures:
                reason = chosen.terms.lacking(field.name)
                what = (
                    f'"{field.name}" has no value where {chosen.policy.vendor} reaches this clause by {pick.row.place}'
                )
                repair = f"require the field in the policy, or choose another wording there ({reason})"
                yield Finding(field.place, "field", what, repair)


def _composed(chosen: Selection, books: Library, told: set[tuple[str, str]]) -> Iterator[Finding]:
    for locale in books.locales:
        try:
            compose(chosen, locale, books)
        except ContractgenError as error:
            for problem in error.problems:
                key = (str(problem.place), problem.cause)
                if key not in told:
                    told.add(key)
                    yield from_problem("field", problem)
