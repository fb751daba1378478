"""Compiling a document: which values stand in it, and in which holes, for every contract of the same choices.

In: a selection and a locale. Out: ``Outlook``: the document with a mark for each value, and the sources from which the
values of any other contract of the same ``key`` are taken. The structure of a document depends on choices, facts and
what is present, never on the values themselves; that is the law that ``key`` writes down.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace

from contractgen.attachments import JSON, Attachment
from contractgen.blocks import DECIDING
from contractgen.carried.form import CarriedForm, carried_form
from contractgen.carried.manifest import DESCRIPTION, NAME, Render, frame, record_text
from contractgen.composing import Noting, composed_by
from contractgen.errors import ContractgenError, Place
from contractgen.files import Marked
from contractgen.library import Library
from contractgen.locales import CannotShow, Locale
from contractgen.marks import hole, marked, unmarked
from contractgen.merging import Merger, sealed
from contractgen.selection import Selection
from contractgen.terms import Entry, Terms
from contractgen.tree import Document, Value
from contractgen.values import Amount, Cause, Figure, Kind
from contractgen.writers.forms import DAY, MARKED_DAY, Carried, Content, NoForm, Slot, Unfit


def key(terms: Terms) -> Hashable:
    """Return all that the structure of a contract's document depends on, for one vendor, document type and locale.

    The facts (they choose wordings, rows and branches), which figures there are and what kind of thing each is, the
    rows of the tables, and the few figures whose value decides what is built.
    """
    return (
        tuple((fact.name, fact.value) for fact in terms.facts.values()),
        tuple((name, figure.field, figure.kind) for name, figure in terms.figures.items()),
        tuple((name, tuple((row.label, *row.figures) for row in rows)) for name, rows in terms.lists.items()),
        tuple(terms.figures[name].canonical for name in DECIDING if name in terms.figures),
    )


@dataclass(frozen=True, slots=True)
class Where:
    """Where a figure of the terms is found: by its name, or in a row of a table."""

    name: str
    table: str = ""
    row: int = 0

    def figure(self, terms: Terms) -> Figure:
        """Return this figure of other terms."""
        if not self.table:
            return terms.figures[self.name]
        return terms.lists[self.table][self.row].figures[self.name]


@dataclass(frozen=True, slots=True)
class Shown:
    """A value: a figure in a form of the locale."""

    where: Where
    form: str


@dataclass(frozen=True, slots=True)
class Particle:
    """The particle that follows value ``of``."""

    of: int
    pair: str


@dataclass(frozen=True, slots=True)
class Spelling:
    """A figure's language-free spelling, as the properties of a document hold it."""

    where: Where


@dataclass(frozen=True, slots=True)
class Day:
    """The document's day, as ``2025-03-01``."""


Source = Shown | Particle | Spelling | Day


@dataclass(frozen=True, slots=True)
class Outlook:
    """A marked document and, for each mark, where its content comes from; the last mark is for what it carries."""

    document: Document
    sources: tuple[Source, ...]
    locale: Locale
    carried: CarriedForm | None
    last: dict[int, tuple[Amount, Value]] = field(default_factory=dict, compare=False, repr=False)
    """What each figure showed last: a policy's figures are the same objects in every contract."""

    def contents(self, terms: Terms, record: Marked) -> list[Content]:
        """Return what fills the holes for another contract of the same key; raises ``Unfit`` for what has no text."""
        contents: list[Content] = []
        locale = self.locale
        try:
            for index, source in enumerate(self.sources):
                match source:
                    case Shown():
                        contents.append(self._shown(index, source, source.where.figure(terms)))
                    case Particle():
                        contents.append(locale.particle(_text(contents[source.of]), source.pair))
                    case Spelling():
                        contents.append(source.where.figure(terms).canonical)
                    case Day():
                        contents.append(terms.day.isoformat())
        except (CannotShow, ContractgenError) as fault:
            raise Unfit from fault
        if self.carried is not None:
            contents.append(Carried(self.carried.filled(record_text(record), contents)))
        return contents

    def _shown(self, index: int, source: Shown, figure: Figure) -> Value:
        known = self.last.get(index)
        if known is None or known[0] is not figure.amount:  # field and kind are part of the key
            known = self.last[index] = (figure.amount, sealed(self.locale, figure, source.form))
        return known[1]


def _text(content: Content) -> str:
    return content if isinstance(content, str) else content.text


@dataclass(slots=True)
class Marking(Noting):
    """A merger that marks each value it shows and notes where it came from."""

    places: Mapping[int, Where] = field(default_factory=dict)
    sources: dict[Source, int] = field(default_factory=dict)

    def value(self, figure: Figure, form: str = "", place: Place | None = None) -> Value | None:
        """Return a figure as this locale shows it, marked."""
        value = Noting.value(self, figure, form, place)
        if value is None:
            return None
        index = self._index(Shown(self._where(figure), form))
        text = marked(index, value.text)
        return Slot(text, value.field, value.kind, value.canonical, value.direction, value.cause, index)

    def particle(self, value: Value, pair: str) -> str:
        """Return a particle, marked as one that follows this value."""
        shown = self.locale.particle(unmarked(value.text), pair)
        if not isinstance(value, Slot):
            raise NoForm("a particle follows what is no value of the contract")
        return marked(self._index(Particle(value.index, pair)), shown)

    def canonical(self, name: str) -> str:
        """Return a figure's language-free spelling, marked."""
        return marked(self._index(Spelling(Where(name))), Merger.canonical(self, name))

    def ordinal(self, number: int, cause: Cause) -> Value | None:
        """Return the number of a row: it stays as it is wherever this row stands."""
        return Noting.value(self, Figure("line.number", Kind.NUMBER, number, cause))

    def _where(self, figure: Figure) -> Where:
        if id(figure) not in self.places:
            raise NoForm(f"{figure.field} is shown and is no figure of the terms")
        return self.places[id(figure)]

    def _index(self, source: Source) -> int:
        return self.sources.setdefault(source, len(self.sources))


def outlook(selection: Selection, books: Library, wanted: Render, *, carry: bool) -> Outlook:
    """Return the marked document of a selection; ``NoForm`` where it shows what cannot be found again."""
    terms, places = _apart(selection.terms)
    locale = books.locale(wanted.locale)
    merger = Marking(locale, terms, places=places, sources={Day(): DAY})
    document, _ = composed_by(merger, replace(selection, terms=terms), books)
    sources = tuple(merger.sources)
    document = replace(document, metadata=replace(document.metadata, day=MARKED_DAY))
    if not carry:
        return Outlook(document, sources, locale, None)
    form = carried_form(document, frame(selection, wanted, books))
    mark = Attachment(NAME, JSON, hole(len(sources), "A").encode(), DESCRIPTION)
    return Outlook(replace(document, attachments=(mark,)), sources, locale, form)


def _apart(terms: Terms) -> tuple[Terms, dict[int, Where]]:
    """Return the same terms with a figure of its own for each name and cell, and where each of them stands.

    Two names may share one figure here and not in the next contract; a copy for each tells which name was asked for.
    """
    places: dict[int, Where] = {}

    def own(figure: Figure, where: Where) -> Figure:
        copy = replace(figure)
        places[id(copy)] = where
        return copy

    figures = {name: own(figure, Where(name)) for name, figure in terms.figures.items()}
    lists = {
        table: tuple(
            Entry(row.label, {name: own(figure, Where(name, table, index)) for name, figure in row.figures.items()})
            for index, row in enumerate(rows)
        )
        for table, rows in terms.lists.items()
    }
    return replace(terms, figures=figures, lists=lists), places
