"""``results.jsonl`` as a journal: what is written stays, what was cut off is cut away, what is known is found again.

In: an output folder. Out: ``Journal``, which writes results in the order of the records (``InOrder``), and finds the
results of earlier runs by the hash of their input. A run that goes on writes ``results.jsonl`` anew
from its first record and copies what still holds; until it is through, what was known before stands in
``results.previous.jsonl``, so that whatever ends the run, nothing known is lost. The folder is locked meanwhile.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from contractgen.batch.results import SETTLED, Result, parsed
from contractgen.batch.store import REPAIR, StoreFault
from contractgen.errors import Place, UsageError

RESULTS, PREVIOUS = "results.jsonl", "results.previous.jsonl"
MOST_WAITING = 1 << 20
"""Bytes of a line: no result is longer."""


class InOrder:
    """Takes results in any order and hands them on in the order of the records; few have to wait at any time."""

    def __init__(self, hand_on: Callable[[Result], None]) -> None:
        self._hand_on = hand_on
        self._waiting: dict[int, Result] = {}
        self._next = 1

    def add(self, result: Result) -> None:
        """Take a result; it is handed on as soon as all before it are."""
        self._waiting[result.index] = result
        while self._next in self._waiting:
            self._hand_on(self._waiting.pop(self._next))
            self._next += 1

    def rest(self) -> None:
        """Hand on what still waits, though records before it were not done."""
        for index in sorted(self._waiting):
            self._hand_on(self._waiting.pop(index))


class Journal:
    """The results of a batch, being written. The folder is locked until ``close``."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self._folder = folder
        self._known = _Known(scratch / "journal.sqlite")
        self._lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise UsageError.at(Place(str(folder)), "another batch writes into this folder", "wait for it") from None
        try:
            _gather(folder)
            if (folder / PREVIOUS).exists():
                self._known.learn(folder / PREVIOUS)
            self._stream = (folder / RESULTS).open("wb")
        except OSError as fault:
            os.close(self._lock)
            raise _fault(folder / RESULTS, fault) from fault

    def known(self, input_: str) -> Result | None:
        """Return the result of an earlier run for the same input, if it was settled then."""
        return self._known.find(input_)

    def put(self, result: Result) -> None:
        """Write a result."""
        if result.file:
            self._known.claim(result.file)
        try:
            self._stream.write(result.line())
        except OSError as fault:
            raise _fault(self._folder / RESULTS, fault) from fault

    def left(self) -> Iterator[str]:
        """Yield the files of earlier runs that no result of this one names, by name."""
        return self._known.unclaimed()

    def flush(self) -> None:
        """Hand what is written to the system."""
        try:
            self._stream.flush()
        except OSError as fault:
            raise _fault(self._folder / RESULTS, fault) from fault

    def close(self, *, complete: bool) -> None:
        """Close the file; forget what was known before if nothing is left to do."""
        try:
            self.flush()
            if complete:
                (self._folder / PREVIOUS).unlink(missing_ok=True)
        finally:
            with suppress(OSError):  # what could not be written is told already
                self._stream.close()
            self._known.close()
            os.close(self._lock)


class _Known:
    """Settled results of earlier runs, found by their input: a database of offsets into the file; and their files."""

    def __init__(self, path: Path) -> None:
        self._base = sqlite3.connect(path, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute("PRAGMA synchronous = OFF")
        self._base.execute("CREATE TABLE known (input TEXT PRIMARY KEY, offset INT) WITHOUT ROWID")
        self._base.execute("CREATE TABLE files (name TEXT PRIMARY KEY) WITHOUT ROWID")
        self._file = -1

    def learn(self, path: Path) -> None:
        """Note where each settled result stands; of two for one input, the later."""
        self._file = os.open(path, os.O_RDONLY)
        self._base.execute("BEGIN")
        for offset, result in _lines(path):
            if result.status in SETTLED and result.input:
                self._base.execute("INSERT OR REPLACE INTO known VALUES (?, ?)", (result.input, offset))
            if result.file:
                self._base.execute("INSERT OR IGNORE INTO files VALUES (?)", (result.file,))
        self._base.execute("COMMIT")

    def find(self, input_: str) -> Result | None:
        if self._file < 0:
            return None
        row = self._base.execute("SELECT offset FROM known WHERE input = ?", (input_,)).fetchone()
        return parsed(os.pread(self._file, MOST_WAITING, row[0]).partition(b"\n")[0]) if row else None

    def claim(self, file: str) -> None:
        if self._file >= 0:
            self._base.execute("DELETE FROM files WHERE name = ?", (file,))

    def unclaimed(self) -> Iterator[str]:
        return (name for (name,) in self._base.execute("SELECT name FROM files ORDER BY name"))

    def close(self) -> None:
        self._base.close()
        if self._file >= 0:
            os.close(self._file)


def _lines(path: Path) -> Iterator[tuple[int, Result]]:
    """Yield each result and where its line begins; a line that is torn is passed over: its record is done again."""
    offset = 0
    with path.open("rb") as stream:
        for line in stream:
            result = parsed(line) if line.endswith(b"\n") else None
            if result is not None:
                yield offset, result
            offset += len(line)


def _gather(folder: Path) -> None:
    """Put all that earlier runs have written into one file, whole or not at all."""
    results, previous = folder / RESULTS, folder / PREVIOUS
    if not results.exists() or not results.stat().st_size:
        return
    joined = folder / f".{PREVIOUS}"
    try:
        with joined.open("wb") as out:
            for path in (previous, results):
                if path.exists():
                    with path.open("rb") as stream:
                        shutil.copyfileobj(stream, out, 1 << 20)
                    out.write(b"\n")  # ends a torn line
        joined.replace(previous)
    except OSError:
        joined.unlink(missing_ok=True)
        raise
    results.unlink()


def _fault(path: Path, fault: OSError) -> StoreFault:
    cause = f"cannot be written: {fault.strerror}"
    return StoreFault.at(Place(str(path)), cause, REPAIR)
