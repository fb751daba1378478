"""What a killed process has left is settled: files get their names, reservations become void, rests are removed.

In: a register, the folder of its files, how old a rest must be. Out: ``Repaired``: what was done, and what a person
must do. Only rests of a crash are settled; what was tampered with is found by ``checking`` and never mended silently.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from contractgen.errors import Place, Problem
from contractgen.files import put_in_place
from contractgen.register.checking import AGAIN, filed, hash_at
from contractgen.register.entries import Entry, Run, State, Wanted
from contractgen.register.placing import MARK, sha256_of
from contractgen.register.schema import reading, told
from contractgen.register.store import Register, moment

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was settled, a line each, and what is left to a person."""

    done: tuple[str, ...]
    left: tuple[Problem, ...]


def repair(register: Register, run: Run, files: Path | None, older: timedelta) -> Repaired:
    """Settle what is older than ``older``; what is younger may belong to a process that is still at work.

    ``files`` is the folder that the paths of the register start from; without it only reservations are settled. Raises
    ``OutputError`` where the database or the folder cannot be used. Calling again changes nothing more.
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


def _settle_files(register: Register, root: Path, border: datetime, done: list[str], left: list[Problem]) -> None:
    """Give finished files their names; remove temporary ones that no row knows."""
    with told(register.engine), reading(register.engine) as connection:
        expected = filed(connection)
    rests = {sha256_of(path): path for path in _temporary(root, border)}
    for path, wanted in expected.items():
        if hash_at(root, path) == wanted.file:
            continue
        final = root / PurePosixPath(path)
        if wanted.file in rests:
            put_in_place(rests.pop(wanted.file), final)
            done.append(f"{final}: finished file of {wanted.number} put in its place")
        else:
            left.append(Problem(Place(str(final)), f"the file of {wanted.number} is missing or another", AGAIN))
    for rest in _temporary(root, border):
        rest.unlink(missing_ok=True)
        done.append(f"{rest}: unfinished file removed")


def _temporary(root: Path, border: datetime) -> Iterator[Path]:
    """Yield the temporary files below a folder that are older than the border."""
    for path in sorted(root.rglob(f"{MARK}*")):
        if path.is_file() and path.stat().st_mtime <= border.timestamp():
            yield path


def _abandoned(register: Register, border: datetime) -> list[Entry]:
    """Return the reservations that are older than the border."""
    return [entry for entry in register.entries(Wanted(state=State.RESERVED)) if entry.at <= moment(border)]


def _chunks(entries: list[Entry]) -> Iterator[list[Entry]]:
    yield from (entries[at : at + CHUNK] for at in range(0, len(entries), CHUNK))
