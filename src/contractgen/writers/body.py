"""The tree's blocks as HTML elements: in a ``Document``, out the markup of its body.

``Body`` is what a browser gets. Paper, where the engine knows less about direction and line breaking, overrides the
few methods that differ. Everything that comes from the tree is escaped; nothing of it can become an element. Raises
``OutputError`` for characters that no format can carry and for references that lead nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import escape

from contractgen.errors import OutputError, Place, Problem
from contractgen.marks import hole
from contractgen.styles import Styles
from contractgen.tree import (
    Block,
    BulletItem,
    Clause,
    Column,
    Document,
    Emphasis,
    Heading,
    Inlines,
    KeyValues,
    Letterhead,
    LineBreak,
    NumberedItem,
    PageBreak,
    PageCount,
    PageNumber,
    Paragraph,
    Reference,
    Row,
    Signatures,
    Strong,
    Table,
    Text,
    Value,
    plain,
)
from contractgen.values import Kind
from contractgen.writers.forms import Slot
from contractgen.writers.measure import SHORT_TABLE, closing_clause, column_widths, label_span

Item = NumberedItem | BulletItem
Pairs = tuple[tuple[Inlines, Inlines], ...]

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Characters that HTML and PDF have no place for."""

STEERING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""Direction controls; inside a value they could turn round the words beside it."""

MAX_RANK = 6
"""HTML has six ranks of headings."""

_POINTS_PER_MM = 72 / 25.4

_LEADS = {"body", "lead"}
"""Paragraphs that stay on the page of a table that follows them."""

_WHOLE = {Kind.CODE: 32, Kind.PHONE: 32, Kind.MONEY: 32, Kind.NUMERAL: 32, Kind.DATE: 20, Kind.URL: 56}
"""Kinds whose values no line cuts in two, and the length from which they are cut after all."""


class Body:
    """Writes one document's blocks as HTML for a browser."""

    def __init__(self, document: Document, styles: Styles) -> None:
        self.document = document
        self.styles = styles
        self.problems: list[Problem] = []
        self.anchors: set[str] = set()
        self.links: list[Reference] = []
        paragraphs = [block for block in document.blocks if isinstance(block, Paragraph)]
        titles = [block for style in ("title", "subject") for block in paragraphs if block.style == style]
        self._before = ""  # the style of the paragraph that was written last; "" after any other block
        self.title: Paragraph | None = titles[0] if titles else None
        """The paragraph that is the document's own heading."""
        self._kept = closing_clause(document.blocks, styles)

    def markup(self) -> str:
        """Return the markup of all blocks; raise ``OutputError`` with every problem found."""
        text = "\n".join(self.blocks(_without_outer_breaks(self.document.blocks), 1 if self.title else 0))
        for link in self.links:
            if link.anchor not in self.anchors:
                self.problem(f"the reference to #{link.anchor} leads nowhere", "add the clause, or drop the reference")
        if self.problems:
            raise OutputError(self.problems)
        return text

    def problem(self, cause: str, repair: str, place: Place | None = None) -> None:
        """Note a problem; the document is the place where the tree names none."""
        document = self.document
        self.problems.append(Problem(place or Place(f"{document.type} ({document.language})"), cause, repair))

    # Inlines

    def run(self, inlines: Inlines) -> str:
        """Return one run of inlines."""
        return "".join(self.inline(inline) for inline in inlines)

    def inline(self, inline: Text | Value | Strong | Emphasis | Reference | LineBreak | PageNumber | PageCount) -> str:
        """Return one inline."""
        match inline:
            case Text():
                return self.words(inline.text)
            case Value():
                return self.value(inline)
            case Strong():
                return f"<strong>{''.join(map(self.inline, inline.children))}</strong>"
            case Emphasis():
                return f"<em>{''.join(map(self.inline, inline.children))}</em>"
            case Reference():
                return self.reference(inline)
            case LineBreak():
                return self.line_break(inline)
            case PageNumber() | PageCount():
                # A web page is one page; printed, the counters of @page take over.
                return "1" if self.document.digits == "latn" else "۱"

    def words(self, text: str) -> str:
        """Return words, escaped."""
        if found := UNPRINTABLE.search(text):
            self.problem(f'"{text}" holds the character U+{ord(found[0]):04X}, which cannot be shown', "remove it")
        return str(escape(text))

    def value(self, value: Value) -> str:
        """Return a sealed value, isolated from the direction around it."""
        if isinstance(value, Slot):
            return hole(value.index)
        self.check_value(value)
        self.words(value.text)
        return value_markup(value)

    def check_value(self, value: Value) -> None:
        """Note a value that would steer the direction of its surroundings."""
        if found := STEERING.search(value.text):
            cause = f"{value.field} holds the direction control U+{ord(found[0]):04X}"
            self.problem(cause, "remove it from the record", value.cause.place)

    def line_break(self, _line_break: LineBreak) -> str:
        """Return a forced line end."""
        return "<br>"

    def reference(self, reference: Reference) -> str:
        """Return a link to an anchor of this document."""
        self.links.append(reference)
        if not reference.text.strip():
            self.problem(f"the reference to #{reference.anchor} has no text", "number the document before writing it")
        return f'<a href="#{escape(reference.anchor)}">{self.words(reference.text)}</a>'

    # Blocks

    def blocks(self, blocks: Sequence[Block], rank: int) -> Iterator[str]:
        """Yield the elements of ``blocks``, which stand under a heading of ``rank`` (0: under none)."""
        above = rank
        for is_item, group in groupby(blocks, lambda block: isinstance(block, Item)):
            if is_item:
                yield "".join(self.items([block for block in group if isinstance(block, Item)]))
                self._before = ""
                continue
            for block in group:
                if isinstance(block, Heading):
                    # Ranks never skip a step, or a reader's outline would have holes.
                    above = min(rank + block.level, above + 1, MAX_RANK)
                    yield self.heading(above, f"heading-{block.level}", block.inlines, block.anchor)
                else:
                    yield self.block(block, above)

    def block(self, block: Block, rank: int) -> str:
        """Return one block that is neither a heading nor an item."""
        before, self._before = self._before, block.style if isinstance(block, Paragraph) else ""
        match block:
            case Paragraph():
                if block is self.title:
                    return self.heading(1, block.style, block.inlines)
                return f'<p class="{block.style}">{self.run(block.inlines)}</p>'
            case Table():
                return self.table(block, led=before in _LEADS)
            case KeyValues():
                return self.pairs(block.pairs, "key", "value")
            case Letterhead():
                lines = "".join(f'<p class="letterhead-line">{self.run(line)}</p>' for line in block.lines)
                name = f'<p class="letterhead-name">{self.run(block.name)}</p>'
                return f'<header class="letterhead">{name}{lines}</header>'
            case Signatures():
                return self.signatures(block)
            case PageBreak():
                return '<div class="page-break"></div>'
            case Clause():
                return self.clause(block, min(rank + 1, MAX_RANK))
            case _:
                raise TypeError(f"no element for {type(block).__name__}")

    def heading(self, rank: int, style: str, inlines: Inlines, anchor: str = "", label: str = "") -> str:
        """Return a heading element."""
        name = self.bookmark(f"{label} {plain(inlines)}".strip())
        return f'<h{rank} class="{style}"{self.anchor(anchor)}{name}>{self.label(label)}{self.run(inlines)}</h{rank}>'

    def bookmark(self, _title: str) -> str:
        """Return the attribute that names a heading in the PDF's outline; a browser needs none."""
        return ""

    def anchor(self, anchor: str) -> str:
        """Return the attribute that makes an element a target."""
        if not anchor:
            return ""
        if anchor in self.anchors:
            self.problem(f"the anchor #{anchor} stands twice", "give each block its own anchor")
        self.anchors.add(anchor)
        return f' id="{escape(anchor)}"'

    def label(self, label: str) -> str:
        """Return a printed number; the style's hanging indent gives it room."""
        return f'<span class="label">{self.words(label)} </span>' if label else ""

    def clause(self, clause: Clause, rank: int) -> str:
        """Return a clause as a section; without a heading it is none and adds no rank."""
        inner = list(self.blocks(clause.blocks, rank if clause.heading else rank - 1))
        tag = "section" if clause.heading else "div"
        kind = "clause kept" if clause is self._kept else "clause"
        start = f'<{tag} class="{kind}"{self.anchor(clause.anchor)}{self.clause_data(clause)}>'
        if clause.heading:
            start += self.heading(rank, "clause-heading", clause.heading, label=clause.label)
        return "\n".join([start, *inner, f"</{tag}>"])

    def clause_data(self, clause: Clause) -> str:
        """Return the attributes that say which wording this is."""
        cite = f' data-cite="{escape(" ".join(clause.cite))}"' if clause.cite else ""
        wording = f'data-slot="{escape(clause.slot)}" data-wording="{escape(clause.wording)}"'
        return f' {wording} data-revision="{clause.revision}"{cite}'

    def items(self, items: Sequence[Item]) -> Iterator[str]:
        """Yield nested lists; the numbers are already in the tree, so they are text and not counted again."""
        opened: list[tuple[str, int]] = []
        for item in items:
            tag = "ol" if isinstance(item, NumberedItem) else "ul"
            while opened and (opened[-1][1] > item.level or (opened[-1][1] == item.level and opened[-1][0] != tag)):
                yield f"</li></{opened.pop()[0]}>\n"
            if opened and opened[-1][1] == item.level:
                yield "</li>\n"
            else:
                opened.append((tag, item.level))
                yield f"<{tag}>"
            style = f"{'item' if tag == 'ol' else 'bullet'}-{item.level}"
            label = self.label(item.label) if isinstance(item, NumberedItem) else ""
            yield f'<li><p class="{style}">{label}{self.run(item.inlines)}</p>'
        while opened:
            yield f"</li></{opened.pop()[0]}>\n"

    def table(self, table: Table, *, led: bool = False) -> str:
        """Return a table; its leading header rows repeat on each page. ``led``: the words before it speak of it."""
        page = self.styles.page
        room = (page.width_mm - page.start_mm - page.end_mm) * _POINTS_PER_MM
        widths = column_widths(table, self.styles, room)
        columns = "".join(f'<col style="width: {100 * width / room:.4g}%">' for width in widths)
        heads = next((i for i, row in enumerate(table.rows) if row.role != "header"), len(table.rows))
        caption = f'<caption class="caption">{self.run(table.caption)}</caption>' if table.caption else ""
        kind = "table short" if len(table.rows) <= SHORT_TABLE else "table"
        kind += " led" if led else ""
        parts = [f'<table class="{kind}"{self.anchor(table.anchor)}>{caption}<colgroup>{columns}</colgroup>']
        for tag, rows in (("thead", table.rows[:heads]), ("tbody", table.rows[heads:])):
            if rows:
                parts += [f"<{tag}>", *(self.row(row, table) for row in rows), f"</{tag}>"]
        return "\n".join([*parts, "</table>"])

    def row(self, row: Row, table: Table) -> str:
        """Return a table row."""
        if len(row.cells) != len(table.columns):
            cause = f'the row "{" | ".join(map(plain, row.cells))}" has {len(row.cells)} cells'
            self.problem(cause, f"give it {len(table.columns)}, as the table has columns")
        style = {"body": "table-cell", "own": "table-cell"}.get(row.role, f"table-{row.role}")
        cells = []
        first, span = label_span(row)
        for index, (cell, column) in enumerate(zip(row.cells, table.columns, strict=False)):
            if first < index < first + span:
                continue
            wide = f' colspan="{span}"' if index == first and span > 1 else ""
            heads_row = table.row_headers and index == 0
            scope = "col" if row.role == "header" else "row" if heads_row else ""
            tag, scoped = ("th", f' scope="{scope}"') if scope else ("td", "")
            cells.append(f'<{tag} class="{_cell_class(style, column)}"{scoped}{wide}>{self.run(cell)}</{tag}>')
        return f'<tr class="{row.role}">{"".join(cells)}</tr>'

    def pairs(self, pairs: Pairs, key_style: str, value_style: str) -> str:
        """Return labelled particulars; a pair without a value is a line to write on."""
        lines = [
            f'<dt class="{key_style}">{self.run(key)}</dt>\n'
            f'<dd class="{blank(value_style, value)}">{self.run(value)}</dd>'
            for key, value in pairs
        ]
        return "\n".join(['<dl class="pairs">', *lines, "</dl>"])

    def signatures(self, signatures: Signatures) -> str:
        """Return signature blocks; no space between them, which would take part in the line."""
        blocks = [
            f'<div class="signatory"><p class="signature-party">{self.run(one.party)}</p>'
            f"{self.pairs(one.lines, 'signature-line', 'signature-line')}</div>"
            for one in signatures.parties
        ]
        return f'<div class="signatures">{"".join(blocks)}</div>'


