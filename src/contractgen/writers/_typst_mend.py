"""Text that is copied from a PDF made by Typst: in the bytes of the file, out the same file with words as written.

Joiners, non-joiners and isolates have no glyph. The engine adds them to the letter before them, so that they would be
copied, and a search for a Korean word would not find it. Here they are taken out of the maps from glyphs to letters and
out of the texts beside the glyphs; such a text that says no more than its glyph goes, for readers part words round it.
The ligature of lam and alef becomes one letter. Nothing that is seen changes. Raises ``OutputError`` for a file that is
not built as the engine builds it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from contractgen.errors import OutputError, Place
from contractgen.writers.pdf_text import as_one_letter

_SILENT = frozenset([b"200C", b"2060", b"2066", b"2067", b"2068", b"2069"])
_MAPPED = re.compile(rb"(<([0-9A-F]{4})> <)((?:[0-9A-F]{4})+)>")
_SPOKEN = re.compile(
    rb"/Span<</ActualText(<FEFF[0-9A-F]*>|\((?:\\.|[^\\)])\))>>BDC"
    rb"(?:((?:/ReversedChars BMC)? 0 Tr/(f\d+) [\d.]+ Tf [-\d. ]+Tm"
    rb"(\((?:\\\d{3}|\\.|[^\\]){2}\)|<[0-9A-F]{4}>)Tj(?:\nEMC)?)\nEMC)?",
    re.DOTALL,
)
"""A text beside glyphs, and the glyph if it is only one."""

_ESCAPES = {b"n": 10, b"r": 13, b"t": 9, b"b": 8, b"f": 12}
_STREAM = re.compile(rb"<</Length (\d+)([^\n]*/FlateDecode[^\n]*)>>\nstream\n")
_PAGE = re.compile(rb"/Type/Page/Resources (\d+) 0 R[^\n]*/Contents (\d+) 0 R")
_FONT = re.compile(rb"/(f\d+) (\d+) 0 R")
_TO_UNICODE = re.compile(rb"/ToUnicode (\d+) 0 R")
_ENTRY = 20
"""Bytes of a line of the table that says where each object begins."""

_KEPT = 4096
"""Texts and glyphs that are remembered: the letters of one house are the same in every document."""

Letters = Mapping[bytes, bytes]
"""What each glyph of a font is copied as, both in hexadecimal digits."""


def mended(content: bytes) -> bytes:
    """Return the file with letters that are copied as they were written, and rows that are rows as any other."""
    # The rows that end a table are written as its foot, for only that stays on one page; one of them is no sum.
    content = content.replace(b"/S/TFoot", b"/S/TBody")
    table = int(content[content.rindex(b"startxref") + 10 :].split(maxsplit=1)[0])
    title, size, entries = content[table:].split(b"\n", 2)
    count = int(size.split()[1])
    trailer = entries[count * _ENTRY :]
    if title != b"xref" or not trailer.startswith(b"trailer"):
        raise _unknown()
    places = sorted((int(entries[_ENTRY * number :][:10]), number) for number in range(1, count))
    parts = {number: content[place:end] for (place, number), (end, _) in pairwise([*places, (table, 0)])}
    _mend(parts)
    lines, at = [entries[:_ENTRY]] * count, places[0][0]
    for _, number in places:
        lines[number] = b"%010d 00000 n\r\n" % at
        at += len(parts[number])
    last = trailer[: trailer.rindex(b"startxref")] + b"startxref\n%d\n%%%%EOF" % at
    return b"".join([content[: places[0][0]], *parts.values(), title, b"\n", size, b"\n", *lines, last])


def _mend(parts: dict[int, bytes]) -> None:
    """Change maps and pages among the objects of a file."""
    maps: dict[int, Letters] = {}
    for number, part in parts.items():
        if found := _TO_UNICODE.search(part):
            place = int(found[1])
            text = _MAPPED.sub(_heard_mapping, _unpacked(parts[place]))
            parts[place] = _packed(parts[place], text)
            maps[number] = {glyph: letters for _, glyph, letters in _MAPPED.findall(text)}
    for part in list(parts.values()):
        if found := _PAGE.search(part):
            fonts = {name: maps[int(font)] for name, font in _FONT.findall(parts[int(found[1])]) if int(font) in maps}
            place = int(found[2])
            parts[place] = _packed(parts[place], _page(_unpacked(parts[place]), fonts))


def _unpacked(part: bytes) -> bytes:
    """Return the stream of an object."""
    found = _STREAM.search(part)
    if not found:
        raise _unknown()
    return zlib.decompress(part[found.end() : found.end() + int(found[1])])


def _packed(part: bytes, text: bytes) -> bytes:
    """Return an object with another stream."""
    found = _STREAM.search(part)
    if not found:
        raise _unknown()
    packed = zlib.compress(text, 3)
    head = part[: found.start()] + b"<</Length %d%s>>\nstream\n" % (len(packed), found[2])
    return head + packed + part[found.end() + int(found[1]) :]


def _page(text: bytes, fonts: Mapping[bytes, Letters]) -> bytes:
    """Return what a page paints, with the texts beside its glyphs as they are to be copied."""

    def shown(found: re.Match[bytes]) -> bytes:
        said, drawn, font, glyph = found.groups()
        letters = _said(said)
        if drawn and fonts.get(font, {}).get(_digits(glyph)) == letters:
            return bytes(drawn)
        return b"/Span<</ActualText<FEFF%b>>>BDC%b" % (letters, found[0][found.end(1) + 5 - found.start() :])

    return _SPOKEN.sub(shown, text)


@lru_cache(maxsize=_KEPT)
def _said(text: bytes) -> bytes:
    """Return the letters of a text beside a glyph, as they are to be copied."""
    return _heard(text[5:-1] if text.startswith(b"<FEFF") else b"%04X" % _unquoted(text)[0])


@lru_cache(maxsize=_KEPT)
def _digits(glyph: bytes) -> bytes:
    """Return a string of a page in hexadecimal digits."""
    return glyph[1:-1] if glyph.startswith(b"<") else _unquoted(glyph).hex().upper().encode()


def _unquoted(quoted: bytes) -> bytes:
    """Return what a string in brackets stands for."""
    return re.sub(rb"\\(\d{3}|.)", _unescaped, quoted[1:-1], flags=re.DOTALL)


def _unescaped(found: re.Match[bytes]) -> bytes:
    said = found[1]
    return bytes([int(said, 8) if said.isdigit() else _ESCAPES.get(said, said[0])])


def _heard_mapping(found: re.Match[bytes]) -> bytes:
    return b"%b%b>" % (found[1], _heard(found[3]))


@lru_cache(maxsize=_KEPT)
def _heard(letters: bytes) -> bytes:
    """Return letters without those that are silent, unless nothing else is left; lam and alef as one."""
    each = [letters[at : at + 4] for at in range(0, len(letters), 4)]
    heard = b"".join(letter for letter in each if letter not in _SILENT) or letters
    return as_one_letter(b"<> <" + heard + b">")[4:-1].upper()


def _unknown() -> OutputError:
    cause = "the engine builds its files otherwise than expected"
    return OutputError.at(Place("PDF by Typst"), cause, "use the version of typst that constraints.txt names")
