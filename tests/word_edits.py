"""Edits of a Word file as another party would make them, part by part, for the tests of verifying."""

from __future__ import annotations

import copy
import io
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]

Edit = Callable[[Any], None]
DOCUMENT = "word/document.xml"
WHO = {qn("w:id"): "900", qn("w:author"): "Kim Counsel", qn("w:date"): "2026-01-02T00:00:00Z"}


def edited(content: bytes, edit: Edit, part: str = DOCUMENT) -> bytes:
    """Return a Word file with one part's XML changed by ``edit``."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    root = etree.fromstring(parts[part])
    edit(root)
    parts[part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return packed(parts)


def packed(parts: dict[str, bytes]) -> bytes:
    """Return parts as a package."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return buffer.getvalue()


def controls(root: Any, tag: str) -> list[Any]:
    """Return the controls whose tag is, or begins with, ``tag``."""
    found = [(mark.get(qn("w:val")), mark.getparent().getparent()) for mark in root.iter(qn("w:tag"))]
    return [control for name, control in found if name == tag or name.startswith(f"{tag}/")]


def set_value(field: str, text: str, which: int = 0) -> Edit:
    """Return an edit that types other words into a value's control."""

    def edit(root: Any) -> None:
        texts = list(controls(root, field)[which].iter(qn("w:t")))
        texts[0].text = text
        for other in texts[1:]:
            other.text = ""

    return edit


def replace_words(old: str, new: str) -> Edit:
    """Return an edit that replaces words within one run, wherever they stand first."""

    def edit(root: Any) -> None:
        found = next(node for node in root.iter(qn("w:t")) if old in (node.text or ""))
        found.text = found.text.replace(old, new)

    return edit


def unwrap(root: Any) -> None:
    """Remove all controls and bookmarks, and keep what stands in them."""
    for control in list(root.iter(qn("w:sdt"))):
        parent = control.getparent()
        at = parent.index(control)
        for child in reversed(list(control.find(qn("w:sdtContent")))):
            parent.insert(at, child)
        parent.remove(control)
    for name in ("w:bookmarkStart", "w:bookmarkEnd"):
        for mark in list(root.iter(qn(name))):
            mark.getparent().remove(mark)


def both(*edits: Edit) -> Edit:
    """Return several edits as one."""

    def edit(root: Any) -> None:
        for one in edits:
            one(root)

    return edit


def new_paragraph(text: str, mark: str = "") -> Any:
    """Return a paragraph; ``mark`` wraps its run in ``w:ins``."""
    paragraph = etree.Element(qn("w:p"))
    run = etree.SubElement(etree.SubElement(paragraph, qn(mark), WHO) if mark else paragraph, qn("w:r"))
    etree.SubElement(run, qn("w:t")).text = text
    return paragraph


def add_after(slot: str, text: str, mark: str = "") -> Edit:
    """Return an edit that writes a paragraph behind a clause."""
    return lambda root: controls(root, slot)[0].addnext(new_paragraph(text, mark))


def remove(slot: str) -> Edit:
    """Return an edit that deletes a clause with its control."""
    return lambda root: controls(root, slot)[0].getparent().remove(controls(root, slot)[0])


def move_before(slot: str, other: str) -> Edit:
    """Return an edit that moves a clause before another one."""
    return lambda root: controls(root, other)[0].addprevious(controls(root, slot)[0])


def track_words(old: str, new: str) -> Edit:
    """Return an edit that replaces words with revision marks on."""

    def edit(root: Any) -> None:
        found = next(node for node in root.iter(qn("w:t")) if old in (node.text or ""))
        run = found.getparent()
        before, _, after = found.text.partition(old)
        struck = etree.Element(qn("w:del"), WHO)
        struck.append(_run(run, old, "w:delText"))
        written = etree.Element(qn("w:ins"), WHO)
        written.append(_run(run, new, "w:t"))
        for piece in (_run(run, before, "w:t"), struck, written, _run(run, after, "w:t")):
            run.addprevious(piece)
        run.getparent().remove(run)

    return edit


def track_deletion(slot: str) -> Edit:
    """Return an edit that strikes out all of a clause with revision marks on."""

    def edit(root: Any) -> None:
        for run in list(controls(root, slot)[0].iter(qn("w:r"))):
            struck = etree.Element(qn("w:del"), WHO)
            run.addprevious(struck)
            struck.append(run)
            for node in list(run.iter(qn("w:t"))):
                node.tag = qn("w:delText")

    return edit


def _run(run: Any, text: str, tag: str) -> Any:
    made = copy.deepcopy(run)
    for node in list(made):
        if node.tag != qn("w:rPr"):
            made.remove(node)
    node = etree.SubElement(made, qn(tag))
    node.text = text
    node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made


def comment_on(content: bytes, words: str, text: str) -> bytes:
    """Return a Word file with a comment tied to ``words``."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    root = etree.fromstring(parts[DOCUMENT])
    run = next(node for node in root.iter(qn("w:t")) if words in (node.text or "")).getparent()
    run.addprevious(etree.Element(qn("w:commentRangeStart"), {qn("w:id"): "0"}))
    run.addnext(etree.Element(qn("w:commentRangeEnd"), {qn("w:id"): "0"}))
    parts[DOCUMENT] = etree.tostring(root)
    comments = etree.Element(qn("w:comments"))
    comment = etree.SubElement(comments, qn("w:comment"), {**WHO, qn("w:id"): "0"})
    comment.append(new_paragraph(text))
    parts["word/comments.xml"] = etree.tostring(comments)
    return packed(parts)


def saved_by_libreoffice(folder: Path, files: dict[str, bytes]) -> dict[str, bytes]:
    """Return files as LibreOffice writes them again; one start for all of them."""
    for name, content in files.items():
        (folder / f"{name}.docx").write_bytes(content)
    out = folder / "saved"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    sources = [str(folder / f"{name}.docx") for name in files]
    command = ["soffice", profile, "--headless", "--convert-to", "docx", "--outdir", str(out), *sources]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return {name: (out / f"{name}.docx").read_bytes() for name in files}
