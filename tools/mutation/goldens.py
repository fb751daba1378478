"""The goldens as judges: documents and letters of refusal of the sample contracts, and the registers of whole policies.

In: a vendor's samples, a library with a mutant in it. Out: which golden differs first.
"""

from __future__ import annotations

import re

from contractgen import basis, needs
from contractgen.api import compose, decide
from contractgen.policy import Policy
from contractgen.refusals import letter_of
from contractgen.selection import Refusal, Selection
from contractgen.tree import dump
from mutation.model import Mutant
from mutation.shelf import Sample, Shelf, Vendor, wordings


def differing(vendor: Vendor, mutant: Mutant, books: Shelf, name: str = "") -> str:
    """Return the golden of a vendor that a mutant changes; only those with clause ``name`` are made if it is given."""
    wordless = mutant.target in {"clause", "label"}
    for sample in vendor.samples:
        if name and name not in wordings(_told(sample.outcome, vendor.books)):
            continue
        outcome = sample.outcome if wordless else decide(sample.contract, sample.document, books)
        found = made(sample, outcome, books, mutant.locale)
        for file, text in _expected(vendor, sample).items():
            if found.get(file) != text and (not mutant.locale or file.endswith(f".{mutant.locale}.txt")):
                return file
    return ""


def _expected(vendor: Vendor, sample: Sample) -> dict[str, str]:
    """Return the goldens of a sample by name; one that differs without any mutant judges nothing."""
    key = (sample.name, sample.document)
    if key not in vendor.expected:
        folder = vendor.books.folders[-1] / "fixtures" / "expected"
        now = made(sample, sample.outcome, vendor.books)
        there = {file: text for file, text in now.items() if (folder / file).is_file()}
        vendor.expected[key] = {
            file: text for file, text in there.items() if (folder / file).read_text(encoding="utf-8") == text
        }
    return vendor.expected[key]


def registers(vendor: Vendor, policy: Policy, books: Shelf) -> str:
    """Return which golden of a whole policy a mutant changes: what documents rest on, or what records give."""
    folder = books.folders[-1] / "fixtures" / "expected" / "vendors"
    for what, text in (("basis", basis.as_text(policy, books)), ("needs", needs.as_text(policy))):
        golden = folder / f"{vendor.policy.vendor}.{what}.txt"
        if golden.is_file() and golden.read_text(encoding="utf-8") != text:
            return f"vendors/{golden.name}"
    return ""


def made(sample: Sample, outcome: Selection | Refusal, books: Shelf, only: str = "") -> dict[str, str]:
    """Return what the goldens of a sample hold, by their names; a report of a refusal has no language."""
    found: dict[str, str] = {}
    named = f"{sample.name}/{sample.document}"
    if isinstance(outcome, Refusal):
        found[f"{named}.refused.txt"] = re.sub(r"(\.toml):[\d:]+", r"\1", str(outcome)) + "\n"
        named = f"letters/{outcome.vendor}-{outcome.row.id}"
    chosen = _told(outcome, books)
    for locale in [only] if only else books.locales:
        found[f"{named}.{locale}.txt"] = dump(compose(chosen, locale, books))
    return found


def _told(outcome: Selection | Refusal, books: Shelf) -> Selection:
    """Return a document, or the letter that refuses it."""
    return letter_of(outcome, books) if isinstance(outcome, Refusal) else outcome
