"""One record becomes one document: the single place where a batch meets the library.

In: what has been read of a record (the date of its document included, and the number unless a register gives it) and
what is asked for. Out: ``Made``: the file's bytes, or the refusal (and the bytes of its letter, where letters are asked
for); or ``Asked``: what a register must know before it gives a number. Raises ``ContractgenError`` with all problems of
the record. Nothing is written and no clock is read; the library is loaded once in a process.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from contractgen.api import compose, decide, letter
from contractgen.compiled import Press
from contractgen.contract import Contract
from contractgen.explain import refusal_data
from contractgen.files import Marked
from contractgen.library import Library, library
from contractgen.refusals import letter_of
from contractgen.register import entries as numbers
from contractgen.register.entries import Entry
from contractgen.selection import Refusal
from contractgen.terms import Terms
from contractgen.validating import checked


@dataclass(frozen=True, slots=True)
class Request:
    """Which document is asked for.

    ``letters``: a refusal is answered by letter. ``dry``: no bytes are made. ``entry``: the register's, whose number
    the document shows.
    """

    type: str
    locale: str
    format: str
    pdf_engine: str = ""
    data: tuple[Path, ...] = ()
    letters: bool = False
    dry: bool = False
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file, the refusal as plain data if it is the letter of one, and warnings of the contract's terms."""

    content: bytes
    refusal: dict[str, Any] | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a register is asked for; None where nothing is to be made, because it is refused."""

    request: numbers.Request | None
    refusal: dict[str, Any] | None = None


def make_one(record: Marked, request: Request) -> Made:
    """Return the document of a record, or its refusal."""
    books = library(request.data)
    entry = request.entry
    contract = checked(record, books, (request.type,), numbered=entry is None)
    number, working = _number(entry) if entry else ("", "")
    if request.dry:
        return _looked(contract, request, books)
    press = _press(books, request.type, request.format, request.pdf_engine)
    made = press.make(contract, request.locale, number, working)
    if not isinstance(made, Refusal):
        return Made(made.content, None, _warnings(made.terms))
    refused = refusal_data(made)
    if not request.letters:
        return Made(b"", refused)
    told = letter(made, request.locale, request.format, data=request.data, pdf_engine=request.pdf_engine, number=number)
    return Made(told.content, refused, _warnings(told.terms))


def _looked(contract: Contract, request: Request, books: Library) -> Made:
    """Return what would be made, with no bytes; raises what making it would raise."""
    chosen = decide(contract, request.type, books)
    refused = refusal_data(chosen) if isinstance(chosen, Refusal) else None
    if isinstance(chosen, Refusal):
        if not request.letters:
            return Made(b"", refused)
        chosen = letter_of(chosen, books)
    compose(chosen, request.locale, books)
    return Made(b"", refused, _warnings(chosen.terms))


@lru_cache(maxsize=4)
def _press(books: Library, type_: str, format_: str, engine: str) -> Press:
    """Return the press of this process: it keeps what it has compiled from one record to the next."""
    return Press(books, type_, format_, engine)


def _number(entry: Entry) -> tuple[str, str]:
    from contractgen.register.issuing import number_of, working_of  # noqa: PLC0415  (loads the database's library)

    return number_of(entry), working_of(entry)


def _warnings(terms: Terms) -> tuple[str, ...]:
    return tuple(f"{warning.place}: {warning.cause}" for warning in terms.warnings)


def ask_one(record: Marked, request: Request) -> Asked:
    """Return what a register must know of the document of a record."""
    from contractgen.register.issuing import request_for  # noqa: PLC0415  (loads the database's library)

    books = library(request.data)
    contract = checked(record, books, (request.type,), numbered=False)
    chosen = decide(contract, request.type, books)
    refused = refusal_data(chosen) if isinstance(chosen, Refusal) else None
    if isinstance(chosen, Refusal):
        if not request.letters:
            return Asked(None, refused)
        chosen = letter_of(chosen, books)
    asked = request_for(chosen, contract, request.locale, request.format, books, pdf_engine=request.pdf_engine)
    return Asked(asked, refused)
