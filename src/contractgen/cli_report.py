"""How a terminal shows problems: place and cause, the line at fault with a mark under it, and the repair.

In: problems. Out: text for standard error. The line is read again from the file; a file that cannot be read is shown
without it. Wide letters (Hangul, Chinese) take two columns, so that the mark stands under the right one.
"""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from pathlib import Path

import click

from contractgen.checks.findings import Finding
from contractgen.errors import ContractgenError, OutputError, Place, Problem
from contractgen.languages import visible
from contractgen.paths import built_in_data

MAX_COLUMNS = 100
"""How much of a long line is shown."""
MAX_QUOTED = 24
"""How many characters are quoted where a mark would mislead."""


def as_text(problem: Problem) -> str:
    """Return a problem for a terminal, with colours (``click.echo`` drops them elsewhere)."""
    lines = [f"{click.style(visible(str(problem.place)), bold=True)}: {visible(problem.cause)}"]
    lines += [f"    {line}" for line in _excerpt(problem.place)]
    if problem.repair:
        lines.append(f"    {click.style('repair:', fg='green')} {visible(problem.repair)}")
    return "\n".join(lines)


def finding_as_text(finding: Finding) -> str:
    """Return a finding of ``contractgen check``: what, the line, why it matters, how to mend it."""
    shown = as_text(Problem(finding.place, f"{finding.check}: {finding.what}", finding.repair))
    why = f"    {click.style('why:', fg='yellow')} {finding.why}"
    head, mark, repair = shown.rpartition("\n    " + click.style("repair:", fg="green"))
    return f"{head}\n{why}{mark}{repair}" if mark else f"{shown}\n{why}"


def _excerpt(place: Place) -> list[str]:
    line = _line(place)
    if not line.strip() or not place.column or place.column > len(line) + 1:
        return []
    start = place.column - 1
    if runs_to_the_left(line):  # a terminal turns such a line around: quote what stands there
        rest = line[start : start + MAX_QUOTED]
        more = "…" if len(line) > start + MAX_QUOTED else ""
        return [_clipped(visible(line.strip())), f"at column {place.column}: {visible(rest)}{more}"]
    indent = len(line) - len(line.lstrip())
    before, after = visible(line[indent:start].replace("\t", " ")), visible(line[start:].replace("\t", " "))
    if width(before) > MAX_COLUMNS // 2:
        while width(before) > MAX_COLUMNS // 2:
            before = before[1:]
        before = f"…{before}"
    return [_clipped(before + after), " " * width(before) + click.style("^", fg="red", bold=True)]


def _clipped(text: str) -> str:
    if width(text) <= MAX_COLUMNS:
        return text
    text = text[:MAX_COLUMNS]
    while width(text) >= MAX_COLUMNS:
        text = text[:-1]
    return f"{text}…"


def runs_to_the_left(line: str) -> bool:
    """Whether the line holds letters that run from right to left (a terminal may show it in another order)."""
    return any(unicodedata.bidirectional(character) in {"R", "AL", "AN"} for character in line)


def width(text: str) -> int:
    """Return how many columns ``text`` takes on a terminal."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _line(place: Place) -> str:
    lines = _lines(place.file) if place.line else ()
    return lines[place.line - 1] if 0 < place.line <= len(lines) else ""


def _lines(file: str) -> tuple[str, ...]:
    """Return the lines of a file that a message names: as given, or within the built-in data."""
    from contractgen.files import read_text  # noqa: PLC0415  (only a command that failed needs it)

    candidates = [Path(file)]
    with suppress(OutputError):
        candidates.append(built_in_data() / file)
    for path in candidates:
        try:
            return tuple(read_text(path).split("\n"))
        except (ContractgenError, ValueError):
            continue
    return ()
