"""Words and values become blocks: clauses and labels of one locale merged with the terms of one contract.

In: compiled templates, a locale, terms. Out: blocks and inlines of the tree. A field becomes one private-use character
(a seal) before Markdown is parsed and a ``Value`` node afterwards, so data can never become structure. A field
without a value is a problem with place, cause and repair; all problems of a document are collected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from contractgen.errors import ContractgenError, InvalidData, Place, Problem, TemplateFault, did_you_mean
from contractgen.languages import script_direction
from contractgen.locales import CannotShow, Locale
from contractgen.markup import Field, Template, Words, compile_label, flatten, unknown_fact
from contractgen.record import has_field
from contractgen.terms import Terms, record_field
from contractgen.tree import (
    Block,
    BulletItem,
    Direction,
    Emphasis,
    Inline,
    Inlines,
    LineBreak,
    NumberedItem,
    Paragraph,
    ParagraphStyle,
    Reference,
    Strong,
    Text,
    Value,
    plain,
)
from contractgen.values import Cause, Figure, Kind

FIRST_SEAL = 0xE100
LAST_SEAL = 0xF8EF
LEFT_TO_RIGHT = (Kind.PHONE, Kind.EMAIL, Kind.URL, Kind.CODE)
MAX_LEVEL = 3


def _direction(kind: Kind, text: str) -> Direction:
    """Return the direction of a value: a choice is named in the locale's words, even if a Latin name begins them."""
    if kind in LEFT_TO_RIGHT:
        return "ltr"
    if kind is Kind.CHOICE and any(script_direction(char) == "rtl" for char in text):
        return "rtl"
    return script_direction(text)


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged clause: its heading (may be empty) and its blocks."""

    heading: Inlines
    blocks: tuple[Block, ...]


def sealed(locale: Locale, figure: Figure, form: str = "") -> Value:
    """Return ``figure`` as ``locale`` shows it; raises ``CannotShow``, or ``TemplateFault`` for a missing label."""
    text = locale.show(figure, form)
    shown = f"{figure.canonical} ({form})" if form and form != "adjective" else figure.canonical
    return Value(text, figure.field, figure.kind, shown, _direction(figure.kind, text), figure.cause)


@dataclass(slots=True)
class Merger:
    """Merges templates for one document and collects what is missing."""

    locale: Locale
    terms: Terms
    missing_data: list[Problem] = field(default_factory=list)
    template_faults: list[Problem] = field(default_factory=list)

    def raise_problems(self) -> None:
        """Raise all problems met so far: a fault of the templates first, else what the record lacks."""
        problems = list(dict.fromkeys([*self.template_faults, *self.missing_data]))
        if problems:
            kind: type[ContractgenError] = TemplateFault if self.template_faults else InvalidData
            raise kind(problems)

    # -------------------------------------------------------------------------------------------------- values

    def value(self, figure: Figure, form: str = "", place: Place | None = None) -> Value | None:
        """Return ``figure`` as this locale shows it; None (and a problem) if it cannot be shown."""
        try:
            return sealed(self.locale, figure, form)
        except CannotShow as fault:
            self.template_faults.append(Problem(place or Place(self.locale.file), fault.cause, fault.repair))
        except TemplateFault as fault:  # a label that the value is named by
            self.template_faults.extend(fault.problems)
        return None

    def particle(self, value: Value, pair: str) -> str:
        """Return the half of ``pair`` that follows ``value``; raises ``CannotShow``."""
        return self.locale.particle(value.text, pair)

    def canonical(self, name: str) -> str:
        """Return the language-free spelling of a figure for the document's properties.

        A letter of refusal may answer a document that has no number: then it is "".
        """
        return self.terms.figures[name].canonical if name in self.terms.figures else ""

    def ordinal(self, number: int, cause: Cause) -> Value | None:
        """Return the number of a table's row: it follows from the row's place, not from the contract."""
        return self.value(Figure("line.number", Kind.NUMBER, number, cause))

    def find(self, name: str, place: Place, more: Mapping[str, Figure]) -> Figure | None:
        """Return the figure called ``name``; note what is missing if there is none."""
        figure = more.get(name) or self.terms.figures.get(name)
        if figure is not None:
            return figure
        cause = f'"{name}" has no value for this contract'
        if name in self.terms.undated:
            self.template_faults.append(self.terms.undated[name])
        elif any(name == prefix or name.startswith(f"{prefix}.") for prefix in self.terms.lacks):
            self.missing_data.append(Problem(place, cause, self.terms.lacking(name)))
        elif has_field(name):
            given = record_field(name, self.terms.document)
            self.missing_data.append(Problem(place, cause, f"give {given} in the contract record"))
        else:
            repair = did_you_mean(name, sorted({*self.terms.figures, *more}))
            self.template_faults.append(Problem(place, f'there is no value "{name}"', repair))
        return None

    # -------------------------------------------------------------------------------------------------- labels

    def label(self, key: str, more: Mapping[str, Figure] | None = None) -> Inlines:
        """Return a label of the locale with its values merged."""
        try:
            template = compile_label(self.locale.label(key), self.locale.label_place(key))
        except TemplateFault as fault:
            self.template_faults.extend(fault.problems)
            return ()
        inlines: list[Inline] = []
        for part in self._flat(template):
            if isinstance(part, Words):
                inlines.append(Text(part.text))
            else:
                inlines.extend(self._merge_field(part, more or {}))
        return tuple(inlines)

    def _flat(self, template: Template) -> Iterator[Words | Field]:
        facts = self.terms.facts
        for part in flatten(template.parts, facts, lambda c: self.template_faults.append(unknown_fact(c, facts))):
            if isinstance(part, Words | Field):
                yield part

    def _merge_field(self, part: Field, more: Mapping[str, Figure]) -> list[Inline]:
        figure = self.find(part.name, part.place, more)
        if figure is None:
            return []
        value = self.value(figure, part.form, part.place)
        if value is None:
            return []
        if not part.particle:
            return [value]
        try:
            return [value, Text(self.particle(value, part.particle))]
        except CannotShow as fault:
            repair = fault.repair or "add a reading of this ending"
            self.template_faults.append(Problem(part.place, fault.cause, repair))
            return [value]

    # ------------------------------------------------------------------------------------------------- clauses

    def clause(self, template: Template, style: ParagraphStyle = "body") -> Merged:
        """Merge a clause: headings, paragraphs, lists; its paragraphs take ``style``."""
        sealed: list[str] = []
        seals: dict[str, list[Inline]] = {}
        lines = [template.lines_before + 1]
        for part in self._flat(template):
            if isinstance(part, Words):
                sealed.append(part.text)
                lines += range(part.line + 1, part.line + 1 + part.text.count("\n"))
                continue
            if FIRST_SEAL + len(seals) > LAST_SEAL:
                raise TemplateFault.at(part.place, f"more than {len(seals):,} values in one clause", "make it shorter")
            seal = chr(FIRST_SEAL + len(seals))
            seals[seal] = self._merge_field(part, {})
            sealed.append(seal)
        reader = _Reader(template.place.file, lines, seals, style)
        heading, blocks = reader.read(_tokens("".join(sealed)))
        self.template_faults.extend(reader.problems)
        return Merged(heading, tuple(blocks))


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("zero", {"html": False, "linkify": False, "typographer": False})
    markdown.enable(["heading", "list", "emphasis", "link", "newline", "escape"])
    return markdown.disable("text_join")  # so that an escaped mark stays apart from one that was left over


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[Token, ...]:
    # The text holds seals, never data: it depends on the clause and on facts only, so parsing is worth keeping.
    return tuple(_markdown().parse(text))


class _Reader:
    """Turns Markdown tokens into blocks, replacing seals by values."""

    def __init__(
        self, file: str, lines: Sequence[int], seals: Mapping[str, Sequence[Inline]], style: ParagraphStyle
    ) -> None:
        self.file = file
        self.lines = lines  # of the sealed text: on which line of the file each stands
        self.seals = seals
        self.style: ParagraphStyle = style
        self.problems: list[Problem] = []
        self.lists: list[str] = []
        self.filled = True
        self.heading: Inlines = ()

    def read(self, tokens: Sequence[Token]) -> tuple[Inlines, list[Block]]:
        blocks: list[Block] = []
        in_heading = False
        for token in tokens:
            match token.type:
                case "heading_open":
                    in_heading = True
                    if token.tag != "h1" or self.heading or blocks:
                        self._fault(token, "a clause has one heading, at its head, with one #", "use paragraphs")
                case "heading_close":
                    in_heading = False
                case "ordered_list_open" | "bullet_list_open":
                    self.lists.append(token.type)
                case "ordered_list_close" | "bullet_list_close":
                    self.lists.pop()
                case "list_item_open":
                    self.filled = False
                case "inline":
                    inlines = self._inlines(token.children or [], token)
                    if in_heading:
                        self.heading = inlines
                    else:
                        blocks.append(self._block(inlines, token))
                case _:
                    pass
        return self.heading, blocks

    def _block(self, inlines: Inlines, token: Token) -> Block:
        place = self._place(token)
        level = len(self.lists)
        if not level:
            return Paragraph(inlines, self.style, place)
        if self.filled:
            self._fault(token, "a list item has more than one paragraph", "make it one, or two items")
        self.filled = True
        if level > MAX_LEVEL:
            self._fault(token, f"lists go {MAX_LEVEL} levels deep at most", "make the list flatter")
            level = MAX_LEVEL
        if self.lists[-1] == "ordered_list_open":
            return NumberedItem(inlines, level, "", place)
        return BulletItem(inlines, level, place)

    def _inlines(self, tokens: Sequence[Token], parent: Token) -> Inlines:
        stack: list[list[Inline]] = [[]]
        targets: list[str] = []
        for token in tokens:
            match token.type:
                case "text":
                    if "*" in token.content:
                        self._fault(parent, "a * has no partner", r"write **bold** or *emphasis*, and \* for the star")
                    stack[-1].extend(self._unseal(token.content))
                case "text_special":
                    stack[-1].append(Text(token.content))
                case "softbreak":
                    stack[-1].append(Text(" "))
                case "hardbreak":
                    stack[-1].append(LineBreak())
                case "strong_open" | "em_open":
                    stack.append([])
                case "strong_close":
                    children = _joined(stack.pop())
                    stack[-1].append(Strong(children))
                case "em_close":
                    children = _joined(stack.pop())
                    stack[-1].append(Emphasis(children))
                case "link_open":
                    targets.append(str(token.attrs.get("href", "")))
                    stack.append([])
                case "link_close":
                    words = stack.pop()
                    stack[-1].extend(self._reference(targets.pop(), words, parent))
                case _:
                    self._fault(parent, f"{token.type} is not part of the clause grammar", "write plain words")
        return _joined(stack[0])

    def _reference(self, target: str, words: Sequence[Inline], parent: Token) -> list[Inline]:
        if not target.startswith("#") or plain(tuple(words)):
            self._fault(parent, f'a link may only be a cross-reference [](#slot), not "{target}"', "write [](#slot)")
            return []
        return [Reference(target[1:])]

    def _unseal(self, text: str) -> Iterator[Inline]:
        start = 0
        for index, character in enumerate(text):
            if FIRST_SEAL <= ord(character) <= LAST_SEAL:
                if index > start:
                    yield Text(text[start:index])
                yield from self.seals[character]
                start = index + 1
        if start < len(text):
            yield Text(text[start:])

    def _place(self, token: Token) -> Place:
        line = token.map[0] if token.map else 0
        return Place(self.file, self.lines[min(line, len(self.lines) - 1)], 1)

    def _fault(self, token: Token, cause: str, repair: str) -> None:
        self.problems.append(Problem(self._place(token), cause, repair))


def _joined(inlines: Sequence[Inline]) -> Inlines:
    """Join neighbouring texts, so that the tree has one node for a run of words."""
    joined: list[Inline] = []
    for inline in inlines:
        last = joined[-1] if joined else None
        if isinstance(inline, Text) and isinstance(last, Text):
            joined[-1] = Text(last.text + inline.text)
        else:
            joined.append(inline)
    return tuple(joined)
