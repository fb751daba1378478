"""Which way a text runs, and which characters may not stand in it.

In: text. Out: its direction, or the hostile characters found in it with their positions. Language-neutral: only the
Unicode database decides. ZWNJ, ZWJ and the direction marks LRM, RLM and ALM pass: Persian needs them.
"""

from __future__ import annotations

import re
import unicodedata

from contractgen.tree import Direction

_FORBIDDEN_FORMATS = {
    *range(0x202A, 0x202F),  # bidi embeddings and overrides
    *range(0x2066, 0x206A),  # bidi isolates: the writers set them, a value must not close ours
    *range(0x206A, 0x2070),  # deprecated format controls
    *range(0xFFF9, 0xFFFC),  # interlinear annotation: hides text
    *range(0xE0000, 0xE0080),  # tags: invisible text
}
_LINE_SEPARATORS = {"Zl", "Zp"}
_ALLOWED_CONTROLS = "\n\t"
_REPLACEMENT = "\ufffd"
_NONCHARACTER_BLOCK = range(0xFDD0, 0xFDF0)
_NONCHARACTER_TAIL = 0xFFFE
_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\ud800-\uf8ff\ufdd0-\ufdef\ufff9-\uffff"
    + "".join(chr((plane << 16) + _NONCHARACTER_TAIL) + chr((plane << 16) + 0xFFFF) for plane in range(1, 0xF))
    + "\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)
"""All of these and some more; where none of them stands, no single character need be looked at."""


def script_direction(text: str) -> Direction:
    """Return the direction of the first strong character; text without one (digits, marks) runs left to right.

    Invisible marks (LRM before a Persian minus sign) say nothing about the script and are passed over.
    """
    if text.isascii():
        return "ltr"
    for character in text:
        strength = unicodedata.bidirectional(character)
        if strength in {"L", "R", "AL"} and unicodedata.category(character) != "Cf":
            return "ltr" if strength == "L" else "rtl"
    return "ltr"


def hostile_characters(text: str) -> list[tuple[int, str]]:
    """Return index (from 0) and name of each character that no value may hold.

    These are control characters other than newline and tab, bidi controls other than LRM, RLM and ALM, private-use
    characters (the merge stage marks values with them), lone surrogates, noncharacters, line separators, invisible
    tags, and U+FFFD, which tells that the text was damaged before it came here.
    """
    if not _SUSPECT.search(text):
        return []
    return [(index, reason) for index, character in enumerate(text) if (reason := _hostility(character))]


def visible(text: str) -> str:
    """Return ``text`` with characters that would turn, hide or control what is shown written as ``<U+202E>``."""
    shown = list(text)
    for index, name in hostile_characters(text):
        shown[index] = f"<{name.split()[0]}>"
    return "".join(shown)


def _hostility(character: str) -> str:
    """Name what is wrong with ``character``, or return an empty string."""
    point = ord(character)
    category = unicodedata.category(character)
    code = f"U+{point:04X}"
    if category == "Cc" and character not in _ALLOWED_CONTROLS:
        return f"{code} NULL" if point == 0 else f"{code} control character"
    if category == "Cs":
        return f"{code} lone surrogate"
    if category == "Co":
        return f"{code} private-use character"
    if point in _NONCHARACTER_BLOCK or point & _NONCHARACTER_TAIL == _NONCHARACTER_TAIL:
        return f"{code} noncharacter"
    if point in _FORBIDDEN_FORMATS or category in _LINE_SEPARATORS or character == _REPLACEMENT:
        return f"{code} {unicodedata.name(character, 'invisible tag')}"
    return ""
