"""The parts of ``contractgen check``, one by one, over a library with a mutant in it.

In: the library, the vendor or wording concerned, and the probed records of the unchanged tree, which serve again where
the mutant cannot change what is computed. Out: findings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from contractgen.checks.facts import check_facts
from contractgen.checks.fields import check_fields, of_combinations
from contractgen.checks.findings import Finding
from contractgen.checks.looking import look
from contractgen.checks.selection import check_selection
from contractgen.checks.silence import check_silence
from contractgen.checks.unused import check_clauses, check_figures, check_labels_used, named_wordings
from contractgen.checks.witness import Witnesses
from contractgen.checks.words import check_labels, check_words
from contractgen.errors import Place
from contractgen.policy import Policy
from contractgen.refusals import WORDINGS
from mutation.shelf import Shelf, Vendor


def selection(policy: Policy, books: Shelf) -> Iterator[Finding]:
    """Check that each slot has one row for every combination of facts, and that none is met by silence."""
    yield from check_selection(policy, books)
    yield from check_silence(policy)


def facts(policy: Policy, books: Shelf) -> Iterator[Finding]:
    """Check citations, what figures rest on, and coverage."""
    yield from check_facts(policy, books)


def clauses(books: Shelf) -> Iterator[Finding]:
    """Check that each clause is named by a policy."""
    yield from check_clauses([books.policy(vendor, Place("mutants")) for vendor in books.vendors], books)


def words(books: Shelf, name: str) -> Iterator[Finding]:
    """Check the languages of one clause (``slot/wording``) against one another."""
    yield from check_words(books, {name: Place("mutants")}, whole=False)


def labels(books: Shelf) -> Iterator[Finding]:
    """Check the languages of the labels against one another."""
    yield from check_labels(books)


def figures(policy: Policy, read: Collection[str], books: Shelf) -> Iterator[Finding]:
    """Check that each figure is read."""
    yield from check_figures(policy, read, books)


def labels_used(vendors: Collection[Vendor], books: Shelf) -> Iterator[Finding]:
    """Check that each label is printed."""
    lines: set[str] = set()
    for vendor in vendors:
        for case in (case for cases in vendor.distinct.values() for case in cases):
            lines |= {entry.label for entry in case.terms.lists.get("price_lines", ())}
    yield from check_labels_used(lines, [vendor.policy for vendor in vendors], books)


def fields(policy: Policy, vendor: Vendor, books: Shelf, name: str = "") -> Iterator[Finding]:
    """Check the fields of the records that were probed before; of those that reach clause ``name`` if it is given."""
    again = Witnesses(policy)
    for document, cases in vendor.distinct.items():
        again.cases[document] = [case for case in cases if not name or vendor.reaches(case, document, name)]
        again.failures[document] = []
    for document in policy.documents:
        if again.cases.get(document):
            combined = of_combinations(again, document, books.outline(document)).values()
            cases = [*again.cases[document], *(case for case in combined if case is not None)]
            yield from check_fields(again, document, cases, books)


def is_named(policy: Policy, name: str) -> bool:
    """Whether a policy names the clause, or every letter of refusal has it."""
    shared = {f"{slot}/{wording}" for slot, wording in WORDINGS.items()}
    return name in shared or any(named == name for named, _ in named_wordings(policy))


def probed(policy: Policy, books: Shelf) -> Iterator[Finding]:
    """Check the fields of records probed anew, and what the rules read for them."""
    read: frozenset[str] = frozenset()
    for document in policy.documents:
        looked = look(books, policy.vendor, document, ())
        yield from looked.findings
        read |= looked.read
    yield from check_figures(policy, read, books)
