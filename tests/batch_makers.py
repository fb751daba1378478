"""Stand-ins for ``make_one`` that workers load by name: quick ones, and such that die, hang or break the machine."""

from __future__ import annotations

import errno
import os
import pickle
import shutil
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from contractgen import files
from contractgen.batch import pool
from contractgen.batch.making import Made, Request, make_one  # tests name it here too
from contractgen.errors import InvalidData
from contractgen.files import Marked

LOG = "CONTRACTGEN_TEST_LOG"
"""Names the file in which each making is noted, a line each."""
OUT = "CONTRACTGEN_TEST_OUT"


def quick(record: Marked, request: Request) -> Made:
    """Return a file that names its contract, and note that it was made."""
    number = record.data["contract"]["number"]
    if LOG in os.environ:
        with Path(os.environ[LOG]).open("a", encoding="utf-8") as log:
            log.write(f"{number}\n")
    if "BAD" in number:
        raise InvalidData.at(record.place("contract", "number"), "is bad", "write a good one")
    return Made(f"{number} {request.locale}".encode())


def deadly(record: Marked, request: Request) -> Made:
    """Die by a signal, hang, or raise, as the contract's number says."""
    number = record.data["contract"]["number"]
    for name in ("SIGKILL", "SIGSEGV"):
        if name in number:
            os.kill(os.getpid(), signal.Signals[name])
    if "EXIT" in number:
        os._exit(3)
    if "HANG" in number:
        time.sleep(600)
    if "BOOM" in number:
        raise RuntimeError("boom")
    return quick(record, request)


def poisonous(record: Marked, request: Request) -> Made:
    """Kill the cluster's worker and not its process alone, as a record that takes the memory of the whole machine."""
    if "POISON" in record.data["contract"]["number"]:
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(600)
    return quick(record, request)


def torn(record: Marked, request: Request) -> Made:
    """Be killed in the middle of the answer to the fifth record, the first time only."""
    mark = Path(os.environ[LOG]).with_suffix(".torn")
    if record.data["contract"]["number"].endswith("-4") and not mark.exists():
        mark.touch()
        pool._say = _half_said  # noqa: SLF001  (how a worker gives its next answer)
    return quick(record, request)


def _half_said(connection: Connection, message: object) -> None:
    said = pickle.dumps(message)
    os.write(connection.fileno(), pool.LENGTH.pack(len(said)) + said[: len(said) // 2])
    os.kill(os.getpid(), signal.SIGKILL)


def unlucky(record: Marked, request: Request) -> Made:
    """Be killed at one record, the first time only: as when somebody ends a worker that has done nothing wrong."""
    number = record.data["contract"]["number"]
    mark = Path(os.environ[LOG]).with_suffix(".unlucky")
    if number.endswith("-5") and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return quick(record, request)


def slow(record: Marked, request: Request) -> Made:
    """Take a twentieth of a second."""
    time.sleep(0.05)
    return quick(record, request)


def full(record: Marked, request: Request) -> Made:
    """Fill the disk at the tenth record, unless there has been made room."""

    def no_room(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if record.data["contract"]["number"].endswith("-10") and not Path(os.environ[LOG]).with_suffix(".room").exists():
        files._opened = no_room  # noqa: SLF001  (where files are written)
    return quick(record, request)


def vanishing(record: Marked, request: Request) -> Made:
    """Remove the output folder at the tenth record."""
    if record.data["contract"]["number"].endswith("-10"):
        shutil.rmtree(os.environ[OUT])
    return quick(record, request)


def real_but_slow(record: Marked, request: Request) -> Made:
    """Make the document as it is made, slowly; be killed at each third, the first time only."""
    time.sleep(0.04)
    number = record.data["contract"]["number"]
    mark = Path(os.environ[LOG]).with_name(f"killed-{number}")
    if number.endswith("3") and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    made = make_one(record, request)
    quick(record, request)
    return made


def failing(record: Marked, request: Request) -> Made:
    """Fail at the contract that the environment names."""
    if record.data["contract"]["number"] == os.environ.get("CONTRACTGEN_TEST_FAIL"):
        raise RuntimeError("no")
    return make_one(record, request)


def real_but_slow_alone(record: Marked, request: Request) -> Made:
    """Make the document as it is made, slowly."""
    time.sleep(0.2)
    quick(record, request)
    return make_one(record, request)
