"""Entries of the register for people, spreadsheets and programs.

In: entries. Out: a table or a page of text, CSV, JSON, a workbook (which needs the package ``xlsxwriter``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from contractgen.due_report import safe
from contractgen.files import to_json
from contractgen.register.entries import FIELDS, Entry, State
from contractgen.workbooks_out import new_workbook

LISTED = ("number", "state", "at", "vendor", "contract", "type", "locale", "format", "by", "path")
"""The fields of the table; ``show`` and ``export`` give all."""


def as_table(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the lines of a table; a void entry shows its reason in the place of its path."""
    rows: list[tuple[str, ...]] = [LISTED]
    for entry in entries:
        cells = {name: str(getattr(entry, name)) for name in LISTED}
        if entry.state is State.VOID:
            cells["path"] = f"({entry.reason})"
        rows.append(tuple(cells.values()))
    widths = [max(len(row[index]) for row in rows) for index in range(len(LISTED))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def as_page(entry: Entry) -> str:
    """Return everything that the register knows of an entry, a field a line; what is empty is left out."""
    shown = {name: getattr(entry, name) for name in FIELDS}
    width = max(map(len, FIELDS))
    return "".join(f"{name:<{width}}  {value}\n" for name, value in shown.items() if value not in {"", 0})


def as_data(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return entries as plain data for JSON."""
    return [{name: getattr(entry, name) for name in FIELDS} for entry in entries]


def as_json(entries: Iterable[Entry]) -> str:
    """Return entries as JSON."""
    return to_json(as_data(entries))


def as_csv(entries: Iterable[Entry]) -> str:
    """Return entries as CSV with the names of the fields above; no cell is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FIELDS)
    for entry in entries:
        writer.writerow([safe(str(getattr(entry, name))) for name in FIELDS])
    return out.getvalue()


def as_xlsx(entries: Iterable[Entry]) -> bytes:
    """Return entries as a workbook of one sheet; raises ``OutputError`` where ``xlsxwriter`` is missing."""
    out = io.BytesIO()
    book = new_workbook(out, datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None))  # the same bytes each time
    sheet = book.add_worksheet("register")
    sheet.freeze_panes(1, 1)
    bold = book.add_format({"bold": True, "bottom": 1})
    for column, name in enumerate(FIELDS):
        sheet.write_string(0, column, name, bold)
    for line, entry in enumerate(entries, 1):
        for column, name in enumerate(FIELDS):
            value = getattr(entry, name)
            if isinstance(value, int) and not isinstance(value, bool):
                sheet.write_number(line, column, value)
            else:
                sheet.write_string(line, column, str(value))
    sheet.autofit()
    book.close()
    return out.getvalue()
