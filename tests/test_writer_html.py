"""The HTML writer: escaped, isolated, outlined, self-contained."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contractgen.errors import OutputError
from contractgen.tree import Clause, Document, Paragraph, Reference, Row, Table, Text, Value, values
from contractgen.values import Cause, Kind, Origin
from contractgen.writers.html import write
from test_writers_conformance import STYLES
from writer_samples import HARD_NAME, LANGUAGES, SAMPLES, agreement, letter

VOID = {"meta", "br", "col"}


class Page(HTMLParser):
    """Reads a page, insisting that every element is closed in order."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.values: list[tuple[dict[str, str], str]] = []
        self.feed(content.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        data = {name: text or "" for name, text in attrs}
        self.tags.append((tag, data))
        if tag == "bdi":
            self.values.append((data, ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "bdi":
            attributes, text = self.values[-1]
            self.values[-1] = (attributes, text + data)


def with_value(text: str) -> Document:
    value = Value(text, "customer.name", Kind.NAME, text, "ltr", Cause(Origin.CONTRACT, "customer.name"))
    return replace(letter("fa"), blocks=(Paragraph((Text("نام: "), value, Text("."))),))


@pytest.mark.parametrize("name", SAMPLES)
def test_each_value_is_isolated_and_carries_its_field_and_canonical_spelling(name: str) -> None:
    document = SAMPLES[name]()
    page = Page(write(document, STYLES))
    found = [(data["data-field"], data["data-canonical"], data["dir"], text) for data, text in page.values]
    expected = [(value.field, value.canonical, value.direction, value.text) for value in values(document)]
    assert found[1:] == expected  # the first stands in the running header


@pytest.mark.parametrize("name", SAMPLES)
def test_headings_never_skip_a_rank_and_begin_with_the_title(name: str) -> None:
    page = Page(write(SAMPLES[name](), STYLES))
    ranks = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert ranks[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(ranks))


def test_the_page_says_its_language_and_direction() -> None:
    assert Page(write(letter("fa"), STYLES)).tags[0] == ("html", {"lang": "fa", "dir": "rtl"})


def test_the_page_fetches_nothing() -> None:
    for language in LANGUAGES:
        text = write(agreement(language), STYLES).decode()
        assert not re.search(r"https?:|url\(|@import|<script|<link|<img", text)


def test_a_name_full_of_markup_stays_words() -> None:
    text = write(agreement("en"), STYLES).decode()
    assert "R&amp;D &lt;Seoul&gt; # 1. *Acme*" in text
    assert HARD_NAME not in text


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Cf", "Cn", "Zl", "Zp")), min_size=1))
def test_any_value_is_read_back_as_it_was(text: str) -> None:
    page = Page(write(with_value(text), STYLES))
    assert page.values[-1][1] == text
    assert page.values[-1][0]["data-canonical"] == text


@pytest.mark.parametrize("char", ["\u202e", "\u2069", "\u0007", "\ufffe"])
def test_a_value_that_would_steer_or_break_the_page_is_refused(char: str) -> None:
    with pytest.raises(OutputError, match=f"U\\+{ord(char):04X}"):
        write(with_value(f"Acme{char}Ltd"), STYLES)


def test_nested_items_are_nested_lists_with_their_printed_numbers() -> None:
    text = write(agreement("ko"), STYLES).decode()
    assert re.search(r'<ol><li><p class="item-1"><span class="label">① </span>', text)
    assert re.search(r'</p><ol><li><p class="item-2"><span class="label">1\. </span>', text)


def test_a_reference_links_to_its_clause() -> None:
    text = write(agreement("ko"), STYLES).decode()
    assert '<a href="#scope">제2조</a>' in text
    assert '<section class="clause" id="scope" data-slot="scope" data-wording="plain"' in text


def test_all_faults_of_the_tree_are_told_at_once() -> None:
    table = agreement("en").blocks[6]
    assert isinstance(table, Clause)
    blocks = (
        Paragraph((Reference("nowhere", "clause 9"), Reference("scope"))),
        table,
        table,
        Table((), (Row(((Text("a"),),)),)),
    )
    with pytest.raises(OutputError) as caught:
        write(replace(agreement("en"), blocks=blocks), STYLES)
    causes = " ".join(problem.cause for problem in caught.value.problems)
    for cause in ("#nowhere leads nowhere", "#scope has no text", "stands twice", 'row "a" has 1 cells'):
        assert cause in causes


def test_a_table_heads_its_columns_and_rows() -> None:
    text = write(agreement("en"), STYLES).decode()
    assert text.count("<thead>") == text.count("<table") == 3
    assert '<th class="table-header number" scope="col">Amount</th>' in text
    assert '<th class="table-cell" scope="row">Site visits</th>' in text
    assert '<td class="table-cell center own">' in text
