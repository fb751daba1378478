"""Named Word styles made from the house style sheet.

In: a ``Look``. Out: the content of Word's styles part. What Word has a style of its own for bears Word's name, so that
its navigation, its tables of contents and a house's own template find it. Line heights are written as "at least",
because Word multiplies the font's own line height otherwise, which differs by a third between the Korean, Persian and
Latin fonts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element

from contractgen.errors import Place, TemplateFault, did_you_mean
from contractgen.styles import Font, Style, Styles
from contractgen.tree import Direction
from contractgen.writers._word_numbering import BULLETS, COUNTED, MAIN, Level
from contractgen.writers._word_xml import color, element, twips

_LOWER_CASE = {"heading-1", "heading-2", "heading-3", "caption", "header", "footer", "toc-1", "toc-2", "toc-3"}
"""Styles that Word knows by a name in lower case."""
_TITLES = {
    "body": "Body Text",
    "item-1": "List Number",
    "item-2": "List Number 2",
    "item-3": "List Number 3",
    "bullet-1": "List Bullet",
    "bullet-2": "List Bullet 2",
    "bullet-3": "List Bullet 3",
    "toc-heading": "TOC Heading",
    "comment-text": "annotation text",
    "comment-reference": "annotation reference",
}
"""Styles that Word knows by another name than the house."""
_IDS = {"comment-text": "CommentText", "comment-reference": "CommentReference", "toc-heading": "TOCHeading"}
_TEXT_FOLLOWS = {"title", "subtitle", "heading-1", "heading-2", "heading-3", "clause-heading", "caption"}
"""Behind these, whoever presses Enter goes on with body text."""
_COMMENT_SIZE = 10
_OUTLINE = {"heading-1": 0, "heading-2": 1, "heading-3": 2, "clause-heading": 1}
_EAST_ASIAN = {"ko", "ja", "zh"}
_JUSTIFY = {"center": "center", "end": "right", "justify": "both"}
"""``right`` is the trailing edge: in a paragraph marked as right-to-left, Word turns left and right round."""
_LETTERHEAD_RULE = 0.75
"""Width in points of the rule below a letterhead, where the style sheet names none."""
_TABLE_STYLES = ("table-header", "table-cell", "table-subtotal", "table-total", "table-row-header")


@dataclass(frozen=True, slots=True)
class Look:
    """All that styles and lists of a document depend on; documents that are equal in it share them.

    ``label_width`` (points) is the room of the clause labels; ``levels`` are those that Word counts, articles first;
    ``restarts`` is how many lists begin anew on their own.
    """

    styles: Styles
    language: str
    direction: Direction
    label_width: float
    levels: tuple[Level | None, ...] = ()
    restarts: int = 0


@cache
def style_id(name: str) -> str:
    """Return Word's id of a named style: ``clause-heading`` → ``ClauseHeading``, ``item-2`` → ``ListNumber2``."""
    if name in _IDS:
        return _IDS[name]
    if name.startswith("toc-"):
        return f"TOC{name[-1]}"
    return "".join(word[:1].upper() + word[1:] for word in style_title(name).split())


def style_title(name: str) -> str:
    """Return the name that Word shows: ``clause-heading`` → ``Clause Heading``; Word's own where it has the style."""
    if name in _TITLES:
        return _TITLES[name]
    return name.replace("-", " ") if name in _LOWER_CASE else name.replace("-", " ").title()


def font_of(styles: Styles, language: str) -> Font:
    """Return the fonts of ``language``; raises ``TemplateFault`` if the style sheet has none."""
    if language not in styles.fonts:
        place = Place(str(styles.folder / f"{styles.name}.toml"))
        repair = f"add [fonts.{language}]; {did_you_mean(language, list(styles.fonts))}"
        raise TemplateFault.at(place, f'no fonts for language "{language}"', repair)
    return styles.fonts[language]


def paragraph_styles(look: Look) -> dict[str, Style]:
    """Return the house's paragraph styles and those that only Word needs, by name.

    Numbers stand at the right edge in either direction: digits run from left to right in Persian too, so only there do
    units stand below units.
    """
    named = dict(look.styles.named)
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
        named[f"{name}-number"] = replace(named[name], align="end" if look.direction == "ltr" else "start")
    room = look.label_width
    if room and not named["clause-heading"].hanging:
        clause = named["clause-heading"]
        named["clause-heading"] = replace(clause, indent=clause.indent + room, hanging=room)
    body = named["body"]
    named["toc-heading"] = named["heading-1"]
    named["toc-1"] = replace(body, bold=True, space_before=3, space_after=2)
    named["toc-2"] = replace(body, space_after=1, indent=room, hanging=room)
    named["toc-3"] = replace(body, space_after=1, indent=room + body.size)
    return named


