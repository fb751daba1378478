"""One document through the register: the request for its number, the number in the document, the file in its place.

In: what ``api.decide`` has chosen, the record it came from, a register. Out: ``Request``; a selection that carries the
register's number; the finished document, issued. ``batch`` uses the parts for many documents at a time.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from contractgen.api import Generated, asked, finish, numbered
from contractgen.calendars import to_jalali
from contractgen.contract import Contract
from contractgen.errors import ContractgenError, InvalidData, OutputError, Place, Problem, TemplateFault
from contractgen.library import Library
from contractgen.register.entries import Entry, Request, Run, Series
from contractgen.register.fingerprints import Fingerprints, version
from contractgen.register.placing import aside, drop, into_place
from contractgen.register.store import Register
from contractgen.selection import Selection
from contractgen.terms import Terms
from contractgen.values import Calendar, Day
from contractgen.writers import DEFAULTS
from contractgen.writers.word_options import PLAIN, WordOptions


def request_for(  # noqa: PLR0913  one parameter for each choice
    selection: Selection, contract: Contract, locale: str, format_: str, books: Library, *, pdf_engine: str = "",
    carry: bool = True,
) -> Request:  # fmt: skip
    """Return the request for one copy (locale, format, engine) of the document that was chosen.

    ``carry``: whether the file carries the record, so that whatever changes in the record changes the file.
    A letter of refusal is a document of its own type, ``refusal``. Raises ``TemplateFault`` where the policy or the
    outline does not say how its documents are numbered.
    """
    terms, outline, prints = selection.terms, selection.outline, _fingerprints(books)
    spec = outline.numbers
    series = _series(selection)
    answers_itself = outline.type == terms.document
    own = contract.figures.get(f"documents.{terms.document}.number") if answers_itself else None
    apart = [terms.figures[name].canonical if name in terms.figures else "" for name in (spec.apart if spec else ())]
    if not any(apart):  # nothing tells two of them apart but the day
        apart = [terms.day.isoformat()]
    return Request(
        vendor=selection.policy.vendor,
        contract=terms.figures["contract.number"].canonical,
        type=outline.type,
        apart=tuple(apart),
        series=series,
        locale=locale,
        format=format_,
        engine=pdf_engine or DEFAULTS.get(format_, "") if format_ in DEFAULTS else "",
        data=prints.data(contract, terms.document, carried=carry),
        policy=prints.policy(selection.policy.vendor),
        words=prints.words(selection, locale),
        style=prints.style(),
        version=version(),
        number=own.canonical if own else "",
    )


@lru_cache(maxsize=8)
def _fingerprints(books: Library) -> Fingerprints:
    return Fingerprints(books)


def _series(selection: Selection) -> Series:
    """Return the series that a document is counted in: vendor, type and the document's own year."""
    numbers, spec = selection.policy.numbers, selection.outline.numbers
    if numbers is None or spec is None:
        file = selection.policy.file if numbers is None else selection.outline.marked.file
        repair = "add a table [numbers]: see docs/register.md"
        raise TemplateFault.at(Place(file), "does not say how documents are numbered in a register", repair)
    words = {"vendor": numbers.code, "type": spec.code, "year": str(_year(selection.terms))}
    before, _, after = numbers.pattern.partition("{serial}")
    return Series(before.format(**words), after.format(**words), numbers.digits, numbers.revision)


def _year(terms: Terms) -> int:
    """Return the year of the document's date, in the calendar in which the record writes it."""
    dated = terms.figures["document.date"].amount
    jalali = isinstance(dated, Day) and dated.calendar is Calendar.JALALI
    return to_jalali(terms.day)[0] if jalali else terms.day.year


def with_number(selection: Selection, entry: Entry) -> Selection:
    """Return the selection with the entry's number as the document's own, and the register as its cause."""
    return numbered(selection, number_of(entry), working_of(entry))


def number_of(entry: Entry) -> str:
    """Return the number that the register gave; "" where the record gives its own."""
    return "" if entry.own else entry.number


def working_of(entry: Entry) -> str:
    """Say how the number of an entry came about."""
    return f"number {entry.serial} of the series {entry.series}, revision {entry.revision}"


def issue_one(  # noqa: PLR0913  one parameter for each choice
    register: Register, selection: Selection, contract: Contract, locale: str, format_: str, books: Library,
    root: Path, path: str, run: Run, *, pdf_engine: str = "", carry: bool = True, word: WordOptions = PLAIN,
    draft: bool = False,
) -> tuple[Generated, Entry]:  # fmt: skip
    """Make one document through the register and put its file at ``path`` (with slashes) below ``root``.

    ``carry``, ``word`` and ``draft`` as for ``api.generate``. Raises ``InvalidData`` where the number that the record
    gives is another document's, and whatever making and writing raise: then the reservation is void, with the reason.
    """
    wanted = asked(selection.terms.document, locale, format_, pdf_engine)
    wanted = replace(wanted, letter=selection.outline.type != selection.terms.document)
    request = request_for(selection, contract, locale, wanted.format, books, pdf_engine=pdf_engine, carry=carry)
    entry = _taken(register.reserve([request], run)[0], contract, selection)
    try:
        record = contract.marked if carry else None
        made = finish(with_number(selection, entry), wanted, books, record, word, draft=draft)
        written = aside(root, path, made.content, entry)
    except Exception as fault:
        register.void({entry.id: _reason(fault)}, run)
        raise
    issued = register.issue([written.made], run)[0]
    if isinstance(issued, Problem):
        drop(written)
        raise OutputError([issued])
    into_place(written)
    return made, issued


def _reason(fault: Exception) -> str:
    """Return in one line why a document could not be made."""
    told = fault.problems[0].cause if isinstance(fault, ContractgenError) else str(fault)
    return told.partition("\n")[0] or type(fault).__name__


def _taken(answer: Entry | Problem, contract: Contract, selection: Selection) -> Entry:
    """Return an entry, or raise the problem at the line of the record that it is about."""
    if isinstance(answer, Problem):
        place = contract.place(f"documents.{selection.terms.document}.number")
        raise InvalidData([replace(answer, place=place)])
    return answer
