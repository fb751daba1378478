"""A portfolio becomes a folder of documents: one result a record, the same bytes every time, nothing done twice."""

from __future__ import annotations

import csv
import json
import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from batch_runs import numbered, portfolio, results, run, said, start, statuses, tree, wait_for
from contractgen.api import generate
from contractgen.batch.journal import Journal
from contractgen.cli import main
from contractgen.contract import make_contract
from contractgen.errors import Exit, UsageError
from contractgen.files import Marked
from contractgen.intake.mapping import Mapping
from contractgen.intake.reading import read_table
from contractgen.intake.rows import entries
from helpers import ROOT, siemens

BOOK = ROOT / "fixtures" / "portfolio.csv"
LETTERS = ("--type", "renewal-notice", "--format", "html", "--as-of", "2026-12-01")


def batch(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["batch", *map(str, arguments)])


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of all letters of the sample portfolio, made by one worker."""
    out = tmp_path_factory.mktemp("batch") / "letters"
    done = batch(BOOK, *LETTERS, "--out", out, "--jobs", 1)
    assert done.exit_code == Exit.OK, done.stderr
    return out


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "made.log"
    path.touch()
    monkeypatch.setenv("CONTRACTGEN_TEST_LOG", str(path))
    return path


def made(log: Path) -> Counter[str]:
    return Counter(log.read_text(encoding="utf-8").split())


# -------------------------------------------------------------------------------------------------------- what is made


def test_every_contract_of_the_book_gets_a_letter_or_a_refusal_with_its_source(letters: Path) -> None:
    found = results(letters)
    assert [line["record"] for line in found] == list(range(1, 61))
    assert Counter(line["status"] for line in found) == {"issued": 53, "refused": 7}
    files = [line["file"] for line in found if line["status"] == "issued"]
    assert sorted(files) == sorted(str(path.relative_to(letters)) for path in letters.rglob("*.html"))
    refused = next(line for line in found if line["status"] == "refused")
    assert refused["rule"]
    assert refused["citations"]
    assert refused["rule_place"].startswith("policies/")


def test_a_letter_of_the_batch_is_the_letter_that_render_makes(letters: Path) -> None:
    line = results(letters)[0]
    entry = next(entries(read_table(BOOK), Mapping()))
    data = {**entry.record.data, "documents": {"renewal-notice": {"number": line["number"], "date": "2026-12-01"}}}
    made_alone = generate(make_contract(Marked("row", data)), "renewal-notice", "ko", "html")
    assert (letters / line["file"]).read_bytes() == getattr(made_alone, "content", None)
    assert line["file"] == f"siemens/하늘채중공업 주식회사/{line['number']}.html"


def test_three_workers_make_the_same_folder_as_one_byte_for_byte(letters: Path, tmp_path: Path) -> None:
    done = batch(BOOK, *LETTERS, "--out", tmp_path / "out", "--jobs", 3)
    assert done.exit_code == Exit.OK, done.stderr
    assert tree(tmp_path / "out") == tree(letters)


def test_the_summary_is_there_for_people_and_for_programs(letters: Path) -> None:
    data = json.loads((letters / "summary.json").read_text(encoding="utf-8"))
    assert (data["records"], data["issued"], data["refused"], data["complete"]) == (60, 53, 7, True)
    assert sum(data["refused_by_rule"].values()) == 7
    assert (letters / "summary.txt").read_text(encoding="utf-8").startswith("60 records: 53 issued, 7 refused")
    assert "seconds" in json.loads((letters / "run.json").read_text(encoding="utf-8"))


def test_a_folder_of_records_is_a_portfolio_too_and_a_broken_file_hides_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "records"
    (folder / "korea").mkdir(parents=True)
    record = siemens(term={"start": "2024-03-01", "expiry": "2025-03-01"})
    (folder / "korea" / "a.yaml").write_text(record, encoding="utf-8")
    (folder / "b.json").write_text("[1, 2]", encoding="utf-8")
    (folder / "c.yml").write_bytes(b"vendor: \xff")
    (folder / "notes.txt").write_text("not a record", encoding="utf-8")
    done = batch(
        folder, "--type", "renewal-notice", "--format", "html", "--locale", "ko", "--out", tmp_path / "out", "--jobs", 1
    )
    assert done.exit_code == Exit.PARTLY_FAILED
    found = results(tmp_path / "out")
    assert [(Path(line["place"]).name, line["status"]) for line in found] == [
        ("b.json", "failed"), ("c.yml", "failed"), ("a.yaml", "issued"),
    ]  # fmt: skip
    expected = generate(folder / "korea" / "a.yaml", "renewal-notice", "ko", "html")
    assert (tmp_path / "out" / found[2]["file"]).read_bytes() == getattr(expected, "content", None)


def test_what_is_wrong_with_a_row_is_told_with_its_cell_and_hides_no_other_row(tmp_path: Path) -> None:
    with BOOK.open(encoding="utf-8-sig", newline="") as stream:
        head, first, second, *_ = csv.reader(stream)
    second[head.index("locale")], second[head.index("currency")] = "de", "WON"
    book = tmp_path / "book.csv"
    with book.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, first, second, first])
    done = batch(book, *LETTERS, "--out", tmp_path / "out", "--jobs", 1)
    assert done.exit_code == Exit.INVALID_DATA, "a contract in two rows is a problem of both, and the third is at fault"
    one, two, three = results(tmp_path / "out")
    causes = [problem["cause"] for problem in two["problems"]]
    assert any('no locale "de"' in cause for cause in causes)
    assert any("WON" in cause for cause in causes)
    assert all(f"{book}:3 field" in problem["place"] for problem in two["problems"])
    for double in (one, three):
        assert "stands in several records" in double["problems"][0]["cause"]


def test_only_what_is_due_and_of_the_vendor_is_made_and_the_rest_says_why_not(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = batch(BOOK, *LETTERS, "--due-within", "90d", "--vendor", "siemens", "--out", out, "--jobs", 1)
    assert done.exit_code in {Exit.OK, Exit.PARTLY_FAILED}
    found = results(out)
    assert len(found) == 60
    skipped = [line for line in found if line["status"] == "skipped"]
    assert {line["kind"] for line in skipped} == {"not due", "another vendor"}
    assert all(line["why"] for line in skipped)
    assert {line["vendor"] for line in found if line["status"] != "skipped"} == {"siemens"}


def test_a_refusal_may_be_answered_by_letter(tmp_path: Path) -> None:
    head, *rows = BOOK.read_text(encoding="utf-8-sig").splitlines()
    book = tmp_path / "book.csv"
    lapsed = next(row for row in rows if row.startswith("siemens") and ",true," in row)
    book.write_text(f"{head}\n{lapsed}\n", encoding="utf-8")
    done = batch(book, *LETTERS, "--on-refusal", "letter", "--out", tmp_path / "out", "--jobs", 1)
    assert done.exit_code == Exit.REFUSED
    (line,) = results(tmp_path / "out")
    assert (line["status"], (tmp_path / "out" / line["file"]).is_file()) == ("refused", True)


def test_a_dry_run_says_what_would_be_made_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = batch(BOOK, *LETTERS, "--dry-run", "--vendor", "juniper", "--jobs", 1)
    assert done.exit_code == Exit.OK
    assert "issued: juniper/" in done.stdout
    assert "refused: country-listed" in done.stdout
    assert not list(tmp_path.iterdir())


def test_two_customers_of_one_name_and_two_spellings_of_a_number_do_not_overwrite_one_another(tmp_path: Path) -> None:
    book = portfolio(tmp_path / "book.csv", ["ab-1", "AB-1", "a/b", "a_b", "c-1"])
    one, two = tmp_path / "one", tmp_path / "two"
    run(book, one, jobs=1)
    files = [line["file"] for line in results(one)]
    assert len({file.casefold() for file in files}) == 5
    assert [("~" in file) for file in files] == [True, True, True, True, False]
    turned = portfolio(tmp_path / "turned.csv", ["c-1", "a_b", "a/b", "AB-1", "ab-1"])
    run(turned, two, jobs=1)
    assert {line["contract"]: line["file"] for line in results(two)} == {
        line["contract"]: line["file"] for line in results(one)
    }, "the mark depends on the record, not on its place in the list"


# ------------------------------------------------------------------------------------------------------------ going on


def test_a_resumed_batch_makes_only_what_is_new_changed_lost_or_had_failed(tmp_path: Path, log: Path) -> None:
    book, out = portfolio(tmp_path / "book.csv", [*numbered(8), "BAD-1"]), tmp_path / "out"
    assert run(book, out, jobs=1).exit_code == Exit.PARTLY_FAILED
    log.write_text("", encoding="utf-8")
    (out / results(out)[0]["file"]).unlink()
    (out / results(out)[1]["file"]).write_bytes(b"torn")
    with (out / "results.jsonl").open("ab") as stream:
        stream.write(b'{"record":10,"place":"bo')  # a line that was being written when the power went
    portfolio(book, ["NEW-1", *numbered(8), "BAD-1"])
    text = book.read_text(encoding="utf-8")
    book.write_text(text.replace("N-3,Daon Co.,C-1", "N-3,Daon Co.,C-2"), encoding="utf-8")
    summary = run(book, out, jobs=1, resume=True)
    assert made(log) == Counter(["NEW-1", "N-1", "N-2", "N-3", "BAD-1"])
    assert (summary.counts["issued"], summary.counts["failed"], summary.complete) == (9, 1, True)
    assert [line["contract"] for line in results(out)] == ["NEW-1", *numbered(8), "BAD-1"]
    assert [line["place"].rpartition(":")[2] for line in results(out)] == [str(row) for row in range(2, 12)]
    run(book, fresh := tmp_path / "fresh", jobs=1)
    assert tree(out) == tree(fresh), "as if it had been made in one go"


def test_files_that_belong_to_no_record_any_more_are_told_so_that_nobody_sends_them(tmp_path: Path) -> None:
    book, out = portfolio(tmp_path / "book.csv", numbered(3)), tmp_path / "out"
    assert run(book, out, jobs=1).left_over == 0
    gone, renamed = (line["file"] for line in results(out)[1:])
    text = portfolio(book, ["N-1", "N-3"]).read_text(encoding="utf-8")
    book.write_text(text.replace("N-3,Daon Co.", "N-3,Daon Ltd."), encoding="utf-8")
    summary = run(book, out, jobs=1, resume=True)
    assert summary.left == [gone, renamed]
    assert f"left from an earlier run, of no record now: {gone}\n" in (out / "summary.txt").read_text(encoding="utf-8")
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["left_over_files"] == [gone, renamed]
    (out / gone).unlink()
    assert run(book, out, jobs=1, resume=True).left_over == 0, "told by the run that left them"


def test_another_option_makes_all_documents_anew(tmp_path: Path, log: Path) -> None:
    book, out = portfolio(tmp_path / "book.csv", numbered(2)), tmp_path / "out"
    run(book, out, jobs=1)
    run(book, out, jobs=1, resume=True)
    assert made(log) == Counter(numbered(2))
    run(book, out, jobs=1, resume=True, locale="ko")
    assert made(log) == Counter(numbered(2) * 2)


def test_results_of_an_earlier_batch_are_not_overwritten_unasked(tmp_path: Path) -> None:
    book, out = portfolio(tmp_path / "book.csv", numbered(1)), tmp_path / "out"
    out.mkdir()
    (out / "letter.docx").write_bytes(b"somebody's")
    with pytest.raises(UsageError, match="is not empty"):
        run(book, out)
    (out / "letter.docx").rename(out / "results.jsonl")
    with pytest.raises(UsageError, match="results of an earlier batch"):
        run(book, out)


def test_two_batches_never_write_into_one_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    journal = Journal(out, tmp_path)
    with pytest.raises(UsageError, match="another batch"):
        run(portfolio(tmp_path / "book.csv", numbered(1)), out, resume=True)
    journal.close(complete=False)


# ------------------------------------------------------------------------------------------------------------- stopping


@pytest.fixture(scope="module")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what a batch of sixty records makes when nobody stops it."""
    folder = tmp_path_factory.mktemp("sixty")
    run(portfolio(folder / "book.csv", numbered(60)), folder / "out", jobs=1)
    return folder / "out"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_batch_that_is_stopped_goes_on_and_ends_as_if_nothing_had_been(
    tmp_path: Path, log: Path, sixty: Path, how: signal.Signals
) -> None:
    book, out = portfolio(tmp_path / "book.csv", numbered(60)), tmp_path / "out"
    process = start(book, out, "slow")
    wait_for(lambda: len(made(log)) >= 12)
    os.killpg(process.pid, how) if how is signal.SIGINT else process.kill()  # as the terminal does it, or the worst
    _, errors = process.communicate(timeout=60)
    before = made(log)
    assert 12 <= len(before) < 60
    if how is signal.SIGINT:
        assert process.returncode == 130
        assert "stopping" in errors
        assert "Traceback" not in errors
        noted = [line["contract"] for line in results(out)]
        assert noted == [number for number in numbered(60) if number in before], "each that was made is noted, in order"
        assert not json.loads((out / "summary.json").read_text(encoding="utf-8"))["complete"]
    known = len([line for line in (out / "results.jsonl").read_bytes().splitlines(keepends=True) if line[-1:] == b"\n"])
    time.sleep(0.3)  # workers of a killed parent end by themselves
    again = made(log)
    assert run(book, out, "slow", resume=True).complete
    twice = {name for name, count in (made(log)).items() if count > 1}
    assert len(twice) <= len(again) - known if how is signal.SIGKILL else not twice
    but = ("run.json", "results.jsonl")
    assert tree(out, but) == tree(sixty, but)
    assert [line["number"] for line in said(out)] == [line["number"] for line in said(sixty)]
    assert set(statuses(results(out)).values()) == {"issued"}


