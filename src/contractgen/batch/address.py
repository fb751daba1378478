"""The address of an output: a folder, ``file://`` and a folder, or an object store.

In: what a user gives as ``--out``. Out: the ``Store`` there. Raises ``StoreFault`` for what is no such address.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from contractgen.batch.objects import Objects
from contractgen.batch.store import Folder, Store, StoreFault
from contractgen.errors import Place


def is_url(out: str) -> bool:
    """Whether an output is an object store, and no folder; ``file://`` names a folder."""
    return "://" in out and not out.startswith("file://")


def local_path(out: str) -> Path:
    """Return the folder that a path or a ``file://`` address names."""
    if not out.startswith("file://"):
        return Path(out)
    parts = urlsplit(out)
    if parts.netloc not in {"", "localhost"} or not parts.path.strip("/") or parts.query or parts.fragment:
        raise StoreFault.at(Place(out), "names no folder of this machine", "three slashes: file:///srv/letters")
    return Path(unquote(parts.path))


def open_store(out: str) -> Store:
    """Return the store of a path, or of a URL."""
    return Objects(out) if is_url(out) else Folder(local_path(out))
