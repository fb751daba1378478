"""Mutants of clause files, in one language or in all: values, sentences, conditions, references, revisions.

In: the texts of one wording by locale, and the slots of the outlines. Out: mutants.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from mutation.model import Mutant, Splice

FIELD = re.compile(r"\{\{ *([\w.]+)((?: *\|[^}]*)?) *\}\}")
CONDITION = re.compile(r"\{% (?:el)?if \w+ (==|!=|in|not in) ")
REFERENCE = re.compile(r"\[\]\(#([\w-]+)\)")
ITEM = re.compile(r" *(\d+\.|-) ")
DIGITS = {"ko": "30", "fa": "۳۰", "en": "30"}
OPPOSITE = {"==": "!=", "!=": "==", "in": "not in", "not in": "in"}

Change = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ClauseMutants:
    """All mutants of one wording; ``texts`` by locale, ``vendor`` one that names it."""

    name: str
    texts: Mapping[str, str]
    slots: Sequence[str]
    vendor: str

    def __iter__(self) -> Iterator[Mutant]:
        yield from self.values()
        yield from self.sentences()
        yield from self.marks()

    # ------------------------------------------------------------------------------------------------ making mutants

    def path(self, locale: str) -> str:
        """Return the file of one language."""
        return f"templates/{locale}/clauses/{self.name}.md"

    def changed(self, kind: str, shown: str, locales: Sequence[str], change: Change) -> Iterator[Mutant]:
        """Yield the mutant in which ``change`` is made to the body in each of ``locales``, if it changes each."""
        splices = []
        for locale in locales:
            head, body = _parts(self.texts[locale])
            new = change(body)
            if new == body:
                return
            splices.append(_difference(self.path(locale), self.texts[locale], head + new))
        alone = locales[0] if len(locales) == 1 else ""
        place = f"in {alone}" if alone else "in all languages"
        yield Mutant(kind, "clause", place, shown, tuple(splices), vendor=self.vendor, locale=alone)

    def everywhere(self, kind: str, shown: str, change: Change) -> Iterator[Mutant]:
        """Yield the mutant in each language alone and in all at once."""
        for locale in self.texts:
            yield from self.changed(f"{kind}-in-one", shown, [locale], change)
        yield from self.changed(f"{kind}-in-all", shown, list(self.texts), change)

    # -------------------------------------------------------------------------------------------------------- values

    def values(self) -> Iterator[Mutant]:
        """Yield mutants in which a value is dropped, replaced by another of the clause, or two change places."""
        names = sorted({match[1] for match in FIELD.finditer(self.texts["en"])})
        for name, other in zip(names, [*names[1:], *names[:1]], strict=True):
            yield from self.everywhere("value-dropped", name, partial(_replaced, {name: ""}))
            if name != other:
                shown = f"{name} becomes {other}"
                yield from self.everywhere("value-replaced", shown, partial(_replaced, {name: other}))
        for name, other in pairwise(names):
            shown = f"{name} and {other} change places"
            yield from self.everywhere("values-swapped", shown, partial(_replaced, {name: other, other: name}))

    # ----------------------------------------------------------------------------------------------------- sentences

    def sentences(self) -> Iterator[Mutant]:
        """Yield mutants without one line in one language, and without one paragraph or item in all."""
        for locale, text in self.texts.items():
            lines = _parts(text)[1].split("\n")
            for number, line in enumerate(lines):
                if line.strip() and not line.startswith("#"):
                    rest = "\n".join([*lines[:number], *lines[number + 1 :]])
                    shown = f"without line {number + 1} of the text"
                    yield from self.changed("sentence-deleted-in-one", shown, [locale], partial(_put, rest))
        units = {locale: _units(_parts(text)[1].split("\n")) for locale, text in self.texts.items()}
        counts = {len(found) for found in units.values()}
        for number in range(min(counts)) if len(counts) == 1 else ():
            splices = []
            for locale, text in self.texts.items():
                head, body = _parts(text)
                start, end = units[locale][number]
                lines = body.split("\n")
                new = head + "\n".join([*lines[:start], *lines[end:]])
                splices.append(_difference(self.path(locale), text, new))
            shown = f"without paragraph or item {number + 1}"
            where = "in all languages"
            yield Mutant("sentence-deleted-in-all", "clause", where, shown, tuple(splices), vendor=self.vendor)

    # --------------------------------------------------------------------------------------------------------- marks

    def marks(self) -> Iterator[Mutant]:
        """Yield mutants of conditions, references, typed digits and revisions."""
        for locale in self.texts:
            yield from self.changed("digit-typed", "a figure is typed", [locale], partial(_typed, DIGITS[locale]))
        yield from self.everywhere("condition-negated", "the first condition", _negated)
        known = REFERENCE.search(self.texts["en"])
        if known:
            other = next(slot for slot in self.slots if slot != known[1])
            yield from self.everywhere(
                "reference-repointed",
                f"{known[1]} becomes {other}",
                partial(_repointed, known[1], other),
            )
        for locale, text in self.texts.items():
            key = "revision" if locale == "en" else "follows"
            new = re.sub(rf"^({key}) = (\d+)", _raised, text, count=1, flags=re.MULTILINE)
            if new != text:
                splices = (_difference(self.path(locale), text, new),)
                yield Mutant("revision", "clause", f"in {locale}", key, splices, vendor=self.vendor, locale=locale)


def _parts(text: str) -> tuple[str, str]:
    """Return the front matter with its fences, and the body."""
    end = text.index("+++", 3) + 4
    return text[:end], text[end:]


def _difference(path: str, old: str, new: str) -> Splice:
    """Return the splice that turns one text into the other."""
    before, after = old.split("\n"), new.split("\n")
    start = next(
        (i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    tail = 0
    while tail < min(len(before), len(after)) - start and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return Splice(path, start, len(before) - tail, tuple(after[start : len(after) - tail]))


def _put(new: str, _body: str) -> str:
    return new


def _raised(match: re.Match[str]) -> str:
    return f"{match[1]} = {int(match[2]) + 1}"


def _repointed(slot: str, other: str, body: str) -> str:
    return body.replace(f"(#{slot})", f"(#{other})")


def _replaced(names: Mapping[str, str], body: str) -> str:
    def new(match: re.Match[str]) -> str:
        name = names.get(match[1], match[1])
        return f"{{{{ {name}{match[2].rstrip()} }}}}" if name else ""

    return FIELD.sub(new, body)


def _negated(body: str) -> str:
    match = CONDITION.search(body)
    return f"{body[: match.start(1)]}{OPPOSITE[match[1]]}{body[match.end(1) :]}" if match else body


def _typed(digits: str, body: str) -> str:
    lines = body.split("\n")
    for number, line in enumerate(lines):
        if line.strip() and not line.startswith("#"):
            lines[number] = f"{line} {digits}"
            break
    return "\n".join(lines)


def _units(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return first and last line (exclusive) of each paragraph and each item; headings are left alone."""
    found: list[tuple[int, int]] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        if not line.strip() or line.startswith("#"):
            number += 1
            continue
        end = number + 1
        while end < len(lines) and lines[end].strip() and not ITEM.match(lines[end]):
            end += 1
        found.append((number, end))
        number = end
    return found
