"""A web page of ours as a ``Copy``: clauses by their ``data-slot``, values by their ``data-field``.

In: the bytes of an HTML file. Out: its lines in reading order, printed numbers and references among them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from contractgen.verifying.copies import Copy, Line, LineKind, Shown, Unit
from contractgen.verifying.word_copy import slot_key

_BLOCKS = frozenset(
    "p h1 h2 h3 h4 h5 h6 td th dt dd caption li div section header footer main table thead tbody tr ul ol dl".split()  # noqa: SIM905
)
_SILENT = frozenset({"head", "style", "script", "title", "template"})
_VOID = frozenset({"br", "meta", "link", "img", "hr", "col", "input", "wbr", "area", "base", "source"})


def page_copy(content: bytes) -> Copy:
    """Return the copy of a web page; what is no UTF-8 shows as replacement characters, and so as a change."""
    page = _Page()
    page.feed(content.decode("utf-8", "replace"))
    page.close()
    return page.copy()


@dataclass(slots=True)
class _Open:
    tag: str
    value: str = ""
    start: int = 0
    clause: bool = False
    number: bool = False


@dataclass(slots=True)
class _Gathered:
    slot: str = ""
    tag: str = ""
    lines: list[Line] = field(default_factory=list)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self._open: list[_Open] = []
        self._text: list[str] = []
        self._length = 0
        self._values: list[Shown] = []
        self._numbers: list[tuple[int, int]] = []
        self._units = [_Gathered()]
        self._around: list[Line] = []
        self._pictures = 0
        self._tables = self._row = self._column = 0

    def copy(self) -> Copy:
        """Return what has been read."""
        units = (
            Unit(one.slot, one.tag, one.lines[0].text if one.lines[0].kind == "heading" else "", tuple(one.lines))
            for one in self._units
            if one.lines
        )
        return Copy(tuple(units), tuple(self._around), (), self._pictures)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Begin an element; a block ends the line before it."""
        if tag == "br":
            self._add("\n")
        self._pictures += tag in {"img", "svg", "object", "embed", "iframe", "canvas", "video"}
        if tag in _VOID:
            return
        if tag in _BLOCKS | _SILENT:
            self._flush()
        given = {name: value or "" for name, value in attributes}
        clause = "data-slot" in given
        if clause:
            name = "/".join(given.get(f"data-{part}", "") for part in ("slot", "wording", "revision"))
            self._units.append(_Gathered(slot_key(given["data-slot"]), name))
        self._count(tag)
        number = given.get("class") == "label"
        self._open.append(_Open(tag, given.get("data-field", ""), self._length, clause, number))

    def _count(self, tag: str) -> None:
        if tag in {"table", "dl"}:
            self._tables, self._row, self._column = self._tables + 1, 0, 0
        elif tag in {"tr", "dt"}:
            self._row, self._column = self._row + 1, 0
        if tag in {"td", "th", "dt", "dd"}:
            self._column += 1

    def handle_endtag(self, tag: str) -> None:
        """End an element, and those left open within it."""
        if not any(one.tag == tag for one in self._open):
            return
        if tag in _BLOCKS | _SILENT:
            self._flush()
        while True:
            one = self._open.pop()
            if one.value and self._length > one.start:
                self._values.append(Shown(one.value, one.start, self._length))
            if one.number:
                self._numbers.append((one.start, self._length))
            if one.clause:
                self._units.append(_Gathered())
            if one.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        """Take words."""
        if not any(one.tag in _SILENT for one in self._open):
            self._add(data)

    def _add(self, text: str) -> None:
        self._text.append(text)
        self._length += len(text)

    def close(self) -> None:
        """End the page."""
        super().close()
        self._flush()

    def _flush(self) -> None:
        """End the line that has been read so far."""
        text = "".join(self._text)
        values = tuple(sorted(self._values, key=lambda value: value.start))
        numbers = tuple(self._numbers)
        self._text, self._length, self._values, self._numbers = [], 0, [], []
        if not text.strip():
            return
        tags = [one.tag for one in reversed(self._open)]
        running = "main" not in tags
        kind: LineKind = "paragraph"
        if running:
            kind = "header or footer"
        elif any(tag in {"td", "th", "dt", "dd"} for tag in tags):
            kind = "cell"
        elif tags and tags[0] in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            kind = "heading"
        where = f"table {self._tables}, row {self._row}, column {self._column}" if kind == "cell" else ""
        line = Line(kind, text, values, text, (), where, numbers)
        (self._around if running else self._units[-1].lines).append(line)
