"""The tree's blocks as Typst source: in a ``Document``, out the text that the engine sets.

Words and values are strings of the source, never markup, so nothing of them can become an instruction. Each value
stands between isolates of its own direction. Raises ``OutputError`` for characters that PDF cannot carry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    Signatory,
    Signatures,
    Strong,
    Table,
    Text,
    Value,
    plain,
)
from contractgen.writers._typst_style import CELL_BLOCK, half_leading, literal, paint
from contractgen.writers.body import STEERING, UNPRINTABLE, stays_whole
from contractgen.writers.css import BULLETS, HAIRLINE, RULE, isolates
from contractgen.writers.measure import (
    AFTER_NUMBERS,
    CELL_SIDE,
    PAIR_SHARE,
    SHORT_TABLE,
    SIGNATURE_SHARE,
    column_widths,
    estimated_width,
)
from contractgen.writers.pdf_text import joined

Item = NumberedItem | BulletItem
POINTS_PER_MM = 72 / 25.4
BLANK_LINE = 20
"""Height of a line that is to be written on, in points."""


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

    def text(self) -> str:
        """Return the source of all blocks; raises ``OutputError`` with every problem found."""
        lines = list(self.blocks(self.document.blocks, 1 if self.title else 0))
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

    # --------------------------------------------------------------------------------------------------- inlines

    def run(self, inlines: Inlines) -> str:
        """Return one run of inlines as Typst content."""
        self._last = ""
        return f"[{''.join(self.inline(inline) for inline in inlines)}]"

    def inline(self, inline: Inline) -> str:
        """Return one inline."""
        match inline:
            case Text():
                return f"#{self.words(inline.text)}"
            case Value():
                return self.value(inline)
            case Strong():
                return f"#strong[{''.join(map(self.inline, inline.children))}]"
            case Emphasis():
                return f"#underline(stroke: 0.5pt, offset: 1.5pt)[{''.join(map(self.inline, inline.children))}]"
            case Reference():
                return self.reference(inline)
            case LineBreak():
                self._last = ""
                return "#linebreak()"
            case PageNumber():
                return "#context page-digits(counter(page).get().first())"
            case PageCount():
                return "#context page-digits(counter(page).final().first())"

    def words(self, text: str) -> str:
        """Return words as a string, with joiners inside Korean words."""
        if found := UNPRINTABLE.search(text):
            self.problem(f'"{text}" holds the character U+{ord(found[0]):04X}, which cannot be shown', "remove it")
        shown = joined(self._last, text)
        self._last = text[-1:]
        return literal(shown)

    def value(self, value: Value) -> str:
        """Return a sealed value between isolates, in one piece where it is a number or a code."""
        if found := STEERING.search(value.text):
            cause = f"{value.field} holds the direction control U+{ord(found[0]):04X}"
            self.problem(cause, "remove it from the record", value.cause.place)
        shown = self.words(value.text)
        if value.direction != self.document.direction:  # marks show in copied text, so none where none is needed
            before, after = isolates(value.direction)
            shown = f'"{before}{shown[1:-1]}{after}"'
        return f"#box({shown})" if stays_whole(value) else f"#{shown}"

    def reference(self, reference: Reference) -> str:
        """Return a link to an anchor of this document."""
        self.links.append(reference.anchor)
        if not reference.text.strip():
            self.problem(f"the reference to #{reference.anchor} has no text", "number the document before writing it")
        ink = paint(self.styles, "accent")
        return f"#link(label({literal(reference.anchor)}), text(fill: {ink}, {self.words(reference.text)}))"

    # ---------------------------------------------------------------------------------------------------- blocks

    def blocks(self, blocks: Sequence[Block], rank: int) -> Iterator[str]:
        """Yield the source of ``blocks``, which stand under a heading of ``rank`` (0: under none)."""
        above = rank
        for is_item, group in groupby(blocks, lambda block: isinstance(block, NumberedItem | BulletItem)):
            if is_item:
                yield from self.items([block for block in group if isinstance(block, NumberedItem | BulletItem)])
                continue
            for block in group:
                if isinstance(block, Heading):
                    above = min(rank + block.level, above + 1)
                    yield self.heading(above, f"heading-{block.level}", block.inlines, block.anchor)
                else:
                    yield self.block(block, above)

    def block(self, block: Block, rank: int) -> str:
        """Return one block that is neither a heading nor an item."""
        match block:
            case Paragraph():
                if block is self.title:
                    return self.heading(1, block.style, block.inlines)
                return f"#s-{block.style}({self.run(block.inlines)})"
            case Table():
                return self.table(block)
            case KeyValues():
                return self.pairs(block.pairs)
            case Letterhead():
                return self.letterhead(block)
            case Signatures():
                return self.signatures(block)
            case PageBreak():
                return "#pagebreak(weak: true)"
            case Clause():
                return self.clause(block, rank + 1)
            case _:
                raise TypeError(f"no source for {type(block).__name__}")

    def heading(self, rank: int, style: str, inlines: Inlines, anchor: str = "", label: str = "") -> str:
        """Return a heading; its place in the outline is its rank."""
        shown = self.run(inlines)
        number = f"[#{self.words(label)}#h(0.4em)#{shown}]" if label else shown
        mark = f" #label({literal(self.anchor(anchor))})" if anchor else ""
        return f"#s-{style}([#heading(level: {rank}, {number}){mark}])"

    def anchor(self, anchor: str) -> str:
        """Note an anchor; two of one name are a problem."""
        if anchor in self.anchors:
            self.problem(f"the anchor #{anchor} stands twice", "give each block its own anchor")
        self.anchors.add(anchor)
        return anchor

    def clause(self, clause: Clause, rank: int) -> str:
        """Return a clause: its heading and its blocks."""
        lines: list[str] = []
        if clause.heading:
            lines.append(self.heading(rank, "clause-heading", clause.heading, clause.anchor, clause.label))
        lines += self.blocks(clause.blocks, rank if clause.heading else rank - 1)
        return "\n".join(lines)

    def items(self, items: Sequence[Item]) -> Iterator[str]:
        """Yield list items, each with its label or mark hanging before it."""
        for item in items:
            kind = "item" if isinstance(item, NumberedItem) else "bullet"
            name = f"{kind}-{item.level}"
            style = self.styles.named[name]
            mark = item.label if isinstance(item, NumberedItem) else BULLETS[name]
            self._last = ""
            label = self.words(mark)
            body = self.run(item.inlines)
            start = max(style.indent - style.hanging, 0)
            made = "enum" if kind == "item" else "list"
            wide = estimated_width(mark, style.size) > style.hanging
            shown = f"[#{label}#h(0.4em)]" if wide else f"box(width: {style.hanging:g}pt, align(start, {label}))"
            mark_ = f"numbering: (..) => {shown}, number-align: start + top" if kind == "item" else f"marker: {shown}"
            yield f"#s-{name}({made}({mark_}, indent: {start:g}pt, body-indent: 0pt, {made}.item({body})))"

    def letterhead(self, block: Letterhead) -> str:
        """Return the sender's block with the rule below it."""
        style = self.styles.named["letterhead-line"]
        lines = [f"s-letterhead-name({self.run(block.name)})"]
        lines += [f"s-letterhead-bare({self.run(line)})" for line in block.lines]
        rule = f", stroke: (bottom: {style.rule_below:g}pt + {paint(self.styles, 'rule')})" if style.rule_below else ""
        return (
            f"#block(width: 100%, below: 14pt, inset: (bottom: 6pt), breakable: false{rule}, {{ {'; '.join(lines)} }})"
        )

    # ---------------------------------------------------------------------------------------------------- tables

    @property
    def room(self) -> float:
        """The width of the text, in points."""
        page = self.styles.page
        return (page.width_mm - page.start_mm - page.end_mm) * POINTS_PER_MM

    def pairs(self, pairs: Sequence[tuple[Inlines, Inlines]]) -> str:
        """Return labelled particulars."""
        key, value = self.styles.named["key"], self.styles.named["value"]
        cells = []
        for name, shown in pairs:
            cells += [f"t-key({self.run(name)})", f"t-value({self.run(shown)})"]
        top = key.space_before + key.space_after + 1 + half_leading(key)
        inset = f"(top: {top:.4g}pt, bottom: {1 + half_leading(value):.4g}pt, x: 0pt)"
        below = self.styles.named["body"].space_after
        return (
            f"#block(width: 100%, below: {below:g}pt, grid(columns: ({PAIR_SHARE:.0%}, 1fr), inset: {inset}, "
            f"{', '.join(cells)}))"
        )

    def signatures(self, signatures: Signatures) -> str:
        """Return signature blocks side by side, kept together."""
        parts = [self.signatory(one) for one in signatures.parties]
        if len(parts) % 2:
            parts.append("[]")
        grid = f"grid(columns: (46%, 46%), column-gutter: 8%, row-gutter: 10pt, {', '.join(parts)})"
        return f"#block(width: 100%, above: 10pt, breakable: false, {grid})"

    def signatory(self, one: Signatory) -> str:
        """Return one party's block: whom it stands for, then labelled lines to write on."""
        style = self.styles.named["signature-line"]
        ink = f"stroke: (bottom: {HAIRLINE:g}pt + {paint(self.styles, 'muted')})"
        cells = []
        for name, shown in one.lines:
            blank = not plain(shown).strip()
            to_sign = f"block(width: 100%, height: {BLANK_LINE}pt, {ink})"
            line = to_sign if blank else f"t-signature-line({self.run(shown)})"
            cells += [f"t-signature-line({self.run(name)})", line]
        top = style.space_before + style.space_after + 1
        inset = f"(top: {top:g}pt, bottom: 1pt, x: 0pt)"
        lines = f"grid(columns: ({SIGNATURE_SHARE:.0%}, 1fr), align: bottom, inset: {inset}, {', '.join(cells)})"
        return f"[#s-signature-party({self.run(one.party)})#{lines}]"

    def table(self, table: Table) -> str:
        """Return a table with its caption; its leading header rows repeat on each page."""
        if bad := [row for row in table.rows if len(row.cells) != len(table.columns)]:
            cause = f'the row "{" | ".join(map(plain, bad[0].cells))}" has {len(bad[0].cells)} cells'
            self.problem(cause, f"give it {len(table.columns)}, as the table has columns")
        widths = column_widths(table, self.styles, self.room)
        heads = next((i for i, row in enumerate(table.rows) if row.role != "header"), len(table.rows))
        rows = [self.row(table, index) for index in range(len(table.rows))]
        head = [f"table.header({', '.join(rows[:heads])})"] if heads else []
        columns = ", ".join(f"{width:.4g}pt" for width in widths)
        made = (
            f"table(columns: ({columns},), stroke: none, inset: 0pt, {', '.join([*head, *rows[heads:]])}, "
            f"table.hline(y: {len(table.rows)}, stroke: {RULE:g}pt + {paint(self.styles, 'accent')}))"
        )
        below = self.styles.named["body"].space_after + 2
        whole = "false" if len(table.rows) <= SHORT_TABLE else "true"
        label = f"#label({literal(self.anchor(table.anchor))})" if table.anchor else ""
        caption = f"#s-caption({self.run(table.caption)})\n" if table.caption else ""
        return f"{caption}#[#block(width: 100%, below: {below:g}pt, breakable: {whole}, {made}){label}]"

    def row(self, table: Table, index: int) -> str:
        """Return the cells of a table row."""
        row = table.rows[index]
        name = "table-cell" if row.role in {"body", "own"} else f"table-{row.role}"
        style = self.styles.named[name]
        half = half_leading(style)
        cells = []
        for place, (cell, column) in enumerate(zip(row.cells, table.columns, strict=False)):
            align = {"number": "right", "center": "center"}.get(column.align, "start")
            after = place and table.columns[place - 1].align == "number" and self.document.direction == "ltr"
            side = AFTER_NUMBERS if after and column.align == "start" else CELL_SIDE
            top, bottom = CELL_BLOCK + style.space_before + half, CELL_BLOCK + style.space_after + half
            inset = f"(top: {top:.4g}pt, bottom: {bottom:.4g}pt, left: {side:g}pt, right: {CELL_SIDE:g}pt)"
            fill = "own" if column.own or row.role == "own" else "" if row.role == "body" else "shade"
            ink = f", fill: {paint(self.styles, fill)}" if fill else ""
            shown = f"t-{name}({self.run(cell)})"
            upright = "bottom" if row.role == "header" else "top"
            look = f"align: {align} + {upright}, inset: {inset}{ink}, stroke: {self.rule(row.role)}"
            cells.append(f"table.cell({look}, {shown})")
        return ", ".join(cells)

    def rule(self, role: str) -> str:
        """Return the rules of a cell: heavy round a head, fine below each row, a fine dark one above a total."""
        accent, fine = paint(self.styles, "accent"), paint(self.styles, "rule")
        if role == "header":
            return f"(top: {RULE:g}pt + {accent}, bottom: {HAIRLINE:g}pt + {accent})"
        if role == "total":
            return f"(top: {HAIRLINE:g}pt + {accent})"
        return f"(bottom: {HAIRLINE:g}pt + {fine})"
