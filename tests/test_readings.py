"""Readings: each option that a record can agree makes a difference to some contract, so that none is a dead letter."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from contractgen.api import compose
from contractgen.errors import Place
from contractgen.selection import Selection
from contractgen.tree import Table, plain
from helpers import LOCALES, ayotex, books, fee, ibm_korea, juniper, line, outcome, siemens, terms, wordings

DISPATCH = {"kind": "dispatch", "hours": 5, "unit_price": 1000000}


def with_withdrawal(expiry: str, received: str, **more: Any) -> str:
    withdrawal = {"received": received, "sent": "2025-01-29", "written": True}
    return siemens(day=received, term={"expiry": expiry}, withdrawal=withdrawal, **more)


def leap(**more: Any) -> str:
    return siemens(day="2026-12-01", term={"start": "2024-02-29", "expiry": "2027-02-28"}, **more)


def delivered(delivery: str, purchase: str, concluded: str, **more: Any) -> str:
    dates = {"delivery": delivery, "purchase": purchase, "concluded": concluded}
    return siemens(day=concluded, transaction="deferred-initial", deferral=dates, licences=fee(3650001), **more)


def common(**more: Any) -> str:
    lines = [line("L1", 3650001, "2025-12-15"), line("L2", 3650000, "2026-01-01")]
    return siemens(day="2025-05-20", transaction="co-termination", licences=lines, **more)


def lapsed(effective: str, **more: Any) -> str:
    reinstatement = {"effective": effective}
    term = {"expiry": "2025-02-28", "lapsed": True}
    return siemens(
        day=effective, transaction="late-renewal", term=term, reinstatement=reinstatement, licences=fee(3650007), **more
    )


def premium_renewal(**more: Any) -> str:
    services: list[dict[str, Any]] = [
        DISPATCH,
        {**DISPATCH, "hours": 9},
        {**DISPATCH, "hours": 9, "year": 2},
        {"kind": "periodic-visit", "hours": 4},
        {"kind": "server-move"},
    ]
    tickets = [{"id": "T-1", "registered": "1404/07/23 16:00"}]
    package = {"sale_price": 987654321, "years": 2}
    return ayotex(tier="premium", services=services, tickets=tickets, holidays=["1404/07/26"], package=package, **more)


def ordered(day: str, **more: Any) -> str:
    """Return the record of maintenance that is said to expire on 31 March 2026 and is ordered anew on a day."""
    return ibm_korea(day=day, order={"date": day}, **more)


def leap_licence(**more: Any) -> str:
    return ibm_korea(day="2024-02-29", transaction="initial", term={"start": "2024-02-29", "expiry": None}, **more)


def with_readings(record: str, readings: dict[str, str]) -> str:
    return json.dumps({**json.loads(record), "readings": readings}, ensure_ascii=False)


def fifty_months(**more: Any) -> str:
    lines = [{"id": "L1", "product": "Scripts", "annual_fee": 3650004}]
    return juniper(term={"start": "2024-02-29", "expiry": None, "months": 50}, licences=lines, **more)


REVEALING: dict[str, list[tuple[Callable[..., str], str]]] = {
    "siemens": [
        (partial(with_withdrawal, "2025-03-03", "2025-02-02"), "withdrawal-ack"),
        (leap, "renewal-notice"),
        (partial(delivered, "2025-01-12", "2025-01-02", "2025-04-12"), "quote"),
        (partial(delivered, "2025-01-12", "2025-01-12", "2028-06-01"), "quote"),
        (common, "quote"),
        (partial(common, cotermination={"target": "2026-06-01"}), "quote"),
        (partial(lapsed, "2025-06-30"), "quote"),
        (partial(lapsed, "2028-02-28"), "quote"),
    ],
    "ayotex": [
        (premium_renewal, "quote"),
        (partial(premium_renewal, transaction="initial"), "quote"),
    ],
    "ibm-korea": [
        (partial(ordered, "2026-03-31"), "quote"),
        (partial(ordered, "2026-05-01"), "quote"),
        (leap_licence, "quote"),
        (partial(ibm_korea, tier="advanced"), "sdd"),
    ],
    "juniper": [(fifty_months, "quote")],
    "ibm-cso": [],  # its source leaves no question open that a document depends on
}
OPTIONS = [
    (vendor, name, option)
    for vendor in REVEALING
    for name, reading in books().policy(vendor, Place("test")).readings.items()
    for option in reading.options
    if option != reading.choose
]


@pytest.mark.parametrize(("vendor", "name", "option"), OPTIONS)
def test_every_reading_that_can_be_agreed_makes_a_difference_to_some_contract(
    vendor: str, name: str, option: str
) -> None:
    assert any(
        known(make(), document) != known(make(readings={name: option}), document)
        for make, document in REVEALING[vendor]
    )


def test_every_vendor_with_readings_is_looked_at() -> None:
    assert set(REVEALING) == set(books().vendors)


@pytest.mark.parametrize(
    ("record", "readings", "form", "first", "last"),
    [
        (ordered("2026-03-31"), {}, "annual-renewal", "2026-04-01", "2027-03-31"),
        (
            ordered("2026-03-31"),
            {"renewal_on_expiry_day": "reinstatement"},
            "reinstatement",
            "2026-03-31",
            "2027-03-30",
        ),
        (
            ordered("2026-03-30"),
            {"renewal_on_expiry_day": "reinstatement"},
            "annual-renewal",
            "2026-04-01",
            "2027-03-31",
        ),
        (ordered("2026-03-31"), {"expiry_date_means": "boundary"}, "reinstatement", "2026-03-31", "2027-03-30"),
        (ordered("2026-03-30"), {"expiry_date_means": "boundary"}, "annual-renewal", "2026-03-31", "2027-03-30"),
        (ordered("2026-05-01"), {}, "reinstatement", "2026-05-01", "2027-04-30"),
        (
            ordered("2026-05-01"),
            {"reinstatement_start": "day_after_old_expiry"},
            "reinstatement",
            "2026-04-01",
            "2027-03-31",
        ),
        (leap_licence(), {}, "new-licence", "2024-02-29", "2025-02-28"),
        (leap_licence(), {"feb29_end": "day_before"}, "new-licence", "2024-02-29", "2025-02-27"),
    ],
    ids=[
        "on the expiry day",
        "the expiry day is too late",
        "the day before is not",
        "boundary, on that day",
        "boundary, the day before",
        "reinstated from the order",
        "reinstated without a gap",
        "29 February, clamped",
        "29 February, the day before",
    ],
)
def test_the_readings_at_the_edges_decide_form_and_cover(
    record: str, readings: dict[str, str], form: str, first: str, last: str
) -> None:
    """IBM-DT1."""
    found = terms(with_readings(record, readings), "quote")
    cover = (found.figures["cover.start"].canonical, found.figures["cover.last_day"].canonical)
    assert (found.facts["form"].value, *cover) == (form, first, last)


CERTAIN = {"R15", "R16", "R17", "R18", "R24"}
"""Rows that are read as included in Advanced, though the source lost their marks."""
OPEN = CERTAIN | {"R19", "R20", "R21", "R22", "R25"}
"""Rows of Advanced that the source does not decide."""
OPEN_CELL = "to-be-confirmed"


def tier_cells(record: str, locale: str) -> dict[str, tuple[str, ...]]:
    """Return the cells of the comparison by row: Basic, Advanced, Premium."""
    chosen = outcome(record, "sdd")
    assert isinstance(chosen, Selection)
    tables = [block for block in compose(chosen, locale, books()).blocks if isinstance(block, Table)]
    rows = tables[-1].rows[1:]
    return {f"R{number:02}": tuple(plain(cell) for cell in row.cells[1:]) for number, row in enumerate(rows, 1)}


@pytest.mark.parametrize("locale", LOCALES)
def test_strict_mode_leaves_open_what_the_source_does_not_decide_of_advanced(locale: str) -> None:
    """The cells of all other rows and types stay as they are read."""
    label = {name: books().locale(locale).label(f"cells.{name}") for name in ("included", "not-included", OPEN_CELL)}
    read = tier_cells(ibm_korea(tier="advanced"), locale)
    strict = tier_cells(ibm_korea(tier="advanced", readings={"inferred_cells": "certain_only"}), locale)
    assert len(read) == len(strict) == 32
    for row, (basic, advanced, premium) in read.items():
        kept = label[OPEN_CELL] if row in OPEN else advanced
        assert strict[row] == (basic, kept, premium), row
    assert {read[row][1] for row in CERTAIN} == {label["included"]}
    assert {read[row][1] for row in OPEN - CERTAIN} == {label["not-included"]}
    assert read["R23"][1] == strict["R23"][1] == label["included"]


@pytest.mark.parametrize(
    ("tier", "reading", "preventive", "onsite", "premium"),
    [
        ("basic", "as_read", None, None, None),
        ("basic", "certain_only", None, None, None),
        ("advanced", "as_read", "performance-check-and-yearly-plan", "visits-and-fix-installation", None),
        ("advanced", "certain_only", None, "visits-for-product-problems", None),
        *(
            (
                "premium",
                reading,
                "performance-check-and-yearly-plan",
                "visits-and-fix-installation",
                "tuning-training-visits-and-named-person",
            )
            for reading in ("as_read", "certain_only")
        ),
    ],
)
def test_strict_mode_grants_advanced_only_what_is_certain(
    tier: str, reading: str, preventive: str | None, onsite: str | None, premium: str | None
) -> None:
    """Premium has every row in either reading, Basic no row beyond the common ones."""
    chosen = outcome(ibm_korea(tier=tier, readings={"inferred_cells": reading}), "sdd")
    assert isinstance(chosen, Selection)
    found = dict(wordings(chosen))
    slots = ("preventive-services", "onsite-services", "premium-services")
    assert tuple(found.get(slot) for slot in slots) == (preventive, onsite, premium)


def known(record: str, document: str) -> dict[str, Any]:
    """Return all facts, figures and table rows as plain data."""
    found = terms(record, document)
    facts = {fact.name: fact.value for fact in found.facts.values()}
    figures = {figure.field: figure.canonical for figure in found.figures.values()}
    lists = {
        name: [(row.label, {key: cell.canonical for key, cell in row.figures.items()}) for row in rows]
        for name, rows in found.lists.items()
    }
    return {"facts": facts, "figures": figures, "lists": lists}
