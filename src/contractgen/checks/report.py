"""Findings for people, for programs and for code hosts, and witnesses as files.

In: findings. Out: text with the line at fault, plain data, SARIF 2.1.0; records that show a fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from contractgen.checks.findings import CHECKS, Finding
from contractgen.checks.witness import Witnesses
from contractgen.files import write_whole
from contractgen.library import Library

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(findings: Iterable[Finding], version: str) -> dict[str, Any]:
    """Return findings as a SARIF 2.1.0 log."""
    rules = [{"id": name, "shortDescription": {"text": why}} for name, why in CHECKS.items()]
    driver = {"name": "contractgen", "version": version, "rules": rules}
    return {
        "$schema": SARIF,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": [*_results(findings)]}],
    }


def _results(findings: Iterable[Finding]) -> Iterator[dict[str, Any]]:
    for finding in findings:
        region = {"startLine": max(1, finding.place.line), "startColumn": max(1, finding.place.column)}
        location = {"artifactLocation": {"uri": finding.place.file}, "region": region}
        text = f"{finding.what}. Why it matters: {finding.why}. To mend it: {finding.repair}."
        yield {
            "ruleId": finding.check,
            "level": "error",
            "message": {"text": text},
            "locations": [{"physicalLocation": location}],
            "properties": {"facts": dict(finding.facts)},
        }


def write_witnesses(findings: Iterable[Finding], books: Library, vendor: str, folder: Path) -> list[Path]:
    """Write a contract record for each finding that names facts, where one with these facts exists."""
    from contractgen.errors import Place  # noqa: PLC0415

    known = Witnesses(books.policy(vendor, Place("--witness")))
    written: list[Path] = []
    for number, finding in enumerate(findings, 1):
        facts = dict(finding.facts)
        document = facts.pop("document", "")
        case = known.find(document, facts) if document else None
        if case is not None:
            path = folder / f"{vendor}-{finding.check}-{number}.yaml"
            head = f"# {finding.place}: {finding.what}\n# contractgen render {path.name} --type {document} …\n"
            body = yaml.safe_dump(_plain(case.data), allow_unicode=True, sort_keys=False)
            write_whole(path, (head + body).encode())
            written.append(path)
    return written


def _plain(value: Any) -> Any:
    """Return a record's data with dates as they are written in a file."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool | int | str) else str(value)
