"""Every sample contract, in every document and language, against its golden: the document tree printed as text.

A change of words, of order, of a figure or of a citation shows as a difference of lines. After a change that is meant:
``pytest tests/test_goldens.py --update-goldens``, then read the difference that git shows.
"""

from __future__ import annotations

import re
from difflib import unified_diff
from pathlib import Path

import pytest

from contractgen.selection import Refusal
from contractgen.tree import dump
from helpers import LOCALES, ROOT, Sample, composed, decided, issued, refused, samples

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


def test_every_golden_belongs_to_a_document(request: pytest.FixtureRequest) -> None:
    wanted = {golden(s, code) for s in issued() for code in LOCALES} | {golden(s) for s in refused()}
    stray = sorted(path for path in EXPECTED.rglob("*") if path.is_file() and path not in wanted)
    if request.config.getoption("--update-goldens"):
        for path in stray:
            path.unlink()
        stray = []
    assert [str(path.relative_to(ROOT)) for path in stray] == []
    assert len(wanted) > len(samples())
