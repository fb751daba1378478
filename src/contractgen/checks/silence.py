"""Silence: what a record leaves out never decides unless some row says so.

In: a policy. Out: findings ``silence``. A fact that is read from the record may have a value for records that do not
give the field (``absent``). Where refusals, or the rows of a slot, look at such a fact and none of them names that
value, a record would pass them by saying nothing. Then the document has to require the field. Tables of figures are
left alone: a figure that no row decides is missing, and that is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contractgen.checks.findings import Finding, shown
from contractgen.checks.space import Space
from contractgen.conditions import When
from contractgen.policy import FactSource, Policy

Table = tuple[str, Sequence[When]]
"""How findings call a table, and its conditions."""


def check_silence(policy: Policy) -> Iterator[Finding]:
    """Find facts that decide on a document although the record says nothing of them, and no row speaks of that."""
    for document in policy.documents:
        space = Space(policy, document, refusals=0)
        for fact in policy.facts.values():
            if fact.absent is not None:
                yield from _of_fact(fact, space)


def _of_fact(fact: FactSource, space: Space) -> Iterator[Finding]:
    for title, whens in _tables(space.policy):
        asking = [when for when in whens if fact.name in dict(when.terms) and _concerns(when, space.document)]
        if any(fact.absent in dict(when.terms)[fact.name] for when in asking):
            continue  # the table says what holds where the record says nothing
        for when in asking:
            facts = _met_by_silence(when, fact, space)
            if facts is not None:
                where = shown(tuple(sorted(facts.items())))
                what = (
                    f'a record without "{fact.field}" counts as {fact.name} = {fact.absent}, '
                    f"of which no row of {title} speaks, and passes by this one ({where})"
                )
                repair = f'require {fact.field} there, or add "{fact.absent}" to a condition'
                yield Finding(when.place, "silence", what, repair, tuple(sorted(facts.items())))
                break


def _tables(policy: Policy) -> Iterator[Table]:
    yield "the refusals", [row.when for row in policy.refusals]
    for slot, rows in policy.slots.items():
        yield f'slot "{slot}"', [row.when for row in rows]


def _concerns(when: When, document: str) -> bool:
    return document in dict(when.terms).get("document", (document,))


def _met_by_silence(when: When, fact: FactSource, space: Space) -> dict[str, str] | None:
    """Return facts that a row asks for beside ``fact``, where the field may be missing; None if there are none."""
    others = When(tuple(term for term in when.terms if term[0] != fact.name), when.place)
    required = [row.when for row in space.policy.requires if fact.field in row.fields]
    for facts in space.combinations([others, *required]):
        whole = {**facts, fact.name: fact.absent or ""}
        if not space.holds(others, whole) or any(space.holds(each, whole) for each in required):
            continue
        if space.possible(whole) is not None:
            return {name: whole[name] for name, _ in others.terms} | {"document": space.document}
    return None
