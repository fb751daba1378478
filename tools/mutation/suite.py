"""The test suite as a judge, in a process of its own over a copy of the tree with the mutant in it.

In: the root of the project, a mutant. Out: the first test that fails. What nothing else has caught in the data is
judged so.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

from mutation.model import Mutant, Verdict
from mutation.shelf import changed_files

OF_RULES = (
    "test_arithmetic_examples.py", "test_arithmetic_corners.py", "test_worked_examples.py", "test_readings.py",
    "test_decision_tables.py", "test_refusals.py", "test_record.py", "test_broken_input.py", "test_goldens.py",
    "test_arithmetic_laws.py",
)  # fmt: skip
OF_DATA = (
    "test_decision_tables.py", "test_worked_examples.py", "test_readings.py", "test_coverage.py", "test_refusals.py",
    "test_words.py", "test_selection.py",
)  # fmt: skip
COPIED = (
    "src",
    "tests",
    "policies",
    "templates/documents",
    "templates/letters",
    "templates/ko",
    "templates/fa",
    "templates/en",
)
LINKED = ("fixtures", "docs", "templates/styles", "pyproject.toml", "README.md")
LIMIT = 300
"""Seconds after which a run of tests counts as failed: a mutant may well loop for ever."""


class Workspace:
    """A copy of the tree in which one mutant at a time stands."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.folder = folder
        for name in COPIED:
            if (root / name).is_dir():
                shutil.copytree(root / name, folder / name)
        for name in LINKED:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).symlink_to(root / name)

    def failing(self, mutant: Mutant, tests: tuple[str, ...]) -> str:
        """Return the first test that fails with a mutant; nothing if all pass."""
        changed = changed_files(self.root, mutant)
        for file, text in changed.items():
            (self.folder / file).write_text(text, encoding="utf-8")
        try:
            return self._tested(tests)
        finally:
            for file in changed:
                shutil.copy2(self.root / file, self.folder / file)

    def _tested(self, tests: tuple[str, ...]) -> str:
        files = [f"tests/{name}" for name in tests if (self.folder / "tests" / name).is_file()]
        options = ["-x", "-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
        code, said = self._run([sys.executable, "-m", "pytest", *options, *files])
        if code == 0:
            return ""
        found = re.search(r"^(?:FAILED|ERROR) (\S+)", said, re.MULTILINE)
        return found[1] if found else said.strip().rpartition("\n")[2]

    def _run(self, command: list[str]) -> tuple[int, str]:
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.folder / "src"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HYPOTHESIS_STORAGE_DIRECTORY": str(self.folder / "hypothesis"),
        }
        try:
            done = subprocess.run(
                command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False
            )
        except subprocess.TimeoutExpired:
            return 1, f"no end within {LIMIT} s"
        return done.returncode, done.stdout + (done.stderr if done.returncode else "")


@cache
def workspace(root: Path) -> Workspace:
    """Return this process's own workspace beside the tree's copy."""
    folder = root.parent / f"work-{os.getpid()}"
    folder.mkdir()
    return Workspace(root, folder)


def judged_again(root: Path, verdict: Verdict) -> Verdict:
    """Ask the tests of the data about a mutant that survived."""
    begun = time.monotonic()
    failed = workspace(root).failing(verdict.mutant, OF_DATA)
    by = "tests" if failed else ""
    return Verdict(verdict.mutant, by, failed, verdict.equivalent, verdict.seconds + time.monotonic() - begun)
