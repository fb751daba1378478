"""Who is due, what waiting costs: prices as the rules give them, nobody hidden, files that other programs take."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import icalendar
import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from python_calamine import CalamineWorkbook

from contractgen import due_files, due_report
from contractgen.cli import main
from contractgen.cli_report import width
from contractgen.clock import Clock, clock
from contractgen.clock_chart import WIDTH, as_svg
from contractgen.clock_picture import as_png
from contractgen.clock_report import as_data as clock_data
from contractgen.clock_report import as_text as clock_text
from contractgen.due import Due, Season, look
from contractgen.errors import ContractgenError, Exit, InvalidData, UsageError
from contractgen.files import Marked
from contractgen.intake.mapping import Mapping
from contractgen.intake.reading import read_table
from contractgen.intake.rows import entries
from contractgen.selection import Refusal
from contractgen.values import Day
from contractgen.waiting import Offer, on
from helpers import ROOT, books, ibm_korea, outcome, siemens

PORTFOLIO = ROOT / "fixtures" / "portfolio.csv"
LOOK = date(2026, 11, 22)
EXPIRY = date(2025, 3, 1)


def run(*call: str) -> Result:
    return CliRunner().invoke(main, list(call))


@cache
def season(within: int = 90) -> Season:
    """Return a look at the sample portfolio."""
    return look(entries(read_table(PORTFOLIO), Mapping()), books(), LOOK, within)


def one(number: str) -> Due:
    return next(found for found in season().due if found.number == number)


def portfolio(tmp_path: Path, *rows: dict[str, str], name: str = "list.csv") -> Path:
    """Write a table of Siemens renewals, each changed by a row's own fields."""
    base = {
        "vendor": "siemens", "tier": "base-mes", "transaction": "renewal", "currency": "KRW", "contract.number": "S-{}",
        "customer.name": "Customer {}", "customer.status": "existing", "customer.region": "apac",
        "customer.address": "here", "term.expiry": "2026-12-15", "term.lapsed": "", "licences.0.product": "NX",
        "licences.0.licence_type": "perpetual", "licences.0.annual_fee": "3650000", "locale": "en",
    }  # fmt: skip
    full = [{key: row.get(key, value).format(number) for key, value in base.items()} for number, row in enumerate(rows)]
    path = tmp_path / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(base))
        writer.writeheader()
        writer.writerows(full)
    return path


def look_at(path: Path, as_of: date = LOOK, within: int = 90, *vendors: str) -> Season:
    return look(entries(read_table(path), Mapping()), books(), as_of, within, vendors)


def marked(text: str) -> Marked:
    """Return a record of ``helpers`` as what is read of a file."""
    return Marked("record.yaml", yaml.load(text, yaml.BaseLoader))  # noqa: S506  (strings only)


def siemens_record(**changes: Any) -> Marked:
    return marked(siemens(term={"start": "2024-03-01", "expiry": EXPIRY.isoformat()}, **changes))


def result_of(offer: Offer) -> str:
    return offer.rule or (str(offer.price.minor) if offer.price else "none")


# ---------------------------------------------------------------------------------------------------------- prices


@pytest.mark.parametrize("days", [-90, -30, -1, 0, 1, 2, 90, 365, 366, 1095, 1096, 1097])
def test_the_price_of_a_day_is_that_of_the_record_written_for_that_day(days: int) -> None:
    day = EXPIRY + timedelta(days=days)
    written: dict[str, Any] = {"term": {"start": "2024-03-01", "expiry": EXPIRY.isoformat()}}
    if days > 0:
        written["term"]["lapsed"] = "true"
        written |= {"transaction": "late-renewal", "reinstatement": {"effective": day.isoformat()}}
    asked = outcome(siemens(day.isoformat(), **written), "renewal-notice")
    price = asked.row.id if isinstance(asked, Refusal) else asked.terms.figures["price.total"].canonical.split()[0]
    assert result_of(on(siemens_record(), books(), day)) == price


@pytest.mark.parametrize("day", ["2026-02-01", "2026-03-31", "2026-04-01", "2027-04-01"])
def test_the_price_of_a_day_is_that_of_the_order_dated_that_day(day: str) -> None:
    asked = outcome(ibm_korea(day, order={"date": day}), "renewal-notice")
    assert not isinstance(asked, Refusal)
    price = asked.terms.figures["price.total"].canonical.split()[0]
    assert result_of(on(marked(ibm_korea()), books(), date.fromisoformat(day))) == price


