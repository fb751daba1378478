"""Concrete contract records for combinations of facts: a witness that a combination can occur, and what it leads to.

In: a policy. Out: ``Witnesses``: a record for wanted facts of a document, if one of the probed records has them, and
the records that run into a fault of the policy. Records hold what the document requires and no more, so that nothing is
there by luck.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from contractgen.checks.probes import DAY, EXPIRY, FEE, Fragment, laid_over, licences, plus, probes
from contractgen.contract import Contract, make_contract
from contractgen.errors import InvalidData, Problem, TemplateFault
from contractgen.files import Marked
from contractgen.policy import Policy
from contractgen.selection import refusal
from contractgen.terms import RULES, Terms, work_out
from contractgen.values import Money

SAMPLES: Mapping[str, Any] = {
    "term.start": plus(EXPIRY, 0, -12),
    "term.expiry": EXPIRY,
    "customer.address": "Address",
    "customer.status": "existing",
    "customer.country": "KR",
    "package": {"sale_price": 100 * FEE, "rate_percent": "30", "years": 1},
    "withdrawal": {"received": plus(DAY, -3), "sent": plus(DAY, -3), "written": True},
    "withdrawal.received": plus(DAY, -3),
    "withdrawal.agreed_last_day": plus(DAY, -2),
    "withdrawal.agreed_end": EXPIRY,
    "withdrawal.agreed_form": "letter",
    "withdrawal.agreed_settlement": "Nothing is owed.",
    "reinstatement.effective": DAY,
    "deferral.delivery": plus(DAY, -10),
    "deferral.concluded": DAY,
    "premium.level": "Level 2",
    "premium.annual_fee": FEE,
    "release.agreed": "R1",
    "prerequisites": {"design_document": "agreed", "test_plan": "agreed"},
    "order.date": DAY,
    "document.valid_until": DAY,
}
"""What a record gives for a field that a policy requires; a field that is not here is given as a plain text."""


MAX_TRIES = 40
"""How many probed records with the right computed facts are changed before the search gives up."""


@dataclass(frozen=True, slots=True)
class Case:
    """A record that was tried, as plain data, and what came of it for one document."""

    data: Fragment
    contract: Contract
    terms: Terms
    refused: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """A record for which a fault of the policy lets nothing be worked out."""

    data: Fragment
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class Witnesses:
    """All probed records of one policy, by document."""

    policy: Policy
    cases: dict[str, list[Case]] = field(default_factory=dict)
    failures: dict[str, list[Failure]] = field(default_factory=dict)
    unsound: dict[str, Problem] = field(default_factory=dict)

    def of(self, document: str) -> list[Case]:
        """Return the probed records that this document can be worked out for."""
        if document not in self.cases:
            found = list(self._probed(document))
            self.cases[document] = [case for case in found if isinstance(case, Case)]
            self.failures[document] = [case for case in found if isinstance(case, Failure)]
        return self.cases[document]

    def failed(self, document: str) -> list[Failure]:
        """Return the probed records for which a fault of the policy lets this document not be worked out."""
        self.of(document)
        return self.failures[document]

    def find(self, document: str, wanted: Mapping[str, str], *, refused: bool = False) -> Case | None:
        """Return a record with the wanted facts, one that is not ``refused`` or one that is.

        It is a probed one, with its fields of finite domain set as wanted.
        """
        own = self.policy.facts
        fields = {source.field: wanted[name] for name, source in own.items() if name in wanted}
        computed = {name: value for name, value in wanted.items() if name not in own}
        nearest = [case for case in self.of(document) if _has(case.terms, computed)]
        exact = next((case for case in nearest if _serves(case, wanted, refused=refused)), None)
        if exact is not None:
            return exact
        nearest.sort(key=lambda case: _distance(case, wanted))
        changed = (self._with_fields(case.data, fields, out) for out in (False, True) for case in nearest[:MAX_TRIES])
        tried = (self.tried(document, data) for data in changed)
        return next((one for one in tried if isinstance(one, Case) and _serves(one, wanted, refused=refused)), None)

    def tried(self, document: str, data: Fragment) -> Case | Failure | None:
        """Work a record out for one document; None where the record is incomplete or contradicts itself."""
        complete = self._complete(document, data)
        try:
            contract = make_contract(Marked("witness", _typed(complete)))
            terms = work_out(contract, self.policy, contract_type(document))
            return Case(complete, contract, terms, refusal(self.policy, terms) is not None)
        except InvalidData as fault:
            self.unsound.setdefault(document, fault.problems[0])
            return None
        except TemplateFault as fault:
            return Failure(complete, fault.problems)

    # ---------------------------------------------------------------------------------------------- making records

    def _probed(self, document: str) -> Iterator[Case | Failure]:
        """Yield a case for every single probe and every pair of probes, for every transaction."""
        seen: set[str] = set()
        for transaction, fragments in attempts(self.policy, document):
            data = laid_over({"transaction": transaction}, *fragments)
            key = json.dumps(data, default=str, sort_keys=True)
            if key in seen:
                continue
            seen.add(key)
            case = self.tried(document, data)
            if case is not None:
                yield case

    def _with_fields(self, data: Fragment, fields: Mapping[str, str], out: bool) -> Fragment:  # noqa: FBT001
        """Set fields; what a missing field stands for is left out, or written ``out`` (where the field is required)."""
        changed = data
        for name, value in fields.items():
            absent = next((s.absent for s in self.policy.facts.values() if s.field == name), None)
            changed = laid_over(changed, nested(name, value if out or value != absent else None, changed))
        return changed

    def _complete(self, document: str, data: Fragment) -> Fragment:
        """Return a whole record: the base, the fields the policy reads, what the document requires, then ``data``."""
        policy = self.policy
        base: Fragment = {
            "vendor": policy.vendor,
            "tier": policy.facts["tier"].domain[0] if "tier" in policy.facts else "single",
            "transaction": "initial",
            "currency": _currency(policy),
            "contract": {"number": "C-1", "date": plus(DAY, -30)},
            "customer": {"name": "Customer"},
            "documents": {document: {"number": "D-1", "date": DAY}},
        }
        for source in policy.facts.values():
            if source.absent is None:
                base = laid_over(base, nested(source.field, source.domain[0], base))
        whole = laid_over(base, data)
        for requirement in policy.requires:
            if self._concerns(requirement.when.terms, document, whole):
                for name in requirement.fields:
                    known = next((s.domain[0] for s in policy.facts.values() if s.field == name), None)
                    shown = name.replace("document.", f"documents.{document}.", 1)
                    whole = self._given(whole, shown, SAMPLES.get(name) if known is None else known)
        return whole

    def _given(self, data: Fragment, name: str, sample: Any) -> Fragment:
        """Return the record with a required field, if it is not there yet."""
        if _get(data, name) is not None:
            return data
        lines = licences(self.policy)
        if name == "licences":
            return laid_over(data, {"licences": lines})
        value = sample if sample is not None else EXPIRY if name.endswith(("expiry", "date")) else "A-1"
        if name.startswith("licences."):
            data = data if isinstance(data.get("licences"), list) else laid_over(data, {"licences": lines})
            value = "perpetual" if name.endswith("licence_type") else value
        if name.startswith("withdrawal."):
            data = laid_over({"withdrawal": {"written": True, "received": plus(DAY, -3)}}, data)
        return laid_over(data, nested(name, value, data))

    def _concerns(self, terms: tuple[tuple[str, tuple[str, ...]], ...], document: str, data: Fragment) -> bool:
        for name, allowed in terms:
            source = self.policy.facts.get(name)
            value = document if name == "document" else _get(data, source.field) if source else None
            if (str(value) if value is not None else source.absent if source else "") not in allowed:
                return False
        return True


def attempts(policy: Policy, document: str) -> Iterator[tuple[str, tuple[Fragment, ...]]]:
    """Yield every transaction with the fragments of each record that is tried for it."""
    asked = _asked_together(policy, document)
    transactions = policy.facts["transaction"].domain if "transaction" in policy.facts else ("initial",)
    for transaction in transactions:
        found = probes(policy, transaction)
        for fragments in (*_pairs(found, asked), *_readings(found, policy)):
            yield transaction, fragments


def contract_type(document: str) -> Any:
    """Return a document's name as the type that ``work_out`` expects; it comes from the policy's own list."""
    return document


def _pairs(found: Mapping[str, list[Fragment]], asked: list[set[str]]) -> Iterator[tuple[Fragment, ...]]:
    """Yield every fragment alone, and with those of each rule whose facts are decided on together with its own."""
    yield ()
    for fragments in found.values():
        yield from ((fragment,) for fragment in fragments)
    for one, other in combinations(found, 2):
        if _meet(one, other, asked):
            yield from ((first, second) for first in found[one][1:] for second in found[other][1:])


def _readings(found: Mapping[str, list[Fragment]], policy: Policy) -> Iterator[tuple[Fragment, ...]]:
    """Yield every reading that is not the chosen one, alone and with a case of each rule."""
    typical = [fragments[-1] for fragments in found.values() if len(fragments) > 1]
    for reading in policy.readings.values():
        for option in reading.options:
            if option != reading.choose:
                agreed = {"readings": {reading.name: option}}
                yield (agreed,)
                yield from ((fragment, agreed) for fragment in typical)


def _meet(one: str, other: str, asked: list[set[str]]) -> bool:
    """Whether the facts of both rules are asked for together."""
    first, second = set(RULES[one].facts), set(RULES[other].facts)
    return any(names & first and names & second for names in asked)


def _asked_together(policy: Policy, document: str) -> list[set[str]]:
    """Return the facts that each slot, and each refusal, of one document decides on."""
    tables = [[row.when for row in rows] for rows in policy.slots.values()]
    tables += [[row.when] for row in policy.refusals]
    spoken = ([when for when in whens if document in dict(when.terms).get("document", (document,))] for whens in tables)
    return [{name for when in whens for name, _ in when.terms} for whens in spoken]


def _typed(value: Any) -> Any:
    """Return plain data as it is typed in a file: texts, tables and lists."""
    if isinstance(value, dict):
        return {name: _typed(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_typed(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def nested(dotted: str, value: Any, within: Fragment) -> Fragment:
    """Return ``{"customer": {"region": value}}`` for a dotted name; lists of ``within`` keep their other items."""
    first, _, rest = dotted.partition(".")
    if not rest:
        return {first: value}
    inner = within.get(first)
    if isinstance(inner, list):
        index, _, name = rest.partition(".")
        return {first: [laid_over(item, {name: value}) if str(i) == index else item for i, item in enumerate(inner)]}
    return {first: nested(rest, value, inner if isinstance(inner, dict) else {})}


def _get(data: Any, dotted: str) -> Any:
    for part in dotted.split("."):
        if isinstance(data, list):
            data = data[int(part)] if part.isdigit() and int(part) < len(data) else None
        else:
            data = data.get(part) if isinstance(data, dict) else None
    return data


def _has(terms: Terms, wanted: Mapping[str, str]) -> bool:
    return all(name in terms.facts and terms.facts[name].value == value for name, value in wanted.items())


def _serves(case: Case, wanted: Mapping[str, str], *, refused: bool) -> bool:
    return _has(case.terms, wanted) and case.refused == refused


def _distance(case: Case, wanted: Mapping[str, str]) -> tuple[bool, bool, int]:
    """Return how far a record is from the wanted facts; one of another transaction seldom stays whole."""
    apart = [name for name, value in wanted.items() if not _has(case.terms, {name: value})]
    return "transaction" in apart, case.refused, len(apart)


def _currency(policy: Policy) -> str:
    """Return the currency of the policy's prices; won where it states none."""
    amounts = (row.amount for figure in policy.figures.values() for row in figure.rows)
    return next((amount.currency for amount in amounts if isinstance(amount, Money)), "KRW")
