"""What of a layout depends on the texts of values: widths of columns of numbers, and whether a last clause is short.

In: a marked document. Out: ``Gauge``, which for the texts of any other document of the same form says how they measure.
Two documents that measure alike are laid out alike; so a form is compiled once for each measure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contractgen.marks import is_marked, pieces, unmarked
from contractgen.styles import Styles
from contractgen.tree import Block, Clause, Document, KeyValues, Row, Signatures, Table, block_inlines, plain
from contractgen.writers.forms import NoForm
from contractgen.writers.measure import cell_need, is_short

Pieces = tuple[str | int, ...]
Measure = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    """The cells of a column that hold values, and what its other cells need."""

    least: float
    cells: tuple[tuple[Pieces, Row], ...]


@dataclass(frozen=True, slots=True)
class Gauge:
    """Measures the texts of one document."""

    columns: tuple[_Column, ...]
    closing: tuple[Pieces, ...]
    styles: Styles

    def measure(self, texts: Sequence[str]) -> Measure:
        """Return what the layout of a document with these texts depends on."""
        found = [
            max(column.least, *(cell_need(_joined(cell, texts), row, self.styles) for cell, row in column.cells))
            for column in self.columns
        ]
        if self.closing:
            found.append(is_short([_joined(part, texts) for part in self.closing], self.styles))
        return tuple(found)


def gauge(document: Document, styles: Styles) -> Gauge:
    """Return the gauge of a marked document; ``NoForm`` where a label whose width counts holds a value."""
    last = document.blocks[-1] if document.blocks else None
    closing: tuple[Pieces, ...] = ()
    if isinstance(last, Clause) and not any(isinstance(block, Table) for block in last.blocks):
        closing = tuple(pieces(plain(inlines)) for inlines in block_inlines(last))
    columns: list[_Column] = []
    for block in _inner(document.blocks):
        match block:
            case Table():
                columns += _columns(block, styles)
            case KeyValues():
                _check(key for key, _ in block.pairs)
            case Signatures():
                _check(label for party in block.parties for label, _ in party.lines)
    return Gauge(tuple(columns), closing, styles)


def _inner(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Clause):
            yield from _inner(block.blocks)


def _columns(table: Table, styles: Styles) -> Iterator[_Column]:
    for index, column in enumerate(table.columns):
        measured = [row for row in table.rows if row.role == "header" or column.align == "number"]
        texts = [(plain(row.cells[index]), row) for row in measured if index < len(row.cells)]
        fixed = [cell_need(unmarked(text), row, styles) for text, row in texts if not is_marked(text)]
        cells = tuple((pieces(text), row) for text, row in texts if is_marked(text))
        if cells:
            yield _Column(max(fixed, default=0.0), cells)


def _check(labels: Iterator[object]) -> None:
    if any(is_marked(plain(label)) for label in labels):  # type: ignore[arg-type]
        raise NoForm("a label whose width counts holds a value")


def _joined(parts: Pieces, texts: Sequence[str]) -> str:
    return "".join(part if isinstance(part, str) else texts[part] for part in parts)
