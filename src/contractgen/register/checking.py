"""Whether the register is whole: the chain, the rows it seals, the series, the files.

In: a register, the place of its files, a head of the chain noted earlier. Out: ``Verdict`` with every fault found, in
the order of the chain. Nothing is changed. What each check can and cannot find is told in docs/register.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from json import JSONDecodeError, loads
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from contractgen.errors import Place, Problem, UsageError
from contractgen.register.entries import GENESIS, State, entry_of, link
from contractgen.register.filing import Files
from contractgen.register.placing import MARK
from contractgen.register.schema import CHAIN, DOCUMENTS, ENTRIES, META, SERIES, reading, told
from contractgen.register.store import Register, entry_rows

RESTORE = "find out who changed it, and restore the register from a copy"
AGAIN = "issue the same record again: it gives the same bytes; or contractgen register repair --files"
STREAM = 1000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: how many entries and links there are, the hash of the last link, all faults.

    ``elsewhere``: how many files of the register lie in another place than the one that was looked at.
    """

    entries: int
    links: int
    head: str
    faults: tuple[Problem, ...]
    elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class Filed:
    """The file that the register expects under a name: whose it is, and its hash."""

    number: str
    file: str


@dataclass(frozen=True, slots=True)
class Expected:
    """The files that the register expects in a place, by their names there; how many it expects elsewhere."""

    names: dict[str, Filed] = field(default_factory=dict)
    elsewhere: int = 0


def verify(register: Register, files: Files | None = None, head: str = "") -> Verdict:
    """Check the whole register in one state of it, and the files of one place where one is given.

    ``head``: the hash of a last link noted earlier, which must still be in the chain. Raises ``OutputError`` where the
    database or the place cannot be read, ``UsageError`` where all files of the register lie elsewhere.
    """
    with told(register.engine), reading(register.engine) as connection:
        found = [
            *chain_faults(connection, head),
            *row_faults(connection),
            *count_faults(connection),
            *series_faults(connection),
        ]
        expected = filed(connection, files) if files is not None else Expected()
        entries = connection.execute(select(func.count()).select_from(ENTRIES)).scalar_one()
        meta = connection.execute(select(META.c.seq, META.c.hash)).one()
    if files is not None:
        found.extend(_files(files, expected.names))
    return Verdict(entries, meta.seq, meta.hash, tuple(found), expected.elsewhere)


def _stream(connection: Connection, statement: Any) -> Iterator[Mapping[str, Any]]:
    for row in connection.execution_options(yield_per=STREAM).execute(statement).mappings():
        yield dict(row)


def chain_faults(connection: Connection, noted: str = "") -> Iterator[Problem]:
    """Walk the chain from its beginning: no link is missing, changed or exchanged."""
    seq, previous, met = 0, GENESIS, not noted
    for row in _stream(connection, select(CHAIN).order_by(CHAIN.c.seq)):
        place = Place(f"link {row['seq']}")
        if row["seq"] != seq + 1:
            yield Problem(Place(f"link {seq + 1}"), f"is missing: link {row['seq']} is the next one there", RESTORE)
        if row["previous"] != previous:
            yield Problem(place, "does not follow the link before it: one of the two was exchanged", RESTORE)
        if link(row["previous"], row["body"]) != row["hash"]:
            yield Problem(place, f"was changed after it was written ({_number(row['body'])})", RESTORE)
        seq, previous = row["seq"], row["hash"]
        met = met or row["hash"] == noted
    meta = connection.execute(select(META.c.seq, META.c.hash)).one()
    if (meta.seq, meta.hash) != (seq, previous):
        yield Problem(Place(f"link {seq}"), f"is the last, but {meta.seq} links were written", RESTORE)
    if not met:
        yield Problem(Place("--head"), f"no link has the hash {noted[:12]}…: the chain was written anew", RESTORE)


def _number(body: str) -> str:
    try:
        return str(loads(body)["number"])
    except (JSONDecodeError, KeyError, TypeError):
        return "its text cannot be read"


def row_faults(connection: Connection) -> Iterator[Problem]:
    """Compare each entry with the link that recorded it last."""
    last = select(CHAIN.c.entry, func.max(CHAIN.c.seq).label("last")).group_by(CHAIN.c.entry).subquery()
    statement = (
        entry_rows()
        .add_columns(CHAIN.c.body.label("sealed"), last.c.last)
        .outerjoin(last, last.c.entry == ENTRIES.c.id)
        .outerjoin(CHAIN, CHAIN.c.seq == last.c.last)
        .order_by(ENTRIES.c.id)
    )
    for *fields, sealed, last_link in connection.execution_options(yield_per=STREAM).execute(statement):
        entry, seq = entry_of(fields), last_link or 0
        place = Place(entry.number)
        if entry.seq != seq:
            yield Problem(place, f"names link {entry.seq} of the chain as its own, which is {seq}", RESTORE)
        elif entry.state is State.RESERVED:
            if sealed is not None and loads(sealed)["state"] != State.VOID:
                yield Problem(place, "is shown as reserved, but the chain has it as issued", RESTORE)
        elif sealed is None:
            yield Problem(place, f"is shown as {entry.state}, but no link of the chain says so", RESTORE)
        elif not entry.sealed_by(sealed):
            yield Problem(place, f"was changed: {', '.join(_differences(entry.body(), sealed))}", RESTORE)
    lost = select(CHAIN.c.seq, CHAIN.c.body).where(CHAIN.c.entry.not_in(select(ENTRIES.c.id))).order_by(CHAIN.c.seq)
    for row in _stream(connection, lost):
        yield Problem(Place(f"link {row['seq']}"), f"its entry {_number(row['body'])} was removed", RESTORE)


