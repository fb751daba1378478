"""Columns divide a table's width by their weights, and no number or heading is broken for want of room."""

import pytest

from contractgen.library import library
from contractgen.tree import Clause, Column, Paragraph, Row, RowRole, Table, Text
from contractgen.writers.measure import closing_clause, column_widths, label_span


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


def test_a_word_of_a_heading_finds_room_in_a_narrow_column_of_words() -> None:
    headed = Row(tuple((Text(cell),) for cell in ("ردیف", "شرح", "مبلغ")), "header")
    row = Row(tuple((Text(cell),) for cell in ("۱", "نگهداری", "۱٬۲۰۰٬۰۰۰٬۰۰۰ دلار آمریکا")))
    columns = (Column("start", 1), Column("start", 12), Column("number", 12))
    widths = [column_widths(Table(columns, rows), library().styles(), 200)[0] for rows in ((row,), (headed, row))]
    assert widths[0] < 30 < widths[1]


@pytest.mark.parametrize(
    ("role", "cells", "span"),
    [
        ("total", ("", "Total", "", "", "KRW 5"), (1, 3)),
        ("subtotal", ("VAT", "KRW 5"), (0, 1)),
        ("body", ("1", "Item", "", "", "KRW 5"), (0, 1)),
    ],
)
def test_the_label_of_a_sum_takes_the_empty_cells_behind_it(
    role: RowRole, cells: tuple[str, ...], span: tuple[int, int]
) -> None:
    assert label_span(Row(tuple((Text(cell),) if cell else () for cell in cells), role)) == span


def test_only_a_short_clause_at_the_very_end_is_kept_on_one_page() -> None:
    def clause(lines: int) -> Clause:
        paragraphs = tuple(Paragraph((Text("Questions are welcome."),)) for _ in range(lines))
        return Clause("feedback", "any", (Text("Feedback"),), paragraphs)

    styles, short = library().styles(), clause(3)
    assert closing_clause((clause(3), short), styles) is short
    assert closing_clause((short, Paragraph(())), styles) is None
    assert closing_clause((clause(30),), styles) is None
