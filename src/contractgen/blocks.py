"""Slots that are no prose: title, letterhead, addressee, particulars, tables, signatures, from labels and figures.

In: a slot of an outline, the terms, a merger. Out: blocks of the tree. Words come from the locale's labels only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from contractgen.errors import Place, Problem
from contractgen.merging import Merger
from contractgen.outline import Outline, SlotSpec
from contractgen.policy import CellSpec, Policy, TableRowSpec, TableSpec
from contractgen.terms import Entry
from contractgen.tree import (
    Block,
    Column,
    Heading,
    Inline,
    Inlines,
    KeyValues,
    Letterhead,
    LineBreak,
    PageBreak,
    Paragraph,
    Row,
    RowRole,
    Signatory,
    Signatures,
    Table,
)
from contractgen.values import Figure

PRICE_COLUMNS = (
    ("columns.no", 3),
    ("columns.item", 11),
    ("columns.basis", 10),
    ("columns.unit-price", 7),
    ("columns.amount", 8),
)

DECIDING = ("document.toman",)
"""Figures whose value, and not only their presence, decides what is built."""

FIRST_NUMBER = 3
"""From this column on the price table holds amounts."""


class Builder:
    """Builds the blocks of one document's furniture and tables."""

    def __init__(self, merger: Merger, outline: Outline, policy: Policy) -> None:
        self.merger = merger
        self.outline = outline
        self.policy = policy
        self.figures = merger.terms.figures
        self.builders: Mapping[str, Callable[[SlotSpec], tuple[Block, ...]]] = {
            "title": self.title,
            "letterhead": self.letterhead,
            "addressee": self.addressee,
            "key-values": self.key_values,
            "list-table": self.list_table,
            "policy-table": self.policy_table,
            "price-table": self.price_table,
            "amount-in-words": self.amount_in_words,
            "heading": self.heading,
            "signatures": self.signatures,
            "page-break": lambda _slot: (PageBreak(),),
        }

    def build(self, slot: SlotSpec) -> tuple[Block, ...]:
        """Return the blocks of ``slot``."""
        return self.builders[slot.block](slot)

    # ------------------------------------------------------------------------------------------------- letters

    def title(self, _slot: SlotSpec) -> tuple[Block, ...]:
        """Return the title of the document, and its subtitle if the outline has one."""
        title = Paragraph(self.merger.label(self.outline.title), "title")
        if not self.outline.subtitle:
            return (title,)
        return (title, Paragraph(self.merger.label(self.outline.subtitle), "subtitle"))

    def letterhead(self, _slot: SlotSpec) -> tuple[Block, ...]:
        """Return the issuer's name, address and contacts."""
        lines: list[Inlines] = []
        if "issuer.address" in self.figures:
            lines.append(self._shown("issuer.address"))
        contacts: list[Inline] = []
        for name, label in (("issuer.phone", "letterhead.phone"), ("issuer.email", "letterhead.email")):
            if name in self.figures:
                if contacts:
                    contacts.extend(self.merger.label("letterhead.between"))
                contacts.extend(self.merger.label(label))
        if contacts:
            lines.append(tuple(contacts))
        return (Letterhead(self._shown("issuer.name"), tuple(lines)),)

    def addressee(self, slot: SlotSpec) -> tuple[Block, ...]:
        """Return whom the letter is sent to: a name, a person where one is given, and the outline's fields."""
        lines = [self.merger.label("addressee.name")]
        if "customer.attention" in self.figures:
            lines.append(self.merger.label("addressee.attention"))
        lines += [self._shown(name, place) for name, place in self._fields(slot)]
        inlines: list[Inline] = []
        for index, line in enumerate(lines):
            inlines.extend((LineBreak(), *line) if index else line)
        return (Paragraph(tuple(inlines), "addressee"),)

    def key_values(self, slot: SlotSpec) -> tuple[Block, ...]:
        """Return labelled particulars; a field marked ``?`` may be missing."""
        pairs = [(self.merger.label(f"fields.{name}"), self._shown(name, place)) for name, place in self._fields(slot)]
        return (KeyValues(tuple(pairs)),)

    def _fields(self, slot: SlotSpec) -> Iterator[tuple[str, Place]]:
        """Yield the fields that a slot names, without those marked ``?`` that the contract does not have."""
        for index, entry in enumerate(slot.fields):
            name = entry.rstrip("?")
            if not entry.endswith("?") or name in self.figures:
                yield name, self.outline.marked.place("slot", self.outline.slots.index(slot), "fields", index)

    def heading(self, slot: SlotSpec) -> tuple[Block, ...]:
        """Return a heading between slots."""
        return (Heading(self.merger.label(slot.label), 1, slot.name),)

    def signatures(self, slot: SlotSpec) -> tuple[Block, ...]:
        """Return a signature block for each party."""
        return (Signatures(tuple(self._signatory(party) for party in slot.parties)),)

    def _signatory(self, party: str) -> Signatory:
        name = self.figures["issuer.name" if party == "issuer" else "customer.name"]
        heading = self.merger.label("signature.for", {"party": name})
        lines: list[tuple[Inlines, Inlines]] = [(self.merger.label("signature.sign"), ())]
        known = {"name": "issuer.signatory.name", "title": "issuer.signatory.title"} if party == "issuer" else {}
        for key in ("name", "title"):
            field = known.get(key, "")
            lines.append((self.merger.label(f"signature.{key}"), self._shown(field) if field in self.figures else ()))
        lines.append((self.merger.label("signature.date"), ()))
        return Signatory(heading, tuple(lines))

    def amount_in_words(self, _slot: SlotSpec) -> tuple[Block, ...]:
        """Return the total in words, and in toman where the record asks for it."""
        paragraphs = [Paragraph(self.merger.label("words.amount"), "lead")]
        wanted = self.figures.get(*DECIDING)
        total = self.figures.get("price.total")
        if wanted is not None and wanted.canonical == "true" and total is not None:
            paragraphs.append(Paragraph(self.merger.label("words.toman"), "lead"))
        return tuple(paragraphs)

    # -------------------------------------------------------------------------------------------------- tables

    def list_table(self, slot: SlotSpec) -> tuple[Block, ...]:
        """Return a table whose rows the rules computed."""
        entries = self.merger.terms.lists.get(slot.rows, ())
        if not entries:
            self._lacking(slot, slot.rows)
            return ()
        columns = tuple(Column(column.align, column.width) for column in slot.columns)
        head = Row(tuple(self.merger.label(column.head) for column in slot.columns), "header")
        rows = [Row(tuple(self._cell(entry, column.figure) for column in slot.columns)) for entry in entries]
        return (Table(columns, (head, *rows), self.merger.label(slot.caption), slot.name),)

    def price_table(self, slot: SlotSpec) -> tuple[Block, ...]:
        """Return number, item, basis, unit price and amount of each line, then the totals."""
        entries = self.merger.terms.lists.get("price_lines", ())
        if not entries:
            self._lacking(slot, "price")
            return ()
        columns = tuple(
            Column("number" if index >= FIRST_NUMBER else "start", width)
            for index, (_, width) in enumerate(PRICE_COLUMNS)
        )
        head = Row(tuple(self.merger.label(label) for label, _ in PRICE_COLUMNS), "header")
        rows = [head]
        for number, entry in enumerate(entries, 1):
            rows.append(self._price_row(number, entry))
        for entry in self.merger.terms.lists.get("price_totals", ()):
            role: RowRole = "total" if entry.label == "total" else "subtotal"
            label = self.merger.label(f"totals.{entry.label}", _prefixed(entry))
            rows.append(Row(((), label, (), (), self._cell(entry, "amount")), role))
        return (Table(columns, tuple(rows), self.merger.label(slot.caption), slot.name),)

    def _price_row(self, number: int, entry: Entry) -> Row:
        more = _prefixed(entry)
        index = self.merger.ordinal(number, entry.figures["amount"].cause)
        return Row(
            (
                (index,) if index else (),
                self.merger.label(f"lines.{entry.label}.item", more),
                self.merger.label(f"lines.{entry.label}.basis", more),
                self._cell(entry, "unit_price"),
                self._cell(entry, "amount"),
            )
        )

    def policy_table(self, slot: SlotSpec) -> tuple[Block, ...]:
        """Return a table of the policy, the customer's own column marked."""
        table = self.policy.tables.get(slot.table)
        if table is None:
            place = self.outline.marked.place("slot", self.outline.slots.index(slot), "table")
            cause = f'{self.policy.file} has no table "{slot.table}"'
            self.merger.template_faults.append(Problem(place, cause, f"add [tables.{slot.table}] or omit the slot"))
            return ()
        columns = tuple(self._column(slot, table, index) for index in range(len(table.columns)))
        head = Row(tuple(self.merger.label(label) for label in table.columns), "header")
        rows = [Row(tuple(self._policy_cell(cell) for cell in row.cells), self._role(row)) for row in table.rows]
        return (Table(columns, (head, *rows), self.merger.label(slot.caption), slot.name, row_headers=True),)

    def _column(self, slot: SlotSpec, table: TableSpec, index: int) -> Column:
        own = False
        if table.by:
            fact = self.merger.terms.facts[table.by]
            own = table.columns[index].endswith(f".{fact.value}")
        width = slot.widths[index] if index < len(slot.widths) else 1
        if index == 0:
            return Column("start", width)
        if slot.align == "number-last":
            return Column("number" if index == len(table.columns) - 1 else "start", width, own)
        return Column("center" if slot.align == "center" else "start", width, own)

    def _role(self, row: TableRowSpec) -> RowRole:
        return "own" if any(when.holds(self.merger.terms.facts) for when in row.own) else "body"

    def _policy_cell(self, cell: CellSpec) -> Inlines:
        cells = self.merger.terms.facts.get("cells")
        if cell.strict and cells is not None and cells.value == "certain-only":
            return self.merger.label(cell.strict)
        if not cell.figure:
            return self.merger.label(cell.label)
        figure = self.merger.find(cell.figure, cell.place, {})
        return self.merger.label(cell.label, {"value": figure}) if figure is not None else ()

    def _cell(self, entry: Entry, name: str) -> Inlines:
        """Return the figure of a table entry; a dash where this kind of entry has none."""
        figure = entry.figures.get(name)
        if figure is None:
            return self.merger.label("cells.none")
        value = self.merger.value(figure)
        return (value,) if value is not None else ()

    def _shown(self, name: str, place: Place | None = None) -> Inlines:
        figure = self.merger.find(name, place or Place(self.outline.marked.file), {})
        value = self.merger.value(figure) if figure is not None else None
        return (value,) if value is not None else ()

    def _lacking(self, slot: SlotSpec, name: str) -> None:
        place = self.outline.marked.place("slot", self.outline.slots.index(slot))
        cause = f'table "{slot.name}" has no rows for this contract'
        repair = self.merger.terms.lacks.get(name, f"omit the slot in the policy, or order a rule that fills {name}")
        self.merger.missing_data.append(Problem(place, cause, repair))


def _prefixed(entry: Entry) -> dict[str, Figure]:
    """Return an entry's figures under the names that its labels use: ``line.product``."""
    return {f"line.{name}": figure for name, figure in entry.figures.items()}