def test_a_record_of_a_late_renewal_is_asked_anew_for_each_day() -> None:
    late = siemens_record(transaction="late-renewal", reinstatement={"effective": "2025-06-01"})
    days = [EXPIRY + timedelta(days=days) for days in (-10, 0, 1, 400, 1097)]
    plain = siemens_record()
    assert [result_of(on(late, books(), day)) for day in days] == [result_of(on(plain, books(), day)) for day in days]


@settings(max_examples=40, deadline=None)
@given(
    first=st.integers(-10, 1130), wait=st.integers(1, 400), fee=st.integers(1, 10**8),
    base=st.sampled_from(["prorated_gap", "annual_fees_due_in_gap"]),
    back=st.sampled_from(["whole_12_month_terms", "gap_plus_12_months"]),
)  # fmt: skip
def test_waiting_never_gets_cheaper_at_siemens(first: int, wait: int, fee: int, base: str, back: str) -> None:
    licence = {"id": "L1", "product": "NX", "licence_type": "perpetual", "annual_fee": fee}
    record = siemens_record(licences=[licence], readings={"reinstatement_base": base, "back_fee_term": back})
    never_cheaper(*(on(record, books(), EXPIRY + timedelta(days=days)) for days in (first, first + wait)))


@settings(max_examples=30, deadline=None)
@given(first=st.integers(-10, 200), wait=st.integers(1, 200), fee=st.integers(1, 10**8), more=st.integers(0, 10**8))
def test_waiting_never_gets_cheaper_at_ibm_korea(first: int, wait: int, fee: int, more: int) -> None:
    licence = {"id": "L1", "product": "Db2", "annual_fee": fee, "reinstatement_price": fee + more}
    record, expiry = marked(ibm_korea(licences=[licence])), date(2026, 3, 31)
    never_cheaper(*(on(record, books(), expiry + timedelta(days=days)) for days in (first, first + wait)))


def never_cheaper(before: Offer, after: Offer) -> None:
    assert before.problems == after.problems == ()
    assert after.refusal is not None or (before.price and after.price and before.price <= after.price)


def test_no_price_told_for_later_is_lower_than_one_told_for_earlier() -> None:
    for found in season(400).due:
        offers = sorted(found.offers, key=lambda offer: offer.day)
        prices = [offer.price for offer in offers if offer.price]
        assert prices == sorted(prices), found.number
        barred = [offer.refusal is not None for offer in offers]
        assert barred == sorted(barred), found.number  # nothing becomes possible by waiting


def test_waiting_counts_from_the_expiry_and_from_the_look_where_a_contract_is_overdue() -> None:
    ahead, overdue = one("SIE-KR-2025-0411"), one("SIE-KR-2025-0418")
    assert ahead.waits_from == ahead.expiry == date(2026, 12, 15)
    assert overdue.waits_from == LOOK
    assert [offer.day - overdue.waits_from for _, offer in overdue.later] == [timedelta(days=1), timedelta(days=90)]
    assert overdue.last is not None
    assert isinstance(overdue.cut_off.amount if overdue.cut_off else None, Day)
    assert overdue.last.day == date(2029, 8, 15)


# ------------------------------------------------------------------------------------------------------------ rows


def test_the_most_urgent_stands_first_and_what_has_ended_for_good_last() -> None:
    days = [found.days_left for found in season().due]
    closed = [found.days_left < 0 and found.now.refusal is not None for found in season().due]
    assert closed == sorted(closed)
    overdue = [left < 0 for left, over in zip(days, closed, strict=True) if not over]
    assert overdue == sorted(overdue, reverse=True)
    numbers = [found.number for found in season().due]
    assert numbers.index("SIE-KR-2026-0412") < numbers.index("SIE-KR-2025-0411")  # it can still be withdrawn from


def test_the_totals_are_the_sums_of_the_prices_that_are_listed() -> None:
    listed: dict[tuple[str, str], int] = {}
    for found in season().due:
        if found.now.price:
            key = (found.vendor, found.now.price.currency)
            listed[key] = listed.get(key, 0) + found.now.price.minor
    assert {(vendor, currency): amount.minor for vendor, currency, _, amount in season().totals()} == listed
    counted = sum(count for _, _, count, _ in season().totals())
    assert counted + sum(refused + bare for _, refused, bare in season().unpriced()) == len(season().due)


