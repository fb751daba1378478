"""Documents in an object store: whole or not there, under names that cannot leave their place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from click.testing import CliRunner, Result
from moto.server import ThreadedMotoServer

from batch_runs import TIMES, tree
from contractgen.batch.address import open_store
from contractgen.batch.objects import Objects
from contractgen.batch.store import Folder, Store, StoreFault
from contractgen.cli import main
from contractgen.errors import Exit
from contractgen.register.checking import verify
from contractgen.register.entries import Made
from contractgen.register.filing import Folder as Local
from contractgen.register.placing import MARK
from contractgen.register.repairing import repair
from contractgen.register.store import Register
from helpers import ROOT
from register_samples import LATER, RUN, only_entries, request, reserved

BOOK = ROOT / "fixtures" / "portfolio.csv"
NAMES = ("siemens/한빛/RN-1.pdf", "ayotex/شرکت می‌رود/AYX [1] *?.pdf", "plain.html")


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    """Return a client of an S3 of this machine that holds a bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
            patch.setenv(f"AWS_{name}", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        client = boto3.client("s3")
        client.create_bucket(Bucket="letters")
        yield client
        client.close()
    server.stop()


@pytest.fixture(params=["memory", "file", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    place = uuid4().hex
    if request.param == "s3":
        request.getfixturevalue("s3")
    return open_store(
        {"memory": f"memory://{place}", "file": tmp_path.as_uri(), "s3": f"s3://letters/{place}"}[request.param]
    )


@pytest.mark.parametrize("name", NAMES)
def test_what_is_put_is_read_again_in_its_last_version(store: Store, name: str) -> None:
    assert not store.exists(name)
    store.put(name, b"first")
    store.put(name, b"second")
    assert (store.exists(name), store.read(name)) == (True, b"second")
    assert not store.exists(name + ".no")


def test_a_document_put_aside_gets_its_name_once_and_leaves_nothing(store: Store) -> None:
    name = NAMES[1]
    aside = store.aside(name, b"made", ".mark-")
    assert store.aside(name, b"made", ".mark-") == aside, "a second try leaves no second file"
    assert not store.exists(name)
    store.settle(aside, name)
    store.settle(aside, name)
    assert (store.exists(aside), store.read(name)) == (False, b"made")
    store.drop(store.aside(name, b"other", ".mark-"))
    assert (store.exists(aside), store.read(name)) == (False, b"made")


@pytest.mark.parametrize("name", ["../out", "a/../../out", "/etc/x", "a//b", "", "a/", ".", "a\0b"])
def test_no_name_leaves_the_store(store: Store, name: str) -> None:
    with pytest.raises(StoreFault, match="is no name within the folder"):
        store.put(name, b"")


def test_a_bucket_that_is_not_there_is_told_with_its_address(s3: Any) -> None:
    del s3
    with pytest.raises(StoreFault, match="bucket does not exist") as fault:
        Objects("s3://nobody/x").put("a.pdf", b"")
    assert fault.value.problems[0].place.file == "s3://nobody/x/a.pdf"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("s3://key:secret@letters/x", "give keys by the environment"),
        ("s3://", "for instance s3://bucket/folder"),
        ("nonsense://x/y", "for instance s3://bucket/folder"),
        ("file://elsewhere/x", "three slashes"),
    ],
)
def test_an_address_that_is_no_place_is_refused_and_keys_are_not_shown(url: str, said: str) -> None:
    with pytest.raises(StoreFault) as fault:
        open_store(url)
    assert said in str(fault.value)
    assert "secret" not in str(fault.value)


def test_file_addresses_are_folders_of_this_machine(tmp_path: Path) -> None:
    folder = tmp_path / "한빛 letters"
    folder.mkdir()
    found = open_store(folder.as_uri())
    assert isinstance(found, Folder)
    assert found.root == folder


def batch(*arguments: object) -> Result:
    return CliRunner().invoke(
        main, ["batch", str(BOOK), "--type", "renewal-notice", "--format", "html", "--as-of", "2026-12-01",
               "--jobs", "1", "--vendor", "siemens", *map(str, arguments)],
    )  # fmt: skip


def test_a_bucket_holds_what_a_folder_would_and_a_second_run_does_nothing_twice(tmp_path: Path, s3: Any) -> None:
    far = ("--out", "s3://letters/season", "--state", tmp_path / "state")
    assert batch("--out", tmp_path / "near").exit_code == Exit.OK
    assert batch(*far).exit_code == Exit.OK

    def bucket() -> dict[str, str]:
        listed = s3.list_objects_v2(Bucket="letters", Prefix="season/")["Contents"]
        bodies = {one["Key"]: s3.get_object(Bucket="letters", Key=one["Key"])["Body"] for one in listed}
        hashes = {}
        for key, body in bodies.items():
            with body:
                hashes[key.removeprefix("season/")] = sha256(body.read()).hexdigest()
        return {name: found for name, found in hashes.items() if name not in TIMES}

    assert bucket() == tree(tmp_path / "near")
    written = {one["Key"]: one["LastModified"] for one in s3.list_objects_v2(Bucket="letters")["Contents"]}
    lost = next(name for name in bucket() if name.endswith(".html"))
    s3.delete_object(Bucket="letters", Key=f"season/{lost}")
    assert batch(*far, "--resume").exit_code == Exit.OK
    assert bucket() == tree(tmp_path / "near"), "what was lost is made again"
    again = {one["Key"]: one["LastModified"] for one in s3.list_objects_v2(Bucket="letters")["Contents"]}
    kept = [key for key in written if key.endswith(".html") and key != f"season/{lost}"]
    assert {key: again[key] for key in kept} == {key: written[key] for key in kept}
    assert json.loads((tmp_path / "state" / "run.json").read_text(encoding="utf-8"))["interrupted"] is False


def test_a_bucket_that_holds_something_else_is_not_written_into(tmp_path: Path, s3: Any) -> None:
    s3.put_object(Bucket="letters", Key="taken/other.pdf", Body=b"x")
    refused = batch("--out", "s3://letters/taken", "--state", tmp_path / "state")
    assert (refused.exit_code, "is not empty" in refused.stderr) == (Exit.USAGE, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--out", "s3://letters/x"), "add --state FOLDER"),
        (("--out", "letters", "--state", "state"), "leave --state out"),
        (("--out", "memory://x", "--state", "state"), "name a real store"),
    ],
)
def test_a_store_needs_a_folder_for_its_results_and_a_folder_does_not(arguments: tuple[str, ...], said: str) -> None:
    refused = batch(*arguments)
    assert (refused.exit_code, said in refused.stderr) == (Exit.USAGE, True), refused.stderr


