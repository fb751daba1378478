"""A vendor's policy pack as typed data: dated figures, readings, decision tables, tables, refusals, citations.

In: ``policies/<vendor>.toml`` and its ``sources`` file. Out: ``Policy``, frozen. Raises ``TemplateFault`` with every
fault and its line. Nothing is decided here: ``terms`` computes facts and figures, ``selection`` matches rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from contractgen.conditions import When, read_when
from contractgen.errors import Place, Problem, TemplateFault, did_you_mean
from contractgen.files import Marked, read_toml
from contractgen.policy_shape import CellShape, FigureShape, NumbersShape, PolicyShape, SlotRowShape
from contractgen.policy_values import read_amount
from contractgen.sources import Sources, load_sources
from contractgen.validation import validate
from contractgen.values import Amount, Cause, Figure, Kind, LocalText, Origin

MOST_DAYS = 512
"""Of how many days a policy remembers its figures."""


@dataclass(frozen=True, slots=True)
class DatedAmount:
    """A figure's amount from a day on."""

    since: date
    amount: Amount
    place: Place


@dataclass(frozen=True, slots=True)
class PolicyFigure:
    """A figure of the policy: its kind, its dated amounts (oldest first) and the facts it rests on."""

    name: str
    kind: Kind
    rows: tuple[DatedAmount, ...]
    cite: tuple[str, ...]
    place: Place
    note: str

    def on(self, day: date) -> DatedAmount | None:
        """Return the row in force on ``day``; None before the first."""
        current = [row for row in self.rows if row.since <= day]
        return current[-1] if current else None

    def sealed(self, row: DatedAmount) -> Figure:
        """Return this figure as it stands in ``row``."""
        cause = Cause(Origin.POLICY, self.name, row.place, self.cite, working=self.note)
        return Figure(self.name, self.kind, row.amount, cause)


@dataclass(frozen=True, slots=True)
class Reading:
    """A question that the source leaves open: the reading chosen, the others, and why."""

    name: str
    choose: str
    options: tuple[str, ...]
    why: str
    cite: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class FactSource:
    """A fact that is read from a field of the record. ``absent`` is its value where the record has no such field."""

    name: str
    field: str
    domain: tuple[str, ...]
    absent: str | None
    place: Place

    def unknown(self, value: str, place: Place) -> Problem:
        """Say that the record gives ``value``, which is not in the domain, and what could be meant."""
        known = [option for option in self.domain if option != self.absent]
        return Problem(place, f'"{self.field}" is "{value}"', did_you_mean(value, known))


@dataclass(frozen=True, slots=True)
class DecideRow:
    """One row of a decision table that yields a figure (``support_phone`` by region)."""

    when: When
    figure: str
    cite: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One row of a slot's decision table: a wording, a block shown, or an omission with its reason."""

    slot: str
    when: When
    wording: str | None
    omit: str | None
    cite: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Requirement:
    """Fields that the record must give where ``when`` holds."""

    when: When
    fields: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """A combination of facts for which the vendor's rules bar the document."""

    id: str
    when: When
    reason: str
    figures: tuple[str, ...]
    instead: tuple[str, ...]
    cite: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """How a service ordered beside the contract is charged: see ``terms.services``."""

    kind: str
    when: When
    charge: str
    figure: str
    allowance: str
    limit: str
    label: str
    cite: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class CellSpec:
    """A table cell: a label, or a figure, or a label that shows a figure as ``value``.

    ``strict`` is the label of a cell that is inferred and not stated, where only what is certain may be printed.
    """

    label: str
    figure: str
    strict: str
    place: Place


