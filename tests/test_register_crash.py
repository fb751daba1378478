"""A process killed at any step of issuing: no number lost or doubled, no file without a row, no row without a file."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contractgen.register.checking import verify
from contractgen.register.entries import State, Wanted
from contractgen.register.filing import Folder
from contractgen.register.placing import MARK, aside, into_place, sha256_of
from contractgen.register.repairing import repair
from contractgen.register.store import Register
from register_child import content, issue
from register_databases import fresh_schema
from register_samples import LATER, RUN, only_entries, request, reserved

CHILD = Path(__file__).parent / "register_child.py"
NOW = timedelta(0)
STEPS = (
    "reserve:1", "write:1", "half-written:1", "write:3", "issue:1", "within-issue:1", "rename:1", "rename:3", "end:1",
)  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'register.db'}"
    return fresh_schema(request.getfixturevalue("postgres"), str(tmp_path))


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with Register.open(str(tmp_path / "register.db")) as found:
        yield found


def faults(register: Register, root: Path) -> list[str]:
    return [f"{problem.place}: {problem.cause}" for problem in verify(register, Folder(root)).faults]


def finished(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*.pdf") if not path.name.startswith(MARK))


def test_wherever_a_process_is_killed_files_and_rows_agree_and_repair_settles_the_rest(
    url: str, tmp_path: Path
) -> None:
    root = tmp_path / "out"
    root.mkdir()
    subprocess.run([sys.executable, CHILD, "killed", url, root, *STEPS], check=True, timeout=120)
    with Register.open(url, create=False) as register:
        for index, step in enumerate(STEPS):
            check_after_the_kill(register, step, root / f"{index}", index)
        assert not verify(register).faults, "the register itself is whole"
        outcome = repair(register, RUN, Folder(root), NOW)
        assert not outcome.left, "nothing is left to a person"
        assert not faults(register, root)
        assert not list(root.rglob(f"{MARK}*"))
        assert not list(register.entries(Wanted(state=State.RESERVED)))
        for index in range(len(STEPS)):
            issue(url, root, range(10 * index + 1, 10 * index + 4), LATER, f"{index}/")
        entries = list(register.entries())
        assert not faults(register, root)
    assert [entry.state for entry in entries] == [State.ISSUED] * 3 * len(STEPS)
    assert sorted(entry.serial for entry in entries) == [*range(1, 3 * len(STEPS) + 1)]
    assert sorted(path.read_bytes() for path in finished(root)) == sorted(map(content, entries))


def check_after_the_kill(register: Register, step: str, folder: Path, index: int) -> None:
    """Right after the kill: each file has its issued row, each issued row has its file, under one of two names."""
    entries = [entry for entry in register.entries() if int(entry.contract[2:]) // 10 == index]
    assert len(entries) == (0 if step == "reserve:1" else 3)
    issued = {entry.file for entry in entries if entry.state is State.ISSUED}
    assert len(issued) == (3 if step.startswith(("rename", "end")) else 0)
    assert {sha256_of(path) for path in finished(folder)} <= issued
    assert issued <= {sha256_of(path) for path in folder.rglob("*") if path.is_file()}


# ------------------------------------------------------------------------------------------------------------- repair


def test_repair_leaves_alone_what_may_still_be_at_work(register: Register, tmp_path: Path) -> None:
    root = tmp_path / "out"
    one, two = reserved(register, [request(1), request(2)])
    written = aside(root, "1.pdf", content(one), one)
    aside(root, "2.pdf", content(two), two)
    register.issue([written.made], RUN)
    outcome = repair(register, LATER, Folder(root), timedelta(minutes=5))
    assert not outcome.done
    assert len(list(root.iterdir())) == 2
    old = 1_700_000_000
    for path in root.iterdir():
        os.utime(path, (old, old))
    assert [line.partition(": ")[2] for line in repair(register, LATER, Folder(root), timedelta(minutes=5)).done] == [
        f"finished file of {one.number} put in its place", "unfinished file removed",
    ]  # fmt: skip
    into_place(written)
    void = f"{two.number}: made void, left unfinished by run run-1"
    assert repair(register, LATER, Folder(root), NOW).done == (void,)
    assert repair(register, LATER, Folder(root), NOW).done == ()
    assert not faults(register, root)


def test_what_a_person_has_done_to_the_files_is_told_and_not_mended(register: Register, tmp_path: Path) -> None:
    root = tmp_path / "out"
    issue(str(tmp_path / "register.db"), root, range(1, 4), RUN)
    one, two, _ = finished(root)
    one.unlink()
    two.write_bytes(b"another letter")
    (root / "mine.pdf").write_bytes(b"a letter of my own")
    told = [
        f"{one}: is missing: the register has it as {one.stem}",
        f"{two}: is not the file that was issued as {two.stem}",
        f"{root / 'mine.pdf'}: is in no row of the register",
    ]
    assert faults(register, root) == told
    outcome = repair(register, LATER, Folder(root), NOW)
    assert (outcome.done, len(outcome.left)) == ((), 2)
    assert faults(register, root) == told
    issue(str(tmp_path / "register.db"), root, range(1, 4), LATER)
    assert faults(register, root) == told[2:], "issuing again makes the same bytes"


def test_a_later_revision_may_take_the_path_of_an_earlier_one(register: Register, tmp_path: Path) -> None:
    for data, run in (("first", RUN), ("second", LATER)):
        (entry,) = reserved(register, [request(1, data)], run)
        written = aside(tmp_path / "out", "letter.pdf", content(entry), entry)
        only_entries(register.issue([written.made], run))
        into_place(written)
    assert not faults(register, tmp_path / "out")


@pytest.mark.parametrize("asked", ["out", "link", "."])
@pytest.mark.parametrize("given", ["out", "link"])
def test_a_path_recorded_as_absolute_is_found_by_any_name_of_its_folder(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, given: str
) -> None:
    root = tmp_path / "out"
    root.mkdir()
    (tmp_path / "link").symlink_to(root)
    (entry,) = reserved(register, [request(1)])
    written = aside(root, str(tmp_path / given / "letter.pdf"), content(entry), entry)
    only_entries(register.issue([written.made], RUN))
    into_place(written)
    monkeypatch.chdir(tmp_path)
    assert not faults(register, Path(asked))
    written.final.rename(root / "other.pdf")
    assert [told.partition(": ")[2] for told in faults(register, Path(asked))] == [
        "is missing: the register has it as SIE-RN-2026-000001",
        "is in no row of the register",
    ]


def test_a_file_issued_to_a_second_path_is_known_at_both(register: Register, tmp_path: Path) -> None:
    (entry,) = reserved(register, [request(1)])
    for path in ("one.pdf", "two.pdf"):
        written = aside(tmp_path / "out", path, content(entry), entry)
        only_entries(register.issue([written.made], RUN))
        into_place(written)
    assert not faults(register, tmp_path / "out")
    (tmp_path / "out" / "one.pdf").unlink()
    assert len(faults(register, tmp_path / "out")) == 1
