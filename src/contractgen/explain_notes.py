"""What a draft says beside each clause: by which decision it is there, and which facts of the source it rests on.

In: a ``Selection`` (of a document, or of the letter of a refusal). Out: notes, each the anchor of a clause and lines in
English, as the Word writer takes them. They say what ``explain`` says of a clause, in whole sentences.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractgen.explain import described
from contractgen.policy import SlotRow
from contractgen.refusals import SLOT
from contractgen.selection import Filled, Selection

Note = tuple[str, tuple[str, ...]]


def clause_notes(chosen: Selection) -> tuple[Note, ...]:
    """Return a note for every clause that a decision has put in; lines of a letter such as its subject have none."""
    return tuple(
        (pick.slot.name, tuple(_lines(pick, pick.row, chosen)))
        for pick in chosen.picks
        if isinstance(pick, Filled) and pick.row and pick.slot.block == "clause" and pick.slot.style == "body"
    )


def _lines(pick: Filled, row: SlotRow, chosen: Selection) -> Iterator[str]:
    facts = chosen.terms.facts
    yield f"{pick.slot.name}/{pick.wording} stands here by {row.place}."
    for name, allowed in row.when.terms:
        others = [value for value in allowed if value != facts[name].value]
        also = f" (it would also be for {' or '.join(others)})" if others else ""
        yield f"Because {name} is {facts[name].value}{also}."
    if pick.slot.name == SLOT:  # the clause that tells of a refusal
        yield f"It is refused because {chosen.terms.figures['refusal.rule'].cause.working}."
    if not row.when.terms:
        yield "Every document of this type carries it."
    yield from (f"Source {source}" for source in described(row.cite, chosen.policy))
    if not row.cite:
        yield "No fact of the source is cited for it."
