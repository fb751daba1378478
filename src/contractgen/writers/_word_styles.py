"""Named Word styles made from the house style sheet.

In: ``Styles``, a language and its direction. Out: the content of Word's styles part and of its numbering part (the
bullets). Line heights are written as "at least", because Word multiplies the font's own line height otherwise, which
differs by a third between the Korean, Persian and Latin fonts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element

from contractgen.errors import Place, TemplateFault, did_you_mean
from contractgen.styles import Font, Style, Styles
from contractgen.tree import Direction
from contractgen.writers._word_xml import color, element, twips

_BUILT_IN = {"heading-1", "heading-2", "heading-3", "caption", "header", "footer"}
"""Styles that Word knows by a name in lower case."""
_OUTLINE = {"heading-1": 0, "heading-2": 1, "heading-3": 2, "clause-heading": 1}
_BULLETS = ("•", "–", "·")
_EAST_ASIAN = {"ko", "ja", "zh"}
_JUSTIFY = {"center": "center", "end": "right", "justify": "both"}
"""``right`` is the trailing edge: in a paragraph marked as right-to-left, Word turns left and right round."""
_LETTERHEAD_RULE = 0.75
"""Width in points of the rule below a letterhead, where the style sheet names none."""
_TABLE_STYLES = ("table-header", "table-cell", "table-subtotal", "table-total", "table-row-header")


def style_id(name: str) -> str:
    """Return Word's id of a named style: ``clause-heading`` → ``ClauseHeading``."""
    return "".join(word.capitalize() for word in name.split("-"))


def style_title(name: str) -> str:
    """Return the name that Word shows: ``clause-heading`` → ``Clause Heading``; built-in names in lower case."""
    return name.replace("-", " ") if name in _BUILT_IN else name.replace("-", " ").title()


def font_of(styles: Styles, language: str) -> Font:
    """Return the fonts of ``language``; raises ``TemplateFault`` if the style sheet has none."""
    if language not in styles.fonts:
        place = Place(str(styles.folder / f"{styles.name}.toml"))
        repair = f"add [fonts.{language}]; {did_you_mean(language, list(styles.fonts))}"
        raise TemplateFault.at(place, f'no fonts for language "{language}"', repair)
    return styles.fonts[language]


def paragraph_styles(styles: Styles, direction: Direction) -> dict[str, Style]:
    """Return the house's paragraph styles and those that only Word needs, by name.

    Numbers stand at the right edge in either direction: digits run from left to right in Persian too, so only there do
    units stand below units.
    """
    named = dict(styles.named)
    named["letterhead-line"] = replace(named["letterhead-line"], rule_below=0)  # drawn once, by the style of the rule
    named["table-row-header"] = named["table-cell"]
    # A web page adds the space above a caption to that below the text before it; Word takes the larger of the two.
    caption = named["caption"]
    named["caption"] = replace(caption, space_before=caption.space_before + named["body"].space_after)
    for name in ("key", "value"):
        named[name] = replace(named[name], space_before=named[name].space_before + 1, space_after=1)
    # All space goes above, so that a label stands on the line that is to be written on.
    line = named["signature-line"]
    named["signature-line"] = replace(line, space_before=line.space_before + line.space_after + 1, space_after=1)
    for name in _TABLE_STYLES:
        named[f"{name}-center"] = replace(named[name], align="center")
        named[f"{name}-number"] = replace(named[name], align="end" if direction == "ltr" else "start")
    return named


def style_elements(styles: Styles, language: str, direction: Direction, label_width: float) -> Iterator[Element]:
    """Yield the content of the styles part; ``label_width`` (points) is the room of the clause labels."""
    named = paragraph_styles(styles, direction)
    if label_width and not named["clause-heading"].hanging:
        clause = named["clause-heading"]
        named["clause-heading"] = replace(clause, indent=clause.indent + label_width, hanging=label_width)
    yield _defaults(styles, language, direction)
    yield _normal(direction)
    yield _style("character", "DefaultParagraphFont", "Default Paragraph Font", default=True)
    yield _style("table", "TableNormal", "Normal Table", _table_margins(0, 108), default=True)
    yield _style("numbering", "NoList", "No List", default=True)
    for name, style in named.items():
        yield _paragraph_style(name, style, styles, direction)
    yield _letterhead_rule(styles, direction)
    yield _gap(direction)
    yield from _character_styles(upright=_slot(language, direction) != "val")
    yield _style("table", "ContractTable", "Contract Table", _table_properties(styles), based_on="TableNormal")
    yield _style("table", "ContractGrid", "Contract Grid", _table_margins(0, 0), based_on="TableNormal")


