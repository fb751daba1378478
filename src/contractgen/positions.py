"""Where each value of a TOML text stands.

In: TOML text that ``tomllib`` has accepted. Out: a mapping from key path to ``Place``. tomllib gives values without
places; tree-sitter's grammar gives places without values; ``files`` joins the two.
"""

from __future__ import annotations

import tomllib
from functools import cache

import tree_sitter
import tree_sitter_toml

from contractgen.errors import Place

Key = tuple[str | int, ...]


@cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))


def toml_places(text: str, file: str, first_line: int = 1) -> dict[Key, Place]:
    """Return the place of every table, key and array item in ``text`` (columns count characters, from 1)."""
    walker = _Walker(text.encode(), file, first_line)
    walker.document(_parser().parse(walker.raw).root_node)
    return walker.places


class _Walker:
    def __init__(self, raw: bytes, file: str, first_line: int) -> None:
        self.raw = raw
        self.file = file
        self.first_line = first_line
        self.lines = raw.split(b"\n")
        self.places: dict[Key, Place] = {(): Place(file, first_line, 1)}
        self.array_sizes: dict[Key, int] = {}

    def document(self, root: tree_sitter.Node) -> None:
        for node in root.named_children:
            if node.type == "pair":
                self.pair(node, ())
            elif node.type in {"table", "table_array_element"}:
                self.table(node)

    def table(self, node: tree_sitter.Node) -> None:
        header, *rest = [child for child in node.named_children if child.type != "comment"]
        path = self.resolve(self.key(header), open_array=node.type == "table_array_element")
        self.mark(path, header)
        for child in rest:
            if child.type == "pair":
                self.pair(child, path)

    def resolve(self, names: tuple[str, ...], *, open_array: bool) -> Key:
        """Turn the names of a table header into a key path, with the index of the current array items."""
        path: Key = ()
        for position, name in enumerate(names):
            path = (*path, name)
            if open_array and position == len(names) - 1:
                index = self.array_sizes.get(path, 0)
                self.array_sizes[path] = index + 1
                path = (*path, index)
            elif path in self.array_sizes:
                path = (*path, self.array_sizes[path] - 1)
        return path

    def pair(self, node: tree_sitter.Node, prefix: Key) -> None:
        children = [child for child in node.named_children if child.type != "comment"]
        path: Key = (*prefix, *self.key(children[0]))
        self.mark(path, children[0])
        self.value(children[1], path)

    def value(self, node: tree_sitter.Node, path: Key) -> None:
        if node.type == "inline_table":
            for child in node.named_children:
                if child.type == "pair":
                    self.pair(child, path)
        elif node.type == "array":
            items = [child for child in node.named_children if child.type != "comment"]
            for index, item in enumerate(items):
                self.mark((*path, index), item)
                self.value(item, (*path, index))

    def key(self, node: tree_sitter.Node) -> tuple[str, ...]:
        if node.type == "dotted_key":
            return tuple(part for child in node.named_children for part in self.key(child))
        text = (node.text or b"").decode()
        if node.type == "quoted_key":
            (name,) = tomllib.loads(f"{text} = 0")
            return (name,)
        return (text,)

    def mark(self, path: Key, node: tree_sitter.Node) -> None:
        row, column = node.start_point
        before = self.lines[row][:column].decode("utf-8", "replace")
        self.places.setdefault(path, Place(self.file, row + self.first_line, len(before) + 1))
