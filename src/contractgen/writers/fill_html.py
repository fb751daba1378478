"""HTML compiled: in a marked document, out the page as a form that is filled for each further record."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import escape

from contractgen.styles import Styles
from contractgen.tree import Document
from contractgen.writers import html
from contractgen.writers._html_parts import json_text
from contractgen.writers.body import value_markup
from contractgen.writers.css import isolates, string
from contractgen.writers.forms import HOLE, MARKED_DAY, TEXT, Content, Sheet, check, sealed_value, sheet, text_of


@dataclass(frozen=True, slots=True)
class Page:
    """The form of a page."""

    text: Sheet

    def filled(self, contents: Sequence[Content]) -> bytes:
        """Return the page of a document with these contents; raises ``Unfit``."""
        check(contents)
        return self.text.filled(contents).encode()


def compiled(document: Document, styles: Styles) -> Page:
    """Return the form of a marked document; raises ``NoForm``."""
    return Page(sheet(html.write(document, styles).decode(), RULES))


def _value(content: Content) -> str:
    return value_markup(sealed_value(content))


def _in_css(content: Content) -> str:
    value = sealed_value(content)
    return string(value.text.join(isolates(value.direction)))[1:-1]


def _escaped(content: Content) -> str:
    return str(escape(text_of(content)))


def _attachment(content: Content) -> str:
    return json_text(text_of(content))


RULES = (
    (re.compile(r"\\206[67] \\f8fd (\d+)\\f8fe .*?\\f8ff \\2069 "), {"": _in_css}),
    (HOLE, {"-": _value, "A": _attachment}),
    (TEXT, {"": _escaped}),
    (re.compile(MARKED_DAY.isoformat()), {"": text_of}),
)
"""How a value stands in a page: in the running header of a printed page, as an element, in a title."""
