"""Citations: each row, cell and figure leads to a fact, each figure says what its fact says, no fact is lost.

In: a policy and the library. Out: findings ``citation``, ``coverage`` and ``contradiction``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import time
from decimal import Decimal
from itertools import combinations

from contractgen.checks.findings import Finding
from contractgen.coverage import coverage
from contractgen.errors import TemplateFault
from contractgen.library import REFERENCE_LOCALE, Library
from contractgen.markup import fields_of
from contractgen.policy import Policy, PolicyFigure
from contractgen.values import Amount, Duration, Kind, LocalText, Money, Unit, Weekday, canonical

FURNITURE = {"salutation", "closing", "quote-validity", "contacts", "subject", "purpose", "withdrawal-outcome"}
"""Slots whose words may rest on the contract alone: greetings, the issuing office, what a contract agrees."""

WORDS: Mapping[str, str] = {
    "once": "1", "twice": "2", "two": "2", "three": "3", "four": "4", "six": "6", "five": "5", "first": "1",
    "second": "2", "annual": "12", "yearly": "12",
}  # fmt: skip
"""Numbers as our statements of the facts spell them."""


def check_facts(policy: Policy, books: Library) -> Iterator[Finding]:
    """Check the citations of a policy and what they lead to."""
    yield from _uncited(policy)
    yield from _unsupported(policy)
    yield from _contradictions(policy, books)
    for fact in coverage(policy, books):
        if not fact.covered:
            where = f" in {', '.join(fact.missing_in)}" if fact.carriers else ""
            what = f"{fact.id} is carried by nothing{where}: {fact.entry.statement}"
            place = policy.sources.place(fact.id)
            yield Finding(place, "coverage", what, "cite it where it is said, or write left_out with the reason")


def _uncited(policy: Policy) -> Iterator[Finding]:
    for rows in policy.slots.values():
        for row in rows:
            if row.omit is None and not row.cite and row.slot not in FURNITURE:
                what = f"the row that fills {row.slot} with {row.wording or 'a table'} cites no fact"
                yield Finding(row.place, "citation", what, "add cite with the facts that the words carry")


# ------------------------------------------------------------------------------------------ what a figure rests on


def _unsupported(policy: Policy) -> Iterator[Finding]:
    """Find figures whose value does not stand in the statement of any fact that they cite."""
    for figure in policy.figures.values():
        statements = " ".join(policy.sources.facts[cite].statement for cite in figure.cite)
        for row in figure.rows:
            wanted = _digits_of(row.amount, figure.kind)
            known = _numbers(statements)
            missing = [part for part in wanted if part not in known]
            if missing and not _counted(figure, missing):
                what = (
                    f'figure "{figure.name}" is {canonical(row.amount)}, '
                    f"which no fact that it cites says ({', '.join(figure.cite)})"
                )
                yield Finding(row.place, "citation", what, "correct the value, or cite the fact that says it")


def _counted(figure: PolicyFigure, missing: list[str]) -> bool:
    """Whether the figure only counts what its facts name (three packages), or reads a period as a year."""
    return figure.name.endswith("_count") or (bool(figure.note) and missing == ["1"])


def _numbers(text: str) -> set[str]:
    """Return the numbers, telephone numbers and addresses in a statement, each in its barest form."""
    bare = re.sub(r"(?<=\d)[,٬](?=\d{3})", "", text)
    found = {_plain(number) for number in re.findall(r"\d+(?:\.\d+)?", bare)}
    found |= {re.sub(r"\D", "", part) for part in re.findall(r"[(+\d][\d\s().-]{4,}\d", bare)}
    found |= {_clock(part) for part in re.findall(r"\b\d{1,2}:\d{2}\b", bare)}
    found |= {WORDS[word] for word in re.findall(r"[a-z]+", bare.lower()) if word in WORDS}
    found |= {part.strip('().,;"') for part in bare.split()}
    return found


def _plain(number: str) -> str:
    """Return a number without noughts that say nothing: 300 for 300.00."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def _clock(text: str) -> str:
    hour, minute = text.split(":")
    return f"{int(hour):02}:{minute}"


def _digits_of(amount: Amount, kind: Kind) -> list[str]:
    """Return what a statement must hold for a value to be said by it."""
    match amount:
        case Duration():
            return [] if amount.unit is Unit.PIECE else [str(amount.count)]
        case Money():
            return [_plain(canonical(amount).split()[0])]
        case Decimal() | int():
            return [_plain(canonical(amount))]
        case time():
            return [canonical(amount)]
        case Weekday() | LocalText() | tuple():
            return []
        case str():
            if kind is Kind.PHONE:
                return [re.sub(r"\D", "", amount)]
            return [amount.strip('"').split()[-1].strip('"')] if kind in {Kind.URL, Kind.EMAIL, Kind.NUMERAL} else []
        case _:
            return []


# -------------------------------------------------------------------------------------------------- contradictions


def _contradictions(policy: Policy, books: Library) -> Iterator[Finding]:
    """Find two figures that rest on the same facts, measure the same and differ, and that nothing tells apart."""
    apart = _told_apart(policy, books)
    for first, second in combinations(policy.figures.values(), 2):
        same = set(first.cite) == set(second.cite) and first.kind is second.kind and _unit(first) == _unit(second)
        differ = {row.amount for row in first.rows} != {row.amount for row in second.rows}
        quantity = first.kind in {Kind.DURATION, Kind.PERCENT, Kind.MONEY}
        if same and differ and quantity and frozenset((first.name, second.name)) not in apart:
            what = (
                f'figures "{first.name}" ({canonical(first.rows[-1].amount)}) and "{second.name}" '
                f"({canonical(second.rows[-1].amount)}) rest on the same facts ({', '.join(first.cite)}) and differ"
            )
            repair = "make them one figure, or tell them apart in a decision table or the row of a table"
            yield Finding(second.place, "contradiction", what, repair)


def _unit(figure: PolicyFigure) -> str:
    amount = figure.rows[-1].amount if figure.rows else ""
    return amount.unit.value if isinstance(amount, Duration) else ""


def _told_apart(policy: Policy, books: Library) -> set[frozenset[str]]:
    """Return the pairs of figures that stand in one clause or row of a table, or among which a table chooses."""
    groups = [[row.figure for row in rows] for rows in policy.decide.values()]
    groups += [
        [cell.figure for cell in row.cells if cell.figure] for table in policy.tables.values() for row in table.rows
    ]
    groups += [[service.allowance, service.limit, service.figure] for service in policy.services]
    for row in (row for rows in policy.slots.values() for row in rows if row.wording):
        with suppress(TemplateFault):  # words that are not there are told by their own check
            template = books.clause(REFERENCE_LOCALE, row.slot, row.wording or "", row.place)
            groups.append([field.name for field in fields_of(template.parts)])
    return {frozenset(pair) for group in groups for pair in combinations(group, 2)}
