"""Quotations: lines, named discounts and named taxes in; subtotal, each discount, each tax and total out.

Every printed amount is rounded once and totals are sums of printed amounts. Discounts are percentages of the lines
that allow one; each is taken of the same base, not of what an earlier one left. A discount is spread over its lines
exactly, so that a tax on some lines only meets what those lines cost after discount. Taxes are taken of the discounted
lines they apply to, never of each other, and may have a rounding of their own. No rounding lifts the discounts above
what they are taken of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from contractgen.money import HUNDRED, Percent, Rounding, allocate, percent_of, total
from contractgen.values import Money


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A line: price of one, how many, whether discounts bear on it, and the names of the taxes that do."""

    key: str
    unit_price: Money
    quantity: int = 1
    discountable: bool = True
    taxes: frozenset[str] = field(default_factory=frozenset)

    @property
    def amount(self) -> Money:
        """Price of one times how many."""
        return Money(self.unit_price.minor * self.quantity, self.unit_price.currency)


@dataclass(frozen=True, slots=True)
class NamedPercent:
    """A discount or tax: its name and percentage."""

    name: str
    percent: Percent


@dataclass(frozen=True, slots=True)
class PercentLine:
    """A printed discount (positive, to take off) or tax: what it was taken of, and how much it is."""

    name: str
    percent: Percent
    base: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its share of the discounts."""

    key: str
    unit_price: Money
    quantity: int
    amount: Money
    discount: Money
    net: Money


@dataclass(frozen=True, slots=True)
class Quotation:
    """The figures of a quotation; ``subtotal`` − ``discount_total`` = ``net``, ``net`` + ``tax_total`` = ``total``."""

    lines: tuple[PricedLine, ...]
    subtotal: Money
    discounts: tuple[PercentLine, ...]
    discount_total: Money
    net: Money
    taxes: tuple[PercentLine, ...]
    tax_total: Money
    total: Money


def quote(  # noqa: PLR0913  the parts of a quotation
    lines: Sequence[QuoteLine],
    currency: str,
    rounding: Rounding,
    *,
    discounts: Sequence[NamedPercent] = (),
    taxes: Sequence[NamedPercent] = (),
    tax_rounding: Rounding | None = None,
) -> Quotation:
    """Add up a quotation in ``currency``; ``tax_rounding`` is ``rounding`` unless given.

    ValueError on mixed currencies, a negative line, discounts of more than the whole together, a tax named twice, or
    a line that names an unknown tax.
    """
    _check(lines, discounts, taxes)
    subtotal = total((line.amount for line in lines), currency)
    base = total((line.amount for line in lines if line.discountable), currency)
    reductions = _reductions(discounts, base, rounding)
    discount_total = total((line.amount for line in reductions), currency)
    priced = _priced(lines, base, discount_total)
    levies = tuple(_tax_line(tax, lines, priced, currency, tax_rounding or rounding) for tax in taxes)
    tax_total = total((line.amount for line in levies), currency)
    net = subtotal - discount_total
    return Quotation(priced, subtotal, reductions, discount_total, net, levies, tax_total, net + tax_total)


def _check(lines: Sequence[QuoteLine], discounts: Sequence[NamedPercent], taxes: Sequence[NamedPercent]) -> None:
    for line in lines:
        if line.amount.minor < 0:
            raise ValueError(f"line {line.key} is negative: give a credit as a discount")
    names = [tax.name for tax in taxes]
    if len(set(names)) < len(names):
        raise ValueError(f"a tax is named twice: {', '.join(names)}")
    unknown = sorted({name for line in lines for name in line.taxes} - set(names))
    if unknown:
        raise ValueError(f"lines name taxes that are not given: {', '.join(unknown)}")
    if any(discount.percent < 0 for discount in discounts) or sum(discount.percent for discount in discounts) > HUNDRED:
        raise ValueError("discounts must lie between nothing and the whole")


def _reductions(discounts: Sequence[NamedPercent], base: Money, rounding: Rounding) -> tuple[PercentLine, ...]:
    """Return the printed discounts; rounded up, the last of them may find less left than its percentage."""
    reductions: list[PercentLine] = []
    left = base
    for discount in discounts:
        amount = min(left, percent_of(base, discount.percent, rounding))
        reductions.append(PercentLine(discount.name, discount.percent, base, amount))
        left -= amount
    return tuple(reductions)


def _tax_line(
    tax: NamedPercent, lines: Sequence[QuoteLine], priced: Sequence[PricedLine], currency: str, rounding: Rounding
) -> PercentLine:
    taxed = (after.net for line, after in zip(lines, priced, strict=True) if tax.name in line.taxes)
    base = total(taxed, currency)
    return PercentLine(tax.name, tax.percent, base, percent_of(base, tax.percent, rounding))


def _priced(lines: Sequence[QuoteLine], base: Money, discount: Money) -> tuple[PricedLine, ...]:
    """Spread the discount over the lines that allow one, in proportion to what they cost."""
    weights = [line.amount.minor if line.discountable else 0 for line in lines]
    shares = allocate(discount, weights) if base.minor else (Money(0, base.currency),) * len(lines)
    return tuple(
        PricedLine(line.key, line.unit_price, line.quantity, line.amount, part, line.amount - part)
        for line, part in zip(lines, shares, strict=True)
    )
