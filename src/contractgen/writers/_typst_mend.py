"""Text that is copied from a PDF made by Typst: in the bytes of the file, out the same file with words as written.

Joiners and isolates have no glyph. The engine adds them to the letter before them, so that they would be copied, and a
search for a Korean word would not find it. Here they are taken out of the maps from glyphs to letters and out of the
texts beside the glyphs; the ligature of lam and alef becomes one letter. Nothing that is seen changes. Raises
``OutputError`` for a file that is not built as the engine builds it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from itertools import pairwise

from contractgen.errors import OutputError, Place
from contractgen.writers.pdf_text import as_one_letter

_SILENT = frozenset([b"2060", b"2066", b"2067", b"2068", b"2069"])
_MAPPED = re.compile(rb"(<[0-9A-F]{4}> <)((?:[0-9A-F]{4}){2,})>")
_SPOKEN = re.compile(rb"/ActualText<FEFF((?:[0-9A-F]{4})*)>")
_STREAM = re.compile(rb"<</Length (\d+)([^\n]*/FlateDecode[^\n]*)>>\nstream\n")
_CONTENTS = re.compile(rb"/Contents (\d+) 0 R")
_MAP, _HEAD = b"/Type/CMap", 120
_ENTRY = 20
"""Bytes of a line of the table that says where each object begins."""


def mended(content: bytes) -> bytes:
    """Return the file with letters that are copied as they were written."""
    table = int(content[content.rindex(b"startxref") + 10 :].split(maxsplit=1)[0])
    title, size, entries = content[table:].split(b"\n", 2)
    count = int(size.split()[1])
    trailer = entries[count * _ENTRY :]
    if title != b"xref" or not trailer.startswith(b"trailer"):
        raise _unknown()
    places = sorted((int(entries[_ENTRY * number :][:10]), number) for number in range(1, count))
    pages = {int(found) for found in _CONTENTS.findall(content)}
    parts, moved = [content[: places[0][0]]], [b""] * count
    at = len(parts[0])
    for (place, number), (end, _) in pairwise([*places, (table, 0)]):
        part = content[place:end]
        if number in pages:
            part = _changed(part, _page)
        elif _MAP in part[:_HEAD]:
            part = _changed(part, _map)
        moved[number] = b"%010d 00000 n\r\n" % at
        parts.append(part)
        at += len(part)
    moved[0] = entries[:_ENTRY]
    last = trailer[: trailer.rindex(b"startxref")] + b"startxref\n%d\n%%%%EOF" % at
    return b"".join([*parts, title, b"\n", size, b"\n", *moved, last])


def _changed(part: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Return an object with its compressed stream changed."""
    found = _STREAM.search(part)
    if not found:
        raise _unknown()
    before = zlib.decompress(part[found.end() : found.end() + int(found[1])])
    after = change(before)
    if after == before:
        return part
    packed = zlib.compress(after, 6)
    head = part[: found.start()] + b"<</Length %d%s>>\nstream\n" % (len(packed), found[2])
    return head + packed + part[found.end() + int(found[1]) :]


def _page(lines: bytes) -> bytes:
    return _SPOKEN.sub(lambda found: b"/ActualText<FEFF" + _heard(found[1]) + b">", lines)


def _map(lines: bytes) -> bytes:
    return _MAPPED.sub(lambda found: as_one_letter(found[1] + _heard(found[2]) + b">"), lines)


def _heard(letters: bytes) -> bytes:
    """Return letters without those that are silent, unless nothing else is left."""
    heard = b"".join(letters[at : at + 4] for at in range(0, len(letters), 4) if letters[at : at + 4] not in _SILENT)
    return heard or letters


def _unknown() -> OutputError:
    cause = "the engine builds its files otherwise than expected"
    return OutputError.at(Place("PDF by Typst"), cause, "use the version of typst that constraints.txt names")
