"""Nothing is lost: every fact of the vendors' documents is carried where it belongs, or left out with a reason."""

import json

import pytest
from click.testing import CliRunner

from contractgen.cli import main
from contractgen.coverage import PRINTED, FactCoverage, coverage
from contractgen.errors import Place
from contractgen.policy import Policy
from helpers import books

VENDORS = books().vendors


def policy_of(vendor: str) -> Policy:
    return books().policy(vendor, Place("test"))


def facts_of(vendor: str) -> tuple[FactCoverage, ...]:
    return coverage(policy_of(vendor), books())


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_fact_is_carried_or_left_out_with_a_reason(vendor: str) -> None:
    assert [fact.id for fact in facts_of(vendor) if not fact.covered] == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_fact_is_printed_in_each_document_that_it_names(vendor: str) -> None:
    policy = policy_of(vendor)
    for fact in facts_of(vendor):
        printed = {name for carrier in fact.carriers if carrier.kind in PRINTED for name in carrier.documents}
        named = {name for name in fact.entry.documents if name in policy.documents}
        if not fact.left_out:
            assert named - printed <= set(fact.entry.left_out_of), fact.id


def test_only_advertising_and_lost_pictures_are_left_out() -> None:
    left_out = {fact.id: fact for vendor in VENDORS for fact in facts_of(vendor) if fact.left_out}
    assert sorted(left_out) == sorted(
        ["CSO-03", "IBM-38", "IBM-40", "IBM-45", "IBM-53", "JNP-67", "SIE-01", "SIE-04", "SIE-15", "SIE-42"]
    )
    assert {fact.entry.kind for fact in left_out.values()} == {"disclaimer"}


def test_a_fact_that_no_row_cites_is_lost_and_told() -> None:
    policy = policy_of("ayotex")
    cited = {fact.id: {carrier.name for carrier in fact.carriers} for fact in coverage(policy, books())}
    assert "dispatch-ranking/visit-when-remote-access-fails" in cited["AYX-34"]
    assert "multi-year-discount/renewal-for-several-years" in cited["AYX-19"]
    assert "tiers: rows.ayotex.onsite" in cited["AYX-08"]


def test_the_command_lists_each_fact_and_what_carries_it() -> None:
    listed = CliRunner().invoke(main, ["sources", "--coverage", "juniper"])
    assert listed.exit_code == 0
    assert "69 facts: 68 carried, 1 left out with a reason, 0 lost (100 %)" in listed.output
    assert "clause   availability/worldwide-save-excluded-countries  [sdd]" in listed.output
    data = json.loads(CliRunner().invoke(main, ["sources", "--coverage", "--format", "json"]).output)
    assert {vendor: len(facts) for vendor, facts in data.items()} == {
        "ayotex": 35, "ibm-cso": 34, "ibm-korea": 53, "juniper": 69, "siemens": 47,
    }  # fmt: skip
    assert all(fact["covered"] for facts in data.values() for fact in facts)


def test_the_command_shows_beside_each_row_the_statements_that_it_rests_on() -> None:
    shown = CliRunner().invoke(main, ["sources", "--basis", "siemens"]).output
    assert "  late-renewal: reinstatement-fee-computed\n    SIE-31: " in shown
    assert "  reinstatement_rate = 25\n    SIE-32: On top comes a reinstatement fee of 25 %" in shown


def test_the_command_says_what_a_record_has_to_give_and_what_counts_where_it_is_silent() -> None:
    shown = CliRunner().invoke(main, ["list", "--needs", "siemens"]).output
    assert "  without customer.region it counts as other\n" in shown
    assert "add documents.quote.valid_until" in shown
