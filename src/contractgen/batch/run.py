"""A batch from its records to its results: who is asked, who is done already, who works, what became of each.

In: ``Order``. Out: files in the store, ``results.jsonl``, ``summary.json``, ``summary.txt`` and ``run.json``; and a
``Summary``. Raises ``ContractgenError`` where the batch could not go on; what was done until then is kept, and a
resumed run goes on from there.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from contractgen.batch.address import open_store
from contractgen.batch.fingerprint import fingerprint
from contractgen.batch.journal import PREVIOUS, RESULTS, InOrder, Journal
from contractgen.batch.names import OWN, folded
from contractgen.batch.objects import Objects
from contractgen.batch.planning import Plan, Planner
from contractgen.batch.pool import Executor, LocalPool
from contractgen.batch.results import Result, Summary, failed
from contractgen.batch.source import Item, Source
from contractgen.batch.store import Store, StoreFault
from contractgen.batch.survey import Survey, key, survey
from contractgen.batch.work import Answer, Task
from contractgen.errors import ContractgenError, Exit, InvalidData, OutputError, Place, Problem, UsageError
from contractgen.files import to_json, write_whole
from contractgen.register.entries import Run

if TYPE_CHECKING:
    from contractgen.batch.cluster import ClusterPool
    from contractgen.register.store import Register  # loads the database's library

REPORTS = (RESULTS, "summary.json", "summary.txt", "run.json")
FLUSH_EVERY = 0.5
"""Seconds after which results are handed to the system."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a batch. ``options``: further words on which all documents depend (the mapping).

    ``register`` and ``entered``, the run as it enters it, where numbers come from a register; ``folder`` is how it
    calls the output folder; ``once``: what another run has issued is skipped. ``out`` is the folder of the results, and
    of the documents unless these go to an object store. ``cluster``: the address of a scheduler whose workers make the
    documents.
    """

    source: Source
    planner: Planner
    out: Path | None
    jobs: int
    timeout: float
    resume: bool = False
    options: tuple[str, ...] = ()
    register: Register | None = None
    entered: Run | None = None
    folder: str = ""
    once: bool = False
    cluster: str = ""


class Batch:
    """One run. ``told`` hears of each result in the order of the records, ``total`` is known once it has begun."""

    def __init__(self, order: Order, told: Callable[[Result], None] = lambda _: None) -> None:
        self.order = order
        self.stopped = False
        self._told = told
        self._executor: Executor | None = None
        self._pool: LocalPool | ClusterPool | None = None

    def stop(self) -> None:
        """Finish the records that have begun and no others. May be called in a signal."""
        self.stopped = True
        if self._executor is not None:
            self._executor.stop()

    def run(self, begun: Callable[[int], None] = lambda _: None) -> Summary:
        """Do all records; ``begun`` is told how many there are."""
        order = self.order
        start = time.time()
        store = _prepared(order.out, order.planner.setting.out, resume=order.resume) if order.out else None
        with TemporaryDirectory(prefix="contractgen-") as scratch:
            journal = Journal(order.out, Path(scratch)) if order.out else None
            complete = False
            try:
                records = takewhile(lambda _: not self.stopped, order.source.records())
                found = survey(records, order.planner.note, tuple(map(folded, OWN)), Path(scratch))
                summary = Summary(found.total)
                if not self.stopped:
                    begun(found.total)
                    self._do(found, store, journal, summary)
                complete = summary.complete
                if complete and journal is not None and store is not None:
                    summary.leave(file for file in journal.left() if store.exists(file))
            finally:
                if journal is not None:
                    journal.close(complete=complete)
        if order.out and store:
            self._report(order.out, summary, start)
            _upload(order.out, store)
        return summary

    def _do(self, found: Survey, store: Store | None, journal: Journal | None, summary: Summary) -> None:
        """Settle every record, and count what became of it."""

        def hand_on(result: Result) -> None:
            if journal is not None:
                journal.put(result)
            summary.add(result)
            self._told(result)

        ordered = InOrder(hand_on)
        feed = _Feed(self, found, store, journal, ordered)
        executor = self._executor = self._hired(found, store)
        if self.stopped:
            executor.stop()
        flushed = time.monotonic()
        try:
            for result in executor.run(feed.take):
                ordered.add(_finished(result))
                if journal is not None and time.monotonic() - flushed > FLUSH_EVERY:
                    journal.flush()
                    flushed = time.monotonic()
        finally:
            executor.close()
            with suppress(StoreFault):  # the first fault is the one to tell
                ordered.rest()
        if not self.stopped and feed.seal != found.seal:
            cause = "the records changed while the batch was running"
            raise InvalidData.at(Place("PORTFOLIO"), cause, "run it once more with --resume")
        summary.complete = sum(summary.counts.values()) == found.total

    def _hired(self, found: Survey, store: Store | None) -> Executor:
        """Return what does the work: processes, behind a register if there is one."""
        order, planner = self.order, self.order.planner
        block = 0
        if order.cluster:
            from contractgen.batch.cluster import ClusterPool  # noqa: PLC0415  (an extra)

            self._pool = ClusterPool(order.cluster, planner.setting, order.timeout, store)
            block = self._pool.block
        else:
            self._pool = LocalPool(planner.setting, max(1, min(order.jobs, found.total)), order.timeout)
        if order.register is None or order.entered is None or store is None:
            return self._pool
        from contractgen.batch.numbering import BLOCK, Registered  # noqa: PLC0415  (loads the database's library)

        def path_of(task: Task, number: str) -> tuple[str, tuple[str, ...]]:
            return planner.path(planner.plan(Item(task.index, task.payload, b""), number), found.clashes)

        return Registered(
            self._pool, order.register, order.entered, store, f"{order.folder}/", path_of,
            lambda task: planner.setting.opener.place(task.payload), max(block, BLOCK), order.once,
        )  # fmt: skip

    def _report(self, out: Path, summary: Summary, start: float) -> None:
        """Write the summaries; times stand in a file of their own, for they differ from run to run."""
        seconds = time.time() - start
        done = sum(summary.counts.values())
        times = {
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start)),
            "seconds": round(seconds, 3),
            "records_a_second": round(done / seconds, 1) if seconds else 0,
            "workers": self._pool.jobs if self._pool else 0,
            "workers_lost": self._pool.deaths if self._pool else 0,
            "interrupted": self.stopped,
            "register_run": self.order.entered.id if self.order.entered else "",
            "command": sys.argv[1:],
        }
        for name, text in (
            ("summary.json", to_json(summary.data())),
            ("summary.txt", summary.text()),
            ("run.json", to_json(times)),
        ):
            try:
                write_whole(out / name, text.encode())
            except OutputError as fault:
                raise StoreFault(fault.problems) from fault


def _finished(answer: Answer) -> Result:
    """Return an answer as the result that it must be: nobody asks for numbers here."""
    if isinstance(answer, Result):
        return answer
    raise TypeError(f"record {answer.index} waits for a number, and there is no register")


class _Feed:
    """Walks through the records a second time and gives out those that are to be made; settles the others."""

    def __init__(
        self, batch: Batch, found: Survey, store: Store | None, journal: Journal | None, ordered: InOrder
    ) -> None:
        order = batch.order
        self._batch, self._found, self._store, self._journal, self._ordered = batch, found, store, journal, ordered
        self._planner, self._opener = order.planner, order.planner.setting.opener
        names = (order.planner.name.text, order.planner.number.text, *order.options)
        self._shared = fingerprint(order.planner.setting, names)
        self._items: Iterator[Item] = order.source.records()
        self._seal = sha256()

    @property
    def seal(self) -> bytes:
        """A hash of all records that were walked through."""
        return self._seal.digest()

    def take(self, most: int) -> Sequence[Task]:
        """Return the next tasks, at most so many; none if there are no more."""
        tasks: list[Task] = []
        while len(tasks) < most and not self._batch.stopped:
            item = next(self._items, None)
            if item is None:
                break
            self._seal.update(item.digest)
            settled = self._settled(item)
            if isinstance(settled, Result):
                self._ordered.add(settled)
            else:
                tasks.append(settled)
        return tasks

    def _settled(self, item: Item) -> Result | Task:
        """Return what becomes of a record without work, or the task."""
        plan = self._planner.plan(item)
        place = self._opener.place(item.payload)
        if plan.skip is not None:
            more = {"kind": plan.skip.kind, "why": plan.skip.why}
            return Result(item.index, place, "skipped", plan.contract, plan.vendor, more=more)
        if plan.identity and self._found.doubles and key(plan.identity) in self._found.doubles:
            return self._double(item, plan)
        input_ = sha256(self._shared + item.digest).hexdigest()
        known = self._journal.known(input_) if self._journal is not None else None
        if known is not None and self._stands(known):
            return replace(known, index=item.index, place=place)
        path, warnings = self._planner.path(plan, self._found.clashes)
        return Task(item.index, item.payload, input_, plan.number, path, warnings)

    def _double(self, item: Item, plan: Plan) -> Result:
        """Return the result of a contract that stands in several records: each would be taken for the whole."""
        place = Place(self._opener.place(item.payload))
        with suppress(ContractgenError):
            place = self._opener.entry(item.payload).record.place("contract", "number")
        cause = f"contract {plan.contract} of {plan.vendor} stands in several records"
        problem = Problem(place, cause, "write its lines into one record, or remove the double")
        named = {"contract": plan.contract, "vendor": plan.vendor}
        return failed(item.index, self._opener.place(item.payload), [problem], Exit.INVALID_DATA, **named)

    def _stands(self, known: Result) -> bool:
        """Whether what an earlier run has written is still there as it was."""
        if not known.file:
            return known.status == "refused"
        if self._store is None or not self._store.exists(known.file):
            return False
        return sha256(self._store.read(known.file)).hexdigest() == known.more.get("sha256")


def _prepared(out: Path, url: str, *, resume: bool) -> Store:
    """Return the store; it and the folder of results are new or empty, or those of a run that is to go on."""
    place = Place(str(out))
    try:
        out.mkdir(parents=True, exist_ok=True)
        full = any(out.iterdir())
    except OSError as fault:
        repair = "name a folder that you may write to"
        raise OutputError.at(place, f"cannot be the output folder: {fault.strerror}", repair) from fault
    ours = (out / RESULTS).exists() or (out / PREVIOUS).exists()
    if full and ours and not resume:
        cause = "holds the results of an earlier batch"
        raise UsageError.at(place, cause, "go on with --resume, or name another folder")
    if full and not ours:
        raise UsageError.at(place, "is not empty, and holds no results of a batch", "name an empty or a new folder")
    store = open_store(url)
    if isinstance(store, Objects):
        if not ours and not store.empty():
            cause = "is not empty, and the folder of results knows of no batch there"
            raise UsageError.at(Place(url), cause, "name an empty place, or the --state of the earlier run")
        store.put("run.json", b"{}\n")  # what may not be written to is told before any work is done
    return store


def _upload(out: Path, store: Store) -> None:
    """Put results and summaries beside the documents, where these are not in the same folder."""
    if isinstance(store, Objects):
        for name in REPORTS:
            store.upload(out / name, name)
