"""The public API: a contract record in, a finished document out (or a refusal, or an error with all problems).

In: a record (path, text or ``Contract``), document type, locale, format. Out: ``Generated`` with the document tree,
the selection it came from and, when a format is asked for, the file's bytes. Nothing is written here and no clock is
read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from contractgen.blocks import Builder
from contractgen.contract import Contract, load_contract, parse_contract
from contractgen.errors import Place, TemplateFault, UsageError, did_you_mean
from contractgen.library import Library, library
from contractgen.locales import Locale
from contractgen.merging import Merger
from contractgen.numbering import number
from contractgen.record import DocumentType
from contractgen.refusals import letter_of
from contractgen.selection import Filled, Refusal, Selection, refusal, select
from contractgen.terms import DOCUMENT_TYPES, Terms, work_out
from contractgen.tree import Block, Clause, Document, Inline, Inlines, Metadata, PageCount, PageNumber, Text, plain
from contractgen.writers import writer_for


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


def generate(
    record: str | Path | Contract,
    type: str,  # noqa: A002  (the word that users know)
    locale: str,
    format: str,  # noqa: A002
    *,
    data: tuple[Path, ...] = (),
) -> Generated | Refusal:
    """Make one document.

    ``record``: a path, YAML or JSON text, or a ``Contract``. ``type``: sdd, renewal-notice, withdrawal-ack, quote.
    ``locale``: ko, fa, en. ``format``: docx, pdf, html. ``data``: folders that come before the built-in templates and
    policies. Raises ``UsageError``, ``InvalidData``, ``TemplateFault`` or ``OutputError``, each with every problem
    found. A document that the vendor's rules bar is returned as a ``Refusal``.
    """
    writer = writer_for(format)
    books = library(tuple(data))
    chosen = decide(read(record), type, books)
    if isinstance(chosen, Refusal):
        return chosen
    document = compose(chosen, locale, books)
    return Generated(document, chosen, locale, writer.EXTENSION, writer.write(document, books.styles()))


def letter(refused: Refusal, locale: str, format: str, *, data: tuple[Path, ...] = ()) -> Generated:  # noqa: A002
    """Make the notice of refusal: a letter that says what is barred, by which rule, and what is possible instead.

    ``locale`` and ``format`` as for ``generate``. Raises ``UsageError`` or ``TemplateFault``.
    """
    writer = writer_for(format)
    books = library(tuple(data))
    chosen = letter_of(refused, books)
    document = compose(chosen, locale, books)
    return Generated(document, chosen, locale, writer.EXTENSION, writer.write(document, books.styles()))


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
    return refusal(policy, terms) or select(books.outline(kind), policy, terms)


def compose(selection: Selection, locale_code: str, books: Library) -> Document:
    """Merge, build and number the document of a selection in one locale."""
    locale = books.locale(locale_code)
    merger = Merger(locale, selection.terms)
    builder = Builder(merger, selection.outline, selection.policy)
    blocks: list[Block] = []
    for pick in selection.picks:
        if not isinstance(pick, Filled):
            continue
        if pick.slot.block == "clause":
            blocks.extend(_clause(pick, locale_code, merger, books))
        else:
            blocks.extend(builder.build(pick.slot))
    header = merger.label("furniture.header")
    title = merger.label(selection.outline.title)
    author = merger.value(selection.terms.figures["vendor.name"])
    merger.raise_problems()
    numbered = number(blocks, locale, articles=selection.outline.numbered)
    return _document(selection, locale, numbered, header, _metadata(selection, title, author.text if author else ""))


def _clause(pick: Filled, locale: str, merger: Merger, books: Library) -> list[Block]:
    """Merge the words of a slot; letter furniture (subject, greeting) becomes plain paragraphs."""
    row = pick.row
    if row is None or not pick.wording:  # pragma: no cover  (selection gives clauses a row with a wording)
        return []
    try:
        template = books.clause(locale, pick.slot.name, pick.wording, row.place)
        merged = merger.clause(template, pick.slot.style)
    except TemplateFault as fault:  # go on: the faults of all clauses are told at once
        merger.template_faults.extend(fault.problems)
        return []
    if pick.slot.style != "body":
        return list(merged.blocks)
    return [
        Clause(
            slot=pick.slot.name,
            wording=pick.wording,
            heading=merged.heading,
            blocks=merged.blocks,
            anchor=pick.slot.name,
            revision=template.revision,
            place=template.place,
            row=row.place,
            cite=row.cite,
        )
    ]


def _metadata(selection: Selection, title: Inlines, author: str) -> Metadata:
    figures = selection.terms.figures
    number_figure = figures["document.number"]
    return Metadata(
        title=f"{plain(title)} {number_figure.canonical}",
        author=author,
        subject=figures["contract.number"].canonical,
        day=selection.terms.day,
        identifier=number_figure.canonical,
    )


def _document(
    selection: Selection, locale: Locale, blocks: tuple[Block, ...], header: Inlines, metadata: Metadata
) -> Document:
    return Document(
        type=selection.outline.type,
        vendor=selection.policy.vendor,
        language=locale.code,
        direction=locale.direction,
        digits=locale.digits,
        blocks=blocks,
        header=header,
        footer=_footer(locale),
        metadata=metadata,
    )


def _footer(locale: Locale) -> Inlines:
    """Return the locale's footer pattern with page number and page count as nodes."""
    inlines: list[Inline] = []
    rest = locale.page_footer
    while rest:
        marks = [(rest.find(mark), mark) for mark in ("{page}", "{pages}") if mark in rest]
        if not marks:
            inlines.append(Text(rest))
            break
        index, mark = min(marks)
        if index:
            inlines.append(Text(rest[:index]))
        inlines.append(PageNumber() if mark == "{page}" else PageCount())
        rest = rest[index + len(mark) :]
    return tuple(inlines)
