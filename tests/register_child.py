"""Processes that use a register, for tests: several at once, or killed at a step."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg  # noqa: F401  (loaded once, before the processes part)

from contractgen import files
from contractgen.register import placing, store
from contractgen.register.entries import Entry, Made, Run, digest
from contractgen.register.store import Register
from register_samples import only_entries, request

CHUNK = 10


def busy(url: str) -> None:
    """Start four processes; each issues forty documents that nobody else asks for, and forty that all ask for."""
    children = []
    for worker in range(4):
        child = os.fork()
        if not child:
            work(url, worker)
            os._exit(0)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4


def work(url: str, worker: int) -> None:
    """Issue the documents of one process, a chunk at a time."""
    run = Run(f"worker {worker}", "Kim")
    with Register.open(url) as register:
        for at in range(0, 40, CHUNK):
            own = [request(f"{worker}-{number}") for number in range(at, at + CHUNK)]
            shared = [request(f"all-{number}") for number in range(at, at + CHUNK)]
            entries = only_entries(register.reserve([*own, *shared], run))
            done = [Made(entry, f"{entry.number}.pdf", digest(entry.number), 1) for entry in entries]
            only_entries(register.issue(done, run))


def content(entry: Entry) -> bytes:
    """Return the bytes of an entry's document: they depend on its input alone."""
    return f"{entry.number} {entry.input}".encode()


def issue(  # noqa: PLR0913  one parameter for each choice
    url: str, root: Path, contracts: range, run: Run, folder: str = "", at: Callable[[str], None] = lambda _: None
) -> None:
    """Issue one chunk into ``folder`` of ``root``, as ``batch`` does; ``at`` is told each step before it is taken."""
    with Register.open(url) as register:
        at("reserve")
        entries = only_entries(register.reserve([request(number) for number in contracts], run))
        written = []
        for entry in entries:
            at("write")
            written.append(placing.aside(root, f"{folder}{entry.number}.pdf", content(entry), entry))
        at("issue")
        only_entries(register.issue([item.made for item in written], run))
        for item in written:
            at("rename")
            placing.into_place(item)
        at("end")


class Killer:
    """Kills its own process, without a word, when a step is reached for the n-th time."""

    def __init__(self, step: str, count: int) -> None:
        self.step, self.count = step, count

    def __call__(self, step: str) -> None:
        self.count -= step == self.step
        if self.count == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def killed(url: str, root: str, *steps: str) -> None:
    """Start a process for each step (``write:3``) that issues three documents of its own and is killed there."""
    for index, step in enumerate(steps):
        child = os.fork()
        if not child:
            name, _, count = step.partition(":")
            killer = Killer(name, int(count))
            cut_short(name, killer)
            first = 10 * index + 1
            issue(url, Path(root), range(first, first + 3), Run("killed", "Kim"), f"{index}/", killer)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL, step


def cut_short(step: str, killer: Killer) -> None:
    """Kill in the middle of writing a file, or of the transaction that issues."""
    if step in WITHIN:
        owner, name = WITHIN[step]
        real = getattr(owner, name)

        def cut(*arguments: Any) -> Any:
            result = real(*arguments)
            killer(step)
            return result

        setattr(owner, name, cut)


WITHIN: dict[str, tuple[Any, str]] = {
    "half-written": (files, "_opened"),  # the file is there, its bytes are not
    "within-issue": (store._Sealing, "write"),  # noqa: SLF001  # the rows are written, the transaction is not ended
}

COMMANDS: dict[str, Callable[..., None]] = {"busy": busy, "killed": killed}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
