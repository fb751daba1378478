"""Tables of companies as they come: what is read, by which rule, and what is said of what cannot be read."""

from __future__ import annotations

import io
import json
import tomllib
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contractgen.cli import main
from contractgen.contract import kind_of_field
from contractgen.errors import ContractgenError, Exit, InvalidData, Problem
from contractgen.intake import workbooks
from contractgen.intake.fields import FIELDS, is_field, is_flag
from contractgen.intake.mapping import Mapping, load_mapping
from contractgen.intake.proposing import propose
from contractgen.intake.reading import read_table
from contractgen.intake.rows import Entry, entries, read_cell
from contractgen.intake.tables import Table
from contractgen.values import Kind
from helpers import ROOT, books

INTAKE = ROOT / "fixtures" / "intake"
TOLD = {Exit.ERROR, Exit.USAGE, Exit.INVALID_DATA}


def table_of(tmp_path: Path, text: str | bytes, name: str = "list.csv", **options: Any) -> Table:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(path, Mapping(**options))


def rows(tmp_path: Path, text: str | bytes, mapping: Mapping | None = None, name: str = "list.csv") -> list[Entry]:
    return list(entries(table_of(tmp_path, text, name), mapping or Mapping()))


def wrong(tmp_path: Path, text: str | bytes, name: str = "list.csv", mapping: Mapping | None = None) -> list[Problem]:
    """Return what is said of a table: its own problems, or those of its rows."""
    try:
        return [problem for entry in rows(tmp_path, text, mapping, name) for problem in entry.problems]
    except ContractgenError as error:
        return list(error.problems)


def fixture(name: str, mapping: str = "") -> tuple[Table, list[Entry]]:
    known = load_mapping(INTAKE / mapping) if mapping else Mapping()
    table = read_table(INTAKE / name, known)
    return table, list(entries(table, known))


