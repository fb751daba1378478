"""Parity of the finished files: one contract in all languages and formats, read back, carries the same legal figures.

In: a contract, a document type and the library. Out: ``Report`` (or the ``Refusal``): how many figures each file
carries and every ``Difference``, as text or as data. ``parity_compare`` says what is compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contractgen.api import compose, decide
from contractgen.contract import Contract
from contractgen.library import Library
from contractgen.parity_compare import LANGUAGES, READERS, Difference, compare, read, sightings
from contractgen.selection import Refusal
from contractgen.writers import extensions, writer_for


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome: how many figures each file carries, what differs, and the languages and formats not read."""

    figures: Mapping[str, int]
    differences: tuple[Difference, ...]
    unread: tuple[str, ...] = ()

    def data(self) -> dict[str, object]:
        """Return the report for a program."""
        found = [difference.data() for difference in self.differences]
        return {"figures": dict(self.figures), "differences": found, "unread": list(self.unread)}


def parity(contract: Contract, type_name: str, books: Library) -> Report | Refusal:
    """Make a document in every language and format, read all files back and compare them.

    Raises what ``decide``, ``compose`` and the writers raise, and ``OutputError`` where a reader's library is missing.
    """
    chosen = decide(contract, type_name, books)
    if isinstance(chosen, Refusal):
        return chosen
    made: dict[str, bytes] = {}
    for language in (language for language in LANGUAGES if language in books.locales):
        document = compose(chosen, language, books)
        for extension in (extension for extension in READERS if extension in extensions()):
            made[f"{type_name}.{language}.{extension}"] = writer_for(extension).write(document, books.styles())
    readings = [read(name, content) for name, content in made.items()]
    unread = tuple(sorted({*books.locales} - {*LANGUAGES}) + sorted({*extensions()} - {*READERS}))
    counted = {reading.file: len(sightings(reading)) for reading in readings}
    return Report(counted, tuple(compare(readings)), unread)


def as_text(report: Report) -> str:
    """Return the report for people."""
    lines = [f"{file}: {count} figures" for file, count in report.figures.items()]
    lines += [f"not read: {name}" for name in report.unread]
    for number, difference in enumerate(report.differences, 1):
        lines += ["", f"{number}. {difference.said}"]
        lines += [f"   {one.file}: {one.place}: {one.snippet}" for one in difference.sightings]
    count = len(report.differences)
    lines += ["", f"{count or 'no'} difference{'' if count == 1 else 's'}"]
    return "\n".join(lines) + "\n"
