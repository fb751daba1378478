"""Finished DOCX and HTML as passages of text with their places: what a reader's program would show of them.

In: the bytes of a file. Out: ``Reading``. Only the words are read, never what a writer hides beside them (``data-…``
attributes, properties, bookmarks). Raises ``OutputError`` for a file that cannot be read.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Literal
from xml.etree import ElementTree as ET

from contractgen.errors import OutputError, Place
from contractgen.parity_figures import even
from contractgen.parity_numbers import Counter, counter_of
from contractgen.parity_words import listed

PassageKind = Literal["heading", "paragraph", "item", "cell", "caption", "page text", "running"]
_TITLE_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, item or cell, or all pages of a PDF; ``places`` says from which character on it stands where."""

    kind: PassageKind
    text: str
    places: tuple[tuple[int, str], ...]

    def place(self, offset: int = 0) -> str:
        """Return where the character at ``offset`` stands."""
        return next((where for start, where in reversed(self.places) if start <= offset), "")


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as it reads: its passages in order, and what runs at the head and foot of its pages."""

    file: str
    language: str
    format: str
    passages: tuple[Passage, ...]
    running: tuple[Passage, ...] = ()


@dataclass
class Outline:
    """Gathers passages and names their places: under which heading, in which row and column."""

    passages: list[Passage] = field(default_factory=list)
    _heading: str = ""
    _paragraphs: int = 0
    _tables: int = 0
    _caption: str = ""
    _row: int = 0
    _column: int = 0

    def add(self, kind: PassageKind, text: str) -> None:
        """Add a passage; one without words is none."""
        shown = even(text).strip()
        if not shown:
            return
        match kind:
            case "heading":
                self._heading, self._paragraphs = _short(shown), 0
                where = f"heading “{self._heading}”"
            case "caption":
                self._caption = _short(shown)
                where = f"caption “{self._caption}”"
            case "cell":
                name = f" “{self._caption}”" if self._caption else ""
                where = f"table {self._tables}{name}, row {self._row}, column {self._column}"
            case _:
                self._paragraphs += 1
                under = f"“{self._heading}”, " if self._heading else ""
                where = f"{under}{kind} {self._paragraphs}"
        self.passages.append(Passage(kind, shown, ((0, where),)))

    def table(self, caption: str = "") -> None:
        """Begin a table."""
        self._tables += 1
        self._caption, self._row, self._column = _short(even(caption)), 0, 0

    def row(self) -> None:
        """Begin a row."""
        self._row += 1
        self._column = 0

    def cell(self) -> None:
        """Begin a cell."""
        self._column += 1


def _short(text: str) -> str:
    return text if len(text) <= _TITLE_LENGTH else f"{text[:_TITLE_LENGTH]}…"


def unreadable(file: str, what: str, fault: Exception) -> OutputError:
    """Return the error for a file that is not what its name says."""
    return OutputError.at(Place(file), f"cannot be read as {what}: {fault}", "make the document again")


# ----------------------------------------------------------------------------------------------------------- HTML

_BLOCKS = frozenset(
    listed("p h1 h2 h3 h4 h5 h6 td th dt dd caption li div section header footer main table thead tbody tr ul ol dl")
)
_SKIPPED = frozenset({"head", "style", "script", "title"})
_KINDS: dict[str, PassageKind] = {
    **dict.fromkeys(("td", "th", "dt", "dd"), "cell"),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    "caption": "caption",
    "li": "item",
}


def read_html(content: bytes, file: str, language: str) -> Reading:
    """Read a web page."""
    try:
        page = _Page()
        page.feed(content.decode("utf-8"))
        page.close()
    except UnicodeDecodeError as fault:
        raise unreadable(file, "HTML", fault) from fault
    return Reading(file, language, "html", tuple(page.body.passages), tuple(page.around.passages))


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.around = Outline(), Outline()
        self._open: list[str] = []
        self._text: list[str] = []

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._text.append("\v")
        if tag not in _BLOCKS | _SKIPPED:
            return
        self._flush()
        self._open.append(tag)
        match tag:
            case "table" | "dl":
                self._outline.table()
            case "tr" | "dt":
                self._outline.row()
        if tag in {"td", "th", "dt", "dd"}:
            self._outline.cell()

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            self._flush()
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not _SKIPPED & {*self._open}:
            self._text.append(data)

    def close(self) -> None:
        super().close()
        self._flush()

    @property
    def _outline(self) -> Outline:
        return self.body if "main" in self._open else self.around

    def _flush(self) -> None:
        """Close the passage that has been read so far; the innermost element that has a name for it names its kind."""
        kind: PassageKind = next((_KINDS[tag] for tag in reversed(self._open) if tag in _KINDS), "paragraph")
        lines = "".join(self._text).split("\v")
        self._outline.add(kind, "\n".join(" ".join(line.split()) for line in lines))
        self._text = []


# ----------------------------------------------------------------------------------------------------------- DOCX

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MARKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


def read_docx(content: bytes, file: str, language: str) -> Reading:
    """Read a Word file from its own parts: the body, and the headers and footers as what runs along."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            body = ET.fromstring(package.read("word/document.xml"))  # noqa: S314  (a file of our own making)
            counter = counter_of(*(ET.fromstring(package.read(f"word/{name}.xml")) for name in ("numbering", "styles")))  # noqa: S314
            names = [name for name in package.namelist() if name.startswith(("word/header", "word/footer"))]
            around = [ET.fromstring(package.read(name)) for name in sorted(names)]  # noqa: S314
        outline, running = Outline(), Outline()
        for block in body:
            _walk(block, outline, counter, in_cell=False)
        for part in around:
            _walk(part, running, counter, in_cell=False)
    except (zipfile.BadZipFile, KeyError, ValueError, ET.ParseError) as fault:
        raise unreadable(file, "DOCX", fault) from fault
    return Reading(file, language, "docx", tuple(outline.passages), tuple(running.passages))


