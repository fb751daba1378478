"""Two texts of one line: in the issued and the present words, out the values and words that changed.

A changed stretch that touches a value is a change of that value, told whole (``225,000 KRW`` → ``225,900 KRW``); all
other stretches are words, told with a neighbour so that they can be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from contractgen.carried.visible import UNSEEN, squeezed
from contractgen.verifying.copies import Line, Shown

_TOKEN = re.compile(r"\w+|\s+|.", re.DOTALL)
_MARK = "\ufffc"
"""Stands for a value where only words are compared."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """What changed in a line. ``field``: of the value, "" for words. ``old`` or ``new`` is "" where there is none."""

    field: str
    old: str
    new: str


def hunks(old: Line, new: Line) -> list[Hunk]:
    """Return what changed between two texts of a line; nothing where only blanks and marks differ."""
    if old.key == new.key:
        return []
    if old.values and [value.field for value in old.values] == [value.field for value in new.values]:
        return [*_values(old, new), *_words(_without_values(old), _without_values(new))]
    return list(_told_by_spans(old, new))


def _values(old: Line, new: Line) -> Iterator[Hunk]:
    """Yield the values that show another text, where both lines have the same fields in the same order."""
    for before, after in zip(old.values, new.values, strict=True):
        was, now = old.shown(before), new.shown(after)
        if squeezed(was) != squeezed(now):
            yield Hunk(before.field, was.strip(), now.strip())


def _without_values(line: Line) -> str:
    text, at = [], 0
    for value in line.values:
        text += [line.text[at : value.start], _MARK]
        at = value.end
    return "".join([*text, line.text[at:]])


def _words(old: str, new: str) -> Iterator[Hunk]:
    for start, end, first, last in _stretches(old, new):
        yield Hunk("", old[start:end].strip().replace(_MARK, "…"), new[first:last].strip().replace(_MARK, "…"))


def _told_by_spans(old: Line, new: Line) -> Iterator[Hunk]:
    """Yield changes where the present file no longer says which words are values: the issued one knows."""
    told: set[Shown] = set()
    stretches = list(_stretches(old.text, new.text))
    for start, end, first, last in stretches:
        touched = [value for value in old.values if value.start < max(end, start + 1) and start < value.end]
        if not touched:
            yield Hunk("", old.text[start:end].strip(), new.text[first:last].strip())
        for value in touched:
            if value not in told:
                told.add(value)
                left, right = _mapped(value.start, stretches, last=False), _mapped(value.end, stretches, last=True)
                now = new.text[left:right].removeprefix(old.text[start : value.start])
                if value.end < end:  # a particle or bracket that is written on to the value
                    now = now.removesuffix(old.text[value.end : end])
                yield Hunk(value.field, old.shown(value).strip(), now.strip())


Stretch = tuple[int, int, int, int]


def _mapped(position: int, stretches: list[Stretch], *, last: bool) -> int:
    """Return where a position of the old text stands in the new one; within a change, its beginning or its end."""
    shift = 0
    for start, end, first, after in stretches:
        at_edge = position == end if last else position == start < end
        if start < position < end or at_edge:
            return after if last else first
        if end <= position:
            shift = after - end
    return position + shift


def _stretches(old: str, new: str) -> Iterator[Stretch]:
    """Yield each stretch that differs in more than blanks, as positions in both texts."""
    tokens, others = _TOKEN.findall(old), _TOKEN.findall(new)
    ends, other_ends = _offsets(tokens), _offsets(others)
    matcher = SequenceMatcher(
        None, [_plain(token) for token in tokens], [_plain(token) for token in others], autojunk=False
    )
    merged: list[Stretch] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        found = (ends[a], ends[b], other_ends[c], other_ends[d])
        if merged and not old[merged[-1][1] : found[0]].strip(" \u200c,.٬٫-/"):  # one change, not many of one letter
            found = (merged[-1][0], found[1], merged[-1][2], found[3])
            merged.pop()
        merged.append(found)
    for start, end, first, last in merged:
        if squeezed(old[start:end]) != squeezed(new[first:last]):
            yield start, end, first, last


def _plain(token: str) -> str:
    return " " if token.isspace() else UNSEEN.sub("", token)


def _offsets(tokens: list[str]) -> list[int]:
    found = [0]
    for token in tokens:
        found.append(found[-1] + len(token))
    return found
