"""A chunk of tasks on a worker of a cluster: the same pool as on one machine, with one process in it.

In: tasks and what they have in common, pickled, for an engine looks into everything else that it is given. Out: a
``Chunk``. So a record that crashes or hangs ends a process of ours and not the cluster's worker, is tried again alone
and is named, as on one machine. The process is kept for the next chunk. Nothing here depends on the engine.
"""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from multiprocessing import current_process

from contractgen.batch.fingerprint import fingerprint
from contractgen.batch.pool import LocalPool, Take
from contractgen.batch.work import Answer, Setting, Task
from contractgen.errors import ContractgenError, Place, Problem

IDLE = 600.0
"""Seconds after which processes of a batch that has not ended as it should are ended."""


@dataclass(frozen=True)
class Shared:
    """What all chunks of a batch share. ``id`` is the run's own; ``print`` must be the worker's fingerprint too."""

    id: str
    setting: Setting
    timeout: float
    print: bytes


@dataclass(frozen=True)
class Chunk:
    """The answers, in the order in which they were done; ``problems`` where no further task could be done.

    ``fresh``: the process was started for this chunk, so its seconds say little of the next.
    """

    answers: tuple[Answer, ...]
    seconds: float
    deaths: int
    problems: tuple[Problem, ...] = ()
    fresh: bool = False


@dataclass(slots=True)
class _Idle:
    batch: str
    pool: LocalPool
    since: float


_idle: list[_Idle] = []
_lock = threading.Lock()


def make_chunk(shared: bytes, tasks: bytes, worker: str = "") -> Chunk:
    """Do tasks with a process that no other thread of this worker is using. ``worker``: how messages call this one."""
    common: Shared = pickle.loads(shared)  # noqa: S301  (from the batch, as all code that a cluster runs)
    answers: list[Answer] = []
    start = time.monotonic()
    pool, before, fresh = None, 0, False
    try:
        pool = _kept(common.id)
        fresh = pool is None
        pool = pool or _hired(common, worker)
        before = pool.deaths
        answers.extend(pool.run(_giver(pickle.loads(tasks))))  # noqa: S301
    except ContractgenError as error:
        lost = 0
        if pool is not None:
            lost = pool.deaths - before
            pool.close()
        return Chunk(tuple(answers), time.monotonic() - start, lost, error.problems)
    with _lock:
        _idle.append(_Idle(common.id, pool, time.monotonic()))
    return Chunk(tuple(answers), time.monotonic() - start, pool.deaths - before, fresh=fresh)


def dismiss(batch: str) -> None:
    """End the processes of a batch on this worker, and those that a lost batch has left."""
    for one in _taken(lambda one: one.batch == batch or time.monotonic() - one.since > IDLE):
        one.pool.close()


def _giver(tasks: Sequence[Task]) -> Take:
    """Return what gives these tasks to a pool."""
    rest = iter(tasks)
    return lambda most: list(islice(rest, most))


def _kept(batch: str) -> LocalPool | None:
    """Return an idle process of this batch, if there is one."""
    with _lock:
        for one in _idle:
            if one.batch == batch:
                _idle.remove(one)
                return one.pool
    return None


def _hired(common: Shared, worker: str) -> LocalPool:
    """Return a new process, if this worker would make the same documents."""
    dismiss("")
    if fingerprint(common.setting, ()) != common.print:
        cause = "has another version of contractgen, of a package, of policies or of templates: its bytes may differ"
        raise ContractgenError.at(Place(worker), cause, "install the same on all workers, and give --data by one path")
    # Dask's nanny marks its workers as daemons, which Python does not let start processes, because it might leave
    # them behind. Ours end by themselves as soon as their parent is gone.
    current_process()._config["daemon"] = False  # type: ignore[attr-defined]  # noqa: SLF001
    return LocalPool(common.setting, 1, common.timeout)


def _taken(which: Callable[[_Idle], bool]) -> list[_Idle]:
    with _lock:
        found = [one for one in _idle if which(one)]
        for one in found:
            _idle.remove(one)
    return found
