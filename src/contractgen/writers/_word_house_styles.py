"""Our styles in the house's formatting, and the house's own styles beside them.

In: the roots of both styles parts. Out: ours, changed; and our id for each id of the house. Word calls its built-in
styles by one English name in every language and gives them ids of the language (``a3``, ``1``), so names are compared,
ids only where no name fits. Formatting is the house's; numbering, outline level, direction, language and what keeps
lines together are ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element

from contractgen.tree import Direction
from contractgen.writers._word_house_numbering import Numbering, plain_word
from contractgen.writers._word_xml import element

_PARAGRAPH_ORDER_WORDS = (
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi "
    "adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection "
    "textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"
)
_PARAGRAPH_ORDER = tuple(_PARAGRAPH_ORDER_WORDS.split())
_LETTER_ORDER_WORDS = (
    "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
    "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl "
    "cs em lang eastAsianLayout specVanish oMath"
)
_LETTER_ORDER = tuple(_LETTER_ORDER_WORDS.split())
_STYLE_ORDER_WORDS = (
    "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked "
    "personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr"
)
_STYLE_ORDER = tuple(_STYLE_ORDER_WORDS.split())
_MEANING = {"numPr", "outlineLvl", "bidi", "keepNext", "keepLines"}
"""Of a paragraph's properties, those that are not looks."""
_LINES = {"wordWrap", "autoSpaceDE", "autoSpaceDN"}
"""How lines end and Hangul meets digits: ours where the house does not say."""
_ROOM = {"ind", "tabs"}
"""Room of a label: it goes with the numbering."""
_TWINS = {"b": "bCs", "i": "iCs", "sz": "szCs"}
_SLOTS = {"ascii": "asciiTheme", "hAnsi": "hAnsiTheme", "eastAsia": "eastAsiaTheme", "cs": "cstheme"}

_LONGEST_LINE = 20
"""Styles based on one another; a circle of them has no end."""

Key = tuple[str, str]


def names_of(root: Element) -> Iterator[Key]:
    """Yield kind and name (in lower case) of each style, its other names included."""
    for style in root.iter(qn("w:style")):
        for name in _names(style):
            yield _kind(style), name


def sizes_of(root: Element) -> dict[Key, float]:
    """Return the size of letters of each style in points, as it stands in the style or in one that it is based on."""
    styles = {_identity(style): style for style in root.iter(qn("w:style"))}
    sizes: dict[Key, float] = {}
    for style in styles.values():
        at, steps = style, 0
        while at is not None and steps < _LONGEST_LINE:
            found = at.find(f"{qn('w:rPr')}/{qn('w:sz')}")
            if found is not None and found.get(qn("w:val"), "").isdecimal():
                sizes.update(dict.fromkeys(((_kind(style), name) for name in _names(style)), _points(found)))
                break
            base = at.find(qn("w:basedOn"))
            at, steps = styles.get("" if base is None else base.get(qn("w:val"), "")), steps + 1
    return sizes


def _points(size: Any) -> float:
    return min(max(int(size.get(qn("w:val"))) / 2, 4), 72)


def dress_styles(ours: Element, theirs: Element, numbering: Numbering, direction: Direction) -> dict[str, str]:
    """Change the styles part ``ours``; return our id by the house's id."""
    own = {_identity(style): style for style in ours.findall(qn("w:style"))}
    by_name = {(_kind(style), name): identity for identity, style in own.items() for name in _names(style)}
    house = [plain_word(style) for style in theirs.findall(qn("w:style"))]
    ids = _ids(house, own, by_name)
    matched: set[str] = set()
    for style in house:
        identity = ids[_identity(style)]
        for name in ("basedOn", "next", "link"):
            _renamed(style, name, ids)
        style.set(qn("w:styleId"), identity)
        if identity not in own:
            _take_numbering(style, numbering)
            ours.append(style)
        elif identity not in matched:
            matched.add(identity)
            ours.replace(own[identity], _in_meaning(style, own[identity], direction))
    _defaults(ours, theirs, direction)
    return ids


def _ids(house: list[Element], own: dict[str, Element], by_name: dict[Key, str]) -> dict[str, str]:
    ids: dict[str, str] = {}
    for style in house:
        found = next((by_name[_kind(style), name] for name in _names(style) if (_kind(style), name) in by_name), "")
        if found:
            ids[_identity(style)] = found
    for style in house:
        identity = _identity(style)
        if identity in ids:
            continue
        same = own.get(identity)
        if same is not None and _kind(same) == _kind(style) and identity not in ids.values():
            ids[identity] = identity
        else:
            ids[identity] = identity if same is None else f"House{identity}"
    return ids


def _names(style: Any) -> Iterator[str]:
    for tag in ("w:name", "w:aliases"):
        found = style.find(qn(tag))
        if found is not None:
            yield from (name.strip().casefold() for name in found.get(qn("w:val"), "").split(",") if name.strip())


