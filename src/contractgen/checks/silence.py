"""Silence: what a record leaves out never lets it pass by a refusal.

In: a policy. Out: findings ``silence``. A fact that is read from the record may have a value for records that do not
give the field (``absent``). Where refusals look at such a fact and none of them names that value, a record would pass
them by saying nothing; then the document has to require the field. Slots and tables need no such check: what no row
speaks of is a gap there, or a figure that is missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractgen.checks.findings import Finding, shown
from contractgen.checks.space import Space
from contractgen.conditions import When
from contractgen.policy import FactSource, Policy


def check_silence(policy: Policy) -> Iterator[Finding]:
    """Find facts on which a document may be refused, unless the record says nothing of them."""
    for document in policy.documents:
        space = Space(policy, document, refusals=0)
        for fact in policy.facts.values():
            if fact.absent is not None:
                yield from _of_fact(fact, space)


def _of_fact(fact: FactSource, space: Space) -> Iterator[Finding]:
    rows = [row for row in space.policy.refusals if fact.name in dict(row.when.terms)]
    asking = [row for row in rows if space.document in dict(row.when.terms).get("document", (space.document,))]
    if any(fact.absent in dict(row.when.terms)[fact.name] for row in asking):
        return  # they say what holds where the record says nothing
    for row in asking:
        facts = _met_by_silence(row.when, fact, space)
        if facts is not None:
            what = (
                f'refusal "{row.id}" asks for {fact.name}, and a record without "{fact.field}" passes it '
                f"as {fact.name} = {fact.absent} ({shown(tuple(sorted(facts.items())))})"
            )
            repair = f'require {fact.field} there, or add "{fact.absent}" to the condition'
            yield Finding(row.place, "silence", what, repair, tuple(sorted(facts.items())))


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