def test_a_bad_row_is_told_and_the_good_ones_are_listed(tmp_path: Path) -> None:
    path = portfolio(tmp_path, {}, {"licences.0.annual_fee": "12x", "tier": "gold"}, {"vendor": "simens"},
                     {"term.expiry": "31/12/2026"}, {"term.expiry": ""}, {"locale": "kr"}, {})  # fmt: skip
    found = look_at(path)
    assert [each.number for each in found.due] == ["S-0", "S-6"]
    said = [str(problem) for problem in found.problems]
    for part in ('list.csv:3 field 14: "licences.0.annual_fee" is "12x"', 'vendor "simens"', "31/12/2026", "list.csv:6",
                 'no locale "kr"'):  # fmt: skip
        assert any(part in line for line in said), (part, said)


def test_all_faults_of_a_row_are_told_at_once(tmp_path: Path) -> None:
    path = portfolio(tmp_path, {"vendor": "simens", "customer.name": "", "licences.0.annual_fee": "-5", "locale": "kr"})
    said = "\n".join(map(str, look_at(path).problems))
    assert all(part in said for part in ("simens", "kr", "customer", "licences.0.annual_fee"))
    assert len(look_at(path).problems) == len(set(look_at(path).problems))


def test_what_followed_an_expiry_is_never_inferred(tmp_path: Path) -> None:
    path = portfolio(
        tmp_path,
        {"term.expiry": "2026-08-15"},
        {"term.expiry": "2026-08-15", "term.lapsed": "false"},
        {"term.lapsed": "true"},
        {"term.expiry": "2026-08-15", "term.lapsed": "true"},
    )
    found = look_at(path)
    assert [each.number for each in found.due] == ["S-3"]
    causes = [problem.cause for problem in found.problems]
    assert [any(part in cause for cause in causes) for part in ("what followed", "was extended", "is not over")] == [
        True
    ] * 3


def test_a_contract_in_two_rows_is_a_problem_of_both(tmp_path: Path) -> None:
    found = look_at(portfolio(tmp_path, {"contract.number": "S"}, {}, {"contract.number": "S"}))
    assert [each.number for each in found.due] == ["S-1"]
    assert [problem.place.file.rpartition("list.csv")[2] for problem in found.problems] == [":2 field 5", ":4 field 5"]


def test_a_vendor_asked_for_hides_the_others_but_no_misspelt_one(tmp_path: Path) -> None:
    path = portfolio(tmp_path, {}, {"vendor": "simens"}, {"vendor": "juniper"})
    found = look_at(path, LOOK, 90, "siemens")
    assert ([each.number for each in found.due], len(found.problems)) == (["S-0"], 1)
    with pytest.raises(UsageError, match='did you mean "siemens"'):
        look_at(path, LOOK, 90, "simens")


def test_a_price_that_later_days_lack_is_told(tmp_path: Path) -> None:
    text = (ROOT / "fixtures" / "portfolio.csv").read_text(encoding="utf-8-sig").splitlines()
    head = text[0].split(",")
    row = dict(zip(head, next(csv.reader([line for line in text if "IBM-KR-2026-0501" in line])), strict=True))
    row = {name: "" if name == "licences.0.reinstatement_price" else value for name, value in row.items()}
    path = tmp_path / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, head)
        writer.writeheader()
        writer.writerow(row)
    found = look_at(path)
    assert [each.now.price is not None for each in found.due] == [True]
    assert "licences.0.reinstatement_price" in str(found.problems[0])
    assert str(found.problems[0].place) == f"{path}:2"


# ------------------------------------------------------------------------------------------------------ exit codes


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (("--as-of", "2026-11-22"), Exit.OK),
        (("--as-of", "2022-01-01", "--within", "1d", "--vendor", "juniper"), Exit.NOTHING_TO_DO),
        (("--as-of", "2026-11-31"), Exit.USAGE),
        (("--as-of", "9999-12-01"), Exit.USAGE),
        (("--within", "soon"), Exit.USAGE),
        (("--within", "٩d"), Exit.USAGE),
        (("--vendor", "simens"), Exit.USAGE),
    ],
)
def test_the_exit_code_says_how_it_went(call: tuple[str, ...], code: Exit) -> None:
    found = run("due", str(PORTFOLIO), *call)
    assert found.exit_code == code, found.output
    assert "internal fault" not in found.output