# ------------------------------------------------------------------------------------------------------- the register


@pytest.fixture(params=["memory", "s3"])
def objects(request: pytest.FixtureRequest) -> Objects:
    place = uuid4().hex
    if request.param == "s3":
        request.getfixturevalue("s3")
    return Objects({"memory": f"memory://{place}", "s3": f"s3://letters/{place}"}[request.param])


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with Register.open(str(tmp_path / "register.db")) as found:
        yield found


def written(register: Register, objects: Objects, contracts: range) -> list[tuple[str, str, Made]]:
    """Reserve a number for each contract, and put its document aside, as a batch does."""
    found = []
    for entry in reserved(register, [request(number) for number in contracts]):
        name, content = f"한빛 [1]/{entry.number} *?.html", f"{entry.number} {entry.input}".encode()
        made = Made(entry, objects.shown(name), sha256(content).hexdigest(), len(content))
        found.append((objects.aside(name, content, MARK), name, made))
    return found


def faults(register: Register, objects: Objects) -> list[str]:
    return [f"{problem.place}: {problem.cause}" for problem in verify(register, objects).faults]


def test_what_a_crash_has_left_in_a_store_is_settled_as_in_a_folder(register: Register, objects: Objects) -> None:
    done, copied, issued, lost = written(register, objects, range(1, 5))
    only_entries(register.issue([made for _, _, made in (done, copied, issued)], RUN))
    objects.settle(*done[:2])
    objects.put(copied[1], objects.read(copied[0]))  # killed between the copy and the removal of the first
    assert faults(register, objects) == [
        f"{issued[2].path}: is missing: the register has it as {issued[2].entry.number}",
        *(f"{objects.shown(name)}: was left unfinished" for name in sorted(one[0] for one in (copied, issued, lost))),
    ]
    assert not repair(register, LATER, objects, timedelta(minutes=5)).done, "it may be at work still"
    outcome = repair(register, LATER, objects, timedelta(0))
    assert outcome.done == (
        f"{issued[2].path}: finished file of {issued[2].entry.number} put in its place",
        *(f"{objects.shown(name)}: unfinished file removed" for name in sorted((copied[0], lost[0]))),
        f"{lost[2].entry.number}: made void, left unfinished by run run-1",
    )
    assert not outcome.left
    assert not faults(register, objects)
    assert objects.names() == sorted(one[1] for one in (done, copied, issued))
    assert not repair(register, LATER, objects, timedelta(0)).done


