"""What waiting costs, day by day: one contract from 180 days before its expiry to past the vendor's cut-off.

In: what has been read of a record, and the library. Out: ``Clock``: the offer of every day, and segments of days on
which the same rules hold, each with the facts it rests on. Raises ``InvalidData`` for a record without an expiry or one
that can be priced on no day. By the vendors' rules one more day never lowers the price; where a record's own prices
make it fall, the clock says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from contractgen.errors import InvalidData, Problem
from contractgen.files import Marked
from contractgen.library import REFERENCE_LOCALE, Library
from contractgen.policy import Policy
from contractgen.terms import Terms
from contractgen.values import Fact, Figure, Kind, LocalText
from contractgen.waiting import Offer, date_of, expiry_of, figure_of, on

BEFORE = 180
"""Days before the expiry on which the clock starts."""
BEYOND = 30
"""Days after the cut-off on which it stops."""
WITHOUT_END = 120
"""Days after the expiry on which it stops where the vendor has no cut-off."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Days on which the same rules hold: first and last offer, what is billed, and the facts it rests on.

    ``since``: which facts are others than on the day before. ``step``: the least and the most that a day adds, in minor
    units.
    """

    first: Offer
    last: Offer
    since: tuple[str, ...]
    billed: tuple[str, ...]
    cites: tuple[str, ...]
    step: tuple[int, int]

    @property
    def days(self) -> int:
        """How many days the segment has."""
        return (self.last.day - self.first.day).days + 1


@dataclass(frozen=True, slots=True)
class Clock:
    """The offers of all days in order, their segments, and the days that part them."""

    vendor: str
    number: str
    customer: str
    expiry: date
    withdraw_until: Figure | None
    cut_off: Figure | None
    offers: tuple[Offer, ...]
    segments: tuple[Segment, ...]
    policy: Policy

    def falls(self) -> Iterator[tuple[Offer, Offer]]:
        """Yield each day on which the price is lower than on the last day that had one."""
        before: Offer | None = None
        for offer in self.offers:
            if offer.price is None:
                continue
            if before is not None and before.price is not None and offer.price.minor < before.price.minor:
                yield before, offer
            before = offer

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the record on some day; each once."""
        return tuple(dict.fromkeys(problem for offer in self.offers for problem in offer.problems))


def clock(record: Marked, books: Library) -> Clock:
    """Return the cost of waiting of a contract, day by day."""
    expiry = expiry_of(record.data)
    policy = books.policy(str(record.data.get("vendor", "")), record.place("vendor"))
    if expiry is None:
        cause = "the contract has no expiry date that can be read"
        raise InvalidData.at(record.place("term", "expiry"), cause, "fill in term.expiry")
    probes = [on(record, books, expiry), on(record, books, expiry + timedelta(days=1))]
    if all(probe.problems for probe in probes):
        raise InvalidData(dict.fromkeys(problem for probe in probes for problem in probe.problems))
    cut_off = figure_of("late.limit_date", probes)
    last = date_of(cut_off)
    end = last + timedelta(days=BEYOND) if last else expiry + timedelta(days=WITHOUT_END)
    days = range(-BEFORE, (end - expiry).days + 1)
    offers = tuple(on(record, books, expiry + timedelta(days=day)) for day in days)
    return Clock(
        vendor=policy.vendor,
        number=_shown(figure_of("contract.number", offers)),
        customer=_shown(figure_of("customer.name", offers)),
        expiry=expiry,
        withdraw_until=figure_of("notice.deadline", probes),
        cut_off=cut_off,
        offers=offers,
        segments=tuple(_segments(offers)),
        policy=policy,
    )


def _shown(figure: Figure | None) -> str:
    if figure is not None and isinstance(figure.amount, LocalText):
        return figure.amount.by_locale.get(REFERENCE_LOCALE) or figure.amount.spellings()[0]
    return figure.canonical if figure else ""


def _segments(offers: Sequence[Offer]) -> Iterator[Segment]:
    run: list[Offer] = []
    before: Offer | None = None
    for offer in offers:
        if run and _rules(offer) != _rules(run[-1]):
            yield _segment(run, before)
            before, run = run[-1], []
        run.append(offer)
    yield _segment(run, before)


def _rules(offer: Offer) -> tuple[object, ...]:
    """Return what the rules of a day come to, apart from its dates and amounts: facts, labels billed, counts, refusal.

    Counts part segments too: where whole terms are billed, the price leaps with each further one.
    """
    terms = offer.terms
    if terms is None:
        return (offer.problems,)
    facts = tuple((name, fact.value) for name, fact in terms.facts.items())
    counts = tuple(figure.canonical for figure in terms.figures.values() if figure.kind is Kind.NUMBER)
    return offer.rule, facts, counts, billed(offer)


def billed(offer: Offer) -> tuple[str, ...]:
    """Return the labels of what is billed on a day, each once."""
    lines = offer.selection.terms.lists.get("price_lines", ()) if offer.selection else ()
    return tuple(dict.fromkeys(line.label for line in lines))


def _segment(run: Sequence[Offer], before: Offer | None) -> Segment:
    prices = [offer.price.minor for offer in run if offer.price is not None]
    steps = [after - earlier for earlier, after in pairwise(prices)]
    new = tuple(_new(run[0].terms, before.terms)) if before and before.terms and run[0].terms else ()
    cites = dict.fromkeys([*run[0].cites, *(cite for fact in new for cite in fact.cause.cite)])
    return Segment(
        first=run[0],
        last=run[-1],
        since=tuple(f"{fact.name} = {fact.value}" for fact in new),
        billed=billed(run[0]),
        cites=tuple(cites),
        step=(min(steps), max(steps)) if steps else (0, 0),
    )


def _new(terms: Terms, before: Terms) -> Iterator[Fact]:
    """Yield the facts that are others than before."""
    for name, fact in terms.facts.items():
        if name not in before.facts or before.facts[name].value != fact.value:
            yield fact
