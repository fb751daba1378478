"""The annotated page: every clause, row and value has a note, notes lead to the source, and no script is needed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from contractgen.annotate import annotated
from contractgen.cli import main
from contractgen.errors import Exit
from contractgen.refusals import letter_of
from contractgen.selection import Omitted, Refusal, Selection
from contractgen.tree import values
from contractgen.writers.html import write
from helpers import CONTRACTS, LOCALES, Sample, books, composed, decided, issued, refused, samples
from test_writer_html import Page

CHOSEN = (
    "siemens-late-renewal-quote",
    "ayotex-premium-tehran-three-years-sdd",
    "juniper-renewal-on-time-renewal-notice",
)
PAGES = [sample for sample in samples() if sample.id in CHOSEN]


@cache
def page(sample: Sample, locale: str) -> str:
    chosen = decided(sample)
    selection = letter_of(chosen, books()) if isinstance(chosen, Refusal) else chosen
    return annotated(selection, locale, books()).decode()


def notes(text: str) -> dict[str, str]:
    """Return the markup of each note by its number."""
    return dict(re.findall(r'(?m)^<li id="note-(\d+)"[^>]*>(.*)</li>$', text))


def plainly(markup: str) -> str:
    """Return the document of an annotated page as the plain page writes it."""
    main_part = markup[markup.index("<main>") : markup.index("</main>")]
    main_part = re.sub(r'<a class="why mark"[^>]*><sup dir="ltr">\d+</sup></a>', "", main_part)
    main_part = re.sub(r'<a class="why" [^>]*>(<bdi .*?</bdi>)<sup dir="ltr">\d+</sup></a>', r"\1", main_part)
    main_part = re.sub(r' data-note="\d+"', "", main_part)
    return re.sub(r'<col style="[^"]*">', "<col>", main_part)  # the marks need a little room


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("sample", PAGES, ids=lambda sample: sample.id)
def test_without_its_notes_the_page_is_the_plain_page(sample: Sample, locale: str) -> None:
    plain_page = write(composed(sample, locale), books().styles()).decode()
    assert plainly(page(sample, locale)) == plainly(plain_page)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("sample", PAGES, ids=lambda sample: sample.id)
def test_every_clause_row_and_value_leads_to_a_note_that_is_there(sample: Sample, locale: str) -> None:
    text = page(sample, locale)
    read = Page(text.encode())  # every element is closed in order
    there = notes(text)
    ids = {data["id"] for _, data in read.tags if "id" in data}
    links = [data["href"] for tag, data in read.tags if tag == "a"]
    assert all(link.startswith("#") and link[1:] in ids for link in links)
    assert list(there) == [str(number) for number in range(1, len(there) + 1)]
    noted = {data["data-note"] for _, data in read.tags if "data-note" in data}
    assert noted <= set(there)
    for tag, data in read.tags:
        if data.get("class") == "clause" or (tag == "tr" and data["class"] != "header"):
            assert "data-note" in data
    body = text[text.index("<main>") : text.index("</main>")]
    outside_rows = re.sub(r"(?s)<tbody>.*?</tbody>", "", body)
    assert len(re.findall("<bdi ", outside_rows)) == outside_rows.count('class="why" ')
    assert body.count("<bdi ") == len(list(values(composed(sample, locale))))


def test_all_that_a_note_rests_on_is_shown_with_it() -> None:
    sample = next(sample for sample in PAGES if sample.id == CHOSEN[0])
    text = page(sample, "ko")
    there = notes(text)
    fee = next(number for number, note in there.items() if "<b>late.fee</b> =" in note.partition("</p>")[0])
    rule = re.search(rf'body:has\(\[data-note="{fee}"\]:is\(:hover, :focus-within\)\) :is\(([^)]*)\)', text)
    assert rule is not None
    shown = "\n".join(there[name.removeprefix("#note-")] for name in rule[1].split(", ") if name.startswith("#note-"))
    assert "siemens-late-renewal.yaml:16:28" in shown  # the day of reinstatement, two steps down
    assert re.search(r"policies/siemens\.toml:\d+", shown)
    assert "reinstatement_base = prorated_gap (the policy&#39;s choice)" in shown
    source = re.search(r'(?m)^<li id="(source-\d+)"[^>]*><p><b>SIE-32</b>.*lines 99-101', text)
    assert source is not None
    assert f"#{source[1]}" in rule[1].split(", ")


@pytest.mark.parametrize("locale", LOCALES)
def test_what_was_left_out_stands_at_the_end_with_its_reason(locale: str) -> None:
    for sample in PAGES:
        chosen = decided(sample)
        assert isinstance(chosen, Selection)
        text = page(sample, locale)
        told = text[text.index('<section class="left-out"') :]
        omitted = [pick for pick in chosen.picks if isinstance(pick, Omitted)]
        assert told.count('<li class="endnote">') == len(omitted)
        assert all(f"<b>{pick.slot.name}</b>: " in told and str(pick.row.place) in told for pick in omitted)


@pytest.mark.parametrize("locale", LOCALES)
def test_notes_are_english_from_left_to_right_and_need_no_script(locale: str) -> None:
    text = page(PAGES[0], locale)
    assert text.count('<div lang="en" dir="ltr">') == 2
    assert not re.search(r"<script|<link|<img|url\(|@import| on[a-z]+=|src=", text)
    assert not re.search(r'href="[^#]', text)
    printed = text[text.index("@media print {\n.notes") :]
    assert "display: none" not in printed[: printed.index("</style>")].replace(".hint { display: none }", "")


def test_a_document_of_each_kind_and_a_letter_of_each_rule_can_be_annotated() -> None:
    kinds = {(sample.vendor, sample.document): sample for sample in issued()}
    rules = {(sample.vendor, rule(sample)): sample for sample in refused()}
    for sample in (*kinds.values(), *rules.values()):
        text = page(sample, "fa")
        assert len(set(notes(text))) > 5
        Page(text.encode())


def rule(sample: Sample) -> str:
    chosen = decided(sample)
    assert isinstance(chosen, Refusal)
    return chosen.row.id


def test_the_command_writes_an_annotated_page_and_only_of_html(tmp_path: Path) -> None:
    record = str(CONTRACTS / "siemens-late-renewal.yaml")
    for suffix, code in (("html", Exit.OK), ("docx", Exit.USAGE), ("pdf", Exit.USAGE)):
        out = tmp_path / f"notice.{suffix}"
        arguments = ["render", record, "--type", "quote", "--locale", "ko", "-o", str(out), "--annotate"]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == code
        assert out.exists() == (code == Exit.OK)
        assert (f"the format asked for is {suffix}" in result.stderr) == (code == Exit.USAGE)
    assert 'id="note-1"' in (tmp_path / "notice.html").read_text(encoding="utf-8")


def test_the_letter_of_a_refusal_is_annotated_as_well(tmp_path: Path) -> None:
    out = tmp_path / "letter.html"
    record = str(CONTRACTS / "ayotex-rate-out-of-range.yaml")
    arguments = ["render", record, "--type", "quote", "--locale", "fa", "-o", str(out), "--annotate"]
    assert CliRunner().invoke(main, [*arguments, "--on-refusal", "letter"]).exit_code == Exit.REFUSED
    text = out.read_text(encoding="utf-8")
    assert "<b>refusal / rate-out-of-range</b>" in text
    assert "rate = outside" in text