def test_what_a_person_has_done_to_a_store_is_told_and_not_mended(register: Register, objects: Objects) -> None:
    one, two, three = written(register, objects, range(1, 4))
    only_entries(register.issue([made for _, _, made in (one, two, three)], RUN))
    for aside, name, _ in (one, two, three):
        objects.settle(aside, name)
    objects.drop(one[1])
    objects.put(two[1], b"another letter")
    objects.put("mine.html", b"a letter of my own")
    told = [
        f"{one[2].path}: is missing: the register has it as {one[2].entry.number}",
        f"{two[2].path}: is not the file that was issued as {two[2].entry.number}",
        f"{objects.shown('mine.html')}: is in no row of the register",
    ]
    assert faults(register, objects) == told
    outcome = repair(register, LATER, objects, timedelta(0))
    assert (outcome.done, len(outcome.left)) == ((), 2)
    assert faults(register, objects) == told


def test_a_store_that_cannot_be_read_is_told_and_is_no_missing_file(
    register: Register, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.create_bucket(Bucket="vanishing")
    objects = Objects("s3://vanishing/x")
    ((aside, name, made),) = written(register, objects, range(1, 2))
    only_entries(register.issue([made], RUN))
    objects.settle(aside, name)

    def refused(*_: object, **__: object) -> list[Exception]:
        return [PermissionError("Access Denied")]

    with monkeypatch.context() as patch:
        patch.setattr(objects._files, "cat_ranges", refused)  # noqa: SLF001  (what the store's library says)
        with pytest.raises(StoreFault, match="Access Denied") as fault:
            verify(register, objects)
        assert fault.value.problems[0].place.file == made.path
    s3.delete_object(Bucket="vanishing", Key=f"x/{name}")
    s3.delete_bucket(Bucket="vanishing")
    with pytest.raises(StoreFault, match="bucket does not exist"):
        verify(register, objects)


def test_letters_in_a_bucket_are_checked_by_its_address_and_a_wrong_place_is_no_clean_bill(
    tmp_path: Path, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONTRACTGEN_REGISTER", "register.db")
    out, register = ("--out", "s3://letters/entered/", "--state", "state"), ("--register", "register.db")
    assert batch(*out, *register).exit_code == Exit.OK

    def asked(*words: str) -> Result:
        return CliRunner().invoke(main, ["register", *words])

    for address in ("s3://letters/entered", "s3://letters/entered/"):
        whole = asked("verify", "--files", address)
        assert (whole.exit_code, "the files are those issued" in whole.stdout) == (Exit.OK, True), whole.stderr
        assert "elsewhere" not in whole.stdout
    for place in (".", "s3://letters/other"):
        wrong = asked("verify", "--files", place)
        assert (wrong.exit_code, "but for instance s3://letters/entered/siemens/" in wrong.stderr) == (Exit.USAGE, True)
        assert asked("repair", "--files", place).exit_code == Exit.USAGE
    with Register.open("register.db") as opened:
        name = next(iter(opened.entries())).path.removeprefix("s3://letters/")
    s3.delete_object(Bucket="letters", Key=name)
    lost = asked("repair", "--files", "s3://letters/entered")
    assert (lost.exit_code, f"s3://letters/{name}" in lost.stderr) == (Exit.ERROR, True)


def test_files_that_lie_elsewhere_are_counted(register: Register, tmp_path: Path) -> None:
    objects = Objects(f"memory://{uuid4().hex}")
    ((aside, name, made),) = written(register, objects, range(1, 2))
    (here,) = reserved(register, [request(2)])
    content = b"a letter"
    (tmp_path / "letter.html").write_bytes(content)
    only_entries(register.issue([made, Made(here, "letter.html", sha256(content).hexdigest(), 8)], RUN))
    objects.settle(aside, name)
    for place in (objects, Local(tmp_path)):
        verdict = verify(register, place)
        assert (verdict.faults, verdict.elsewhere) == ((), 1)
