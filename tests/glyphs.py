"""Where the letters of a PDF stand, by PDFium, and how a text stands alone, by FriBidi: neither is ours.

``lines`` gives the lines of a PDF, each with its letters from left to right; ``visual`` the letters of a text from left
to right, laid out in its own direction. Brackets are written ``|``: their shapes are another matter, ``brackets``.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pypdfium2  # type: ignore[import-untyped]
from pypdfium2 import raw

_BASE = {"ltr": 0x110, "rtl": 0x111}
_BRACKETS = str.maketrans("()[]{}«»<>", "||||||||||")
_ALEFS = frozenset("اآأإ")
"""Stand left of the lam with which they are one glyph."""

_HYPHEN = 2
"""How PDFium writes a hyphen at the end of a line."""


@dataclass(frozen=True)
class Glyph:
    text: str
    left: float
    right: float
    bottom: float
    top: float
    base: float
    page: int


def even(text: str) -> str:
    """Return letters as every reader gives them: without blanks, marks and silent letters, brackets all alike."""
    shown = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    return "".join(char for char in shown if not char.isspace() and unicodedata.category(char) not in {"Mn", "Cf"})


def glyphs(content: bytes) -> Iterator[Glyph]:
    with pypdfium2.PdfDocument(content) as pdf:
        for number, page in enumerate(pdf):
            text, box = page.get_textpage(), raw.FS_RECTF()
            x, y = ctypes.c_double(), ctypes.c_double()
            for index in range(raw.FPDFText_CountChars(text.raw)):
                code = raw.FPDFText_GetUnicode(text.raw, index)
                raw.FPDFText_GetLooseCharBox(text.raw, index, ctypes.byref(box))
                raw.FPDFText_GetCharOrigin(text.raw, index, ctypes.byref(x), ctypes.byref(y))
                char = "-" if code == _HYPHEN else chr(code)
                if code > ord(" ") and not raw.FPDFText_IsGenerated(text.raw, index):
                    yield Glyph(char, box.left, box.right, box.bottom, box.top, round(y.value, 1), number)


def lines(content: bytes) -> list[list[Glyph]]:
    found: dict[tuple[int, float], list[Glyph]] = {}
    for glyph in glyphs(content):
        found.setdefault((glyph.page, -glyph.base), []).append(glyph)
    return [sorted(found[key], key=lambda glyph: (glyph.left, glyph.text not in _ALEFS)) for key in sorted(found)]


def shown(line: list[Glyph]) -> str:
    """Return the letters of a line from left to right; of a ligature the last letter stands left."""
    return "".join(even(glyph.text)[::-1] for glyph in line)


def words(line: list[Glyph]) -> Iterator[str]:
    """Yield what stands on a line between blanks, from left to right."""
    word = ""
    for before, glyph in zip([None, *line], line, strict=False):
        if before and glyph.left - before.right > 0.12 * (glyph.top - glyph.bottom):
            yield word
            word = ""
        word += glyph.text
    yield word


@cache
def _fribidi() -> ctypes.CDLL:
    return ctypes.CDLL(ctypes.util.find_library("fribidi") or "libfribidi.so.0")


def visual(text: str, direction: str) -> str:
    """Return the letters of a text that stands alone, from left to right."""
    size = len(text)
    source = (ctypes.c_uint32 * (size + 1))(*map(ord, text))
    target = (ctypes.c_uint32 * (size + 1))()
    base = ctypes.c_uint32(_BASE[direction])
    assert _fribidi().fribidi_log2vis(source, size, ctypes.byref(base), target, None, None, None)
    return "".join(even(chr(code))[::-1] for code in target[:size])


def stands(text: str, direction: str, page: list[str]) -> bool:
    """Whether a text stands on one of the lines as it would alone, or on two, parted at a blank."""
    if any(visual(text, direction) in line for line in page):
        return True
    parts = text.split(" ")
    return any(
        any(visual(" ".join(parts[:at]), direction) in line for line in page)
        and stands(" ".join(parts[at:]), direction, page)
        for at in range(len(parts) - 1, 0, -1)
    )


def bulges(content: bytes, glyph: Glyph) -> str:
    """Return ``(`` for a bracket drawn with its bow to the left, ``)`` to the right: by its ink, not its name."""
    scale = 12
    with pypdfium2.PdfDocument(content) as pdf:
        page = pdf[glyph.page]
        image = page.render(scale=scale, grayscale=True).to_pil()
        height = page.get_height()
    box = [scale * glyph.left, scale * (height - glyph.top), scale * glyph.right, scale * (height - glyph.bottom)]
    cut = image.crop([round(edge) for edge in box])
    ink = [(x, y) for y in range(cut.height) for x in range(cut.width) if cut.getpixel((x, y)) < 128]
    top, bottom = min(y for _, y in ink), max(y for _, y in ink)
    middle = [x for x, y in ink if abs(y - (top + bottom) / 2) < (bottom - top) / 8]
    ends = [x for x, y in ink if abs(y - (top + bottom) / 2) > (bottom - top) / 2.7]
    return "(" if sum(middle) / len(middle) < sum(ends) / len(ends) else ")"
