"""The shape of ``locale.toml``: which keys it has and what each pattern must hold.

In: a ``Marked`` locale.toml. Out: ``Grammar``, or ``TemplateFault`` with every unknown, missing and faulty key at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from string import Formatter
from typing import Annotated, Any

from babel import Locale as Cldr
from babel import UnknownLocaleError
from pydantic import AfterValidator, BeforeValidator, Field

from contractgen.errors import Place, Problem, TemplateFault
from contractgen.files import Marked
from contractgen.numerals import COUNTERS, Spelling, Symbols
from contractgen.tree import Digits, Direction
from contractgen.validation import Shape, validate
from contractgen.values import Calendar, Unit, currencies, decimals_of

_PLURALS = ("zero", "one", "two", "few", "many", "other")


def _placeholders(text: str) -> list[str]:
    found = [part for part in Formatter().parse(text) if part[1] is not None]
    if any(spec or conversion for _, _, spec, conversion in found):
        raise ValueError("a placeholder is a bare name | write {n}, without : or !")
    return [str(name) for _, name, _, _ in found]


def _braced(names: Iterable[str]) -> str:
    return " ".join(f"{{{name}}}" for name in names)


def _all_of(*names: str) -> AfterValidator:
    """Accept only patterns that hold each of the placeholders ``names`` and no other."""

    def check(text: str) -> str:
        if set(_placeholders(text)) != set(names):
            raise ValueError(f"its placeholders must be {_braced(names)} | write each of them, and no other")
        return text

    return AfterValidator(check)


def _one_of(*names: str) -> AfterValidator:
    """Accept only patterns that hold exactly one of the placeholders ``names``."""

    def check(text: str) -> str:
        found = _placeholders(text)
        if len(found) != 1 or found[0] not in names:
            raise ValueError(f"it must hold exactly one of {_braced(names)} | write one of them, and no other")
        return text

    return AfterValidator(check)


def _some_of(*names: str) -> AfterValidator:
    """Accept only patterns that hold at least one of the placeholders ``names`` and no other."""

    def check(text: str) -> str:
        found = set(_placeholders(text))
        if not found or found - set(names):
            raise ValueError(f"its placeholders must be out of {_braced(names)} | correct the placeholders")
        return text

    return AfterValidator(check)


def _plural(patterns: dict[str, str]) -> dict[str, str]:
    if "other" not in patterns or set(patterns) - set(_PLURALS):
        raise ValueError(f"plural categories are {', '.join(_PLURALS)} | give at least other = …")
    return patterns


def _as_plural(pattern: object) -> object:
    return {"other": pattern} if isinstance(pattern, str) else pattern


def _whole_and_minor(text: str) -> str:
    found = set(_placeholders(text))
    if not (found & {"words", "Words"} and found & {"minor", "minor_words"}):
        raise ValueError("it must hold the whole amount and the minor units | write {words} and {minor_words}")
    return text


Counted = Annotated[str, _all_of("n")]
Counter = Annotated[str, _one_of(*COUNTERS)]
Worded = Annotated[str, _one_of("words", "Words")]
CountedPlural = Annotated[dict[str, Counted], BeforeValidator(_as_plural), AfterValidator(_plural)]
WordedPlural = Annotated[dict[str, Worded], BeforeValidator(_as_plural), AfterValidator(_plural)]
DayPattern = Annotated[str, _all_of("day", "month", "year")]
StatedPattern = Annotated[str, _some_of("jalali", "gregorian")]
FractionPattern = Annotated[
    str, _some_of("words", "Words", "minor", "minor_words", "base"), AfterValidator(_whole_and_minor)
]


class Phone(Shape):
    """What stands for a dot between groups of digits."""

    dot: str


class Dates(Shape):
    """Patterns of days and moments; ``local`` is the calendar people live by."""

    stated_gregorian: StatedPattern
    stated_jalali: StatedPattern
    local: Calendar
    gregorian: DayPattern
    jalali: DayPattern
    jalali_months: Annotated[tuple[str, ...], Field(min_length=12, max_length=12)]
    moment: Annotated[str, _all_of("date", "time")]


class Joiners(Shape):
    """What stands between the items of a list in running text."""

    two: str
    middle: str
    last: str


class Numbering(Shape):
    """Patterns of the labels of articles and of items by level."""

    clause: Counter
    heading: Annotated[str, _all_of("heading")]
    items: Annotated[tuple[Counter, ...], Field(min_length=3, max_length=3)]
    reference: Counter
    letters: tuple[str, ...]


class UnitForms(Shape):
    """A count of a unit as a noun (12 months) and, where the language has it, before a noun (12-month)."""

    plain: CountedPlural
    adjective: Counted | None = None


class AlsoForm(Shape):
    """A customary unit of ``per`` legal units, for amounts in words; ``words_minor`` tells what is left over."""

    per: Annotated[int, Field(gt=1)]
    words: WordedPlural
    words_minor: FractionPattern


class CurrencyForms(Shape):
    """A currency's name, its written amount and its amounts in words."""

    name: str
    plain: Counted
    words: WordedPlural
    words_minor: FractionPattern | None = None
    also: dict[str, AlsoForm] = Field(default_factory=dict)


