"""Workbooks (.xlsx, .xlsm): what is in a sheet, and nothing lost on the way.

In: a path. Out: ``Table``. Raises ``InvalidData`` for what is no workbook. The cells are read by calamine, which is
quick but trusting: it takes memory for every cell up to the last one, stops the process where there is none left, and
gives nothing for a formula without a value and for an error such as #REF!. So the sheet is looked through first: only
the parts that are needed are unpacked, within limits, and cells that would be lost are problems of their rows.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from contractgen.errors import InvalidData, OutputError, Place, Problem, UsageError, did_you_mean
from contractgen.intake.delimited import contents
from contractgen.intake.tables import MAX_CELLS, Line, Table, blank, headed

MAX_UNPACKED = 512 * 1024 * 1024
CHUNK = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What reading a faulty or locked archive may raise."""
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")
Attributes = dict[str, str]


@dataclass(slots=True)
class Scan:
    """What was seen of a sheet: its last row and column, and cells that would be lost, by row and column from 0."""

    rows: int = 0
    columns: int = 0
    lost: dict[tuple[int, int], str] = field(default_factory=dict)


def read_workbook(path: Path, sheet: str, heading_line: int) -> Table:
    """Read one sheet of a workbook, the first if none is named."""
    try:
        import python_calamine as calamine  # noqa: PLC0415
    except ImportError as fault:
        repair = "pip install 'contractgen[intake]', or save the sheet as CSV UTF-8"
        raise OutputError.at(Place(str(path)), "reading workbooks needs python-calamine", repair) from fault
    packed, name, others, scan = _unpacked(contents(path), str(path), sheet)
    try:
        found = calamine.CalamineWorkbook.from_filelike(io.BytesIO(packed)).get_sheet_by_name(name)
        rows = found.to_python(skip_empty_area=False)
        merged = found.merged_cell_ranges or []
    except BaseException as fault:
        # A panic of the library is no Exception; a call to stop is none of its faults.
        if isinstance(fault, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise _no_workbook(str(path), str(fault)) from None
    notes = (f"sheet {name}", *((f"not read: {', '.join(others)}",) if others else ()))
    problems = _lost(Table(str(path), name, (), (), heading_line), scan, rows, merged)
    rows += [[]] * (scan.rows - len(rows))  # below the last value there may be an error
    lines = [Line(number, tuple(cells), tuple(problems.get(number, ()))) for number, cells in enumerate(rows, 1)]
    return headed(str(path), name, lines, heading_line, notes)


def _no_workbook(file: str, cause: str) -> InvalidData:
    return InvalidData.at(Place(file), f"is no workbook that can be read: {cause}", "save it as .xlsx once more")


def _lost(table: Table, scan: Scan, rows: list[list[Any]], merged: list[Any]) -> dict[int, list[Problem]]:
    """Return the problems of each row: cells that hold no value, and cells merged with one above."""
    found: dict[int, list[Problem]] = {}
    for (row, column), cause in sorted(scan.lost.items()):
        problem = Problem(table.place(row + 1, column), cause, "open and save the workbook in Excel, or write a value")
        found.setdefault(row + 1, []).append(problem)
    for (top, left), (bottom, _) in merged:
        if top < table.heading_line:
            continue  # a title, or headings that span rows
        for row in range(top + 1, min(bottom + 1, len(rows))):
            if all(map(blank, rows[row])):
                continue
            above = table.place(top + 1, left)
            cause = f"the cell is merged with {above.file.rpartition('!')[2]}, which holds the only value"
            found.setdefault(row + 1, []).append(
                Problem(table.place(row + 1, left), cause, "undo the merge and write the value in each row")
            )
    return found


# --------------------------------------------------------------------------------------------------------- the archive


def _unpacked(raw: bytes, file: str, sheet: str) -> tuple[bytes, str, tuple[str, ...], Scan]:
    """Return a workbook of one sheet, repacked, its name, the names of the others, and what was seen of it."""
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        cause = "is an old workbook (.xls), or one locked with a password"
        raise InvalidData.at(Place(file), cause, "save it as .xlsx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return _repacked(archive, file, sheet)
    except _BROKEN as fault:
        raise _no_workbook(file, str(fault) or type(fault).__name__) from None
    except expat.ExpatError as fault:
        raise _no_workbook(file, f"its XML is faulty: {fault}") from None


def _repacked(archive: zipfile.ZipFile, file: str, sheet: str) -> tuple[bytes, str, tuple[str, ...], Scan]:
    left = MAX_UNPACKED

    def unpack(part: str) -> bytes:
        nonlocal left
        with archive.open(part) as stream:
            content = stream.read(left + 1)
        left -= len(content)
        if left < 0:
            cause = f"unpacks to more than {MAX_UNPACKED // 2**20} MB"
            raise InvalidData.at(Place(file), cause, "cut the sheet into several files")
        return content

    names = set(archive.namelist())
    if "xl/workbook.xml" not in names:
        raise InvalidData.at(Place(file), "is a packed file, but no workbook", "save it as .xlsx once more")
    parts = {name: unpack(name) for name in sorted(names) if _needed(name)}
    parts_of = _sheets(parts, file)
    if sheet and sheet not in parts_of:
        raise UsageError.at(Place(file), f'there is no sheet "{sheet}"', did_you_mean(sheet, list(parts_of)))
    name = sheet or next(iter(parts_of))
    part = parts_of[name]
    parts[part] = unpack(part)
    scan = _scanned(parts[part])
    if scan.rows * scan.columns > MAX_CELLS:
        cause = f'the sheet "{name}" reaches over {scan.rows:,} rows and {scan.columns:,} columns'
        raise InvalidData.at(Place(file), cause, "delete what stands far outside the table")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for key, content in parts.items():
            packed.writestr(key, content)
    return out.getvalue(), name, tuple(other for other in parts_of if other != name), scan


def _needed(part: str) -> bool:
    """Whether a part is needed beside the sheet: what names the sheets, texts and formats of cells."""
    return part in {"[Content_Types].xml", "_rels/.rels"} or bool(
        re.fullmatch(r"xl/(workbook|sharedStrings|styles)\.xml|xl/_rels/workbook\.xml\.rels", part)
    )


def _sheets(parts: dict[str, bytes], file: str) -> dict[str, str]:
    """Return the part of each sheet by its name, in order."""
    targets: dict[str, str] = {}
    found: dict[str, str] = {}

    def relation(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            targets[attributes.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", "")))

    def listed(tag: str, attributes: Attributes) -> None:
        part = targets.get(attributes.get("id", ""), "")
        if tag == "sheet" and part:
            found[attributes.get("name", "")] = part.lstrip("/")

    _parse(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"), relation)
    _parse(parts["xl/workbook.xml"], listed)
    if not found:
        raise InvalidData.at(Place(file), "the workbook has no sheet", "save it as .xlsx once more")
    return found


# ----------------------------------------------------------------------------------------------------------- the sheet


def _parse(
    xml: bytes, start: Callable[[str, Attributes], None], end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:  # fmt: skip
    """Walk through XML; names and attributes come without prefix. A document type (entities) is refused."""
    parser = expat.ParserCreate()
    local: dict[str, str] = {}

    def bare(name: str) -> str:
        return local.setdefault(name, name.rpartition(":")[2])

    def refuse(*_: object) -> None:
        raise ValueError("it declares a document type")

    parser.StartElementHandler = lambda name, found: start(bare(name), {bare(key): found[key] for key in found})
    if end is not None:
        parser.EndElementHandler = lambda name: end(bare(name))
    if text is not None:
        parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    for begin in range(0, len(xml), CHUNK):
        parser.Parse(xml[begin : begin + CHUNK], False)  # noqa: FBT003  (expat takes no names)
    parser.Parse(b"", True)  # noqa: FBT003


class _Walk:
    """One pass over a sheet: where its cells stand, and which of them hold a formula or an error and no value."""

    def __init__(self) -> None:
        self.scan = Scan()
        self.row = self.column = -1
        self.kind = ""
        self.formula = self.valued = self.within = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "row":
            self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
            self.column = -1
        elif tag == "c":
            self._cell(attributes.get("r", ""))
            self.kind, self.formula, self.valued = attributes.get("t", ""), False, False
        elif tag == "f":
            self.formula = True
        self.within = tag in {"v", "t"}

    def _cell(self, address: str) -> None:
        found = _ADDRESS.fullmatch(address)
        if address and not found:
            raise ValueError(f'"{address[:20]}" is no address of a cell')
        self.column += 1
        if found:
            self.row, self.column = int(found[2]) - 1, _column(found[1])

    def text(self, text: str) -> None:
        self.valued = self.valued or (self.within and bool(text))

    def end(self, tag: str) -> None:
        self.within = False
        if tag != "c" or not (self.valued or self.formula):
            return
        scan = self.scan
        scan.rows, scan.columns = max(scan.rows, self.row + 1), max(scan.columns, self.column + 1)
        if self.kind == "e":
            scan.lost[self.row, self.column] = "the cell holds an error of the spreadsheet, not a value"
        elif self.formula and not self.valued and self.kind != "str":  # a text may well be empty
            scan.lost[self.row, self.column] = "the cell holds a formula that was never worked out"


def _column(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _scanned(xml: bytes) -> Scan:
    walk = _Walk()
    _parse(xml, walk.start, walk.end, walk.text)
    return walk.scan
