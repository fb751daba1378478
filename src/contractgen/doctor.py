"""What this machine has and lacks for contractgen: Python, packages, Pango, fonts, templates, tools for tests.

In: the machine (behind ``Machine``, so that tests can pretend another one). Out: a ``Check`` each, and a text for
people. It stands on the standard library alone, so that it still speaks when the installation is broken.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import io
import re
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from contractgen.errors import ContractgenError, Exit
from contractgen.paths import built_in_data

OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked for; ``repair`` is empty when it is there."""

    name: str
    ok: bool
    found: str
    needed_for: str
    repair: str = ""
    optional: bool = False
    """Generating documents works without it."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """A Python package: the name to install it by, the oldest version, the name to import it by."""

    package: str
    oldest: str
    module: str
    needed_for: str


DEPENDENCIES = (
    Dependency("babel", "2.18", "babel", "dates, numbers and units of each language"),
    Dependency("click", "8.1", "click", "the command line"),
    Dependency("jinja2", "3.1.6", "jinja2", "merging values into clauses"),
    Dependency("markdown-it-py", "4", "markdown_it", "reading clauses"),
    Dependency("num2words", "0.5.14", "num2words", "amounts in words"),
    Dependency("persiantools", "5.5", "persiantools", "the Persian calendar"),
    Dependency("pydantic", "2.11", "pydantic", "checking contract records"),
    Dependency("python-docx", "1.2", "docx", "DOCX"),
    Dependency("pyyaml", "6.0.2", "yaml", "reading contract records"),
    Dependency("sqlalchemy", "2.0.40", "sqlalchemy", "the register of issued documents"),
    Dependency("tree-sitter", "0.25", "tree_sitter", "naming lines of TOML files"),
    Dependency("tree-sitter-toml", "0.7", "tree_sitter_toml", "naming lines of TOML files"),
    Dependency("weasyprint", "70", "weasyprint", "PDF"),
)
"""The dependencies of ``pyproject.toml``; a test holds the two together."""


@dataclass(frozen=True, slots=True)
class Library:
    """A shared library that WeasyPrint loads: its names on Linux and macOS, and the Debian package that has it."""

    names: tuple[str, str]
    package: str
    needed_for: str
    optional: bool = False


LIBRARIES = (
    Library(("libpango-1.0.so.0", "libpango-1.0.dylib"), "libpango-1.0-0", "PDF"),
    Library(("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"), "libpangoft2-1.0-0", "PDF"),
    Library(
        ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
        "libharfbuzz-subset0",
        "cutting fonts up to ten times faster",
        optional=True,
    ),
)

TOOLS = (
    ("soffice", "libreoffice-writer-nogui", "tests: opening DOCX as a reader would"),
    ("pdftotext", "poppler-utils", "tests: reading PDF back"),
    ("qpdf", "qpdf", "tests: judging the syntax of PDF"),
    ("chromium", "chromium", "tests: judging HTML as a browser shows it"),
    ("javac", "default-jdk-headless", "tests: veraPDF, which judges PDF/A and PDF/UA"),
    ("/usr/share/java/jaxb-runtime.jar", "libjaxb-java", "tests: veraPDF reading its rules"),
)
"""Programs, and a file by its whole path, that tests and judges need: what, the Debian package, what for."""


def _version_of(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _import_fault(module: str) -> str:
    """Import ``module``; return why it failed, or nothing. What it prints while failing is not repeated."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            importlib.import_module(module)
    except Exception as fault:  # noqa: BLE001  (a broken package may raise anything)
        return str(fault).partition("\n")[0] or type(fault).__name__
    return ""


def _which(tool: str) -> str | None:
    """Return where a program is, or a file that is named by its whole path."""
    return shutil.which(tool) or (tool if Path(tool).is_absolute() and Path(tool).is_file() else None)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Machine:
    """The questions ``checks`` asks; each can be answered otherwise in a test."""

    python: tuple[int, int, int] = field(default_factory=lambda: sys.version_info[:3])
    version_of: Callable[[str], str | None] = _version_of
    import_fault: Callable[[str], str] = _import_fault
    loads: Callable[[str], bool] = _loads
    which: Callable[[str], str | None] = _which
    data: Callable[[], Path] = built_in_data


def checks(machine: Machine | None = None) -> tuple[Check, ...]:
    """Look at ``machine`` (this one by default). Importing WeasyPrint takes some two seconds; nothing is changed."""
    asked = machine or Machine()
    return (
        _python(asked),
        *(_dependency(asked, dependency) for dependency in DEPENDENCIES),
        *_libraries(asked),
        *_data(asked),
        *_tools(asked),
    )


