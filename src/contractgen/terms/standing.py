"""Whether the contract still runs on the document's day (rule ``standing``).

In: ``term.expiry``, the last covered day. Out: fact ``standing``. For vendors whose source has no rule on what happens
after the end: a letter about renewal is then not written as if nothing had happened.
"""

from __future__ import annotations

from contractgen.terms.sheet import Sheet, day_of

FACTS = {"standing": ("none", "running", "ended")}


def work(sheet: Sheet) -> None:
    """Compare the last covered day with the day of the document."""
    expiry = sheet.given("term.expiry")
    if expiry is None:
        sheet.put_fact("standing", "none", FACTS["standing"], (), "the expiry date is not given")
        return
    value = "running" if sheet.day <= day_of(expiry) else "ended"
    sheet.put_fact("standing", value, FACTS["standing"], (expiry,), f"the document is dated {sheet.day}")