def test_rows_that_cannot_be_read_give_exit_code_three_and_the_list_of_the_others(tmp_path: Path) -> None:
    found = run("due", str(portfolio(tmp_path, {}, {"tier": "gold"})), "--as-of", "2026-11-22")
    assert found.exit_code == Exit.INVALID_DATA
    assert "S-0" in found.stdout
    assert 'tier" is "gold' in found.stderr


def test_it_is_told_how_the_file_was_read() -> None:
    assert (
        "encoding utf-8-sig; fields separated by commas" in run("due", str(PORTFOLIO), "--as-of", "2026-11-22").stderr
    )


# ----------------------------------------------------------------------------------------------------------- files


def test_columns_stay_aligned_beside_korean_and_persian_customers() -> None:
    lines = due_report.as_text(season(), width).split("\n")
    rule = lines[1]
    starts = [found.start() for found in re.finditer(r"-+", rule)]
    table = lines[2 : 2 + len(season().due)]
    assert len(starts) == len(due_report.COLUMNS)
    for line, found in zip(table, season().due, strict=True):
        before = line[: line.index(found.expiry.isoformat())]
        assert width(before) == starts[3], line


def test_a_persian_customer_does_not_pull_the_next_column_with_it() -> None:
    line = next(line for line in due_report.as_text(season(), width).split("\n") if "AYX-1404-301" in line)
    assert re.search("\u200e[^\u200e]+\u200e +2027-01-20", line)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-2+3+cmd|' /C calc'!A0", "@x", "\tx", "＝1", "-"])
def test_no_cell_of_the_csv_is_a_formula(tmp_path: Path, name: str) -> None:
    shown = due_report.safe(name)
    assert shown == f"'{name}"
    if name.strip() == name:
        path = portfolio(tmp_path, {"customer.name": name})
        cells = list(csv.DictReader(io.StringIO(due_report.as_csv(look_at(path)))))
        assert cells[0]["customer"] == f"'{name}"


def test_the_csv_holds_amounts_as_numbers_and_their_currency() -> None:
    found = list(csv.DictReader(io.StringIO(due_report.as_csv(season()))))
    row = next(row for row in found if row["contract"] == "SIE-KR-2025-0418")
    assert (row["currency"], row["price now"], row["price +1 day"]) == ("KRW", "2786979", "2788767")
    assert (row["days left"], row["waiting from"], row["cut-off"]) == ("-99", "2026-11-22", "2029-08-15")


def test_the_json_leads_each_price_to_the_words_of_the_vendor() -> None:
    data = json.loads(run("due", str(PORTFOLIO), "--as-of", "2026-11-22", "--format", "json").stdout)
    assert len(data["due"]) == len(season().due)
    for found in data["due"]:
        for offer in (found["now"], *found["waiting"], *([found["on_cut_off"]] if found["on_cut_off"] else [])):
            assert set(offer["cite"]) <= set(data["sources"])
            assert offer["cite"] or offer["status"] == "without a price", offer
            assert ("amount" in offer) == (offer["status"] == "offered")
            assert ("rule" in offer) == (offer["status"] == "refused")
    row = next(found for found in data["due"] if found["contract"] == "SIE-KR-2025-0411")
    assert row["withdraw_until"] == {"day": "2026-11-15", "cite": ["SIE-24", "SIE-40", "SIE-41"]}
    assert all(source["statement"] and source["lines"] for source in data["sources"].values())


def events_of(text: str) -> list[Any]:
    """Return the events of a calendar as another library reads them."""
    found = icalendar.Calendar.from_ical(text)
    assert found.errors == []
    return list(found.walk("VEVENT"))


def test_the_calendar_is_one_that_calendars_read() -> None:
    text = due_files.as_ics(season(400))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    events = events_of(text)
    assert len({str(event["UID"]) for event in events}) == len(events) > 50
    assert all(event["DTSTART"].dt >= LOOK for event in events)
    assert all(event["DTEND"].dt - event["DTSTART"].dt == timedelta(days=1) for event in events)
    said = {str(event["SUMMARY"]): event["DTSTART"].dt for event in events}
    assert said["IBM-KR-2026-0501 expires: 새봄생명보험 주식회사"] == date(2026, 12, 31)
    assert said["SIE-KR-2025-0418 last day to renew late: 여울공조 주식회사"] == date(2029, 8, 15)


