"""Numbering as a pass over the tree: labels of clauses and items, texts of cross-references.

In: a document's blocks without labels. Out: the same blocks with labels in the locale's counters. A reference to a
clause that is not in the document is a ``TemplateFault``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from contractgen.errors import Place, Problem, TemplateFault
from contractgen.locales import CannotShow, Locale
from contractgen.tree import (
    Block,
    BulletItem,
    Clause,
    Emphasis,
    Heading,
    Inline,
    Inlines,
    NumberedItem,
    Paragraph,
    Reference,
    Strong,
    Text,
)

LEVELS = 3
"""Levels of items below an article."""
_TELLING = 10
"""So many labels tell one way of counting from another."""


def number(blocks: Iterable[Block], locale: Locale, *, articles: bool) -> tuple[Block, ...]:
    """Return the blocks with clauses (if ``articles``) and items numbered and references filled in."""
    try:
        labelled, labels = _label(blocks, locale, articles=articles)
    except CannotShow as fault:
        raise TemplateFault.at(Place(locale.file), fault.cause, fault.repair) from None
    filler = _References(locale, labels)
    done = tuple(filler.block(block) for block in labelled)
    if filler.problems:
        raise TemplateFault(filler.problems)
    return done


def first_labels(locale: Locale) -> tuple[tuple[str, ...], ...]:
    """Return the first labels of each level, articles first: enough to tell one way of counting from another."""
    return tuple(tuple(_first(locale, level)) for level in range(LEVELS + 1))


def _first(locale: Locale, level: int) -> Iterator[str]:
    for n in range(1, _TELLING + 1):
        try:
            yield locale.number_label(level, n)
        except CannotShow:  # an alphabet may be short
            return


def _label(blocks: Iterable[Block], locale: Locale, *, articles: bool) -> tuple[list[Block], dict[str, str]]:
    done: list[Block] = []
    labels: dict[str, str] = {}
    count = 0
    for block in blocks:
        if not isinstance(block, Clause):
            done.append(block)
            continue
        label = ""
        if articles and block.heading:
            count += 1
            label = locale.number_label(0, count)
            labels[block.anchor] = label
            before, after = locale.article_heading()
            block = replace(block, heading=(*_text(before), *block.heading, *_text(after)))  # noqa: PLW2901
        done.append(replace(block, label=label, blocks=_label_items(block.blocks, locale)))
    return done, labels


def _text(words: str) -> Inlines:
    return (Text(words),) if words else ()


def _label_items(blocks: tuple[Block, ...], locale: Locale) -> tuple[Block, ...]:
    """Label numbered items; a paragraph between them, or a shallower item, starts the deeper counters again."""
    counters = [0, 0, 0]
    done: list[Block] = []
    for block in blocks:
        if isinstance(block, NumberedItem):
            counters[block.level - 1] += 1
            counters[block.level :] = [0] * (len(counters) - block.level)
            done.append(replace(block, label=locale.number_label(block.level, counters[block.level - 1])))
            continue
        if isinstance(block, Paragraph):
            counters = [0, 0, 0]
        done.append(block)
    return tuple(done)


class _References:
    """Fills the text of each reference with the number of the clause it names."""

    def __init__(self, locale: Locale, labels: Mapping[str, str]) -> None:
        self.locale = locale
        self.labels = labels
        self.problems: list[Problem] = []
        self.place = Place("")

    def block(self, block: Block) -> Block:
        if isinstance(block, Clause):
            self.place = block.place or Place("")
            heading = self.inlines(block.heading)
            return replace(block, heading=heading, blocks=tuple(self.block(inner) for inner in block.blocks))
        if isinstance(block, Paragraph | NumberedItem | BulletItem | Heading):
            if not isinstance(block, Heading):
                self.place = block.place or self.place
            return replace(block, inlines=self.inlines(block.inlines))
        return block

    def inlines(self, inlines: Inlines) -> Inlines:
        if not any(isinstance(inline, Reference | Strong | Emphasis) for inline in inlines):
            return inlines
        return tuple(self.inline(inline) for inline in inlines)

    def inline(self, inline: Inline) -> Inline:
        if isinstance(inline, Strong | Emphasis):
            return replace(inline, children=self.inlines(inline.children))
        if not isinstance(inline, Reference):
            return inline
        if inline.anchor not in self.labels:
            cause = f'refers to clause "{inline.anchor}", which is not in this document'
            self.problems.append(Problem(self.place, cause, "refer to a clause that every such document carries"))
            return inline
        return replace(inline, text=self.locale.reference(self.labels[inline.anchor]))
