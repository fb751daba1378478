"""Exact money: amounts and fractions in, rounded ``Money`` out.

Between input and printed line everything is a ``Fraction`` of minor units; each printed line is rounded exactly once
and totals are sums of printed lines, so a reader who adds up a document always gets its total. Roundings are counted
in minor units (won, rial, cent) and are symmetric: a credit rounds like the charge it takes back.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from contractgen.values import Money

Percent = Decimal | Fraction | int
"""A percentage as written (25 means 25 %); exact types only, a float cannot say 0.1."""

HUNDRED = 100


class Rounding(StrEnum):
    """How an exact amount becomes a printed line; ``ten units`` and ``1000`` are counted in minor units."""

    HALF_UP_MINOR_UNIT = "half_up_minor_unit"
    DOWN_MINOR_UNIT = "down_minor_unit"
    DOWN_TEN_UNITS = "down_ten_units"
    HALF_UP_1000 = "half_up_1000"


# The size of the step an amount is rounded to, and whether halves go up (otherwise the rest is cut off).
_STEPS: dict[Rounding, tuple[int, bool]] = {
    Rounding.HALF_UP_MINOR_UNIT: (1, True),
    Rounding.DOWN_MINOR_UNIT: (1, False),
    Rounding.DOWN_TEN_UNITS: (10, False),
    Rounding.HALF_UP_1000: (1000, True),
}


def round_minor(exact: Fraction, rounding: Rounding) -> int:
    """Return ``exact`` minor units as a whole number; halves go away from zero, cutting goes towards zero."""
    size, half_up = _STEPS[rounding]
    above, below = abs(exact.numerator), exact.denominator * size
    whole = ((2 * above + below) // (2 * below) if half_up else above // below) * size
    return whole if exact >= 0 else -whole


def as_fraction(percent: Percent) -> Fraction:
    """Return ``percent`` as an exact fraction of one: 25 gives 1/4."""
    return Fraction(percent) / HUNDRED


def printed(exact: Fraction, currency: str, rounding: Rounding) -> Money:
    """Return the printed line for ``exact`` minor units of ``currency``."""
    return Money(round_minor(exact, rounding), currency)


def share(amount: Money, part: Fraction | int, rounding: Rounding) -> Money:
    """Return ``part`` of ``amount`` as one printed line, rounded once."""
    return printed(amount.minor * Fraction(part), amount.currency, rounding)


def percent_of(amount: Money, percent: Percent, rounding: Rounding) -> Money:
    """Return ``percent`` of ``amount`` as one printed line, rounded once."""
    return share(amount, as_fraction(percent), rounding)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Return the sum of printed lines; nothing to add gives zero of ``currency``. ValueError on mixed currencies."""
    found = tuple(amounts)
    for amount in found:
        if amount.currency != currency:
            raise ValueError(f"cannot add {amount.currency} to {currency}")
    return Money(sum([amount.minor for amount in found]), currency)
