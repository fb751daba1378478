"""The house has floors: a module imports only from below its own, and stays short enough to be read at one sitting."""

import ast
from collections.abc import Iterator
from fnmatch import fnmatchcase
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "contractgen"
MAX_LINES = 400

# Lowest first. A name with a star is a family (``terms*`` is terms, terms_renewal, terms.renewal): its members may
# import one another, as long as they do not go round in a circle. All others import only from lower floors.
FLOORS = (
    ("errors", "marks", "quick"),
    ("values", "positions", "paths", "countries", "attachments"),
    ("tree", "files", "workbooks_out", "calendars", "money", "conditions", "doctor"),
    ("validation", "languages", "rules*", "packages*"),
    ("numerals", "particles", "styles"),
    ("localegrammar", "record*", "sources"),
    ("locales", "contract", "policy*"),
    ("locale_file",),
    ("terms*", "markup*", "numbering*", "outline*", "schema*"),
    ("library*",),
    ("selection*",),
    ("merging*", "refusals"),
    ("blocks*",),
    ("writers*", "composing"),
    ("carried*",),
    ("listing*", "coverage", "basis", "needs", "explain*", "compiling"),
    ("api*",),
    ("checks*", "annotate*", "intake*", "waiting", "compiled"),
    ("demo*", "validating*", "parity*", "due*"),
    ("register*",),
    ("batch*",),
    ("clock*", "verifying*"),
    ("cli*", "web*"),
    ("__init__", "__main__"),
)


def place_of(module: str) -> tuple[int, str] | None:
    """Return the floor of a module and the entry that gives it; a full name goes before a family."""
    entries = [(floor, entry) for floor, names in enumerate(FLOORS) for entry in names]
    exact = [found for found in entries if found[1] == module]
    return next(iter(exact or [found for found in entries if belongs(module, found[1])]), None)


def belongs(module: str, entry: str) -> bool:
    family = entry.removesuffix("*")
    return module == family or any(fnmatchcase(module, f"{family}{mark}*") for mark in "._" if entry.endswith("*"))


def modules(source: Path) -> dict[str, Path]:
    """Name every module below ``source``: ``writers.html``, and ``writers`` for its ``__init__``."""
    named = {}
    for path in sorted(source.rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        named[".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)] = path
    return named


def imports(path: Path, known: dict[str, Path]) -> Iterator[tuple[int, str]]:
    """Name the modules of ours that a file imports, anywhere in it, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                names = [alias.name for alias in node.names]
            case ast.ImportFrom(module=str(origin), level=0):
                names = [f"{origin}.{alias.name}" for alias in node.names]
            case ast.ImportFrom():
                names = ["contractgen"]  # relative: counts as the whole package, so it is refused
            case _:
                continue
        for name in names:
            package, _, inner = name.partition(".")
            if package == "contractgen":
                candidates = (inner, inner.rpartition(".")[0])
                yield node.lineno, next((module for module in candidates if module in known), "__init__")


def faults(source: Path) -> list[str]:
    known = modules(source)
    found = [f"{name}: give it a floor in tests/test_floors.py" for name in known if place_of(name) is None]
    graph: dict[str, set[str]] = {}
    for name, path in known.items():
        here = place_of(name)
        for line, other in dict.fromkeys(imports(path, known)):
            graph.setdefault(name, set()).add(other)
            there = place_of(other)
            if here and there and there[0] >= here[0] and (there != here or "*" not in here[1]):
                found.append(f"{path.relative_to(source)}:{line}: {name} imports {other}, which is not below it")
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as fault:
        found.append(f"modules import one another in a circle: {' → '.join(fault.args[1])}")
    return found


def test_a_module_imports_only_from_lower_floors() -> None:
    assert not faults(SOURCE), "\n" + "\n".join(faults(SOURCE))


def test_no_module_is_too_long_to_read() -> None:
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in modules(SOURCE).items()}
    too_long = [f"{name}: {lines} lines, at most {MAX_LINES}" for name, lines in lengths.items() if lines > MAX_LINES]
    assert not too_long, "\n".join(too_long)


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        (
            {"errors": "import contractgen.values", "values": ""},
            "errors.py:1: errors imports values, which is not below it",
        ),
        (
            {"values": "def f():\n    from contractgen import cli", "cli": ""},
            "values.py:2: values imports cli, which is not below it",
        ),
        (
            {"tree": "from contractgen.money import Money", "money": ""},
            "tree.py:1: tree imports money, which is not below it",
        ),
        (
            {"errors": "from . import values", "values": ""},
            "errors.py:1: errors imports __init__, which is not below it",
        ),
        ({"fancy": ""}, "fancy: give it a floor in tests/test_floors.py"),
        (
            {"terms_a": "from contractgen import terms_b", "terms_b": "from contractgen.terms_a import x"},
            "modules import one another in a circle",
        ),
    ],
)
def test_a_wrong_import_is_named_with_its_line(tmp_path: Path, files: dict[str, str], fault: str) -> None:
    for name, text in ({"__init__": ""} | files).items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    assert [found for found in faults(tmp_path) if found.startswith(fault)]


def test_a_family_shares_a_floor(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "notice.py").write_text("from contractgen.rules.periods import x", encoding="utf-8")
    (tmp_path / "rules" / "periods.py").write_text("", encoding="utf-8")
    assert faults(tmp_path) == []
