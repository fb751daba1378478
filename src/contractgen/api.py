"""The public API: a contract record in, a finished document out (or a refusal, or an error with all problems).

In: a record (path, text or ``Contract``), document type, locale, format. Out: ``Generated`` with the document tree,
the selection it came from and, when a format is asked for, the file's bytes. Nothing is written here and no clock is
read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from contractgen.carried.manifest import Render, carried
from contractgen.composing import composed
from contractgen.contract import Contract, load_contract, parse_contract
from contractgen.errors import Place, UsageError, did_you_mean
from contractgen.explain_notes import clause_notes
from contractgen.files import Marked
from contractgen.library import Library, library
from contractgen.record import DocumentType
from contractgen.refusals import letter_of
from contractgen.selection import Refusal, Selection, refusal, select
from contractgen.terms import DOCUMENT_TYPES, Terms, work_out
from contractgen.terms.numbering import with_number
from contractgen.tree import Document
from contractgen.writers import DEFAULTS, writer_for
from contractgen.writers.word_options import PLAIN, WordOptions


@dataclass(frozen=True, slots=True)
class Generated:
    """A finished document: its tree, why it is as it is, and its bytes in the format asked for."""

    document: Document
    selection: Selection
    locale: str
    format: str
    content: bytes

    @property
    def terms(self) -> Terms:
        """The facts and figures of the contract."""
        return self.selection.terms


def generate(  # noqa: PLR0913  one parameter for each choice
    record: str | Path | Contract,
    type: str,  # noqa: A002  (the word that users know)
    locale: str,
    format: str,  # noqa: A002
    *,
    data: tuple[Path, ...] = (),
    pdf_engine: str = "",
    carry: bool = True,
    word: WordOptions = PLAIN,
    draft: bool = False,
    number: str = "",
) -> Generated | Refusal:
    """Make one document.

    ``record``: a path, YAML or JSON text, or a ``Contract``. ``type``: sdd, renewal-notice, withdrawal-ack, quote.
    ``locale``: ko, fa, en. ``format``: docx, pdf, html. ``data``: folders that come before the built-in templates and
    policies. ``pdf_engine``: weasyprint (also where none is named) or typst. ``word``: choices for docx;
    ``draft`` puts a comment beside each of its clauses that says why it is there. ``number``: the document's number
    where a register gives it and not the record. ``carry``: whether the file carries
    its record, trace and hashes (``carried.manifest``), to be read back and verified. Raises
    ``UsageError``, ``InvalidData``, ``TemplateFault`` or ``OutputError``, each with every problem found. A document
    that the vendor's rules bar is returned as a ``Refusal``.
    """
    wanted = asked(type, locale, format, pdf_engine)
    books = library(tuple(data))
    contract = read(record)
    chosen = decide(contract, type, books)
    if isinstance(chosen, Refusal):
        return chosen
    return finish(numbered(chosen, number), wanted, books, contract.marked if carry else None, word, draft=draft)


def letter(  # noqa: PLR0913  one parameter for each choice
    refused: Refusal,
    locale: str,
    format: str,  # noqa: A002
    *,
    data: tuple[Path, ...] = (),
    pdf_engine: str = "",
    carry: bool = True,
    word: WordOptions = PLAIN,
    draft: bool = False,
    number: str = "",
) -> Generated:
    """Make the notice of refusal: a letter that says what is barred, by which rule, and what is possible instead.

    ``locale``, ``format``, ``word``, ``draft`` and ``number`` as for ``generate``. Raises ``UsageError`` or
    ``TemplateFault``.
    """
    wanted = replace(asked(refused.document, locale, format, pdf_engine), letter=True)
    books = library(tuple(data))
    chosen = letter_of(refused, books)
    return finish(numbered(chosen, number), wanted, books, refused.record if carry else None, word, draft=draft)


def numbered(selection: Selection, number: str, working: str = "") -> Selection:
    """Return a selection with the number that a register gave; ``working`` says how it came about."""
    return replace(selection, terms=with_number(selection.terms, number, working))


def asked(type_name: str, locale: str, extension: str, pdf_engine: str = "") -> Render:
    """Return what is asked for, the format and its engine by their own names; ``UsageError`` if there are none."""
    known = writer_for(extension, pdf_engine).EXTENSION
    return Render(type_name, locale, known, pdf_engine or DEFAULTS.get(known, ""))


def finish(  # noqa: PLR0913  the whole of what was decided and asked for
    selection: Selection, wanted: Render, books: Library, record: Marked | None,
    word: WordOptions = PLAIN, *, draft: bool = False,
) -> Generated:  # fmt: skip
    """Word and write a selection; the file carries ``record`` and its trace, nothing where there is none."""
    document = compose(selection, wanted.locale, books)
    if wanted.format == "docx":
        chosen = {"draft": "true" if draft else "", "locked": "true" if word.locked else ""}
        chosen["reference"] = word.house.sha256 if word.house else ""
        wanted = replace(wanted, options=tuple((name, given) for name, given in chosen.items() if given))
    if record is not None:
        document = replace(document, attachments=(carried(record, selection, document, wanted, books),))
    if draft:
        word = replace(word, notes=(*word.notes, *clause_notes(selection)))
    content = _written(wanted, document, books, word)
    return Generated(document, selection, wanted.locale, wanted.format, content)


def _written(wanted: Render, document: Document, books: Library, word: WordOptions) -> bytes:
    """Return the bytes of ``document``; only a Word file has choices of its own."""
    if wanted.format != "docx":
        return writer_for(wanted.format, wanted.engine).write(document, books.styles())
    from contractgen.writers.docx import write  # noqa: PLC0415  (loads python-docx)

    return write(document, books.styles(), word)


def read(record: str | Path | Contract) -> Contract:
    """Return a checked contract from a path, a text or a contract; raises ``InvalidData``."""
    if isinstance(record, Contract):
        return record
    if isinstance(record, Path):
        return load_contract(record)
    return parse_contract(record)


def document_type(name: str, books: Library) -> DocumentType:
    """Return ``name`` as a document type; ``UsageError`` if there is no such document."""
    for known in DOCUMENT_TYPES:
        if name == known and known in books.document_types:
            return known
    raise UsageError.at(Place("--type"), f'unknown document type "{name}"', did_you_mean(name, books.document_types))


def decide(contract: Contract, type_name: str, books: Library) -> Selection | Refusal:
    """Compute terms and choose wordings: everything that does not depend on a language."""
    kind = document_type(type_name, books)
    policy = books.policy(contract.record.vendor, contract.place("vendor"))
    terms = work_out(contract, policy, kind)
    barred = refusal(policy, terms)
    return replace(barred, record=contract.marked) if barred else select(books.outline(kind), policy, terms)


def compose(selection: Selection, locale_code: str, books: Library) -> Document:
    """Merge, build and number the document of a selection in one locale."""
    return composed(selection, locale_code, books)[0]
