"""What a killed process has left is settled: files get their names, reservations become void, rests are removed.

In: a register, the place of its files, how old a rest must be. Out: ``Repaired``: what was done, and what a person
must do. Only rests of a crash are settled; what was tampered with is found by ``checking`` and never mended silently.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from contractgen.errors import Place, Problem
from contractgen.register.checking import AGAIN, filed
from contractgen.register.entries import Entry, Run, State, Wanted
from contractgen.register.filing import Files
from contractgen.register.placing import MARK
from contractgen.register.schema import reading, told
from contractgen.register.store import Register, moment

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was settled, a line each, and what is left to a person."""

    done: tuple[str, ...]
    left: tuple[Problem, ...]


def repair(register: Register, run: Run, files: Files | None, older: timedelta) -> Repaired:
    """Settle what is older than ``older``; what is younger may belong to a process that is still at work.

    ``files`` is where the files of the register lie; without it only reservations are settled. Raises ``OutputError``
    where the database or the place cannot be used, ``UsageError`` where all files lie elsewhere. Calling again changes
    nothing more.
    """
    border = register.now() - older
    done: list[str] = []
    left: list[Problem] = []
    if files is not None:
        _settle_files(register, files, border, done, left)
    for chunk in _chunks(_abandoned(register, border)):
        reasons = {entry.id: f"left unfinished by run {entry.run}" for entry in chunk}
        made_void = [answer for answer in register.void(reasons, run) if isinstance(answer, Entry)]
        done.extend(f"{entry.number}: made void, {entry.reason}" for entry in made_void)
    return Repaired(tuple(done), tuple(left))


def _settle_files(register: Register, files: Files, border: datetime, done: list[str], left: list[Problem]) -> None:
    """Give finished files their names; remove temporary ones that no row knows."""
    with told(register.engine), reading(register.engine) as connection:
        expected = filed(connection, files).names
    temporary = _temporary(files, border)
    rests = dict(zip(files.hashes(temporary), temporary, strict=True))
    moved: set[str] = set()
    for (name, wanted), found in zip(expected.items(), files.hashes(expected), strict=True):
        if found == wanted.file:
            continue
        if wanted.file in rests:
            rest = rests.pop(wanted.file)
            files.settle(rest, name)
            moved.add(rest)
            done.append(f"{files.shown(name)}: finished file of {wanted.number} put in its place")
        else:
            cause = f"the file of {wanted.number} is missing or another"
            left.append(Problem(Place(files.shown(name)), cause, AGAIN))
    for rest in temporary:
        if rest not in moved:
            files.drop(rest)
            done.append(f"{files.shown(rest)}: unfinished file removed")


def _temporary(files: Files, border: datetime) -> list[str]:
    """Return the temporary files of a place that are older than the border."""
    marked = [name for name in files.names() if PurePosixPath(name).name.startswith(MARK)]
    return [name for name in marked if (written := files.written(name)) is not None and written <= border]


def _abandoned(register: Register, border: datetime) -> list[Entry]:
    """Return the reservations that are older than the border."""
    return [entry for entry in register.entries(Wanted(state=State.RESERVED)) if entry.at <= moment(border)]


def _chunks(entries: list[Entry]) -> Iterator[list[Entry]]:
    yield from (entries[at : at + CHUNK] for at in range(0, len(entries), CHUNK))
