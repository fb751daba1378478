"""How wide text and table columns are, before any font is at hand: in words and a table, out points.

Both the Word and the HTML/PDF writers divide a table by these widths, so that one table looks alike in every format.
"""

from __future__ import annotations

import unicodedata

from contractgen.styles import Style, Styles
from contractgen.tree import Table, plain

CELL_SIDE = 5.0
"""Space between a cell's text and its leading or trailing edge, points."""

AFTER_NUMBERS = 14.0
"""The same before words that follow a column of numbers, or the two would read as one."""

PAIR_SHARE = 0.24
"""Least share of the width for the labels of particulars."""

SIGNATURE_SHARE = 0.34
"""Least share of a signature block for its labels."""

SHORT_TABLE = 12
"""A table of at most so many rows stays on one page."""

NARROW = 0.54
"""Width of a Latin or Persian letter, as a share of its size; a Hangul syllable takes the whole."""

_DIGIT, _MARK, _BOLD = 0.66, 0.34, 1.14
"""Widths of digits and capitals, of blanks and separators; by how much bold is wider."""

_MARKS = frozenset(" \u00a0\u202f.,:'’-−٬٫،/()")

_MOST = 0.88
"""Greatest share of a table's width that its numbers may take from its words."""


def estimated_width(text: str, size: float) -> float:
    """Estimate how wide ``text`` is in points at ``size``: it errs on the wide side."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return size * (wide + NARROW * (len(text) - wide))


def column_widths(table: Table, styles: Styles, width: float) -> list[float]:
    """Divide ``width`` (points) among the columns by their weights; a column of numbers gets what its longest needs.

    A number is never broken over two lines, so room that it lacks comes from the columns of words.
    """
    weights = [column.width for column in table.columns]
    needs = [
        _need(table, index, styles) if column.align == "number" else 0.0 for index, column in enumerate(table.columns)
    ]
    if sum(needs) > _MOST * width:
        needs = [need * _MOST * width / sum(needs) for need in needs]
    fixed: dict[int, float] = {}
    while True:
        free = sum(weight for index, weight in enumerate(weights) if index not in fixed)
        share = (width - sum(fixed.values())) / free if free else 0.0
        found = [fixed.get(index, weight * share) for index, weight in enumerate(weights)]
        short = {index: need for index, need in enumerate(needs) if index not in fixed and need > found[index]}
        if not short:
            return found
        fixed |= short


def _need(table: Table, column: int, styles: Styles) -> float:
    """Return the room that the widest number of ``column`` takes; a heading may break between its words."""
    widest = 0.0
    for row in table.rows:
        name = "table-cell" if row.role in {"body", "own"} else f"table-{row.role}"
        text = plain(row.cells[column]) if column < len(row.cells) else ""
        parts = text.split() if row.role == "header" else [text]
        widest = max([widest, *(_number_width(part, styles.named[name]) for part in parts)])
    return widest + 2 * CELL_SIDE


def _number_width(text: str, style: Style) -> float:
    shares = (
        1.0 if unicodedata.east_asian_width(char) in "WF" else _MARK if char in _MARKS else _share(char)
        for char in text
    )
    return style.size * (_BOLD if style.bold else 1.0) * sum(shares)


def _share(char: str) -> float:
    return _DIGIT if char.isdigit() or char.isupper() else NARROW
