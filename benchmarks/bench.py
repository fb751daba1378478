"""How fast it is: ours beside others on the same content, in one table of milliseconds and ratios from one run.

Ours goes the whole way for each of many different records: checking the record's data, rules, figures, selection,
words, the file with its record, trace and hashes inside, bytes on disk. The others begin with finished words and
values. Both take turns, some records each, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import quantiles

from others import (
    Office,
    docxtpl_job,
    page_of,
    plain_template_of,
    plain_values_of,
    template_of,
    values_of,
    weasyprint_job,
)
from records import LETTER, SERVICES, first, records

from contractgen.api import compose, decide
from contractgen.compiled import Press, Printed
from contractgen.contract import make_contract
from contractgen.files import Marked, write_whole
from contractgen.library import library
from contractgen.selection import Refusal
from contractgen.tree import Document

WARM = 4
"""Rounds that do not count: a press compiles its forms in them, engines load."""

BLOCK = 16
"""Records that one makes in a row before it is the other's turn, as a batch does: its caches are warm. Of PDF, which
takes a hundred times as long, one: the machine may be slower for some seconds, and then is so for both."""

TURNS = 3
"""How often one process and two take turns."""

Job = Callable[[int], object]
Work = Callable[[int, Callable[[], object]], None]
Case = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what is compared, milliseconds of each, and the ratio that is aimed at."""

    name: str
    ours: float
    other: str
    others: float
    goal: float

    def __str__(self) -> str:
        ratio = self.others / self.ours
        met = "yes" if ratio >= self.goal else "no"
        return (
            f"| {self.name:<31} | {self.ours:>8.2f} | {self.other:<28} | {self.others:>8.2f} | {ratio:>6.1f} "
            f"| {self.goal:>5.1f} | {met:<3} |"
        )


HEAD = (
    f"| {'work':<31} | {'ours, ms':>8} | {'beside':<28} | {'its ms':>8} | {'ratio':>6} | {'goal':>5} | met |\n"
    f"|{'-' * 33}|{'-' * 9}:|{'-' * 30}|{'-' * 9}:|{'-' * 7}:|{'-' * 6}:|-----|"
)


