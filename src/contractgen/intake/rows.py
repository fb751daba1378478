"""Rows become contract records: cells are read by declared rules, and every problem names its cell.

In: a table and a mapping. Out: for each row an ``Entry``: what has been read of the record, as ``Marked`` data whose
places are cells, and the problems of the row. A bad row neither stops nor hides a good one.

Rules. An empty cell gives no field. A workbook's date is a day, its number has the fifteen digits that Excel keeps, its
true and false are written so; none of them stands for another. Numbers of Parquet files and databases are exact, and of
a field that is true or false the whole numbers 1 and 0 say so, because some databases have no other. In text, Persian
and Arabic digits are digits; an amount may hold thousands marks (``1,234.50``, ``۱٬۲۳۴``); a day may be ISO
(``2026-12-31``), Korean (``2026. 12. 31.``, ``2026년 12월 31일``) or, with slashes, Jalali (``1405/10/10``), and
Gregorian with slashes where the year is 1700 or later; another order of day and month is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Any

from contractgen.contract import kind_of_field
from contractgen.errors import Place, Problem
from contractgen.files import Key, Marked
from contractgen.intake.fields import EXTRA, is_flag, key_of, prefixes
from contractgen.intake.mapping import Mapping, check_headings
from contractgen.intake.tables import Cell, Line, Table, blank
from contractgen.values import Kind

_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_THOUSANDS = re.compile(r"-?\d{1,3}(?:[,٬]\d{3})+(?:[.٫]\d+)?", re.ASCII)
_KOREAN_DAY = re.compile(r"(\d{4})(?:\.|년)\s*(\d{1,2})(?:\.|월)\s*(\d{1,2})(?:\.|일)?", re.ASCII)
_SLASHED_DAY = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})", re.ASCII)
FIRST_GREGORIAN = 1700
"""A year with slashes from here on is Gregorian; Jalali years of living contracts lie below."""
MOST_DIGITS = 15
"""What a workbook keeps of a number; beyond it digits are lost before we see them."""
_NUMERIC = {Kind.MONEY, Kind.PERCENT, Kind.NUMBER}
_DAYS = {Kind.DATE, Kind.MOMENT}
_AS_TYPED = {Kind.CODE, Kind.PHONE}
"""Kinds that are copied letter by letter, in Latin digits."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: where it stands, what has been read of its record, columns beside the record, and problems."""

    place: Place
    record: Marked
    extra: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A single value of a record and where it was typed."""

    text: str
    place: Place


def entries(table: Table, mapping: Mapping) -> Iterator[Entry]:
    """Return an entry for each row, one at a time; raises ``InvalidData`` for headings that are not known."""
    reader = RowReader(table, mapping)
    return (reader.entry(line) for line in table.lines)


class RowReader:
    """Reads the rows of a table one by one; it holds none of them, and pickles, so that any process can read a row."""

    def __init__(self, table: Table, mapping: Mapping) -> None:
        check_headings(table, mapping)
        self.table = replace(table, lines=())
        self._mapping = mapping
        self._names = [mapping.field_of(heading) if heading else "" for heading in table.headings]
        self._columns = {name: index for index, name in enumerate(self._names) if name}
        self._clashes = _clashes([*mapping.constants, *self._names])

    def entry(self, line: Line) -> Entry:
        """Return all that a row says."""
        return _entry(self.table, self._mapping, self._names, line, self._clashes)

    def text(self, cells: tuple[Cell, ...], name: str) -> str:
        """Return one field of a row as a record has it, at little cost; "" where it is empty or not there."""
        index = self._columns.get(name)
        if index is None:
            return self._mapping.constants.get(name, "")
        cell = cells[index]
        if blank(cell):
            return self._mapping.constants.get(name, "")
        return _read(cell, name, self._mapping.values.get(self.table.headings[index], {}))[0]


def _clashes(names: list[str]) -> list[tuple[str, str]]:
    """Return the names of which one is within the other: a line may have one of the two, one text or one a language."""
    known = set(names)
    return [(name, above) for name in names for above in prefixes(name) if above in known]


def _entry(table: Table, mapping: Mapping, names: list[str], line: Line, clashes: list[tuple[str, str]]) -> Entry:
    row = table.row(line.number)
    leaves = {name: _Leaf(text, mapping.place("constants", name)) for name, text in mapping.constants.items()}
    problems = list(line.problems)
    for index, (name, cell) in enumerate(zip(names, line.cells, strict=True)):
        if not name or blank(cell):
            continue
        place = table.place(line.number, index)
        text, fault = _read(cell, name, mapping.values.get(table.headings[index], {}))
        if fault:
            cause, _, repair = fault.partition(" | ")
            problems.append(Problem(place, f"{name}: {cause}", repair))
        if text:
            leaves[name] = _Leaf(text, place)
    for name, above in clashes:
        if name in leaves and above in leaves:
            cause = f"{name} and {above} are both given"
            problems.append(Problem(leaves.pop(name).place, cause, "give one text for all languages, or one for each"))
    places: dict[Key, Place] = {(name,): leaves[name].place for name in EXTRA if name in leaves}
    extra = {name: leaves.pop(name).text for name in EXTRA if name in leaves}
    data = _nested([(key_of(name), leaf) for name, leaf in leaves.items()], (), places)
    _name_lines(data)
    # Whatever is missing from the record is missing from this row: the row stands where a file would.
    return Entry(row, Marked(str(row), data, places), extra, tuple(problems))


def _read(cell: Cell, name: str, values: dict[str, str]) -> tuple[str, str]:
    """Return a cell as a record has it, and what is wrong with it; a cell at fault is kept as it is typed."""
    typed = cell.strip() if isinstance(cell, str) else ""
    if typed in values:
        return values[typed], ""
    try:
        text = read_cell(cell, name)
    except ValueError as fault:
        return typed or str(cell), str(fault)
    return values.get(text, text), ""


def _nested(leaves: list[tuple[Key, _Leaf]], here: Key, places: dict[Key, Place]) -> Any:
    """Return the leaves as tables and lists, and note their places; a gap in a list (0, 2) closes up."""
    if len(leaves) == 1 and not leaves[0][0]:
        places[here] = leaves[0][1].place
        return leaves[0][1].text
    groups: dict[str | int, list[tuple[Key, _Leaf]]] = {}
    for key, leaf in leaves:
        groups.setdefault(key[0], []).append((key[1:], leaf))
    lines = sorted(name for name in groups if isinstance(name, int))
    if lines:
        return [_nested(groups[name], (*here, index), places) for index, name in enumerate(lines)]
    return {name: _nested(inner, (*here, name), places) for name, inner in groups.items()}


def _name_lines(data: dict[str, Any]) -> None:
    """Give each licence line without an id its own: L1, L2."""
    for index, line in enumerate(data.get("licences", [])):
        if isinstance(line, dict):
            line.setdefault("id", f"L{index + 1}")


# ----------------------------------------------------------------------------------------------------------- cells


@lru_cache(4096)
def _kind(name: str) -> Kind | None:
    return kind_of_field(name)


def read_cell(cell: Cell, name: str) -> str:
    """Return a cell as it is typed in a record; raises ``ValueError`` as ``cause | repair``."""
    kind = _kind(name)
    match cell:
        case bool():
            if not is_flag(name):
                raise ValueError(f"{str(cell).upper()} is no text | format the cell as text and write it again")
            return "true" if cell else "false"
        case datetime() | date():
            return _of_date(cell, kind)
        case int() if is_flag(name) and cell in {0, 1}:
            return "true" if cell else "false"
        case float() | int() | Decimal():
            return _of_number(cell, kind)
        case str():
            return _of_text(cell.strip(), name, kind)
    raise ValueError(f"a {type(cell).__name__} is not expected here | write a text, a number or a date")


def _of_date(cell: date, kind: Kind | None) -> str:
    """Return a workbook's date; a code or name that Excel has taken for one is refused."""
    if kind not in _DAYS:
        raise ValueError(f"the date {cell:%Y-%m-%d} stands where no date is asked for | format the cell as text")
    if isinstance(cell, datetime):
        if cell.tzinfo is not None:
            raise ValueError(
                f"{cell:%Y-%m-%d %H:%M%z} is another day in other time zones | give a date, or no time zone"
            )
        return cell.date().isoformat() if cell.time() == time(0) else f"{cell:%Y-%m-%d %H:%M}"
    return cell.isoformat()


