"""Mutants of the rules in Python: boundaries, offsets, operators, branches.

In: the text of a module of ``contractgen.rules``. Out: mutants, found in the syntax tree, written as splices of lines.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from mutation.model import Mutant, Splice

COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">"),
    ast.LtE: ("<", ">="),
    ast.Gt: (">=", "<"),
    ast.GtE: (">", "<="),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
}
ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "-", ast.Sub: "+", ast.Mult: "+", ast.Div: "*"}


@dataclass(slots=True)
class RuleMutants:
    """All mutants of one module; ``path`` from the root of the project."""

    path: str
    text: str
    inside: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Mutant]:
        yield from self.walk(ast.parse(self.text))

    def walk(self, node: ast.AST) -> Iterator[Mutant]:
        """Yield the mutants of a node and of all within it; annotations and docstrings are left alone."""
        named = isinstance(node, ast.FunctionDef | ast.ClassDef)
        if named:
            self.inside.append(node.name)  # type: ignore[attr-defined]
        if self.inside and self._in_function:
            yield from self.of(node)
        for name, value in ast.iter_fields(node):
            if name in {"annotation", "returns", "decorator_list"}:
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from self.walk(child)
        if named:
            self.inside.pop()

    @property
    def _in_function(self) -> bool:
        return any(name[0].islower() or name[0] == "_" for name in self.inside)

    def of(self, node: ast.AST) -> Iterator[Mutant]:
        """Yield the mutants of one node."""
        match node:
            case ast.Compare():
                for left, op, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
                    for other in COMPARISONS.get(type(op), ()):
                        yield from self.between("rule-comparison", left, right, other)
            case ast.BinOp() if type(node.op) in ARITHMETIC:
                yield from self.between("rule-operator", node.left, node.right, ARITHMETIC[type(node.op)])
            case ast.BoolOp():
                other = "or" if isinstance(node.op, ast.And) else "and"
                yield from self.between("rule-condition", node.values[0], node.values[1], other)
            case ast.Constant() if type(node.value) is int:
                for step in (1, -1):
                    yield self.made(
                        "rule-constant", node, f"{node.value} becomes {node.value + step}", str(node.value + step)
                    )
            case ast.IfExp():
                new = f"{self.source(node.orelse)} if {self.source(node.test)} else {self.source(node.body)}"
                yield self.made("rule-branch", node, f"branches of {self.source(node.test)} swapped", f"({new})")
            case ast.UnaryOp() if isinstance(node.op, ast.Not):
                yield self.made(
                    "rule-condition", node, f"not {self.source(node.operand)} loses its not", self.source(node.operand)
                )
            case ast.If():
                yield self.made(
                    "rule-branch", node.test, f"if not {self.source(node.test)}", f"not ({self.source(node.test)})"
                )

    def source(self, node: ast.AST) -> str:
        """Return the text of a node on one line."""
        found = ast.get_source_segment(self.text, node) or ""
        return " ".join(found.split())

    def between(self, kind: str, left: ast.expr, right: ast.expr, operator: str) -> Iterator[Mutant]:
        """Yield the mutant with another operator between two operands, where nothing else stands between them."""
        lines = self.text.split("\n")
        if left.end_lineno is None or left.end_lineno != right.lineno or left.end_col_offset is None:
            return
        line = lines[left.end_lineno - 1].encode()
        gap = line[left.end_col_offset : right.col_offset].decode()
        old = gap.strip(" ()")
        if not old:
            return
        new = line[: left.end_col_offset].decode() + gap.replace(old, operator) + line[right.col_offset :].decode()
        splice = Splice(self.path, left.end_lineno - 1, left.end_lineno, (new,))
        change = f"{self.source(left)} {old} {self.source(right)}: {old} becomes {operator}"
        yield Mutant(kind, "rule", ".".join(self.inside), change, (splice,), computes=True)

    def made(self, kind: str, node: ast.expr, change: str, new: str) -> Mutant:
        """Return the mutant with another text for a node."""
        lines = self.text.split("\n")
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        before = lines[first].encode()[: node.col_offset].decode()
        after = lines[last].encode()[node.end_col_offset :].decode()
        splice = Splice(self.path, first, last + 1, (f"{before}{new}{after}",))
        context = " ".join(lines[first].split())
        return Mutant(kind, "rule", ".".join(self.inside), f"{change} in: {context}", (splice,), computes=True)
