"""A path becomes a table, by what its name ends in.

In: a path, and what a mapping says of the file. Out: ``Table``. Raises ``UsageError`` for what is no table we read and
``InvalidData`` for a file that cannot be read as one.
"""

from __future__ import annotations

from pathlib import Path

from contractgen.errors import Place, UsageError, did_you_mean
from contractgen.intake.delimited import read_csv, read_json_lines
from contractgen.intake.tables import Table

SUFFIXES = (".csv", ".tsv", ".xlsx", ".xlsm", ".jsonl")
_OLD = (".xls", ".xlsb", ".ods", ".numbers")


def read_table(path: Path, sheet: str = "", heading_line: int = 1, encoding: str = "") -> Table:
    """Read a table. ``sheet``: of a workbook, the first if none is named. ``encoding``: of a text file, else found."""
    match path.suffix.lower():
        case ".csv":
            return read_csv(path, "", heading_line, encoding)
        case ".tsv":
            return read_csv(path, "\t", heading_line, encoding)
        case ".xlsx" | ".xlsm":
            from contractgen.intake.workbooks import read_workbook  # noqa: PLC0415  (an extra)

            return read_workbook(path, sheet, heading_line)
        case ".jsonl":
            return read_json_lines(path, encoding)
        case suffix:
            repair = "save it as .xlsx or as CSV UTF-8" if suffix in _OLD else did_you_mean(suffix, SUFFIXES)
            raise UsageError.at(Place(str(path)), f'"{suffix or path.name}" is no table that can be read', repair)
