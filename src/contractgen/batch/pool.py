"""Processes that do the work of a batch, and go on when one of them dies or hangs.

In: a setting, and tasks as they are asked for. Out: an answer for each task, in the order in which they are done. Each
worker answers record by record, so when one dies it is known which record it was at: that record is tried once more,
alone, and named as failed if the worker dies again; the records behind it are given to others, those before it are done
and stay so. A record that takes longer than its time is failed, and its worker ended. Pools of the standard library
break (ProcessPoolExecutor) or wait for ever (multiprocessing.Pool) when a worker is killed, and none of the packages
that survive it tells a record within a chunk from its neighbours; hence this one. Workers are spawned, not forked: an
engine that has run in the parent may leave locks behind.
"""

from __future__ import annotations

import os
import pickle
import queue
import selectors
import signal
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Protocol

from contractgen.batch.results import Result, failed
from contractgen.batch.work import Answer, Setting, Task, Work
from contractgen.errors import ContractgenError, Exit, OutputError, Place, Problem

CHUNK_SECONDS = 0.25
"""How much work a chunk should hold."""
LARGEST_CHUNK = 128
AHEAD = 4096
"""How many records may be done before an earlier one is: what waits is kept in memory."""
GATHER = 0.005
"""Seconds that answers of quick records gather in the pipe before they are read; each is there as soon as it is done,
so when a worker dies it is still known which record it was at."""
AT_ONCE = 1 << 20
"""Bytes that are read at one go."""
POLL = 0.5
"""Seconds after which a call to stop is seen at the latest."""
DEATHS_AT_START = 3
GRACE = 10.0
"""Seconds for a worker to end by itself once there is nothing left to do."""

LENGTH = struct.Struct("!I")

Take = Callable[[int], Sequence[Task]]
"""Gives at most so many tasks; none if there are no more."""


class Executor(Protocol):
    """Something that does tasks: processes here, or a cluster."""

    def run(self, take: Take) -> Iterator[Answer]:
        """Yield an answer for each task. Raises ``ContractgenError`` where no further task could be done.

        May be called again once it has ended.
        """

    def stop(self) -> None:
        """Let ``run`` end soon: records that have begun are finished, no other is begun. May be called in a signal."""

    def close(self) -> None:
        """Let go of whatever does the work."""


# -------------------------------------------------------------------------------------------------------- the worker


