"""The tests as judges of the rules in Python: collected once, then asked by a fork of this process for each mutant.

In: the root of the tree, mutants of rules, the test files to ask. Out: verdicts as they come. A mutated function gets
its new code in the fork; imports, collection and the samples read so far are shared, so that a mutant costs no more
than the tests up to the first that fails. Tests run quickest first.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from mutation.model import Mutant, Verdict
from mutation.shelf import changed_files

LIMIT = 5
"""Seconds of processor time after which a test counts as failed, or ten times what it takes: a mutant may loop."""

Told = Callable[[Verdict], None]


def judged_in_forks(root: Path, mutants: Sequence[Mutant], files: Sequence[str], jobs: int, told: Told) -> None:
    """Ask the tests in ``files`` about each mutant; ``told`` gets each verdict.

    Tests that do not pass without any mutant are named on standard error and left out.
    """
    chosen = [str(root / "tests" / name) for name in files if (root / "tests" / name).is_file()]
    options = ["-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0"]
    loop = _Loop(root, mutants, jobs, told)
    code = pytest.main([*options, f"--rootdir={root}", *chosen], plugins=[loop])
    if not loop.ended:
        raise RuntimeError(f"the tests could not be collected (pytest says {code})")


@dataclass(slots=True)
class _Child:
    """A fork at work on a mutant (none: on the tree as it is), and what it has written so far."""

    pid: int
    pipe: int
    mutant: Mutant | None
    begun: float
    said: bytearray = field(default_factory=bytearray)


@dataclass(slots=True)
class _Loop:
    """Stands in for pytest's own loop over the tests."""

    root: Path
    mutants: Sequence[Mutant]
    jobs: int
    told: Told
    ended: bool = False
    durations: dict[str, float] = field(default_factory=dict)

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        """Let hypothesis stop at the first example that breaks a law: the smallest one is of no use here."""
        from hypothesis import Phase, settings  # noqa: PLC0415  (pytest wants to import it first)

        settings.register_profile("mutants", phases=(Phase.explicit, Phase.generate), deadline=None, database=None)
        settings.load_profile("mutants")

    @pytest.hookimpl
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests once as they are, then for each mutant in a fork."""
        self.durations = took = self._as_they_are(session.items)
        items = sorted((item for item in session.items if item.nodeid in took), key=lambda item: took[item.nodeid])
        if len(items) < len(session.items):
            left = ", ".join(item.nodeid for item in session.items if item.nodeid not in took)
            print(f"left out, for they do not pass without a mutant: {left}", file=sys.stderr)
        waiting, children = list(reversed(self.mutants)), list[_Child]()
        while waiting or children:
            while waiting and len(children) < self.jobs:
                children.append(self._begun(items, waiting.pop()))
            ready, _, _ = select.select([child.pipe for child in children], [], [], 1.0)
            for child in [child for child in children if child.pipe in ready]:
                if piece := os.read(child.pipe, 65536):
                    child.said += piece
                    continue
                children.remove(child)
                self.told(_verdict(child))
        self.ended = True
        return True

    def _as_they_are(self, items: Sequence[pytest.Item]) -> dict[str, float]:
        """Return how long each test takes that passes on the tree as it is."""
        child = self._begun(items, None)
        while piece := os.read(child.pipe, 65536):
            child.said += piece
        os.close(child.pipe)
        os.waitpid(child.pid, 0)
        found: dict[str, float] = json.loads(child.said)["durations"] if child.said else {}
        return found

    def _begun(self, items: Sequence[pytest.Item], mutant: Mutant | None) -> _Child:
        """Fork; the fork tells what it found through a pipe."""
        out, into = os.pipe()
        with warnings.catch_warnings(action="ignore"):  # of forks with threads: there are none
            pid = os.fork()
        if pid:
            os.close(into)
            return _Child(pid, out, mutant, time.monotonic())
        try:
            os.close(out)
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            with os.fdopen(into, "wb") as stream:
                stream.write(json.dumps(self._asked(items, mutant)).encode())
        finally:
            os._exit(0)  # pytest's own ending is the parent's

    def _asked(self, items: Sequence[pytest.Item], mutant: Mutant | None) -> dict[str, Any]:
        """Run the tests up to the first that fails, with a mutant in place."""
        signal.signal(signal.SIGPROF, _too_long)
        durations: dict[str, float] = {}
        try:
            if mutant is not None:
                put_in_place(self.root, mutant)
            for item, following in zip(items, [*items[1:], None], strict=True):
                begun = time.process_time()
                if mutant is not None:
                    signal.setitimer(signal.ITIMER_PROF, max(LIMIT, 10 * self.durations.get(item.nodeid, 0.0)))
                reports = runtestprotocol(item, log=False, nextitem=following)
                if not any(report.failed for report in reports):
                    durations[item.nodeid] = time.process_time() - begun
                elif mutant is not None:
                    return {"failed": item.nodeid, "durations": durations}
        except TooLongError:
            return {"failed": f"{item.nodeid}: no end", "durations": durations}
        return {"failed": "", "durations": durations}


class TooLongError(BaseException):
    """The tests came to no end; no test may catch it."""


def _too_long(_signal: int, _frame: object) -> None:
    raise TooLongError


def _verdict(child: _Child) -> Verdict:
    os.close(child.pipe)
    with suppress(ChildProcessError):
        os.waitpid(child.pid, 0)
    failed = json.loads(child.said)["failed"] if child.said else "the process ended from outside"
    if child.mutant is None:
        raise TypeError("the tree as it is gets no verdict")
    return Verdict(child.mutant, "tests" if failed else "", failed, seconds=time.monotonic() - child.begun)


# ------------------------------------------------------------------------------------------- code put in its place


def put_in_place(root: Path, mutant: Mutant) -> None:
    """Give each function of the mutated module its new code; whoever has imported a function has it too."""
    for file, text in changed_files(root, mutant).items():
        name = ".".join(Path(file).relative_to("src").with_suffix("").parts).removesuffix(".__init__")
        module = importlib.import_module(name)
        fresh = type(sys)(name)
        fresh.__dict__.update({"__file__": module.__file__, "__package__": module.__package__})
        if hasattr(module, "__path__"):
            fresh.__path__ = module.__path__
        sys.modules[name] = fresh  # dataclasses look their module up
        try:
            exec(compile(text, str(module.__file__), "exec"), fresh.__dict__)  # noqa: S102  (our own text)
        finally:
            sys.modules[name] = module
        functions = dict(_functions(vars(fresh), name))
        for key, function in _functions(vars(module), name):
            other = functions.get(key)
            if other is not None:
                function.__code__, function.__defaults__ = other.__code__, other.__defaults__
                function.__kwdefaults__ = other.__kwdefaults__


def _functions(names: dict[str, Any], module: str) -> Iterator[tuple[str, FunctionType]]:
    """Yield the functions that a module defines, those of its classes included."""
    for name, thing in names.items():
        if isinstance(thing, type) and thing.__module__ == module:
            yield from ((f"{name}.{key}", inner) for key, inner in _plain(vars(thing)))
    yield from ((key, inner) for key, inner in _plain(names) if inner.__module__ == module)


def _plain(names: Any) -> Iterator[tuple[str, FunctionType]]:
    for name, thing in names.items():
        inner = getattr(thing, "fget", None) or getattr(thing, "__func__", None)
        inner = inner or getattr(thing, "func", None) or getattr(thing, "__wrapped__", None) or thing
        if isinstance(inner, FunctionType):
            yield name, inner
