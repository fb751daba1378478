"""A Dask cluster does the work of a batch: chunks of records go out, answers come back, whoever dies meanwhile.

In: the address of a scheduler, a setting, tasks as they are asked for. Out: an answer for each task. Workers write the
documents into the folder or store that all of them reach; the parent alone writes results and register. A chunk whose
worker is lost is done again by another; as the same record gives the same file, nothing is made twice that could be
told from once. A chunk that is lost again and again is taken apart: its records go alone, one at a time, so that the
one at fault is named and no other. Chunks hold some seconds of work, against some milliseconds that the engine takes.
"""

from __future__ import annotations

import pickle
import queue
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from contractgen.batch.chunks import Chunk, Shared, dismiss, make_chunk
from contractgen.batch.fingerprint import fingerprint
from contractgen.batch.pool import POLL, Take, given_up
from contractgen.batch.results import Result
from contractgen.batch.store import Store
from contractgen.batch.work import Answer, Setting, Task
from contractgen.errors import OutputError, Place

CHUNK_SECONDS = 2.0
"""How much work a chunk should hold."""
FIRST_CHUNK, LARGEST_CHUNK = 8, 256
AHEAD = 2
"""Chunks that a thread of a worker has been given: one to do, one at hand."""
BLOCK_PER_SLOT = 4 * LARGEST_CHUNK
"""Records for each thread of the cluster that are numbered together, so that few wait for the last of a block."""
CONNECT = "15s"
GONE = "is it running? start it, then go on with --resume"
WAIT = 60.0
"""Seconds without any worker after which the batch stops."""


