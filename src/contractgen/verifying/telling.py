"""What verifying found, told: for people as text, for programs as plain data.

In: a ``Finding``. Out: lines that begin with the verdict, or a tree for JSON. Words that changed are quoted in short.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from contractgen.verifying.comparing import Change, Changes
from contractgen.verifying.verify import Difference, Finding

_HASH = 12
_QUOTED = 100
_PIECES = 4


def verdict(finding: Finding) -> str:
    """Return the answer in one line."""
    if finding.identical:
        return "identical: made again from what it carries, the file is the same, byte for byte"
    if finding.altered:
        return "altered: the file says something that was not issued"
    if finding.problems:
        return "cannot be made again: its record gives no such document here"
    if finding.library or finding.versions:
        return "as issued, but it would be made otherwise today"
    return "as issued in words and values, but not in bytes: another program has saved the file"


def as_text(finding: Finding) -> str:
    """Return the finding for people."""
    asked = finding.carried.render
    kind = "letter of refusal for " if asked.letter else ""
    engine = f" ({asked.engine})" if asked.engine else ""
    lines = [
        f"{finding.file}: {verdict(finding)}",
        f"  issued as {kind}{asked.type} {asked.locale} {asked.format}{engine}",
    ]
    if finding.contradicted:
        lines.append(f"  contradiction: {finding.contradicted}")
    lines += [f"  {line}" for problem in finding.problems for line in str(problem).split("\n")]
    lines += _section("files of the library that changed", finding.library, hashed=True)
    lines += _section("versions that changed", finding.versions)
    lines += _section("values that the same record gives today", finding.values)
    lines += _section("clauses that the same record gives today", finding.clauses)
    if finding.edits is not None:
        lines += _edits(finding.edits)
    if finding.pieces and not (finding.edits and finding.edits.changes):
        lines += ["  where the bytes differ", *(f"    {piece}" for piece in finding.pieces[:_PIECES])]
        lines += [f"    and {len(finding.pieces) - _PIECES} more"] if len(finding.pieces) > _PIECES else []
    return "\n".join(lines) + "\n"


def _section(title: str, found: tuple[Difference, ...], *, hashed: bool = False) -> Iterator[str]:
    if found:
        yield f"  {title}"
    for one in found:
        old, new = (text[:_HASH] if hashed else _quoted(text) for text in (one.old, one.new))
        yield f"    {one.name}: {old or 'not there'} → {new or 'not there'}"


def _edits(edits: Changes) -> Iterator[str]:
    yield (
        f"  against what was issued: {edits.clauses_untouched} of {edits.clauses} clauses and "
        f"{edits.values_untouched} of {edits.values} values untouched"
    )
    place = None
    for change in edits.changes:
        if change.clause != place:
            place = change.clause
            yield f"    {place or 'outside the clauses'}"
        yield f"      {_told(change)}"
    for comment in edits.comments:
        about = f" on “{_quoted(comment.about)}”" if comment.about else ""
        yield f"    comment by {comment.author or 'unknown'}{about}: “{_quoted(comment.text)}”"
    for note in edits.notes:
        yield f"    note: {note}"


def _told(change: Change) -> str:
    what = {"value": f"value {change.field}", "words": "words", "clause": "clause", "line": "text"}[change.sort]
    where = f" ({change.where})" if change.where else ""
    words = ""
    if change.old and change.new:
        words = f": “{_quoted(change.old)}” → “{_quoted(change.new)}”"
    elif change.old or change.new:
        words = f": “{_quoted(change.old or change.new)}”"
    by = f" [tracked by {', '.join(change.by)}]" if change.by else ""
    return f"{what} {change.what}{where}{words}{by}"


def _quoted(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _QUOTED else f"{words[: _QUOTED - 1]}…"


def as_data(finding: Finding) -> dict[str, Any]:
    """Return the finding as plain data."""
    edits = finding.edits
    return {
        "file": finding.file,
        "verdict": "identical" if finding.identical else "altered" if finding.altered else "differs",
        "exit_code": int(finding.exit_code),
        "said": verdict(finding),
        "render": finding.carried.render.model_dump(),
        "contradicted": finding.contradicted,
        "problems": [
            {"place": str(problem.place), "cause": problem.cause, "repair": problem.repair}
            for problem in finding.problems
        ],
        "library": [asdict(one) for one in finding.library],
        "versions": [asdict(one) for one in finding.versions],
        "values": [asdict(one) for one in finding.values],
        "clauses": [asdict(one) for one in finding.clauses],
        "edits": asdict(edits) if edits is not None else None,
        "pieces": list(finding.pieces),
    }
