"""All checks over a library, part by part, so that a reader sees findings as they come.

In: the library, and which vendors. Out: ``Part``: a title, what was looked at, and its findings. A file that cannot be
used is a finding ``load`` and stops only what rests on it; nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from contractgen.checks.facts import check_facts
from contractgen.checks.fields import check_names
from contractgen.checks.findings import Finding, from_problem
from contractgen.checks.looking import Helpers, Looked
from contractgen.checks.selection import check_selection
from contractgen.checks.silence import check_silence
from contractgen.checks.unused import check_clauses, check_figures, check_labels_used, named_wordings
from contractgen.checks.words import check_labels, check_words
from contractgen.errors import ContractgenError, Place, UsageError, did_you_mean
from contractgen.library import Library
from contractgen.policy import Policy


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the checks: its title, how much it looked at, what it found."""

    title: str
    looked_at: str
    findings: tuple[Finding, ...]


def run(books: Library, vendors: Sequence[str] = (), *, jobs: int = 1, records: bool = False) -> Iterator[Part]:
    """Yield the parts: each vendor's selection, facts and fields; the words; what is left over.

    ``vendors`` narrows the checks to some, to the clauses that they name and the figures that they have. ``jobs`` is
    how many processes may help, ``records`` whether findings shall carry a contract record that meets them. Raises
    ``UsageError`` for a vendor that does not exist.
    """
    for vendor in vendors:
        if vendor not in books.vendors:
            repair = did_you_mean(vendor, books.vendors)
            raise UsageError.at(Place("--vendor"), f'unknown vendor "{vendor}"', repair)
    with Helpers(books, jobs) as helpers:
        yield from _Run(books, tuple(dict.fromkeys(vendors)), helpers, records=records).parts()


