"""One record becomes one document: the single place where a batch meets the library.

In: what has been read of a record (its documents' number and date included) and what is asked for. Out: ``Made``: the
file's bytes, or the refusal (and the bytes of its letter, where letters are asked for). Raises ``ContractgenError``
with all problems of the record. Nothing is written and no clock is read; the library is loaded once in a process.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contractgen.api import compose, decide
from contractgen.explain import refusal_data
from contractgen.files import Marked
from contractgen.library import library
from contractgen.refusals import letter_of
from contractgen.selection import Refusal
from contractgen.validating import checked
from contractgen.writers import writer_for


@dataclass(frozen=True, slots=True)
class Request:
    """Which document is asked for. ``letters``: a refusal is answered by letter. ``dry``: no bytes are made."""

    type: str
    locale: str
    format: str
    pdf_engine: str = ""
    data: tuple[Path, ...] = ()
    letters: bool = False
    dry: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file and, if it is the letter of one, the refusal as plain data."""

    content: bytes
    refusal: dict[str, Any] | None = None


def make_one(record: Marked, request: Request) -> Made:
    """Return the document of a record, or its refusal."""
    books = library(request.data)
    chosen = decide(checked(record, books, (request.type,)), request.type, books)
    refused = refusal_data(chosen) if isinstance(chosen, Refusal) else None
    if isinstance(chosen, Refusal):
        if not request.letters:
            return Made(b"", refused)
        chosen = letter_of(chosen, books)
    document = compose(chosen, request.locale, books)
    if request.dry:
        return Made(b"", refused)
    return Made(writer_for(request.format, request.pdf_engine).write(document, books.styles()), refused)