def _walk(element: ET.Element, outline: Outline, counter: Counter, *, in_cell: bool) -> None:
    """Add the paragraphs of an element in reading order; a table within a cell is a table of its own.

    A list of contents is passed over: it repeats headings, and other formats have none.
    """
    match element.tag:
        case tag if tag == f"{_W}p":
            label = counter.label(element)
            words = "".join(_letters(element))
            outline.add("cell" if in_cell else _kind(element), f"{label}\t{words}" if label else words)
            return
        case tag if tag == f"{_W}sdt" and _gallery(element) == "Table of Contents":
            return
        case tag if tag == f"{_W}tbl":
            caption = element.find(f"{_W}tblPr/{_W}tblCaption")
            outline.table("" if caption is None else caption.get(f"{_W}val", ""))
        case tag if tag == f"{_W}tr":
            outline.row()
        case tag if tag == f"{_W}tc":
            outline.cell()
            in_cell = True
    for child in element:
        _walk(child, outline, counter, in_cell=in_cell)


def _gallery(control: ET.Element) -> str:
    """Return the gallery that a control of Word belongs to, "" for none."""
    gallery = control.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
    return "" if gallery is None else gallery.get(f"{_W}val", "")


def _kind(paragraph: ET.Element) -> PassageKind:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    name = "" if style is None else style.get(f"{_W}val", "")
    kinds: tuple[tuple[str, PassageKind], ...] = (
        ("Heading", "heading"), ("Title", "heading"), ("List", "item"), ("Caption", "caption")
    )  # fmt: skip
    return next((kind for part, kind in kinds if part in name), "paragraph")


def _letters(paragraph: ET.Element) -> Iterator[str]:
    """Yield what a paragraph shows; instructions of fields and deleted words are no text."""
    for node in paragraph.iter():
        if node.tag == f"{_W}t":
            yield node.text or ""
        elif node.tag in _MARKS:
            yield _MARKS[node.tag]
