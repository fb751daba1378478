"""A finished Word file put into the look of the user's own: styles, page, headers, footers and their pictures.

In: the package that ``docx`` made, and a ``House``. Out: the same words in the house's dress. What carries meaning
stays ours: the direction of Persian, levels and numbers of clauses, the language of words, links and content controls.
Styles of one name (or id) become the house's; a style that the house lacks stays as ours. A header or footer of the
house stands where it has one, ours where it has none. Nothing outside the file is tied in.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from functools import lru_cache
from typing import Any

from docx.opc.oxml import serialize_part_xml
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement as Element

from contractgen.styles import Styles
from contractgen.tree import Direction
from contractgen.writers._word_house_numbering import Numbering
from contractgen.writers._word_house_parts import Wardrobe
from contractgen.writers._word_house_styles import dress_styles, names_of, sizes_of
from contractgen.writers._word_styles import style_title
from contractgen.writers._word_xml import element
from contractgen.writers._word_zip import zipped
from contractgen.writers.word_house import House, Kind, Turn

_DOCUMENT = "word/document.xml"
_PAGE = ("pgSz", "pgMar", "pgBorders", "vAlign", "rtlGutter", "docGrid")
"""What of a section is the set-up of its page."""
_SECTION_ORDER_WORDS = (
    "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
    "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings "
    "sectPrChange"
)
_SECTION_ORDER = tuple(_SECTION_ORDER_WORDS.split())
_SETTINGS = {
    # what is taken over, and before which of our own settings the schema wants it
    "mirrorMargins": "defaultTabStop characterSpacingControl compat themeFontLang clrSchemeMapping decimalSymbol",
    "gutterAtTop": "defaultTabStop characterSpacingControl compat themeFontLang clrSchemeMapping decimalSymbol",
    "evenAndOddHeaders": "characterSpacingControl footnotePr endnotePr compat themeFontLang decimalSymbol",
    "themeFontLang": "clrSchemeMapping decimalSymbol listSeparator",
    "clrSchemeMapping": "decimalSymbol listSeparator",
}


def missing_styles(house: House, styles: Styles) -> tuple[str, ...]:
    """Return the names of our styles, as Word shows them, that the house file lacks."""
    part = house.part_of("styles")
    known = {name for _, name in names_of(parse_xml(house.package.part(part)))} if part else set()
    return tuple(title for title in map(style_title, styles.named) if title.casefold() not in known)


@lru_cache(maxsize=16)
def fitted(styles: Styles, house: House, direction: Direction) -> Styles:
    """Return the style sheet with the page and sizes of the house, by which widths and the room of labels are found."""
    paper = house.paper
    start, end = (paper.right, paper.left) if direction == "rtl" else (paper.left, paper.right)
    page = replace(
        styles.page, width_mm=paper.width, height_mm=paper.height, top_mm=paper.top, bottom_mm=paper.bottom,
        start_mm=start, end_mm=end,
    )  # fmt: skip
    part = house.part_of("styles")
    sizes = sizes_of(parse_xml(house.package.part(part))) if part else {}
    named = {
        name: replace(style, size=sizes.get(("paragraph", style_title(name).casefold()), style.size))
        for name, style in styles.named.items()
    }
    return replace(styles, page=page, named=named)


def dressed(content: bytes, house: House, direction: Direction) -> bytes:
    """Return the package ``content`` in the look of ``house``; raises nothing that reading the house did not."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    listed = house.part_of("numbering")
    numbering = Numbering(
        parse_xml(parts["word/numbering.xml"]), parse_xml(house.package.part(listed)) if listed else None
    )
    wardrobe = Wardrobe(parts, house, _styles(parts, house, numbering, direction), numbering)
    _theme_and_fonts(parts, house)
    document = parse_xml(parts[_DOCUMENT])
    sections = list(document.iter(qn("w:sectPr")))
    theirs = list(parse_xml(house.package.part(house.main)).iter(qn("w:sectPr")))[-1]
    for number, section in enumerate(sections):
        _page(section, theirs)
        if number:  # a later section goes on with the headers of the first
            _drop(section, {"headerReference", "footerReference"})
            _first_page(section, differs=_switched(sections[0], "titlePg"))
        elif house.running:
            _running(section, house, wardrobe)
        section[:] = sorted(section, key=_rank)
    wardrobe.finish()
    _settings(parts, house)
    parts[_DOCUMENT] = serialize_part_xml(document)
    return zipped(parts)


