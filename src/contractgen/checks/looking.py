"""One document of one vendor looked at by itself: the unit of work that helpers of another process take over.

In: folders of data, a vendor, a document. Out: ``Looked``, plain data that travels between processes. ``Helpers`` hands
such work to other processes where it is long enough to be worth their start, and does it here where it is not.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from contractgen.checks.fields import check_fields, of_combinations
from contractgen.checks.findings import Finding
from contractgen.checks.witness import Witnesses, attempts
from contractgen.errors import OutputError, Place
from contractgen.library import Library, library
from contractgen.policy import Policy

LONG = 300
"""A document with more records to be tried than this is worth the start of other processes."""

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of the records of one document."""

    tried: int
    untried: int
    findings: tuple[Finding, ...]
    read: frozenset[str]
    lines: frozenset[str]
    records: Mapping[Facts, Mapping[str, Any]]


def look(books: Library, vendor: str, document: str, wanted: Collection[Facts]) -> Looked:
    """Try the records of one document; ``wanted`` are combinations of facts to find a record for."""
    witnesses = Witnesses(books.policy(vendor, Place("--vendor")))
    combined = of_combinations(witnesses, document, books.outline(document))
    cases = [*witnesses.of(document)]
    known = {id(case) for case in cases}
    cases += [case for case in combined.values() if case is not None and id(case) not in known]
    findings = tuple(check_fields(witnesses, document, cases, books))
    found = {facts: witnesses.find(document, dict(facts)) for facts in wanted}
    return Looked(
        tried=len(cases) + len(witnesses.failed(document)),
        untried=sum(case is None for case in combined.values()),
        findings=findings,
        read=frozenset().union(*(case.terms.read for case in cases)),
        lines=frozenset(entry.label for case in cases for entry in case.terms.lists.get("price_lines", ())),
        records={facts: case.data for facts, case in found.items() if case is not None},
    )


def _look_there(folders: tuple[Path, ...], vendor: str, document: str, wanted: Collection[Facts]) -> Looked:
    gc.disable()  # the process is short-lived, and what it keeps is no rubbish
    return look(library(folders), vendor, document, wanted)


class Helpers:
    """Other processes, started when the first long work comes; at most ``jobs`` at once."""

    def __init__(self, books: Library, jobs: int) -> None:
        self.books = books
        self.jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=kind is None, cancel_futures=True)

    def look(self, policy: Policy, document: str, wanted: Collection[Facts]) -> Callable[[], Looked]:
        """Begin to look at a document; the function returned waits for the outcome."""
        if self.jobs < 2 or not _is_long(policy, document):  # noqa: PLR2004
            return partial(look, self.books, policy.vendor, document, wanted)
        if self._pool is None:  # spawned: a fork would copy threads' locks
            self._pool = ProcessPoolExecutor(self.jobs, mp_context=get_context("spawn"))
        folders = self.books.folders[:-1]
        return partial(_outcome, self._pool.submit(_look_there, folders, policy.vendor, document, wanted))


def _is_long(policy: Policy, document: str) -> bool:
    return next(islice(attempts(policy, document), LONG, None), None) is not None


def _outcome(future: Future[Looked]) -> Looked:
    try:
        return future.result()
    except BrokenProcessPool:
        cause = "a process that helped to check was ended from outside"
        raise OutputError.at(Place("check"), cause, "free some memory, or check one --vendor after the other") from None
