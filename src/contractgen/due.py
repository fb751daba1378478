"""Who is due: contracts of a portfolio whose renewal falls into a window, what it costs now and what waiting costs.

In: entries of a table, the library, a day and a window. Out: ``Season``: who is due by urgency, totals per vendor and
currency, the problems of rows. Every price and date comes from the vendor's rules. Waiting is counted from the expiry,
or from the day of the look where a contract is overdue already, so that no price told for later is lower than an
earlier one by its place in the list. A row with problems is told and does not hide others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from contractgen.contract import make_contract
from contractgen.errors import InvalidData, Place, Problem, UsageError, did_you_mean
from contractgen.intake.rows import Entry
from contractgen.library import Library
from contractgen.money import total
from contractgen.values import Figure, Money
from contractgen.waiting import DOCUMENT, Offer, can_be_late, date_of, expiry_of, figure_of, on

AFTER = (1, 90)
"""Days of waiting whose price is told."""
MAX_DAYS = 36_600


@dataclass(frozen=True, slots=True)
class Due:
    """A contract that is due: its dates, the offer now, and offers after waiting.

    ``waits_from``: the day from which ``later`` counts, the expiry or the day of the look. ``last``: the offer on the
    last day on which the vendor renews late, where there is such a day and it is not over.
    """

    place: Place
    vendor: str
    number: str
    customer: str
    expiry: date
    days_left: int
    withdraw_until: Figure | None
    cut_off: Figure | None
    now: Offer
    waits_from: date
    later: tuple[tuple[int, Offer], ...]
    last: Offer | None

    @property
    def offers(self) -> tuple[Offer, ...]:
        """All offers, the one of the day of the look first."""
        return (self.now, *(offer for _, offer in self.later), *((self.last,) if self.last else ()))


@dataclass(frozen=True, slots=True)
class Season:
    """What a look at a portfolio found: who is due, the sums, the problems of rows."""

    as_of: date
    until: date
    due: tuple[Due, ...]
    looked_at: int
    problems: tuple[Problem, ...]

    def totals(self) -> Iterator[tuple[str, str, int, Money]]:
        """Yield vendor, currency, number of contracts and sum of the prices now, of all that have one."""
        groups: dict[tuple[str, str], list[Money]] = {}
        for one in self.due:
            if one.now.price is not None:
                groups.setdefault((one.vendor, one.now.price.currency), []).append(one.now.price)
        for (vendor, currency), prices in sorted(groups.items()):
            yield vendor, currency, len(prices), total(prices, currency)

    def unpriced(self) -> Iterator[tuple[str, int, int]]:
        """Yield vendor, how many contracts are refused now and how many have no price."""
        groups: dict[str, list[Offer]] = {}
        for one in self.due:
            if one.now.price is None:
                groups.setdefault(one.vendor, []).append(one.now)
        for vendor, offers in sorted(groups.items()):
            refused = sum(offer.refusal is not None for offer in offers)
            yield vendor, refused, len(offers) - refused


def look(entries: Iterable[Entry], books: Library, as_of: date, within: int, vendors: Sequence[str] = ()) -> Season:
    """Return who is due from ``as_of`` within so many days, and who is overdue already.

    ``vendors``: only theirs; rows of other vendors are not read. Raises ``UsageError`` for a vendor that is not known
    and for a window that no calendar has.
    """
    for name in vendors:
        if name not in books.vendors:
            raise UsageError.at(Place("--vendor"), f'unknown vendor "{name}"', did_you_mean(name, books.vendors))
    until = end_of_window(as_of, within)
    rows = [entry for entry in entries if _concerns(entry, books, vendors)]
    twice = _twice(rows)
    found: list[Due] = []
    problems: dict[Problem, None] = {}
    for entry in rows:
        wrong = [*entry.problems, *faults(entry, books, as_of), *_double(entry, twice)]
        expiry = expiry_of(entry.record.data)
        if wrong or expiry is None:
            further = [] if expiry is not None and expiry > until else _further(entry, books, as_of, wrong)
            problems.update(dict.fromkeys([*wrong, *further]))
        elif expiry <= until:
            one = _due(entry, books, as_of, expiry)
            problems.update(dict.fromkeys(problem for offer in one.offers for problem in offer.problems))
            if not one.now.problems:
                found.append(one)
    found.sort(key=lambda one: _urgency(one, as_of))
    return Season(as_of, until, tuple(found), len(rows), tuple(problems))


def end_of_window(as_of: date, within: int) -> date:
    """Return the last day of a window; ``UsageError`` for one that no calendar has."""
    try:
        as_of + timedelta(days=within + MAX_DAYS)  # room for what comes after
        return as_of + timedelta(days=within)
    except OverflowError:
        cause = f"{within} days from {as_of} lie beyond the calendar"
        raise UsageError.at(Place("--within"), cause, "write a shorter span") from None


def _concerns(entry: Entry, books: Library, vendors: Sequence[str]) -> bool:
    """Whether a row is asked for; one whose vendor is not known is always told."""
    vendor = _text(entry, "vendor")
    return not vendors or vendor in vendors or vendor not in books.vendors


def _urgency(one: Due, as_of: date) -> tuple[bool, date, date, str, str]:
    """Sort by the next day on which something ends; what has ended for good stands last."""
    over = one.days_left < 0 and one.now.refusal is not None
    days = (date_of(one.withdraw_until), one.expiry, date_of(one.cut_off))
    ahead = min((day for day in days if day is not None and day >= as_of), default=one.expiry)
    return over, one.expiry if one.days_left < 0 else ahead, one.expiry, one.vendor, one.number


# ------------------------------------------------------------------------------------------------------------- rows


def _text(entry: Entry, *key: str) -> str:
    value = entry.record.data
    for part in key:
        value = value.get(part, "") if isinstance(value, dict) else ""
    return value if isinstance(value, str) else ""


def faults(entry: Entry, books: Library, as_of: date) -> Iterator[Problem]:
    """Yield what is wrong with a row whenever its contract falls due."""
    vendor, locale = _text(entry, "vendor"), entry.extra.get("locale", "")
    if not vendor:
        yield Problem(entry.place, 'field "vendor" is missing', f"one of {', '.join(books.vendors)}")
    elif vendor not in books.vendors:
        yield Problem(entry.record.place("vendor"), f'unknown vendor "{vendor}"', did_you_mean(vendor, books.vendors))
    if locale and locale not in books.locales:
        place = entry.record.place("locale")
        yield Problem(place, f'there is no locale "{locale}"', did_you_mean(locale, books.locales))
    expiry = expiry_of(entry.record.data)
    place = entry.record.place("term", "expiry")
    if expiry is None and not any(problem.place == place for problem in entry.problems):
        typed = _text(entry, "term", "expiry")
        cause = f'"{typed}" is no date' if typed else 'field "term.expiry" is missing: without it nothing falls due'
        yield Problem(place, cause, "write 2026-12-31, 2026. 12. 31. or 1405/10/10")
    if expiry is not None and vendor in books.vendors and can_be_late(books.policy(vendor, place)):
        yield from _lapse(entry, expiry, as_of)


def _lapse(entry: Entry, expiry: date, as_of: date) -> Iterator[Problem]:
    """Yield where the record does not say, or says otherwise, what followed an expiry: a lapse is never inferred."""
    lapsed, place = _text(entry, "term", "lapsed"), entry.record.place("term", "lapsed")
    if expiry < as_of and not lapsed:
        cause = f"term.expiry ({expiry}) is over, and the record does not say what followed"
        yield Problem(place, cause, "write true in term.lapsed, or the expiry of the term that runs now")
    elif expiry < as_of and lapsed == "false":
        cause = f"the agreement was extended (term.lapsed is false), but term.expiry is still {expiry}"
        yield Problem(place, cause, "write the expiry of the term that runs now")
    elif expiry >= as_of and lapsed == "true":
        cause = f"term.lapsed is true, but term.expiry ({expiry}) is not over"
        yield Problem(place, cause, "correct one of the two")


def _twice(rows: Sequence[Entry]) -> frozenset[tuple[str, str]]:
    counts = Counter(_number(entry) for entry in rows)
    return frozenset(number for number, count in counts.items() if count > 1 and number[1])


def _number(entry: Entry) -> tuple[str, str]:
    return _text(entry, "vendor"), _text(entry, "contract", "number")


def _double(entry: Entry, twice: frozenset[tuple[str, str]]) -> Iterator[Problem]:
    """Yield where a contract stands in several rows: each of them would be taken for the whole."""
    if _number(entry) in twice:
        cause = f"contract {_number(entry)[1]} of {_number(entry)[0]} stands in several rows"
        repair = "write its lines into one row (licences.0.…, licences.1.…), or remove the double"
        yield Problem(entry.record.place("contract", "number"), cause, repair)


def _further(entry: Entry, books: Library, as_of: date, known: Sequence[Problem]) -> Iterator[Problem]:
    """Yield what else is wrong with a row at fault, so that all is told at once; nothing twice of one cell."""
    told = {problem.place for problem in known} - {entry.place}
    known_vendor = _text(entry, "vendor") in books.vendors
    for problem in on(entry.record, books, as_of).problems if known_vendor else _misshapen(entry, as_of):
        if problem.place not in told and "term.expiry" not in problem.cause:
            yield problem


def _misshapen(entry: Entry, as_of: date) -> tuple[Problem, ...]:
    """Return what is wrong with the shape of a record whose vendor is not known."""
    document = {DOCUMENT: {"date": as_of.isoformat()}}
    data = {**entry.record.data, "vendor": "unknown", "documents": document}
    try:
        make_contract(replace(entry.record, data=data))
    except InvalidData as error:
        return error.problems
    return ()


def _due(entry: Entry, books: Library, as_of: date, expiry: date) -> Due:
    now = on(entry.record, books, as_of)
    start = max(expiry, as_of)
    later = (
        () if now.problems else tuple((days, on(entry.record, books, start + timedelta(days=days))) for days in AFTER)
    )
    offers = [now, *(offer for _, offer in later)]
    cut_off = figure_of("late.limit_date", offers)
    last = date_of(cut_off)
    return Due(
        place=entry.place,
        vendor=_text(entry, "vendor"),
        number=_text(entry, "contract", "number"),
        customer=_customer(entry),
        expiry=expiry,
        days_left=(expiry - as_of).days,
        withdraw_until=figure_of("notice.deadline", offers),
        cut_off=cut_off,
        now=now,
        waits_from=start,
        later=later,
        last=on(entry.record, books, last) if last is not None and last >= start else None,
    )


def _customer(entry: Entry) -> str:
    """Return the customer's name in its own language, or as it is written for all."""
    name = entry.record.data.get("customer", {}).get("name", "")
    if not isinstance(name, dict):
        return str(name)
    return str(name.get(entry.extra.get("locale", "")) or name.get("en") or next(iter(name.values()), ""))
