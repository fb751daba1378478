"""A finished file as a reader compares it: clauses with their lines, each line with its words and values.

Made by the readers of DOCX, HTML and PDF; compared by ``comparing``. A copy holds what is shown and what a program
finds it by; fonts, colours and spaces are no part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contractgen.carried.visible import squeezed

LineKind = Literal["heading", "paragraph", "cell", "header or footer", "note"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A value where it stands in its line: the field it is found by, and its first and last character."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph or a cell's paragraph.

    ``text``: what it says when all tracked changes are accepted. ``before``: what it says when all are rejected.
    ``by``: who tracked changes in it. ``where``: its place within its clause or the file (table 2, row 3, column 1).
    ``numbers``: where the number printed before it stands in the text.
    """

    kind: LineKind
    text: str
    values: tuple[Shown, ...] = ()
    before: str = ""
    by: tuple[str, ...] = ()
    where: str = ""
    numbers: tuple[tuple[int, int], ...] = ()

    @property
    def key(self) -> str:
        """The words without blanks and marks: lines with one key say the same."""
        return squeezed(self.text)

    @property
    def words(self) -> str:
        """The text without the number before it: what the manifest's hash of a clause is taken of."""
        parts, at = [], 0
        for start, end in sorted(self.numbers):
            parts.append(self.text[at:start])
            at = max(at, end)
        return "".join([*parts, self.text[at:]])

    def shown(self, value: Shown) -> str:
        """Return what a value of this line shows."""
        return self.text[value.start : value.end]


@dataclass(frozen=True, slots=True)
class Unit:
    """A clause, or a stretch between clauses: ``slot`` and ``tag`` (slot/wording/revision) are "" there."""

    slot: str
    tag: str
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment in a Word file: who wrote it, what it says, and the words it is tied to."""

    author: str
    text: str
    about: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A whole file. ``around``: headers, footers and notes. ``pictures``: how many pictures and drawings it has."""

    units: tuple[Unit, ...]
    around: tuple[Line, ...] = ()
    comments: tuple[Comment, ...] = ()
    pictures: int = 0
