"""PDF by Typst: in a numbered ``Document``, out a tagged PDF/A-3a and PDF/UA-1 file, the same bytes on every run.

A second engine beside WeasyPrint, from the same tree and styles, made for speed: no system library, milliseconds a
letter. The source it sets holds strings only, and it may read the style sheet's fonts and nothing else.
"""

from __future__ import annotations

import io
import tempfile
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from contractgen.errors import OutputError, Place
from contractgen.styles import Styles
from contractgen.tree import Document, Inlines, Letterhead
from contractgen.writers import pdf_fonts
from contractgen.writers._typst_blocks import Source
from contractgen.writers._typst_style import preamble
from contractgen.writers.pdf_text import as_one_letter

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
    made = compiled(text, tuple(sorted({face.path.parent for face in faces})), place)
    return _mended(made) if document.direction == "rtl" else made


def source(document: Document, styles: Styles) -> str:
    """Return the Typst source of a document."""
    body = Source(document, styles)
    blocks = body.text()
    head, foot = _running(body, "header", document.header), _running(body, "footer", document.footer)
    if document.header and any(isinstance(block, Letterhead) for block in document.blocks):
        head = f"context if counter(page).get().first() > 1 {{ {head} }}"
    return preamble(document, styles, head, foot) + blocks


def _running(body: Source, name: str, inlines: Inlines) -> str:
    return f"t-{name}({body.run(inlines)})" if inlines else "none"


def compiled(text: str, folders: tuple[Path, ...], place: Place) -> bytes:
    """Let the engine set ``text``."""
    engine = _engine()
    try:
        with _LOCK:
            made = _compiler(folders).compile(input=text.encode(), format="pdf", pdf_standards=STANDARDS)
    except engine.TypstError as fault:
        cause = f"the PDF engine refuses: {fault}"
        raise OutputError.at(place, cause, "mend the style sheet or the writer; nothing was written") from fault
    return bytes(made)


@lru_cache(maxsize=4)
def _compiler(folders: tuple[Path, ...]) -> Any:
    """Return a compiler that sees an empty folder as its root, and no fonts but those of ``folders``."""
    root = tempfile.TemporaryDirectory(prefix="contractgen-")
    _ROOTS.append(root)  # removed when the process ends
    fonts = [str(folder) for folder in folders]
    nowhere = {"root": root.name, "package_path": root.name, "package_cache_path": root.name}
    return _engine().Compiler(**nowhere, font_paths=fonts, ignore_system_fonts=True)


def _mended(content: bytes) -> bytes:
    """Let text that is copied from the PDF read right where lam and alef are drawn as one glyph."""
    import pikepdf  # noqa: PLC0415  (only right-to-left documents need it)

    with pikepdf.open(io.BytesIO(content)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Stream) and item.get("/Type") not in {"/XRef", "/ObjStm"}:
                lines = item.read_bytes().split(b"\n")
                if b"endbfchar" in lines:
                    item.write(b"\n".join(as_one_letter(line) for line in lines))
        mended = io.BytesIO()
        pdf.save(mended, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
    return mended.getvalue()


def _engine() -> Any:
    """Import the engine, or say how it is installed."""
    try:
        import pikepdf  # noqa: F401, PLC0415
        import typst  # noqa: PLC0415
    except ImportError as fault:
        raise OutputError.at(
            Place("PDF by Typst"), "the engine is not installed", "pip install 'contractgen[typst]'"
        ) from fault
    return typst