def style_elements(look: Look) -> Iterator[Element]:
    """Yield the content of the styles part."""
    styles, language, direction = look.styles, look.language, look.direction
    yield _defaults(styles, language, direction)
    yield _normal(direction)
    yield _style("character", "DefaultParagraphFont", "Default Paragraph Font", default=True)
    yield _style("table", "TableNormal", "Normal Table", _table_margins(0, 108), default=True)
    yield _style("numbering", "NoList", "No List", default=True)
    for name, style in paragraph_styles(look).items():
        yield _paragraph_style(name, style, look)
    yield from _comment_styles()
    yield _letterhead_rule(styles, direction)
    yield _gap(direction)
    yield from _character_styles(upright=_slot(language, direction) != "val")
    yield _style("table", "ContractTable", "Contract Table", _table_properties(styles), based_on="TableNormal")
    yield _style("table", "ContractGrid", "Contract Grid", _table_margins(0, 0), based_on="TableNormal")


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
        fonts(font_of(styles, language)),
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


def fonts(font: Font) -> Element:
    """Return the property that names the fonts of all scripts."""
    latin = font.word_latin
    return element("w:rFonts", ascii=latin, hAnsi=latin, eastAsia=font.word_east_asia, cs=font.word_complex)


def _size(points: float) -> tuple[Element, Element]:
    return element("w:sz", val=round(points * 2)), element("w:szCs", val=round(points * 2))


def indent(style: Style) -> Element:
    """Return the property for a paragraph's indent and for its first line, which hangs out."""
    return element("w:ind", left=twips(style.indent), hanging=twips(style.hanging))


def _style(  # noqa: PLR0913  one parameter for each property
    kind: str, name: str, title: str, *parts: Element, default: bool = False, based_on: str = "", then: str = ""
) -> Element:
    made = element("w:style", element("w:name", val=title), type=kind, styleId=name)
    if default:
        made.set(qn("w:default"), "1")
    if based_on:
        made.append(element("w:basedOn", val=based_on))
    if then:
        made.append(element("w:next", val=then))
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


def _paragraph_style(name: str, style: Style, look: Look) -> Element:
    styles = look.styles
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
        lines.append(indent(style))
    if style.align != "start":
        lines.append(element("w:jc", val=_JUSTIFY[style.align]))
    if style.rule_below:
        lines.append(_rule(style.rule_below, styles.colors["rule"]))
    if look.direction == "rtl":
        lines.append(element("w:bidi"))
    parts = element("w:pPr", *lines, *_rank(name, look)), element("w:rPr", *_letters(style, styles))
    base = "Heading2" if name == "clause-heading" else "Normal"
    then = style_id("body") if name in _TEXT_FOLLOWS else ""
    return _style("paragraph", style_id(name), style_title(name), *parts, based_on=base, then=then)


def _rank(name: str, look: Look) -> Iterator[Element]:
    """Yield the place of headings in the outline, and of what is counted in its list."""
    if name in _OUTLINE:
        yield element("w:outlineLvl", val=_OUTLINE[name])
    if name.startswith("bullet-"):
        yield in_list(BULLETS, int(name[-1]) - 1)
    if name in COUNTED and len(look.levels) > COUNTED[name] and look.levels[COUNTED[name]]:
        yield in_list(MAIN, COUNTED[name])


def in_list(number: int, level: int) -> Element:
    """Return the property that puts a paragraph into a list; number 0 takes it out of any."""
    return element("w:numPr", element("w:ilvl", val=level), element("w:numId", val=number))


def _comment_styles() -> Iterator[Element]:
    """Yield Word's styles of comments, which are English and read from left to right in every document."""
    size = element("w:rPr", *_size(_COMMENT_SIZE))
    from_left = element("w:pPr", element("w:bidi", val=0))
    yield _style("paragraph", "CommentText", style_title("comment-text"), from_left, size, based_on="Normal")
    small = element("w:rPr", *_size(_COMMENT_SIZE - 2))
    title = style_title("comment-reference")
    yield _style("character", "CommentReference", title, small, based_on="DefaultParagraphFont")


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
