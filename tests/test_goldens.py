"""Every sample contract, in every document and language, against its golden: the document tree printed as text.

So are the letter of each refusal, what each vendor's documents can say and rest on, and what its records have to give.
A change of words, of order, of a figure or of a citation shows as a difference of lines. After a change that is meant:
``pytest tests/test_goldens.py --update-goldens``, then read the difference that git shows.
"""

from __future__ import annotations

import re
from difflib import unified_diff
from functools import cache
from pathlib import Path

import pytest

from contractgen import basis, needs
from contractgen.api import compose
from contractgen.errors import Place
from contractgen.refusals import letter_of
from contractgen.selection import Refusal
from contractgen.tree import dump
from helpers import LOCALES, ROOT, Sample, books, composed, decided, issued, refused, samples

EXPECTED = ROOT / "fixtures" / "expected"
MAX_LINES = 60


def golden(sample: Sample, locale: str | None = None) -> Path:
    """Return where the golden of a document stands; a refusal has no language."""
    return EXPECTED / sample.name / f"{sample.document}.{locale or 'refused'}.txt"


def compare(path: Path, made: str, request: pytest.FixtureRequest) -> None:
    """Compare with the golden, or write it; the difference is shown as people read differences."""
    if request.config.getoption("--update-goldens"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made, encoding="utf-8")
        return
    shown = path.relative_to(ROOT)
    assert path.is_file(), f"{shown} does not exist: run pytest tests/test_goldens.py --update-goldens and read it"
    expected = path.read_text(encoding="utf-8")
    if made != expected:
        lines = list(unified_diff(expected.splitlines(), made.splitlines(), str(shown), "made now", n=1, lineterm=""))
        more = [f"… and {len(lines) - MAX_LINES} lines more"] if len(lines) > MAX_LINES else []
        pytest.fail("\n".join([*lines[:MAX_LINES], *more]), pytrace=False)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.id)
def test_a_document_is_as_it_was(sample: Sample, locale: str, request: pytest.FixtureRequest) -> None:
    chosen = decided(sample)
    if isinstance(chosen, Refusal):
        made = re.sub(r"(\.toml):[\d:]+", r"\1", str(chosen))  # lines of the policy move with every edit
        compare(golden(sample), f"{made}\n", request)
    else:
        compare(golden(sample, locale), dump(composed(sample, locale)), request)


@cache
def letters() -> dict[str, Sample]:
    """Return a refused document for each rule that refuses, by vendor and rule."""
    found: dict[str, Sample] = {}
    for sample in refused():
        told = decided(sample)
        assert isinstance(told, Refusal)
        found.setdefault(f"{told.vendor}-{told.row.id}", sample)
    return found


def letter_golden(rule: str, locale: str) -> Path:
    """Return where the golden of a letter of refusal stands."""
    return EXPECTED / "letters" / f"{rule}.{locale}.txt"


def vendor_golden(vendor: str, what: str) -> Path:
    """Return where the golden of a vendor's whole policy stands."""
    return EXPECTED / "vendors" / f"{vendor}.{what}.txt"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("rule", letters())
def test_a_letter_of_refusal_is_as_it_was(rule: str, locale: str, request: pytest.FixtureRequest) -> None:
    told = decided(letters()[rule])
    assert isinstance(told, Refusal)
    compare(letter_golden(rule, locale), dump(compose(letter_of(told, books()), locale, books())), request)


def test_every_rule_that_refuses_has_a_sample_contract() -> None:
    policies = [books().policy(vendor, Place("test")) for vendor in books().vendors]
    assert set(letters()) == {f"{policy.vendor}-{row.id}" for policy in policies for row in policy.refusals}


@pytest.mark.parametrize("vendor", books().vendors)
def test_what_documents_can_say_and_rest_on_is_as_it_was(vendor: str, request: pytest.FixtureRequest) -> None:
    policy = books().policy(vendor, Place("test"))
    compare(vendor_golden(vendor, "basis"), basis.as_text(policy, books()), request)


@pytest.mark.parametrize("vendor", books().vendors)
def test_what_a_record_has_to_give_is_as_it_was(vendor: str, request: pytest.FixtureRequest) -> None:
    compare(vendor_golden(vendor, "needs"), needs.as_text(books().policy(vendor, Place("test"))), request)


def test_every_golden_belongs_to_a_document(request: pytest.FixtureRequest) -> None:
    wanted = {golden(s, code) for s in issued() for code in LOCALES} | {golden(s) for s in refused()}
    wanted |= {letter_golden(rule, code) for rule in letters() for code in LOCALES}
    wanted |= {vendor_golden(vendor, what) for vendor in books().vendors for what in ("basis", "needs")}
    stray = sorted(path for path in EXPECTED.rglob("*") if path.is_file() and path not in wanted)
    if request.config.getoption("--update-goldens"):
        for path in stray:
            path.unlink()
        stray = []
    assert [str(path.relative_to(ROOT)) for path in stray] == []
    assert len(wanted) > len(samples())
