"""The registry of output formats: in a file extension, out the writer module that makes it.

A writer is a module of this folder that defines ``EXTENSION = "…"``, ``MEDIA_TYPE`` and ``write(document, styles)``.
The list is taken from the folder and nothing else has to know a new format. Modules are found by reading their source,
not by importing them, so that asking for HTML never pays for the libraries of PDF or DOCX.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pkgutil import get_importer, iter_modules
from typing import Protocol, cast

from contractgen.errors import Place, UsageError, did_you_mean
from contractgen.styles import Styles
from contractgen.tree import Document

_EXTENSION = re.compile(r'^EXTENSION(?:\s*:[^=]+)?\s*=\s*"([a-z0-9]+)"', re.MULTILINE)


class Writer(Protocol):
    """What a writer module offers."""

    EXTENSION: str
    MEDIA_TYPE: str

    def write(self, document: Document, styles: Styles) -> bytes:
        """Return the finished file; raise ``OutputError`` or ``TemplateFault`` rather than lose anything."""


def extensions() -> tuple[str, ...]:
    """Return the extensions of all writers of the folder, without a dot, in alphabetical order."""
    return tuple(sorted(_modules()))


def writer_for(extension: str) -> Writer:
    """Return the writer for ``extension`` (``pdf`` or ``.pdf``); raise ``UsageError`` for one that no writer has."""
    modules = _modules()
    name = extension.strip().lower().removeprefix(".")
    if name not in modules:
        raise UsageError.at(Place("output format"), f'unknown format "{extension}"', did_you_mean(name, extensions()))
    return cast("Writer", import_module(modules[name]))


@cache
def _modules() -> dict[str, str]:
    """Map each extension to the full name of its module."""
    found: dict[str, str] = {}
    for folder in __path__:
        importer = get_importer(folder)
        for module in iter_modules([folder]):
            spec = importer.find_spec(module.name) if importer else None
            source = getattr(spec.loader, "get_source", None) if spec else None
            match = _EXTENSION.search(source(module.name) or "") if source else None
            if match:
                found[match[1]] = f"{__name__}.{module.name}"
    return found
