"""Two copies of one file, as issued and as it is: what is untouched, changed, moved, added, deleted.

In: the copy made again and the copy at hand. Out: ``Changes``. Lines that say the same are matched first, in order;
then those that moved; then those alike (difflib), so that a clause is found again also where its control is gone or its
words are edited. ``tracked`` names who made a change with Word's revision marks on; a change without is a silent one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from contractgen.carried.visible import squeezed
from contractgen.verifying.copies import Comment, Copy, Line
from contractgen.verifying.hunks import hunks

What = Literal["changed", "added", "deleted", "moved"]
Sort = Literal["value", "words", "clause", "line"]

_ALIKE = 0.6
"""From which likeness on two lines at one place are one line that was edited."""
_FAR = 0.8
"""The same for lines at different places."""
_LONGEST = 120
"""Characters of a line that are quoted."""
_MOST = 400
"""How many lines without a partner are looked at for likeness: beyond, the file is another one."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: of a value (``field``), of words, of a whole clause or of a whole line.

    ``clause``: its heading, "" outside clauses. ``where``: table cell, header, page and line. ``by``: who tracked it.
    """

    sort: Sort
    what: What
    clause: str
    where: str
    field: str = ""
    old: str = ""
    new: str = ""
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes, and how much is as it was. ``notes``: what a program can see but not judge, such as pictures."""

    changes: tuple[Change, ...]
    clauses: int = 0
    clauses_untouched: int = 0
    values: int = 0
    values_untouched: int = 0
    comments: tuple[Comment, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _At:
    """A line, its number in its file, and the clause it stands in: slot and heading, "" outside clauses."""

    line: Line
    number: int
    slot: str
    heading: str


def compare(issued: Copy, present: Copy, titles: Mapping[str, str]) -> Changes:
    """Return what differs between a file as issued and as it is; ``titles``: number and heading of each slot."""
    old, all_new = _flat(issued, titles), _flat(present, titles)
    new = [at for at in all_new if at.line.key]
    struck = {squeezed(at.line.before): at.line.by for at in all_new if not at.line.key}
    pairs, gone, come = _matched(old, new)
    moved = _out_of_order(pairs)
    edits = [change for pair in pairs for change in _edits(pair)]
    changes = [*edits, *_moves(moved, pairs, new), *_deleted(gone, old, struck), *_added(come, new)]
    changes += _running(issued.around, present.around)
    touched = {at.slot for at in [*gone, *come]}
    touched |= {a.slot for a, b in pairs if a.line.key != b.line.key or b.number in moved}
    clauses = {at.slot for at in old if at.slot}
    lost = sum(change.sort == "value" and change.what != "added" for change in edits) + _values_in(gone)
    return Changes(
        changes=tuple(changes),
        clauses=len(clauses),
        clauses_untouched=len(clauses - touched),
        values=_values_in(old),
        values_untouched=max(_values_in(old) - lost, 0),
        comments=tuple(comment for comment in present.comments if comment not in issued.comments),
        notes=tuple(_notes(issued, present)),
    )


def _flat(copy: Copy, titles: Mapping[str, str]) -> list[_At]:
    lines = [(line, unit) for unit in copy.units for line in unit.lines]
    return [
        _At(line, number, unit.slot, titles[unit.slot] or unit.slot)
        if unit.slot in titles
        else _At(line, number, "", "")
        for number, (line, unit) in enumerate(lines)
    ]


def _values_in(lines: Iterable[_At]) -> int:
    return sum(len(at.line.values) for at in lines)


# ---------------------------------------------------------------------------------------------------- matching

Pair = tuple[_At, _At]


def _matched(old: list[_At], new: list[_At]) -> tuple[list[Pair], list[_At], list[_At]]:
    """Return lines that belong together, and those of either side without a partner, in order."""
    pairs: list[Pair] = []
    gone: list[_At] = []
    come: list[_At] = []
    matcher = SequenceMatcher(None, [at.line.key for at in old], [at.line.key for at in new], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pairs += zip(old[a:b], new[c:d], strict=True)
            continue
        found, left, right = _alike(old[a:b], new[c:d], _ALIKE)
        pairs += found
        gone += left
        come += right
    moved, gone, come = _alike(gone, come, _FAR)
    pairs += moved
    pairs.sort(key=lambda pair: pair[0].number)
    return pairs, gone, come


def _alike(old: list[_At], new: list[_At], least: float) -> tuple[list[Pair], list[_At], list[_At]]:
    """Pair the lines that are most alike, each once; equal ones first, in order."""
    if not old or not new:
        return [], old, new
    scored = sorted(_scores(old, new, least), key=lambda item: (-item[0], abs(item[1] - item[2])))
    mine: dict[int, int] = {}
    taken: set[int] = set()
    for _, a, b in scored:
        if a not in mine and b not in taken:
            mine[a] = b
            taken.add(b)
    pairs = [(old[a], new[b]) for a, b in sorted(mine.items())]
    rest = [at for number, at in enumerate(old) if number not in mine]
    return pairs, rest, [at for number, at in enumerate(new) if number not in taken]


def _scores(old: list[_At], new: list[_At], least: float) -> Iterator[tuple[float, int, int]]:
    """Yield how alike two lines are, where they are alike enough; a cell with the same values is the same cell."""
    for b, present in enumerate(new[:_MOST]):
        matcher = SequenceMatcher(None, "", present.line.key, autojunk=False)
        for a, issued in enumerate(old[:_MOST]):
            if issued.line.key == present.line.key:
                yield 2.0, a, b
                continue
            fields = [value.field for value in issued.line.values]
            if least == _ALIKE and _same_cell(issued.line, present.line, fields):
                yield 1.0, a, b
                continue
            matcher.set_seq1(issued.line.key)
            if matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least:
                ratio = matcher.ratio()
                if ratio >= least:
                    yield ratio, a, b


def _same_cell(issued: Line, present: Line, fields: list[str]) -> bool:
    """Whether two lines are one because of where they stand or which values they hold."""
    if fields and fields == [value.field for value in present.values]:
        return issued.where == present.where or issued.kind == present.kind
    return bool(issued.where) and issued.where == present.where


# ------------------------------------------------------------------------------------------------------ changes


def _edits(pair: Pair) -> Iterator[Change]:
    """Yield what changed within a line."""
    issued, present = pair
    tracked = present.line.by if squeezed(present.line.before) == issued.line.key else ()
    for hunk in hunks(issued.line, present.line):
        what: What = "changed" if hunk.old and hunk.new else "added" if hunk.new else "deleted"
        sort: Sort = "value" if hunk.field else "words"
        yield Change(sort, what, issued.heading, issued.line.where, hunk.field, hunk.old, hunk.new, tracked)


def _out_of_order(pairs: Sequence[Pair]) -> set[int]:
    """Return the present numbers of lines that left their order: all but the longest run that kept it."""
    numbers = [present.number for _, present in pairs]
    ends: list[int] = []  # of the longest run of each length, the least last number
    where: list[int] = []
    for number in numbers:
        length = bisect_left(ends, number)
        ends[length : length + 1] = [number]
        where.append(length)
    kept: set[int] = set()
    wanted = len(ends) - 1
    for number, length in zip(reversed(numbers), reversed(where), strict=True):
        if length == wanted:
            kept.add(number)
            wanted -= 1
    return {number for number in numbers if number not in kept}


def _moves(moved: set[int], pairs: Sequence[Pair], new: Sequence[_At]) -> Iterator[Change]:
    """Yield clauses that moved as a whole, then lines that did."""
    by_slot: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_slot.setdefault(pair[0].slot, []).append(pair)
    for slot, lines in by_slot.items():
        out = [pair for pair in lines if pair[1].number in moved]
        if slot and out and len(out) == len(lines):
            issued, present = lines[0]
            yield Change("clause", "moved", issued.heading, f"now after {_before(present, new)}")
        else:
            for issued, present in out:
                place = f"now after {_before(present, new)}"
                yield Change("line", "moved", issued.heading, place, "", _short(issued.line.text), "", present.line.by)


def _before(at: _At, lines: Sequence[_At]) -> str:
    """Name what stands before a line: the clause, or the line where that is in the same clause or in none."""
    earlier = [other for other in lines if other.number < at.number]
    if not earlier:
        return "the beginning"
    last = earlier[-1]
    return f"“{_short(last.heading if last.heading and last.slot != at.slot else last.line.text)}”"


def _deleted(gone: Sequence[_At], old: Sequence[_At], struck: dict[str, tuple[str, ...]]) -> Iterator[Change]:
    """Yield whole clauses that are gone, then lines and the values in them."""
    whole = {at.slot for at in gone if at.slot} - {at.slot for at in old if at not in gone}
    told: set[str] = set()
    for at in gone:
        by = struck.get(at.line.key, ())
        if at.slot not in whole:
            yield Change("line", "deleted", at.heading, at.line.where, "", _short(at.line.text), "", by)
        elif at.slot not in told:
            told.add(at.slot)
            words = " ".join(
                other.line.text for other in gone if other.slot == at.slot and other.line.kind != "heading"
            )
            yield Change("clause", "deleted", at.heading, "", "", _short(words), "", by)


def _added(come: Sequence[_At], new: Sequence[_At]) -> Iterator[Change]:
    for at in come:
        by = at.line.by if not at.line.before.strip() else ()
        place = at.line.where or f"after {_before(at, new)}"
        sort: Sort = "clause" if at.line.kind == "heading" else "line"
        yield Change(sort, "added", at.heading, place, "", "", _short(at.line.text), by)


def _running(issued: Sequence[Line], present: Sequence[Line]) -> Iterator[Change]:
    """Yield changes of headers, footers and notes; programs repeat and number them as they like."""
    known, now = {line.key for line in issued}, {line.key for line in present}
    gone = list({line.key: line for line in issued if line.key not in now}.values())
    come = list({line.key: line for line in present if line.key and line.key not in known}.values())
    for line in come:
        like = [(SequenceMatcher(None, other.key, line.key, autojunk=False).ratio(), other) for other in gone]
        best = max(like, key=lambda item: item[0], default=(0.0, line))
        if best[0] >= _ALIKE:
            gone.remove(best[1])
            tracked = line.by if squeezed(line.before) == best[1].key else ()
            for hunk in hunks(best[1], line):
                sort: Sort = "value" if hunk.field else "words"
                yield Change(sort, "changed", "", line.kind, hunk.field, hunk.old, hunk.new, tracked)
        else:
            yield Change("line", "added", "", line.kind, "", "", _short(line.text), line.by)
    for line in gone:
        yield Change("line", "deleted", "", line.kind, "", _short(line.text))


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def _notes(issued: Copy, present: Copy) -> Iterator[str]:
    """Yield what can be counted and not compared."""
    if present.pictures != issued.pictures:
        yield f"pictures and drawings: {issued.pictures} as issued, {present.pictures} now"
