"""Selection: for every combination of facts that a contract can have, each slot has exactly one row; no row is dead.

In: a policy and the library. Out: findings ``gap``, ``overlap`` and ``unreachable-row``, each with the smallest
combination of facts that shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from contractgen.checks.findings import Finding, shown
from contractgen.checks.space import Space
from contractgen.conditions import When
from contractgen.errors import Place
from contractgen.library import Library
from contractgen.outline import SlotSpec
from contractgen.policy import Policy, SlotRow

Facts = tuple[tuple[str, str], ...]


def check_selection(policy: Policy, books: Library) -> Iterator[Finding]:
    """Check every slot of every document, and every other table of the policy."""
    reached: set[Place] = set()
    for document in policy.documents:
        space = Space(policy, document)
        for slot in books.outline(document).slots:
            yield from _slot(space, slot, reached)
    for rows in policy.slots.values():
        for row in rows:
            if row.place not in reached:
                yield _dead(row.place, f'row of slot "{row.slot}"', row.when)
    yield from _tables(policy)
    yield from _refusals(policy)


def rows_of(policy: Policy, document: str, slot: str) -> tuple[SlotRow, ...]:
    """Return the rows of a slot that can hold for a document, its omission by the document first."""
    blanket = policy.omissions.get((document, slot))
    own = tuple(row for row in policy.slots.get(slot, ()) if _speaks_of(row.when, document))
    return ((blanket, *own) if blanket else own) if own or blanket else ()


def _speaks_of(when: When, document: str) -> bool:
    return document in dict(when.terms).get("document", (document,))


def _slot(space: Space, slot: SlotSpec, reached: set[Place]) -> Iterator[Finding]:
    policy = space.policy
    rows = rows_of(policy, space.document, slot.name)
    if not rows and slot.block != "clause" and slot.name not in policy.slots:
        return  # furniture that every document of the type carries
    entries = [(row.when, row.place) for row in rows]
    faults = _met(space, entries, reached, gaps=True)
    for places, found in faults.items():
        facts = smallest(found, _others(space, entries, places))
        if not places:
            yield _gap(space, slot, facts)
            continue
        listed = " and ".join(str(place) for place in places)
        what = f'{len(places)} rows fill slot "{slot.name}" of {space.document}: {listed} ({shown(facts)})'
        yield Finding(places[-1], "overlap", what, "make their conditions exclude one another", facts)


Entries = Sequence[tuple[When, Place]]
Places = tuple[Place, ...]


def _met(space: Space, entries: Entries, reached: set[Place], *, gaps: bool) -> dict[Places, list[Facts]]:
    """Return the combinations that meet several rows, by their places, and those that meet none (if ``gaps``).

    Every row that some contract meets is added to ``reached``.
    """
    found: dict[Places, list[Facts]] = {}
    for facts in space.combinations(when for when, _ in entries):
        places = _matching(space, entries, facts)
        known = len(places) == 1 and places[0] in reached
        if known or (not places and not gaps) or space.possible(facts) is None:
            continue
        reached.update(places)
        if len(places) != 1:
            found.setdefault(places, []).append(tuple(sorted(facts.items())))
    return found


def _others(space: Space, entries: Entries, places: Places) -> list[Facts]:
    """Return the combinations that a contract can have and that meet other rows than these."""
    return [
        tuple(sorted(facts.items()))
        for facts in space.combinations(when for when, _ in entries)
        if _matching(space, entries, facts) != places and space.possible(facts) is not None
    ]


def _matching(space: Space, entries: Entries, facts: Mapping[str, str]) -> Places:
    return tuple(place for when, place in entries if space.holds(when, facts))


def _gap(space: Space, slot: SlotSpec, facts: Facts) -> Finding:
    what = f'no row fills slot "{slot.name}" of {space.document} ({shown(facts)})'
    rows = space.policy.slots.get(slot.name, ())
    place = rows[0].place if rows else space.policy.marked.place("documents", space.document)
    repair = f"add a [[slot.{slot.name}]] row with a wording or an omission, or widen a condition"
    if not rows:
        repair = f"add a [[slot.{slot.name}]] row, or {slot.name} under [documents.{space.document}.omit]"
    return Finding(place, "gap", what, repair, facts)


def smallest(found: Sequence[Facts], others: Sequence[Facts]) -> Facts:
    """Return the fewest facts that make the fault certain: no other combination that is possible has them.

    The document is always one of them; ``found`` and ``others`` name the same facts.
    """
    names = [name for name, _ in found[0] if name != "document"]
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            kept = {*chosen, "document"}
            sound = {_only(facts, kept) for facts in others}
            for facts in found:
                if _only(facts, kept) not in sound:
                    return _only(facts, kept)
    return found[0]  # pragma: no cover  (all names together tell found from others)


def _only(facts: Facts, names: set[str]) -> Facts:
    return tuple((name, value) for name, value in facts if name in names)


# ------------------------------------------------------------------------------------------- other tables of a policy


def _tables(policy: Policy) -> Iterator[Finding]:
    """Check tables that yield figures and prices: never two rows at once, none of them dead."""
    tables: dict[str, list[tuple[When, Place]]] = {}
    for name, rows in policy.decide.items():
        tables[f"decide.{name}"] = [(row.when, row.place) for row in rows]
    for service in policy.services:
        tables.setdefault(f"service {service.kind}", []).append((service.when, service.place))
    spaces = [Space(policy, document) for document in policy.documents]
    for title, entries in tables.items():
        yield from _table(title, entries, spaces)
    for requirement in policy.requires:
        if not any(_occurs(requirement.when, Space(policy, document, refusals=0)) for document in policy.documents):
            yield _dead(requirement.place, "requirement", requirement.when)


def _table(title: str, entries: Entries, spaces: Iterable[Space]) -> Iterator[Finding]:
    reached: set[Place] = set()
    told: set[Places] = set()
    for space in spaces:
        for places, found in _met(space, entries, reached, gaps=False).items():
            if places not in told:
                told.add(places)
                facts = smallest(found, _others(space, entries, places))
                what = f"{len(places)} rows of {title} match: {' and '.join(map(str, places))} ({shown(facts)})"
                yield Finding(places[1], "overlap", what, "make their conditions exclude one another", facts)
    for when, place in entries:
        if place not in reached:
            yield _dead(place, f"row of {title}", when)


def _refusals(policy: Policy) -> Iterator[Finding]:
    """Check that each refusal can be met and is not hidden behind earlier ones."""
    for index, row in enumerate(policy.refusals):
        documents = [document for document in policy.documents if _speaks_of(row.when, document)]
        if not any(_occurs(row.when, Space(policy, document, refusals=index)) for document in documents):
            yield _dead(row.place, f'refusal "{row.id}"', row.when)


def _occurs(when: When, space: Space) -> bool:
    return any(space.holds(when, facts) and space.possible(facts) is not None for facts in space.combinations([when]))


def _dead(place: Place, what: str, when: When) -> Finding:
    return Finding(place, "unreachable-row", f"{what} can never match ({when})", "remove it, or correct its condition")
