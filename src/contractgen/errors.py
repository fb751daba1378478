"""Problems as data: each names a place, a cause and a repair.

In: nothing of contractgen (this is the lowest floor). Out: ``Place``, ``Problem`` and the exceptions that carry
problems upwards. A stage never stops at its first problem: it collects all it can find and raises once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum
from typing import ClassVar, Self


class Exit(IntEnum):
    """Exit codes of the command line; fixed, scripts rely on them."""

    OK = 0
    ERROR = 1
    USAGE = 2
    INVALID_DATA = 3
    TEMPLATE_FAULT = 4
    PARTLY_FAILED = 5
    NOTHING_TO_DO = 6
    REFUSED = 7
    DIFFERS = 8
    ALTERED = 9


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: a file with line and column (both from 1; 0 means the whole file)."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """``file:line:col``, as editors and terminals understand it."""
        parts = [self.file]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault: where it is, what is wrong, and how to mend it."""

    place: Place
    cause: str
    repair: str = ""

    def __str__(self) -> str:
        text = f"{self.place}: {self.cause}"
        return f"{text}\n    repair: {self.repair}" if self.repair else text


class ContractgenError(Exception):
    """Base of all expected failures; carries every problem found and the exit code of the command line."""

    exit_code: ClassVar[Exit] = Exit.ERROR

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @classmethod
    def at(cls, place: Place, cause: str, repair: str = "") -> Self:
        """Build the error for a single problem."""
        return cls([Problem(place, cause, repair)])


class OutputError(ContractgenError):
    """The result could not be written, or a tool of the machine is missing."""


class UsageError(ContractgenError):
    """The call itself is wrong: an unknown document type, locale or format."""

    exit_code = Exit.USAGE


class InvalidData(ContractgenError):
    """The contract record is wrong or incomplete."""

    exit_code = Exit.INVALID_DATA


class TemplateFault(ContractgenError):
    """A clause, outline, label, style or policy is wrong or missing."""

    exit_code = Exit.TEMPLATE_FAULT


MAX_LISTED = 8
"""How many known words a message lists; of more, only the likeliest, or the nearest."""


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return ``did you mean "x"? known: …`` for a misspelt ``word``, nearest first; long lists are cut."""
    lowered = {name.lower(): name for name in known}
    close = get_close_matches(word.strip().lower(), list(lowered), n=1, cutoff=0.6)
    question = f'did you mean "{lowered[close[0]]}"?' if close else ""
    if len(known) > MAX_LISTED:
        nearest = get_close_matches(word.strip().lower(), list(lowered), n=MAX_LISTED, cutoff=0.0)
        return question or f"nearest of {len(known)} known: {', '.join(lowered[name] for name in nearest)}"
    listing = f"known: {', '.join(known)}" if known else "none is known"
    return f"{question} {listing}".strip()
