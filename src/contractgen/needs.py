"""What a contract record has to give for each document of a vendor, told by the rules themselves.

In: a policy. Out: text for people: for each document, and for each combination of facts on which requirements depend,
what a bare record is told to add, and what the fields that it leaves out count as. Nothing is restated here: bare
records are laid out, and what they lack is asked of the outcome.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from contractgen.contract import make_contract
from contractgen.files import Marked
from contractgen.policy import Policy
from contractgen.terms import lay_out
from contractgen.terms.sheet import Sheet

DAY = "2025-01-10"
IDENTITY = {"tier", "transaction"}
"""Facts whose field every record has; there is no record without them."""


def as_text(policy: Policy) -> str:
    """Return what records of a vendor have to give."""
    head = f"{policy.vendor}: what a record gives beside the names of the parties, and number and date of each document"
    return "\n".join([head, *_counting(policy), *_asked(policy)]) + "\n"


def _counting(policy: Policy) -> Iterator[str]:
    """Yield what counts where the record says nothing."""
    sheet = _laid_out(policy, next(iter(policy.documents)), {})
    for name, source in policy.facts.items():
        if name in sheet.facts and not sheet.facts[name].cause.inputs:
            yield f"  without {source.field} it counts as {sheet.facts[name].value}"


def _asked(policy: Policy) -> Iterator[str]:
    """Yield what is asked for, document by document; combinations of facts with the same needs stand together."""
    names = _deciding(policy)
    for document in policy.documents:
        told: dict[tuple[str, ...], list[str]] = {}
        for values in product(*(policy.facts[name].domain for name in names)):
            facts = dict(zip(names, values, strict=True))
            shown = ", ".join(
                f"{name} = {value}" for name, value in facts.items() if len(policy.facts[name].domain) > 1
            )
            needs = tuple(sorted({problem.repair for problem in _laid_out(policy, document, facts).problems}))
            told.setdefault(needs, []).append(shown)
        for needs, cases in told.items():
            yield f"\n{document}"
            yield from (f"  where {case}" for case in cases if case)
            yield from (f"    {need}" for need in needs or ("nothing more",))


def _deciding(policy: Policy) -> list[str]:
    """Return the facts of the record on which some requirement depends, and those that every record has."""
    named = {name for row in policy.requires for name, _ in row.when.terms} | IDENTITY
    return [name for name in policy.facts if name in named]


def _laid_out(policy: Policy, document: str, facts: Mapping[str, str]) -> Sheet:
    """Return the sheet of a bare record with these facts; its problems say what it lacks.

    ``document`` is one of the policy's own.
    """
    contract = make_contract(Marked("record", _bare(policy, document, facts)))
    return lay_out(contract, policy, document)  # type: ignore[arg-type]


def _bare(policy: Policy, document: str, facts: Mapping[str, str]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "vendor": policy.vendor,
        "tier": "single",
        "transaction": "initial",
        "currency": "KRW",
        "contract": {"number": "C-1"},
        "customer": {"name": "Customer"},
        "documents": {document: {"number": "D-1", "date": DAY}},
    }
    for name, value in facts.items():
        inner, (*path, last) = data, policy.facts[name].field.split(".")
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return data
