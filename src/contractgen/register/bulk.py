"""Many rows in one statement, at little more than the cost of the database itself.

In: a table, names of its columns in the table's order, rows as tuples of their values. SQLAlchemy writes the statement
for the database at hand, once; the rows go to the driver as they are. Its own way looks at each value of each row,
which takes longer than writing them. So values are texts, numbers and truth values, which drivers know by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.engine import Connection

Row = tuple[Any, ...]


def insert_rows(connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Insert rows; each holds the values of ``names``."""
    if rows:
        connection.exec_driver_sql(_insertion(table, names, _kind(connection)), list(rows))


def update_rows(connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Change rows; each holds the new values of ``names``, and behind them the ``id`` of the row."""
    if rows and names:
        connection.exec_driver_sql(_change(table, names, _kind(connection)), list(rows))


def _kind(connection: Connection) -> Any:
    return type(connection.dialect)


@lru_cache
def _insertion(table: Table, names: tuple[str, ...], dialect: Any) -> str:
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    return _written(insert(table).values(values), names, dialect)


@lru_cache
def _change(table: Table, names: tuple[str, ...], dialect: Any) -> str:
    marked: dict[str, Any] = {
        name: bindparam(f"new_{name}") for name in names
    }  # bare names of columns are SQLAlchemy's own here
    statement = update(table).where(table.c.id == bindparam("which")).values(marked)
    return _written(statement, (*(f"new_{name}" for name in names), "which"), dialect)


def _written(statement: Any, names: tuple[str, ...], dialect: Any) -> str:
    """Return the statement as the driver takes it, with a mark for each value in the order of ``names``."""
    style = "qmark" if dialect.name == "sqlite" else "format"
    found = statement.compile(dialect=dialect(paramstyle=style))
    if tuple(found.positiontup) != names:
        raise ValueError(f"columns must stand in the order of the table: {names}")
    return str(found)
