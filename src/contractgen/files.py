"""Files in and out: text and TOML with the place of every value; output written whole or not at all.

In: paths. Out: ``Marked`` (plain data plus the place of each path in it; contract records come from ``record_file``).
Raises ``InvalidData`` or the error class that is passed in, with ``file:line:col``.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from contractgen.errors import ContractgenError, InvalidData, OutputError, Place, TemplateFault

Key = tuple[str | int, ...]
"""The path of a value within a file: ``("licences", 0, "annual_fee")``."""

_NUMBERS = count()
"""Of temporary names."""

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 40
"""How deep tables and lists may stand within one another: far more than any file of ours needs."""

_BINARY = (
    (b"\xff\xfe", "is UTF-16 text", "save the file with the encoding UTF-8"),
    (b"\xfe\xff", "is UTF-16 text", "save the file with the encoding UTF-8"),
    (b"PK\x03\x04", "is a packed file (Word, Excel or ZIP), not text", "name a text file"),
    (b"%PDF-", "is a PDF, not text", "name a text file"),
)
_TOML_SAYINGS = (
    ("Cannot overwrite a value", "this key is given twice", "keep one of the two"),
    ("Duplicate inline table key", "this key is given twice", "keep one of the two"),
    ("Cannot declare", "this table is given twice", "keep one of the two"),
    ("Cannot mutate", "this table is already closed", "write its keys in one place"),
    ("Unterminated string", "a text in quotes is not closed", "close it with the same mark"),
    ("Illegal character", "a text in quotes is not closed on its line", "close it with the same mark"),
    (
        "Unescaped '\\'",
        "a \\ in double quotes begins an escape that does not exist",
        "write it twice, or use single quotes",
    ),
    ("Unclosed array", "a [ is not closed, or a comma is missing", 'write ["one", "two"]'),
    ("Unclosed inline table", "a { is not closed, or a comma is missing", 'write { name = "value" }'),
    ("Invalid value", "this is no value", 'put texts in quotes: name = "value"'),
    ("Expected '='", "a = is missing after the key", 'write name = "value"'),
    ("Expected newline", "the line goes on after its value", "put each key on a line of its own"),
)
"""What tomllib says, what it means, and what helps."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Plain data read from a file, where each part of it stands, and where the name of each field stands.

    ``source`` is the file itself, byte for byte, where it is a contract record; empty for data that came otherwise, or
    that is no longer what the file says.
    """

    file: str
    data: Any
    places: Mapping[Key, Place] = field(repr=False, default_factory=dict)
    names: Mapping[Key, Place] = field(repr=False, default_factory=dict)
    source: bytes = field(repr=False, compare=False, default=b"")

    def place(self, *key: str | int) -> Place:
        """Return where ``key`` stands, or its nearest existing parent; the file where none of them is there."""
        path: Key = key if self.places else ()
        while path:
            if path in self.places:
                return self.places[path]
            path = path[:-1]
        return Place(self.file) if key else self.places.get((), Place(self.file))

    def name_place(self, *key: str | int) -> Place:
        """Return where the name of the field at ``key`` stands."""
        return self.names.get(key) or (self.place(*key) if key else Place(self.file))


def read_text(path: Path, error: type[ContractgenError] = InvalidData, name: str | None = None) -> str:
    """Read a UTF-8 file of at most 4 MiB; a byte order mark is dropped, line ends are newlines."""
    return decode(read_bytes(path, MAX_BYTES, error, name), Place(name or str(path)), error)


def read_bytes(path: Path, limit: int, error: type[ContractgenError] = InvalidData, name: str | None = None) -> bytes:
    """Read the bytes of a file; of one that is larger than ``limit``, ``limit`` + 1 of them and no more."""
    try:
        with path.open("rb") as stream:
            return stream.read(limit + 1)
    except OSError as fault:
        cause, repair = _reading_fault(fault)
        raise error.at(Place(name or str(path)), cause, repair) from fault


def _reading_fault(fault: OSError) -> tuple[str, str]:
    match fault:
        case FileNotFoundError() | NotADirectoryError():
            return "does not exist", "check the path"
        case IsADirectoryError():
            return "is a folder, not a file", "name a file in it"
        case PermissionError():
            return "may not be read", "ask for the right to read it"
        case _:
            return f"cannot be read: {fault.strerror}", "check the path"


def decode(raw: bytes, place: Place, error: type[ContractgenError]) -> str:
    """Decode UTF-8 bytes, naming line and column of the first byte that is not."""
    if len(raw) > MAX_BYTES:
        raise error.at(place, f"is larger than {MAX_BYTES // 2**20} MiB", "split the file")
    for mark, cause, repair in _BINARY:
        if raw.startswith(mark):
            raise error.at(place, cause, repair)
    if b"\0" in raw:
        at = _at_byte(raw, raw.index(b"\0"), place)
        raise error.at(at, "holds a NUL byte, as no text does", "remove it, or name a text file")
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as fault:
        at = _at_byte(raw, fault.start, place)
        raise error.at(at, "is not UTF-8 text", "save the file with the encoding UTF-8") from fault


def _at_byte(raw: bytes, index: int, place: Place) -> Place:
    """Return line and column (in characters) of the byte at ``index``."""
    before = raw[:index].decode("utf-8-sig", "replace")
    return Place(place.file, before.count("\n") + 1, len(before) - before.rfind("\n"))


def read_toml(path: Path, error: type[ContractgenError] = TemplateFault, name: str | None = None) -> Marked:
    """Read a TOML file; ``name`` is how messages call it."""
    shown = name or str(path)
    return parse_toml(read_text(path, error, shown), shown, error)


def parse_toml(text: str, file: str, error: type[ContractgenError] = TemplateFault, first_line: int = 1) -> Marked:
    """Parse TOML ``text`` that begins at ``first_line`` of ``file``."""
    from contractgen.positions import toml_places  # noqa: PLC0415  (tree-sitter is loaded when needed)

    try:
        return Marked(file, tomllib.loads(text), toml_places(text, file, first_line))
    except RecursionError:
        raise error.at(Place(file), "is nested too deeply", "make the lists and tables flatter") from None
    except ValueError as fault:  # tomllib's own error, or a number of thousands of digits
        line, column = toml_fault_position(str(fault), text)
        said = str(fault).split(" (at ")[0]
        known = ((cause, repair) for mark, cause, repair in _TOML_SAYINGS if said.startswith(mark))
        cause, repair = next(known, (said, "correct the line, or the one above"))
        if "twice" in cause:  # told at the end of its line
            written = text.split("\n")[line - 1]
            column = len(written) - len(written.lstrip()) + 1
        raise error.at(Place(file, line + first_line - 1, column), f"is not valid TOML: {cause}", repair) from fault


def toml_fault_position(message: str, text: str) -> tuple[int, int]:
    """Take line and column out of tomllib's message ``… (at line 3, column 4)``; else the end of the text."""
    tail = message.rpartition("(at ")[2].rstrip(")")
    numbers = [int(word) for word in tail.replace(",", " ").split() if word.isdigit()]
    if len(numbers) == 2:  # noqa: PLR2004
        return numbers[0], numbers[1]
    last = text.rstrip("\n")
    return last.count("\n") + 1, len(last) - last.rfind("\n")


