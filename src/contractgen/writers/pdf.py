"""PDF: in a numbered ``Document``, out one PDF/A-3a and PDF/UA-1 file, the same bytes on every run.

This module is light; the engine (WeasyPrint, two seconds to load) is imported on the first document. What the engine
does not know by itself is written into the text: each value stands between Unicode isolates of its own direction, and
U+2060 keeps the syllables of a Korean word on one line. Neither shows in text that is copied or searched.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import ModuleType

from markupsafe import escape

from contractgen.attachments import Attachment
from contractgen.errors import OutputError, Place
from contractgen.styles import Styles
from contractgen.tree import Clause, Document, Inlines, LineBreak, Value
from contractgen.writers import pdf_fonts
from contractgen.writers.body import Body, Pairs, blank, stays_whole
from contractgen.writers.css import isolates, page_rules, stylesheet
from contractgen.writers.html import page
from contractgen.writers.pdf_text import joined, language_of

EXTENSION = "pdf"
MEDIA_TYPE = "application/pdf"

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
"""The Debian packages that hold the libraries WeasyPrint calls."""


def write(document: Document, styles: Styles) -> bytes:
    """Return the document as PDF.

    Raises ``OutputError`` for a character that no font of the document has, for anything the engine complains of, and
    where the machine lacks the engine's libraries; ``TemplateFault`` for a fault of the style sheet.
    """
    faces = pdf_fonts.faces(styles, document.language)
    markup, changing = page_of(document, styles, PaperBody(document, styles))
    pdf_fonts.check_coverage(document, faces, markup)
    carried = tuple(sorted(document.attachments, key=lambda one: one.name))
    return printed(settings(document, styles, faces), markup, changing, carried, document.metadata.day)


@dataclass(frozen=True, slots=True)
class Print:
    """What the engine needs beside a document's page: the house's style sheet and fonts, and how problems name it."""

    fixed: str
    fonts: tuple[Path, ...]
    place: Place


def settings(document: Document, styles: Styles, faces: tuple[pdf_fonts.Face, ...]) -> Print:
    """Return what all documents of a kind have in common."""
    families = tuple(dict.fromkeys(face.family for face in faces))
    fixed = pdf_fonts.font_face_rules(faces) + stylesheet(styles, families, paper=True)
    place = Place(f"{document.type} ({document.language}) as PDF")
    return Print(fixed, tuple(face.path for face in faces), place)


def page_of(document: Document, styles: Styles, body: PaperBody) -> tuple[str, str]:
    """Return the markup of a document, written by ``body``, and the style rules that hold words of it."""
    body.run(document.header + document.footer)  # they are set by @page, but checked as everything is
    markup = page(document, "", f"<main>\n{body.markup()}\n</main>")
    return markup, page_rules(document, styles, paper=True)


def printed(common: Print, markup: str, changing: str, carried: tuple[Attachment, ...], day: date) -> bytes:
    """Let the engine set a page; ``carried`` are its attachments, ``day`` their date."""
    return bytes(_engine().render(markup, common.fixed, changing, common.fonts, common.place, carried, day))


class PaperBody(Body):
    """Writes one document's blocks for the PDF engine: plainer elements, direction and line breaking in the text."""

    _last = ""
    """The last character of the run so far: a particle belongs to the value before it."""

    def run(self, inlines: Inlines) -> str:
        """Return one run of inlines."""
        self._last = ""
        return super().run(inlines)

    def words(self, text: str) -> str:
        """Return words with joiners inside Korean words."""
        if not text:
            return ""
        shown = joined(self._last, text)
        self._last = text[-1]
        return super().words(shown)

    def value(self, value: Value) -> str:
        """Return a sealed value between isolates."""
        self.check_value(value)
        return value_markup(value, self.words(value.text), self.document.language)

    def line_break(self, line_break: LineBreak) -> str:
        """Return a line end; no word goes on after it."""
        self._last = ""
        return super().line_break(line_break)

    def label(self, label: str) -> str:
        """Return a printed number; the words after it do not belong to it."""
        markup = super().label(label)
        self._last = ""
        return markup

    def bookmark(self, title: str) -> str:
        """Return the attribute that names a heading in the outline, in plain words."""
        return f' data-bookmark="{escape(" ".join(title.split()))}"'

    def clause_data(self, _clause: Clause) -> str:
        """Return nothing: a PDF has no place for it."""
        return ""

    def pairs(self, pairs: Pairs, key_style: str, value_style: str) -> str:
        """Return labelled particulars as a table with row headings: the engine's grids know no direction."""
        rows = [
            f'<tr><th scope="row" class="{key_style}">{self.run(key)}</th>'
            f'<td class="{blank(value_style, value)}">{self.run(value)}</td></tr>'
            for key, value in pairs
        ]
        return f'<table class="pairs"><tbody>{"".join(rows)}</tbody></table>'


def value_markup(value: Value, shown: str, language: str) -> str:
    """Return a sealed value between isolates in a document of ``language``; ``shown`` is its text, escaped."""
    before, after = isolates(value.direction)
    own = language_of(value, language)
    marks = f' lang="{own}"' if own else ""
    marks += ' class="whole"' if stays_whole(value) else ""
    made = f"{before}{shown}{after}"
    return f"<span{marks}>{made}</span>" if marks else made


def _engine() -> ModuleType:
    """Import the engine, or say which packages it needs."""
    try:
        with warnings.catch_warnings():
            # A machine without fonts of its own is no fault: the style sheet brings them.
            warnings.filterwarnings("ignore", message=".*FontConfig.*")
            from contractgen.writers import pdf_engine  # noqa: PLC0415
    except (ImportError, OSError) as fault:
        raise OutputError.at(
            Place("PDF"),
            f"the libraries that set PDF are missing: {str(fault).splitlines()[0]}",
            f"apt-get install {PACKAGES}",
        ) from fault
    return pdf_engine
