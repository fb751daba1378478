"""Other values for a figure: a little more, a little less, digits swapped, another currency.

In: the kind and the value as a policy writes them. Out: names of mutations and the values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

CURRENCIES = ("KRW", "IRR", "USD")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def changed_amounts(kind: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the name of the mutation and the new value; a name by locale is changed in each locale by itself."""
    if isinstance(value, dict):
        for locale, text in value.items():
            yield from ((name, {**value, locale: new}) for name, new in changed_amounts(kind, text))
        return
    text = str(value)
    number = re.search(r"\d+", text)
    if kind in {"phone", "url", "email", "code", "numeral", "name", "text"} or number is None:
        yield from _changed_text(kind, text)
        return
    if kind == "time":
        hour, _, minute = text.partition(":")
        yield "figure-changed", f"{int(hour) + 1:02}:{minute}"
        yield "figure-changed", f"{hour}:{int(minute) + 1:02}"
        return
    for step in (1, -1):
        changed = f"{text[: number.start()]}{int(number[0]) + step}{text[number.end() :]}"
        yield "figure-changed", changed
    yield from (("figure-digits-swapped", swapped) for swapped in _swapped_digits(text))
    for unit, other in (("day", "month"), ("month", "year"), ("hour", "minute"), ("minute", "hour"), ("year", "month")):
        if text.endswith(f" {unit}"):
            yield "figure-unit", f"{text.removesuffix(unit)}{other}"
    for currency in CURRENCIES:
        if text.endswith(currency):
            other = CURRENCIES[(CURRENCIES.index(currency) + 1) % len(CURRENCIES)]
            yield "figure-currency", f"{text.removesuffix(currency)}{other}"


def _changed_text(kind: str, text: str) -> Iterator[tuple[str, str]]:
    if text in WEEKDAYS:
        yield "figure-changed", WEEKDAYS[(WEEKDAYS.index(text) + 1) % len(WEEKDAYS)]
    elif kind == "countries":
        *rest, _last = text.split()
        yield "figure-changed", " ".join(rest)
        yield "figure-changed", f"{text} KR"
    else:
        swapped = next(_swapped_digits(text), "")
        if swapped:
            yield "figure-digits-swapped", swapped
        if text[:-1].strip():
            yield "figure-changed", text[:-1]


def _swapped_digits(text: str) -> Iterator[str]:
    """Yield the text with its last two different neighbouring digits swapped."""
    for index in range(len(text) - 2, -1, -1):
        first, second = text[index], text[index + 1]
        if first.isdigit() and second.isdigit() and first != second:
            yield f"{text[:index]}{second}{first}{text[index + 2 :]}"
            return
