"""What the parts of an Office file may not hold: dangerous XML, programs, and ties to anything outside the file.

In: the parts by name, unpacked. Out: faults as ``(part, cause, repair)``, and the relationships of a part. Knows no
place and raises nothing: ``packages`` makes problems of the faults.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET
from xml.parsers import expat

Parts = Mapping[str, bytes]
PartFault = tuple[str, str, str]

MAX_DEPTH = 200
"""How deep elements may stand within one another; Word's own files stay below 60."""
LINK_SCHEMES = {"http", "https", "mailto", "tel"}
"""Where a hyperlink may lead: it is followed by a reader who clicks, never by a program that opens the file."""

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DECLARED = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_UTF_8 = {"utf-8", "utf8", "us-ascii", "ascii"}
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0", b"+/v", b"\x4c\x6f\xa7\x94")
"""How XML begins in UTF-16, UTF-32, UTF-7 and EBCDIC: ways to hide a document type from a reader of UTF-8."""
_ACTIVE_NAMES = re.compile(
    r"(^|/)(vba[^/]*|activex[^/]*|[^/]*\.(vbs|js|exe|dll|bat|cmd|ps1|jar|hta|scr|lnk))(/|$)", re.IGNORECASE
)
_OLE_NAMES = re.compile(r"(^|/)(embeddings/|oleobject|package\d*\.bin$)", re.IGNORECASE)
_ACTIVE_TYPES = ("macroenabled", "vbaproject", "vbadata", "activex", "ms-office.attachedtoolbars", "customization")
_ACTIVE_RELATIONS = {
    "vbaProject": "a macro",
    "wordVbaData": "a macro",
    "keyMapCustomizations": "a macro on a key",
    "attachedToolbars": "a toolbar that runs macros",
    "activeXControlBinary": "an ActiveX control",
    "control": "an ActiveX control",
    "oleObject": "an embedded object of another program",
    "package": "an embedded file of another program",
    "aFChunk": "an embedded document that Word would merge in on opening",
    "subDocument": "another document that Word would read in",
    "extensibility": "a change to Word's own menus",
    "ui": "a change to Word's own menus",
}
_WITHOUT_MACROS = "save it as .docx without macros, controls and embedded objects"
_TEMPLATE = "in Word: Developer, Document Template, name Normal as the template; then save it"
_EMBED = "embed it in the file (in Word: File, Info, Edit Links to Files), or delete it"


@dataclass(frozen=True, slots=True)
class Relationship:
    """A tie from one part to another. ``target``: the part's name; of one outside the file, its address."""

    id: str
    kind: str
    target: str
    external: bool


def relations_of(parts: Parts, part: str) -> tuple[Relationship, ...]:
    """Return what ``part`` refers to, in order; "" is the package itself."""
    folder, _, name = part.rpartition("/")
    listed = parts.get(f"{folder}/_rels/{name}.rels".lstrip("/"))
    if listed is None:
        return ()
    return tuple(_relation(row, folder) for row in ET.fromstring(listed).iter(_RELATION))  # noqa: S314  (checked XML)


def _relation(row: ET.Element, folder: str) -> Relationship:
    target = row.get("Target", "")
    external = row.get("TargetMode", "Internal").strip().lower() != "internal"
    if not external:
        target = posixpath.normpath(posixpath.join("/", folder, unquote(target.partition("#")[0]))).lstrip("/")
    return Relationship(row.get("Id", ""), row.get("Type", "").rpartition("/")[2], target, external)


def xml_fault(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield cause and repair if ``content`` is no plain XML in UTF-8: entities and other encodings included."""
    again = "open it in Word or LibreOffice and save it as .docx once more"
    if content.startswith(_WIDE):
        yield "is XML in another encoding than UTF-8", again
        return
    if b"\0" in content:
        yield "holds a NUL byte, as no XML does", again
        return
    named = _DECLARED.match(content.removeprefix(b"\xef\xbb\xbf"))
    if named and named[1].decode().lower() not in _UTF_8:
        yield f'is XML in the encoding "{named[1].decode()}", not UTF-8', again
        return
    cause = _parsing_fault(content)
    if cause:
        yield cause, again


def _parsing_fault(content: bytes) -> str:
    depth = 0

    def opened(_tag: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise ValueError(f"stands more than {MAX_DEPTH} elements deep, as no document does")

    def closed(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    def refused(*_: object) -> None:
        raise ValueError("declares a document type (DTD), by which XML can be made to grow without end or read files")

    parser = expat.ParserCreate("utf-8")  # what the part itself says of its encoding is not followed
    parser.StartDoctypeDeclHandler = refused
    parser.EntityDeclHandler = refused
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    try:
        parser.Parse(content, True)  # noqa: FBT003  (expat takes no names)
    except expat.ExpatError as fault:
        return f"is faulty XML: {fault}"
    except ValueError as fault:
        return str(fault)
    return ""


def active_content(parts: Parts) -> Iterator[PartFault]:
    """Yield each part that holds a program, or an object that another program would run."""
    for name in parts:
        if _ACTIVE_NAMES.search(name):
            yield name, "is a macro, a control or a program", _WITHOUT_MACROS
        elif _OLE_NAMES.search(name):
            yield name, "is an embedded object of another program", _WITHOUT_MACROS
    types = ET.fromstring(parts["[Content_Types].xml"])  # noqa: S314  (checked XML)
    for row in types:
        kind = row.get("ContentType", "")
        if any(mark in kind.lower() for mark in _ACTIVE_TYPES):
            where = row.get("PartName", "") or f"*.{row.get('Extension', '')}"
            yield "[Content_Types].xml", f"says that {where} may hold macros ({kind[:90]})", _WITHOUT_MACROS
    for name, relation in _all_relations(parts):
        what = _ACTIVE_RELATIONS.get(relation.kind)
        if what:
            yield name, f"ties in {what} ({relation.target[:90]})", _WITHOUT_MACROS


def external_targets(parts: Parts) -> Iterator[PartFault]:
    """Yield each tie to something outside the file, and each to a part that is not there.

    A hyperlink to the web or to a mail address is no such tie: nothing is fetched until a reader clicks on it.
    """
    for name, relation in _all_relations(parts):
        target = relation.target[:90]
        if relation.kind == "attachedTemplate":
            yield name, f"takes its template from outside the file: {target}", _TEMPLATE
        elif relation.external and relation.kind == "hyperlink":
            if urlsplit_scheme(relation.target) not in LINK_SCHEMES and not relation.target.startswith("#"):
                repair = "let it lead to a web page or mail address, or delete the link"
                yield name, f"has a link to a file or a network folder: {target}", repair
        elif relation.external:
            yield name, f"takes something from outside the file ({relation.kind}): {target}", _EMBED
        elif relation.target not in parts and relation.target not in {"", "."} and "NULL" not in relation.target:
            repair = "open it in Word or LibreOffice and save it as .docx once more"
            yield name, f"refers to a part that is not there: {target}", repair


def urlsplit_scheme(address: str) -> str:
    """Return the scheme of an address in lower case; "" where there is none or it is no address."""
    try:
        return urlsplit(address.strip()).scheme.lower()
    except ValueError:
        return ""


def _all_relations(parts: Parts) -> Iterator[tuple[str, Relationship]]:
    for name in parts:
        folder, _, file = name.rpartition("/")
        if file.endswith(".rels") and (folder == "_rels" or folder.endswith("/_rels")):
            owner = f"{folder.removesuffix('_rels')}{file.removesuffix('.rels')}"
            for relation in relations_of(parts, owner):
                yield name, relation
