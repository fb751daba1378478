"""What a table is, wherever it comes from: headings, rows of cells as typed, and where each stands.

In: rows that a reader of CSV, workbooks, JSON lines, Parquet or a database has found. Out: ``Table``. Raises
``InvalidData`` where there is no table to speak of; what is wrong with a single row stays with that row. Nothing is
interpreted here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from contractgen.errors import InvalidData, Place, Problem

Cell = str | float | Decimal | bool | date | datetime | time | timedelta | None
"""A cell as typed: text from CSV and JSON, a value with its type from elsewhere; None or "" where it is empty.

A ``float`` is a number as workbooks keep it, an ``int`` or ``Decimal`` an exact one.
"""

MAX_BYTES = 256 * 1024 * 1024
MAX_ROWS = 1_048_576
MAX_COLUMNS = 2_000
MAX_CELLS = 20_000_000
"""How large a table may be; all three are beyond any book of contracts."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number as people count it (line of a text file, row of a sheet), its cells, what is wrong."""

    number: int
    cells: tuple[Cell, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: how messages call it, its sheet, its headings in order, its rows, and notes on how it was read.

    ``heading_line`` is 0 where no line holds the headings: each row names its own fields (JSON lines), or the columns
    have names (Parquet, databases). In the latter case ``row_name`` says what counts the rows: ``row``, or a key.
    ``sheet``, of a database its table; ``query``: what a database was asked instead.
    """

    file: str
    sheet: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    heading_line: int
    notes: tuple[str, ...] = ()
    encoding: str = ""
    row_name: str = ""
    query: str = ""

    @property
    def has_columns(self) -> bool:
        """Whether every row has the same columns; a line of JSON has what it names."""
        return bool(self.heading_line or self.row_name)

    def place(self, line: int, column: int) -> Place:
        """Return where a cell stands.

        ``book.xlsx:Sheet1!C12``, ``list.csv:12 field 3``, ``list.jsonl:12 vendor``, ``book.parquet row 12, vendor``.
        """
        if self.row_name:
            return Place(f"{self.row(line).file}, {self.headings[column]}")
        if self.sheet:
            return Place(f"{self.file}:{self.sheet}!{letters(column)}{line}")
        named = f"field {column + 1}" if self.heading_line else self.headings[column]
        return Place(f"{self.file}:{line} {named}")

    def heading(self, column: int) -> Place:
        """Return where the heading of a column stands."""
        if self.heading_line:
            return self.place(self.heading_line, column)
        return Place(f"{self.file}, {self.headings[column]}" if self.row_name else self.file)

    def row(self, line: int) -> Place:
        """Return where a row stands: ``book.xlsx:Sheet1!12:12`` (as spreadsheets name a row), ``list.csv:12``."""
        if self.row_name:
            return Place(f"{self.file} {self.row_name} {line}")
        return Place(f"{self.file}:{self.sheet}!{line}:{line}") if self.sheet else Place(self.file, line)


def letters(column: int) -> str:
    """Return a sheet's name of a column, counted from 0: A, B … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def blank(cell: Cell) -> bool:
    """Whether a cell is empty."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def headed(  # noqa: PLR0913  what a reader knows of a file
    file: str, sheet: str, rows: Sequence[Line], heading_line: int, notes: tuple[str, ...], encoding: str = ""
) -> Table:
    """Return the table whose headings stand on ``heading_line`` or the first row after it that is not empty."""
    full = [row for row in rows if row.problems or not all(map(blank, row.cells))]
    at = next((index for index, row in enumerate(full) if row.number >= heading_line), None)
    if at is None:
        raise InvalidData.at(Place(file), "the table is empty", "give it a line of headings and rows below it")
    head, body = full[at], full[at + 1 :]
    if head.problems:
        raise InvalidData(head.problems)
    headings = [" ".join(_typed(cell).split()) for cell in head.cells]
    while headings and not headings[-1]:
        headings.pop()
    table = Table(file, sheet, tuple(headings), (), head.number, notes, encoding)
    _check_size(table, body)
    _check_headings(table, body)
    return replace(table, lines=tuple(_fitted(table, row) for row in body))


def columned(bare: Table, rows: Sequence[Line]) -> Table:
    """Return ``bare``, whose columns have names, with its rows: each has as many cells as there are headings."""
    table = replace(bare, headings=tuple(" ".join(name.split()) for name in bare.headings), lines=tuple(rows))
    if not rows:
        raise InvalidData.at(Place(table.file), "the table is empty", "name one that has rows")
    _check_size(table, rows)
    problems = [*_doubles(table)]
    if problems:
        raise InvalidData(problems)
    return table


def _typed(cell: Cell) -> str:
    """Return a heading as it is seen: 2026, not 2026.0."""
    return f"{cell:g}" if isinstance(cell, float) else "" if cell is None else str(cell)


def _check_size(table: Table, body: Sequence[Line]) -> None:
    place = table.row(table.heading_line) if table.heading_line else Place(table.file)
    columns = len(table.headings)
    if columns > MAX_COLUMNS:
        raise InvalidData.at(
            place, f"has {columns:,} headings, more than {MAX_COLUMNS:,}", "leave out what is no heading"
        )
    if columns * len(body) > MAX_CELLS:
        cause = f"the table has {columns * len(body):,} cells, more than {MAX_CELLS:,}"
        raise InvalidData.at(place, cause, "cut it into several files")


def _check_headings(table: Table, body: Sequence[Line]) -> None:
    """Raise for headings that stand twice, and for a title that was taken for the headings."""
    wider = [row for row in body if _beyond(table, row)]
    if len(wider) * 2 > len(body):
        cause = f"the row of headings has {len(table.headings)} cells, most rows below it have more"
        repair = f"if it is a title, say where the headings stand: headings = {_likely(wider)}"
        raise InvalidData.at(table.row(table.heading_line), cause, repair)
    problems = [*_doubles(table)]
    if problems:
        raise InvalidData(problems)


def _doubles(table: Table) -> Iterator[Problem]:
    """Yield the headings that stand twice."""
    for index, name in enumerate(table.headings):
        if name and name in table.headings[:index]:
            yield Problem(table.heading(index), f'the heading "{name}" stands twice', "name one of them otherwise")


def _likely(rows: Sequence[Line]) -> int:
    """Return which row may hold the headings: the first of those with the most cells."""
    counts = [sum(not blank(cell) for cell in row.cells) for row in rows]
    return rows[counts.index(max(counts))].number


def _beyond(table: Table, row: Line) -> list[int]:
    """Return the columns of a row that stand below no heading and are not empty."""
    bare = [index for index, name in enumerate(table.headings) if not name]
    columns = [*bare, *range(len(table.headings), len(row.cells))]
    return [index for index in columns if index < len(row.cells) and not blank(row.cells[index])]


def _fitted(table: Table, row: Line) -> Line:
    """Return a row with as many cells as there are headings; a value below no heading is a problem of the row."""
    lost = [
        Problem(table.place(row.number, index), "the cell stands below no heading", "add a heading, or empty the cell")
        for index in _beyond(table, row)
    ]
    size = len(table.headings)
    cells = row.cells[:size]
    return Line(row.number, (*cells, *([None] * (size - len(cells)))), (*row.problems, *lost))
