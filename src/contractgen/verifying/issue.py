"""A file held against its own trace, where the library that made it is no longer at hand.

In: the carried data and the file's copy, or the text of a PDF. Out: ``Changes``: values that show what the trace does
not know, clauses that are gone or whose words have another hash than when they were issued. Old words are not known
here, only that they were others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from contractgen.carried.reading import Carried
from contractgen.carried.visible import digest, squeezed
from contractgen.parity_figures import even
from contractgen.verifying.comparing import Change, Changes
from contractgen.verifying.copies import Copy, Unit
from contractgen.verifying.word_copy import slot_key
from contractgen.writers.word_tags import tag_of

_WORD = re.compile(r"\d+(?:[.,٬٫]\d+)*|\w+")


def against_trace(carried: Carried, copy: Copy) -> Changes:
    """Return what a DOCX or HTML file says that its trace does not."""
    shown: dict[str, list[str]] = {}
    for value in carried.values:
        shown.setdefault(tag_of(value.field), []).append(value.shown)
    units: dict[str, list[Unit]] = {}
    for unit in copy.units:
        units.setdefault(unit.slot, []).append(unit)
    changes = [*_values(copy, shown), *_clauses(carried, units)]
    touched = {change.clause for change in changes}
    clauses = [units[slot_key(slot)][0] for slot in carried.visible.clauses if slot_key(slot) in units]
    return Changes(
        changes=tuple(changes),
        clauses=len(carried.visible.clauses),
        clauses_untouched=sum((unit.heading or unit.slot) not in touched for unit in clauses),
        values=sum(len(line.values) for unit in copy.units for line in unit.lines),
        values_untouched=sum(len(line.values) for unit in copy.units for line in unit.lines)
        - sum(change.sort == "value" for change in changes),
    )


def _values(copy: Copy, shown: dict[str, list[str]]) -> Iterator[Change]:
    for unit in copy.units:
        for line in unit.lines:
            for value in line.values:
                known = shown.get(value.field, [])
                text = line.shown(value).strip()
                if known and squeezed(text) not in map(squeezed, known):
                    heading = unit.heading or unit.slot
                    yield Change("value", "changed", heading, line.where, value.field, " or ".join(known), text)


def _clauses(carried: Carried, units: dict[str, list[Unit]]) -> Iterator[Change]:
    for slot, hashed in carried.visible.clauses.items():
        found = units.get(slot_key(slot), [])
        if not found:
            yield Change("clause", "deleted", slot, "")
        elif digest("".join(line.words for unit in found for line in unit.lines)) != hashed:
            yield Change("clause", "changed", found[0].heading or slot, "")


def paper_against_trace(carried: Carried, text: str) -> Changes:
    """Return the values that a PDF no longer shows; its words cannot be held against a hash, for lines end anywhere.

    A value of several words is looked for word by word: in a line from right to left they are read in another order.
    """
    bare = _without_marks(even(text))
    seen, words = squeezed(bare), set(_WORD.findall(bare))
    gone = [value for value in carried.values if not _is_shown(_without_marks(even(value.shown)), seen, words)]
    changes = tuple(Change("value", "deleted", "", "", value.field, value.shown) for value in gone)
    note = "the words of a PDF can only be compared with the policy and templates that it was made with"
    return Changes(changes, values=len(carried.values), values_untouched=len(carried.values) - len(gone), notes=(note,))


def _is_shown(value: str, seen: str, words: set[str]) -> bool:
    """Whether all of a value is in a text; a word may be cut by the end of a line or a gap, a number may not."""
    return squeezed(value) in seen or all(
        word in words or (not word[0].isdigit() and word in seen) for word in _WORD.findall(value)
    )


def _without_marks(text: str) -> str:
    """Leave out what is set above a letter: it is read before or behind it."""
    return "".join(char for char in text if not unicodedata.combining(char))