# ----------------------------------------------------------------------------------------------------------- the call


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (("--due-within", "90d"), "never reads the clock"),
        (("--type", "letter"), 'unknown document type "letter"'),
        (("--format", "odt"), 'unknown format "odt"'),
        (("--vendor", "simens"), 'unknown vendor "simens"'),
        (("--locale", "de"), "de"),
        (("--locale", "ko", "--locale-from", "locale"), "--locale is given too"),
        (("--locale-from", "language"), '"language" is no field'),
        (("--name", "{number}"), "does not end in"),
        (("--as-of", "1.12.2026"), "is no day"),
        (("--dry-run",), "writes nothing"),
        (("--cluster", "scheduler"), "is no address of a scheduler"),
        (("--once",), "only a register knows"),
    ],
)
def test_a_wrong_call_is_told_before_anything_is_made(tmp_path: Path, arguments: tuple[str, ...], cause: str) -> None:
    done = batch(BOOK, "--type", "renewal-notice", "--format", "html", "--out", tmp_path / "out", *arguments)
    assert done.exit_code == Exit.USAGE
    assert cause in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_batch_does_not_write_among_the_records_that_it_reads(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    for out in ("records", "records/letters", "records/../records/letters"):
        done = batch(tmp_path / "records", *LETTERS, "--out", tmp_path / out)
        assert (done.exit_code, "would be read as records" in done.stderr) == (Exit.USAGE, True)
    done = batch("", *LETTERS, "--out", tmp_path / "out")
    assert (done.exit_code, "PORTFOLIO: is empty" in done.stderr) == (Exit.USAGE, True)
    assert list(tmp_path.rglob("*")) == [tmp_path / "records"]


def test_what_is_told_of_a_failure_cannot_steer_the_terminal(tmp_path: Path) -> None:
    book = portfolio(tmp_path / "book.csv", ["N-1\x1b[31m"])
    done = batch(book, *LETTERS, "--out", tmp_path / "out")
    assert done.exit_code == Exit.INVALID_DATA
    for told in (done.stdout, (tmp_path / "out" / "summary.txt").read_text(encoding="utf-8")):
        assert "failed: " in told
        assert "N-1<U+001B>[31m" in told
        assert "\x1b" not in told


def test_a_record_without_a_date_or_language_says_what_to_give(tmp_path: Path) -> None:
    head, first, *_ = BOOK.read_text(encoding="utf-8-sig").splitlines()
    book = tmp_path / "book.csv"
    book.write_text(f"{head}\n{first.replace(',ko,', ',,')}\n", encoding="utf-8")
    done = batch(book, "--type", "renewal-notice", "--format", "html", "--out", tmp_path / "out", "--jobs", 1)
    assert done.exit_code == Exit.INVALID_DATA
    causes = " ".join(problem["cause"] for problem in results(tmp_path / "out")[0]["problems"])
    assert "names no language" in causes
    assert "never reads the clock" in causes
