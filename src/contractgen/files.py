"""Files in and out: TOML, YAML and JSON with the place of every value; output written whole or not at all.

In: paths. Out: ``Marked`` (plain data plus the place of each path in it). Scalars of YAML and JSON stay strings, so
that ``no``, ``1.10`` and ``0123`` mean what was typed. Raises ``InvalidData`` or the error class that is passed in,
with ``file:line:col``.
"""

from __future__ import annotations

import json
import os
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from contractgen.errors import ContractgenError, InvalidData, OutputError, Place, TemplateFault

Key = tuple[str | int, ...]
"""The path of a value within a file: ``("licences", 0, "annual_fee")``."""

MAX_BYTES = 4 * 1024 * 1024
MAX_NODES = 200_000
MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Marked:
    """Plain data read from a file, and where each part of it stands."""

    file: str
    data: Any
    places: Mapping[Key, Place] = field(repr=False, default_factory=dict)

    def place(self, *key: str | int) -> Place:
        """Return where ``key`` stands, or where its nearest existing parent does."""
        path: Key = key
        while path:
            if path in self.places:
                return self.places[path]
            path = path[:-1]
        return self.places.get((), Place(self.file))


def read_text(path: Path, error: type[ContractgenError] = InvalidData, name: str | None = None) -> str:
    """Read a UTF-8 file of at most 4 MiB; a byte order mark is dropped."""
    place = Place(name or str(path))
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise error.at(place, f"cannot be read: {fault.strerror}", "check the path and its permissions") from fault
    return decode(raw, place, error)


def decode(raw: bytes, place: Place, error: type[ContractgenError]) -> str:
    """Decode UTF-8 bytes, naming line and column of the first byte that is not."""
    if len(raw) > MAX_BYTES:
        raise error.at(place, f"is larger than {MAX_BYTES // 2**20} MiB", "split the file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        before = raw[: fault.start].decode("utf-8", "replace")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        raise error.at(Place(place.file, line, column), "is not UTF-8 text", "save the file as UTF-8") from fault


def read_toml(path: Path, error: type[ContractgenError] = TemplateFault, name: str | None = None) -> Marked:
    """Read a TOML file; ``name`` is how messages call it."""
    shown = name or str(path)
    return parse_toml(read_text(path, error, shown), shown, error)


def parse_toml(text: str, file: str, error: type[ContractgenError] = TemplateFault, first_line: int = 1) -> Marked:
    """Parse TOML ``text`` that begins at ``first_line`` of ``file``."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        line, column = toml_fault_position(str(fault), text)
        cause = str(fault).split(" (at ")[0]
        raise error.at(Place(file, line + first_line - 1, column), f"TOML: {cause}", "correct the syntax") from fault
    from contractgen.positions import toml_places  # noqa: PLC0415  (tree-sitter is loaded when needed)

    return Marked(file, data, toml_places(text, file, first_line))


def toml_fault_position(message: str, text: str) -> tuple[int, int]:
    """Take line and column out of tomllib's message ``… (at line 3, column 4)``."""
    tail = message.rpartition("(at ")[2].rstrip(")")
    numbers = [int(word) for word in tail.replace(",", " ").split() if word.isdigit()]
    if len(numbers) == 2:  # noqa: PLR2004
        return numbers[0], numbers[1]
    return text.count("\n") + 1, 1


def read_record(path: Path, name: str | None = None) -> Marked:
    """Read a contract record: YAML (``.yaml``, ``.yml``) or JSON, all scalars as strings."""
    shown = name or str(path)
    return parse_record(read_text(path, InvalidData, shown), shown)


def parse_record(text: str, file: str) -> Marked:
    """Parse YAML or JSON text (JSON is read by the YAML reader: it is a subset), refusing duplicates and bombs."""
    loader = yaml.SafeLoader(text) if not hasattr(yaml, "CSafeLoader") else yaml.CSafeLoader(text)
    try:
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        cause = f"is not valid YAML: {fault.problem or fault.context}"
        raise InvalidData.at(place, cause, "correct the syntax") from fault
    except yaml.YAMLError as fault:
        raise InvalidData.at(Place(file), f"is not valid YAML: {fault}", "remove the character") from fault
    if node is None:
        raise InvalidData.at(Place(file, 1, 1), "is empty", "write a contract record; see: contractgen schema")
    reader = _Reader(file)
    data = reader.value(node, ())
    if reader.problems:
        raise reader.problems_as_error()
    return Marked(file, data, reader.places)


class _Reader:
    """Turns YAML nodes into plain data with strings for scalars, collecting places and problems."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Key, Place] = {}
        self.problems: list[tuple[Place, str, str]] = []
        self.nodes = 0

    def problems_as_error(self) -> InvalidData:
        from contractgen.errors import Problem  # noqa: PLC0415

        return InvalidData(Problem(*problem) for problem in self.problems)

    def value(self, node: yaml.Node, key: Key) -> Any:
        place = Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)
        self.nodes += 1
        if self.nodes > MAX_NODES or len(key) > MAX_DEPTH:
            raise InvalidData.at(place, "has too many or too deeply nested values (aliases count)", "write them out")
        self.places[key] = place
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*key, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name_node, value_node in node.value:
            place = Place(self.file, name_node.start_mark.line + 1, name_node.start_mark.column + 1)
            if not isinstance(name_node, yaml.ScalarNode):
                self.problems.append((place, "a field name must be a word", "write name: value"))
                continue
            name = name_node.value
            if name in result:
                self.problems.append((place, f'field "{name}" is given twice', "keep one of the two"))
            result[name] = self.value(value_node, (*key, name))
        return result

    @staticmethod
    def _scalar(node: yaml.Node) -> str | None:
        text: str = node.value
        is_plain = getattr(node, "style", None) is None
        return None if is_plain and text in {"", "~", "null"} else text


def write_whole(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` by a temporary name and a rename, so that no half-written file is ever seen."""
    place = Place(str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    except OSError as fault:
        raise OutputError.at(place, f"cannot be written: {fault.strerror}", "choose another output path") from fault
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as fault:
        Path(temporary).unlink(missing_ok=True)
        raise OutputError.at(place, f"cannot be written: {fault.strerror}", "choose another output path") from fault
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def to_json(data: Any) -> str:
    """Print data as JSON for people and programs: indented, Unicode kept, keys in given order."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