class Bench:
    """Runs the comparisons; files go to a folder of its own."""

    def __init__(self, folder: Path, rounds: int, clock: Callable[[], float]) -> None:
        self.folder = folder
        self.rounds = rounds
        self.clock = clock
        self.books = library()
        self.files = 0

    def in_turns(
        self, *jobs: Job, rounds: int = 0, block: int = BLOCK, clock: Callable[[], float] | None = None
    ) -> list[float]:
        """Return the milliseconds of each job, done in turns, a record in each round: a quarter took less."""
        clock = clock or self.clock
        times: list[list[float]] = [[] for _ in jobs]
        gc.collect()
        gc.freeze()  # what was prepared for the others is no part of anybody's work
        count = (rounds or self.rounds) + WARM
        for begin in range(0, count, block):
            for job, found in zip(jobs, times, strict=True):
                gc.collect()  # nobody pays for what the other left behind
                for number in range(begin, min(begin + block, count)):
                    start = clock()
                    job(number)
                    found.append((clock() - start) * 1000)
        return [quantiles(found[WARM:], n=4)[0] for found in times]  # other work on the machine only adds

    def file(self, number: int, extension: str) -> Path:
        """Return a name that no file has yet: to replace one takes longer than to make one."""
        self.files += 1
        return self.folder / f"{self.files}-{number}.{extension}"

    def given(self, case: Case, rounds: int = 0) -> list[Marked]:
        """Return a record for each round."""
        return first(case[0], (rounds or self.rounds) + WARM)

    def documents(self, case: Case, locale: str, given: list[Marked]) -> Iterator[Document]:
        """Yield the tree of each record's document, for the templates and pages of the others."""
        chosen = (decide(make_contract(marked), case[1], self.books) for marked in given)
        return (compose(one, locale, self.books) for one in chosen if not isinstance(one, Refusal))

    def ours(self, case: Case, locale: str, extension: str, engine: str, given: list[Marked]) -> Job:
        """Return the whole way from a record's data to a file."""
        press = Press(self.books, case[1], extension, engine)

        def job(number: int) -> None:
            made = press.make(make_contract(given[number]), locale)
            if isinstance(made, Printed):
                write_whole(self.file(number, extension), made.content)

        return job

    # ------------------------------------------------------------------------------------------------------ lines

    def docx(self, name: str, case: Case, locale: str, goal: float, *, plain: bool = False) -> Line:
        """DOCX beside docxtpl, which makes the same document, or a ``plain`` one with the same words."""
        given = self.given(case)
        template = self.folder / "template.docx"
        begin, fill = (plain_template_of, plain_values_of) if plain else (template_of, values_of)
        begin(next(self.documents(case, locale, given)), template)
        values = [fill(document) for document in self.documents(case, locale, given)]
        ours, other = self.in_turns(
            self.ours(case, locale, "docx", "", given),
            lambda number: docxtpl_job(template, values[number], self.file(number, "docx")),
        )
        return Line(name, ours, f"docxtpl, {'plain' if plain else 'the same'} document", other, goal)

    def pdf(self, name: str, case: Case, locale: str, engine: str, goal: float) -> Line:
        """PDF by one of our engines beside plain WeasyPrint."""
        rounds = max(5, self.rounds // 10)
        given = self.given(case, rounds)
        pages = [page_of(document) for document in self.documents(case, locale, given)]
        ours, other = self.in_turns(
            self.ours(case, locale, "pdf", engine, given),
            lambda number: weasyprint_job(pages[number], self.file(number, "pdf")),
            rounds=rounds,
            block=1,
        )
        return Line(name, ours, "WeasyPrint, plain", other, goal)

    def office(self, name: str, case: Case, locale: str, goal: float) -> Line:
        """PDF by Typst beside LibreOffice, which converts our DOCX of the same record."""
        rounds = max(5, self.rounds // 10)
        given = self.given(case, rounds)
        press = Press(self.books, case[1], "docx")
        sources = [self.folder / f"{number}.docx" for number in range(len(given))]
        for source, marked in zip(sources, given, strict=True):
            made = press.make(make_contract(marked), locale)
            source.write_bytes(made.content if isinstance(made, Printed) else b"")
        with Office() as open_office:
            ours, other = self.in_turns(
                self.ours(case, locale, "pdf", "typst", given),
                lambda number: open_office.convert(sources[number], self.file(number, "pdf")),
                rounds=rounds,
                block=1,
                clock=time.perf_counter,  # it works in a process of its own
            )
        return Line(name, ours, "LibreOffice, kept open", other, goal)

    def rules(self, name: str, case: Case, goal: float) -> Line:
        """Rules, figures and selection of a checked record, beside one millisecond."""
        contracts = [make_contract(marked) for marked in self.given(case)]
        (ours,) = self.in_turns(lambda number: decide(contracts[number], case[1], self.books))
        return Line(name, ours, "a millisecond", 1.0, goal)

    def workers(self, name: str, goal: float) -> Line:
        """Two processes beside one, each with its own press; time for a letter of both together."""
        return self._two_beside_one(name, _letters, "one worker", goal)

    def ceiling(self, name: str) -> Line:
        """Two processes of bare arithmetic beside one: what this machine's second core is worth."""
        return self._two_beside_one(name, _arithmetic, "one process", 1)

    def _two_beside_one(self, name: str, work: Work, beside: str, goal: float) -> Line:
        count = self.rounds * 20
        times = [[_together(work, count // number, number) / count * 1000 for number in (1, 2)] for _ in range(TURNS)]
        one, two = (min(found) for found in zip(*times, strict=True))
        return Line(name, two, beside, one, goal)

    def memory(self, name: str, count: int, goal: float) -> str:
        """Peak memory for ``count`` records and for ten times as many, each in a new process."""
        small, large = (_peak(number) for number in (count, 10 * count))
        met = "yes" if large / small <= goal else "no"
        beside = f"{count:,} records, MiB"
        return (
            f"| {name:<31} | {large:>8.1f} | {beside:<28} | {small:>8.1f} | {large / small:>6.2f} | {goal:>5.1f} "
            f"| {met:<3} |"
        )


def make_many(press: Press, count: int, folder: Path) -> None:
    """Make ``count`` letters into files, as a worker does."""
    for number, marked in enumerate(records(LETTER[0], count)):
        made = press.make(make_contract(marked), "ko")
        if isinstance(made, Printed):
            write_whole(folder / f"{number}.docx", made.content)


def _letters(count: int, wait: Callable[[], object]) -> None:
    """Make letters, between two calls of ``wait``."""
    press = Press(library(), LETTER[1], "docx")
    with tempfile.TemporaryDirectory() as folder:
        make_many(press, WARM, Path(folder))
        wait()
        make_many(press, count, Path(folder))
        wait()


def _arithmetic(count: int, wait: Callable[[], object]) -> None:
    """Count, between two calls of ``wait``, for about as long as the letters take."""
    wait()
    for _ in range(count):
        sum(range(100_000))
    wait()


def _together(work: Work, count: int, workers: int) -> float:
    """Return the seconds that ``workers`` processes take for ``count`` pieces of work each, without start and end."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(workers + 1)
    processes = [context.Process(target=work, args=(count, barrier.wait)) for _ in range(workers)]
    for process in processes:
        process.start()
    barrier.wait()
    start = time.perf_counter()
    barrier.wait()
    taken = time.perf_counter() - start
    for process in processes:
        process.join()
    return taken


def _peak(count: int) -> float:
    """Return the peak memory, in MiB, of a new process that makes ``count`` documents."""
    command = [sys.executable, __file__, "--peak", str(count)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def peak(count: int) -> None:
    """Make documents and print this process's peak memory, in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        make_many(Press(library(), LETTER[1], "docx"), count, Path(folder))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=160, help="documents of a line; PDF takes a tenth of them")
    parser.add_argument("--only", default="", help="only lines whose name holds this")
    parser.add_argument("--cpu", action="store_true", help="processor time instead of time, for a busy machine")
    parser.add_argument("--records", type=int, default=1000, help="records of the smaller run for memory")
    parser.add_argument("--peak", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        peak(options.peak)
        return
    names = ("docxtpl", "weasyprint", "typst", "python-docx")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    load = ""
    with suppress(OSError):
        load = f", load {os.getloadavg()[0]:.1f}"
    clock = "processor time" if options.cpu else "time"
    print(f"Python {sys.version.split()[0]}, {versions}; {os.cpu_count()} cores{load}; {clock}\n\n{HEAD}")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), options.rounds, time.process_time if options.cpu else time.perf_counter)
        for name, measure in lines(bench, options.records).items():
            if options.only in name:
                print(measure(name), flush=True)


def lines(bench: Bench, count: int) -> dict[str, Callable[[str], object]]:
    """Return every line of the table: its name and how it is measured."""
    return {
        "DOCX letter, ko": lambda name: bench.docx(name, LETTER, "ko", 15),
        "DOCX letter, fa": lambda name: bench.docx(name, LETTER, "fa", 15),
        "DOCX letter, en": lambda name: bench.docx(name, LETTER, "en", 15),
        "DOCX letter, ko, plain": lambda name: bench.docx(name, LETTER, "ko", 1, plain=True),
        "DOCX SDD of five pages, ko": lambda name: bench.docx(name, SERVICES, "ko", 8),
        "PDF letter, WeasyPrint, ko": lambda name: bench.pdf(name, LETTER, "ko", "", 1.5),
        "PDF letter, WeasyPrint, fa": lambda name: bench.pdf(name, LETTER, "fa", "", 1.2),
        "PDF letter, WeasyPrint, en": lambda name: bench.pdf(name, LETTER, "en", "", 1.2),
        "PDF SDD, WeasyPrint, ko": lambda name: bench.pdf(name, SERVICES, "ko", "", 1.0),
        "PDF letter, Typst, ko": lambda name: bench.pdf(name, LETTER, "ko", "typst", 10),
        "PDF letter, Typst, fa": lambda name: bench.pdf(name, LETTER, "fa", "typst", 10),
        "PDF SDD, Typst, ko": lambda name: bench.pdf(name, SERVICES, "ko", "typst", 14),
        "PDF letter, Typst, office": lambda name: bench.office(name, LETTER, "ko", 10),
        "rules, figures, selection": lambda name: bench.rules(name, LETTER, 1),
        "two workers, DOCX letter": lambda name: bench.workers(name, 1.7),
        "two processes, bare arithmetic": bench.ceiling,
        "memory, ten times the records": lambda name: bench.memory(name, count, 1.1),
    }


if __name__ == "__main__":
    main()
