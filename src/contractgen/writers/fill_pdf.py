"""PDF by WeasyPrint compiled: in a marked document, out its page as a form; the engine sets each document anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import escape

from contractgen.attachments import Attachment
from contractgen.marks import is_marked, pieces
from contractgen.styles import Styles
from contractgen.tree import Document, Value
from contractgen.writers import pdf, pdf_fonts
from contractgen.writers._paper_marks import Marker
from contractgen.writers.fill_html import RULES
from contractgen.writers.forms import (
    DAY,
    Carried,
    Content,
    NoForm,
    Sheet,
    Slot,
    check,
    sheet,
    text_of,
)


@dataclass(frozen=True, slots=True)
class Paper:
    """The form of a PDF: its page, the rules that hold its running header, and what the engine needs beside them."""

    markup: Sheet
    changing: Sheet
    print: pdf.Print
    faces: tuple[pdf_fonts.Face, ...]
    carried: Attachment | None

    def filled(self, contents: Sequence[Content]) -> bytes:
        """Return the PDF of a document with these contents; raises ``Unfit`` and what the engine complains of."""
        check(contents)
        pdf_fonts.check_contents(contents, self.faces)
        texts = [content for content in contents if isinstance(content, Carried)]
        carried = self.carried
        return pdf.printed(
            self.print,
            self.markup.filled(contents),
            self.changing.filled(contents),
            tuple(_of(carried, text) for text in texts) if carried else (),
            date.fromisoformat(text_of(contents[DAY])),
        )


def _of(carried: Attachment, text: str) -> Attachment:
    return Attachment(carried.name, carried.media_type, text.encode(), carried.description)


def compiled(document: Document, styles: Styles) -> Paper:
    """Return the form of a marked document; raises ``NoForm``."""
    if len(document.attachments) > 1:
        raise NoForm("a document carries more than its own data")
    body = MarkedBody(document, styles)
    markup, changing = pdf.page_of(document, styles, body)
    spans = tuple(body.marker.spans)
    faces = pdf_fonts.faces(styles, document.language)
    carried = document.attachments[0] if document.attachments else None
    settings = pdf.settings(document, styles, faces)
    return Paper(sheet(markup, RULES, spans), sheet(changing, RULES, spans), settings, faces, carried)


class MarkedBody(pdf.PaperBody):
    """Writes the blocks of a marked document, a hole for each value."""

    def __init__(self, document: Document, styles: Styles) -> None:
        super().__init__(document, styles)
        self.marker = Marker(_escaped)

    def words(self, text: str) -> str:
        """Return words, escaped."""
        return self.marker.words(self, text)

    def value(self, value: Value) -> str:
        """Return the hole for a value; what the contract does not give is written as ever."""
        if isinstance(value, Slot):
            return self.marker.value(self, value, _Shown(self.document.language))
        return super().value(value)

    def bookmark(self, title: str) -> str:
        """Return the attribute that names a heading."""
        if not is_marked(title):
            return super().bookmark(title)
        return f' data-bookmark="{self.marker.span(_Bookmark(pieces(title)))}"'


@dataclass(frozen=True, slots=True)
class _Bookmark:
    """The name of a heading with values in it."""

    parts: tuple[str | int, ...]

    def __call__(self, contents: Sequence[Content]) -> str:
        title = "".join(part if isinstance(part, str) else text_of(contents[part]) for part in self.parts)
        return _escaped(" ".join(title.split()))


@dataclass(frozen=True, slots=True)
class _Shown:
    """How a value is set in a document of a language."""

    language: str

    def __call__(self, value: Value, text: str) -> str:
        return pdf.value_markup(value, str(escape(text)), self.language)


def _escaped(text: str) -> str:
    return str(escape(text))
