"""Which entry answers a request: the one that is there, a void one taken again, a further copy, a new revision.

In: requests in their order, and what the register knows of their documents (``Known``). Out: ``Plan``: an entry or a
``Problem`` for each request, and the rows to be written. Nothing is read or written here; the answer depends on the
requests and the register alone, never on who asks at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from contractgen.errors import Place, Problem
from contractgen.register.entries import Entry, Request, Run, Series, State

Answer = Entry | Problem


@dataclass(frozen=True, slots=True)
class Numbered:
    """A document that has its number: ``series`` and ``serial`` are empty and 0 for one of the record's own."""

    id: int
    base: str
    key: str
    own: bool
    series: str
    serial: int
    vendor: str
    contract: str
    type: str


@dataclass(slots=True)
class Known:
    """What the register holds of the documents asked for.

    ``taken`` tells whether the number of a serial is a document's already: a series passes over it.
    """

    by_key: dict[str, Numbered]
    by_base: dict[str, Numbered]
    entries: dict[int, list[Entry]]
    last: dict[str, int]
    documents: int
    count: int
    taken: Callable[[Series, int], bool]


@dataclass(slots=True)
class Plan:
    """The answers in the order of the requests, and what is to be written."""

    answers: list[Answer] = field(default_factory=list)
    documents: list[Numbered] = field(default_factory=list)
    passed: list[tuple[str, str, int]] = field(default_factory=list)
    """Own numbers that a series passes over: number, series, serial."""
    new: dict[int, tuple[int, Entry]] = field(default_factory=dict)
    """New entries with their documents."""
    taken_again: dict[int, Entry] = field(default_factory=dict)
    """Void entries that are reserved again."""


def allot(requests: Sequence[Request], run: Run, at: str, known: Known, *, once: bool = False) -> Plan:
    """Answer each request in order; ``at`` is the time of the reservations, as the entries show it.

    ``once``: a copy that another run has issued is the answer, whatever it was made from.
    """
    allotter = _Allotter(run, at, known, once=once)
    for request in requests:
        allotter.answer(request)
    return allotter.plan


class _Allotter:
    """Answers requests one after another, each with what those before it have changed."""

    def __init__(self, run: Run, at: str, known: Known, *, once: bool) -> None:
        self.run, self.at, self.known, self.once = run, at, known, once
        self.plan = Plan()

    def answer(self, request: Request) -> None:
        document = self.document(request)
        self.plan.answers.append(document if isinstance(document, Problem) else self.entry(request, document))

    def document(self, request: Request) -> Numbered | Problem:
        """Return the document of a request, numbered now if it is not yet."""
        known = self.known
        found = known.by_base.get(request.number) if request.number else known.by_key.get(request.key)
        if found is not None:
            if (found.vendor, found.contract, found.type) == (request.vendor, request.contract, request.type):
                return found
            cause = f'the number "{request.number}" is already that of {found.type} for contract {found.contract}'
            return Problem(Place(request.number), f"{cause} of {found.vendor}", "give the document a number of its own")
        known.documents += 1
        own = bool(request.number)
        base, series, serial = (request.number, "", 0) if own else self.next(request.series)
        parts = (request.vendor, request.contract, request.type)
        document = Numbered(known.documents, base, request.key, own, series, serial, *parts)
        known.by_key[document.key] = known.by_base[document.base] = document
        self.plan.documents.append(document)
        return document

    def next(self, series: Series) -> tuple[str, str, int]:
        """Return the next number of a series; one that a record has given of its own is passed over."""
        known, serial = self.known, self.known.last.get(series.name, 0)
        while True:
            serial += 1
            number = series.number(serial)
            known.last[series.name] = serial
            if number not in known.by_base and not known.taken(series, serial):
                return number, series.name, serial
            self.plan.passed.append((number, series.name, serial))

    def entry(self, request: Request, document: Numbered) -> Answer:
        """Return the entry that answers a request for a document: one that is there, or a reservation."""
        entries = self.known.entries.setdefault(document.id, [])
        live = [entry for entry in entries if entry.state is not State.VOID]
        same = next((entry for entry in live if entry.input == request.input), None)
        if same is not None:
            return same
        twice = next((entry for entry in live if entry.copy == request.copy and entry.run == self.run.id), None)
        if twice is not None:
            cause = f"{request.type} for contract {request.contract} is {twice.number} in this run, from other data"
            repair = "keep one of the two records, or issue the other in a new run"
            return Problem(Place(twice.number), cause, repair)
        issued = [entry for entry in live if entry.copy == request.copy and entry.state is State.ISSUED]
        if self.once and issued:
            return max(issued, key=lambda entry: entry.revision)
        revision = _revision(request, live)
        void = [entry for entry in entries if entry.state is State.VOID and entry.copy == request.copy]
        again = min((e for e in void if e.revision >= revision), key=lambda entry: entry.revision, default=None)
        if again is not None:
            entries.remove(again)
            revision = again.revision
        entry = self.reserved(request, document, revision, again)
        entries.append(entry)
        if again is None:
            self.plan.new[entry.id] = (document.id, entry)
        else:
            self.plan.taken_again[entry.id] = entry
        return entry

    def reserved(self, request: Request, document: Numbered, revision: int, again: Entry | None) -> Entry:
        self.known.count += again is None
        return Entry(
            id=again.id if again else self.known.count,
            number=request.series.shown(document.base, revision, own=document.own),
            base=document.base, revision=revision, own=document.own, series=document.series, serial=document.serial,
            vendor=request.vendor, contract=request.contract, type=request.type,
            locale=request.locale, format=request.format, engine=request.engine, state=State.RESERVED,
            input=request.input, content=request.content, data=request.data, policy=request.policy, words=request.words,
            style=request.style, version=request.version, run=self.run.id, by=self.run.by, at=self.at,
            path="", file="", size=0, reason="", key=document.key, seq=again.seq if again else 0,
        )  # fmt: skip


def _revision(request: Request, live: Sequence[Entry]) -> int:
    """Return the revision of a copy that is not there yet: it joins the latest where that has the same content."""
    latest = max((entry.revision for entry in live), default=0)
    current = [entry for entry in live if entry.revision == latest]
    shares = any(entry.content == request.content for entry in current)
    return latest if shares and request.copy not in {entry.copy for entry in current} else latest + 1


def void(entry: Entry, reason: str, run: Run, at: str, seq: int) -> Answer:
    """Return an entry as void, by link ``seq`` of the chain; an issued one cannot be."""
    match entry.state:
        case State.VOID:
            return entry
        case State.ISSUED:
            cause = "is issued, and an issued document cannot become void"
            return Problem(Place(entry.number), cause, "issue the corrected record: it becomes a new revision")
        case _:
            return entry.changed(state=State.VOID, reason=reason, run=run.id, by=run.by, at=at, seq=seq)
