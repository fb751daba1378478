"""Contracts from Parquet files and databases: exact numbers, rows by their key, nothing written, nothing lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner
from pyarrow import parquet

from contractgen.cli import main
from contractgen.errors import ContractgenError, Exit, Problem
from contractgen.files import Marked
from contractgen.intake.mapping import Mapping, load_mapping
from contractgen.intake.reading import read_table
from contractgen.intake.rows import Entry, entries
from helpers import ROOT

PORTFOLIO = ROOT / "fixtures" / "portfolio.csv"
LOOK = ("--as-of", "2026-11-22")


@pytest.fixture(scope="module")
def book() -> list[dict[str, Any]]:
    """Return the rows of the sample portfolio as a company's system holds them: amounts as numbers, yes and no as such.

    Days stay text: some are Jalali, and no system has a type for them.
    """
    table = read_table(PORTFOLIO)
    rows: list[dict[str, Any]] = [dict(zip(table.headings, line.cells, strict=True)) for line in table.lines]
    for row in rows:
        for name in ("licences.0.annual_fee", "licences.0.reinstatement_price", "package.sale_price"):
            row[name] = Decimal(row[name]) if row[name] else None
        row["licences.0.quantity"] = int(row["licences.0.quantity"]) if row["licences.0.quantity"] else None
        row["term.lapsed"] = {"true": True, "false": False}.get(row["term.lapsed"])
    return rows


def as_parquet(path: Path, rows: list[dict[str, Any]]) -> Path:
    parquet.write_table(pa.Table.from_pylist(rows), path)
    return path


def as_sqlite(path: Path, rows: list[dict[str, Any]], table: str = "contracts") -> str:
    """Write rows below an id of their own that starts at 101, the last row first."""
    columns = ", ".join(f'"{name}"' for name in rows[0])
    with sqlite3.connect(path) as made:
        made.execute(f'CREATE TABLE "{table}" (id INTEGER PRIMARY KEY, {columns})')
        marks = ", ".join("?" * (len(rows[0]) + 1))
        for number, row in reversed([*enumerate(rows, 101)]):
            values = [str(value) if isinstance(value, Decimal | date) else value for value in row.values()]
            made.execute(f'INSERT INTO "{table}" VALUES ({marks})', (number, *values))  # noqa: S608  (our own names)
    made.close()
    return f"sqlite:///{path}"


def plain(found: Iterator[Entry]) -> list[Any]:
    return [(entry.record.data, entry.extra, entry.problems) for entry in found]


def told(source: str | Path, how: Mapping | None = None) -> list[Problem]:
    try:
        return [problem for entry in entries(read_table(source, how), how or Mapping()) for problem in entry.problems]
    except ContractgenError as error:
        return list(error.problems)


IDS = Mapping(ignored=frozenset({"id"}))


# ------------------------------------------------------------------------------------------------------- the same book


def test_a_parquet_file_gives_the_records_that_the_csv_gives(tmp_path: Path, book: list[dict[str, Any]]) -> None:
    table = read_table(as_parquet(tmp_path / "book.parquet", book))
    assert table.notes == ("60 rows",)
    assert plain(entries(table, Mapping())) == plain(entries(read_table(PORTFOLIO), Mapping()))


def test_a_database_gives_the_records_that_the_csv_gives_in_order_of_its_key(
    tmp_path: Path, book: list[dict[str, Any]]
) -> None:
    table = read_table(as_sqlite(tmp_path / "book.db", book))
    assert table.notes == ("60 rows, in order of id",)
    assert [line.number for line in table.lines] == list(range(101, 161))
    assert plain(entries(table, IDS)) == plain(entries(read_table(PORTFOLIO), Mapping()))


def test_who_is_due_is_the_same_from_every_source(tmp_path: Path, book: list[dict[str, Any]]) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('ignore = ["id"]\n[table]\nsheet = "contracts"\n', encoding="utf-8")
    database = as_sqlite(tmp_path / "book.db", book)
    calls = (
        (str(PORTFOLIO),),
        (str(as_parquet(tmp_path / "book.parquet", book)),),
        (database, "--mapping", str(mapping)),
    )
    lists = [CliRunner().invoke(main, ["due", *call, *LOOK, "--format", "csv"]) for call in calls]
    assert lists[0].stdout.count("\n") > 5
    assert lists[1].stdout == lists[2].stdout == lists[0].stdout


def test_a_query_may_pick_and_rename_what_a_system_calls_otherwise(tmp_path: Path, book: list[dict[str, Any]]) -> None:
    database = as_sqlite(tmp_path / "book.db", book)
    asked = "SELECT vendor, \"contract.number\" AS nr FROM contracts WHERE vendor = 'juniper' ORDER BY nr DESC"
    table = read_table(database, Mapping(query=asked))
    numbers = [line.cells[1] for line in table.lines]
    assert table.headings == ("vendor", "nr")
    assert numbers == sorted((row["contract.number"] for row in book if row["vendor"] == "juniper"), reverse=True)


def test_a_mapping_is_proposed_for_a_database_and_can_be_used_at_once(
    tmp_path: Path, book: list[dict[str, Any]]
) -> None:
    database = as_sqlite(tmp_path / "book.db", book)
    proposal = CliRunner().invoke(main, ["map", database, "--sheet", "contracts"])
    assert proposal.exit_code == Exit.OK
    assert 'sheet = "contracts"' in proposal.stdout
    path = tmp_path / "mapping.toml"
    path.write_text(proposal.stdout.replace("ignore = []", 'ignore = ["id"]'), encoding="utf-8")
    known = load_mapping(path)
    assert not any(entry.problems for entry in entries(read_table(database, known), known))


def test_tables_and_lists_within_a_parquet_column_are_the_lines_of_a_contract(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"vendor": "siemens", "licences": [{"product": "NX", "annual_fee": Decimal("10.50")}, {"product": "TC"}]},
        {"vendor": "siemens", "licences": None},
    ]
    first, second = entries(read_table(as_parquet(tmp_path / "nested.parquet", rows)), Mapping())
    assert first.record.data["licences"] == [
        {"product": "NX", "annual_fee": "10.5", "id": "L1"},
        {"product": "TC", "id": "L2"},
    ]
    assert second.record.data == {"vendor": "siemens"}


# ------------------------------------------------------------------------------------------------- what is not guessed


def test_days_and_moments_with_their_types_are_days(tmp_path: Path) -> None:
    rows = [{"term.start": date(2026, 1, 1), "term.expiry": datetime(2026, 12, 31)}]  # noqa: DTZ001  (a day has no zone)
    (entry,) = entries(read_table(as_parquet(tmp_path / "book.parquet", rows)), Mapping())
    assert entry.record.data["term"] == {"start": "2026-01-01", "expiry": "2026-12-31"}


@pytest.mark.parametrize(
    ("name", "value", "cause"),
    [
        ("term.expiry", datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "is another day in other time zones"),
        ("customer.phone", 212345678, "has lost the zeros before it"),
        ("package.rate_percent", Decimal("0.3"), "may be 0.3 % or 30 %"),
        ("package.sale_price", float("nan"), "is no number"),
        ("term.expiry", 46387, "is no date"),
        ("customer.address", b"\x00\x01", "of the kind bytes, which no field of a record has"),
    ],
)
def test_a_typed_cell_that_could_mean_two_things_is_refused_with_its_row_and_column(
    tmp_path: Path, name: str, value: Any, cause: str
) -> None:
    path = as_parquet(tmp_path / "book.parquet", [{"vendor": "ayotex", name: None}, {"vendor": "ayotex", name: value}])
    (problem,) = told(path)
    assert str(problem.place) == f"{path} row 2, {name}"
    assert cause in problem.cause
    assert problem.repair


def test_exact_amounts_stay_exact_however_many_digits_they_have(tmp_path: Path) -> None:
    amounts = [Decimal("12345678901234567890.25"), Decimal("1000000.00")]
    path = as_parquet(tmp_path / "book.parquet", [{"licences.0.annual_fee": amount} for amount in amounts])
    found = [entry.record.data["licences"][0]["annual_fee"] for entry in entries(read_table(path), Mapping())]
    assert found == ["12345678901234567890.25", "1000000"]


def test_text_that_is_not_utf_8_is_a_problem_of_its_row_and_hides_no_other(tmp_path: Path) -> None:
    path = tmp_path / "book.db"
    with sqlite3.connect(path) as made:
        made.execute('CREATE TABLE t (id INTEGER PRIMARY KEY, "customer.name" TEXT)')
        made.execute("INSERT INTO t VALUES (7, CAST(x'C7D1' AS TEXT)), (9, '한빛')")
    made.close()
    bad, good = entries(read_table(f"sqlite:///{path}"), IDS)
    assert [str(problem.place) for problem in bad.problems] == [f"sqlite:///{path} t id 7, customer.name"]
    assert good.record.data == {"customer": {"name": "한빛"}}


def test_a_column_that_no_field_is_known_for_is_an_error_and_not_lost(tmp_path: Path) -> None:
    path = as_parquet(tmp_path / "book.parquet", [{"vendor": "siemens", "Remarks": "call back"}])
    (problem,) = told(path)
    assert str(problem.place) == f"{path}, Remarks"
    (missing,) = told(path, Mapping(fields={"Partner": "customer.name"}, ignored=frozenset({"Remarks"})))
    assert 'the table has no column "Partner"' in missing.cause


# ----------------------------------------------------------------------------------------------------- nothing written


@pytest.mark.parametrize(
    "query",
    [
        "DROP TABLE contracts",
        "UPDATE contracts SET vendor = 'x'",
        "WITH gone AS (SELECT 1) DELETE FROM contracts",
        "ATTACH DATABASE 'other.db' AS other",
        "PRAGMA user_version = 7",
        "SELECT load_extension('evil')",
        "CREATE TABLE more (x)",
        "SELECT * FROM nowhere",
        "no query at all",
        "SELECT 1; DROP TABLE contracts",
        "",
    ],
)
def test_a_query_can_read_a_database_and_do_nothing_else(
    tmp_path: Path, book: list[dict[str, Any]], query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    database = as_sqlite(tmp_path / "book.db", book[:2])
    before = (tmp_path / "book.db").read_bytes()
    if query:
        (problem,) = told(database, Mapping(query=query, ignored=frozenset({"id"})))
        assert problem.cause
        assert problem.repair
    assert (tmp_path / "book.db").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.db"]


@pytest.mark.parametrize(
    ("source", "how", "cause"),
    [
        ("sqlite:///nowhere.db", Mapping(), "does not exist"),
        ("sqlite://", Mapping(), "does not exist"),
        ("mysql://root:secret@localhost/book", Mapping(), 'databases of the kind "mysql" are not read'),
        ("postgresql://:x:y@@/", Mapping(), ""),
        ("nowhere.parquet", Mapping(), "does not exist"),
        ("list.csv", Mapping(query="SELECT 1"), "only a database can be asked"),
    ],
)
def test_a_source_that_is_none_is_told_without_its_password(
    source: str, how: Mapping, cause: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (problem,) = told(source, how)
    assert cause in problem.cause
    assert problem.repair
    assert "secret" not in str(problem)


def test_a_server_that_cannot_be_reached_is_named_without_its_password() -> None:
    (problem,) = told("postgresql://legal:secret@127.0.0.1:1/book")
    assert str(problem.place) == "postgresql://legal:***@127.0.0.1:1/book"
    assert "cannot be read" in problem.cause
    assert "secret" not in str(problem)


def test_of_several_tables_one_has_to_be_named(tmp_path: Path, book: list[dict[str, Any]]) -> None:
    as_sqlite(tmp_path / "book.db", book[:1], "alpha")
    database = as_sqlite(tmp_path / "book.db", book[:1], "beta")
    (problem,) = told(database)
    assert "holds 2 tables and views: alpha, beta" in problem.cause
    (unknown,) = told(database, Mapping(sheet="gamma"))
    assert 'there is no table "gamma"' in unknown.cause
    assert read_table(database, Mapping(sheet="beta")).sheet == "beta"


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1", b"vendor,tier\n"])
def test_what_is_no_parquet_file_is_told_as_such(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "book.parquet"
    path.write_bytes(content)
    (problem,) = told(path)
    assert "is no Parquet file that can be read" in problem.cause


def test_a_parquet_file_that_would_unpack_to_far_more_than_it_is_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.parquet"
    parquet.write_table(pa.table({"vendor": pa.array(["siemens"] * 2_000_000)}), path, compression="zstd")
    assert path.stat().st_size < 100_000
    (problem,) = told(path)
    assert "too much for one table" in problem.cause


def test_the_row_stands_where_a_file_would(tmp_path: Path) -> None:
    path = as_parquet(tmp_path / "book.parquet", [{"vendor": "siemens"}])
    (entry,) = entries(read_table(path), Mapping())
    assert isinstance(entry.record, Marked)
    assert str(entry.record.place("term", "expiry")) == f"{path} row 1"


# ------------------------------------------------------------------------------------------------------ a flat memory


def test_rows_are_walked_through_anew_and_none_is_held(tmp_path: Path, book: list[dict[str, Any]]) -> None:
    database = as_sqlite(tmp_path / "book.db", book)
    for table in (read_table(as_parquet(tmp_path / "book.parquet", book)), read_table(database)):
        assert not isinstance(table.lines, tuple | list)
        first, again = list(table.lines), list(table.lines)
        assert first == again
        assert len(first) == len(book)


# ---------------------------------------------------------------------------------------------------------- PostgreSQL


@pytest.fixture(scope="module")
def system(postgres: str, book: list[dict[str, Any]]) -> str:
    """Return the address of a company's PostgreSQL that holds the sample portfolio with the types of its columns."""
    kinds = {int: "integer", Decimal: "numeric", bool: "boolean"}
    columns = {
        name: next((kinds.get(type(row[name]), "text") for row in book if row[name] not in {None, ""}), "text")
        for name in book[0]
    }
    typed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("%s" for _ in columns)
    with psycopg.connect(postgres) as connection:
        connection.execute("DROP SCHEMA IF EXISTS sales CASCADE")
        connection.execute("CREATE SCHEMA sales")
        connection.execute(f"CREATE TABLE sales.contracts (id serial PRIMARY KEY, {typed})")
        values = [[value if value != "" else None for value in row.values()] for row in book]
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO sales.contracts ({names}) VALUES ({marks})", values)  # noqa: S608  (our own names)
    return postgres


CONTRACTS = Mapping(sheet="sales.contracts", ignored=frozenset({"id"}))


def test_postgresql_gives_the_records_that_the_csv_gives(system: str) -> None:
    table = read_table(system, CONTRACTS)
    assert table.notes == ("60 rows, in order of id",)
    assert plain(entries(table, CONTRACTS)) == plain(entries(read_table(PORTFOLIO), Mapping()))


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM sales.contracts RETURNING *",
        "WITH gone AS (DELETE FROM sales.contracts RETURNING *) SELECT * FROM gone",
        "SELECT nextval('sales.contracts_id_seq')",
        "CREATE TABLE sales.more (x int)",
        "DROP TABLE sales.contracts",
    ],
)
def test_a_query_can_read_postgresql_and_do_nothing_else(system: str, query: str) -> None:
    (problem,) = told(system, Mapping(query=query, ignored=frozenset({"id", "nextval"})))
    assert problem.cause.startswith("the database refuses: ")
    assert len(list(read_table(system, CONTRACTS).lines)) == 60


def test_a_faulty_query_is_told_with_what_the_server_says(system: str) -> None:
    (problem,) = told(system, Mapping(query="SELECT vendr FROM sales.contracts"))
    assert 'column "vendr" does not exist' in problem.cause
