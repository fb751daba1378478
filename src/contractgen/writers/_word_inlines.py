"""Inlines become runs: words split by direction, values isolated in controls, references and fields.

In: the tree's inlines and a ``Layout``. Out: runs and hyperlinks for one paragraph.

Direction of values. A value stands in a run of its own whose ``w:rtl`` mark says its direction; Word needs no more.
LibreOffice, Pages and web editors order the bare text instead, where a phone number in a Persian line would flip. So a
value that differs from its line is enclosed by direction marks (U+200E, U+200F) in runs of their own: the inner pair
gives the value its direction, the outer pair keeps the words around it in theirs. The isolates U+2066…U+2069 would say
the same, but Word does not obey them and can show a box where the font lacks them; the marks are known everywhere.
The text of the value's own run, and of the content control around it, stays exactly the value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from docx.oxml.xmlchemy import BaseOxmlElement as Element

from contractgen.errors import Place, TemplateFault
from contractgen.styles import Styles
from contractgen.tree import (
    Digits,
    Direction,
    Emphasis,
    Inlines,
    LineBreak,
    PageCount,
    PageNumber,
    Reference,
    Strong,
    Text,
    Value,
)
from contractgen.writers._word_controls import Controls
from contractgen.writers._word_xml import LRM, RLM, element, needs_marks, run, segments, text_run


@dataclass(frozen=True, slots=True)
class Layout:
    """What a block must know of its document.

    ``width``: of the text, in twips; ``bookmarks``: name by anchor; ``controls`` makes and counts content controls.
    """

    document: str
    direction: Direction
    digits: Digits
    styles: Styles
    bookmarks: Mapping[str, str]
    width: int
    controls: Controls


def runs(inlines: Inlines, layout: Layout, *, strong: bool = False, emphasis: bool = False) -> Iterator[Element]:
    """Yield the runs of ``inlines``; raises ``TemplateFault`` for a reference that leads nowhere or shows nothing."""
    style = "Strong" * strong + "Emphasis" * emphasis
    for inline in inlines:
        match inline:
            case Text():
                yield from _words(inline.text, layout, style)
            case Value():
                yield from _value(inline, layout, style)
            case Strong():
                yield from runs(inline.children, layout, strong=True, emphasis=emphasis)
            case Emphasis():
                yield from runs(inline.children, layout, strong=strong, emphasis=True)
            case Reference():
                yield _link(inline, layout, style)
            case LineBreak():
                yield run([element("w:br")], layout.direction)
            case PageNumber():
                yield from _field("PAGE", layout)
            case PageCount():
                yield from _field("NUMPAGES", layout)


def label_runs(label: str, layout: Layout) -> Iterator[Element]:
    """Yield a number (제1조, (a), الف.) and the tab behind it."""
    yield from _words(label, layout, "")
    yield run([element("w:tab")], layout.direction)


def _words(text: str, layout: Layout, style: str) -> Iterator[Element]:
    for part, direction in segments(text, layout.direction):
        yield text_run(part, direction, style)


def _value(value: Value, layout: Layout, style: str) -> Iterator[Element]:
    """Yield a value: its run in a content control, and the direction marks, which stand outside of it."""
    base = layout.direction
    made = layout.controls.value(value, text_run(value.text, value.direction, style))
    if not needs_marks(value.text, value.direction, base):
        yield made
        return
    outer = RLM if base == "rtl" else LRM
    inner = RLM if value.direction == "rtl" else LRM
    yield text_run(outer + inner, base)
    yield made
    yield text_run(inner + outer, base)


def _link(reference: Reference, layout: Layout, style: str) -> Element:
    """Return a link, not a REF field: updating fields must never change the words of a contract."""
    place = Place(layout.document)
    if reference.anchor not in layout.bookmarks:
        cause = f'refers to "{reference.anchor}", which is not in the document'
        raise TemplateFault.at(place, cause, "give that block its anchor, or drop the reference")
    if not reference.text:
        cause = f'the reference to "{reference.anchor}" shows nothing'
        raise TemplateFault.at(place, cause, "number the document before writing it")
    target = layout.bookmarks[reference.anchor]
    return element("w:hyperlink", *_words(reference.text, layout, style), anchor=target, history=1)


def _field(name: str, layout: Layout) -> Iterator[Element]:
    """Yield a field with a cached result for readers that compute none.

    No number format of WordprocessingML counts in Persian digits (``hindiNumbers`` are Devanagari). The runs are marked
    as right-to-left Persian, so Word shows Persian digits where its numeral setting follows the text; LibreOffice shows
    Latin ones.
    """
    instruction = element("w:instrText")
    instruction.text = f" {name} "
    instruction.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    shown = "۱" if layout.digits == "arabext" else "1"
    for content in (
        element("w:fldChar", fldCharType="begin"),
        instruction,
        element("w:fldChar", fldCharType="separate"),
    ):
        yield run([content], layout.direction)
    yield text_run(shown, layout.direction)
    yield run([element("w:fldChar", fldCharType="end")], layout.direction)
