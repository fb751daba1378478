"""The working sheet of one contract: rules read fields, figures and readings from it and put down what they find.

In: a contract, a policy, the document's type and day. Out: ``Terms``, frozen: facts of finite domain, figures with
their causes, lists for tables. A figure that cannot be had is not an error here: the sheet notes what it would need,
and the clause that asks for it fails with that note.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from contractgen.contract import Contract
from contractgen.errors import Place, Problem, TemplateFault, did_you_mean
from contractgen.policy import Policy, PolicyFigure
from contractgen.record import DocumentType
from contractgen.values import Amount, Cause, Day, Fact, Figure, Kind, Money, Origin

Option = TypeVar("Option", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a computed table: the label that words it, and its figures by short name."""

    label: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything known of a contract for one document, before any language; ``read``: policy figures the rules used."""

    document: DocumentType
    day: date
    facts: Mapping[str, Fact]
    figures: Mapping[str, Figure]
    lists: Mapping[str, tuple[Entry, ...]]
    lacks: Mapping[str, str]
    undated: Mapping[str, Problem]
    warnings: tuple[Problem, ...]
    read: frozenset[str] = frozenset()

    def lacking(self, name: str) -> str:
        """Return why figure ``name`` is not there: what the record would have to give."""
        for prefix, reason in self.lacks.items():
            if name == prefix or name.startswith(f"{prefix}."):
                return reason
        return did_you_mean(name, sorted(self.figures))


@dataclass(slots=True)
class Sheet:
    """Where rules work; see the module's text. ``rule`` and ``cite`` name the rule that is at work."""

    contract: Contract
    policy: Policy
    document: DocumentType
    day: date
    rule: str = ""
    cite: tuple[str, ...] = ()
    facts: dict[str, Fact] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    lists: dict[str, list[Entry]] = field(default_factory=dict)
    lacks: dict[str, str] = field(default_factory=dict)
    undated: dict[str, Problem] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    read: set[str] = field(default_factory=set)

    # ------------------------------------------------------------------------------------------------- reading

    def given(self, name: str) -> Figure | None:
        """Return a field of the record as a figure; None where the record does not give it."""
        return self.contract.figures.get(name)

    def policy_figure(self, name: str) -> Figure:
        """Return a figure of the policy as it stands on the document's day; ``TemplateFault`` if there is none."""
        if self.rule not in {"", "policy"}:
            self.read.add(name)
        if name in self.figures:
            return self.figures[name]
        figure = self.policy.figures.get(name)
        if figure is None:
            repair = f"add [figures.{name}]; {did_you_mean(name, sorted(self.policy.figures))}"
            raise TemplateFault.at(Place(self.policy.file), f'rule "{self.rule}" needs the figure "{name}"', repair)
        row = figure.on(self.day)
        if row is None:
            raise TemplateFault([before_first(figure, self.day)])
        self.figures[name] = figure.sealed(row)
        return self.figures[name]

    def reading(self, name: str) -> str:
        """Return the reading in force: the one agreed in the record, else the one the policy chooses."""
        reading = self.policy.readings.get(name)
        if reading is None:
            cause = f'rule "{self.rule}" needs the reading "{name}"'
            raise TemplateFault.at(Place(self.policy.file), cause, f"add [readings.{name}]")
        agreed = self.contract.record.readings.get(name)
        return agreed if agreed in reading.options else reading.choose

    def option(self, name: str, options: type[Option]) -> Option:
        """Return a reading as a member of the rule's enumeration."""
        try:
            return options(self.reading(name))
        except ValueError:
            place = self.policy.readings[name].place
            repair = did_you_mean(self.reading(name), [option.value for option in options])
            raise TemplateFault.at(place, f'no rule knows the reading "{self.reading(name)}"', repair) from None

    def switch(self, name: str) -> bool:
        """Return a reading whose options are true and false."""
        return self.reading(name) == "true"

    # ------------------------------------------------------------------------------------------------- writing

    def put(  # noqa: PLR0913  a figure has these parts
        self,
        name: str,
        kind: Kind,
        amount: Amount,
        inputs: Iterable[Figure | None] = (),
        working: str = "",
        readings: Iterable[str] = (),
        cite: tuple[str, ...] = (),
    ) -> Figure:
        """Put down a computed figure with its cause and make it known to clauses under ``name``."""
        self.figures[name] = self.figure(name, kind, amount, inputs, working, readings, cite)
        return self.figures[name]

    def figure(  # noqa: PLR0913  a figure has these parts
        self,
        name: str,
        kind: Kind,
        amount: Amount,
        inputs: Iterable[Figure | None] = (),
        working: str = "",
        readings: Iterable[str] = (),
        cite: tuple[str, ...] = (),
        place: Place | None = None,
    ) -> Figure:
        """Make a figure without a name of its own in the sheet; ``place``: the row of the policy that asks for it."""
        used = tuple([item for item in inputs if item is not None])
        cites = dict.fromkeys(cite or self.cite)
        for item in used:
            cites.update(dict.fromkeys(item.cause.cite))
        for reading in readings:
            working += f"{'; ' if working else ''}{reading} = {self.reading(reading)}"
            cites.update(dict.fromkeys(self.policy.readings[reading].cite))
        return Figure(name, kind, amount, Cause(Origin.RULE, self.rule, place, tuple(cites), used, working))

    def put_day(  # noqa: PLR0913  a date has these parts
        self, name: str, day: date, like: Figure, inputs: Iterable[Figure | None] = (), working: str = "",
        readings: Iterable[str] = (),
    ) -> Figure:  # fmt: skip
        """Put down a date, in the calendar in which ``like`` is stated."""
        calendar = like.amount.calendar if isinstance(like.amount, Day) else Day(day).calendar
        return self.put(name, Kind.DATE, Day(day, calendar), (like, *inputs), working, readings)

    def put_fact(
        self, name: str, value: str, domain: tuple[str, ...], inputs: Iterable[Figure | None] = (), working: str = ""
    ) -> None:
        """Put down a fact; its domain is part of the rule, so that every value can be foreseen."""
        cause = Cause(Origin.RULE, self.rule, None, self.cite, tuple(i for i in inputs if i is not None), working)
        self.facts[name] = Fact(name, value, domain, cause)

    def add(self, table: str, label: str, figures: Mapping[str, Figure | None]) -> None:
        """Add a row to a computed table."""
        entry = Entry(label, {name: figure for name, figure in figures.items() if figure is not None})
        self.lists.setdefault(table, []).append(entry)

    def lack(self, prefix: str, needs: str) -> None:
        """Note that all figures under ``prefix`` would need ``needs`` in the record."""
        self.lacks[prefix] = f"give {needs} in the contract record"

    def terms(self) -> Terms:
        """Freeze the sheet."""
        return Terms(
            document=self.document,
            day=self.day,
            facts=dict(self.facts),
            figures=dict(self.figures),
            lists={name: tuple(rows) for name, rows in self.lists.items()},
            lacks=dict(self.lacks),
            undated=dict(self.undated),
            warnings=tuple(self.warnings),
            read=frozenset(self.read),
        )


def before_first(figure: PolicyFigure, day: date) -> Problem:
    """Say that ``figure`` has no value yet on ``day``; what held before its first value is not guessed."""
    cause = f'figure "{figure.name}" has no value on {day}; its first holds from {figure.rows[0].since}'
    return Problem(figure.place, cause, "add the value that held on that day")


def record_field(name: str, document: DocumentType) -> str:
    """Return where the record gives what clauses call ``name``: ``document.date`` is ``documents.quote.date``."""
    return f"documents.{document}.{name.removeprefix('document.')}" if name.startswith("document.") else name


def day_of(figure: Figure) -> date:
    """Return the date of a date figure."""
    if not isinstance(figure.amount, Day):
        raise TypeError(f"{figure.field} is no date")
    return figure.amount.date


def money_of(figure: Figure) -> Money:
    """Return the amount of a money figure."""
    if not isinstance(figure.amount, Money):
        raise TypeError(f"{figure.field} is no amount of money")
    return figure.amount
