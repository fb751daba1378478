"""How wide text and table columns are, before any font is at hand: in words and a table, out points.

All writers divide a table by these widths, merge the same cells and keep the same blocks on one page, so that a
document looks alike in every format.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from math import ceil

from contractgen.marks import unmarked
from contractgen.styles import Styles
from contractgen.tree import Block, Clause, Row, Table, block_inlines, plain

CELL_SIDE = 5.0
"""Space between a cell's text and its leading or trailing edge, points."""

AFTER_NUMBERS = 14.0
"""The same before words that follow a column of numbers, or the two would read as one."""

PAIR_SHARE = 0.24
"""Least share of the width for the labels of particulars."""

SIGNATURE_SHARE = 0.38
"""Least share of a signature block for its labels."""

SIGNATURES_ABOVE = 8
"""Space between the signatures and what stands before them, in points, as the style sheet of ``css.py`` has it."""

SHORT_TABLE = 12
"""A table of at most so many rows stays on one page."""

SHORT_LIST = 8
"""A list of at most so many items goes to the page of the signatures behind it, where the engine cannot part it."""

SHORT_CLAUSE = 12
"""A clause that ends a document stays on one page if it has at most so many lines, lest a last page hold one or two."""

SUMS = frozenset({"subtotal", "total"})
"""Roles of rows that add up the rows above them."""

NARROW = 0.54
"""Width of a Latin or Persian letter, as a share of its size; a Hangul syllable takes the whole."""

_DIGIT, _MARK, _JOINED, _BOLD, _HEADING = 0.66, 0.34, 0.46, 1.14, 1.3
"""Widths of digits and capitals, of blanks and separators, of joined (Persian) letters; by how much bold is wider.

By how much more room a word of a heading gets: a reader's own fonts may be wider than the house's.
"""

_MARKS = frozenset(" \u00a0\u202f.,:'’-−٬٫،/()")

_POINTS_PER_MM = 72 / 25.4

_MOST = 0.88
"""Greatest share of a table's width that its numbers may take from its words."""


def estimated_width(text: str, size: float) -> float:
    """Estimate how wide ``text`` is in points at ``size``: it errs on the wide side."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return size * (wide + NARROW * (len(text) - wide))


def label_span(row: Row) -> tuple[int, int]:
    """Return the first column and the number of columns of a sum's label: it takes the empty cells behind it.

    Any other row has none: (0, 1).
    """
    filled = [index for index, cell in enumerate(row.cells) if plain(cell).strip()]
    if row.role not in SUMS or len(filled) < 2:  # noqa: PLR2004  (a label and an amount)
        return 0, 1
    return filled[0], filled[1] - filled[0]


def closing_rows(table: Table, heads: int) -> int:
    """Return the first of the rows that end a long table on one page: its sums and the row before them.

    ``heads`` is how many rows are headings. A table that stays whole, or has no sums, has no such rows: its length.
    """
    count = len(table.rows)
    before = next((place for place in range(count, heads, -1) if table.rows[place - 1].role not in SUMS), heads)
    return max(before - 1, heads) if before < count and count > SHORT_TABLE else count


def closing_clause(blocks: Sequence[Block], styles: Styles) -> Clause | None:
    """Return the clause that ends a document, if it is short enough to stay on one page."""
    last = blocks[-1] if blocks else None
    if not isinstance(last, Clause) or any(isinstance(block, Table) for block in last.blocks):
        return None
    return last if is_short([unmarked(plain(inlines)) for inlines in block_inlines(last)], styles) else None


def is_short(texts: Sequence[str], styles: Styles) -> bool:
    """Whether the paragraphs of a clause take so few lines that it stays on one page."""
    room = (styles.page.width_mm - styles.page.start_mm - styles.page.end_mm) * _POINTS_PER_MM
    size = styles.named["body"].size
    return sum(ceil(estimated_width(text, size) / room) for text in texts) <= SHORT_CLAUSE


def column_widths(table: Table, styles: Styles, width: float) -> list[float]:
    """Divide ``width`` (points) among the columns by their weights, but give each what it needs at least.

    Neither a number nor a word of a heading is broken over two lines; the room comes from the other columns.
    """
    weights = [column.width for column in table.columns]
    needs = [_need(table, index, styles) for index in range(len(table.columns))]
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
    """Return the room that the widest number of ``column`` takes; a heading may break between its words.

    A column of words needs no more than its heading: its cells may break.
    """
    numbers = table.columns[column].align == "number"
    widest = 0.0
    for row in table.rows:
        if (row.role == "header" or numbers) and column < len(row.cells):
            widest = max(widest, cell_need(unmarked(plain(row.cells[column])), row, styles))
    return widest + 2 * CELL_SIDE


def cell_need(text: str, row: Row, styles: Styles) -> float:
    """Return the room that the text of a cell takes: a number whole, a heading word by word."""
    style = styles.named["table-cell" if row.role in {"body", "own"} else f"table-{row.role}"]
    if row.role == "header":
        return max((_HEADING * _number_width(word, style.size, style.bold) for word in text.split()), default=0.0)
    return _number_width(text, style.size, style.bold)


@lru_cache(maxsize=2048)
def _number_width(text: str, size: float, bold: bool) -> float:  # noqa: FBT001  (a part of the style)
    shares = (
        1.0 if unicodedata.east_asian_width(char) in "WF" else _MARK if char in _MARKS else _share(char)
        for char in text
    )
    return size * (_BOLD if bold else 1.0) * sum(shares)


def _share(char: str) -> float:
    if unicodedata.bidirectional(char) == "AL":
        return _JOINED
    return _DIGIT if char.isdigit() or char.isupper() else NARROW