def write_whole(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` by a temporary name and a rename, so that no half-written file is ever seen."""
    put_in_place(write_aside(path, content), path)


def write_aside(path: Path, content: bytes, name: str = "") -> Path:
    """Write ``content`` beside ``path`` under a temporary name that begins with ``name``; return the temporary path."""
    if os.path.exists(path) and not path.is_file():  # noqa: PTH110  (fast)
        what = "a folder" if path.is_dir() else "a device"
        raise OutputError.at(
            Place(str(path)), f"cannot be written: it is {what}", "name a file, or - for standard output"
        )
    folder = str(path.parent)
    begin = name or f".{path.name[:40]}."
    temporary = os.path.join(folder, f"{begin}{os.getpid()}-{next(_NUMBERS)}")  # noqa: PTH118  (fast)
    try:
        handle = _opened(temporary, folder)
    except OSError as fault:
        raise _writing_fault(path, fault) from fault
    try:
        try:
            _write(handle, content)
        finally:
            os.close(handle)
    except BaseException as fault:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(fault, OSError):
            raise _writing_fault(path, fault) from fault
        raise
    return Path(temporary)


def put_in_place(temporary: Path, path: Path) -> None:
    """Give a file that was written aside its own name; where that fails it is removed."""
    try:
        os.replace(temporary, path)  # noqa: PTH105  (fast)
    except BaseException as fault:
        temporary.unlink(missing_ok=True)
        if isinstance(fault, OSError):
            raise _writing_fault(path, fault) from fault
        raise


def _write(handle: int, content: bytes) -> None:
    """Write all of ``content`` to an open file; the system may take it in pieces."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _opened(name: str, folder: str) -> int:
    """Open a new file for writing, in a folder that is made if it is not there."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return os.open(name, flags, 0o666)  # the system takes off what the user's mask forbids
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        return os.open(name, flags, 0o666)


def _writing_fault(path: Path, fault: OSError) -> OutputError:
    blocking = next((parent for parent in path.parents if parent.is_file()), None)
    if blocking is not None:
        cause, repair = f"{blocking} is a file, not a folder", "choose another folder"
    elif isinstance(fault, PermissionError):
        cause, repair = "the folder may not be written to", "choose a folder that you may write to"
    else:
        cause, repair = str(fault.strerror), "choose another output path"
    return OutputError.at(Place(str(path)), f"cannot be written: {cause}", repair)


def to_json(data: Any) -> str:
    """Print data as JSON for people and programs: indented, Unicode kept, keys in given order."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
