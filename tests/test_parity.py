"""Three languages, one contract: the same figures, in the form each language writes them, the same clauses in order.

``data/parity.toml`` lists the figures that the vendors' rules ask for, with their form in each language.
"""

from __future__ import annotations

import io
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pytest

from contractgen.contract import parse_contract
from contractgen.selection import Selection
from contractgen.tree import Document, plain, values, walk_inlines
from contractgen.tree import Value as Shown
from contractgen.writers import writer_for
from helpers import DOCUMENTS, LOCALES, ROOT, Sample, books, clauses, composed, decided, issued, runs, siemens
from test_writers_conformance import letters

DATA = tomllib.loads((ROOT / "tests" / "data" / "parity.toml").read_text(encoding="utf-8"))


@cache
def pool() -> tuple[Sample, ...]:
    """Return the sample contracts' documents and those of records for regions and dates that no sample has."""
    found = list(issued())
    notice = {"received": "2025-01-30", "written": True}
    for place in ("americas", "emea", "apac", "other"):
        term = {"start": "2024-03-01", "expiry": "2025-03-01"}
        record = siemens(customer={"region": place}, term=term, withdrawal=notice)
        found += [Sample(f"region {place}", kind, parse_contract(record)) for kind in DOCUMENTS]
    leap = siemens(term={"start": "2023-02-28", "expiry": "2024-02-28"}, day="2023-12-01", withdrawal=None)
    found.append(Sample("limit in February", "renewal-notice", parse_contract(leap)))
    gone = siemens(
        day="2024-01-30",
        term={"start": "2023-02-28", "expiry": "2024-02-28"},
        withdrawal=dict(notice, received="2024-01-29"),
    )
    found.append(Sample("limit in February", "withdrawal-ack", parse_contract(gone)))
    return tuple(found)


def speaks_of(sample: Sample, figure: dict[str, Any]) -> bool:
    """Whether a document of this type and these facts must show the figure."""
    chosen = decided(sample)
    assert isinstance(chosen, Selection)
    conditions = figure.get("when", {}).get(sample.document, {})
    return sample.vendor == figure["vendor"] and all(
        chosen.terms.facts[name].value in known for name, known in conditions.items()
    )


def shows(document: Document, form: str, fields: list[str]) -> bool:
    """Whether a run of words holds the form together with a value of one of the fields that is part of it."""
    for inlines in runs(document.blocks):
        if form in plain(inlines):
            found = [part for part in walk_inlines(inlines) if isinstance(part, Shown)]
            if any(value.field in fields and value.text in form for value in found):
                return True
    return False


CASES = [(figure, kind) for figure in DATA["figure"] for kind in figure["documents"]]


@pytest.mark.parametrize(("figure", "kind"), CASES, ids=[f"{figure['id']}-{kind}" for figure, kind in CASES])
def test_a_figure_stands_in_every_language_in_the_form_of_that_language(figure: dict[str, Any], kind: str) -> None:
    speaking = [sample for sample in pool() if sample.document == kind and speaks_of(sample, figure)]
    assert speaking, "no contract reaches this figure: add one"
    for sample in speaking:
        for locale in LOCALES:
            assert shows(composed(sample, locale), figure[locale], figure["fields"]), (
                f"{sample.id} {locale}: {figure[locale]}"
            )


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

CHOSEN = (
    "siemens-late-renewal-renewal-notice",
    "siemens-initial-premium-partner-quote",
    "ayotex-premium-outside-tehran-quote",
)


def lacking(texts: Iterable[str], content: str) -> list[str]:
    """Return the texts of which a word is not in ``content``; marks aside, as readers turn brackets round."""
    found = letters(content)
    return sorted({text for text in texts if not all(letters(word) in found for word in text.split())})


def text_of_pdf(content: bytes, folder: Path) -> str:
    path = folder / "document.pdf"
    path.write_bytes(content)
    return subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True).stdout


def text_of_docx(content: bytes) -> str:
    body = docx.Document(io.BytesIO(content)).element.body
    return "".join(node.text or "" for node in body.iter() if node.tag.endswith("}t"))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", CHOSEN)
def test_the_figures_are_read_back_from_the_finished_files(name: str, locale: str, tmp_path: Path) -> None:
    (sample,) = [sample for sample in issued() if sample.id == name]
    document = composed(sample, locale)
    styles = books().styles()
    pdf = text_of_pdf(writer_for("pdf").write(document, styles), tmp_path)
    word = text_of_docx(writer_for("docx").write(document, styles))
    shown = [value.text for value in values(document)]
    assert (lacking(shown, pdf), lacking(shown, word)) == ([], [])
    figures = [
        figure for figure in DATA["figure"] if sample.document in figure["documents"] and speaks_of(sample, figure)
    ]
    forms = [figure[locale] for figure in figures]
    assert len(forms) >= 5
    assert (lacking(forms, pdf), lacking(forms, word)) == ([], [])
