"""Blocks become paragraphs and tables: each clause in a content control, a bookmark on everything with an anchor.

In: the tree's blocks and a ``Layout``. Out: the elements of Word's body, in order. ``bookmark_names`` gives every
anchor a name that Word accepts; raises ``TemplateFault`` when two blocks claim one anchor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element

from contractgen.errors import Place, TemplateFault
from contractgen.tree import (
    Block,
    BulletItem,
    Clause,
    Heading,
    Inlines,
    KeyValues,
    Letterhead,
    NumberedItem,
    PageBreak,
    Paragraph,
    Signatures,
    Table,
)
from contractgen.writers._word_comments import Comments, first_paragraph
from contractgen.writers._word_inlines import Layout, label_runs, number_of, runs
from contractgen.writers._word_numbering import COUNTED, MAIN, Numbers, Target
from contractgen.writers._word_styles import in_list, style_id
from contractgen.writers._word_tables import key_values, signatures, table
from contractgen.writers._word_xml import element, in_order, paragraph

_LONGEST_NAME = 40
_HASH = 8
_AIRY = {"", "TableGap", "ClauseHeading", "Heading1", "Heading2", "Heading3"}
"""Paragraphs below which a table needs no air of its own; "" stands for none at all."""
_PROSE = {"BodyText", "Lead"}
_BOOKMARKS = {qn("w:bookmarkStart"), qn("w:bookmarkEnd")}


def anchors(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield the anchor of every block that has one; a clause without one goes by its slot."""
    for block in blocks:
        anchor = _anchor(block)
        if anchor:
            yield anchor
        if isinstance(block, Clause) and block.label:
            yield number_of(anchor)
        if isinstance(block, Clause):
            yield from anchors(block.blocks)


