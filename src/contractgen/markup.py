"""Clause files and labels as compiled templates: Jinja in Markdown, cut down to a closed grammar.

In: text of a clause file (TOML front matter, then Markdown with ``{{ field }}`` and ``{% if fact == "value" %}``) or of a
label. Out: ``Template``: words, fields and conditions with their places. Jinja parses; nothing is ever executed: there
are no calls, loops, assignments, attributes of objects or arithmetic, so a template cannot run code. Whatever lies
outside the grammar is a ``TemplateFault`` with file, line and column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import jinja2
from jinja2 import nodes
from pydantic import Field as ShapeField

from contractgen.errors import Place, Problem, TemplateFault, did_you_mean
from contractgen.files import parse_toml
from contractgen.languages import hostile_characters
from contractgen.validation import Shape, validate
from contractgen.values import Fact

FORMS = ("adjective", "words", "toman", "number", "jalali", "gregorian", "local")
FILTERS = (*FORMS, "particle")
FENCE = "+++"


class FrontMatter(Shape):
    """The head of a clause file."""

    revision: int = ShapeField(ge=1, description="raised when the legal meaning changes")
    follows: int | None = ShapeField(None, ge=1, description="the English revision that this translation follows")


@dataclass(frozen=True, slots=True)
class Words:
    """Literal text."""

    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """A value to be merged: its name, the form asked for, and a Korean particle to follow it."""

    name: str
    form: str
    particle: str
    place: Place


@dataclass(frozen=True, slots=True)
class Condition:
    """Parts that are printed only where a fact has (or has not) one of the values."""

    fact: str
    values: tuple[str, ...]
    negated: bool
    then: tuple[Part, ...]
    otherwise: tuple[Part, ...]
    place: Place

    def chosen(self, facts: Mapping[str, Fact]) -> tuple[Part, ...]:
        """Return the branch that ``facts`` choose."""
        return self.then if (facts[self.fact].value in self.values) != self.negated else self.otherwise


Part = Words | Field | Condition


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled text. ``lines_before`` is the height of the front matter, so that lines are those of the file."""

    place: Place
    parts: tuple[Part, ...]
    revision: int = 1
    follows: int | None = None
    lines_before: int = 0


def compile_clause(text: str, file: str) -> Template:
    """Compile a clause file; raises ``TemplateFault`` with every fault that can be told."""
    lines = text.split("\n")
    if not lines or lines[0].strip() != FENCE or FENCE not in [line.strip() for line in lines[1:]]:
        repair = f"begin with {FENCE}, revision = 1, {FENCE}"
        raise TemplateFault.at(Place(file, 1, 1), "the clause has no front matter", repair)
    end = next(index for index, line in enumerate(lines[1:], 1) if line.strip() == FENCE)
    head = validate(FrontMatter, parse_toml("\n".join(lines[1:end]), file, first_line=2), TemplateFault)
    body = "\n".join(lines[end + 1 :])
    parts = _compile(body, file, end + 1)
    return Template(Place(file, end + 2, 1), parts, head.revision, head.follows, end + 1)


@lru_cache(maxsize=4096)
def compile_label(text: str, place: Place) -> Template:
    """Compile a label: one line of words and fields."""
    return Template(place, _compile(text, place.file, place.line - 1 if place.line else 0))


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    # Only the parser of this environment is used; the filters are named so that it knows them.
    environment = jinja2.Environment(keep_trailing_newline=True, autoescape=False)  # noqa: S701
    environment.filters = dict.fromkeys(FILTERS, str)
    return environment


def _compile(body: str, file: str, lines_before: int) -> tuple[Part, ...]:
    _refuse_characters(body, file, lines_before)
    try:
        tree = _environment().parse(body)
    except jinja2.TemplateSyntaxError as fault:
        line = body.split("\n")[fault.lineno - 1] if fault.lineno else ""
        mark = max(line.find("{{"), line.find("{%"), 0) + 1
        place = Place(file, fault.lineno + lines_before, mark)
        repair = "write {{ field }} or {% if fact == \"value\" %} … {% endif %}"
        raise TemplateFault.at(place, f"template: {fault.message}", repair) from None
    compiler = _Compiler(body, file, lines_before)
    parts = tuple(compiler.parts(tree.body))
    if compiler.problems:
        raise TemplateFault(compiler.problems)
    return parts


def _refuse_characters(body: str, file: str, lines_before: int) -> None:
    problems = []
    for index, name in hostile_characters(body):
        before = body[:index]
        column = index - (before.rfind("\n") + 1) + 1
        place = Place(file, before.count("\n") + 1 + lines_before, column)
        problems.append(Problem(place, f"holds {name}", "remove that character"))
    if problems:
        raise TemplateFault(problems)


