"""What each document of a vendor can say, in its order, and which facts of the vendor's own document that rests on.

In: a policy and the library. Out: text for people: for each document type its slots in order with the wordings that
can fill them; then each figure, reading, rule, decision row, table row, price and refusal with the statements that it
cites. ``coverage`` asks the question from the other end: what carries a fact.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractgen.library import Library
from contractgen.policy import Policy
from contractgen.values import canonical

Rests = tuple[str, tuple[str, ...]]
"""What a policy says, in its own names, and the facts that it cites."""


def as_text(policy: Policy, books: Library) -> str:
    """Return what the documents of a vendor can say and what that rests on."""
    return "\n".join([f"{policy.vendor}: {policy.sources.title}", *_contents(policy, books), *_rests(policy)]) + "\n"


# ------------------------------------------------------------------------------------------------ documents in order


def _contents(policy: Policy, books: Library) -> Iterator[str]:
    for document in policy.documents:
        yield f"\n{document}, in this order:"
        for slot in books.outline(document).slots:
            if shown := _shown(policy, document, slot.name, slot.block):
                yield f"  {slot.name}: {shown}"


def _shown(policy: Policy, document: str, slot: str, block: str) -> str:
    """Return the wordings that can fill a slot, or how it is built; nothing where the vendor never fills it."""
    if (document, slot) in policy.omissions:
        return ""
    if slot not in policy.slots:
        return "" if block == "clause" else f"({block})"
    rows = [row for row in policy.slots[slot] if row.omit is None]
    own = [row for row in rows if document in dict(row.when.terms).get("document", (document,))]
    return " or ".join(dict.fromkeys(row.wording or f"({block})" for row in own))


# ------------------------------------------------------------------------------------------------ what it rests on


def _rests(policy: Policy) -> Iterator[str]:
    for title, rests in (
        ("Figures", _figures(policy)),
        ("Readings", _readings(policy)),
        ("Rules", iter(policy.rules.items())),
        ("Figures chosen by facts", _decided(policy)),
        ("Clauses and tables", _slots(policy)),
        ("Rows of tables", _tables(policy)),
        ("Prices", _services(policy)),
        ("Refusals", ((row.id, row.cite) for row in policy.refusals)),
    ):
        found = list(rests)
        if found:
            yield f"\n{title}, and what they rest on:"
        for what, cites in found:
            yield f"  {what}"
            yield from (f"    {cite}: {policy.sources.facts[cite].statement}" for cite in cites)


def _figures(policy: Policy) -> Iterator[Rests]:
    for figure in policy.figures.values():
        values = "; ".join(
            canonical(row.amount) + (f" since {row.since}" if len(figure.rows) > 1 else "") for row in figure.rows
        )
        yield f"{figure.name} = {values}", figure.cite


def _readings(policy: Policy) -> Iterator[Rests]:
    for reading in policy.readings.values():
        others = ", ".join(option for option in reading.options if option != reading.choose)
        yield f"{reading.name} = {reading.choose}" + (f" (not {others})" if others else ""), reading.cite


def _decided(policy: Policy) -> Iterator[Rests]:
    for name, rows in policy.decide.items():
        yield from ((f"{name} = {row.figure}", row.cite) for row in rows)


def _slots(policy: Policy) -> Iterator[Rests]:
    for rows in policy.slots.values():
        for row in rows:
            if row.omit is None:
                yield f"{row.slot}: {row.wording or 'the table'}", row.cite
            elif row.cite:
                yield f"{row.slot}: left out, {row.omit}", row.cite


def _tables(policy: Policy) -> Iterator[Rests]:
    for table in policy.tables.values():
        for row in table.rows:
            yield f"{table.name}: {', '.join(cell.label or cell.figure for cell in row.cells)}", row.cite


def _services(policy: Policy) -> Iterator[Rests]:
    for row in policy.services:
        asked = ", ".join(filter(None, (row.figure, row.allowance, row.limit)))
        yield f"{row.label} ({row.when}): {row.charge}{f' of {asked}' if asked else ''}", row.cite
