"""A refusal as a letter: what is barred, for whom, by which rule and source, and what is possible instead.

In: a ``Refusal`` and the library. Out: a ``Selection`` of the letter's slots, to be composed like any document. The
words of each rule are the clause ``refusal/<id of the rule>``, in every locale.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from contractgen.library import Library
from contractgen.outline import SlotSpec
from contractgen.policy import SlotRow
from contractgen.selection import Filled, Refusal, Selection
from contractgen.terms import Entry
from contractgen.values import Cause, Choice, Day, Figure, Kind, Origin

SLOT = "refusal"
"""The slot whose wording is the rule's own id."""
WORDINGS = {"subject": "refusal", "salutation": "formal", "refusal-grounds": "rule-and-sources", "closing": "formal"}


def letter_of(refused: Refusal, books: Library) -> Selection:
    """Return the letter that tells the customer of a refusal."""
    outline = books.letter("refusal")
    figures = {figure.field: figure for figure in _figures(refused)}
    terms = replace(
        refused.terms,
        figures={**refused.terms.figures, **figures},
        lists={**refused.terms.lists, "refusal_sources": tuple(_sources(refused))},
    )
    return Selection(outline, refused.policy, terms, tuple(_pick(slot, refused) for slot in outline.slots))


def _pick(slot: SlotSpec, refused: Refusal) -> Filled:
    wording = refused.row.id if slot.name == SLOT else WORDINGS.get(slot.name, "")
    cite = refused.row.cite if slot.name in {SLOT, "refusal-grounds", "refusal-sources"} else ()
    row = SlotRow(slot.name, refused.row.when, wording or None, None, cite, refused.row.place)
    return Filled(slot, row if wording else None, wording)


def _cause(refused: Refusal, working: str) -> Cause:
    return Cause(Origin.POLICY, f"refusal.{refused.row.id}", refused.row.place, refused.row.cite, (), working)


def _figures(refused: Refusal) -> Iterator[Figure]:
    """Yield what the letter says of the refusal itself."""
    cause = _cause(refused, refused.row.reason)
    dated = refused.terms.figures["document.date"].amount
    calendar = dated.calendar if isinstance(dated, Day) else Day(refused.terms.day).calendar
    yield Figure("refusal.document", Kind.CHOICE, Choice("document", refused.document), cause)
    yield Figure("refusal.rule", Kind.CODE, refused.row.id, cause)
    yield Figure("refusal.day", Kind.DATE, Day(refused.terms.day, calendar), cause)


def _sources(refused: Refusal) -> Iterator[Entry]:
    """Yield a row for each fact that the rule rests on: its id, the document it stands in, and the lines there."""
    sources = refused.policy.sources
    for cite in refused.row.cite:
        cause = _cause(refused, sources.facts[cite].statement)
        figures = {
            "fact": Figure("refusal.fact", Kind.CODE, cite, cause),
            "source": Figure("refusal.source", Kind.NAME, sources.title, cause),
            "lines": Figure("refusal.lines", Kind.CODE, sources.facts[cite].lines, cause),
        }
        yield Entry("source", figures)
