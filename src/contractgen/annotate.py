"""The annotated page: a document as HTML in which each clause, table row and value says why it is there.

In: a ``Selection``, a locale, the library. Out: one self-contained page without a script: notes are shown while their
clause or value is pointed at or has the focus, and are printed as numbered endnotes; what was left out stands at the
end with its reasons. The document's own words and order are those of the plain page. Raises what composing and writing
raise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from contractgen.annotate_notes import HINT, Notes
from contractgen.annotate_style import note_rules
from contractgen.composing import composed
from contractgen.explain import Data, as_data, cause_data
from contractgen.library import Library
from contractgen.policy import Policy
from contractgen.selection import Selection
from contractgen.styles import Styles
from contractgen.tree import (
    Block,
    BulletItem,
    Clause,
    Document,
    Emphasis,
    Heading,
    Inline,
    Inlines,
    KeyValues,
    Letterhead,
    NumberedItem,
    Paragraph,
    Row,
    Signatures,
    Strong,
    Table,
    Text,
    Value,
    walk_inlines,
)
from contractgen.writers.body import Body
from contractgen.writers.html import whole


@dataclass(frozen=True, slots=True)
class Mark(Text):
    """The number of a note, after what it is about."""

    number: int = 0


@dataclass(frozen=True, slots=True)
class Noted(Value):
    """A value with the number of its note."""

    number: int = 0


def annotated(selection: Selection, locale: str, books: Library) -> bytes:
    """Return the annotated page of a selection in one locale, as UTF-8 HTML."""
    document, parts = composed(selection, locale, books)
    data = as_data(selection, books, locale)
    slots = {slot["slot"]: slot for slot in data["slots"]}
    notes = Notes(data)
    marker = _Marker(notes, selection.policy)
    names = [part.pick.slot.name for part in parts for _ in part.blocks]
    blocks = tuple(marker.block(block, slots[name]) for name, block in zip(names, document.blocks, strict=True))
    header = marker.inlines(document.header)
    notes.complete()
    body = _AnnotatedBody(replace(document, blocks=blocks, header=header), books.styles(), marker.numbers)
    shown = {number: notes.shown_with(number) for number in range(1, len(notes.kept) + 1)}
    return whole(body, note_rules(books.styles(), shown), _lists(notes))


def _lists(notes: Notes) -> str:
    """Return what follows the document: notes and sources in a panel, then what was left out."""
    return (
        f'<aside class="notes" aria-label="Notes"><div lang="en" dir="ltr"><h2>Notes</h2><p class="hint">{HINT}</p>\n'
        f"<ol>\n{notes.notes()}\n</ol>\n<h2>Sources</h2>\n<ol>\n{notes.cited()}\n</ol></div></aside>\n"
        '<section class="left-out" aria-labelledby="notes-left-out"><div lang="en" dir="ltr">'
        '<h2 id="notes-left-out">Left out of this document</h2>\n'
        f"<ul>\n{notes.left_out()}\n</ul></div></section>"
    )


class _Marker:
    """Sets marks and numbers values in a tree, in reading order; ``numbers`` says which block has which note."""

    def __init__(self, notes: Notes, policy: Policy) -> None:
        self.notes = notes
        self.policy = policy
        self.numbers: dict[int, int] = {}
        self.kept: list[Block | Row] = []  # so that no identity is used twice

    def block(self, block: Block, slot: Data) -> Block:
        """Return a block of a slot with marks."""
        number = self.notes.number("slot", slot)
        mark = Mark(str(number), number)
        marked: Block
        match block:
            case Clause():
                marked = self.clause(block, mark)
            case Table():
                marked = self.table(block, slot, mark)
            case KeyValues():
                pairs = [(self.inlines(key), self.inlines(value)) for key, value in block.pairs]
                pairs[:1] = [((*key, mark), value) for key, value in pairs[:1]]
                marked = replace(block, pairs=tuple(pairs))
            case Letterhead():
                name = (*self.inlines(block.name), mark)
                marked = replace(block, name=name, lines=tuple(map(self.inlines, block.lines)))
            case Signatures():
                marked = self.signatures(block, mark)
            case Paragraph() | Heading() | NumberedItem() | BulletItem():
                marked = replace(block, inlines=(*self.inlines(block.inlines), mark))
            case _:
                return block
        return self.keep(marked, number)

    def keep(self, block: Block, number: int) -> Block:
        """Note which note a block has."""
        self.numbers[id(block)] = number
        self.kept.append(block)
        return block

    def clause(self, clause: Clause, mark: Mark) -> Clause:
        """Return a clause with its mark at the heading, or at its first paragraph where it has none."""
        heading = (*self.inlines(clause.heading), mark) if clause.heading else ()
        blocks = [self.inner(block) for block in clause.blocks]
        if not heading and blocks and isinstance(blocks[0], Paragraph | NumberedItem | BulletItem):
            blocks[0] = replace(blocks[0], inlines=(*blocks[0].inlines, mark))
        return replace(clause, heading=heading, blocks=tuple(blocks))

    def inner(self, block: Block) -> Block:
        """Return a block of a clause; the clause's own mark speaks for it."""
        if isinstance(block, Paragraph | NumberedItem | BulletItem):
            return replace(block, inlines=self.inlines(block.inlines))
        return block

    def signatures(self, block: Signatures, mark: Mark) -> Signatures:
        """Return signature blocks with the mark at the first party."""
        parties = []
        for index, one in enumerate(block.parties):
            party = (*self.inlines(one.party), mark) if index == 0 else self.inlines(one.party)
            lines = tuple((self.inlines(key), self.inlines(value)) for key, value in one.lines)
            parties.append(replace(one, party=party, lines=lines))
        return replace(block, parties=tuple(parties))

    def table(self, table: Table, slot: Data, mark: Mark) -> Table:
        """Return a table with its mark at the caption (or the first head) and one note a row for all its values."""
        rows: list[Row] = []
        behind: Iterator[Data] = iter(slot["rows"])
        for row in table.rows:
            if row.role == "header":
                first = not rows and not table.caption
                rows.append(_marked_row(row, mark) if first else row)
                continue
            about = {**next(behind), "table": slot["slot"], "index": len(rows), "values": self.behind(row)}
            number = self.notes.number("row", about)
            marked = _marked_row(row, Mark(str(number), number))
            self.numbers[id(marked)] = number
            self.kept.append(marked)
            rows.append(marked)
        return replace(table, rows=tuple(rows), caption=(*table.caption, mark) if table.caption else ())

    def behind(self, row: Row) -> list[Data]:
        """Return the values of a row; of several with one cause (a line's number and its amount) the last."""
        values = [value for cell in row.cells for value in walk_inlines(cell) if isinstance(value, Value)]
        return list({id(value.cause): self.about(value) for value in values}.values())

    def inlines(self, inlines: Inlines) -> Inlines:
        """Return inlines with each value numbered."""
        return tuple(map(self.inline, inlines))

    def inline(self, inline: Inline) -> Inline:
        """Return one inline, its values numbered."""
        if isinstance(inline, Strong | Emphasis):
            return replace(inline, children=self.inlines(inline.children))
        if not isinstance(inline, Value):
            return inline
        own = {item.name: getattr(inline, item.name) for item in fields(Value)}
        return Noted(**own, number=self.notes.number("value", self.about(inline)))

    def about(self, value: Value) -> Data:
        """Return what a note says of a value."""
        return {"name": value.field, "value": value.canonical, "cause": cause_data(value.cause, self.policy)}


