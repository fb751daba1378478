"""Everything in a document leads back: each value to record, policy or rule, each paragraph to a line of its file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contractgen.api import decide
from contractgen.cli import main
from contractgen.composing import composed as with_parts
from contractgen.contract import parse_contract
from contractgen.errors import Exit
from contractgen.explain import as_data
from contractgen.explain_text import as_text
from contractgen.selection import Filled, Refusal
from contractgen.tree import Block, Clause, Document, Strong, Text, Value, block_inlines, values, walk_inlines
from contractgen.values import Cause, Origin
from helpers import CONTRACTS, LOCALES, ROOT, Sample, books, composed, decided, issued, refused, siemens

NAMES = {"vendor.name"}
"""A vendor's name is a figure of the policy that no source has to state."""


@cache
def lines_of(file: str) -> list[str]:
    """Return the lines of a policy, a record, a clause or a locale, as places name the file."""
    path = ROOT / file if (ROOT / file).is_file() else CONTRACTS / file
    return path.read_text(encoding="utf-8").split("\n")


def stands(place: Any) -> bool:
    """Whether a place is a line that is there and holds something."""
    file, line, _column = str(place).rsplit(":", 2)
    return bool(lines_of(file)[int(line) - 1].strip())


def faults(cause: Cause, sample: Sample, path: str) -> Iterator[str]:
    """Yield each end of a cause that is not the record, the policy with its source, or a rule with its sources."""
    sources = decided(sample).policy.sources.facts
    rooted = all(cite in sources for cite in cause.cite) and (cause.place is None or stands(cause.place))
    match cause.origin:
        case Origin.CONTRACT:
            rooted = rooted and cause.place is not None
        case Origin.POLICY:
            rooted = rooted and cause.place is not None and bool(cause.cite or path in NAMES)
        case Origin.RULE:
            rooted = rooted and bool(cause.cite or cause.inputs)
        case Origin.CALL:
            rooted = path == "document"
    if not rooted:
        yield f"{path}: {cause.origin} {cause.name} {cause.place} {cause.cite}"
    for item in cause.inputs:
        yield from faults(item.cause, sample, f"{path} < {item.field}")


@pytest.mark.parametrize("sample", issued(), ids=lambda sample: sample.id)
def test_each_value_and_fact_of_a_document_leads_to_record_policy_or_rule(sample: Sample) -> None:
    chosen = decided(sample)
    causes = {(value.field, id(value.cause)): value.cause for value in shown(composed(sample, "en"))}
    found = [fault for (name, _), cause in causes.items() for fault in faults(cause, sample, name)]
    for fact in chosen.terms.facts.values():
        found += faults(fact.cause, sample, fact.name)
    assert found == []


def shown(document: Document) -> Iterator[Value]:
    """Yield the values of the body and of the running header."""
    yield from values(document)
    yield from (inline for inline in walk_inlines(document.header) if isinstance(inline, Value))


def paragraphs(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Clause):
            yield from paragraphs(block.blocks)
        else:
            yield block


@pytest.mark.parametrize("sample", issued(), ids=lambda sample: sample.id)
def test_each_paragraph_leads_to_the_line_of_its_words(sample: Sample) -> None:
    chosen = decided(sample)
    assert not isinstance(chosen, Refusal)
    for locale in LOCALES:
        document, parts = with_parts(chosen, locale, books())
        assert len(document.blocks) == sum(len(part.blocks) for part in parts)
        for part in parts:
            if part.template is None:
                assert part.labels or part.pick.slot.block in {"letterhead", "page-break"}
                assert all(stands(place) for place in part.labels.values())
                continue
            blocks = list(paragraphs(part.blocks))
            assert blocks
            for block in blocks:
                line = lines_of(block.place.file)[block.place.line - 1]  # type: ignore[union-attr]
                assert block.place.file == part.template.place.file  # type: ignore[union-attr]
                assert first_words(block) in line


def first_words(block: Block) -> str:
    """Return the words before the first value of a paragraph; where it begins with one, the mark that merges it."""
    first = next(inline for inline in walk_inlines(next(block_inlines(block))) if not isinstance(inline, Strong))
    return " ".join(first.text.split()[:2]) if isinstance(first, Text) else "{{"


