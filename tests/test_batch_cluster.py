"""A batch on a cluster of two workers: the same folder as on one machine, whatever is killed on the way."""

from __future__ import annotations

import csv
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from batch_runs import numbered, order, portfolio, results, run, statuses, tree, wait_for
from contractgen.batch import cluster as module
from contractgen.batch.results import Summary
from contractgen.batch.run import Batch
from contractgen.cli import main
from contractgen.errors import Exit, OutputError
from contractgen.register.checking import verify
from contractgen.register.filing import Folder
from contractgen.register.store import Register
from dask_cluster import Cluster, cluster, kill
from helpers import ROOT
from register_databases import fresh_schema

BOOK = ROOT / "fixtures" / "portfolio.csv"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "made.log"


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory, log: Path) -> Iterator[Cluster]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTRACTGEN_TEST_LOG", str(log))  # for the workers
        with cluster(tmp_path_factory.mktemp("dask"), workers=2) as found:
            yield found


@pytest.fixture(autouse=True)
def fresh(log: Path) -> None:
    log.write_text("", encoding="utf-8")


def on(dask: Cluster, book: Path, out: Path, maker: str, **more: str) -> Summary:
    return Batch(replace(order(book, out, maker, **more), cluster=dask.address)).run()


def made(log: Path) -> Counter[str]:
    return Counter(log.read_text(encoding="utf-8").split())


def test_a_killed_worker_costs_no_record_and_the_folder_is_that_of_one_machine(
    tmp_path: Path, dask: Cluster, log: Path
) -> None:
    numbers = numbered(80)
    book = portfolio(tmp_path / "book.csv", numbers)
    found: list[Summary] = []
    running = threading.Thread(target=lambda: found.append(on(dask, book, tmp_path / "far", "slow")))
    running.start()
    wait_for(lambda: len(made(log)) > 20)
    dask.replace_one()
    running.join()
    assert found[0].counts == {"issued": 80}
    assert [line["contract"] for line in results(tmp_path / "far")] == numbers
    assert max(made(log).values()) > 1, "the chunk of the killed worker was done by another"
    run(book, tmp_path / "near", "slow")
    assert tree(tmp_path / "far") == tree(tmp_path / "near")


def test_a_record_that_kills_its_process_is_named_as_on_one_machine_and_no_worker_of_the_cluster_dies(
    tmp_path: Path, dask: Cluster
) -> None:
    alive = [worker for worker in dask.workers if worker.poll() is None]
    numbers = [*numbered(12), "SIGKILL-1", "BAD-1", *(f"M-{index}" for index in range(12))]
    book = portfolio(tmp_path / "book.csv", numbers)
    summary = on(dask, book, tmp_path / "far", "deadly")
    run(book, tmp_path / "near", "deadly")
    assert tree(tmp_path / "far") == tree(tmp_path / "near")
    failed = {name for name, status in statuses(results(tmp_path / "far")).items() if status == "failed"}
    assert (failed, summary.exit_code) == ({"SIGKILL-1", "BAD-1"}, Exit.PARTLY_FAILED)
    assert all(worker.poll() is None for worker in alive)


def test_a_record_that_ends_whole_workers_again_and_again_is_named_and_alone_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")  # else Dask itself tries three times more
    numbers = [*numbered(6), "POISON-1", *(f"M-{index}" for index in range(6))]
    book = portfolio(tmp_path / "book.csv", numbers)
    with cluster(tmp_path, workers=3) as doomed:
        summary = on(doomed, book, tmp_path / "out", "poisonous")
        assert sum(worker.poll() is None for worker in doomed.workers) == 1, "in its chunk, and alone"
    lines = results(tmp_path / "out")
    assert [line["contract"] for line in lines] == numbers
    (failed,) = [line for line in lines if line["status"] != "issued"]
    assert (failed["contract"], failed["status"], summary.exit_code) == ("POISON-1", "failed", Exit.PARTLY_FAILED)
    assert failed["problems"][0]["cause"] == "workers of the cluster ended again and again while it was made alone"
    assert all((tmp_path / "out" / line["file"]).is_file() for line in lines if line is not failed)


