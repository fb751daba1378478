"""WordprocessingML elements in the order that the schema asks for, and text split by direction.

In: tags, attributes and words. Out: python-docx's XML elements. Property lists are sorted here, so that no caller can
write them in a wrong order; text goes out only through ``text_run``, which keeps line ends and blanks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from docx.oxml.ns import nsmap, qn
from docx.oxml.parser import oxml_parser
from docx.oxml.xmlchemy import BaseOxmlElement as Element

from contractgen.errors import OutputError, Place
from contractgen.tree import Direction

TWIPS_PER_POINT = 20
TWIPS_PER_MM = 1440 / 25.4

_SPACE = {"w": nsmap["w"]}
_name = cache(qn)

LRM = "\u200e"
RLM = "\u200f"

_ORDER = {
    "w:pPr": (
        "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs kinsoku wordWrap overflowPunct "
        "autoSpaceDE autoSpaceDN bidi spacing ind contextualSpacing jc outlineLvl rPr"
    ),
    "w:rPr": "rStyle rFonts b bCs i iCs color sz szCs u shd rtl lang",
    "w:tblPr": "tblStyle bidiVisual tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption",
    "w:trPr": "cantSplit trHeight tblHeader",
    "w:tcPr": "tcW gridSpan tcBorders shd noWrap tcMar vAlign",
    "w:sectPr": "headerReference footerReference type pgSz pgMar pgNumType cols titlePg bidi",
}
_RANK = {tag: {f"w:{name}": rank for rank, name in enumerate(names.split())} for tag, names in _ORDER.items()}

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAK = re.compile("(\r\n|[\n\r\v\f\u2028\u2029\t])")
_NOT_LATIN = re.compile(
    "[\u0590-\u08ff\u06f0-\u06f9\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
"""Where letters that run from right to left are found, and some others."""
_PERSIAN_DIGITS = frozenset("۰۱۲۳۴۵۶۷۸۹")


def element(tag: str, *children: Element, **attributes: str | float) -> Element:
    """Return ``<w:tag>`` with ``w:`` attributes and children; children of a property list are put in schema order.

    ``tag`` has its prefix (``w:pPr``); attributes have none (``val="1"``).
    """
    named = {_name(f"w:{name}"): str(value) for name, value in attributes.items()}
    made: Element = oxml_parser.makeelement(_name(tag), named, _SPACE)
    if children:
        made.extend(in_order(tag, children))
    return made


def in_order(tag: str, children: Iterable[Element]) -> list[Element]:
    """Return the properties of the list ``tag`` in schema order; children of other elements stay as they are."""
    rank = _RANK.get(tag)
    if rank is None:
        return list(children)
    return sorted(children, key=lambda child: rank[local_tag(child)])


def local_tag(item: Element) -> str:
    """Return the element's tag with the ``w:`` prefix."""
    return "w:" + str(item.tag).rpartition("}")[2]


def twips(points: float) -> int:
    """Convert points to twentieths of a point."""
    return round(points * TWIPS_PER_POINT)


def mm_twips(millimetres: float) -> int:
    """Convert millimetres to twentieths of a point."""
    return round(millimetres * TWIPS_PER_MM)


def color(value: str) -> str:
    """Turn ``#1b1f24`` into Word's ``1B1F24``."""
    return value.lstrip("#").upper()


def paragraph(style: str, runs: Iterable[Element], direction: Direction, *extra: Element) -> Element:
    """Return a paragraph in a named style (its id); ``extra`` are further paragraph properties."""
    properties = [element("w:pStyle", val=style), *extra]
    if direction == "rtl":
        properties.append(element("w:bidi"))
    return element("w:p", element("w:pPr", *properties), *runs)


def run(content: Iterable[Element], direction: Direction, style: str = "") -> Element:
    """Return a run; ``style`` is the id of a character style."""
    properties = []
    if style:
        properties.append(element("w:rStyle", val=style))
    if direction == "rtl":
        properties.append(element("w:rtl"))
    made = element("w:r", *content)
    if properties:
        made.insert(0, element("w:rPr", *properties))
    return made


def text_run(text: str, direction: Direction, style: str = "") -> Element:
    """Return a run that shows ``text``; line ends become breaks, tabs become tab marks.

    Raises ``OutputError`` for a character that no XML file may hold.
    """
    return run(_text_elements(text), direction, style)


def _text_elements(text: str) -> Iterator[Element]:
    for part in _BREAK.split(text):
        if not part:
            continue
        if part == "\t":
            yield element("w:tab")
        elif _BREAK.fullmatch(part):
            yield element("w:br")
        else:
            made = element("w:t")
            made.text = legal(part)
            if part != part.strip() or "  " in part:
                made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            yield made


def legal(text: str) -> str:
    """Return ``text`` if XML can hold it, else raise ``OutputError``."""
    found = _ILLEGAL.search(text)
    if found:
        cause = f"character U+{ord(found.group()):04X} cannot be written in a Word file"
        raise OutputError.at(Place(f'text "{text[:40]!r}"'), cause, "remove the character from the record or clause")
    return text


def segments(text: str, base: Direction) -> list[tuple[str, Direction]]:
    """Split words into stretches of one direction; blanks and marks between go with their equal neighbours.

    Word takes font, size and order of a run from its direction mark, so Latin words in a Persian line need their own
    runs. Marks between unequal neighbours, and at both ends, follow the line.
    """
    directions = _resolved([_strong(char) for char in text], base)
    parts: list[tuple[str, Direction]] = []
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or directions[index] != directions[start]:
            parts.append((text[start:index], directions[start]))
            start = index
    return parts


@lru_cache(maxsize=2048)
def needs_marks(text: str, direction: Direction, base: Direction) -> bool:
    """Say whether a value could pull the marks around it, or be pulled by them, out of order."""
    if base == "ltr" and not _NOT_LATIN.search(text):
        return direction != base  # the usual case, told at a glance
    return direction != base or any(_strong(char) not in {None, base} for char in text)


def _strong(char: str) -> Direction | None:
    kind = unicodedata.bidirectional(char)
    if kind in {"R", "AL", "AN"} or char in _PERSIAN_DIGITS:
        return "rtl"
    return "ltr" if kind in {"L", "EN"} else None


def _resolved(found: list[Direction | None], base: Direction) -> list[Direction]:
    """Give every character a direction."""
    before: list[Direction] = []
    last: Direction = base
    for item in found:
        last = item or last
        before.append(last)
    result: list[Direction] = []
    after: Direction = base
    for item, previous in zip(reversed(found), reversed(before), strict=True):
        after = item or after
        result.append(item or (previous if previous == after else base))
    return result[::-1]