@dataclass(frozen=True, slots=True)
class TableRowSpec:
    """A row of a policy table with the facts it carries; the customer's own where one of ``own`` holds."""

    cells: tuple[CellSpec, ...]
    own: tuple[When, ...]
    cite: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table of the policy. ``columns`` are labels; ``by`` names the fact whose values the columns are (tiers)."""

    name: str
    by: str
    columns: tuple[str, ...]
    rows: tuple[TableRowSpec, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Policy:
    """A vendor's whole pack."""

    vendor: str
    file: str
    name: Mapping[str, str]
    marked: Marked
    named: Figure
    """The vendor's name, as documents show it."""
    sources: Sources
    in_force: date
    rules: Mapping[str, tuple[str, ...]]
    figures: Mapping[str, PolicyFigure]
    readings: Mapping[str, Reading]
    facts: Mapping[str, FactSource]
    decide: Mapping[str, tuple[DecideRow, ...]]
    documents: Mapping[str, str]
    omissions: Mapping[tuple[str, str], SlotRow]
    slots: Mapping[str, tuple[SlotRow, ...]]
    requires: tuple[Requirement, ...]
    refusals: tuple[RefusalRow, ...]
    services: tuple[ServiceRow, ...]
    tables: Mapping[str, TableSpec]
    numbers: NumbersShape | None = None
    standing: dict[date, tuple[Mapping[str, Figure], tuple[PolicyFigure, ...]]] = field(
        default_factory=dict, compare=False, repr=False
    )
    """What ``on`` has found, by day."""

    def on(self, day: date) -> tuple[Mapping[str, Figure], tuple[PolicyFigure, ...]]:
        """Return the figures as they stand on ``day``, and those that have no value yet."""
        if day not in self.standing:
            if len(self.standing) >= MOST_DAYS:
                self.standing.clear()
            rows = {name: (figure, figure.on(day)) for name, figure in self.figures.items()}
            found = {name: figure.sealed(row) for name, (figure, row) in rows.items() if row is not None}
            self.standing[day] = found, tuple(figure for figure, row in rows.values() if row is None)
        return self.standing[day]


def load_policy(path: Path, sources: Path, name: str | None = None, sources_name: str | None = None) -> Policy:
    """Read a vendor's policy and its sources; raises ``TemplateFault`` with every fault."""
    marked = read_toml(path, TemplateFault, name)
    shape = validate(PolicyShape, marked, TemplateFault)
    reader = _Reader(marked, shape)
    policy = reader.policy(load_sources(sources, sources_name))
    problems = [*reader.problems, *_citation_faults(policy)]
    if problems:
        raise TemplateFault(sorted(problems))
    return policy


