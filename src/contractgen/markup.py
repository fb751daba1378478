"""Clause files and labels as compiled templates: Jinja in Markdown, cut down to a closed grammar.

In: text of a clause file (TOML front matter, then Markdown with ``{{ field }}`` and ``{% if fact == "value" %}``) or of
a label. Out: ``Template``: words, fields and conditions with their places. Jinja parses; nothing is ever executed:
there are no calls, loops, assignments, attributes of objects or arithmetic, so a template cannot run code. Whatever
lies outside the grammar is a ``TemplateFault`` with file, line and column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import jinja2
from jinja2 import nodes
from pydantic import Field as ShapeField

from contractgen.errors import Place, Problem, TemplateFault, did_you_mean
from contractgen.files import parse_toml
from contractgen.markup_source import Source
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
    """Literal text, and the line of the file on which it begins."""

    text: str
    line: int = 0


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
    follows_place: Place | None = None


def compile_clause(text: str, file: str) -> Template:
    """Compile a clause file; raises ``TemplateFault`` with every fault that can be told."""
    lines = text.split("\n")
    if lines[0].strip() != FENCE or FENCE not in [line.strip() for line in lines[1:]]:
        repair = f"begin with three lines: {FENCE}, revision = 1, {FENCE}"
        raise TemplateFault.at(Place(file, 1, 1), "the clause has no front matter", repair)
    end = next(index for index, line in enumerate(lines[1:], 1) if line.strip() == FENCE)
    marked = parse_toml("\n".join(lines[1:end]), file, first_line=2)
    head = validate(FrontMatter, marked, TemplateFault)
    body = "\n".join(lines[end + 1 :])
    if not body.strip():
        raise TemplateFault.at(Place(file, end + 2, 1), "the clause has no words", "write them below the front matter")
    parts = _compile(Source(body, file, end + 1), markdown=True)
    place = Place(file, end + 2, 1)
    return Template(place, parts, head.revision, head.follows, end + 1, marked.place("follows"))


@lru_cache(maxsize=4096)
def compile_label(text: str, place: Place) -> Template:
    """Compile a label: one line of words and fields."""
    return Template(place, _compile(Source(text, place.file, 0, place), markdown=False))


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    # Only lexer and parser of this environment are used: nothing is ever rendered.
    return jinja2.Environment(keep_trailing_newline=True, autoescape=False)  # noqa: S701


_SAYINGS = (
    ("expected token 'end of print statement'", "a value is not closed where it ends"),
    ("expected token 'end of statement block'", "an if is not closed where it ends"),
    ("Expected an expression", "a tag is empty"),
    ("Unexpected end of template", "an if is not ended"),
    ("unexpected end of template", "a tag is not closed"),
    ("unexpected '}'", "a value is closed with one }"),
    ("Unexpected end of", "a tag is not closed"),
    ("unknown tag", "this tag ends nothing"),
)
"""What Jinja says, and what it means."""


def _compile(source: Source, *, markdown: bool) -> tuple[Part, ...]:
    spread = False
    try:
        problems = list(source.read(_environment(), markdown=markdown))
        if problems:
            raise TemplateFault(sorted(problems))
        spread = True
        tree = _environment().parse(source.spread)
        compiler = _Compiler(source)
        parts = tuple(compiler.parts(tree.body))
    except jinja2.TemplateSyntaxError as fault:
        said = fault.message or ""
        cause = next((cause for mark, cause in _SAYINGS if mark in said), said)
        place = source.place(source.offset(fault.lineno)) if spread else source.place_of_tag(fault.lineno)
        repair = 'write {{ field }} or {% if fact == "value" %} … {% endif %}'
        raise TemplateFault.at(place, f"template: {cause}", repair) from None
    except RecursionError:
        raise TemplateFault.at(source.place(0), "template: is nested too deeply", "make it simpler") from None
    if compiler.problems:
        raise TemplateFault(sorted(compiler.problems))
    return parts


class _Compiler:
    """Walks Jinja's syntax tree and keeps what the closed grammar allows."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def parts(self, body: list[nodes.Node]) -> Iterator[Part]:
        for node in body:
            if isinstance(node, nodes.Output):
                for item in node.nodes:
                    yield from self.output(item)
            elif isinstance(node, nodes.If):
                yield from self.condition(node)
            else:
                self.fault(node.lineno, "only values and ifs are part of the clause grammar", "write a value or an if")

    def output(self, node: nodes.Expr) -> Iterator[Part]:
        if isinstance(node, nodes.TemplateData):
            yield Words(node.data, self.source.place(self.source.offset(node.lineno)).line)
            return
        form = particle = ""
        inner: nodes.Expr = node
        while isinstance(inner, nodes.Filter) and inner.node is not None:
            argument = self.argument(inner)
            if inner.name == "particle":
                particle = argument
            elif inner.name not in FORMS:
                place = self.source.place_of(node.lineno, inner.name)
                repair = did_you_mean(inner.name, FILTERS)
                self.problems.append(Problem(place, f'there is no filter "{inner.name}"', repair))
            elif form:
                self.fault(node.lineno, f"a value has one form, not {inner.name} and {form}", "keep one of the two")
            else:
                form = inner.name
            inner = inner.node
        name = self.dotted(inner)
        if not name:
            self.fault(node.lineno, "only fields can be merged: no call, sum, constant or index", "write {{ field }}")
            return
        yield Field(name, form, particle, self.source.place_of(node.lineno, name))

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
            return "" if node.name.startswith("_") else node.name
        if isinstance(node, nodes.Getattr) and not node.attr.startswith("_"):  # Python's own names are nobody's fields
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
        place = self.source.place_of(node.lineno, fact)
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

    def fault(self, line: int, cause: str, repair: str) -> None:
        self.problems.append(self.source.problem(self.source.offset(line), cause, repair))


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
