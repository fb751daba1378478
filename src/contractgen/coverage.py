"""Nothing lost: for each fact of a vendor's source, what carries it, in which documents, or why it is left out.

In: a policy and the library. Out: ``FactCoverage`` for every fact. Carriers that print are clauses, cells of tables
and figures within either; refusals, rules, readings, prices of services and omissions carry a fact by what they decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contractgen.library import REFERENCE_LOCALE, Library
from contractgen.markup import compile_label, fields_of
from contractgen.outline import Outline, SlotSpec
from contractgen.policy import Policy, SlotRow, TableRowSpec
from contractgen.refusals import SLOT
from contractgen.sources import FactEntry

PRINTED = ("clause", "table", "cell", "figure")
"""Kinds of carriers whose content stands in the document."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """One thing that carries a fact: its kind, its name, and the document types in which it does."""

    kind: str
    name: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactCoverage:
    """A fact, what carries it, and the document types that name it without printing it."""

    id: str
    entry: FactEntry
    carriers: tuple[Carrier, ...]
    missing_in: tuple[str, ...]

    @property
    def left_out(self) -> bool:
        """Whether the fact is left out of all documents on purpose."""
        return bool(self.entry.left_out)

    @property
    def covered(self) -> bool:
        """Whether nothing is lost: carried wherever it belongs, or left out with a reason."""
        return self.left_out or (bool(self.carriers) and not self.missing_in)


def coverage(policy: Policy, books: Library) -> tuple[FactCoverage, ...]:
    """Return every fact of the vendor's source with its carriers, in the order of the source."""
    found: dict[str, dict[tuple[str, str], dict[str, None]]] = {cite: {} for cite in policy.sources.facts}
    for carrier, cites in (*_printing(policy, books), *_deciding(policy)):
        for cite in cites:
            documents = found[cite].setdefault((carrier.kind, carrier.name), {})
            documents.update(dict.fromkeys(carrier.documents))
    covered = []
    for cite, entry in policy.sources.facts.items():
        carriers = tuple(Carrier(kind, name, tuple(docs)) for (kind, name), docs in found[cite].items())
        printed = {name for carrier in carriers if carrier.kind in PRINTED for name in carrier.documents}
        wanted = [name for name in entry.documents if name in policy.documents and name not in entry.left_out_of]
        missing = () if entry.left_out else tuple(name for name in wanted if name not in printed)
        covered.append(FactCoverage(cite, entry, carriers, missing))
    return tuple(covered)


# -------------------------------------------------------------------------------------------- carriers that print


def _printing(policy: Policy, books: Library) -> Iterator[tuple[Carrier, tuple[str, ...]]]:
    outlines = {name: books.outline(name) for name in policy.documents}
    for rows in policy.slots.values():
        for row in rows:
            documents = _documents(row, outlines)
            if row.omit is not None or not documents:
                continue
            if row.wording:
                yield Carrier("clause", f"{row.slot}/{row.wording}", documents), row.cite
                for field in _fields(row, books):
                    yield from _figure(field, policy, documents)
            else:
                yield Carrier("table", row.slot, documents), row.cite
    for table in policy.tables.values():
        documents = tuple(name for name, outline in outlines.items() if _shows(outline, table.name, policy))
        for row_ in table.rows:
            title = row_.cells[0].label
            yield Carrier("cell", f"{table.name}: {title}", documents), row_.cite
            for field in _cell_fields(row_, books):
                yield from _figure(field, policy, documents)


def _documents(row: SlotRow, outlines: Mapping[str, Outline]) -> tuple[str, ...]:
    """Return the document types in which a row can fill its slot."""
    named = dict(row.when.terms).get("document", tuple(outlines))
    return tuple(name for name in named if name in outlines and _slot(outlines[name], row.slot) is not None)


def _slot(outline: Outline, name: str) -> SlotSpec | None:
    return next((slot for slot in outline.slots if slot.name == name), None)


def _shows(outline: Outline, table: str, policy: Policy) -> bool:
    """Whether a document type prints a table of the policy."""
    slots = [slot for slot in outline.slots if slot.table == table]
    return any((outline.type, slot.name) not in policy.omissions for slot in slots)


def _fields(row: SlotRow, books: Library) -> Iterator[str]:
    template = books.clause(REFERENCE_LOCALE, row.slot, row.wording or "", row.place)
    yield from dict.fromkeys(field.name for field in fields_of(template.parts))


