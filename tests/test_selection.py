"""Selection: whatever a record says, every slot of every document has exactly one row, and every row its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import cycle, product
from typing import Any

import pytest

from contractgen.api import compose, decide
from contractgen.checks.space import Space
from contractgen.conditions import When
from contractgen.contract import parse_contract
from contractgen.errors import InvalidData, Place
from contractgen.policy import Policy, SlotRow
from contractgen.refusals import SLOT, WORDINGS
from contractgen.selection import Omitted, Refusal, Selection
from contractgen.terms import domains
from contractgen.terms.orders import SIZES
from contractgen.values import Cause, Fact, Origin
from helpers import LOCALES, ayotex, books, clauses, fee, ibm_cso, ibm_korea, issued, juniper, line, siemens, wordings

VENDORS = books().vendors
CAUSE = Cause(Origin.CALL, "test")


def policy_of(vendor: str) -> Policy:
    return books().policy(vendor, Place("test"))


def slots_of(policy: Policy) -> Iterator[tuple[str, str, str]]:
    """Yield document, slot and kind of block of every slot of every document of a vendor."""
    for document in policy.documents:
        for slot in books().outline(document).slots:
            yield document, slot.name, slot.block


def rows_of(policy: Policy, document: str, slot: str) -> tuple[SlotRow, ...]:
    blanket = policy.omissions.get((document, slot))
    return (*((blanket,) if blanket else ()), *policy.slots.get(slot, ()))


def combinations(policy: Policy, document: str, rows: tuple[SlotRow, ...]) -> Iterator[dict[str, Fact]]:
    """Yield every combination of the facts that the rows look at; other facts cannot change their outcome."""
    known = domains(policy)
    names = sorted({name for row in rows for name, _ in row.when.terms} - {"document"})
    for values in product(*(known[name] for name in names)):
        chosen = {"document": document, **dict(zip(names, values, strict=True))}
        yield {name: Fact(name, value, known[name], CAUSE) for name, value in chosen.items()}


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_slot_has_exactly_one_row_for_every_combination_of_facts_that_a_contract_can_have(vendor: str) -> None:
    """Two rows never match at once; none may match only where no contract can have the facts, or it is refused."""
    policy, faults, seen = policy_of(vendor), [], 0
    spaces = {document: Space(policy, document) for document in policy.documents}
    for document, slot, block in slots_of(policy):
        rows = rows_of(policy, document, slot)
        if not rows and block != "clause":
            continue  # furniture that every document carries
        for facts in combinations(policy, document, rows):
            seen += 1
            matching = [row for row in rows if row.when.holds(facts)]
            known = {name: fact.value for name, fact in facts.items()}
            if len(matching) > 1 or (not matching and spaces[document].possible(known) is not None):
                found = ", ".join(str(row.place) for row in matching) or "none"
                faults.append(f"{document}/{slot}: {found} for {known}")
    assert seen > 50
    assert faults == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_combination_of_facts_meets_two_rows_of_a_table_of_figures_or_services(vendor: str) -> None:
    policy = policy_of(vendor)
    known = {**domains(policy), "size": SIZES}
    tables: dict[str, list[When]] = {name: [row.when for row in rows] for name, rows in policy.decide.items()}
    for service in policy.services:
        tables.setdefault(f"service {service.kind}", []).append(service.when)
    for name, conditions in tables.items():
        facts = sorted({fact for when in conditions for fact, _ in when.terms})
        for values in product(*(known[fact] for fact in facts)):
            chosen = {fact: Fact(fact, value, known[fact], CAUSE) for fact, value in zip(facts, values, strict=True)}
            matching = [when.place for when in conditions if when.holds(chosen)]
            assert len(matching) <= 1, f"{name}: {matching}"


# ------------------------------------------------------------------------------------------- the space of records

TERM = {"start": "2024-03-01", "expiry": "2025-03-01"}
LAPSED = {**TERM, "lapsed": True}


def notice(received: str, **more: Any) -> dict[str, Any]:
    return {"received": received, "written": True, **more}


def siemens_cases() -> Iterator[dict[str, Any]]:
    """Yield the cases that differ in what the rules find: transactions, dates, notices."""
    for term in ({"months": 12}, {"months": 6}, {"expiry": "2025-09-01"}):
        yield {"transaction": "initial", "customer": {"status": "new"}, "term": {"start": "2024-03-01", **term}}
    for lapsed in (False, True):
        runs: dict[str, Any] = {"start": "2024-09-01", "lapsed": lapsed, "expiry": "2025-03-01"}
        yield {"transaction": "initial", "term": runs, "cotermination": {"target": "2025-03-01"}}
    for concluded in ("2024-06-01", "2024-08-30", "2024-08-31", "2027-06-02"):
        dates = {"delivery": "2024-06-01", "concluded": concluded}
        limit = {"deferral_limit_months": "36"}
        yield {
            "transaction": "deferred-initial",
            "deferral": dates,
            "readings": limit,
            "term": {"expiry": "2028-06-01"},
        }
    for expiries, dates in (
        (("2025-07-01", "2025-10-01"), {}),
        (("2025-02-20", "2025-03-01"), {}),
        (("2025-07-01", "2025-07-01"), {}),
        (("2025-07-01", "2025-10-01"), {"target": "2025-09-30"}),
        (("2025-07-01", "2025-10-01"), {"target": "2025-10-02"}),
        (("2024-11-01", "2026-02-01"), {"ordered": "2024-12-01"}),
        (("2021-11-01", "2025-10-01"), {"ordered": "2024-12-01"}),
    ):
        lines = [line(f"L{number}", 1000 * number, expiry) for number, expiry in enumerate(expiries, 1)]
        yield {"transaction": "co-termination", "licences": lines, "cotermination": dates, "term": TERM}
    for effective in ("2025-02-01", "2025-03-02", "2028-03-01", "2028-03-02"):
        yield {"transaction": "late-renewal", "term": LAPSED, "reinstatement": {"effective": effective}}
    yield {"term": TERM}
    yield {"term": LAPSED, "withdrawal": notice("2025-03-02")}
    yield {"term": {**LAPSED, "expiry": "2021-03-01", "start": "2020-03-01"}, "withdrawal": notice("2024-12-01")}
    for received in ("2025-01-30", "2025-01-31"):
        yield {"term": TERM, "withdrawal": notice(received)}
        yield {"term": TERM, "withdrawal": notice(received, written=False)}
        yield {"term": TERM, "withdrawal": notice(received, licences=["L2"]), "licences": fee(1000, 2000)}


def siemens_records() -> Iterator[str]:
    days = ("2024-12-02", "2025-02-15")  # notice is still possible, and is not
    regions = cycle(("americas", "emea", "apac", "other", None))  # five, so that each meets every case sooner or later
    for (case, day, tier), region in zip(product(siemens_cases(), days, (False, True)), regions, strict=False):
        more: dict[str, Any] = (
            {"tier": "premium-option", "premium": {"level": "Level 2", "annual_fee": 500}} if tier else {}
        )
        party = "partner" if region == "emea" else None
        customer = {"region": region, "party": party, **case.get("customer", {})}
        yield siemens(day=day, **{**case, **more, "customer": customer})
    yield siemens(premium={"level": "x", "annual_fee": 1}, term=TERM, licences=fee(5))
    yield siemens(
        tier="premium-option",
        premium={"level": "x", "annual_fee": 1},
        term=TERM,
        licences=fee(5, licence_type="subscription"),
    )


def ayotex_records() -> Iterator[str]:
    contacts = (
        {"phone": "021 1"},
        {"phone": None, "email": "a@b.example"},
        {"phone": "021 1", "email": "a@b.example"},
        {"phone": None},
    )
    services: tuple[list[dict[str, Any]], ...] = (
        [],
        [{"kind": "periodic-visit", "hours": 4}],
        [{"kind": "startup", "days": 7}],
    )
    agreed = {
        "agreed_end": "1403/12/30",
        "agreed_form": "letter",
        "agreed_settlement": "none",
        "agreed_last_day": "1403/10/30",
    }
    for tier, area, transaction in product(
        ("basic", "standard", "premium"), ("tehran", "outside-tehran"), ("initial", "renewal")
    ):
        common: dict[str, Any] = {"tier": tier, "customer": {"area": area}, "transaction": transaction}
        for contact, received in product(contacts, ("1403/10/30", "1403/11/01")):
            tickets = [{"id": "T-1", "registered": "1404/07/24 11:00"}] if received == "1403/10/30" else []
            withdrawal = {**notice(received), **agreed}
            yield ayotex(**common, issuer=contact, withdrawal=withdrawal, tickets=tickets)
        for ordered, (years, rate) in product(services, ((1, 24), (1, 30), (2, 30), (3, 30), (4, 30))):
            yield ayotex(**common, services=ordered, package={"years": years, "rate_percent": rate})
    yield ayotex(day="1404/01/01")  # the contract has ended


def ibm_korea_records() -> Iterator[str]:
    expiry = "2026-03-31"
    cases: tuple[dict[str, Any], ...] = (
        {"transaction": "initial", "term": {"start": "2026-03-02", "expiry": None}},
        {"transaction": "initial", "term": None},  # bought on the day of the order
        *({"order": {"date": day}, "term": {"expiry": expiry}} for day in ("2026-03-30", expiry, "2026-04-01")),
        {"term": None},
    )
    for case, tier, family, cells in product(
        cases, ("basic", "advanced", "premium"), ("general", "rational"), ("as_read", "certain_only")
    ):
        yield ibm_korea(tier=tier, facts={"product_family": family}, readings={"inferred_cells": cells}, **case)


def juniper_cases() -> Iterator[dict[str, Any]]:
    """Yield the cases that differ in what the rules find: buyers, countries, terms, documents, releases."""
    end_user = {"name": "Dasan Networks", "address": "Busan", "country": "KR"}
    for buyer in ("reseller", "distributor"):
        resale = {"buyer": buyer, "qualified": None, "authorised": "yes", "purpose": "resale"}
        yield {"facts": resale, "end_user": end_user}
        yield {"facts": {**resale, "authorised": "no"}, "end_user": end_user}
        yield {"facts": {**resale, "purpose": "internal-use"}, "end_user": end_user}
        yield {"facts": resale, "end_user": {**end_user, "address": None}}
        yield {"facts": resale, "end_user": {**end_user, "country": "SY"}}
        yield {"facts": resale}
    yield {"facts": {"qualified": "no"}}
    yield {"facts": {"purpose": "resale"}}
    clearance = {"reference": "LEG-1", "date": "2025-01-10"}
    for more in ({}, {"clearance": clearance}):
        yield {"customer": {"country": "IR"}, **more}
        yield {"facts": {"provision": "prohibited"}, **more}
    yield {"term": {"expiry": "2025-12-31"}}
    yield {"term": {"expiry": None, "months": 18}}
    yield {"term": {"expiry": "2025-12-31"}, "cotermination": {"agreement": "A-1", "contracts": ["JNP-0"]}}
    for design, test in product(("agreed", "not-agreed", "outdated", "missing"), repeat=2):
        fees = {"creation_fee": 3000000, "update_fee": 1000000}
        yield {"prerequisites": {"design_document": design, "test_plan": test, **fees}}
    yield {"release": {"running": "R1"}}
    yield {"release": {"running": "R2", "changed_by": "vendor"}}
    yield {"release": {"running": "R2", "changed_by": "end-user"}}


def juniper_records() -> Iterator[str]:
    for case in ({}, *juniper_cases()):
        yield juniper(**case)
        for day in ("2026-03-02", "2026-04-01"):  # the contract runs, and has ended
            yield juniper(day=day, **{**case, "transaction": "renewal", "term": {"months": None}})
    shared = {"target": "2026-12-31", "agreement": "A-1", "contracts": ["JNP-0"]}
    for target in (shared, {**shared, "agreement": None}, {**shared, "target": "2027-04-30"}):
        yield juniper(day="2026-03-02", transaction="renewal", cotermination=target)
    for left_out in ("term", "release", "prerequisites", "licences"):
        nothing: dict[str, Any] = {left_out: None}
        yield juniper(**nothing)


def ibm_cso_records() -> Iterator[str]:
    segments = ("commercial", "state-local-government", "federal-government", "business-partner", "individual-consumer")
    topics = ("invoice", "order", "delivery", "contract", "inventory", "renewal", "technical", None)
    for segment, party, topic, path in product(segments, ("customer", "partner"), topics, ("show", None)):
        customer = {"segment": segment, "party": party}
        yield ibm_cso(customer=customer, facts={"topic": topic, "site_path": path})
    for country in ("CA", "KR", None):
        yield ibm_cso(customer={"country": country})
    yield ibm_cso(day="2026-01-15")  # the contract has ended


RECORDS: dict[str, Callable[[], Iterator[str]]] = {
    "siemens": siemens_records,
    "ayotex": ayotex_records,
    "ibm-korea": ibm_korea_records,
    "juniper": juniper_records,
    "ibm-cso": ibm_cso_records,
}


@cache
def space(vendor: str) -> tuple[Selection | Refusal, ...]:
    """Decide every document of every record of a vendor that holds what the document needs; a fault stops the test."""
    found: list[Selection | Refusal] = []
    for text in RECORDS[vendor]():
        contract = parse_contract(text)
        for document in policy_of(vendor).documents:
            try:
                found.append(decide(contract, document, books()))
            except InvalidData as fault:
                assert "missing" in str(fault), fault  # noqa: PT017  (the fault is no failure here)
    return tuple(found)


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_record_gets_every_document_or_a_refusal_or_is_told_what_is_missing(vendor: str) -> None:
    found = space(vendor)
    assert len([chosen for chosen in found if isinstance(chosen, Selection)]) > 100
    assert {chosen.row.id for chosen in found if isinstance(chosen, Refusal)} == {
        row.id for row in policy_of(vendor).refusals
    }


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_wording_of_a_policy_is_reached_by_a_record_and_composed_in_all_locales(vendor: str) -> None:
    named = {(slot, row.wording) for slot, rows in policy_of(vendor).slots.items() for row in rows if row.wording}
    reached: set[tuple[str, str]] = set()
    for chosen in space(vendor):
        if isinstance(chosen, Selection) and not set(wordings(chosen)) <= reached:
            documents = [compose(chosen, locale, books()) for locale in LOCALES]
            assert clauses(documents[0]) == clauses(documents[1]) == clauses(documents[2])
            reached |= set(wordings(chosen))
    assert named - reached == set()


def test_every_clause_is_named_by_a_policy() -> None:
    named: set[tuple[str, str | None]] = {
        (slot, row.wording) for vendor in VENDORS for slot, rows in policy_of(vendor).slots.items() for row in rows
    }
    named |= {(SLOT, row.id) for vendor in VENDORS for row in policy_of(vendor).refusals} | set(WORDINGS.items())
    assert set(books().clause_names()) - named == set()


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_record_has_facts_that_count_as_impossible(vendor: str) -> None:
    """Else a policy could pass without a row for a contract that there is."""
    policy = policy_of(vendor)
    spaces = {document: Space(policy, document, refusals=0) for document in policy.documents}
    for chosen in space(vendor):
        facts = {name: fact.value for name, fact in chosen.terms.facts.items()}
        assert spaces[chosen.terms.document].possible(facts) is not None, facts


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_omission_says_why_and_which_fact_kept_each_wording_out(vendor: str) -> None:
    for chosen in space(vendor):
        for pick in chosen.picks if isinstance(chosen, Selection) else ():
            if isinstance(pick, Omitted):
                assert pick.reason
                assert all(facts for _, facts in pick.missed), f"{pick.row.place}: {pick.slot.name}"


def test_the_sample_contracts_reach_every_document_of_every_vendor() -> None:
    made = {(sample.vendor, sample.document) for sample in issued()}
    assert made == {(vendor, document) for vendor in VENDORS for document in policy_of(vendor).documents}
