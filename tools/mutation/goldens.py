"""The goldens as judges: every document of the sample contracts against the text that stands in fixtures/expected.

In: a vendor's samples, a library with a mutant in it. Out: which golden differs first.
"""

from __future__ import annotations

import re
from pathlib import Path

from contractgen.api import compose, decide
from contractgen.selection import Refusal, Selection
from contractgen.tree import dump
from mutation.model import Mutant
from mutation.shelf import Sample, Shelf, Vendor, wordings


def differing(vendor: Vendor, mutant: Mutant, books: Shelf, name: str = "") -> str:
    """Return the golden of a vendor that a mutant changes; only those with clause ``name`` are made if it is given."""
    root = books.folders[-1]
    for sample in vendor.samples:
        if name and (isinstance(sample.outcome, Refusal) or name not in wordings(sample.outcome)):
            continue
        outcome = (
            sample.outcome if mutant.target in {"clause", "label"} else decide(sample.contract, sample.document, books)
        )
        for locale, text in made(outcome, books, mutant.locale).items():
            golden = expected(root, sample, locale)
            if text != golden and golden is not None and not _stale(sample, locale, golden, vendor):
                return f"{sample.name}/{sample.document}.{locale or 'refused'}"
    return ""


def made(outcome: Selection | Refusal, books: Shelf, only: str = "") -> dict[str, str]:
    """Return what goldens hold of an outcome, by locale; a refusal has none."""
    if isinstance(outcome, Refusal):
        return {"": re.sub(r"(\.toml):[\d:]+", r"\1", str(outcome)) + "\n"}
    return {locale: dump(compose(outcome, locale, books)) for locale in ([only] if only else books.locales)}


def expected(root: Path, sample: Sample, locale: str) -> str | None:
    """Return a golden, if it is there."""
    path = root / "fixtures" / "expected" / sample.name / f"{sample.document}.{locale or 'refused'}.txt"
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _stale(sample: Sample, locale: str, golden: str, vendor: Vendor) -> bool:
    """Whether a golden differs without any mutant: then it judges none."""
    return made(sample.outcome, vendor.books, locale).get(locale) != golden
