r"""The list of contents: Word's own field for it, already filled, each entry a link to its heading.

In: a document and a ``Layout``. Out: the control that holds the list; nothing where the document prints no contents.
No page number is printed: only a program that has laid the pages out knows them, and a wrong one is worse than none.
The switch ``\n`` tells Word so for each update; who wants them takes it out (docs/word.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from docx.oxml.xmlchemy import BaseOxmlElement as Element

from contractgen.tree import Block, Clause, Document, Heading, Inlines
from contractgen.writers._word_controls import NoControls
from contractgen.writers._word_inlines import Layout, field_end, field_start, label_runs, runs
from contractgen.writers._word_styles import style_id
from contractgen.writers._word_xml import element, paragraph

_INSTRUCTION = r'TOC \o "1-3" \h \z \n \u'
_CLAUSE_LEVEL = 2


@dataclass(frozen=True, slots=True)
class _Entry:
    level: int
    label: str
    words: Inlines
    anchor: str


def contents(document: Document, layout: Layout) -> Iterator[Element]:
    """Yield the control with the heading and the entries."""
    entries = [*_entries(document.blocks)]
    if not document.contents or not entries:
        return
    plainly = replace(layout, controls=NoControls())  # an entry repeats a heading: its values are no further ones
    lines = [[*_line(entry, plainly)] for entry in entries]
    lines[0][:0] = field_start(_INSTRUCTION, layout.direction)
    lines[-1].append(field_end(layout.direction))
    styles = [style_id(f"toc-{entry.level}") for entry in entries]
    title = paragraph(style_id("toc-heading"), runs(document.contents, layout), layout.direction)
    shown = [paragraph(style, line, layout.direction) for style, line in zip(styles, lines, strict=True)]
    yield layout.controls.contents([title, *shown])


def _entries(blocks: Iterable[Block]) -> Iterator[_Entry]:
    for block in blocks:
        match block:
            case Heading():
                yield _Entry(block.level, "", block.inlines, block.anchor)
            case Clause() if block.heading:
                yield _Entry(_CLAUSE_LEVEL, block.label, block.heading, block.anchor or block.slot)


def _line(entry: _Entry, layout: Layout) -> Iterator[Element]:
    shown = [*label_runs(entry.label, layout)] if entry.label else []
    shown += runs(entry.words, layout)
    if entry.anchor:
        yield element("w:hyperlink", *shown, anchor=layout.bookmarks[entry.anchor], history=1)
    else:
        yield from shown