class ClusterPool:
    """The workers of a scheduler. ``timeout``: seconds that a record may take; ``store``: the parent's view of it."""

    def __init__(self, address: str, setting: Setting, timeout: float, store: Store | None) -> None:
        self._place = Place(f"--cluster {address}")
        self._client, self._lost = _connected(address, self._place)
        self._setting, self._timeout, self._store = setting, timeout, store
        self._id = uuid4().hex
        self._shared = pickle.dumps(Shared(self._id, setting, timeout, fingerprint(setting, ())))
        self._ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._flying: dict[Any, Sequence[Task]] = {}
        self._alone: deque[Task] = deque()
        self._size, self._pace, self._count = FIRST_CHUNK, 0.0, 0
        self._more, self._stopping = True, False
        self._seen_worker = time.monotonic()
        self._known: set[str] = set()
        self.deaths = 0
        self.jobs = self._slots()
        self.block = BLOCK_PER_SLOT * max(1, self.jobs)

    def run(self, take: Take) -> Iterator[Answer]:
        """Yield an answer for each task, in the order in which chunks are done."""
        self._more = True
        while True:
            self._feed(take)
            if not self._flying and (self._stopping or not (self._more or self._alone)):
                break
            try:
                future = self._ended.get(timeout=POLL)
            except queue.Empty:
                self._check()
                continue
            yield from self._heard(future)

    def stop(self) -> None:
        """Give out no further chunk; those that are given out are finished."""
        self._stopping = True

    def close(self) -> None:
        """Take back what is not done, let workers end their processes, and leave the cluster as it was."""
        try:
            for future in self._flying:
                future.cancel()
            if self._client.status == "running":
                self._client.run(dismiss, self._id, on_error="ignore")
        except (OSError, TimeoutError, RuntimeError, ValueError, CancelledError):
            pass  # whoever is gone has nothing to let go of
        finally:
            self._client.close()

    def _feed(self, take: Take) -> None:
        """Keep every thread of the cluster supplied; a record under suspicion goes when nothing else is under way."""
        if self._stopping:
            return
        if self._alone:
            if not self._flying:
                self._send([self._alone.popleft()])
            return
        most = AHEAD * max(1, self._slots())
        while self._more and len(self._flying) < most:
            chunk = list(take(self._size))
            self._more = bool(chunk)
            if chunk:
                self._send(chunk)

    def _send(self, tasks: Sequence[Task]) -> None:
        self._count += 1
        with self._reaching():
            future = self._client.submit(
                _make, self._shared, pickle.dumps(tasks), key=f"contractgen-{self._id}-{self._count}", pure=False,
                priority=-self._count,
            )  # fmt: skip
        self._flying[future] = tasks
        future.add_done_callback(self._ended.put)

    def _heard(self, future: Any) -> Iterator[Answer]:
        tasks = self._flying.pop(future)
        if future.status == "finished":
            with self._reaching():
                worker, chunk = future.result(timeout=WAIT)
            yield from self._answered(worker, chunk)
            return
        if future.status != "error":
            raise self._fault("the scheduler has given up the work", GONE)
        with self._reaching():
            fault = future.exception(timeout=WAIT)
        if not isinstance(fault, self._lost):
            cause = f"a worker cannot do the work: {type(fault).__name__}: {fault}"
            raise self._fault(cause, "install the same contractgen on all workers, with the same extras")
        self.deaths += 1
        if len(tasks) > 1:
            self._alone.extend(tasks)
        else:
            cause = "workers of the cluster ended again and again while it was made alone"
            yield given_up(self._setting, tasks[0], cause, self._timeout)

    def _answered(self, worker: str, chunk: Chunk) -> Iterator[Answer]:
        self.deaths += chunk.deaths
        if chunk.answers and not chunk.fresh:
            pace = chunk.seconds / len(chunk.answers)
            self._pace = 0.5 * self._pace + 0.5 * pace if self._pace else pace
            self._size = max(1, min(LARGEST_CHUNK, 4 * self._size, int(CHUNK_SECONDS / max(self._pace, 1e-4))))
        for answer in chunk.answers:
            if worker not in self._known and isinstance(answer, Result):
                self._same_store(worker, answer)
            yield answer
        if chunk.problems:
            raise OutputError(chunk.problems)

    def _same_store(self, worker: str, result: Result) -> None:
        """See that what a worker has written first is where the parent looks for it."""
        written = result.aside or (result.file if "sha256" in result.more else "")
        if self._store is None or not written:
            return
        self._known.add(worker)
        if not self._store.exists(written):
            cause = f"{worker} writes to a folder of its own machine"
            raise OutputError.at(Place("--out"), cause, "name a folder that all share, or an object store")

    def _slots(self) -> int:
        with self._reaching():
            return sum(self._client.nthreads().values())

    def _check(self) -> None:
        """Raise if nobody is there to do the work."""
        now = time.monotonic()
        if self._client.status != "running":
            raise self._fault("the scheduler is gone", GONE)
        if self._slots():
            self._seen_worker = now
        elif now - self._seen_worker > WAIT:
            raise self._fault(f"has had no worker for {WAIT:g} seconds", "start workers, then go on with --resume")

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Turn what the engine raises when its scheduler is gone into a fault; it has many classes for that."""
        try:
            yield
        except (OSError, TimeoutError, RuntimeError, ValueError, CancelledError) as fault:
            raise self._fault(f"the scheduler is gone: {type(fault).__name__}: {fault}", GONE) from fault

    def _fault(self, cause: str, repair: str) -> OutputError:
        return OutputError.at(self._place, cause, repair)


def _make(shared: bytes, tasks: bytes) -> tuple[str, Chunk]:
    """Do a chunk on a worker, and say which it was."""
    from distributed import get_worker  # noqa: PLC0415  (an extra)

    address = str(get_worker().address)
    return address, make_chunk(shared, tasks, address)


def _connected(address: str, place: Place) -> tuple[Any, type[Exception]]:
    """Return a client of the scheduler, and what it raises for work whose workers were lost."""
    try:
        from distributed import Client, KilledWorker  # noqa: PLC0415  (an extra)
    except ImportError:
        repair = 'pip install "contractgen[cluster]"'
        raise OutputError.at(place, "needs the package distributed", repair) from None
    try:
        make: Any = Client  # its constructor has no types
        client: Any = make(address, timeout=CONNECT, set_as_default=False)
    except (OSError, TimeoutError, ValueError, ImportError) as fault:
        repair = "is the scheduler running, and is this its address? for instance tcp://scheduler:8786"
        raise OutputError.at(place, f"the scheduler cannot be reached: {fault}", repair) from fault
    try:
        client.wait_for_workers(1, timeout=CONNECT)
        client.get_versions(check=True)
    except TimeoutError:
        client.close()
        raise OutputError.at(place, "has no workers", f"start some: dask worker {address}") from None
    except ValueError as fault:
        client.close()
        cause = f"versions differ between here, scheduler and workers: {' '.join(str(fault).split())}"
        raise OutputError.at(place, cause, "install the same constraints.txt everywhere") from fault
    return client, KilledWorker
