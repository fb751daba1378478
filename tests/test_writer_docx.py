"""The Word writer, judged by openxml-audit, LibreOffice, poppler and python-docx, and by what none of them sees."""

from __future__ import annotations

import io
import re
import subprocess
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pypdfium2  # type: ignore[import-untyped]
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.text.run import Run
from hypothesis import given
from hypothesis import strategies as st
from openxml_audit import FileFormat, OpenXmlValidator  # type: ignore[import-untyped]

from contractgen.errors import ContractgenError, OutputError, TemplateFault
from contractgen.styles import Styles, load_styles
from contractgen.tree import (
    Block,
    Clause,
    Column,
    Document,
    Emphasis,
    Heading,
    Inlines,
    Paragraph,
    Reference,
    Row,
    Strong,
    Table,
    Text,
    Value,
    block_inlines,
    plain,
    values,
)
from contractgen.values import Kind
from contractgen.writers._word_xml import segments, text_run
from contractgen.writers.docx import write
from contractgen.writers.word_options import WordOptions
from contractgen.writers.word_tags import LONGEST, tag_of
from writer_samples import SAMPLES, Builder, agreement, letter

HOUSE = Path(__file__).parent.parent / "templates" / "styles" / "house.toml"
MARKS = re.compile("[\u200b-\u200f\u2060-\u2069\xad\ufeff]")
LEGAL = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufffe\uffff")


@pytest.fixture(scope="module")
def house() -> Styles:
    return load_styles(HOUSE)


@pytest.fixture(scope="module")
def files(house: Styles) -> dict[str, bytes]:
    return {name: write(make(), house) for name, make in SAMPLES.items()}


def part(content: bytes, name: str = "word/document.xml") -> Any:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return parse_xml(package.read(name))


