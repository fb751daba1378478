"""A withdrawal judged by what the contract agrees, where the vendor's source has no rule (``agreed-withdrawal``).

In: ``withdrawal.received``, ``withdrawal.agreed_last_day``, and the issuer's contact data. Out: facts
``agreed_withdrawal`` and ``issuer_contact``. Nothing is supplied that the record does not say.
"""

from __future__ import annotations

from contractgen.terms.sheet import Sheet, day_of

FACTS = {
    "agreed_withdrawal": ("none", "in-time", "late"),
    "issuer_contact": ("none", "phone", "email", "phone-and-email"),
}


def work(sheet: Sheet) -> None:
    """Compare the day of receipt with the last day agreed."""
    received, last = sheet.given("withdrawal.received"), sheet.given("withdrawal.agreed_last_day")
    if received is None or last is None:
        sheet.put_fact(
            "agreed_withdrawal", "none", FACTS["agreed_withdrawal"], (), "no notice or no last day is recorded"
        )
    else:
        value = "in-time" if day_of(received) <= day_of(last) else "late"
        sheet.put_fact("agreed_withdrawal", value, FACTS["agreed_withdrawal"], (received, last))
    phone, email = sheet.given("issuer.phone"), sheet.given("issuer.email")
    value = "phone-and-email" if phone and email else "phone" if phone else "email" if email else "none"
    sheet.put_fact("issuer_contact", value, FACTS["issuer_contact"], (phone, email))
