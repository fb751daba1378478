"""Who is due, for people in a terminal, for spreadsheets and for programs.

In: a ``Season``. Out: a text table, CSV, plain data for JSON.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from contractgen.due import AFTER, Due, Season
from contractgen.library import Library
from contractgen.values import Figure
from contractgen.waiting import Offer, amount_of, date_of, offer_data, price_of, source_data

WAITED = tuple(f"+{days} day{'s' if days > 1 else ''}" for days in AFTER)
COLUMNS = ("vendor", "contract", "customer", "expiry", "days left", "withdraw until", "price now", "waiting from",
           *WAITED, "on cut-off", "cut-off")  # fmt: skip
PRICES = frozenset({"price now", *WAITED, "on cut-off"})
NOTE = "waiting counts from the expiry, or from today where overdue, and assumes that nobody renews before"


def rows(season: Season, price: Callable[[Offer | None], str] = price_of) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each contract that is due, in the order of ``COLUMNS``."""
    for one in season.due:
        yield (
            one.vendor, one.number, one.customer, one.expiry.isoformat(), str(one.days_left), _day(one.withdraw_until),
            price(one.now), one.waits_from.isoformat(), *(price(offer) for _, offer in one.later), price(one.last),
            _day(one.cut_off),
        )  # fmt: skip


def _day(figure: Figure | None) -> str:
    day = date_of(figure)
    return day.isoformat() if day else ""


# ------------------------------------------------------------------------------------------------------ the terminal


def as_text(season: Season, width: Callable[[str], int] = len) -> str:
    """Return the list for a terminal; ``width`` says how many columns a text takes there."""
    lines = [*_table(season, width), ""] if season.due else []
    lines.append(f"as of {season.as_of} {len(season.due)} of {season.looked_at} contracts are due until {season.until}")
    if season.due:
        lines.append(NOTE)
    for vendor, currency, count, amount in season.totals():
        lines.append(f"  {vendor}: {count} to renew now, {amount_of(amount):,f} {currency}")
    for vendor, refused, unpriced in season.unpriced():
        said = [f"{refused} refused"] * bool(refused) + [f"{unpriced} without a price"] * bool(unpriced)
        lines.append(f"  {vendor}: {', '.join(said)}")
    return "\n".join(lines) + "\n"


def _table(season: Season, width: Callable[[str], int]) -> Iterator[str]:
    table = [COLUMNS, *rows(season)]
    widths = [max(width(row[index]) for row in table) for index in range(len(COLUMNS))]
    for number, row in enumerate(table):
        cells = []
        for name, cell, size in zip(COLUMNS, row, widths, strict=True):
            gap = " " * (size - width(cell))
            right = name == "days left" or (name in PRICES and not cell.startswith(("refused", "no ", "see ")))
            cells.append(gap + cell if right else _kept(cell) + gap)
        yield "  ".join(cells).rstrip()
        if not number:
            yield "  ".join("-" * size for size in widths)


def _kept(cell: str) -> str:
    """Return a cell that runs to the left with marks around it, so that it does not pull the next column with it."""
    to_the_left = any(unicodedata.bidirectional(character) in {"R", "AL", "AN"} for character in cell)
    return f"\u200e{cell}\u200e" if to_the_left else cell


# --------------------------------------------------------------------------------------------------------------- CSV


def as_csv(season: Season) -> str:
    """Return the list as CSV: prices as plain numbers with their currency in a column of its own."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["currency", *(f"price {name}" if name in WAITED else name for name in COLUMNS)])
    for one, row in zip(season.due, rows(season, _plain), strict=True):
        writer.writerow([safe(cell) for cell in (currency_of(one), *row)])
    return out.getvalue()


def _plain(offer: Offer | None) -> str:
    return f"{amount_of(offer.price):f}" if offer is not None and offer.price is not None else price_of(offer)


def currency_of(one: Due) -> str:
    """Return the currency of a contract's prices; "" where it has none."""
    return next((offer.price.currency for offer in one.offers if offer.price), "")


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe stands before a leading sign."""
    number = re.fullmatch(r"-?\d+(\.\d+)?", cell, re.ASCII)
    return f"'{cell}" if cell[:1] in set("=+-@\t\r＝＋－＠") and cell and not number else cell


# -------------------------------------------------------------------------------------------------------------- data


def as_data(season: Season, books: Library) -> dict[str, Any]:
    """Return the list as plain data: each figure with the facts it rests on, and those facts with their words."""
    policies = {one.vendor: books.policy(one.vendor, one.place) for one in season.due}
    return {
        "as_of": season.as_of.isoformat(),
        "until": season.until.isoformat(),
        "looked_at": season.looked_at,
        "waiting": NOTE,
        "due": [_one(one) for one in season.due],
        "totals": [
            {"vendor": vendor, "contracts": count, "amount": f"{amount_of(amount):f}", "currency": currency}
            for vendor, currency, count, amount in season.totals()
        ],
        "not_priced": [
            {"vendor": vendor, "refused": refused, "without_price": unpriced}
            for vendor, refused, unpriced in season.unpriced()
        ],
        "problems": [{"place": str(p.place), "cause": p.cause, "repair": p.repair} for p in season.problems],
        "sources": {
            cite: source_data(policies[one.vendor].sources, cite) for one in season.due for cite in _cited(one)
        },
    }


def _cited(one: Due) -> Iterator[str]:
    for offer in one.offers:
        yield from offer.cites
    for figure in (one.withdraw_until, one.cut_off):
        yield from figure.cause.cite if figure else ()


def _one(one: Due) -> dict[str, Any]:
    return {
        "place": str(one.place),
        "vendor": one.vendor,
        "contract": one.number,
        "customer": one.customer,
        "expiry": one.expiry.isoformat(),
        "days_left": one.days_left,
        "withdraw_until": _dated(one.withdraw_until),
        "cut_off": _dated(one.cut_off),
        "now": offer_data(one.now),
        "waiting_from": one.waits_from.isoformat(),
        "waiting": [{"days": days, **offer_data(offer)} for days, offer in one.later],
        "on_cut_off": offer_data(one.last) if one.last else None,
    }


def _dated(figure: Figure | None) -> dict[str, Any] | None:
    day: date | None = date_of(figure)
    return {"day": day.isoformat(), "cite": list(figure.cause.cite)} if figure and day else None
