"""Mutants of a vendor's policy: rows, conditions, wordings, figures, citations, readings, cells.

In: the text of ``policies/<vendor>.toml``, its loaded ``Policy`` and the names of the wordings. Out: mutants.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from contractgen.policy import Policy
from contractgen.terms import domains
from contractgen.terms.orders import SIZES
from mutation.amounts import changed_amounts
from mutation.model import Mutant, Splice
from mutation.toml_text import Block, Statement, blocks, written

COMPUTING = ("figures", "readings", "facts", "decide", "requires", "rules", "service")
"""Tables on which facts and figures of a contract depend; the others only choose words."""
ROWS = ("slot", "decide", "requires", "service", "tables")


@dataclass(slots=True)
class PolicyMutants:
    """All mutants of one policy. ``wordings``: the wordings that each slot has."""

    text: str
    policy: Policy
    wordings: Mapping[str, Sequence[str]]
    path: str = ""
    lines: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Mutant]:
        self.path = f"policies/{self.policy.vendor}.toml"
        self.lines = self.text.split("\n")
        found = blocks(self.text)
        for block in found:
            top = block.name.partition(".")[0]
            if block.array:
                yield from self.row(block, top)
            if top == "figures":
                yield from self.figure(block)
            elif top == "readings":
                yield from self.reading(block)
            elif top == "facts":
                yield from self.facts(block)
            elif top == "rules":
                yield from (self.removed("rule-deleted", block, entry) for entry in block.statements)
            elif block.name.endswith(".omit"):
                yield from (self.removed("omission-deleted", block, entry) for entry in block.statements)
            yield from self.dates(block)
        yield from self.cells([block for block in found if block.name.startswith("tables.") and block.array])

    # ------------------------------------------------------------------------------------------------ making mutants

    def made(self, kind: str, block: Block, change: str, *splices: Splice, fields: tuple[str, ...] = ()) -> Mutant:
        """Return a mutant of this policy."""
        computes = block.name.partition(".")[0] in (*COMPUTING, "policy")
        vendor = self.policy.vendor
        return Mutant(kind, "policy", block.id, change, splices, vendor=vendor, computes=computes, fields=fields)

    def set(self, kind: str, block: Block, entry: Statement, value: Any, change: str = "") -> Mutant:
        """Return a mutant in which a statement has another value."""
        splice = Splice(self.path, entry.start, entry.end, (f"{entry.key} = {written(value)}",))
        before, after = entry.value, value
        if isinstance(before, dict) and isinstance(after, dict):  # a name by locale: show what differs
            (name,) = [key for key in before if before[key] != after.get(key)] or [""]
            before, after = before.get(name, before), after.get(name, after)
        shown = change or f"{entry.key}: {written(before)} becomes {written(after)}"
        return self.made(kind, block, shown, splice)

    def removed(self, kind: str, block: Block, entry: Statement) -> Mutant:
        """Return a mutant without a statement."""
        return self.made(kind, block, f"without {entry.key}", Splice(self.path, entry.start, entry.end, ()))

    # ---------------------------------------------------------------------------------------------------------- rows

    def row(self, block: Block, top: str) -> Iterator[Mutant]:
        """Yield the mutants of one row of a table of rows."""
        fields = tuple(entry.value) if (entry := block.get("fields")) else ()
        whole = tuple(self.lines[block.start : block.end])
        kind = "refusal-deleted" if top == "refusal" else "row-deleted"
        yield self.made(kind, block, "deleted", Splice(self.path, block.start, block.end, ()), fields=fields)
        if top in ROWS:
            yield self.made(
                "row-duplicated", block, "stands twice", Splice(self.path, block.start, block.end, whole * 2)
            )
        if when := block.get("when"):
            yield from self.conditions(block, when)
        if wording := block.get("wording"):
            for other in _after(wording.value, self.wordings.get(block.name.partition(".")[2], ()))[:2]:
                yield self.set("wording-repointed", block, wording, other)
        if cite := block.get("cite"):
            yield from self.citations(block, cite)
        if top == "requires" and (required := block.get("fields")) and len(required.value) > 1:
            yield from self.required(block, required)
        if top == "decide" and (figure := block.get("figure")):
            kinds = self.policy.figures
            alike = [name for name in kinds if kinds[name].kind is kinds[figure.value].kind]
            yield from (self.set("decide-repointed", block, figure, name) for name in _after(figure.value, alike)[:2])
        if top == "refusal" and (figures := block.get("figures")):
            for name in figures.value:
                rest = [other for other in figures.value if other != name]
                yield self.set("refusal-figure-dropped", block, figures, rest)

    def conditions(self, block: Block, when: Statement) -> Iterator[Mutant]:
        """Yield the mutants of a condition: a fact dropped, a value shifted, added or taken away."""
        known = {**domains(self.policy), "size": SIZES}
        for name, value in when.value.items():
            rest = {key: item for key, item in when.value.items() if key != name}
            yield self.set("when-dropped", block, when, rest, f"when: {name} dropped")
            values = [value] if isinstance(value, str) else value
            others = _after(values[-1], known.get(name, ()))
            shifted = [item for item in others if item not in values][:1]
            for other in shifted:
                new = other if isinstance(value, str) else [*values[:-1], other]
                change = f"when: {name} {values[-1]} becomes {other}"
                yield self.set("when-shifted", block, when, {**when.value, name: new}, change)
                change = f"when: {name} may also be {other}"
                yield self.set("when-widened", block, when, {**when.value, name: [*values, other]}, change)
            for one in values if len(values) > 1 else ():
                fewer = [item for item in values if item != one]
                yield self.set(
                    "when-narrowed", block, when, {**when.value, name: fewer}, f"when: {name} no longer {one}"
                )

    def citations(self, block: Block, cite: Statement) -> Iterator[Mutant]:
        """Yield a mutant without each citation, and with the next fact in its place."""
        for one in cite.value:
            rest = [other for other in cite.value if other != one]
            yield self.set("citation-dropped", block, cite, rest, f"cite: {one} dropped")
            other = _after(one, [fact for fact in self.policy.sources.facts if fact not in rest])[0]
            new = [other if item == one else item for item in cite.value]
            yield self.set("citation-repointed", block, cite, new, f"cite: {one} becomes {other}")

    def required(self, block: Block, required: Statement) -> Iterator[Mutant]:
        """Yield a mutant without each required field."""
        for name in required.value:
            rest = [other for other in required.value if other != name]
            splice = Splice(self.path, required.start, required.end, (f"fields = {written(rest)}",))
            yield self.made("requirement-dropped", block, f"{name} no longer required", splice, fields=(name,))

    # ------------------------------------------------------------------------------------- figures, readings, facts

    def figure(self, block: Block) -> Iterator[Mutant]:
        """Yield mutants of a figure's value and citations."""
        kind, value = block.get("kind"), block.get("value")
        if kind and value:
            for name, new in changed_amounts(kind.value, value.value):
                yield self.set(name, block, value, new)
        if rows := block.get("values"):
            for index, row in enumerate(rows.value):
                for name, new in changed_amounts(block.statements[0].value, row["value"]):
                    changed = [{**item, "value": new} if i == index else item for i, item in enumerate(rows.value)]
                    yield self.set(name, block, rows, changed)
        if cite := block.get("cite"):
            yield from self.citations(block, cite)

    def reading(self, block: Block) -> Iterator[Mutant]:
        """Yield a mutant for each reading that is not chosen, and of the citations."""
        choose, options, cite = block.get("choose"), block.get("options"), block.get("cite")
        if choose and options:
            for other in options.value:
                if other != choose.value:
                    yield self.set("reading-changed", block, choose, other)
        if cite:
            yield from self.citations(block, cite)

    def facts(self, block: Block) -> Iterator[Mutant]:
        """Yield mutants of the facts read from the record: a value less, or another one where it is not given."""
        for entry in block.statements:
            fact = entry.value
            for value in fact["domain"]:
                rest = [other for other in fact["domain"] if other != value]
                if rest:
                    change = f"{entry.key}: {value} leaves the domain"
                    yield self.set("domain-narrowed", block, entry, {**fact, "domain": rest}, change)
            if "absent" in fact and len(fact["domain"]) > 1:
                other = _after(fact["absent"], fact["domain"])[0]
                change = f"{entry.key}: {other} where absent"
                yield self.set("absent-changed", block, entry, {**fact, "absent": other}, change)

    def dates(self, block: Block) -> Iterator[Mutant]:
        """Yield mutants in which a dated row begins long after or a day later."""
        if (force := block.get("in_force")) and isinstance(force.value, date):
            yield self.set("date-shifted", block, force, force.value.replace(year=force.value.year + 20))
            yield self.set("date-shifted", block, force, force.value + timedelta(days=1))
        if block.name.startswith("figures.") and (rows := block.get("values")):
            for later in (timedelta(days=1), timedelta(days=20 * 365)):
                first, *more = rows.value
                yield self.set("date-shifted", block, rows, [{**first, "since": first["since"] + later}, *more])

    # --------------------------------------------------------------------------------------------------------- cells

    def cells(self, rows: Sequence[Block]) -> Iterator[Mutant]:
        """Yield mutants in which a cell changes places with its neighbour to the right or below."""
        for block, below in zip(rows, [*rows[1:], None], strict=True):
            cells = block.get("cells")
            if cells is None:
                continue
            for column in range(1, len(cells.value) - 1):
                if cells.value[column] != cells.value[column + 1]:
                    new = list(cells.value)
                    new[column], new[column + 1] = new[column + 1], new[column]
                    change = f"cells {column + 1} and {column + 2} change places"
                    yield self.set("cells-swapped", block, cells, new, change)
            other = below.get("cells") if below and below.name == block.name else None
            if below is None or other is None or len(other.value) != len(cells.value):
                continue
            for column in range(len(cells.value)):
                upper, lower = cells.value[column], other.value[column]
                if upper != lower:
                    yield self.made(
                        "cells-swapped",
                        block,
                        f"cell {column + 1} changes places with that of the next row",
                        self.cell(below, other, column, upper),
                        self.cell(block, cells, column, lower),
                    )

    def cell(self, _block: Block, cells: Statement, column: int, value: Any) -> Splice:
        """Return the splice that puts ``value`` into one cell of a row."""
        new = [value if index == column else cell for index, cell in enumerate(cells.value)]
        return Splice(self.path, cells.start, cells.end, (f"cells = {written(new)}",))


def _after(value: str, among: Sequence[str]) -> list[str]:
    """Return the others in the order in which they follow ``value``, the last followed by the first."""
    if value not in among:
        return list(among)
    index = list(among).index(value)
    return [*among[index + 1 :], *among[:index]]
