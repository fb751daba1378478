"""Versions of what shapes the bytes of a file: in a format and its engine, out names and versions.

A library is named only where it takes part: a web page does not change because a PDF engine did. Of Python only the
minor version counts, with the tables of Unicode and the compressor that it brings.
"""

from __future__ import annotations

import sys
import unicodedata
import zlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version

_WORDS = ("contractgen", "babel", "jinja2", "markdown-it-py", "num2words", "persiantools", "pyyaml")
_LIBRARIES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("docx", ""): ("python-docx", "lxml"),
    ("html", ""): ("markupsafe",),
    ("pdf", "weasyprint"): ("weasyprint", "pydyf", "fonttools"),
    ("pdf", "typst"): ("typst", "pikepdf"),
}
_ABSENT = "absent"


@cache
def versions(extension: str, engine: str) -> Mapping[str, str]:
    """Return the version of each library that shapes files of a format; ``engine`` is "" where there is one."""
    found = {name: _version(name) for name in (*_WORDS, *_LIBRARIES.get((extension, engine), ()))}
    found["python"] = f"{sys.version_info.major}.{sys.version_info.minor}"
    found["unicode"] = unicodedata.unidata_version
    if extension in {"docx", "pdf"}:
        found["zlib"] = zlib.ZLIB_RUNTIME_VERSION
    if engine == "weasyprint":
        found["pango"] = _pango()
    return dict(sorted(found.items()))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return _ABSENT


def _pango() -> str:
    """Return the version of the library that sets lines; where it is missing, the writer will say so."""
    try:
        from weasyprint.text.ffi import pango  # type: ignore[import-untyped]  # noqa: PLC0415  (slow to load)
    except (ImportError, OSError):
        return _ABSENT
    number = int(pango.pango_version())
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"
