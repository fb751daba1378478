"""Workers are killed, crash and hang: the batch goes on, the record at fault is named, the others are made once."""

from __future__ import annotations

import os
import pickle
from collections import Counter
from itertools import pairwise
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_runs import numbered, portfolio, results, run, statuses
from contractgen.batch.pool import LENGTH, Worker
from contractgen.errors import Exit, OutputError


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "made.log"
    path.touch()
    monkeypatch.setenv("CONTRACTGEN_TEST_LOG", str(path))
    monkeypatch.setenv("CONTRACTGEN_TEST_OUT", str(tmp_path / "out"))
    return path


def made(log: Path) -> Counter[str]:
    return Counter(log.read_text(encoding="utf-8").split())


def test_a_record_that_kills_its_worker_is_named_and_all_others_are_made_exactly_once(
    tmp_path: Path, log: Path
) -> None:
    innocent = numbered(60)
    numbers = [*innocent[:20], "SIGKILL-1", *innocent[20:40], "SIGSEGV-1", "EXIT-1", "BOOM-1", *innocent[40:]]
    summary = run(portfolio(tmp_path / "book.csv", numbers), tmp_path / "out", "deadly")
    found = results(tmp_path / "out")
    assert [line["contract"] for line in found] == numbers
    assert made(log) == Counter(innocent)
    assert {name for name, status in statuses(found).items() if status == "failed"} == set(numbers) - set(innocent)
    causes = {line["contract"]: line["problems"][0]["cause"] for line in found if line["status"] == "failed"}
    assert "SIGKILL, as when memory runs out" in causes["SIGKILL-1"]
    assert "SIGSEGV" in causes["SIGSEGV-1"]
    assert "exit code 3" in causes["EXIT-1"]
    assert causes["BOOM-1"] == "internal fault: RuntimeError: boom"
    assert found[20]["problems"][0]["place"].endswith("book.csv:22")
    assert (summary.exit_code, summary.complete) == (Exit.PARTLY_FAILED, True)


def test_a_record_that_hangs_is_ended_after_its_time_and_named(tmp_path: Path, log: Path) -> None:
    numbers = [*numbered(5), "HANG-1", "N-6"]
    run(portfolio(tmp_path / "book.csv", numbers), tmp_path / "out", "deadly", timeout=2.0)
    hung = results(tmp_path / "out")[5]
    assert hung["problems"][0]["cause"] == "was not done within 2 seconds, and was ended"
    assert made(log) == Counter(numbered(6))


def test_a_worker_that_somebody_kills_costs_no_record(tmp_path: Path, log: Path) -> None:
    summary = run(portfolio(tmp_path / "book.csv", numbered(12)), tmp_path / "out", "unlucky", jobs=1)
    assert summary.counts == {"issued": 12}
    assert made(log) == Counter(numbered(12))


def test_a_worker_that_dies_in_the_middle_of_an_answer_has_not_given_it(tmp_path: Path, log: Path) -> None:
    summary = run(portfolio(tmp_path / "book.csv", numbered(12)), tmp_path / "out", "torn", jobs=1)
    assert summary.counts == {"issued": 12}
    assert made(log) == Counter([*numbered(12), "N-5"]), "made again, with the same name and bytes"
    assert [line["contract"] for line in results(tmp_path / "out")] == numbered(12)


@given(st.lists(st.none() | st.binary(max_size=300) | st.tuples(st.text(max_size=9)), max_size=6), st.data())
def test_answers_are_read_whole_wherever_the_pipe_cuts_them(messages: list[Any], data: st.DataObject) -> None:
    ours, theirs = Pipe()
    stream = b"".join(LENGTH.pack(len(said)) + said for said in map(pickle.dumps, messages))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    worker, heard = Worker(None, ours), list[Any]()
    with ours, theirs:
        for begin, end in pairwise([0, *cuts, len(stream)]):
            if begin < end:
                os.write(theirs.fileno(), stream[begin:end])
                heard += worker.messages()
        assert (heard, worker.torn) == (messages, b"")
        os.write(theirs.fileno(), LENGTH.pack(9) + b"half")
        assert worker.messages() == []
        theirs.close()
        with pytest.raises(EOFError):
            worker.messages()


def test_workers_that_cannot_even_begin_stop_the_batch(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="ended before they could begin"):
        run(portfolio(tmp_path / "book.csv", numbered(3)), tmp_path / "out", "no_such_maker", jobs=1)


def test_a_full_disk_stops_the_batch_with_a_message_and_the_next_run_goes_on(tmp_path: Path, log: Path) -> None:
    book, out = portfolio(tmp_path / "book.csv", numbered(20)), tmp_path / "out"
    with pytest.raises(OutputError, match="No space left on device") as fault:
        run(book, out, "full", jobs=1)
    assert fault.value.problems[0].place.file.startswith(str(out))
    assert "make room" in fault.value.problems[0].repair
    assert [line["contract"] for line in results(out)] == numbered(9)
    log.with_suffix(".room").touch()
    assert run(book, out, "full", jobs=1, resume=True).counts == {"issued": 20}
    assert made(log) == Counter([*numbered(20), "N-10"]), "what stood was not made again"
    assert not list(out.rglob(".*")), "no temporary file is left behind"


def test_an_output_folder_that_vanishes_stops_the_batch_and_is_not_made_anew(tmp_path: Path, log: Path) -> None:
    book, out = portfolio(tmp_path / "book.csv", numbered(20)), tmp_path / "out"
    with pytest.raises(OutputError, match="output folder cannot be used"):
        run(book, out, "vanishing", jobs=1)
    assert not out.exists()
    assert "N-20" not in made(log)


def test_a_link_in_the_output_folder_is_never_followed(tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    book = portfolio(tmp_path / "book.csv", numbered(2))
    (out / "siemens").mkdir(parents=True)
    (out / "results.jsonl").touch()
    (out / "siemens" / "Daon Co").symlink_to(elsewhere)
    with pytest.raises(OutputError, match="is a link"):
        run(book, out, jobs=1, resume=True)
    assert not list(elsewhere.iterdir())
