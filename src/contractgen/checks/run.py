"""All checks over a library, part by part, so that a reader sees findings as they come.

In: the library, and which vendors. Out: ``Part``: a title, what was looked at, and its findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contractgen.checks.facts import check_facts
from contractgen.checks.fields import check_fields
from contractgen.checks.findings import Finding, from_problem
from contractgen.checks.selection import check_selection
from contractgen.checks.unused import check_unused
from contractgen.checks.witness import Witnesses
from contractgen.checks.words import check_words
from contractgen.errors import ContractgenError, Place
from contractgen.library import Library


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the checks: its title, how much it looked at, what it found."""

    title: str
    looked_at: str
    findings: tuple[Finding, ...]


def run(books: Library, vendors: Sequence[str] = ()) -> Iterator[Part]:
    """Yield the parts: each vendor's selection, facts and fields; words of all; what is left over.

    ``vendors`` narrows the checks to some; words and leftovers concern the whole library and are then left out.
    """
    witnesses: list[Witnesses] = []
    sound = True
    for vendor in vendors or books.vendors:
        try:
            policy = books.policy(vendor, Place("--vendor"))
        except ContractgenError as error:
            sound = False
            yield Part(vendor, "loading", tuple(from_problem("load", problem) for problem in error.problems))
            continue
        found = Witnesses(policy)
        witnesses.append(found)
        slots = sum(len(books.outline(name).slots) for name in policy.documents)
        yield Part(vendor, f"selection: {slots} slots", tuple(check_selection(policy, books)))
        yield Part(vendor, f"facts: {len(policy.sources.facts)}", tuple(check_facts(policy, books)))
        fields = tuple(check_fields(found, books))
        tried = sum(len(found.of(name)) for name in policy.documents)
        yield Part(vendor, f"fields: {tried} records", fields)
    if sound and not vendors:
        clauses = len(list(books.clause_names()))
        yield Part("all", f"words: {clauses} clauses, {len(books.locales)} locales", tuple(check_words(books)))
        yield Part("all", "leftovers: figures and labels", tuple(check_unused(witnesses, books)))
