"""Finished files of one contract compared: in files by name, out each ``Difference`` and where its sides stand.

The readers (``parity_read``, ``parity_pdf``, ``parity_figures``) share no code with the writers and locales: what they
read is what a person sees. What they normalise away is listed in ``parity_figures``.

Compared are, in this order:

- each file with itself: days exist, a Jalali day and the Gregorian one beside it are the same, an amount in words is
  the amount in figures before it, the running head names nothing that the body lacks;
- the formats of one language: the same figures in the same order (a PDF: the same figures, as cells may be read line
  by line);
- the languages, in one format: as many paragraphs, items and cells, and the same figures in each heading, in each
  cell, and in the paragraphs and items between two of them. Sentences and their order are a language's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, zip_longest

from contractgen.errors import Place, UsageError
from contractgen.parity_figures import Found, figures
from contractgen.parity_pdf import PAGE_COUNT, read_pdf
from contractgen.parity_read import Passage, Reading, read_docx, read_html

READERS: Mapping[str, Callable[[bytes, str, str], Reading]] = {"html": read_html, "docx": read_docx, "pdf": read_pdf}
"""A reader for each format, the one first that the languages are compared in."""
LANGUAGES = ("ko", "fa", "en")
"""The languages whose figures can be read, the one first that the others are compared with."""
_AROUND = 32
_PROSE = {"paragraph", "item"}


@dataclass(frozen=True, slots=True)
class Sighting:
    """A figure where it stands in a file; ``number`` counts the passages, ``snippet`` marks the figure with ‹ ›."""

    file: str
    language: str
    place: str
    snippet: str
    figure: Found
    number: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """What is compared."""
        return self.figure.key

    def data(self) -> dict[str, str]:
        """Return the sighting for a program."""
        return {
            "file": self.file,
            "place": self.place,
            "kind": self.figure.kind,
            "figure": self.figure.spelling,
            "snippet": self.snippet,
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """What does not agree: in words, what stands where, and the files in which nothing answers to it."""

    rule: str
    said: str
    sightings: tuple[Sighting, ...]
    lacking: tuple[str, ...] = ()

    def data(self) -> dict[str, object]:
        """Return the difference for a program."""
        found = [sighting.data() for sighting in self.sightings]
        return {"rule": self.rule, "said": self.said, "found": found, "lacking": list(self.lacking)}


def read(name: str, content: bytes) -> Reading:
    """Read a file called ``<anything>.<language>.<format>``; ``UsageError`` for a language or format of no reader."""
    _, _, tail = name.rpartition("/")
    parts = tail.split(".")
    language, extension = (parts[-2], parts[-1]) if len(parts) > 2 else ("", "")  # noqa: PLR2004
    if language not in LANGUAGES or extension not in READERS:
        repair = f"call it name.{'|'.join(LANGUAGES)}.{'|'.join(READERS)}"
        raise UsageError.at(Place(name), "does not say in which language and format it is", repair)
    return READERS[extension](content, name, language)


def sightings(reading: Reading) -> list[Sighting]:
    """Return every figure of the body of a file in reading order."""
    return [sighting for number, passage in enumerate(reading.passages) for sighting in _seen(reading, passage, number)]


def _seen(reading: Reading, passage: Passage, number: int) -> Iterator[Sighting]:
    for found in figures(passage.text, reading.language):
        before, shown, after = (
            passage.text[max(0, found.start - _AROUND) : found.start],
            passage.text[found.start : found.end],
            passage.text[found.end : found.end + _AROUND],
        )
        snippet = " ".join(f"{before}‹{shown}›{after}".split())
        yield Sighting(reading.file, reading.language, passage.place(found.start), snippet, found, number)


def compare(readings: Sequence[Reading]) -> list[Difference]:
    """Compare files of one contract: each with itself, the formats of a language, the languages of a format."""
    seen = {reading.file: sightings(reading) for reading in readings}
    differences = [fault for reading in readings for fault in _within(reading, seen[reading.file])]
    pairs: list[Pair] = []
    first: list[Reading] = []
    for language in LANGUAGES:
        files = _in_order(reading for reading in readings if reading.language == language)
        first += files[:1]
        for other in files[1:]:
            pairs += _between_formats(seen[files[0].file], seen[other.file], other)
    for other in first[1:]:
        shape, found = _between_languages(first[0], other, seen)
        differences += shape
        pairs += found
    return [*_merged(differences), *_joined(pairs, first, seen)]


def _in_order(readings: Iterable[Reading]) -> list[Reading]:
    return sorted(readings, key=lambda reading: list(READERS).index(reading.format))


# ------------------------------------------------------------------------------------------------ a file with itself


def _within(reading: Reading, seen: Sequence[Sighting]) -> Iterator[Difference]:
    """Yield what is wrong in a file by itself."""
    money: dict[str, Sighting] = {}
    for sighting in seen:
        figure = sighting.figure
        currency = figure.spelling.rpartition(" ")[2]
        if figure.fault:
            yield Difference("itself", f"{figure.kind} {figure.spelling}: {figure.fault}", (sighting,))
        if figure.kind == "money":
            money[currency] = sighting
        if figure.kind == "words":
            beside = money.get(currency)
            if beside is None or beside.figure.spelling != figure.spelling:
                shown = beside.figure.spelling if beside else "none"
                said = f"the amount in words is {figure.spelling}, the amount in figures before it is {shown}"
                yield Difference("words", said, (sighting, *([beside] if beside else [])))
    known = {sighting.key for sighting in seen}
    for passage in reading.running:
        if PAGE_COUNT.fullmatch(passage.text.strip()):
            continue
        for sighting in _seen(reading, passage, 0):
            if sighting.key not in known:
                said = f"the running head or foot shows {' '.join(sighting.key)}, the body does not"
                yield Difference("running", said, (sighting,))


def _merged(differences: Iterable[Difference]) -> list[Difference]:
    """Return one difference for all that says the same of several files."""
    same: dict[tuple[str, str], list[Sighting]] = {}
    lacking: dict[tuple[str, str], tuple[str, ...]] = {}
    for difference in differences:
        key = difference.rule, difference.said
        same.setdefault(key, []).extend(one for one in difference.sightings if one not in same.get(key, ()))
        lacking[key] = difference.lacking
    return [Difference(rule, said, tuple(found), lacking[rule, said]) for (rule, said), found in same.items()]


# ------------------------------------------------------------------------------------ formats, and languages

Pair = tuple[Sighting | None, Sighting | None, str, str]
"""What stands on either side, the file that is compared, and the rule."""


def _between_formats(base: Sequence[Sighting], other: Sequence[Sighting], reading: Reading) -> Iterator[Pair]:
    """Yield what differs between two files of one language; the order of figures in a PDF does not count."""
    count = Counter(sighting.key for sighting in base)
    left, right = [sighting.key for sighting in base], [_settled(sighting, count) for sighting in other]
    missing, added = Counter(left) - Counter(right), Counter(right) - Counter(left)
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        gone, come = base[a:b], other[c:d]
        if reading.format == "pdf":
            gone = [base[i] for i in range(a, b) if _taken(missing, left[i])]
            come = [other[i] for i in range(c, d) if _taken(added, right[i])]
        yield from ((one, two, reading.file, "formats") for one, two in _matched(gone, come))


def _settled(sighting: Sighting, known: Counter[tuple[str, str]]) -> tuple[str, str]:
    """Return the key of a figure, of an address that a line end has cut that which the other file knows."""
    longer = ((sighting.figure.kind, spelling) for spelling in sighting.figure.also)
    return next((key for key in longer if key in known), sighting.key)


def _taken(rest: Counter[tuple[str, str]], key: tuple[str, str]) -> bool:
    rest[key] -= 1
    return rest[key] >= 0


def _matched(gone: Sequence[Sighting], come: Sequence[Sighting]) -> Iterator[tuple[Sighting | None, Sighting | None]]:
    """Put figures of one kind side by side, then what is left."""
    rest, left = list(come), []
    for one in gone:
        two = next((other for other in rest if other.figure.kind == one.figure.kind), None)
        if two is None:
            left.append(one)
        else:
            rest.remove(two)
            yield one, two
    yield from zip_longest(left, rest)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What answers to one another in two languages: a heading, a cell, or the paragraphs and items between two such."""

    kind: str
    passages: tuple[Passage, ...]
    seen: tuple[Sighting, ...]

    @property
    def likeness(self) -> tuple[object, ...]:
        """What two units have in common that answer one another."""
        return (self.kind, *sorted(sighting.key for sighting in self.seen))


