"""Contract records as YAML or JSON: plain data in which every scalar is a string, with the place of every value.

In: a path or a text. Out: ``Marked``. Scalars stay strings, so that ``no``, ``1.10`` and ``0123`` mean what was typed.
Raises ``InvalidData`` with ``file:line:col``: wrong syntax, fields given twice, and texts built to exhaust a machine.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from contractgen.errors import InvalidData, Place, Problem
from contractgen.files import MAX_BYTES, MAX_DEPTH, Key, Marked, decode, read_bytes

MAX_NODES = 200_000

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SURROGATES = re.compile(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)
_ALIKE = "indent the fields of one table alike, and put a text with a colon or a quotation mark in quotes"

_YAML_SAYINGS = (
    ("found a tab character", "a tab stands where the line is indented", "indent with spaces"),
    ("found unexpected ':'", "a colon stands where no field name can be", _ALIKE),
    ("mapping values are not allowed", "a colon stands where no field name can be", _ALIKE),
    (
        "did not find expected ',' or '}'",
        "a { is not closed, or a comma is missing",
        "write {name: value, name: value}",
    ),
    ("did not find expected ',' or ']'", "a [ is not closed, or a comma is missing", "write [one, two]"),
    ("did not find expected key", "this does not fit the lines above", _ALIKE),
    ("did not find expected '-'", "this line is no item of the list above", "begin each item with a dash and a space"),
    ("could not find expected ':'", "no colon follows the field name", "write name: value"),
    ("found unexpected end of stream", "a text in quotes is not closed", "close it with the same mark"),
    ("found undefined alias", "a text cannot begin with *", "put the text in quotes"),
    ("but found another document", "a second record begins here", "put each contract in a file of its own"),
    ("found unknown escape", "a \\ in double quotes begins no known escape", "write it twice, or use single quotes"),
    ("invalid Unicode character", "an escape stands for no character", "write the character itself"),
)
"""What the YAML reader says, what it means, and what helps."""

_JSON_SAYINGS = (
    ("Expecting ',' delimiter", "a comma or a closing bracket is missing here", "put a comma between two entries"),
    ("Expecting ':' delimiter", "no colon follows the field name", 'write "name": "value"'),
    ("Expecting property name", "a field name in double quotes is missing here", 'write "name": "value"'),
    ("Expecting value", "a value is missing here", 'put texts in double quotes: "name": "value"'),
    ("Unterminated string", "a text in quotes is not closed", 'close it with "'),
    ("Invalid control character", "a text in quotes is not closed on its line", 'close it with "'),
    ("Extra data", "the record has ended before this", "remove what follows the last bracket"),
    ("Invalid \\", "a \\ begins no known escape", "write it twice"),
)  # fmt: skip


def read_record(path: Path, name: str | None = None) -> Marked:
    """Read a contract record: YAML (``.yaml``, ``.yml``) or JSON (``.json``)."""
    shown = name or str(path)
    return decode_record(read_bytes(path, MAX_BYTES, InvalidData, shown), shown)


def decode_record(raw: bytes, file: str) -> Marked:
    """Parse the bytes of a record's file and keep them, so that a document can carry them as they were given."""
    return replace(parse_record(decode(raw, Place(file), InvalidData), file), source=raw)


def parse_record(text: str, file: str) -> Marked:
    """Parse YAML or JSON text; JSON is checked by a JSON reader first, then read as the YAML that it is."""
    _check_letters(text, file)
    source = text.encode()
    if file.lower().endswith(".json"):
        _check_json(text, file)
    if text.lstrip().startswith("{"):  # JSON may spell one character as two escapes, which YAML does not know
        text = _SURROGATES.sub(_joined, text)
    try:
        _check_depth(text, file)
        node = _LOADER(text).get_single_node()
    except yaml.reader.ReaderError as fault:
        raise InvalidData.at(*_control_character(text, file, fault)) from fault
    except yaml.MarkedYAMLError as fault:
        raise InvalidData.at(*_explained(text, file, fault)) from fault
    if node is None:
        raise InvalidData.at(Place(file, 1, 1), "is empty", "write a contract record; see: contractgen schema")
    reader = _Reader(file)
    data = reader.value(node, ())
    if reader.problems:
        raise InvalidData(sorted(reader.problems))
    return Marked(file, data, reader.places, reader.names, source)


def _check_letters(text: str, file: str) -> None:
    """Refuse a text that no file of ours could hold: it may come from a program, and not from a file."""
    if len(text) > MAX_BYTES:
        raise InvalidData.at(Place(file), f"is larger than {MAX_BYTES // 2**20} MiB", "split the record")
    try:
        text.encode()
    except UnicodeEncodeError as fault:
        at = Place(file, text.count("\n", 0, fault.start) + 1, fault.start - text.rfind("\n", 0, fault.start))
        raise InvalidData.at(at, "holds half of a character (a lone surrogate)", "remove it") from fault


