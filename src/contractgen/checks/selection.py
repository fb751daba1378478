"""Selection: for every combination of facts that a contract can have, each slot has exactly one row; no row is dead.

In: a policy and the library. Out: findings ``gap``, ``overlap`` and ``unreachable-row``, each with the smallest
combination of facts that shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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


def _rows(policy: Policy, document: str, slot: str) -> tuple[SlotRow, ...]:
    blanket = policy.omissions.get((document, slot))
    own = tuple(row for row in policy.slots.get(slot, ()) if _speaks_of(row.when, document))
    return ((blanket, *own) if blanket else own) if own or blanket else ()


def _speaks_of(when: When, document: str) -> bool:
    return document in dict(when.terms).get("document", (document,))


def _slot(space: Space, slot: SlotSpec, reached: set[Place]) -> Iterator[Finding]:
    policy = space.policy
    rows = _rows(policy, space.document, slot.name)
    if not rows and slot.block != "clause" and slot.name not in policy.slots:
        return  # furniture that every document of the type carries
    whens = [row.when for row in rows]
    gaps: list[Facts] = []
    overlaps: dict[tuple[Place, ...], list[Facts]] = {}
    for facts in space.combinations(whens):
        matching = [row for row in rows if space.holds(row.when, facts)]
        reachable = len(matching) != 1 or matching[0].place not in reached
        if not reachable or space.possible(facts) is None:
            continue
        key = tuple(sorted(facts.items()))
        if len(matching) == 1:
            reached.add(matching[0].place)
        elif matching:
            reached.update(row.place for row in matching)
            overlaps.setdefault(tuple(row.place for row in matching), []).append(key)
        else:
            gaps.append(key)
    if gaps:
        yield _gap(space, slot, gaps)
    for places, found in overlaps.items():
        facts_ = smallest(found, space)
        listed = " and ".join(str(place) for place in places)
        what = f'{len(places)} rows fill slot "{slot.name}" of {space.document}: {listed} ({shown(facts_)})'
        yield Finding(places[-1], "overlap", what, "make their conditions exclude one another", facts_)


def _gap(space: Space, slot: SlotSpec, gaps: list[Facts]) -> Finding:
    facts = smallest(gaps, space)
    what = f'no row fills slot "{slot.name}" of {space.document} ({shown(facts)})'
    rows = space.policy.slots.get(slot.name, ())
    place = rows[0].place if rows else space.policy.marked.place("documents", space.document)
    repair = f"add a [[slot.{slot.name}]] row with a wording or an omission, or widen a condition"
    if not rows:
        repair = f"add a [[slot.{slot.name}]] row, or {slot.name} under [documents.{space.document}.omit]"
    return Finding(place, "gap", what, repair, facts)


def smallest(found: Sequence[Facts], space: Space) -> Facts:
    """Return the least combination that stands for a fault: facts whose every value shows it are dropped."""
    known = {frozenset(facts) for facts in found}
    best = dict(found[0])
    for name in list(best):
        if name == "document":
            continue
        without = {key: value for key, value in best.items() if key != name}
        others = [{**without, name: value} for value in space.domains[name]]
        if all(_covered(other, known) or space.possible(other) is None for other in others):
            best = without
    return tuple(sorted(best.items()))


def _covered(facts: dict[str, str], known: set[frozenset[tuple[str, str]]]) -> bool:
    """Whether some known fault agrees with all of ``facts``."""
    wanted = set(facts.items())
    return any(wanted <= fault for fault in known)


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


def _table(title: str, entries: Sequence[tuple[When, Place]], spaces: Iterable[Space]) -> Iterator[Finding]:
    reached: set[Place] = set()
    told: set[Place] = set()
    for space in spaces:
        for facts in space.combinations(when for when, _ in entries):
            matching = [place for when, place in entries if space.holds(when, facts)]
            if not matching or (len(matching) == 1 and matching[0] in reached) or space.possible(facts) is None:
                continue
            reached.update(matching)
            if len(matching) > 1 and matching[1] not in told:
                told.add(matching[1])
                key = tuple(sorted((name, value) for name, value in facts.items() if name != "document"))
                what = f"{len(matching)} rows of {title} match: {' and '.join(map(str, matching))} ({shown(key)})"
                yield Finding(matching[1], "overlap", what, "make their conditions exclude one another", key)
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
