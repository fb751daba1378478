"""Each document in each language by both engines is PDF/A-3a and PDF/UA-1 at once: veraPDF, qpdf and poppler say so."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pikepdf
import pytest

from contractgen.api import compose, letter
from contractgen.attachments import JSON, Attachment
from contractgen.selection import Refusal, Selection
from contractgen.tree import Document
from contractgen.writers import engines, writer_for
from helpers import LOCALES, books, contracts, decided, samples
from judges import PROFILES, fonts, qpdf, verapdf
from writer_samples import SAMPLES

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
        listed = list(pdf.Root.get("/AF", []))  # type: ignore[call-overload]
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
    return list(below(root[0] if isinstance(root, pikepdf.Array) else root))  # type: ignore[call-overload]


def below(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    yield element
    kids = element.get("/K", [])
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
