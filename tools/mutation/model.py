"""A mutant: one small fault put into the data or the rules, as splices of lines; and what became of it.

In: generators of mutants. Out: ``Mutant``, ``Verdict`` and a sample that is the same on every machine. Nothing here
touches a file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Splice:
    """Lines ``start`` to ``end`` (from 0, end exclusive) of a file give way to ``lines``."""

    path: str
    start: int
    end: int
    lines: tuple[str, ...]

    def applied(self, text: str) -> str:
        """Return the text with this splice."""
        lines = text.split("\n")
        return "\n".join([*lines[: self.start], *self.lines, *lines[self.end :]])


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault. ``target`` says what part of the house it concerns: policy, clause, label, outline or rule.

    ``vendor`` is empty for what all vendors share. ``computes``: whether facts or figures of contracts can change.
    ``fields``: required fields that the mutant no longer asks for. ``locale``: the language it speaks in, if one.
    """

    kind: str
    target: str
    place: str
    change: str
    splices: tuple[Splice, ...]
    vendor: str = ""
    computes: bool = False
    fields: tuple[str, ...] = ()
    locale: str = ""

    @property
    def id(self) -> str:
        """A name that stays when other lines move: kind, file and place within it, change."""
        return f"{self.kind} | {self.splices[0].path} | {self.place} | {self.change}"

    @property
    def where(self) -> str:
        """Return ``file:line``."""
        return f"{self.splices[0].path}:{self.splices[0].start + 1}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant: the judge that caught it (empty if none did), what it said, or that it is no fault."""

    mutant: Mutant
    caught_by: str
    said: str = ""
    equivalent: bool = False
    seconds: float = 0.0

    @property
    def survived(self) -> bool:
        """Whether a fault went unseen."""
        return not self.caught_by and not self.equivalent


def sample(mutants: Iterable[Mutant], size: int | None) -> list[Mutant]:
    """Return ``size`` mutants (all for None), spread evenly over the kinds, chosen by a hash of their ids."""
    kinds: dict[str, list[Mutant]] = defaultdict(list)
    known: set[str] = set()
    for mutant in mutants:
        if mutant.id not in known:
            known.add(mutant.id)
            kinds[mutant.kind].append(mutant)
    if size is None or size >= len(known):
        return [mutant for group in kinds.values() for mutant in group]
    chosen: list[Mutant] = []
    waiting = [sorted(group, key=_rank) for group in kinds.values()]
    while len(chosen) < size:
        for group in waiting:
            if group and len(chosen) < size:
                chosen.append(group.pop(0))
    order = {kind: position for position, kind in enumerate(kinds)}
    return sorted(chosen, key=lambda mutant: order[mutant.kind])


def _rank(mutant: Mutant) -> str:
    return sha256(mutant.id.encode()).hexdigest()


def kinds_of(mutants: Sequence[Mutant]) -> tuple[str, ...]:
    """Return the kinds in the order in which they first occur."""
    return tuple(dict.fromkeys(mutant.kind for mutant in mutants))
