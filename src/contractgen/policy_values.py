"""Amounts as a policy writes them: ``30 day``, ``3000000 IRR``, ``25``, ``09:00``.

In: a kind and a text. Out: the exact amount. Raises ``ValueError`` as ``cause | repair``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from decimal import Decimal, InvalidOperation

from contractgen.countries import country
from contractgen.errors import did_you_mean
from contractgen.values import Amount, Duration, Kind, LocalText, Money, Unit, Weekday, decimals_of


def read_amount(kind: Kind, text: str | Mapping[str, str]) -> Amount:
    """Read a policy's ``text`` as an amount of ``kind``; names and texts may be given by locale."""
    if not isinstance(text, str):
        if kind not in {Kind.NAME, Kind.TEXT} or set(text) != {"ko", "fa", "en"}:
            raise ValueError("is given by locale | only names and texts may be, and then in ko, fa and en")
        return LocalText(by_locale=dict(text))
    match kind:
        case Kind.DURATION:
            return _duration(text)
        case Kind.MONEY:
            return _money(text)
        case Kind.PERCENT | Kind.NUMBER:
            return _decimal(text)
        case Kind.RANK:
            return int(_decimal(text))
        case Kind.TIME:
            return _time(text)
        case Kind.WEEKDAY:
            return _weekday(text)
        case Kind.PHONE | Kind.URL | Kind.EMAIL | Kind.CODE | Kind.NAME | Kind.TEXT | Kind.NUMERAL:
            return text
        case Kind.COUNTRY:
            return country(text)
        case Kind.COUNTRIES:
            return tuple(country(code) for code in text.split())
        case _:
            raise ValueError(f'kind "{kind}" cannot stand in a policy | use a kind that has a plain value')


def _duration(text: str) -> Duration:
    count, _, unit = text.partition(" ")
    if not count.isdigit():
        raise ValueError(f'"{text}" is not a duration | write for instance "30 day"')
    try:
        return Duration(int(count), Unit(unit))
    except ValueError:
        raise ValueError(f'"{unit}" is not a unit | {did_you_mean(unit, [u.value for u in Unit])}') from None


def _money(text: str) -> Money:
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ([A-Z]{3})", text)
    if not found:
        raise ValueError(f'"{text}" is not an amount of money | write for instance "3000000 IRR"')
    currency = found[2]
    scaled = Decimal(found[1]).scaleb(decimals_of(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f'"{text}" has more decimals than {currency} | write whole units')
    return Money(int(scaled), currency)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f'"{text}" is not a number | write digits') from None


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is not a time of day | write for instance "09:00"') from None


def _weekday(text: str) -> Weekday:
    try:
        return Weekday(text)
    except ValueError:
        repair = did_you_mean(text, [day.value for day in Weekday])
        raise ValueError(f'"{text}" is not a weekday | {repair}') from None
