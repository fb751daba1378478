"""A Word file as a ``Copy``, whoever saved it last: clauses and values by their controls, or by the bookmarks left.

In: the package. Out: its lines in reading order, each with what it says when all tracked changes are accepted and when
they are rejected. Word keeps the controls; LibreOffice drops the clauses' and the values' names but keeps bookmarks.
Page numbers and tables of contents are left out: programs count them anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from contractgen.packages import Package
from contractgen.verifying.copies import Comment, Copy, Line, LineKind, Shown, Unit

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MARKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_INSERTED = {f"{_W}ins", f"{_W}moveTo"}
_DELETED = {f"{_W}del", f"{_W}moveFrom"}
_PICTURES = {f"{_W}drawing", f"{_W}pict", f"{_W}object"}
_COUNTED = re.compile(r"\s*(PAGE|NUMPAGES|SECTIONPAGES|PAGEREF|TOC)\b")
"""Fields whose results each program counts for itself."""
_AROUND = re.compile(r"word/(header|footer|footnotes|endnotes)\d*\.xml")


def word_copy(package: Package) -> Copy:
    """Return a Word file's copy; raises ``InvalidData`` for a package without a document."""
    reader = _Reader()
    main = package.xml(package.main())
    for body in main.iter(f"{_W}body"):
        reader.blocks(body)
    around: list[Line] = []
    for name in sorted(package.parts):
        if found := _AROUND.fullmatch(name):
            kind: LineKind = "note" if "notes" in found[1] else "header or footer"
            around += _running(package.xml(name), kind)
    pictures = sum(element.tag in _PICTURES for element in main.iter())
    return Copy(reader.units(), tuple(around), tuple(_comments(package, main)), pictures)


def slot_key(name: str) -> str:
    """Return a slot's name as bookmarks spell it, so that a control's and a bookmark's slot are one."""
    return re.sub(r"[^A-Za-z0-9_]", "_", name.partition("/")[0])


@dataclass(slots=True)
class _Text:
    """One paragraph while it is read."""

    accepted: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    values: list[Shown] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    fields: list[tuple[str, bool]] = field(default_factory=list)  # instruction so far, and whether its result began
    numbers: list[tuple[int, int]] = field(default_factory=list)
    length: int = 0

    def add(self, text: str, *, inserted: bool, deleted: bool) -> None:
        """Add what a run shows, unless a field counts it."""
        if any(result and _COUNTED.match(instruction) for instruction, result in self.fields):
            return
        if not deleted:
            self.accepted.append(text)
            self.length += len(text)
        if not inserted:
            self.rejected.append(text)


class _Reader:
    """Walks the body; a clause's control or bookmark begins a unit."""

    def __init__(self) -> None:
        self._units: list[tuple[str, str, list[Line]]] = [("", "", [])]
        self._tables = 0

    def units(self) -> tuple[Unit, ...]:
        """Return the units that hold anything."""
        return tuple(Unit(slot, tag, _heading(lines), tuple(lines)) for slot, tag, lines in self._units if lines)

    def blocks(self, parent: Iterable[Element], where: str = "") -> None:
        """Read paragraphs, tables and controls in order."""
        for block in parent:
            match block.tag.removeprefix(_W):
                case "p":
                    self._paragraph(block, where)
                case "tbl":
                    self._table(block)
                case "sdt":
                    self._control(block, where)
                case "bookmarkStart":
                    self._bookmark(block)
                case "ins" | "moveTo" | "customXml" | "smartTag":
                    self.blocks(block, where)

    def _control(self, control: Element, where: str) -> None:
        """Read a control around blocks: a clause's, a table of contents (left out), or one of another's making."""
        gallery = control.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
        if gallery is not None and gallery.get(f"{_W}val") == "Table of Contents":
            return
        content = control.find(f"{_W}sdtContent")
        tag = _tag(control)
        if "/" in tag:
            self._units.append((slot_key(tag), tag, []))
        self.blocks(content if content is not None else (), where)
        if "/" in tag:
            self._units.append(("", "", []))

    def _bookmark(self, mark: Element) -> None:
        """Begin a unit at a bookmark that names one, where no control does."""
        name = mark.get(f"{_W}name", "")
        if name and not name.startswith("_") and not self._units[-1][1]:
            self._units.append((slot_key(name), "", []))

    def _table(self, table: Element) -> None:
        self._tables += 1
        number = self._tables
        for row, line in enumerate(_within(table, "tr"), 1):
            for column, cell in enumerate(_within(line, "tc"), 1):
                self.blocks(cell, f"table {number}, row {row}, column {column}")

    def _paragraph(self, paragraph: Element, where: str) -> None:
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        name = "" if style is None else style.get(f"{_W}val", "")
        if name.upper().startswith("TOC"):
            return
        for mark in paragraph.iter(f"{_W}bookmarkStart"):
            if "Heading" in name:
                self._bookmark(mark)
        kind: LineKind = "cell" if where else "heading" if "Heading" in name else "paragraph"
        self._units[-1][2].extend(_lines(paragraph, kind, where))


