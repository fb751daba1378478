"""The proof bites: small faults put into a policy, its clauses, labels and rules are caught.

``./run mutants`` puts in hundreds; these are one of each kind that must never go unseen, chosen by a hash.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from contractgen.rules import notice
from helpers import ROOT
from mutation.forks import put_in_place
from mutation.judge import judged
from mutation.making import all_mutants
from mutation.model import Mutant, sample
from mutation.report import interval
from mutation.rules import RuleMutants
from mutation.shelf import Ground
from mutation.suite import Workspace

VENDOR = "ibm-cso"
CERTAIN = (
    "row-duplicated", "rule-deleted", "figure-digits-swapped", "when-dropped", "refusal-deleted",
    "value-dropped-in-one", "value-replaced-in-one", "sentence-deleted-in-all", "digit-typed", "revision",
    "values-swapped-in-one", "label-value-dropped",
)  # fmt: skip
BOUNDARY = "_outcome | day <= deadline.last_day: <= becomes <"


@cache
def ground() -> Ground:
    return Ground(ROOT)


@cache
def mutants() -> dict[str, Mutant]:
    of_all = all_mutants(ground(), kinds=["label-value-dropped"])
    chosen = sample([*all_mutants(ground(), [VENDOR], CERTAIN), *of_all], len(CERTAIN))
    return {mutant.kind: mutant for mutant in chosen}


@pytest.mark.parametrize("kind", CERTAIN)
def test_a_fault_is_caught(kind: str) -> None:
    verdict = judged(ground(), mutants()[kind])
    assert verdict.caught_by not in {"", "traceback"}, f"{verdict.mutant.where}: {verdict.mutant.id}"


def test_a_boundary_moved_by_a_day_fails_a_test(tmp_path: Path) -> None:
    path = "src/contractgen/rules/notice.py"
    mutant = next(one for one in RuleMutants(path, (ROOT / path).read_text(encoding="utf-8")) if BOUNDARY in one.id)
    failing = Workspace(ROOT, tmp_path).failing(mutant, ("test_arithmetic_examples.py",))
    assert failing.startswith("tests/test_arithmetic_examples.py::")


def test_the_tree_itself_is_never_touched() -> None:
    mutant = mutants()["row-duplicated"]
    file = ROOT / mutant.splices[0].path
    before = file.read_bytes()
    judged(ground(), mutant)
    assert file.read_bytes() == before


def test_whoever_has_imported_a_mutated_function_has_it_mutated() -> None:
    path = "src/contractgen/rules/notice.py"
    mutant = next(one for one in RuleMutants(path, (ROOT / path).read_text(encoding="utf-8")) if BOUNDARY in one.id)
    imported = vars(notice)["_outcome"]
    before = imported.__code__
    try:
        put_in_place(ROOT, mutant)
        assert imported is vars(notice)["_outcome"]
        assert imported.__code__.co_code != before.co_code
    finally:
        imported.__code__ = before


def test_the_score_of_a_sample_says_how_far_it_may_be_off() -> None:
    low, high = interval(594, 600)
    assert (round(low, 3), round(high, 3)) == (0.978, 0.995)
    assert interval(10, 10)[1] == 1.0
