"""PDF by Typst compiled: in a marked document, out its source as a form; the engine sets each document anew."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contractgen.errors import Place
from contractgen.styles import Styles
from contractgen.tree import Document, Value
from contractgen.writers import pdf_fonts, pdf_typst
from contractgen.writers._paper_marks import Marker
from contractgen.writers._typst_blocks import Source
from contractgen.writers._typst_mend import mended
from contractgen.writers._typst_style import literal
from contractgen.writers._typst_values import Setting, value_source
from contractgen.writers.forms import HOLE, MARKED_DAY, TEXT, Content, Sheet, Slot, Unfit, check, sheet, text_of


@dataclass(frozen=True, slots=True)
class Paper:
    """The form of a PDF: its source, and what the engine needs beside it."""

    text: Sheet
    faces: tuple[pdf_fonts.Face, ...]
    folders: tuple[Path, ...]
    module: str
    place: Place

    def filled(self, contents: Sequence[Content]) -> bytes:
        """Return the PDF of a document with these contents; raises ``Unfit`` and what the engine complains of."""
        check(contents)
        pdf_fonts.check_contents(contents, self.faces)
        return mended(pdf_typst.compiled(self.text.filled(contents), self.folders, self.place, self.module))


def compiled(document: Document, styles: Styles) -> Paper:
    """Return the form of a marked document; raises ``NoForm``."""
    source = MarkedSource(document, styles)
    text = sheet(pdf_typst.source(document, styles, source), RULES, tuple(source.marker.spans))
    faces = pdf_fonts.faces(styles, document.language)
    folders = tuple(sorted({face.path.parent for face in faces}))
    place = Place(f"{document.type} ({document.language}) as PDF")
    return Paper(text, faces, folders, pdf_typst.house_of(document, styles), place)


class MarkedSource(Source):
    """Writes the blocks of a marked document, a hole for each value."""

    def __init__(self, document: Document, styles: Styles) -> None:
        super().__init__(document, styles)
        self.marker = Marker(_inner)

    def words(self, text: str) -> str:
        """Return words as a string."""
        return f'"{self.marker.words(self, text)}"'

    def value(self, value: Value) -> str:
        """Return the hole for a value; what the contract does not give is written as ever."""
        if isinstance(value, Slot):
            return self.marker.value(self, value, _Shown(self.setting()))
        return super().value(value)


@dataclass(frozen=True, slots=True)
class _Shown:
    """How a value is set in its place."""

    setting: Setting

    def __call__(self, value: Value, text: str) -> str:
        return value_source(value, literal(text), self.setting)


def _inner(text: str) -> str:
    return literal(text)[1:-1]


def _attachment(content: Content) -> str:
    text = text_of(content)
    if "\r" in text or "\t" in text:
        raise Unfit
    return _inner(text)


def _day(content: Content) -> str:
    year, month, day = map(int, text_of(content).split("-"))
    return f"year: {year}, month: {month}, day: {day}"


RULES = (
    (HOLE, {"A": _attachment}),
    (TEXT, {"": lambda content: _inner(text_of(content))}),
    (re.compile(f"year: {MARKED_DAY.year}, month: {MARKED_DAY.month}, day: {MARKED_DAY.day}"), {"": _day}),
)
"""How a content stands in the source, where it is not in the midst of words."""
