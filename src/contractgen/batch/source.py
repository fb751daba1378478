"""Where the records of a batch come from: a table or a folder, read one record at a time.

In: a path and a mapping. Out: ``Source``: a stream of items that can be walked more than once, and an ``Opener`` that
interprets an item in any process. Nothing is held of the items that have gone by, so memory does not grow with their
number. Another kind of source needs ``records()`` and an opener, and a line in ``open_source``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from contractgen.errors import InvalidData, OutputError, Place, Problem
from contractgen.files import Marked, read_text
from contractgen.intake.mapping import Mapping
from contractgen.intake.reading import is_address, read_table
from contractgen.intake.rows import Entry, RowReader
from contractgen.intake.tables import Cell, Line, Table
from contractgen.record_file import parse_record
from contractgen.validation import shown

SUFFIXES = (".yaml", ".yml", ".json")
"""Files of a folder that are records; others are passed over."""


@dataclass(frozen=True, slots=True)
class Item:
    """A record as it was read: its number in the stream from 1, a payload for the opener, a hash of what it says."""

    index: int
    payload: Any
    digest: bytes


class Opener(Protocol):
    """Interprets the payloads of a source. It pickles and goes to every worker."""

    def entry(self, payload: Any) -> Entry:
        """Return all that a record says; raises ``InvalidData`` for what is no record."""

    def place(self, payload: Any) -> str:
        """Return where a record stands."""

    def text(self, payload: Any, name: str) -> str:
        """Return a single field by its dotted name, at little cost; "" where there is none."""


class Source(Protocol):
    """A stream of records."""

    @property
    def opener(self) -> Opener:
        """What interprets its payloads."""

    @property
    def name(self) -> str:
        """How messages call it: a path, or the address of a database without its password."""

    @property
    def notes(self) -> tuple[str, ...]:
        """How it was read, for people."""

    def records(self) -> Iterator[Item]:
        """Walk through the records from the first; may be called again."""


# ------------------------------------------------------------------------------------------------------------- tables


Row = tuple[int, tuple[Cell, ...], tuple[Problem, ...]]
"""A ``Line`` as a plain tuple, which pickles faster: number, cells, problems."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Interprets rows of a table."""

    reader: RowReader

    def entry(self, payload: Row) -> Entry:
        """Return all that a row says."""
        return self.reader.entry(Line(*payload))

    def place(self, payload: Row) -> str:
        """Return ``list.csv:12`` or ``book.xlsx:Sheet1!12:12``."""
        return str(self.reader.table.row(payload[0]))

    def text(self, payload: Row, name: str) -> str:
        """Return one cell."""
        return self.reader.text(payload[1], name)


class TableSource:
    """The rows of a table."""

    def __init__(self, table: Table, mapping: Mapping) -> None:
        self.opener = Rows(RowReader(table, mapping))
        self.name, self.notes = table.file, table.notes
        self._table = table

    def records(self) -> Iterator[Item]:
        """Walk through the rows."""
        headings = repr(self._table.headings).encode()
        for index, line in enumerate(self._table.lines, 1):
            said = repr(line.cells).encode("utf-8", "surrogatepass")
            yield Item(index, (line.number, line.cells, line.problems), sha256(headings + said).digest())


# ------------------------------------------------------------------------------------------------------------- folders


@dataclass(frozen=True, slots=True)
class RecordText:
    """A record file as it was read, or why it could not be."""

    file: str
    text: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Records:
    """Interprets record files in YAML or JSON."""

    def entry(self, payload: RecordText) -> Entry:
        """Return all that a record file says."""
        return Entry(Place(payload.file), _record(payload))

    def place(self, payload: RecordText) -> str:
        """Return the path of the file."""
        return payload.file

    def text(self, payload: RecordText, name: str) -> str:
        """Return one field; "" also where the file is no record."""
        try:
            value = _record(payload).data
        except InvalidData:
            return ""
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value if isinstance(value, str) else ""


@lru_cache(1)
def _record(payload: RecordText) -> Marked:
    if payload.problems:
        raise InvalidData(payload.problems)
    marked = parse_record(payload.text, payload.file)
    if not isinstance(marked.data, dict):
        cause = f"must be a table of fields, but is {shown(marked.data)}"
        raise InvalidData.at(marked.place(), cause, "write one name: value on each line")
    return marked


class FolderSource:
    """The record files of a folder and of the folders in it, in the order of their names."""

    def __init__(self, folder: Path) -> None:
        self.opener = Records()
        self.name = str(folder)
        self.notes = (f"record files ending in {', '.join(SUFFIXES)}",)
        self._folder = folder

    def holds(self, folder: Path) -> bool:
        """Whether a folder is this one or lies in it."""
        return folder.resolve().is_relative_to(self._folder.resolve())

    def records(self) -> Iterator[Item]:
        """Walk through the files."""
        for index, path in enumerate(_files(self._folder), 1):
            file = str(path)
            try:
                payload = RecordText(file, read_text(path))
            except InvalidData as error:
                payload = RecordText(file, "", error.problems)
            yield Item(index, payload, sha256(payload.text.encode()).digest())


def _files(folder: Path) -> Iterator[Path]:
    """Yield the record files of a folder; hidden ones and links to other folders are passed over."""
    try:
        names = sorted(name for name in os.listdir(folder) if not name.startswith("."))  # noqa: PTH208  (names only)
    except OSError as fault:
        raise OutputError.at(Place(str(folder)), f"cannot be read: {fault.strerror}", "check the folder") from fault
    for name in names:
        path = folder / name
        if path.suffix.lower() in SUFFIXES and path.is_file():
            yield path
        elif path.is_dir() and not path.is_symlink():
            yield from _files(path)


def open_source(portfolio: str | Path, mapping: Mapping) -> Source:
    """Return the records of a folder, or of a table or database as ``contractgen due`` reads it.

    Raises what reading raises.
    """
    if not is_address(portfolio) and Path(portfolio).is_dir():
        return FolderSource(Path(portfolio))
    return TableSource(read_table(portfolio, mapping), mapping)
