"""A mapping file proposed from the headings of a table: exact fields, known headings in three languages, near names.

In: a table and the library's locales. Out: the text of a ``mapping.toml`` to be read and corrected. What is not known
is written down as a question, never guessed: an unmapped column stops the intake.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from contractgen.contract import kind_of_field
from contractgen.errors import Place
from contractgen.intake.fields import EXTRA, FIELDS, is_field, prefixes
from contractgen.intake.tables import Table
from contractgen.library import Library
from contractgen.values import Kind

NEEDED = ("vendor", "tier", "transaction", "currency", "contract.number", "customer.name", "term.expiry")
"""Fields that every contract of a portfolio has, from a column or as a constant."""
MAX_VALUES = 20
"""How many of the words typed in a column are asked about."""
_KEY = re.compile(r"[a-z0-9][a-z0-9-]*")


def propose(table: Table, books: Library) -> str:
    """Return a mapping file for the table."""
    known = known_headings(books)
    chosen = {index: name for index, name in enumerate(table.headings) if is_field(name)}
    sure: list[str] = []
    asked: list[str] = []
    for index, heading in enumerate(table.headings):
        if not heading or index in chosen:
            continue
        name = known.get(bare(heading), "")
        taken = next((other for other in chosen.values() if _clash(name, other)), "") if name else ""
        if name and not taken:
            chosen[index] = name
            sure.append(f"{_quoted(heading)} = {_quoted(name)}")
            continue
        near = get_close_matches(bare(heading), list(known), n=1, cutoff=0.75)
        hint = f"perhaps {known[near[0]]}" if near else ""
        asked.append(_question(heading, f"{name}, but a column is {taken} already" if taken else hint))
    return (
        "\n".join([*_head(table), *_columns(sure, asked), *_constants(chosen), *_values(table, chosen, books)]) + "\n"
    )


def _clash(name: str, other: str) -> bool:
    return name == other or name in prefixes(other) or other in prefixes(name)


def _head(table: Table) -> Iterator[str]:
    file = " ".join(table.file.split())
    yield f"# Which column of {file} is which field; proposed by contractgen map. Read it before you use it."
    yield from (f"# {' '.join(note.split())}" for note in table.notes)
    yield "# Lines with # are questions: answer them and take the # away."
    yield from ("", "ignore = []", "", "[table]")
    if table.sheet:
        yield f"sheet = {_quoted(table.sheet)}"
    if table.query:
        yield f"query = {_quoted(table.query)}"
    if table.heading_line:
        yield f"headings = {table.heading_line}"
    if table.encoding:
        yield f"encoding = {_quoted(table.encoding)}"


def _columns(sure: list[str], asked: list[str]) -> Iterator[str]:
    yield from ("", "[columns]", *sure)
    if asked:
        yield from (
            "# Not known. Name the field (contractgen schema lists all), or put the heading under ignore.",
            *asked,
        )


def _constants(chosen: Mapping[int, str]) -> Iterator[str]:
    """Ask for what every contract has and no column gives."""
    yield from ("", "[constants]")
    for needed in NEEDED:
        if not any(name == needed or needed in prefixes(name) for name in chosen.values()):
            yield _question(needed, "no column was found for it")


def _values(table: Table, chosen: Mapping[int, str], books: Library) -> Iterator[str]:
    """Translate words that stand where keys are asked for, as far as the labels of the house have them."""
    for index, name in chosen.items():
        if kind_of_field(name) is not Kind.CHOICE and name not in EXTRA:
            continue
        cells = (line.cells[index] for line in table.lines)
        typed = dict.fromkeys(cell.strip() for cell in cells if isinstance(cell, str))
        words = [word for word in typed if word and not _KEY.fullmatch(word)]
        if not words:
            continue
        yield from ("", f"[values.{_quoted(table.headings[index])}]")
        keys = _keys(name, books)
        for word in words[:MAX_VALUES]:
            found = sorted(keys.get(bare(word), ()))
            if len(found) == 1:
                yield f"{_quoted(word)} = {_quoted(found[0])}"
            else:
                options = found or sorted(set().union(*keys.values()))
                yield _question(word, f"one of {', '.join(options)}" if options else "")


def _keys(name: str, books: Library) -> dict[str, set[str]]:
    """Return, for the field's words in all languages, barely spelt, the keys that they may mean."""
    found: dict[str, set[str]] = {}
    domain = name.rpartition(".")[2]
    if name in EXTRA:
        return {code: {code} for code in books.locales}
    for vendor in books.vendors:
        policy = books.policy(vendor, Place("map"))
        if name == "vendor":
            for spelling in (vendor, *policy.name.values()):
                found.setdefault(bare(spelling), set()).add(vendor)
        for fact in policy.facts.values():
            if fact.field == name:
                for key in fact.domain:
                    found.setdefault(bare(key), set()).add(key)
    for code in books.locales:
        for key, text in books.locale(code).labels.items():
            group, *rest = key.split(".")
            if group == "choices" and rest[0] == domain and name != "vendor":
                found.setdefault(bare(text), set()).add(rest[-1])
    return found


def known_headings(books: Library) -> Mapping[str, str]:
    """Return headings in all languages, barely spelt, and the field that each means."""
    found: dict[str, str] = {bare(name): name for name in FIELDS}
    for code in books.locales:
        for heading, name in _labels(books, code):
            found.setdefault(bare(heading), name)
        for name, headings in books.locale(code).headings.items():
            for heading in headings:
                found[bare(heading)] = name
    return found


def _labels(books: Library, code: str) -> Iterator[tuple[str, str]]:
    """Yield the labels of particulars: their key is the field they name."""
    for key, text in books.locale(code).labels.items():
        group, _, name = key.partition(".")
        if group == "fields" and is_field(name) and "{" not in text:
            yield text, name


def bare(heading: str) -> str:
    """Return a heading without case, blanks, marks and joiners, with Persian letters for their Arabic twins."""
    text = heading.casefold().replace("ي", "ی").replace("ك", "ک")
    return re.sub(r"[\W_]+", "", text)


def _question(name: str, hint: str) -> str:
    return f'# {_quoted(name)} = ""' + (f"  # {hint}" if hint else "")


def _quoted(text: str) -> str:
    """Return a text as TOML writes it; JSON's escapes are a part of TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
