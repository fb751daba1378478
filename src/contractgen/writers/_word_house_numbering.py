"""Lists of the house's own styles, moved beside ours under numbers of their own.

In: the roots of both numbering parts. Out: ours with the lists that were asked for. No list of the house ever numbers
a paragraph of ours: what a clause is called is not a matter of looks.
"""

from __future__ import annotations

import re
from typing import Any

from docx.oxml.ns import nsmap, qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element

_NUMBER = re.compile(r"\d{1,6}", re.ASCII)
_APART = 1000
"""By how much the numbers of the house's lists are moved away from ours."""
_KNOWN = (f"{{{nsmap['w']}}}",)


def plain_word(made: Any) -> Any:
    """Return an element without what later versions of Word added to it: no reader must know it to read the rest."""
    for child in list(made.iter()):
        if not isinstance(child.tag, str) or not child.tag.startswith(_KNOWN):
            parent = child.getparent()
            if parent is not None and child is not made:
                parent.remove(child)
            continue
        for name in [name for name in child.attrib if name.startswith("{") and not name.startswith(_KNOWN)]:
            if not name.startswith("{http://www.w3.org/XML/1998/namespace}"):
                del child.attrib[name]
    return made


class Numbering:
    """Our numbering part, and lists of the house to be added to it."""

    def __init__(self, ours: Element, theirs: Element | None) -> None:
        self.ours = ours
        found = [] if theirs is None else list(theirs.findall(qn("w:num")))
        numbers = [(num.get(qn("w:numId"), ""), num) for num in found]
        self._nums = {number: num for number, num in numbers if _NUMBER.fullmatch(number)}
        kinds = [] if theirs is None else theirs.findall(qn("w:abstractNum"))
        names = [(kind.get(qn("w:abstractNumId"), ""), kind) for kind in kinds]
        self._kinds = {name: kind for name, kind in names if _NUMBER.fullmatch(name)}
        self._taken: set[str] = set()

    def take(self, numbers: set[str | None]) -> None:
        """Ask for lists by their number in the house."""
        self._taken |= {number for number in numbers if number is not None and number in self._nums}

    def name(self, number: str) -> str:
        """Return the number that a list of the house has in ours; 0, which is no list, for one that is not there."""
        return str(int(number) + _APART) if number in self._nums else "0"

    def finish(self, ids: dict[str, str]) -> None:
        """Add the lists asked for; ``ids``: our id of a style by the house's."""
        first = self.ours.find(qn("w:num"))
        at = len(self.ours) if first is None else list(self.ours).index(first)
        added: set[str] = set()
        for number in sorted(self._taken, key=int):
            num = plain_word(self._nums[number])
            link = num.find(qn("w:abstractNumId"))
            kind = "" if link is None else link.get(qn("w:val"), "")
            if kind not in self._kinds:
                continue
            if kind not in added:
                added.add(kind)
                self.ours.insert(at, self._moved(self._kinds[kind], ids))
                at += 1
            num.set(qn("w:numId"), self.name(number))
            link.set(qn("w:val"), str(int(kind) + _APART))
            self.ours.append(num)

    def _moved(self, kind: Any, ids: dict[str, str]) -> Any:
        made = plain_word(kind)
        made.set(qn("w:abstractNumId"), str(int(made.get(qn("w:abstractNumId"))) + _APART))
        for child in list(made.iter()):
            name = str(child.tag).rpartition("}")[2]
            if name in {"styleLink", "numStyleLink"} and child.get(qn("w:val")) in ids:
                child.set(qn("w:val"), ids[child.get(qn("w:val"))])
            elif name in {"pStyle", "lvlPicBulletId", "styleLink", "numStyleLink"}:
                child.getparent().remove(child)
        return made
