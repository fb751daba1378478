"""Does the proof bite? Puts small faults into data and rules and asks whether the checks and tests catch them.

In: options (see --help). Out: a table by kind, the score, and each fault that went unseen; exit code 1 if there is one
that ``survivors.toml`` does not explain. The tree is copied first, and only copies are changed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from mutation.forks import judged_in_forks
from mutation.judge import judged
from mutation.making import all_mutants
from mutation.model import Mutant, Verdict, sample
from mutation.report import explained, report, unexplained
from mutation.shelf import Ground
from mutation.suite import OF_RULES, judged_again

ROOT = Path(__file__).resolve().parents[1]
SURVIVORS = ROOT / "tools" / "survivors.toml"
SAMPLE = 400
COPIED = ("src", "tests", "tools", "templates", "policies", "fixtures", "docs", "pyproject.toml", "README.md")


def main() -> int:
    """Run over a copy of the tree, and end with 1 if a fault went unseen."""
    options = _options().parse_args()
    if options.here is None:
        with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
            return _over_a_copy(Path(folder) / "tree")
    ground = Ground(options.here)
    chosen = sample(all_mutants(ground, options.vendor, options.kind), None if options.all else options.sample)
    if options.id:
        every = all_mutants(ground, options.vendor, options.kind)
        chosen = [mutant for mutant in every if any(part in mutant.id for part in options.id)]
    begun = time.monotonic()
    with _logged(options.log) as log:
        verdicts: list[Verdict] = []

        def told(verdict: Verdict) -> None:
            verdicts.append(verdict)
            log(verdict)
            _tell(len(verdicts), len(chosen))

        rules = [mutant for mutant in chosen if mutant.target == "rule"]
        if rules:
            judged_in_forks(ground.root, rules, OF_RULES, options.jobs, told)
        data = [mutant for mutant in chosen if mutant.target != "rule"]
        for verdict in _judged(ground, data, options.jobs, suite=not options.quick):
            told(verdict)
    verdicts.sort(key=lambda verdict: chosen.index(verdict.mutant))
    reasons = explained(SURVIVORS)
    print(report(verdicts, reasons))
    print(f"\n{len(chosen)} mutants in {time.monotonic() - begun:.0f} s")
    return 1 if unexplained(verdicts, reasons) else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("--vendor", action="append", default=[], help="only this vendor's policy and clauses")
    parser.add_argument(
        "--kind", action="append", default=[], help="only kinds that begin so, or policy, clause, rule …"
    )
    parser.add_argument("--id", action="append", default=[], help="only mutants whose id holds this")
    parser.add_argument("--sample", type=int, default=SAMPLE, help="how many, spread over the kinds (%(default)s)")
    parser.add_argument("--all", action="store_true", help="all of them: many hours")
    parser.add_argument("--jobs", type=int, default=2, help="processes (%(default)s)")
    parser.add_argument("--quick", action="store_true", help="do not ask the tests about what the rest has not caught")
    parser.add_argument("--log", type=Path, help="write each verdict as a line of JSON")
    parser.add_argument("--here", type=Path, help=argparse.SUPPRESS)
    return parser


def _over_a_copy(tree: Path) -> int:
    """Copy the tree, so that edits made meanwhile change nothing, and run this script from the copy."""
    tree.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns(".*"))
        elif source.is_file():
            shutil.copy2(source, tree / name)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tree / "src"), str(tree / "tools")])}
    script = str(tree / "tools" / "mutants.py")
    code = subprocess.run(
        [sys.executable, script, *sys.argv[1:], "--here", str(tree)], env=environment, check=False
    ).returncode
    if code < 0:
        print(f"mutants: ended from outside by signal {-code}", file=sys.stderr)
    return abs(code)


# ------------------------------------------------------------------------------------------------------- judging them

_GROUND: list[Ground] = []
"""The ground of this process and of those forked from it."""


def _judged(ground: Ground, mutants: Sequence[Mutant], jobs: int, *, suite: bool) -> Iterator[Verdict]:
    """Yield the verdicts on data as they come; what is known of the tree is worked out before the processes part."""
    _GROUND[:] = [ground]
    concerned = {mutant.vendor for mutant in mutants}  # of what belongs to no vendor, all have to be asked
    for name in ground.books.vendors if "" in concerned else sorted(concerned):
        vendor = ground.vendor(name)
        _ = vendor.reached, vendor.read, vendor.known
    ask = partial(_verdict, suite=suite)
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        waiting = [pool.submit(ask, mutant) for mutant in mutants]
        yield from (done.result() for done in as_completed(waiting))


def _verdict(mutant: Mutant, *, suite: bool) -> Verdict:
    ground = _GROUND[0]
    verdict = judged(ground, mutant)
    return judged_again(ground.root, verdict) if suite and verdict.survived else verdict


def _tell(number: int, count: int) -> None:
    """Say how far the work is."""
    if sys.stderr.isatty() or number % 50 == 0:
        print(f"{number} of {count}", file=sys.stderr, end="\r" if sys.stderr.isatty() else "\n")


@contextmanager
def _logged(path: Path | None) -> Iterator[Callable[[Verdict], None]]:
    """Give a function that writes a verdict to ``path`` as a line of JSON, if there is a path."""
    if path is None:
        yield lambda _: None
        return
    with path.open("w", encoding="utf-8") as stream:
        yield lambda verdict: print(json.dumps(_as_data(verdict), ensure_ascii=False), file=stream, flush=True)


def _as_data(verdict: Verdict) -> dict[str, object]:
    return {
        "mutant": verdict.mutant.id,
        "where": verdict.mutant.where,
        "kind": verdict.mutant.kind,
        "caught_by": verdict.caught_by,
        "said": verdict.said,
        "equivalent": verdict.equivalent,
        "seconds": round(verdict.seconds, 2),
    }


if __name__ == "__main__":
    sys.exit(main())
