"""A batch through a register: numbers without gaps, each with its file, whatever is killed on the way."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from batch_runs import results, run, said, start, tree, wait_for
from contractgen.batch.store import Folder
from contractgen.cli_register import new_run
from contractgen.errors import Exit
from contractgen.register.checking import verify
from contractgen.register.entries import State
from contractgen.register.filing import Folder as Files
from contractgen.register.repairing import repair
from contractgen.register.store import Register
from helpers import ROOT

BOOK = ROOT / "fixtures" / "portfolio.csv"
NUMBERS = [f"SIE-RN-2026-{serial:06}" for serial in range(1, 19)]


def contracts(folder: Path) -> Path:
    """Write the twenty contracts of one vendor, two of which are refused."""
    with BOOK.open(encoding="utf-8-sig", newline="") as stream:
        head, *rows = csv.reader(stream)
    path = folder / "book.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, *(row for row in rows if row[0] == "siemens")])
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return contracts(tmp_path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a batch that one worker has made at one go."""
    folder = tmp_path_factory.mktemp("whole")
    url = str(folder / "register.db")
    summary = run(contracts(folder), folder / "files" / "out", "make_one", jobs=1, register=url)
    assert (summary.counts["issued"], summary.counts["refused"], summary.exit_code) == (18, 2, Exit.OK)
    assert numbers(url) == NUMBERS
    assert settle(url, folder / "files") == ()
    return folder / "files" / "out"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "made.log"
    path.touch()
    monkeypatch.setenv("CONTRACTGEN_TEST_LOG", str(path))
    return path


def settle(url: str, folder: Path) -> tuple[str, ...]:
    """Repair what a killed batch has left, and return what was done; nothing may be wrong afterwards."""
    with Register.open(url) as register:
        outcome = repair(register, new_run("repair", "kim"), Files(folder), timedelta(0))
        assert not outcome.left
        assert not verify(register, Files(folder)).faults
    return outcome.done


def numbers(url: str) -> list[str]:
    with Register.open(url) as register:
        return [entry.number for entry in register.entries() if entry.state is State.ISSUED]


def test_numbers_have_no_gap_for_what_is_refused_and_stand_in_the_documents(whole: Path) -> None:
    issued = [line for line in results(whole) if line["status"] == "issued"]
    assert [line["number"] for line in issued] == NUMBERS
    for line in issued:
        assert line["number"] in (whole / line["file"]).read_text(encoding="utf-8")


def test_killing_the_parent_and_workers_too_loses_no_number_and_leaves_no_file_without_a_row(
    tmp_path: Path, book: Path, log: Path, whole: Path
) -> None:
    out, url = tmp_path / "files" / "out", str(tmp_path / "register.db")
    out.parent.mkdir()
    process = start(book, out, "real_but_slow", url)
    wait_for(lambda: len(log.read_text(encoding="utf-8").split()) >= 5)
    process.kill()
    process.communicate()
    summary = run(book, out, "real_but_slow", register=url, resume=True)
    assert (summary.counts["issued"], summary.counts["refused"], summary.complete) == (18, 2, True)
    settle(url, out.parent)
    assert numbers(url) == NUMBERS
    but = ("run.json", "results.jsonl")
    assert tree(out, but) == tree(whole, but), "as if nothing had been killed, and by two workers as by one"
    assert _without_book(said(out)) == _without_book(said(whole))


def _without_book(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return results with the row alone as the place: the books stand in different folders."""
    return [{**line, "place": line["place"].rpartition(":")[2]} for line in lines]


def test_a_corrected_record_becomes_a_revision_and_the_first_letter_stays(tmp_path: Path, book: Path) -> None:
    out, url = tmp_path / "files" / "out", str(tmp_path / "register.db")
    run(book, out, "make_one", jobs=1, register=url)
    first, *others = results(out)
    text = book.read_text(encoding="utf-8")
    book.write_text(text.replace("8760000", "8770000", 1), encoding="utf-8")
    run(book, out, "make_one", jobs=1, register=url, resume=True)
    second = results(out)[0]
    assert (first["revision"], second["revision"]) == (1, 2)
    assert (out / first["file"]).read_bytes() != (out / second["file"]).read_bytes()
    assert results(out)[1:] == others
    assert settle(url, out.parent) == ()


def test_each_contract_gets_its_letter_once_though_the_batch_runs_every_morning(tmp_path: Path, book: Path) -> None:
    url = str(tmp_path / "register.db")

    def morning(day: int, **more: Any) -> list[dict[str, Any]]:
        out = tmp_path / "files" / f"2026-12-0{day}"
        run(book, out, "make_one", jobs=1, register=url, day=date(2026, 12, day), once=True, resume=True, **more)
        return results(out)

    first, *others = morning(1)
    assert numbers(url) == NUMBERS
    text = book.read_text(encoding="utf-8")
    book.write_text(text.replace("8760000", "8770000", 1), encoding="utf-8")
    second, *rest = morning(2)
    assert (second["status"], second["kind"], second["number"]) == ("skipped", "issued before", first["number"])
    assert second["why"].endswith(f"as 2026-12-01/{first['file']}")
    assert [line["status"] for line in rest].count("refused") == 2
    assert [line["number"] for line in rest if "number" in line] == [
        line["number"] for line in others if "number" in line
    ]
    assert numbers(url) == NUMBERS, "no letter was sent twice, and no number taken"
    assert settle(url, tmp_path / "files") == ()
    assert morning(1)[1:] == others, "the first morning's call, repeated, still finds its letters"


def test_a_number_of_a_document_that_could_not_be_made_is_void_until_it_can(
    tmp_path: Path, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, url = tmp_path / "files" / "out", str(tmp_path / "register.db")
    monkeypatch.setenv("CONTRACTGEN_TEST_FAIL", "SIE-KR-2025-0411")
    assert run(book, out, "failing", jobs=1, register=url).exit_code == Exit.PARTLY_FAILED
    with Register.open(url) as register:
        void = [entry for entry in register.entries() if entry.state is State.VOID]
    assert [(entry.number, entry.reason) for entry in void] == [(NUMBERS[0], "internal fault: RuntimeError: no")]
    monkeypatch.delenv("CONTRACTGEN_TEST_FAIL")
    assert run(book, out, "failing", jobs=1, register=url, resume=True).counts["issued"] == 18
    assert sorted(numbers(url)) == NUMBERS
    assert settle(url, out.parent) == ()


def test_a_file_that_was_put_in_its_place_by_somebody_faster_is_left_there(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    aside = store.aside("a/b.html", b"x", ".mark-")
    store.settle(aside, "a/b.html")
    store.settle(aside, "a/b.html")
    assert store.read("a/b.html") == b"x"
    store.drop(store.aside("a/c.html", b"y", ".mark-"))
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.html"]
