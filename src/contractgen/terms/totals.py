"""From price lines to the total: sum, term discount, agreed discounts, subtotal, named taxes (always at work).

In: the table ``price_lines`` that the rules filled, ``discounts`` and ``taxes`` of the record. Out: the table
``price_totals`` and the figures ``price.*``. Each printed line is rounded once; the total is the sum of what is
printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contractgen.errors import Problem
from contractgen.money import Rounding, percent_of, total
from contractgen.terms.sheet import Entry, Sheet, money_of
from contractgen.values import Figure, Kind


def work(sheet: Sheet) -> None:
    """Put down the totals below the price lines."""
    lines = sheet.lists.get("price_lines", [])
    if not lines:
        sheet.lack("price", "what this transaction is priced by (see: contractgen explain)")
        return
    if _foreign(sheet, lines):
        return
    subtotal = _sum(sheet, "price.lines", [line.figures["amount"] for line in lines], "sum of the lines")
    discounts = [*sheet.lists.pop("term_discounts", []), *_agreed(sheet, subtotal)]
    reduced = [entry.figures["amount"] for entry in discounts]
    net = _sum(sheet, "price.net", [subtotal, *reduced], "the lines less the discounts") if reduced else subtotal
    if money_of(net).minor < 0:
        place = sheet.contract.place("discounts")
        sheet.problems.append(Problem(place, "the discounts exceed what the lines add up to", "lower the discounts"))
    taxes = _taxes(sheet, net)
    final = _sum(sheet, "price.total", [net, *(tax.figures["amount"] for tax in taxes)], "subtotal and taxes")
    rows = [Entry("lines", {"amount": subtotal})] if discounts or taxes else []
    rows += discounts
    rows += [Entry("net", {"amount": net})] if discounts and taxes else []
    sheet.lists["price_totals"] = [*rows, *taxes, Entry("total", {"amount": final})]


def _foreign(sheet: Sheet, lines: Iterable[Entry]) -> bool:
    """Whether a line is in another currency than the record; that is a problem, as nothing is converted."""
    currency = sheet.contract.record.currency
    foreign = sorted({money_of(line.figures["amount"]).currency for line in lines} - {currency})
    if foreign:
        cause = f"the record is in {currency}, but the policy's prices are in {', '.join(foreign)}"
        sheet.problems.append(Problem(sheet.contract.place("currency"), cause, f"write currency: {foreign[0]}"))
    return bool(foreign)


def _sum(sheet: Sheet, name: str, parts: Sequence[Figure], working: str) -> Figure:
    amount = total((money_of(part) for part in parts), sheet.contract.record.currency)
    return sheet.put(name, Kind.MONEY, amount, parts, working)


def _rounding(sheet: Sheet) -> Rounding:
    """Return the vendor's rounding; to the nearest minor unit where its policy states no reading."""
    return sheet.option("rounding", Rounding) if "rounding" in sheet.policy.readings else Rounding.HALF_UP_MINOR_UNIT


def _agreed(sheet: Sheet, subtotal: Figure) -> list[Entry]:
    """Return the discounts agreed in the record, percentages of what the lines add up to."""
    found: list[Entry] = []
    for index, discount in enumerate(sheet.contract.record.discounts):
        name = sheet.contract.figures[f"discounts.{index}.name"]
        percent, agreed = sheet.given(f"discounts.{index}.percent"), sheet.given(f"discounts.{index}.amount")
        if discount.percent is not None and percent is not None:
            off = percent_of(money_of(subtotal), discount.percent, _rounding(sheet))
            working = f"{percent.canonical} % of {subtotal.canonical}"
            amount = sheet.figure("discount", Kind.MONEY, -off, (subtotal, percent), working)
            found.append(Entry("discount-percent", {"name": name, "percent": percent, "amount": amount}))
        elif agreed is not None:
            amount = sheet.figure("discount", Kind.MONEY, -money_of(agreed), (agreed,), "agreed amount")
            found.append(Entry("discount-amount", {"name": name, "amount": amount}))
    return found


def _taxes(sheet: Sheet, net: Figure) -> list[Entry]:
    """Return the record's named taxes, each on the subtotal after discounts and rounded on its own."""
    found: list[Entry] = []
    for index, tax in enumerate(sheet.contract.record.taxes):
        name = sheet.contract.figures[f"taxes.{index}.name"]
        percent = sheet.contract.figures[f"taxes.{index}.percent"]
        amount = percent_of(money_of(net), tax.percent, _rounding(sheet))
        working = f"{percent.canonical} % of {net.canonical}"
        figure = sheet.figure("tax", Kind.MONEY, amount, (net, percent), working)
        found.append(Entry("tax", {"name": name, "percent": percent, "amount": figure}))
    return found
