"""What a Word file counts itself: numbers of clauses and items, references and contents say just what the tree says."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from contractgen.api import compose
from contractgen.numbering import first_labels, number
from contractgen.parity_read import read_docx
from contractgen.refusals import letter_of
from contractgen.selection import Refusal
from contractgen.tree import Block, Clause, Document, Heading, NumberedItem, Paragraph, Text, block_inlines, plain
from contractgen.writers._word_numbering import level_of
from contractgen.writers.docx import write
from helpers import LOCALES, Sample, books, composed, decided, issued, refused
from writer_samples import agreement, letter

MARKS = re.compile("[\u200b-\u200f\u2060-\u2069\xad\ufeff]")
REFERENCES = "siemens-renewal-on-time"
"""A contract whose service description refers to clauses by number."""


def chosen_samples() -> list[Sample]:
    """Return one document of each type, and the one that has references."""
    found = {sample.document: sample for sample in issued()}
    found["references"] = next(one for one in issued() if (one.name, one.document) == (REFERENCES, "sdd"))
    return list(found.values())


CASES = [(sample, locale) for sample in chosen_samples() for locale in LOCALES]


def name_of(sample: Sample, locale: str) -> str:
    return f"{sample.name}.{sample.document}.{locale}"


def letters_of_refusal() -> dict[str, Document]:
    """Return one letter in each language: its headings have no numbers."""
    barred = decided(refused()[0])
    assert isinstance(barred, Refusal)
    return {f"refusal.{code}": compose(letter_of(barred, books()), code, books()) for code in LOCALES}


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    return {name_of(*case): write(composed(*case), books().styles()) for case in CASES}


def changed(content: bytes, change: Any) -> bytes:
    """Return a Word file whose body has been changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["word/document.xml"] = change(parts["word/document.xml"].decode()).encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return made.getvalue()


def body_of(content: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return parse_xml(package.read("word/document.xml"))


def converted(files: Mapping[str, bytes], folder: Path, kind: str) -> dict[str, bytes]:
    """Return what LibreOffice makes of each file; it counts the lists, and lays out pages with updated references."""
    for name, content in files.items():
        (folder / f"{name}.docx").write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    sources = [str(folder / f"{name}.docx") for name in files]
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(folder), *sources]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return {name: (folder / f"{name}.{kind[:3]}").read_bytes() for name in files}


