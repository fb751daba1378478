"""What a renewal costs on a given day, by the vendor's own rules: on time, after expiry, or no longer at all.

In: what has been read of a record, the library, a day. Out: ``Offer``: the price and how it came about, or the refusal,
or the problems; and an offer in plain words and data. The record is asked as if it were that day and nothing had been
renewed until then: up to the expiry a renewal, after it a late renewal where the vendor has one; the order is dated
that day where the order's day decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from contractgen.api import decide
from contractgen.calendars import parse_day
from contractgen.contract import make_contract
from contractgen.errors import ContractgenError, Problem
from contractgen.files import Marked
from contractgen.library import Library
from contractgen.policy import Policy
from contractgen.selection import Refusal, Selection
from contractgen.sources import Sources
from contractgen.terms import Terms
from contractgen.values import Cause, Day, Figure, Money, decimals_of

DOCUMENT = "renewal-notice"
RENEWAL, LATE = "renewal", "late-renewal"


@dataclass(frozen=True, slots=True)
class Offer:
    """A renewal on one day: its price, the figure that carries it, what bars it, or what is wrong."""

    day: date
    price: Money | None = None
    figure: Figure | None = None
    refusal: Refusal | None = None
    selection: Selection | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def rule(self) -> str:
        """Which rule barred the offer; "" where none did."""
        return self.refusal.row.id if self.refusal else ""

    @property
    def terms(self) -> Terms | None:
        """Facts and figures of the day; None where the record is at fault."""
        found = self.selection or self.refusal
        return found.terms if found else None

    @property
    def cites(self) -> tuple[str, ...]:
        """The facts of the vendor's document that the price, or its refusal, rests on."""
        if self.refusal is not None:
            return self.refusal.row.cite
        return tuple(dict.fromkeys(_cites(self.figure.cause))) if self.figure else ()


def _cites(cause: Cause) -> Iterator[str]:
    yield from cause.cite
    for figure in cause.inputs:
        yield from _cites(figure.cause)


def on(record: Marked, books: Library, day: date) -> Offer:
    """Return the renewal of a contract as it would be offered on ``day``."""
    try:
        policy = books.policy(str(record.data.get("vendor", "")), record.place("vendor"))
        contract = make_contract(Marked(record.file, as_of(record.data, policy, day), record.places, record.names))
        chosen = decide(contract, DOCUMENT, books)
    except ContractgenError as error:
        return Offer(day, problems=error.problems)
    if isinstance(chosen, Refusal):
        return Offer(day, refusal=chosen)
    figure = chosen.terms.figures.get("price.total")
    price = figure.amount if figure is not None and isinstance(figure.amount, Money) else None
    return Offer(day, price, figure, None, chosen)


def as_of(data: Mapping[str, Any], policy: Policy, day: date) -> dict[str, Any]:
    """Return the record's data as they stand on ``day``: the notice dated then, the renewal late if it is."""
    changed = {name: dict(value) if isinstance(value, dict) else value for name, value in data.items()}
    changed["documents"] = {DOCUMENT: {"date": day.isoformat()}}
    changed.pop("withdrawal", None)  # an offer to renew asks nothing of it, and it may be of another day
    expiry = expiry_of(data)
    if can_be_late(policy) and expiry is not None and changed.get("transaction") in {RENEWAL, LATE}:
        late = day > expiry
        changed["transaction"] = LATE if late else RENEWAL
        changed["term"] = {**changed["term"], "lapsed": "true" if late else "false"}
        changed.pop("reinstatement", None)
        if late:
            changed["reinstatement"] = {"effective": day.isoformat()}
    if changed.get("transaction") == "co-termination" and "cotermination" in policy.rules:
        changed["cotermination"] = {**(changed.get("cotermination") or {}), "ordered": day.isoformat()}
    if "licence-form" in policy.rules:
        changed["order"] = {"date": day.isoformat()}
    return changed


def can_be_late(policy: Policy) -> bool:
    """Whether the vendor renews late what has lapsed; then the record must say whether it has."""
    return "transaction" in policy.facts and LATE in policy.facts["transaction"].domain


def expiry_of(data: Mapping[str, Any]) -> date | None:
    """Return the printed expiry date of a record's data; None where there is none that can be read."""
    term = data.get("term")
    text = term.get("expiry") if isinstance(term, dict) else None
    try:
        return parse_day(str(text)).date if text else None
    except ValueError:
        return None


def figure_of(name: str, offers: Iterable[Offer]) -> Figure | None:
    """Return a figure by name, of the first offer that has it."""
    found = (offer.terms.figures.get(name) for offer in offers if offer.terms)
    return next((figure for figure in found if figure is not None), None)


def date_of(figure: Figure | None) -> date | None:
    """Return the date of a figure; None where there is no figure, or it is no date."""
    return figure.amount.date if figure is not None and isinstance(figure.amount, Day) else None


# ------------------------------------------------------------------------------------------------------- plain forms


def amount_of(money: Money) -> Decimal:
    """Return an amount in the currency's own unit: 4380000, 17520.00."""
    return Decimal(money.minor).scaleb(-decimals_of(money.currency))


def price_of(offer: Offer | None) -> str:
    """Return what an offer comes to, or which rule bars it, for people."""
    if offer is None:
        return ""
    if offer.price is not None:
        return f"{amount_of(offer.price):,f} {offer.price.currency}"
    if offer.refusal is not None:
        return f"refused: {offer.rule}"
    return "see problems" if offer.problems else "no price"


def source_data(sources: Sources, cite: str) -> dict[str, str]:
    """Return a fact of a vendor's document: what it says, in which document and lines, where we keep it."""
    fact = sources.facts[cite]
    place = str(sources.place(cite))
    return {"statement": fact.statement, "document": sources.title, "lines": fact.lines, "place": place}


def offer_data(offer: Offer) -> dict[str, Any]:
    """Return an offer as plain data: offered, refused, without a price, or at fault; and the facts it rests on."""
    data: dict[str, Any] = {"day": offer.day.isoformat()}
    if offer.price is not None:
        data |= {"status": "offered", "amount": f"{amount_of(offer.price):f}", "currency": offer.price.currency}
    elif offer.refusal is not None:
        row = offer.refusal.row
        data |= {"status": "refused", "rule": row.id, "reason": row.reason, "instead": list(row.instead)}
    else:
        data["status"] = "at fault" if offer.problems else "without a price"
    return {**data, "cite": list(offer.cites)}