def _styles(parts: dict[str, bytes], house: House, numbering: Numbering, direction: Direction) -> dict[str, str]:
    """Dress our styles and add the house's own; return our id by the house's."""
    part = house.part_of("styles")
    if not part:
        return {}
    ours, theirs = parse_xml(parts["word/styles.xml"]), parse_xml(house.package.part(part))
    ids = dress_styles(ours, theirs, numbering, direction)
    for running in dict.fromkeys(house.running.values()):
        numbering.take({use.get(qn("w:val")) for use in parse_xml(house.package.part(running)).iter(qn("w:numId"))})
    numbering.finish(ids)
    parts["word/styles.xml"] = serialize_part_xml(ours)
    parts["word/numbering.xml"] = serialize_part_xml(numbering.ours)
    return ids


def _theme_and_fonts(parts: dict[str, bytes], house: House) -> None:
    """Take the theme (styles name its fonts and colours) and the table of fonts, without fonts embedded in it."""
    theme = house.part_of("theme")
    if theme and not house.package.relations(theme) and house.package.xml(theme).tag.endswith("}theme"):
        parts["word/theme/theme1.xml"] = house.package.part(theme)
    fonts = house.part_of("fontTable")
    if not fonts:
        return
    ours = parse_xml(parts["word/fontTable.xml"])
    known = {font.get(qn("w:name")) for font in ours}
    for font in parse_xml(house.package.part(fonts)):
        if font.tag == qn("w:font") and font.get(qn("w:name")) not in known:
            _drop(font, {"embedRegular", "embedBold", "embedItalic", "embedBoldItalic"})
            ours.append(font)
    parts["word/fontTable.xml"] = serialize_part_xml(ours)


def _page(section: Element, theirs: Element) -> None:
    _drop(section, set(_PAGE))
    for child in theirs:
        if _local(child) in _PAGE:
            section.append(parse_xml(serialize_part_xml(child)))


def _running(section: Element, house: House, wardrobe: Wardrobe) -> None:
    """Set headers and footers: of each kind and turn the house's, ours where it has none."""
    ours = {
        (_local(row).removesuffix("Reference"), row.get(qn("w:type"))): row.get(qn("r:id"))
        for row in section
        if _local(row) in {"headerReference", "footerReference"}
    }
    _drop(section, {"headerReference", "footerReference"})
    turns: list[Turn] = ["default"]
    turns += ["first"] if house.first_page_differs else []
    turns += ["even"] if house.even_pages_differ else []
    kinds: tuple[Kind, ...] = ("header", "footer")
    for kind in kinds:
        for turn in turns:
            part = house.running.get((kind, turn))
            own = ours.get((kind, turn)) or ours.get((kind, "default"))
            if part:
                identity = wardrobe.running(kind, part)
            elif own:
                identity = own if (kind, turn) in ours else wardrobe.copy_of_ours(own, kind)
            else:
                continue
            row = element(f"w:{kind}Reference", type=turn)
            row.set(qn("r:id"), identity)
            section.append(row)
    _first_page(section, differs=house.first_page_differs)


def _first_page(section: Element, *, differs: bool) -> None:
    _drop(section, {"titlePg"})
    if differs:
        section.append(element("w:titlePg"))


def _settings(parts: dict[str, bytes], house: House) -> None:
    part = house.part_of("settings")
    if not part:
        return
    ours, theirs = parse_xml(parts["word/settings.xml"]), parse_xml(house.package.part(part))
    for name, later in _SETTINGS.items():
        found = theirs.find(qn(f"w:{name}"))
        if found is None or (name == "evenAndOddHeaders" and not house.even_pages_differ):
            continue
        _drop(ours, {name})
        followers = {qn(f"w:{other}") for other in later.split()}
        at = next((index for index, child in enumerate(ours) if child.tag in followers), len(ours))
        ours.insert(at, found)
    parts["word/settings.xml"] = serialize_part_xml(ours)


def _switched(section: Element, name: str) -> bool:
    return section.find(qn(f"w:{name}")) is not None


def _drop(parent: Any, names: set[str]) -> None:
    for child in [child for child in parent if _local(child) in names]:
        parent.remove(child)


def _local(child: Any) -> str:
    return str(child.tag).rpartition("}")[2]


def _rank(child: Any) -> int:
    name = _local(child)
    return _SECTION_ORDER.index(name) if name in _SECTION_ORDER else len(_SECTION_ORDER)
