"""The ZIP file of a Word package, written by hand: parts in, bytes out, the same on every run.

Python's ``zipfile`` can only pack what it compresses itself. A package has fifteen parts of which four belong to one
document; here a part that is the same in every document is deflated once and copied. Dates, order and rights are fixed.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LEVEL = 1
"""How hard to deflate: markup shrinks to a sixth in a fifth of the time that zlib's usual level takes for a seventh."""

SMALL = 2048
"""Parts below so many bytes are stored as they are: to set a compressor up takes longer than they are worth."""

_DATE = 1 << 5 | 1
"""1 January 1980, the earliest day that a ZIP file can hold."""
_STORED, _DEFLATED, _VERSION, _UNIX = 0, 8, 20, 3
_RIGHTS = 0o644 << 16
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5HL")
_OFFSET = struct.Struct("<L")
_END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class Packed:
    """A part as it lies in the package, and its line in the directory: all but where it lies, and its name."""

    name: bytes
    part: bytes
    line: bytes


def packed(name: str, content: bytes) -> Packed:
    """Deflate one part, unless it is small."""
    named, method, shrunk = name.encode(), _STORED, content
    if len(content) >= SMALL:
        deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        method, shrunk = _DEFLATED, deflate.compress(content) + deflate.flush()
    told = (_VERSION, 0, method, 0, _DATE, zlib.crc32(content), len(shrunk), len(content), len(named), 0)
    line = _CENTRAL.pack(b"PK\1\2", _UNIX << 8 | _VERSION, *told, 0, 0, 0, _RIGHTS)
    return Packed(named, _LOCAL.pack(b"PK\3\4", *told) + named + shrunk, line)


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Return the package of ``parts``, in the given order."""
    return bound(packed(name, content) for name, content in parts.items())


def bound(parts: Iterable[Packed]) -> bytes:
    """Return the package of parts that are deflated already."""
    body: list[bytes] = []
    index: list[bytes] = []
    offset = 0
    for part in parts:
        body.append(part.part)
        index += (part.line, _OFFSET.pack(offset), part.name)
        offset += len(part.part)
    directory = b"".join(index)
    count = len(body)
    return b"".join([*body, directory, _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), offset, 0)])
