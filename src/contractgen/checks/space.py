"""The combinations of facts that a contract can have, for one document of one vendor.

In: a policy and a document type. Out: ``Space``, which yields combinations of chosen facts and says whether some
contract can have a combination. Impossible are those that the vendor's refusals bar (no document is made then) and
those that the rules exclude (``terms.exclusions``), also where a field that the document requires makes them so.

Method: every refusal and exclusion is a *nogood*, a conjunction of conditions that cannot hold at once. A combination
of some facts is possible if it can be completed to one of all facts without meeting a nogood; a search with
backtracking finds the completion or proves that there is none. Domains are small, so this is exact and quick.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from contractgen.conditions import When
from contractgen.policy import Policy
from contractgen.terms import domains
from contractgen.terms.exclusions import EXCLUSIONS, NOT, Exclusion
from contractgen.terms.orders import SIZES

Nogood = Mapping[str, frozenset[str]]
Facts = Mapping[str, str]


class Space:
    """The fact space of one document; ``refusals`` says how many of the policy's refusals count as barred."""

    def __init__(self, policy: Policy, document: str, refusals: int | None = None) -> None:
        self.policy = policy
        self.document = document
        self.domains: dict[str, tuple[str, ...]] = {**domains(policy), "size": SIZES, "document": (document,)}
        barred = policy.refusals[:refusals]
        nogoods: list[Nogood] = [_nogood(row.when) for row in barred]
        nogoods += list(self._excluded())
        self.nogoods = [nogood for nogood in nogoods if all(name in self.domains for name in nogood)]
        self._alone: dict[tuple[int, ...], bool] = {}

    def combinations(self, whens: Iterable[When]) -> Iterator[dict[str, str]]:
        """Yield every combination of the facts that the conditions look at, possible or not."""
        names = sorted({name for when in whens for name, _ in when.terms} - {"document"})
        for values in product(*(self.domains[name] for name in names)):
            yield {"document": self.document, **dict(zip(names, values, strict=True))}

    def possible(self, facts: Facts) -> dict[str, str] | None:
        """Return a completion of ``facts`` that a contract can have; None if there is none."""
        concerned, rest = self._concerned(facts)
        if not self._satisfiable(rest):
            return None
        return self._complete(dict(facts), self._open(concerned, facts), concerned)

    def holds(self, when: When, facts: Facts) -> bool:
        """Whether a condition holds for facts that decide it."""
        return all(facts[name] in allowed for name, allowed in when.terms)

    # ------------------------------------------------------------------------------------------------ the search

    def _concerned(self, facts: Facts) -> tuple[list[Nogood], tuple[int, ...]]:
        """Return the nogoods that the facts can run into, with those that these run into in turn; then the others.

        The others share no fact with them, so that they can be looked at alone, and once for many questions.
        """
        reached = set(facts)
        rest = [index for index, nogood in enumerate(self.nogoods) if not _contradicts(nogood, facts)]
        found: list[Nogood] = []
        while True:
            touching = [index for index in rest if reached & set(self.nogoods[index])]
            if not touching:
                return found, tuple(rest)
            found += [self.nogoods[index] for index in touching]
            rest = [index for index in rest if index not in touching]
            reached |= {name for index in touching for name in self.nogoods[index]}

    def _satisfiable(self, indices: tuple[int, ...]) -> bool:
        """Whether some facts meet none of these nogoods: a vendor may refuse a document whatever the contract."""
        if indices not in self._alone:
            nogoods = [self.nogoods[index] for index in indices]
            self._alone[indices] = self._complete({}, self._open(nogoods, {}), nogoods) is not None
        return self._alone[indices]

    def _open(self, nogoods: Iterable[Nogood], facts: Facts) -> list[str]:
        """Return the facts of nogoods that are still to be decided, those of the smallest domain first."""
        names = {name for nogood in nogoods for name in nogood} - set(facts)
        return sorted(names, key=lambda name: (len(self.domains[name]), name))

    def _complete(self, facts: dict[str, str], names: list[str], nogoods: list[Nogood]) -> dict[str, str] | None:
        if any(_met(nogood, facts) for nogood in nogoods):
            return None
        if not names:
            return facts
        name, *rest = names
        for value in self.domains[name]:
            found = self._complete({**facts, name: value}, rest, nogoods)
            if found is not None:
                return found
        return None

    # ----------------------------------------------------------------------------------------------- the nogoods

    def _excluded(self) -> Iterator[Nogood]:
        for exclusion in EXCLUSIONS:
            if exclusion.rule in self.policy.rules:
                facts = self._facts(exclusion)
                if facts is not None:
                    yield from self._where_given(facts, exclusion.given)

    def _facts(self, exclusion: Exclusion) -> dict[str, frozenset[str]] | None:
        """Return what an exclusion forbids in this policy's own domains."""
        found: dict[str, frozenset[str]] = {}
        for name, values in exclusion.facts:
            if name not in self.domains:
                return None
            negated = values[0].startswith(NOT)
            named = {value.removeprefix(NOT) for value in values}
            domain = set(self.domains[name])
            found[name] = frozenset(domain - named if negated else domain & named)
        return found

    def _where_given(self, facts: dict[str, frozenset[str]], fields: tuple[str, ...]) -> Iterator[Nogood]:
        """Yield the nogood once for each way in which the policy's requirements make the record give all fields."""
        if not fields:
            yield facts
            return
        ways = [[row.when for row in self.policy.requires if _gives(row.fields, field)] for field in fields]
        for whens in product(*ways):
            combined: Nogood | None = facts
            for when in whens:
                combined = _both(combined, _nogood(when)) if combined is not None else None
            if combined is not None:
                yield combined


def _gives(required: tuple[str, ...], field: str) -> bool:
    """Whether requiring these fields makes the record give ``field``, or something within it."""
    return any(name == field or name.startswith(f"{field}.") for name in required)


def _nogood(when: When) -> dict[str, frozenset[str]]:
    return {name: frozenset(values) for name, values in when.terms}


def _both(first: Nogood, second: Nogood) -> Nogood | None:
    """Return the conjunction of two; None where they exclude one another."""
    merged = dict(first)
    for name, values in second.items():
        merged[name] = merged[name] & values if name in merged else values
        if not merged[name]:
            return None
    return merged


def _met(nogood: Nogood, facts: Facts) -> bool:
    return all(name in facts and facts[name] in values for name, values in nogood.items())


def _contradicts(nogood: Nogood, facts: Facts) -> bool:
    return any(name in facts and facts[name] not in values for name, values in nogood.items())
