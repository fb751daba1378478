"""CSV in the encodings of Korean and Persian offices, and JSON lines.

In: a path. Out: ``Table``, with the encoding and the mark between fields that were found out among its notes. Raises
``InvalidData`` for a file that is no such text; a row that cannot be read is a problem of that row. An encoding is
never guessed without grounds: text that fits none of ours by its letters is refused, and the message says how to name
the encoding.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from contractgen.errors import InvalidData, OutputError, Place, Problem, UsageError, did_you_mean
from contractgen.intake.tables import MAX_BYTES, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Cell, Line, Table, headed

LETTERS = {"cp949": ("\uac00", "\ud7a3"), "cp1256": ("\u0600", "\u06ff")}
"""Encodings of one byte a letter or two, and the range in which most letters of their texts must lie."""
ENCODINGS = ("utf-8-sig", "utf-16", *LETTERS)
"""Encodings that are tried in this order; ``utf-8-sig`` also reads UTF-8 without a mark, ``utf-16`` needs its mark."""
SAMPLE = 20_000
"""How many runs of letters beyond ASCII are looked at to tell an encoding."""
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
MAX_FIELD = 100_000
MAX_LINE = 1_000_000
MAX_LINES = 4 * MAX_ROWS
"""Lines of a text file, the empty ones and those within quotation marks included."""
LOOKED_AT = 1_000
"""Lines in which the mark between fields is looked for."""

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]{1,100}")
_OTHERS = (
    (b"PK\x03\x04", "is a packed file (a workbook?), not text", "name it .xlsx if it is a workbook"),
    (b"\xd0\xcf\x11\xe0", "is an old workbook (.xls), not text", "save it as .xlsx or as CSV UTF-8"),
    (b"%PDF-", "is a PDF, not text", "name a table"),
)


def contents(path: Path) -> bytes:
    """Return the bytes of a file; raises where it is no file, too large, or cannot be read."""
    place = Place(str(path))
    if not path.is_file():
        cause = "is a folder, not a file" if path.is_dir() else "is no file" if path.exists() else "does not exist"
        raise UsageError.at(place, cause, "name a .csv, .xlsx or .jsonl file")
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as fault:
        raise OutputError.at(place, f"cannot be read: {fault.strerror}", "check the file") from fault
    if len(raw) > MAX_BYTES:
        raise InvalidData.at(place, f"is larger than {MAX_BYTES // 2**20} MB", "cut it into several files")
    return raw


# ------------------------------------------------------------------------------------------------------- encodings


def decoded(raw: bytes, file: str, encoding: str = "") -> tuple[str, str]:
    """Return a text and its encoding: the one asked for, or the first that fits."""
    for mark, cause, repair in _OTHERS:
        if raw.startswith(mark):
            raise InvalidData.at(Place(file), cause, repair)
    if encoding:
        return _as_asked(raw, file, encoding), encoding
    marked = raw[:2] in {b"\xff\xfe", b"\xfe\xff"}
    if not marked and b"\0" in raw:
        line = raw.count(b"\n", 0, raw.index(b"\0")) + 1
        raise InvalidData.at(Place(file, line), "holds a NUL byte, as no text does", "save it as CSV UTF-8")
    for name in ENCODINGS:
        text = _tried(raw, name) if marked or name != "utf-16" else None
        if text is not None and "\0" not in text and _plausible(text, name):
            return text, name
    cause = f"the text is in none of the encodings that are found out ({', '.join(ENCODINGS)})"
    raise InvalidData.at(Place(file), cause, 'save it as CSV UTF-8, or name it: encoding = "…" below [table]')


def _as_asked(raw: bytes, file: str, encoding: str) -> str:
    try:
        text = raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeError as fault:
        at = raw.count(b"\n", 0, getattr(fault, "start", 0)) + 1
        cause = f"is not {encoding}: {getattr(fault, 'reason', fault)}"
        raise InvalidData.at(Place(file, at), cause, "leave the encoding out to have it found") from None
    except LookupError:
        cause = f'there is no encoding of texts called "{encoding}"'
        raise UsageError.at(Place(file), cause, did_you_mean(encoding, ENCODINGS)) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InvalidData.at(Place(file, line), "holds a NUL, as no text does", "check the encoding")
    return text


def _tried(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeError:
        return None


def _plausible(text: str, encoding: str) -> bool:
    """Whether most letters beyond ASCII are those of the encoding's language: cp949 and cp1256 fit nearly any bytes."""
    if encoding not in LETTERS:
        return True
    first, last = LETTERS[encoding]
    runs = islice(_BEYOND_ASCII.finditer(text), SAMPLE)
    beyond = [character for run in runs for character in run[0] if character.isalpha()]
    return sum(first <= character <= last for character in beyond) * 2 > len(beyond)


