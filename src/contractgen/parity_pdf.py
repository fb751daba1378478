"""A finished PDF as text in the order in which an eye reads it, line by line, with page and line of each.

In: the bytes of a PDF and its language. Out: ``Reading`` with one passage. The order of letters comes from where they
stand on the page, not from the order in which they were written: a number that a line from right to left has turned
round is read turned round. Raises ``OutputError`` where pypdfium2 is missing or the file is no PDF.

Put aside: the foot of a page that counts pages, and the head above it that is painted last; they are ``running``.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from contractgen.errors import OutputError, Place
from contractgen.parity_figures import even
from contractgen.parity_read import Passage, Reading, unreadable

_RIGHT_TO_LEFT = frozenset({"fa", "ar", "he", "ur"})
_SPACE = 0.06
_GAP = 1.0
"""From which share of the line's height a distance is a blank, or the edge of a cell."""


@dataclass(slots=True)
class _Letter:
    text: str
    left: float
    right: float
    bottom: float
    top: float


@dataclass(slots=True)
class _Line:
    text: str
    bottom: float
    top: float


_HYPHEN = 2
"""How PDFium writes a hyphen at the end of a line."""

PAGE_COUNT = re.compile(r"(?:Page|صفحه)?\s*\d+\s*(?:/|of|از)\s*\d+")
"""What counts pages: Page 1 of 3, 1 / 3, صفحهٔ ۱ از ۳."""


def read_pdf(content: bytes, file: str, language: str) -> Reading:
    """Read a PDF."""
    try:
        import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415  (only here, and not needed to make documents)
        from pypdfium2 import raw  # noqa: PLC0415
    except ImportError as fault:
        repair = "pip install contractgen[parity]"
        raise OutputError.at(Place("pypdfium2"), "is not installed: PDFs cannot be read", repair) from fault
    text, places, running = "", [], []
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as fault:
        raise unreadable(file, "PDF", fault) from fault
    with document:
        for number, page in enumerate(document, 1):
            body, around = _parted(list(_lines(_letters(page, raw), leftward=language in _RIGHT_TO_LEFT)))
            running += [Passage("running", line.text, ((0, f"page {number}"),)) for line in around]
            for count, line in enumerate(body, 1):
                places.append((len(text), f"page {number}, line {count}"))
                text += f"{line.text}\n"
    whole = Passage("page text", text, tuple(places))
    return Reading(file, language, "pdf", (whole,), tuple(running))


def _letters(page: Any, raw: Any) -> Iterator[_Letter]:
    """Yield the letters of a page in the order of painting; blanks are told by distances."""
    text_page = page.get_textpage()
    box = raw.FS_RECTF()
    pointer = ctypes.byref(box)
    for index in range(raw.FPDFText_CountChars(text_page.raw)):
        code = raw.FPDFText_GetUnicode(text_page.raw, index)
        code = ord("-") if code == _HYPHEN else code
        if code > ord(" ") and raw.FPDFText_GetLooseCharBox(text_page.raw, index, pointer):
            yield _Letter(chr(code), box.left, box.right, box.bottom, box.top)


def _lines(letters: Iterator[_Letter], *, leftward: bool) -> Iterator[_Line]:
    """Gather letters that stand at one height and follow one another."""
    row: list[_Letter] = []
    for letter in letters:
        if row and abs(letter.bottom + letter.top - row[0].bottom - row[0].top) > 0.5 * (row[0].top - row[0].bottom):
            yield _line(row, leftward=leftward)
            row = []
        row.append(letter)
    if row:
        yield _line(row, leftward=leftward)


def _line(row: list[_Letter], *, leftward: bool) -> _Line:
    bottom, top = min(letter.bottom for letter in row), max(letter.top for letter in row)
    if leftward:
        row.reverse()  # letters of one glyph stand at one place: the first is read first, from the right
    row.sort(key=lambda letter: letter.left)
    parts = [row[0].text]
    for before, letter in pairwise(row):
        distance = (letter.left - before.right) / (letter.top - letter.bottom)
        parts.append("\t" if distance > _GAP else " " if distance > _SPACE else "")
        parts.append(letter.text)
    text = "".join(_turned(parts) if leftward else parts)
    return _Line(even(text), bottom, top)


_RUN = re.compile(
    r"""[+]?[0-9۰-۹]+(?:[ ][0-9۰-۹]+){2,}(?=\s|$)                        # groups of a telephone number
      | [+\-−]?[A-Za-z0-9۰-۹]+(?:[^\s\w]{1,3}[A-Za-z0-9۰-۹]+)*(?:://|[%٪/])?  # words, numbers, codes and addresses
    """,
    re.VERBOSE,
)
"""What keeps its order within a line from right to left."""


def _turned(parts: Sequence[str]) -> Iterator[str]:
    """Yield the letters of a line from right to left; Latin words and numbers keep their own order."""
    line = "".join(parts)
    at = 0
    pieces: list[str] = []
    for match in _RUN.finditer(line):
        pieces += [*line[at : match.start()], match[0]]
        at = match.end()
    pieces += line[at:]
    yield from reversed(pieces)


def _parted(lines: list[_Line]) -> tuple[list[_Line], list[_Line]]:
    """Part the lines of a page from those that run along on all pages."""
    around: list[_Line] = []
    if lines and PAGE_COUNT.fullmatch(lines[-1].text.strip()):
        around.append(lines.pop())
    if len(lines) > 1 and lines[-1].bottom >= max(line.top for line in lines[:-1]):
        around.append(lines.pop())
    return lines, around
