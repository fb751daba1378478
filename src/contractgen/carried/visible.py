"""The visible content of a document as canonical text: what a reader sees, without layout.

In: a numbered ``Document``. Out: its text for a hash, and the text of each clause. Blanks, line ends and marks of
direction do not count, for each format has its own; letters, digits and punctuation do. A clause's text leaves out
the numbers printed before it and its items: Word counts them by itself and does not say them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from hashlib import sha256

from contractgen.tree import (
    Block,
    Clause,
    Document,
    NumberedItem,
    Value,
    block_inlines,
    plain,
    values,
    walk_inlines,
)

UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
"""Marks that show nothing; blanks are left out as well."""


def bare(text: str) -> str:
    """Return ``text`` without blanks and invisible marks; bare pieces make up a bare text."""
    words = "".join(text.split())
    if not words.isprintable():  # most texts hold no mark, and asking is cheaper than looking for each
        words = UNSEEN.sub("", words)
    return words


def squeezed(text: str) -> str:
    """Return ``text`` without blanks and invisible marks, in the composed form of Unicode."""
    return unicodedata.normalize("NFC", bare(text))


def digest(text: str) -> str:
    """Return the SHA-256 of ``text`` squeezed, in hexadecimal."""
    return digest_of_bare(bare(text))


def digest_of_bare(text: str) -> str:
    """Return the SHA-256 of a text that is bare already, in its composed form."""
    return sha256(unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")).hexdigest()


def visible_digest(document: Document) -> str:
    """Return the hash of all that a document shows: header, footer, printed numbers, words and values."""
    return digest(visible_text(document))


def visible_text(document: Document) -> str:
    """Return all that a document shows, as one text."""
    return "".join([plain(document.header), plain(document.footer), *map(_all_of, document.blocks)])


def _all_of(block: Block) -> str:
    if isinstance(block, Clause):
        return "".join([block.label, plain(block.heading), *map(_all_of, block.blocks)])
    label = block.label if isinstance(block, NumberedItem) else ""
    return label + "".join(map(plain, block_inlines(block)))


def clauses(document: Document) -> Iterator[Clause]:
    """Yield the clauses of a document in order."""
    return (block for block in document.blocks if isinstance(block, Clause))


def shown_values(document: Document) -> Iterator[Value]:
    """Yield every sealed value that a reader sees: those of the body, then those above and below each page."""
    yield from values(document)
    for inline in walk_inlines((*document.header, *document.footer)):
        if isinstance(inline, Value):
            yield inline


def clause_digest(clause: Clause) -> str:
    """Return the hash of a clause's words, values and references; its own number and those of its items left out."""
    return digest(clause_text(clause))


def clause_text(clause: Clause) -> str:
    """Return a clause's words, values and references as one text, the printed numbers of clause and items left out."""
    return "".join(map(plain, block_inlines(clause)))
