"""The house style as data: page, fonts, colours and named styles, from which CSS and Word styles are both made.

In: ``templates/styles/<name>.toml``. Out: ``Styles``. Lengths are points unless a name says otherwise; ``start`` and
``end`` follow the direction of the text. Raises ``TemplateFault`` with file, line and column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path, PurePath
from typing import Any, Literal, TypeVar

from contractgen.errors import Problem, TemplateFault, did_you_mean
from contractgen.files import Marked, read_toml

T = TypeVar("T")

STYLE_NAMES = (
    "body", "title", "subtitle", "lead", "addressee", "subject", "salutation", "closing", "note",
    "heading-1", "heading-2", "heading-3", "clause-heading", "item-1", "item-2", "item-3", "bullet-1", "bullet-2",
    "bullet-3", "letterhead-name", "letterhead-line", "key", "value", "table-header", "table-cell", "table-subtotal",
    "table-total", "caption", "signature-party", "signature-line", "header", "footer",
)  # fmt: skip
"""Every named style; a style sheet defines all of them and no other."""


@dataclass(frozen=True, slots=True)
class Page:
    """Paper and margins, in millimetres."""

    width_mm: float
    height_mm: float
    top_mm: float
    bottom_mm: float
    start_mm: float
    end_mm: float


@dataclass(frozen=True, slots=True)
class Font:
    """The fonts of one language: the vendored family with its files, and the names Word should ask for."""

    family: str
    regular: str
    bold: str
    word_latin: str
    word_east_asia: str
    word_complex: str
    fallback: tuple[str, ...] = ()
    """Languages whose font serves letters that this one lacks (a Korean name in an English letter)."""


@dataclass(frozen=True, slots=True)
class Style:
    """One named paragraph style."""

    size: float
    leading: float = 1.45
    bold: bool = False
    italic: bool = False
    color: str = "text"
    align: Literal["start", "center", "end", "justify"] = "start"
    space_before: float = 0
    space_after: float = 0
    indent: float = 0
    hanging: float = 0
    keep_with_next: bool = False
    rule_below: float = 0
    """Width of a line drawn below the paragraph; 0 for none."""


@dataclass(frozen=True, slots=True, eq=False)
class Styles:
    """A whole style sheet; ``folder`` holds the font files. Equal to itself alone, so that writers can cache by it."""

    name: str
    folder: Path
    page: Page
    colors: Mapping[str, str]
    fonts: Mapping[str, Font]
    named: Mapping[str, Style]


def load_styles(path: Path, name: str | None = None) -> Styles:
    """Read a style sheet; every fault in it is reported at once."""
    marked = read_toml(path, TemplateFault, name)
    problems: list[Problem] = []
    data: Mapping[str, Any] = marked.data
    page = _build(Page, data.get("page", {}), marked, ("page",), problems)
    fonts = {
        language: _build(Font, table, marked, ("fonts", language), problems)
        for language, table in data.get("fonts", {}).items()
    }
    problems.extend(_stray_fonts(fonts, marked, path.parent))
    named = _named_styles(data.get("style", {}), marked, problems)
    colors = dict(data.get("colors", {}))
    for style_name, style in named.items():
        if style is not None and style.color not in colors:
            repair = did_you_mean(style.color, list(colors))
            problems.append(
                Problem(marked.place("style", style_name, "color"), f'unknown color "{style.color}"', repair),
            )
    if problems or page is None:
        raise TemplateFault(problems)
    return Styles(
        name=path.stem,
        folder=path.parent,
        page=page,
        colors=colors,
        fonts={language: font for language, font in fonts.items() if font is not None},
        named={style_name: style for style_name, style in named.items() if style is not None},
    )


def _stray_fonts(fonts: Mapping[str, Font | None], marked: Marked, folder: Path) -> Iterator[Problem]:
    """Yield each font file that lies outside the folder of the style sheet (a foreign sheet reads nothing else).

    A link that leads out of the folder is as good as a path that does.
    """
    for language, font in fonts.items():
        for weight in ("regular", "bold") if font is not None else ():
            file = PurePath(str(getattr(font, weight)))
            inside = (folder / file).resolve().is_relative_to(folder.resolve())
            if file.is_absolute() or ".." in file.parts or not inside:
                place = marked.place("fonts", language, weight)
                cause = f'font "{file}" lies outside the folder of the style sheet'
                yield Problem(place, cause, "put the file beside the style sheet, in fonts/, and name it from there")


def _named_styles(tables: Mapping[str, Any], marked: Marked, problems: list[Problem]) -> dict[str, Style | None]:
    problems.extend(
        Problem(marked.place("style"), f'style "{missing}" is missing', f"add [style.{missing}]")
        for missing in sorted(set(STYLE_NAMES) - set(tables))
    )
    problems.extend(
        Problem(marked.place("style", unknown), f'unknown style "{unknown}"', did_you_mean(unknown, STYLE_NAMES))
        for unknown in sorted(set(tables) - set(STYLE_NAMES))
    )
    return {
        name: _build(Style, tables[name], marked, ("style", name), problems) for name in STYLE_NAMES if name in tables
    }


def _build(
    shape: type[T], table: Mapping[str, Any], marked: Marked, key: tuple[str, ...], problems: list[Problem]
) -> T | None:
    """Make the frozen class ``shape`` from a table, reporting unknown and missing keys."""
    known = [item.name for item in fields(shape)]  # type: ignore[arg-type]
    problems.extend(
        Problem(marked.place(*key, name), f'unknown key "{name}"', did_you_mean(name, known))
        for name in table
        if name not in known
    )
    try:
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
        return shape(**{name: value for name, value in values.items() if name in known})
    except TypeError as fault:
        problems.append(Problem(marked.place(*key), str(fault).partition(") ")[2] or str(fault), "add what is missing"))
        return None