def test_the_calendar_keeps_marks_of_a_customer(tmp_path: Path) -> None:
    name = "R&D; \\ Söhne, \"A\" 'B' " + "긴" * 60
    text = due_files.as_ics(look_at(portfolio(tmp_path, {"customer.name": name})))
    event, *_ = events_of(text)
    assert str(event["SUMMARY"]).endswith(f": {name.strip()}")


def test_the_workbook_holds_dates_amounts_and_texts_as_such(tmp_path: Path) -> None:
    path = tmp_path / "due.xlsx"
    assert run("due", str(PORTFOLIO), "--as-of", "2026-11-22", "--format", "xlsx", "-o", str(path)).exit_code == Exit.OK
    head, *found = CalamineWorkbook.from_path(path).get_sheet_by_name("due").to_python()
    assert head == ["currency", *due_report.COLUMNS]
    row = dict(zip(head, next(row for row in found if row[2] == "SIE-KR-2025-0411"), strict=True))
    assert (row["price now"], row["expiry"], row["days left"]) == (30660000.0, date(2026, 12, 15), 23.0)
    assert CalamineWorkbook.from_path(path).sheet_names == ["due", "totals"]


def test_the_workbook_has_the_same_bytes_each_time_and_tells_problems(tmp_path: Path) -> None:
    found = look_at(portfolio(tmp_path, {"customer.name": "=1+1"}, {"tier": "gold"}))
    assert due_files.as_xlsx(found) == due_files.as_xlsx(found)
    book = CalamineWorkbook.from_filelike(io.BytesIO(due_files.as_xlsx(found)))
    assert book.get_sheet_by_name("due").to_python()[1][3] == "=1+1"
    assert len(book.get_sheet_by_name("problems").to_python()) == 2


def test_a_csv_file_carries_the_mark_by_which_excel_knows_utf8(tmp_path: Path) -> None:
    path = tmp_path / "due.csv"
    run("due", str(PORTFOLIO), "--as-of", "2026-11-22", "--format", "csv", "-o", str(path))
    assert path.read_bytes().startswith(b"\xef\xbb\xbfcurrency,")


# ----------------------------------------------------------------------------------------------------------- clock


@cache
def wound(name: str) -> Clock:
    return clock(siemens_record() if name == "siemens" else marked(ibm_korea()), books())


@pytest.mark.parametrize(
    ("name", "first", "last"), [("siemens", -180, 1096 + 30), ("ibm-korea", -180, 120)], ids=["siemens", "ibm-korea"]
)
def test_the_clock_runs_day_by_day_to_past_the_cut_off(name: str, first: int, last: int) -> None:
    found = wound(name)
    days = [(offer.day - found.expiry).days for offer in found.offers]
    assert days == list(range(first, last + 1))
    assert found.problems == ()


@pytest.mark.parametrize("name", ["siemens", "ibm-korea"])
def test_one_more_day_never_lowers_the_price(name: str) -> None:
    found = wound(name)
    assert list(found.falls()) == []
    barred = [offer.refusal is not None for offer in found.offers]
    assert barred == sorted(barred)


@pytest.mark.parametrize("name", ["siemens", "ibm-korea"])
def test_the_segments_cover_all_days_and_each_cites_its_rule(name: str) -> None:
    found = wound(name)
    assert sum(segment.days for segment in found.segments) == len(found.offers)
    for before, after in zip(found.segments, found.segments[1:], strict=False):
        assert after.first.day - before.last.day == timedelta(days=1)
    assert all(segment.cites for segment in found.segments)


def test_the_segments_of_siemens_part_where_the_rules_do() -> None:
    found = wound("siemens")
    days = [(segment.first.day - EXPIRY).days for segment in found.segments]
    assert days == [-180, -29, 1, 365, 730, 1096, 1097]
    late = found.segments[2]
    assert late.billed == ("late-term", "reinstatement-fee")
    assert "transaction = late-renewal" in late.since
    assert late.step == (2500, 2500)
    assert {"SIE-31", "SIE-32"} <= set(late.cites)
    assert found.segments[-1].first.rule == "beyond-lapse-limit"
    assert {"SIE-34", "SIE-35"} <= set(found.segments[-1].cites)