# ------------------------------------------------------------------------------------------------------------ CSV


def read_csv(path: Path, delimiter: str, heading_line: int, encoding: str) -> Table:
    """Read CSV; ``delimiter`` and ``encoding`` are found out where they are empty."""
    file = str(path)
    text, used = decoded(contents(path), file, encoding)
    if max(text.count("\n"), text.count("\r")) > MAX_LINES:
        raise InvalidData.at(Place(file), f"has more than {MAX_LINES:,} lines", "cut it into several files")
    delimiter = delimiter or _delimiter(text)
    notes = (f"encoding {used}", f"fields separated by {DELIMITERS.get(delimiter, delimiter)}")
    return headed(file, "", list(_rows(text, delimiter, file)), heading_line, notes, used)


def _rows(text: str, delimiter: str, file: str) -> Iterator[Line]:
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(_lines(text, file), delimiter=delimiter, strict=True)
    start = found = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as fault:
            yield Line(start, (), (_csv_problem(fault, file, start, reader.line_num),))
            start = reader.line_num + 1
            continue
        if cells is None:
            return
        if any(cells):
            found += 1
            yield Line(start, tuple(cells))
        if found > MAX_ROWS:
            raise InvalidData.at(Place(file, start), f"has more than {MAX_ROWS:,} rows", "cut it into several files")
        start = reader.line_num + 1


def _csv_problem(fault: csv.Error, file: str, first: int, last: int) -> Problem:
    """Say what is wrong, and which lines are lost by it: an open quotation mark takes all that follow."""
    lost = f"; lines {first} to {last} are not read" if last > first else ""
    return Problem(Place(file, first), f"the row is no CSV: {fault}{lost}", "close or double its quotation marks")


def _lines(text: str, file: str) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text, newline=""), 1):
        if len(line) > MAX_LINE:
            raise InvalidData.at(Place(file, number), f"the line is longer than {MAX_LINE:,} letters", "check the file")
        yield line


def _delimiter(text: str) -> str:
    """Return what separates the fields: the mark that the first line with any has most."""
    for line in islice(io.StringIO(text, newline=""), LOOKED_AT):
        counts = {mark: line.count(mark) for mark in DELIMITERS}
        if any(counts.values()):
            return max(counts, key=lambda mark: counts[mark])
    return ","


# ------------------------------------------------------------------------------------------------------ JSON lines


def read_json_lines(path: Path, encoding: str) -> Table:
    """Read one object a line; nested tables become dotted headings."""
    file = str(path)
    text, used = decoded(contents(path), file, encoding or "utf-8-sig")
    found: list[tuple[int, dict[str, Cell], tuple[Problem, ...]]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found.append((number, _object(line), ()))
        except (ValueError, RecursionError) as fault:
            place = Place(file, number, getattr(fault, "colno", 0))
            cause = "is nested too deeply" if isinstance(fault, RecursionError) else getattr(fault, "msg", str(fault))
            found.append((number, {}, (Problem(place, f"is no record: {cause}", 'write {"vendor": …} on one line'),)))
    headings = tuple(dict.fromkeys(name for _, cells, _ in found for name in cells))
    if not found:
        raise InvalidData.at(Place(file), "the table is empty", "write one object on each line")
    if len(headings) > MAX_COLUMNS or len(headings) * len(found) > MAX_CELLS:
        cause = f"{len(found):,} lines name {len(headings):,} fields, which is too much for one table"
        raise InvalidData.at(Place(file), cause, "cut it into several files")
    lines = tuple(Line(number, tuple(cells.get(name) for name in headings), wrong) for number, cells, wrong in found)
    return Table(file, "", headings, lines, 0, (f"encoding {used}",), used)


def _object(line: str) -> dict[str, Cell]:
    value = json.loads(line, parse_float=str, parse_int=str, parse_constant=_constant, object_pairs_hook=_once)
    if not isinstance(value, dict):
        raise ValueError("a line must be an object")  # noqa: TRY004  (told as a fault of the file)
    return _once(list(leaves(value, "")))


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no value")


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs as a table; a name given twice would lose a value."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f'"{name}" is given twice')
        found[name] = value
    return found


def leaves(value: dict[str, Any] | list[Any], prefix: str) -> Iterator[tuple[str, Cell]]:
    """Yield the single values within tables and lists under dotted names: ``licences.0.product``."""
    pairs = value.items() if isinstance(value, dict) else ((str(index), item) for index, item in enumerate(value))
    for name, item in pairs:
        if isinstance(item, dict | list):
            yield from leaves(item, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", item
