"""The worked examples of the vendors' rules, from a contract record to facts, figures and price lines.

The ids are those of the sources' examples; what stands behind a slash is another reading, agreed in the record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from contractgen.api import compose
from contractgen.selection import Refusal, Selection
from contractgen.tree import BulletItem, Clause, values
from helpers import (
    ayotex,
    books,
    fee,
    ibm_cso,
    ibm_korea,
    juniper,
    line,
    outcome,
    price_lines,
    siemens,
    terms,
    totals,
    wordings,
    words,
)


@dataclass(frozen=True)
class Example:
    """A record, a document, and what must come out of them; amounts are written in the canonical spelling."""

    id: str
    record: str
    document: str
    figures: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    lines: list[tuple[str, int]] | None = None
    totals: dict[str, int] = field(default_factory=dict)
    refusal: str = ""
    wordings: dict[str, str] = field(default_factory=dict)
    """The wording of a slot; empty for a slot that stays out."""


def renewal(**more: Any) -> str:
    term = {"start": "2024-03-01", "expiry": "2025-03-01", **more.pop("term", {})}
    return siemens(term=term, **more)


def notice(received: str, **more: Any) -> str:
    withdrawal = {"received": received, "written": True}
    return renewal(day="2025-02-03", withdrawal=withdrawal, **more)


def five_licences() -> str:
    withdrawal = {"received": "2025-01-10", "written": True, "licences": ["L1", "L4"]}
    return renewal(day="2025-01-13", withdrawal=withdrawal, licences=fee(1, 2, 3, 4, 5))


def late(expiry: str, effective: str, amount: int, **readings: str) -> str:
    return siemens(
        day=effective,
        transaction="late-renewal",
        term={"expiry": expiry, "lapsed": True},
        reinstatement={"effective": effective},
        licences=fee(amount),
        readings=readings,
    )


def deferred(concluded: str, **readings: str) -> str:
    deferral = {"delivery": "2025-01-10", "concluded": concluded}
    return siemens(day=concluded, transaction="deferred-initial", deferral=deferral, readings=readings)


def common_date(target: str | None = "2026-01-01", ordered: str | None = None, **readings: str) -> str:
    lines = [
        line("L1", 3650000, "2025-07-01"),
        line("L2", 7300000, "2025-10-01"),
        line("L3", 1825000, "2026-01-01"),
    ]
    dates = {name: day for name, day in (("target", target), ("ordered", ordered)) if day}
    return siemens(
        day="2025-05-20", transaction="co-termination", licences=lines, cotermination=dates, readings=readings
    )


def package(years: int, **readings: str) -> str:
    return ayotex(package={"years": years}, readings=readings)


def bought(day: str, **more: Any) -> str:
    """Return the record of a licence bought on a day; its maintenance expires when the rule says."""
    return ibm_korea(day=day, transaction="initial", term={"start": day, "expiry": None}, **more)


def ordered(day: str, **readings: str) -> str:
    """Return the record of maintenance that ran until 31 March 2026 and is ordered anew on a day."""
    return ibm_korea(day=day, order={"date": day}, readings=readings)


def running_release(name: str, changed_by: str, **more: Any) -> str:
    return juniper(release={"agreed": "R1", "running": name, "changed_by": changed_by}, **more)


EXAMPLES = [
    Example(
        "SIE-EX01", renewal(), "renewal-notice",
        {"notice.deadline": "2025-01-30", "renewal.start": "2025-03-01", "term.next_expiry": "2026-03-01",
         "renewal.fee": "3650000 KRW"},
        {"withdrawal": "none", "window": "open"}, [("renewal-term", 3650000)],
    ),
    Example("SIE-EX01/clear_days", renewal(readings={"notice_count": "clear_days"}), "renewal-notice",
            {"notice.deadline": "2025-01-29"}),
    Example("SIE-EX02/received 2025-01-30", notice("2025-01-30"), "withdrawal-ack",
            {"withdrawal.cover_ends": "2025-03-01", "term.expiry": "2025-03-01"}, {"withdrawal": "accepted"}),
    Example("SIE-EX02/received 2025-01-31", notice("2025-01-31"), "withdrawal-ack",
            {"term.next_expiry": "2026-03-01", "notice.next_deadline": "2026-01-30"}, {"withdrawal": "late"}),
    Example("SIE-EX02/clear_days, received 2025-01-30", notice("2025-01-30", readings={"notice_count": "clear_days"}),
            "withdrawal-ack", {"notice.deadline": "2025-01-29"}, {"withdrawal": "late"}),
    Example("SIE-EX02/clear_days, received 2025-01-31", notice("2025-01-31", readings={"notice_count": "clear_days"}),
            "withdrawal-ack", {}, {"withdrawal": "late"}),
    Example(
        "SIE-EX04", late("2025-03-01", "2025-05-30", 3650000), "quote",
        {"late.gap_days": "90 day", "late.gap_fee": "900000 KRW", "late.fee": "225000 KRW", "late.terms": "1",
         "late.renewal_fee": "3650000 KRW", "late.start": "2025-03-01", "late.expiry": "2026-03-01",
         "late.total": "3875000 KRW", "price.total": "3875000 KRW"},
        {"lapse": "within-limit"}, [("late-term", 3650000), ("reinstatement-fee", 225000)], {"total": 3875000},
    ),
    Example(
        "SIE-EX04/gap_plus_12_months", late("2025-03-01", "2025-05-30", 3650000, back_fee_term="gap_plus_12_months"),
        "quote", {"late.expiry": "2026-05-30", "late.fee": "225000 KRW", "price.total": "4775000 KRW"}, {},
        [("back-fee", 900000), ("forward-fee", 3650000), ("reinstatement-fee", 225000)],
    ),
    Example(
        "SIE-EX04/annual_fees_due_in_gap",
        late("2025-03-01", "2025-05-30", 3650000, reinstatement_base="annual_fees_due_in_gap"), "quote",
        {"late.gap_fee": "3650000 KRW", "late.fee": "912500 KRW", "price.total": "4562500 KRW"},
    ),
    Example(
        "SIE-EX06", late("2023-03-01", "2024-09-01", 7300000), "quote",
        {"late.gap_days": "550 day", "late.gap_fee": "10980000 KRW", "late.fee": "2745000 KRW", "late.terms": "2",
         "late.renewal_fee": "14600000 KRW", "late.start": "2023-03-01", "late.expiry": "2025-03-01",
         "price.total": "17345000 KRW"},
        {}, [("late-term", 14600000), ("reinstatement-fee", 2745000)],
    ),
    Example("SIE-EX06/actual_365", late("2023-03-01", "2024-09-01", 7300000, day_count="actual_365"), "quote",
            {"late.gap_fee": "11000000 KRW", "late.fee": "2750000 KRW", "price.total": "17350000 KRW"}),
    Example(
        "SIE-EX06/gap_plus_12_months", late("2023-03-01", "2024-09-01", 7300000, back_fee_term="gap_plus_12_months"),
        "quote", {"late.expiry": "2025-09-01", "price.total": "21025000 KRW"}, {},
        [("back-fee", 10980000), ("forward-fee", 7300000), ("reinstatement-fee", 2745000)],
    ),
    Example(
        "SIE-EX06/annual_fees_due_in_gap",
        late("2023-03-01", "2024-09-01", 7300000, reinstatement_base="annual_fees_due_in_gap"), "quote",
        {"late.gap_fee": "14600000 KRW", "late.fee": "3650000 KRW", "price.total": "18250000 KRW"},
    ),
    Example(
        "SIE-EX07/reinstated 2025-06-15", late("2022-06-15", "2025-06-15", 6000000), "quote",
        {"late.gap_days": "1096 day", "late.gap_fee": "18000000 KRW", "late.fee": "4500000 KRW", "late.terms": "4",
         "late.renewal_fee": "24000000 KRW", "late.expiry": "2026-06-15", "late.limit_date": "2025-06-15",
         "price.total": "28500000 KRW"},
        {"lapse": "within-limit"},
    ),
    Example("SIE-EX07/reinstated 2025-06-16", late("2022-06-15", "2025-06-16", 6000000), "quote",
            {"late.limit_date": "2025-06-15"}, {"lapse": "beyond-limit"}, None, {}, "beyond-lapse-limit"),
    Example("SIE-EX07/lapse_limit_exclusive", late("2022-06-15", "2025-06-15", 6000000, lapse_limit_inclusive="false"),
            "quote", {"late.limit_date": "2025-06-14"}, {}, None, {}, "beyond-lapse-limit"),
    Example("SIE-EX07/actual_365", late("2022-06-15", "2025-06-15", 6000000, day_count="actual_365"), "quote",
            {"late.gap_fee": "18016438 KRW", "late.fee": "4504110 KRW"}),
    Example("SIE-EX07/gap_plus_12_months",
            late("2022-06-15", "2025-06-15", 6000000, back_fee_term="gap_plus_12_months"), "quote",
            {"price.total": "28500000 KRW"}),
    Example(
        "SIE-EX07/annual_fees_due_in_gap",
        late("2022-06-15", "2025-06-15", 6000000, reinstatement_base="annual_fees_due_in_gap"), "quote",
        {"late.gap_fee": "18000000 KRW", "late.fee": "4500000 KRW", "price.total": "28500000 KRW"},
    ),
    Example(
        "SIE-EX09/concluded 2025-04-10", deferred("2025-04-10"), "quote",
        {"grace.last_day": "2025-04-10", "deferral.start": "2025-01-10", "deferral.expiry": "2026-01-10",
         "deferral.fee": "0 KRW", "price.total": "3650000 KRW", "deferral.unsupported_days": "90 day"},
        {"grace": "inside"}, [("first-term", 3650000)],
    ),
    Example(
        "SIE-EX09/concluded 2025-04-11", deferred("2025-04-11"), "quote",
        {"deferral.start": "2025-01-10", "deferral.expiry": "2026-01-10", "deferral.accrued_days": "91 day",
         "deferral.accrued_fee": "910000 KRW", "deferral.fee": "227500 KRW", "price.total": "3877500 KRW"},
        {"grace": "outside"}, [("first-term", 3650000), ("deferral-fee", 227500)],
    ),
    Example("SIE-EX09/include_first_day", deferred("2025-04-10", grace_count="include_first_day"), "quote",
            {"grace.last_day": "2025-04-09"}, {"grace": "outside"}),
    Example("SIE-EX09/whole_first_term_base", deferred("2025-04-11", deferral_base="whole_first_term_base"), "quote",
            {"deferral.fee": "912500 KRW", "price.total": "4562500 KRW"}),
    Example(
        "SIE-EX11", common_date(), "quote",
        {"cotermination.stub_total": "3680000 KRW", "cotermination.renewal_start": "2026-01-01",
         "cotermination.renewal_fee": "12775000 KRW", "cotermination.next_expiry": "2027-01-01"},
        {"common_expiry": "found"}, [("stub-term", 1840000), ("stub-term", 1840000)], {"total": 3680000},
    ),
    Example("SIE-EX11/months_then_days", common_date(day_count="months_then_days"), "quote",
            {"cotermination.stub_total": "3650000 KRW"}, {}, [("stub-term", 1825000), ("stub-term", 1825000)]),
    Example(
        "SIE-EX15", five_licences(), "withdrawal-ack",
        {"notice.deadline": "2025-01-30", "term.next_expiry": "2026-03-01"}, {"withdrawal": "partial-refused"},
    ),
    Example("AYX-EX01", package(1), "quote",
            {"package.yearly": "360000000 IRR", "package.discount": "0 IRR", "price.total": "360000000 IRR"}),
    Example("AYX-EX02", package(2), "quote",
            {"package.gross": "720000000 IRR", "package.discount": "72000000 IRR", "price.total": "648000000 IRR"},
            {"years": "two"}, [("package-year", 360000000)] * 2, {"term-discount": -72000000}),
    Example("AYX-EX02/later_years_only", package(2, discount_base="later_years_only"), "quote",
            {"package.discount": "36000000 IRR", "price.total": "684000000 IRR"}),
    Example("AYX-EX03", package(3), "quote",
            {"package.gross": "1080000000 IRR", "package.discount": "162000000 IRR", "price.total": "918000000 IRR"},
            {"years": "three"}),
    Example("AYX-EX03/later_years_only", package(3, discount_base="later_years_only"), "quote",
            {"package.discount": "108000000 IRR", "price.total": "972000000 IRR"}),
    Example(
        "AYX-EX06",
        ayotex(tier="premium", services=[{"kind": "periodic-visit", "count": 4}, {"kind": "server-move"}]), "quote",
        {"price.total": "371000000 IRR"}, {"visit": "in-order"},
        [("package-year", 360000000), ("periodic-visit-included", 0), ("periodic-visit", 6000000),
         ("server-move", 5000000)],
    ),
    Example("AYX-EX14", ayotex(transaction="initial", term={"start": "1403/01/01", "expiry": None}), "quote",
            {"package.start": "2024-03-20", "package.last_day": "2025-03-20", "package.days": "366 day"}),
    Example("AYX-EX14/gregorian",
            ayotex(transaction="initial", term={"start": "1403/01/01", "expiry": None},
                   readings={"calendar": "gregorian"}),
            "quote", {"package.last_day": "2025-03-19", "package.days": "365 day"}),
    Example("IBM-EX1", bought("2025-04-01"), "quote", {"cover.start": "2025-04-01", "cover.last_day": "2026-03-31"},
            {"form": "new-licence"}, [("licence-with-maintenance", 48000000)], {"total": 48000000}),
    Example("IBM-EX2", ordered("2026-03-31"), "quote",
            {"cover.start": "2026-04-01", "cover.last_day": "2027-03-31", "order.last_day": "2026-03-31",
             "maintenance.price": "9600000 KRW"},
            {"form": "annual-renewal"}, [("maintenance-renewal", 9600000)], {"total": 9600000},
            wordings={"fees": "favourable-price-before-expiry", "renewal": "annual-form-applies"}),
    Example("IBM-EX2/renewal_on_expiry_day = reinstatement",
            ordered("2026-03-31", renewal_on_expiry_day="reinstatement"), "quote",
            {"order.last_day": "2026-03-30", "cover.start": "2026-03-31", "maintenance.price": "14400000 KRW"},
            {"form": "reinstatement"}, [("maintenance-reinstatement", 14400000)], wordings={"fees": "", "renewal": ""}),
    Example("IBM-EX4", bought("2024-02-29"), "quote", {"cover.start": "2024-02-29", "cover.last_day": "2025-02-28"}),
    Example("IBM-EX4/day_before", bought("2024-02-29", readings={"feb29_end": "day_before"}), "quote",
            {"cover.start": "2024-02-29", "cover.last_day": "2025-02-27"}),
    Example("JNP-EX2", juniper(term={"expiry": "2025-12-31"}), "quote", {"support.expiry": "2025-12-31"},
            {"term_length": "too-short"}, refusal="term-below-minimum-without-agreement"),
    Example("JNP-EX4", juniper(), "quote", {"support.start": "2025-04-01", "support.expiry": "2026-03-31"},
            {"term_length": "allowed"}, [("support-term", 36500000)],
            wordings={"initial-term": "fixed-term-purchased"}),
    *(Example(f"JNP-EX5 {document}", juniper(customer={"country": "IR"}), document, {"gate.country": "IR"},
              {"country_gate": "listed"}, refusal="country-listed")
      for document in ("sdd", "quote", "support-plan")),
    Example("JNP-EX7 no duty to serve", running_release("R2", "end-user"), "sdd",
            {"release.agreed": "R1", "release.running": "R2"}, {"release": "changed-by-end-user"},
            wordings={"version-control": "release-changed-by-the-end-user"}),
    Example("JNP-EX7 renewal held", running_release("R2", "end-user", day="2026-03-02", transaction="renewal"),
            "renewal-notice", refusal="release-changed"),
    Example("CSO-EX1", ibm_cso(customer={"segment": "state-local-government"}, facts={"topic": "invoice"}),
            "support-plan", {"support_phone": "1-877-426-6006"}, wordings={"have-ready": "numbers-for-the-call"}),
    Example("CSO-EX2", ibm_cso(customer={"segment": "federal-government"}, facts={"topic": "order"}),
            "support-plan", {"support_phone": "1-800-333-6705"}, wordings={"have-ready": "numbers-for-the-call"}),
    Example("CSO-EX5", ibm_cso(facts={"topic": "technical"}), "support-plan",
            wordings={"technical-matters": "technical-question-not-covered"}),
]  # fmt: skip


def check(example: Example) -> None:
    """Compare what the example names, in one look."""
    found = terms(example.record, example.document)
    chosen = outcome(example.record, example.document)
    assert (chosen.row.id if isinstance(chosen, Refusal) else "") == example.refusal
    figures = {
        name: found.figures[name].canonical if name in found.figures else found.lacking(name)
        for name in example.figures
    }
    assert figures == example.figures
    assert {name: found.facts[name].value for name in example.facts} == example.facts
    if example.lines is not None:
        assert price_lines(found) == example.lines
    assert {name: totals(found)[name] for name in example.totals} == example.totals
    chosen_wordings = dict(wordings(chosen)) if isinstance(chosen, Selection) else {}
    assert {slot: chosen_wordings.get(slot, "") for slot in example.wordings} == example.wordings


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
def test_a_worked_example_comes_out_of_the_record(example: Example) -> None:
    check(example)


def test_the_last_day_for_notice_is_shown_in_the_persian_calendar() -> None:
    """SIE-EX01: ۱۱ بهمن ۱۴۰۳."""
    chosen = outcome(renewal(), "renewal-notice")
    assert isinstance(chosen, Selection)
    shown = {value.text for value in values(compose(chosen, "fa", books())) if value.field == "notice.deadline"}
    assert shown == {"۱۱ بهمن ۱۴۰۳ (۳۰ ژانویهٔ ۲۰۲۵)"}


@pytest.mark.parametrize(
    ("example", "tier", "registered", "due"),
    [
        ("AYX-EX09", "premium", "1404/07/23 16:00", "2025-10-18 10:00"),
        ("AYX-EX10", "standard", "1404/07/24 11:00", "2025-10-18 13:00"),
        ("AYX-EX10/gregorian input", "standard", "2025-10-16 11:00", "2025-10-18 13:00"),
        ("AYX-DT4 basic, a working day", "basic", "1404/07/26 09:00", "2025-10-18 17:00"),
        ("AYX-DT4 registered at closing time", "premium", "1404/07/26 17:00", "2025-10-19 11:00"),
    ],
)
def test_the_first_response_to_a_ticket_falls_due(example: str, tier: str, registered: str, due: str) -> None:
    found = terms(ayotex(tier=tier, tickets=[{"id": example, "registered": registered}]), "sdd")
    assert [entry.figures["due"].canonical for entry in found.lists["response_due"]] == [due]


def test_a_holiday_of_the_record_is_no_working_day_unless_the_reading_says_so() -> None:
    ticket = [{"id": "T-1", "registered": "1404/07/23 16:00"}]
    holiday = ayotex(tier="premium", tickets=ticket, holidays=["1404/07/26"])
    other = ayotex(tier="premium", tickets=ticket, holidays=["1404/07/26"], readings={"holidays": "none"})
    due = [terms(text, "sdd").lists["response_due"][0].figures["due"].canonical for text in (holiday, other)]
    assert due == ["2025-10-19 10:00", "2025-10-18 10:00"]


def test_the_cover_of_a_licence_says_how_many_days_it_holds() -> None:
    """IBM-EX1 and IBM-EX4."""
    readings = {"feb29_end": "day_before"}
    records = [bought("2025-04-01"), bought("2024-02-29", readings=readings), bought("2024-02-29")]
    told = [terms(record, "quote").figures["cover.last_day"].cause.working.partition(";")[0] for record in records]
    assert told == ["365 days", "365 days", "366 days"]


def test_maintenance_that_ends_on_a_clamped_day_is_followed_by_the_next_without_a_gap() -> None:
    """IBM-EX4: what follows starts on the first day that the reading leaves uncovered."""
    follows = []
    for reading, expiry in (("clamp_last_day", "2025-02-28"), ("day_before", "2025-02-27")):
        term = {"start": "2024-02-29", "expiry": expiry}
        record = ibm_korea(day="2025-02-03", term=term, readings={"feb29_end": reading})
        found = terms(record, "quote").figures
        follows.append((found["cover.start"].canonical, found["cover.last_day"].canonical))
    assert follows == [("2025-03-01", "2026-02-28"), ("2025-02-28", "2026-02-27")]


def test_a_listed_country_is_barred_whatever_the_language_of_the_document() -> None:
    """JNP-EX5: Persian is for readers elsewhere, or for information."""
    at_home, elsewhere = juniper(customer={"country": "IR"}), juniper()
    assert isinstance(outcome(at_home, "sdd"), Refusal)
    chosen = outcome(elsewhere, "sdd")
    assert isinstance(chosen, Selection)
    assert "کوبا، ایران، کرهٔ شمالی، سودان، سوریه" in words(compose(chosen, "fa", books()))


@pytest.mark.parametrize("locale", ["ko", "fa", "en"])
def test_four_things_to_have_ready_are_listed(locale: str) -> None:
    """CSO-EX1 and CSO-EX2."""
    chosen = outcome(ibm_cso(), "support-plan")
    assert isinstance(chosen, Selection)
    (clause,) = (
        block
        for block in compose(chosen, locale, books()).blocks
        if isinstance(block, Clause) and block.slot == "have-ready"
    )
    assert sum(isinstance(block, BulletItem) for block in clause.blocks) == 4