def numbering_elements(styles: Styles, language: str) -> Iterator[Element]:
    """Yield the content of the numbering part: one list of bullets, three levels, tied to the bullet styles."""
    font = font_of(styles, language)
    levels = [
        element(
            "w:lvl",
            element("w:start", val=1),
            element("w:numFmt", val="bullet"),
            element("w:pStyle", val=style_id(f"bullet-{level}")),
            element("w:lvlText", val=mark),
            element("w:lvlJc", val="left"),
            element("w:pPr", _indent(styles.named[f"bullet-{level}"])),
            element("w:rPr", _fonts(font), element("w:color", val=color(styles.colors["accent"]))),
            ilvl=level - 1,
        )
        for level, mark in enumerate(_BULLETS, 1)
    ]
    yield element("w:abstractNum", element("w:multiLevelType", val="hybridMultilevel"), *levels, abstractNumId=1)
    yield element("w:num", element("w:abstractNumId", val=1), numId=1)


def languages_of(language: str, direction: Direction) -> dict[str, str]:
    """Return Word's language marks by script: Word picks one for each letter, so all three are always set."""
    marks = {"val": "en-US", "eastAsia": "ko-KR", "bidi": "fa-IR"}
    slot = _slot(language, direction)
    if marks[slot].partition("-")[0] != language:
        marks[slot] = language
    return marks


def own_language(language: str, direction: Direction) -> str:
    """Return the language mark of the document itself: ``ko-KR``."""
    return languages_of(language, direction)[_slot(language, direction)]


def _slot(language: str, direction: Direction) -> str:
    if direction == "rtl":
        return "bidi"
    return "eastAsia" if language.partition("-")[0] in _EAST_ASIAN else "val"


def _defaults(styles: Styles, language: str, direction: Direction) -> Element:
    """Font, size and language of everything."""
    body = styles.named["body"]
    characters = element(
        "w:rPr",
        _fonts(font_of(styles, language)),
        element("w:color", val=color(styles.colors["text"])),
        *_size(body.size),
        element("w:lang", **languages_of(language, direction)),
    )
    lines = element(
        "w:pPr",
        element("w:widowControl"),
        element("w:spacing", before=0, after=0, line=240, lineRule="auto"),
    )
    return element("w:docDefaults", element("w:rPrDefault", characters), element("w:pPrDefault", lines))


def _fonts(font: Font) -> Element:
    latin = font.word_latin
    return element("w:rFonts", ascii=latin, hAnsi=latin, eastAsia=font.word_east_asia, cs=font.word_complex)


def _size(points: float) -> tuple[Element, Element]:
    return element("w:sz", val=round(points * 2)), element("w:szCs", val=round(points * 2))


def _indent(style: Style) -> Element:
    return element("w:ind", left=twips(style.indent), hanging=twips(style.hanging))


def _style(kind: str, name: str, title: str, *parts: Element, default: bool = False, based_on: str = "") -> Element:
    made = element("w:style", element("w:name", val=title), type=kind, styleId=name)
    if default:
        made.set(qn("w:default"), "1")
    if based_on:
        made.append(element("w:basedOn", val=based_on))
    made.append(element("w:uiPriority", val=99 if default else 1))
    if default and kind != "paragraph":
        made.append(element("w:semiHidden"))
    elif kind != "table":
        made.append(element("w:qFormat"))
    made.extend(parts)
    return made


def _normal(direction: Direction) -> Element:
    """Return what all paragraphs share: words stay whole at line ends, no air between Hangul and digits."""
    lines = [element("w:wordWrap"), element("w:autoSpaceDE", val=0), element("w:autoSpaceDN", val=0)]
    if direction == "rtl":
        lines.append(element("w:bidi"))
    return _style("paragraph", "Normal", "Normal", element("w:pPr", *lines), default=True)


