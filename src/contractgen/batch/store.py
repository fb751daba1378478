"""Where finished documents go: a folder that is there, has room, and is never left by a name.

In: a name within the store (``siemens/한빛/RN-1.pdf``) and bytes. Out: a whole file or none. Raises ``StoreFault``,
which stops a batch: the fault is the store's and would meet every further record. A folder that has vanished is not
made anew, for whoever removed it had a reason.
"""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from contractgen.errors import OutputError, Place
from contractgen.files import put_in_place, write_aside, write_whole


class StoreFault(OutputError):
    """The store itself is at fault: no room, no right, not there."""


class Store(Protocol):
    """What a batch needs of a place for its files. Names use ``/`` and are safe (see ``names``)."""

    def put(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all, in place of one of that name."""

    def aside(self, name: str, content: bytes, mark: str) -> str:
        """Write a whole file under a name of its own that begins with ``mark``; return that name, for ``settle``."""

    def settle(self, aside: str, name: str) -> None:
        """Give a file that was written aside its name."""

    def drop(self, aside: str) -> None:
        """Remove a file that was written aside."""

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""

    def read(self, name: str) -> bytes:
        """Return a file's bytes."""


class Folder:
    """A local folder. Its identity is remembered: another folder of the same name is not taken for it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        found = self._stat()
        self._identity = (found.st_dev, found.st_ino)

    def put(self, name: str, content: bytes) -> None:
        """Write a file below the folder; a link on the way is refused."""
        self.check()
        path = self._path(name, make=True)
        try:
            write_whole(path, content)
        except OutputError as fault:
            raise _at_fault(fault) from fault

    def aside(self, name: str, content: bytes, mark: str) -> str:
        """Write a whole file beside its place; under the same name each time, so that a second try leaves none."""
        self.check()
        path = self._path(name, make=True)
        beside = path.with_name(mark + sha256(path.name.encode()).hexdigest()[:16])
        try:
            put_in_place(write_aside(path, content, mark), beside)
        except OutputError as fault:
            raise _at_fault(fault) from fault
        return beside.relative_to(self.root).as_posix()

    def settle(self, aside: str, name: str) -> None:
        """Give a file that was written aside its name; nothing is lost if somebody was faster (``register repair``)."""
        temporary, path = self._path(aside, make=False), self._path(name, make=False)
        if not temporary.exists() and path.is_file():
            return
        try:
            put_in_place(temporary, path)
        except OutputError as fault:
            raise _at_fault(fault) from fault

    def drop(self, aside: str) -> None:
        """Remove a file that was written aside."""
        self._path(aside, make=False).unlink(missing_ok=True)

    def exists(self, name: str) -> bool:
        """Whether there is such a file, and no link in its place."""
        try:
            return stat.S_ISREG(self._path(name, make=False).lstat().st_mode)
        except (OSError, StoreFault):
            return False

    def read(self, name: str) -> bytes:
        """Return a file's bytes; ``StoreFault`` if it cannot be read."""
        path = self._path(name, make=False)
        try:
            return path.read_bytes()
        except OSError as fault:
            raise _fault(path, f"cannot be read: {fault.strerror}") from fault

    def check(self) -> None:
        """Raise ``StoreFault`` if the folder has vanished or is another one."""
        found = self._stat()
        if (found.st_dev, found.st_ino) != self._identity:
            raise _fault(self.root, "is no longer the folder in which the batch began")

    def _stat(self) -> os.stat_result:
        try:
            found = self.root.stat()
        except OSError as fault:
            raise _fault(self.root, f"the output folder cannot be used: {fault.strerror}") from fault
        if not stat.S_ISDIR(found.st_mode):
            raise _fault(self.root, "is no folder")
        return found

    def _path(self, name: str, *, make: bool) -> Path:
        """Return where a name stands; each folder on the way is one of our own making, not a link to elsewhere."""
        *folders, last = safe_parts(name, str(self.root))
        here = self.root
        for part in folders:
            here /= part
            try:
                if make:
                    here.mkdir(exist_ok=True)
                if not stat.S_ISDIR(here.lstat().st_mode):
                    raise _fault(here, "is a link or a file where a folder of the batch should be")
            except OSError as fault:
                raise _fault(here, f"cannot be used: {fault.strerror}") from fault
        return here / last


REPAIR = "make room or mend the folder, then go on with --resume"


def _fault(path: Path, cause: str) -> StoreFault:
    return StoreFault.at(Place(str(path)), cause, REPAIR)


def _at_fault(fault: OutputError) -> StoreFault:
    """Return a failure to write as one of the store."""
    return StoreFault(replace(problem, repair=REPAIR) for problem in fault.problems)


def safe_parts(name: str, root: str) -> list[str]:
    """Return the parts of a name; ``StoreFault`` for one that could leave ``root``."""
    parts = name.split("/")
    if any(part in {"", ".", ".."} or "\0" in part for part in parts):
        raise StoreFault.at(Place(root), f"{name!r} is no name within the folder", REPAIR)
    return parts
