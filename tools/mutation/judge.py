"""Whether a mutant is caught: by loading, by a part of ``contractgen check``, by a golden; or whether it is no fault.

In: the ground, a mutant of data. Out: a ``Verdict``. The judges are asked cheapest first, and the first that objects is
named. A mutant that none objects to is *equivalent* when it changes no document of the sample contracts and nothing
that any probed record leads to; else it has survived.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable, Iterator
from types import FrameType

from contractgen.checks.findings import Finding
from contractgen.errors import ContractgenError, Place
from mutation import checking
from mutation.equivalence import changes_anything
from mutation.goldens import differing, registers
from mutation.model import Mutant, Verdict
from mutation.shelf import Ground, Shelf, Vendor, mutated

LIMIT = 300
"""Seconds after which a mutant counts as caught: somebody would notice."""

Judge = tuple[str, Callable[[], str]]


class TooLongError(Exception):
    """A judge came to no end."""


def judged(ground: Ground, mutant: Mutant) -> Verdict:
    """Return what became of a mutant of data."""
    begun = time.monotonic()
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(LIMIT)
    try:
        with mutated(ground, mutant) as books:
            caught_by, said = _asked(_judges(ground, mutant, books))
            equivalent = not caught_by and not changes_anything(ground, mutant, books)
    except TooLongError:
        caught_by, said, equivalent = "time", f"no end within {LIMIT} s", False
    finally:
        signal.alarm(0)
    return Verdict(mutant, caught_by, said, equivalent, time.monotonic() - begun)


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TooLongError


def _asked(judges: Iterable[Judge]) -> tuple[str, str]:
    for name, ask in judges:
        try:
            said = ask()
        except ContractgenError as error:
            return name, str(error.problems[0].cause)
        except TooLongError:
            raise
        except Exception as error:  # noqa: BLE001  (a traceback is seen by everybody, and told apart in the report)
            return "traceback", f"{name}: {type(error).__name__}: {error}"
        if said:
            return name, said
    return "", ""


def _judges(ground: Ground, mutant: Mutant, books: Shelf) -> Iterator[Judge]:
    """Yield the judges of a mutant, cheapest first."""
    match mutant.target:
        case "policy":
            yield from _of_policy(ground.vendor(mutant.vendor), mutant, books)
        case "clause":
            yield from _of_clause(ground, mutant, books)
        case "label":
            yield from _of_labels(ground, mutant, books)
        case _:
            yield from _of_outline(ground, mutant, books)


# ------------------------------------------------------------------------------------------------------- the targets


def _of_policy(vendor: Vendor, mutant: Mutant, books: Shelf) -> Iterator[Judge]:
    def policy() -> str:
        books.policy(mutant.vendor, Place("mutants"))
        return ""

    def loaded(check: Callable[..., Iterable[Finding]], *more: object) -> Callable[[], str]:
        return lambda: _first(check(books.policy(mutant.vendor, Place("mutants")), *more, books), vendor)

    yield "load", policy
    yield "selection", loaded(checking.selection)
    yield "facts", loaded(checking.facts)
    yield "clauses", lambda: _first(checking.clauses(books), vendor)
    if not mutant.computes:
        yield "figures", loaded(checking.figures, vendor.read)
    yield "registers", lambda: registers(vendor, books.policy(mutant.vendor, Place("mutants")), books)
    yield "goldens", lambda: differing(vendor, mutant, books)
    yield "fields", loaded(checking.probed) if mutant.computes else loaded(checking.fields, vendor)


def _of_clause(ground: Ground, mutant: Mutant, books: Shelf) -> Iterator[Judge]:
    name = clause_of(mutant)
    vendors = [vendor for vendor in ground.vendors if checking.is_named(vendor.policy, name)]
    yield "words", lambda: _first(checking.words(books, name))
    for vendor in vendors:
        yield "facts", lambda v=vendor: _first(checking.facts(v.policy, books), v)  # type: ignore[misc]
    for vendor in vendors:
        yield "figures", lambda v=vendor: _first(checking.figures(v.policy, v.read, books), v)  # type: ignore[misc]
    for vendor in vendors:
        yield "goldens", lambda v=vendor: differing(v, mutant, books, name)  # type: ignore[misc]
    for vendor in vendors:
        yield "fields", lambda v=vendor: _first(checking.fields(v.policy, v, books, name), v)  # type: ignore[misc]


def clause_of(mutant: Mutant) -> str:
    """Return ``slot/wording`` of the clause that a mutant changes."""
    return mutant.splices[0].path.partition("/clauses/")[2].removesuffix(".md")


def _of_labels(ground: Ground, mutant: Mutant, books: Shelf) -> Iterator[Judge]:
    yield "labels", lambda: _first(checking.labels(books))
    for vendor in ground.vendors:
        yield "facts", lambda v=vendor: _first(checking.facts(v.policy, books), v)  # type: ignore[misc]
    for vendor in ground.vendors:
        yield "goldens", lambda v=vendor: differing(v, mutant, books)  # type: ignore[misc]
    yield "labels", lambda: _first(checking.labels_used(ground.vendors, books))
    for vendor in ground.vendors:
        yield "fields", lambda v=vendor: _first(checking.fields(v.policy, v, books), v)  # type: ignore[misc]


def _of_outline(ground: Ground, mutant: Mutant, books: Shelf) -> Iterator[Judge]:
    def loaded(check: Callable[..., Iterable[Finding]], vendor: Vendor, *more: object) -> Callable[[], str]:
        return lambda: _first(check(books.policy(vendor.policy.vendor, Place("mutants")), *more, books), vendor)

    for vendor in ground.vendors:
        yield "selection", loaded(checking.selection, vendor)
        yield "facts", loaded(checking.facts, vendor)
    for vendor in ground.vendors:
        yield "registers", lambda v=vendor: registers(v, v.policy, books)  # type: ignore[misc]
    for vendor in ground.vendors:
        yield "goldens", lambda v=vendor: differing(v, mutant, books)  # type: ignore[misc]
    yield "labels", lambda: _first(checking.labels_used(ground.vendors, books))
    for vendor in ground.vendors:
        yield "fields", loaded(checking.fields, vendor, vendor)


def _first(findings: Iterable[Finding], vendor: Vendor | None = None) -> str:
    """Return the first finding that the tree without the mutant does not have."""
    known = vendor.known if vendor else frozenset()
    for finding in findings:
        if finding.what not in known:
            return f"{finding.check}: {finding.what}"
    return ""
