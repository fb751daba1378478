"""Packages priced as a percentage of the sale price: price, percentage and years in; price or refusal out.

The yearly price is a price: it is rounded once, and the term's gross price is that many times it, so a reader who
multiplies gets the printed line. Discounts are taken from gross, rounded once. Which number of years earns what is a
table; a number of years that the table lacks has no rate and is refused, never extrapolated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from contractgen.calendars import add_months
from contractgen.money import Percent, Rounding, percent_of
from contractgen.rules.periods import DAY, MONTHS_OF_A_YEAR
from contractgen.values import Calendar, Money


class DiscountBase(StrEnum):
    """What a multi-year discount is taken of: all years of the term, or those after the first."""

    WHOLE_TERM_PACKAGE_PRICE = "whole_term_package_price"
    LATER_YEARS_ONLY = "later_years_only"


class PackageTransaction(StrEnum):
    """Whether the package is bought for the first time or renewed."""

    FIRST_PURCHASE = "first_purchase"
    RENEWAL = "renewal"


@dataclass(frozen=True, slots=True)
class PackageRule:
    """The percentages allowed (both ends included), the discount of each number of years, and the readings."""

    percent_min: Percent
    percent_max: Percent
    discount_by_years: Mapping[int, Percent]
    discount_base: DiscountBase = DiscountBase.WHOLE_TERM_PACKAGE_PRICE
    discount_on_first_purchase: bool = False
    rounding: Rounding = Rounding.HALF_UP_MINOR_UNIT


@dataclass(frozen=True, slots=True)
class PackagePrice:
    """The price of a package for a term; ``discount`` is a positive amount to take off ``gross``."""

    yearly: Money
    gross: Money
    discount_percent: Percent
    discount_base: Money
    discount: Money
    total: Money


@dataclass(frozen=True, slots=True)
class PercentOutside:
    """The percentage lies outside the allowed range."""

    percent: Percent
    percent_min: Percent
    percent_max: Percent


@dataclass(frozen=True, slots=True)
class NoRateForYears:
    """There is no rate for that many years."""

    years: int
    years_known: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ContractYear:
    """One year of a term: first and last covered day."""

    number: int  # from 1
    start: date
    last_covered_day: date
    days: int


def package_price(
    sale_price: Money, percent: Percent, years: int, transaction: PackageTransaction, rule: PackageRule
) -> PackagePrice | PercentOutside | NoRateForYears:
    """Return the price of ``years`` of a package that costs ``percent`` of ``sale_price`` a year."""
    if not Fraction(rule.percent_min) <= Fraction(percent) <= Fraction(rule.percent_max):
        return PercentOutside(percent, rule.percent_min, rule.percent_max)
    if years not in rule.discount_by_years:
        return NoRateForYears(years, tuple(sorted(rule.discount_by_years)))
    yearly = percent_of(sale_price, percent, rule.rounding)
    earns = transaction is PackageTransaction.RENEWAL or rule.discount_on_first_purchase
    rate: Percent = rule.discount_by_years[years] if earns else 0
    gross = Money(yearly.minor * years, yearly.currency)
    base = gross if rule.discount_base is DiscountBase.WHOLE_TERM_PACKAGE_PRICE else gross - yearly
    discount = percent_of(base, rate, rule.rounding)
    return PackagePrice(yearly, gross, rate, base, discount, gross - discount)


def contract_years(start: date, years: int, calendar: Calendar) -> tuple[ContractYear, ...]:
    """Return the contract years from ``start``, each counted from ``start`` itself in ``calendar``."""
    days = [add_months(start, MONTHS_OF_A_YEAR * number, calendar) for number in range(years + 1)]
    return tuple(
        ContractYear(number, first, following - DAY, (following - first).days)
        for number, (first, following) in enumerate(pairwise(days), 1)
    )
