"""The cost of waiting as a picture: one step line over all days, the days that part it, and what cannot be had.

In: a ``Clock``. Out: SVG that stands alone: no script, no font, no link. The scale begins at zero; dates, prices and
sources of each segment stand below the picture, under the pointer and in the description that a screen reader reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from xml.sax.saxutils import escape

from contractgen.clock import Clock, Segment
from contractgen.values import Money
from contractgen.waiting import Offer, amount_of, date_of, price_of

WIDTH, HEIGHT = 960, 460
LEFT, RIGHT, TOP, BOTTOM = 120, 30, 70, 60
TICKS = 4
LEGEND = 18
LETTER = 7
"""About how wide a letter is: text that does not fit stands upright."""

STYLE = """
text { font-family: system-ui, sans-serif; font-size: 13px; fill: #1b1f24; }
.title { font-size: 16px; font-weight: 600; }
.faint { fill: #57606a; font-size: 12px; }
.grid { stroke: #d8dee4; }
.price { fill: none; stroke: #0550ae; stroke-width: 2.5; stroke-linejoin: round; }
.under { fill: #0550ae; fill-opacity: 0.10; }
.barred { fill: #57606a; fill-opacity: 0.16; }
.mark { stroke: #9a3412; stroke-dasharray: 4 3; }
.marked { fill: #9a3412; font-size: 12px; }
"""


def as_svg(clock: Clock) -> str:
    """Return the picture."""
    return "\n".join(_svg(clock)) + "\n"


def _svg(clock: Clock) -> Iterator[str]:
    title = f"Cost of waiting: {clock.number} of {clock.vendor}, {clock.customer}"
    height = HEIGHT + len(clock.segments) * LEGEND + LEGEND
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-labelledby="title description">'
    )
    yield f'<title id="title">{escape(title)}</title>'
    yield f'<desc id="description">{escape("; ".join(said(segment) for segment in clock.segments))}</desc>'
    yield f'<style>{STYLE}</style><rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    yield f'<text class="title" x="{LEFT}" y="24">{escape(title)}</text>'
    scale = _Scale(clock)
    yield from _grid(scale)
    for segment in clock.segments:
        yield f"<g><title>{escape(said(segment))}</title>"
        yield from _segment(segment, clock, scale)
        yield "</g>"
    yield from _line(clock, scale)
    yield from _marks(clock, scale)
    for number, segment in enumerate(clock.segments):
        yield f'<text class="faint" x="{LEFT}" y="{HEIGHT + number * LEGEND}">{escape(said(segment))}</text>'
    yield "</svg>"


def said(segment: Segment) -> str:
    """Return a segment in words: its days, its prices, the facts it rests on."""
    first, last = price_of(segment.first), price_of(segment.last)
    prices = first if first == last else f"{first} to {last}"
    return f"{segment.first.day} to {segment.last.day}: {prices} ({' '.join(segment.cites)})"


class _Scale:
    """Days to the right, amounts upwards from zero."""

    def __init__(self, clock: Clock) -> None:
        self.start, self.end = clock.offers[0].day, clock.offers[-1].day
        prices = [offer.price for offer in clock.offers if offer.price is not None]
        self.top = max(prices, default=Money(1, "XXX"))
        self.step = _round_step(max(amount_of(self.top), Decimal(1)) / TICKS)

    def x(self, day: date, after: int = 0) -> float:
        """Return where a day begins; ``after`` = 1: where it ends."""
        share = ((day - self.start).days + after) / ((self.end - self.start).days + 1)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, amount: Decimal) -> float:
        """Return the height of an amount."""
        full = self.step * TICKS if self.step * TICKS >= amount_of(self.top) else self.step * (TICKS + 1)
        return round(HEIGHT - BOTTOM - float(amount / full) * (HEIGHT - TOP - BOTTOM), 1)

    def ticks(self) -> Iterator[Decimal]:
        """Yield the amounts at which lines are drawn."""
        count = TICKS if self.step * TICKS >= amount_of(self.top) else TICKS + 1
        yield from (self.step * index for index in range(count + 1))


def _round_step(least: Decimal) -> Decimal:
    """Return the smallest of 1, 2, 2.5, 5 times a power of ten that is not below ``least``."""
    power = Decimal(10) ** least.adjusted()
    return next(power * size for size in map(Decimal, ("1", "2", "2.5", "5", "10")) if power * size >= least)


def _grid(scale: _Scale) -> Iterator[str]:
    for amount in scale.ticks():
        y = scale.y(amount)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
        yield f'<text class="faint" x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{amount:,f}</text>'
    yield f'<text class="faint" x="{LEFT - 8}" y="{TOP - 14}" text-anchor="end">{escape(scale.top.currency)}</text>'
    for day, anchor in ((scale.start, "start"), (scale.end, "end")):
        x = LEFT if anchor == "start" else WIDTH - RIGHT
        yield f'<text class="faint" x="{x}" y="{HEIGHT - BOTTOM + 20}" text-anchor="{anchor}">{day}</text>'


def _segment(segment: Segment, clock: Clock, scale: _Scale) -> Iterator[str]:
    """Draw the ground of a segment: what is below its price, or that there is none."""
    left, right = scale.x(segment.first.day), scale.x(segment.last.day, 1)
    if segment.first.price is None:
        size = f'width="{round(right - left, 1)}" height="{HEIGHT - TOP - BOTTOM}"'
        yield f'<rect class="barred" x="{left}" y="{TOP}" {size}/>'
        middle = (left + right) / 2
        name = segment.first.rule or price_of(segment.first)
        at = f'x="{middle}" y="{HEIGHT / 2}"'
        if right - left < len(name) * LETTER:
            at += f' transform="rotate(-90 {middle} {HEIGHT / 2})"'
        yield f'<text class="faint" {at} text-anchor="middle">{escape(name)}</text>'
        return
    first, last = segment.first.day, segment.last.day
    inside = [offer for offer in clock.offers if first <= offer.day <= last]
    base = scale.y(Decimal(0))
    yield f'<path class="under" d="M{left},{base} {_path(inside, scale)} L{right},{base} Z"/>'


def _path(offers: list[Offer], scale: _Scale) -> str:
    """Return the steps of a run of days that all have a price: level lines, upright where it changes."""
    points: list[str] = []
    for _, level in groupby(offers, key=lambda offer: offer.price):
        days = list(level)
        y = scale.y(amount_of(days[0].price or scale.top))
        points += [f"L{scale.x(days[0].day)},{y}", f"L{scale.x(days[-1].day, 1)},{y}"]
    return " ".join(points)


def _line(clock: Clock, scale: _Scale) -> Iterator[str]:
    run: list[Offer] = []
    for offer in (*clock.offers, None):
        if offer is not None and offer.price is not None:
            run.append(offer)
        elif run:
            yield f'<path class="price" d="M{_path(run, scale)[1:]}"/>'
            run = []


def _marks(clock: Clock, scale: _Scale) -> Iterator[str]:
    """Draw the last days: to withdraw, of the contract, to renew at all."""
    days = (
        ("withdraw until", date_of(clock.withdraw_until)),
        ("expires", clock.expiry),
        ("cut-off", date_of(clock.cut_off)),
    )
    shown = [(what, day) for what, day in days if day is not None and scale.start <= day <= scale.end]
    for index, (what, day) in enumerate(shown):
        x = scale.x(day, 1)
        y = TOP - 26 + (index % 2) * 14
        anchor = "end" if x > WIDTH - RIGHT - 160 else "start"
        yield f'<line class="mark" x1="{x}" x2="{x}" y1="{y + 4}" y2="{HEIGHT - BOTTOM}"/>'
        at = f'x="{x}" y="{y}" dx="{-4 if anchor == "end" else 4}"'
        yield f'<text class="marked" {at} text-anchor="{anchor}">{what} {day}</text>'