def test_a_worker_that_writes_to_a_folder_of_its_own_stops_the_batch(
    tmp_path: Path, dask: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = portfolio(tmp_path / "book.csv", numbered(20))
    monkeypatch.chdir(tmp_path)
    own = dask.folder / "letters"  # a path that does not begin at the root leads elsewhere there, as on another machine
    own.mkdir()
    with pytest.raises(OutputError, match="writes to a folder of its own machine") as fault:
        on(dask, book, Path("letters"), "quick")
    assert fault.value.problems[0].repair == "name a folder that all share, or an object store"
    assert results(tmp_path / "letters") == [], "what the parent has not seen is not called issued"
    assert list(own.rglob("*.html")), "the worker has written to its own folder"


@pytest.fixture(scope="module")
def near(dask: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a book and what one machine has made of it through a register."""
    del dask  # it says where makings are noted
    folder = tmp_path_factory.mktemp("near")
    with BOOK.open(encoding="utf-8-sig", newline="") as stream:
        head, *rows = csv.reader(stream)
    with (folder / "book.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, *(row for row in rows if row[0] == "siemens")])
    run(folder / "book.csv", folder / "out", "real_but_slow_alone", register=f"sqlite:///{folder}/register.db")
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/far.db"
    return fresh_schema(request.getfixturevalue("postgres"), str(tmp_path))


def test_numbers_of_the_register_do_not_depend_on_the_cluster_though_a_worker_is_killed(
    tmp_path: Path, near: Path, dask: Cluster, log: Path, url: str
) -> None:
    out = tmp_path / "far" / "out"
    out.parent.mkdir()
    found: list[Summary] = []
    running = threading.Thread(
        target=lambda: found.append(on(dask, near / "book.csv", out, "real_but_slow_alone", register=url))
    )
    running.start()
    wait_for(lambda: len(made(log)) >= 2)
    dask.replace_one()
    running.join()
    assert found[0].counts == {"issued": 18, "refused": 2}
    assert tree(out) == tree(near / "out"), "no file is left under another name"
    with Register.open(url) as register:
        assert [entry.serial for entry in register.entries()] == list(range(1, 19)), "no number is lost or given twice"
        assert not verify(register, Folder(tmp_path / "far")).faults


def test_documents_made_with_other_words_are_refused_by_the_worker_that_has_them(
    tmp_path: Path, dask: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "fingerprint", lambda *_: b"another")
    with pytest.raises(OutputError, match="its bytes may differ") as fault:
        on(dask, portfolio(tmp_path / "book.csv", numbered(2)), tmp_path / "out", "quick")
    assert fault.value.problems[0].place.file.startswith("tcp://127.0.0.1:")


def test_the_command_says_where_it_works_and_what_became_of_it(tmp_path: Path, dask: Cluster) -> None:
    book = portfolio(tmp_path / "book.csv", numbered(2))
    said_ = CliRunner().invoke(main, [
        "batch", str(book), "--type", "renewal-notice", "--format", "html", "--as-of", "2026-12-01",
        "--out", (tmp_path / "out").as_uri(), "--cluster", dask.address,
    ])  # fmt: skip
    assert said_.exit_code == Exit.INVALID_DATA, "the rows lack what a letter needs"
    assert said_.stdout.startswith("2 records: 0 issued")
    assert '"workers": 2' in (tmp_path / "out" / "run.json").read_text(encoding="utf-8")


def test_a_scheduler_that_cannot_be_reached_is_told_with_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CONNECT", "1s")
    nobody = Cluster("tcp://127.0.0.1:9", tmp_path)
    with pytest.raises(OutputError, match="cannot be reached") as fault:
        on(nobody, portfolio(tmp_path / "book.csv", numbered(2)), tmp_path / "out", "quick")
    assert fault.value.problems[0].place.file == "--cluster tcp://127.0.0.1:9"


def test_a_scheduler_without_workers_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECT", "3s")
    with cluster(tmp_path, workers=0) as idle, pytest.raises(OutputError, match="has no workers"):
        on(idle, portfolio(tmp_path / "book.csv", numbered(2)), tmp_path / "out", "quick")


def test_a_scheduler_that_goes_ends_the_batch_with_a_message_and_what_was_done_stays(
    tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRACTGEN_TEST_LOG", str(log))
    numbers = numbered(200)
    book = portfolio(tmp_path / "book.csv", numbers)
    faults: list[OutputError] = []
    with cluster(tmp_path, workers=1) as doomed:

        def work() -> None:
            try:
                on(doomed, book, tmp_path / "out", "slow")
            except OutputError as fault:
                faults.append(fault)

        running = threading.Thread(target=work)
        running.start()
        wait_for(lambda: len(made(log)) > 20)
        assert doomed.scheduler is not None
        kill(doomed.scheduler)
        running.join()
    assert "--resume" in faults[0].problems[0].repair
    done = results(tmp_path / "out")
    assert [line["contract"] for line in done] == numbers[: len(done)]
    assert len(done) >= 8
