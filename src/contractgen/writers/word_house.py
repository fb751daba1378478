"""The user's own Word file as a model of looks: read defensively, and found fit to be taken over.

In: the path or bytes of a .docx or .dotx. Out: ``House``: its package, the headers and footers of its last section, its
page. Raises ``InvalidData`` with every fault: what ``packages`` refuses, and what a header must not bring into a
contract (fields that fetch, tracked changes, comments, objects other than pictures). ``_word_house`` takes it over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

from contractgen.errors import InvalidData, Place, Problem
from contractgen.packages import Package, read_package

Kind = Literal["header", "footer"]
Turn = Literal["default", "first", "even"]
"""On which pages a header stands: all, the first, the left-hand ones."""
Mm = float

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TWIPS_PER_MM = 1440 / 25.4
_LEAST_WIDTH_MM = 90
_LEAST_HEIGHT_MM = 100
"""Room that the text of a contract needs on a page."""

_FIELD_NAMES = (
    "PAGE NUMPAGES SECTION SECTIONPAGES PAGEREF REF STYLEREF TITLE SUBJECT AUTHOR KEYWORDS COMMENTS DOCPROPERTY QUOTE "
    "SYMBOL EQ SEQ IF = ADVANCE LASTSAVEDBY NUMWORDS NUMCHARS TC"
)
LIVE_FIELDS = frozenset(_FIELD_NAMES.split())
"""Fields that show what the document itself says."""
_CLOCKS = frozenset(["DATE", "TIME", "SAVEDATE", "PRINTDATE", "CREATEDATE", "EDITTIME"])
_EDITED = {"ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "sectPrChange", "tblPrChange"}
_OBJECTS = {"object", "control", "altChunk", "subDoc", "movie", "contentPart"}
_PICTURES = {
    "png": (b"\x89PNG",), "jpg": (b"\xff\xd8",), "jpeg": (b"\xff\xd8",), "gif": (b"GIF8",), "bmp": (b"BM",),
    "tif": (b"II*\0", b"MM\0*"), "tiff": (b"II*\0", b"MM\0*"), "emf": (b"\x01\0\0\0",),
    "wmf": (b"\xd7\xcd\xc6\x9a", b"\x01\0\x09\0"), "svg": (b"<", b"\xef\xbb\xbf<"),
}  # fmt: skip
"""Kinds of pictures by the end of their names, and how each begins."""
_SVG_TRICKS = re.compile(
    rb"<\s*(?:\w+:)?(script|foreignObject|handler|iframe|animate\w*|set)\b|\son\w+\s*=|@import|javascript:"
    rb"|href\s*=\s*[\"'](?!#|data:image/(?:png|jpeg|gif);)|url\(\s*[\"']?(?!#)",
    re.IGNORECASE,
)
_FETCHING = re.compile(r"\s*(https?|ftp|file|smb|data|javascript|mhtml):|\s*(\\\\|//)", re.IGNORECASE)
_FETCHING_NAMES = {"src", "href", "althref", "pict"}


@dataclass(frozen=True, slots=True)
class Paper:
    """Paper, margins and the room of the text, in millimetres; ``left`` and ``right`` are those of the sheet."""

    width: Mm
    height: Mm
    top: Mm
    right: Mm
    bottom: Mm
    left: Mm


@dataclass(frozen=True, slots=True, eq=False)
class House:
    """A Word file to be taken over. ``running``: the part of each header and footer; empty where there is none.

    Equal to itself alone, so that a style sheet fitted to it can be kept.
    """

    package: Package = field(repr=False)
    main: str
    running: Mapping[tuple[Kind, Turn], str]
    paper: Paper
    first_page_differs: bool
    even_pages_differ: bool

    @property
    def file(self) -> str:
        """How messages call the file."""
        return self.package.file

    @property
    def sha256(self) -> str:
        """The hash of its parts, by which a document says which house file it was made with."""
        parts = (name.encode() + b"\0" + content for name, content in sorted(self.package.parts.items()))
        return sha256(b"\0".join(parts)).hexdigest()

    def part_of(self, kind: str) -> str:
        """Return the name of the part that the document ties in as ``kind`` (styles, settings, …); "" for none."""
        return next((tie.target for tie in self.package.relations(self.main) if tie.kind == kind), "")

    def warnings(self) -> tuple[str, ...]:
        """Return what a user should know of the headers and footers: links that are dropped, pages not counted."""
        return tuple(_warnings(self))


def load_house(source: Path | bytes, file: str = "") -> House:
    """Read the user's own Word file; raises ``InvalidData`` with every fault found in it."""
    package = read_package(source, file)
    main = package.main()
    body = package.xml(main)
    sections = list(body.iter(f"{W}sectPr"))
    if body.tag != f"{W}document" or not sections:
        cause = "is no Word document" if body.tag != f"{W}document" else "sets up no page"
        raise InvalidData.at(Place(package.file), cause, "name a .docx file saved by Word or LibreOffice")
    last = sections[-1]
    house = House(
        package,
        main,
        _running(package, main, sections),
        _paper(package, main, last),
        first_page_differs=_on(last.find(f"{W}titlePg")),
        even_pages_differ=_even(package, main),
    )
    problems = [problem for part in dict.fromkeys(house.running.values()) for problem in _faults(package, part)]
    if problems:
        raise InvalidData(problems)
    return house


def _on(switch: ET.Element | None) -> bool:
    return switch is not None and switch.get(f"{W}val", "1") not in {"0", "false", "off"}


def _even(package: Package, main: str) -> bool:
    settings = next((tie.target for tie in package.relations(main) if tie.kind == "settings"), "")
    return bool(settings) and _on(package.xml(settings).find(f"{W}evenAndOddHeaders"))


