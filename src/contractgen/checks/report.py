"""Findings for people, for programs and for code hosts, and witnesses as files.

In: findings. Out: text with the line at fault, plain data, SARIF 2.1.0; records that show a fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from contractgen.checks.findings import CHECKS, Finding
from contractgen.files import write_whole

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(findings: Iterable[Finding], version: str = "") -> dict[str, Any]:
    """Return findings as a SARIF 2.1.0 log; its columns count characters, not bytes.

    ``version`` is that of contractgen, where it is installed.
    """
    rules = [{"id": name, "shortDescription": {"text": why}} for name, why in CHECKS.items()]
    driver = {"name": "contractgen", **({"version": version} if version else {}), "rules": rules}
    return {
        "$schema": SARIF,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [*_results(findings)]}],
    }


def _results(findings: Iterable[Finding]) -> Iterator[dict[str, Any]]:
    for finding in findings:
        location: dict[str, Any] = {"artifactLocation": {"uri": quote(Path(finding.place.file).as_posix())}}
        if finding.place.line:
            location["region"] = {"startLine": finding.place.line, "startColumn": max(1, finding.place.column)}
        text = f"{finding.what}. Why it matters: {finding.why}. To mend it: {finding.repair}."
        yield {
            "ruleId": finding.check,
            "level": "error",
            "message": {"text": text},
            "locations": [{"physicalLocation": location}],
            "properties": {"facts": dict(finding.facts)},
        }


def write_witnesses(findings: Iterable[Finding], title: str, folder: Path) -> list[Path]:
    """Write the contract record of each finding that has one; return the files written."""
    written: list[Path] = []
    for number, finding in enumerate(findings, 1):
        if finding.record is not None:
            path = folder / f"{title}-{finding.check}-{number}.yaml"
            document = dict(finding.facts).get("document", "")
            lines = [f"# {finding.place}: {finding.check}: {finding.what}"]
            lines.append(f"# contractgen render {path.name} --type {document} --locale en -o out.html")
            body = yaml.safe_dump(_plain(finding.record), allow_unicode=True, sort_keys=False)
            write_whole(path, ("\n".join(lines) + "\n" + body).encode())
            written.append(path)
    return written


def _plain(value: Any) -> Any:
    """Return a record's data with dates as they are written in a file."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool | int | str) else str(value)
