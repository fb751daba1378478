"""A premium support option: priced as ordered, as the vendor states no price (rule ``premium``).

In: ``premium.level``, ``premium.annual_fee``. Out: fact ``option``, and a price line after those of the licences.
Its fee is no maintenance fee: it enters no back fee and no reinstatement fee.
"""

from __future__ import annotations

from contractgen.terms.sheet import Sheet
from contractgen.values import Kind

FACTS = {"option": ("none", "ordered")}


def work(sheet: Sheet) -> None:
    """Say whether an option is ordered, and add its annual fee to the price lines."""
    ordered = sheet.contract.record.premium is not None
    level = sheet.given("premium.level")
    sheet.put_fact("option", "ordered" if ordered else "none", FACTS["option"], (level,))
    if level is None:
        return
    fee = sheet.given("premium.annual_fee")
    if fee is None or not sheet.lists.get("price_lines"):
        return
    amount = sheet.figure("premium.fee", Kind.MONEY, fee.amount, (fee,), "the fee of a year, as ordered")
    sheet.add("price_lines", "premium-option", {"product": level, "unit_price": fee, "amount": amount})
