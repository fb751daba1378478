"""Files and rows kept together: a file is written aside, its hash is recorded, then it gets its own name.

In: the folder of the issued files, a path in it, bytes. Out: ``Made`` for ``Register.issue``; the file in its place.
The order is: reserve, ``aside``, issue, ``into_place``. Whatever moment a process is killed at:

- before the file is complete: a reservation without a file. ``repair`` makes it void; the next call takes it again.
- before ``issue``: the same, and a temporary file that nobody names. ``repair`` removes it.
- after ``issue``: a row whose file still has its temporary name. ``repair`` knows it by its hash and gives it its name.

So a file under its own name always has its row, and a row's file is always complete on disk, under one of two names.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from contractgen.files import put_in_place, write_aside
from contractgen.register.entries import Entry, Made

MARK = ".contractgen-issue-"
"""What the name of a file begins with that has not got its own name yet."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A complete file under a temporary name."""

    temporary: Path
    final: Path
    made: Made


def aside(root: Path, path: str, content: bytes, entry: Entry) -> Aside:
    """Write a file completely under a temporary name beside its place; ``path`` is relative to ``root``, with slashes.

    Raises ``OutputError`` where that cannot be done.
    """
    final = root / PurePosixPath(path)
    temporary = write_aside(final, content, MARK)
    return Aside(temporary, final, Made(entry, path, sha256(content), len(content)))


def into_place(written: Aside) -> None:
    """Give the file its own name, in the place of one that is there; ``OutputError`` where that cannot be done."""
    if not written.temporary.exists() and written.final.is_file() and sha256_of(written.final) == written.made.file:
        return  # ``repair`` was faster
    put_in_place(written.temporary, written.final)


def drop(written: Aside) -> None:
    """Remove a file that was not issued."""
    written.temporary.unlink(missing_ok=True)


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
