"""Conditions over facts: the ``when`` of a decision row.

In: a table ``fact = value`` or ``fact = [values]`` from a policy. Out: ``When``, which either holds for a set of
facts or says which fact keeps it from holding. A condition on an unknown fact or value is a fault of the policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contractgen.errors import Place, Problem, did_you_mean
from contractgen.values import Fact


@dataclass(frozen=True, slots=True)
class When:
    """All of ``terms`` must hold: each names a fact and the values it may have."""

    terms: tuple[tuple[str, tuple[str, ...]], ...]
    place: Place

    def holds(self, facts: Mapping[str, Fact]) -> bool:
        """Whether every named fact has one of its values."""
        for name, allowed in self.terms:  # noqa: SIM110  (asked tens of times a document: a generator costs twice as much)
            if facts[name].value not in allowed:
                return False
        return True

    def obstacles(self, facts: Mapping[str, Fact]) -> tuple[Fact, ...]:
        """Return the facts that keep this condition from holding."""
        return tuple(facts[name] for name, allowed in self.terms if facts[name].value not in allowed)

    def __str__(self) -> str:
        if not self.terms:
            return "always"
        return ", ".join(f"{name} = {' | '.join(allowed)}" for name, allowed in self.terms)


def read_when(table: Mapping[str, Any], place: Place) -> When:
    """Make a condition from a policy's ``when`` table (values are words or lists of words)."""
    terms = tuple((name, (value,) if isinstance(value, str) else tuple(value)) for name, value in table.items())
    return When(terms, place)


def faults_of(when: When, domains: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    """Yield a problem for each fact or value in ``when`` that cannot occur."""
    for name, allowed in when.terms:
        if name not in domains:
            yield Problem(when.place, f'condition on unknown fact "{name}"', did_you_mean(name, list(domains)))
            continue
        for value in allowed:
            if value not in domains[name]:
                cause = f'fact "{name}" never has the value "{value}"'
                yield Problem(when.place, cause, did_you_mean(value, domains[name]))
