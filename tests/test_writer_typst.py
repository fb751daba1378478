"""The second PDF engine sets the same words on the same page, to the archive and accessibility standards at once."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest

from contractgen.errors import OutputError, Place
from contractgen.tree import (
    BulletItem,
    Clause,
    Column,
    Document,
    Paragraph,
    Row,
    RowRole,
    Signatures,
    Table,
    Text,
    Value,
)
from contractgen.values import Cause, Kind, Origin
from contractgen.writers import Writer, pdf, pdf_typst
from test_writers_conformance import STYLES, letters, read_pdf_by_lines, written
from writer_samples import HARD_NAME, LANGUAGES, SAMPLES, agreement, letter

ROOT = Path(__file__).parents[1]
HOSTILE = (
    '#panic("x")',
    "$ x $ `raw` *b* _i_ @ref <label> = T",
    '" + read("/etc/passwd") + "',
    '\\#\\"\\u{41}',
    "// no /* c */",
)


def tool(name: str, content: bytes, folder: Path) -> str:
    path = folder / "document.pdf"
    path.write_bytes(content)
    return subprocess.run([name, str(path)], check=True, capture_output=True, text=True).stdout


def pages(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as pdf:
        return [page.get_textpage().get_text_range() for page in pdf]


def saying(text: str) -> Document:
    cause = Cause(Origin.CONTRACT, "customer.name", Place("a", 7))
    value = Value(text, "customer.name", Kind.NAME, text, "ltr", cause)
    return replace(letter("en"), blocks=(Paragraph((Text("Name: "), value, Text("."))),))


@pytest.mark.parametrize("text", [*HOSTILE, HARD_NAME])
def test_a_name_that_is_code_for_the_engine_stays_words(text: str) -> None:
    assert letters(text) in letters(read_pdf_by_lines(pdf_typst.write(saying(text), STYLES)))


def test_the_engine_reads_no_file_and_asks_for_no_package() -> None:
    for code in ('#read("/etc/passwd")', '#import "@preview/cetz:0.3.0"', '#image("/etc/hostname")'):
        with pytest.raises(OutputError):
            pdf_typst.compiled(code, (STYLES.folder / "fonts",), Place("test"))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_file_says_that_it_is_pdf_a_3a_and_pdf_ua_1(name: str) -> None:
    metadata = written("pdf typst", name).decode("latin-1")
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata


@pytest.mark.parametrize("name", SAMPLES)
def test_fonts_are_embedded_and_are_the_style_sheets_own(name: str, tmp_path: Path) -> None:
    rows = tool("pdffonts", written("pdf typst", name), tmp_path).splitlines()[2:]
    assert rows
    for row in rows:
        assert row.split()[-5:-2] == ["yes", "yes", "yes"]
        assert row.split()[0].split("+")[1].split("-")[0] in {"Pretendard", "Vazirmatn"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_is_tagged_and_tells_its_title_and_the_documents_own_date(language: str, tmp_path: Path) -> None:
    info = tool("pdfinfo", written("pdf typst", f"letter-{language}"), tmp_path)
    assert "Tagged:          yes" in info
    assert letter(language).metadata.title in info
    assert str(letter(language).metadata.day.year) in info


@pytest.mark.parametrize("name", SAMPLES)
def test_both_engines_take_as_many_pages(name: str) -> None:
    ours, other = (len(pages(written(way, name))) for way in ("pdf", "pdf typst"))
    assert abs(ours - other) <= 1


@pytest.mark.parametrize("engine", [pdf, pdf_typst])
def test_no_sum_of_a_long_table_stands_first_on_a_page(engine: Writer) -> None:
    """Each sum would be the first of its page at one of these lengths, were it not held."""
    for lines in (5, 6, 7, 9):
        *_, last = pages(engine.write(quote(lines), STYLES))
        assert "Total" in last
        assert re.match(r"Item\s+Amount\s+Thing \d+\s", last), last


def test_the_rows_that_end_a_table_are_rows_like_any_other() -> None:
    assert b"/TFoot" not in pdf_typst.write(quote(6), STYLES)


def quote(lines: int) -> Document:
    """Return ``lines`` lines of text, then a table that fills the rest of the page."""
    rows = [("Item", "Amount"), *((f"Thing {number}", str(number)) for number in range(1, 31))]
    rows += [("Subtotal", "465"), ("Discount", "65"), ("Total", "400")]
    roles: dict[str, RowRole] = {"Item": "header", "Subtotal": "subtotal", "Discount": "subtotal", "Total": "total"}
    made = (Row(tuple((Text(cell),) for cell in row), roles.get(row[0], "body")) for row in rows)
    table = Table((Column(width=4), Column("number", 2)), tuple(made))
    return replace(letter("en"), header=(), footer=(), blocks=(*[Paragraph((Text("Line."),))] * lines, table))


@pytest.mark.parametrize("engine", [pdf, pdf_typst])
def test_nothing_is_signed_on_a_page_without_text(engine: Writer) -> None:
    """The last block before the signatures goes with them to the next page, be it a paragraph, a list or a table."""
    cells = tuple((Text(text),) for text in ("The end", "1"))
    signed = next(block for block in agreement("en").blocks if isinstance(block, Signatures))
    endings = (
        (Paragraph((Text("The end."),)),),
        (BulletItem((Text("The beginning,"),)), BulletItem((Text("The end."),))),
        (Table((Column(), Column("number")), (Row(cells),)),),
    )
    for ending in endings:
        blocks = (*[Paragraph((Text("Line."),))] * 29, *ending, signed)
        first, last = pages(engine.write(replace(letter("en"), header=(), footer=(), blocks=blocks), STYLES))
        assert "The end" in last
        assert "Line." in first


def test_the_last_clause_has_the_space_above_its_heading_that_all_have() -> None:
    """A short last clause is held together, and a block loses the space above what it begins with."""
    words = (Paragraph((Text("Words."),)),)
    clauses = (Clause(f"c{n}", "plain", (Text(f"Heading {n}"),), words) for n in range(3))
    sample = replace(letter("en"), header=(), footer=(), blocks=tuple(clauses))
    with pypdfium2.PdfDocument(pdf_typst.write(sample, STYLES)) as file:
        text = file[0].get_textpage()
        feet = [text.get_charbox(found.start())[1] for found in re.finditer("Heading", text.get_text_range())]
    assert feet[0] - feet[1] == pytest.approx(feet[1] - feet[2], abs=0.1)


def test_signatures_stand_as_far_below_a_table_as_in_the_other_engine() -> None:
    """What begins a block loses the space above it, also the name of who signs: the block says that space."""
    table = Table((Column(), Column("number")), (Row(((Text("The end"),), (Text("1"),))),))
    signed = next(block for block in agreement("en").blocks if isinstance(block, Signatures))
    sample = replace(letter("en"), header=(), footer=(), blocks=(Paragraph((Text("Words."),)), table, signed))
    gaps = []
    for engine in (pdf, pdf_typst):
        with pypdfium2.PdfDocument(engine.write(sample, STYLES)) as file:
            text = file[0].get_textpage()
            shown = text.get_text_range()
            feet = [text.get_charbox(shown.index(word))[1] for word in ("The end", "Example")]
        gaps.append(feet[0] - feet[1])
    assert gaps[0] == pytest.approx(gaps[1], abs=2)


def test_page_numbers_are_counted_in_the_documents_digits() -> None:
    found = pages(written("pdf typst", "agreement-fa"))
    total = str(len(found)).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert all(total in text for text in found)
    assert "Page 2 of" in pages(written("pdf typst", "agreement-en"))[1]


def test_a_letterhead_takes_the_place_of_the_running_header_on_the_first_page() -> None:
    number = letter("en").metadata.identifier
    assert (
        pages(written("pdf typst", "letter-en"))[0].count(number)
        < pages(written("pdf typst", "agreement-en"))[0].count(agreement("en").metadata.identifier) + 1
    )


def test_another_process_makes_the_same_bytes() -> None:
    code = (
        "import sys; sys.path[:0] = ['src', 'tests']\n"
        "from test_writers_conformance import written\n"
        "import hashlib; print(hashlib.sha256(written('pdf typst', 'agreement-fa')).hexdigest())"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True,
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PATH": "/usr/bin:/bin"},
        ).stdout
        for seed, zone in (("1", "Asia/Seoul"), ("2", "UTC"))
    }  # fmt: skip
    assert len(made) == 1
