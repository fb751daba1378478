"""Compiled forms: what a writer wrote once, cut into words that stay and holes for the values of other documents.

In: the text that a writer made of a marked document, and the writer's rules: how a value stands in each context. Out:
``Sheet``: for the values of one document, the same text that the writer would have made of it. Whatever a rule does not
know stays a mark, and a text with marks left in it is no form (``NoForm``): the document then goes the slow way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Protocol

from contractgen.marks import CLOSE, MIDDLE, OPEN, is_marked
from contractgen.tree import Value


@dataclass(frozen=True, slots=True)
class Slot(Value):
    """A value of a document that is being compiled: the place where value ``index`` of other documents will stand."""

    index: int


Content = Value | str
"""What fills a hole: a sealed value, or a text that follows from one (a particle, a number without its locale)."""


class Carried(str):
    """The text of an attachment: no reader sees it, so no direction or line of the document can suffer from it."""

    __slots__ = ()


Rule = Callable[[Content], str]
"""How a content stands in one context: its markup, direction marks and escapes."""

Span = Callable[[Sequence[Content]], str]
"""What stands in a place that depends on several contents, or on what is beside it; equal spans show the same."""

MARKED_DAY = date(9871, 11, 23)
"""The day of a marked document: no contract has it, so that it is found wherever a writer has put it."""


SPAN = "S"
"""The context of a hole that is a span."""

DAY = 0
"""The index of the content that is the document's day, as ``2025-03-01``."""


class NoForm(Exception):
    """A document has no compiled form: it is written the slow way."""


class Unfit(Exception):
    """A value cannot stand in its hole; the slow way will say why."""


class Form(Protocol):
    """What a document of given choices is made from."""

    def filled(self, contents: Sequence[Content]) -> bytes:
        """Return the file of a document with these contents; raises ``Unfit``."""


Part = str | tuple[Rule, int] | Span
"""What a text is made of: words that stay, a content with its rule, a span."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Words that stay and the holes between them, each once, and the order in which they make up the text.

    ``table`` holds them as the last document filled them; ``last``: with which contents. What a policy says is the
    same object in every document, so that only what is new need be filled in.
    """

    table: list[str]
    holes: tuple[tuple[int, tuple[tuple[int, Rule], ...]], ...]
    """For each content the places of the table that it fills, and how."""
    spans: tuple[tuple[int, Span], ...]
    order: Callable[[Sequence[str]], tuple[str, ...]]
    last: dict[int, Content] = field(default_factory=dict)

    def filled(self, contents: Sequence[Content]) -> str:
        """Return the text with the values of one document."""
        for index, places in self.holes:
            content = contents[index]
            if self.last.get(index) is not content:
                self.last.pop(index, None)  # a rule may refuse it
                for place, rule in places:
                    self.table[place] = rule(content)
                self.last[index] = content
        for place, span in self.spans:
            self.table[place] = span(contents)
        return "".join(self.order(self.table))


HOLE = re.compile(f"{OPEN}(\\d+){MIDDLE}([A-Za-z-]+){CLOSE}{CLOSE}")
"""The whole of a value, in a context that letters name."""

TEXT = re.compile(f"{OPEN}(\\d+){MIDDLE}[^{CLOSE}]*{CLOSE}")
"""The bare text of a value, as properties and captions hold it."""


_DOUBTFUL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]"
)
"""Controls of lines and directions, private use, characters that are none: more than any format refuses."""


Rules = Sequence[tuple[re.Pattern[str], Mapping[str, Rule]]]
"""What a writer knows of holes: patterns, and the rule of each context of a pattern."""


def text_of(content: Content) -> str:
    """Return the text of a content."""
    return content if isinstance(content, str) else content.text


def sheet(text: str, rules: Rules, spans: Sequence[Span] = ()) -> Sheet:
    """Cut ``text`` by ``rules``: a pattern (its groups: the index, the context) and the rule of each context.

    Patterns are tried in order; one without a context has the rule of "", one without an index stands for the day. A
    context "S" means one of ``spans``, by its index. Raises ``NoForm`` where a mark is left over.
    """
    parts: list[Part] = [text]
    for pattern, contexts in rules:
        parts = [
            new for part in parts for new in (_cut(part, pattern, contexts, spans) if isinstance(part, str) else [part])
        ]
    if any(isinstance(part, str) and is_marked(part) for part in parts):
        raise NoForm("a value stands where no rule knows it")
    places = {part: place for place, part in enumerate(dict.fromkeys(parts))}
    holes: dict[int, list[tuple[int, Rule]]] = {}
    for part, place in places.items():
        if isinstance(part, tuple):
            holes.setdefault(part[1], []).append((place, part[0]))
    order = [places[part] for part in parts]
    return Sheet(
        table=[part if isinstance(part, str) else "" for part in places],
        holes=tuple((index, tuple(users)) for index, users in holes.items()),
        spans=tuple((place, part) for part, place in places.items() if not isinstance(part, str | tuple)),
        order=itemgetter(*order) if len(order) > 1 else lambda table: (table[0],),
    )


def _cut(text: str, pattern: re.Pattern[str], contexts: Mapping[str, Rule], spans: Sequence[Span]) -> list[Part]:
    parts: list[Part] = []
    start = 0
    for found in pattern.finditer(text):
        context = found[2] if pattern.groups > 1 else ""
        index = int(found[1]) if pattern.groups else DAY
        parts.append(text[start : found.start()])
        if context == SPAN:
            parts.append(spans[index])
        elif context in contexts:
            parts.append((contexts[context], index))
        else:
            raise NoForm(f'a value stands in the context "{context}", which no rule knows')
        start = found.end()
    parts.append(text[start:])
    return [part for part in parts if part != ""]


def sealed_value(content: Content) -> Value:
    """Return the content of a hole that only a value can fill."""
    if isinstance(content, str):
        raise NoForm("a text stands where only a value can")
    return content


def check(contents: Sequence[Content]) -> None:
    """Raise ``Unfit`` for a text that a format may have no place for: the slow way tells which, or lets it pass."""
    if _DOUBTFUL.search("".join(text_of(content) for content in contents if not isinstance(content, Carried))):
        raise Unfit
