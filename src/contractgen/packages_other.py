"""JSON, PDF and compressed data from strangers, read within limits before any library sees them.

In: bytes or text, and the place that messages name. Out: plain data, or the same bytes found harmless. Raises
``InvalidData`` or the error class that is passed in.
"""

from __future__ import annotations

import json
import re
import zlib
from typing import Any, NoReturn

from contractgen.errors import ContractgenError, InvalidData, Place
from contractgen.files import MAX_DEPTH, decode

MAX_PDF = 32 * 2**20
MAX_STREAM = 48 * 2**20
MAX_STREAMS = 192 * 2**20
"""Bytes to which one stream of a PDF, and all of them together, may unpack."""
MAX_DIGITS = 400
"""Digits of one number in JSON: more are refused before Python spends its time on them."""

_STREAM = re.compile(rb"stream\r?\n")
_TWICE_PACKED = re.compile(rb"/Filter\s*\[[^\]]*(?:Flate|LZW|RunLength)[^\]]*(?:Flate|LZW|RunLength|/Fl\b)[^\]]*\]")
_AGAIN = "take the file as it was made, or make it again"


def parse_json(source: bytes | str, place: Place, error: type[ContractgenError] = InvalidData) -> Any:
    """Return JSON as plain data.

    Refused: more than 4 MiB, more than 40 levels, a key given twice, numbers that are none (``NaN``) or endless, and
    halves of surrogate pairs, which no file can hold.
    """
    text = decode(source, place, error) if isinstance(source, bytes) else source
    _within_depth(text, place, error)

    def number(digits: str) -> int | float:
        if len(digits) > MAX_DIGITS:
            raise error.at(place, f"holds a number of {len(digits):,} digits", _AGAIN)
        return int(digits) if re.fullmatch(r"-?\d+", digits) else float(digits)

    def constant(name: str) -> NoReturn:
        raise error.at(place, f"holds {name}, which is no number", _AGAIN)

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise error.at(place, f'the key "{twice[:60]}" is given twice', "keep one of the two")
        return found

    try:
        data = json.loads(text, object_pairs_hook=table, parse_int=number, parse_float=number, parse_constant=constant)
        json.dumps(data, ensure_ascii=False).encode()
    except json.JSONDecodeError as fault:
        at = Place(place.file, fault.lineno, fault.colno)
        raise error.at(at, f"is not valid JSON: {fault.msg}", _AGAIN) from fault
    except UnicodeEncodeError as fault:
        raise error.at(place, "holds half of a character (a lone surrogate)", _AGAIN) from fault
    return data


def _within_depth(text: str, place: Place, error: type[ContractgenError]) -> None:
    """Refuse what is nested too deeply, before the parser descends into it."""
    depth = 0
    for mark in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text, re.DOTALL):
        if mark[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise error.at(place, f"is nested more than {MAX_DEPTH} levels deep", "make it flatter")
        elif mark[0] in "]}":
            depth -= 1


def check_pdf(raw: bytes, place: Place, error: type[ContractgenError] = InvalidData) -> bytes:
    """Return ``raw`` if it is a PDF that can be opened without danger.

    Refused: what is no PDF, more than 32 MiB, a locked file, streams that unpack to more than they may (a library
    unpacks some of them on opening), streams packed twice over.
    """
    if not raw.startswith(b"%PDF-"):
        raise error.at(place, "is not a PDF", "name a .pdf file")
    if len(raw) > MAX_PDF:
        raise error.at(place, f"is larger than {MAX_PDF // 2**20} MiB", _AGAIN)
    if re.search(rb"/Encrypt\s*(\d+\s+\d+\s+R|<<)", raw):
        raise error.at(place, "is locked with a password", "take the file without a password")
    if _TWICE_PACKED.search(raw):
        raise error.at(place, "holds data that is packed twice over, as no document does", _AGAIN)
    left, view = MAX_STREAMS, memoryview(raw)
    for mark in _STREAM.finditer(raw):
        left -= len(_head_of(view[mark.end() :], min(MAX_STREAM, left), place, error))
    return raw


def _head_of(packed: memoryview, limit: int, place: Place, error: type[ContractgenError]) -> bytes:
    """Return what a stream that begins here unpacks to; nothing where it is not packed."""
    try:
        return inflate(packed, limit, place, error)
    except zlib.error:
        return b""


def inflate(packed: bytes | memoryview, limit: int, place: Place, error: type[ContractgenError] = InvalidData) -> bytes:
    """Unpack zlib data to at most ``limit`` bytes; raises ``error`` for more, ``zlib.error`` for what is not packed."""
    found = zlib.decompressobj().decompress(packed, limit + 1)
    if len(found) > limit:
        raise error.at(place, f"holds data that unpacks to more than {limit // 2**20:,} MiB", _AGAIN)
    return found
