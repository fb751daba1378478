"""What became of each record, a line of JSON each, in the order of the records.

In: ``Result``. Out: lines of ``results.jsonl``, which is also the journal that ``--resume`` reads; and counts. A line
holds no time and no name of a worker, so that the same input gives the same file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from contractgen.errors import Exit, Problem
from contractgen.languages import visible

Status = Literal["issued", "refused", "failed", "skipped"]
STATUSES: tuple[Status, ...] = ("issued", "refused", "failed", "skipped")
SETTLED = ("issued", "refused")
"""What a resumed batch does not do again, as long as record, policy, words and options are the same."""
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
MOST_TOLD = 20
"""How many failures a summary names; all are in the results."""
MOST_LEFT = 10_000
"""How many files that no record owns any more are kept by name."""


@dataclass(frozen=True)  # no slots: it pickles faster without
class Result:
    """One record: where it stands, what became of it, and (in ``more``) what belongs to that.

    ``input`` is the hash of everything that the document depends on; "" for what is not done by a worker.
    """

    index: int
    place: str
    status: Status
    contract: str = ""
    vendor: str = ""
    input: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    aside: str = ""
    """Where the file was written that has not got its own name yet; of no interest once it has."""

    def line(self) -> bytes:
        """Return the line of ``results.jsonl``."""
        named = {"vendor": self.vendor, "contract": self.contract, "input": self.input}
        data = {"record": self.index, "place": self.place, "status": self.status}
        data |= {name: value for name, value in named.items() if value}
        return _ENCODER.encode({**data, **self.more}).encode() + b"\n"

    @property
    def file(self) -> str:
        """The file that was written; "" if none was."""
        return str(self.more.get("file", ""))


def failed(index: int, place: str, problems: Iterable[Problem], code: int, **named: str) -> Result:
    """Return the result of a record that could not be made."""
    told = [problem_data(problem) for problem in problems]
    return Result(index, place, "failed", more={"code": int(code), "problems": told}, **named)


def problem_data(problem: Problem) -> dict[str, str]:
    """Return a problem as plain data."""
    data = {"place": str(problem.place), "cause": problem.cause}
    return {**data, "repair": problem.repair} if problem.repair else data


def parsed(line: bytes) -> Result | None:
    """Return a line as a result; None for one that is torn or was not written by a batch."""
    try:
        data = json.loads(line)
        fixed = {name: data.pop(name) for name in ("record", "place", "status")}
        named = {name: data.pop(name, "") for name in ("contract", "vendor", "input")}
    except (ValueError, KeyError, AttributeError, TypeError):
        return None
    if fixed["status"] not in STATUSES or not isinstance(fixed["record"], int):
        return None
    return Result(fixed["record"], fixed["place"], fixed["status"], more=data, **named)


@dataclass(slots=True)
class Summary:
    """Counts over all results; ``complete`` when no record is left to do."""

    total: int
    counts: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    codes: Counter[int] = field(default_factory=Counter)
    skips: Counter[str] = field(default_factory=Counter)
    vendors: Counter[str] = field(default_factory=Counter)
    warned: int = 0
    first_failures: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Some of the files of earlier runs that belong to no record now, ``left_over`` of them in all."""
    left_over: int = 0
    complete: bool = False

    def add(self, result: Result) -> None:
        """Count a result."""
        self.counts[result.status] += 1
        self.warned += bool(result.more.get("warnings"))
        match result.status:
            case "issued":
                self.vendors[result.vendor] += 1
            case "refused":
                self.rules[f"{result.vendor}: {result.more.get('rule', '')}"] += 1
            case "failed":
                self.codes[result.more.get("code", Exit.ERROR)] += 1
                self._fail(result)
            case _:
                self.skips[str(result.more.get("kind", ""))] += 1

    def _fail(self, result: Result) -> None:
        for problem in result.more.get("problems", ())[:1]:
            if len(self.first_failures) < MOST_TOLD:
                named = f" ({result.contract})" if result.contract else ""
                self.first_failures.append(visible(f"{result.place}{named}: {problem['cause']}"))

    def leave(self, files: Iterable[str]) -> None:
        """Note files of earlier runs that belong to no record now."""
        for file in files:
            self.left_over += 1
            if len(self.left) < MOST_LEFT:
                self.left.append(file)

    @property
    def exit_code(self) -> Exit:
        """0 all answered; 5 some failed; 3 or 4 all failed (the worst); 7 all refused; 6 there was nothing to make."""
        answered = self.counts["issued"] + self.counts["refused"]
        if self.counts["failed"]:
            return Exit.PARTLY_FAILED if answered else Exit(max(self.codes))
        if self.counts["issued"]:
            return Exit.OK
        return Exit.REFUSED if self.counts["refused"] else Exit.NOTHING_TO_DO

    def data(self) -> dict[str, Any]:
        """Return the summary for programs."""
        done: dict[str, int] = {status: self.counts[status] for status in STATUSES}
        data: dict[str, Any] = {"records": self.total, **done, "complete": self.complete, "with_warnings": self.warned}
        data["issued_by_vendor"] = dict(sorted(self.vendors.items()))
        data["refused_by_rule"] = dict(sorted(self.rules.items()))
        data["skipped_because"] = dict(sorted(self.skips.items()))
        data["first_failures"] = self.first_failures
        data["left_over"] = self.left_over
        data["left_over_files"] = self.left
        data["exit_code"] = int(self.exit_code)
        return data

    def text(self) -> str:
        """Return the summary for people."""
        lines = [f"{self.total:,} records: {', '.join(f'{self.counts[status]:,} {status}' for status in STATUSES)}"]
        lines += [f"  refused {count:,} by {rule}" for rule, count in sorted(self.rules.items())]
        lines += [f"  skipped {count:,}: {why}" for why, count in sorted(self.skips.items())]
        lines += [f"  failed: {told}" for told in self.first_failures]
        more = self.counts["failed"] - len(self.first_failures)
        lines += [f"  … and {more:,} more failures, see results.jsonl"] if more > 0 else []
        lines += [f"  {self.warned:,} with warnings, see results.jsonl"] if self.warned else []
        lines += [f"  left from an earlier run, of no record now: {visible(file)}" for file in self.left[:MOST_TOLD]]
        more = self.left_over - MOST_TOLD
        lines += [f"  … and {more:,} more left from earlier runs, see summary.json"] if more > 0 else []
        if not self.complete:
            lines.append(f"  {self.total - sum(self.counts.values()):,} not done: go on with --resume")
        return "\n".join(lines) + "\n"
