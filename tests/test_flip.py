"""What an explanation says of a slot left out is so: flip the facts that kept a wording out, and it is printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import pytest

from contractgen.checks.probes import probes
from contractgen.checks.space import Space
from contractgen.checks.witness import Case, Witnesses
from contractgen.composing import composed
from contractgen.errors import Place
from contractgen.explain import as_data
from contractgen.policy import Policy, SlotRow
from contractgen.selection import Omitted, Selection, refusal, select
from contractgen.values import Fact
from helpers import books

POLICIES = {vendor: books().policy(vendor, Place("test")) for vendor in books().vendors}
DOCUMENTS = [(vendor, document) for vendor, policy in POLICIES.items() for document in policy.documents]
PROBED = {vendor: Witnesses(policy) for vendor, policy in POLICIES.items()}


@dataclass(frozen=True)
class Absence:
    """A wording that a record leaves out, and the facts that are said to have kept it out."""

    selection: Selection
    slot: str
    row: SlotRow
    obstacles: tuple[Fact, ...]


def cases(policy: Policy, document: str) -> list[Case]:
    """Return a record for each outcome of each rule, one rule at a time; the search for flips uses them as well."""
    witnesses = PROBED[policy.vendor]
    if document not in witnesses.cases:
        transactions = policy.facts["transaction"].domain if "transaction" in policy.facts else ("initial",)
        found = [
            witnesses.tried(document, {"transaction": transaction, **fragment})
            for transaction in transactions
            for fragment in ({}, *(one for some in probes(policy, transaction).values() for one in some[1:]))
        ]
        witnesses.cases[document] = [case for case in found if isinstance(case, Case)]
    return witnesses.cases[document]


def chosen(policy: Policy, document: str, case: Case) -> Selection | None:
    """Return the selection of a record, if it is not refused."""
    barred = refusal(policy, case.terms) is not None
    return None if barred else select(books().outline(document), policy, case.terms)


def absences(policy: Policy, document: str) -> Iterator[Absence]:
    """Yield each wording that some record leaves out, with the record that differs from its condition the least."""
    nearest: dict[Place, Absence] = {}
    for case in cases(policy, document):
        selection = chosen(policy, document, case)
        if selection is None:
            continue
        for pick in (pick for pick in selection.picks if isinstance(pick, Omitted)):
            for row, facts in pick.missed:
                known = nearest.get(row.place)
                if known is None or len(facts) < len(known.obstacles):
                    nearest[row.place] = Absence(selection, pick.slot.name, row, facts)
    yield from nearest.values()


def flipped(policy: Policy, row: SlotRow, facts: Mapping[str, Fact]) -> Iterator[dict[str, str]]:
    """Yield every way to give the facts that kept a row out a value it needs; the others stay as they are."""
    kept = {
        name: (fact.value,) if (fact := facts[name]).value in allowed else allowed for name, allowed in row.when.terms
    }
    kept.setdefault("document", (facts["document"].value,))
    kept["document"] = tuple(name for name in kept["document"] if name in policy.documents)
    for values in product(*kept.values()):
        yield dict(zip(kept, values, strict=True))


def prints(policy: Policy, row: SlotRow, wanted: Mapping[str, str]) -> Selection | None:
    """Return the selection of a record with the wanted facts whose document prints the row's slot."""
    cases(policy, wanted["document"])
    case = PROBED[policy.vendor].find(wanted["document"], wanted)
    selection = chosen(policy, wanted["document"], case) if case else None
    if selection is None:
        return None
    _, parts = composed(selection, "en", books())
    printed = {part.pick.row.place: part for part in parts if part.pick.row is not None and part.blocks}
    return selection if row.place in printed and printed[row.place].pick.wording == (row.wording or "") else None


@pytest.mark.parametrize(("vendor", "document"), DOCUMENTS)
def test_flipping_the_facts_that_kept_a_wording_out_prints_it(vendor: str, document: str) -> None:
    policy = POLICIES[vendor]
    for absence in absences(policy, document):
        row, facts = absence.row, absence.selection.terms.facts
        assert absence.obstacles, f"{row.place} is left out, and nothing keeps it out"
        assert told(absence) == [f"{fact.name} = {fact.value}" for fact in absence.obstacles]
        ways = [way for way in flipped(policy, row, facts) if possible(policy, way)]
        found = next((done for way in ways if (done := prints(policy, row, way))), None)
        if found is None:
            assert not ways, f"{row.place}: no record was found with {ways}"
            continue
        changed = {name for name, fact in found.terms.facts.items() if fact.value != facts[name].value}
        assert {fact.name for fact in absence.obstacles} <= changed


def possible(policy: Policy, facts: Mapping[str, str]) -> bool:
    """Whether some contract can have these facts."""
    return Space(policy, facts["document"]).possible(facts) is not None


def told(absence: Absence) -> list[str]:
    """Return the facts that the explanation names for a wording that was left out."""
    slots = as_data(absence.selection, books())["slots"]
    slot = next(slot for slot in slots if slot["slot"] == absence.slot)
    other = next(other for other in slot["would_be"] if other["row"] == str(absence.row.place))
    assert other["needs"] == str(absence.row.when)
    kept: list[str] = other["kept_out_by"]
    return kept
