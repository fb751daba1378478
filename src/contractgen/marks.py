"""Marks in the text of a document that is being compiled: where a value begins, which one it is, where it ends.

In: the index of a value and its text. Out: text between private-use characters, which no record and no template may
hold. Escapes of every format let them pass, so that a value is found wherever a writer has put it.
"""

from __future__ import annotations

import re

OPEN, MIDDLE, CLOSE = "\uf8fd", "\uf8fe", "\uf8ff"

_MARK = re.compile(f"{OPEN}[^{MIDDLE}]*{MIDDLE}|{CLOSE}")
_TEXT = re.compile(f"{OPEN}(\\d+){MIDDLE}[^{CLOSE}]*{CLOSE}")


def marked(index: int, text: str) -> str:
    """Return ``text`` as that of value ``index``."""
    return f"{OPEN}{index}{MIDDLE}{text}{CLOSE}"


def hole(index: int, context: str = "") -> str:
    """Return a mark for the whole of value ``index``; ``context`` (letters) tells the writer how it stands there."""
    return f"{OPEN}{index}{MIDDLE}{context or '-'}{CLOSE}{CLOSE}"


def is_marked(text: str) -> bool:
    """Whether ``text`` holds a mark."""
    return OPEN in text


def unmarked(text: str) -> str:
    """Return ``text`` without the marks, as the reader sees it."""
    return _MARK.sub("", text) if OPEN in text else text


def pieces(text: str) -> tuple[str | int, ...]:
    """Cut marked text into its words and the indices of its values."""
    return tuple(int(part) if number % 2 else part for number, part in enumerate(_TEXT.split(text)))
