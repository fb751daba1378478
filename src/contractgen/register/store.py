"""The register: numbers are reserved, documents issued or made void, each call in one transaction; entries are read.

In: requests, finished files, reasons. Out: entries as they stand then, or a ``Problem`` for each that cannot be. Raises
``OutputError`` when the database fails; then nothing of the call has happened. Any number of processes may use one
register at once. How files and rows are kept together is told in ``placing``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Self

from sqlalchemy import ColumnElement, Engine, Select, Table, case, select, update
from sqlalchemy.engine import Connection

from contractgen.errors import Place, Problem
from contractgen.register.allotting import Answer, Known, Numbered, Plan, allot, void
from contractgen.register.bulk import insert_rows, update_rows
from contractgen.register.entries import Entry, Made, Request, Run, Series, State, Wanted, entry_of, link
from contractgen.register.schema import CHAIN, DOCUMENTS, ENTRIES, META, SERIES, opened, reading, told, writing

SLICE = 500
"""How many keys are asked for in one statement."""
_DOCUMENT_COLUMNS, _CHAIN_COLUMNS = tuple(DOCUMENTS.c.keys()), tuple(CHAIN.c.keys())
_ENTRY_COLUMNS = tuple(name for name in ENTRIES.c.keys() if name not in {"id", "document"})  # noqa: SIM118  (a list)
_SETTLED = ("state", "run", "by", "at", "path", "file", "size", "reason", "seq")
"""What changes when an entry is issued or made void."""

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time in UTC: the register says when a document was issued; documents never read a clock."""
    return datetime.now(UTC)


