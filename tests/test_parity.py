"""Three languages, one contract: the same figures, in the form each language writes them, the same clauses in order.

``data/parity.toml`` lists the figures that the vendors' rules ask for, with their form in each language.
"""

from __future__ import annotations

import io
import re
import subprocess
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pytest

from contractgen.contract import parse_contract
from contractgen.selection import Selection
from contractgen.tree import BulletItem, Clause, Document, Table, plain, values, walk_inlines
from contractgen.tree import Value as Shown
from contractgen.writers import writer_for
from helpers import (
    DOCUMENTS,
    LOCALES,
    ROOT,
    Sample,
    books,
    clauses,
    composed,
    decided,
    ibm_cso,
    ibm_korea,
    issued,
    juniper,
    runs,
    siemens,
)
from test_writers_conformance import letters

DATA = tomllib.loads((ROOT / "tests" / "data" / "parity.toml").read_text(encoding="utf-8"))
STEERING = re.compile("[\u200c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069]")
MISPLACED = re.compile('[\u0654()"،]')  # marks that pdftotext moves in lines from right to left
SLASH = re.compile(r"(?<=/)(?=[^/])")  # where a line may end within an address on the web


@cache
def pool() -> tuple[Sample, ...]:
    """Return the sample contracts' documents and those of records for facts and dates that no sample has."""
    made = (sample for samples in (siemens_samples(), ibm_korea_samples(), us_samples()) for sample in samples)
    return (*issued(), *made)


def siemens_samples() -> Iterator[Sample]:
    """Yield every document in every region, and the limit that falls on the end of February."""
    notice = {"received": "2025-01-30", "written": True}
    for place in ("americas", "emea", "apac", "other"):
        term = {"start": "2024-03-01", "expiry": "2025-03-01"}
        yield from documents_of(
            f"region {place}", siemens(customer={"region": place}, term=term, withdrawal=notice), DOCUMENTS
        )
    term = {"start": "2023-02-28", "expiry": "2024-02-28"}
    leap = siemens(term=term, day="2023-12-01", withdrawal=None)
    yield from documents_of("limit in February", leap, ("renewal-notice",))
    gone = siemens(day="2024-01-30", term=term, withdrawal=dict(notice, received="2024-01-29"))
    yield from documents_of("limit in February", gone, ("withdrawal-ack",))


def ibm_korea_samples() -> Iterator[Sample]:
    """Yield every document for each type of maintenance, family of software and form of licence."""
    kinds = ("sdd", "renewal-notice", "quote", "support-plan")
    for tier in ("basic", "advanced", "premium"):
        for family in ("general", "rational"):
            record = ibm_korea(tier=tier, facts={"product_family": family})
            yield from documents_of(f"{tier} {family}", record, kinds)
        strict = ibm_korea(tier=tier, readings={"inferred_cells": "certain_only"})
        yield from documents_of(f"{tier} strict", strict, ("sdd",))
    yield from documents_of("new licence", ibm_korea(transaction="initial"), ("sdd", "quote"))
    yield from documents_of("after expiry", ibm_korea(day="2026-04-01"), kinds)


def us_samples() -> Iterator[Sample]:
    """Yield the documents of a first purchase and a renewal from Juniper, and the plan of each kind of caller."""
    yield from documents_of("first purchase", juniper(), ("sdd", "quote", "support-plan"))
    running = juniper(day="2026-03-02", transaction="renewal")
    yield from documents_of("renewal", running, ("sdd", "renewal-notice", "quote"))
    for segment in ("commercial", "state-local-government", "federal-government", "business-partner"):
        record = ibm_cso(customer={"segment": segment})
        yield from documents_of(segment, record, ("support-plan", "renewal-notice"))


def documents_of(name: str, record: str, kinds: Iterable[str]) -> Iterator[Sample]:
    """Yield these documents of a record."""
    contract = parse_contract(record)
    yield from (Sample(f"{contract.record.vendor} {name}", kind, contract) for kind in kinds)


