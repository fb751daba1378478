"""The cost of waiting, for people in a terminal and for programs.

In: a ``Clock``. Out: a text table with a bar for each segment, and plain data for JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from contractgen.clock import Clock, Segment
from contractgen.values import Figure, decimals_of
from contractgen.waiting import Offer, amount_of, date_of, offer_data, price_of, source_data

COLUMNS = ("from", "to", "days", "first day", "last day", "each day adds", "", "what is billed", "sources")
RIGHT = frozenset({2, 3, 4, 5})
BAR = 24
"""Columns of the longest bar."""


def as_text(clock: Clock, width: Callable[[str], int] = len) -> str:
    """Return the segments for a terminal; ``width`` says how many columns a text takes there."""
    table = [COLUMNS, *(_row(clock, segment) for segment in clock.segments)]
    widths = [max(width(row[index]) for row in table) for index in range(len(COLUMNS))]
    lines = [f"{clock.number} of {clock.vendor}, {clock.customer}", ", ".join(_days(clock)), ""]
    for row in table:
        cells = zip(row, widths, strict=True)
        padded = [_padded(cell, size - width(cell), index in RIGHT) for index, (cell, size) in enumerate(cells)]
        lines.append("  ".join(padded).rstrip())
    lines.insert(4, "  ".join("-" * size for size in widths))
    lines += ["", *(clock.policy.sources.describe(cite) for cite in cited(clock))]
    return "\n".join(lines) + "\n"


def _padded(cell: str, room: int, right: bool) -> str:  # noqa: FBT001
    return " " * room + cell if right else cell + " " * room


def _days(clock: Clock) -> Iterator[str]:
    yield f"expires {clock.expiry}"
    for what, figure in (("withdraw until", clock.withdraw_until), ("cut-off", clock.cut_off)):
        if day := date_of(figure):
            yield f"{what} {day}"


def _row(clock: Clock, segment: Segment) -> tuple[str, ...]:
    first, last = segment.first, segment.last
    return (
        first.day.isoformat(), last.day.isoformat(), str(segment.days), price_of(first), price_of(last),
        step_of(segment), "█" * _bar(clock, last), ", ".join(segment.billed), " ".join(segment.cites),
    )  # fmt: skip


def _bar(clock: Clock, offer: Offer) -> int:
    most = max((one.price.minor for one in clock.offers if one.price), default=0)
    return round(BAR * offer.price.minor / most) if offer.price and most else 0


def step_of(segment: Segment) -> str:
    """Return what each day of a segment adds: nothing, one amount, or from the least to the most."""
    least, most = segment.step
    if segment.first.price is None or not most:
        return ""
    places = decimals_of(segment.first.price.currency)
    amounts = [f"{Decimal(minor).scaleb(-places):,f}" for minor in dict.fromkeys((least, most))]
    return " to ".join(amounts)


def cited(clock: Clock) -> list[str]:
    """Return every fact that a segment rests on, once, in order."""
    return list(dict.fromkeys(cite for segment in clock.segments for cite in segment.cites))


def as_data(clock: Clock) -> dict[str, Any]:
    """Return segments and days as plain data, with the facts they rest on."""
    return {
        "vendor": clock.vendor,
        "contract": clock.number,
        "customer": clock.customer,
        "expiry": clock.expiry.isoformat(),
        "withdraw_until": _iso(clock.withdraw_until),
        "cut_off": _iso(clock.cut_off),
        "segments": [_segment(segment) for segment in clock.segments],
        "days": [_day(offer) for offer in clock.offers],
        "falls": [{"from": before.day.isoformat(), "to": after.day.isoformat()} for before, after in clock.falls()],
        "problems": [{"place": str(p.place), "cause": p.cause, "repair": p.repair} for p in clock.problems],
        "sources": {cite: source_data(clock.policy.sources, cite) for cite in cited(clock)},
    }


def _iso(figure: Figure | None) -> str | None:
    day = date_of(figure)
    return day.isoformat() if day else None


def _segment(segment: Segment) -> dict[str, Any]:
    return {
        "from": segment.first.day.isoformat(),
        "to": segment.last.day.isoformat(),
        "days": segment.days,
        "first": offer_data(segment.first),
        "last": offer_data(segment.last),
        "billed": list(segment.billed),
        "since": list(segment.since),
        "cite": list(segment.cites),
    }


def _day(offer: Offer) -> dict[str, str]:
    """Return a day in short: its amount, or the rule that bars it."""
    if offer.price is not None:
        return {"day": offer.day.isoformat(), "amount": f"{amount_of(offer.price):f}", "currency": offer.price.currency}
    return {"day": offer.day.isoformat(), **({"refused": offer.rule} if offer.rule else {})}