def text_of_pdf(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as pdf:
        pages = (page.get_textpage().get_text_range() for page in pdf)
        return squeezed("".join(pages))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", MARKS.sub("", text))


def lines_of(blocks: tuple[Block, ...]) -> list[str]:
    """Return every line that a reader must find: labels stand before the words."""
    found: list[str] = []
    for block in blocks:
        match block:
            case Clause():
                found += [f"{block.label} {plain(block.heading)}", *lines_of(block.blocks)]
            case NumberedItem():
                found.append(f"{block.label} {plain(block.inlines)}")
            case _:
                found += [plain(inlines) for inlines in block_inlines(block)]
    return [line for text in found for line in text.split("\n") if line.strip()]


def test_libreoffice_counts_clauses_and_items_as_the_tree_does(files: Mapping[str, bytes], tmp_path: Path) -> None:
    documents = {name_of(*case): composed(*case) for case in CASES} | letters_of_refusal()
    more = {name: write(document, books().styles()) for name, document in letters_of_refusal().items()}
    made = converted({**files, **more}, tmp_path, "txt:Text (encoded):UTF8")
    for name, document in documents.items():
        found = Counter(squeezed(line).lstrip("•–·") for line in made[name].decode("utf-8-sig").splitlines())
        expected = Counter(squeezed(line) for line in lines_of(document.blocks))
        assert {line: count for line, count in expected.items() if found[line] < count} == {}, name


def test_references_that_are_updated_say_what_the_tree_says_and_follow_an_inserted_clause(
    files: Mapping[str, bytes], tmp_path: Path
) -> None:
    stored = r'(instrText[^>]*> REF .*?"separate"/></w:r><w:r>(?:<w:rPr>.*?</w:rPr>)?<w:t>)[^<]*(</w:t>)'
    tried = {}
    for locale in LOCALES:
        content = files[f"{REFERENCES}.sdd.{locale}"]
        tried[f"true-{locale}"] = content
        tried[f"wrong-{locale}"] = changed(content, lambda xml: re.sub(stored, r"\1WRONG\2", xml))
        tried[f"longer-{locale}"] = changed(content, inserted)
    assert "WRONG" in "".join(text.text for text in body_of(tried["wrong-fa"]).iter(qn("w:t")))
    shown = {name: text_of_pdf(content) for name, content in converted(tried, tmp_path, "pdf").items()}
    for locale in LOCALES:
        assert shown[f"wrong-{locale}"] == shown[f"true-{locale}"]
    assert "제13조에따라" in shown["true-ko"]
    assert "underclause13at" in shown["true-en"]
    assert shown["true-fa"].count("۱۳") >= 3  # in the contents, above the clause, and where it is referred to
    for words in ("제3조InsertedClauseHeading", "①InsertedListNumber②InsertedListNumber", "제14조에따라"):
        assert words in shown["longer-ko"]
    for words in ("3.InsertedClauseHeading", "(a)InsertedListNumber(b)InsertedListNumber", "underclause14at"):
        assert words in shown["longer-en"]


def inserted(xml: str) -> str:
    """Put a clause before the third, as a lawyer does who knows Word: paragraphs in styles, and no number typed."""
    paragraphs = (
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>Inserted {style}</w:t></w:r></w:p>'
        for style in ("ClauseHeading", "BodyText", "ListNumber", "ListNumber")
    )
    place = [
        found.start() for found in re.finditer(r'<w:sdt><w:sdtPr><w:alias w:val="[^"]*"/><w:tag w:val="[^"]*/', xml)
    ]
    return "".join((xml[: place[2]], *paragraphs, xml[place[2] :]))


def test_korean_and_english_documents_are_counted_by_lists_and_persian_ones_by_words(
    files: Mapping[str, bytes],
) -> None:
    for sample, locale in CASES:
        body = body_of(files[name_of(sample, locale)])
        counted = [
            style for style in body.iter(qn("w:pStyle")) if style.get(qn("w:val")) in {"ClauseHeading", "ListNumber"}
        ]
        words = ["".join(text.text for text in style.getparent().getparent().iter(qn("w:t"))) for style in counted]
        blocks = [block for block in composed(sample, locale).blocks if isinstance(block, Clause)]
        labels = [block.label for block in blocks if block.label]
        assert any(word.startswith(tuple(labels)) for word in words) == (locale == "fa") or not labels


def test_a_reference_is_a_live_field_to_the_number(files: Mapping[str, bytes]) -> None:
    for locale in LOCALES:
        body = body_of(files[f"{REFERENCES}.sdd.{locale}"])
        codes = [code.text for code in body.iter(qn("w:instrText")) if code.text.startswith(" REF")]
        switch = r"\h" if locale == "fa" else r"\r \h"
        assert [code.split(maxsplit=2)[2].strip() for code in codes] == [switch] * 2
        names = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
        assert {code.split()[1] for code in codes} <= names
        assert all("PAGEREF" not in code.text for code in body.iter(qn("w:instrText")))


# ----------------------------------------------------------------------------------------- what cannot be counted


def document_of(locale: str, *clauses: tuple[Block, ...], articles: bool = True) -> Document:
    """Return a numbered document of a locale with these clauses."""
    grammar = books().locale(locale)
    blocks = [
        Clause(f"slot-{index}", "plain", (Text(f"Heading {index}"),), inner, f"slot-{index}")
        for index, inner in enumerate(clauses)
    ]
    return replace(letter(locale), blocks=number(blocks, grammar, articles=articles), counts=first_labels(grammar))


def labels_read(document: Document) -> list[str]:
    """Return the labels that another reader finds in the Word file, in order, with the words behind them."""
    reading = read_docx(write(document, books().styles()), "x.en.docx", document.language)
    return [squeezed(passage.text) for passage in reading.passages]


def items(count: int, level: int = 1) -> tuple[Block, ...]:
    return tuple(NumberedItem((Text(f"item {n}"),), level) for n in range(count))


def counted(document: Document) -> int:
    """Return how many paragraphs of clauses and items Word counts."""
    body = body_of(write(document, books().styles()))
    styles = [
        style for style in body.iter(qn("w:pStyle")) if re.match("ListNumber|ClauseHeading", style.get(qn("w:val")))
    ]
    out = [
        style for style in styles if any(item.get(qn("w:val")) == "0" for item in style.getparent().iter(qn("w:numId")))
    ]
    return len(styles) - len(out)


@pytest.mark.parametrize(
    ("locale", "blocks", "by_word"),
    [
        ("ko", items(20), 21),
        ("ko", items(21), 1),  # Word has twenty circled digits
        ("ko", (*items(1), *items(1, 2), *items(14, 3)), 17),
        ("ko", (*items(1), *items(1, 2), *items(15, 3)), 1),  # and ganada fourteen syllables
        ("en", items(26), 27),
        ("en", (*items(2), Paragraph((Text("then"),)), *items(2)), 5),
        ("en", items(2, 2), 1),  # Word counts the level that is left out
        ("en", (*items(1), *items(2, 3)), 1),
    ],
)
def test_a_list_that_word_would_count_otherwise_keeps_its_labels_as_words(
    locale: str, blocks: tuple[Block, ...], by_word: int
) -> None:
    document = document_of(locale, blocks, ())
    assert counted(document) == by_word + 1  # the second clause is always counted
    assert set(map(squeezed, lines_of(document.blocks))) <= set(labels_read(document))


def test_labels_of_a_users_own_keep_their_words() -> None:
    document = document_of("en", items(2), items(1))
    blocks = tuple(
        replace(block, label=f"§ {n}") for n, block in enumerate(document.blocks) if isinstance(block, Clause)
    )
    changed_labels = replace(document, blocks=blocks)
    assert counted(changed_labels) == 3 + 2  # the headings are in no list, the items are
    assert "§1Heading1" in labels_read(changed_labels)


def test_a_heading_without_a_number_is_not_counted_among_those_with_one() -> None:
    document = document_of("ko", (), (), ())
    first, second, third = (block for block in document.blocks if isinstance(block, Clause))
    blocks = (first, replace(second, label=""), replace(third, label=second.label))
    assert labels_read(replace(document, blocks=blocks)) == ["제1조(Heading0)", "(Heading1)", "제2조(Heading2)"]


def test_word_is_asked_for_a_count_only_where_it_has_just_that_one() -> None:
    forms = {
        code: [
            level and (level.format, level.before, level.after)
            for level in map(level_of, first_labels(books().locale(code)))
        ]
        for code in LOCALES
    }
    assert forms == {
        "ko": [("decimal", "제", "조"), ("decimalEnclosedCircle", "", ""), ("decimal", "", "."), ("ganada", "", ".")],
        "en": [("decimal", "", "."), ("lowerLetter", "(", ")"), ("lowerRoman", "(", ")"), ("upperLetter", "(", ")")],
        "fa": [None] * 4,
    }
    assert level_of(()) is None
    assert level_of(("100%1", "100%2")) is None


BLOCK = st.one_of(
    st.integers(1, 3).map(lambda level: NumberedItem((Text("x"),), level)),
    st.just(Paragraph((Text("between"),))),
    st.just(Heading((Text("part"),), 2)),
)


@settings(max_examples=40, deadline=None)
@given(st.data(), st.lists(st.lists(BLOCK, max_size=9), min_size=1, max_size=4))
def test_whatever_is_numbered_reads_back_with_the_labels_of_the_tree(
    data: st.DataObject, clauses: list[list[Block]]
) -> None:
    locale, articles = data.draw(st.sampled_from(LOCALES)), data.draw(st.booleans())
    document = document_of(locale, *map(tuple, clauses), articles=articles)
    assert labels_read(document) == [squeezed(line) for line in lines_of(document.blocks)]


# ------------------------------------------------------------------------------------------------------ contents


def contents_of(body: Any) -> Iterator[Any]:
    """Yield the controls that hold a list of contents."""
    for gallery in body.iter(qn("w:docPartGallery")):
        if gallery.get(qn("w:val")) == "Table of Contents":
            yield gallery.getparent().getparent().getparent()


@pytest.mark.parametrize("locale", LOCALES)
def test_the_contents_of_a_service_description_are_filled_and_lead_to_its_headings(
    locale: str, files: Mapping[str, bytes]
) -> None:
    document = next(composed(sample, locale) for sample, code in CASES if sample.document == "sdd" and code == locale)
    body = body_of(next(files[name_of(*case)] for case in CASES if case[0].document == "sdd" and case[1] == locale))
    control = next(contents_of(body))
    title, *entries = ["".join(t.text for t in p.iter(qn("w:t"))) for p in control.iter(qn("w:p"))]
    assert title == plain(document.contents) != ""
    headings = [
        f"{block.label} {plain(block.heading)}" if isinstance(block, Clause) else plain(block.inlines)
        for block in document.blocks
        if isinstance(block, Clause | Heading)
    ]
    assert list(map(squeezed, entries)) == list(map(squeezed, headings))
    names = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    assert {link.get(qn("w:anchor")) for link in control.iter(qn("w:hyperlink"))} <= names
    code = next(control.iter(qn("w:instrText"))).text
    assert r"\n" in code, "no page number is printed that nobody has laid out"


def test_only_documents_with_a_label_for_it_have_contents(files: Mapping[str, bytes]) -> None:
    for sample, locale in CASES:
        found = list(contents_of(body_of(files[name_of(sample, locale)])))
        assert bool(found) == (sample.document == "sdd")
    assert not list(contents_of(body_of(write(agreement("en"), books().styles()))))
