"""The fonts of a PDF: in a style sheet and a language, out font faces and the proof that they have every character.

Only font files of the style sheet's own folder are used, under names that no installed font can have, so that every
machine makes the same file. Raises ``TemplateFault`` for a font that cannot be read and ``OutputError`` for a character
that no font has: such a character would print as an empty box.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from contractgen.errors import OutputError, Place, Problem, TemplateFault
from contractgen.styles import Styles
from contractgen.tree import Document, PageCount, PageNumber, Value, block_inlines, plain, walk_inlines
from contractgen.writers.css import BULLETS, font_of, string
from contractgen.writers.forms import Carried, Content, Unfit, text_of

INVISIBLE = frozenset("\t\n\r\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufeff")
"""Characters that print nothing and need no glyph."""

DIGITS = {"latn": "0123456789", "arabext": "۰۱۲۳۴۵۶۷۸۹"}


@dataclass(frozen=True, slots=True)
class Face:
    """One font file: the family name it gets in the style sheet, its weight, its path."""

    family: str
    weight: int
    path: Path


@cache
def _face_paths(folder: Path, files: tuple[str, ...]) -> tuple[Path, ...]:
    return tuple((folder / file).resolve() for file in files)


def faces(styles: Styles, language: str) -> tuple[Face, ...]:
    """Return regular and bold of ``language`` and then of its fallbacks."""
    own = font_of(styles, language)
    found: list[Face] = []
    for font in (own, *(font_of(styles, other) for other in own.fallback)):
        paths = _face_paths(styles.folder, (font.regular, font.bold))
        family = f"{font.family} {styles.name}"
        found += [Face(family, weight, path) for weight, path in zip((400, 700), paths, strict=True)]
    return tuple(dict.fromkeys(found))


def font_face_rules(fonts: tuple[Face, ...]) -> str:
    """Return the ``@font-face`` rules that bring the files in."""
    return "".join(
        f"@font-face {{ font-family: {string(face.family)}; font-weight: {face.weight}; "
        f"src: url({string(face.path.as_uri())}) }}\n"
        for face in fonts
    )


def check_coverage(document: Document, fonts: tuple[Face, ...], markup: str) -> None:
    """Raise ``OutputError`` for each character of the document that no font has, naming where it stands."""
    needed = set(markup) | set(plain(document.header)) | set(plain(document.footer)) | set("".join(BULLETS.values()))
    if any(isinstance(inline, PageNumber | PageCount) for inline in walk_inlines(document.header + document.footer)):
        needed |= set(DIGITS[document.digits])
    missing = needed - INVISIBLE - _covered(fonts)
    if missing:
        families = " and ".join(dict.fromkeys(face.family for face in fonts))
        raise OutputError(_problem(document, char, families) for char in sorted(missing))


def check_contents(contents: Iterable[Content], fonts: tuple[Face, ...]) -> None:
    """Raise ``Unfit`` where no font has some character of the values: the slow way tells which."""
    shown = (text_of(content) for content in contents if not isinstance(content, Carried))
    if set("".join(shown)) - INVISIBLE - _covered(fonts):
        raise Unfit


@cache
def _covered(fonts: tuple[Face, ...]) -> frozenset[str]:
    """Return the characters that a family has in both weights."""
    by_family: dict[str, set[str]] = {}
    for face in fonts:
        chars = _characters(face.path)
        by_family[face.family] = by_family.get(face.family, chars) & chars
    return frozenset().union(*by_family.values())


@cache
def _characters(path: Path) -> set[str]:
    from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]  # noqa: PLC0415  (only for PDF)

    try:
        with TTFont(path, lazy=True) as font:
            return {chr(code) for code in font.getBestCmap()}
    except (OSError, TTLibError) as fault:
        raise TemplateFault.at(Place(str(path)), f"is not a font that can be read: {fault}", "restore it") from fault


def _problem(document: Document, char: str, families: str) -> Problem:
    name = f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}"
    cause = f'no font has the character "{char}" ({name})'
    place, where = Place(f"{document.type} ({document.language}) as PDF"), ""
    for block in document.blocks:
        for inlines in block_inlines(block):
            for inline in walk_inlines(inlines):
                if isinstance(inline, Value) and char in inline.text:
                    place, where = inline.cause.place or place, f" of {inline.field}"
                    return Problem(place, cause + where, f"write it otherwise; the fonts are {families}")
            if char in plain(inlines):
                where = f' in "{plain(inlines)[:60]}"'
    return Problem(place, cause + where, f"write it otherwise; the fonts are {families}")