@pytest.mark.parametrize("sample", issued(), ids=lambda sample: sample.id)
def test_the_explanation_has_a_place_for_every_slot_and_every_row(sample: Sample) -> None:
    chosen = decided(sample)
    assert not isinstance(chosen, Refusal)
    data = json.loads(json.dumps(as_data(chosen, books(), "fa")))
    assert "problems" not in data
    assert [slot["slot"] for slot in data["slots"]] == [pick.slot.name for pick in chosen.picks]
    known = {fact["name"] for fact in data["facts"]}
    for slot, pick in zip(data["slots"], chosen.picks, strict=True):
        assert stands(slot["place"])
        assert slot["in"] == isinstance(pick, Filled)
        assert stands(slot.get("row", slot["place"]))
        assert set(slot.get("facts", [])) <= known
        assert all(stands(row["place"]) for row in slot.get("rows", []) if "place" in row)
        assert all("place" in row or slot["tables"][0] in data["tables"] for row in slot.get("rows", []))
        assert all(stands(place) for place in slot.get("labels", {}).values())
    assert all(stands(place) for place in data["labels"].values())
    assert all(stands(source["place"]) and source["lines"] for source in data["sources"].values())


def test_the_inputs_of_a_figure_carry_their_own_causes() -> None:
    chosen = decide(parse_contract(siemens(**LATE), "r.yaml"), "quote", books())
    assert not isinstance(chosen, Refusal)
    data = as_data(chosen, books())
    fee = next(figure for figure in data["figures"] if figure["name"] == "late.fee")["cause"]
    rate, base = fee["inputs"]
    assert (rate["name"], rate["cause"]["origin"], rate["cause"]["cite"]) == (
        "reinstatement_rate",
        "policy",
        ["SIE-32"],
    )
    assert stands(rate["cause"]["place"])
    assert stands(fee["rule"])
    assert [reading["name"] for reading in base["cause"]["readings"]] == ["reinstatement_base", "day_count"]
    ends = {item["name"]: item["cause"]["place"] for item in base["cause"]["inputs"] if "place" in item["cause"]}
    assert ends
    assert data["sources"]["SIE-32"]["lines"] == "99-101"


LATE: dict[str, Any] = {
    "transaction": "late-renewal",
    "term": {"start": "2023-03-01", "expiry": "2024-03-01"},
    "reinstatement": {"effective": "2024-05-30"},
}


@pytest.mark.parametrize("sample", refused(), ids=lambda sample: sample.id)
def test_a_refusal_leads_to_its_facts_and_its_letter_to_its_words(sample: Sample) -> None:
    chosen = decided(sample)
    assert isinstance(chosen, Refusal)
    data = as_data(chosen, books(), "ko")
    assert [fact["name"] for fact in data["facts"]] == [name for name, _ in chosen.row.when.terms]
    assert [figure["name"] for figure in data["causes"]] == list(data["figures"])
    assert "problems" not in data["letter"]
    words = next(slot for slot in data["letter"]["slots"] if slot["slot"] == "refusal")
    assert words["row"] == data["place"]
    assert words["because"] == data["because"]
    assert all(stands(paragraph["place"]) for paragraph in words["paragraphs"])
    assert as_text(chosen, books()).startswith(str(chosen))


def test_the_text_names_lines_of_the_locale_asked_for() -> None:
    record = str(Path("fixtures", "contracts", "siemens-late-renewal.yaml"))
    arguments = ["explain", str(ROOT / record), "--type", "renewal-notice"]
    told = CliRunner().invoke(main, [*arguments, "--locale", "fa"])
    assert told.exit_code == Exit.OK
    assert "templates/fa/clauses/late-renewal/reinstatement-fee-computed.md" in told.stdout
    assert "\n         lines   " in told.stdout
    assert CliRunner().invoke(main, [*arguments, "--locale", "xx"]).exit_code == Exit.USAGE


def test_each_price_of_a_service_leads_to_the_line_of_its_row() -> None:
    priced = 0
    for sample in issued():
        labels = {row.label: row for row in decided(sample).policy.services}
        for entry in decided(sample).terms.lists.get("price_lines", ()):
            row = labels.get(entry.label.removesuffix("-free").removesuffix("-included"))
            if row is not None:
                place = entry.figures["amount"].cause.place
                assert place is not None, f"{sample.id}: {entry.label}"
                assert lines_of(place.file)[place.line - 1] == "[[service]]"
                priced += 1
    assert priced > 5
