"""The registry of output formats: in a file extension, out the writer module that makes it.

A writer is a module of this folder that defines ``EXTENSION = "…"``, ``MEDIA_TYPE`` and ``write(document, styles)``.
A second module for the same extension names its engine, ``ENGINE = "…"``, and is used where that is asked for. The list
is taken from the folder and nothing else has to know a new format. Modules are found by reading their source,
not by importing them, so that asking for HTML never pays for the libraries of PDF or DOCX.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import get_importer, iter_modules
from typing import Protocol, cast

from contractgen.errors import Place, UsageError, did_you_mean
from contractgen.styles import Styles
from contractgen.tree import Document
from contractgen.writers.forms import Form

_EXTENSION = re.compile(r'^EXTENSION(?:\s*:[^=]+)?\s*=\s*"([a-z0-9]+)"', re.MULTILINE)
_ENGINE = re.compile(r'^ENGINE\s*=\s*"([a-z0-9]+)"', re.MULTILINE)


class Writer(Protocol):
    """What a writer module offers."""

    EXTENSION: str
    MEDIA_TYPE: str

    def write(self, document: Document, styles: Styles) -> bytes:
        """Return the finished file; raise ``OutputError`` or ``TemplateFault`` rather than lose anything."""


def extensions() -> tuple[str, ...]:
    """Return the extensions of all writers of the folder, without a dot, in alphabetical order."""
    return tuple(sorted({extension for extension, _ in _modules()}))


def engines(extension: str) -> tuple[str, ...]:
    """Return the engines that can make ``extension``, the usual one first, under its own name."""
    others = sorted(engine for known, engine in _modules() if known == extension and engine)
    return (DEFAULTS[extension], *others) if extension in DEFAULTS else tuple(others)


DEFAULTS = {"pdf": "weasyprint"}
"""What the usual engine of a format is called, where there are several."""


def writer_for(extension: str, engine: str = "") -> Writer:
    """Return the writer for ``extension`` (``pdf`` or ``.pdf``), by its usual engine or the one asked for.

    Raises ``UsageError`` for a format that no writer has, or an engine that does not make it.
    """
    modules = _modules()
    name = extension.strip().lower().removeprefix(".")
    if name not in extensions():
        raise UsageError.at(Place("output format"), f'unknown format "{extension}"', did_you_mean(name, extensions()))
    key = (name, "" if engine == DEFAULTS.get(name, "") else engine)
    if key not in modules:
        cause = f'no engine "{engine}" makes {name}'
        raise UsageError.at(Place("--pdf-engine"), cause, did_you_mean(engine, engines(name)))
    return cast("Writer", import_module(modules[key]))


class Compiler(Protocol):
    """What a module ``fill_<writer>`` offers beside the writer of that name."""

    def compiled(self, document: Document, styles: Styles) -> Form:
        """Return the form of a marked document; raise ``NoForm`` for one that has none."""


def compiler_for(extension: str, engine: str = "") -> Compiler | None:
    """Return what compiles forms for a writer; None where a writer has no such module. Raises ``UsageError``."""
    folder, _, name = getattr(writer_for(extension, engine), "__name__", "").rpartition(".")
    module = f"{folder}.fill_{name}"
    return cast("Compiler", import_module(module)) if find_spec(module) else None


@cache
def _modules() -> dict[tuple[str, str], str]:
    """Map each extension and engine ("" for the usual one) to the full name of its module."""
    found: dict[tuple[str, str], str] = {}
    for folder in __path__:
        importer = get_importer(folder)
        for module in iter_modules([folder]):
            spec = importer.find_spec(module.name) if importer else None
            source = getattr(spec.loader, "get_source", None) if spec else None
            text = (source(module.name) or "") if source else ""
            match, engine = _EXTENSION.search(text), _ENGINE.search(text)
            if match:
                found[match[1], engine[1] if engine else ""] = f"{__name__}.{module.name}"
    return found
