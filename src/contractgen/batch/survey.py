"""A first walk through the records: how many there are, which contracts stand twice, which names are wanted twice.

In: the records. Out: ``Survey``. What is noted of each record lies in a database on disk, so memory does not grow with
their number.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import Path

from contractgen.batch.source import Item

CONTRACT, NAME = 0, 1
BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Noted:
    """What a record is known by: its contract ("" if it names none) and its wanted file ("" if none is made)."""

    contract: str
    name: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found. ``doubles`` and ``clashes`` hold keys of what stands twice; ``seal`` is a hash of all records."""

    total: int
    doubles: frozenset[bytes]
    clashes: frozenset[bytes]
    seal: bytes


def key(text: str) -> bytes:
    """Return what a text is noted under."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()


def survey(records: Iterator[Item], note: Callable[[Item], Noted], taken: tuple[str, ...], folder: Path) -> Survey:
    """Walk through the records. ``taken``: names that no record may have; ``folder``: for what is noted meanwhile."""
    base = sqlite3.connect(folder / "survey.sqlite", isolation_level=None)
    try:
        base.execute("PRAGMA journal_mode = OFF")
        base.execute("PRAGMA synchronous = OFF")
        base.execute("CREATE TABLE seen (kind INT, key BLOB, times INT, PRIMARY KEY (kind, key)) WITHOUT ROWID")
        rows = [(NAME, key(name)) for name in taken]
        seal, total = sha256(), 0
        for item in records:
            noted = note(item)
            seal.update(item.digest)
            total += 1
            if noted.contract:
                rows.append((CONTRACT, key(noted.contract)))
            if noted.name:
                rows.append((NAME, key(noted.name)))
            if len(rows) >= BATCH:
                _count(base, rows)
        _count(base, rows)
        found: dict[int, set[bytes]] = {CONTRACT: set(), NAME: set()}
        for kind, name in base.execute("SELECT kind, key FROM seen WHERE times > 1"):
            found[kind].add(name)
        return Survey(total, frozenset(found[CONTRACT]), frozenset(found[NAME]), seal.digest())
    finally:
        base.close()


def _count(base: sqlite3.Connection, rows: list[tuple[int, bytes]]) -> None:
    statement = "INSERT INTO seen VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET times = times + 1"
    base.execute("BEGIN")
    base.executemany(statement, rows)
    base.execute("COMMIT")
    rows.clear()
