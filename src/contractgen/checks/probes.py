"""Pieces of contract records that put each rule through its outcomes: the day before, on and after every boundary.

In: a policy. Out: ``probes(policy, transaction)``: for each rule that the policy names, fragments of records. The
boundaries follow from the policy's own figures, so that they stay boundaries where a figure is changed. All dates lie
around ``DAY``, the date of every document; some fall on 29 February and on 30 Esfand, where calendars are thin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from contractgen.calendars import add_months
from contractgen.policy import Policy
from contractgen.values import Amount, Calendar, Duration

Fragment = dict[str, Any]
DAY = date(2025, 1, 10)
EXPIRY = DAY + timedelta(days=60)
LEAP_DAY = date(2024, 2, 29)
AROUND = (-1, 0, 1)
FEE = 3_650_000


def probes(policy: Policy, transaction: str) -> dict[str, list[Fragment]]:
    """Return for each rule of the policy the fragments that matter to a contract of this transaction."""
    found: dict[str, list[Fragment]] = {}
    for rule in policy.rules:
        if rule in PROBES:
            found[rule] = [{}, *PROBES[rule](policy, transaction)]
    return found


def plus(day: date, days: int = 0, months: int = 0) -> date:
    """Return a day some months and days away, by the Gregorian calendar."""
    return add_months(day, months, Calendar.GREGORIAN) + timedelta(days=days)


def count(policy: Policy, name: str, default: int) -> int:
    """Return the count of a duration figure; ``default`` where the policy has none."""
    amount = latest(policy, name)
    return amount.count if isinstance(amount, Duration) else default


def latest(policy: Policy, name: str) -> Amount | None:
    """Return the latest amount of a figure; None where the policy has none (which stops the contracts it is for)."""
    figure = policy.figures.get(name)
    return figure.rows[-1].amount if figure and figure.rows else None


def line(policy: Policy, number: int, **more: Any) -> Fragment:
    """Return a licence line with what a contract of this policy can say of it, every price of a form included."""
    found: Fragment = {"id": f"L{number}", "product": f"Product {number}", "annual_fee": FEE * number}
    if any(fact.field.endswith("licence_type") for fact in policy.facts.values()):
        found["licence_type"] = "perpetual"
    if "licence-form" in policy.rules:
        found |= {"licence_price": 2 * FEE * number, "reinstatement_price": FEE * number}
    return {**found, **more}


def licences(policy: Policy) -> list[Fragment]:
    """Return two licence lines."""
    return [line(policy, 1), line(policy, 2)]


def _term(policy: Policy, transaction: str) -> Iterator[Fragment]:
    if transaction != "initial":
        return
    least = count(policy, "initial_minimum", 12)
    for months in (least - 1, least, least + 1):
        yield {"term": {"start": DAY, "months": months, "expiry": None}}
    for days in AROUND:
        yield {"term": {"start": DAY, "expiry": plus(DAY, days, least)}}
    yield {"term": {"start": LEAP_DAY, "expiry": None}}
    running = {"term": {"start": DAY, "expiry": None}, "cotermination": {"target": EXPIRY}}
    for status in ("existing", "new"):
        yield {**running, "customer": {"status": status}}
    lapsed = {"start": DAY, "expiry": None, "lapsed": True}
    yield {"term": lapsed, "cotermination": {"target": EXPIRY}, "customer": {"status": "existing"}}


def _notice(policy: Policy, _transaction: str) -> Iterator[Fragment]:
    period = count(policy, "notice_period", 30)
    for days in AROUND:
        yield {"term": {"expiry": plus(DAY, period + days)}}
    yield {"term": {"expiry": plus(DAY, -1)}}
    expiry = plus(DAY, 5)
    for days in AROUND:
        received = plus(expiry, days - period)
        for how in ({}, {"written": False}, {"licences": ["L1"]}):
            notice = {"received": received, "sent": received, "written": True, **how}
            yield {"term": {"expiry": expiry}, "withdrawal": notice}
    gone = {"received": plus(DAY, -3), "sent": plus(DAY, -3), "written": True}
    limit = count(policy, "lapse_limit", 36)
    for expiry in (plus(DAY, -30), plus(DAY, -30, -limit)):
        lapsed = {"term": {"start": plus(expiry, 0, -12), "expiry": expiry, "lapsed": True}}
        late = {"received": plus(expiry, -1), "sent": plus(expiry, -1), "written": True}
        yield from ({**lapsed, "withdrawal": notice} for notice in (gone, late))


def _reinstatement(policy: Policy, transaction: str) -> Iterator[Fragment]:
    limit = count(policy, "lapse_limit", 36)
    for expiry in (plus(DAY, 0, -limit), LEAP_DAY):
        start = plus(expiry, 0, -12)
        for effective in (
            *(plus(expiry, days) for days in AROUND),
            *(plus(expiry, days, 12) for days in AROUND),
            *(plus(expiry, days, limit) for days in AROUND),
        ):
            if transaction == "late-renewal":
                term = {"start": start, "expiry": expiry, "lapsed": effective > expiry}
                yield {"term": term, "reinstatement": {"effective": effective}}
    for days in AROUND:
        yield {"term": {"expiry": plus(DAY, days, -limit), "lapsed": True}}
    if transaction == "late-renewal":  # planned ahead, while notice is still open; renewed in time after all
        gone = plus(DAY, -30)
        notice = {"received": DAY, "sent": DAY, "written": True}
        reinstated = {"reinstatement": {"effective": gone}, "withdrawal": notice}
        yield {"term": {"expiry": gone, "lapsed": True}, **reinstated}
        yield {"term": {"expiry": EXPIRY}, "reinstatement": {"effective": plus(EXPIRY, 10)}}
        expiry = plus(DAY, -100)
        yield {"term": {"expiry": expiry, "lapsed": True}, "reinstatement": {"effective": DAY}}


def _deferral(policy: Policy, transaction: str) -> Iterator[Fragment]:
    if transaction != "deferred-initial":
        return
    grace = count(policy, "grace_period", 90)
    for delivery in (plus(DAY, -grace - 3), LEAP_DAY):
        for days in (0, 1, grace - 1, grace, grace + 1):
            dates = {"delivery": delivery, "purchase": delivery, "concluded": plus(delivery, days)}
            yield {"deferral": dates}
    limit = count(policy, "lapse_limit", 36)
    for days in AROUND:
        bought = plus(DAY, 0, -limit - 1)
        dates = {"delivery": bought, "purchase": bought, "concluded": plus(bought, days, limit)}
        yield {"deferral": dates, "readings": {"deferral_limit_months": str(limit)}}


def _cotermination(policy: Policy, transaction: str) -> Iterator[Fragment]:
    if transaction != "co-termination":
        return
    period = count(policy, "notice_period", 30)
    near, far = plus(DAY, 60), plus(DAY, 200)

    def lines(*expiries: date) -> list[Fragment]:
        return [line(policy, number, expiry=expiry) for number, expiry in enumerate(expiries, 1)]

    yield {"licences": lines(near, far)}
    yield {"licences": lines(far, far)}
    for days in AROUND:
        yield {"licences": lines(near, far), "cotermination": {"target": plus(far, days)}}
        yield {"licences": lines(plus(DAY, 3), plus(DAY, period + days))}
    yield {"licences": lines(near, far), "cotermination": {"target": plus(near, -1)}}
    gone = {"expiry": plus(DAY, -30), "lapsed": True}
    yield from (
        {"licences": lines(*days), "term": gone} for days in ((plus(DAY, 3), plus(DAY, period - 1)), (near, far))
    )
    yield {"licences": [*lines(near, far), line(policy, 3)]}  # nothing says when the last one expires
    limit = count(policy, "lapse_limit", 36)
    for expiry in (plus(DAY, -10), *(plus(DAY, days, -limit) for days in AROUND)):
        yield {"licences": lines(expiry, far), "cotermination": {"ordered": DAY}}


def _premium(_policy: Policy, _transaction: str) -> Iterator[Fragment]:
    yield {"premium": {"level": "Level 2", "annual_fee": FEE}}


def _package(policy: Policy, _transaction: str) -> Iterator[Fragment]:
    bounds = [latest(policy, name) for name in ("rate_minimum", "rate_maximum")]
    lowest, highest = (amount if isinstance(amount, Decimal) else Decimal(30) for amount in bounds)
    for rate in (lowest - 1, lowest, highest, highest + 1):
        yield {"package": {"sale_price": 100 * FEE, "rate_percent": str(rate), "years": 1}}
    for years in (2, 3, 4):
        yield {"package": {"sale_price": 100 * FEE, "rate_percent": str(lowest), "years": years}}
    for start in ("1403/01/01", "1403/12/30", "1404/01/01"):
        yield {"term": {"start": start}}


def _services(policy: Policy, _transaction: str) -> Iterator[Fragment]:
    """Order each service as each of its rows charges it: of every size, within and beyond what is free."""
    lengths = {
        "short": {"days": count(policy, "startup_short_days", 2)},
        "long": {"days": count(policy, "startup_long_days", 3)},
    }
    lengths |= {
        name: {"hours": count(policy, f"startup_{name.replace('-', '_')}", 4)}
        for name in ("package-short", "package-long")
    }
    lengths |= {"other": {"days": 90}}
    for row in policy.services:
        where: Fragment = {}
        sizes = [lengths[size] for size in dict(row.when.terms).get("size", ()) if size in lengths] or [{}]
        for name, allowed in row.when.terms:
            if name in policy.facts:
                where = laid_over(where, dotted(policy.facts[name].field, allowed[0]))
        if row.limit:
            sizes = [{"hours": count(policy, row.limit, 3) + more} for more in AROUND]
        elif row.allowance or row.kind == "dispatch":
            free = count(policy, row.allowance, 1) if row.allowance else 1
            sizes = [{"hours": free}, {"hours": free + 1}]
        price = {} if row.charge == "figure" else {"unit_price": FEE}
        for size in sizes:
            for number in (1, 3):
                yield {**where, "services": [{"kind": row.kind, "count": number, **price, **size}]}


def dotted(name: str, value: Any) -> Fragment:
    """Return ``{"customer": {"area": value}}`` for a dotted name."""
    first, _, rest = name.partition(".")
    return {first: dotted(rest, value) if rest else value}


def laid_over(*fragments: Fragment) -> Fragment:
    """Lay fragments over one another, table by table; None takes a field away."""
    result: Fragment = {}
    for fragment in fragments:
        for name, value in fragment.items():
            if isinstance(value, dict):
                known = result.get(name)
                result[name] = laid_over(known if isinstance(known, dict) else {}, value)
            elif value is None:
                result.pop(name, None)
            else:
                result[name] = value
    return result


def _response(_policy: Policy, _transaction: str) -> Iterator[Fragment]:
    for moment in ("08:59", "09:00", "16:59", "17:00"):
        yield {"tickets": [{"id": "T-1", "registered": f"{DAY} {moment}"}]}


def _agreed_withdrawal(_policy: Policy, _transaction: str) -> Iterator[Fragment]:
    phone, email = {"phone": "02-000-0000"}, {"email": "office@example.org"}
    yield from ({"issuer": contact} for contact in (phone, email, {**phone, **email}))
    agreed = {"agreed_form": "letter", "agreed_settlement": "Nothing is owed.", "agreed_end": EXPIRY, "written": True}
    for days in AROUND:
        last = plus(DAY, -5)
        yield {"withdrawal": {**agreed, "received": plus(last, days), "agreed_last_day": last}}


def _licence_form(_policy: Policy, transaction: str) -> Iterator[Fragment]:
    if transaction == "initial":
        yield from ({"term": {"start": start, "expiry": None}} for start in (DAY, LEAP_DAY))
        return
    for days in AROUND:
        yield {"term": {"expiry": EXPIRY}, "order": {"date": plus(EXPIRY, days)}}
        yield {"term": {"expiry": plus(DAY, days)}}


def _country_gate(policy: Policy, _transaction: str) -> Iterator[Fragment]:
    amount = latest(policy, "excluded_countries")
    listed = str(amount[0]) if isinstance(amount, tuple) and amount else "IR"
    clearance = {"reference": "LC-1", "date": plus(DAY, -7)}
    for country in ("KR", listed):
        yield {"customer": {"country": country}}
        yield {"customer": {"country": country}, "clearance": clearance}
        yield {"end_user": {"name": "End User", "address": "Address", "country": country}}
        whole = {"name": "End User", "address": "Address", "country": country}
        yield {"end_user": whole, "clearance": clearance}
    if "provision" in policy.facts:
        prohibited = {"customer": {"country": "KR"}, **dotted(policy.facts["provision"].field, "prohibited")}
        yield from (prohibited, {**prohibited, "clearance": clearance})


def _standing(_policy: Policy, _transaction: str) -> Iterator[Fragment]:
    yield from ({"term": {"expiry": plus(DAY, days)}} for days in AROUND)


def _served_country(_policy: Policy, _transaction: str) -> Iterator[Fragment]:
    yield from ({"customer": {"country": country}} for country in ("US", "CA"))


def _buyer(_policy: Policy, _transaction: str) -> Iterator[Fragment]:
    buys = {"facts": {"buyer": "reseller", "authorised": "yes", "purpose": "resale"}}
    whole = {"name": "End User", "address": "Address", "country": "KR"}
    yield buys
    yield {**buys, "end_user": whole}
    yield {**buys, "end_user": {name: value for name, value in whole.items() if name != "address"}}
    for purpose in ("internal-use", "other"):  # a plan names its end user too, so no single change leads there
        yield {"facts": {**buys["facts"], "buyer": "distributor", "purpose": purpose}, "end_user": whole}


def _fixed_term(policy: Policy, transaction: str) -> Iterator[Fragment]:
    least = count(policy, "minimum_term", 12)
    agreed = {"agreement": "AG-1", "contracts": ["C-2"]}
    for months in (least - 1, least, least + 1):
        yield {"term": {"start": DAY, "months": months, "expiry": None if transaction == "initial" else EXPIRY}}
    if transaction == "initial":
        for days in AROUND:
            yield {"term": {"start": DAY, "expiry": plus(DAY, days - 1, least)}}
            yield {"term": {"start": DAY, "expiry": plus(DAY, days - 1, least)}, "cotermination": agreed}
        return
    for days in AROUND:
        yield {"term": {"expiry": plus(DAY, days)}}
        target = {"target": plus(EXPIRY, days, least)}
        yield {"term": {"expiry": EXPIRY}, "cotermination": target}
        yield {"term": {"expiry": EXPIRY}, "cotermination": {**target, **agreed}}


def _prerequisites(_policy: Policy, _transaction: str) -> Iterator[Fragment]:
    fees = {"creation_fee": FEE, "update_fee": FEE}
    states = ("agreed", "not-agreed", "outdated", "missing")
    for design, plan in zip(states, (*states[1:], states[0]), strict=True):
        yield {"prerequisites": {"design_document": design, "test_plan": plan, **fees}}
    yield {"prerequisites": {"design_document": "agreed", "test_plan": "agreed"}}


def _code_release(_policy: Policy, _transaction: str) -> Iterator[Fragment]:
    yield {"release": {"agreed": "R1"}}
    for changer in ("end-user", "vendor"):
        yield {"release": {"agreed": "R1", "running": "R2", "changed_by": changer}}


def _tier_cells(_policy: Policy, _transaction: str) -> Iterator[Fragment]:
    yield {"readings": {"inferred_cells": "certain_only"}}


PROBES: Mapping[str, Callable[[Policy, str], Iterator[Fragment]]] = {
    "term": _term,
    "notice": _notice,
    "reinstatement": _reinstatement,
    "deferral": _deferral,
    "cotermination": _cotermination,
    "premium": _premium,
    "package": _package,
    "services": _services,
    "response": _response,
    "agreed-withdrawal": _agreed_withdrawal,
    "standing": _standing,
    "licence-form": _licence_form,
    "country-gate": _country_gate,
    "served-country": _served_country,
    "buyer": _buyer,
    "fixed-term": _fixed_term,
    "prerequisites": _prerequisites,
    "code-release": _code_release,
    "tier-cells": _tier_cells,
}
"""One function for each rule whose outcome depends on more than a field of finite domain."""