def _cell_fields(row: TableRowSpec, books: Library) -> Iterator[str]:
    locale = books.locale(REFERENCE_LOCALE)
    for cell in row.cells:
        label = compile_label(locale.label(cell.label), locale.label_place(cell.label))
        yield from (field.name for field in fields_of(label.parts))
        if cell.figure:
            yield cell.figure


def _figure(field: str, policy: Policy, documents: tuple[str, ...]) -> Iterator[tuple[Carrier, tuple[str, ...]]]:
    """Yield a figure of the policy, or all among which a decision table chooses."""
    if field in policy.figures:
        yield Carrier("figure", field, documents), policy.figures[field].cite
    for row in policy.decide.get(field, ()):
        cites = (*row.cite, *policy.figures[row.figure].cite)
        yield Carrier("figure", f"{field} = {row.figure}", documents), tuple(dict.fromkeys(cites))


# ------------------------------------------------------------------------------------------- carriers that decide


def _deciding(policy: Policy) -> Iterator[tuple[Carrier, tuple[str, ...]]]:
    everywhere = tuple(policy.documents)
    for name, cites in policy.rules.items():
        yield Carrier("rule", name, everywhere), cites
    for reading in policy.readings.values():
        yield Carrier("reading", reading.name, everywhere), reading.cite
    for refused in policy.refusals:
        documents = dict(refused.when.terms).get("document", everywhere)
        yield Carrier("refusal", f"{SLOT}/{refused.id}", documents), refused.cite
    for service in policy.services:
        documents = tuple(name for name in everywhere if name == "quote")
        yield Carrier("price", f"service {service.label}", documents), service.cite
    for rows in policy.slots.values():
        for row in rows:
            if row.omit is not None:
                documents = dict(row.when.terms).get("document", everywhere)
                yield Carrier("omission", f"{row.slot}: {row.omit}", documents), row.cite


# --------------------------------------------------------------------------------------------------------- shown


def as_data(facts: Iterable[FactCoverage]) -> list[dict[str, Any]]:
    """Return the coverage as plain data."""
    return [
        {
            "fact": fact.id,
            "kind": fact.entry.kind,
            "statement": fact.entry.statement,
            "lines": fact.entry.lines,
            "documents": list(fact.entry.documents),
            "left_out": fact.entry.left_out,
            "left_out_of": dict(fact.entry.left_out_of),
            "covered": fact.covered,
            "missing_in": list(fact.missing_in),
            "carriers": [
                {"kind": carrier.kind, "name": carrier.name, "documents": list(carrier.documents)}
                for carrier in fact.carriers
            ],
        }
        for fact in facts
    ]


def facts_as_text(policy: Policy) -> str:
    """Return the facts of one vendor's source for people, each with its place there."""
    lines = [_title(policy)]
    lines += [f"  {policy.sources.describe(cite)}" for cite in policy.sources.facts]
    return "\n".join(lines) + "\n"


def _title(policy: Policy) -> str:
    sources = policy.sources
    return f"{policy.vendor}: {sources.title} ({sources.date}), sha256 {sources.sha256}"


def as_text(policy: Policy, facts: Iterable[FactCoverage]) -> str:
    """Return the coverage of one vendor for people, with its sum in the last line."""
    facts = tuple(facts)
    lines = [_title(policy)]
    for fact in facts:
        lines.append(f"  {fact.id} (lines {fact.entry.lines}): {fact.entry.statement}")
        if fact.entry.left_out:
            lines.append(f"    left out: {fact.entry.left_out}")
        for name, reason in fact.entry.left_out_of.items():
            lines.append(f"    left out of {name}: {reason}")
        lines += [f"    {one.kind:<8} {one.name}  [{', '.join(one.documents)}]" for one in fact.carriers]
        if fact.missing_in:
            lines.append(f"    MISSING in {', '.join(fact.missing_in)}")
    carried = sum(fact.covered and not fact.left_out for fact in facts)
    left_out = sum(fact.left_out for fact in facts)
    lost = [fact.id for fact in facts if not fact.covered]
    share = 100 * (len(facts) - len(lost)) // len(facts) if facts else 100
    lines.append(
        f"  {len(facts)} facts: {carried} carried, {left_out} left out with a reason, {len(lost)} lost"
        f"{': ' + ', '.join(lost) if lost else ''} ({share} %)"
    )
    return "\n".join(lines) + "\n"
