"""Tables, particulars and signature blocks become Word tables.

In: the tree's Table, KeyValues and Signatures with a ``Layout``. Out: ``w:tbl`` elements. Widths are fixed and add up
to the text width; every cell ends with a paragraph; ``w:bidiVisual`` mirrors a table in a right-to-left document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from docx.oxml.xmlchemy import BaseOxmlElement as Element

from contractgen.errors import Place, TemplateFault
from contractgen.tree import Column, Inlines, KeyValues, Row, RowRole, Signatory, Signatures, Table, plain
from contractgen.writers._word_inlines import Layout, runs
from contractgen.writers._word_styles import style_id
from contractgen.writers._word_xml import TWIPS_PER_POINT, color, element, paragraph, twips
from contractgen.writers.measure import (
    AFTER_NUMBERS,
    PAIR_SHARE,
    SHORT_TABLE,
    SIGNATURE_SHARE,
    SUMS,
    column_widths,
    estimated_width,
    label_span,
)

_SIDE_BY_SIDE = 2
"""Signature blocks in one row; more parties go below."""
_GUTTER = 30.0
"""Room between two signature blocks, points."""
_LINE_HEIGHT = 26.0
"""Height of a line to sign on, points."""
_KEY_SHARE = (PAIR_SHARE, 0.38)
"""Least and greatest share of the width for the labels of particulars."""


def _keeps(row: Row, after: RowRole | None, *, short: bool) -> bool:
    """Whether ``row`` stays on the page of the row after it (None: there is none); no sum heads a page alone."""
    return row.role == "header" or after in SUMS or (short and after is not None)


def table(block: Table, layout: Layout) -> Element:
    """Return the Word table; raises ``TemplateFault`` if it is empty or a row has not one cell for each column."""
    if not block.columns or not block.rows:
        raise TemplateFault.at(Place(layout.document), "a table has no rows or no columns", "leave the table out")
    for number, row in enumerate(block.rows, 1):
        if len(row.cells) != len(block.columns):
            cause = f"row {number} of a table has {len(row.cells)} cells for {len(block.columns)} columns"
            raise TemplateFault.at(Place(layout.document), cause, "give each row one cell for each column")
    widths = _in_twips(column_widths(block, layout.styles, layout.width / TWIPS_PER_POINT), layout.width)
    properties = _table_properties("ContractTable", widths, layout, header=True, row_headers=block.row_headers)
    if block.caption:
        properties.append(element("w:tblCaption", val=plain(block.caption)))
    repeats = _leading_headers(block.rows)
    following = [row.role for row in block.rows[1:]]
    short = len(block.rows) <= SHORT_TABLE
    rows = [
        _table_row(row, block, widths, layout, repeat=number < repeats, keep=_keeps(row, after, short=short))
        for number, (row, after) in enumerate(zip_longest(block.rows, following))
        if row
    ]
    return element("w:tbl", properties, _grid(widths), *rows)


def key_values(block: KeyValues, layout: Layout) -> Element:
    """Return the particulars as two columns without lines."""
    size = layout.styles.named["key"].size
    least, greatest = (share * layout.width for share in _KEY_SHARE)
    longest = max((twips(estimated_width(plain(key), size) + 2 * size) for key, _ in block.pairs), default=0)
    first = round(min(max(longest, least), greatest))
    widths = [first, layout.width - first]
    rows = [
        _row(
            [
                _cell(widths[0], [paragraph("Key", runs(key, layout), layout.direction)]),
                _cell(widths[1], [paragraph("Value", runs(value, layout), layout.direction)]),
            ],
        )
        for key, value in block.pairs
    ]
    return element("w:tbl", _table_properties("ContractGrid", widths, layout, row_headers=True), _grid(widths), *rows)


def signatures(block: Signatures, layout: Layout) -> Iterator[Element]:
    """Yield one table for each two parties; each row keeps with the next, so a block never splits.

    The last row keeps with the thin line behind the table: it never stands alone on a blank page.
    """
    for start in range(0, len(block.parties), _SIDE_BY_SIDE):
        yield _signature_table(block.parties[start : start + _SIDE_BY_SIDE], layout)


def _signature_table(parties: Sequence[Signatory], layout: Layout) -> Element:
    """Each party has a column for labels and one for values, with an empty column between two parties."""
    gutter = twips(_GUTTER)
    room = (layout.width - gutter * (_SIDE_BY_SIDE - 1)) // _SIDE_BY_SIDE
    size = layout.styles.named["signature-line"].size
    labels = [plain(label) for party in parties for label, _ in party.lines]
    longest = max((twips(estimated_width(label, size) + size) for label in labels), default=0)
    first = min(max(longest, round(SIGNATURE_SHARE * room)), room // 2)
    widths: list[int] = []
    for index in range(len(parties)):
        widths += [gutter] * (index > 0) + [first, room - first]
    if len(parties) < _SIDE_BY_SIDE:
        # Word and LibreOffice disagree on the side where a narrow mirrored table stands: none is narrow.
        widths.append(layout.width - sum(widths))
    lines = zip_longest(*(party.lines for party in parties))
    rows = [_row(_party_cells(parties, widths, layout))]
    rows += [_row(_line_cells(line, widths, layout), twips(_LINE_HEIGHT)) for line in lines]
    return element("w:tbl", _table_properties("ContractGrid", widths, layout), _grid(widths), *rows)


def _party_cells(parties: Sequence[Signatory], widths: list[int], layout: Layout) -> Iterator[Element]:
    for index, party in enumerate(parties):
        if index:
            yield _blank_cell(widths[3 * index - 1], layout)
        width = sum(widths[3 * index : 3 * index + 2])
        shown = paragraph("SignatureParty", runs(party.party, layout), layout.direction, element("w:keepNext"))
        yield _cell(width, [shown], element("w:gridSpan", val=2))
    yield from _rest(parties, widths, layout)


def _line_cells(line: Sequence[tuple[Inlines, Inlines] | None], widths: list[int], layout: Layout) -> Iterator[Element]:
    for index, pair in enumerate(line):
        if index:
            yield _blank_cell(widths[3 * index - 1], layout)
        label, value = pair or ((), ())
        below = element("w:vAlign", val="bottom")
        shown = [_signature_line(part, layout) for part in (label, value)]
        yield _cell(widths[3 * index], [shown[0]], below)
        to_sign = [_edge("bottom", "muted", 4, layout)] if pair and not plain(value).strip() else []
        yield _cell(widths[3 * index + 1], [shown[1]], element("w:vAlign", val="bottom"), *to_sign)
    yield from _rest(line, widths, layout)


def _rest(parties: Sequence[object], widths: list[int], layout: Layout) -> Iterator[Element]:
    """Yield the empty cell beside a party that signs alone."""
    if len(parties) < _SIDE_BY_SIDE:
        yield _blank_cell(widths[-1], layout)


def _signature_line(inlines: Inlines, layout: Layout) -> Element:
    return paragraph("SignatureLine", runs(inlines, layout), layout.direction, element("w:keepNext"))


def _blank_cell(width: int, layout: Layout) -> Element:
    return _cell(width, [_signature_line((), layout)])


def _keep(keep: bool) -> list[Element]:  # noqa: FBT001  (a private switch of two lines)
    return [element("w:keepNext")] if keep else []


def _leading_headers(rows: Sequence[Row]) -> int:
    for number, row in enumerate(rows):
        if row.role != "header":
            return number
    return len(rows)


def _table_row(  # noqa: PLR0913
    row: Row, block: Table, widths: list[int], layout: Layout, *, repeat: bool, keep: bool
) -> Element:
    cells = []
    first, span = label_span(row)
    for index, (cell, column, own_width) in enumerate(zip(row.cells, block.columns, widths, strict=True)):
        if first < index < first + span:
            continue
        merged = index == first and span > 1
        width = sum(widths[first : first + span]) if merged else own_width
        style = _cell_style(row.role, column, heading=block.row_headers and index == 0)
        shown = paragraph(style, runs(cell, layout), layout.direction, *_keep(keep))
        before = block.columns[index - 1] if index else None
        properties = [element("w:gridSpan", val=span)] if merged else []
        cells.append(_cell(width, [shown], *properties, *_cell_properties(row.role, column, before, layout)))
    return _row(cells, header=repeat)


def _cell_style(role: RowRole, column: Column, *, heading: bool) -> str:
    name = "table-cell" if role in {"body", "own"} else f"table-{role}"
    if role in {"body", "own"} and heading:
        name = "table-row-header"
    return style_id(name if column.align == "start" else f"{name}-{column.align}")


def _cell_properties(role: RowRole, column: Column, before: Column | None, layout: Layout) -> Iterator[Element]:
    yield element("w:vAlign", val="bottom" if role == "header" else "top")
    if column.align == "number" and role != "header":
        yield element("w:noWrap")
    elif column.align == "start" and before and before.align == "number" and layout.direction == "ltr":
        yield element("w:tcMar", element("w:left", w=twips(AFTER_NUMBERS), type="dxa"))
    fill = "own" if column.own or role == "own" else "shade" if role != "body" else ""
    if fill:
        yield element("w:shd", val="clear", color="auto", fill=color(layout.styles.colors[fill]))
    if role in {"header", "total"}:
        yield _edge("bottom" if role == "header" else "top", "accent", 6, layout)


def _edge(side: str, paint: str, eighths: int, layout: Layout) -> Element:
    line = element(f"w:{side}", val="single", sz=eighths, space=0, color=color(layout.styles.colors[paint]))
    return element("w:tcBorders", line)


def _table_properties(
    style: str, widths: Sequence[int], layout: Layout, *, header: bool = False, row_headers: bool = False
) -> Element:
    look = {"firstRow": header, "lastRow": 0, "firstColumn": row_headers, "lastColumn": 0, "noHBand": 1, "noVBand": 1}
    bits = 0x0600 + 0x0020 * header + 0x0080 * row_headers
    properties = [
        element("w:tblStyle", val=style),
        element("w:tblW", w=sum(widths), type="dxa"),
        element("w:tblLayout", type="fixed"),
        element("w:tblLook", val=f"{bits:04X}", **{name: int(value) for name, value in look.items()}),
    ]
    if layout.direction == "rtl":
        properties.append(element("w:bidiVisual"))
    return element("w:tblPr", *properties)


def _grid(widths: Iterable[int]) -> Element:
    return element("w:tblGrid", *(element("w:gridCol", w=width) for width in widths))


def _row(cells: Iterable[Element], height: int = 0, *, header: bool = False) -> Element:
    """Return a row that never splits; ``height`` (twips) is the least it has; a ``header`` row repeats on each page."""
    properties = [element("w:cantSplit")]
    if height:
        properties.append(element("w:trHeight", val=height, hRule="atLeast"))
    if header:
        properties.append(element("w:tblHeader"))
    return element("w:tr", element("w:trPr", *properties), *cells)


def _cell(width: int, paragraphs: Sequence[Element], *properties: Element) -> Element:
    return element("w:tc", element("w:tcPr", element("w:tcW", w=width, type="dxa"), *properties), *paragraphs)


def _in_twips(points: Sequence[float], width: int) -> list[int]:
    """Turn the widths of columns, in points, into twips that add up to ``width``."""
    total = sum(points)
    ends = [round(width * sum(points[: index + 1]) / total) for index in range(len(points))]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]
