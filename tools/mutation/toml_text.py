"""TOML text as blocks of statements with their lines, so that one value can be changed and all else stays.

In: TOML text as our files write it: one statement a line, or a value over several lines. Out: ``Block``; ``written``
prints a value. tomllib reads the values.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

HEADER = re.compile(r"\[(\[)?([^\[\]]+)\]\]?\s*$")


@dataclass(frozen=True, slots=True)
class Statement:
    """``key = value`` on the lines ``start`` to ``end`` (exclusive)."""

    key: str
    value: Any
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A table with its statements; ``index`` counts those of one name where ``array`` holds."""

    name: str
    array: bool
    index: int
    start: int
    end: int
    statements: tuple[Statement, ...]

    @property
    def id(self) -> str:
        """Return ``slot.renewal[2]`` or ``figures.notice_period``."""
        return f"{self.name}[{self.index}]" if self.array else self.name

    def get(self, key: str) -> Statement | None:
        """Return a statement by its key."""
        return next((statement for statement in self.statements if statement.key == key), None)


def blocks(text: str) -> tuple[Block, ...]:
    """Return the tables of ``text`` in order; statements before the first header stand in a table without name."""
    lines = text.split("\n")
    heads = [(0, "", False)]
    heads += [(n, m[2].strip(), bool(m[1])) for n, line in enumerate(lines) if (m := HEADER.match(line))]
    seen: Counter[str] = Counter()
    found: list[Block] = []
    for (start, name, array), (limit, _, _) in zip(heads, [*heads[1:], (len(lines), "", False)], strict=True):
        statements = tuple(_statements(lines, start + 1 if name else 0, limit))
        end = max([start + 1, *(statement.end for statement in statements)])
        found.append(Block(name, array, seen[name], start, end, statements))
        if array:
            seen[name] += 1
    return tuple(found)


def _statements(lines: list[str], start: int, limit: int) -> Iterator[Statement]:
    number = start
    while number < limit:
        if not re.match(r"[\w\"-]", lines[number]):
            number += 1
            continue
        for end in range(number + 1, limit + 1):
            try:
                read = tomllib.loads("\n".join(lines[number:end]))
            except tomllib.TOMLDecodeError:
                continue
            ((key, value),) = read.items()
            yield Statement(key, value, number, end)
            number = end
            break
        else:
            number += 1


def written(value: Any) -> str:
    """Print a value as TOML on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case date():
            return value.isoformat()
        case dict():
            return "{ " + ", ".join(f"{_key(key)} = {written(item)}" for key, item in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(written(item) for item in value) + "]"
        case _:
            return str(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name) else json.dumps(name, ensure_ascii=False)
