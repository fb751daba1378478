"""Which licence form an order takes, what it covers and costs (rule ``licence-form``).

In: ``term.start`` or ``term.expiry``, ``order.date``, licence lines with the price of the form. Out: fact ``form``,
figures ``order.date``, ``cover.*``, ``maintenance.price``, price lines. No price is ever made: each comes from the
record. Without an order the document's own date is the day of the offer.
"""

from __future__ import annotations

from contractgen.errors import Problem
from contractgen.money import total
from contractgen.rules.licence_form import (
    Cover,
    FormRule,
    LicenceForm,
    MissingLastDay,
    OnExpiryDay,
    ReinstatementStart,
    cover_of_new_licence,
    cover_of_order,
)
from contractgen.rules.periods import ExpiryDateMeans
from contractgen.terms.common import check_line_dates, count_of, product_of, warn_of_open_offer
from contractgen.terms.sheet import Sheet, day_of, money_of
from contractgen.values import Day, Figure, Kind

FACTS = {"form": ("none", *LicenceForm)}
MONTHS = {
    LicenceForm.NEW_LICENCE: "new_licence_term",
    LicenceForm.ANNUAL_RENEWAL: "renewal_term",
    LicenceForm.REINSTATEMENT: "reinstatement_term",
}
PRICES = {
    LicenceForm.NEW_LICENCE: ("licence-with-maintenance", "licence_price"),
    LicenceForm.ANNUAL_RENEWAL: ("maintenance-renewal", "annual_fee"),
    LicenceForm.REINSTATEMENT: ("maintenance-reinstatement", "reinstatement_price"),
}
"""The label of a form's price lines, and the field of a licence line that holds its price."""
READINGS = ("renewal_on_expiry_day", "expiry_date_means", "reinstatement_start", "feb29_end")
PRICED = {"quote", "renewal-notice"}


def form_rule(sheet: Sheet) -> FormRule:
    """Return the months of each form, and the readings at the edges."""
    return FormRule(
        months={form: count_of(sheet, name) for form, name in MONTHS.items()},
        on_expiry_day=sheet.option("renewal_on_expiry_day", OnExpiryDay),
        expiry_date_means=sheet.option("expiry_date_means", ExpiryDateMeans),
        reinstatement_start=sheet.option("reinstatement_start", ReinstatementStart),
        missing_last_day=sheet.option("feb29_end", MissingLastDay),
    )


def work(sheet: Sheet) -> None:
    """Find the form, its cover and its price."""
    check_line_dates(sheet)
    ordered = _order(sheet)
    found = _found(sheet, ordered)
    if found is None:
        sheet.put_fact("form", "none", FACTS["form"], (), "neither a purchase nor an expiry date is known")
        needs = "term.start for a new licence, term.expiry for running maintenance"
        for name in ("cover", "maintenance"):
            sheet.lack(name, needs)
        return
    cover, inputs = found
    sheet.put_fact("form", cover.form, FACTS["form"], inputs, _working(cover))
    months = sheet.policy_figure(MONTHS[cover.form])
    first = sheet.put_day("cover.start", cover.first, inputs[0], inputs[1:], "", READINGS)
    last = sheet.put_day("cover.last_day", cover.last, first, (months,), f"{cover.days} days", READINGS)
    _check_stated_expiry(sheet, cover)
    if cover.form is LicenceForm.ANNUAL_RENEWAL and sheet.contract.record.order is None:
        warn_of_open_offer(sheet, sheet.figures["order.last_day"])
    if sheet.document in PRICED:
        _price(sheet, cover.form, first, last)


def _order(sheet: Sheet) -> Figure:
    given = sheet.given("order.date")
    if given is not None:
        return given
    dated = sheet.figures["document.date"]
    return sheet.put("order.date", Kind.DATE, Day(sheet.day), (dated,), "no order yet: the day of the offer counts")


def _found(sheet: Sheet, ordered: Figure) -> tuple[Cover, tuple[Figure, ...]] | None:
    rule = form_rule(sheet)
    if sheet.contract.record.transaction == "initial":
        bought = sheet.given("term.start") or ordered
        return cover_of_new_licence(day_of(bought), rule), (bought,)
    expiry = sheet.given("term.expiry")
    if expiry is None:
        return None
    last = rule.last_order_day(day_of(expiry))
    sheet.put_day("order.last_day", last, expiry, (), "the last day for a renewal", READINGS[:2])
    return cover_of_order(day_of(expiry), day_of(ordered), rule), (expiry, ordered)


def _working(cover: Cover) -> str:
    return {
        LicenceForm.NEW_LICENCE: "no licence yet",
        LicenceForm.ANNUAL_RENEWAL: "ordered on or before the last day for a renewal",
        LicenceForm.REINSTATEMENT: "ordered after the last day for a renewal",
    }[cover.form]


def _check_stated_expiry(sheet: Sheet, cover: Cover) -> None:
    """Note a problem where the record of a new licence states an expiry that its months do not end on."""
    stated = sheet.given("term.expiry")
    if cover.form is not LicenceForm.NEW_LICENCE or stated is None:
        return
    expected = form_rule(sheet).expiry_of(cover.last)
    if day_of(stated) != expected:
        cause = f"maintenance with the licence expires on {expected}, but term.expiry is {stated.canonical}"
        sheet.problems.append(
            Problem(sheet.contract.place("term.expiry"), cause, "remove term.expiry, or make the two agree")
        )


def _price(sheet: Sheet, form: LicenceForm, first: Figure, last: Figure) -> None:
    """Add a price line for each licence, at the price that the record gives for this form."""
    label, name = PRICES[form]
    prices: list[Figure] = []
    for index in range(len(sheet.contract.record.licences)):
        field = f"licences.{index}.{name}"
        price = sheet.given(field)
        if price is None:
            cause = f'field "{field}" is missing: the form {form} is priced by it, and the source states no price'
            sheet.problems.append(Problem(sheet.contract.place(field), cause, f"add {field}"))
            continue
        paid = sheet.figure("maintenance.line_price", Kind.MONEY, money_of(price), (price,), "as the record gives it")
        figures = {**product_of(sheet, index), "start": first, "end": last, "unit_price": price, "amount": paid}
        sheet.add("price_lines", label, figures)
        prices.append(paid)
    if prices:
        amount = total((money_of(price) for price in prices), sheet.contract.record.currency)
        sheet.put("maintenance.price", Kind.MONEY, amount, prices, "the sum of the lines")
    else:
        sheet.lack("maintenance", "licences with the price of the form")