def _running(package: Package, main: str, sections: list[ET.Element]) -> dict[tuple[Kind, Turn], str]:
    """Return the headers and footers that hold in the last section: a section has those of the one before it."""
    targets = {tie.id: tie.target for tie in package.relations(main)}
    kinds: tuple[Kind, ...] = ("header", "footer")
    turns: tuple[Turn, ...] = ("default", "first", "even")
    return {
        (kind, turn): targets[row.get(f"{R}id", "")]
        for section in sections
        for kind in kinds
        for turn in turns
        for row in section.findall(f"{W}{kind}Reference")
        if row.get(f"{W}type", "default") == turn and row.get(f"{R}id", "") in targets
    }


def _paper(package: Package, main: str, section: ET.Element) -> Paper:
    size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
    place, repair = package.place(main), "set paper and margins under Layout, Size and Margins, and save the file"
    if size is None or margins is None:
        raise InvalidData.at(place, "does not say how large its paper and margins are", repair)

    def millimetres(element: ET.Element, name: str) -> float:
        text = element.get(f"{W}{name}", "0")
        if not re.fullmatch(r"-?\d{1,6}", text):
            raise InvalidData.at(place, f'its page has the measure {name} = "{text[:20]}"', repair)
        return abs(int(text)) / _TWIPS_PER_MM

    gutter = millimetres(margins, "gutter")
    names = ("top", "right", "bottom", "left")
    top, right, bottom, left = (millimetres(margins, name) for name in names)
    paper = Paper(millimetres(size, "w"), millimetres(size, "h"), top, right, bottom, left + gutter)
    if paper.width - left - right - gutter < _LEAST_WIDTH_MM or paper.height - top - bottom < _LEAST_HEIGHT_MM:
        cause = f"leaves less than {_LEAST_WIDTH_MM} × {_LEAST_HEIGHT_MM} mm for the text"
        raise InvalidData.at(place, cause, repair)
    return paper


# ------------------------------------------------------------------------------------------- headers and footers


def _faults(package: Package, part: str) -> Iterator[Problem]:
    """Yield what a header or footer must not bring into a contract."""
    place = package.place(part)
    root = package.xml(part)
    if root.tag not in {f"{W}hdr", f"{W}ftr"}:
        yield Problem(place, "is no header or footer", "open the file in Word or LibreOffice and save it once more")
        return
    for name in fields(root):
        if name in _CLOCKS:
            cause = f"the field {name} shows the day on which the document is opened, not that of the contract"
            yield Problem(place, cause, "delete the field: the day stands in the document")
        elif name and name not in LIVE_FIELDS:
            cause = f'the field "{name[:30]}" reads other files, asks or runs something'
            yield Problem(place, cause, "delete it, or turn it into text (Ctrl+Shift+F9)")
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    if names & _EDITED:
        yield Problem(place, "holds tracked changes", "accept or reject them under Review, and save the file")
    if "commentReference" in names:
        yield Problem(place, "holds comments", "delete them under Review, and save the file")
    if names & _OBJECTS:
        yield Problem(place, "holds an object of another program", "put a picture in its place")
    for element in root.iter():
        for name, value in element.attrib.items():
            if name.rpartition("}")[2] in _FETCHING_NAMES and _FETCHING.match(value):
                yield Problem(place, f"takes something from outside the file: {value[:90]}", "embed it, or delete it")
    for tie in package.relations(part):
        if tie.kind not in {"image", "hyperlink"}:
            yield Problem(place, f"holds what cannot be taken over ({tie.kind})", "put a picture in its place")
        elif tie.kind == "image":
            yield from _picture(package, tie.target)


def _picture(package: Package, part: str) -> Iterator[Problem]:
    kind = part.rpartition(".")[2].lower()
    content = package.parts.get(part, b"")
    if kind not in _PICTURES or not content.startswith(_PICTURES[kind]):
        cause = "is no picture of the kind that its name says"
        yield Problem(package.place(part), cause, "use PNG or JPEG")
    elif kind == "svg" and _SVG_TRICKS.search(content):
        cause = "is a drawing that runs a script, or takes something from outside itself"
        yield Problem(package.place(part), cause, "use PNG, or a plain SVG without scripts, links and animation")


def fields(root: ET.Element) -> Iterator[str]:
    """Yield the name of each field (PAGE, DATE, …), however its instruction is cut into runs."""
    for simple in root.iter(f"{W}fldSimple"):
        yield _first_word(simple.get(f"{W}instr", ""))
    open_fields: list[list[str]] = []
    for element in root.iter():
        if element.tag == f"{W}fldChar":
            kind = element.get(f"{W}fldCharType")
            if kind == "begin":
                open_fields.append([])
            elif kind == "end" and open_fields:
                yield _first_word("".join(open_fields.pop()))
        elif element.tag == f"{W}instrText" and open_fields:
            open_fields[-1].append(element.text or "")
        elif element.tag == f"{W}instrText":
            yield _first_word(element.text or "")
    yield from (_first_word("".join(texts)) for texts in open_fields)


def _first_word(instruction: str) -> str:
    found = re.match(r"\s*(=|[^\s\\]+)", instruction)
    return found[1].upper() if found else ""


def _warnings(house: House) -> Iterator[str]:
    shown: set[str] = set()
    for part in dict.fromkeys(house.running.values()):
        shown |= set(fields(house.package.xml(part)))
        for tie in house.package.relations(part):
            if tie.kind == "hyperlink":
                yield f"{house.package.place(part)}: the link to {tie.target[:90]} is dropped, its words stay"
    both = {kind for kind, _ in house.running} == {"header", "footer"}
    if both and "PAGE" not in shown:
        yield f"{house.file}: neither its header nor its footer shows a page number, and they replace ours"
