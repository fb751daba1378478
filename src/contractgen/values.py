"""Sealed values: what a figure is, before any language shows it, and why it has its value.

In: amounts from contract record, policy and rules. Out: ``Figure`` (kind, exact amount, cause) and ``Fact`` (a finite
choice). No locale, no rounding to a printed form happens here. ``canonical`` gives the one spelling that all locales
and formats share, so that documents in three languages can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from babel.numbers import get_currency_precision, list_currencies

from contractgen.errors import Place
from contractgen.quick import quickly_made


class Kind(StrEnum):
    """What a figure is; the locale shows each kind in its own way."""

    __hash__ = str.__hash__  # an enumeration's own is written in Python, and every form's key holds dozens of kinds

    TEXT = "text"  # free text of the record: description, address line
    NAME = "name"  # a person, firm or product
    CODE = "code"  # contract number, part number: read left to right everywhere
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    MONEY = "money"
    PERCENT = "percent"
    NUMBER = "number"
    DURATION = "duration"
    DATE = "date"
    MOMENT = "moment"  # a calendar date with the time of day
    TIME = "time"
    WEEKDAY = "weekday"
    RANK = "rank"  # first, second …
    CHOICE = "choice"  # a key of a closed list that each locale names: tier, outcome, region
    NUMERAL = "numeral"  # digits that count nothing: a postal code, a year of copyright; in the locale's own digits
    COUNTRY = "country"  # ISO 3166 code of a country, named by CLDR
    COUNTRIES = "countries"  # several of them, in the order of their source


class Calendar(StrEnum):
    """The calendar in which a contract counts its years."""

    GREGORIAN = "gregorian"
    JALALI = "jalali"


class Unit(StrEnum):
    """Units of a duration or count."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    HOUR = "hour"
    MINUTE = "minute"
    WORKING_HOUR = "working-hour"
    PERSON_HOUR = "person-hour"
    VISIT = "visit"
    PER_YEAR = "per-year"  # "2 times a year"
    LICENCE = "licence"
    TERM = "term"
    PIECE = "piece"


class Weekday(StrEnum):
    """Days of the week, Monday first as in ``date.weekday()``."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An exact amount: integer minor units (won, rial, cent) of one ISO 4217 currency."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            msg = f"cannot add {other.currency} to {self.currency}"
            raise ValueError(msg)
        return Money(self.minor + other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + -other


@dataclass(frozen=True, slots=True)
class Duration:
    """A whole count of a unit: 12 months, 8 working hours, 2 visits."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar date and the calendar in which the contract states it."""

    date: date
    calendar: Calendar = Calendar.GREGORIAN


@dataclass(frozen=True, slots=True)
class Choice:
    """A key of a closed list; ``domain`` names the list (``tier.siemens``), the locale has its label."""

    domain: str
    key: str


@dataclass(frozen=True, slots=True)
class LocalText:
    """Free text of the record, either one spelling for all locales or one for each locale (never a fallback)."""

    everywhere: str | None = None
    by_locale: Mapping[str, str] = field(default_factory=dict, hash=False)

    def spellings(self) -> tuple[str, ...]:
        """All spellings, for comparison."""
        return (self.everywhere,) if self.everywhere is not None else tuple(self.by_locale.values())


Countries = tuple[str, ...]
"""ISO 3166 codes of countries."""

Amount = LocalText | str | Money | Decimal | int | Duration | Day | datetime | time | Weekday | Choice | Countries


class Origin(StrEnum):
    """Where a figure or fact comes from."""

    CONTRACT = "contract"
    POLICY = "policy"
    RULE = "rule"
    CALL = "call"  # asked for on the command line: document type
    REGISTER = "register"  # given by the register of issued documents: document number


@quickly_made
@dataclass(frozen=True, slots=True)
class Cause:
    """Why a figure or fact has its value.

    ``name``: the record's field, the policy's figure, or the rule. ``cite``: ids of the vendor's facts (``SIE-32``).
    ``inputs``: the figures it was computed from. ``working``: the arithmetic or the reading in one line.
    """

    origin: Origin
    name: str
    place: Place | None = None
    cite: tuple[str, ...] = ()
    inputs: tuple[Figure, ...] = ()
    working: str = ""


@quickly_made
@dataclass(frozen=True, slots=True)
class Figure:
    """A sealed value: the field's name, its kind, its exact amount and its cause.

    Amount by kind: text, name → ``LocalText`` or ``str``; code, phone, email, url, numeral, country → ``str``;
    countries → ``Countries``; money → ``Money``;
    percent, number → ``Decimal`` or ``int``; duration → ``Duration``; date → ``Day``; moment → ``datetime``;
    time → ``time``; weekday → ``Weekday``; rank → ``int``; choice → ``Choice``.
    """

    field: str
    kind: Kind
    amount: Amount
    cause: Cause

    @property
    def canonical(self) -> str:
        """The spelling that every locale and format shares: ``2025-03-01``, ``225000 KRW``, ``12 month``."""
        return canonical(self.amount)


@quickly_made
@dataclass(frozen=True, slots=True)
class Fact:
    """A choice out of a finite domain; selection sees facts and nothing else."""

    name: str
    value: str
    domain: tuple[str, ...]
    cause: Cause


def canonical(amount: Amount) -> str:
    """Return the language-free spelling of ``amount``."""
    return _SPELLINGS.get(type(amount), str)(amount)


@cache
def currencies() -> frozenset[str]:
    """Return the codes of all ISO 4217 currencies, as CLDR lists them."""
    return frozenset(list_currencies())


@cache
def decimals_of(currency: str) -> int:
    """Return how many decimals amounts of a currency are written with; CLDR's count."""
    found: int = get_currency_precision(currency)
    return found


def _money(amount: Money) -> str:
    places = decimals_of(amount.currency)
    number = f"{Decimal(amount.minor).scaleb(-places):f}" if places else str(amount.minor)
    return f"{number} {amount.currency}"


_SPELLINGS: Mapping[type, Callable[[Any], str]] = {
    LocalText: lambda amount: " / ".join(amount.spellings()),
    Money: _money,
    Duration: lambda amount: f"{amount.count} {amount.unit.value}",
    Day: lambda amount: amount.date.isoformat(),
    Choice: lambda amount: f"{amount.domain}={amount.key}",
    datetime: lambda amount: amount.isoformat(sep=" ", timespec="minutes"),
    time: lambda amount: amount.isoformat(timespec="minutes"),
    Decimal: lambda amount: format(amount.normalize(), "f"),
    Weekday: lambda amount: amount.value,
    tuple: " ".join,
}
"""How each kind of amount is spelled; a text or a whole number as it stands."""
