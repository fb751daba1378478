"""Where issued files lie, as a check and a repair see it: a folder here, or a store that the caller brings along.

In: paths as the register has them. Out: names within the place, hashes, times; a file under its own name. ``Folder`` is
the folder that relative paths start from; ``batch.objects`` does the same for addresses such as ``s3://bucket/x``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Protocol

from contractgen.files import put_in_place
from contractgen.register.placing import sha256_of


class Files(Protocol):
    """The files of one place. Names have slashes and start from the place; each method may raise ``OutputError``."""

    def name_of(self, path: str) -> str | None:
        """Return the name of the file that the register has at a path; None if it lies elsewhere."""

    def shown(self, name: str) -> str:
        """Return how messages call a file."""

    def names(self) -> Sequence[str]:
        """Return the names of all files, sorted; a link counts as a file."""

    def hashes(self, names: Iterable[str]) -> Iterator[str | None]:
        """Yield the SHA-256 of each file, in hex; None for one that is not there."""

    def written(self, name: str) -> datetime | None:
        """Return when a file was written; None if it is not there."""

    def settle(self, aside: str, name: str) -> None:
        """Give a file that was written aside its own name."""

    def drop(self, aside: str) -> None:
        """Remove a file that was written aside."""


class Folder:
    """A folder of this machine; a file that cannot be read counts as one that is not there."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._resolved = root.resolve()

    def name_of(self, path: str) -> str | None:
        """Return the path from the folder; an absolute one that leads elsewhere as it is; None for an address."""
        if "://" in path:
            return None
        file = self._root / PurePosixPath(path)
        if file.is_relative_to(self._root):
            return file.relative_to(self._root).as_posix()
        file = file.parent.resolve() / file.name  # a link in the place of the file itself counts as that file
        return (file.relative_to(self._resolved) if file.is_relative_to(self._resolved) else file).as_posix()

    def shown(self, name: str) -> str:
        """Return the file's path."""
        return str(self._at(name))

    def names(self) -> Sequence[str]:
        """Return the files below the folder, folder by folder."""
        found = sorted(path for path in self._root.rglob("*") if path.is_file())
        return [path.relative_to(self._root).as_posix() for path in found]

    def hashes(self, names: Iterable[str]) -> Iterator[str | None]:
        """Yield the hash of each file."""
        for name in names:
            try:
                yield sha256_of(self._at(name))
            except OSError:
                yield None

    def written(self, name: str) -> datetime | None:
        """Return when the file was last changed."""
        try:
            return datetime.fromtimestamp(self._at(name).stat().st_mtime, UTC)
        except OSError:
            return None

    def settle(self, aside: str, name: str) -> None:
        """Rename the file."""
        put_in_place(self._at(aside), self._at(name))

    def drop(self, aside: str) -> None:
        """Remove the file."""
        self._at(aside).unlink(missing_ok=True)

    def _at(self, name: str) -> Path:
        return self._root / PurePosixPath(name)
