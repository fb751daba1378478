"""The sample portfolio: a book of contracts of all vendors, one a row, the same in CSV and in XLSX."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from contractgen.api import decide
from contractgen.calendars import parse_day
from contractgen.contract import parse_contract
from contractgen.selection import Refusal, Selection
from helpers import LOCALES, ROOT, books

CSV = ROOT / "fixtures" / "portfolio.csv"
XLSX = ROOT / "fixtures" / "portfolio.xlsx"
LOOK = date(2026, 12, 1)
SOON = LOOK + timedelta(days=90)

Row = dict[str, str]


@cache
def rows() -> tuple[Row, ...]:
    """Return the rows of the CSV file."""
    with CSV.open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


def sheet_rows() -> tuple[Row, ...]:
    """Return the rows of the XLSX file, each cell as the CSV file writes it."""
    header, *cells = CalamineWorkbook.from_path(XLSX).get_sheet_by_name("portfolio").to_python()
    return tuple(dict(zip(map(_typed, header), map(_typed, row), strict=True)) for row in cells)


def _typed(cell: Any) -> str:
    match cell:
        case bool():
            return "true" if cell else "false"
        case date():
            return cell.isoformat()[:10]
        case float() if cell.is_integer():
            return str(int(cell))
        case _:
            return str(cell)


def number(row: Row) -> str:
    return row["contract.number"]


def record(row: Row) -> str:
    """Return a row as the record of a contract to which a renewal notice is sent."""
    fields = {name: value for name, value in row.items() if value and name != "locale"}
    lines = {f"licences.{index}.id": f"L{index + 1}" for index in range(2) if f"licences.{index}.product" in fields}
    notice = {"documents.renewal-notice.number": f"RN-{number(row)}", "documents.renewal-notice.date": str(LOOK)}
    nested: dict[str, Any] = {}
    for name, value in {**fields, **lines, **notice}.items():
        *tables, last = name.split(".")
        table = nested
        for key in tables:
            table = table.setdefault(key, {})
        table[last] = value
    if "licences" in nested:
        nested["licences"] = list(nested["licences"].values())
    return json.dumps(nested, ensure_ascii=False)  # JSON is YAML


def expiry(row: Row) -> date:
    return parse_day(row["term.expiry"]).date


@cache
def outcomes() -> dict[str, Selection | Refusal]:
    """Return what becomes of a renewal notice for each contract; a fault in a row stops the test that asks."""
    return {number(row): decide(parse_contract(record(row), number(row)), "renewal-notice", books()) for row in rows()}


def refused() -> set[tuple[str, str]]:
    """Return vendor and rule of every notice that is refused."""
    return {(out.policy.vendor, out.row.id) for out in outcomes().values() if isinstance(out, Refusal)}


def test_both_files_hold_the_same_rows() -> None:
    assert sheet_rows() == rows()


def test_the_sheet_holds_dates_and_amounts_as_dates_and_numbers() -> None:
    header, *cells = CalamineWorkbook.from_path(XLSX).get_sheet_by_name("portfolio").to_python()
    start, fee = header.index("term.start"), header.index("licences.0.annual_fee")
    for row in cells:
        assert isinstance(row[start], str if row[0] == "ayotex" else date)
        assert row[fee] == "" or isinstance(row[fee], float)


def test_no_contract_and_no_customer_stands_in_the_book_twice() -> None:
    for column in ("contract.number", "customer.number", "customer.email", "customer.address"):
        assert [value for value, count in Counter(row[column] for row in rows()).items() if count > 1] == []
    for locale in LOCALES:
        assert len({row[f"customer.name.{locale}"] for row in rows()}) == len(rows())


def test_every_vendor_and_every_language_is_there() -> None:
    counts = Counter(row["vendor"] for row in rows())
    assert counts == {"siemens": 20, "ayotex": 12, "ibm-korea": 14, "juniper": 8, "ibm-cso": 6}
    assert set(counts) == set(books().vendors)
    assert {row["locale"] for row in rows()} == set(LOCALES)


def test_every_contract_gets_its_renewal_notice_or_a_refusal_and_no_error() -> None:
    assert len(outcomes()) == len(rows())
    issued = Counter(out.policy.vendor for out in outcomes().values() if isinstance(out, Selection))
    assert set(issued) == set(books().vendors)


@pytest.mark.parametrize(
    ("vendor", "rule"),
    [
        ("siemens", "lapsed-needs-late-renewal"),
        ("siemens", "beyond-lapse-limit"),
        ("juniper", "country-listed"),
        ("juniper", "contract-ended"),
        ("ibm-cso", "individual-consumer"),
    ],
)
def test_the_book_holds_contracts_that_cannot_be_renewed(vendor: str, rule: str) -> None:
    assert (vendor, rule) in refused()


def test_at_least_ten_contracts_expire_within_ninety_days_and_some_have_lapsed() -> None:
    assert len([row for row in rows() if LOOK <= expiry(row) <= SOON]) >= 10
    assert len([row for row in rows() if expiry(row) < LOOK]) >= 3