def _check_json(text: str, file: str) -> None:
    try:
        json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError:
        raise _too_deep(Place(file)) from None
    except json.JSONDecodeError as fault:
        if not text.strip():
            return  # told as an empty record by the caller
        known = ((cause, repair) for mark, cause, repair in _JSON_SAYINGS if fault.msg.startswith(mark))
        cause, repair = next(known, (fault.msg, "correct the line, or the one above"))
        at = fault.pos
        before = text[: at + 1].rstrip("}] \n\t")
        if before.endswith(",") and text[at] in "}],":  # Pythons differ in what they call this and where they see it
            at, cause, repair = len(before) - 1, "a comma stands before the closing bracket", "remove the comma"
        place = Place(file, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
        raise InvalidData.at(place, f"is not valid JSON: {cause}", repair) from fault


def _joined(pair: re.Match[str]) -> str:
    """Join the two escapes of one character into one."""
    high, low = int(pair[1], 16), int(pair[2], 16)
    return f"\\U{0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00:08x}"


def _check_depth(text: str, file: str) -> None:
    """Refuse deep nesting before a tree is built: libyaml builds it recursively and would end the whole process."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        if number > 2 * MAX_NODES:  # a table has two events, a field two scalars
            raise _too_many(_place(file, event.start_mark))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _too_deep(_place(file, event.start_mark))


def _too_deep(place: Place) -> InvalidData:
    return InvalidData.at(place, f"is nested more than {MAX_DEPTH} levels deep", "make the lists and tables flatter")


def _too_many(place: Place) -> InvalidData:
    cause = f"holds more than {MAX_NODES:,} values (what a mark * repeats counts each time)"
    return InvalidData.at(place, cause, "write the values out, without & and *")


def _place(file: str, mark: Any) -> Place:
    return Place(file, mark.line + 1, mark.column + 1)


def _control_character(text: str, file: str, fault: yaml.reader.ReaderError) -> tuple[Place, str, str]:
    """Word the fault of a character that no YAML may hold; its position is told in bytes by the C reader."""
    point = fault.character if isinstance(fault.character, int) else ord(fault.character)
    before = text.partition(chr(point))[0]
    place = Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
    return place, f"holds U+{point:04X}, a control character", "remove that character"


def _explained(text: str, file: str, fault: yaml.MarkedYAMLError) -> tuple[Place, str, str]:
    """Say in plain words what the YAML reader stumbled over, and where the cause of it stands."""
    said = fault.problem or fault.context or ""
    mark = fault.problem_mark or fault.context_mark
    begun = fault.context_mark
    opened = "did not find expected ','" in said or "end of stream" in said or "expected ':'" in said
    if begun is not None and mark is not None and opened and begun.line != mark.line:
        mark = begun
    place = _place(file, mark) if mark else Place(file)
    if "cannot start any token" in said:
        lines = text.split("\n")
        found = lines[mark.line][mark.column : mark.column + 1] if mark and mark.line < len(lines) else ""
        if found == "\t":
            return place, "is not valid YAML: a tab stands where the line is indented", "indent with spaces"
        return place, f"is not valid YAML: a text cannot begin with {found}", "put the text in quotes"
    known = ((cause, repair) for fragment, cause, repair in _YAML_SAYINGS if fragment in said)
    cause, repair = next(known, (said, "correct the line, or the one above"))
    return place, f"is not valid YAML: {cause}", repair


def _has_no_colon(name: yaml.Node, value: yaml.Node) -> bool:
    """Whether a field within braces is a name alone: ``{price: 1,000}`` holds one that is called 000."""
    end, start = name.end_mark, value.start_mark
    return value.value == "" and (end.line, end.column) == (start.line, start.column)


class _Reader:
    """Turns YAML nodes into plain data with strings for scalars, collecting places and problems."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Key, Place] = {}
        self.names: dict[Key, Place] = {}
        self.problems: list[Problem] = []
        self.nodes = 0

    def value(self, node: yaml.Node, key: Key) -> Any:
        place = _place(self.file, node.start_mark)
        self.nodes += 1
        if self.nodes > MAX_NODES or len(key) > MAX_DEPTH:
            if self.nodes > MAX_NODES:
                raise _too_many(place)
            cause = "a mark * repeats a table within itself"
            raise InvalidData.at(place, cause, "write the values out, without & and *")
        self.places[key] = place
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*key, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name_node, value_node in node.value:
            place = _place(self.file, name_node.start_mark)
            if not isinstance(name_node, yaml.ScalarNode):
                self.problems.append(Problem(place, "a field name must be a word", "write name: value"))
                continue
            name = name_node.value
            if node.flow_style and _has_no_colon(name_node, value_node):
                cause = f'a comma has ended the value before "{name}"'
                self.problems.append(Problem(place, cause, "put a text with commas in quotes; write 1000, not 1,000"))
                continue
            path = (*key, name)
            if name in result:
                cause = f'field "{name}" is given twice, first on line {self.names[path].line}'
                self.problems.append(Problem(place, cause, "keep one of the two"))
            self.names.setdefault(path, place)
            result[name] = self.value(value_node, path)
        return result

    @staticmethod
    def _scalar(node: yaml.Node) -> str | None:
        text: str = node.value
        style = getattr(node, "style", None)
        is_plain = not style or style not in "'\"|>"
        return None if is_plain and text in {"", "~", "null"} else text
