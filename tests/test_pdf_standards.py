"""Each document by both engines is PDF/A-3a and PDF/UA-1 at once, and reads as it should: others say so, not we."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pikepdf
import pytest

from contractgen.api import compose, letter
from contractgen.attachments import JSON, Attachment
from contractgen.errors import Place
from contractgen.selection import Refusal, Selection
from contractgen.tree import (
    Block,
    Clause,
    Direction,
    Document,
    Paragraph,
    Text,
    Value,
    block_inlines,
    plain,
    values,
)
from contractgen.values import Cause, Kind, Origin
from contractgen.writers import engines, writer_for
from glyphs import bulges, even, glyphs, lines, shown, stands, visual, words
from helpers import LOCALES, books, contracts, decided, samples
from judges import PROFILES, fonts, qpdf, verapdf
from writer_samples import SAMPLES, WORDS

CHOSEN = {
    "sdd": "ayotex-standard-renewal",
    "renewal-notice": "siemens-late-renewal-leap-year",
    "withdrawal-ack": "siemens-withdrawal-late",
    "quote": "ayotex-premium-outside-tehran",
    "support-plan": "ibm-cso-commercial",
    "refusal": "siemens-late-beyond-limit",
}
CARRIED = (
    Attachment("z-record.json", JSON, '{"نام": "한빛", "a": "\\"#panic()\\" </script>"}'.encode(), "the record's data"),
    Attachment("a-seal.bin", "application/octet-stream", bytes(range(256)), "a seal"),
)


@dataclass(frozen=True)
class Judged:
    file: Path
    document: Document
    verdicts: dict[str, str]


def document(kind: str, locale: str) -> Document:
    sample = next(one for one in samples() if one.name == CHOSEN[kind] and kind in {one.document, "refusal"})
    chosen = decided(sample)
    if isinstance(chosen, Refusal):
        return letter(chosen, locale, "html").document
    assert isinstance(chosen, Selection)
    assert contracts()[sample.name] is sample.contract
    return compose(chosen, locale, books())


def all_documents() -> Iterator[tuple[str, Document]]:
    for locale in LOCALES:
        for kind in CHOSEN:
            yield f"{kind}.{locale}", replace(document(kind, locale), attachments=CARRIED)
    yield "every-node.fa", SAMPLES["agreement-fa"]()


NAMES = [*(f"{kind}.{locale}" for locale in LOCALES for kind in CHOSEN), "every-node.fa"]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Judged]:
    folder = tmp_path_factory.mktemp("pdf")
    found: dict[tuple[str, str], tuple[Path, Document]] = {}
    for name, made in all_documents():
        for engine in engines("pdf"):
            file = folder / f"{name}.{engine}.pdf"
            file.write_bytes(writer_for("pdf", engine).write(made, books().styles()))
            found[name, engine] = file, made
    verdicts = verapdf([file for file, _ in found.values()])
    return {
        key: Judged(file, made, {profile: verdicts[profile, str(file)] for profile in PROFILES})
        for key, (file, made) in found.items()
    }


Files = dict[tuple[str, str], Judged]
each = pytest.mark.parametrize(("name", "engine"), [(name, engine) for name in NAMES for engine in engines("pdf")])


@each
def test_a_document_is_pdf_a_3a_and_pdf_ua_1(judged: Files, name: str, engine: str) -> None:
    assert judged[name, engine].verdicts == {"3a": "ok", "ua1": "ok"}


@each
def test_its_syntax_is_clean_and_its_fonts_are_embedded_cut_and_readable(judged: Files, name: str, engine: str) -> None:
    file = judged[name, engine].file
    assert qpdf(file) == ""
    assert fonts(file) == []


def test_the_judge_finds_fault_with_a_file_that_is_not_to_standard(judged: Files, tmp_path: Path) -> None:
    with pikepdf.open(judged["sdd.en", "weasyprint"].file) as pdf:
        del pdf.Root.Metadata
        del pdf.Root.StructTreeRoot
        pdf.save(tmp_path / "bare.pdf")
    said = verapdf([tmp_path / "bare.pdf"])
    assert all(verdict.startswith(("6.", "5-", "7.")) for verdict in said.values())
    assert len(said) == len(PROFILES)


@each
def test_what_a_document_carries_comes_out_as_it_went_in_and_is_its_data(judged: Files, name: str, engine: str) -> None:
    one = judged[name, engine]
    with pikepdf.open(one.file) as pdf:
        listed = list(pdf.Root.get("/AF", []))
        names = [str(item.UF) for item in listed]
        assert sorted(names) == sorted(carried.name for carried in one.document.attachments)
        assert sorted(pdf.attachments) == sorted(names)
        for carried in one.document.attachments:
            spec = next(item for item in listed if str(item.UF) == carried.name)
            assert str(spec.AFRelationship) == "/Data"
            assert str(spec.Desc) == carried.description
            assert str(spec.EF.F.Subtype) == f"/{carried.media_type}"
            assert spec.EF.F.read_bytes() == carried.content


def structure(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    root = pdf.Root.StructTreeRoot.K
    return list(below(root[0] if isinstance(root, pikepdf.Array) else root))


def below(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    yield element
    kids: Any = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield from below(kid)


@each
def test_the_tags_tell_headings_lists_and_tables_with_their_heading_cells(
    judged: Files, name: str, engine: str
) -> None:
    one = judged[name, engine]
    with pikepdf.open(one.file) as pdf:
        tags = structure(pdf)
        kinds = {str(tag.S) for tag in tags}
        scopes = {str(tag.A[0].Scope if isinstance(tag.A, pikepdf.Array) else tag.A.Scope) for tag in tags
                  if str(tag.S) == "/TH"}  # fmt: skip
        assert str(pdf.Root.Lang).startswith(one.document.language)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert str(pdf.docinfo["/Title"]) == one.document.metadata.title
        with pdf.open_outline() as outline:
            assert outline.root
    assert "/P" in kinds
    assert kinds & {"/H1", "/H2"}
    if name.startswith(("sdd", "every-node")):
        assert {"/H1", "/H2", "/L", "/LI", "/LBody", "/Table", "/TR", "/TH", "/TD"} <= kinds
        assert "/Column" in scopes


@pytest.mark.parametrize("engine", engines("pdf"))
def test_a_name_in_another_language_says_which(engine: str, tmp_path: Path) -> None:
    sample = next(one for one in samples() if one.name == "ibm-cso-commercial" and one.document == "renewal-notice")
    chosen = decided(sample)
    assert isinstance(chosen, Selection)
    made = compose(chosen, "ko", books())
    file = tmp_path / "a.pdf"
    file.write_bytes(writer_for("pdf", engine).write(made, books().styles()))
    with pikepdf.open(file) as pdf:
        said = {str(tag.Lang) for tag in structure(pdf) if "/Lang" in tag}
        said |= {"en" for page in pdf.pages if b"/Lang(en)" in page.Contents.read_bytes()}
    assert said == {"en"}


@pytest.mark.parametrize("engine", engines("pdf"))
def test_attachments_do_not_change_what_is_seen(judged: Files, engine: str, tmp_path: Path) -> None:
    one = judged["refusal.fa", engine]
    bare = tmp_path / "bare.pdf"
    bare.write_bytes(writer_for("pdf", engine).write(replace(one.document, attachments=()), books().styles()))
    texts = [
        subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True).stdout
        for file in (bare, one.file)
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("engine", engines("pdf"))
def test_a_document_with_attachments_is_the_same_bytes_each_time(judged: Files, engine: str) -> None:
    one = judged["refusal.fa", engine]
    assert writer_for("pdf", engine).write(one.document, books().styles()) == one.file.read_bytes()


HARD = (
    ("+98-21-8888-1234", "ltr", Kind.PHONE),
    ("+82 2 123 4567", "ltr", Kind.PHONE),
    ("2026-03-02", "ltr", Kind.CODE),
    ("KRX-2031/0999-K", "ltr", Kind.CODE),
    ("NX30124.B-7", "ltr", Kind.CODE),
    ("renewal.team@example.co.kr", "ltr", Kind.EMAIL),
    ("https://www.example.com/a/b?c=1", "ltr", Kind.URL),
    ("10–20 %", "ltr", Kind.TEXT),
    ("۱۰–۲۰٪", "ltr", Kind.PERCENT),
    ("IBM Korea (شعبه تهران)", "ltr", Kind.NAME),
    ("شرکت نمونه (IBM Korea) تهران", "rtl", Kind.NAME),
    ("R&D <Seoul> # 1. *Acme*", "ltr", Kind.NAME),
    ("\u200e−۱٬۲۵۰٬۰۰۰ ریال", "rtl", Kind.MONEY),
    ("\u200e−۱۲٫۵ دلار", "rtl", Kind.MONEY),
    ("Maintenance Enhancement & Support Premium Option for NX Mach 3 Product Design, release 12", "ltr", Kind.NAME),
)
"""Values that turn round in a Persian line where nobody takes care."""


def hard(language: str) -> Document:
    cause = Cause(Origin.CONTRACT, "customer.name", Place("a", 7))
    around = WORDS[language].body[0]
    made: list[Block] = []
    for text, direction, kind in HARD:
        value = Value(text, "customer.name", kind, text, cast("Direction", direction), cause)
        made.append(Paragraph((Text(around), value, Text(f". {around}"))))
        made.append(Paragraph((Text(f"{around} ("), value, Text(") "), value)))
    return replace(SAMPLES[f"letter-{language}"](), blocks=tuple(made))


@pytest.mark.parametrize("engine", engines("pdf"))
@pytest.mark.parametrize("language", LOCALES)
def test_every_value_that_could_turn_round_stands_in_its_own_order(engine: str, language: str) -> None:
    page = [shown(line) for line in lines(writer_for("pdf", engine).write(hard(language), books().styles()))]
    assert [text for text, direction, _ in HARD if not stands(text, direction, page)] == []
    whole = "".join(page)
    for text, direction, _ in HARD[:5]:
        assert whole.count(visual(text, direction)) == 3


@pytest.mark.parametrize("engine", engines("pdf"))
def test_brackets_open_to_what_they_hold(engine: str) -> None:
    content = writer_for("pdf", engine).write(hard("fa"), books().styles())
    named = [line for line in lines(content) if "IBM" in shown(line)]
    for line in named[:3]:
        drawn = "".join(bulges(content, glyph) for glyph in line if glyph.text in "()")
        assert drawn.replace("()", "").replace("()", "") == ""


@pytest.mark.parametrize("engine", engines("pdf"))
@pytest.mark.parametrize("kind", CHOSEN)
def test_every_value_of_a_persian_document_stands_in_its_own_order(judged: Files, kind: str, engine: str) -> None:
    one = judged[f"{kind}.fa", engine]
    page = [shown(line) for line in lines(one.file.read_bytes())]
    assert [value.text for value in values(one.document) if not stands(value.text, value.direction, page)] == []


@pytest.mark.parametrize("engine", engines("pdf"))
@pytest.mark.parametrize("kind", CHOSEN)
def test_no_korean_word_is_split_at_the_end_of_a_line(judged: Files, kind: str, engine: str) -> None:
    one = judged[f"{kind}.ko", engine]
    runs = [inlines for block in one.document.blocks for inlines in block_inlines(block)]
    runs += [one.document.header, one.document.footer]
    labels = [block.label for block in one.document.blocks if isinstance(block, Clause)]
    known = {even(word) for text in [*map(plain, runs), *labels] for word in text.split()}
    found = [even(word) for line in lines(one.file.read_bytes()) for word in words(line)]
    assert len(found) > 20
    assert [word for word in found if re.search("[가-힣]", word) and word not in known] == []


@pytest.mark.parametrize("engine", engines("pdf"))
def test_what_is_copied_holds_no_joiner_and_no_direction_mark_of_ours(judged: Files, engine: str) -> None:
    for name in ("sdd.ko", "sdd.fa", "quote.fa"):
        copied = "".join(glyph.text for glyph in glyphs(judged[name, engine].file.read_bytes()))
        assert not set(copied) & set("\u2060\u2066\u2067\u2068\u2069\u202a\u202b\u202c")