def _differences(now: str, sealed: str) -> Iterator[str]:
    try:
        before = loads(sealed)
    except JSONDecodeError:
        before = {}
    for name, value in loads(now).items():
        if before.get(name) != value and (name in before or name != "key"):
            yield f"{name} is {value}, sealed was {before.get(name)}"


def count_faults(connection: Connection) -> Iterator[Problem]:
    """Count documents and entries: none was removed before it came into the chain, none is without the other."""
    meta = connection.execute(select(META.c.documents, META.c.entries)).one()
    for table, name, written in ((DOCUMENTS, "documents", meta.documents), (ENTRIES, "entries", meta.entries)):
        count = connection.execute(select(func.count()).select_from(table)).scalar_one()
        if count != written:
            yield Problem(Place(name), f"{written} were written, and {count} are there", RESTORE)
    bare = select(DOCUMENTS.c.base).where(DOCUMENTS.c.id.not_in(select(ENTRIES.c.document))).order_by(DOCUMENTS.c.id)
    for base in connection.execute(bare).scalars():
        yield Problem(Place(base), "is a number without any entry", RESTORE)


def series_faults(connection: Connection) -> Iterator[Problem]:
    """Count each series through: every serial up to the last is there, and its number carries it."""
    last = {row.name: row.last for row in connection.execute(select(SERIES).order_by(SERIES.c.name))}
    serial = dict.fromkeys(last, 0)
    columns = (DOCUMENTS.c.series, DOCUMENTS.c.serial, DOCUMENTS.c.base)
    counted = select(*columns).where(DOCUMENTS.c.series.is_not(None)).order_by(*columns[:2])
    for row in _stream(connection, counted):
        name, now = row["series"], row["serial"]
        if now != serial.get(name, 0) + 1:
            yield Problem(Place(name), f"number {serial.get(name, 0) + 1} of the series is missing", RESTORE)
        serial[name] = now
        before, _, after = name.partition("#")
        middle = row["base"].removeprefix(before).removesuffix(after)
        if not middle.isdigit() or int(middle) != now or f"{before}{middle}{after}" != row["base"]:
            yield Problem(Place(row["base"]), f"does not carry its serial {now} of the series {name}", RESTORE)
    for name, most in last.items():
        if serial[name] != most:
            yield Problem(Place(name), f"the series has come to {most}, and its last number is {serial[name]}", RESTORE)


# -------------------------------------------------------------------------------------------------------------- files


def filed(connection: Connection, files: Files) -> Expected:
    """Return which files the register expects in a place: of those issued to one path, the last.

    Raises ``UsageError`` where all lie elsewhere: a check of the wrong place would find nothing wrong.
    """
    names: dict[str, Filed] = {}
    elsewhere: set[str] = set()
    for row in _stream(connection, select(CHAIN.c.body).order_by(CHAIN.c.seq)):
        try:
            body = loads(row["body"])
            if body["state"] == State.ISSUED:
                name = files.name_of(body["path"])
                if name is None:
                    elsewhere.add(body["path"])
                else:
                    names[name] = Filed(body["number"], body["file"])
        except (JSONDecodeError, KeyError, TypeError):
            continue  # told as a changed link
    if elsewhere and not names:
        cause = f"no file of the register lies there, but for instance {min(elsewhere)}"
        raise UsageError.at(Place("--files"), cause, "name the folder or the store that the files were written to")
    return Expected(names, len(elsewhere))


def _files(files: Files, expected: Mapping[str, Filed]) -> Iterator[Problem]:
    """Compare the files of a place with those that the register expects."""
    there = files.names()
    for (name, wanted), found in zip(expected.items(), files.hashes(expected), strict=True):
        place = Place(files.shown(name))
        if found is None:
            yield Problem(place, f"is missing: the register has it as {wanted.number}", AGAIN)
        elif found != wanted.file:
            yield Problem(place, f"is not the file that was issued as {wanted.number}", AGAIN)
    kinds = {PurePosixPath(name).suffix for name in expected}
    for name in there:
        path = PurePosixPath(name)
        if path.name.startswith(MARK):
            yield Problem(Place(files.shown(name)), "was left unfinished", "contractgen register repair --files")
        elif path.suffix in kinds and name not in expected:
            yield Problem(Place(files.shown(name)), "is in no row of the register", "move it away, or issue it")
