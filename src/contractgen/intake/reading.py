"""A path or the address of a database becomes a table.

In: a path, told by what its name ends in, or ``sqlite:///book.db``; and what a mapping says of it. Out: ``Table``.
Raises ``UsageError`` for what is no table we read and ``InvalidData`` for a source that cannot be read as one.
"""

from __future__ import annotations

import re
from pathlib import Path

from contractgen.errors import Place, UsageError, did_you_mean
from contractgen.intake.delimited import read_csv, read_json_lines
from contractgen.intake.mapping import Mapping
from contractgen.intake.tables import Table

SUFFIXES = (".csv", ".tsv", ".xlsx", ".xlsm", ".jsonl", ".parquet")
_OLD = (".xls", ".xlsb", ".ods", ".numbers")
_ADDRESS = re.compile(r"[a-z][a-z0-9+]*://", re.IGNORECASE)


def is_address(source: str | Path) -> bool:
    """Whether a source is the address of a database and not a path."""
    return isinstance(source, str) and bool(_ADDRESS.match(source))


def read_table(source: str | Path, how: Mapping | None = None) -> Table:
    """Read a table. ``how``: which sheet, table or query, which row of headings, which encoding; else found out."""
    how = how or Mapping()
    if is_address(source):
        from contractgen.intake.databases import read_database  # noqa: PLC0415  (an extra)

        return read_database(str(source), how.sheet, how.query)
    path = Path(source)
    if how.query:
        raise UsageError.at(how.place("table", "query"), "only a database can be asked", "leave query out")
    match path.suffix.lower():
        case ".csv":
            return read_csv(path, "", how.heading_line, how.encoding)
        case ".tsv":
            return read_csv(path, "\t", how.heading_line, how.encoding)
        case ".xlsx" | ".xlsm":
            from contractgen.intake.workbooks import read_workbook  # noqa: PLC0415  (an extra)

            return read_workbook(path, how.sheet, how.heading_line)
        case ".jsonl":
            return read_json_lines(path, how.encoding)
        case ".parquet":
            from contractgen.intake.columnar import read_parquet  # noqa: PLC0415  (an extra)

            return read_parquet(path)
        case suffix:
            repair = "save it as .xlsx or as CSV UTF-8" if suffix in _OLD else did_you_mean(suffix, SUFFIXES)
            raise UsageError.at(Place(str(path)), f'"{suffix or path.name}" is no table that can be read', repair)
