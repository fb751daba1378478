"""A finished file gives its record back, and says whether it is as it was issued and what has changed since."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner

from contractgen import generate, letter
from contractgen.api import Generated, read
from contractgen.carried import manifest, versions
from contractgen.carried.manifest import NAME, record_text
from contractgen.carried.reading import read_carried
from contractgen.carried.visible import visible_digest
from contractgen.cli import main
from contractgen.errors import Exit
from contractgen.files import Marked
from contractgen.selection import Refusal
from contractgen.verifying.issue import paper_against_trace
from contractgen.verifying.paper import paper_text
from contractgen.verifying.telling import as_data, as_text, verdict
from contractgen.verifying.verify import verified
from helpers import CONTRACTS, LOCALES, ROOT, siemens
from word_edits import edited, set_value

RECORD = CONTRACTS / "siemens-late-renewal.yaml"
CLAUSE = "templates/en/clauses/late-renewal/reinstatement-fee-computed.md"
TERM = {"start": "2024-03-01", "expiry": "2025-03-01"}
KINDS = {"docx": "docx", "html": "html", "weasyprint": "pdf", "typst": "pdf"}
ENGINES = [kind for kind, extension in KINDS.items() if extension == "pdf"]


@pytest.fixture(scope="module")
def page() -> bytes:
    return document("html")


def document(kind: str, record: Path | str = RECORD, locale: str = "en") -> bytes:
    made = generate(record, "quote", locale, KINDS[kind], pdf_engine=kind if kind in ENGINES else "")
    assert isinstance(made, Generated)
    return made.content


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return a data folder with the policy and a clause of its own, to be changed."""
    for name in ("policies/siemens.toml", "policies/sources/siemens.toml", CLAUSE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# ------------------------------------------------------------------------------------------------------- carried


@pytest.mark.parametrize("kind", KINDS)
def test_the_record_comes_out_byte_for_byte_as_it_was_given(tmp_path: Path, kind: str) -> None:
    odd = tmp_path / "odd.yaml"
    odd.write_bytes(b"\xef\xbb\xbf" + RECORD.read_bytes().replace(b"\n", b"\r\n") + "# </script> <b> é".encode())
    content = document(kind, odd)
    assert read_carried(content, "x").carried.record.encode() == odd.read_bytes()
    assert verified(content, "x").identical


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_that_came_from_a_table_is_carried_as_json_and_gives_the_same_document(kind: str) -> None:
    marked = read(RECORD).marked
    rows = Marked("book.xlsx", marked.data, marked.places, marked.names)
    carried = read_carried(document(kind, record_text(rows)), "x").carried
    assert json.loads(carried.record) == marked.data
    assert carried.visible == read_carried(document(kind), "x").carried.visible


def test_a_document_made_bare_carries_nothing(tmp_path: Path) -> None:
    out = tmp_path / "bare.html"
    called = CliRunner().invoke(
        main, ["render", str(RECORD), "--type", "quote", "--locale", "en", "--bare", "-o", str(out)]
    )
    assert called.exit_code == Exit.OK
    assert NAME not in out.read_text(encoding="utf-8")
    refused = CliRunner().invoke(main, ["verify", str(out)])
    assert refused.exit_code == Exit.INVALID_DATA
    assert f"carries no {NAME}" in refused.stderr


def test_no_path_of_this_machine_is_carried(own: Path) -> None:
    made = generate(RECORD, "quote", "en", "html", data=(own,))
    assert isinstance(made, Generated)
    carried = made.document.attachments[0].content.decode()
    assert str(own) not in carried
    assert str(ROOT) not in carried
    assert '"policies/siemens.toml:' in carried


def test_the_carried_data_name_every_file_that_shaped_the_document(page: bytes) -> None:
    carried = read_carried(page, "x").carried
    assert {"policies/siemens.toml", "policies/sources/siemens.toml", "templates/documents/quote.toml",
            "templates/en/locale.toml", "templates/styles/house.toml", CLAUSE} <= set(carried.files)  # fmt: skip
    assert all(len(hashed) == 64 for hashed in carried.files.values())
    assert carried.versions["contractgen"]
    assert [clause.cite for clause in carried.clauses if clause.slot == "late-renewal"] == [
        ["SIE-31", "SIE-32", "SIE-33"]
    ]
    assert ("late.fee", "225000 KRW", "KRW 225,000") in [
        (one.field, one.canonical, one.shown) for one in carried.values
    ]


def test_the_hash_of_the_visible_content_changes_with_a_letter_and_not_with_the_format() -> None:
    ours, theirs = generate(RECORD, "quote", "ko", "html"), generate(RECORD, "quote", "ko", "docx")
    other = generate(RECORD, "quote", "fa", "html")
    assert isinstance(ours, Generated)
    assert isinstance(theirs, Generated)
    assert isinstance(other, Generated)
    assert visible_digest(ours.document) == visible_digest(theirs.document) != visible_digest(other.document)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_letter_of_refusal_is_verified_too(locale: str) -> None:
    refused = generate(CONTRACTS / "siemens-late-beyond-limit.yaml", "quote", locale, "html")
    assert isinstance(refused, Refusal)
    content = letter(refused, locale, "html").content
    assert verified(content, "x").identical
    assert read_carried(content, "x").carried.render.letter


def test_extract_gives_record_manifest_and_trace(tmp_path: Path, page: bytes) -> None:
    path, out = tmp_path / "q.html", tmp_path / "record.yaml"
    path.write_bytes(page)
    assert CliRunner().invoke(main, ["extract", str(path), "-o", str(out)]).exit_code == Exit.OK
    assert out.read_bytes() == RECORD.read_bytes()
    whole = CliRunner().invoke(main, ["extract", str(path), "--part", "manifest"])
    assert json.loads(whole.stdout)["schema"] == "contractgen/carried/1"
    trace = json.loads(CliRunner().invoke(main, ["extract", str(path), "--part", "trace"]).stdout)
    assert trace["clauses"][0]["row"].startswith("policies/siemens.toml:")
    assert {"field", "canonical", "shown"} == set(trace["values"][0])


# ------------------------------------------------------------------------------------------------ what has changed


@pytest.mark.parametrize("kind", KINDS)
def test_words_that_changed_in_the_library_are_told_apart_from_an_altered_file(own: Path, kind: str) -> None:
    change(own / CLAUSE, "without a break", "without any break")
    content = document(kind)
    found = verified(content, "q", (own,))
    assert found.exit_code is Exit.DIFFERS
    assert [one.name for one in found.library] == [CLAUSE]
    assert (found.values, found.clauses, found.versions) == ((), (), ())
    assert found.edits is not None
    assert found.edits.changes == ()
    assert verdict(found) == "as issued, but it would be made otherwise today"


def test_a_file_altered_after_issue_is_told_though_the_library_has_changed_as_well(own: Path, page: bytes) -> None:
    change(own / CLAUSE, "without a break", "without any break")
    forged = page.replace(b"KRW 225,000</bdi>", b"KRW 225,900</bdi>").replace(b"is calculated", b"is estimated")
    found = verified(forged, "q.html", (own,))
    assert found.exit_code is Exit.ALTERED
    assert found.edits is not None
    told = [(one.sort, one.what, one.field, one.new) for one in found.edits.changes]
    assert ("value", "changed", "late.fee", "KRW 225,900") in told
    assert ("clause", "changed", "", "") in told
    word = edited(document("docx"), set_value("late.fee", "KRW 225,900", which=1))
    assert verified(word, "q.docx", (own,)).exit_code is Exit.ALTERED


def test_a_figure_of_the_policy_that_changed_is_told_with_what_it_changes(own: Path, page: bytes) -> None:
    change(own / "policies/siemens.toml", 'kind = "percent"\nvalue = "25"', 'kind = "percent"\nvalue = "30"')
    found = verified(page, "q.html", (own,))
    assert found.exit_code is Exit.DIFFERS
    assert [one.name for one in found.library] == ["policies/siemens.toml"]
    values = {one.name: (one.old, one.new) for one in found.values}
    assert values["late.fee"] == ("225000 KRW (KRW 225,000)", "270000 KRW (KRW 270,000)")
    assert found.edits is not None
    assert found.edits.changes == ()


def test_another_version_of_a_library_is_named(page: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "_version", lambda name: "9.9" if name == "babel" else "1")
    versions.versions.cache_clear()
    manifest.frames.cache_clear()
    try:
        found = verified(page, "q.html")
    finally:
        monkeypatch.undo()
        versions.versions.cache_clear()
        manifest.frames.cache_clear()
    assert found.exit_code is Exit.DIFFERS
    assert ("babel", "9.9") in [(one.name, one.new) for one in found.versions]
    assert found.edits is not None
    assert found.edits.changes == ()


def test_a_record_that_the_policy_refuses_today_is_a_finding(own: Path, page: bytes) -> None:
    policy = own / "policies/siemens.toml"
    text = policy.read_text(encoding="utf-8")
    policy.write_text(text.replace('lapse = "beyond-limit"', 'transaction = "late-renewal"'), encoding="utf-8")
    found = verified(page, "q.html", (own,))
    assert found.exit_code is Exit.DIFFERS
    assert "cannot be made again" in as_text(found)
    assert found.problems


# --------------------------------------------------------------------------------------------------------- altered


def test_one_digit_edited_in_a_page_is_found_with_its_value_and_clause(page: bytes) -> None:
    forged = page.replace(b"KRW 225,000</bdi> in", b"KRW 225,900</bdi> in").replace(
        b">KRW 225,000</bdi>.", b">KRW 225,900</bdi>."
    )
    assert forged != page
    found = verified(forged, "q.html")
    assert found.exit_code is Exit.ALTERED
    assert "value late.fee changed: “KRW 225,000” → “KRW 225,900”" in as_text(found)
    assert "  3. Fees for late renewal" in as_text(found)


def test_a_printed_number_and_a_sentence_are_words_too(page: bytes) -> None:
    forged = page.replace(b"is calculated", b"is estimated").replace(
        b'<span class="label">3. ', b'<span class="label">4. '
    )
    told = as_data(verified(forged, "q.html"))["edits"]["changes"]
    assert sorted((one["old"], one["new"]) for one in told) == [("3", "4"), ("calculated", "estimated")]


def test_a_forged_trace_with_matching_words_is_caught_by_making_the_record_again(page: bytes) -> None:
    forged = page.replace(b"225,000", b"225,900").replace(b"225000", b"225900")
    found = verified(forged, "q.html")
    assert found.exit_code is Exit.ALTERED
    assert "with the same policy, words and versions" in found.contradicted
    assert "late.fee" in [one.name for one in found.values]


def test_a_forged_record_is_caught_by_the_words(page: bytes) -> None:
    forged = page.replace(b"annual_fee: 3650000", b"annual_fee: 3600000")
    assert forged != page
    found = verified(forged, "q.html")
    assert found.exit_code is Exit.ALTERED
    assert found.contradicted


def test_a_page_that_differs_in_bytes_alone_says_where(page: bytes) -> None:
    found = verified(page.replace(b"<main>\n", b"<main>\n\n"), "q.html")
    assert found.exit_code is Exit.DIFFERS
    assert found.pieces[0].startswith("bytes ")
    assert "another program has saved the file" in as_text(found)


def repainted(kind: str, locale: str, old: str, new: str) -> bytes:
    """Return a PDF that shows another record's words and carries the data of the true one."""
    shown = document(kind, RECORD.read_text(encoding="utf-8").replace(old, new), locale)
    true = read_carried(document(kind, locale=locale), "x").content
    with pikepdf.open(io.BytesIO(shown)) as pdf:
        next(iter(pdf.attachments.values())).get_file().obj.write(true)
        changed = io.BytesIO()
        pdf.save(changed)
    return changed.getvalue()


@pytest.mark.parametrize(("kind", "locale"), [("weasyprint", "en"), ("typst", "ko"), ("typst", "fa")])
def test_one_digit_edited_in_a_pdf_is_found_with_its_value_page_and_line(kind: str, locale: str) -> None:
    found = verified(repainted(kind, locale, "quantity: 5", "quantity: 6"), "q.pdf")
    assert found.exit_code is Exit.ALTERED
    assert found.edits is not None
    changes = [(one.sort, one.field) for one in found.edits.changes]
    assert changes == [("value", "licences.0.quantity")], as_text(found)
    assert found.edits.changes[0].where.startswith("page 1, line ")
    assert found.edits.clauses == found.edits.clauses_untouched


def test_an_amount_edited_in_a_pdf_is_told_wherever_it_is_printed() -> None:
    found = verified(repainted("typst", "en", "annual_fee: 3650000", "annual_fee: 3680000"), "q.pdf")
    fields = {one.field for one in (found.edits.changes if found.edits else ())}
    assert {"late.line_fee", "price.total"} <= fields
    assert "3. Fees for late renewal" in {one.clause for one in (found.edits.changes if found.edits else ())}


def test_a_value_edited_in_a_pdf_is_found_though_the_library_has_changed_as_well(own: Path) -> None:
    change(own / CLAUSE, "without a break", "without any break")
    found = verified(repainted("typst", "en", "annual_fee: 3650000", "annual_fee: 3680000"), "q.pdf", (own,))
    assert found.exit_code is Exit.ALTERED
    assert [one.name for one in found.library] == [CLAUSE]
    assert found.edits is not None
    assert "price.total" in {change.field for change in found.edits.changes}
    assert found.edits.notes


def test_no_value_of_a_persian_pdf_is_missed_in_lines_from_right_to_left() -> None:
    content = document("typst", locale="fa")
    assert paper_against_trace(read_carried(content, "q").carried, paper_text(content, "fa", "q")).changes == ()


def test_verify_tells_people_and_programs(tmp_path: Path, page: bytes) -> None:
    path = tmp_path / "q.html"
    path.write_bytes(page)
    same = CliRunner().invoke(main, ["verify", str(path)])
    assert (same.exit_code, same.stdout.split(": ")[1]) == (Exit.OK, "identical")
    path.write_bytes(page.replace(b"is calculated", b"is estimated"))
    told = CliRunner().invoke(main, ["verify", str(path), "--format", "json"])
    assert told.exit_code == Exit.ALTERED
    data = json.loads(told.stdout)
    assert (data["verdict"], data["exit_code"]) == ("altered", 9)
    assert data["edits"]["changes"][0]["clause"] == "3. Fees for late renewal"


def test_a_contract_with_odd_names_is_read_back() -> None:
    name = "R&D <Seoul> \"1\" \\ 'x' ]]> --> </script>"
    made = generate(siemens(customer={"name": name}, term=TERM), "renewal-notice", "en", "html")
    assert isinstance(made, Generated)
    assert verified(made.content, "x").identical
    word = generate(siemens(customer={"name": name}, term=TERM), "renewal-notice", "en", "docx")
    assert isinstance(word, Generated)
    assert verified(word.content, "x").identical
