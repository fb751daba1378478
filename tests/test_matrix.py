"""The matrix of documents is complete: each vendor, document type and tier, in each language and format."""

from __future__ import annotations

import json
from functools import cache

import pytest
from click.testing import CliRunner

from contractgen.api import compose
from contractgen.checks.witness import Case, Witnesses
from contractgen.cli import main
from contractgen.errors import Place
from contractgen.listing import matrix
from contractgen.selection import Selection, refusal, select
from contractgen.tree import Document, Table
from contractgen.writers import extensions, writer_for
from helpers import LOCALES, books

CELLS = [(row["vendor"], row["document"], tier) for row in matrix(books()) for tier in row["tiers"]]

BASIS = {
    "ayotex": {"sdd", "renewal-notice", "withdrawal-ack", "quote", "support-plan"},
    "ibm-cso": {"renewal-notice", "support-plan"},
    "ibm-korea": {"sdd", "renewal-notice", "quote", "support-plan"},
    "juniper": {"sdd", "renewal-notice", "quote", "support-plan"},
    "siemens": {"sdd", "renewal-notice", "withdrawal-ack", "quote", "support-plan"},
}


@cache
def witnesses(vendor: str) -> Witnesses:
    return Witnesses(books().policy(vendor, Place("test")))


@cache
def case(vendor: str, document: str, tier: str) -> Selection:
    """Return a document of the tier that no rule refuses, from the least record that it needs."""
    known = witnesses(vendor)
    for probed in known.of(document):
        data = {**probed.data, "tier": tier}
        if tier == "premium-option":
            data["premium"] = {"level": "Level 2", "annual_fee": 1000}
        made = known.tried(document, data)
        if isinstance(made, Case) and refusal(known.policy, made.terms) is None:
            return select(books().outline(document), known.policy, made.terms)
    raise LookupError(f"{vendor} {document} {tier}")


def test_every_vendor_has_the_documents_that_its_source_gives_a_basis_for() -> None:
    assert {vendor: set(books().policy(vendor, Place("test")).documents) for vendor in books().vendors} == BASIS


def test_the_command_prints_the_matrix() -> None:
    data = json.loads(CliRunner().invoke(main, ["list", "--matrix", "--format", "json"]).output)
    assert {(row["vendor"], row["document"]) for row in data} == {
        (vendor, document) for vendor, documents in BASIS.items() for document in documents
    }


@pytest.mark.parametrize(("vendor", "document", "tier"), CELLS, ids=["-".join(cell) for cell in CELLS])
def test_each_cell_of_the_matrix_renders_in_every_language_and_format(vendor: str, document: str, tier: str) -> None:
    selection = case(vendor, document, tier)
    for locale in LOCALES:
        made = compose(selection, locale, books())
        for extension in extensions():
            assert len(writer_for(extension).write(made, books().styles())) > 1000


@pytest.mark.parametrize("vendor", ["ayotex", "ibm-korea", "siemens"])
@pytest.mark.parametrize("locale", LOCALES)
def test_a_service_description_ends_with_the_comparison_of_tiers_the_own_marked(vendor: str, locale: str) -> None:
    policy = books().policy(vendor, Place("test"))
    tiers = policy.facts["tier"].domain
    for number, tier in enumerate(tiers, 1):
        document: Document = compose(case(vendor, "sdd", tier), locale, books())
        table = document.blocks[-1]
        assert isinstance(table, Table)
        assert len(table.columns) == len(tiers) + 1
        assert [column.own for column in table.columns] == [index == number for index in range(len(tiers) + 1)]
        assert len(table.rows) - 1 == len(policy.tables["tiers"].rows)