def _paragraph_style(name: str, style: Style, styles: Styles, direction: Direction) -> Element:
    lines = [
        element(
            "w:spacing",
            before=twips(style.space_before),
            after=twips(style.space_after),
            line=twips(style.size * style.leading),
            lineRule="atLeast",
        ),
    ]
    if style.keep_with_next:
        lines += [element("w:keepNext"), element("w:keepLines")]
    if style.indent or style.hanging:
        lines.append(_indent(style))
    if style.align != "start":
        lines.append(element("w:jc", val=_JUSTIFY[style.align]))
    if style.rule_below:
        lines.append(_rule(style.rule_below, styles.colors["rule"]))
    if direction == "rtl":
        lines.append(element("w:bidi"))
    parts = element("w:pPr", *lines, *_rank(name)), element("w:rPr", *_letters(style, styles))
    return _style("paragraph", style_id(name), style_title(name), *parts, based_on="Normal")


def _rank(name: str) -> Iterator[Element]:
    """Yield the place of headings in the outline, and of bullets in their list."""
    if name in _OUTLINE:
        yield element("w:outlineLvl", val=_OUTLINE[name])
    if name.startswith("bullet-"):
        yield element("w:numPr", element("w:ilvl", val=int(name[-1]) - 1), element("w:numId", val=1))


def _letters(style: Style, styles: Styles) -> Iterator[Element]:
    yield from _size(style.size)
    if style.bold:
        yield from _both("w:b")
    if style.italic:
        yield from _both("w:i")
    if style.color != "text":
        yield element("w:color", val=color(styles.colors[style.color]))


def _both(tag: str) -> tuple[Element, Element]:
    """Return a property for Latin and its twin for complex scripts: Persian letters look at the twin alone."""
    return element(tag), element(f"{tag}Cs")


def _rule(width: float, paint: str, *, space: int = 4) -> Element:
    """Return a line below a paragraph, ``width`` and ``space`` in points."""
    return element("w:pBdr", element("w:bottom", val="single", sz=round(width * 8), space=space, color=color(paint)))


def _letterhead_rule(styles: Styles, direction: Direction) -> Element:
    """Return the style of the fine rule below the sender's block: an empty line, so that any line can stand above."""
    lines = [
        element("w:spacing", before=0, after=twips(14), line=twips(4), lineRule="exact"),
        _rule(styles.named["letterhead-line"].rule_below or _LETTERHEAD_RULE, styles.colors["rule"], space=0),
    ]
    if direction == "rtl":
        lines.append(element("w:bidi"))
    parts = element("w:pPr", *lines), element("w:rPr", *_size(1))
    return _style("paragraph", "LetterheadRule", "Letterhead Rule", *parts, based_on="Normal")


def _gap(direction: Direction) -> Element:
    """Return the style of the line beside a table, which keeps Word from joining two tables into one.

    The line itself is one point high, so that a table at the foot of the last page never makes a blank page.
    """
    lines = [element("w:spacing", before=0, after=twips(7), line=twips(1), lineRule="exact")]
    if direction == "rtl":
        lines.append(element("w:bidi"))
    parts = element("w:pPr", *lines), element("w:rPr", *_size(2))
    return _style("paragraph", "TableGap", "Table Gap", *parts, based_on="Normal")


def _character_styles(*, upright: bool) -> Iterator[Element]:
    """Yield Strong, Emphasis and both at once; Hangul and Persian letters have no italic and are underlined."""
    for title in ("Strong", "Emphasis", "Strong Emphasis"):
        letters = [*_both("w:b")] if "Strong" in title else []
        if "Emphasis" in title:
            letters += [element("w:u", val="single")] if upright else [*_both("w:i")]
        letters_of = element("w:rPr", *letters)
        yield _style("character", title.replace(" ", ""), title, letters_of, based_on="DefaultParagraphFont")


def _table_margins(top: int, side: int) -> Element:
    sides = {"top": top, "left": side, "bottom": top, "right": side}
    margins = [element(f"w:{name}", w=width, type="dxa") for name, width in sides.items()]
    return element("w:tblPr", element("w:tblInd", w=0, type="dxa"), element("w:tblCellMar", *margins))


def _table_properties(styles: Styles) -> Element:
    fine: dict[str, str | float] = {"val": "single", "sz": 4, "space": 0, "color": color(styles.colors["rule"])}
    strong: dict[str, str | float] = {"val": "single", "sz": 8, "space": 0, "color": color(styles.colors["accent"])}
    borders = element(
        "w:tblBorders",
        element("w:top", **strong),
        element("w:bottom", **strong),
        element("w:insideH", **fine),
    )
    made = _table_margins(50, 90)
    made.insert(1, borders)
    return made
