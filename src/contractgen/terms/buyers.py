"""Who buys, for whom, and what must be at hand first (rules ``buyer``, ``prerequisites`` and ``code-release``).

In: ``end_user``, ``prerequisites``, ``release``, the fact ``buyer``. Out: facts ``end_user``, ``prerequisites`` and
``release``, and a price line for each document that has to be drawn up or updated.
"""

from __future__ import annotations

from contractgen.errors import Problem, did_you_mean
from contractgen.terms.sheet import Sheet
from contractgen.values import Choice, Figure, Kind

FACTS_OF_BUYER = {"end_user": ("is-buyer", "named", "not-named")}
FACTS_OF_PREREQUISITES = {"prerequisites": ("none", "agreed", "to-prepare", "not-agreed")}
FACTS_OF_RELEASE = {"release": ("none", "as-agreed", "changed-by-end-user")}
STATES = ("agreed", "not-agreed", "outdated", "missing")
CHARGES = {
    "missing": ("document-creation", "prerequisites.creation_fee"),
    "outdated": ("document-update", "prerequisites.update_fee"),
}
"""The label of the price line and the field of the charge, for what is missing and for what is outdated."""
DOCUMENTS = {"design_document": "design-document", "test_plan": "test-plan"}
CHANGERS = ("end-user", "vendor")
IDENTITY = ("end_user.name", "end_user.address", "end_user.country")


def work_buyer(sheet: Sheet) -> None:
    """Say whether the end user buys itself, or is named with all that identifies it."""
    buyer = sheet.facts.get("buyer")
    if buyer is None or buyer.value == "end-user":
        _check_one_end_user(sheet)
        sheet.put_fact("end_user", "is-buyer", FACTS_OF_BUYER["end_user"], (), "the end user buys itself")
        return
    known = [sheet.given(name) for name in IDENTITY]
    missing = [name for name, figure in zip(IDENTITY, known, strict=True) if figure is None]
    value = "not-named" if missing else "named"
    sheet.put_fact(
        "end_user", value, FACTS_OF_BUYER["end_user"], known, f"without {', '.join(missing)}" * bool(missing)
    )


def _check_one_end_user(sheet: Sheet) -> None:
    """Note a problem where the end user is said to buy itself, and another end user is named as well."""
    if sheet.contract.record.end_user is not None:
        cause = "the end user is said to buy itself, but end_user names another one"
        repair = "remove end_user, or write facts.buyer: reseller or distributor"
        sheet.problems.append(Problem(sheet.contract.place("end_user"), cause, repair))


def work_prerequisites(sheet: Sheet) -> None:
    """Say whether both documents are there and agreed, and charge what has to be drawn up or updated."""
    if sheet.contract.record.prerequisites is None:
        sheet.put_fact("prerequisites", "none", FACTS_OF_PREREQUISITES["prerequisites"], (), "not recorded")
        return
    states: dict[str, Figure] = {}
    for name in DOCUMENTS:
        field = f"prerequisites.{name}"
        state = sheet.contract.figures[field]
        if _key(state) not in STATES:
            place = sheet.contract.place(field)
            repair = did_you_mean(_key(state), STATES)
            sheet.problems.append(Problem(place, f'"{field}" is "{_key(state)}"', repair))
        states[name] = state
    keys = {_key(state) for state in states.values()}
    value = "not-agreed" if "not-agreed" in keys else "agreed" if keys == {"agreed"} else "to-prepare"
    sheet.put_fact("prerequisites", value, FACTS_OF_PREREQUISITES["prerequisites"], states.values())
    if value == "to-prepare" and sheet.document in {"quote", "renewal-notice"}:
        for name, state in states.items():
            if _key(state) in CHARGES:
                _charge(sheet, name, _key(state))


def _charge(sheet: Sheet, name: str, state: str) -> None:
    label, field = CHARGES[state]
    fee = sheet.given(field)
    if fee is None:
        cause = f'field "{field}" is missing: prerequisites.{name} is {state}, which is charged, and no price is stated'
        sheet.problems.append(Problem(sheet.contract.place(field), cause, f"add {field}"))
        return
    status = sheet.contract.figures[f"prerequisites.{name}"]
    document = sheet.figure("document", Kind.CHOICE, Choice("prerequisite", DOCUMENTS[name]), (status,), state)
    amount = sheet.figure("prerequisites.fee", Kind.MONEY, fee.amount, (fee, status), "as agreed")
    sheet.add("price_lines", label, {"document": document, "unit_price": fee, "amount": amount})


def work_release(sheet: Sheet) -> None:
    """Say whether the end user still runs the code release that was agreed upon."""
    agreed, running = sheet.given("release.agreed"), sheet.given("release.running")
    changer = sheet.given("release.changed_by")
    if agreed is None:
        sheet.put_fact("release", "none", FACTS_OF_RELEASE["release"], (), "not recorded")
        return
    changed = running is not None and running.canonical != agreed.canonical
    if changer is not None and _key(changer) not in CHANGERS:
        place = sheet.contract.place("release.changed_by")
        sheet.problems.append(
            Problem(place, f'"release.changed_by" is "{_key(changer)}"', did_you_mean(_key(changer), CHANGERS))
        )
    _check_change(sheet, changed=changed, changer=changer)
    by_end_user = changed and changer is not None and _key(changer) == "end-user"
    value = "changed-by-end-user" if by_end_user else "as-agreed"
    sheet.put_fact("release", value, FACTS_OF_RELEASE["release"], (agreed, running, changer))


def _check_change(sheet: Sheet, *, changed: bool, changer: Figure | None) -> None:
    """Note a problem where the record tells half of a change: that it was made, or who made it."""
    place = sheet.contract.place("release.changed_by")
    if changed and changer is None:
        cause = "another code release runs than the one agreed, and the record does not say who changed it"
        sheet.problems.append(Problem(place, cause, "add release.changed_by: end-user or vendor"))
    if changer is not None and not changed:
        cause = "the record says who changed the code release, but not that another one runs than the one agreed"
        sheet.problems.append(Problem(place, cause, "add release.running, or remove release.changed_by"))


def _key(figure: Figure) -> str:
    return figure.amount.key if isinstance(figure.amount, Choice) else figure.canonical