def running_parts(content: bytes) -> list[str]:
    """Name the parts that stand at the head and foot of pages."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [name for name in package.namelist() if re.search(r"word/(header|footer)\d", name)]


def body_of(blocks: tuple[Block, ...], house: Styles, language: str = "en") -> Any:
    return part(write(replace(letter(language), blocks=blocks), house))


def paragraphs(root: Any) -> list[str]:
    return ["".join(_shown(item)) for item in root.iter(qn("w:p"))]


def _shown(paragraph: Any) -> Iterator[str]:
    """Yield what each run shows; python-docx's own text leaves content controls out."""
    for run in paragraph.iter(qn("w:r")):
        yield Run(run, None).text  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_clean_under_openxml_audit(name: str, files: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "sample.docx"
    path.write_bytes(files[name])
    result = OpenXmlValidator(file_format=FileFormat.MICROSOFT_365).validate(path)
    assert [str(error) for error in result.errors] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_what_validators_miss_is_whole(name: str, files: dict[str, bytes]) -> None:
    root = part(files[name])
    names = [item.get(qn("w:name")) for item in root.iter(qn("w:bookmarkStart"))]
    assert len({bookmark.casefold() for bookmark in names}) == len(names) > 0
    assert all(re.fullmatch("[A-Za-z][A-Za-z0-9_]{0,39}", bookmark) for bookmark in names)
    starts = [item.get(qn("w:id")) for item in root.iter(qn("w:bookmarkStart"))]
    assert sorted(starts) == sorted({item.get(qn("w:id")) for item in root.iter(qn("w:bookmarkEnd"))})
    assert {item.get(qn("w:anchor")) for item in root.iter(qn("w:hyperlink"))} <= set(names)
    assert all(cell[-1].tag == qn("w:p") for cell in root.iter(qn("w:tc")))
    tables = list(root.iter(qn("w:tbl")))
    assert all(table.getnext().tag == qn("w:p") for table in tables), "Word would join two neighbouring tables"
    known = {style.get(qn("w:styleId")) for style in part(files[name], "word/styles.xml").iter(qn("w:style"))}
    controls = list(root.iter(qn("w:sdt")))
    for entry in running_parts(files[name]):
        controls += part(files[name], entry).iter(qn("w:sdt"))
    ids = [next(item.iter(qn("w:id"))).get(qn("w:val")) for item in controls]
    assert len(set(ids)) == len(ids) > 0
    assert all(len(item.get(qn("w:val"))) <= LONGEST for control in controls for item in control.iter(qn("w:tag")))
    for tag in ("w:pStyle", "w:rStyle", "w:tblStyle"):
        assert {item.get(qn("w:val")) for item in root.iter(qn(tag))} <= known
    for entry in running_parts(files[name]):
        marks = [item.get(qn("w:fldCharType")) for item in part(files[name], entry).iter(qn("w:fldChar"))]
        assert marks == ["begin", "separate", "end"] * (len(marks) // 3)


@pytest.mark.parametrize("name", SAMPLES)
def test_python_docx_reads_back_every_word_and_every_value_in_a_run_of_its_own(
    name: str, files: dict[str, bytes]
) -> None:
    document = SAMPLES[name]()
    expected = Counter(plain(inlines) for block in document.blocks for inlines in block_inlines(block))
    root = part(files[name])
    # a label and its tab stand before the words of a clause or an item
    found = Counter(MARKS.sub("", text).rpartition("\t")[2] for text in paragraphs(root))
    missing = {text: count for text, count in expected.items() if found[MARKS.sub("", text)] < count and text}
    assert missing == {}
    runs = Counter("".join(text.text for text in run.iter(qn("w:t"))) for run in root.iter(qn("w:r")))
    assert Counter(value.text for value in values(document)) <= runs


def test_equal_documents_give_equal_bytes_and_no_clock_is_read(house: Styles, files: dict[str, bytes]) -> None:
    for name, make in SAMPLES.items():
        assert write(make(), house) == files[name]
        with zipfile.ZipFile(io.BytesIO(files[name])) as package:
            assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert package.namelist() == sorted(package.namelist())
        properties = docx.Document(io.BytesIO(files[name])).core_properties
        meta = make().metadata
        assert properties.created == properties.modified
        assert properties.created is not None
        assert properties.created.date() == meta.day
        assert (properties.title, properties.author, properties.subject) == (meta.title, meta.author, meta.subject)


def test_libreoffice_loses_no_word(files: dict[str, bytes], tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / f"{name}.docx").write_bytes(content)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    sources = [str(tmp_path / f"{name}.docx") for name in files]
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *sources]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    for name, make in SAMPLES.items():
        pdf = pypdfium2.PdfDocument(tmp_path / f"{name}.pdf")
        shown = _letters("".join(page.get_textpage().get_text_range() for page in pdf))
        document = make()
        words = {word for block in document.blocks for text in block_inlines(block) for word in plain(text).split()}
        lost = {word for word in words if not _has(shown, word, document)}
        assert lost == set(), name
        pdf.close()


def _has(shown: str, word: str, document: Document) -> bool:
    """In a right-to-left line a PDF may give stops, and the ligature of lam and alef, in the order of the eye."""
    letters = _letters(word)
    if document.direction == "ltr" or letters in shown:
        return letters in shown
    shown, letters = (text.replace("لا", "ال") for text in (shown, letters))
    return all(piece in shown for piece in re.split(r"\W+", letters))


def _letters(text: str) -> str:
    return re.sub(r"\s", "", MARKS.sub("", unicodedata.normalize("NFKC", text)))


def test_a_persian_document_is_marked_right_to_left_at_every_level(files: dict[str, bytes]) -> None:
    content = files["agreement-fa"]
    root = part(content)
    assert all(item.find(qn("w:pPr")).find(qn("w:bidi")) is not None for item in root.iter(qn("w:p")))
    assert all(item.find(qn("w:tblPr")).find(qn("w:bidiVisual")) is not None for item in root.iter(qn("w:tbl")))
    assert next(root.iter(qn("w:sectPr"))).find(qn("w:bidi")) is not None
    styles = part(content, "word/styles.xml")
    named = [item for item in styles.iter(qn("w:style")) if item.get(qn("w:type")) == "paragraph"]
    named = [item for item in named if item.get(qn("w:styleId")) != "CommentText"]  # comments are English
    assert all(item.find(qn("w:pPr")).find(qn("w:bidi")) is not None for item in named)
    for style in styles.iter(qn("w:rPr")):
        for latin, complex_script in (("w:b", "w:bCs"), ("w:i", "w:iCs"), ("w:sz", "w:szCs")):
            assert (style.find(qn(latin)) is None) == (style.find(qn(complex_script)) is None)
    for run in root.iter(qn("w:r")):
        text = MARKS.sub("", "".join(item.text for item in run.iter(qn("w:t"))))
        is_persian = any(unicodedata.bidirectional(char) == "AL" for char in text)
        properties = run.find(qn("w:rPr"))
        is_marked = properties is not None and properties.find(qn("w:rtl")) is not None
        if is_persian:
            assert is_marked, text
        elif re.search("[A-Za-z]", text):
            assert not is_marked, text


def test_a_phone_number_in_a_persian_line_is_enclosed_by_marks_and_stays_clean_itself(house: Styles) -> None:
    build = Builder("fa")
    root = body_of((Paragraph((Text("تلفن "), build.phone(), Text(" است"))),), house, "fa")
    texts = ["".join(item.text for item in run.iter(qn("w:t"))) for run in root.iter(qn("w:r"))]
    assert texts == ["تلفن ", "\u200f\u200e", "+82-2-123-4567", "\u200e\u200f", " است"]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_documents_from_left_to_right_carry_no_hidden_marks(language: str, files: dict[str, bytes]) -> None:
    for kind in ("letter", "agreement"):
        assert not MARKS.search("".join(paragraphs(part(files[f"{kind}-{language}"]))))


def test_tables_repeat_their_header_keep_rows_whole_and_fill_the_text_width(files: dict[str, bytes]) -> None:
    for content in files.values():
        root = part(content)
        page, margins = (next(root.iter(qn(tag))) for tag in ("w:pgSz", "w:pgMar"))
        width = int(page.get(qn("w:w"))) - int(margins.get(qn("w:left"))) - int(margins.get(qn("w:right")))
        for table in root.iter(qn("w:tbl")):
            rows = list(table.iter(qn("w:tr")))
            assert all(next(row.iter(qn("w:cantSplit")), None) is not None for row in rows)
            assert abs(sum(int(column.get(qn("w:w"))) for column in table.iter(qn("w:gridCol"))) - width) <= 2
            if next(table.iter(qn("w:tblStyle"))).get(qn("w:val")) == "ContractTable":
                repeated = [next(row.iter(qn("w:tblHeader")), None) is not None for row in rows]
                assert repeated == [True] + [False] * (len(rows) - 1)


def test_only_a_document_with_a_letterhead_has_another_first_page(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        section = docx.Document(io.BytesIO(content)).sections[0]
        assert section.different_first_page_header_footer == name.startswith("letter")
        if name.startswith("letter"):
            assert section.first_page_header.paragraphs[0].text == ""
            first, other = section.first_page_footer.part.element, section.footer.part.element
            assert [item.text for item in first.iter(qn("w:t"))] == [item.text for item in other.iter(qn("w:t"))]


def test_fonts_and_language_marks_cover_all_three_scripts(house: Styles, files: dict[str, bytes]) -> None:
    for language in ("ko", "fa", "en"):
        styles = part(files[f"letter-{language}"], "word/styles.xml")
        fonts = next(styles.iter(qn("w:rFonts")))
        assert fonts.get(qn("w:eastAsia")) == house.fonts[language].word_east_asia
        assert fonts.get(qn("w:cs")) == house.fonts[language].word_complex
        marks = next(styles.iter(qn("w:lang")))
        assert [marks.get(qn(f"w:{name}")) for name in ("val", "eastAsia", "bidi")] == ["en-US", "ko-KR", "fa-IR"]


def test_long_and_similar_anchors_get_bookmark_names_of_their_own(house: Styles) -> None:
    names = ("a" * 50, "a" * 51, "Fees", "fees", "요금", "비용", "9-lives")
    root = body_of(tuple(Heading((Text(name),), 1, name) for name in names), house)
    found = [item.get(qn("w:name")) for item in root.iter(qn("w:bookmarkStart"))]
    assert len({name.casefold() for name in found}) == len(names)
    assert all(re.fullmatch("[A-Za-z][A-Za-z0-9_]{0,39}", name) for name in found)


def test_a_page_break_goes_with_the_block_behind_it(files: dict[str, bytes]) -> None:
    breaks = list(part(files["agreement-en"]).iter(qn("w:pageBreakBefore")))
    assert len(breaks) == 1
    assert breaks[0].getparent().find(qn("w:pStyle")).get(qn("w:val")) == "Heading1"


def test_strong_and_emphasis_nest_by_named_styles(house: Styles) -> None:
    root = body_of((Paragraph((Strong((Text("a"), Emphasis((Text("b"),)))), Emphasis((Text("c"),)))),), house)
    assert [item.get(qn("w:val")) for item in root.iter(qn("w:rStyle"))] == ["Strong", "StrongEmphasis", "Emphasis"]


@pytest.mark.parametrize(
    ("blocks", "error", "cause"),
    [
        ((Paragraph((Reference("gone", "5."),)),), TemplateFault, 'refers to "gone"'),
        ((Heading((Text("a"),), 1, "a"), Paragraph((Reference("a"),))), TemplateFault, "shows nothing"),
        (
            (Heading((Text("a"),), 1, "a"), Clause("s", "w", (), (), "a")),
            TemplateFault,
            'two blocks have the anchor "a"',
        ),
        ((Table((Column(), Column()), (Row(((Text("a"),),)),)),), TemplateFault, "1 cells for 2 columns"),
        ((Table((), ()),), TemplateFault, "no rows"),
        ((Heading((Text("a"),), 4),), TemplateFault, 'no style "heading-4"'),
        ((Paragraph((Text("bell \x07"),)),), OutputError, "U+0007"),
        ((Paragraph((Text("half \ud800"),)),), OutputError, "U+D800"),
    ],
)
def test_what_cannot_be_written_is_refused_with_cause_and_repair(
    blocks: tuple[Block, ...], error: type[ContractgenError], cause: str, house: Styles
) -> None:
    with pytest.raises(error) as caught:
        body_of(blocks, house)
    assert cause in caught.value.problems[0].cause
    assert caught.value.problems[0].repair


def test_a_language_without_fonts_is_refused(house: Styles) -> None:
    with pytest.raises(TemplateFault, match='no fonts for language "en"'):
        write(agreement("en"), replace(house, fonts={"ko": house.fonts["ko"]}))


@given(st.text(LEGAL | st.sampled_from("اب۱۲ abc12 -()،.한")), st.sampled_from(["ltr", "rtl"]))
def test_splitting_by_direction_loses_nothing_and_never_cuts_needlessly(text: str, base: Any) -> None:
    parts = segments(text, base)
    assert "".join(piece for piece, _ in parts) == text
    assert all(piece for piece, _ in parts)
    assert all(one[1] != other[1] for one, other in pairwise(parts))


@given(st.text(LEGAL | st.sampled_from("\n\t ")))
def test_text_of_a_run_reads_back_as_it_was(text: str) -> None:
    assert Run(text_run(text, "ltr"), None).text == text  # type: ignore[arg-type]


def controls_of(root: Any) -> list[tuple[str, str, str]]:
    """Return tag, title and text of each content control, in reading order."""
    found = []
    for control in root.iter(qn("w:sdt")):
        properties, content = control
        if properties.find(qn("w:tag")) is None:
            continue  # the list of contents
        title, tag = (properties.find(qn(name)).get(qn("w:val")) for name in ("w:alias", "w:tag"))
        found.append((tag, title, "\n".join("".join(_shown(item)) for item in _holders(content))))
    return found


def _holders(content: Any) -> list[Any]:
    """Return the paragraphs of a control, or the control itself where it stands within one."""
    return list(content.iter(qn("w:p"))) or [content]


@pytest.mark.parametrize("name", SAMPLES)
def test_each_clause_and_each_value_is_a_content_control_that_holds_exactly_it(
    name: str, files: dict[str, bytes]
) -> None:
    document = SAMPLES[name]()
    root = part(files[name])
    clauses = [item for item in root.iter(qn("w:sdt")) if item.getparent().tag == qn("w:body")]
    expected = [block for block in document.blocks if isinstance(block, Clause)]
    tags = [f"{clause.slot}/{clause.wording}/{clause.revision}" for clause in expected]
    titles = [plain(clause.heading) or clause.slot for clause in expected]
    assert [(tag, title) for tag, title, _ in controls_of(root) if "/" in tag] == list(zip(tags, titles, strict=True))
    for control, clause in zip(clauses, expected, strict=True):
        found = MARKS.sub("", "".join(paragraphs(control)))
        assert all(MARKS.sub("", plain(inlines)) in found for inlines in block_inlines(clause))
    kept = Counter((value.field, value.text) for value in values(document))  # a table of signatures reads across
    assert Counter((tag, text) for tag, _, text in controls_of(root) if "/" not in tag) == kept
    header = part(files[name], "word/header1.xml")
    shown = [(inline.field, inline.text) for inline in document.header if isinstance(inline, Value)]
    assert [(tag, text) for tag, _, text in controls_of(header)] == shown


def test_controls_are_locked_only_where_that_is_asked_for(house: Styles, files: dict[str, bytes]) -> None:
    assert not list(part(files["agreement-ko"]).iter(qn("w:lock")))
    root = part(write(agreement("ko"), house, WordOptions(locked=True)))
    assert {item.get(qn("w:val")) for item in root.iter(qn("w:lock"))} == {"sdtContentLocked"}
    assert len(list(root.iter(qn("w:lock")))) == len(list(root.iter(qn("w:tag"))))


def test_a_clause_within_a_clause_and_a_value_of_two_lines_have_controls_too(house: Styles) -> None:
    lines = Builder("en").value("Acme\nSeoul", "customer.name", Kind.NAME)
    inner = Clause("inner", "plain", (Text("Inner "), lines), (Paragraph((Strong((lines,)),)),))
    root = body_of((Clause("outer", "plain", (), (Paragraph((lines,)), inner)),), house)
    assert [tag for tag, _, _ in controls_of(root)] == [
        "outer/plain/1", "customer.name", "inner/plain/1", "customer.name", "customer.name",
    ]  # fmt: skip
    assert controls_of(root)[2][1:] == ("Inner Acme Seoul", "Inner Acme\nSeoul\nAcme\nSeoul")
    assert [item.get(qn("w:multiLine")) for item in root.iter(qn("w:text"))] == ["1"] * 3


@given(st.text(LEGAL), st.text(LEGAL))
def test_a_tag_is_short_enough_for_word_and_tells_names_apart(one: str, other: str) -> None:
    tag = tag_of(one * 20)
    assert len(tag) <= LONGEST
    assert (tag == one * 20) == (len(one * 20) <= LONGEST)
    assert (tag == tag_of(other * 20)) == (one * 20 == other * 20)


def test_markup_in_a_value_stays_words(house: Styles) -> None:
    inlines: Inlines = (Text("<w:p/> &amp; "), Builder("en").hard())
    assert paragraphs(body_of((Paragraph(inlines),), house))[0] == "<w:p/> &amp; R&D <Seoul> # 1. *Acme*"
