"""Word's lists: bullets, and one list of several levels that counts clauses and items.

In: a ``Look``. Out: the content of the numbering part. The lists are tied to the styles, so that a paragraph in the
style "Clause Heading" or "List Number" is counted without more ado, and what stands behind it is counted on.
"""

from __future__ import annotations

from collections.abc import Iterator

from docx.oxml.xmlchemy import BaseOxmlElement as Element

from contractgen.writers._word_numbering import BULLETS, COUNTED, MAIN
from contractgen.writers._word_styles import Look, font_of, fonts, indent, paragraph_styles, style_id
from contractgen.writers._word_xml import color, element

_BULLETS = ("•", "–", "·")


def numbering_elements(look: Look) -> Iterator[Element]:
    """Yield the lists, then their numbers: one for bullets, one for the main list, one for each that begins anew."""
    counts = any(look.levels)
    yield _list(BULLETS, _bullets(look))
    if counts:
        yield _list(MAIN, _counted(look))
    yield _number(BULLETS, BULLETS)
    if counts:
        yield _number(MAIN, MAIN)
        for number in range(MAIN + 1, MAIN + 1 + look.restarts):
            yield _number(number, MAIN, element("w:lvlOverride", element("w:startOverride", val=1), ilvl=1))


def _list(number: int, levels: Iterator[Element]) -> Element:
    return element("w:abstractNum", element("w:multiLevelType", val="multilevel"), *levels, abstractNumId=number)


def _number(number: int, of: int, *overrides: Element) -> Element:
    return element("w:num", element("w:abstractNumId", val=of), *overrides, numId=number)


def _bullets(look: Look) -> Iterator[Element]:
    named = paragraph_styles(look)
    for level, mark in enumerate(_BULLETS):
        name = f"bullet-{level + 1}"
        letters = fonts(font_of(look.styles, look.language))
        accent = element("w:color", val=color(look.styles.colors["accent"]))
        yield _level(level, "bullet", mark, name, indent(named[name]), element("w:rPr", letters, accent))


def _counted(look: Look) -> Iterator[Element]:
    """Yield the levels that Word counts; one that it cannot count keeps its place in the list and shows nothing."""
    named = paragraph_styles(look)
    for name, number in COUNTED.items():
        level = look.levels[number] if number < len(look.levels) else None
        if level:
            pattern = f"{level.before}%{number + 1}{level.after}"
            yield _level(number, level.format, pattern, name, indent(named[name]))
        else:
            yield _level(number, "none", "", "", indent(named[name]))


def _level(number: int, form: str, pattern: str, style: str, place: Element, *letters: Element) -> Element:
    tied = [element("w:pStyle", val=style_id(style))] if style else []
    return element(
        "w:lvl",
        element("w:start", val=1),
        element("w:numFmt", val=form),
        *tied,
        element("w:lvlText", val=pattern),
        element("w:lvlJc", val="left"),
        element("w:pPr", place),
        *letters,
        ilvl=number,
    )
