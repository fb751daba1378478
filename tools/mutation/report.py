"""The outcome of a run: a table by kind, the score, and each survivor with its place.

In: verdicts, and the survivors that are explained. Out: text.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import sqrt
from pathlib import Path

from mutation.model import Verdict, kinds_of

BY_TESTS = {"registers", "goldens", "tests"}
WIDTHS = (5, 6, 6, 10, 9, 8, 8)
Z = 1.96
"""How many standard deviations a certainty of 95 % takes."""


def explained(path: Path) -> dict[str, str]:
    """Return the reasons of ``survivors.toml`` by mutant."""
    if not path.is_file():
        return {}
    rows = tomllib.loads(path.read_text(encoding="utf-8")).get("survivor", [])
    return {row["mutant"]: row["reason"] for row in rows}


def report(verdicts: Sequence[Verdict], reasons: Mapping[str, str]) -> str:
    """Return the whole report."""
    return "\n".join(
        [*_table(verdicts, reasons), "", *_score(verdicts), *_judges(verdicts), *_survivors(verdicts, reasons)]
    )


def unexplained(verdicts: Sequence[Verdict], reasons: Mapping[str, str]) -> list[Verdict]:
    """Return the survivors that no reason excuses."""
    return [verdict for verdict in verdicts if verdict.survived and verdict.mutant.id not in reasons]


def _table(verdicts: Sequence[Verdict], reasons: Mapping[str, str]) -> Iterator[str]:
    heads = ("made", "check", "tests", "equivalent", "explained", "survived", "score")
    yield " ".join([f"{'kind':<24}", *(f"{head:>{width}}" for head, width in zip(heads, WIDTHS, strict=True))])
    for kind in kinds_of([verdict.mutant for verdict in verdicts]):
        yield _line(kind, [verdict for verdict in verdicts if verdict.mutant.kind == kind], reasons)
    yield _line("all", verdicts, reasons)


def _line(title: str, verdicts: Sequence[Verdict], reasons: Mapping[str, str]) -> str:
    tests = sum(verdict.caught_by in BY_TESTS for verdict in verdicts)
    check = sum(bool(verdict.caught_by) for verdict in verdicts) - tests
    equivalent = sum(verdict.equivalent for verdict in verdicts)
    survived = len(unexplained(verdicts, reasons))
    known = sum(verdict.survived for verdict in verdicts) - survived
    faults = len(verdicts) - equivalent
    score = f"{100 * (check + tests) / faults:.1f} %" if faults else "-"
    cells = (len(verdicts), check, tests, equivalent, known, survived, score)
    return " ".join([f"{title:<24}", *(f"{cell:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True))])


def _score(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield the share of faults that is caught, with its interval by Wilson: a sample is no census."""
    faults = [verdict for verdict in verdicts if not verdict.equivalent]
    if faults:
        caught = sum(bool(verdict.caught_by) for verdict in faults)
        low, high = interval(caught, len(faults))
        share = f"{100 * caught / len(faults):.1f} %"
        yield f"caught: {caught} of {len(faults)} faults = {share}, 95 % interval {100 * low:.1f} to {100 * high:.1f} %"


def interval(caught: int, made: int) -> tuple[float, float]:
    """Return between which shares the true one lies with a certainty of 95 % (Wilson's interval)."""
    share, spread = caught / made, Z * Z / made
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * sqrt(share * (1 - share) / made + spread / (4 * made))
    return max(0.0, middle - half), min(1.0, middle + half)


def _judges(verdicts: Sequence[Verdict]) -> Iterator[str]:
    counted = Counter(verdict.caught_by for verdict in verdicts if verdict.caught_by)
    yield "first caught by: " + ", ".join(f"{name} {count}" for name, count in counted.most_common())


def _survivors(verdicts: Sequence[Verdict], reasons: Mapping[str, str]) -> Iterator[str]:
    crashed = [verdict for verdict in verdicts if verdict.caught_by == "traceback"]
    if crashed:
        yield "\ncaught, but by a traceback:"
    for verdict in crashed:
        yield f"  {verdict.mutant.where}: {verdict.mutant.id}\n      {verdict.said}"
    left = unexplained(verdicts, reasons)
    if left:
        yield "\nsurvived:"
    for verdict in left:
        yield f"  {verdict.mutant.where}: {verdict.mutant.id}"
    known = [verdict for verdict in verdicts if verdict.survived and verdict.mutant.id in reasons]
    if known:
        yield "\nsurvived, and explained:"
    for verdict in known:
        yield f"  {verdict.mutant.where}: {verdict.mutant.id}\n      {reasons[verdict.mutant.id]}"
