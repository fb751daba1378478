"""The outline of a document type: its slots in order, and how slots that are no prose are built.

In: ``templates/documents/<type>.toml``. Out: ``Outline``. No words stand here, only names of labels, fields and
lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from contractgen.errors import Problem, TemplateFault
from contractgen.files import Marked, read_toml
from contractgen.validation import Shape, validate

BlockName = Literal[
    "clause", "title", "letterhead", "addressee", "key-values", "list-table", "policy-table", "price-table",
    "amount-in-words", "heading", "signatures", "page-break",
]  # fmt: skip


class ColumnSpec(Shape):
    """A column of a computed table: the label of its head and the figure or line label in its cells."""

    head: str
    figure: str
    width: int = 1
    align: Literal["start", "center", "number"] = "start"


class SlotSpec(Shape):
    """One slot. ``block`` says what fills it; a clause's words are chosen by the policy."""

    name: str
    block: BlockName = "clause"
    style: Literal["body", "subject", "salutation", "closing", "lead", "note"] = "body"
    fields: list[str] = Field([], description="of key-values and addressee; a trailing ? lets a field be missing")
    label: str = ""
    rows: str = Field("", description="name of the computed list whose entries are the rows")
    table: str = ""
    caption: str = ""
    columns: list[ColumnSpec] = Field(default_factory=list)
    widths: list[int] = Field(default_factory=list)
    align: Literal["start", "center", "number-last"] = "start"
    parties: list[Literal["issuer", "customer"]] = Field(default_factory=list)


class NumbersSpec(Shape):
    """``[numbers]``: how documents of this type are numbered and told apart in a register."""

    code: str = Field(pattern=r"^[A-Za-z0-9]+$", description="what stands for the type in a number")
    apart: list[str] = Field(
        description="fields by which two documents of this type for one contract are two, and not revisions of one"
    )


class OutlineShape(Shape):
    """An outline file."""

    title: str
    subtitle: str = ""
    contents: str = Field("", description="label that heads the list of contents; empty: there is none")
    numbering: Literal["articles", "none"]
    slot: list[SlotSpec] = Field(min_length=1)
    numbers: NumbersSpec | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """A document type's outline."""

    type: str
    title: str
    subtitle: str
    contents: str
    numbered: bool
    slots: tuple[SlotSpec, ...]
    marked: Marked
    numbers: NumbersSpec | None = None


def load_outline(path: Path, name: str | None = None) -> Outline:
    """Read an outline; raises ``TemplateFault`` with every fault."""
    marked = read_toml(path, TemplateFault, name)
    shape = validate(OutlineShape, marked, TemplateFault)
    names = [slot.name for slot in shape.slot]
    problems = [
        Problem(marked.place("slot", index, "name"), f'slot "{slot}" stands twice', "keep one of the two")
        for index, slot in enumerate(names)
        if slot in names[:index]
    ]
    if problems:
        raise TemplateFault(problems)
    numbered = shape.numbering == "articles"
    return Outline(
        path.stem, shape.title, shape.subtitle, shape.contents, numbered, tuple(shape.slot), marked, shape.numbers
    )
