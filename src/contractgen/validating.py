"""Checking contract records without writing documents, and the JSON Schema that editors use.

In: what has been read of a record, and the library. Out: a sound ``Contract``, or one error with every problem: faults
of shape, contradictions, and what the vendor's policy asks. ``Outcome`` says which documents are possible.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from contractgen.api import compose, decide
from contractgen.contract import Contract, examine
from contractgen.errors import ContractgenError, Exit, InvalidData, Place, Problem, did_you_mean
from contractgen.files import Marked
from contractgen.library import Library
from contractgen.policy import Policy
from contractgen.record import DocumentType, Record
from contractgen.selection import Refusal
from contractgen.terms import lay_out
from contractgen.validation import keys_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check of one record found."""

    problems: tuple[Problem, ...]
    code: Exit
    possible: tuple[str, ...]
    refused: tuple[str, ...]


def checked(
    marked: Marked, books: Library, wanted: Collection[str] | None = None, *, numbered: bool = True
) -> Contract:
    """Return the contract that a record describes; ``InvalidData`` with all problems that can be told at once.

    ``wanted`` names the documents whose needs are checked; without it, all that the record names. ``numbered`` says
    that each needs a number of its own; one that is issued through a register does not.
    """
    found: dict[Place, list[Problem]] = {}
    contract: Contract | None = None
    try:
        contract, problems = examine(marked)
    except InvalidData as error:
        problems = list(error.problems)
    for problem in problems:
        found.setdefault(problem.place, []).append(problem)
    policy, named = _named(marked, books)
    for problem in named:  # the policy knows better than the shape what could be meant
        found[problem.place] = [problem]
    if contract is not None and policy is not None:
        numbers = _numbers(contract, wanted) if numbered else ()
        for problem in (*_needed(contract, policy, books, wanted), *numbers):
            if problem not in found.setdefault(problem.place, []) and not _told(problem, found[problem.place]):
                found[problem.place].append(problem)
    told = sorted(problem for problems in found.values() for problem in problems)
    if contract is None or told:
        raise InvalidData(told)
    return contract


def _told(problem: Problem, others: list[Problem]) -> bool:
    """Whether a field that is said to be missing is known to be wrong: it was left out for that reason."""
    return " is missing" in problem.cause and any(" is missing" not in other.cause for other in others)


def _named(marked: Marked, books: Library) -> tuple[Policy | None, list[Problem]]:
    """Find the vendor's policy, and the words of the record that it does not know (whatever its shape may be)."""
    data = marked.data if isinstance(marked.data, dict) else {}
    vendor = data.get("vendor")
    if not isinstance(vendor, str):
        return None, []
    try:
        policy = books.policy(vendor, marked.place("vendor"))
    except InvalidData as error:
        return None, list(error.problems)
    problems = []
    for source in policy.facts.values():
        key = tuple(keys_of(source.field))
        value: Any = data
        for part in key:
            value = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, str) and value not in source.domain:
            problems.append(source.unknown(value, marked.place(*key)))
    return policy, problems


def _needed(contract: Contract, policy: Policy, books: Library, wanted: Collection[str] | None) -> Iterator[Problem]:
    """Yield what the policy asks of the record for each document, and documents that cannot be had."""
    for name in contract.record.documents if wanted is None else wanted:
        kind = _offered(name, policy, books)
        if kind is not None:
            try:
                yield from lay_out(contract, policy, kind).problems
            except InvalidData as error:
                yield from error.problems
        elif wanted is None:
            cause = f'vendor "{policy.vendor}" has no document "{name}"'
            known = [offered for offered in policy.documents if offered in books.document_types]
            yield Problem(contract.marked.name_place("documents", name), cause, did_you_mean(name, known))


def _numbers(contract: Contract, wanted: Collection[str] | None) -> Iterator[Problem]:
    """Yield each document that has a date and no number."""
    for name, document in contract.record.documents.items():
        if document.number is None and (wanted is None or name in wanted):
            field = f"documents.{name}.number"
            repair = f"add {field}, or issue the document through a register: render --register"
            yield Problem(contract.place(field), f'field "{field}" is missing', repair)


def _offered(name: str, policy: Policy, books: Library) -> DocumentType | None:
    offered = name in policy.documents and name in books.document_types
    return name if offered else None  # type: ignore[return-value]  # the outlines are named by document types


def check_record(marked: Marked, books: Library) -> Outcome:
    """Check a record and make each document that it names in every locale, without writing it; all problems at once."""
    try:
        contract = checked(marked, books)
    except ContractgenError as error:
        return Outcome(error.problems, error.exit_code, (), ())
    problems: list[Problem] = []
    code = Exit.OK
    possible: list[str] = []
    refused: list[str] = []
    for name in contract.record.documents:
        try:
            chosen = decide(contract, name, books)
            if isinstance(chosen, Refusal):
                refused.append(f"{marked.file}: {chosen}")
                continue
            for locale in books.locales:
                compose(chosen, locale, books)
            possible.append(name)
        except ContractgenError as error:
            problems.extend(error.problems)
            code = max(code, error.exit_code)
    return Outcome(tuple(sorted(set(problems))), code, tuple(possible), tuple(refused))


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a contract record."""
    schema = Record.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "contractgen contract record"}