def serve(connection: Connection, setting: Setting) -> None:
    """Do tasks until there are no more: the life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what a call to stop means
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    chunks: queue.SimpleQueue[Sequence[Task]] = queue.SimpleQueue()
    stopping = threading.Event()
    threading.Thread(target=_listen, args=(connection, chunks, stopping), daemon=True).start()
    try:
        work = Work(setting)
        _say(connection, None)  # ready
        while chunk := chunks.get():
            for task in chunk:
                if stopping.is_set():
                    return
                _say(connection, work(task))
    except ContractgenError as error:  # the setting or the store is at fault: no further task could be done
        _say(connection, error.problems)
    except (BrokenPipeError, ConnectionResetError):
        return  # the parent is gone


def _say(connection: Connection, message: object) -> None:
    """Send a message to the parent: its length, itself."""
    said = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    rest = memoryview(LENGTH.pack(len(said)) + said)
    while rest:
        rest = rest[os.write(connection.fileno(), rest) :]


def _listen(connection: Connection, chunks: queue.SimpleQueue[Sequence[Task]], stopping: threading.Event) -> None:
    """Receive in a thread of its own, so that neither side ever waits for the other to read."""
    try:
        while (chunk := connection.recv()) is not None:
            chunks.put(chunk)
            if not chunk:
                return
    except (EOFError, OSError):
        os._exit(Exit.ERROR)  # the parent is gone: nobody would hear of what is still done
    stopping.set()
    chunks.put(())


# -------------------------------------------------------------------------------------------------------- the parent


@dataclass(slots=True, eq=False)
class Worker:
    """A process, its pipe, what it has been given and not answered, and since when it is at the first of these."""

    process: Any
    connection: Connection
    tasks: deque[Task] = field(default_factory=deque)
    since: float = 0.0
    ready: bool = False
    torn: bytes = b""

    def messages(self) -> list[Any]:
        """Return all that it has said, at one go; raises ``EOFError`` or ``OSError`` if it is gone and has said all."""
        read = os.read(self.connection.fileno(), AT_ONCE)
        if not read:
            raise EOFError
        data, at, found = self.torn + read, 0, []
        while len(data) >= at + LENGTH.size:
            begin = at + LENGTH.size
            end = begin + LENGTH.unpack_from(data, at)[0]
            if len(data) < end:
                break
            found.append(pickle.loads(memoryview(data)[begin:end]))  # noqa: S301  (from a process of ours)
            at = end
        self.torn = data[at:]
        return found


class LocalPool:
    """Processes of this machine. ``timeout``: seconds that a record may take."""

    def __init__(self, setting: Setting, jobs: int, timeout: float) -> None:
        self._setting, self.jobs, self._timeout = setting, jobs, timeout
        self._context = get_context("spawn")
        self._workers: list[Worker] = []
        self._selector = selectors.DefaultSelector()
        self._again: deque[list[Task]] = deque()
        self._suspects: set[int] = set()
        self._pending: dict[int, None] = {}  # in the order of the records
        self._next = 0
        self._size, self._pace = 1, 0.0
        self._more, self._stopping, self._told = True, False, False
        self._fault: tuple[Problem, ...] = ()
        self._deaths_at_start = 0
        self.deaths = 0

    def run(self, take: Take) -> Iterator[Answer]:
        """Yield an answer for each task, in the order in which they are done."""
        self._more = True
        while True:
            self._feed(take)
            if self._stopping and not any(worker.tasks for worker in self._workers):
                break
            if not self._pending and not self._more:
                break
            yield from self._answers()
        if self._fault:
            raise OutputError(self._fault)

    def close(self) -> None:
        """End the workers: by themselves where nothing is left to do, else at once."""
        deadline = time.monotonic() + GRACE
        for worker in self._workers:
            self._send(worker, ())
        for worker in self._workers:
            worker.process.join(0.0 if worker.tasks else max(0.0, deadline - time.monotonic()))
            worker.process.kill()
            worker.process.join()
            worker.connection.close()
        self._workers.clear()
        self._selector.close()

    def stop(self) -> None:
        """Finish what has begun."""
        self._stopping = True

    def _feed(self, take: Take) -> None:
        """Give each worker enough to do, and one more chunk to have at hand."""
        if self._stopping:
            for worker in self._workers if not self._told else ():
                self._send(worker, None)
            self._told = True
            return
        self._hire()
        for worker in self._workers:
            alone = bool(self._suspects) and any(task.index in self._suspects for task in worker.tasks)
            while not alone and len(worker.tasks) <= self._size:
                chunk = self._chunk(take, busy=bool(worker.tasks))
                if not chunk:
                    break
                if not worker.tasks:
                    worker.since = time.monotonic()
                worker.tasks.extend(chunk)
                self._send(worker, chunk)
                alone = chunk[0].index in self._suspects

    def _chunk(self, take: Take, *, busy: bool) -> list[Task]:
        """Return what is to be done next; a suspect waits for a worker that has nothing else to do."""
        if self._again:
            return [] if busy and self._again[0][0].index in self._suspects else self._again.popleft()
        if not self._more or (self._pending and self._next - next(iter(self._pending)) > AHEAD):
            return []
        chunk = list(take(self._size))
        self._more = bool(chunk)
        self._pending.update(dict.fromkeys(task.index for task in chunk))
        self._next = chunk[-1].index if chunk else self._next
        return chunk

    def _hire(self) -> None:
        while len(self._workers) < self.jobs and (self._more or len(self._pending) > len(self._workers)):
            ours, theirs = self._context.Pipe()
            process = self._context.Process(target=serve, args=(theirs, self._setting), daemon=True)
            process.start()
            theirs.close()
            self._workers.append(Worker(process, ours, since=time.monotonic()))
            self._selector.register(ours, selectors.EVENT_READ, self._workers[-1])

    def _send(self, worker: Worker, message: object) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):  # its death is told by its end of the pipe
            worker.connection.send(message)

    def _answers(self) -> Iterator[Answer]:
        """Wait for answers and for the time of a record to run out."""
        busy = [worker for worker in self._workers if worker.tasks and worker.ready]
        now = time.monotonic()
        soonest = min((worker.since + self._timeout - now for worker in busy), default=POLL)
        heard = self._selector.select(max(0.0, min(soonest, POLL)))
        if heard and 0.0 < self._pace < GATHER:
            time.sleep(GATHER)
        for ready, _ in heard:
            yield from self._heard(ready.data)
        now = time.monotonic()
        for worker in [one for one in self._workers if one.ready and one.tasks and now - one.since > self._timeout]:
            yield from self._lost(worker, timed_out=True)

    def _heard(self, worker: Worker) -> Iterator[Answer]:
        try:
            messages = worker.messages()
        except (EOFError, OSError):
            yield from self._lost(worker)
            return
        now = time.monotonic()
        each = (now - worker.since) / max(1, len(messages))
        worker.since = now if messages else worker.since
        for message in messages:
            if isinstance(message, tuple):  # no further record could be done: let the others finish theirs
                self._fault, self._stopping = message, True
            elif message is None:
                worker.ready, self._deaths_at_start = True, 0
            else:
                self._settle(worker.tasks.popleft(), each)
                yield message

    def _settle(self, task: Task, seconds: float) -> None:
        del self._pending[task.index]
        self._suspects.discard(task.index)
        self._pace = seconds if not self._pace else 0.9 * self._pace + 0.1 * seconds
        self._size = max(1, min(LARGEST_CHUNK, int(CHUNK_SECONDS / max(self._pace, 1e-4))))

    def _lost(self, worker: Worker, *, timed_out: bool = False) -> Iterator[Result]:
        """Bury a worker: its record is tried once more or failed, the others go to somebody else."""
        if timed_out:
            worker.process.kill()
        worker.process.join()
        self._selector.unregister(worker.connection)
        worker.connection.close()
        self._workers.remove(worker)
        self.deaths += 1
        how = _how(worker.process.exitcode)
        if not worker.ready and not self._stopping:
            self._deaths_at_start += 1
            if self._deaths_at_start >= DEATHS_AT_START:
                cause = f"{self._deaths_at_start} workers ended before they could begin ({how})"
                raise OutputError.at(Place("--jobs"), cause, "is there memory enough? try fewer jobs")
        tasks = [] if self._stopping else list(worker.tasks)
        if tasks and worker.ready:
            first = tasks.pop(0)
            if timed_out or first.index in self._suspects:
                del self._pending[first.index]
                self._suspects.discard(first.index)
                cause = f"its worker ended twice while it was made ({how})"
                yield given_up(self._setting, first, "" if timed_out else cause, self._timeout)
            else:
                self._suspects.add(first.index)
                self._again.appendleft([first])
        if tasks:
            self._again.append(tasks)


def given_up(setting: Setting, task: Task, cause: str, timeout: float) -> Result:
    """Return the failure of a record that ended its workers, and how; that took too long, if no cause is given."""
    opener = setting.opener
    place = opener.place(task.payload)
    repair = "make it by itself: contractgen render"
    if not cause:
        cause = f"was not done within {timeout:g} seconds, and was ended"
        repair = "give it more time (--timeout), or look at the record"
    named = {
        "contract": opener.text(task.payload, "contract.number"),
        "vendor": opener.text(task.payload, "vendor"),
        "input": task.input,
    }
    return failed(task.index, place, [Problem(Place(place), cause, repair)], Exit.ERROR, **named)


def _how(code: int | None) -> str:
    """Say how a process ended."""
    if code is not None and code < 0:
        with suppress(ValueError):
            name = signal.Signals(-code).name
            return f"signal {name}" + (", as when memory runs out" if name == "SIGKILL" else "")
    return f"exit code {code}"
