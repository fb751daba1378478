"""Mutants of the labels of a locale and of the outlines of documents.

In: the text of ``templates/<locale>/locale.toml`` or ``templates/documents/<type>.toml``. Out: mutants.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mutation.clauses import FIELD
from mutation.model import Mutant, Splice
from mutation.toml_text import Block, Statement, blocks, written


def label_mutants(locale: str, text: str) -> Iterator[Mutant]:
    """Yield mutants of the labels of one language: a value dropped, two labels swapped, a label gone."""
    path = f"templates/{locale}/locale.toml"

    def made(kind: str, block: Block, change: str, *splices: Splice) -> Mutant:
        return Mutant(kind, "label", f"{block.name} in {locale}", change, splices, locale=locale)

    for block in blocks(text):
        if not block.name.startswith("labels"):
            continue
        for entry in block.statements:
            gone = Splice(path, entry.start, entry.end, ())
            yield made("label-deleted", block, entry.key, gone)
            for match in FIELD.finditer(str(entry.value)):
                rest = f"{entry.value[: match.start()]}{entry.value[match.end() :]}".strip() or "-"
                yield made("label-value-dropped", block, f"{entry.key}: {match[1]}", _set(path, entry, rest))
        for first, second in zip(block.statements, block.statements[1:], strict=False):
            same = _fields(first.value) == _fields(second.value)
            if same and first.value != second.value:
                splices = _set(path, second, first.value), _set(path, first, second.value)
                yield made("labels-swapped", block, f"{first.key} and {second.key}", *splices)


def outline_mutants(document: str, text: str) -> Iterator[Mutant]:
    """Yield mutants of an outline: a slot gone, two slots or columns swapped, a field gone."""
    path = f"templates/documents/{document}.toml"
    lines = text.split("\n")

    def made(kind: str, block: Block, change: str, *splices: Splice) -> Mutant:
        return Mutant(kind, "outline", block.id, change, splices)

    slots = [block for block in blocks(text) if block.name == "slot"]
    for slot, following in zip(slots, [*slots[1:], None], strict=True):
        name = str(slot.statements[0].value)
        yield made("slot-deleted", slot, f"without {name}", Splice(path, slot.start, slot.end, ()))
        if following is not None:
            both = (*lines[following.start : following.end], *lines[slot.end : following.start])
            swapped = (*both, *lines[slot.start : slot.end])
            change = f"{name} after {following.statements[0].value}"
            yield made("slots-swapped", slot, change, Splice(path, slot.start, following.end, swapped))
        if fields := slot.get("fields"):
            for field in fields.value:
                rest = [other for other in fields.value if other != field]
                yield made("slot-field-dropped", slot, f"without {field}", _set(path, fields, rest))
        if columns := slot.get("columns"):
            for index in range(len(columns.value) - 1):
                new = list(columns.value)
                new[index], new[index + 1] = new[index + 1], new[index]
                yield made("columns-swapped", slot, f"{index + 1} and {index + 2}", _set(path, columns, new))


def _set(path: str, entry: Statement, value: object) -> Splice:
    return Splice(path, entry.start, entry.end, (f"{entry.key} = {written(value)}",))


def _fields(text: object) -> list[str]:
    return sorted(match[1] for match in re.finditer(FIELD, str(text)))
