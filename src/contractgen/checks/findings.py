"""What a check finds: where, what, why it matters, how to mend it.

In: nothing. Out: ``Finding``, ordered by place. Its ``facts`` are the smallest combination that shows the fault,
its ``record`` a contract that meets it, where one is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contractgen.errors import Place, Problem

CHECKS = {
    "gap": "a contract with these facts could get no text for this slot, so no document at all",
    "overlap": "a contract with these facts matches two rows, and nothing says which one holds",
    "unreachable-row": "no contract can ever get here: it is dead, or a condition is mistyped",
    "unused-clause": "no policy names these words, so nobody reviews them and no document carries them",
    "unused-figure": "no clause, table, row or rule reads this figure; what it states reaches no document",
    "unused-label": "nothing prints this label",
    "language": "the languages would make different contracts",
    "figure-in-prose": "a figure typed in a clause does not follow the policy when that changes",
    "citation": "a reader who asks where this comes from finds nothing",
    "coverage": "a fact of the vendor's document is lost",
    "silence": "who says nothing would be judged as if it had been asked",
    "field": "a contract that gets here would stop for a missing or wrong value",
    "contradiction": "two clauses of one document could say different things",
    "load": "the file cannot be used at all",
}
"""Every kind of finding and why it matters."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One finding of one check."""

    place: Place
    check: str
    what: str
    repair: str
    facts: tuple[tuple[str, str], ...] = ()
    record: Mapping[str, Any] | None = field(default=None, compare=False)

    @property
    def why(self) -> str:
        """Why it matters."""
        return CHECKS[self.check]

    def data(self) -> dict[str, Any]:
        """Return the finding as plain data."""
        return {
            "check": self.check,
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "what": self.what,
            "why": self.why,
            "repair": self.repair,
            "facts": dict(self.facts),
        }


def from_problem(check: str, problem: Problem) -> Finding:
    """Return a problem met while loading as a finding."""
    return Finding(problem.place, check, problem.cause, problem.repair)


def shown(facts: tuple[tuple[str, str], ...]) -> str:
    """Return facts as people read them, the document first: ``document = quote, tier = basic``."""
    ordered = sorted(facts, key=lambda fact: (fact[0] != "document", fact))
    return ", ".join(f"{name} = {value}" for name, value in ordered) or "always"
