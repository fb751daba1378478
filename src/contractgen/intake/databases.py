"""Databases: the rows of a table, a view or a query of SQLite or PostgreSQL, read and never written.

In: an address (``sqlite:///book.db``, ``postgresql://user@host/name``) and the name of a table or a query. Out:
``Table`` in the order of the primary key; where the key is one whole number, it names the rows. Raises ``UsageError``
for an address or table that does not exist, ``InvalidData`` for a query that is none, ``OutputError`` where the
database cannot be reached. SQLite is opened read-only and may do nothing but select; PostgreSQL runs a transaction that
may only read. Passwords are never shown.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from contractgen.errors import MAX_LISTED, InvalidData, OutputError, Place, UsageError, did_you_mean
from contractgen.intake.columnar import ROW, typed_line
from contractgen.intake.tables import MAX_ROWS, Line, Table, columned

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import URL

DIALECTS = ("sqlite", "postgresql")
CHUNK = 1_000
PATIENCE = 15
"""Seconds until a database that does not answer is given up."""
LONGEST = 600
"""Seconds that a query may take."""
_READING = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
    sqlite3.SQLITE_PRAGMA,  # how tables and keys are listed; in a file opened read-only none of them writes
}


def read_database(address: str, table: str, query: str) -> Table:
    """Read ``query``, or all rows of ``table``; of a database with one table its name may be left out.

    The rows are asked for once to be counted, and again whenever they are walked through.
    """
    url = _url(address)
    shown = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)
    if table and query:
        raise UsageError.at(Place(shown), "a table and a query are both named", "name one of the two")
    with _reading(url, shown) as connection:
        asked = _Asked(f"{shown} query", query) if query else _whole(connection, shown, table)
        headings, count, keyed = _counted(connection, asked)
    bare = Table(
        asked.file, asked.table, headings, (), 0, (f"{count:,} rows, {asked.told}",),
        row_name=asked.key[0] if keyed else ROW, query=query,
    )  # fmt: skip
    return columned(bare, count, partial(_lines, url, shown, asked, bare))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a database is asked, how messages call it, of which table, and by which key its rows are told apart."""

    file: str
    query: str
    table: str = ""
    key: tuple[str, ...] = ()
    told: str = "as the query gives them"


def _said(fault: Exception) -> str:
    """Return the first line of what a database says; its own lines beyond are SQL and addresses of manuals."""
    said = str(getattr(fault, "orig", None) or fault).strip()
    return said.splitlines()[0] if said else type(fault).__name__


def _url(address: str) -> URL:
    from sqlalchemy import exc, make_url  # noqa: PLC0415

    scheme = address.partition(":")[0].lower()
    try:
        url = make_url(address)
    except exc.ArgumentError:
        raise UsageError.at(Place(f"{scheme}://…"), "is no address", "write sqlite:///folder/book.db") from None
    name = url.get_backend_name()
    if name not in DIALECTS:
        repair = f"{did_you_mean(name, DIALECTS)}; or save the table as CSV UTF-8"
        raise UsageError.at(Place(f"{scheme}://…"), f'databases of the kind "{name}" are not read', repair)
    return url.set(drivername="postgresql+psycopg") if name == "postgresql" else url


@contextmanager
def _reading(url: URL, shown: str) -> Iterator[Connection]:
    """Yield a connection on which nothing can be written; what the database says against it is told."""
    from sqlalchemy import exc  # noqa: PLC0415

    try:
        engine = _engine(url, shown)
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection.execution_options(postgresql_readonly=True)
                connection.exec_driver_sql(f"SET statement_timeout = '{LONGEST}s'")
            yield connection
    except exc.OperationalError as fault:
        repair = "check the address, the name of the database and the right to read it"
        raise OutputError.at(Place(shown), f"cannot be read: {_said(fault)}", repair) from None
    except exc.SQLAlchemyError as fault:
        raise InvalidData.at(
            Place(shown), f"the database refuses: {_said(fault)}", "correct the query or table"
        ) from None