def _expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as fault:
        raise ValueError(f'"{text}" is no regular expression: {fault} | correct it') from None
    return text


class Lint(Shape):
    """What a clause may not say in this language; regular expressions."""

    number_words: tuple[Annotated[str, AfterValidator(_expression)], ...] = Field(
        default=(), description="number words that look like a figure of the policy"
    )


class Grammar(Shape):
    """The whole of locale.toml; ``labels`` nests as the file does, its leaves are checked by ``locales``."""

    code: str
    name: str
    cldr: str
    direction: Direction
    digits: Digits
    page_footer: Annotated[str, _all_of("page", "pages")]
    rank: tuple[str, ...]
    number: Symbols
    phone: Phone
    date: Dates
    joiners: Joiners
    numbering: Numbering
    spelling: Spelling
    unit: dict[Unit, UnitForms]
    currency: dict[str, CurrencyForms]
    lint: Lint = Field(default_factory=Lint)
    headings: dict[str, list[str]] = Field(default={}, description="headings of tables that mean a field")
    labels: dict[str, Any]


def check_grammar(marked: Marked, code: str) -> Grammar:
    """Return the grammar of a file that stands in the folder ``code``; ``TemplateFault`` with every fault in it."""
    problems = [*label_problems(marked), *_completeness(marked, code)]
    try:
        grammar = validate(Grammar, marked, TemplateFault)
    except TemplateFault as fault:
        raise TemplateFault(sorted({*fault.problems, *problems})) from None
    if problems:
        raise TemplateFault(sorted(problems))
    return grammar


def leaves_of(table: Mapping[str, Any], prefix: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each value of nested tables with its path."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from leaves_of(value, (*prefix, name))
        else:
            yield (*prefix, name), value


def label_problems(marked: Marked) -> Iterator[Problem]:
    """Yield labels that are no text or stand twice."""
    seen: dict[str, Place] = {}
    for key, text in leaves_of(_table(marked, "labels")):
        place, dotted = marked.place("labels", *key), ".".join(key)
        if not isinstance(text, str) or not text.strip():
            yield Problem(place, f'label "{dotted}" is not a text', "write the words in quotes")
        if dotted in seen:
            yield Problem(place, f'label "{dotted}" is given twice, first at {seen[dotted]}', "keep one of the two")
        seen.setdefault(dotted, place)


def _completeness(marked: Marked, code: str) -> Iterator[Problem]:
    """Yield what the shape of the file cannot say: code, CLDR's name, all units, minor units."""
    if marked.data.get("code") != code:
        yield Problem(marked.place("code"), f'the code is not the folder\'s name "{code}"', "make the two equal")
    units = _table(marked, "unit")
    for unit in Unit:
        if unit.value not in units:
            yield Problem(marked.place("unit"), f'unit "{unit.value}" is missing', f"add [unit.{unit.value}]")
    try:
        Cldr.parse(str(marked.data.get("cldr")))
    except (UnknownLocaleError, ValueError):
        yield Problem(marked.place("cldr"), "CLDR has no such locale", "write a name such as en_GB")
    for currency, forms in _table(marked, "currency").items():
        place = marked.place("currency", currency)
        has_minor = isinstance(forms, dict) and "words_minor" in forms
        if currency not in currencies():
            yield Problem(place, f'"{currency}" is no ISO 4217 currency', "write its three letters, such as KRW")
        elif decimals_of(currency) and not has_minor:
            yield Problem(place, f'{currency} has minor units but no "words_minor"', "add it")
        elif has_minor and not decimals_of(currency):
            yield Problem(place, f'{currency} has no minor units but a "words_minor"', "remove it")


def _table(marked: Marked, name: str) -> Mapping[str, Any]:
    """Return a top-level table, empty where it is missing or no table (the shape check tells of that)."""
    found = marked.data.get(name)
    return found if isinstance(found, dict) else {}
