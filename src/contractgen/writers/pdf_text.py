"""What PDF needs of text and engines do not do by themselves: whole Korean words, Persian words that copy right.

In: words, or a line of a PDF's map from glyphs to letters. Out: the same, mended. Engines break a Korean line between
any two syllables; a reader expects whole words. U+2060 keeps them together and does not show in text that is copied.
"""

from __future__ import annotations

import re
from functools import lru_cache

from contractgen.tree import Value
from contractgen.values import Kind

WORD_JOINER = "\u2060"

_HANGUL = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3"
_WORDY = _HANGUL + r"\w%‰°℃㈜()\[\]{}「」『』〈〉《》‘’“”\"'…,.·"
_NO_BREAK = re.compile(
    f"(?<=[{_HANGUL}])(?=[{_WORDY}])|(?<=[{_HANGUL}A-Za-z0-9_%‰°℃㈜)\\]}}」』〉》’”\"'])(?=[{_HANGUL}])"
)
"""Between what and what a Korean line may not end: within a word, its particle and its brackets."""


@lru_cache(maxsize=4096)
def joined(last: str, text: str) -> str:
    """Return ``text`` with joiners where a line may not end; ``last`` is the character before it."""
    return _NO_BREAK.sub(WORD_JOINER, last + text)[len(last) :]


_SCRIPTS = {
    "ko": re.compile(f"[{_HANGUL}]"),
    "fa": re.compile("[\u0620-\u064a\u0671-\u06d3]"),
    "en": re.compile("[A-Za-z\u00c0-\u024f]"),
}
"""The letters of each language that fonts and readers have to tell apart."""

_SPOKEN = frozenset({Kind.NAME, Kind.TEXT, Kind.CHOICE})
"""Kinds of values that are words and not codes or figures."""


def language_of(value: Value, around: str) -> str:
    """Return the language of a value in a document of language ``around``; "" if it is the same, or none at all."""
    if value.kind not in _SPOKEN or ((own := _SCRIPTS.get(around)) and own.search(value.text)):
        return ""
    return next((language for language, script in _SCRIPTS.items() if script.search(value.text)), "")


LIGATURES = {
    b"<06440622>": b"<fef5>",
    b"<06440623>": b"<fef7>",
    b"<06440625>": b"<fef9>",
    b"<06440627>": b"<fefb>",
}
"""Two letters drawn as one glyph, and the code point of that glyph, as a PDF spells them.

Readers that put a right-to-left line in order turn round the two letters such a glyph stands for, and salām becomes
sālem. Its one-letter code point cannot be turned round, and every reader knows it as the two letters.
"""


def as_one_letter(line: bytes) -> bytes:
    """Return a line of a glyph map with the ligature of lam and alef as one letter."""
    glyph, separator, letters = line.partition(b"> ")
    return glyph + separator + LIGATURES.get(letters.strip().lower(), letters)