def _units(reading: Reading, seen: Sequence[Sighting]) -> list[_Unit]:
    """Cut a file into units; within prose each language puts its figures into sentences of its own."""
    by_passage: dict[int, list[Sighting]] = {}
    for sighting in seen:
        by_passage.setdefault(sighting.number, []).append(sighting)
    units: list[_Unit] = []
    numbered = enumerate(reading.passages)
    for kind, group in groupby(numbered, lambda one: "prose" if one[1].kind in _PROSE else one[1].kind):
        for part in [tuple(group)] if kind == "prose" else [(one,) for one in group]:
            figures_of = (sighting for number, _ in part for sighting in by_passage.get(number, ()))
            units.append(_Unit(kind, tuple(passage for _, passage in part), tuple(figures_of)))
    return units


def _between_languages(
    base: Reading, other: Reading, seen: Mapping[str, Sequence[Sighting]]
) -> tuple[list[Difference], list[Pair]]:
    """Return passages that one language lacks, and figures that differ between units that answer one another."""
    lacking: dict[tuple[str, str], list[Passage]] = {}
    pairs: list[Pair] = []
    for one, two in _aligned(_units(base, seen[base.file]), _units(other, seen[other.file])):
        if one is None or two is None or len(one.passages) != len(two.passages):
            here, there = (one.passages if one else ()), (two.passages if two else ())
            if len(here) > len(there):
                lacking.setdefault((base.file, other.file), []).extend(here)
            else:
                lacking.setdefault((other.file, base.file), []).extend(there)
        if one is not None and two is not None:
            pairs += [(a, b, other.file, "languages") for a, b in _matched(*_unequal(one.seen, two.seen))]
    by_file = {base.file: base, other.file: other}
    return [_lack(by_file[file], missing, found) for (file, missing), found in lacking.items()], pairs


