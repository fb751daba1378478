"""Finished documents in an object store (S3 and whatever else fsspec knows), named by a URL.

In: ``s3://bucket/folder`` and names within it. Out: ``Objects``, a ``Store`` beside the local folder, and what a check
of the register asks of the place of its files (``register.filing.Files``). An object is put whole or not at all, so no
name of its own is needed while it is written. Raises ``StoreFault``, whatever the store's
library raises: the fault is the store's and would meet every further record. Keys and endpoints come from the
environment, as the store's own tools read them, never from the URL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contractgen.batch.store import StoreFault, safe_parts
from contractgen.errors import Place

REPAIR = "check address, rights and keys of the store, then try again (a batch goes on with --resume)"
TOGETHER = 64
"""Objects that are read at a time: each waits for the network more than for anything else."""


class Objects:
    """The objects below a URL."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if not (parts.netloc + parts.path).strip("/"):
            raise StoreFault.at(Place(url), "names no folder", "for instance s3://bucket/folder")
        self.url = url.rstrip("/")
        if parts.username or parts.password or "?" in url or "#" in url:
            shown = f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
            raise StoreFault.at(Place(shown), "the address holds more than a place", "give keys by the environment")
        try:
            import fsspec  # noqa: PLC0415  (an extra)
        except ImportError:
            repair = 'pip install "contractgen[cluster]"'
            raise StoreFault.at(Place(self.url), "needs the package fsspec", repair) from None
        try:
            self._files, self._root = fsspec.url_to_fs(self.url, use_listings_cache=False)
        except ImportError as fault:
            repair = 'for s3:// pip install "contractgen[s3]"; else the package of fsspec for this store'
            raise StoreFault.at(Place(self.url), f"a package is missing: {fault}", repair) from None
        except OSError as fault:
            raise StoreFault.at(Place(self.url), f"cannot be reached: {fault}", "check the address") from fault
        except ValueError as fault:
            raise StoreFault.at(Place(self.url), f"is no store: {fault}", "for instance s3://bucket/folder") from None

    def put(self, name: str, content: bytes) -> None:
        """Put an object, whole, in place of one of that name."""
        with self._told(name):
            self._files.pipe_file(self._key(name), content)

    def aside(self, name: str, content: bytes, mark: str) -> str:
        """Put an object under a name that begins with ``mark``: the same one each time, so a second try leaves none."""
        *folders, last = name.split("/")
        aside = "/".join((*folders, mark + sha256(last.encode()).hexdigest()[:16]))
        self.put(aside, content)
        return aside

    def settle(self, aside: str, name: str) -> None:
        """Give an object that was put aside its name: a copy, then the first is removed."""
        if not self.exists(aside) and self.exists(name):
            return
        with self._told(name):
            self._files.cp_file(self._key(aside), self._key(name))
            self._files.rm_file(self._key(aside))

    def drop(self, aside: str) -> None:
        """Remove an object that was put aside."""
        if self.exists(aside):
            with self._told(aside):
                self._files.rm_file(self._key(aside))

    def exists(self, name: str) -> bool:
        """Whether there is such an object."""
        with self._told(name):
            try:
                return bool(self._files.info(self._key(name))["type"] == "file")
            except FileNotFoundError:
                return False

    def read(self, name: str) -> bytes:
        """Return an object's bytes."""
        with self._told(name):
            return bytes(self._files.cat_file(self._key(name)))

    def upload(self, path: Path, name: str) -> None:
        """Put a local file, of any size."""
        with self._told(name):
            self._files.put_file(str(path), self._key(name))

    def empty(self) -> bool:
        """Whether nothing stands below the URL."""
        with self._told(""):
            try:
                return not self._files.ls(self._root, detail=False)
            except FileNotFoundError:
                return True

    def name_of(self, path: str) -> str | None:
        """Return the name of the object that a register has at an address; None if it lies elsewhere."""
        begin = f"{self.url}/"
        return path.removeprefix(begin) if path.startswith(begin) else None

    def shown(self, name: str) -> str:
        """Return an object's address."""
        return f"{self.url}/{name}"

    def names(self) -> Sequence[str]:
        """Return the names of all objects, sorted; marks that some tools put for folders are none."""
        begin = f"{self._root.rstrip('/')}/"
        with self._told(""):
            found = self._files.find(self._root, detail=False)
        return sorted(key.removeprefix(begin) for key in found if key.startswith(begin) and not key.endswith("/"))

    def hashes(self, names: Iterable[str]) -> Iterator[str | None]:
        """Yield the SHA-256 of each object, in hex; None for one that is not there."""
        rest = iter(names)
        while some := list(islice(rest, TOGETHER)):
            with self._told(""):
                contents = self._files.cat_ranges([self._below(name) for name in some], None, None, on_error="return")
            for name, content in zip(some, contents, strict=True):
                with self._told(name):
                    found = _hash(content)
                yield found

    def written(self, name: str) -> datetime | None:
        """Return when an object was put; None if it is not there."""
        with self._told(name):
            try:
                at: datetime = self._files.modified(self._below(name))
            except FileNotFoundError:
                return None
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    def _below(self, name: str) -> str:
        """Return the key of an object that is only read: any that a store may hold."""
        return f"{self._root.rstrip('/')}/{name}"

    def _key(self, name: str) -> str:
        return "/".join((self._root.rstrip("/"), *safe_parts(name, self.url)))

    @contextmanager
    def _told(self, name: str) -> Iterator[Any]:
        """Turn whatever the library raises into a fault of the store: each has error classes of its own."""
        try:
            yield
        except StoreFault:
            raise
        except Exception as fault:
            said = " ".join(str(fault).split()) or type(fault).__name__
            raise StoreFault.at(Place(f"{self.url}/{name}"), f"the store does not do it: {said}", REPAIR) from fault


def _hash(content: bytes | Exception) -> str | None:
    """Return the hash of what was read; raises what came instead, unless there is nothing to be read."""
    if isinstance(content, FileNotFoundError):
        return None
    if isinstance(content, Exception):
        raise content
    return sha256(content).hexdigest()
