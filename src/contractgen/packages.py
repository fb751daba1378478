"""A packed Office file (DOCX, any OOXML), read as if an enemy had made it.

In: a path or bytes, and how messages call the file. Out: ``Package``: the parts by name, each unpacked within limits,
the XML among them known to be plain UTF-8 without a document type. Nothing is fetched and nothing is written. Every
refusal is a ``Problem`` with the file and the part as its place; all that can be found are told at once, by
``InvalidData`` or the error class that is passed in.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from xml.etree import ElementTree as ET

from contractgen.errors import ContractgenError, InvalidData, Place, Problem
from contractgen.files import read_bytes
from contractgen.packages_parts import Relationship, active_content, external_targets, relations_of, xml_fault

MAX_PACKED = 32 * 2**20
MAX_ENTRIES = 2_000
MAX_PART = 48 * 2**20
MAX_UNPACKED = 96 * 2**20
MAX_RATIO = 200
"""How many times its packed size a part may have; the text of a contract has 5 to 20."""
SMALL = 2**20
"""Bytes below which a part may be packed as tightly as it likes: an empty form shrinks further than any text."""
CONTENT_TYPES = "[Content_Types].xml"
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1 | 0x40
_NAME = re.compile(r"[A-Za-z0-9_.~!$&'()*+,;=@%\[\] -]+(/[A-Za-z0-9_.~!$&'()*+,;=@%\[\] -]+)*")
_LENGTH = 250
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "is an old Office file (.doc), or one locked with a password", "save it as .docx, unlocked"),
    (b"%PDF-", "is a PDF, not a packed Office file", "name a .docx file"),
    (b"{\\rtf", "is a file of Rich Text, not a packed Office file", "save it as .docx"),
)
_SAVE_AGAIN = "open it in Word or LibreOffice and save it as .docx once more"
_NOT_TRUSTED = "do not use this file; ask its sender for one saved by Word or LibreOffice"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What reading a faulty or locked archive may raise."""


@dataclass(frozen=True, slots=True)
class Package:
    """An unpacked Office file: its parts by name, in the order of the archive."""

    file: str
    parts: Mapping[str, bytes] = field(repr=False)
    error: type[ContractgenError] = InvalidData

    def place(self, part: str) -> Place:
        """Return the place of a part, for messages."""
        return part_place(self.file, part)

    def part(self, name: str) -> bytes:
        """Return the bytes of a part; raises where there is none of that name."""
        if name not in self.parts:
            raise self.error.at(self.place(name), "this part of the file is missing", _SAVE_AGAIN)
        return self.parts[name]

    def xml(self, name: str) -> ET.Element:
        """Return a part as a tree of elements; raises where there is none of that name."""
        return ET.fromstring(self.part(name))  # noqa: S314  (no document type, so no entities: see read_package)

    def relations(self, part: str = "") -> tuple[Relationship, ...]:
        """Return what a part refers to; "" is the package itself."""
        return relations_of(self.parts, part)

    def main(self) -> str:
        """Return the name of the part that the package opens with (``word/document.xml``)."""
        for relation in self.relations():
            if relation.kind == "officeDocument" and relation.target in self.parts:
                return relation.target
        raise self.error.at(Place(self.file), "does not say which of its parts is the document", _SAVE_AGAIN)


def part_place(file: str, part: str) -> Place:
    """Return the place of a part within a packed file: ``house.docx!word/header1.xml``."""
    return Place(f"{file}!{shown(part)}") if part else Place(file)


def shown(name: str) -> str:
    """Return the name of a part as a message can show it: no control characters, not too long."""
    plain = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in name)
    return plain if len(plain) <= 80 else f"{plain[:77]}…"  # noqa: PLR2004


def read_package(source: Path | bytes, file: str = "", error: type[ContractgenError] = InvalidData) -> Package:
    """Read a packed Office file.

    ``file``: how messages call it (the path, where none is given). Raises ``error`` for what is no such file, for more
    than it may hold (32 MiB packed, 96 MiB unpacked, 2,000 parts), names that lead out of the package or stand twice,
    locked parts, macros, ActiveX and embedded programs, anything outside the file that would be fetched, and XML with a
    document type, another encoding than UTF-8, or faults.
    """
    if isinstance(source, Path):
        file = file or str(source)
        raw = read_bytes(source, MAX_PACKED, error, file)
    else:
        file, raw = file or "package", source
    _is_archive(raw, file, error)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
            _raise(error, [*_crowd(entries, file), *_names(entries, file)])
            parts = _unpacked(archive, entries, file, error)
    except _BROKEN as fault:
        cause = f"is damaged, or no packed file at all: {fault or type(fault).__name__}"
        raise error.at(Place(file), cause, _SAVE_AGAIN) from fault
    _raise(error, _contents(parts, file))
    return Package(file, MappingProxyType(parts), error)


