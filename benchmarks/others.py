"""What others make of the same content: in a document of ours, out files by docxtpl, WeasyPrint and LibreOffice.

They begin with finished words and values. docxtpl fills a template that gives the same document, or a plain one;
WeasyPrint is called as its manual shows, on our page with the same fonts; LibreOffice stays open and converts our DOCX.
"""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import docx
import docxtpl  # type: ignore[import-untyped]
from docx.opc.constants import RELATIONSHIP_TYPE as RT

from contractgen.library import library
from contractgen.tree import Block, Clause, Document, Inlines, Table, Value, block_inlines, plain, walk_inlines
from contractgen.writers import pdf_fonts, writer_for

Values = dict[str, str]


def plain_values_of(document: Document) -> Values:
    """Return what fills the plain template of a document: each value by its place."""
    return _walked(document, docx.Document())


def plain_template_of(document: Document, path: Path) -> None:
    """Write a plain Word template with the words and tables of ``document`` and a tag for each value."""
    word = docx.Document()
    _walked(document, word)
    word.save(str(path))


def _walked(document: Document, word: docx.document.Document) -> Values:
    context: Values = {}

    def holes(inlines: Inlines) -> str:
        parts = []
        for inline in walk_inlines(inlines):
            if isinstance(inline, Value):
                context[f"v{len(context)}"] = inline.text
                parts.append(f"{{{{ v{len(context) - 1} }}}}")
            else:
                parts.append(plain((inline,)) if not hasattr(inline, "children") else "")
        return "".join(parts)

    def add(block: Block) -> None:
        if isinstance(block, Clause):
            if block.heading:
                word.add_heading(f"{block.label} {holes(block.heading)}", level=2)
            for inner in block.blocks:
                add(inner)
        elif isinstance(block, Table):
            table = word.add_table(len(block.rows), len(block.columns))
            for cells, row in zip(table.rows, block.rows, strict=True):
                for cell, inlines in zip(cells.cells, row.cells, strict=True):
                    cell.text = holes(inlines)
        else:
            for inlines in block_inlines(block):
                word.add_paragraph(holes(inlines))

    for block in document.blocks:
        add(block)
    return context


def values_of(document: Document) -> Values:
    """Return what fills the template that ``template_of`` makes: each value by its place."""
    word = docx.Document(io.BytesIO(writer_for("docx").write(document, library().styles())))
    return {f"v{index}": text.text or "" for index, text in enumerate(_value_texts(word))}


def template_of(document: Document, path: Path) -> None:
    """Write the Word file of ``document``, made by us, with a tag in place of each value's text.

    What docxtpl makes of it is the same document as ours: styles, controls, numbering, headers and footers.
    """
    word = docx.Document(io.BytesIO(writer_for("docx").write(document, library().styles())))
    for index, text in enumerate(_value_texts(word)):
        text.text = f"{{{{ v{index} }}}}"
    word.save(str(path))


def _value_texts(word: docx.document.Document) -> list[Any]:
    """Return the text elements of all values: runs that stand in a content control of their own."""
    roots = [word.element]
    roots += [one.target_part.element for one in word.part.rels.values() if one.reltype in (RT.HEADER, RT.FOOTER)]
    return [text for root in roots for text in root.xpath(".//w:sdt/w:sdtContent/w:r/w:t")]


def docxtpl_job(template: Path, context: Values, target: Path) -> None:
    """Fill the template as docxtpl's manual shows: open, render, save."""
    made = docxtpl.DocxTemplate(str(template))
    made.render(context, autoescape=True)
    made.save(str(target))


def page_of(document: Document) -> str:
    """Return our page with the house's fonts named by ``@font-face``, as one writes HTML for WeasyPrint."""
    styles = library().styles()
    markup = writer_for("html").write(document, styles).decode()
    rules = pdf_fonts.font_face_rules(pdf_fonts.faces(styles, document.language))
    return markup.replace("</head>", f"<style>{rules}</style></head>")


def weasyprint_job(markup: str, target: Path) -> None:
    """Print the page as WeasyPrint's manual shows."""
    from weasyprint import HTML  # type: ignore[import-untyped]  # noqa: PLC0415  two seconds to load

    HTML(string=markup).write_pdf(str(target))


_SESSION = """
import sys, time, uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
def named(name, value):
    made = PropertyValue(); made.Name, made.Value = name, value
    return made
local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
for _ in range(300):
    try:
        office = resolver.resolve(f"uno:pipe,name={sys.argv[1]};urp;StarOffice.ComponentContext"); break
    except NoConnectException:
        time.sleep(0.1)
desktop = office.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", office)
print("ready", flush=True)
for line in sys.stdin:
    source, target = line.rstrip("\\n").split("\\t")
    document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(source), "_blank", 0, (named("Hidden", True),))
    document.storeToURL(uno.systemPathToFileUrl(target), (named("FilterName", "writer_pdf_Export"),))
    document.close(True)
    print("done", flush=True)
"""


class Office:
    """LibreOffice kept open, and a small program of its own Python that sends it one file after the other."""

    def __init__(self) -> None:
        self._home = tempfile.TemporaryDirectory()
        pipe = f"bench{os.getpid()}"
        profile = Path(self._home.name).as_uri()
        self._office = subprocess.Popen(
            ["soffice", "--headless", "--norestore", f"--accept=pipe,name={pipe};urp;",
             f"-env:UserInstallation={profile}/profile"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self._client = subprocess.Popen(
            ["/usr/bin/python3", "-c", _SESSION, pipe], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._read("ready")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in (self._client, self._office):
            with suppress(OSError):
                if process is self._office:
                    os.killpg(process.pid, 15)
                else:
                    process.terminate()
            process.wait(30)
        time.sleep(0.2)
        self._home.cleanup()

    def convert(self, source: Path, target: Path) -> None:
        """Convert one DOCX file to PDF."""
        if self._client.stdin is None:
            raise SystemExit("LibreOffice cannot be asked")
        self._client.stdin.write(f"{source}\t{target}\n")
        self._client.stdin.flush()
        self._read("done")

    def _read(self, wanted: str) -> None:
        line = self._client.stdout.readline().strip() if self._client.stdout else ""
        if line != wanted:
            raise SystemExit("LibreOffice cannot be asked: apt-get install libreoffice-writer-nogui python3-uno")
