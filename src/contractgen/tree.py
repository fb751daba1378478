"""The document tree: what writers see. Frozen, without words of its own, printable for goldens.

In: inlines and blocks made by ``merging``; out: ``Document``. Words have already been chosen; values are sealed
nodes. ``dump`` prints the tree as indented text, one node a line: the form of the golden files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from contractgen.attachments import Attachment
from contractgen.errors import Place
from contractgen.quick import quickly_made
from contractgen.values import Cause, Kind

Direction = Literal["ltr", "rtl"]
Digits = Literal["latn", "arabext"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words of the template."""

    text: str


@quickly_made
@dataclass(frozen=True, slots=True)
class Value:
    """A sealed value as this locale shows it. ``canonical`` is equal in all locales; writers isolate its direction."""

    text: str
    field: str
    kind: Kind
    canonical: str
    direction: Direction
    cause: Cause


@dataclass(frozen=True, slots=True)
class Strong:
    """Bold words."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Emphasised words (italic in Latin script; the style decides elsewhere)."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A cross-reference to the block with this anchor; ``text`` is filled in by numbering."""

    anchor: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A forced line end within a paragraph."""


@dataclass(frozen=True, slots=True)
class PageNumber:
    """The number of the current page (header and footer only)."""


@dataclass(frozen=True, slots=True)
class PageCount:
    """The number of pages of the document (header and footer only)."""


Inline = Text | Value | Strong | Emphasis | Reference | LineBreak | PageNumber | PageCount
Inlines = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (document part) to 3."""

    inlines: Inlines
    level: int = 1
    anchor: str = ""