def test_a_price_of_the_record_that_falls_by_waiting_is_told(tmp_path: Path) -> None:
    licence = {"id": "L1", "product": "Db2", "annual_fee": 100, "reinstatement_price": 90}
    path = tmp_path / "contract.yaml"
    path.write_text(ibm_korea(licences=[licence]), encoding="utf-8")
    found = run("clock", str(path), "--format", "json")
    assert found.exit_code == Exit.INVALID_DATA
    assert "the price falls from 100 to 90 KRW" in found.stderr
    assert json.loads(found.stdout)["falls"] == [{"from": "2026-03-31", "to": "2026-04-01"}]


@pytest.mark.parametrize("name", ["already-lapsed", "emea-partner"])
def test_the_clock_of_a_contract_that_gave_notice_tells_what_a_renewal_costs(name: str) -> None:
    found = run("clock", str(ROOT / "fixtures" / "contracts" / f"siemens-withdrawal-{name}.yaml"))
    assert (found.exit_code, "see problems" in found.stdout) == (Exit.OK, False)


def test_the_clock_of_a_record_without_expiry_or_price_ends_in_a_message() -> None:
    with pytest.raises(InvalidData, match="no expiry date"):
        clock(marked(siemens()), books())
    with pytest.raises(ContractgenError, match="unknown vendor"):
        clock(replace(siemens_record(), data={**siemens_record().data, "vendor": "simens"}), books())
    with pytest.raises(InvalidData, match="gold"):
        clock(siemens_record(tier="gold"), books())


def test_the_table_of_the_clock_has_a_row_for_each_segment_and_ends_with_the_sources() -> None:
    found = wound("siemens")
    text = clock_text(found, width)
    assert len([line for line in text.split("\n") if re.match(r"\d{4}-\d\d-\d\d  ", line)]) == len(found.segments)
    assert all(f"\n{cite}: " in text for segment in found.segments for cite in segment.cites)


def test_the_data_of_the_clock_hold_every_day_and_every_source() -> None:
    data = clock_data(wound("siemens"))
    assert len(data["days"]) == len(wound("siemens").offers)
    assert {cite for segment in data["segments"] for cite in segment["cite"]} == set(data["sources"])
    assert data["segments"][2]["first"]["amount"] == "3652500"


def test_the_picture_as_png_is_large_enough_to_print_and_the_same_each_time() -> None:
    svg = as_svg(wound("ibm-korea"))
    made = as_png(svg, books().styles())
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.format == "PNG"
        assert picture.width == 2 * WIDTH
    assert as_png(svg, books().styles()) == made


@pytest.mark.parametrize("name", ["siemens", "ibm-korea"])
def test_the_picture_is_svg_with_a_line_marks_and_the_sources(name: str) -> None:
    found = replace(wound(name), customer='R&D <Seoul> "1"')
    root = ET.fromstring(as_svg(found))  # noqa: S314  (our own)
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{space}svg"
    assert 'R&D <Seoul> "1"' in (root.findtext(f"{space}title") or "")
    said = "".join(root.itertext())
    assert all(cite in said for segment in found.segments for cite in segment.cites)
    lines = [path.attrib["d"] for path in root.iter(f"{space}path") if path.get("class") == "price"]
    points = [tuple(map(float, point.split(","))) for point in re.findall(r"[\d.]+,[\d.]+", lines[0])]
    assert all(0 <= x <= 960 and 0 <= y <= 460 for x, y in points)
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)  # never cheaper, so never lower
    assert len([line for line in root.iter(f"{space}line") if line.get("class") == "mark"]) >= 1


def test_a_refusal_on_every_day_still_gives_a_picture_and_a_table() -> None:
    found = clock(marked(ibm_korea(transaction="initial", term={"start": "2025-04-01"})), books())
    assert {offer.rule for offer in found.offers} == {"purchase-not-yet-renewable"}
    ET.fromstring(as_svg(found))  # noqa: S314
    assert "refused: purchase-not-yet-renewable" in clock_text(found)


def test_the_day_of_the_look_is_today_if_none_is_asked_for(tmp_path: Path) -> None:
    soon = datetime.now().astimezone().date() + timedelta(days=5)
    found = run("due", str(portfolio(tmp_path, {"term.expiry": soon.isoformat()})))
    assert found.exit_code == Exit.OK, found.output
    assert str(soon) in found.stdout