def value_markup(value: Value) -> str:
    """Return a sealed value as an element of its own direction that carries its field and canonical spelling."""
    data = f'data-field="{escape(value.field)}" data-kind="{value.kind}" data-canonical="{escape(value.canonical)}"'
    whole = ' class="whole"' if stays_whole(value) else ""
    return f'<bdi dir="{value.direction}"{whole} {data}>{escape(value.text)}</bdi>'


def _cell_class(style: str, column: Column) -> str:
    names = [style]
    if column.align != "start":
        names.append(column.align)
    if column.own:
        names.append("own")
    return " ".join(names)


def stays_whole(value: Value) -> bool:
    """Whether a line may not end within ``value``: a number or address cut in two is misread."""
    return len(value.text) <= _WHOLE.get(value.kind, 0)


def blank(style: str, value: Inlines) -> str:
    """Return the classes of a pair's value; one without words is a line to write on."""
    return style if plain(value).strip() else f"{style} blank"


def _without_outer_breaks(blocks: Sequence[Block]) -> Sequence[Block]:
    """Drop page breaks that no page precedes or follows: they would print an empty sheet."""
    start, end = 0, len(blocks)
    while start < end and isinstance(blocks[start], PageBreak):
        start += 1
    while end > start and isinstance(blocks[end - 1], PageBreak):
        end -= 1
    return blocks[start:end]
