"""The numbers that a Word file does not hold as words: the program that shows the file counts them.

In: the parts of a package that say how lists count. Out: ``Counter``, which gives the label of each paragraph in
reading order. Nothing is shared with what writes the lists; a way of counting that is not known here is an error,
because a number that is not read cannot be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CIRCLED_ONE, _CIRCLES = 0x2460, 20
_SYLLABLES = "가나다라마바사아자차카타파하"
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


class UnknownCount(ValueError):
    """A list counts in a way that is not known here, or further than programs agree on."""


def _letter(n: int) -> str:
    return chr(ord("a") + n - 1) if n <= ord("z") - ord("a") + 1 else _beyond(n)


def _circled(n: int) -> str:
    return chr(_CIRCLED_ONE + n - 1) if n <= _CIRCLES else _beyond(n)


def _syllable(n: int) -> str:
    return _SYLLABLES[n - 1] if n <= len(_SYLLABLES) else _beyond(n)


def _roman(n: int) -> str:
    shown = ""
    for worth, letters in _ROMAN:
        shown += letters * (n // worth)
        n %= worth
    return shown


def _beyond(n: int) -> str:
    raise UnknownCount(f"programs do not agree on the {n}th number of a list")


_FORMS: Mapping[str, Callable[[int], str]] = {
    "decimal": str,
    "lowerLetter": _letter,
    "upperLetter": lambda n: _letter(n).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda n: _roman(n).upper(),
    "decimalEnclosedCircle": _circled,
    "ganada": _syllable,
}
_SILENT = {"bullet", "none"}


@dataclass
class Counter:
    """Counts the lists of one file. Lists of one kind count on together, but for a level that begins anew."""

    kinds: Mapping[str, Mapping[int, tuple[str, str]]]
    """Kind of list → level → number format and pattern."""
    lists: Mapping[str, tuple[str, Mapping[int, int]]]
    """List → its kind, and the levels that begin anew at its first paragraph."""
    styles: Mapping[str, tuple[str, int]]
    """Paragraph style → its list and level."""
    _counts: dict[str, list[int]] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)

    def label(self, paragraph: ET.Element) -> str:
        """Return the label of the next paragraph; "" for one that is in no list."""
        number, level = self._place(paragraph)
        if number not in self.lists:
            return ""
        kind, anew = self.lists[number]
        counts = self._counts.setdefault(kind, [0] * 9)
        if number not in self._begun:
            self._begun.add(number)
            for restarted, first in anew.items():
                counts[restarted] = first - 1
        counts[level] += 1
        counts[level + 1 :] = [0] * (len(counts) - level - 1)
        return self._shown(kind, level, counts)

    def _place(self, paragraph: ET.Element) -> tuple[str, int]:
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        number, level = self.styles.get("" if style is None else style.get(f"{W}val", ""), ("", 0))
        own = paragraph.find(f"{W}pPr/{W}numPr")
        return (number, level) if own is None else _list_of(own)

    def _shown(self, kind: str, level: int, counts: list[int]) -> str:
        form, pattern = self.kinds[kind][level]
        if form in _SILENT:
            return ""
        if form not in _FORMS:
            raise UnknownCount(f'lists that count in "{form}" cannot be read')
        return pattern.replace(f"%{level + 1}", _FORMS[form](counts[level]))


def counter_of(numbering: ET.Element, styles: ET.Element) -> Counter:
    """Return the counter for a file with these parts."""
    kinds = {
        kind.get(f"{W}abstractNumId", ""): {
            int(level.get(f"{W}ilvl", "0")): (_value(level, "numFmt"), _value(level, "lvlText"))
            for level in kind.iter(f"{W}lvl")
        }
        for kind in numbering.iter(f"{W}abstractNum")
    }
    lists = {
        number.get(f"{W}numId", ""): (
            _value(number, "abstractNumId"),
            {
                int(change.get(f"{W}ilvl", "0")): int(_value(change, "startOverride"))
                for change in number.iter(f"{W}lvlOverride")
            },
        )
        for number in numbering.iter(f"{W}num")
    }
    counted = {
        style.get(f"{W}styleId", ""): _list_of(place)
        for style in styles.iter(f"{W}style")
        if (place := style.find(f"{W}pPr/{W}numPr")) is not None
    }
    return Counter(kinds, lists, counted)


def _value(holder: ET.Element, name: str) -> str:
    found = holder.find(f"{W}{name}")
    return "" if found is None else found.get(f"{W}val", "")


def _list_of(place: ET.Element) -> tuple[str, int]:
    return _value(place, "numId"), int(_value(place, "ilvl") or "0")
