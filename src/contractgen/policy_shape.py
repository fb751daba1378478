"""The shape of a policy file: which tables and keys it may have (content is read by ``policy``).

In: nothing. Out: pydantic shapes whose field descriptions serve as the documentation of the format.
"""

from __future__ import annotations

import re
from datetime import date
from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from contractgen.validation import Shape
from contractgen.values import Kind

WhenTable = dict[str, str | list[str]]


class HeadShape(Shape):
    """``[policy]``: whose pack this is, and since when its undated figures hold."""

    vendor: str
    name: dict[Literal["ko", "fa", "en"], str] = Field(description="the vendor's name in each locale")
    in_force: date = Field(description="figures without a date of their own hold from this day")
    note: str = ""


class DatedShape(Shape):
    """One row of a figure that changed in time."""

    since: date
    value: str


class FigureShape(Shape):
    """``[figures.<name>]``: one value, or dated values; always with citations."""

    kind: Kind
    cite: list[str] = Field(min_length=1)
    value: str | dict[str, str] | None = Field(None, description="names may differ by locale")
    values: list[DatedShape] = Field(default_factory=list)
    note: str = ""


class ReadingShape(Shape):
    """``[readings.<name>]``: which reading of an open question is chosen."""

    choose: str
    options: list[str] = Field(min_length=1)
    why: str
    cite: list[str] = Field(min_length=1)


class FactShape(Shape):
    """``[facts.<name>]``: a fact read from a field of the record."""

    field: str
    domain: list[str] = Field(min_length=1)
    absent: str | None = None


class DecideShape(Shape):
    """``[[decide.<name>]]``: which figure serves under which facts."""

    when: WhenTable
    figure: str
    cite: list[str] = Field(default_factory=list)


class DocumentShape(Shape):
    """``[documents.<type>]``: which documents this vendor has, and slots it never fills, each with its reason."""

    basis: Literal["policy", "contract"] = Field(
        description="policy: the vendor's source supports it; contract: possible with data of the record only"
    )
    omit: dict[str, str] = Field(default_factory=dict)


class SlotRowShape(Shape):
    """``[[slot.<name>]]``: a wording, a block shown, or an omission, under a condition."""

    when: WhenTable = Field(default_factory=dict)
    wording: str | None = None
    show: bool = False
    omit: str | None = None
    cite: list[str] = Field(default_factory=list)


class RequiresShape(Shape):
    """``[[requires]]``: fields that the record must give."""

    when: WhenTable = Field(default_factory=dict)
    fields: list[str] = Field(min_length=1)


class RefusalShape(Shape):
    """``[[refusal]]``: what the vendor's rules bar."""

    id: str
    when: WhenTable
    reason: str
    figures: list[str] = Field(default_factory=list)
    instead: list[str] = Field(default_factory=list)
    cite: list[str] = Field(min_length=1)


class ServiceShape(Shape):
    """``[[service]]``: how a service beside the contract is charged."""

    kind: str
    when: WhenTable = Field(default_factory=dict)
    charge: Literal["figure", "record", "included", "refuse"]
    figure: str = Field("", description="price figure for each unit (charge = figure)")
    allowance: str = Field("", description="figure of what is included free before the charge begins")
    limit: str = Field("", description="figure of the most hours that one unit may last")
    label: str = ""
    cite: list[str] = Field(min_length=1)


class CellShape(Shape):
    """A cell with a figure, shown plainly or within a label that uses ``{{ value }}``."""

    label: str = "cells.value"
    figure: str = ""
    strict: str = Field("", description="of an inferred cell: the label in strict mode (inferred_cells = certain_only)")


class RowShape(Shape):
    """A row of a policy table."""

    cells: list[str | CellShape]
    own: list[WhenTable] = Field(default_factory=list, description="when this row is the customer's own: any of these")
    cite: list[str] = Field(min_length=1)


class TableShape(Shape):
    """``[tables.<name>]``: a table printed from the policy."""

    columns: list[str]
    by: str = ""
    rows: list[RowShape]


def _pattern(needed: str, known: tuple[str, ...]) -> AfterValidator:
    """Check a pattern of numbers: printable ASCII, only the ``known`` places, the ``needed`` one exactly once."""

    def check(text: str) -> str:
        places = ", ".join(f"{{{name}}}" for name in known)
        try:
            parts = list(Formatter().parse(text))
        except ValueError:
            raise ValueError(f'"{text}" holds a brace without its partner | use {places}') from None
        names = [name for _, name, _, _ in parts if name is not None]
        plain = all(not spec and not conversion for _, name, spec, conversion in parts if name is not None)
        if not plain or not set(names) <= set(known) or not re.fullmatch(r"[!-~]+", text):
            raise ValueError(f'"{text}" is no pattern of numbers | use Latin letters, digits, marks and {places}')
        if names.count(needed) != 1:
            raise ValueError(f'"{text}" must hold {{{needed}}} once | without it numbers would not differ')
        return text

    return AfterValidator(check)


class NumbersShape(Shape):
    """``[numbers]``: how documents of this vendor are numbered when they are issued through a register."""

    code: str = Field(pattern=r"^[A-Za-z0-9]+$", description="what stands for the vendor")
    pattern: Annotated[str, _pattern("serial", ("vendor", "type", "year", "serial"))] = Field(
        description="of a number; what is left of it without the serial names the series, and each series counts from 1"
    )
    digits: int = Field(ge=1, le=12, description="least digits of the serial")
    revision: Annotated[str, _pattern("revision", ("number", "revision"))] = Field(
        description="of the number that a second or later revision shows"
    )


class PolicyShape(Shape):
    """A policy file."""

    policy: HeadShape
    rules: dict[str, list[str]] = Field(description="the rules that compute for this vendor, with their citations")
    facts: dict[str, FactShape] = Field(default_factory=dict)
    figures: dict[str, FigureShape] = Field(default_factory=dict)
    readings: dict[str, ReadingShape] = Field(default_factory=dict)
    decide: dict[str, list[DecideShape]] = Field(default_factory=dict)
    documents: dict[str, DocumentShape]
    slot: dict[str, list[SlotRowShape]] = Field(default_factory=dict)
    requires: list[RequiresShape] = Field(default_factory=list)
    refusal: list[RefusalShape] = Field(default_factory=list)
    service: list[ServiceShape] = Field(default_factory=list)
    tables: dict[str, TableShape] = Field(default_factory=dict)
    numbers: NumbersShape | None = None
