"""A hash of all that a document depends on beside its record: words, policies, fonts, options, versions.

In: the setting of a batch and what names its files. Out: bytes. A resumed batch does a record again when this, or the
record itself, has changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from contractgen.batch.work import Setting
from contractgen.paths import built_in_data

PACKAGES = (
    "contractgen",
    "babel",
    "jinja2",
    "num2words",
    "persiantools",
    "python-docx",
    "weasyprint",
    "typst",
    "pikepdf",
)
"""What the bytes of a document may depend on."""


def fingerprint(setting: Setting, names: Iterable[str]) -> bytes:
    """Return the hash of what all records of a batch share. ``names``: patterns, and what else is no setting."""
    found = sha256()
    as_of = setting.as_of.isoformat() if setting.as_of else ""
    options = (
        setting.type, setting.format, setting.pdf_engine, setting.locale, setting.locale_from, as_of,
        str(setting.due), str(setting.letters), str(setting.registered), setting.maker, *names,
    )  # fmt: skip
    for text in (*options, *map(_version, PACKAGES)):
        found.update(text.encode() + b"\0")
    for folder in (*setting.data, built_in_data()):
        for part in ("policies", "templates"):
            found.update(_contents(folder / part))
    return found.digest()


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return package


def _contents(folder: Path) -> bytes:
    found = sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(f"{path.relative_to(folder)}\0".encode())
            found.update(sha256(path.read_bytes()).digest())
    return found.digest()