def _within(parent: Element, name: str) -> Iterator[Element]:
    """Yield rows of a table or cells of a row, also those in controls or inserted as a tracked change."""
    for child in parent:
        if child.tag == f"{_W}{name}":
            yield child
        elif child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"}:
            yield from _within(child, name)


def _tag(control: Element) -> str:
    """Return the name of a control; LibreOffice keeps the title where it loses the tag."""
    for name in ("tag", "alias"):
        found = control.find(f"{_W}sdtPr/{_W}{name}")
        if found is not None:
            return found.get(f"{_W}val", "")
    return ""


def _lines(paragraph: Element, kind: LineKind, where: str) -> Iterator[Line]:
    """Yield a paragraph's line, then those of text boxes in it; nothing where it says nothing."""
    text = _Text()
    boxes: list[Element] = []
    _read(paragraph, text, boxes, inserted=False, deleted=False)
    accepted, rejected = "".join(text.accepted), "".join(text.rejected)
    if accepted.strip() or rejected.strip():
        by = tuple(dict.fromkeys(text.by))
        if not where and "\t" in accepted:  # a number that is text has a tab behind it
            text.numbers.append((0, accepted.index("\t") + 1))
        yield Line(kind, accepted, tuple(text.values), rejected, by, where, tuple(text.numbers))
    for box in boxes:
        for inner in box.iter(f"{_W}p"):
            yield from _lines(inner, kind, "text box")


def _read(parent: Element, text: _Text, boxes: list[Element], *, inserted: bool, deleted: bool) -> None:
    for child in parent:
        tag = child.tag
        if tag in _INSERTED | _DELETED:
            text.by.append(child.get(f"{_W}author", "unknown"))
            new, gone = inserted or tag in _INSERTED, deleted or tag in _DELETED
            _read(child, text, boxes, inserted=new, deleted=gone)
        elif tag == f"{_W}sdt":
            start = text.length
            _read(child, text, boxes, inserted=inserted, deleted=deleted)
            if (name := _tag(child)) and text.length > start:
                _add_value(text, Shown(name, start, text.length))
        elif tag in {f"{_W}t", f"{_W}delText"}:
            text.add(child.text or "", inserted=inserted, deleted=deleted)
        elif tag in _MARKS:
            text.add(_MARKS[tag], inserted=inserted, deleted=deleted)
        elif tag == f"{_W}txbxContent":
            boxes.append(child)
        elif tag in {f"{_W}fldChar", f"{_W}instrText", f"{_W}fldSimple"}:
            _field(child, text, boxes, inserted=inserted, deleted=deleted)
        elif tag not in {_FALLBACK, f"{_W}sdtPr", f"{_W}pPr", f"{_W}rPr"}:
            _read(child, text, boxes, inserted=inserted, deleted=deleted)


def _add_value(text: _Text, value: Shown) -> None:
    """Add a value; pieces of one that follow one another at once are one (LibreOffice cuts at changes of script)."""
    last = text.values[-1] if text.values else None
    if last is not None and last.field == value.field and last.end == value.start:
        text.values[-1] = Shown(value.field, last.start, value.end)
    else:
        text.values.append(value)


def _field(child: Element, text: _Text, boxes: list[Element], *, inserted: bool, deleted: bool) -> None:
    """Follow a field: its instruction is no text, its result is."""
    if child.tag == f"{_W}fldSimple":
        text.fields.append((child.get(f"{_W}instr", ""), True))
        _read(child, text, boxes, inserted=inserted, deleted=deleted)
        text.fields.pop()
        return
    if child.tag == f"{_W}instrText":
        if text.fields and not text.fields[-1][1]:
            text.fields[-1] = (text.fields[-1][0] + (child.text or ""), False)
        return
    match child.get(f"{_W}fldCharType"):
        case "begin":
            text.fields.append(("", False))
        case "separate" if text.fields:
            text.fields[-1] = (text.fields[-1][0], True)
        case "end" if text.fields:
            text.fields.pop()


def _heading(lines: list[Line]) -> str:
    return " ".join(lines[0].text.split()) if lines[0].kind == "heading" else ""


def _running(root: Element, kind: LineKind) -> Iterator[Line]:
    for paragraph in root.iter(f"{_W}p"):
        yield from _lines(paragraph, kind, kind)


def _comments(package: Package, main: Element) -> Iterator[Comment]:
    """Yield the comments with the words they are tied to."""
    if "word/comments.xml" not in package.parts:
        return
    about: dict[str, list[str]] = {}
    opened: list[str] = []
    for element in main.iter():
        if element.tag == f"{_W}commentRangeStart":
            opened.append(element.get(f"{_W}id", ""))
        elif element.tag == f"{_W}commentRangeEnd" and element.get(f"{_W}id", "") in opened:
            opened.remove(element.get(f"{_W}id", ""))
        elif element.tag == f"{_W}t":
            for name in opened:
                about.setdefault(name, []).append(element.text or "")
    for comment in package.xml("word/comments.xml").iter(f"{_W}comment"):
        words = "".join(node.text or "" for node in comment.iter(f"{_W}t"))
        tied = "".join(about.get(comment.get(f"{_W}id", ""), ()))
        yield Comment(comment.get(f"{_W}author", ""), words, " ".join(tied.split()).lstrip(".,;: "))
