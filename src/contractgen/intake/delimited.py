"""CSV in the encodings of Korean and Persian offices, and JSON lines.

In: a path. Out: ``Table``, with the encoding and the mark between fields that were found out among its notes; its rows
are read when they are walked through, and none is held. Raises ``InvalidData`` for a file that is no such text; a row
that cannot be read is a problem of that row. An encoding is never guessed without grounds: text that fits none of ours
by its letters is refused, and the message says how to name the encoding.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from contractgen.errors import InvalidData, OutputError, Place, Problem, UsageError, did_you_mean
from contractgen.intake.tables import MAX_BYTES, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Cell, Line, Table, Walk, headed

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
BLOCK = 1 << 20
"""Bytes that are read at a time."""
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
    with reading(path):
        return path.read_bytes()


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Check that a path can be read; what goes wrong meanwhile is told with it."""
    place = Place(str(path))
    if not path.is_file():
        cause = "is a folder, not a file" if path.is_dir() else "is no file" if path.exists() else "does not exist"
        raise UsageError.at(place, cause, "name a .csv, .xlsx or .jsonl file")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InvalidData.at(place, f"is larger than {MAX_BYTES // 2**20} MB", "cut it into several files")
        yield
    except OSError as fault:
        raise OutputError.at(place, f"cannot be read: {fault.strerror}", "check the file") from fault


# ------------------------------------------------------------------------------------------------------- encodings