def _lack(reading: Reading, missing: str, passages: Sequence[Passage]) -> Difference:
    """Return the difference for passages of one language to which fewer, or none, of the other answer."""
    shown = tuple(
        Sighting(reading.file, reading.language, one.place(), one.text, Found(one.kind, one.text, 0, len(one.text)))
        for one in passages
    )
    said = f"{missing} has fewer paragraphs, items or cells than {reading.file}, where these stand"
    return Difference("passages", said, shown, (missing,))


def _unequal(left: Sequence[Sighting], right: Sequence[Sighting]) -> tuple[list[Sighting], list[Sighting]]:
    """Return the figures that only one of two units holds."""
    missing = Counter(one.key for one in left) - Counter(one.key for one in right)
    added = Counter(one.key for one in right) - Counter(one.key for one in left)
    return [one for one in left if _taken(missing, one.key)], [one for one in right if _taken(added, one.key)]


def _aligned(ours: Sequence[_Unit], theirs: Sequence[_Unit]) -> Iterator[tuple[_Unit | None, _Unit | None]]:
    """Yield the units that answer one another; None where one has no counterpart."""
    if [one.kind for one in ours] == [one.kind for one in theirs]:
        yield from zip(ours, theirs, strict=True)
        return
    left, right = [one.likeness for one in ours], [one.likeness for one in theirs]
    for _, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        yield from zip_longest(ours[a:b], theirs[c:d])


# ------------------------------------------------------------------------------------------------------------ telling


def _joined(
    pairs: Iterable[Pair], first: Sequence[Reading], seen: Mapping[str, Sequence[Sighting]]
) -> list[Difference]:
    """Return one difference for all pairs that share a figure, with what stands there in the other languages."""
    groups: list[tuple[list[Sighting], list[str], list[str]]] = []
    for one, two, file, rule in pairs:
        sides = [side for side in (one, two) if side is not None]
        group = next((group for group in groups if any(side in group[0] for side in sides)), None)
        if group is None:
            groups.append(group := ([], [], []))
        group[0].extend(side for side in sides if side not in group[0])
        group[1].append(rule)
        if two is None:
            group[2].append(file)
        elif one is None:
            group[2].append(next(base.file for base in first if rule == "languages" or base.language == two.language))
    return [_told(found, rules, lacking, first, seen) for found, rules, lacking in groups]


def _told(
    found: list[Sighting],
    rules: Sequence[str],
    lacking: Sequence[str],
    first: Sequence[Reading],
    seen: Mapping[str, Sequence[Sighting]],
) -> Difference:
    spellings = dict.fromkeys(" ".join(one.key) for one in found)
    said = " or ".join(spellings) + (f", or nothing ({', '.join(lacking)})" if lacking else "")
    found += [one for base in first for one in _counterpart(found, base, first, seen)]
    return Difference("formats" if "formats" in rules else "languages", said, tuple(found), tuple(lacking))


def _counterpart(
    found: Sequence[Sighting], base: Reading, first: Sequence[Reading], seen: Mapping[str, Sequence[Sighting]]
) -> Iterator[Sighting]:
    """Yield the same figure in the passage of another language that answers, where that language is not told yet."""
    if base.language in {one.language for one in found}:
        return
    for one in found:
        home = next((reading for reading in first if reading.file == one.file), None)
        if home is None:
            continue
        aligned = _aligned(_units(home, seen[home.file]), _units(base, seen[base.file]))
        there = next((unit.seen for mine, unit in aligned if mine and unit and one in mine.seen), ())
        alike = [other for other in there if other.figure.kind == one.figure.kind]
        match = next((other for other in alike if other.key == one.key), next(iter(alike), None))
        if match is not None:
            yield match
            return