def _python(machine: Machine) -> Check:
    found = ".".join(map(str, machine.python))
    oldest = ".".join(map(str, OLDEST_PYTHON))
    ok = machine.python >= OLDEST_PYTHON
    return Check("Python", ok, found, "everything", "" if ok else f"install Python {oldest} or newer")


def _dependency(machine: Machine, wanted: Dependency) -> Check:
    version = machine.version_of(wanted.package)
    found, repair = version or "missing", f'pip install "{wanted.package}>={wanted.oldest}"'
    if version is None:
        ok = False
    elif _numbers(version) < _numbers(wanted.oldest):
        ok, found = False, f"{version}, older than {wanted.oldest}"
    elif fault := machine.import_fault(wanted.module):
        ok, found = False, f"{version}, but it cannot be imported: {fault}"
        repair = f"mend the libraries named below, or: pip install --force-reinstall {wanted.package}"
    else:
        ok, repair = True, ""
    return Check(wanted.package, ok, found, wanted.needed_for, repair)


def _numbers(version: str) -> tuple[int, ...]:
    """Return the leading numbers of a version: ``6.0.2rc1`` gives 6, 0, 2."""
    return tuple(int(part) for part in re.findall(r"\d+", re.split(r"[^\d.]", version)[0]))


def _libraries(machine: Machine) -> Iterator[Check]:
    for library in LIBRARIES:
        loaded = next((name for name in library.names if machine.loads(name)), None)
        found, repair = (loaded, "") if loaded else ("cannot be loaded", f"apt-get install {library.package}")
        yield Check(library.package, loaded is not None, found, library.needed_for, repair, library.optional)


def _data(machine: Machine) -> Iterator[Check]:
    purpose = "every document"
    try:
        root = machine.data()
    except ContractgenError as fault:
        problem = fault.problems[0]
        yield Check("templates and policies", ok=False, found=problem.cause, needed_for=purpose, repair=problem.repair)
        return
    locales = sorted(path.parent.name for path in root.glob("templates/*/locale.toml"))
    documents = len(list(root.glob("templates/documents/*.toml")))
    vendors = len(list(root.glob("policies/*.toml")))
    again = "install contractgen again"
    found = f"{', '.join(locales) or 'no locale'}; {documents} document types in {root / 'templates'}"
    ok = bool(locales and documents)
    yield Check("templates", ok, found, purpose, "" if ok else again)
    found = f"{vendors} vendors in {root / 'policies'}"
    yield Check("policies", vendors > 0, found, purpose, "" if vendors else again)
    named = sorted(_font_files(root / "templates" / "styles"))
    missing = [str(path) for path in named if not path.is_file()]
    found = f"missing: {', '.join(missing)}" if missing else f"{len(named)} font files"
    ok = bool(named) and not missing
    yield Check("fonts", ok, found, "PDF and HTML", "" if ok else again)


def _font_files(folder: Path) -> set[Path]:
    """Return the font files that the style sheets in ``folder`` ask for."""
    files: set[Path] = set()
    for sheet in folder.glob("*.toml"):
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError):  # loading it will name the fault
            fonts = tomllib.loads(sheet.read_text(encoding="utf-8")).get("fonts", {})
            files |= {folder / font[weight] for font in fonts.values() for weight in ("regular", "bold")}
    return files


def _tools(machine: Machine) -> Iterator[Check]:
    for tool, package, purpose in TOOLS:
        path = machine.which(tool)
        repair = "" if path else f"apt-get install {package}"
        yield Check(Path(tool).name, path is not None, path or "missing", purpose, repair, optional=True)


def works(found: tuple[Check, ...]) -> bool:
    """Tell whether documents can be generated: all that is not optional is there."""
    return all(check.ok or check.optional for check in found)


def render(found: tuple[Check, ...]) -> str:
    """Print the checks for people: a line each, the repair below it, the conclusion at the end."""
    width = max((len(check.name) for check in found), default=0)
    lines: list[str] = []
    for check in found:
        mark = "ok     " if check.ok else "lacking" if check.optional else "MISSING"
        lines.append(f"{mark}  {check.name:<{width}}  {check.found}")
        if not check.ok:
            lines.append(f"         needed for {check.needed_for}; repair: {check.repair}")
    conclusion = {
        (True, True): "Everything is here.",
        (True, False): "Documents can be generated; what is lacking is optional.",
    }.get((works(found), all(check.ok for check in found)), "Documents cannot be generated yet: see MISSING above.")
    return "\n".join([*lines, "", conclusion, ""])


def main() -> int:
    """Print the checks of this machine; return 0 when documents can be generated, 1 when not."""
    found = checks()
    sys.stdout.write(render(found))
    return Exit.OK if works(found) else Exit.ERROR


if __name__ == "__main__":
    sys.exit(main())