def _of_number(value: float | Decimal, kind: Kind | None) -> str:
    """Return a number of a table: 12 for 12.0, never 1e+07; where it would mean something else it is refused."""
    if not isfinite(value):
        raise ValueError(f"{value} is no number | leave the cell empty, or write a number")
    if kind in _DAYS:
        raise ValueError(f"the number {value:g} is no date | format the cell as a date, or write 2026-12-31")
    if kind is Kind.PHONE:
        raise ValueError(f"the number {value:.15g} has lost the zeros before it | format the cell as text")
    if kind is Kind.PERCENT and 0 < abs(float(value)) <= 1:
        share = float(value)
        raise ValueError(f"{share:g} may be {share:g} % or {share * 100:g} % | write 30 for thirty per cent, as text")
    if isinstance(value, float) and abs(value) >= 10**MOST_DIGITS:
        raise ValueError(f"the number has more digits than a workbook keeps ({MOST_DIGITS}) | format the cell as text")
    exact = Decimal(f"{value:.{MOST_DIGITS}g}" if isinstance(value, float) else value)
    plain = format(exact, "f")  # no rounding of Decimal's comes near it
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _of_text(text: str, name: str, kind: Kind | None) -> str:
    if is_flag(name):
        return text.lower()
    if kind in _NUMERIC:
        return _plain_number(text)
    if kind in _DAYS:
        return _day(text)
    return text.translate(_DIGITS) if kind in _AS_TYPED else text


def _plain_number(text: str) -> str:
    plain = text.translate(_DIGITS)
    if _THOUSANDS.fullmatch(plain):
        plain = re.sub("[,٬]", "", plain)
    return plain.replace("٫", ".")


def _day(text: str) -> str:
    plain = text.translate(_DIGITS)
    found = _KOREAN_DAY.fullmatch(plain)
    slashed = _SLASHED_DAY.fullmatch(plain)
    if slashed and int(slashed[1]) >= FIRST_GREGORIAN:
        found = slashed
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else plain
