"""Korean particles: 은 or 는, 을 or 를, 으로 or 로, by the sound in which a text ends when it is read aloud.

In: text as printed (Hangul, Latin names, figures, signs, brackets), a pair such as ``은/는``, and the glossary of
readings ``templates/ko/readings.toml``. Out: the particle alone. Raises ``ValueError`` for a text whose end cannot be
read and for an unknown pair; ``TemplateFault`` for a faulty glossary.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from string import ascii_lowercase
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from contractgen.errors import TemplateFault, did_you_mean
from contractgen.files import read_toml
from contractgen.validation import Shape, validate

_FIRST_SYLLABLE, _LAST_SYLLABLE = "가", "힣"
_FINALS = 28
_RIEUL = 8
_OPENING = {")": "(", "]": "[", "}": "{"}
"""Brackets of a gloss, which is passed over; quotation marks such as 「」 are read through."""
_UNREAD = {"Pe", "Pf", "Pi", "Ps", "Po", "Pd", "Pc", "Zs", "Cf", "Cc", "Mn"}
"""Categories passed over at the end of a text: brackets, quotes, stops, dashes, spaces, invisible marks."""

_CLOCK = re.compile(r"\d{1,2}:(\d{2})$")
_FIGURE = re.compile(r"(?:^|[^\d.,])(\d{1,3}(?:,\d{3})+|\d+)$")
_LATIN_END = re.compile(r"[a-z]+$", re.IGNORECASE)
_UNIT = re.compile(r"\d ?([a-z]+)$", re.IGNORECASE)
_LONG_WORD = 6
_VOWELS = "aeiouy"
_MARKS = str.maketrans("", "", "™®©℠")


def _is_hangul(character: str) -> bool:
    return _FIRST_SYLLABLE <= character <= _LAST_SYLLABLE


def _ends_in_hangul(reading: str) -> str:
    if not _is_hangul(reading[-1:]):
        raise ValueError("it must end in a Hangul syllable | write how it is read aloud, in Hangul")
    return reading


def _is_pair(pair: str) -> str:
    halves = pair.split("/")
    if len(halves) != 2 or not all(halves):  # noqa: PLR2004
        raise ValueError("it is not a pair of particles | write it as 은/는: after a final, after a vowel")
    return pair


Reading = Annotated[str, AfterValidator(_ends_in_hangul)]
Pair = Annotated[str, AfterValidator(_is_pair)]


class ReadingsTable(Shape):
    """The keys of readings.toml; every reading ends in a Hangul syllable."""

    pairs: tuple[Pair, ...] = Field(min_length=1)
    digits: tuple[Reading, ...] = Field(min_length=10, max_length=10)
    tens: tuple[Reading, ...] = Field(min_length=3, max_length=3)
    myriads: tuple[Reading, ...] = Field(min_length=1)
    clock: tuple[Reading, Reading]
    abbreviations: dict[str, Reading]
    symbols: dict[str, Reading]
    letters: dict[str, Reading]
    units: dict[str, Reading]
    words: dict[str, Reading]

    @field_validator("letters")
    @classmethod
    def _whole_alphabet(cls, letters: dict[str, str]) -> dict[str, str]:
        if set(letters) != set(ascii_lowercase):
            raise ValueError("it must name each letter from a to z | add or remove letters")
        return letters


@dataclass(frozen=True, eq=False)
class Readings:
    """How signs, digits, letters and foreign words are read in Korean; ``words`` has lower-case keys."""

    table: ReadingsTable = field(repr=False)
    words: Mapping[str, str] = field(repr=False)


def load_readings(path: Path, name: str | None = None) -> Readings:
    """Read the glossary; every fault in it is reported at once, with its place."""
    table = validate(ReadingsTable, read_toml(path, TemplateFault, name), TemplateFault)
    return Readings(table, {word.lower(): reading for word, reading in table.words.items()})


@lru_cache(maxsize=2048)
def particle(text: str, pair: str, readings: Readings) -> str:
    """Return the half of ``pair`` that follows ``text``: the first after a final consonant, else the second.

    After ㄹ a pair that begins with 으 takes the second: 서울로, 3월 1일로.
    """
    if pair not in readings.table.pairs:
        msg = f'unknown pair of particles "{pair}"; {did_you_mean(pair, readings.table.pairs)}'
        raise ValueError(msg)
    after_final, after_vowel = pair.split("/")
    final = _final(reading_of_end(text, readings)[-1])
    if final == 0 or (final == _RIEUL and after_final.startswith("으")):
        return after_vowel
    return after_final


def reading_of_end(text: str, readings: Readings) -> str:
    """Return Hangul that ends as ``text`` does when read aloud; only its last syllable counts."""
    table = readings.table
    end = unicodedata.normalize("NFKC", text.translate(_MARKS)).strip()
    while end:
        known = _known_ending(end, table.abbreviations) or _known_ending(end, table.symbols)
        if known:
            return known
        last = end[-1]
        if last in _OPENING:
            end = _without_gloss(end, _OPENING[last])
        elif unicodedata.category(last) in _UNREAD:
            end = end[:-1]
        else:
            break
    found = _read(end, readings)
    if found is None:
        msg = f'the end of "{text}" has no known Korean reading; add one to readings.toml or reword the sentence'
        raise ValueError(msg)
    return found


def _known_ending(end: str, table: dict[str, str]) -> str | None:
    """Return the reading of the longest sign or abbreviation that ``end`` closes with."""
    matches = [sign for sign in table if end.endswith(sign)]
    return table[max(matches, key=len)] if matches else None


def _without_gloss(end: str, opening: str) -> str:
    """Drop a bracketed gloss; where nothing stands before it, keep what is in the brackets."""
    closing, depth = end[-1], 0
    for index in range(len(end) - 1, -1, -1):
        depth += (end[index] == closing) - (end[index] == opening)
        if depth == 0:
            return end[:index].rstrip() or end[1:-1]
    return end[:-1]


def _read(end: str, readings: Readings) -> str | None:
    if not end:
        return None
    last = end[-1]
    if _is_hangul(last):
        return last
    if unicodedata.decimal(last, None) is not None:
        return _read_figure(end, readings.table)
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", end) if not unicodedata.combining(mark))
    latin = _LATIN_END.search(plain)
    if latin is None:
        return None
    unit = _UNIT.search(plain)
    if unit and unit[1] in readings.table.units:
        return readings.table.units[unit[1]]
    return _read_latin(latin[0], readings)


def _read_figure(end: str, table: ReadingsTable) -> str:
    """Read the last figure: 오백, 만, 영; digit by digit after a decimal point or a leading zero."""
    typed = "".join(str(unicodedata.decimal(character, character)) for character in end)
    clock = _CLOCK.search(typed)
    if clock:
        return table.clock[clock[1] != "00"]
    whole = _FIGURE.search(typed)
    digits = whole[1].replace(",", "") if whole else typed[-1]
    significant = digits.rstrip("0")
    if digits.startswith("0") or len(significant) == len(digits) or not significant:
        return table.digits[int(digits[-1])]
    myriads, tens = divmod(len(digits) - len(significant), 4)
    if tens:
        return table.tens[tens - 1]
    return table.myriads[myriads - 1] if myriads <= len(table.myriads) else table.digits[0]


def _read_latin(word: str, readings: Readings) -> str:
    """Read a foreign word: glossary, then letter by letter for capitals, then by the rules of English word ends."""
    known = readings.words.get(word.lower())
    if known:
        return known
    lowered = word.lower()
    has_vowel = any(letter in _VOWELS for letter in lowered)
    spelt = word[-1].isupper() and not (len(word) >= _LONG_WORD and has_vowel)
    if len(word) == 1 or spelt or not has_vowel:
        return readings.table.letters[lowered[-1]]
    return english_ending(lowered)


_ENDINGS: tuple[tuple[str, str], ...] = (
    # The first rule that fits decides. The syllable on the right stands for the sound: 은 ㄴ, 음 ㅁ, 응 ㅇ, 을 ㄹ,
    # 옥 ㄱ, 옷 ㅅ, 옵 ㅂ, and 으 for an ending without a final consonant.
    (r"ng", "응"),  # booking, Samsung
    (r"(?:m|mb|mn|me)", "음"),  # team, time, column
    (r"(?:n|ne)", "은"),  # design, online, edition
    (r"(?:l|le)", "을"),  # Intel, file, table
    (r"(?:ck|(?:[^aeiou]|^|[iu])[aeiou]c|[^aeiou][aeiou]k|ook|q)", "옥"),  # Slack, logic, book; not link
    (r"(?:(?:^|[^aeiou]|qu)[aeiou]t|out)", "옷"),  # Internet, robot, timeout; not sheet, support
    (r"(?:^|[^aeiou])[aeiou]pp?", "옵"),  # desktop, map; not soap
)
_RULES = tuple((re.compile(rf"(?:{pattern})$"), sound) for pattern, sound in _ENDINGS)


def english_ending(word: str) -> str:
    """Return a syllable that ends as the lower-case English ``word`` does in Korean spelling.

    The rule of the 외래어 표기법: nasals and l become finals; p, t, k only after a short vowel; all other consonants
    take 으, so that the word ends in a vowel.
    """
    return next((sound for rule, sound in _RULES if rule.search(word)), "으")


def _final(syllable: str) -> int:
    """Return the index of the syllable's final consonant, 0 for none."""
    return (ord(syllable) - ord(_FIRST_SYLLABLE)) % _FINALS