def moment(time: datetime) -> str:
    """Return a time in UTC as the register writes it: ``2026-11-25T16:00:00Z``."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class Register:
    """A register of issued documents in an SQLite file or a PostgreSQL database."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self.engine = engine
        self._clock = clock

    @classmethod
    def open(cls, url: str, *, create: bool = True, clock: Clock = utc_now) -> Self:
        """Open the register at ``url``; make it there where there is none, unless ``create`` is false.

        ``url``: ``sqlite:///FILE``, the name of a file, or ``postgresql://USER@HOST/DATABASE``. Raises ``UsageError``
        for what is no address, ``OutputError`` for a database that cannot be used: unreachable, foreign, older.
        """
        return cls(opened(url, create=create), clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()

    @property
    def place(self) -> Place:
        """The address of the register, without a password, for messages."""
        return Place(self.engine.url.render_as_string(hide_password=True))

    # ------------------------------------------------------------------------------------------------- writing

    def reserve(self, requests: Sequence[Request], run: Run, *, once: bool = False) -> tuple[Answer, ...]:
        """Give each request its entry, in one transaction; answers stand in the order of the requests.

        A request with the same document, copy and input as an entry that is there gets that one, reserved or issued:
        calling again changes nothing. Otherwise numbers and revisions are allotted in the order of the requests, so
        that they do not depend on how the work is shared out later. A request that cannot be met is answered by a
        ``Problem`` and hinders no other: its own number is another document's, or two records of this run contradict
        each other. With ``once`` a copy that another run has issued is the answer, whatever it was made from. Raises
        ``OutputError`` if the database fails; then nothing is reserved.
        """
        with told(self.engine), writing(self.engine) as connection:
            plan = allot(requests, run, self._now(), _known(connection, requests), once=once)
            _write_plan(connection, plan)
        return tuple(plan.answers)

    def issue(self, made: Sequence[Made], run: Run) -> tuple[Answer, ...]:
        """Record finished files, in one transaction: each entry becomes issued and gets a link of the chain.

        Call it when the file is complete under a temporary name, and give the file its own name afterwards (see
        ``placing``). An entry that was made void meanwhile is issued all the same. One that is issued stays as it is
        where file and path are the same; another path is recorded by a further link. A ``Problem`` answers what cannot
        be: other bytes for the same input, or an entry that serves another input by now. Raises ``OutputError`` if the
        database fails; then nothing is issued.
        """
        with told(self.engine), writing(self.engine) as connection:
            now, at = _entries(connection, [item.entry.id for item in made]), self._now()
            sealing = _Sealing(connection)
            answers: list[Answer] = []
            for item in made:
                before = now.get(item.entry.id)
                answer = _issued(before, item, run, at, sealing.next) if before else _unknown(item.entry.id)
                if isinstance(answer, Entry) and before is not None and answer is not before:
                    now[answer.id] = answer
                    sealing.seal(answer, before)
                answers.append(answer)
            sealing.write()
        return tuple(answers)

    def void(self, reasons: Mapping[int, str], run: Run) -> tuple[Answer, ...]:
        """Make reservations void, in one transaction: entry id → why its document could not be made.

        The number is kept with its reason, so that the series has no gap, and the same document gets it again when it
        is asked for anew. A ``Problem`` answers an entry that is issued or unknown. Raises ``OutputError`` if the
        database fails; then nothing is void.
        """
        with told(self.engine), writing(self.engine) as connection:
            now, at = _entries(connection, list(reasons)), self._now()
            sealing = _Sealing(connection)
            answers: list[Answer] = []
            for key, reason in reasons.items():
                answer = void(now[key], _line(reason), run, at, sealing.next) if key in now else _unknown(key)
                if isinstance(answer, Entry) and answer is not now[key]:
                    sealing.seal(answer, now[key])
                answers.append(answer)
            sealing.write()
        return tuple(answers)

    # ------------------------------------------------------------------------------------------------- reading

    def entries(self, wanted: Wanted | None = None) -> Iterator[Entry]:
        """Yield the entries asked for, by id: the order in which they were reserved. Raises ``OutputError``."""
        with told(self.engine), reading(self.engine) as connection:
            for row in connection.execution_options(yield_per=1000).execute(_asked(wanted or Wanted())):
                yield entry_of(row)

    def now(self) -> datetime:
        """Return the time in UTC."""
        return self._clock().astimezone(UTC)

    def _now(self) -> str:
        return moment(self.now())


def entry_rows() -> Select[Any]:
    """Return the statement that reads entries with the fields of ``Entry``."""
    columns = [_column(field.name, ENTRIES, DOCUMENTS) for field in fields(Entry)]
    return select(*columns).select_from(ENTRIES.join(DOCUMENTS, ENTRIES.c.document == DOCUMENTS.c.id))


def _column(name: str, *tables: Table) -> ColumnElement[Any]:
    """Return a column of the first table that has it; a number of a record's own is shown outside of all series."""
    found: ColumnElement[Any] = next(table.c[name] for table in tables if name in table.c)
    empty = {"series": "", "serial": 0}
    return case((DOCUMENTS.c.own, empty[name]), else_=found).label(name) if name in empty else found


def _asked(wanted: Wanted) -> Select[Any]:
    statement = entry_rows().order_by(ENTRIES.c.id)
    for column, value in (
        (DOCUMENTS.c.vendor, wanted.vendor), (DOCUMENTS.c.type, wanted.type), (DOCUMENTS.c.contract, wanted.contract),
        (ENTRIES.c.run, wanted.run), (ENTRIES.c.state, wanted.state),
    ):  # fmt: skip
        if value:
            statement = statement.where(column == value)
    if wanted.since:
        statement = statement.where(ENTRIES.c.at >= wanted.since)
    if wanted.number:
        statement = statement.where((ENTRIES.c.number == wanted.number) | (DOCUMENTS.c.base == wanted.number))
    return statement


def _slices(values: Iterable[Any]) -> Iterator[list[Any]]:
    unique = list(dict.fromkeys(values))
    yield from (unique[at : at + SLICE] for at in range(0, len(unique), SLICE))


def _entries(connection: Connection, ids: Iterable[int]) -> dict[int, Entry]:
    """Return the entries with these ids."""
    rows = (row for part in _slices(ids) for row in connection.execute(entry_rows().where(ENTRIES.c.id.in_(part))))
    return {row.id: entry_of(row) for row in rows}


# --------------------------------------------------------------------------------------------------------- reserving


def _known(connection: Connection, requests: Sequence[Request]) -> Known:
    """Read what the register holds of the documents asked for."""
    meta = connection.execute(select(META)).mappings().one()
    known = Known({}, {}, {}, {}, meta["documents"], meta["entries"], _Taken(connection))
    asked = ((DOCUMENTS.c.key, [r.key for r in requests]), (DOCUMENTS.c.base, [r.number for r in requests if r.number]))
    columns = [_column(field.name, DOCUMENTS) for field in fields(Numbered)]
    for column, values in asked:
        for part in _slices(values):
            for row in connection.execute(select(*columns).where(column.in_(part))):
                found = Numbered(*row)
                known.by_key[found.key] = known.by_base[found.base] = found
    document_of = {document.base: document.id for document in known.by_key.values()}
    for part in _slices(document_of.values()):
        statement = entry_rows().where(ENTRIES.c.document.in_(part)).order_by(ENTRIES.c.id)
        for row in connection.execute(statement):
            entry = entry_of(row)
            known.entries.setdefault(document_of[entry.base], []).append(entry)
    for part in _slices(request.series.name for request in requests):
        for name, last in connection.execute(select(SERIES).where(SERIES.c.name.in_(part))):
            known.last[name] = last
    return known


class _Taken:
    """Whether the number of a serial is a document's already; asked of the database a block at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._found: dict[tuple[Series, int], set[str]] = {}

    def __call__(self, series: Series, serial: int) -> bool:
        block = (series, serial // SLICE)
        if block not in self._found:
            numbers = [series.number(each) for each in range(block[1] * SLICE, (block[1] + 1) * SLICE)]
            statement = select(DOCUMENTS.c.base).where(DOCUMENTS.c.base.in_(numbers))
            self._found[block] = set(self._connection.execute(statement).scalars())
        found = self._found[block]
        return bool(found) and series.number(serial) in found


def _write_plan(connection: Connection, plan: Plan) -> None:
    last: dict[str, int] = {}
    counted = [(document.series, document.serial) for document in plan.documents if document.series]
    for name, serial in (*counted, *((name, serial) for _, name, serial in plan.passed)):
        last[name] = max(last.get(name, 0), serial)
    for name, serial in last.items():
        if not connection.execute(update(SERIES).where(SERIES.c.name == name).values(last=serial)).rowcount:
            connection.execute(SERIES.insert().values(name=name, last=serial))
    documents = [_document_row(document) for document in plan.documents]
    insert_rows(connection, DOCUMENTS, _DOCUMENT_COLUMNS, documents)
    for base, name, serial in plan.passed:
        connection.execute(update(DOCUMENTS).where(DOCUMENTS.c.base == base).values(series=name, serial=serial))
    values = _reader(_ENTRY_COLUMNS)
    new = [(entry.id, document, *values(entry)) for document, entry in plan.new.values()]
    insert_rows(connection, ENTRIES, ("id", "document", *_ENTRY_COLUMNS), new)
    again = [(*values(entry), entry.id) for entry in plan.taken_again.values()]
    update_rows(connection, ENTRIES, _ENTRY_COLUMNS, again)
    if plan.documents or plan.new:
        counts = {"documents": META.c.documents + len(plan.documents), "entries": META.c.entries + len(plan.new)}
        connection.execute(update(META).values(counts))


def _document_row(document: Numbered) -> tuple[Any, ...]:
    return (
        document.id, document.base, document.key, document.own, document.series or None, document.serial or None,
        document.vendor, document.contract, document.type,
    )  # fmt: skip


def _reader(names: tuple[str, ...]) -> Callable[[Entry], tuple[Any, ...]]:
    """Return what reads these columns of an entry; at least two."""
    return attrgetter(*("state.value" if name == "state" else name for name in names))


# ----------------------------------------------------------------------------------------------------------- issuing


def _issued(now: Entry, item: Made, run: Run, at: str, seq: int) -> Answer:
    """Return an entry as issued with its file; as it is where nothing changes; or why it cannot be."""
    place = Place(item.entry.number)
    if now.input != item.entry.input:
        cause = "has been reserved anew for other data while its file was made"
        return Problem(place, cause, "issue the record again")
    if now.state is State.ISSUED:
        if now.file != item.file:
            cause = f"was issued with other bytes: {now.file[:12]}… then, {item.file[:12]}… now, from the same input"
            return Problem(place, cause, "compare the two files; fonts and libraries of the machines may differ")
        if now.path == item.path:
            return now
    return now.changed(
        state=State.ISSUED, path=item.path, file=item.file, size=item.size, reason="",
        run=run.id, by=run.by, at=at, seq=seq,
    )  # fmt: skip


def _unknown(entry: int) -> Problem:
    return Problem(Place(f"entry {entry}"), "is not in the register", "reserve a number first")


def _line(reason: str) -> str:
    """Return a reason that a database can hold, never empty."""
    return reason.replace("\0", "").encode("utf-8", "replace").decode().strip() or "no reason was given"


class _Sealing:
    """Gives changed entries their links of the chain, and writes both."""

    def __init__(self, connection: Connection) -> None:
        meta = connection.execute(select(META.c.seq, META.c.hash)).one()
        self._connection = connection
        self._head: str = meta.hash
        self._seq: int = meta.seq
        self._links: list[tuple[Any, ...]] = []
        self._changed: dict[int, tuple[Entry, Entry]] = {}

    @property
    def next(self) -> int:
        """The number of the link that the next entry gets."""
        return self._seq + 1

    def seal(self, entry: Entry, before: Entry) -> None:
        """Append the link of an entry, which carries its number already; ``before``: as the database has it."""
        body = entry.body()
        hashed = link(self._head, body)
        self._links.append((entry.seq, entry.id, self._head, hashed, body))
        self._seq, self._head = entry.seq, hashed
        self._changed[entry.id] = (entry, self._changed.get(entry.id, (entry, before))[1])

    def write(self) -> None:
        """Write the entries, in columns that change in any of them (others have an index too), and their links."""
        if not self._links:
            return
        changed = self._changed.values()
        names = tuple(
            name for name in _SETTLED if any(getattr(now, name) != getattr(before, name) for now, before in changed)
        )
        values = _reader((*names, "id"))
        update_rows(self._connection, ENTRIES, names, [values(entry) for entry, _ in changed])
        insert_rows(self._connection, CHAIN, _CHAIN_COLUMNS, self._links)
        self._connection.execute(update(META).values(seq=self._seq, hash=self._head))
