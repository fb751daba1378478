"""Headers and footers of the house with their pictures, moved into our package.

In: our parts by name, the ``House`` and our style ids by its own. Out: our parts with the house's, tied in. A header is
taken as it is: only the names by which it refers to styles, lists and pictures change, and links lose their target.
"""

from __future__ import annotations

import posixpath
from hashlib import sha256
from itertools import count
from typing import Any

from docx.opc.oxml import serialize_part_xml
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from contractgen.writers._word_house_numbering import Numbering
from contractgen.writers.word_house import House, Kind

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OWN_RELATIONS = "word/_rels/document.xml.rels"
_STYLED = {"pStyle", "rStyle", "tblStyle"}
_DROPPED = {"bookmarkStart", "bookmarkEnd", "hlinkClick", "hlinkHover", "proofErr", "lastRenderedPageBreak"}
"""Names that could meet ours, links, and what Word noted for itself."""
_MEDIA_TYPES = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "bmp": "image/bmp",
    "tif": "image/tiff", "tiff": "image/tiff", "emf": "image/x-emf", "wmf": "image/x-wmf", "svg": "image/svg+xml",
}  # fmt: skip
_APART = 1000


class Wardrobe:
    """Adds parts of the house to our package."""

    def __init__(self, parts: dict[str, bytes], house: House, ids: dict[str, str], numbering: Numbering) -> None:
        self.parts = parts
        self.house = house
        self.ids = ids
        self.numbering = numbering
        self._types = parse_xml(parts["[Content_Types].xml"])
        self._ties = parse_xml(parts[_OWN_RELATIONS])
        self._done: dict[tuple[Kind, str], str] = {}
        self._drawings = count(_APART)

    def running(self, kind: Kind, part: str) -> str:
        """Take a header or footer over; return the id of its relationship."""
        if (kind, part) not in self._done:
            root = parse_xml(self.house.package.part(part))
            self._adapted(root)
            name = f"word/house-{kind}{len(self._done) + 1}.xml"
            self.parts[name] = serialize_part_xml(root)
            self._pictures(part, name)
            self._done[kind, part] = self._tied(kind, name)
        return self._done[kind, part]

    def copy_of_ours(self, identity: str, kind: Kind) -> str:
        """Return a second header or footer like the one of ours tied in as ``identity``."""
        target = next(row.get("Target") for row in self._ties if row.get("Id") == identity)
        original = posixpath.normpath(posixpath.join("word", target)).lstrip("/")
        name = f"word/again-{kind}{len(self._ties) + 1}.xml"
        self.parts[name] = self.parts[original]
        return self._tied(kind, name)

    def finish(self) -> None:
        """Write down what was added."""
        self.parts["[Content_Types].xml"] = serialize_part_xml(self._types)
        self.parts[_OWN_RELATIONS] = serialize_part_xml(self._ties)

    def _tied(self, kind: Kind, name: str) -> str:
        self._row(self._types, _TYPES, "Override", PartName=f"/{name}", ContentType=f"{_WORD}.{kind}+xml")
        identity = f"rIdHouse{len(self._ties) + 1}"
        target = name.removeprefix("word/")
        self._row(self._ties, _RELATIONS, "Relationship", Id=identity, Type=f"{_OFFICE}/{kind}", Target=target)
        return identity

    def _pictures(self, part: str, name: str) -> None:
        """Copy the pictures of a header; the same picture is stored once."""
        ties = parse_xml(f'<Relationships xmlns="{_RELATIONS}"/>'.encode())
        for tie in self.house.package.relations(part):
            if tie.kind != "image":
                continue
            content = self.house.package.part(tie.target)
            end = tie.target.rpartition(".")[2].lower()
            media = f"media/house-{sha256(content).hexdigest()[:16]}.{end}"
            self.parts[f"word/{media}"] = content
            self._row(ties, _RELATIONS, "Relationship", Id=tie.id, Type=f"{_OFFICE}/image", Target=media)
            if end not in {row.get("Extension", "").lower() for row in self._types}:
                self._types.insert(0, self._made(_TYPES, "Default", Extension=end, ContentType=_MEDIA_TYPES[end]))
        if len(ties):
            self.parts[f"word/_rels/{name.removeprefix('word/')}.rels"] = serialize_part_xml(ties)

    def _adapted(self, root: Any) -> None:
        for child in list(root.iter()):
            local = str(child.tag).rpartition("}")[2]
            if local in _STYLED:
                identity = self.ids.get(child.get(qn("w:val"), ""))
                if identity is None:
                    child.getparent().remove(child)
                else:
                    child.set(qn("w:val"), identity)
            elif local == "numId":
                child.set(qn("w:val"), self.numbering.name(child.get(qn("w:val"), "0")))
            elif child.tag == qn("wp:docPr"):
                child.set("id", str(next(self._drawings)))  # one document never gives two drawings one number
            elif local in _DROPPED:
                child.getparent().remove(child)
            elif child.tag == qn("w:hyperlink") and child.get(qn("r:id")) is not None:
                _unwrapped(child)

    def _row(self, parent: Any, space: str, tag: str, **attributes: str) -> None:
        parent.append(self._made(space, tag, **attributes))

    @staticmethod
    def _made(space: str, tag: str, **attributes: str) -> Any:
        made: Any = parse_xml(f'<{tag} xmlns="{space}"/>'.encode())
        for name, value in attributes.items():
            made.set(name, value)
        return made


def _unwrapped(link: Any) -> None:
    """Put the words of a link in its place."""
    parent = link.getparent()
    at = list(parent).index(link)
    parent[at : at + 1] = list(link)
