"""PDF by Typst: in a numbered ``Document``, out a tagged PDF/A-3a and PDF/UA-1 file, the same bytes on every run.

A second engine beside WeasyPrint, from the same tree and styles, made for speed: no system library, milliseconds a
letter. The source it sets holds strings only, and it may read the style sheet's fonts and nothing else.
"""

from __future__ import annotations

import tempfile
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from contractgen.attachments import Attachment
from contractgen.errors import OutputError, Place
from contractgen.styles import Styles
from contractgen.tree import Digits, Direction, Document, Inlines, Letterhead
from contractgen.writers import pdf_fonts
from contractgen.writers._typst_blocks import Source
from contractgen.writers._typst_mend import mended
from contractgen.writers._typst_style import house, literal

EXTENSION = "pdf"
ENGINE = "typst"
MEDIA_TYPE = "application/pdf"
STANDARDS = ["a-3a", "ua-1"]
_LOCK = Lock()
_ROOTS: list[tempfile.TemporaryDirectory[str]] = []


def write(document: Document, styles: Styles) -> bytes:
    """Return the document as PDF.

    Raises ``OutputError`` for a character that no font of the document has, for anything the engine refuses, and where
    the engine is not installed; ``TemplateFault`` for a fault of the style sheet.
    """
    faces = pdf_fonts.faces(styles, document.language)
    text = source(document, styles)
    pdf_fonts.check_coverage(document, faces, text)
    place = Place(f"{document.type} ({document.language}) as PDF")
    folders = tuple(sorted({face.path.parent for face in faces}))
    made = compiled(text, folders, place, house_of(document, styles))
    return mended(made)


def source(document: Document, styles: Styles, body: Source | None = None) -> str:
    """Return the Typst source of a document, which imports the house's module; ``body`` writes its blocks."""
    body = body or Source(document, styles)
    blocks = body.text()
    head, foot = _running(body, "header", document.header), _running(body, "footer", document.footer)
    if document.header and any(isinstance(block, Letterhead) for block in document.blocks):
        head = f"after-first({head})"
    meta = document.metadata
    day = f"datetime(year: {meta.day.year}, month: {meta.day.month}, day: {meta.day.day})"
    said = ", ".join(literal(text) for text in (meta.title, meta.author, meta.subject, meta.identifier))
    carried = "".join(map(_attached, sorted(document.attachments, key=lambda one: one.name)))
    name = module_name(house_of(document, styles))
    return (
        f'#import "/{name}": *\n#show: house\n#about({said}, {day})[#metadata(none)\n{carried}]\n'
        f"#running.update((head: {head}, foot: {foot}))\n#{{\n{blocks}}}\n"
    )


def house_of(document: Document, styles: Styles) -> str:
    """Return the house's module for a document."""
    return _house(styles, document.language, document.direction, document.digits)


@lru_cache(maxsize=32)
def _house(styles: Styles, language: str, direction: Direction, digits: Digits) -> str:
    return house(styles, language, direction, digits)


@lru_cache(maxsize=32)
def module_name(text: str) -> str:
    """Return the file name of a module: another text has another name."""
    return f"house-{sha256(text.encode()).hexdigest()[:16]}.typ"


def _attached(one: Attachment) -> str:
    """Return the instruction that puts an attachment into the file, as the data that the document was made from."""
    try:
        text = one.content.decode()
        content = f"bytes({literal(text)})" if "\r" not in text and "\t" not in text else ""
    except UnicodeDecodeError:
        content = ""
    content = content or f"bytes(({', '.join(map(str, one.content))},))"
    return (
        f'#pdf.attach({literal(one.name)}, {content}, relationship: "data", mime-type: {literal(one.media_type)}, '
        f"description: {literal(one.description)})\n"
    )


def _running(body: Source, name: str, inlines: Inlines) -> str:
    style = body.styles.named[name].align
    shown = f"t-{name}({body.run(inlines)})"
    return (f"align({style}, {shown})" if style in {"center", "end"} else shown) if inlines else "none"


def compiled(text: str, folders: tuple[Path, ...], place: Place, module: str = "") -> bytes:
    """Let the engine set ``text``, which may import ``module`` by its name."""
    engine = _engine()
    try:
        with _LOCK:
            root, compiler = _compiler(folders)
            if module and not (file := root / module_name(module)).exists():
                file.write_text(module, encoding="utf-8")
            made = compiler.compile(input=text.encode(), format="pdf", pdf_standards=STANDARDS)
    except engine.TypstError as fault:
        cause = f"the PDF engine refuses: {fault}"
        raise OutputError.at(place, cause, "mend the style sheet or the writer; nothing was written") from fault
    return bytes(made)


@lru_cache(maxsize=4)
def _compiler(folders: tuple[Path, ...]) -> tuple[Path, Any]:
    """Return a folder for modules and a compiler that reads no other, and no fonts but those of ``folders``."""
    root = tempfile.TemporaryDirectory(prefix="contractgen-")
    _ROOTS.append(root)  # removed when the process ends
    fonts = [str(folder) for folder in folders]
    nowhere = {"root": root.name, "package_path": root.name, "package_cache_path": root.name}
    return Path(root.name), _engine().Compiler(**nowhere, font_paths=fonts, ignore_system_fonts=True)


def _engine() -> Any:
    """Import the engine, or say how it is installed."""
    try:
        import typst  # noqa: PLC0415
    except ImportError as fault:
        raise OutputError.at(
            Place("PDF by Typst"), "the engine is not installed", "pip install 'contractgen[typst]'"
        ) from fault
    return typst
