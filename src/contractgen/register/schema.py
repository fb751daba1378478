"""The tables of the register, and how a database is opened: created, recognised, refused.

In: the URL of a database. Out: an SQLAlchemy engine over tables of the version that this code knows. Raises
``OutputError`` for a database that cannot be reached, is not ours or is of another version. Uniqueness is laid down
in the database, so that no fault of this code can give a number twice.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    inspect,
    select,
    text,
)
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError

from contractgen.errors import OutputError, Place, UsageError

VERSION = 1
"""Raised when the tables change."""
BUSY_SECONDS = 60
"""How long a process waits for another one that is writing."""

_TABLES = MetaData()
_HASH = String(64)
_ID = BigInteger().with_variant(Integer, "sqlite")

META = Table(
    "register_meta", _TABLES,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("documents", _ID, nullable=False),  # how many there are: the last id given
    Column("entries", _ID, nullable=False),
    Column("seq", _ID, nullable=False),  # the head of the chain
    Column("hash", _HASH, nullable=False),
)  # fmt: skip
SERIES = Table(
    "register_series", _TABLES,
    Column("name", Text, primary_key=True),
    Column("last", _ID, CheckConstraint("last >= 1"), nullable=False),
)  # fmt: skip
DOCUMENTS = Table(
    "register_documents", _TABLES,
    Column("id", _ID, primary_key=True, autoincrement=False),
    Column("base", Text, nullable=False, unique=True),
    Column("key", _HASH, nullable=False, unique=True),
    Column("own", Boolean, nullable=False),
    Column("series", Text, ForeignKey("register_series.name")),
    Column("serial", _ID, CheckConstraint("serial >= 1")),
    Column("vendor", Text, nullable=False),
    Column("contract", Text, nullable=False),
    Column("type", Text, nullable=False),
    UniqueConstraint("series", "serial"),
    CheckConstraint("(series IS NULL) = (serial IS NULL)"),
    Index("register_documents_contract", "contract"),
)  # fmt: skip
ENTRIES = Table(
    "register_entries", _TABLES,
    Column("id", _ID, primary_key=True, autoincrement=False),
    Column("document", _ID, ForeignKey("register_documents.id"), nullable=False),
    Column("revision", Integer, CheckConstraint("revision >= 1"), nullable=False),
    Column("number", Text, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("locale", "format", "engine", "state")),
    *(Column(name, _HASH, nullable=False) for name in ("input", "content", "data", "policy", "words", "style")),
    *(Column(name, Text, nullable=False) for name in ("version", "run", "by", "at", "path")),
    Column("file", _HASH, nullable=False),
    Column("size", _ID, nullable=False),
    Column("reason", Text, nullable=False),
    Column("seq", _ID, nullable=False),
    UniqueConstraint("document", "revision", "locale", "format", "engine"),
    CheckConstraint("state IN ('reserved', 'issued', 'void')"),
    CheckConstraint("state <> 'issued' OR (length(file) = 64 AND path <> '' AND seq > 0)"),
    CheckConstraint("state <> 'void' OR (reason <> '' AND seq > 0)"),
    Index(
        "register_entries_input", "document", "input", unique=True,
        sqlite_where=text("state <> 'void'"), postgresql_where=text("state <> 'void'"),
    ),
    Index("register_entries_run", "run"),
    Index("register_entries_state", "state"),
)  # fmt: skip
CHAIN = Table(
    "register_chain", _TABLES,
    Column("seq", _ID, CheckConstraint("seq >= 1"), primary_key=True, autoincrement=False),
    Column("entry", _ID, ForeignKey("register_entries.id"), nullable=False, index=True),
    Column("previous", String(64), nullable=False, unique=True),
    Column("hash", _HASH, nullable=False, unique=True),
    Column("body", Text, nullable=False),
)  # fmt: skip


def opened(url: str, *, create: bool) -> Engine:
    """Return an engine over the register at ``url``, made there where there is none and ``create`` says so.

    ``url``: ``sqlite:///FILE``, a file's name, or ``postgresql://…``. Raises ``UsageError`` or ``OutputError``.
    """
    address = _address(url)
    place = Place(address.render_as_string(hide_password=True))
    if address.get_backend_name() == "sqlite":
        _check_file(address, place, create=create)
    try:
        engine = create_engine(address, **_options(address))
    except ModuleNotFoundError as fault:
        repair = 'pip install "contractgen[postgres]"'
        raise OutputError.at(place, f"needs the Python package {fault.name}", repair) from fault
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    try:
        with told(engine), writing(engine) if create else reading(engine) as connection:
            _recognise(connection, place, create=create)
        if create and engine.dialect.name == "sqlite":
            with told(engine), engine.connect() as connection:
                _read_while_writing(connection)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _address(url: str) -> URL:
    try:
        address = make_url(url) if "://" in url else URL.create("sqlite", database=url)
        backend = address.get_backend_name()
        address.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as fault:
        repair = "write sqlite:///register.db, the name of a file, or postgresql://user@host/database"
        raise UsageError.at(Place("--register"), f'"{url}" is no address of a database', repair) from fault
    except ModuleNotFoundError:
        backend = address.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        cause = f"a register cannot be kept in {backend}"
        raise UsageError.at(Place("--register"), cause, "use sqlite:///FILE or postgresql://user@host/database")
    return address.set(drivername="postgresql+psycopg") if address.drivername == "postgresql" else address


def _options(address: URL) -> dict[str, Any]:
    if address.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": BUSY_SECONDS}}
    own = address.query.get("options", "")
    options = f"{own if isinstance(own, str) else ' '.join(own)} -c lock_timeout={BUSY_SECONDS}s"
    return {"connect_args": {"connect_timeout": 10, "options": options.strip()}}


def _check_file(address: URL, place: Place, *, create: bool) -> None:
    """Refuse what SQLite would only answer with a riddle."""
    if not address.database or address.database == ":memory:":
        raise UsageError.at(place, "a register needs a file", "write sqlite:///register.db")
    path = Path(address.database)
    if path.is_dir():
        raise UsageError.at(place, "is a folder, not a file", "name a file in it")
    if not path.exists() and not create:
        raise OutputError.at(place, "does not exist", "check the path; render --register makes a new register")
    if not path.parent.is_dir():
        raise OutputError.at(place, f"the folder {path.parent} does not exist", "make it, or name another file")


def _prepare(connection: Any, _: Any) -> None:
    """Set up a connection to SQLite: several processes at once, transactions as we say."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _read_while_writing(connection: Connection) -> None:
    """Let others read while one writes (write-ahead log); SQLite does not wait by itself for this change."""
    cursor = connection.connection.cursor()
    end = time.monotonic() + BUSY_SECONDS
    while cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as fault:
            if fault.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                raise OperationalError("PRAGMA", {}, fault) from fault
            time.sleep(0.05)
        else:
            break  # changed, or a file system that cannot have it: then writers and readers wait for one another
    cursor.close()


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("contractgen_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _recognise(connection: Connection, place: Place, *, create: bool) -> None:
    """Make the tables where there are none; refuse tables that are not ours."""
    names = set(inspect(connection).get_table_names())
    ours = {table.name for table in _TABLES.sorted_tables}
    if META.name in names:
        version = connection.execute(select(META.c.version)).scalar()
        if version != VERSION or not ours <= names:
            cause = f"is a register of version {version}, and this contractgen knows version {VERSION}"
            raise OutputError.at(place, cause, "use the contractgen that made it, or begin another register")
        return
    if names and connection.dialect.name == "sqlite":
        shown = ", ".join(sorted(names)[:3])
        raise OutputError.at(place, f"is a database of something else (it holds {shown})", "name another file")
    if not create:
        raise OutputError.at(place, "holds no register", "check the address; render --register makes a new register")
    _TABLES.create_all(connection, checkfirst=False)
    connection.execute(META.insert().values(id=1, version=VERSION, documents=0, entries=0, seq=0, hash=""))


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes; one writer at a time, the others wait."""
    with engine.connect().execution_options(contractgen_writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":  # held until the transaction ends; the number is ours alone
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7165926)")
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that only reads, and sees one state of the register."""
    level = "REPEATABLE READ" if engine.dialect.name == "postgresql" else None
    options = {"isolation_level": level} if level else {}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Turn what a database says into a message: place, cause, repair."""
    try:
        yield
    except SQLAlchemyError as fault:
        place = Place(engine.url.render_as_string(hide_password=True))
        cause, repair = _explained(fault)
        raise OutputError.at(place, cause, repair) from fault


_SAYINGS = (
    ("file is not a database", "is no SQLite database", "name another file"),
    ("database is locked", f"is locked by another program for {BUSY_SECONDS} seconds", "end that program, try again"),
    ("lock timeout", f"is locked by another program for {BUSY_SECONDS} seconds", "end that program, try again"),
    ("readonly", "may not be written to", "ask for the right to write to the file and to its folder"),
    ("unable to open database file", "cannot be opened", "check the path, and the right to write to the folder"),
    ("disk is full", "the disk is full", "make room; the register is as it was before"),
    ("disk i/o error", "the disk cannot be read or written", "check the disk; the register is as it was before"),
    ("malformed", "is damaged", "restore it from a copy, then run contractgen register verify"),
    ("password authentication failed", "the database refuses the name or the password", "correct the address"),
    ("permission denied", "the database gives no right to do this", "ask its keeper for the right"),
    ("does not exist", "the database, the user or a table does not exist", "correct the address, or create it"),
    ("connection refused", "the database cannot be reached", "start it, or correct host and port"),
    ("connection", "the database cannot be reached", "start it, or correct the address"),
)
"""What the databases say, what it means, what helps."""


def _explained(fault: SQLAlchemyError) -> tuple[str, str]:
    said = str(fault.orig if isinstance(fault, DBAPIError) else fault).strip()
    code = getattr(getattr(fault, "orig", None), "sqlite_errorcode", None)
    if code is not None and code & 0xFF == sqlite3.SQLITE_READONLY:
        said = f"readonly: {said}"
    known = ((cause, repair) for mark, cause, repair in _SAYINGS if mark in said.lower())
    first = said.partition("\n")[0] or type(fault).__name__
    return next(known, (f"the database failed: {first}", "mend what it says; the register is as it was before"))
