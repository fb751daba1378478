"""Refusals: each rule that bars a document has its letter in three languages, the same in all; and what lifts a bar."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from contractgen.api import compose, decide, letter
from contractgen.cli import main
from contractgen.contract import parse_contract
from contractgen.errors import Exit, Place, TemplateFault
from contractgen.library import Library
from contractgen.refusals import letter_of
from contractgen.selection import Refusal, Selection
from contractgen.tree import BulletItem, Clause, Document, Value, walk_inlines
from contractgen.values import Kind
from helpers import (
    CONTRACTS,
    LOCALES,
    ROOT,
    Sample,
    ayotex,
    books,
    decided,
    juniper,
    outcome,
    refused,
    runs,
    siemens,
    wordings,
    words,
)
from test_decision_tables import ROWS
from test_worked_examples import EXAMPLES, bought, renewal

ROWS_OF_POLICIES = {
    (vendor, row.id): row for vendor in books().vendors for row in books().policy(vendor, Place("test")).refusals
}
MORE = (
    (siemens(transaction="initial", term={"start": "2024-03-01", "expiry": "2025-03-01"}), "renewal-notice"),
    (renewal(premium={"level": "Level 2", "annual_fee": 1}), "quote"),
    (ayotex(transaction="initial"), "renewal-notice"),
    (bought("2026-03-02"), "renewal-notice"),
    (juniper(), "renewal-notice"),
)
"""Records that no decision table asks for."""
UNSAID = {"excluded_countries"}
"""What a report names and a letter does not: of a list it names the day and the country concerned."""


@cache
def barred() -> dict[tuple[str, str], Refusal]:
    """Return a refusal under each rule, by vendor and rule."""
    records = [(row.record, row.document) for row in (*EXAMPLES, *ROWS) if row.refusal]
    found = [outcome(record, document) for record, document in (*records, *MORE)]
    return {(told.vendor, told.row.id): told for told in found if isinstance(told, Refusal)}


def letters(told: Refusal) -> dict[str, Document]:
    chosen = letter_of(told, books())
    return {locale: compose(chosen, locale, books()) for locale in LOCALES}


def clause(document: Document, slot: str) -> Clause:
    (found,) = (block for block in document.blocks if isinstance(block, Clause) and block.slot == slot)
    return found


def figures_of(part: Document | Clause) -> Iterator[Value]:
    """Yield every value that is printed in a document or in one clause of it."""
    for inlines in runs(part.blocks):
        yield from (inline for inline in walk_inlines(inlines) if isinstance(inline, Value))


def shown(part: Document | Clause, field: str) -> set[str]:
    """Return what is printed of a field, in the canonical spelling."""
    return {value.canonical for value in figures_of(part) if value.field == field}


def bars() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("rule", ROWS_OF_POLICIES, ids="-".join)


# ------------------------------------------------------------------------------------------------------- the letter


@pytest.mark.parametrize("locale", LOCALES)
def test_every_rule_that_bars_a_document_has_words_in_every_locale(locale: str) -> None:
    for row in ROWS_OF_POLICIES.values():
        assert books().clause(locale, "refusal", row.id, row.place).parts


def test_every_rule_is_reached_by_a_record() -> None:
    assert set(barred()) == set(ROWS_OF_POLICIES)


@bars()
def test_a_letter_names_the_customer_the_rule_and_its_sources_in_every_language(rule: tuple[str, str]) -> None:
    told = barred()[rule]
    for locale, document in letters(told).items():
        text = words(document)
        for name in ("customer.name", "contract.number"):
            assert books().locale(locale).show(told.terms.figures[name]) in text
        assert told.policy.sources.title in text
        assert shown(document, "refusal.rule") == {told.row.id}
        assert shown(document, "refusal.fact") == set(told.row.cite)


@bars()
def test_a_letter_says_what_is_possible_instead_as_often_in_every_language(rule: tuple[str, str]) -> None:
    ways = [
        sum(isinstance(block, BulletItem) for block in clause(document, "refusal").blocks)
        for document in letters(barred()[rule]).values()
    ]
    assert ways[0] >= 1
    assert ways == ways[:1] * len(LOCALES)


@bars()
def test_a_letter_carries_the_same_figures_in_every_language(rule: tuple[str, str]) -> None:
    told = barred()[rule]
    figures = [
        Counter((value.field, value.canonical) for value in figures_of(document)) for document in letters(told).values()
    ]
    assert figures[0] == figures[1] == figures[2]
    said = {(value.field, value.canonical) for value in figures_of(clause(letters(told)["en"], "refusal"))}
    assert {(figure.field, figure.canonical) for figure in told.figures if figure.field not in UNSAID} <= said


@pytest.mark.parametrize("sample", refused(), ids=lambda sample: sample.id)
def test_a_sample_contract_that_is_refused_gets_its_letter(sample: Sample) -> None:
    told = decided(sample)
    assert isinstance(told, Refusal)
    for document in letters(told).values():
        assert shown(document, "refusal.rule") == {told.row.id}


@pytest.mark.parametrize("rule", [rule for rule in ROWS_OF_POLICIES if rule[0] == "ibm-cso"], ids="-".join)
def test_a_letter_to_someone_outside_the_plan_carries_no_telephone(rule: tuple[str, str]) -> None:
    """CSO-DT1."""
    for document in letters(barred()[rule]).values():
        assert not [value for value in figures_of(document) if value.kind is Kind.PHONE]
        digits = "".join(str(int(char)) if char.isdecimal() else char for char in words(document))
        assert not re.search(r"\d{3}-\d{3}-\d{4}", digits)


@pytest.mark.parametrize(("extension", "start"), [("docx", b"PK"), ("html", b"<!DOCTYPE html>"), ("pdf", b"%PDF")])
def test_a_letter_is_made_in_every_format(extension: str, start: bytes) -> None:
    made = letter(barred()["juniper", "country-listed"], "fa", extension)
    assert made.content.startswith(start)
    assert made.format == extension


# ------------------------------------------------------------------------------------------------- the command line


def render(tmp_path: Path, *arguments: str) -> tuple[Result, Path]:
    """Render a quote that is refused; what was there before is the quote of yesterday."""
    record, out = tmp_path / "record.yaml", tmp_path / "quote.html"
    record.write_text(juniper(customer={"country": "IR"}), encoding="utf-8")
    out.write_text("the quote of yesterday", encoding="utf-8")
    call = ["render", str(record), "--type", "quote", "--locale", "ko", "-o", str(out), *arguments]
    return CliRunner().invoke(main, call), out


@pytest.mark.parametrize("arguments", [(), ("--on-refusal", "report")], ids=["by default", "asked for"])
def test_a_refusal_is_reported_and_no_document_is_made(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result, out = render(tmp_path, *arguments)
    assert result.exit_code == Exit.REFUSED
    assert result.stdout == ""
    assert result.stderr.startswith("refused by policy (country-listed): quote for contract JNP-KR-2025-0901")
    for told in ("gate.country = IR", "policies/juniper.toml:", "source: JNP-54", "source: JNP-55", "possible instead"):
        assert told in result.stderr
    assert out.read_text(encoding="utf-8") == "the quote of yesterday"


def test_a_refusal_as_json_holds_rule_reason_figures_sources_and_ways_out(tmp_path: Path) -> None:
    result, out = render(tmp_path, "--on-refusal", "json")
    assert result.exit_code == Exit.REFUSED
    assert result.stderr == ""
    told = json.loads(result.stdout)
    row = ROWS_OF_POLICIES["juniper", "country-listed"]
    assert {name: told[name] for name in ("status", "vendor", "document", "contract", "rule", "reason")} == {
        "status": "refused",
        "vendor": "juniper",
        "document": "quote",
        "contract": "JNP-KR-2025-0901",
        "rule": "country-listed",
        "reason": row.reason,
    }
    assert told["figures"] == {"gate.country": "IR", "gate.day": "2025-03-10", "excluded_countries": "CU IR KP SD SY"}
    assert [cite.partition(":")[0] for cite in told["citations"]] == list(row.cite)
    assert told["instead"] == list(row.instead)
    assert out.read_text(encoding="utf-8") == "the quote of yesterday"


def test_a_refusal_as_a_letter_takes_the_place_of_the_document(tmp_path: Path) -> None:
    result, out = render(tmp_path, "--on-refusal", "letter")
    assert result.exit_code == Exit.REFUSED
    assert result.stderr.startswith("refused by policy (country-listed)")
    text = out.read_text(encoding="utf-8")
    assert "발행 불가 안내문" in text
    assert "country-listed" in text
    assert "JNP-55" in text


def test_a_document_that_is_not_barred_is_made_whatever_a_refusal_would_give(tmp_path: Path) -> None:
    record, out = tmp_path / "record.yaml", tmp_path / "quote.html"
    record.write_text(juniper(), encoding="utf-8")
    call = ["render", str(record), "--type", "quote", "--locale", "ko", "-o", str(out), "--on-refusal", "letter"]
    assert CliRunner().invoke(main, call).exit_code == Exit.OK
    assert "발행 불가 안내문" not in out.read_text(encoding="utf-8")


# ----------------------------------------------------------------------------------------- what lifts or moves a bar

CLEARANCE = {"reference": "LEG-2025-0042", "date": "2025-03-03"}


@pytest.mark.parametrize(
    "bar", [{"customer": {"country": "IR"}}, {"facts": {"provision": "prohibited"}}], ids=["listed", "prohibited"]
)
def test_a_recorded_clearance_overrides_a_bar_and_is_printed(bar: dict[str, Any]) -> None:
    for document in ("sdd", "quote", "support-plan"):
        assert isinstance(outcome(juniper(**bar), document), Refusal)
        chosen = outcome(juniper(**bar, clearance=CLEARANCE), document)
        assert isinstance(chosen, Selection)
        for locale in LOCALES:
            printed = clause(compose(chosen, locale, books()), "clearance")
            assert shown(printed, "clearance.reference") == {"LEG-2025-0042"}
            assert shown(printed, "clearance.date") == {"2025-03-03"}


def test_a_clearance_that_nothing_calls_for_is_not_printed() -> None:
    chosen = outcome(juniper(clearance=CLEARANCE), "quote")
    assert isinstance(chosen, Selection)
    assert "clearance" not in dict(wordings(chosen))


def two_lists(tmp_path: Path) -> Library:
    """Lay a policy over the built-in one in which the list of countries changes on 14 January 2021."""
    text = (ROOT / "policies" / "juniper.toml").read_text(encoding="utf-8")
    first = '{ since = 2010-01-01, value = "CU IR KP SD SY" }'
    changed = text.replace(first, f'{first}, {{ since = 2021-01-14, value = "BY CU IR KP SY" }}')
    assert changed != text
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "juniper.toml").write_text(changed, encoding="utf-8")
    return Library((tmp_path,))


@pytest.mark.parametrize(
    ("made", "country", "refused_by"),
    [
        ("2021-01-13", "SD", "country-listed"),
        ("2021-01-14", "SD", ""),
        ("2021-01-13", "BY", ""),
        ("2021-01-14", "BY", "country-listed"),
    ],
)
def test_the_list_that_held_on_the_day_of_the_contract_decides(
    tmp_path: Path, made: str, country: str, refused_by: str
) -> None:
    books_of_both = two_lists(tmp_path)
    term = {"start": "2021-02-01", "expiry": "2022-01-31"}
    record = juniper(day="2021-01-20", contract={"date": made}, customer={"country": country}, term=term)
    chosen = decide(parse_contract(record), "quote", books_of_both)
    assert (chosen.row.id if isinstance(chosen, Refusal) else "") == refused_by
    figures = chosen.terms.figures
    assert figures["gate.day"].canonical == made
    listed = "CU IR KP SD SY" if made < "2021-01-14" else "BY CU IR KP SY"
    assert figures["excluded_countries"].canonical == listed
    if isinstance(chosen, Selection):
        printed = clause(compose(chosen, "en", books_of_both), "availability")
        assert shown(printed, "excluded_countries") == {listed}


def test_a_quote_before_the_contract_is_judged_by_the_list_of_its_own_day(tmp_path: Path) -> None:
    record = juniper(day="2021-01-13", contract={"date": "2021-02-01"}, customer={"country": "SD"})
    told = decide(parse_contract(record), "quote", two_lists(tmp_path))
    assert isinstance(told, Refusal)
    assert told.terms.figures["gate.day"].canonical == "2021-01-13"


def test_no_list_is_guessed_for_a_day_before_the_first() -> None:
    record = juniper(contract={"date": "2009-12-31"})
    with pytest.raises(TemplateFault, match="has no value on 2009-12-31; its first holds from 2010-01-01") as caught:
        outcome(record, "quote")
    (problem,) = caught.value.problems
    assert problem.place.file == "policies/juniper.toml"
    assert problem.place.line
    assert problem.repair == "add the value that held on that day"


@pytest.mark.parametrize("sample", ["siemens-initial-too-short", "siemens-no-running-agreement"])
def test_a_first_term_that_bars_the_offer_does_not_bar_the_plan_of_what_support_is(sample: str) -> None:
    record = yaml.safe_load((CONTRACTS / f"{sample}.yaml").read_text(encoding="utf-8"))
    record["documents"] = {"support-plan": {"number": "SIE-SP-2026-0001", "date": str(record["contract"]["date"])}}
    assert isinstance(outcome(yaml.safe_dump(record, allow_unicode=True), "support-plan"), Selection)
