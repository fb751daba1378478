"""A premium support option: priced as ordered, as the vendor states no price (rule ``premium``).

In: tier, ``premium.level``, ``premium.annual_fee``. Out: a price line after those of the licences. Its fee is no
maintenance fee: it enters no back fee and no reinstatement fee.
"""

from __future__ import annotations

from contractgen.errors import Problem
from contractgen.terms.sheet import Sheet
from contractgen.values import Kind

TIER = "premium-option"


def work(sheet: Sheet) -> None:
    """Add the option's annual fee to the price lines."""
    record = sheet.contract.record
    if record.premium is None:
        return
    if record.tier != TIER:
        place, cause = sheet.contract.place("premium"), f'an option is ordered, but the tier is "{record.tier}"'
        sheet.problems.append(Problem(place, cause, f"write tier: {TIER}, or remove premium"))
        return
    level, fee = sheet.contract.figures["premium.level"], sheet.given("premium.annual_fee")
    if fee is None or not sheet.lists.get("price_lines"):
        return
    amount = sheet.figure("premium.fee", Kind.MONEY, fee.amount, (fee,), "the fee of a year, as ordered")
    sheet.add("price_lines", "premium-option", {"product": level, "unit_price": fee, "amount": amount})
