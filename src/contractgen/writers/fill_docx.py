"""DOCX compiled: in a marked document, out a package of which only the parts with values in them are made anew.

A value's run, and the direction marks beside its content control, depend on its text; all else of the package stays as
the writer made it, deflated once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from xml.sax.saxutils import escape

from contractgen.marks import is_marked
from contractgen.styles import Styles
from contractgen.tree import Clause, Direction, Document, plain
from contractgen.writers import docx
from contractgen.writers._word_inlines import CONTEXTS, marks_beside
from contractgen.writers._word_zip import Packed, bound, packed
from contractgen.writers.forms import (
    MARKED_DAY,
    TEXT,
    Content,
    NoForm,
    Rules,
    Sheet,
    check,
    sealed_value,
    sheet,
    text_of,
)


@dataclass(frozen=True, slots=True)
class Package:
    """The form of a package: its parts in order, deflated or to be filled."""

    parts: tuple[Packed | tuple[str, Sheet], ...]

    def filled(self, contents: Sequence[Content]) -> bytes:
        """Return the package of a document with these contents; raises ``Unfit``."""
        check(contents)
        return bound(
            part if isinstance(part, Packed) else packed(part[0], part[1].filled(contents).encode())
            for part in self.parts
        )


def compiled(document: Document, styles: Styles) -> Package:
    """Return the form of a marked document; raises ``NoForm``."""
    if any(isinstance(block, Clause) and is_marked(plain(block.heading)) for block in document.blocks):
        raise NoForm("a heading holds a value, and the title of its clause's control is cut by its length")
    rules = _rules(document.direction)
    day = MARKED_DAY.isoformat()
    made: list[Packed | tuple[str, Sheet]] = []
    for name, content in docx.parts(document, styles).items():
        text = content.decode()
        made.append((name, sheet(text, rules)) if is_marked(text) or day in text else packed(name, content))
    return Package(tuple(made))


def _rules(base: Direction) -> Rules:
    """Return how a value stands in a package: its run and its marks, a text in an element or an attribute."""
    contexts: dict[str, Callable[[Content], str]] = {
        "B": partial(_marks, base=base, before=True),
        "E": partial(_marks, base=base, before=False),
        **{f"R{style}": partial(_run, style=style) for style in CONTEXTS},
        "A": lambda content: escape(text_of(content)),
    }
    hole = "\uf8fd(\\d+)\uf8fe([A-Za-z-]+)\uf8ff\uf8ff"
    return (
        (re.compile(f"<w:hole>{hole}</w:hole>"), contexts),
        (re.compile(hole), contexts),
        (re.compile(f"{TEXT.pattern}(?=[^<>]*>)"), {"": _in_attribute}),
        (TEXT, {"": lambda content: escape(text_of(content))}),
        (re.compile(MARKED_DAY.isoformat()), {"": text_of}),
    )


def _run(content: Content, style: str) -> str:
    value = sealed_value(content)
    return _run_of(value.text, value.direction, style)


def _marks(content: Content, base: Direction, *, before: bool) -> str:
    value = sealed_value(content)
    marks = marks_beside(value, base)
    if not marks:
        return ""
    return _run_of(marks if before else marks[::-1], base, "")


def _run_of(text: str, direction: Direction, style: str) -> str:
    """Return what ``_word_xml.text_run`` makes, as it stands in the file; line ends and tabs have been refused."""
    named = f'<w:rStyle w:val="{style}"/>' if style else ""
    turned = "<w:rtl/>" if direction == "rtl" else ""
    properties = f"<w:rPr>{named}{turned}</w:rPr>" if named or turned else ""
    kept = ' xml:space="preserve"' if text != text.strip() or "  " in text else ""
    return f"<w:r>{properties}<w:t{kept}>{escape(text)}</w:t></w:r>"


def _in_attribute(content: Content) -> str:
    return escape(text_of(content), {'"': "&quot;"})
