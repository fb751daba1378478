"""The library over a tree and one mutant's changed files, and what is known of the tree without any mutant.

In: the root of the project. Out: ``Shelf``, a library that takes what a mutant leaves alone from the one it came from;
``Ground``: samples, probed records and findings of each vendor, worked out once and only when asked for.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from contractgen.api import decide
from contractgen.checks.facts import check_facts
from contractgen.checks.selection import check_selection
from contractgen.checks.witness import Case, Witnesses
from contractgen.contract import Contract, load_contract
from contractgen.errors import Place
from contractgen.library import Library
from contractgen.markup import Template
from contractgen.policy import Policy
from contractgen.refusals import letter_of
from contractgen.selection import Filled, Refusal, Selection, refusal, select
from mutation.model import Mutant


class Shelf(Library):
    """A library whose folders are a tree and, before it, the files that a mutant changed."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.folders = (root,)
        self._texts: dict[tuple[str, str, str], Template] = {}

    def clause_text(self, locale: str, slot: str, wording: str) -> Template:
        """Return the words of a clause, compiled once."""
        key = (locale, slot, wording)
        if key not in self._texts:
            self._texts[key] = super().clause_text(locale, slot, wording)
        return self._texts[key]

    def shown(self, path: Path) -> str:
        """Return a file's name within its folder, so that a mutant's file is called like the one it stands for."""
        return next(
            (str(path.relative_to(folder)) for folder in self.folders if path.is_relative_to(folder)), str(path)
        )

    def under(self, overlay: Path, mutant: Mutant) -> Shelf:
        """Return the library with ``overlay`` before its folders, without what it has read of the changed files."""
        books = Shelf(self.folders[-1])
        books.folders = (overlay, *self.folders)
        changed = {splice.path for splice in mutant.splices}
        outlines = mutant.target == "outline"
        policies = {f"policies/{vendor}.toml" for vendor in self._policies}
        books._policies = (
            {} if outlines else {v: p for v, p in self._policies.items() if p.file not in changed & policies}
        )
        books._locales = {c: found for c, found in self._locales.items() if f"templates/{c}/locale.toml" not in changed}
        books._outlines = {} if outlines else dict(self._outlines)
        texts = {key for key in self._texts if f"templates/{key[0]}/clauses/{key[1]}/{key[2]}.md" in changed}
        words = {key[1:] for key in texts}
        books._texts = {key: text for key, text in self._texts.items() if key not in texts}
        books._clauses = {key: text for key, text in self._clauses.items() if key[1:] not in words}
        return books


