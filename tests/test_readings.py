"""Readings: each option that a record can agree makes a difference to some contract, so that none is a dead letter."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from contractgen.errors import Place
from helpers import ayotex, books, fee, line, siemens, terms

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
