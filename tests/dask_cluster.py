"""A Dask cluster on the loopback for tests: a scheduler and workers as processes, without dashboards."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TESTS = Path(__file__).parent


@dataclass
class Cluster:
    """Its address, and the processes of its workers. ``log``: what they say."""

    address: str
    folder: Path
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a worker."""
        more = arguments or ("--no-nanny",)
        self.workers.append(_started(self.folder, "worker", self.address, "--no-dashboard", "--nthreads", "1", *more))
        return self.workers[-1]

    def replace_one(self) -> None:
        """Kill a worker, and start another."""
        kill(next(worker for worker in self.workers if worker.poll() is None))
        self.add()


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """Start a scheduler and workers; end them all. ``CONTRACTGEN_TEST_LOG`` of the environment reaches the workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    scheduler = _started(folder, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    found = Cluster(f"tcp://127.0.0.1:{port}", folder, scheduler)
    try:
        for _ in range(workers):
            found.add()
        yield found
    finally:
        for process in (*found.workers, scheduler):
            process.terminate()
        for process in (*found.workers, scheduler):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                kill(process)


def _started(folder: Path, command: str, *arguments: str) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH"))))
    with (folder / f"{command}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", command, *arguments],
            cwd=folder, env={**os.environ, "PYTHONPATH": path}, stdout=log, stderr=log,
        )  # fmt: skip
