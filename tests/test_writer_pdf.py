"""The PDF writer, judged by poppler and pdfium: fonts, pages, tags, text that can be copied."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest

from contractgen.errors import OutputError, Place, TemplateFault
from contractgen.tree import (
    Block,
    Clause,
    Document,
    NumberedItem,
    PageBreak,
    Paragraph,
    Text,
    Value,
    block_inlines,
    plain,
)
from contractgen.values import Cause, Kind, Origin
from contractgen.writers.pdf import write
from contractgen.writers.pdf_text import joined as unbroken
from test_writers_conformance import STYLES, letters, written
from writer_samples import LANGUAGES, SAMPLES, WORDS, agreement, letter

ROOT = Path(__file__).parents[1]


def pages(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as pdf:
        return [page.get_textpage().get_text_range() for page in pdf]


def tool(name: str, content: bytes, folder: Path) -> str:
    path = folder / "document.pdf"
    path.write_bytes(content)
    return subprocess.run([name, str(path)], check=True, capture_output=True, text=True).stdout


def saying(text: str, language: str = "ko") -> Document:
    value = Value(text, "customer.name", Kind.NAME, text, "ltr", Cause(Origin.CONTRACT, "customer.name", Place("a", 7)))
    return replace(letter(language), blocks=(Paragraph((Text("A "), value)),))


@pytest.mark.parametrize("name", SAMPLES)
def test_all_fonts_are_embedded_and_are_the_style_sheets_own(name: str, tmp_path: Path) -> None:
    rows = tool("pdffonts", written("pdf", name), tmp_path).splitlines()[2:]
    assert rows
    for row in rows:
        assert row.split()[-5:-2] == ["yes", "yes", "yes"]  # embedded, subset, with a Unicode map
        assert "-house" in row.split()[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_is_tagged_and_tells_title_author_and_the_documents_own_date(language: str, tmp_path: Path) -> None:
    info = tool("pdfinfo", written("pdf", f"letter-{language}"), tmp_path)
    for line in ("Tagged:          yes", "Pages:           1", WORDS[language].subject, WORDS[language].sender, "2026"):
        assert line in info
    with pypdfium2.PdfDocument(written("pdf", f"letter-{language}")) as pdf:
        said = pypdfium2.raw.FPDFCatalog_GetLanguage(pdf, None, 0)
        buffer = (pypdfium2.raw.FPDF_WCHAR * said)()
        pypdfium2.raw.FPDFCatalog_GetLanguage(pdf, buffer, said)
    assert bytes(buffer).decode("utf-16-le").startswith(language)


def test_the_outline_holds_the_headings_in_plain_words() -> None:
    with pypdfium2.PdfDocument(written("pdf", "agreement-ko")) as pdf:
        titles = [(entry.level, entry.get_title()) for entry in pdf.get_toc()]
    assert titles[:4] == [(0, "서비스 정의서"), (1, "서비스의 범위"), (2, "제1조 목적"), (2, "제2조 지원의 범위")]


def test_page_numbers_are_counted_in_the_documents_digits() -> None:
    found = pages(written("pdf", "agreement-fa"))
    total = str(len(found)).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert all(f"از {total}" in text for text in found)
    assert "صفحه ۲" in found[1]
    assert "Page 2 of" in pages(written("pdf", "agreement-en"))[1]


def test_a_long_table_repeats_its_header_and_splits_no_row() -> None:
    found = [text for text in pages(written("pdf", "agreement-en")) if "# Item Quantity Amount" in text]
    assert len(found) == 3  # the last row goes with the signatures, which never stand on a page without text
    rows = [line for text in found for line in text.splitlines() if line.split()[0].isdigit() and "KRW" in line]
    assert [int(row.split()[0]) for row in rows] == list(range(1, 61))


def test_the_signature_blocks_stay_on_one_page() -> None:
    last = pages(written("pdf", "agreement-en"))[-1]
    assert last.count("Representative") == last.count("Signature") == 2


def test_a_letterhead_takes_the_place_of_the_running_header_on_the_first_page() -> None:
    header = f"{WORDS['en'].sender} · SWM-2026/0147-A"
    assert header not in pages(written("pdf", "letter-en"))[0]
    assert all(header in text for text in pages(written("pdf", "agreement-en")))


def test_outer_page_breaks_print_no_empty_sheet() -> None:
    blocks = (PageBreak(), *letter("en").blocks, PageBreak())
    assert len(pages(write(replace(letter("en"), blocks=blocks), STYLES))) == 1


def test_no_line_begins_within_a_korean_word() -> None:
    starts = {letters(word) for block in letter("ko").blocks for word in words_of(block).split()}
    lines = [line.split() for line in pages(written("pdf", "letter-ko"))[0].splitlines()]
    narrow = [words[0] for words in lines if words and len(words) > 1]
    assert {letters(word) for word in narrow} <= starts | {WORDS["ko"].page[0].strip()}


def words_of(block: Block) -> str:
    """All words of a block, a value and the particle after it as one word, each printed number as its own."""
    inner = block.blocks if isinstance(block, Clause) else (block,)
    labels = [item.label for item in inner if isinstance(item, NumberedItem)]
    return " ".join([*labels, *(plain(inlines) for inlines in block_inlines(block))])


@pytest.mark.parametrize(
    ("last", "text", "joined"),
    [
        ("", "한국 사람", "한|국 사|람"),
        ("5", "원을", "|원|을"),
        ("", "(주)는 12개월", "(주|)|는 12|개|월"),
        (" ", "는", "는"),
        ("s", " and words", " and words"),
    ],
)
def test_joiners_stand_within_korean_words_and_nowhere_else(last: str, text: str, joined: str) -> None:
    assert unbroken(last, text).replace("\u2060", "|") == joined


def test_persian_words_are_copied_as_they_are_written() -> None:
    found = letters("".join(pages(write(saying("پلاک سلام کالا بالاترین", "fa"), STYLES))))
    assert letters("پلاک سلام کالا بالاترین") in found


def test_a_phone_number_in_a_persian_line_is_not_turned_round() -> None:
    assert all("+82-2-123-4567" in text for text in pages(written("pdf", "letter-fa")))


def test_a_character_without_a_glyph_is_refused_with_its_name_and_field() -> None:
    with pytest.raises(OutputError) as caught:
        write(saying("漢字"), STYLES)
    first = caught.value.problems[0]
    assert first.place == Place("a", 7)
    assert 'no font has the character "字" (U+5B57 CJK UNIFIED IDEOGRAPH-5B57) of customer.name' in first.cause
    assert len(caught.value.problems) == 2


def test_a_letter_of_another_script_comes_from_the_fallback_font() -> None:
    assert letters("한빛전자") in letters("".join(pages(write(saying("한빛전자", "fa"), STYLES))))


def test_nothing_but_the_fonts_is_fetched(tmp_path: Path) -> None:
    from contractgen.writers.pdf_engine import render  # noqa: PLC0415

    secret = tmp_path / "secret.png"
    secret.write_bytes(b"no")
    for address in (secret.as_uri(), "http://127.0.0.1:9/a.png"):
        with pytest.raises(OutputError, match="asks for what it may not have"):
            render(f'<html lang="en"><img alt="" src="{address}"></html>', "", "", (), Place("test"))


def test_what_the_engine_complains_of_is_not_lost() -> None:
    from contractgen.writers.pdf_engine import render  # noqa: PLC0415

    with pytest.raises(OutputError, match=r"complains: .*colour"):
        render('<html lang="en"><title>a</title><p>a</p></html>', "", "p { colour: red }", (), Place("test"))


def test_a_page_that_is_not_well_formed_is_refused_and_not_repaired() -> None:
    from contractgen.writers.pdf_engine import render  # noqa: PLC0415

    with pytest.raises(OutputError, match="the page is not well formed"):
        render('<html lang="en"><title>a</title><p>a</html>', "", "", (), Place("test"))


def test_missing_libraries_are_named_with_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "contractgen.writers.pdf_engine", raising=False)
    monkeypatch.delattr("contractgen.writers.pdf_engine", raising=False)
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(OutputError, match="apt-get install libpango"):
        write(letter("en"), STYLES)


def test_a_language_without_fonts_is_a_fault_of_the_style_sheet() -> None:
    with pytest.raises(TemplateFault, match=r"add \[fonts.de\]"):
        write(replace(letter("en"), language="de"), STYLES)


def test_another_process_makes_the_same_bytes() -> None:
    code = (
        "import sys, hashlib; sys.path.insert(0, 'tests')\n"
        "from test_writers_conformance import written\n"
        "print(hashlib.sha256(written('pdf', 'agreement-fa')).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT / "src"), "TZ": "Asia/Seoul"}
    run = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT, env=environment
    )
    written("pdf", "letter-ko")  # this process has made other documents before
    assert run.stdout.strip() == hashlib.sha256(written("pdf", "agreement-fa")).hexdigest()


def test_a_sample_without_its_header_still_has_its_pages() -> None:
    assert len(pages(write(replace(agreement("fa"), header=()), STYLES))) == len(pages(written("pdf", "agreement-fa")))
