"""Whether a mutant that nobody objected to changes anything at all.

In: the ground, a mutant, the library with it. Out: whether some probed record is worked out, decided or worded
otherwise than without the mutant. Letters of refusal count as documents.
"""

from __future__ import annotations

from contractgen.api import compose
from contractgen.checks.witness import Case, Witnesses
from contractgen.errors import ContractgenError, Place
from contractgen.policy import Policy
from contractgen.selection import Filled, Omitted, Selection
from contractgen.terms import Terms, work_out
from contractgen.tree import dump
from mutation.model import Mutant
from mutation.shelf import Ground, Shelf, Vendor, outcome_of


def changes_anything(ground: Ground, mutant: Mutant, books: Shelf) -> bool:
    """Whether a mutant changes what some probed record leads to."""
    locales = [mutant.locale] if mutant.locale else list(books.locales)
    if mutant.target in {"clause", "label"}:
        return any(
            _text(one.chosen, locale, books) != _text(one.chosen, locale, ground.books)
            for vendor in ground.vendors
            for one in vendor.reached
            for locale in locales
        )
    vendors = [ground.vendor(mutant.vendor)] if mutant.vendor else list(ground.vendors)
    return any(_decides_otherwise(vendor, mutant, books, ground) for vendor in vendors)


def _decides_otherwise(vendor: Vendor, mutant: Mutant, books: Shelf, ground: Ground) -> bool:
    """Whether a record is worked out or decided otherwise, or a document of some structure worded otherwise."""
    policy = books.policy(vendor.policy.vendor, Place("mutants"))
    if mutant.fields and _asks_for_less(vendor, policy, mutant):
        return True
    if mutant.computes and _computes_otherwise(vendor, policy):
        return True
    for document, cases in vendor.distinct.items():
        for case in cases:
            try:
                changed = outcome_of(policy, case, document, books)
            except ContractgenError:
                return True
            if _picked(changed) != _picked(outcome_of(vendor.policy, case, document, ground.books)):
                return True
    return any(
        _text(outcome_of(policy, one.case, one.document, books), "en", books) != _text(one.chosen, "en", ground.books)
        for one in vendor.reached
    )


def _computes_otherwise(vendor: Vendor, policy: Policy) -> bool:
    for document, cases in vendor.witnesses.cases.items():
        for case in cases:
            terms = _terms(case, policy, document)
            if terms is None or _known(terms) != _known(case.terms):
                return True
    return False


def _asks_for_less(vendor: Vendor, policy: Policy, mutant: Mutant) -> bool:
    """Whether a record without the fields is now taken that was sent back before."""
    again = Witnesses(policy)
    for document, cases in vendor.distinct.items():
        for case in cases:
            for name in mutant.fields:
                found = again.tried(
                    document, _without(case.data, name.replace("document.", f"documents.{document}.", 1))
                )
                if isinstance(found, Case) and _terms(found, vendor.policy, document) is None:
                    return True
    return False


def _without(data: object, name: str) -> dict[str, object]:
    first, _, rest = name.partition(".")
    found = dict(data) if isinstance(data, dict) else {}
    inner = found.get(first)
    if rest and isinstance(inner, dict):
        found[first] = _without(inner, rest)
    elif rest and isinstance(inner, list):
        index, _, field = rest.partition(".")
        found[first] = [_without(item, field) if str(i) == index else item for i, item in enumerate(inner)]
    else:
        found.pop(first, None)
    return found


def _terms(case: Case, policy: Policy, document: str) -> Terms | None:
    try:
        return work_out(case.contract, policy, document)  # type: ignore[arg-type]
    except ContractgenError:
        return None


def _known(terms: Terms) -> object:
    facts = {name: fact.value for name, fact in terms.facts.items()}
    figures = {name: (figure.canonical, figure.cause.cite) for name, figure in terms.figures.items()}
    lists = {
        name: [(row.label, {short: figure.canonical for short, figure in row.figures.items()}) for row in rows]
        for name, rows in terms.lists.items()
    }
    return facts, figures, lists


def _picked(chosen: Selection) -> object:
    """Return what is printed, in order, and what is left out, in whatever order."""
    printed = [(pick.slot.name, pick.wording) for pick in chosen.picks if isinstance(pick, Filled)]
    return chosen.outline.type, printed, {pick.slot.name for pick in chosen.picks if isinstance(pick, Omitted)}


def _text(chosen: Selection, locale: str, books: Shelf) -> str:
    try:
        return dump(compose(chosen, locale, books))
    except ContractgenError as error:
        return str(error)
