"""A sealed value as Typst source: in a value and its place, out an expression that keeps its direction and its line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from contractgen.tree import Direction, Value
from contractgen.writers.body import stays_whole
from contractgen.writers.css import isolates
from contractgen.writers.measure import estimated_width
from contractgen.writers.pdf_text import language_of

_UNBROKEN = re.compile(r'"[\w.,:%٪٫٬+\u2060]*"')
"""Values that no line is broken in anyway."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What of a value's place decides how it is set: direction and language around, size, room, whether in a cell."""

    direction: Direction
    language: str
    size: float
    room: float
    in_cell: bool


def value_source(value: Value, shown: str, setting: Setting) -> str:
    """Return a value as an expression; ``shown`` is its text as a string of the source."""
    turned = value.direction != setting.direction
    if turned or (stays_whole(value) and not setting.in_cell and not _UNBROKEN.fullmatch(shown)):
        if estimated_width(value.text, setting.size) <= setting.room:
            shown = f"{f'in-{value.direction}' if turned else 'whole'}({shown})"
        elif turned:
            before, after = isolates(value.direction)
            shown = f'"{before}{shown[1:-1]}{after}"'
    language = language_of(value, setting.language)
    return f'said("{language}", {shown})' if language else shown