def _raise(error: type[ContractgenError], problems: list[Problem]) -> None:
    if problems:
        raise error(problems)


def _is_archive(raw: bytes, file: str, error: type[ContractgenError]) -> None:
    if len(raw) > MAX_PACKED:
        raise error.at(Place(file), f"is larger than {MAX_PACKED // 2**20} MiB", "take large pictures out of it")
    for mark, cause, repair in _OTHERS:
        if raw.startswith(mark):
            raise error.at(Place(file), cause, repair)
    if not raw.startswith(b"PK\x03\x04"):
        # something before the archive is how one file is made to be two things to two readers
        raise error.at(Place(file), "is no packed Office file", "name a .docx file")


def _crowd(entries: list[zipfile.ZipInfo], file: str) -> Iterator[Problem]:
    if len(entries) > MAX_ENTRIES:
        yield Problem(Place(file), f"holds {len(entries):,} parts; {MAX_ENTRIES:,} are allowed", _NOT_TRUSTED)
    total = sum(entry.file_size for entry in entries)
    if total > MAX_UNPACKED:
        cause = f"says that it unpacks to {total // 2**20:,} MiB; {MAX_UNPACKED // 2**20} MiB are allowed"
        yield Problem(Place(file), cause, _NOT_TRUSTED)


def _names(entries: list[zipfile.ZipInfo], file: str) -> Iterator[Problem]:
    """Yield what is wrong with the list of parts: each entry of the archive is looked at before any is unpacked."""
    seen: dict[str, str] = {}
    for entry in entries[:MAX_ENTRIES]:
        name = entry.orig_filename
        place = part_place(file, name)
        cause = _name_fault(name) or _entry_fault(entry)
        if cause:
            yield Problem(place, cause, _NOT_TRUSTED)
        elif name.casefold() in seen:
            yield Problem(place, f"stands twice in the file (also as {shown(seen[name.casefold()])})", _NOT_TRUSTED)
        seen[name.casefold()] = name


def _name_fault(name: str) -> str:
    steps = name.removesuffix("/").split("/")
    if "\0" in name:
        return "its name holds a NUL byte"
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        return "its name is a path from the root of a disk"
    if ".." in steps or "." in steps or "\\" in name:
        return "its name leads out of the package"
    if len(name) > _LENGTH or not _NAME.fullmatch(name.removesuffix("/")):
        return "its name is none that a part of an Office file can have"
    return ""


def _entry_fault(entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & _ENCRYPTED:
        return "is locked with a password"
    if entry.compress_type not in _METHODS:
        return f"is packed by method {entry.compress_type}, which no Office program uses"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a link to another file"
    if entry.filename.endswith("/") and entry.file_size:
        return "is a folder with contents of its own"
    if entry.file_size > MAX_PART:
        return f"says that it unpacks to {entry.file_size // 2**20:,} MiB; {MAX_PART // 2**20} MiB are allowed"
    if entry.file_size > SMALL and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        return f"unpacks to more than {MAX_RATIO} times its size, as no document does"
    return ""


def _unpacked(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], file: str, error: type[ContractgenError]
) -> dict[str, bytes]:
    """Unpack every part; what an entry says of its size is not believed."""
    parts: dict[str, bytes] = {}
    left = MAX_UNPACKED
    for entry in entries:
        if entry.filename.endswith("/"):
            continue
        try:
            with archive.open(entry) as stream:
                content = stream.read(entry.file_size + 1)
        except _BROKEN as fault:
            cause = f"is damaged: {fault or type(fault).__name__}"
            raise error.at(part_place(file, entry.filename), cause, _SAVE_AGAIN) from fault
        left -= len(content)
        if len(content) != entry.file_size or left < 0:
            cause = "does not unpack to the size that the file says"
            raise error.at(part_place(file, entry.filename), cause, _NOT_TRUSTED)
        parts[entry.filename] = content
    return parts


def _contents(parts: dict[str, bytes], file: str) -> list[Problem]:
    """Return what is wrong within the parts: their XML first, because all the rest is read from it."""
    if CONTENT_TYPES not in parts:
        return [Problem(Place(file), f"is a packed file, but no Office file: it has no {CONTENT_TYPES}", _SAVE_AGAIN)]
    faults = [
        Problem(part_place(file, name), cause, repair)
        for name, content in parts.items()
        if name.lower().endswith((".xml", ".rels", ".vml")) or content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
        for cause, repair in xml_fault(content)
    ]
    if faults:
        return faults
    found = [*active_content(parts), *external_targets(parts)]
    return [Problem(part_place(file, name), cause, repair) for name, cause, repair in found]