def _engine(url: URL, shown: str) -> Engine:
    from sqlalchemy import create_engine  # noqa: PLC0415
    from sqlalchemy.pool import NullPool  # noqa: PLC0415

    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        if not path.is_file():
            cause = "is a folder, not a file" if path.is_dir() and url.database else "does not exist"
            raise UsageError.at(Place(shown), cause, "write sqlite:///folder/book.db, sqlite:////from/the/root.db")
        return create_engine("sqlite://", creator=lambda: _opened(path), poolclass=NullPool)
    try:
        return create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": PATIENCE})
    except ModuleNotFoundError as fault:
        repair = "pip install 'contractgen[postgres]'"
        raise OutputError.at(Place(shown), "reading PostgreSQL needs psycopg", repair) from fault


def _opened(path: Path) -> sqlite3.Connection:
    """Open a SQLite file that may only be read."""
    opened = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True, timeout=PATIENCE)
    opened.text_factory = lambda raw: raw.decode(
        "utf-8", "surrogateescape"
    )  # a faulty cell is told, not the whole table
    opened.set_authorizer(lambda what, *_: sqlite3.SQLITE_OK if what in _READING else sqlite3.SQLITE_DENY)
    return opened


def _whole(connection: Connection, shown: str, name: str) -> _Asked:
    """Ask for all rows of a table or view, in the order of the primary key where there is one."""
    from sqlalchemy import inspect  # noqa: PLC0415

    look = inspect(connection)
    schema, _, plain = name.rpartition(".")
    tables, views = look.get_table_names(schema or None), look.get_view_names(schema or None)
    known = sorted([*tables, *views])
    if not name:
        if len(known) != 1:
            cause = (
                f"holds {len(known)} tables and views: {', '.join(known[:MAX_LISTED])}" if known else "holds no table"
            )
            raise UsageError.at(Place(shown), cause, 'name one: sheet = "…" below [table] of the mapping, or --sheet')
        plain = known[0]
    elif plain not in known:
        raise UsageError.at(Place(shown), f'there is no table "{name}"', did_you_mean(plain, known))
    key = tuple(look.get_pk_constraint(plain, schema or None)["constrained_columns"]) if plain in tables else ()
    quoted = connection.dialect.identifier_preparer.quote_identifier
    full = ".".join(quoted(part) for part in (schema, plain) if part)
    order = f" ORDER BY {', '.join(map(quoted, key))}" if key else ""
    told = f"in order of {', '.join(key)}" if key else "in the order in which the database gives them"
    query = f"SELECT * FROM {full}{order}"  # noqa: S608  (names that the database has told, quoted)
    return _Asked(f"{shown} {name or plain}", query, name or plain, key, told)


def _counted(connection: Connection, asked: _Asked) -> tuple[tuple[str, ...], int, bool]:
    """Return the headings, how many rows there are, and whether a key of one whole number tells them apart."""
    headings, rows = _given(connection, asked)
    at = headings.index(asked.key[0]) if len(asked.key) == 1 else -1
    count, keyed = 0, at >= 0
    for row in rows:
        count += 1
        keyed = keyed and isinstance(row[at], int)
        if count > MAX_ROWS:
            raise InvalidData.at(Place(asked.file), f"has more than {MAX_ROWS:,} rows", "ask for a part of them")
    return headings, count, keyed


def _lines(url: URL, shown: str, asked: _Asked, table: Table) -> Iterator[Line]:
    with _reading(url, shown) as connection:
        headings, rows = _given(connection, asked)
        at = headings.index(table.row_name) if table.row_name in asked.key else -1
        for number, row in enumerate(rows, 1):
            yield typed_line(table, row[at] if at >= 0 else number, list(row))


def _given(connection: Connection, asked: _Asked) -> tuple[tuple[str, ...], Iterable[Any]]:
    """Return the headings and the rows of an answer, which come some at a time."""
    result = connection.execution_options(stream_results=True, yield_per=CHUNK).exec_driver_sql(asked.query)
    if not result.returns_rows:
        raise InvalidData.at(Place(asked.file), "the query gives no rows", "write SELECT … ORDER BY …")
    return tuple(result.keys()), result