class _Reader:
    """Turns the checked shape into typed rows with their places, collecting faults of content."""

    def __init__(self, marked: Marked, shape: PolicyShape) -> None:
        self.marked = marked
        self.shape = shape
        self.problems: list[Problem] = []

    def policy(self, sources: Sources) -> Policy:
        shape, head = self.shape, self.shape.policy
        return Policy(
            vendor=head.vendor,
            file=self.marked.file,
            name={str(code): text for code, text in head.name.items()},
            marked=self.marked,
            named=Figure(
                "vendor.name",
                Kind.NAME,
                LocalText(by_locale={str(code): text for code, text in head.name.items()}),
                Cause(Origin.POLICY, "policy.name", self.marked.place("policy", "name")),
            ),
            sources=sources,
            in_force=head.in_force,
            rules={name: tuple(cite) for name, cite in shape.rules.items()},
            figures={name: self.figure(name, figure) for name, figure in shape.figures.items()},
            readings=dict(self.readings()),
            facts={
                name: FactSource(name, fact.field, tuple(fact.domain), fact.absent, self.marked.place("facts", name))
                for name, fact in shape.facts.items()
            },
            decide={
                name: tuple(
                    DecideRow(
                        self.when("decide", name, i), row.figure, tuple(row.cite), self.marked.place("decide", name, i)
                    )
                    for i, row in enumerate(rows)
                )
                for name, rows in shape.decide.items()
            },
            documents={name: document.basis for name, document in shape.documents.items()},
            omissions=dict(self.omissions()),
            slots={
                slot: tuple(self.slot_row(slot, i, row) for i, row in enumerate(rows))
                for slot, rows in shape.slot.items()
            },
            requires=tuple(
                Requirement(self.when("requires", i), tuple(row.fields), self.marked.place("requires", i))
                for i, row in enumerate(shape.requires)
            ),
            refusals=tuple(
                RefusalRow(
                    row.id, self.when("refusal", i), row.reason, tuple(row.figures), tuple(row.instead),
                    tuple(row.cite), self.marked.place("refusal", i),
                )
                for i, row in enumerate(shape.refusal)
            ),
            services=tuple(
                ServiceRow(
                    row.kind, self.when("service", i), row.charge, row.figure, row.allowance, row.limit,
                    row.label or row.kind, tuple(row.cite), self.marked.place("service", i),
                )
                for i, row in enumerate(shape.service)
            ),
            tables={name: self.table(name) for name in shape.tables},
            numbers=shape.numbers,
        )  # fmt: skip

    def when(self, *key: str | int) -> When:
        """Read the ``when`` of the row at ``key``."""
        table = self.marked.data
        for part in key:
            table = table[part]
        return read_when(table.get("when", {}), self.marked.place(*key, "when"))

    def figure(self, name: str, shape: FigureShape) -> PolicyFigure:
        rows = [(self.shape.policy.in_force, shape.value, ("value",))] if shape.value is not None else []
        rows += [(row.since, row.value, ("values", i)) for i, row in enumerate(shape.values)]  # type: ignore[misc]
        dated: list[DatedAmount] = []
        for since, value, key in rows:
            place = self.marked.place("figures", name, *key)
            try:
                dated.append(DatedAmount(since, read_amount(shape.kind, value), place))
            except ValueError as fault:
                cause, _, repair = str(fault).partition(" | ")
                self.problems.append(Problem(place, f'figure "{name}": {cause}', repair))
        place = self.marked.place("figures", name)
        if not rows:
            self.problems.append(Problem(place, f'figure "{name}" has no value', "give value or values"))
        days = [row.since for row in dated]
        if days != sorted(set(days)):
            repair = "list the rows oldest first, one a day"
            self.problems.append(Problem(place, f'the rows of figure "{name}" are not in order of date', repair))
        return PolicyFigure(name, shape.kind, tuple(dated), tuple(shape.cite), place, shape.note)

    def readings(self) -> Iterator[tuple[str, Reading]]:
        for name, row in self.shape.readings.items():
            place = self.marked.place("readings", name)
            if row.choose not in row.options:
                repair = did_you_mean(row.choose, row.options)
                self.problems.append(Problem(place, f'reading "{name}" chooses "{row.choose}"', repair))
            yield name, Reading(name, row.choose, tuple(row.options), row.why, tuple(row.cite), place)

    def omissions(self) -> Iterator[tuple[tuple[str, str], SlotRow]]:
        for name, document in self.shape.documents.items():
            for slot, reason in document.omit.items():
                place = self.marked.place("documents", name, "omit", slot)
                yield (name, slot), SlotRow(slot, When((), place), None, reason, (), place)

    def slot_row(self, slot: str, index: int, row: SlotRowShape) -> SlotRow:
        place = self.marked.place("slot", slot, index)
        if (row.wording is not None) + (row.omit is not None) + row.show != 1:
            cause = f'a row of slot "{slot}" must have exactly one of wording, show = true, omit = "reason"'
            self.problems.append(Problem(place, cause, "keep one of them"))
        return SlotRow(slot, self.when("slot", slot, index), row.wording, row.omit, tuple(row.cite), place)

    def table(self, name: str) -> TableSpec:
        shape = self.shape.tables[name]
        rows: list[TableRowSpec] = []
        for i, row in enumerate(shape.rows):
            place = self.marked.place("tables", name, "rows", i)
            if len(row.cells) != len(shape.columns):
                cause = f'row has {len(row.cells)} cells, table "{name}" has {len(shape.columns)} columns'
                self.problems.append(Problem(place, cause, "add or remove cells"))
            cells = tuple(self.cell(cell, place) for cell in row.cells)
            own = tuple(read_when(table, place) for table in row.own)
            rows.append(TableRowSpec(cells, own, tuple(row.cite), place))
        return TableSpec(name, shape.by, tuple(shape.columns), tuple(rows), self.marked.place("tables", name))

    @staticmethod
    def cell(cell: str | CellShape, place: Place) -> CellSpec:
        if isinstance(cell, str):
            return CellSpec(cell, "", "", place)
        return CellSpec(cell.label, cell.figure, cell.strict, place)


def _citation_faults(policy: Policy) -> Iterator[Problem]:
    """Yield a problem for each citation of a fact that the sources do not hold."""
    for cite, place in citations(policy):
        if cite not in policy.sources.facts:
            repair = did_you_mean(cite, list(policy.sources.facts))
            yield Problem(place, f'cites "{cite}", which {policy.sources.file} does not hold', repair)


def citations(policy: Policy) -> Iterator[tuple[str, Place]]:
    """Yield every citation in the policy with the place of the row that makes it."""
    for name, cites in policy.rules.items():
        yield from ((cite, policy.marked.place("rules", name)) for cite in cites)
    rows: list[tuple[tuple[str, ...], Place]] = [
        *((row.cite, row.place) for row in policy.figures.values()),
        *((row.cite, row.place) for row in policy.readings.values()),
        *((row.cite, row.place) for rows in policy.decide.values() for row in rows),
        *((row.cite, row.place) for rows in policy.slots.values() for row in rows),
        *((row.cite, row.place) for row in policy.refusals),
        *((row.cite, row.place) for row in policy.services),
        *((row.cite, row.place) for table in policy.tables.values() for row in table.rows),
    ]
    for cites, place in rows:
        yield from ((cite, place) for cite in cites)