def workbook(path: Path, *cells: tuple[str, Any, str], merge: str = "") -> Path:
    """Write a workbook of one sheet: address, value, number format."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sheet1")
        for address, value, style in cells:
            write = sheet.write_datetime if isinstance(value, date) else sheet.write
            write(address, value, book.add_format({"num_format": style}) if style else None)
        if merge:
            sheet.merge_range(merge, "merged")
    return path


def sheet_of(path: Path, xml: str) -> Path:
    """Write a workbook whose only sheet has this XML for its rows."""
    workbook(path, ("A1", "x", ""))
    with zipfile.ZipFile(path) as found:
        parts = {name: found.read(name) for name in found.namelist()}
    head = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    parts["xl/worksheets/sheet1.xml"] = f"{head}<sheetData>{xml}</sheetData></worksheet>".encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return path


# ------------------------------------------------------------------------------------------------ the sample tables


@pytest.mark.parametrize(
    ("file", "mapping", "notes"),
    [
        ("korean.csv", "korean.toml", ("encoding cp949", "fields separated by commas")),
        ("persian.csv", "persian.toml", ("encoding cp1256", "fields separated by semicolons")),
        ("semicolons.csv", "semicolons.toml", ("encoding utf-8-sig", "fields separated by semicolons")),
        ("workbook.xlsx", "workbook.toml", ("sheet 계약", "not read: 안내")),
        ("records.jsonl", "", ("encoding utf-8-sig",)),
    ],
)
def test_each_sample_table_is_read_whole_and_it_is_told_how(file: str, mapping: str, notes: tuple[str, ...]) -> None:
    table, found = fixture(file, mapping)
    assert table.notes == notes
    assert found
    assert [entry.problems for entry in found] == [()] * len(list(table.lines))


def test_a_row_of_the_korean_list_becomes_a_record() -> None:
    _, found = fixture("korean.csv", "korean.toml")
    record = found[0].record.data
    assert (record["vendor"], record["tier"], record["transaction"]) == ("siemens", "base-mes", "renewal")
    assert record["term"] == {"start": "2025-12-20", "expiry": "2026-12-20"}
    assert record["licences"][0] == {
        "product": "NX Mach 3 Product Design",
        "licence_type": "perpetual",
        "quantity": "12",
        "annual_fee": "8760000",
        "id": "L1",
    }
    assert found[0].extra == {"locale": "ko"}
    assert [entry.record.data["term"]["expiry"] for entry in found] == ["2026-12-20", "2027-01-15", "2027-03-01"]


def test_the_sheet_that_the_mapping_names_is_read_from_below_its_title() -> None:
    table, found = fixture("workbook.xlsx", "workbook.toml")
    assert (table.sheet, table.heading_line, found[0].place.file) == ("계약", 3, f"{INTAKE / 'workbook.xlsx'}:계약!4:4")
    assert found[0].record.data["term"]["expiry"] == "2026-12-31"
    assert found[0].record.data["licences"][0]["annual_fee"] == "9600000"


# ------------------------------------------------------------------------------------------------------- encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_the_encoding_of_a_korean_list_is_found_out(tmp_path: Path, encoding: str) -> None:
    table = table_of(tmp_path, "vendor,고객명\nsiemens,다온공작기계\n".encode(encoding))
    assert table.headings == ("vendor", "고객명")
    assert next(iter(table.lines)).cells == ("siemens", "다온공작기계")


@pytest.mark.parametrize("text", ["نام مشتري", "نام", "سطح,نام مشتري,منطقه", "شرکت صنايع چاپ"])
def test_persian_in_cp1256_is_not_taken_for_korean(tmp_path: Path, text: str) -> None:
    assert table_of(tmp_path, f"{text}\nx\n".encode("cp1256")).notes[0] == "encoding cp1256"


def test_an_encoding_that_is_not_known_by_its_letters_is_asked_for_and_not_guessed(tmp_path: Path) -> None:
    raw = "name\nMüller Präzision\n".encode("cp1252")
    problems = wrong(tmp_path, raw)
    assert "none of the encodings" in problems[0].cause
    assert 'encoding = "…"' in problems[0].repair
    (line,) = table_of(tmp_path, raw, encoding="cp1252").lines
    assert line.cells == ("Müller Präzision",)


def test_a_wrong_encoding_asked_for_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match=r"list\.csv:2: is not cp949"):
        table_of(tmp_path, b"vendor\n\xff\xff\n", encoding="cp949")
    with pytest.raises(ContractgenError, match="did you mean"):
        table_of(tmp_path, b"vendor\nx\n", encoding="cp9499")


# ----------------------------------------------------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("cell", "field", "text"),
    [
        ("1,234.50", "licences.0.annual_fee", "1234.50"),
        ("۱٬۲۳۴٫۵", "licences.0.annual_fee", "1234.5"),
        ("٣٬٦٥٠٬٠٠٠", "licences.0.annual_fee", "3650000"),
        ("12", "licences.0.quantity", "12"),
        (12.0, "licences.0.quantity", "12"),
        (8760000.0, "licences.0.annual_fee", "8760000"),
        (0.1 + 0.2, "licences.0.annual_fee", "0.3"),
        (28910.4, "licences.0.annual_fee", "28910.4"),
        (1e14, "licences.0.annual_fee", "100000000000000"),
        (27.5, "package.rate_percent", "27.5"),
        (date(2026, 12, 31), "term.expiry", "2026-12-31"),
        ("2026-12-31", "term.expiry", "2026-12-31"),
        ("2026. 12. 31.", "term.expiry", "2026-12-31"),
        ("2026.1.5", "term.expiry", "2026-01-05"),
        ("2026년 1월 5일", "term.expiry", "2026-01-05"),
        ("2026/1/5", "term.expiry", "2026-01-05"),
        ("۱۴۰۵/۱۰/۳۰", "term.expiry", "1405/10/30"),
        (True, "term.lapsed", "true"),
        ("TRUE", "term.lapsed", "true"),
        ("AYX-۱۴۰۵-۷", "contract.number", "AYX-1405-7"),
        ("۱۱۸۰", "customer.address", "۱۱۸۰"),
        (42.0, "contract.number", "42"),
        ("1,234", "customer.address", "1,234"),
    ],
)
def test_a_cell_is_read_by_the_rule_of_its_field(cell: Any, field: str, text: str) -> None:
    assert read_cell(cell, field) == text


@pytest.mark.parametrize(
    ("cell", "field", "said"),
    [
        (46372.0, "term.expiry", "is no date"),
        (2112345.0, "customer.phone", "lost the zeros"),
        (0.3, "package.rate_percent", "0.3 % or 30 %"),
        (1e15, "licences.0.annual_fee", "more digits than a workbook keeps"),
        (date(2026, 3, 4), "contract.number", "no date is asked for"),
        (date(2026, 3, 4), "licences.0.quantity", "no date is asked for"),
        (True, "customer.name", "TRUE is no text"),
    ],
)
def test_a_cell_of_a_workbook_that_stands_for_something_else_is_refused(cell: Any, field: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_cell(cell, field)


@pytest.mark.parametrize("typed", ["31/12/2026", "12-31-2026", "31. 12. 2026.", "26. 12. 31.", "Dec 31, 2026"])
def test_another_order_of_day_and_month_is_never_turned_into_a_date(typed: str) -> None:
    assert read_cell(typed, "term.expiry") == typed


@given(st.integers(-(10**14), 10**14), st.integers(0, 2))
def test_thousands_marks_and_persian_digits_change_no_amount(number: int, places: int) -> None:
    shown = f"{number:,}" + ("." + "5" * places if places else "")
    persian = shown.translate(str.maketrans("0123456789,.", "۰۱۲۳۴۵۶۷۸۹٬٫"))
    plain = shown.replace(",", "")
    assert read_cell(shown, "licences.0.annual_fee") == read_cell(persian, "licences.0.annual_fee") == plain


@given(st.dates(date(1900, 1, 2), date(2199, 12, 31)))
def test_every_way_to_write_a_day_gives_the_same_day(day: date) -> None:
    year, month, number = day.year, day.month, day.day
    typed = (
        f"{year}. {month}. {number}.",
        f"{year}년 {month}월 {number}일",
        f"{year}/{month}/{number}",
        day.isoformat(),
    )
    assert {read_cell(text, "term.expiry") for text in (*typed, day)} == {day.isoformat()}


# ------------------------------------------------------------------------------------------- places of what is wrong


def test_an_error_names_sheet_and_cell(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", ("A1", "vendor", ""), ("B1", "term.expiry", ""), ("C1", "currency", ""),
                    ("A2", "siemens", ""), ("B2", date(2026, 12, 31), "yyyy-mm-dd"),
                    ("A3", "siemens", ""), ("B3", 46372, ""))  # fmt: skip
    good, bad = entries(read_table(path), Mapping())
    assert (good.problems, good.record.data["term"]["expiry"]) == ((), "2026-12-31")
    assert str(bad.problems[0].place) == f"{path}:Sheet1!B3"
    assert str(good.record.place("currency")) == f"{path}:Sheet1!2:2"  # what is missing is missing from its row


def test_an_error_names_line_and_field_of_a_text_file(tmp_path: Path) -> None:
    text = 'vendor,customer.address,term.expiry\nsiemens,"two\nlines",2026-12-31\nsiemens,here,2026-12-31,lost\n'
    first, second = rows(tmp_path, text)
    assert str(first.record.place("term", "expiry")) == f"{tmp_path / 'list.csv'}:2 field 3"
    assert [str(problem.place) for problem in second.problems] == [f"{tmp_path / 'list.csv'}:4 field 4"]


def test_an_error_names_line_and_name_in_json_lines(tmp_path: Path) -> None:
    (entry,) = rows(tmp_path, '{"vendor": "siemens", "licences": [{"annual_fee": 12}]}\n', name="list.jsonl")
    place = entry.record.place("licences", 0, "annual_fee")
    assert str(place) == f"{tmp_path / 'list.jsonl'}:1 licences.0.annual_fee"


def test_a_bad_row_neither_stops_nor_hides_the_good_ones(tmp_path: Path) -> None:
    text = 'vendor,tier\na,b\nc"x,d,lost\n"e"f,g\nh,i\n'
    found = rows(tmp_path, text)
    assert [entry.record.data.get("vendor") for entry in found] == ["a", 'c"x', None, "h"]
    assert [len(entry.problems) for entry in found] == [0, 1, 1, 0]


def test_a_quotation_mark_that_is_not_closed_is_told_with_the_lines_it_swallows(tmp_path: Path) -> None:
    good, bad = rows(tmp_path, 'vendor,tier\na,b\n"c,d\ne,f\n')
    assert good.problems == ()
    assert bad.problems[0].place.line == 3
    assert "lines 3 to 4 are not read" in bad.problems[0].cause


def test_a_bad_line_of_json_does_not_hide_the_others(tmp_path: Path) -> None:
    text = '{"vendor": "a"}\n{"vendor": \n[1]\n{"vendor": "b", "vendor": "c"}\n{"vendor": NaN}\n{"vendor": "d"}\n'
    found = rows(tmp_path, text, name="list.jsonl")
    assert [len(entry.problems) for entry in found] == [0, 1, 1, 1, 1, 0]
    assert "twice" in found[3].problems[0].cause


def test_empty_lines_are_passed_over_and_do_not_shift_the_count(tmp_path: Path) -> None:
    found = rows(tmp_path, "\n\nvendor,tier\n\n,,\na,b\n\nc,d\n")
    assert [entry.place.line for entry in found] == [6, 8]


def test_a_gap_in_the_lines_of_a_contract_closes_and_keeps_the_places(tmp_path: Path) -> None:
    header = "vendor,licences.0.product,licences.1.product,licences.1.annual_fee"
    (entry,) = rows(tmp_path, f"{header}\nsiemens,,NX,12x\n")
    assert entry.record.data["licences"] == [{"product": "NX", "annual_fee": "12x", "id": "L1"}]
    assert str(entry.record.place("licences", 0, "annual_fee")).endswith(":2 field 4")


# -------------------------------------------------------------------------------------------------- headings, mapping


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vendor,고객명\na,b\n", 'no field is known for the column "고객명"'),
        ("vendor,tier,vendor\na,b,c\n", 'the heading "vendor" stands twice'),
        ("vendor,customer\na,b\n", 'no field is known for the column "customer"'),
        ("vendor,licences.product\na,b\n", 'no field is known for the column "licences.product"'),
        ("customer.name,customer.name.ko\na,b\n", "customer.name.ko"),
        ("Renewals\nvendor,tier,currency\na,b,c\n", "headings = 2"),
        ("\n\n", "the table is empty"),
        ("", "the table is empty"),
    ],
)
def test_headings_that_cannot_be_used_are_told(tmp_path: Path, text: str, said: str) -> None:
    assert any(said in str(problem) for problem in wrong(tmp_path, text))


def mapping_of(tmp_path: Path, text: str) -> Mapping:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return load_mapping(path)


def test_columns_are_mapped_words_translated_and_constants_added(tmp_path: Path) -> None:
    text = (
        'ignore = ["memo"]\n[columns]\n"Supplier" = "vendor"\n[constants]\ncurrency = "KRW"\n'
        '[values."Supplier"]\n"SIE" = "siemens"\n"-" = ""\n'
    )
    mapping = mapping_of(tmp_path, text)
    first, second = rows(tmp_path, "Supplier,memo\nSIE,x\n-,y\n", mapping)
    assert first.record.data == {"currency": "KRW", "vendor": "siemens"}
    assert second.record.data == {"currency": "KRW"}
    assert str(first.record.place("currency")) == f"{tmp_path / 'mapping.toml'}:5:1"


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ('[columns]\n"A" = "vendor"\n"B" = "vendor"\n', "both vendor"),
        ('[columns]\n"A" = "vendor"\n"B" = "tier"\n[constants]\nvendor = "siemens"\n', "both vendor"),
        ('[columns]\n"A" = "vendor"\n"B" = "tier"\n"C" = "currency"\n', 'the table has no column "C"'),
        ('ignore = ["A", "B"]\n[values."C"]\n"x" = "y"\n', 'the table has no column "C"'),
        ('[columns]\n"A" = "vendro"\n', 'did you mean "vendor"'),
        ('[columns]\n"A" = ""\n', '"" is no field of a record'),
        ('[constants]\ncustomer = "x"\n', '"customer" is no field of a record'),
        ('ignore = ["A"]\n[columns]\n"A" = "vendor"\n', "also under ignore"),
        ("[columns\n", "is not valid TOML"),
    ],
)
def test_a_mapping_that_does_not_fit_is_told(tmp_path: Path, mapping: str, said: str) -> None:
    with pytest.raises(ContractgenError) as caught:
        rows(tmp_path, "A,B\n1,2\n", mapping_of(tmp_path, mapping))
    assert said in str(caught.value)


def test_every_field_that_is_suggested_exists_and_flags_are_known() -> None:
    assert [name for name in FIELDS if not is_field(name)] == []
    assert [name for name in ("term.lapsed", "withdrawal.written", "documents.quote.toman") if not is_flag(name)] == []
    assert [name for name in ("customer", "licences.0", "document.number", "facts.a.b", "") if is_field(name)] == []


def test_the_kind_of_a_field_is_found_through_lists_and_languages() -> None:
    assert kind_of_field("licences.0.annual_fee") is Kind.MONEY
    assert kind_of_field("customer.name.ko") is Kind.NAME
    assert kind_of_field("holidays.0") is Kind.DATE
    assert kind_of_field("licences") is None


# ----------------------------------------------------------------------------------------------------------- map


HEADINGS = {
    "korean.csv": {"계약번호": "contract.number", "고객명": "customer.name", "만료일": "term.expiry"},
    "persian.csv": {"نام مشتري": "customer.name", "تاريخ پايان": "term.expiry", "قيمت فروش": "package.sale_price"},
    "semicolons.csv": {"Contract No": "contract.number", "Account": "customer.name", "Qty": "licences.0.quantity"},
}


@pytest.mark.parametrize("file", HEADINGS)
def test_map_proposes_the_fields_of_headings_in_three_languages(file: str) -> None:
    proposed = tomllib.loads(propose(read_table(INTAKE / file), books()))
    assert HEADINGS[file].items() <= proposed["columns"].items()
    assert all(is_field(name) for name in proposed["columns"].values())


@pytest.mark.parametrize("file", HEADINGS)
def test_what_map_proposes_serves_once_its_questions_are_answered(tmp_path: Path, file: str) -> None:
    answers = tomllib.loads((INTAKE / file).with_suffix(".toml").read_text(encoding="utf-8"))
    known = {**answers["columns"], **answers.get("constants", {})}
    words = {word: key for typed in answers["values"].values() for word, key in typed.items()}
    lines, ignored = [], []
    for line in propose(read_table(INTAKE / file), books()).splitlines():
        name = line.split('"')[1] if line.startswith('# "') else ""
        answer = words.get(name) or known.get(name)
        if name and answer:
            lines.append(f"{json.dumps(name, ensure_ascii=False)} = {json.dumps(answer)}")
        elif name:
            ignored.append(name)
        else:
            lines.append(line)
    filled = "\n".join(lines).replace("ignore = []", f"ignore = {json.dumps(ignored, ensure_ascii=False)}")
    more = {name: value for name, value in answers.get("constants", {}).items() if f'"{name}"' not in filled}
    extra = "".join(f"{json.dumps(name)} = {json.dumps(value)}\n" for name, value in more.items())
    for heading, typed in answers["values"].items():  # a column that map did not know has no words yet
        if f'[values."{heading}"]' not in filled:
            pairs = "".join(f"{json.dumps(word)} = {json.dumps(key)}\n" for word, key in typed.items())
            filled += f"\n[values.{json.dumps(heading, ensure_ascii=False)}]\n{pairs}"
    path = tmp_path / "mapping.toml"
    path.write_text(filled.replace("[constants]", f"[constants]\n{extra}"), encoding="utf-8")
    call = ["due", str(INTAKE / file), "--mapping", str(path), "--as-of", "2026-11-22", "--within", "120d"]
    found = CliRunner().invoke(main, call)
    assert found.exit_code == Exit.OK, found.output


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=1, max_size=4, unique=True))
@example(['a "quoted" \\ one', "two\nlines", "]", "\x7f\x85"])
def test_the_mapping_proposed_is_toml_whatever_the_headings_are(headings: list[str]) -> None:
    table = Table("a\nb.csv", "sh\neet", tuple(headings), (), 1, ("note\nof two lines",))
    tomllib.loads(propose(table, books()))


def test_map_writes_no_mapping_over_one_that_is_there(tmp_path: Path) -> None:
    call = ["map", str(INTAKE / "semicolons.csv"), "-o", str(tmp_path / "mapping.toml")]
    assert CliRunner().invoke(main, call).exit_code == Exit.OK
    tomllib.loads((tmp_path / "mapping.toml").read_text(encoding="utf-8"))
    assert CliRunner().invoke(main, call).exit_code == Exit.USAGE


def test_two_columns_for_one_field_are_a_question_of_the_mapping(tmp_path: Path) -> None:
    text = propose(table_of(tmp_path, "Customer,Account name,customer.name.ko\n"), books())
    assert "columns" in tomllib.loads(text)
    assert text.count("but a column is customer.name.ko already") == 2


# ------------------------------------------------------------------------------------------------------- workbooks


def test_cells_that_would_be_lost_are_problems_of_their_rows(tmp_path: Path) -> None:
    cells = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>vendor</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>tier</t></is></c></row>'
        '<row r="2"><c r="A2" t="e"><v>#REF!</v></c><c r="B2"><f>1+1</f></c></row>'
        '<row r="3"><c r="A3" t="str"><f>"a"</f><v>a</v></c><c r="B3" t="str"><f>""</f><v></v></c></row>'
    )
    lost, kept = entries(read_table(sheet_of(tmp_path / "book.xlsx", cells)), Mapping())
    said = [(str(problem.place).rpartition("!")[2], problem.cause) for problem in lost.problems]
    assert said == [
        ("A2", "the cell holds an error of the spreadsheet, not a value"),
        ("B2", "the cell holds a formula that was never worked out"),
    ]
    assert (kept.record.data, kept.problems) == ({"vendor": "a"}, ())


def test_a_cell_merged_over_rows_is_told_in_each_row_that_it_leaves_empty(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "book.xlsx",
        ("A1", "vendor", ""),
        ("B1", "tier", ""),
        ("B2", "x", ""),
        ("B3", "y", ""),
        merge="A2:A4",
    )
    first, second = entries(read_table(path), Mapping())
    assert first.problems == ()
    assert "merged with A2" in second.problems[0].cause


def test_a_workbook_that_reaches_to_the_last_cell_takes_no_memory(tmp_path: Path) -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    problems = wrong(tmp_path, sheet_of(tmp_path / "big.xlsx", cells).read_bytes(), "book.xlsx")
    assert "1,048,576 rows and 16,384 columns" in problems[0].cause


def test_a_workbook_that_unpacks_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 1 << 20)
    cells = f'<row r="1"><c r="A1"><v>1</v></c></row>{" " * (2 << 20)}'
    problems = wrong(tmp_path, sheet_of(tmp_path / "bomb.xlsx", cells).read_bytes(), "book.xlsx")
    assert "unpacks to more than 1 MB" in problems[0].cause


# --------------------------------------------------------------------------------------------------- hostile files


def archive(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name.replace("__", "/"), text)
    return out.getvalue()


ENTITY = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><workbook><sheets/></workbook>'
HOSTILE = {
    "empty.csv": b"",
    "empty.xlsx": b"",
    "empty.jsonl": b"",
    "binary.csv": bytes(range(256)) * 40,
    "nul.csv": b"vendor,tier\nsie\0mens,x\n",
    "nul.jsonl": b'{"vendor": "a\0b"}\n',
    "escaped-nul.jsonl": b'{"vendor": "a\\u0000b", "term": {"expiry": "2026-12-31"}}\n',
    "workbook.csv": b"PK\x03\x04" + b"\0" * 100,
    "old.xlsx": b"\xd0\xcf\x11\xe0" + b"\0" * 600,
    "text.xlsx": b"vendor,tier\n",
    "zip.xlsx": archive(a="b"),
    "no-sheet.xlsx": archive(**{"xl__workbook.xml": "<workbook/>"}),
    "entity.xlsx": archive(**{"xl__workbook.xml": ENTITY}),
    "no-xml.xlsx": archive(**{"xl__workbook.xml": "<workbook"}),
    "old.xls": b"\xd0\xcf\x11\xe0",
    "unclosed.csv": b'vendor,tier\n"' + b"x" * 300_000,
    "long.csv": b"v" * 2_000_000,
    "commas.csv": b"," * 900_000,
    "wide.csv": b",".join(b"c%d" % n for n in range(5000)) + b"\n",
    "newlines.csv": b"\n" * 1_000_000,
    "deep.jsonl": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "deep-enough.jsonl": b'{"a":' * 900 + b"1" + b"}" * 900,
    "many-names.jsonl": b"".join(b'{"c%d": 1}\n' % n for n in range(5000)),
    "number.jsonl": b'{"vendor": ' + b"9" * 10_000 + b"}\n",
    "shadow.jsonl": b'{"customer": {"name": "a"}, "customer.name": "b"}\n',
    "clash.jsonl": b'{"customer.name": "a", "customer.name.ko": "b"}\n',
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("command", ["map", "due"])
def test_a_hostile_file_ends_in_a_message(tmp_path: Path, name: str, command: str) -> None:
    path = tmp_path / name
    path.write_bytes(HOSTILE[name])
    found = CliRunner().invoke(main, [command, str(path)])
    assert "internal fault" not in found.output
    assert found.exit_code in TOLD or (command == "map" and found.exit_code == Exit.OK), found.output[:500]


@pytest.mark.parametrize("what", ["folder.csv", "absent.csv", "/dev/zero"])
def test_what_is_no_file_is_told(tmp_path: Path, what: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "device.csv").symlink_to("/dev/zero")
    path = tmp_path / ("device.csv" if what.startswith("/dev") else what)
    assert CliRunner().invoke(main, ["due", str(path)]).exit_code == Exit.USAGE


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.tsv", "a.jsonl", "a.xlsx"]))
def test_no_bytes_at_all_end_in_a_fault_of_ours(tmp_path: Path, raw: bytes, name: str) -> None:
    wrong(tmp_path, raw, name)  # anything but a ContractgenError fails


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 20_000), st.binary(min_size=1, max_size=8))
def test_no_damage_to_a_workbook_ends_in_a_fault_of_ours(tmp_path: Path, at: int, junk: bytes) -> None:
    raw = (INTAKE / "workbook.xlsx").read_bytes()
    at %= len(raw)
    wrong(tmp_path, raw[:at] + junk + raw[at + len(junk) :], "book.xlsx")