def encoding_of(path: Path, encoding: str = "") -> str:
    """Return the encoding of a text: the one asked for, if it is that, or the first that fits."""
    file = str(path)
    with reading(path):
        with path.open("rb") as stream:
            head = stream.read(8)
        for mark, cause, repair in _OTHERS:
            if head.startswith(mark):
                raise InvalidData.at(Place(file), cause, repair)
        if encoding:
            _check_asked(path, encoding)
            return encoding
        marked = head[:2] in {b"\xff\xfe", b"\xfe\xff"}
        if not marked:
            _check_nul(path)
        for name in ENCODINGS:
            if (marked or name != "utf-16") and _fits(path, name):
                return name
    cause = f"the text is in none of the encodings that are found out ({', '.join(ENCODINGS)})"
    raise InvalidData.at(Place(file), cause, 'save it as CSV UTF-8, or name it: encoding = "…" below [table]')


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from iter(partial(stream.read, BLOCK), b"")


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    """Yield a text piece by piece; raises ``UnicodeError``, which knows the bytes in which it arose."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    for block in _blocks(path):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _check_nul(path: Path) -> None:
    line = 1
    for block in _blocks(path):
        if b"\0" in block:
            line += block.count(b"\n", 0, block.index(b"\0"))
            raise InvalidData.at(Place(str(path), line), "holds a NUL byte, as no text does", "save it as CSV UTF-8")
        line += block.count(b"\n")


def _check_asked(path: Path, encoding: str) -> None:
    """Raise where a text is not in the encoding that was asked for, with the line."""
    file, line = str(path), 1
    try:
        "".encode(encoding)  # raises LookupError also for codecs that are none of texts (base64)
        for text in _decoded(path, encoding):
            if "\0" in text:
                line += text.count("\n", 0, text.index("\0"))
                raise InvalidData.at(Place(file, line), "holds a NUL, as no text does", "check the encoding")
            line += text.count("\n")
    except UnicodeError as fault:
        line += getattr(fault, "object", b"").count(b"\n", 0, getattr(fault, "start", 0))
        cause = f"is not {encoding}: {getattr(fault, 'reason', fault)}"
        raise InvalidData.at(Place(file, line), cause, "leave the encoding out to have it found") from None
    except LookupError:
        cause = f'there is no encoding of texts called "{encoding}"'
        raise UsageError.at(Place(file), cause, did_you_mean(encoding, ENCODINGS)) from None


def _fits(path: Path, encoding: str) -> bool:
    """Whether a text is in the encoding: its bytes are, and most letters beyond ASCII are those of its language.

    The letters decide because cp949 and cp1256 fit nearly any bytes.
    """
    first, last = LETTERS.get(encoding, ("", ""))
    seen: Counter[bool] = Counter()
    runs = 0
    try:
        for text in _decoded(path, encoding):
            if "\0" in text:
                return False
            if first and runs < SAMPLE:
                for run in islice(_BEYOND_ASCII.finditer(text), SAMPLE - runs):
                    runs += 1
                    seen.update(first <= character <= last for character in run[0] if character.isalpha())
    except UnicodeError:
        return False
    return not first or seen[True] > seen[False]


# ------------------------------------------------------------------------------------------------------------ CSV


def read_csv(path: Path, delimiter: str, heading_line: int, encoding: str) -> Table:
    """Read CSV; ``delimiter`` and ``encoding`` are found out where they are empty."""
    used = encoding_of(path, encoding)
    delimiter = delimiter or _delimiter(path, used)
    notes = (f"encoding {used}", f"fields separated by {DELIMITERS.get(delimiter, delimiter)}")
    return headed(str(path), "", Walk(partial(_rows, path, used, delimiter)), heading_line, notes, used)


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[Line]:
    csv.field_size_limit(MAX_FIELD)
    file = str(path)
    reader = csv.reader(_lines(path, encoding), delimiter=delimiter, strict=True)
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


def _lines(path: Path, encoding: str, ends: str = "") -> Iterator[str]:
    """Yield the lines of a text. ``ends``: what ends a line, as ``open`` takes it; any line end if it is empty."""
    file, number = str(path), 0
    try:
        with reading(path), path.open(encoding=encoding, newline=ends) as stream:
            for number, line in enumerate(iter(partial(stream.readline, MAX_LINE + 1), ""), 1):
                if len(line) > MAX_LINE:
                    cause = f"the line is longer than {MAX_LINE:,} letters"
                    raise InvalidData.at(Place(file, number), cause, "check the file")
                if number > MAX_LINES:
                    raise InvalidData.at(Place(file), f"has more than {MAX_LINES:,} lines", "cut it into several files")
                yield line.removeprefix("\ufeff") if number == 1 else line
    except UnicodeError as fault:
        raise InvalidData.at(Place(file, number + 1), f"is not {encoding}: {fault}", "do not change it now") from None


def _delimiter(path: Path, encoding: str) -> str:
    """Return what separates the fields: the mark that the first line with any has most."""
    for line in islice(_lines(path, encoding), LOOKED_AT):
        counts = {mark: line.count(mark) for mark in DELIMITERS}
        if any(counts.values()):
            return max(counts, key=lambda mark: counts[mark])
    return ","


# ------------------------------------------------------------------------------------------------------ JSON lines


def read_json_lines(path: Path, encoding: str) -> Table:
    """Read one object a line; nested tables become dotted headings."""
    file = str(path)
    used = encoding_of(path, encoding or "utf-8-sig")
    names: dict[str, None] = {}
    count = 0
    for _, cells, _ in _objects(path, used):
        count += 1
        names.update(dict.fromkeys(cells))
    if not count:
        raise InvalidData.at(Place(file), "the table is empty", "write one object on each line")
    if len(names) > MAX_COLUMNS or len(names) * count > MAX_CELLS:
        cause = f"{count:,} lines name {len(names):,} fields, which is too much for one table"
        raise InvalidData.at(Place(file), cause, "cut it into several files")
    headings = tuple(names)
    return Table(file, "", headings, Walk(partial(_records, path, used, headings)), 0, (f"encoding {used}",), used)


def _records(path: Path, encoding: str, headings: tuple[str, ...]) -> Iterator[Line]:
    for number, cells, wrong in _objects(path, encoding):
        yield Line(number, tuple(cells.get(name) for name in headings), wrong)


def _objects(path: Path, encoding: str) -> Iterator[tuple[int, dict[str, Cell], tuple[Problem, ...]]]:
    """Yield the number of a line, its fields, and what is wrong with it."""
    for number, line in enumerate(_lines(path, encoding, "\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, _object(line.rstrip("\n")), ()
        except (ValueError, RecursionError) as fault:
            place = Place(str(path), number, getattr(fault, "colno", 0))
            cause = "is nested too deeply" if isinstance(fault, RecursionError) else getattr(fault, "msg", str(fault))
            yield number, {}, (Problem(place, f"is no record: {cause}", 'write {"vendor": …} on one line'),)


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
