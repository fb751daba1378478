"""The tree's blocks as Typst source: in a ``Document``, out the text that the engine sets.

Words and values are strings of the source, never markup, so nothing of them can become an instruction. A value of
another direction than the document's stands in a box of its own, or between isolates where it may need two lines.
Raises ``OutputError`` for characters that PDF cannot carry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

from contractgen.errors import OutputError, Place, Problem
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
    LineBreak,
    NumberedItem,
    PageBreak,
    PageCount,
    PageNumber,
    Paragraph,
    Reference,
    Row,
    Signatory,
    Signatures,
    Strong,
    Table,
    Text,
    Value,
    plain,
)
from contractgen.writers._typst_lists import Item, item_style, lists
from contractgen.writers._typst_style import CELL_BLOCK, POINTS_PER_MM, literal, paint
from contractgen.writers._typst_values import Setting, value_source
from contractgen.writers.body import STEERING, UNPRINTABLE
from contractgen.writers.css import BULLETS
from contractgen.writers.measure import (
    AFTER_NUMBERS,
    CELL_SIDE,
    PAIR_SHARE,
    SHORT_LIST,
    SHORT_TABLE,
    SIGNATURE_SHARE,
    SIGNATURES_ABOVE,
    closing_clause,
    closing_rows,
    column_widths,
    estimated_width,
    label_span,
)
from contractgen.writers.pdf_text import joined

_ONE_LINE = 0.8
"""A value that takes at most this share of a line is kept in one piece."""

_ALIGN = {"number": "right", "center": "center", "start": "start"}


class Source:
    """Writes one document's blocks."""

    def __init__(self, document: Document, styles: Styles) -> None:
        self.document = document
        self.styles = styles
        self.problems: list[Problem] = []
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self._last = ""
        paragraphs = [block for block in document.blocks if isinstance(block, Paragraph)]
        titles = [block for style in ("title", "subject") for block in paragraphs if block.style == style]
        self.title = titles[0] if titles else None
        self._kept = closing_clause(document.blocks, styles)
        page = styles.page
        self.room = (page.width_mm - page.start_mm - page.end_mm) * POINTS_PER_MM
        """The width there is for words, in points."""
        self.in_cell = False

    def text(self) -> str:
        """Return the source of all blocks; raises ``OutputError`` with every problem found."""
        lines = list(self.blocks(self.document.blocks, 1 if self.title else 0))
        first = self.document.blocks[0] if self.document.blocks else None
        if isinstance(first, Paragraph) and (above := self.styles.named[first.style].space_before):
            lines.insert(0, f"v({above:g}pt)")  # the engine drops the space above what stands first on a page
        for anchor in self.links:
            if anchor not in self.anchors:
                self.problem(f"the reference to #{anchor} leads nowhere", "add the clause, or drop the reference")
        if self.problems:
            raise OutputError(self.problems)
        return "\n".join(lines) + "\n"

    def problem(self, cause: str, repair: str, place: Place | None = None) -> None:
        """Note a problem."""
        document = self.document
        self.problems.append(Problem(place or Place(f"{document.type} ({document.language})"), cause, repair))

    @contextmanager
    def within(self, room: float, *, in_cell: bool = False) -> Iterator[None]:
        """Let words have less room for a while."""
        before = self.room, self.in_cell
        self.room, self.in_cell = room, in_cell
        try:
            yield
        finally:
            self.room, self.in_cell = before

    # --------------------------------------------------------------------------------------------------- inlines

    def run(self, inlines: Inlines) -> str:
        """Return one run of inlines as a Typst expression: strings and calls, added up."""
        self._last = ""
        return self.sum(inlines)

    def sum(self, inlines: Inlines) -> str:
        """Return inlines added up."""
        return " + ".join(map(self.inline, inlines)) or '""'

    def inline(self, inline: Inline) -> str:
        """Return one inline."""
        match inline:
            case Text():
                return self.words(inline.text)
            case Value():
                return self.value(inline)
            case Strong():
                return f"strong({self.sum(inline.children)})"
            case Emphasis():
                return f"fine({self.sum(inline.children)})"
            case Reference():
                return self.reference(inline)
            case LineBreak():
                self._last = ""
                return "linebreak()"
            case PageNumber():
                return "page-number"
            case PageCount():
                return "page-count"

    def words(self, text: str) -> str:
        """Return words as a string, with joiners inside Korean words."""
        if found := UNPRINTABLE.search(text):
            self.problem(f'"{text}" holds the character U+{ord(found[0]):04X}, which cannot be shown', "remove it")
        shown = joined(self._last, text)
        self._last = text[-1:]
        return literal(shown)

    def value(self, value: Value) -> str:
        """Return a sealed value: in its own direction, and in one piece where it is a number or a code."""
        if found := STEERING.search(value.text):
            cause = f"{value.field} holds the direction control U+{ord(found[0]):04X}"
            self.problem(cause, "remove it from the record", value.cause.place)
        return value_source(value, self.words(value.text), self.setting())

    def setting(self) -> Setting:
        """Return what of this place decides how a value is set."""
        document = self.document
        room = self.room * _ONE_LINE
        return Setting(document.direction, document.language, self.styles.named["body"].size, room, self.in_cell)

    def reference(self, reference: Reference) -> str:
        """Return a link to an anchor of this document."""
        self.links.append(reference.anchor)
        if not reference.text.strip():
            self.problem(f"the reference to #{reference.anchor} has no text", "number the document before writing it")
        return f"to({literal(reference.anchor)}, {self.words(reference.text)})"

    # ---------------------------------------------------------------------------------------------------- blocks

    def blocks(self, blocks: Sequence[Block], rank: int, following: Block | None = None) -> Iterator[str]:
        """Yield the source of ``blocks`` under a heading of ``rank`` (0: none) and before ``following``."""
        above = rank
        grouped = [(is_item, list(group)) for is_item, group in groupby(blocks, lambda block: isinstance(block, Item))]
        for place, (is_item, group) in enumerate(grouped):
            behind = grouped[place + 1][1][0] if place + 1 < len(grouped) else following
            if is_item:
                yield self.items([block for block in group if isinstance(block, Item)], held=_ends(behind))
                continue
            after = [*group[1:], behind]
            for block, next_one in zip(group, after, strict=True):
                if isinstance(block, Heading):
                    above = min(rank + block.level, above + 1)
                    yield self.heading(above, f"heading-{block.level}", block.inlines, block.anchor)
                else:
                    yield self.block(block, above, next_one)

    def block(self, block: Block, rank: int, following: Block | None = None) -> str:
        """Return one block that is neither a heading nor an item."""
        match block:
            case Paragraph():
                if block is self.title:
                    return self.heading(1, block.style, block.inlines)
                keep = ", k: true" if _belongs(block, following) else ""
                return f"s-{block.style}({self.run(block.inlines)}{keep})"
            case Table():
                return self.table(block, held=_ends(following))
            case KeyValues():
                return self.pairs(block.pairs)
            case Letterhead():
                return self.letterhead(block)
            case Signatures():
                return self.signatures(block)
            case PageBreak():
                return "pagebreak(weak: true)"
            case Clause():
                return self.clause(block, rank + 1, following)
            case _:
                raise TypeError(f"no source for {type(block).__name__}")

    def heading(self, rank: int, style: str, inlines: Inlines, anchor: str = "", label: str = "") -> str:
        """Return a heading; its place in the outline is its rank."""
        shown = self.run(inlines)
        if label:
            shown = f"{literal(label + ' ')} + {shown}"
        mark = f", name: {literal(self.anchor(anchor))}" if anchor else ""
        return f"s-{style}(titled({rank}, {shown}{mark}))"

    def anchor(self, anchor: str) -> str:
        """Note an anchor; two of one name are a problem."""
        if anchor in self.anchors:
            self.problem(f"the anchor #{anchor} stands twice", "give each block its own anchor")
        self.anchors.add(anchor)
        return anchor

    def clause(self, clause: Clause, rank: int, following: Block | None = None) -> str:
        """Return a clause: its heading and its blocks; a short one that ends a document stays on one page."""
        lines: list[str] = []
        if clause.heading:
            lines.append(self.heading(rank, "clause-heading", clause.heading, clause.anchor, clause.label))
        lines += self.blocks(clause.blocks, rank if clause.heading else rank - 1, following)
        whole = "\n".join(lines)
        if clause is not self._kept:
            return whole
        # What stands first in a block loses the space above it; the block says it instead.
        above = self.styles.named["clause-heading"].space_before if clause.heading else 0
        return f"block(width: 100%, above: {above:g}pt, breakable: false, {{\n{whole}\n}})"

    def items(self, items: Sequence[Item], *, held: bool) -> str:
        """Return list items as lists within lists, each with its label or mark hanging before it.

        A short list that is ``held`` stays on the page of what follows.
        """
        kept = held and len(items) <= SHORT_LIST
        below = self.styles.named[item_style(items[-1])].space_after
        parts = [self.list(group, 0) for group in lists(items)]
        return f"block(width: 100%, below: {below:g}pt{', sticky: true' if kept else ''}, {{ {'; '.join(parts)} }})"

    def list(self, group: Sequence[tuple[Item, Sequence[Item]]], edge: float) -> str:
        """Return one list whose items may hold lists; ``edge`` is where its text would begin, in points."""
        first = group[0][0]
        style = self.styles.named[item_style(first)]
        numbered = isinstance(first, NumberedItem)
        made, entries, labels = "enum" if numbered else "list", [], []
        for item, inner in group:
            self._last = ""
            labels.append(self.words(item.label) if isinstance(item, NumberedItem) else "")
            body = f"t-{item_style(item)}({self.run(item.inlines)})"
            for deeper in lists(inner):
                body += f" + block(above: {style.space_after:g}pt, {self.list(deeper, style.indent)})"
            entries.append(f"enum.item({body})" if numbered else f"list.item({body})")
        if numbered:
            wide = any(estimated_width(label, style.size) > style.hanging + 2 * style.size for label in labels)
            label = f"({', '.join(labels)},).at(n - 1)"
            shown = f'{label} + " "' if wide else f"box(width: {style.hanging:g}pt, {label})"
            mark = f"numbering: n => t-{item_style(first)}({shown}), number-align: start + top"
        else:
            mark = f"marker: box(width: {style.hanging:g}pt, align(start, {literal(BULLETS[item_style(first)])}))"
        start = max(style.indent - style.hanging - edge, 0)
        space = f"indent: {start:g}pt, body-indent: 0pt, spacing: {style.space_after:g}pt"
        return f"{made}({mark}, {space}, {', '.join(entries)})"

    def letterhead(self, block: Letterhead) -> str:
        """Return the sender's block with the rule below it."""
        style = self.styles.named["letterhead-line"]
        lines = [f"s-letterhead-name({self.run(block.name)})"]
        lines += [f"s-letterhead-bare({self.run(line)})" for line in block.lines]
        rule = f", stroke: (bottom: {style.rule_below:g}pt + {paint(self.styles, 'rule')})" if style.rule_below else ""
        return (
            f"block(width: 100%, below: 14pt, inset: (bottom: 6pt), breakable: false{rule}, {{ {'; '.join(lines)} }})"
        )

    # ---------------------------------------------------------------------------------------------------- tables

    def pairs(self, pairs: Sequence[tuple[Inlines, Inlines]]) -> str:
        """Return labelled particulars."""
        key = self.styles.named["key"]
        with self.within(self.room * (1 - PAIR_SHARE)):
            cells = [f"t-key({self.run(name)}), t-value({self.run(shown)})" for name, shown in pairs]
        top = key.space_before + key.space_after + 1
        below = self.styles.named["body"].space_after
        return (
            f"block(width: 100%, below: {below:g}pt, grid(columns: ({PAIR_SHARE:.0%}, 1fr), "
            f"inset: (top: {top:.4g}pt, bottom: 1pt), {', '.join(cells)}))"
        )

    def signatures(self, signatures: Signatures) -> str:
        """Return signature blocks side by side, kept together."""
        parts = [self.signatory(one) for one in signatures.parties]
        if len(parts) % 2:
            parts.append("none")
        grid = f"grid(columns: (46%, 46%), align: bottom, column-gutter: 8%, row-gutter: 10pt, {', '.join(parts)})"
        above = SIGNATURES_ABOVE + self.styles.named["signature-party"].space_before  # lost within, as in a clause
        return f"block(width: 100%, above: {above:g}pt, breakable: false, {grid})"

    def signatory(self, one: Signatory) -> str:
        """Return one party's block: whom it stands for, then labelled lines to write on."""
        style = self.styles.named["signature-line"]
        cells = []
        with self.within(self.room * 0.46 * (1 - SIGNATURE_SHARE)):
            for name, shown in one.lines:
                blank = not plain(shown).strip()
                line = "sign-here" if blank else f"t-signature-line({self.run(shown)})"
                cells.append(f"t-signature-line({self.run(name)}), {line}")
        top = style.space_before + style.space_after + 1
        inset = f"(top: {top:g}pt, bottom: 1pt)"
        lines = f"grid(columns: ({SIGNATURE_SHARE:.0%}, 1fr), align: bottom, inset: {inset}, {', '.join(cells)})"
        return f"{{ s-signature-party({self.run(one.party)}); {lines} }}"

    def table(self, table: Table, *, held: bool) -> str:
        """Return a table with its caption; its leading header rows repeat on each page.

        A short one that is ``held`` stays on the page of what follows.
        """
        if bad := [row for row in table.rows if len(row.cells) != len(table.columns)]:
            cause = f'the row "{" | ".join(map(plain, bad[0].cells))}" has {len(bad[0].cells)} cells'
            self.problem(cause, f"give it {len(table.columns)}, as the table has columns")
        caption = f"s-caption({self.run(table.caption)})\n" if table.caption else ""
        widths = column_widths(table, self.styles, self.room)
        heads = next((i for i, row in enumerate(table.rows) if row.role != "header"), len(table.rows))
        rows = [self.row(row, table, widths) for row in table.rows]
        parts = [
            f"columns: ({', '.join(f'{width:.4g}pt' for width in widths)},)",
            f"align: ({', '.join(_ALIGN[column.align] for column in table.columns)},)",
            f"inset: ({', '.join(self.insets(table))},)",
            "stroke: fine-rule",
        ]
        if any(column.own for column in table.columns):
            parts.append(f"fill: ({', '.join('own-fill' if column.own else 'none' for column in table.columns)},)")
        parts += [f"table.header({', '.join(rows[:heads])})"] if heads else []
        sums = closing_rows(table, heads)
        parts += rows[heads:sums]
        parts += [f"table.footer(repeat: false, {', '.join(rows[sums:])})"] if rows[sums:] else []
        made = f"cells(table({', '.join(parts)}, last-rule({len(table.rows)})))"
        below = self.styles.named["body"].space_after + 2
        short = len(table.rows) <= SHORT_TABLE
        keep = f"breakable: {str(not short).lower()}, sticky: {str(held and short).lower()}"
        block = f"block(width: 100%, below: {below:g}pt, {keep}, {made})"
        return caption + (f"[#{block}#label({literal(self.anchor(table.anchor))})]" if table.anchor else block)

    def insets(self, table: Table) -> Iterator[str]:
        """Yield the space round the words of each column."""
        for place, column in enumerate(table.columns):
            after = place and table.columns[place - 1].align == "number" and self.document.direction == "ltr"
            side = AFTER_NUMBERS if after and column.align == "start" else CELL_SIDE
            yield f"(y: {CELL_BLOCK:g}pt, left: {side:g}pt, right: {CELL_SIDE:g}pt)"

    def row(self, row: Row, table: Table, widths: Sequence[float]) -> str:
        """Return the cells of a table row."""
        first, span = label_span(row)
        cells = []
        for place, cell in enumerate(row.cells[: len(widths)]):
            if first < place < first + span:
                continue
            with self.within(sum(widths[place : place + span] if place == first else [widths[place]]), in_cell=True):
                shown = self.run(cell)
            if table.columns[place].align == "number" and row.role != "header":
                shown = f"figures({shown})"
            if row.role == "own":
                shown = f"own-cell({shown})"
            elif row.role != "body":
                wide = f", n: {span}" if place == first and span > 1 else ""
                shown = f"c-{row.role}({shown}{wide})"
            cells.append(shown)
        return ", ".join(cells)


def _belongs(block: Paragraph, following: Block | None) -> bool:
    """Whether a paragraph stays on the page of what follows: a list, a table it speaks of, the end of a letter."""
    if isinstance(following, Table):
        return block.style in {"body", "lead"}
    return _ends(following) or isinstance(following, NumberedItem | BulletItem)


def _ends(block: Block | None) -> bool:
    """Whether a block is what one signs: it never stands on a page without text above it."""
    return isinstance(block, Signatures) or (isinstance(block, Paragraph) and block.style == "closing")