def speaks_of(sample: Sample, figure: dict[str, Any]) -> bool:
    """Whether a document of this type and these facts must show the figure."""
    if sample.vendor != figure["vendor"] or sample.document not in figure["documents"]:
        return False
    chosen = decided(sample)
    assert isinstance(chosen, Selection), str(chosen)
    conditions = figure.get("when", {}).get(sample.document, {})
    return any(
        all(chosen.terms.facts[name].value in known for name, known in one.items())
        for one in (conditions if isinstance(conditions, list) else [conditions])
    )


def even(text: str) -> str:
    """Return a text with Latin digits, single blanks and none of the marks that steer direction and joining."""
    digits = "".join(str(unicodedata.digit(char)) if unicodedata.category(char) == "Nd" else char for char in text)
    return " ".join(STEERING.sub("", digits).split())


def shows(document: Document, figure: dict[str, Any], form: str) -> bool:
    """Whether a run of words holds the form together with a value of one of the fields that it is made of.

    A form without fields stands in the words of a clause that carries one of the facts.
    """
    if not figure["fields"]:
        told = [block for block in document.blocks if isinstance(block, Clause) and {*block.cite} & {*figure["facts"]}]
        return any(even(form) in even(plain(inlines)) for inlines in runs(tuple(told)))
    for inlines in runs(document.blocks):
        if form in plain(inlines):
            found = [part for part in walk_inlines(inlines) if isinstance(part, Shown)]
            if any(value.field in figure["fields"] and (value.text in form or form in value.text) for value in found):
                return True
    return False


CASES = [(figure, kind) for figure in DATA["figure"] for kind in figure["documents"]]


@pytest.mark.parametrize(("figure", "kind"), CASES, ids=[f"{figure['id']}-{kind}" for figure, kind in CASES])
def test_a_figure_stands_in_every_language_in_the_form_of_that_language(figure: dict[str, Any], kind: str) -> None:
    speaking = [sample for sample in pool() if sample.document == kind and speaks_of(sample, figure)]
    assert speaking, "no contract reaches this figure: add one"
    for sample in speaking:
        for locale in LOCALES:
            assert shows(composed(sample, locale), figure, figure[locale]), f"{sample.id} {locale}: {figure[locale]}"


def counted(document: Document, structure: dict[str, Any]) -> int:
    """Count the bullets of a slot's clause, or the rows below the head of its table."""
    found = 0
    for block in document.blocks:
        match block:
            case Clause() if "bullets" in structure and block.slot == structure["slot"]:
                found += sum(isinstance(inner, BulletItem) for inner in block.blocks)
            case Table() if "rows" in structure and block.anchor == structure["slot"]:
                found += sum(row.role in {"body", "own"} for row in block.rows)
    return found


@pytest.mark.parametrize("structure", DATA["structure"], ids=lambda structure: structure["id"])
def test_a_list_or_table_has_as_many_entries_in_every_language(structure: dict[str, Any]) -> None:
    speaking = [sample for sample in pool() if speaks_of(sample, structure)]
    assert {sample.document for sample in speaking} == set(structure["documents"])
    for sample in speaking:
        for locale in LOCALES:
            expected = structure.get("bullets", structure.get("rows"))
            assert counted(composed(sample, locale), structure) == expected, f"{sample.id} {locale}"


COMPUTED = [(figure, kind) for figure in DATA["computed"] for kind in figure["documents"]]


@pytest.mark.parametrize(("figure", "kind"), COMPUTED, ids=[f"{figure['id']}-{kind}" for figure, kind in COMPUTED])
def test_a_computed_figure_stands_in_every_language_in_its_form(figure: dict[str, Any], kind: str) -> None:
    for locale in LOCALES:
        forms = {
            value.text
            for sample in pool()
            if sample.document == kind
            for value in values(composed(sample, locale))
            if value.field == figure["field"] and value.canonical == figure["canonical"]
        }
        assert forms == {figure[locale]}


