"""The work of one process: a task in, its file in the store and its result out.

In: ``Setting``, sent once to each worker, and ``Task``, one for each record. Out: ``Result``. What is wrong with a
record is its result; only ``StoreFault`` is raised, for it would meet every further record too. A setting pickles, and
a task is small: a row as it was read, which is interpreted here and not in the parent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from contractgen.batch.address import open_store
from contractgen.batch.making import Made, Request, ask_one
from contractgen.batch.results import Result, failed
from contractgen.batch.source import Opener
from contractgen.batch.store import Store, StoreFault
from contractgen.due import faults
from contractgen.errors import ContractgenError, Exit, Place, Problem, did_you_mean
from contractgen.files import Marked
from contractgen.intake.rows import Entry
from contractgen.library import Library, library
from contractgen.register import entries as numbers
from contractgen.register.entries import Entry as Numbered
from contractgen.register.placing import MARK
from contractgen.waiting import expiry_of

Maker = Callable[[Marked, Request], Made]
MAKER = "contractgen.batch.making:make_one"


@dataclass(frozen=True)  # no slots: it pickles faster without
class Task:
    """One record to be made: its place in the stream, the row as read, and what the parent has decided of it.

    ``entry`` is the register's; without one, a batch with a register first asks what the register must know.
    """

    index: int
    payload: Any
    input: str
    number: str
    file: str
    warnings: tuple[str, ...] = ()
    entry: Numbered | None = None


@dataclass(frozen=True)  # no slots: it pickles faster without
class Ready:
    """A record that can be made as soon as the register has given it a number."""

    index: int
    request: numbers.Request


Answer = Result | Ready


@dataclass(frozen=True, slots=True)
class Setting:
    """What all records of a batch have in common.

    ``locale`` or ``locale_from`` (a field, or the column ``locale``) names the language; ``as_of`` dates documents
    whose record gives no date; ``due``: only what is due is asked for, so each record must say when it expires. ``out``
    is "" where nothing is written. ``registered``: numbers come from a register. ``maker`` names the function that
    makes one document.
    """

    opener: Opener
    out: str
    type: str
    format: str
    pdf_engine: str = ""
    data: tuple[Path, ...] = ()
    locale: str = ""
    locale_from: str = "locale"
    as_of: date | None = None
    due: bool = False
    letters: bool = False
    registered: bool = False
    maker: str = MAKER


class Work:
    """A setting in force in this process."""

    def __init__(self, setting: Setting) -> None:
        module, _, name = setting.maker.partition(":")
        self.setting = setting
        self.books: Library = library(setting.data)
        self.make: Maker = getattr(import_module(module), name)
        self.store: Store | None = open_store(setting.out) if setting.out else None

    def __call__(self, task: Task) -> Answer:
        """Do a task."""
        place = self.setting.opener.place(task.payload)
        named = {"contract": "", "vendor": "", "input": task.input}
        try:
            entry = self.setting.opener.entry(task.payload)
            named |= {"contract": text_of(entry, "contract", "number"), "vendor": text_of(entry, "vendor")}
            locale = self._locale(entry)
            problems = [*entry.problems, *self._problems(entry, locale)]
            return self._made(task, entry, locale, problems, named)
        except StoreFault:
            raise
        except ContractgenError as error:
            return failed(task.index, place, error.problems, error.exit_code, **named)
        except Exception as fault:  # noqa: BLE001  a fault of ours in one record must not end the others
            cause = f"internal fault: {type(fault).__name__}: {fault}"
            problem = Problem(Place(place), cause, "please report it; contractgen render shows where it happens")
            return failed(task.index, place, [problem], Exit.ERROR, **named)

    def _made(self, task: Task, entry: Entry, locale: str, problems: list[Problem], named: dict[str, str]) -> Answer:
        setting, place = self.setting, str(entry.place)
        if problems:
            told = dict.fromkeys([*problems, *self._further(task, entry, problems)])
            return failed(task.index, place, told, Exit.INVALID_DATA, **named)
        request = Request(
            setting.type, locale, setting.format, setting.pdf_engine, setting.data, setting.letters,
            self.store is None, task.entry,
        )  # fmt: skip
        record = self._dated(task, entry.record)
        more: dict[str, Any] = {"type": setting.type, "locale": locale}
        if setting.registered and task.entry is None:
            asked = ask_one(record, request)
            if asked.request is not None:
                asked.request.take_hashes()
                return Ready(task.index, asked.request)
            return Result(task.index, place, "refused", more=more | _refusal(asked.refusal or {}), **named)
        made = self.make(record, request)
        more |= {"number": task.number, **_refusal(made.refusal or {})}
        result = Result(task.index, place, "refused" if made.refusal else "issued", more=more, **named)
        return self._put(task, made, result)

    def _put(self, task: Task, made: Made, result: Result) -> Result:
        """Write the file, if there is one, and return the result with what is to be said of it."""
        more, aside = dict(result.more), ""
        if self.store is None:
            more |= {"file": task.file} if not made.refusal or self.setting.letters else {}
        elif made.content:
            more |= {"file": task.file, "sha256": sha256(made.content).hexdigest(), "bytes": len(made.content)}
            if task.entry is None:
                self.store.put(task.file, made.content)
            else:
                more |= {"revision": task.entry.revision}
                aside = self.store.aside(task.file, made.content, MARK)
        warnings = [*task.warnings, *made.warnings]
        return replace(result, more=more | ({"warnings": warnings} if warnings else {}), aside=aside)

    def _locale(self, entry: Entry) -> str:
        setting = self.setting
        return (
            setting.locale
            or entry.extra.get(setting.locale_from, "")
            or text_of(entry, *setting.locale_from.split("."))
        )

    def _problems(self, entry: Entry, locale: str) -> Iterator[Problem]:
        """Yield what a batch asks of a record beside what the document asks."""
        setting = self.setting
        if setting.due and setting.as_of is not None:
            yield from faults(entry, self.books, setting.as_of)
        key = setting.locale_from.split(".")
        if not locale:
            yield Problem(
                entry.record.place(*key),
                "the record names no language",
                "give --locale, or name a field: --locale-from",
            )
        elif locale not in self.books.locales:
            repair = did_you_mean(locale, self.books.locales)
            yield Problem(entry.record.place(*key), f'there is no locale "{locale}"', repair)
        if setting.as_of is None and not text_of(entry, "documents", setting.type, "date"):
            cause = f'field "documents.{setting.type}.date" is missing: a batch never reads the clock'
            yield Problem(entry.record.place("documents", setting.type), cause, "give --as-of, or a column of dates")

    def _further(self, task: Task, entry: Entry, known: list[Problem]) -> Iterator[Problem]:
        """Yield what else is wrong with a record at fault, so that all is told at once; nothing twice of one cell."""
        told = {problem.place for problem in known} - {entry.place}
        if self.setting.due and expiry_of(entry.record.data) is None:
            return
        try:
            self.make(
                self._dated(task, entry.record),
                Request(self.setting.type, self.books.locales[0], self.setting.format, "", self.setting.data, dry=True),
            )
        except ContractgenError as error:
            yield from (problem for problem in error.problems if problem.place not in told)

    def _dated(self, task: Task, record: Marked) -> Marked:
        """Return the record with number and date of the document, as far as it does not give them itself."""
        setting = self.setting
        documents = record.data.get("documents")
        given = documents if isinstance(documents, dict) else {}
        own = given.get(setting.type)
        own = own if isinstance(own, dict) else {}
        filled = {} if setting.registered else {"number": task.number}
        filled |= {"date": setting.as_of.isoformat()} if setting.as_of else {}
        filled |= {name: value for name, value in own.items() if value}
        return replace(record, data={**record.data, "documents": {**given, setting.type: filled}})


def _refusal(data: dict[str, Any]) -> dict[str, Any]:
    """Return what a result says of a refusal."""
    names = {"rule": "rule", "place": "rule_place", "reason": "reason", "citations": "citations", "instead": "instead"}
    return {called: data[name] for name, called in names.items() if name in data}


def text_of(entry: Entry, *key: str) -> str:
    """Return a text of what has been read of a record; "" where there is none."""
    value = entry.record.data
    for part in key:
        value = value.get(part, "") if isinstance(value, dict) else ""
    return value if isinstance(value, str) else ""