class _Compiler:
    """Walks Jinja's syntax tree and keeps what the closed grammar allows."""

    def __init__(self, body: str, file: str, lines_before: int) -> None:
        self.lines = body.split("\n")
        self.file = file
        self.lines_before = lines_before
        self.problems: list[Problem] = []

    def parts(self, body: list[nodes.Node]) -> Iterator[Part]:
        for node in body:
            if isinstance(node, nodes.Output):
                for item in node.nodes:
                    yield from self.output(item)
            elif isinstance(node, nodes.If):
                yield from self.condition(node)
            else:
                what = type(node).__name__.lower()
                self.fault(node.lineno, f"{{% {what} %}} is not part of the clause grammar", "use a value or an if")

    def output(self, node: nodes.Expr) -> Iterator[Part]:
        if isinstance(node, nodes.TemplateData):
            yield Words(node.data)
            return
        form = particle = ""
        inner: nodes.Expr = node
        while isinstance(inner, nodes.Filter):
            name, argument = inner.name, self.argument(inner)
            if name == "particle":
                particle = argument
            elif name in FORMS:
                form = name
            if inner.node is None:
                break
            inner = inner.node
        name = self.dotted(inner)
        if not name:
            self.fault(node.lineno, "only fields can be merged: no call, sum, constant or index", "write {{ field }}")
            return
        yield Field(name, form, particle, self.place(node.lineno, name))

    def argument(self, node: nodes.Filter) -> str:
        """Return the constant argument of ``particle``; other filters have none."""
        constants = [item.value for item in node.args if isinstance(item, nodes.Const)]
        plain = not node.kwargs and node.dyn_args is None and node.dyn_kwargs is None
        if node.name == "particle" and plain and len(node.args) == 1 and constants and isinstance(constants[0], str):
            return constants[0]
        if node.name == "particle" or node.args or not plain:
            self.fault(node.lineno, f"filter {node.name} is used wrongly", 'write | particle("은/는") or | adjective')
        return ""

    def dotted(self, node: nodes.Node | None) -> str:
        """Return ``customer.name`` for a chain of names; nothing for anything else."""
        if isinstance(node, nodes.Name):
            return node.name
        if isinstance(node, nodes.Getattr):
            before = self.dotted(node.node)
            return f"{before}.{node.attr}" if before else ""
        if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, int):
            before = self.dotted(node.node)
            return f"{before}.{node.arg.value}" if before else ""
        return ""

    def condition(self, node: nodes.If) -> Iterator[Part]:
        fact, values, negated = self.test(node.test)
        if not fact:
            self.fault(node.lineno, "an if may only compare a fact with words", 'write {% if fact == "value" %}')
            return
        otherwise: tuple[Part, ...]
        if node.elif_:
            first, *rest = node.elif_
            nested = nodes.If(first.test, first.body, rest, node.else_, lineno=first.lineno)
            otherwise = tuple(self.condition(nested))
        else:
            otherwise = tuple(self.parts(node.else_))
        place = self.place(node.lineno, fact)
        yield Condition(fact, values, negated, tuple(self.parts(node.body)), otherwise, place)

    @staticmethod
    def test(node: nodes.Node) -> tuple[str, tuple[str, ...], bool]:
        """Read ``fact == "a"``, ``fact != "a"``, ``fact in ["a", "b"]`` and ``fact not in [...]``."""
        if not isinstance(node, nodes.Compare) or not isinstance(node.expr, nodes.Name) or len(node.ops) != 1:
            return "", (), False
        operand = node.ops[0]
        right = operand.expr
        items = right.items if isinstance(right, nodes.List | nodes.Tuple) else [right]
        values = tuple(item.value for item in items if isinstance(item, nodes.Const) and isinstance(item.value, str))
        if len(values) != len(items) or operand.op not in {"eq", "ne", "in", "notin"}:
            return "", (), False
        return node.expr.name, values, operand.op in {"ne", "notin"}

    def place(self, line: int, word: str) -> Place:
        """Return where ``word`` stands, at or after Jinja's line (it tells no column)."""
        pattern = re.compile(r"(?<![\w.])" + re.escape(word).replace(r"\.", r"\s*\.\s*") + r"(?![\w])")
        for number in range(line, min(line + 3, len(self.lines)) + 1):
            found = pattern.search(self.lines[number - 1])
            if found:
                return Place(self.file, number + self.lines_before, found.start() + 1)
        return Place(self.file, line + self.lines_before, 1)

    def fault(self, line: int, cause: str, repair: str) -> None:
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        column = next((text.index(mark) + 1 for mark in ("{%", "{{") if mark in text), 1)
        self.problems.append(Problem(Place(self.file, line + self.lines_before, column), cause, repair))


def fields_of(parts: tuple[Part, ...]) -> Iterator[Field]:
    """Yield every field of a template, in all branches."""
    for part in parts:
        if isinstance(part, Field):
            yield part
        elif isinstance(part, Condition):
            yield from fields_of(part.then)
            yield from fields_of(part.otherwise)


def flatten(parts: tuple[Part, ...], facts: Mapping[str, Fact], unknown: Callable[[Condition], None]) -> Iterator[Part]:
    """Yield words and fields with all conditions decided; ``unknown`` is told of a condition on an unknown fact."""
    for part in parts:
        if not isinstance(part, Condition):
            yield part
        elif part.fact not in facts:
            unknown(part)
        else:
            yield from flatten(part.chosen(facts), facts, unknown)


def unknown_fact(condition: Condition, facts: Mapping[str, Fact]) -> Problem:
    """Word the fault of a condition on a fact that does not exist."""
    return Problem(condition.place, f'there is no fact "{condition.fact}"', did_you_mean(condition.fact, list(facts)))