ParagraphStyle = Literal["body", "title", "subtitle", "addressee", "subject", "salutation", "closing", "note", "lead"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``style`` names one of the house's paragraph styles."""

    inlines: Inlines
    style: ParagraphStyle = "body"
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class NumberedItem:
    """An item of a numbered list: level 1 to 3 below its clause; ``label`` (①, (a), الف.) is filled in by numbering."""

    inlines: Inlines
    level: int = 1
    label: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class BulletItem:
    """An item of an unnumbered list, level 1 to 3."""

    inlines: Inlines
    level: int = 1
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A table column: how its cells are set and its share of the width. ``own`` marks the customer's own tier."""

    align: Literal["start", "center", "number"] = "start"
    width: int = 1
    own: bool = False


RowRole = Literal["header", "body", "own", "subtotal", "total"]
"""``own`` is the customer's own row of several, as ``Column.own`` is its own column."""


@dataclass(frozen=True, slots=True)
class Row:
    """A table row: exactly as many cells as the table has columns."""

    cells: tuple[Inlines, ...]
    role: RowRole = "body"


@dataclass(frozen=True, slots=True)
class Table:
    """A table. The first rows with role ``header`` repeat on each page.

    In a body row the first cell is its heading where ``row_headers`` is set.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: Inlines = ()
    anchor: str = ""
    row_headers: bool = False


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Labelled particulars: reference number, date, contract and the like."""

    pairs: tuple[tuple[Inlines, Inlines], ...]


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The sender's block at the head of the first page: its name, then address and contact lines."""

    name: Inlines
    lines: tuple[Inlines, ...] = ()


@dataclass(frozen=True, slots=True)
class Signatory:
    """One party's signature block: who signs, then labelled lines; an empty value is a line to write on."""

    party: Inlines
    lines: tuple[tuple[Inlines, Inlines], ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Signature blocks side by side, kept together on one page."""

    parties: tuple[Signatory, ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """The next block starts a new page."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: which slot it fills with which wording, its heading and its blocks.

    ``label`` (제1조, ماده ۱, 1.) is filled in by numbering; in letters it stays empty. ``place`` is the clause file,
    ``row`` the decision row that chose it, ``cite`` the facts it carries.
    """

    slot: str
    wording: str
    heading: Inlines
    blocks: tuple[Block, ...]
    anchor: str = ""
    label: str = ""
    revision: int = 1
    place: Place | None = None
    row: Place | None = None
    cite: tuple[str, ...] = ()


Block = (
    Heading | Paragraph | NumberedItem | BulletItem | Table | KeyValues | Letterhead | Signatures | PageBreak | Clause
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """Document properties; ``day`` is the document's own date, never the clock's."""

    title: str
    author: str
    subject: str
    day: date
    identifier: str


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document in one language. ``digits`` says how page numbers are counted.

    ``contents`` heads the list of contents that a format without a navigation of its own prints; empty: it prints none.
    ``counts`` are the first labels of each level as the locale counts, articles first, then items of level 1 to 3: from
    them a format that counts by itself learns how. Empty: it writes every label as the words that it is.
    """

    type: str
    vendor: str
    language: str
    direction: Direction
    digits: Digits
    blocks: tuple[Block, ...]
    header: Inlines
    footer: Inlines
    metadata: Metadata
    contents: Inlines = ()
    counts: tuple[tuple[str, ...], ...] = ()
    attachments: tuple[Attachment, ...] = ()


def walk_inlines(inlines: Inlines) -> Iterator[Inline]:
    """Yield every inline, outermost first, with the children of Strong and Emphasis."""
    for inline in inlines:
        yield inline
        if isinstance(inline, Strong | Emphasis):
            yield from walk_inlines(inline.children)


def block_inlines(block: Block) -> Iterator[Inlines]:
    """Yield each run of inlines that ``block`` itself holds (a clause: its heading and its blocks')."""
    match block:
        case Heading() | Paragraph() | NumberedItem() | BulletItem():
            yield block.inlines
        case Table():
            yield block.caption
            for row in block.rows:
                yield from row.cells
        case KeyValues():
            for pair in block.pairs:
                yield from pair
        case Letterhead():
            yield block.name
            yield from block.lines
        case Signatures():
            for signatory in block.parties:
                yield signatory.party
                for line in signatory.lines:
                    yield from line
        case Clause():
            yield block.heading
            for inner in block.blocks:
                yield from block_inlines(inner)
        case PageBreak():
            return


def values(document: Document) -> Iterator[Value]:
    """Yield every sealed value of the document's body, in reading order."""
    for block in document.blocks:
        for inlines in block_inlines(block):
            for inline in walk_inlines(inlines):
                if isinstance(inline, Value):
                    yield inline


def plain(inlines: Inlines) -> str:
    """Return the words and values of ``inlines`` as one flat string (page numbers as #)."""
    parts: list[str] = []
    for inline in inlines:
        match inline:
            case Text() | Value() | Reference():
                parts.append(inline.text)
            case Strong() | Emphasis():
                parts.append(plain(inline.children))
            case LineBreak():
                parts.append("\n")
            case PageNumber() | PageCount():
                parts.append("#")
    return "".join(parts)


def dump(document: Document) -> str:
    """Print the tree as indented text, one block a line; a value shows as ``[text ‹field = canonical›]``."""
    meta = document.metadata
    lines = [
        f"document {document.type} {document.vendor} {document.language} {document.direction} {document.digits}",
        f"  title {meta.title}",
        f"  author {meta.author}",
        f"  subject {meta.subject}",
        f"  date {meta.day.isoformat()}",
        f"  identifier {meta.identifier}",
        f"  header {_show(document.header)}",
        f"  footer {_show(document.footer)}",
    ]
    if document.contents:
        lines.append(f"  contents {_show(document.contents)}")
    lines += [line for block in document.blocks for line in _dump_block(block, "  ")]
    return "\n".join(lines) + "\n"


def _dump_block(block: Block, indent: str) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{indent}heading-{block.level} {_show(block.inlines)}"
        case Paragraph():
            yield f"{indent}{block.style} {_show(block.inlines)}"
        case NumberedItem() | BulletItem():
            label = block.label if isinstance(block, NumberedItem) else "•"
            yield f"{indent}{'  ' * (block.level - 1)}{label} {_show(block.inlines)}"
        case Table():
            yield from _dump_table(block, indent)
        case KeyValues():
            yield f"{indent}key-values"
            for key, value in block.pairs:
                yield f"{indent}  {_show(key)} : {_show(value)}"
        case Letterhead():
            yield f"{indent}letterhead {_show(block.name)}"
            for line in block.lines:
                yield f"{indent}  {_show(line)}"
        case Signatures():
            for signatory in block.parties:
                yield f"{indent}signatory {_show(signatory.party)}"
                for key, value in signatory.lines:
                    yield f"{indent}  {_show(key)} : {_show(value)}"
        case PageBreak():
            yield f"{indent}page-break"
        case Clause():
            yield f"{indent}clause {block.slot}/{block.wording} r{block.revision} [{' '.join(block.cite)}]"
            if block.heading:
                yield f"{indent}  # {block.label} {_show(block.heading)}"
            for inner in block.blocks:
                yield from _dump_block(inner, indent + "  ")


def _dump_table(table: Table, indent: str) -> Iterator[str]:
    columns = " ".join(f"{column.align}*{column.width}{'!' if column.own else ''}" for column in table.columns)
    yield f"{indent}table {columns}{' ' + _show(table.caption) if table.caption else ''}"
    for row in table.rows:
        yield f"{indent}  {row.role} | {' | '.join(_show(cell) for cell in row.cells)} |"


def _show(inlines: Inlines) -> str:
    parts: list[str] = []
    for inline in inlines:
        match inline:
            case Text():
                parts.append(inline.text)
            case Value():
                parts.append(_show_value(inline))
            case Strong():
                parts.append(f"**{_show(inline.children)}**")
            case Emphasis():
                parts.append(f"*{_show(inline.children)}*")
            case Reference():
                parts.append(f"⟨{inline.anchor}: {inline.text}⟩")
            case LineBreak():
                parts.append(" ⏎ ")
            case PageNumber():
                parts.append("‹page›")
            case PageCount():
                parts.append("‹pages›")
    return "".join(parts)


def _show_value(value: Value) -> str:
    """Free text and what stands for itself need no second spelling beside the field's name."""
    plainly = value.kind in {Kind.TEXT, Kind.NAME} or value.text == value.canonical
    return f"[{value.text} ‹{value.field}{'' if plainly else f' = {value.canonical}'}›]"
