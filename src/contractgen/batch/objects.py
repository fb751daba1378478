"""Finished documents in an object store (S3 and whatever else fsspec knows), named by a URL.

In: ``s3://bucket/folder`` and names within it. Out: ``Objects``, a ``Store`` beside the local folder. An object is put
whole or not at all, so no name of its own is needed while it is written. Raises ``StoreFault``, whatever the store's
library raises: the fault is the store's and would meet every further record. Keys and endpoints come from the
environment, as the store's own tools read them, never from the URL.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contractgen.batch.store import StoreFault, safe_parts
from contractgen.errors import Place

REPAIR = "check address, rights and keys of the store, then go on with --resume"


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
