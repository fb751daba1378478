"""The decision tables of the vendors, row by row: the outcome as a fact, the refusal, the price lines, the wording.

An id names table and row; what stands behind a slash is another reading, agreed in the record.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contractgen.api import compose, decide
from contractgen.contract import parse_contract
from contractgen.errors import InvalidData, TemplateFault
from contractgen.library import Library
from contractgen.selection import Refusal, Selection
from contractgen.tree import Table, plain
from helpers import (
    LOCALES,
    ROOT,
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
    wordings,
    words,
)
from test_worked_examples import (
    Example,
    bought,
    check,
    common_date,
    deferred,
    late,
    notice,
    ordered,
    renewal,
    running_release,
)

SHORT = {"kind": "startup", "days": 2}


def initial(status: str = "new", target: str | None = None, **term: Any) -> str:
    more = {"cotermination": {"target": target}} if target else {}
    start = {"start": "2025-06-01", **term}
    return siemens(day="2025-05-26", transaction="initial", customer={"status": status}, term=start, **more)


def region(name: str) -> str:
    return renewal(customer={"region": name})


def with_services(*services: dict[str, Any], tier: str = "standard", area: str = "tehran", **more: Any) -> str:
    return ayotex(tier=tier, customer={"area": area}, services=list(services), **more)


def package(rate: float = 30, years: int = 1, transaction: str = "renewal", **readings: str) -> str:
    return ayotex(transaction=transaction, package={"rate_percent": rate, "years": years}, readings=readings)


YEAR = ("package-year", 360000000)
DISPATCH = {"kind": "dispatch", "hours": 5, "unit_price": 1000000}
FIRST_LINES = [
    line("L1", 3650000, "2025-03-01"),  # lapsed when the lines are ordered
    line("L2", 7300000, "2025-10-01"),
    line("L3", 1825000, "2026-06-01"),
]


def lapsed_line(ordered: str | None = "2025-05-30", target: str = "2026-06-01", **readings: str) -> str:
    dates = {"target": target, "ordered": ordered} if ordered else {"target": target}
    return siemens(
        day="2025-05-20", transaction="co-termination", licences=FIRST_LINES, cotermination=dates, readings=readings
    )


END_USER = {"name": "Dasan Networks", "address": "900 Haeundae-ro, Busan", "country": "KR"}
RESALE = {"buyer": "reseller", "qualified": None, "authorised": "yes", "purpose": "resale"}
FEES = {"creation_fee": 3000000, "update_fee": 1000000}
SUPPORT = ("support-term", 36500000)


def resale(end_user: dict[str, Any] | None = None, **facts: str) -> str:
    return juniper(facts={**RESALE, **facts}, end_user=END_USER if end_user is None else end_user)


def documents(design: str, test: str) -> str:
    return juniper(prerequisites={"design_document": design, "test_plan": test, **FEES})


def nine_months(**cotermination: Any) -> str:
    return juniper(term={"expiry": "2025-12-31"}, cotermination=cotermination)


def calls(segment: str, party: str = "customer", **more: Any) -> str:
    return ibm_cso(customer={"segment": segment, "party": party, **more})


ROWS = [
    Example("SIE-DT1.1 new customer, no length agreed", initial(), "quote",
            {"initial.start": "2025-06-01", "initial.expiry": "2026-06-01"}, {"first_term": "meets-minimum"},
            [("first-term", 3650000)]),
    Example("SIE-DT1.1 new customer, eighteen months", initial(months=18), "quote", {"initial.expiry": "2026-12-01"},
            {"first_term": "meets-minimum"}, [("first-term", 3650000), ("stub-term", 1830000)]),
    Example("SIE-DT1.2 existing customer co-terminates", initial("existing", "2026-03-01"), "quote",
            {"initial.expiry": "2026-03-01"}, {"first_term": "co-terminating"}, [("stub-term", 2730000)]),
    Example("SIE-DT1.3 existing customer does not", initial("existing", months=12), "quote",
            {"initial.expiry": "2026-06-01"}, {"first_term": "meets-minimum"}),
    Example("SIE-DT1.3 existing customer, too short", initial("existing", months=11), "quote", {},
            {"first_term": "below-minimum"}, None, {}, "term-below-minimum"),
    Example("SIE-DT1.4 new customer, too short", initial(months=11), "quote", {}, {"first_term": "below-minimum"},
            None, {}, "term-below-minimum"),
    Example("SIE-DT1.4 a day too short", initial(expiry="2026-05-31"), "quote", {}, {"first_term": "below-minimum"},
            None, {}, "term-below-minimum"),
    Example("SIE-DT1.5 nothing runs", initial("existing", "2026-03-01", lapsed=True), "quote", {},
            {"first_term": "no-live-agreement"}, None, {}, "no-running-agreement"),
    Example("SIE-DT1.5 a new customer has nothing to end with", initial("new", "2026-03-01"), "quote", {},
            {"first_term": "no-live-agreement"}, None, {}, "no-running-agreement"),
    Example("SIE-DT2.1", notice("2025-01-30"), "withdrawal-ack", {"withdrawal.cover_ends": "2025-03-01"},
            {"withdrawal": "accepted"}),
    Example("SIE-DT2.2 on the day of expiry", notice("2025-03-01"), "withdrawal-ack",
            {"term.next_expiry": "2026-03-01", "notice.next_deadline": "2026-01-30"}, {"withdrawal": "late"}),
    Example("SIE-DT2.3", renewal(withdrawal={"received": "2025-01-10", "written": False}), "withdrawal-ack",
            {"notice.deadline": "2025-01-30"}, {"withdrawal": "form-defect", "window": "open"}),
    Example("SIE-DT2.4", renewal(day="2025-01-13", licences=fee(1, 2),
                                 withdrawal={"received": "2025-01-10", "written": True, "licences": ["L2"]}),
            "withdrawal-ack", {"term.next_expiry": "2026-03-01"}, {"withdrawal": "partial-refused", "window": "open"}),
    Example("SIE-DT2.4 every line named is the whole", renewal(licences=fee(1, 2), withdrawal={
                "received": "2025-01-10", "written": True, "licences": ["L2", "L1"]}),
            "withdrawal-ack", {}, {"withdrawal": "accepted"}),
    Example("SIE-DT2.5", renewal(), "renewal-notice", {"term.next_expiry": "2026-03-01", "renewal.fee": "3650000 KRW"},
            {"withdrawal": "none"}),
    Example("SIE-DT2.6", siemens(day="2025-04-14", term={"start": "2024-03-01", "expiry": "2025-03-01", "lapsed": True},
                                 withdrawal={"received": "2025-04-10", "written": True}),
            "withdrawal-ack", {"late.limit_date": "2028-03-01"},
            {"withdrawal": "already-lapsed", "lapse": "within-limit"}),
    Example("SIE-DT3.1 on the day of expiry", late("2025-03-01", "2025-03-01", 3650000), "quote", {"late.fee": "0 KRW"},
            {"lapse": "none"}, [("renewal-term", 3650000)]),
    Example("SIE-DT3.1 before it", late("2025-03-01", "2025-02-20", 3650000), "quote", {"late.fee": "0 KRW"},
            {"lapse": "none"}, [("renewal-term", 3650000)]),
    Example("SIE-DT3.1/last_covered_day, the day after",
            late("2025-02-28", "2025-03-01", 3650000, expiry_date_means="last_covered_day"), "quote",
            {"late.start": "2025-03-01"}, {"lapse": "none"}, [("renewal-term", 3650000)]),
    Example("SIE-DT3.2 in time is over", renewal(term={"lapsed": True}), "quote", {},
            {"lapse": "within-limit"}, None, {},
            "lapsed-needs-late-renewal"),
    Example("SIE-DT3.2 one day late", late("2025-03-01", "2025-03-02", 3650000), "quote",
            {"late.gap_days": "1 day", "late.fee": "2500 KRW"}, {"lapse": "within-limit"}),
    Example("SIE-DT3.3", late("2025-03-01", "2028-03-02", 3650000), "quote", {}, {"lapse": "beyond-limit"}, None, {},
            "beyond-lapse-limit"),
    Example("SIE-DT3.3 across a leap day", late("2024-02-29", "2027-03-01", 3650000), "renewal-notice",
            {"late.limit_date": "2027-02-28"}, {}, None, {}, "beyond-lapse-limit"),
    Example("SIE-DT4.1", deferred("2025-04-10"), "quote", {"deferral.fee": "0 KRW"}, {"grace": "inside"}),
    Example("SIE-DT4.2", deferred("2025-04-11"), "quote", {"deferral.fee": "227500 KRW"}, {"grace": "outside"}),
    Example("SIE-DT4.3", deferred("2025-01-10"), "quote", {"deferral.accrued_days": "0 day"}, {"grace": "none"},
            [("first-term", 3650000)]),
    Example("SIE-DT4/no limit", deferred("2030-01-10"), "quote", {}, {"grace": "outside"}),
    Example("SIE-DT4/limit of 36 months, last day", deferred("2028-01-10", deferral_limit_months="36"), "quote", {},
            {"grace": "outside"}),
    Example("SIE-DT4/limit of 36 months, the day after", deferred("2028-01-11", deferral_limit_months="36"), "quote",
            {"deferral.limit_date": "2028-01-10"}, {"grace": "beyond-limit"}, None, {}, "beyond-deferral-limit"),
    Example("SIE-DT5.1 and 2", common_date(), "quote", {"cotermination.total": "3680000 KRW"},
            {"common_expiry": "found"}, [("stub-term", 1840000), ("stub-term", 1840000)]),
    Example("SIE-DT5.2 the latest expiry is the target", common_date(None), "quote",
            {"cotermination.target": "2026-01-01", "cotermination.stub_total": "3680000 KRW"}),
    Example("SIE-DT5.3", common_date("2025-12-31"), "quote", {"cotermination.latest_expiry": "2026-01-01"},
            {"common_expiry": "before-a-line"}, None, {}, "target-before-expiry"),
    Example("SIE-DT5.3 later than all", common_date("2026-07-01"), "quote", {},
            {"common_expiry": "not-the-latest"}, None, {}, "target-not-latest-expiry"),
    Example("SIE-DT5.3/customer_date, later than all",
            common_date("2026-07-01", coterm_target="customer_date_not_before_latest_expiry"), "quote",
            {"cotermination.next_expiry": "2027-07-01"}, {"common_expiry": "found"},
            [("renewal-term", 3650000), ("stub-term", 7300000 * 273 // 365), ("stub-term", 1825000 * 181 // 365)]),
    Example("SIE-DT5.3/customer_date, before a line",
            common_date("2025-12-31", coterm_target="customer_date_not_before_latest_expiry"), "quote", {},
            {"common_expiry": "before-a-line"}, None, {}, "target-before-expiry"),
    Example("SIE-DT5.3/customer_date, none given",
            common_date(None, coterm_target="customer_date_not_before_latest_expiry"), "quote",
            {"cotermination.target": "2026-01-01"}, {"common_expiry": "found"}),
    Example("SIE-DT5.4 a lapsed line is renewed late first", lapsed_line(), "quote",
            {"cotermination.target": "2026-06-01", "cotermination.total": "9655000 KRW", "price.total": "9655000 KRW"},
            {"common_expiry": "found"},
            [("late-term", 3650000), ("reinstatement-fee", 225000), ("stub-term", 920000), ("stub-term", 4860000)]),
    Example("SIE-DT5.4 a line past the limit", lapsed_line("2028-03-02"), "quote", {},
            {"common_expiry": "line-beyond-limit"}, None, {}, "line-beyond-lapse-limit"),
    Example("SIE-DT5.4 its new term would end after the target", lapsed_line("2026-03-02"), "quote",
            {"cotermination.latest_expiry": "2027-03-01"}, {"common_expiry": "before-a-line"}, None, {},
            "target-before-expiry"),
    Example("SIE-DT5.5", common_date(), "renewal-notice",
            {"cotermination.renewal_fee": "12775000 KRW", "cotermination.next_expiry": "2027-01-01"}),
    Example("SIE-DT5 nothing differs", siemens(transaction="co-termination", licences=[
                line("L1", 1, "2026-01-01"), line("L2", 2, "2026-01-01")]),
            "quote", {}, {"common_expiry": "nothing-to-align"}, None, {}, "one-expiry-only"),
    Example("SIE-DT5/min_stub_days a short stub moves on", siemens(
                day="2025-05-20", transaction="co-termination", readings={"coterm_min_stub_days": "31"},
                licences=[line("L1", 3650000, "2025-12-15"), line("L2", 3650000, "2026-01-01")]),
            "quote", {"cotermination.next_expiry": "2027-01-01"}, {}, [("renewal-term", 3650000 + 170000)]),
    Example("SIE-DT6.1", region("americas"), "renewal-notice", {"support_phone": "1 800 498 5351"}),
    Example("SIE-DT6.2", region("emea"), "quote", {"support_phone": "00 800 70002222"}),
    Example("SIE-DT6.3", region("apac"), "sdd", {"support_phone": "001 800 03061910"}),
    Example("SIE-17 an option needs a perpetual licence", renewal(
                tier="premium-option", premium={"level": "Level 2", "annual_fee": 500000},
                licences=fee(3650000, licence_type="subscription")),
            "quote", {}, {}, None, {}, "premium-needs-perpetual"),
    Example("SIE-17 an option is priced as ordered", renewal(
                tier="premium-option", premium={"level": "Level 2", "annual_fee": 500000}),
            "quote", {}, {}, [("renewal-term", 3650000), ("premium-option", 500000)], {"total": 4150000}),
    Example("AYX-DT1.1 below", package(24.99), "quote", {}, {"rate": "outside"}, None, {}, "rate-out-of-range"),
    Example("AYX-DT1.1 above", package(35.01), "renewal-notice", {}, {"rate": "outside"}, None, {},
            "rate-out-of-range"),
    Example("AYX-DT1.1 both ends are within", package(25), "quote", {"price.total": "300000000 IRR"},
            {"rate": "within"}),
    Example("AYX-DT1.1 the upper end", package(35), "quote", {"price.total": "420000000 IRR"}, {"rate": "within"}),
    Example("AYX-DT1.2", package(), "quote", {}, {"years": "one"}, [YEAR], {"total": 360000000}),
    Example("AYX-DT1.3", package(years=2), "quote", {}, {}, [YEAR] * 2, {"term-discount": -72000000}),
    Example("AYX-DT1.4", package(years=3), "quote", {}, {}, [YEAR] * 3, {"term-discount": -162000000}),
    Example("AYX-DT1.5 two years", package(years=2, transaction="initial"), "quote", {"package.discount": "0 IRR"}, {},
            [YEAR] * 2, {"total": 720000000}),
    Example("AYX-DT1.5 three years", package(years=3, transaction="initial"), "quote", {}, {}, [YEAR] * 3,
            {"total": 1080000000}),
    Example("AYX-DT1.5/discount_on_first_purchase",
            package(years=2, transaction="initial", discount_on_first_purchase="true"), "quote", {}, {}, None,
            {"term-discount": -72000000}),
    Example("AYX-DT1.6", package(years=4), "quote", {}, {"years": "more"}, None, {}, "no-rate-for-term"),
    Example("AYX-DT1/half_up_1000", ayotex(package={"sale_price": 999999999, "years": 2},
                                          readings={"rounding": "half_up_1000"}), "quote",
            {"package.yearly": "300000000 IRR", "price.total": "540000000 IRR"}),
    Example("AYX-DT1/discount_on_surcharges", with_services(
                {"kind": "server-move"}, package={"years": 2}, readings={"discount_on_surcharges": "true"}), "quote",
            {"package.discount": "72000000 IRR", "price.total": "652500000 IRR"}, {},
            [YEAR, YEAR, ("server-move", 5000000)], {"lines": 725000000, "term-discount": -72500000}),
    Example("AYX-DT1 services earn no discount", with_services({"kind": "server-move"}, package={"years": 2}), "quote",
            {}, {}, None, {"lines": 725000000, "term-discount": -72000000}),
    Example("AYX-DT2.1", with_services(DISPATCH, tier="basic"), "quote", {}, {}, [YEAR, ("dispatch", 5000000)]),
    Example("AYX-DT2.2", with_services({**DISPATCH, "hours": 4}), "quote",
            {"onsite_hours": "4 hour", "dispatch_priority": "2"}, {}, [YEAR, ("dispatch-free", 0)]),
    Example("AYX-DT2.2 premium", with_services({**DISPATCH, "hours": 12}, tier="premium"), "quote",
            {"onsite_hours": "12 hour", "dispatch_priority": "1"}, {}, [YEAR, ("dispatch-free", 0)]),
    Example("AYX-DT2.3", with_services({**DISPATCH, "used_hours": 3}), "quote", {}, {},
            [YEAR, ("dispatch-free", 0), ("dispatch", 4000000)]),
    Example("AYX-DT2.3 two visits share the hours", with_services(DISPATCH, {**DISPATCH, "hours": 1}), "quote", {}, {},
            [YEAR, ("dispatch-free", 0), ("dispatch", 1000000), ("dispatch", 1000000)]),
    Example("AYX-DT2.3 each contract year has its hours", with_services(
                {**DISPATCH, "hours": 4}, {**DISPATCH, "hours": 4, "year": 2}, package={"years": 2}), "quote", {}, {},
            [YEAR, YEAR, ("dispatch-free", 0), ("dispatch-free", 0)]),
    Example("AYX-DT2.3/free_hours_period = contract_term", with_services(
                {**DISPATCH, "hours": 4}, {**DISPATCH, "hours": 4, "year": 2}, package={"years": 2},
                readings={"free_hours_period": "contract_term"}), "quote", {}, {},
            [YEAR, YEAR, ("dispatch-free", 0), ("dispatch", 4000000)]),
    Example("AYX-DT2.3/free_hours_unit = packages", with_services(DISPATCH, readings={"free_hours_unit": "packages"}),
            "quote", {}, {}, [YEAR, ("dispatch-free", 0), ("dispatch", 4000000)]),
    Example("AYX-DT2.4", with_services(
                DISPATCH, {"kind": "travel", "unit_price": 7000000},
                {"kind": "lodging", "count": 2, "unit_price": 3000000},
                area="outside-tehran"), "quote", {}, {},
            [YEAR, ("dispatch", 5000000), ("travel", 7000000), ("lodging", 6000000)]),
    Example("AYX-DT2.4 a visit elsewhere of a customer in Tehran",
            with_services({**DISPATCH, "area": "outside-tehran"}), "quote", {}, {}, [YEAR, ("dispatch", 5000000)]),
    Example("AYX-DT2.5", with_services(SHORT, {"kind": "startup", "days": 3, "count": 2}, area="outside-tehran"),
            "quote",
            {}, {"service": "in-order"}, [YEAR, ("startup-short", 14000000), ("startup-long", 40000000)]),
    Example("AYX-DT2.6", with_services({"kind": "startup", "days": 4}, area="outside-tehran"), "quote", {},
            {"service": "no-tariff"}, None, {}, "no-tariff"),
    Example("AYX-DT2.7", with_services({"kind": "startup", "hours": 4, "unit_price": 6000000},
                                       {"kind": "startup", "hours": 8, "unit_price": 9000000}), "quote", {}, {},
            [YEAR, ("startup-package", 6000000), ("startup-package", 9000000)]),
    Example("AYX-DT2.7 days in Tehran", with_services(SHORT), "quote", {}, {"service": "no-tariff"}, None, {},
            "no-tariff"),
    Example("AYX-DT3.1", with_services({"kind": "periodic-visit", "count": 2, "hours": 3}, tier="premium"), "quote", {},
            {"visit": "in-order"}, [YEAR, ("periodic-visit-included", 0)]),
    Example("AYX-DT3.1 ordered apart", with_services(*[{"kind": "periodic-visit"}] * 3, tier="premium"),
            "quote", {}, {},
            [YEAR, *[("periodic-visit-included", 0)] * 2, ("periodic-visit", 3000000)]),
    Example("AYX-DT3.1 in each contract year", with_services(
                *[{"kind": "periodic-visit", "count": 2, "year": year} for year in (1, 2)], tier="premium",
                package={"years": 2}), "quote", {}, {}, [YEAR, YEAR, *[("periodic-visit-included", 0)] * 2]),
    Example("AYX-DT3.2", with_services({"kind": "periodic-visit", "count": 3}, tier="premium"), "quote", {}, {},
            [YEAR, ("periodic-visit-included", 0), ("periodic-visit", 3000000)]),
    Example("AYX-DT3.2 one was made before", with_services(
                {"kind": "periodic-visit", "count": 2, "used_visits": 1}, tier="premium"), "quote", {}, {},
            [YEAR, ("periodic-visit-included", 0), ("periodic-visit", 3000000)]),
    Example("AYX-DT3.3 basic", with_services({"kind": "periodic-visit"}, tier="basic"), "quote", {}, {},
            [YEAR, ("periodic-visit-paid", 3000000)]),
    Example("AYX-DT3.3 standard", with_services({"kind": "periodic-visit", "count": 2}), "quote", {}, {},
            [YEAR, ("periodic-visit-paid", 6000000)]),
    Example("AYX-DT3.4", with_services({"kind": "periodic-visit", "hours": 4}, tier="premium"), "quote", {},
            {"visit": "too-long"}, None, {}, "visit-too-long"),
    Example("AYX-DT3.4/split_into_visits", with_services(
                {"kind": "periodic-visit", "hours": 7}, tier="premium",
                readings={"visit_over_limit": "split_into_visits"}),
            "quote", {}, {}, [YEAR, ("periodic-visit-included", 0), ("periodic-visit", 3000000)]),
    Example("IBM-DT1.1", bought("2026-03-02"), "quote", {"maintenance.price": "48000000 KRW"}, {"form": "new-licence"},
            [("licence-with-maintenance", 48000000)],
            wordings={"initial-term": "maintenance-with-the-licence", "fees": ""}),
    Example("IBM-DT1.2", ordered("2026-03-30"), "quote", {"maintenance.price": "9600000 KRW"},
            {"form": "annual-renewal"}, [("maintenance-renewal", 9600000)],
            wordings={"renewal": "annual-form-applies", "fees": "favourable-price-before-expiry"}),
    Example("IBM-DT1.2 in a letter", ordered("2026-03-30"), "renewal-notice", facts={"form": "annual-renewal"},
            lines=[("maintenance-renewal", 9600000)],
            wordings={"renewal": "annual-renewal-offered", "fees": "favourable-price-before-expiry",
                      "late-renewal": "reinstatement-form-after-expiry", "subject": "maintenance-renewal"}),
    Example("IBM-DT1.3", ordered("2026-04-01"), "quote",
            {"cover.start": "2026-04-01", "maintenance.price": "14400000 KRW"}, {"form": "reinstatement"},
            [("maintenance-reinstatement", 14400000)],
            wordings={"late-renewal": "reinstatement-form-applies", "fees": "", "renewal": ""}),
    Example("IBM-DT1.3 in a letter, years later", ordered("2031-07-15"), "renewal-notice",
            {"cover.start": "2031-07-15", "cover.last_day": "2032-07-14"}, {"form": "reinstatement"},
            [("maintenance-reinstatement", 14400000)],
            wordings={"renewal": "reinstatement-offered", "subject": "maintenance-reinstatement", "fees": ""}),
    Example("IBM-DT1 without an order the day of the offer counts", ibm_korea(day="2026-04-01"), "quote",
            {"order.date": "2026-04-01"}, {"form": "reinstatement"}),
    *(Example(f"IBM-DT2.{row} {tier} {document}", ibm_korea(tier=tier), document, wordings={"service-hours": hours})
      for tier, row, hours in (
          ("premium", 1, "around-the-clock"),
          ("advanced", 2, "daytime-without-saturdays-and-holidays"),
          ("basic", 2, "daytime-without-saturdays-and-holidays"))
      for document in ("sdd", "support-plan")),
    *(Example(f"JNP-DT1.1 {country}", juniper(customer={"country": country}), "quote", {"gate.country": country},
              {"country_gate": "listed"}, refusal="country-listed") for country in ("CU", "IR", "KP", "SD", "SY")),
    Example("JNP-DT1.1 of the end user, not of the reseller", resale({**END_USER, "country": "SY"}), "quote",
            {"gate.country": "SY"}, {"country_gate": "listed"}, refusal="country-listed"),
    Example("JNP-DT1.1 flagged in the record", juniper(facts={"provision": "prohibited"}), "quote",
            {"gate.country": "KR"}, {"country_gate": "prohibited"}, refusal="country-prohibited"),
    Example("JNP-DT1.2", juniper(), "quote", facts={"country_gate": "open", "end_user": "is-buyer"}, lines=[SUPPORT],
            wordings={"eligibility": "end-user-for-internal-use"}),
    Example("JNP-DT1.2 not qualified", juniper(facts={"qualified": "no"}), "quote", refusal="end-user-not-qualified"),
    Example("JNP-DT1.3 for resale", juniper(facts={"purpose": "resale"}), "quote", refusal="not-for-internal-use"),
    Example("JNP-DT1.3 for another end", juniper(facts={"purpose": "other"}), "sdd", refusal="not-for-internal-use"),
    Example("JNP-DT1.4 reseller", resale(), "quote", {"end_user.name": "Dasan Networks"}, {"end_user": "named"},
            [SUPPORT], wordings={"eligibility": "resale-to-the-named-end-user"}),
    Example("JNP-DT1.4 distributor", resale(buyer="distributor"), "quote", facts={"end_user": "named"},
            lines=[SUPPORT], wordings={"eligibility": "resale-to-the-named-end-user"}),
    *(Example(f"JNP-DT1.5 without {lost}", resale({**END_USER, lost: None}), "quote", facts={"end_user": "not-named"},
              refusal="end-user-not-named") for lost in END_USER),
    Example("JNP-DT1.6 not authorised", resale(authorised="no"), "quote", refusal="reseller-not-authorised"),
    Example("JNP-DT1.6 for its own use", resale(purpose="internal-use"), "quote", refusal="not-for-resale"),
    Example("JNP-DT1.6 distributor not authorised", resale(buyer="distributor", authorised="no"), "quote",
            refusal="reseller-not-authorised"),
    Example("JNP-DT2.1", juniper(), "sdd", facts={"term_length": "allowed"},
            wordings={"initial-term": "fixed-term-of-at-least"}),
    Example("JNP-DT2.1 eighteen months", juniper(term={"expiry": None, "months": 18}), "quote",
            {"support.expiry": "2026-09-30"}, {"term_length": "allowed"},
            [SUPPORT, ("support-stub", 36500000 * 183 // 365)]),
    Example("JNP-DT2.1 no length agreed: the minimum", juniper(term={"expiry": None}), "quote",
            {"support.expiry": "2026-03-31"}, {"term_length": "allowed"}, [SUPPORT]),
    Example("JNP-DT2.1 a renewal follows without a gap", juniper(day="2026-03-31", transaction="renewal"),
            "renewal-notice", {"support.start": "2026-04-01", "support.expiry": "2027-03-31"},
            {"term_length": "allowed", "standing": "running"}, [SUPPORT],
            wordings={"renewal": "yearly-contract-renewal-offered"}),
    Example("JNP-DT2.2", nine_months(agreement="JNP-CT-7", contracts=["JNP-KR-2024-0007"]), "quote",
            {"support.expiry": "2025-12-31", "cotermination.agreement": "JNP-CT-7"},
            {"term_length": "co-terminating"}, [("support-stub", 36500000 * 275 // 365)],
            wordings={"initial-term": "term-by-co-termination-agreement"}),
    Example("JNP-DT2.2 to a common date, no other expiry stated", juniper(term={"expiry": None}, cotermination={
                "target": "2025-12-31", "agreement": "JNP-CT-7", "contracts": ["JNP-KR-2024-0007"]}),
            "quote", {"support.expiry": "2025-12-31"}, {"term_length": "co-terminating"},
            [("support-stub", 36500000 * 275 // 365)]),
    Example("JNP-DT2.2 of a renewal", juniper(day="2026-03-02", transaction="renewal", cotermination={
                "target": "2026-12-31", "agreement": "JNP-CT-7", "contracts": ["JNP-KR-2024-0007"]}),
            "renewal-notice", {"support.start": "2026-04-01", "support.expiry": "2026-12-31"},
            {"term_length": "co-terminating"}, [("support-stub", 36500000 * 275 // 365)],
            wordings={"renewal": "renewal-to-common-expiry-offered"}),
    Example("JNP-DT2.3", nine_months(), "sdd", {"minimum_term": "12 month"}, {"term_length": "too-short"},
            refusal="term-below-minimum-without-agreement"),
    Example("JNP-DT2.3 a day too short", juniper(term={"expiry": "2026-03-30"}), "quote",
            facts={"term_length": "too-short"}, refusal="term-below-minimum-without-agreement"),
    Example("JNP-DT2.3 other contracts alone are no agreement", nine_months(contracts=["JNP-KR-2024-0007"]), "quote",
            facts={"term_length": "too-short"}, refusal="term-below-minimum-without-agreement"),
    Example("JNP-DT3.1", documents("agreed", "agreed"), "quote", facts={"prerequisites": "agreed"}, lines=[SUPPORT],
            wordings={"prerequisites": "documents-agreed"}),
    Example("JNP-DT3.2 one is missing", documents("missing", "agreed"), "quote", facts={"prerequisites": "to-prepare"},
            lines=[SUPPORT, ("document-creation", 3000000)], totals={"total": 39500000},
            wordings={"prerequisites": "documents-prepared-at-extra-cost"}),
    Example("JNP-DT3.2 both are missing", documents("missing", "missing"), "quote",
            facts={"prerequisites": "to-prepare"},
            lines=[SUPPORT, ("document-creation", 3000000), ("document-creation", 3000000)]),
    Example("JNP-DT3.3", documents("agreed", "outdated"), "quote", facts={"prerequisites": "to-prepare"},
            lines=[SUPPORT, ("document-update", 1000000)]),
    Example("JNP-DT3.2 and 3", documents("outdated", "missing"), "quote", facts={"prerequisites": "to-prepare"},
            lines=[SUPPORT, ("document-update", 1000000), ("document-creation", 3000000)], totals={"total": 40500000}),
    Example("JNP-DT3.4", documents("not-agreed", "agreed"), "quote", facts={"prerequisites": "not-agreed"},
            refusal="documents-not-agreed"),
    Example("JNP-DT3.4 holds the contract as well", documents("missing", "not-agreed"), "sdd",
            refusal="documents-not-agreed"),
    Example("JNP-DT4.1 to 4", juniper(), "sdd", wordings={
                "new-versions": "patches-and-updates-for-the-accepted-release", "upgrades": "purchased-separately",
                "version-control": "bound-to-the-code-release"}),
    Example("JNP-DT4.1 to 4 in a quote", juniper(), "quote", wordings={
                "scope": "fault-handling-for-custom-software", "upgrades": "purchased-separately"}),
    Example("JNP-DT4.5", running_release("R2", "end-user"), "sdd",
            wordings={"version-control": "release-changed-by-the-end-user"}),
    Example("JNP-DT4.5 no new price either", running_release("R2", "end-user"), "quote", refusal="release-changed"),
    Example("JNP-DT4.5 changed by the vendor", running_release("R2", "vendor"), "quote",
            facts={"release": "as-agreed"}, lines=[SUPPORT]),
    Example("JNP-DT4.6", juniper(), "sdd",
            wordings={"exclusions": "no-duty-to-support",
                      "end-user-duties": "access-contacts-records-and-cooperation"}),
    Example("JNP-DT4.6 in a quote", juniper(), "quote", wordings={"fees": "unapproved-modifications"}),
    Example("JNP-DT5.1 to 6", juniper(), "sdd",
            wordings={"precedence": "agreements-that-prevail", "definitions": "custom-software-terms",
                      "guides": "for-information-only"}),
    Example("JNP-DT5 a quote changes nothing", juniper(), "quote", wordings={"precedence": "governing-terms"}),
    Example("JNP-16 a contract that has ended", juniper(day="2026-04-01", transaction="renewal"), "quote",
            facts={"standing": "ended"}, refusal="contract-ended"),
    Example("JNP-16 the last covered day", juniper(day="2026-03-31", transaction="renewal"), "quote",
            facts={"standing": "running"}, lines=[SUPPORT]),
    Example("CSO-22 a contract that has ended", ibm_cso(day="2026-01-15"), "renewal-notice",
            facts={"standing": "ended"}, refusal="contract-ended"),
    Example("CSO-22 the last covered day", ibm_cso(day="2026-01-14"), "renewal-notice", facts={"standing": "running"}),
    Example("AYX-19 a contract that has ended", ayotex(day="1404/01/01"), "renewal-notice",
            facts={"standing": "ended"}, refusal="contract-ended"),
    Example("AYX-19 the last covered day", ayotex(day="1403/12/30"), "renewal-notice", facts={"standing": "running"}),
    Example("CSO-DT1.1", calls("commercial", country="CA"), "support-plan", facts={"country": "not-served"},
            refusal="outside-the-country"),
    Example("CSO-DT1.2", calls("individual-consumer"), "support-plan", refusal="individual-consumer"),
    Example("CSO-DT1.2 before 3", calls("individual-consumer", "partner"), "renewal-notice",
            refusal="individual-consumer"),
    Example("CSO-DT1.3", calls("business-partner"), "support-plan", {"support_phone": "1-800-426-9990"}),
    *(Example(f"CSO-DT1.3 whoever its customer is: {segment}", calls(segment, "partner"), "renewal-notice",
              {"support_phone": "1-800-426-9990"})
      for segment in ("commercial", "state-local-government", "federal-government", "business-partner")),
    Example("CSO-DT1.4", calls("federal-government"), "support-plan", {"support_phone": "1-800-333-6705"}),
    Example("CSO-DT1.5", calls("state-local-government"), "renewal-notice", {"support_phone": "1-877-426-6006"}),
    Example("CSO-DT1.6", calls("commercial"), "support-plan", {"support_phone": "1-877-426-6006"}),
    *(Example(f"CSO-DT2.1 {topic}", ibm_cso(facts={"topic": topic}), "support-plan",
              wordings={"technical-matters": "non-technical-only", "queries": "kinds-of-query",
                        "services": "administrative-services"})
      for topic in ("invoice", "order", "delivery", "contract", "inventory", "renewal")),
    Example("CSO-DT2.2", ibm_cso(facts={"topic": "technical"}), "support-plan",
            wordings={"technical-matters": "technical-question-not-covered"}),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_of_a_decision_table_is_decided_as_it_says(row: Example) -> None:
    check(row)


@pytest.mark.parametrize("place", ["other", None])
def test_a_customer_elsewhere_is_sent_to_the_page_of_numbers(place: str | None) -> None:
    """SIE-DT6.4: region other or unknown."""
    for document in ("sdd", "renewal-notice", "quote"):
        chosen = outcome(renewal(customer={"region": place}), document)
        assert isinstance(chosen, Selection)
        assert "support_phone" not in chosen.terms.figures
        text = words(compose(chosen, "en", books()))
        assert "https://siemens.com/disw-contact-sales" in text


def test_the_region_decides_the_telephone_and_the_language_does_not() -> None:
    chosen = outcome(region("emea"), "renewal-notice")
    assert isinstance(chosen, Selection)
    assert "00 800 70002222" in words(compose(chosen, "ko", books()))
    assert "۰۰ ۸۰۰ ۷۰۰۰۲۲۲۲" in words(compose(chosen, "fa", books()))


def test_the_service_description_says_what_is_part_of_support() -> None:
    """AYX-DT5: new versions in, new modules out, interim versions after a stoppage, development by letter."""
    chosen = outcome(ayotex(), "sdd")
    assert isinstance(chosen, Selection)
    assert {
        ("new-versions", "free-yearly-and-interim"),
        ("modules", "new-modules-excluded"),
        ("exclusions", "packaged-software-no-development"),
        ("development-requests", "by-letter-and-review"),
    } <= set(wordings(chosen))


@pytest.mark.parametrize(
    ("family", "document", "printed", "not_printed"),
    [
        ("general", "renewal-notice", ["1588-5801", "080-3781-114", "(02)3781-7114"], ["007-986-115-216"]),
        ("rational", "renewal-notice", ["007-986-115-216", "080-3781-114", "(02)3781-7114"], ["1588-5801", "swspt@"]),
        ("general", "quote", ["080-3781-114", "(02)3781-7114"], ["1588-5801", "007-986-115-216"]),
        ("rational", "quote", ["080-3781-114", "(02)3781-7114"], ["1588-5801", "007-986-115-216"]),
    ],
)
def test_a_letter_names_the_line_of_the_product_and_of_the_topic(
    family: str, document: str, printed: list[str], not_printed: list[str]
) -> None:
    """IBM-DT3."""
    chosen = outcome(ibm_korea(facts={"product_family": family}), document)
    assert isinstance(chosen, Selection)
    text = words(compose(chosen, "en", books()))
    assert [number for number in printed if number not in text] == []
    assert [number for number in not_printed if number in text] == []


def test_a_plan_lists_all_lines_and_says_which_is_the_customers() -> None:
    """IBM-DT3."""
    for family, own in (("general", "lines-by-topic-software"), ("rational", "lines-by-topic-rational")):
        for document in ("sdd", "support-plan"):
            chosen = outcome(ibm_korea(facts={"product_family": family}), document)
            assert isinstance(chosen, Selection)
            assert ("contacts", own) in wordings(chosen)
            text = words(compose(chosen, "ko", books()))
            assert all(number in text for number in ("1588-5801", "007-986-115-216", "080-3781-114", "(02)3781-7114"))


def test_only_the_hours_that_apply_are_printed_beside_the_comparison_of_types() -> None:
    """IBM-DT2: the plan has no comparison, so each document names one of the two."""
    for tier, printed, absent in (("basic", "09:00", "365"), ("premium", "365", "09:00")):
        chosen = outcome(ibm_korea(tier=tier), "support-plan")
        assert isinstance(chosen, Selection)
        text = words(compose(chosen, "en", books()))
        assert printed in text
        assert absent not in text


def test_the_coverage_table_says_how_each_delivery_is_had() -> None:
    """JNP-DT4, in the words of the cells."""
    chosen = outcome(juniper(), "sdd")
    assert isinstance(chosen, Selection)
    (table,) = (block for block in compose(chosen, "en", books()).blocks if isinstance(block, Table))
    assert [plain(row.cells[1]) for row in table.rows[1:]] == [
        *["included"] * 5,
        *["by separate purchase"] * 2,
        "at extra cost",
        "no duty; charged at the usual rates if given",
        *["not included"] * 2,
    ]


def test_the_agreement_to_end_together_is_cited() -> None:
    """JNP-DT2.2."""
    chosen = outcome(nine_months(agreement="JNP-CT-7", contracts=["JNP-KR-2024-0007"]), "quote")
    assert isinstance(chosen, Selection)
    for locale in LOCALES:
        assert "JNP-CT-7" in words(compose(chosen, locale, books()))


@pytest.mark.parametrize(
    ("record", "own"),
    [
        (calls("commercial"), 1),
        (calls("state-local-government"), 2),
        (calls("federal-government"), 3),
        (calls("business-partner"), 4),
        (calls("federal-government", "partner"), 4),
    ],
    ids=["commercial", "state-local", "federal", "partner", "partner of an agency"],
)
def test_the_table_of_numbers_marks_one_row_as_the_customers(record: str, own: int) -> None:
    """CSO-DT1."""
    chosen = outcome(record, "support-plan")
    assert isinstance(chosen, Selection)
    (table,) = (block for block in compose(chosen, "en", books()).blocks if isinstance(block, Table))
    assert [row.role for row in table.rows] == [
        "header", *("own" if number == own else "body" for number in range(1, 5))
    ]  # fmt: skip


def test_out_of_scope_no_number_is_printed() -> None:
    """CSO-DT1.1 and 2: neither document is made, and the report of the refusal names no number."""
    for record in (calls("commercial", country="KR"), calls("individual-consumer")):
        for document in ("support-plan", "renewal-notice"):
            refused = outcome(record, document)
            assert isinstance(refused, Refusal)
            assert "1-8" not in str(refused)


@pytest.mark.parametrize(
    ("record", "cause", "repair"),
    [
        (with_services({"kind": "dispatch", "hours": 5}), "hours beyond the free ones: 1", "services.0.unit_price"),
        (with_services({"kind": "dispatch", "hours": 5}, tier="basic"), 'no price for "dispatch"', "unit_price"),
        (with_services({"kind": "dispatch"}), "hours of the dispatch are missing", "add services.0.hours"),
        (with_services({"kind": "startup"}, area="outside-tehran"), "charged by its length", "give services.0.days"),
        (with_services({"kind": "server-move", "year": 2}), "year 2 lies after the term", "lengthen package.years"),
        (with_services({**DISPATCH, "area": "tehrn"}), '"tehrn" is no area', 'did you mean "tehran"'),
        (with_services({"kind": "server-mov"}), "is not a service", 'did you mean "server-move"'),
        (ayotex(currency="USD", services=[{"kind": "server-move"}]), "prices are in IRR", "write currency: IRR"),
        (
            initial(months=13, expiry="2026-06-01"),
            "end on 2026-07-01, but term.expiry is 2026-06-01",
            "make them agree",
        ),
        (
            late("2025-03-01", "2025-05-30", 1).replace('"lapsed": true', '"lapsed": false'),
            "not lapsed",
            "transaction: renewal",
        ),
        (
            renewal(package={"sale_price": 1, "rate_percent": 30}),
            'no rule of vendor "siemens" reads "package"',
            "remove package",
        ),
        (renewal(facts={"seats": "many"}), 'asks for no fact "seats"', "none is known"),
        (
            renewal(withdrawal={"received": "2026-01-15", "written": True}),
            "the notice came after term.expiry (2025-03-01)",
            "term.lapsed: true",
        ),
        (
            renewal(
                withdrawal={"received": "2025-01-15", "written": True},
                documents={"withdrawal-ack": {"date": "2025-01-14"}},
            ),
            "the notice arrives on 2025-01-15, after the day of its acknowledgement",
            "correct the dates",
        ),
        (
            renewal(withdrawal={"received": "2025-01-15", "written": True}, readings={"notice_effective": "sent"}),
            "the day of sending counts",
            "add withdrawal.sent",
        ),
        (renewal(term={"months": 18}), '"term.months" is the length of a first term', "remove term.months"),
        (renewal(day="2025-05-20"), "the record does not say what followed", "lapsed: true, or lapsed: false"),
        (lapsed_line(ordered=None), "the line expired on 2025-03-01", "add cotermination.ordered"),
        (
            ayotex(services=[{"kind": "server-move", "unit_price": 1}]),
            '"unit_price" has no effect: the policy charges "server-move" without it (AYX-15)',
            "remove services.0.unit_price",
        ),
        (
            ayotex(tier="basic", services=[{"kind": "dispatch", "hours": 1, "unit_price": 1, "used_hours": 1}]),
            '"used_hours" has no effect',
            "remove services.0.used_hours",
        ),
        (
            ibm_korea(licences=[{"id": "L1", "product": "MQ", "annual_fee": 1}], order={"date": "2026-04-01"}),
            "the form reinstatement is priced by it, and the source states no price",
            "add licences.0.reinstatement_price",
        ),
        (
            ibm_korea(transaction="initial", term={"start": "2024-02-29", "expiry": "2025-02-27"}),
            "maintenance with the licence expires on 2025-02-28, but term.expiry is 2025-02-27",
            "remove term.expiry, or make the two agree",
        ),
        (
            juniper(prerequisites={"test_plan": "missing"}),
            "prerequisites.test_plan is missing, which is charged, and no price is stated",
            "add prerequisites.creation_fee",
        ),
        (juniper(prerequisites={"test_plan": "mising"}), '"prerequisites.test_plan" is "mising"', "missing"),
        (juniper(release={"running": "R2"}), "does not say who changed it", "add release.changed_by"),
        (nine_months(agreement="JNP-CT-7"), "no other contract that ends on the same day", "cotermination.contracts"),
        (
            juniper(day="2026-03-02", transaction="renewal", cotermination={"target": "2026-03-31"}),
            "is not after the running term (2026-03-31)",
            "give a later cotermination.target",
        ),
        (
            juniper(cotermination={"target": "2026-12-31", "agreement": "JNP-CT-7", "contracts": ["JNP-7"]}),
            "the common expiry date is 2026-12-31, but term.expiry is 2026-03-31",
            "give cotermination.target or term.expiry",
        ),
        (
            juniper(
                day="2026-03-02",
                transaction="renewal",
                term={"months": 24},
                cotermination={"target": "2026-12-31", "agreement": "JNP-CT-7", "contracts": ["JNP-7"]},
            ),
            "24 months from 2026-04-01 end on 2028-03-31, but cotermination.target is 2026-12-31",
            "give term.months or cotermination.target",
        ),
        (juniper(cotermination={"ordered": "2025-04-01"}), "no line is renewed late here", "remove"),
        (
            juniper(licences=[line("L1", 1, "2025-09-30")]),
            "all lines are covered for the same days",
            "licences.0.expiry",
        ),
        (ibm_korea(licences=[line("L1", 1, start="2025-09-30")]), "covered for the same days", "licences.0.start"),
        (juniper(facts={"qualified": None}), 'field "facts.qualified" is missing', "add facts.qualified"),
        (juniper(customer={"country": None}), 'field "customer.country" is missing', "add customer.country"),
        (juniper(customer={"country": "UK"}), '"UK" is not a country', "ISO 3166"),
        (
            juniper(customer={"country": "IR"}, clearance={"reference": "LEG-1", "date": "2025-03-11"}),
            "the clearance is dated 2025-03-11, after the document",
            "correct one of the two dates",
        ),
        (renewal(readings={"notice_count": "by_feeling"}), '"by_feeling"', "day_difference"),
        (renewal(readings={"notice_cuont": "clear_days"}), '"notice_cuont"', 'did you mean "notice_count"'),
    ],
    ids=lambda value: value if len(value) < 60 else "record",
)
def test_what_a_record_lacks_or_contradicts_is_named_with_its_repair(record: str, cause: str, repair: str) -> None:
    with pytest.raises(InvalidData) as caught:
        outcome(record, "quote")
    (problem,) = caught.value.problems
    assert cause in problem.cause
    assert repair in problem.repair


def test_a_document_dated_before_the_first_value_of_a_figure_is_no_guess() -> None:
    with pytest.raises(TemplateFault, match=r"has no value on 2009-12-31; its first holds from 2010-01-01") as caught:
        outcome(renewal(day="2009-12-31"), "quote")
    assert caught.value.problems[0].place.file == "policies/siemens.toml"


def test_a_renewal_notice_after_a_first_term_prices_the_step_to_come() -> None:
    first = initial(months=18, expiry="2026-12-01")
    assert price_lines(terms(first, "quote")) == [("first-term", 3650000), ("stub-term", 1830000)]
    assert price_lines(terms(first, "renewal-notice")) == [("renewal-term", 3650000)]
    bought = siemens(
        transaction="deferred-initial",
        deferral={"delivery": "2025-01-10", "concluded": "2025-04-11"},
        term={"expiry": "2026-01-10"},
    )
    assert price_lines(terms(bought, "renewal-notice")) == [("renewal-term", 3650000)]
    with pytest.raises(InvalidData, match=r'"term.expiry" is missing'):
        outcome(initial(), "renewal-notice")


def test_a_last_day_on_which_the_years_of_a_package_do_not_end_draws_a_warning() -> None:
    for years, told in ((1, 0), (2, 1)):
        found = terms(ayotex(transaction="initial", package={"years": years}), "quote")
        assert len(found.warnings) == told
        assert all("package.years from term.start end on 2026-03-20" in warning.cause for warning in found.warnings)


def test_a_lapsed_line_shows_what_it_is_billed_for_under_either_reading() -> None:
    for reading, working in (("whole_12_month_terms", "1 x "), ("gap_plus_12_months", "1 + 18/73 x ")):
        asked = {"coterm_target": "customer_date_not_before_latest_expiry", "back_fee_term": reading}
        billed = terms(lapsed_line(**asked), "quote").lists["price_lines"][0]
        assert billed.figures["amount"].cause.working.startswith(working)


def test_an_agreement_said_to_have_been_extended_is_renewed_after_its_expiry() -> None:
    extended = renewal(day="2025-05-20", term={"lapsed": False})
    assert price_lines(terms(extended, "quote")) == [("renewal-term", 3650000)]


def test_amounts_are_explained_in_whole_units_and_cents() -> None:
    found = terms(renewal(currency="EUR", licences=fee(5)), "quote")
    assert found.figures["price.total"].canonical == "5.00 EUR"


def test_a_new_line_is_prorated_from_its_first_day_and_shows_no_expiry_of_its_own() -> None:
    lines = [*FIRST_LINES[1:], line("L4", 3650000, start="2026-03-01")]
    found = terms(siemens(day="2025-05-20", transaction="co-termination", licences=lines), "quote")
    assert price_lines(found)[-1] == ("stub-term", 920000)
    assert ["expiry" in entry.figures for entry in found.lists["coterm_lines"]] == [True, True, False]


def test_a_figure_that_comes_into_force_later_hinders_no_earlier_document_that_does_not_use_it(tmp_path: Path) -> None:
    text = (ROOT / "policies" / "siemens.toml").read_text(encoding="utf-8")
    later = text.replace(
        'value = "http://www.siemens.com/software"', 'values = [{ since = 2030-01-01, value = "http://a.example" }]'
    )
    assert later != text
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "siemens.toml").write_text(later, encoding="utf-8")
    shelf = Library((tmp_path,))
    contract = parse_contract(renewal())
    chosen = decide(contract, "renewal-notice", shelf)
    assert isinstance(chosen, Selection)
    assert compose(chosen, "en", shelf).blocks
    quoted = decide(contract, "quote", shelf)
    assert isinstance(quoted, Selection)
    with pytest.raises(TemplateFault, match=r'"software_url" has no value[\s\S]*its first holds from 2030-01-01'):
        compose(quoted, "en", shelf)
