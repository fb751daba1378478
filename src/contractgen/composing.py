"""Words for a selection: the blocks that fill each slot, and the whole document, numbered.

In: a ``Selection``, a locale, the library. Out: ``Part``: a slot's blocks, and the labels whose words stand in them,
each with its place; and ``Document``. ``Noting`` is a merger that notes labels, so that furniture can be traced to the
line of its words as clauses can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from contractgen.blocks import Builder
from contractgen.errors import Place, TemplateFault
from contractgen.library import Library
from contractgen.locales import Locale
from contractgen.markup import Template
from contractgen.merging import Merger
from contractgen.numbering import first_labels, number
from contractgen.selection import Filled, Selection
from contractgen.tree import (
    Block,
    Clause,
    Document,
    Inline,
    Inlines,
    Metadata,
    PageCount,
    PageNumber,
    Text,
    Value,
    plain,
)
from contractgen.values import Choice, Figure

HEADER = "furniture.header"
"""The label of the running header."""


@dataclass(slots=True)
class Noting(Merger):
    """A merger that notes each label it takes words from, with its place."""

    labels: dict[str, Place] = field(default_factory=dict)

    def label(self, key: str, more: Mapping[str, Figure] | None = None) -> Inlines:
        """Return a label with its values merged."""
        self._note(key)
        return Merger.label(self, key, more)

    def value(self, figure: Figure, form: str = "", place: Place | None = None) -> Value | None:
        """Return a figure as this locale shows it; a choice is named by a label."""
        if isinstance(figure.amount, Choice):
            self._note(f"choices.{figure.amount.domain}.{figure.amount.key}")
        return Merger.value(self, figure, form, place)

    def _note(self, key: str) -> None:
        if key in self.locale.label_places:
            self.labels[key] = self.locale.label_places[key]


@dataclass(frozen=True, slots=True)
class Part:
    """What fills one slot: its blocks (not numbered yet), a clause's compiled words, and the labels used."""

    pick: Filled
    blocks: tuple[Block, ...]
    template: Template | None
    labels: Mapping[str, Place]


def parts(selection: Selection, merger: Noting, books: Library) -> Iterator[Part]:
    """Yield the part of every slot that is filled; what is missing is noted in ``merger``."""
    builder = Builder(merger, selection.outline, selection.policy)
    for pick in selection.picks:
        if not isinstance(pick, Filled):
            continue
        merger.labels = {}
        template = _template(pick, merger, books)
        if pick.slot.block == "clause":
            blocks = _clause(pick, template, merger) if template else ()
        else:
            blocks = builder.build(pick.slot)
        yield Part(pick, blocks, template, merger.labels)


def composed(selection: Selection, locale_code: str, books: Library) -> tuple[Document, tuple[Part, ...]]:
    """Merge, build and number the document of a selection in one locale; return it with its parts.

    The blocks of the document are those of the parts in order, numbered. Raises ``TemplateFault`` or ``InvalidData``
    with every problem found.
    """
    return composed_by(Noting(books.locale(locale_code), selection.terms), selection, books)


def composed_by(merger: Noting, selection: Selection, books: Library) -> tuple[Document, tuple[Part, ...]]:
    """Merge, build and number the document of a selection with ``merger``, which has the locale; see ``composed``."""
    locale = merger.locale
    found = tuple(parts(selection, merger, books))
    header = merger.label(HEADER)
    title = merger.label(selection.outline.title)
    contents = merger.label(selection.outline.contents) if selection.outline.contents else ()
    author = merger.value(selection.terms.figures["vendor.name"])
    merger.raise_problems()
    blocks = number((block for part in found for block in part.blocks), locale, articles=selection.outline.numbered)
    metadata = _metadata(merger, title, author.text if author else "")
    return _document(selection, locale, blocks, header, metadata, contents), found


def _template(pick: Filled, merger: Merger, books: Library) -> Template | None:
    """Return the compiled words of a clause; its faults are noted, so that those of all clauses are told at once."""
    if pick.slot.block != "clause" or pick.row is None or not pick.wording:
        return None
    try:
        return books.clause(merger.locale.code, pick.slot.name, pick.wording, pick.row.place)
    except TemplateFault as fault:
        merger.template_faults.extend(fault.problems)
        return None


def _clause(pick: Filled, template: Template, merger: Merger) -> tuple[Block, ...]:
    """Merge the words of a slot; letter furniture (subject, greeting) becomes plain paragraphs."""
    try:
        merged = merger.clause(template, pick.slot.style)
    except TemplateFault as fault:
        merger.template_faults.extend(fault.problems)
        return ()
    if pick.slot.style != "body":
        return merged.blocks
    clause = Clause(
        slot=pick.slot.name,
        wording=pick.wording,
        heading=merged.heading,
        blocks=merged.blocks,
        anchor=pick.slot.name,
        revision=template.revision,
        place=template.place,
        row=pick.row.place if pick.row else None,
        cite=pick.row.cite if pick.row else (),
    )
    return (clause,)


def _metadata(merger: Merger, title: Inlines, author: str) -> Metadata:
    identifier = merger.canonical("document.number")
    return Metadata(
        title=f"{plain(title)} {identifier}".rstrip(),
        author=author,
        subject=merger.canonical("contract.number"),
        day=merger.terms.day,
        identifier=identifier,
    )


def _document(  # noqa: PLR0913  one parameter for each part
    selection: Selection,
    locale: Locale,
    blocks: tuple[Block, ...],
    header: Inlines,
    metadata: Metadata,
    contents: Inlines,
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
        contents=contents,
        counts=first_labels(locale),
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
