"""Columns divide a table's width by their weights, and no number is broken for want of room."""

import pytest

from contractgen.library import library
from contractgen.tree import Column, Row, Table, Text
from contractgen.writers.measure import column_widths


def table(*cells: str) -> Table:
    columns = (Column("start", 6), *(Column("number", 1) for _ in cells[1:]))
    return Table(columns, (Row(tuple((Text(cell),) for cell in cells)),))


@pytest.mark.parametrize("cells", [("Item", "1"), ("Item", "KRW 2,726,083,371"), ("품목", "1,200,000,000리알", "5")])
@pytest.mark.parametrize("width", [300.0, 460.0])
def test_columns_fill_the_table_exactly(cells: tuple[str, ...], width: float) -> None:
    assert sum(column_widths(table(*cells), library().styles(), width)) == pytest.approx(width)


def test_a_long_number_takes_its_room_from_the_words() -> None:
    short, long = (
        column_widths(table("Item", number), library().styles(), 460) for number in ("5", "KRW 2,726,083,371")
    )
    assert long[1] > short[1]
    assert long[0] < short[0]


def test_numbers_never_leave_the_words_without_room() -> None:
    words, *_ = column_widths(table("Item", *["IRR 1,200,000,000,000"] * 6), library().styles(), 460)
    assert words > 460 * 0.1
