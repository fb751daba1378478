"""Which numbers Word counts itself, and which stand as words: real lists wherever Word counts exactly as the tree does.

In: a document. Out: ``Numbers``: for each level Word's number format, for each clause and item whether it is counted,
for each reference what a field must show; and the content of Word's numbering part.

The rule. A level is counted by Word if Word has a number format that gives the locale's first labels. A clause is
counted if Word then comes to the very label of the tree; so is a list of items, as a whole. Everything else keeps its
label as words: Persian digits, the fifteenth letter of ganada, a twenty-first circled digit, a label of a user's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from contractgen.numerals import counter
from contractgen.tree import Block, Clause, Document, NumberedItem, Paragraph

_LATIN = tuple("abcdefghijklmnopqrstuvwxyz")
_GANADA = tuple("가나다라마바사아자차카타파하")
_MOST_CIRCLED = 20
_COUNTED: Mapping[str, tuple[Callable[[int], str], int]] = {
    "decimal": (str, 9999),
    "decimalEnclosedCircle": (lambda n: counter("circled", n, ()), _MOST_CIRCLED),
    "ganada": (lambda n: _GANADA[n - 1], len(_GANADA)),
    "lowerLetter": (lambda n: _LATIN[n - 1], len(_LATIN)),
    "upperLetter": (lambda n: _LATIN[n - 1].upper(), len(_LATIN)),
    "lowerRoman": (lambda n: counter("roman", n, ()), 99),
    "upperRoman": (lambda n: counter("roman", n, ()).upper(), 99),
}
"""Word's number formats: how each counts, and up to which number all programs agree on it."""

BULLETS, MAIN = 1, 2
"""Ids of lists: that of the bullets, and that of clauses and items."""
COUNTED: Mapping[str, int] = {"clause-heading": 0, "item-1": 1, "item-2": 2, "item-3": 3}
"""The styles that a list counts, with their levels in it."""


@dataclass(frozen=True, slots=True)
class Level:
    """How Word counts one level: its number format and the words around the count."""

    format: str
    before: str
    after: str

    def label(self, n: int) -> str:
        """Return what Word shows for the ``n``-th; "" where programs do not agree on it."""
        count, most = _COUNTED[self.format]
        return f"{self.before}{count(n)}{self.after}" if n <= most else ""


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference leads to: the part of the label that a field shows, and whether Word counts it."""

    shown: str
    counted: bool


def level_of(labels: Sequence[str]) -> Level | None:
    """Return how Word counts to give just these labels; None if it cannot."""
    for name, (count, most) in _COUNTED.items():
        before, found, after = labels[0].partition(count(1)) if labels else ("", "", "")
        level = Level(name, before, after)
        shown = [level.label(n) for n in range(1, min(len(labels), most) + 1)]
        if found and "%" not in before + after and shown == list(labels[: len(shown)]):
            return level
    return None


class Numbers:
    """The numbers of one document. ``restarts`` counts the lists that begin anew on their own."""

    def __init__(self, document: Document) -> None:
        self.levels = tuple(level_of(labels) for labels in document.counts) or (None,) * 4
        self.restarts = 0
        clauses = [block for block in document.blocks if isinstance(block, Clause) and block.label]
        first = self.levels[0]
        self.clauses_counted = bool(first and clauses) and all(
            first and clause.label == first.label(n) for n, clause in enumerate(clauses, 1)
        )
        if not self.clauses_counted:
            self.levels = (None, *self.levels[1:])
        around = _around(document.counts[0]) if document.counts else (0, 0)
        self.targets = {clause.anchor or clause.slot: self._target(clause.label, *around) for clause in clauses}

    def _target(self, label: str, start: int, end: int) -> Target:
        if self.clauses_counted:
            return Target(label.rstrip("."), counted=True)  # Word leaves a full stop out of a reference
        return Target(label[start : len(label) - end], counted=False)

    def of_items(self, blocks: Iterable[Block], *, below_number: bool) -> Iterator[int | None]:
        """Yield for each numbered item among ``blocks`` the list that counts it; None: its label stands as words.

        The first list below a counted heading belongs to the main list, which begins anew with each clause; any other
        list is one of its own. ``below_number`` says whether such a heading stands above.
        """
        for number, items in enumerate(_lists(blocks)):
            if not self._agree(items):
                yield from [None] * len(items)
                continue
            chosen = MAIN
            if number or not (below_number and self.clauses_counted):
                self.restarts += 1
                chosen = MAIN + self.restarts
            yield from [chosen] * len(items)

    def _agree(self, items: Sequence[NumberedItem]) -> bool:
        """Whether Word comes to the labels of these items; it counts a level that is left out, the tree does not."""
        if items[0].level != 1 or any(after.level > before.level + 1 for before, after in pairwise(items)):
            return False
        counts = [0] * len(self.levels)
        for item in items:
            level = self.levels[item.level] if item.level < len(self.levels) else None
            counts[item.level] += 1
            counts[item.level + 1 :] = [0] * (len(counts) - item.level - 1)
            if level is None or level.label(counts[item.level]) != item.label:
                return False
        return True


def _lists(blocks: Iterable[Block]) -> Iterator[list[NumberedItem]]:
    """Yield the items that are counted on: a paragraph between them begins a new list."""
    items: list[NumberedItem] = []
    for block in blocks:
        if isinstance(block, NumberedItem):
            items.append(block)
        elif isinstance(block, Paragraph) and items:
            yield items
            items = []
    if items:
        yield items


def _around(labels: Sequence[str]) -> tuple[int, int]:
    """Return how many characters before and after the count are the same in all labels."""
    return _same(labels), _same([label[::-1] for label in labels])


def _same(labels: Iterable[str]) -> int:
    """Return with how many equal characters all labels begin."""
    return sum(1 for _ in takewhile(lambda letters: len({*letters}) == 1, zip(*labels, strict=False)))
