"""Attachments taken out of finished files, whoever made or changed them: in bytes and a name, out contents.

Each function returns the contents of all attachments of that name, so that a caller sees when there are two. Files may
be hostile: a packed part is never unpacked beyond ``MAX_CONTENT``, XML with declarations of its own is refused, and no
address is followed. Raises ``InvalidData`` for a file that cannot be read.
"""

from __future__ import annotations

import base64
import binascii
import io
import zlib
from html.parser import HTMLParser
from typing import Any

from contractgen.errors import InvalidData, OutputError, Place
from contractgen.packages import read_package
from contractgen.packages_other import check_pdf, inflate
from contractgen.writers._word_parts import NAMESPACE

MAX_CONTENT = 8 * 1024 * 1024
"""The largest attachment: a record has at most 4 MiB."""

_REPAIR = "ask for the document as it was issued"


def too_large(file: str) -> InvalidData:
    """Return the error for an attachment beyond all measure."""
    return InvalidData.at(Place(file), f"carries more than {MAX_CONTENT // 2**20} MiB of data", _REPAIR)


# ------------------------------------------------------------------------------------------------------------ HTML


def from_html(content: bytes, file: str, name: str) -> list[bytes]:
    """Return the script blocks of a page whose id is ``name``."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise InvalidData.at(Place(file), "is not UTF-8 text", _REPAIR) from fault
    reader = _Scripts(name)
    reader.feed(text)
    reader.close()
    if any(len(block) > MAX_CONTENT for block in reader.blocks):
        raise too_large(file)
    if reader.unfinished:
        raise InvalidData.at(Place(file), "is cut off within its carried data", _REPAIR)
    return [block.encode() for block in reader.blocks]


class _Scripts(HTMLParser):
    """Gathers the words of script blocks with one id."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name = name
        self.blocks: list[str] = []
        self.unfinished = False
        self._parts: list[str] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Begin a block."""
        if tag == "script" and dict(attributes).get("id") == self.name:
            self._parts = []
            self.unfinished = True

    def handle_data(self, data: str) -> None:
        """Take the words within a block."""
        if self._parts is not None:
            self._parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        """End a block."""
        if tag == "script" and self._parts is not None:
            self.blocks.append("".join(self._parts))
            self._parts, self.unfinished = None, False


# ------------------------------------------------------------------------------------------------------------- PDF


def from_pdf(content: bytes, file: str, name: str) -> list[bytes]:
    """Return the attached files of a PDF whose name is ``name``."""
    try:
        import pikepdf  # noqa: PLC0415  (documents are made without it)
    except ImportError as fault:
        raise OutputError.at(Place("pikepdf"), "is not installed", "pip install 'contractgen[verify]'") from fault
    check_pdf(content, Place(file))
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as pdf:
            return [_inflated(item, file, name) for item in _attached(pdf, name)]
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError, LookupError, AttributeError) as fault:
        said = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
        raise InvalidData.at(Place(file), f"cannot be read as PDF: {said}", _REPAIR) from fault


def _attached(pdf: Any, name: str) -> list[Any]:
    """Return the streams that the document lists under ``name`` in its tree of embedded files."""
    return [one.get_file().obj for one in pdf.attachments.values() if str(one.filename) == name]


def _inflated(stream: Any, file: str, name: str) -> bytes:
    """Unpack a stream up to the limit; only the usual packing is known, so that no other can burst."""
    raw = bytes(stream.read_raw_bytes())
    packing = stream.get("/Filter", [])
    kinds = [str(packing)] if str(packing).startswith("/") else [str(kind) for kind in packing]
    if kinds not in ([], ["/FlateDecode"]) or stream.get("/DecodeParms") is not None:
        raise InvalidData.at(Place(f"{file}:{name}"), "is packed in an unusual way", _REPAIR)
    if not kinds:
        return raw
    try:
        return inflate(raw, MAX_CONTENT, Place(file))
    except zlib.error as fault:
        raise InvalidData.at(Place(f"{file}:{name}"), "cannot be unpacked", _REPAIR) from fault


# ------------------------------------------------------------------------------------------------------------ DOCX


def from_word(content: bytes, file: str, name: str) -> list[bytes]:
    """Return the attachments of a Word package whose name is ``name``."""
    found = []
    package = read_package(content, file)
    for part in package.parts:
        if not part.startswith("customXml/item") or part.startswith("customXml/itemProps"):
            continue
        root = package.xml(part)
        if root.tag == f"{{{NAMESPACE}}}attachment" and root.get("name") == name:
            found.append(_decoded(root, file))
    return found


def _decoded(root: Any, file: str) -> bytes:
    text = "".join(root.itertext())
    if root.get("encoding") != "base64":
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as fault:
        raise InvalidData.at(Place(file), "carries data that are no base64", _REPAIR) from fault
