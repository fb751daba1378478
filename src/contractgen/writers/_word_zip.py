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
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class Packed:
    """A part as it lies in the package."""

    name: bytes
    checksum: int
    size: int
    method: int
    content: bytes


def packed(name: str, content: bytes) -> Packed:
    """Deflate one part, unless it is small."""
    named, checksum, size = name.encode(), zlib.crc32(content), len(content)
    if size < SMALL:
        return Packed(named, checksum, size, _STORED, content)
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Packed(named, checksum, size, _DEFLATED, deflate.compress(content) + deflate.flush())


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Return the package of ``parts``, in the given order."""
    return bound(packed(name, content) for name, content in parts.items())


def bound(parts: Iterable[Packed]) -> bytes:
    """Return the package of parts that are deflated already."""
    body: list[bytes] = []
    index: list[bytes] = []
    offset = 0
    for part in parts:
        sizes = (part.checksum, len(part.content), part.size)
        head = _LOCAL.pack(b"PK\3\4", _VERSION, 0, part.method, 0, _DATE, *sizes, len(part.name), 0)
        body += (head, part.name, part.content)
        made_by = _UNIX << 8 | _VERSION
        entry = (made_by, _VERSION, 0, part.method, 0, _DATE, *sizes, len(part.name), 0, 0, 0, 0, _RIGHTS, offset)
        index += (_CENTRAL.pack(b"PK\1\2", *entry), part.name)
        offset += len(head) + len(part.name) + len(part.content)
    directory = b"".join(index)
    count = len(index) // 2
    return b"".join([*body, directory, _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), offset, 0)])
