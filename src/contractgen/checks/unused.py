"""What reaches no document: figures that nothing reads, labels that nothing prints.

In: the library and the witnesses of its vendors. Out: findings ``unused-figure`` and ``unused-label``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contractgen.checks.findings import Finding
from contractgen.checks.witness import Witnesses
from contractgen.errors import Place, TemplateFault
from contractgen.library import REFERENCE_LOCALE, Library
from contractgen.markup import compile_label, fields_of
from contractgen.outline import Outline
from contractgen.policy import Policy
from contractgen.refusals import SLOT

GROUPS = ("titles", "subtitles", "headings", "fields", "columns", "captions", "cells", "rows", "lines")
"""Groups of labels that data name; the others are named by code and cannot be left over."""

NAMED_BY_CODE = {
    "cells.none", "cells.value", "columns.no", "columns.item", "columns.basis", "columns.unit-price", "columns.amount",
}  # fmt: skip


def check_unused(all_witnesses: Iterable[Witnesses], books: Library) -> Iterator[Finding]:
    """Find figures and labels that no document can show."""
    lines: set[str] = set()
    for witnesses in all_witnesses:
        yield from _figures(witnesses, books)
        for document in witnesses.policy.documents:
            for case in witnesses.of(document):
                lines |= {entry.label for entry in case.terms.lists.get("price_lines", ())}
    yield from _labels(lines, books)


def _figures(witnesses: Witnesses, books: Library) -> Iterator[Finding]:
    policy = witnesses.policy
    used = set(_named(policy, books))
    for document in policy.documents:
        for case in witnesses.of(document):
            used |= case.terms.read
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


def _labels(lines: set[str], books: Library) -> Iterator[Finding]:
    used = set(NAMED_BY_CODE)
    for name in books.document_types:
        used |= set(_outline_labels(books.outline(name)))
    used |= set(_outline_labels(books.letter(SLOT)))
    for vendor in books.vendors:
        for table in books.policy(vendor, Place("check")).tables.values():
            used |= set(table.columns)
            used |= {label for row in table.rows for cell in row.cells for label in (cell.label, cell.strict)}
    used |= {f"lines.{line}.{part}" for line in lines for part in ("item", "basis")}
    locale = books.locale(REFERENCE_LOCALE)
    for key in locale.labels:
        if key.partition(".")[0] in GROUPS and key not in used:
            what = f'label "{key}" is printed by nothing'
            yield Finding(locale.label_place(key), "unused-label", what, "use it, or remove it in every locale")


def _outline_labels(outline: Outline) -> Iterator[str]:
    yield from (outline.title, outline.subtitle)
    for slot in outline.slots:
        yield from (slot.label, slot.caption)
        yield from (column.head for column in slot.columns)
        yield from (f"fields.{name.rstrip('?')}" for name in slot.fields)
