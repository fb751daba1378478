"""Checking contract records without rendering them, and the JSON Schema that editors use.

In: a record's path and the library. Out: ``Outcome``: every problem, the documents that are possible, and refusals.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contractgen.contract import load_contract
from contractgen.errors import ContractgenError, Exit, Problem
from contractgen.generate import decide
from contractgen.library import Library
from contractgen.record import Record
from contractgen.selection import Refusal


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check of one record found."""

    problems: tuple[Problem, ...]
    code: Exit
    possible: tuple[str, ...]
    refused: tuple[str, ...]


def check_record(path: Path, books: Library) -> Outcome:
    """Check a record and, for each document it names, what the vendor's policy asks; all problems at once."""
    try:
        contract = load_contract(path)
    except ContractgenError as error:
        return Outcome(error.problems, error.exit_code, (), ())
    problems: list[Problem] = []
    code = Exit.OK
    possible: list[str] = []
    refused: list[str] = []
    for name in contract.record.documents:
        try:
            chosen = decide(contract, name, books)
        except ContractgenError as error:
            problems.extend(error.problems)
            code = max(code, error.exit_code)
            continue
        if isinstance(chosen, Refusal):
            refused.append(f"{path}: {name} {chosen}")
        else:
            possible.append(name)
    return Outcome(tuple(dict.fromkeys(problems)), code, tuple(possible), tuple(refused))


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a contract record."""
    schema = Record.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "contractgen contract record", **schema}
