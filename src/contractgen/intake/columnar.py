"""Parquet files: what is in their rows, with exact numbers and days, and nothing lost on the way.

In: a path. Out: ``Table`` whose columns are the file's; tables and lists within a column get dotted names, as in JSON
lines. Raises ``InvalidData`` for what is no Parquet file or too large to be a book of contracts; a cell of a kind that
no record has is a problem of its row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from contractgen.errors import InvalidData, OutputError, Place, Problem
from contractgen.intake.delimited import leaves
from contractgen.intake.tables import MAX_BYTES, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Cell, Line, Table, columned

BATCH = 1_000
"""Rows that are unpacked at a time."""
ROW = "row"


def read_parquet(path: Path) -> Table:
    """Read a Parquet file; raises ``OutputError`` where pyarrow is not installed."""
    place = Place(str(path))
    if not path.is_file():
        cause = "is a folder, not a file" if path.is_dir() else "does not exist"
        raise InvalidData.at(place, cause, "name a .parquet file")
    with _opened(path) as found:
        count = _checked_size(found, place)
        plain, nested = _columns(found)
        names = dict.fromkeys(plain)
        if nested:  # which names stand in tables and lists, only the rows can say
            names |= dict.fromkeys(name for row in _records(found, nested) for name in row)
    bare = Table(str(path), "", tuple(names), (), 0, (f"{count:,} rows",), row_name=ROW)
    return columned(bare, count, partial(_lines, path, bare))


def _lines(path: Path, table: Table) -> Iterator[Line]:
    """Read the rows once more, some at a time."""
    with _opened(path) as found:
        _, nested = _columns(found)
        for number, row in enumerate(_records(found, nested), 1):
            yield typed_line(table, number, [row.get(name) for name in table.headings])


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a file; what pyarrow says against it is told."""
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as fault:
        repair = "pip install 'contractgen[parquet]', or save the table as CSV UTF-8"
        raise OutputError.at(Place(str(path)), "reading Parquet needs pyarrow", repair) from fault
    try:
        with parquet.ParquetFile(path) as found:
            yield found
    except (pa.ArrowException, OSError, ValueError, NotImplementedError) as fault:
        cause = f"is no Parquet file that can be read: {' '.join(str(fault).split())}"
        raise InvalidData.at(Place(str(path)), cause, "write it anew") from None


def _checked_size(found: Any, place: Place) -> int:
    """Return how many rows there are; raises where they unpack to more than any book of contracts, before they do."""
    seen = found.metadata
    size = sum(seen.row_group(index).total_byte_size for index in range(seen.num_row_groups))
    rows, columns = seen.num_rows, seen.num_columns
    if size > 2 * MAX_BYTES or rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        cause = f"has {rows:,} rows and {columns:,} columns of {size // 2**20:,} MB, which is too much for one table"
        raise InvalidData.at(place, cause, "cut it into several files")
    return int(rows)


def _columns(found: Any) -> tuple[list[str], set[str]]:
    """Return the columns that hold single values, in order, and those that hold tables or lists."""
    from pyarrow import types  # noqa: PLC0415

    fields = list(found.schema_arrow)
    return [f.name for f in fields if not types.is_nested(f.type)], {f.name for f in fields if types.is_nested(f.type)}


def _records(found: Any, nested: set[str]) -> Iterator[dict[str, Any]]:
    """Yield the rows: single values under dotted names; a table or list that is not there has none."""
    for batch in found.iter_batches(BATCH):
        for row in batch.to_pylist():
            record: dict[str, Any] = {}
            for name, value in row.items():
                if name not in nested:
                    record[name] = value
                elif value is not None:
                    record.update(leaves(value, f"{name}."))
            yield record


def typed_line(table: Table, number: int, values: list[Any]) -> Line:
    """Return a row of values with their types; one of a kind that no record has is a problem and no cell."""
    cells: list[Cell] = []
    problems: list[Problem] = []
    for index, value in enumerate(values):
        fault = _fault(value)
        cells.append(None if fault else value)
        if fault:
            problems.append(
                Problem(table.place(number, index), fault, "give a text, a number, a date or true and false")
            )
    return Line(number, tuple(cells), tuple(problems))


def _fault(value: Any) -> str:
    """Say why a value cannot be a cell; "" where it can."""
    if isinstance(value, str):
        broken = any("\ud800" <= letter <= "\udfff" for letter in value)
        return "the text is not UTF-8" if broken else ""
    if value is None or isinstance(value, bool | int | float | Decimal | date | datetime | time):
        return ""
    return f"holds a value of the kind {type(value).__name__}, which no field of a record has"
