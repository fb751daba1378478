"""A Word file that comes back from the other side: what is untouched, changed, moved, added, deleted."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]

from contractgen import generate
from contractgen.api import Generated
from contractgen.carried.reading import read_carried
from contractgen.errors import Exit
from contractgen.verifying.comparing import Change
from contractgen.verifying.telling import as_text
from contractgen.verifying.verify import Finding, verified
from contractgen.writers.word_house import load_house
from contractgen.writers.word_options import WordOptions
from helpers import CONTRACTS, LOCALES, ROOT
from word_edits import (
    Edit,
    add_after,
    both,
    comment_on,
    edited,
    move_before,
    new_paragraph,
    remove,
    replace_words,
    saved_by_libreoffice,
    set_value,
    track_deletion,
    track_words,
    unwrap,
)

RECORD = CONTRACTS / "siemens-late-renewal.yaml"
HOUSES = ROOT / "fixtures" / "house"


@pytest.fixture(scope="module")
def issued() -> dict[str, bytes]:
    made = {locale: generate(RECORD, "quote", locale, "docx") for locale in LOCALES}
    return {locale: one.content for locale, one in made.items() if isinstance(one, Generated)}


def changes(content: bytes) -> list[Change]:
    finding = verified(content, "back.docx")
    assert finding.edits is not None
    assert finding.exit_code is (Exit.ALTERED if finding.edits.changes else Exit.DIFFERS)
    return list(finding.edits.changes)


def only(content: bytes) -> Change:
    found = changes(content)
    assert len(found) == 1, as_text(verified(content, "back.docx"))
    return found[0]


def told(content: bytes) -> list[tuple[str, str]]:
    return [(change.sort, change.what) for change in changes(content)]


def test_a_file_as_it_was_issued_is_identical(issued: dict[str, bytes]) -> None:
    for content in issued.values():
        assert verified(content, "a.docx").identical


@pytest.mark.parametrize("locale", LOCALES)
def test_an_edited_value_is_named_with_its_field_its_clause_and_both_spellings(
    issued: dict[str, bytes], locale: str
) -> None:
    fields = {"late.fee": "999", "customer.address": "Elsewhere 1"}
    for field, new in fields.items():
        found = only(edited(issued[locale], set_value(field, new)))
        assert (found.sort, found.what, found.field, found.new) == ("value", "changed", field, new)
        assert found.old


def test_one_of_two_places_that_show_a_value_is_found(issued: dict[str, bytes]) -> None:
    found = only(edited(issued["en"], set_value("late.fee", "KRW 225,900", which=1)))
    assert (found.old, found.new, found.clause) == ("KRW 225,000", "KRW 225,900", "3. Fees for late renewal")


def test_edited_words_are_told_without_the_values_beside_them(issued: dict[str, bytes]) -> None:
    found = only(edited(issued["en"], replace_words("is calculated", "is estimated")))
    assert (found.sort, found.what) == ("words", "changed")
    assert (found.old, found.new) == ("calculated", "estimated")


def test_a_clause_that_moved_is_told_once(issued: dict[str, bytes]) -> None:
    found = only(edited(issued["ko"], move_before("contacts", "renewal")))
    assert (found.sort, found.what) == ("clause", "moved")
    assert "연락처" in found.clause
    assert "견적의 유효 기간" in found.where


def test_a_clause_that_is_gone_is_told_once_with_its_first_words(issued: dict[str, bytes]) -> None:
    found = only(edited(issued["fa"], remove("reactivation-limit")))
    assert (found.sort, found.what) == ("clause", "deleted")
    assert "مهلت فعال‌سازی مجدد" in found.clause
    assert found.old


def test_a_paragraph_between_clauses_is_told_with_what_stands_before_it(issued: dict[str, bytes]) -> None:
    found = only(edited(issued["en"], add_after("renewal", "The vendor waives all fees.")))
    assert (found.sort, found.what, found.new) == ("line", "added", "The vendor waives all fees.")
    assert "after" in found.where


def test_tracked_changes_name_their_author_and_silent_ones_name_nobody(issued: dict[str, bytes]) -> None:
    tracked = only(edited(issued["en"], track_words("is calculated", "is estimated")))
    assert tracked.by == ("Kim Counsel",)
    silent = only(edited(issued["en"], replace_words("is calculated", "is estimated")))
    assert (silent.old, silent.new, silent.by) == (tracked.old, tracked.new, ())


def test_an_edit_hidden_beside_a_tracked_one_is_not_taken_for_tracked(issued: dict[str, bytes]) -> None:
    hidden = both(track_words("is calculated", "is estimated"), set_value("reinstatement_rate", "5%", which=1))
    found = changes(edited(issued["en"], hidden))
    assert {change.field for change in found} == {"", "reinstatement_rate"}
    assert all(change.by == () for change in found)


def test_paragraphs_written_or_struck_out_with_marks_on_are_tracked(issued: dict[str, bytes]) -> None:
    written = only(edited(issued["en"], add_after("renewal", "The vendor waives all fees.", "w:ins")))
    assert (written.what, written.by) == ("added", ("Kim Counsel",))
    struck = only(edited(issued["en"], track_deletion("reactivation-limit")))
    assert (struck.sort, struck.what, struck.by) == ("clause", "deleted", ("Kim Counsel",))


def test_changes_that_were_accepted_are_silent_and_still_found(issued: dict[str, bytes]) -> None:
    accepted = both(set_value("late.fee", "KRW 1"), remove("contacts"), move_before("renewal", "quote-validity"))
    found = changes(edited(issued["en"], accepted))
    assert sorted((change.sort, change.what) for change in found) == [
        ("clause", "deleted"),
        ("clause", "moved"),
        ("value", "changed"),
    ]


@pytest.mark.parametrize("locale", LOCALES)
def test_without_controls_and_bookmarks_words_and_values_are_found_by_likeness(
    issued: dict[str, bytes], locale: str
) -> None:
    assert changes(edited(issued[locale], unwrap)) == []
    found = changes(edited(issued[locale], both(set_value("late.fee", "777", which=1), unwrap)))
    assert [(change.sort, change.field, change.new) for change in found] == [("value", "late.fee", "777")]


def test_a_cell_of_a_table_is_told_with_row_and_column(issued: dict[str, bytes]) -> None:
    found = only(edited(issued["en"], set_value("late.fee", "KRW 1", which=0)))
    assert found.where == "table 2, row 3, column 5"


def test_a_row_that_was_added_to_a_table_is_told_cell_by_cell(issued: dict[str, bytes]) -> None:
    def add_row(root: Any) -> None:
        row = list(list(root.iter(qn("w:tbl")))[1].iter(qn("w:tr")))[1]
        new = etree.fromstring(etree.tostring(row))
        for number, node in enumerate(new.iter(qn("w:t"))):
            node.text = f"new {number}"
        row.addnext(new)

    found = changes(edited(issued["en"], add_row))
    assert {change.what for change in found} == {"added"}
    assert all("row 3" in change.where for change in found)


@pytest.mark.parametrize("part", ["header1.xml", "footer1.xml"])
def test_headers_and_footers_are_compared(issued: dict[str, bytes], part: str) -> None:
    def write(root: Any) -> None:
        root.append(new_paragraph("Draft, not binding"))

    with zipfile.ZipFile(io.BytesIO(issued["en"])) as package:
        assert f"word/{part}" in package.namelist()
    found = only(edited(issued["en"], write, f"word/{part}"))
    assert (found.sort, found.what, found.where) == ("line", "added", "header or footer")


def test_comments_and_pictures_are_told_beside_the_changes(issued: dict[str, bytes]) -> None:
    finding = verified(comment_on(issued["en"], "is calculated", "Too high?"), "back.docx")
    assert finding.edits is not None
    assert [(one.author, one.text) for one in finding.edits.comments] == [("Kim Counsel", "Too high?")]
    assert finding.exit_code is Exit.DIFFERS

    def stamp(root: Any) -> None:
        etree.SubElement(next(root.iter(qn("w:r"))), qn("w:drawing"))

    stamped = verified(edited(issued["en"], stamp), "back.docx")
    assert stamped.edits is not None
    assert stamped.edits.notes == ("pictures and drawings: 0 as issued, 1 now",)


def test_untouched_clauses_and_values_are_counted(issued: dict[str, bytes]) -> None:
    whole = verified(edited(issued["en"], unwrap), "back.docx").edits
    assert whole is not None
    assert whole.clauses == whole.clauses_untouched > 3
    assert whole.values == whole.values_untouched > 30
    cut = verified(edited(issued["en"], remove("contacts")), "back.docx").edits
    assert cut is not None
    assert cut.clauses_untouched == whole.clauses - 1
    assert cut.values_untouched < whole.values


EDITS: dict[str, tuple[str, Edit, list[tuple[str, str]]]] = {
    **{f"untouched-{locale}": (locale, lambda _root: None, []) for locale in LOCALES},
    "value": ("ko", set_value("late.fee", "225,900원", which=1), [("value", "changed")]),
    "figure-in-persian": ("fa", set_value("late.fee", "۲۲۵٬۹۰۰ وون", which=1), [("value", "changed")]),
    "moved": ("en", move_before("contacts", "renewal"), [("clause", "moved")]),
    "gone": ("en", remove("reactivation-limit"), [("clause", "deleted")]),
    "added": ("en", add_after("renewal", "The vendor waives all fees."), [("line", "added")]),
    "tracked": ("en", track_words("is calculated", "is estimated"), [("words", "changed")]),
}


@pytest.fixture(scope="module")
def saved(issued: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    files = {name: edited(issued[locale], edit) for name, (locale, edit, _) in EDITS.items()}
    return saved_by_libreoffice(tmp_path_factory.mktemp("office"), files)


@pytest.mark.parametrize("name", EDITS)
def test_a_file_saved_by_libreoffice_is_read_as_its_reader_sees_it(saved: dict[str, bytes], name: str) -> None:
    assert told(saved[name]) == EDITS[name][2], as_text(verified(saved[name], name))


def test_a_file_saved_by_libreoffice_still_carries_its_record(saved: dict[str, bytes]) -> None:
    assert read_carried(saved["moved"], "moved.docx").carried.record.encode() == RECORD.read_bytes()


def test_a_change_tracked_in_libreoffice_names_its_author(saved: dict[str, bytes]) -> None:
    assert only(saved["tracked"]).by == ("Kim Counsel",)


def test_the_report_quotes_clause_old_and_new(issued: dict[str, bytes]) -> None:
    finding: Finding = verified(edited(issued["en"], set_value("late.fee", "KRW 225,900", which=1)), "back.docx")
    text = as_text(finding)
    assert text.startswith("back.docx: altered: the file says something that was not issued\n")
    assert "    3. Fees for late renewal\n" in text
    assert "value late.fee changed: “KRW 225,000” → “KRW 225,900”" in text


def test_the_path_of_a_file_is_no_part_of_what_is_carried(issued: dict[str, bytes], tmp_path: Path) -> None:
    other = tmp_path / "other-name.yaml"
    other.write_bytes(RECORD.read_bytes())
    made = generate(other, "quote", "en", "docx")
    assert isinstance(made, Generated)
    assert made.content == issued["en"]


def test_a_file_with_the_looks_of_a_house_file_is_verified_with_it(issued: dict[str, bytes]) -> None:
    house = load_house(HOUSES / "ko.docx")
    made = generate(RECORD, "quote", "ko", "docx", word=WordOptions(house=house))
    assert isinstance(made, Generated)
    assert verified(made.content, "q.docx", house=house).identical
    without = verified(made.content, "q.docx")
    assert without.exit_code is Exit.DIFFERS
    assert "give the Word file that it was made with" in as_text(without)
    forged = edited(made.content, set_value("late.fee", "225,900원", which=1))
    assert verified(forged, "q.docx").exit_code is Exit.ALTERED
    assert [change.field for change in verified(forged, "q.docx", house=house).edits.changes] == ["late.fee"]  # type: ignore[union-attr]
    assert "made without one" in as_text(verified(issued["ko"], "q.docx", house=house))


def test_a_draft_and_a_locked_file_are_verified_as_what_they_are() -> None:
    made = generate(RECORD, "quote", "en", "docx", word=WordOptions(locked=True), draft=True)
    assert isinstance(made, Generated)
    assert read_carried(made.content, "q").carried.render.options == {"draft": "true", "locked": "true"}
    assert verified(made.content, "q.docx").identical
