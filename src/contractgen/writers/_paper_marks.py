"""Marked words on paper: where a line may not end depends on the letters on both sides of a value's edge.

In: the runs of a marked document. Out: text with holes, and the ``spans`` that fill them: a value with the joiners in
it, a particle, and the joiner between a value and the letter that follows. Both PDF engines share this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from contractgen.marks import OPEN, hole, is_marked, pieces
from contractgen.tree import Value
from contractgen.writers.forms import SPAN, Content, Slot, Span, sealed_value, text_of
from contractgen.writers.pdf_text import joined

Edge = int | str
"""What stands before a place: the index of a content, or the letter that is there in every document."""


def end_of(edge: Edge, contents: Sequence[Content]) -> str:
    """Return the last letter before a place."""
    return edge if isinstance(edge, str) else text_of(contents[edge])[-1:]


@dataclass(frozen=True, slots=True)
class Joint:
    """The joiner, if there has to be one, between a content and the letter that follows it."""

    before: int
    letter: str

    def __call__(self, contents: Sequence[Content]) -> str:
        """Return the joiner or nothing."""
        return joined(end_of(self.before, contents), self.letter)[: -len(self.letter)]


@dataclass(frozen=True, slots=True)
class Words:
    """A text that follows from a value (a particle), with the joiners it needs."""

    index: int
    before: Edge
    escape: Callable[[str], str]

    def __call__(self, contents: Sequence[Content]) -> str:
        """Return the text as the engine reads it."""
        return self.escape(joined(end_of(self.before, contents), text_of(contents[self.index])))


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as an engine shows it in its place."""

    index: int
    before: Edge
    show: Callable[[Value, str], str]

    def __call__(self, contents: Sequence[Content]) -> str:
        """Return the value's source; ``show`` is given it and its text with joiners."""
        value = sealed_value(contents[self.index])
        return self.show(value, joined(end_of(self.before, contents), value.text))


class _Writer(Protocol):
    _last: str


class Marker:
    """Notes the spans of one document; ``escape`` is how the engine writes words."""

    def __init__(self, escape: Callable[[str], str]) -> None:
        self.escape = escape
        self.spans: dict[Span, int] = {}

    def span(self, span: Span) -> str:
        """Return the hole that ``span`` fills."""
        return hole(self.spans.setdefault(span, len(self.spans)), SPAN)

    def value(self, writer: _Writer, slot: Slot, show: Callable[[Value, str], str]) -> str:
        """Return the hole for a value; what follows it follows that value."""
        made = self.span(Shown(slot.index, self._edge(writer), show))
        writer._last = f"{OPEN}{slot.index}"  # noqa: SLF001  (the writer's own, kept for the words that follow)
        return made

    def words(self, writer: _Writer, text: str) -> str:
        """Return words, some of which may be marked, as the engine reads them."""
        made = []
        for piece in pieces(text):
            edge = self._edge(writer)
            if isinstance(piece, int):
                made.append(self.span(Words(piece, edge, self.escape)))
                writer._last = f"{OPEN}{piece}"  # noqa: SLF001
            elif piece:
                if isinstance(edge, int):
                    made.append(self.span(Joint(edge, piece[0])))
                    edge = ""
                made.append(self.escape(joined(edge, piece)))
                writer._last = piece[-1]  # noqa: SLF001
        return "".join(made)

    @staticmethod
    def _edge(writer: _Writer) -> Edge:
        last = writer._last  # noqa: SLF001
        return int(last[1:]) if is_marked(last) else last
