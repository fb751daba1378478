"""Workbooks that are written: begun here, so that all of them treat texts and dates alike.

In: a stream and the moment that stands in the workbook's properties. Out: an ``xlsxwriter`` workbook. Raises
``OutputError`` where that library, an extra, is not installed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO

from contractgen.errors import OutputError, Place


def new_workbook(out: BinaryIO, created: datetime) -> Any:
    """Begin a workbook in ``out``. Texts stay texts: whatever a customer is called, it becomes no formula or link."""
    try:
        import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415  (an extra)
    except ImportError as fault:
        repair = "pip install 'contractgen[intake]', or use --format csv"
        raise OutputError.at(Place("--format"), "writing workbooks needs xlsxwriter", repair) from fault
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": created})
    return book
