"""What a user may ask of a Word file: comments with reasons in a draft, locked controls; and what its styles are."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from openxml_audit import FileFormat, OpenXmlValidator  # type: ignore[import-untyped]

from contractgen import Generated, Refusal, generate
from contractgen.api import letter as letter_of
from contractgen.cli import main
from contractgen.errors import Exit, TemplateFault
from contractgen.explain_notes import clause_notes
from contractgen.selection import Filled
from contractgen.tree import Clause
from contractgen.writers.docx import write
from contractgen.writers.word_options import PLAIN, WordOptions
from helpers import LOCALES, ROOT, books
from writer_samples import SAMPLES, letter

CONTRACTS = ROOT / "fixtures" / "contracts"
RECORD = CONTRACTS / "siemens-late-renewal.yaml"
BARRED = CONTRACTS / "ayotex-rate-out-of-range.yaml"
BUILT_IN = {
    "BodyText": "Body Text", "Title": "Title", "Subtitle": "Subtitle", "Heading1": "heading 1", "Heading2": "heading 2",
    "Heading3": "heading 3", "ListNumber": "List Number", "ListNumber2": "List Number 2", "ListBullet": "List Bullet",
    "Caption": "caption", "Header": "header", "Footer": "footer", "TOCHeading": "TOC Heading", "TOC1": "toc 1",
    "TOC2": "toc 2", "CommentText": "annotation text", "CommentReference": "annotation reference",
    "Salutation": "Salutation", "Closing": "Closing",
}  # fmt: skip
"""Styles that every Word has: their ids and names."""


def made(locale: str, *, draft: bool = True) -> Generated:
    result = generate(RECORD, "quote", locale, "docx", draft=draft)
    assert isinstance(result, Generated)
    return result


def refused(locale: str) -> Generated:
    result = generate(BARRED, "quote", locale, "docx")
    assert isinstance(result, Refusal)
    return letter_of(result, locale, "docx", draft=True)


@pytest.fixture(scope="module")
def drafts() -> Mapping[str, Generated]:
    return {**{code: made(code) for code in LOCALES}, "letter": refused("fa")}


def part(content: bytes, name: str) -> Any:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return parse_xml(package.read(f"word/{name}.xml"))


def comments(content: bytes) -> dict[str, list[str]]:
    """Return the lines of each comment by its id."""
    return {
        comment.get(qn("w:id")): ["".join(text.text for text in line.iter(qn("w:t"))) for line in comment]
        for comment in part(content, "comments").iter(qn("w:comment"))
    }


@pytest.mark.parametrize("name", [*LOCALES, "letter"])
def test_a_draft_says_beside_each_clause_why_it_is_there_and_by_which_fact(
    name: str, drafts: Mapping[str, Generated], tmp_path: Path
) -> None:
    draft = drafts[name]
    said = comments(draft.content)
    body = part(draft.content, "document")
    clauses = [block for block in draft.document.blocks if isinstance(block, Clause)]
    controls = [control for control in body[0] if control.tag == qn("w:sdt")]
    assert len(said) == len(clauses) == len(controls) > 0
    for clause, control in zip(clauses, controls, strict=True):
        starts, ends, marks = (
            [item.get(qn("w:id")) for item in control.iter(qn(tag))]
            for tag in ("w:commentRangeStart", "w:commentRangeEnd", "w:commentReference")
        )
        assert starts == ends == marks
        first, *others = said[starts[0]]
        assert first == f"{clause.slot}/{clause.wording} stands here by {clause.row}."
        assert all(any(line.startswith(f"Source {cite}: ") for line in others) for cite in clause.cite)
        assert bool(clause.cite) != ("No fact of the source is cited for it." in others)
    path = tmp_path / "draft.docx"
    path.write_bytes(draft.content)
    assert [str(error) for error in OpenXmlValidator(file_format=FileFormat.MICROSOFT_365).validate(path).errors] == []


def test_a_reason_is_a_sentence_with_the_facts_of_this_contract(drafts: Mapping[str, Generated]) -> None:
    lines = [line for comment in comments(drafts["ko"].content).values() for line in comment]
    assert "Because document is quote (it would also be for renewal-notice)." in lines
    assert "Because lapse is within-limit." in lines
    assert any(line.startswith("Source SIE-32: On top comes a reinstatement fee of 25 %") for line in lines)
    told = [line for comment in comments(drafts["letter"].content).values() for line in comment]
    assert "It is refused because the rate of the package lies outside the range of the tariff." in told


def test_every_decision_has_a_note_and_furniture_has_none(drafts: Mapping[str, Generated]) -> None:
    chosen = drafts["ko"].selection
    named = {name for name, _ in clause_notes(chosen)}
    bodies = {pick.slot.name for pick in chosen.picks if isinstance(pick, Filled) and pick.slot.block == "clause"}
    assert named <= bodies
    assert "salutation" not in named


def test_comments_bear_the_documents_own_day_and_nothing_of_the_clock(drafts: Mapping[str, Generated]) -> None:
    for draft in drafts.values():
        found = list(part(draft.content, "comments").iter(qn("w:comment")))
        assert {item.get(qn("w:date")) for item in found} == {f"{draft.document.metadata.day.isoformat()}T00:00:00Z"}
        assert {item.get(qn("w:author")) for item in found} == {"contractgen"}
    assert made("fa").content == drafts["fa"].content


def test_a_file_that_is_no_draft_has_no_trace_of_comments() -> None:
    plain = made("ko", draft=False).content
    with zipfile.ZipFile(io.BytesIO(plain)) as package:
        assert "word/comments.xml" not in package.namelist()
        assert b"comment" not in package.read("word/document.xml")
        assert b"comments" not in package.read("[Content_Types].xml")


def test_libreoffice_shows_every_comment(drafts: Mapping[str, Generated], tmp_path: Path) -> None:
    (tmp_path / "draft.docx").write_bytes(drafts["fa"].content)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "fodt", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "draft.docx")], check=True, capture_output=True, timeout=120)
    root = ET.parse(tmp_path / "draft.fodt").getroot()  # noqa: S314  (made by LibreOffice from a file of ours)
    office, text = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "text"))
    shown = [["".join(line.itertext()) for line in note.iter(f"{text}p")] for note in root.iter(f"{office}annotation")]
    assert shown == list(comments(drafts["fa"].content).values())


def test_a_note_on_a_clause_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(TemplateFault, match='a note on "gone"'):
        write(letter("en"), books().styles(), WordOptions(notes=(("gone", ("lost",)),)))


@pytest.mark.parametrize("option", ["--draft", "--lock"])
def test_the_options_of_word_files_are_refused_for_other_formats(option: str, tmp_path: Path) -> None:
    for suffix, code in (("docx", Exit.OK), ("html", Exit.USAGE), ("pdf", Exit.USAGE)):
        out = tmp_path / f"quote.{suffix}"
        arguments = ["render", str(RECORD), "--type", "quote", "--locale", "en", "-o", str(out), option]
        result = CliRunner().invoke(main, arguments)
        assert (result.exit_code, out.exists()) == (code, code == Exit.OK)
        assert (f"{option}: only a Word file has" in result.stderr) == (code == Exit.USAGE)
    tag = {"--draft": "w:commentReference", "--lock": "w:lock"}[option]
    assert list(part((tmp_path / "quote.docx").read_bytes(), "document").iter(qn(tag)))


# ---------------------------------------------------------------------------------------------------------- styles


def test_what_word_has_a_style_for_bears_words_own_name() -> None:
    styles = part(write(SAMPLES["agreement-ko"](), books().styles()), "styles")
    named = {item.get(qn("w:styleId")): item.find(qn("w:name")).get(qn("w:val")) for item in styles.iter(qn("w:style"))}
    assert {name: named.get(name) for name in BUILT_IN} == BUILT_IN


def test_headings_of_clauses_stand_in_the_navigation_and_are_kept_with_their_text() -> None:
    styles = {item.get(qn("w:styleId")): item for item in part(made("ko").content, "styles").iter(qn("w:style"))}
    for name, level in (("Heading1", "0"), ("ClauseHeading", "1"), ("Heading3", "2")):
        assert next(styles[name].iter(qn("w:outlineLvl"))).get(qn("w:val")) == level
        assert next(styles[name].iter(qn("w:keepNext")), None) is not None
    assert next(styles["ClauseHeading"].iter(qn("w:basedOn"))).get(qn("w:val")) == "Heading2"
    assert not list(styles["TOCHeading"].iter(qn("w:outlineLvl"))), "the heading of the contents is no part of them"


def test_paragraphs_and_runs_carry_no_formatting_of_their_own(drafts: Mapping[str, Generated]) -> None:
    lines = {"pStyle", "keepNext", "pageBreakBefore", "numPr", "bidi"}
    for content in (
        *(draft.content for draft in drafts.values()),
        write(SAMPLES["agreement-fa"](), books().styles(), PLAIN),
    ):
        body = part(content, "document")
        used = {item.tag.rpartition("}")[2] for properties in body.iter(qn("w:pPr")) for item in properties}
        assert used <= lines
        letters = {item.tag.rpartition("}")[2] for properties in body.iter(qn("w:rPr")) for item in properties}
        assert letters <= {"rStyle", "rtl"}
        assert all(item.find(qn("w:pPr")) is not None for item in body.iter(qn("w:p")))


def test_every_field_of_a_body_is_ended_and_every_cell_has_a_paragraph(drafts: Mapping[str, Generated]) -> None:
    for draft in drafts.values():
        body = part(draft.content, "document")
        depth = 0
        for mark in body.iter(qn("w:fldChar")):
            depth += {"begin": 1, "separate": 0, "end": -1}[mark.get(qn("w:fldCharType"))]
            assert depth >= 0
        assert depth == 0
        assert all(cell[-1].tag == qn("w:p") for cell in body.iter(qn("w:tc")))