@pytest.mark.parametrize("sample", pool(), ids=lambda sample: sample.id)
def test_the_languages_carry_the_same_values_and_the_same_clauses_in_the_same_order(sample: Sample) -> None:
    found = [composed(sample, locale) for locale in LOCALES]
    first, *others = [Counter((value.field, value.canonical) for value in values(document)) for document in found]
    for other, locale in zip(others, LOCALES[1:], strict=True):
        assert first - other == Counter(), f"in {LOCALES[0]} and not in {locale}"
        assert other - first == Counter(), f"in {locale} and not in {LOCALES[0]}"
    first_clauses, *other_clauses = [clauses(document) for document in found]
    assert all(clauses_ == first_clauses for clauses_ in other_clauses)
    first_shape, *other_shapes = [[type(block).__name__ for block in document.blocks] for document in found]
    assert all(shape == first_shape for shape in other_shapes)


# ------------------------------------------------------------------------------------------------ finished files


@cache
def figures_of(sample: Sample) -> tuple[dict[str, Any], ...]:
    """Return the figures that a document must show."""
    return tuple(figure for figure in DATA["figure"] if speaks_of(sample, figure))


def fullest() -> list[Sample]:
    """Return for each vendor and type of document the one that shows most figures."""
    best: dict[tuple[str, str], Sample] = {}
    for sample in pool():
        other = best.setdefault((sample.vendor, sample.document), sample)
        if len(figures_of(sample)) > len(figures_of(other)):
            best[sample.vendor, sample.document] = sample
    return [best[key] for key in sorted(best)]


def lacking(texts: Iterable[str], content: str) -> list[str]:
    """Return the texts of which a word is not in ``content``; marks aside, as readers turn brackets round."""
    found = letters(content)
    return sorted({text for text in texts if not all(letters(word) in found for word in SLASH.sub(" ", text).split())})


def printed(text: str) -> str:
    """Return a text as a PDF's reader has it: ligatures parted, without what is put elsewhere from right to left."""
    return MISPLACED.sub("", even(unicodedata.normalize("NFKD", text)))


def unread(forms: Iterable[str], content: str) -> list[str]:
    """Return the forms that are not in a PDF's text in their order, whole numbers only; any sign may end a line."""
    text = printed(content)
    return [form for form in forms if not all(pattern.search(text) for pattern in patterns(form))]


def patterns(form: str) -> Iterator[re.Pattern[str]]:
    """Yield what to look for: the form, or the pieces of an address on the web."""
    for piece in SLASH.split(printed(form).replace(" ", "")):
        yield re.compile(r"(?<!\d)" + r"\s*".join(map(re.escape, piece)) + r"(?!\d)")


def text_of_pdf(content: bytes, folder: Path) -> str:
    path = folder / "document.pdf"
    path.write_bytes(content)
    return subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True).stdout


def text_of_docx(content: bytes) -> str:
    """Return the text of a Word file, a paragraph on each line."""
    body = docx.Document(io.BytesIO(content)).element.body
    found = [node for node in body.iter() if node.tag.endswith(("}p", "}t"))]
    return "".join("\n" if node.tag.endswith("}p") else node.text or "" for node in found)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("sample", fullest(), ids=lambda sample: f"{sample.vendor}-{sample.document}")
def test_the_figures_are_read_back_from_the_finished_files(sample: Sample, locale: str, tmp_path: Path) -> None:
    document = composed(sample, locale)
    styles = books().styles()
    pdf = text_of_pdf(writer_for("pdf").write(document, styles), tmp_path)
    word = text_of_docx(writer_for("docx").write(document, styles))
    shown = [value.text for value in values(document)]
    assert (lacking(shown, pdf), lacking(shown, word)) == ([], [])
    forms = [figure[locale] for figure in figures_of(sample)]
    assert unread(forms, pdf) == []
    assert [form for form in forms if even(form) not in even(word)] == []
