"""A batch through a register: numbers before the documents are made, rows before their files get their names.

In: an executor and a register. Out: ``Registered``, an executor in front of it. Records go in blocks: workers say what
the register must know, the parent reserves in the order of the records, workers make the documents and write them
aside, the parent issues them and gives the files their names. So numbers go to documents that can be made and to no
others, they do not depend on who works at what, and the parent alone writes to the register, many rows in a
transaction. Whatever ends the batch, a row without a file or a file without a row is settled by ``register repair``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from contractgen.batch.pool import Executor, Take
from contractgen.batch.results import Result, failed
from contractgen.batch.store import Store
from contractgen.batch.work import Answer, Ready, Task
from contractgen.errors import ContractgenError, Exit, Place, Problem
from contractgen.register.entries import Entry, Made, Request, Run, State
from contractgen.register.store import Register

BLOCK = 512
"""Records that are asked, reserved and made together."""
ISSUED_TOGETHER = 128
ISSUED_AFTER = 0.5
"""Documents, or seconds, after which finished files are issued in one transaction."""

PathOf = Callable[[Task, str], tuple[str, tuple[str, ...]]]
"""Returns the file of a task by its number, and warnings."""


@dataclass(slots=True)
class Registered:
    """An executor that asks a register. ``folder``: how the register calls the output folder; ends in a slash."""

    executor: Executor
    register: Register
    run_: Run
    store: Store
    folder: str
    path_of: PathOf
    place_of: Callable[[Task], str]
    block: int = BLOCK
    once: bool = False
    stopped: bool = False
    _tasks: dict[int, Task] = field(default_factory=dict)

    def run(self, take: Take) -> Iterator[Answer]:
        """Yield a result for each task, block by block."""
        while not self.stopped and (block := _taken(take, self.block)):
            yield from self._block(block)

    def stop(self) -> None:
        """Finish the records that have begun."""
        self.stopped = True
        self.executor.stop()

    def close(self) -> None:
        """Let go of the workers and of the database."""
        try:
            self.executor.close()
        finally:
            self.register.close()

    def _block(self, block: Sequence[Task]) -> Iterator[Result]:
        tasks = {task.index: task for task in block}
        ready: dict[int, Ready] = {}
        for answer in self.executor.run(_taker(block)):
            if isinstance(answer, Ready):
                ready[answer.index] = answer
            else:
                yield answer
        if self.stopped:
            return  # nothing is reserved for what will not be made
        order = sorted(ready)
        numbered: dict[int, Task] = {}
        requests = [ready[index].request for index in order]
        for index, request, entry in zip(
            order, requests, self.register.reserve(requests, self.run_, once=self.once), strict=True
        ):
            if isinstance(entry, Problem):
                yield self._failed(tasks[index], entry)
                continue
            path, warnings = self.path_of(tasks[index], entry.number)
            if self._is_done(request, entry, path):
                yield self._issued_before(tasks[index], entry)
            else:
                numbered[index] = replace(tasks[index], entry=entry, number=entry.number, file=path, warnings=warnings)
        yield from self._make(numbered)

    def _make(self, numbered: dict[int, Task]) -> Iterator[Result]:
        """Make what has a number, issue it, and make void what could not be made."""
        left, done, since = dict(numbered), list[Result](), time.monotonic()
        try:
            for answer in self.executor.run(_taker(list(numbered.values()))):
                if isinstance(answer, Result):
                    done.append(answer)
                if len(done) >= ISSUED_TOGETHER or time.monotonic() - since > ISSUED_AFTER:
                    yield from self._issue(done, left)
                    done, since = [], time.monotonic()
        except ContractgenError:
            yield from self._issue(done, left)
            self._void({task.entry.id: "the batch could not go on" for task in left.values() if task.entry})
            raise
        yield from self._issue(done, left)
        self._void({task.entry.id: "the batch was stopped" for task in left.values() if task.entry})

    def _issue(self, done: Iterable[Result], left: dict[int, Task]) -> Iterator[Result]:
        """Record finished files, then give them their names; say of those that failed why their number is void."""
        finished: list[tuple[Result, Task, Made]] = []
        reasons: dict[int, str] = {}
        others: list[Result] = []
        for result in done:
            task = left.pop(result.index)
            if result.aside and task.entry is not None:
                path = self.folder + result.file
                finished.append((result, task, Made(task.entry, path, result.more["sha256"], result.more["bytes"])))
            else:
                others.append(result)
                if task.entry is not None and task.entry.state is not State.ISSUED:
                    reasons[task.entry.id] = _reason(result)
        self._void(reasons)
        yield from others
        answers = self.register.issue([made for _, _, made in finished], self.run_) if finished else ()
        for (result, task, _), answer in zip(finished, answers, strict=True):
            if isinstance(answer, Problem):
                self.store.drop(result.aside)
                yield self._failed(task, answer)
            else:
                self.store.settle(result.aside, result.file)
                yield replace(result, aside="")

    def _is_done(self, request: Request, entry: Entry, path: str) -> bool:
        """Whether there is nothing to make, as each document is wanted once; one cut off in this folder goes on."""
        here = entry.input == request.input and entry.path == self.folder + path
        return self.once and entry.state is State.ISSUED and entry.run != self.run_.id and not here

    def _issued_before(self, task: Task, entry: Entry) -> Result:
        why = f"{entry.number} was issued at {entry.at} as {entry.path}"
        more = {"kind": "issued before", "why": why, "number": entry.number}
        return Result(task.index, self.place_of(task), "skipped", entry.contract, entry.vendor, more=more)

    def _void(self, reasons: dict[int, str]) -> None:
        if reasons:
            self.register.void(reasons, self.run_)

    def _failed(self, task: Task, problem: Problem) -> Result:
        place = self.place_of(task)
        told = replace(problem, place=Place(place), cause=f"{problem.place} {problem.cause}")
        return failed(task.index, place, [told], Exit.INVALID_DATA, input=task.input)


def _taken(take: Take, most: int) -> list[Task]:
    """Return the next tasks, as many as asked for unless there are no more."""
    tasks: list[Task] = []
    while len(tasks) < most and (found := take(most - len(tasks))):
        tasks.extend(found)
    return tasks


def _taker(tasks: Sequence[Task]) -> Take:
    """Return what gives these tasks to an executor."""
    rest = iter(tasks)
    return lambda most: list(islice(rest, most))


def _reason(result: Result) -> str:
    problems = result.more.get("problems") or [{"cause": "could not be made"}]
    return str(problems[0]["cause"])
