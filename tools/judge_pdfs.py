"""Every document of every sample contract, in all languages and by both engines, judged by programs not ours.

Out: a line for each fault as soon as it is known, then how many files were judged; how far it is goes to standard
error. ``make judge`` runs it, which takes about half an hour. Files are judged in portions and removed once judged, so
that neither the disk nor one call of veraPDF grows with the number of samples.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path
from subprocess import CalledProcessError
from time import monotonic

from contractgen.api import asked, decide, finish, letter
from contractgen.contract import load_contract
from contractgen.errors import ContractgenError
from contractgen.files import Marked
from contractgen.library import library
from contractgen.paths import sample_contracts
from contractgen.selection import Refusal, Selection
from contractgen.writers import engines
from judges import PROFILES, fonts, qpdf, verapdf

PORTION = 60
"""Files a call of veraPDF: starting it takes four seconds, a file a quarter of one."""


@dataclass(frozen=True, slots=True)
class Made:
    """The PDF of a sample contract as a user gets it, with the data that it carries, and the engine that set it."""

    name: str
    engine: str
    content: bytes


def decisions(pattern: str, unread: list[str]) -> Iterator[tuple[str, Selection | Refusal, Marked]]:
    """Yield each document's name, decision and record; names of records that are wrong go to ``unread``."""
    for path in sorted(sample_contracts().glob(pattern)):
        try:
            contract = load_contract(path)
        except ContractgenError:
            unread.append(path.name)
            continue
        for kind in contract.record.documents:
            yield f"{path.stem}.{kind}", decide(contract, kind, library()), contract.marked


def content(chosen: Selection | Refusal, record: Marked, locale: str, extension: str, engine: str = "") -> bytes:
    """Return the file of a document, or of its letter of refusal."""
    if isinstance(chosen, Refusal):
        return letter(chosen, locale, extension, pdf_engine=engine).content
    return finish(chosen, asked(chosen.outline.type, locale, extension, engine), library(), record).content


def made(pattern: str, by: Sequence[str], unread: list[str]) -> Iterator[Made]:
    """Yield each document in each language by each engine."""
    for name, chosen, record in decisions(pattern, unread):
        for locale, engine in product(library().locales, by):
            yield Made(f"{name}.{locale}.{engine}.pdf", engine, content(chosen, record, locale, "pdf", engine))


def judged(portion: Sequence[Made]) -> Iterator[str]:
    """Put the files of one portion down, yield a line for each fault of each, and remove them."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, one.name) for one in portion]
        for file, one in zip(files, portion, strict=True):
            file.write_bytes(one.content)
        try:
            verdicts = verapdf(files)
        except CalledProcessError as fault:
            yield f"veraPDF failed over the portion from {portion[0].name}: {fault.stderr.strip()}"
            return
        for file in files:
            for profile in PROFILES:
                verdict = verdicts.get((profile, str(file)), "no verdict of veraPDF")
                if verdict != "ok":
                    yield f"{file.name}: {profile}: {verdict}"
            yield from (f"{file.name}: {fault}" for fault in (qpdf(file), *fonts(file)) if fault)


def judge(files: Iterator[Made], size: int, tell: Callable[[str], None]) -> tuple[Counter[str], int]:
    """Judge all in portions of ``size``, print each fault; return how many files of each engine, how many faults."""
    count: Counter[str] = Counter()
    faults = 0
    begun = monotonic()
    while portion := list(islice(files, size)):
        for fault in judged(portion):
            print(fault, flush=True)
            faults += 1
        count.update(one.engine for one in portion)
        tell(f"{count.total()} files, {faults} faults, {monotonic() - begun:.0f} s; last: {portion[-1].name}")
    return count, faults


def main() -> int:
    """Judge all; 1 if anything is wrong or nothing was judged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="*.yaml", help="pattern of the sample contracts (default: all)")
    parser.add_argument("--engine", choices=engines("pdf"), action="append", help="one engine alone (default: all)")
    parser.add_argument("--portion", type=int, default=PORTION, help=f"files judged at a time (default: {PORTION})")
    options = parser.parse_args()
    if options.portion < 1:
        parser.error("--portion: at least 1")
    unread: list[str] = []
    files = made(options.only, options.engine or engines("pdf"), unread)
    count, faults = judge(files, options.portion, lambda line: print(line, file=sys.stderr, flush=True))
    each = ", ".join(f"{number} by {engine}" for engine, number in sorted(count.items()))
    print(f"{count.total()} files ({each}), {len(PROFILES)} verdicts of veraPDF on each; {faults} faults")
    if unread:
        print(f"wrong records, of which there is no document: {', '.join(unread)}")
    return 1 if faults or not count else 0


if __name__ == "__main__":
    raise SystemExit(main())
