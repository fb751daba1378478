"""Which wording fills each slot: decision tables matched against facts, before any language is chosen.

In: an outline, a policy and terms. Out: a ``Selection``: for each slot what fills it, by which row, or why it stays
empty; or a ``Refusal``. Selection knows no locale, so the languages cannot choose different contracts. Hit policy:
exactly one row must match; none or two are a fault of the policy (``TemplateFault``) that names the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from contractgen.errors import Problem, TemplateFault
from contractgen.files import Marked
from contractgen.outline import Outline, SlotSpec
from contractgen.policy import Policy, RefusalRow, SlotRow
from contractgen.terms import Terms
from contractgen.values import Fact, Figure


@dataclass(frozen=True, slots=True)
class Filled:
    """A slot that is printed: the row that says so (none for furniture) and the wording of a clause."""

    slot: SlotSpec
    row: SlotRow | None
    wording: str = ""


@dataclass(frozen=True, slots=True)
class Omitted:
    """A slot that stays empty, with the row and its reason, and the rows that would have filled it."""

    slot: SlotSpec
    row: SlotRow
    reason: str
    missed: tuple[tuple[SlotRow, tuple[Fact, ...]], ...]


Pick = Filled | Omitted


@dataclass(frozen=True, slots=True)
class Selection:
    """What each slot of the outline holds, in order."""

    outline: Outline
    policy: Policy
    terms: Terms
    picks: tuple[Pick, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The vendor's rules bar this document: which rule, why, the figures at hand, and what would be possible.

    ``record`` is what it was decided for, so that the letter of refusal can carry it.
    """

    policy: Policy
    terms: Terms
    row: RefusalRow
    record: Marked | None = None

    @property
    def vendor(self) -> str:
        """The vendor's id."""
        return self.policy.vendor

    @property
    def contract(self) -> str:
        """The contract's number."""
        return self.terms.figures["contract.number"].canonical

    @property
    def parties(self) -> tuple[Figure, ...]:
        """Who is refused: the customer, and the end user where another one is named."""
        names = ("customer.name", "end_user.name")
        return tuple(self.terms.figures[name] for name in names if name in self.terms.figures)

    @property
    def document(self) -> str:
        """The type of the document that is barred."""
        return self.terms.document

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures that the rule speaks of, where the contract has them."""
        return tuple(self.terms.figures[name] for name in self.row.figures if name in self.terms.figures)

    @property
    def citations(self) -> tuple[str, ...]:
        """The facts that the rule rests on, with their words and places."""
        return tuple(self.policy.sources.describe(cite) for cite in self.row.cite)

    def __str__(self) -> str:
        shown = "; ".join(f"{figure.field} = {figure.canonical}" for figure in self.figures)
        lines = [
            f"refused by policy ({self.row.id}): {self.document} for contract {self.contract} of {self.vendor}",
            *(f"    {figure.field}: {figure.canonical}" for figure in self.parties),
            f"    reason: {self.row.reason}" + (f" ({shown})" if shown else ""),
            f"    rule: {self.row.place}",
            *(f"    source: {cite}" for cite in self.citations),
            *(f"    possible instead: {instead}" for instead in self.row.instead),
        ]
        return "\n".join(lines)


def refusal(policy: Policy, terms: Terms) -> Refusal | None:
    """Return the refusal that the facts call for; the first in the policy's order where several do."""
    for row in policy.refusals:
        if row.when.holds(terms.facts):
            return Refusal(policy, terms, row)
    return None


def select(outline: Outline, policy: Policy, terms: Terms) -> Selection:
    """Match every slot; raises ``TemplateFault`` naming all slots without exactly one row."""
    picks: list[Pick] = []
    problems: list[Problem] = []
    for index, slot in enumerate(outline.slots):
        found = _matching(slot, policy, terms)
        if len(found) == 1:
            picks.append(_pick(slot, found[0], policy, terms))
        elif not found and slot.block != "clause" and slot.name not in policy.slots:
            picks.append(Filled(slot, None))
        elif not found:
            place = outline.marked.place("slot", index, "name")
            facts = ", ".join(f"{fact.name} = {fact.value}" for fact in terms.facts.values())
            cause = f'no row of {policy.file} fills slot "{slot.name}" of {outline.type} ({facts})'
            problems.append(Problem(place, cause, f"add a [[slot.{slot.name}]] row with a wording or an omission"))
        else:
            rows = " and ".join(str(row.place) for row in found)
            cause = f'{len(found)} rows fill slot "{slot.name}" of {outline.type}: {rows}'
            problems.append(Problem(found[1].place, cause, "make their conditions exclude one another"))
    if problems:
        raise TemplateFault(problems)
    return Selection(outline, policy, terms, tuple(picks))


def _matching(slot: SlotSpec, policy: Policy, terms: Terms) -> list[SlotRow]:
    blanket = policy.omissions.get((terms.document, slot.name))
    found = [row for row in policy.slots.get(slot.name, ()) if row.when.holds(terms.facts)]
    return found if blanket is None else [blanket, *found]


def _pick(slot: SlotSpec, row: SlotRow, policy: Policy, terms: Terms) -> Pick:
    if row.omit is None:
        return Filled(slot, row, row.wording or "")
    others = tuple(
        (other, other.when.obstacles(terms.facts))
        for other in policy.slots.get(slot.name, ())
        if other.omit is None and other is not row
    )
    return Omitted(slot, row, row.omit, others)
