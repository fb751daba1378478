"""Documents in an object store: whole or not there, under names that cannot leave their place."""

from __future__ import annotations

import json
from collections.abc import Iterator
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
from helpers import ROOT

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
