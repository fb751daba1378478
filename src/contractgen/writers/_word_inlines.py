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

from collections.abc import Iterable, Iterator, Mapping
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
from contractgen.writers._word_numbering import Target
from contractgen.writers._word_xml import LRM, RLM, element, needs_marks, run, segments, text_run


@dataclass(frozen=True, slots=True)
class Layout:
    """What a block must know of its document.

    ``width``: of the text, in twips; ``bookmarks``: name by anchor; ``controls`` makes and counts content controls;
    ``targets``: what a reference to a numbered clause shows, by anchor; ``ids`` counts bookmarks.
    """

    document: str
    direction: Direction
    digits: Digits
    styles: Styles
    bookmarks: Mapping[str, str]
    width: int
    controls: Controls
    targets: Mapping[str, Target]
    ids: Iterator[int]

    def bookmark(self, anchor: str) -> tuple[Element, Element]:
        """Return the start and the end of the bookmark of ``anchor``, with an id of its own."""
        number = next(self.ids)
        return element("w:bookmarkStart", id=number, name=self.bookmarks[anchor]), element("w:bookmarkEnd", id=number)


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
                yield from _reference(inline, layout, style)
            case LineBreak():
                yield run([element("w:br")], layout.direction)
            case PageNumber():
                yield from _page_field("PAGE", layout)
            case PageCount():
                yield from _page_field("NUMPAGES", layout)


def label_runs(label: str, layout: Layout, number: Target | None = None, mark: str = "") -> Iterator[Element]:
    """Yield a label (제1조, (a), الف.) and the tab behind it; ``mark`` is the bookmark on what fields show of it."""
    if number and mark:
        before, shown, after = label.rpartition(number.shown)
        start, end = layout.bookmark(mark)
        yield from _words(before, layout, "")
        yield from (start, *_words(shown, layout, ""), end)
        yield from _words(after, layout, "")
    else:
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


def _reference(reference: Reference, layout: Layout, style: str) -> Iterator[Element]:
    r"""Yield words and a REF field, or a link where no field could show just the text of the tree.

    An update must never change words of a contract: the field shows nothing but the number, which Word takes from the
    heading itself (``\r``: as it is counted there; else the bookmark on the written number). What stands around the
    number in a reference ("clause 3", مادهٔ ۳) is plain text.
    """
    place = Place(layout.document)
    if reference.anchor not in layout.bookmarks:
        cause = f'refers to "{reference.anchor}", which is not in the document'
        raise TemplateFault.at(place, cause, "give that block its anchor, or drop the reference")
    if not reference.text:
        cause = f'the reference to "{reference.anchor}" shows nothing'
        raise TemplateFault.at(place, cause, "number the document before writing it")
    name = layout.bookmarks[reference.anchor]
    target = layout.targets.get(reference.anchor)
    before, shown, after = reference.text.rpartition(target.shown) if target else ("", "", "")
    if target is None or not shown:
        yield element("w:hyperlink", *_words(reference.text, layout, style), anchor=name, history=1)
        return
    instruction = rf"REF {name} \r \h" if target.counted else rf"REF {layout.bookmarks[number_of(reference.anchor)]} \h"
    yield from _words(before, layout, style)
    yield from field(instruction, _words(shown, layout, style), layout.direction)
    yield from _words(after, layout, style)


def number_of(anchor: str) -> str:
    """Return the anchor of the written number of a clause; no name of a block has a blank."""
    return f"{anchor} number"


def _page_field(name: str, layout: Layout) -> Iterator[Element]:
    """Yield a field of page numbers with a cached result for readers that compute none.

    No number format of WordprocessingML counts in Persian digits (``hindiNumbers`` are Devanagari). The runs are marked
    as right-to-left Persian, so Word shows Persian digits where its numeral setting follows the text; LibreOffice shows
    Latin ones.
    """
    shown = "۱" if layout.digits == "arabext" else "1"
    yield from field(name, [text_run(shown, layout.direction)], layout.direction)


def field(instruction: str, shown: Iterable[Element], direction: Direction) -> Iterator[Element]:
    """Yield a whole field: its instruction, and what it shows until it is updated."""
    yield from field_start(instruction, direction)
    yield from shown
    yield field_end(direction)


def field_start(instruction: str, direction: Direction) -> Iterator[Element]:
    """Yield what stands before a field's result."""
    code = element("w:instrText")
    code.text = f" {instruction} "
    code.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    for content in (element("w:fldChar", fldCharType="begin"), code, element("w:fldChar", fldCharType="separate")):
        yield run([content], direction)


def field_end(direction: Direction) -> Element:
    """Return what stands behind a field's result."""
    return run([element("w:fldChar", fldCharType="end")], direction)