def bookmark_names(blocks: Iterable[Block], document: str) -> dict[str, str]:
    """Return Word's bookmark name for each anchor: a letter, then letters, digits and ``_``, 40 at most, unique."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for anchor in anchors(blocks):
        if anchor in names:
            cause = f'two blocks have the anchor "{anchor}"'
            raise TemplateFault.at(Place(document), cause, "let each slot stand once, and give each block its own name")
        name = _bookmark_name(anchor)
        if name.casefold() in taken:
            name = _bookmark_name(anchor, always_hash=True)
        taken.add(name.casefold())
        names[anchor] = name
    return names


def _bookmark_name(anchor: str, *, always_hash: bool = False) -> str:
    plain_name = re.sub(r"[^A-Za-z0-9_]", "_", anchor)
    if not plain_name[0].isalpha():  # a leading "_" would hide the bookmark
        plain_name = f"b{plain_name}"
    if len(plain_name) <= _LONGEST_NAME and not always_hash:
        return plain_name
    return f"{plain_name[: _LONGEST_NAME - _HASH - 1]}_{sha256(anchor.encode()).hexdigest()[:_HASH]}"


def _anchor(block: Block) -> str:
    match block:
        case Clause():
            return block.anchor or block.slot
        case Heading() | Table():
            return block.anchor
        case _:
            return ""


class Body:
    """Collects the body's elements; numbers bookmarks and carries a page break to the block behind it."""

    def __init__(self, layout: Layout, numbers: Numbers, comments: Comments, kept: Clause | None = None) -> None:
        self.layout = layout
        self._comments = comments
        self._numbers = numbers
        self._lists: Iterator[int | None] = iter(())  # the list of each item that is still to come
        self._kept = kept  # the clause that stays on one page
        self._root = element("w:body")
        self._parent = self._root
        self._flat: list[Element] = []  # in reading order, whichever control they stand in
        self._new_page = False

    @property
    def elements(self) -> list[Element]:
        """The elements of the body."""
        return list(self._root)

    def add(self, blocks: Iterable[Block], *, below_number: bool = False) -> None:
        """Append the elements of ``blocks``; ``below_number``: a heading that Word counts stands above them."""
        blocks = tuple(blocks)
        outer, self._lists = self._lists, self._numbers.of_items(blocks, below_number=below_number)
        for block in blocks:
            if isinstance(block, Table) and block.anchor:
                with self._bookmarked(block.anchor):
                    self._block(block)
            else:
                self._block(block)
        self._lists = outer

    def put(self, made: Element) -> None:
        """Append a finished element."""
        self._flat.append(made)
        self._parent.append(made)

    def _clause(self, clause: Clause) -> None:
        """Append a clause in its content control; the bookmark stands in the heading, or around all where none is."""
        anchor, start, outer = _anchor(clause), len(self._flat), self._parent
        control = self.layout.controls.clause(clause, ())
        outer.append(control)
        self._parent = control[-1]
        if clause.heading or clause.label:
            target = self.layout.targets.get(anchor)
            counted = target is not None and target.counted
            self._clause_heading(clause, anchor, target)
            self.add(clause.blocks, below_number=counted)
        else:
            with self._bookmarked(anchor):
                self.add(clause.blocks)
        self._parent = outer
        if (first := first_paragraph(control)) is not None:
            self._comments.mark(anchor, first)
        if clause is self._kept:
            self._keep_whole(start)

    def _clause_heading(self, clause: Clause, anchor: str, target: Target | None) -> None:
        if target and target.counted:
            self._paragraph("clause-heading", clause.heading, anchor)
            return
        mark = number_of(anchor) if target else ""
        label = label_runs(clause.label, self.layout, target, mark) if clause.label else ()
        self._paragraph("clause-heading", clause.heading, anchor, label, *self._uncounted("clause-heading"))

    def _item(self, item: NumberedItem) -> None:
        """Append an item: counted by its style, by a list of its own, or with its label as words."""
        self._introduced()
        style, number = f"item-{item.level}", next(self._lists)
        if number is None:
            label = label_runs(item.label, self.layout) if item.label else ()
            self._paragraph(style, item.inlines, "", label, *self._uncounted(style))
        else:
            own = [] if number == MAIN else [in_list(number, item.level)]
            self._paragraph(style, item.inlines, "", (), *own)

    def _uncounted(self, style: str) -> Iterator[Element]:
        """Yield what takes a paragraph out of the list that its style would put it into."""
        level = COUNTED.get(style, 0)
        if level < len(self._numbers.levels) and self._numbers.levels[level]:
            yield in_list(0, 0)

    @contextmanager
    def _bookmarked(self, anchor: str) -> Iterator[None]:
        """Put a bookmark around the elements that are appended meanwhile."""
        start, end = self.layout.bookmark(anchor)
        self.put(start)
        yield
        self.put(end)

    def _block(self, block: Block) -> None:
        layout = self.layout
        match block:
            case Heading():
                self._paragraph(f"heading-{block.level}", block.inlines, block.anchor)
            case Paragraph():
                if block.style == "closing":
                    self._hold()
                self._paragraph(block.style, block.inlines)
            case NumberedItem():
                self._item(block)
            case BulletItem():
                self._introduced()
                self._paragraph(f"bullet-{block.level}", block.inlines)
            case Table():
                self._captioned(block)
            case KeyValues():
                if block.pairs:
                    self._table(key_values(block, layout))
            case Signatures():
                self._hold()
                for part in signatures(block, layout):
                    self._table(part)
            case Letterhead():
                self._letterhead(block)
            case PageBreak():
                self._new_page = True
            case Clause():
                self._clause(block)

    def _letterhead(self, block: Letterhead) -> None:
        self._paragraph("letterhead-name", block.name)
        for line in block.lines:
            self._paragraph("letterhead-line", line)
        self._append(paragraph("LetterheadRule", (), self.layout.direction))

    def _captioned(self, block: Table) -> None:
        """Append a ruled table below its caption; one without a caption gets a little air above."""
        if self._last_style() in _PROSE:
            self._hold()
        if block.caption:
            self._paragraph("caption", block.caption)
        elif self._last_style() not in _AIRY:
            self._gap(element("w:keepNext"))
        self._table(table(block, self.layout))

    def _paragraph(
        self, style: str, inlines: Inlines, anchor: str = "", label: Iterable[Element] = (), *extra: Element
    ) -> None:
        """Append a paragraph: its bookmark, its label where that stands as words, its words."""
        if style not in self.layout.styles.named:
            cause = f'the style sheet has no style "{style}"'
            raise TemplateFault.at(
                Place(self.layout.document), cause, "use a level from 1 to 3 and a style of the house"
            )
        shown = [*label, *runs(inlines, self.layout)]
        if anchor:
            start, end = self.layout.bookmark(anchor)
            shown = [start, *shown, end]
        self._append(paragraph(style_id(style), shown, self.layout.direction, *extra))

    def _table(self, made: Element) -> None:
        """Append a table and the line behind it; Word would join it to a table that follows at once."""
        if self._new_page:
            self._gap()
        self.put(made)
        self._gap()

    def _introduced(self) -> None:
        """Keep the line that introduces a list on the page of its first item."""
        if not self._last_style().startswith(("ListNumber", "ListBullet")):
            self._hold()

    def _keep_whole(self, start: int) -> None:
        """Keep the paragraphs from ``start`` on one page."""
        for made in [made for made in self._flat[start:] if made.tag == qn("w:p")][:-1]:
            _keep_with_next(made)

    def _hold(self) -> None:
        """Keep what stands last on the page of what follows: nothing is signed on a page without text."""
        if self._new_page:
            return
        for last in reversed(self._flat):
            if last.tag == qn("w:p"):
                _keep_with_next(last)
            elif last.tag == qn("w:tbl"):
                for inner in last.tr_lst[-1].iter(qn("w:p")):
                    _keep_with_next(inner)
            if last.tag == qn("w:tbl") or (last.tag == qn("w:p") and str(last.style) != "TableGap"):
                return

    def _last_style(self) -> str:
        """Return the style of what stands last, "" where that is no paragraph; bookmarks are nothing."""
        last = next((made for made in reversed(self._flat) if made.tag not in _BOOKMARKS), None)
        return str(last.style) if last is not None and last.tag == qn("w:p") else ""

    def _gap(self, *extra: Element) -> None:
        """Append the thin line that stands beside tables."""
        self._append(paragraph("TableGap", (), self.layout.direction, *extra))

    def _append(self, made: Element) -> None:
        if self._new_page:
            properties = made.find(qn("w:pPr"))
            properties[:] = in_order("w:pPr", [*properties, element("w:pageBreakBefore")])
            self._new_page = False
        self.put(made)


def _keep_with_next(made: Element) -> None:
    """Keep a finished paragraph on the page of the next one."""
    properties = made.find(qn("w:pPr"))
    if properties.find(qn("w:keepNext")) is None:
        properties[:] = in_order("w:pPr", [*properties, element("w:keepNext")])
