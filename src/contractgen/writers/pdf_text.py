"""What PDF needs of text and engines do not do by themselves: whole Korean words, Persian words that copy right.

In: words, or a line of a PDF's map from glyphs to letters. Out: the same, mended. Engines break a Korean line between
any two syllables; a reader expects whole words. U+2060 keeps them together and does not show in text that is copied.
"""

from __future__ import annotations

import re
from functools import lru_cache

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
