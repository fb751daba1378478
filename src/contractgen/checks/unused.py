"""What reaches no document: clauses that no policy names, branches never taken, figures and labels never read.

In: the library, policies, and what the probed records read. Out: findings ``unused-clause``, ``unused-figure``,
``unused-label``, and ``unreachable-row`` for a branch of a clause.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from contractgen.checks.findings import Finding
from contractgen.errors import Place, TemplateFault, did_you_mean
from contractgen.library import REFERENCE_LOCALE, Library
from contractgen.markup import Condition, Part, Template, compile_label, fields_of
from contractgen.outline import Outline
from contractgen.policy import Policy
from contractgen.refusals import SLOT, WORDINGS
from contractgen.terms import domains

GROUPS = ("titles", "subtitles", "headings", "fields", "columns", "captions", "cells", "rows", "lines")
"""Groups of labels that data name; the others are named by code and cannot be left over."""

NAMED_BY_CODE = {
    "cells.none", "cells.value", "columns.no", "columns.item", "columns.basis", "columns.unit-price", "columns.amount",
}  # fmt: skip


def named_wordings(policy: Policy) -> Iterator[tuple[str, Place]]:
    """Yield ``slot/wording`` of every clause that a policy names, with the row that does."""
    for rows in policy.slots.values():
        yield from ((f"{row.slot}/{row.wording}", row.place) for row in rows if row.wording)
    yield from ((f"{SLOT}/{row.id}", row.place) for row in policy.refusals)


def check_clauses(policies: Iterable[Policy], books: Library, only: Collection[str] | None = None) -> Iterator[Finding]:
    """Find clauses that none of the policies names, and branches that no contract of those that name them takes.

    ``only`` narrows it to some clauses (``slot/wording``).
    """
    users: dict[str, list[Policy]] = {f"{slot}/{wording}": [] for slot, wording in WORDINGS.items()}
    for policy in policies:
        for name, _ in named_wordings(policy):
            users.setdefault(name, []).append(policy)
    for slot, wording in books.clause_names():
        name = f"{slot}/{wording}"
        if only is not None and name not in only:
            continue
        try:
            template = books.clause(REFERENCE_LOCALE, slot, wording, Place(name))
        except TemplateFault:
            continue  # told by the check of words
        if name not in users:
            what = f"no policy names the wording {name}"
            yield Finding(template.place, "unused-clause", what, "name it in a row, or remove it")
        elif users[name]:
            yield from _branches(template, users[name])


def _branches(template: Template, users: Collection[Policy]) -> Iterator[Finding]:
    known: dict[str, set[str]] = {}
    for policy in users:
        for fact, values in domains(policy).items():
            known.setdefault(fact, set()).update(values)
    for condition in conditions_of(template.parts):
        for value in condition.values:
            if condition.fact in known and value not in known[condition.fact]:
                what = f'no contract that gets this clause has "{value}" as its {condition.fact}'
                repair = did_you_mean(value, sorted(known[condition.fact]))
                yield Finding(condition.place, "unreachable-row", what, repair)


def conditions_of(parts: tuple[Part, ...]) -> Iterator[Condition]:
    """Yield every condition of a template, however deep it stands."""
    for part in parts:
        if isinstance(part, Condition):
            yield part
            yield from conditions_of(part.then)
            yield from conditions_of(part.otherwise)


def check_figures(policy: Policy, read: Collection[str], books: Library) -> Iterator[Finding]:
    """Find figures of a policy that no text names and no rule has ``read`` for any probed record."""
    used = {*read, *_named(policy, books)}
    for name, figure in policy.figures.items():
        if name not in used:
            what = f'figure "{name}" is read by no clause, table, row or rule'
            yield Finding(figure.place, "unused-figure", what, "use it, or remove it")


def _named(policy: Policy, books: Library) -> Iterator[str]:
    """Yield every figure that a clause, a cell, a row or a refusal of the policy names."""
    locale = books.locale(REFERENCE_LOCALE)
    clauses = [(row.slot, row.wording, row.place) for rows in policy.slots.values() for row in rows if row.wording]
    clauses += [(SLOT, row.id, row.place) for row in policy.refusals]
    for slot, wording, place in clauses:
        try:
            template = books.clause(REFERENCE_LOCALE, slot, wording or "", place)
        except TemplateFault:
            continue  # told by the check of words
        yield from (field.name for field in fields_of(template.parts))
    for table in policy.tables.values():
        for cell in (cell for row in table.rows for cell in row.cells):
            yield cell.figure
            label = locale.labels.get(cell.label, "")
            yield from (
                (field.name for field in fields_of(compile_label(label, Place(locale.file)).parts)) if label else ()
            )
    for rows in policy.decide.values():
        yield from (row.figure for row in rows)
    for service in policy.services:
        yield from (service.figure, service.allowance, service.limit)
    for refused in policy.refusals:
        yield from refused.figures
    for label in (text for key, text in locale.labels.items() if key.startswith("lines.")):
        yield from (field.name for field in fields_of(compile_label(label, Place(locale.file)).parts))


def check_labels_used(lines: Collection[str], policies: Iterable[Policy], books: Library) -> Iterator[Finding]:
    """Find labels that nothing prints; ``lines`` are the price lines of the probed records."""
    used = set(NAMED_BY_CODE)
    for name in books.document_types:
        used |= set(_outline_labels(books.outline(name)))
    used |= set(_outline_labels(books.letter(SLOT)))
    for policy in policies:
        for table in policy.tables.values():
            used |= set(table.columns)
            used |= {label for row in table.rows for cell in row.cells for label in (cell.label, cell.strict)}
    used |= {f"lines.{line}.{part}" for line in lines for part in ("item", "basis")}
    locale = books.locale(REFERENCE_LOCALE)
    for key in locale.labels:
        if key.partition(".")[0] in GROUPS and key not in used:
            what = f'label "{key}" is printed by nothing'
            yield Finding(locale.label_place(key), "unused-label", what, "use it, or remove it in every locale")


def _outline_labels(outline: Outline) -> Iterator[str]:
    yield from (outline.title, outline.subtitle, outline.contents)
    for slot in outline.slots:
        yield from (slot.label, slot.caption)
        yield from (column.head for column in slot.columns)
        yield from (f"fields.{name.rstrip('?')}" for name in slot.fields)
