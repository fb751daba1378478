"""The press: documents made fast, each form compiled once and filled for every further record of the same choices.

In: contracts and a locale. Out: ``Printed`` (the file's bytes, number and terms) or a ``Refusal``: byte for byte what
``api.generate`` makes, or the same errors. A press serves one document type and format, and is meant to live long: it
keeps a bounded number of forms. What has no form, or a value that does not fit its hole, goes the slow way.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from contractgen.api import asked, document_type, finish
from contractgen.carried.manifest import Render
from contractgen.compiling import Outlook, key, outlook
from contractgen.contract import Contract
from contractgen.errors import ContractgenError
from contractgen.files import Marked
from contractgen.library import Library
from contractgen.policy import Policy
from contractgen.selection import Refusal, Selection, refusal, select
from contractgen.terms import Terms, work_out
from contractgen.terms.numbering import with_number
from contractgen.writers import compiler_for
from contractgen.writers.forms import Content, Form, NoForm, Unfit, text_of
from contractgen.writers.gauge import Gauge, gauge

MOST_FORMS = 256
"""How many forms a press keeps; the one that was used longest ago makes room."""

WORTH = 2
"""A form is compiled for the second document that needs it: compiling costs as much as a few documents."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished document: its bytes in the format of the press, and the terms it was made from."""

    content: bytes
    format: str
    locale: str
    terms: Terms

    @property
    def number(self) -> str:
        """The document's number."""
        return self.terms.figures["document.number"].canonical


@dataclass(frozen=True, slots=True)
class _Job:
    """One document to be made."""

    policy: Policy
    terms: Terms
    wanted: Render
    record: Marked


@dataclass(frozen=True, slots=True, eq=False)
class _Kind:
    """All documents of one key: where their values come from, and what of their layout depends on these."""

    outlook: Outlook
    gauge: Gauge


@dataclass(slots=True)
class _Kept(Generic[Item]):
    """A bounded store of what was worth making: None where it cannot be made, nothing before it was asked for often."""

    most: int
    worth: int
    items: OrderedDict[Hashable, Item | int | None] = field(default_factory=OrderedDict)

    def get(self, name: Hashable, make: Callable[[], Item | None]) -> Item | None:
        """Return what is kept under ``name``; it is made when it was asked for often enough."""
        found = self.items.pop(name, 0)
        if isinstance(found, int):
            found = make() if found + 1 >= self.worth else found + 1
            if len(self.items) >= self.most:
                self.items.popitem(last=False)
        self.items[name] = found  # behind all others: it makes room last
        return None if isinstance(found, int) else found


@dataclass(slots=True)
class Counts:
    """How many documents were filled into a form, and how many were written the slow way."""

    filled: int = 0
    written: int = 0


class Press:
    """Makes documents of one type in one format; not for several threads at once."""

    def __init__(  # noqa: PLR0913  one parameter for each choice
        self,
        books: Library,
        type: str,  # noqa: A002
        format: str,  # noqa: A002
        engine: str = "",
        *,
        carry: bool = True,
        most: int = MOST_FORMS,
        worth: int = WORTH,
    ) -> None:
        """``type``, ``format``, ``engine`` and ``carry`` as for ``api.generate``; raises ``UsageError``."""
        self.books = books
        self.type = document_type(type, books)
        self.wanted = asked(type, "", format, engine)
        self.carry = carry
        self.compiler = compiler_for(format, engine)
        self.counts = Counts()
        self._kinds: _Kept[_Kind] = _Kept(most, worth)
        self._forms: _Kept[Form] = _Kept(most, worth)
        self._renders: dict[str, Render] = {}

    def make(self, contract: Contract, locale: str, number: str = "", working: str = "") -> Printed | Refusal:
        """Make one document; raises what ``api.generate`` raises.

        ``number``: the register's, where the record gives none; ``working`` says how it came about.
        """
        policy = self.books.policy(contract.record.vendor, contract.place("vendor"))
        terms = work_out(contract, policy, self.type)
        refused = refusal(policy, terms)
        if refused is not None:
            return replace(refused, record=contract.marked)
        terms = with_number(terms, number, working)
        job = _Job(policy, terms, self._asked(locale), contract.marked)
        content = self._filled(job)
        if content is None:
            self.counts.written += 1
            content = self._written(job)
        else:
            self.counts.filled += 1
        return Printed(content, self.wanted.format, locale, terms)

    def _asked(self, locale: str) -> Render:
        if locale not in self._renders:
            self._renders[locale] = replace(self.wanted, locale=locale)
        return self._renders[locale]

    def _filled(self, job: _Job) -> bytes | None:
        """Return the document made from a form; None where there is none, or a value does not fit into it."""
        if self.compiler is None:
            return None
        name = (job.policy.vendor, job.wanted.locale, key(job.terms))
        try:
            kind = self._kinds.get(name, lambda: self._kind(job))
            if kind is None:
                return None
            contents = kind.outlook.contents(job.terms, job.record)
            measure = kind.gauge.measure([text_of(content) for content in contents])
            form = self._forms.get((kind, measure), lambda: self._form(kind, contents, job))
            return form.filled(contents) if form is not None else None
        except (Unfit, ContractgenError):  # the slow way tells what is wrong, with every problem
            return None

    def _kind(self, job: _Job) -> _Kind | None:
        try:
            seen = self._seen(job)
            return _Kind(seen, gauge(seen.document, self.books.styles()))
        except NoForm:
            return None

    def _form(self, kind: _Kind, contents: Sequence[Content], job: _Job) -> Form | None:
        """Compile a form and prove it on this document: what it fills in must be what the writer writes."""
        try:
            seen = self._seen(job)
            if self.compiler is None or seen.sources != kind.outlook.sources:
                return None
            form = self.compiler.compiled(seen.document, self.books.styles())
            return form if form.filled(contents) == self._written(job) else None
        except NoForm:
            return None

    def _seen(self, job: _Job) -> Outlook:
        return outlook(self._selection(job), self.books, job.wanted, carry=self.carry)

    def _selection(self, job: _Job) -> Selection:
        return select(self.books.outline(self.type), job.policy, job.terms)

    def _written(self, job: _Job) -> bytes:
        """Return the document as its writer makes it."""
        record = job.record if self.carry else None
        return finish(self._selection(job), job.wanted, self.books, record).content