class _Run:
    """One run over a library, and what it has told so far."""

    def __init__(self, books: Library, vendors: tuple[str, ...], helpers: Helpers, *, records: bool) -> None:
        self.books = books
        self.vendors = vendors
        self.helpers = helpers
        self.records = records
        self.told: set[tuple[Place, str, str]] = set()
        self.stopped: set[Place] = set()
        self.policies: dict[str, Policy] = {}
        self.broken: dict[str, list[Finding]] = {}

    def parts(self) -> Iterator[Part]:
        """Yield the parts of the checks in order; the long work of all vendors is begun first."""
        chosen = self.vendors or self.books.vendors
        self._load(chosen)
        selections = {
            vendor: self._collected(check_selection(self.policies[vendor], self.books))
            for vendor in chosen
            if vendor in self.policies
        }
        waiting = {vendor: self._begun(self.policies[vendor], found) for vendor, found in selections.items()}
        lines: set[str] = set()
        words: list[Finding] = []
        policies = [self.policies[vendor] for vendor in selections]
        for vendor in chosen:
            if vendor == chosen[-1]:  # now, while other processes are still busy
                words = self._words(policies)
            if vendor in self.broken:
                yield Part(vendor, "loading", self._new(self.broken[vendor]))
            else:
                yield from self._vendor(self.policies[vendor], selections[vendor], waiting[vendor], lines)
        if policies:
            yield Part("+".join(self.vendors) or "all", self._words_looked_at(policies), self._new(words))
        if not self.vendors and not self.broken:
            labels = check_labels_used(lines, self.policies.values(), self.books)
            yield Part("all", "leftovers: labels", self._new(self._collected(labels)))

    def _load(self, vendors: Iterable[str]) -> None:
        for vendor in vendors:
            try:
                self.policies[vendor] = self.books.policy(vendor, Place("--vendor"))
            except ContractgenError as error:
                self.broken[vendor] = [from_problem("load", problem) for problem in error.problems]

    # ------------------------------------------------------------------------------------------------- one vendor

    def _begun(self, policy: Policy, selection: list[Finding]) -> list[Callable[[], Looked]]:
        wanted = [finding.facts for finding in selection if self.records and finding.facts]
        return [
            self.helpers.look(policy, document, [facts for facts in wanted if ("document", document) in facts])
            for document in policy.documents
        ]

    def _vendor(
        self, policy: Policy, selection: list[Finding], waiting: Iterable[Callable[[], Looked]], lines: set[str]
    ) -> Iterator[Part]:
        """Yield the parts of one vendor; the price lines of its records are added to ``lines``."""
        outcomes: list[Looked] = []
        if any(finding.facts for finding in selection) and self.records:
            outcomes = [outcome() for outcome in waiting]
            selection = [_with_record(finding, outcomes) for finding in selection]
        slots = sum(len(self.books.outline(name).slots) for name in policy.documents)
        yield Part(policy.vendor, f"selection: {slots} slots", self._new(selection))
        facts = self._collected(check_facts(policy, self.books))
        yield Part(policy.vendor, f"facts: {len(policy.sources.facts)}", self._new(facts))
        outcomes = outcomes or [outcome() for outcome in waiting]
        fields = [
            *check_names(policy),
            *check_silence(policy),
            *(finding for looked in outcomes for finding in looked.findings),
        ]
        yield Part(policy.vendor, f"fields: {_counted(outcomes)}", self._new(fields))
        read = {name for looked in outcomes for name in looked.read}
        unread = self._collected(check_figures(policy, read, self.books))
        yield Part(policy.vendor, f"figures: {len(policy.figures)}", self._new(unread))
        lines.update(line for looked in outcomes for line in looked.lines)

    # -------------------------------------------------------------------------------------------------- all vendors

    def _words(self, policies: Iterable[Policy]) -> list[Finding]:
        """Return what is found in the words that the policies name, or in all words there are."""
        named = _named(policies)
        found = self._collected(check_words(self.books, named, whole=not self.vendors))
        found += self._unused(named if self.vendors else None)
        if not self.vendors:
            found += self._collected(check_labels(self.books))
        return found

    def _words_looked_at(self, policies: Iterable[Policy]) -> str:
        there = [] if self.vendors else [f"{slot}/{wording}" for slot, wording in self.books.clause_names()]
        clauses = len({*_named(policies), *there})
        return f"words: {clauses} clause{'' if clauses == 1 else 's'}, {len(self.books.locales)} locales"

    def _unused(self, only: Collection[str] | None) -> list[Finding]:
        """Return clauses and branches that nothing uses, also no policy that cannot be read but names the wording."""
        found = self._collected(check_clauses(self.policies.values(), self.books, only))
        if found and only is not None:  # perhaps another vendor takes that branch
            self._load(vendor for vendor in self.books.vendors if vendor not in {*self.policies, *self.broken})
            found = self._collected(check_clauses(self.policies.values(), self.books, only))
        unread = [self._text_of(vendor) for vendor in self.broken]
        return [one for one in found if not any(f'"{Path(one.place.file).stem}"' in text for text in unread)]

    def _text_of(self, vendor: str) -> str:
        paths = (folder / "policies" / f"{vendor}.toml" for folder in self.books.folders)
        return next(path for path in paths if path.is_file()).read_text(encoding="utf-8", errors="replace")

    def _collected(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings of a check; a file that it cannot read ends it with a finding."""
        found: list[Finding] = []
        try:
            for finding in findings:
                found.append(finding)  # noqa: PERF402  (what came before a fault is kept)
        except ContractgenError as error:
            found += [from_problem("load", problem) for problem in error.problems]
        return found

    def _new(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return what has not been told; where a file or table stops a contract, what follows from it is not told."""
        new: list[Finding] = []
        for finding in findings:
            key = (finding.place, finding.check, finding.what)
            follows = finding.place in self.stopped and finding.check in {"load", "field", "language"}
            if key not in self.told and not follows:
                new.append(finding)
                self.told.add(key)
        self.stopped |= {one.place for one in new if one.check in {"load", "overlap"} and one.place.line}
        return tuple(new)


def _named(policies: Iterable[Policy]) -> dict[str, Place]:
    """Return ``slot/wording`` of every clause that policies name, with the first row that does."""
    named: dict[str, Place] = {}
    for policy in policies:
        for name, place in named_wordings(policy):
            named.setdefault(name, place)
    return named


def _counted(outcomes: Sequence[Looked]) -> str:
    """Say how many records were tried, and for how many combinations of facts none was found."""
    tried, untried = sum(one.tried for one in outcomes), sum(one.untried for one in outcomes)
    shown = f"{tried} record{'' if tried == 1 else 's'}"
    return f"{shown}, none for {untried} combination{'' if untried == 1 else 's'} of facts" if untried else shown


def _with_record(finding: Finding, outcomes: Iterable[Looked]) -> Finding:
    """Return the finding with a record that meets it: one that has its facts, or one that stopped at its place."""
    for looked in outcomes:
        stopped = next((one.record for one in looked.findings if one.place == finding.place and one.record), None)
        record = looked.records.get(finding.facts) or (stopped if finding.check == "overlap" else None)
        if record is not None:
            return replace(finding, record=record)
    return finding