def _kind(style: Any) -> str:
    return str(style.get(qn("w:type"), "paragraph"))


def _identity(style: Any) -> str:
    return str(style.get(qn("w:styleId"), ""))


def _renamed(style: Element, name: str, ids: dict[str, str]) -> None:
    """Let a style refer to another by our id; a reference to none is dropped."""
    found = style.find(qn(f"w:{name}"))
    if found is None:
        return
    target = ids.get(found.get(qn("w:val"), ""))
    if target is None:
        style.remove(found)
    else:
        found.set(qn("w:val"), target)


def _take_numbering(style: Element, numbering: Numbering) -> None:
    for use in style.iter(qn("w:numId")):
        numbering.take({use.get(qn("w:val"))})
        use.set(qn("w:val"), numbering.name(use.get(qn("w:val"), "0")))


def _in_meaning(style: Element, own: Element, direction: Direction) -> Element:
    """Return the house's style with what carries meaning in ours."""
    name = style.find(qn("w:name"))
    own_name = own.find(qn("w:name"))
    if name is not None and own_name is not None:
        name.set(qn("w:val"), own_name.get(qn("w:val"), ""))
    lines, own_lines = style.find(qn("w:pPr")), own.find(qn("w:pPr"))
    if lines is None and own_lines is not None:
        lines = element("w:pPr")
        style.append(lines)
    if lines is not None:
        _meaning_of_lines(lines, own_lines)
    letters = style.find(qn("w:rPr"))
    if letters is not None:
        _remove(letters, {"lang", "rtl"})
        if direction == "rtl":
            twins(letters)
    style[:] = sorted(style, key=lambda child: _place(child, _STYLE_ORDER))
    return style


def _meaning_of_lines(lines: Any, own: Any) -> None:
    kept = {} if own is None else {_local(child): child for child in own}
    hanging = "ind" in kept and kept["ind"].get(qn("w:hanging"), "0") != "0"
    stays = _MEANING | (_ROOM if hanging or "numPr" in kept else set())
    _remove(lines, stays)
    there = {_local(child) for child in lines}
    lines.extend([kept[name] for name in kept if name in stays or (name in _LINES and name not in there)])
    lines[:] = sorted(lines, key=lambda child: _place(child, _PARAGRAPH_ORDER))


def twins(letters: Any) -> None:
    """Let bold, italic and size hold for Persian letters too, where the house says so for Latin ones alone."""
    there = {_local(child) for child in letters}
    for name, twin in _TWINS.items():
        found = letters.find(qn(f"w:{name}"))
        if found is not None and twin not in there:
            value = found.get(qn("w:val"))
            letters.append(element(f"w:{twin}", **({} if value is None else {"val": value})))
    letters[:] = sorted(letters, key=lambda child: _place(child, _LETTER_ORDER))


def _defaults(ours: Element, theirs: Element, direction: Direction) -> None:
    """Take the house's defaults; language is ours, and fonts and sizes where the house names none."""
    own, house = ours.find(qn("w:docDefaults")), theirs.find(qn("w:docDefaults"))
    if own is None or house is None:
        return
    house = plain_word(house)
    own_letters = own.find(f"{qn('w:rPrDefault')}/{qn('w:rPr')}")
    holder = house.find(qn("w:rPrDefault"))
    if holder is None:
        holder = element("w:rPrDefault")
        house.insert(0, holder)
    letters = holder.find(qn("w:rPr"))
    if letters is None:
        letters = element("w:rPr")
        holder.append(letters)
    _remove(letters, {"lang"})
    if direction == "rtl":
        twins(letters)
    there = {_local(child): child for child in letters}
    for child in list(own_letters):
        name = _local(child)
        if name in there and name == "rFonts":
            _fill_fonts(there[name], child)
        elif name in {"rFonts", "sz", "szCs", "lang"} and name not in there:
            letters.append(child)
    letters[:] = sorted(letters, key=lambda child: _place(child, _LETTER_ORDER))
    ours.replace(own, house)


def _fill_fonts(fonts: Any, own: Any) -> None:
    for slot, theme in _SLOTS.items():
        if fonts.get(qn(f"w:{slot}")) is None and fonts.get(qn(f"w:{theme}")) is None:
            fonts.set(qn(f"w:{slot}"), own.get(qn(f"w:{slot}"), ""))


def _remove(parent: Any, names: set[str]) -> None:
    for child in [child for child in parent if _local(child) in names]:
        parent.remove(child)


def _local(child: Any) -> str:
    return str(child.tag).rpartition("}")[2]


def _place(child: Any, order: tuple[str, ...]) -> int:
    name = _local(child)
    return order.index(name) if name in order else len(order)