def _marked_row(row: Row, mark: Mark) -> Row:
    """Return a row with a mark in its first cell that has words."""
    index = next((i for i, cell in enumerate(row.cells) if cell), 0)
    cells = (*row.cells[:index], (*row.cells[index], mark), *row.cells[index + 1 :])
    return replace(row, cells=cells)


class _AnnotatedBody(Body):
    """Writes marks, and says of each element which note it has."""

    def __init__(self, document: Document, styles: Styles, numbers: dict[int, int]) -> None:
        super().__init__(document, styles)
        self.numbers = numbers

    def inline(self, inline: Inline) -> str:
        """Return one inline; a mark is a link to its note."""
        if isinstance(inline, Mark):
            return _link(inline.number, "", f' class="why mark" aria-label="Note {inline.number}"')
        return super().inline(inline)

    def value(self, value: Value) -> str:
        """Return a value as a link to its note, with its number."""
        shown = super().value(value)
        return _link(value.number, shown, ' class="why"') if isinstance(value, Noted) else shown

    def block(self, block: Block, rank: int) -> str:
        """Return a block that says which note it has."""
        return self.noted(super().block(block, rank), block)

    def row(self, row: Row, table: Table) -> str:
        """Return a row that says which note it has."""
        return self.noted(super().row(row, table), row)

    def noted(self, markup: str, node: Block | Row) -> str:
        """Return markup whose first element names the note of ``node``."""
        number = self.numbers.get(id(node))
        start, end, rest = markup.partition(">")  # attributes hold no > of their own: they are escaped
        return f'{start} data-note="{number}"{end}{rest}' if number else markup


def _link(number: int, shown: str, attributes: str) -> str:
    target = f'href="#note-{number}" aria-describedby="note-{number}" data-note="{number}"'
    return f'<a{attributes} {target}>{shown}<sup dir="ltr">{number}</sup></a>'
