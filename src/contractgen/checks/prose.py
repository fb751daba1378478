"""Figures typed in clauses and labels: digits of any script, and words that count, each with line and column.

In: the library, names of clauses. Out: findings ``figure-in-prose``, and the source lines of a clause for others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from contractgen.checks.findings import Finding
from contractgen.errors import Place, TemplateFault
from contractgen.files import read_text
from contractgen.library import Library
from contractgen.locales import Locale

TAGS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\]\(#[\w-]*\)", re.DOTALL)
"""Values, conditions and cross-references: what is no prose."""
ITEM = re.compile(r" *\d+\. ", re.ASCII)
"""The mark of a numbered item, which Markdown counts by itself."""
FIGURE = re.compile(r"0+(?:[.,٫٬/:]0+)*")
"""A figure in a line whose digits, of whatever script, have been written as zeros."""


def typed_in_clause(books: Library, locale: str, name: str) -> Iterator[Finding]:
    """Yield a finding for each figure typed in the words of a clause (``slot/wording``)."""
    file, lines, first = source_of(books, locale, name)
    prose = TAGS.sub(_blank, "\n".join(lines[first:])).split("\n")
    words = _counting(books.locale(locale))
    for number, line in enumerate(prose, first + 1):
        mark = ITEM.match(line)
        start = mark.end() if mark else 0
        for column, typed in _figures(line, start, words):
            yield _finding(Place(file, number, column), typed)


def typed_in_labels(locale: Locale) -> Iterator[Finding]:
    """Yield a finding for each figure typed in a label; a word such as "per cent" may head a column."""
    for key, text in locale.labels.items():
        for _, typed in _figures(TAGS.sub(_blank, text), 0, re.compile(r"(?!)")):
            yield _finding(locale.label_place(key), typed)


def source_of(books: Library, locale: str, name: str) -> tuple[str, list[str], int]:
    """Return how messages call the file of a clause, its lines, and how many of them are front matter."""
    relative = f"templates/{locale}/clauses/{name}.md"
    path = next(folder / relative for folder in books.folders if (folder / relative).is_file())
    lines = read_text(path, TemplateFault, books.shown(path)).split("\n")
    fences = [index for index, line in enumerate(lines) if line.strip() == "+++"]
    return books.shown(path), lines, fences[1] + 1 if len(fences) > 1 else 0


def place_of_reference(books: Library, locale: str, name: str, target: str) -> Place | None:
    """Return where a clause first refers to ``#slot``."""
    file, lines, _ = source_of(books, locale, name)
    mark = f"]({target})"
    return next((Place(file, n, line.index(mark)) for n, line in enumerate(lines, 1) if mark in line), None)


def _finding(place: Place, typed: str) -> Finding:
    repair = "put the figure in the policy and write {{ its_name }}"
    return Finding(place, "figure-in-prose", f'"{typed}" is typed in the text', repair)


def _counting(locale: Locale) -> re.Pattern[str]:
    return re.compile("|".join(locale.number_words) or r"(?!)", re.IGNORECASE)


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _figures(line: str, start: int, words: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Yield column (from 1) and text of each figure of a line."""
    shown = "".join("0" if _counts(character) else character for character in line)
    spans = [found.span() for found in FIGURE.finditer(shown, start)]
    spans += [found.span() for found in words.finditer(line, start)]
    last = -1
    for begin, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if begin >= last:
            yield begin + 1, line[begin:end]
            last = end


def _counts(character: str) -> bool:
    """Whether a character stands for a number: a digit of any script, ½, ①, Ⅳ, 三."""
    return unicodedata.category(character)[0] == "N" or unicodedata.numeric(character, None) is not None