@contextmanager
def mutated(ground: Ground, mutant: Mutant) -> Iterator[Shelf]:
    """Give the library with a mutant in it; the tree itself is never touched."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as name:
        overlay = Path(name)
        for file, text in changed_files(ground.root, mutant).items():
            target = overlay / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        yield ground.books.under(overlay, mutant)


def changed_files(root: Path, mutant: Mutant) -> dict[str, str]:
    """Return the files of a mutant with their new texts; of two splices in one file the lower comes first."""
    found: dict[str, str] = {}
    for splice in sorted(mutant.splices, key=lambda one: -one.start):
        text = found.get(splice.path) or (root / splice.path).read_text(encoding="utf-8")
        found[splice.path] = splice.applied(text)
    return found


@dataclass(frozen=True, slots=True)
class Sample:
    """A document of a sample contract, and what it leads to."""

    name: str
    document: str
    contract: Contract
    outcome: Selection | Refusal


@dataclass(frozen=True, slots=True)
class Reached:
    """A document that a probed record leads to, or the letter that refuses it."""

    document: str
    case: Case
    chosen: Selection


class Vendor:
    """What is known of one vendor without any mutant."""

    def __init__(self, policy: Policy, samples: tuple[Sample, ...], books: Shelf) -> None:
        self.policy = policy
        self.samples = samples
        self.books = books
        self.expected: dict[tuple[str, str], dict[str, str]] = {}
        """The goldens that hold without any mutant, by sample and document, as far as they have been asked for."""

    @cached_property
    def witnesses(self) -> Witnesses:
        """All probed records."""
        found = Witnesses(self.policy)
        for document in self.policy.documents:
            found.of(document)
        return found

    @cached_property
    def known(self) -> frozenset[str]:
        """What the checks find without any mutant: it catches none."""
        found = [*check_selection(self.policy, self.books), *check_facts(self.policy, self.books)]
        return frozenset(finding.what for finding in found)

    @cached_property
    def read(self) -> frozenset[str]:
        """The figures that the rules read for any probed record."""
        cases = (case for found in self.witnesses.cases.values() for case in found)
        return frozenset().union(*(case.terms.read for case in cases))

    @cached_property
    def distinct(self) -> dict[str, list[Case]]:
        """The probed records by document, one of those that have the same facts, figures and rows."""
        found: dict[str, list[Case]] = {}
        for document, cases in self.witnesses.cases.items():
            known: dict[object, Case] = {}
            for case in cases:
                known.setdefault(_signature(case), case)
            found[document] = list(known.values())
        return found

    def reaches(self, case: Case, document: str, name: str) -> bool:
        """Whether a record leads to a document or letter with the clause ``name`` (``slot/wording``)."""
        return name in wordings(outcome_of(self.policy, case, document, self.books))

    @cached_property
    def reached(self) -> tuple[Reached, ...]:
        """The documents and letters of refusal to which the distinct records lead, one of each structure."""
        known: dict[object, Reached] = {}
        for document, cases in self.distinct.items():
            for case in cases:
                chosen = outcome_of(self.policy, case, document, self.books)
                known.setdefault(_structure(chosen), Reached(document, case, chosen))
        return tuple(known.values())


def outcome_of(policy: Policy, case: Case, document: str, books: Shelf) -> Selection:
    """Return the document, or the letter of refusal, to which a record leads."""
    refused = refusal(policy, case.terms)
    return letter_of(refused, books) if refused else select(books.outline(document), policy, case.terms)


def wordings(chosen: Selection) -> set[str]:
    """Return ``slot/wording`` of every clause chosen."""
    return {f"{pick.slot.name}/{pick.wording}" for pick in chosen.picks if isinstance(pick, Filled) and pick.wording}


def _signature(case: Case) -> object:
    terms = case.terms
    lists = tuple((name, tuple(sorted({row.label for row in rows}))) for name, rows in sorted(terms.lists.items()))
    return tuple(sorted((n, f.value) for n, f in terms.facts.items())), frozenset(terms.figures), lists


def _structure(chosen: Selection) -> object:
    wordings = tuple((pick.slot.name, pick.wording) for pick in chosen.picks if isinstance(pick, Filled))
    lists = tuple((name, frozenset(row.label for row in rows)) for name, rows in chosen.terms.lists.items())
    tier = chosen.terms.figures.get("tier")
    return chosen.outline.type, chosen.terms.document, wordings, lists, tier.canonical if tier else ""


class Ground:
    """The tree without any mutant."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.books = Shelf(root)
        self._vendors: dict[str, Vendor] = {}

    @cached_property
    def contracts(self) -> dict[str, Contract]:
        """The sample contracts by name."""
        folder = self.root / "fixtures" / "contracts"
        return {path.stem: load_contract(path, path.name) for path in sorted(folder.glob("*.yaml"))}

    def vendor(self, name: str) -> Vendor:
        """Return what is known of a vendor."""
        if name not in self._vendors:
            samples = tuple(
                Sample(stem, document, contract, decide(contract, document, self.books))
                for stem, contract in self.contracts.items()
                if contract.record.vendor == name
                for document in contract.record.documents
            )
            self._vendors[name] = Vendor(self.books.policy(name, Place("mutants")), samples, self.books)
        return self._vendors[name]

    @cached_property
    def vendors(self) -> tuple[Vendor, ...]:
        """All vendors."""
        return tuple(self.vendor(name) for name in self.books.vendors)
