"""The Word writer: a document tree becomes a DOCX file.

In: a numbered ``Document`` and the house ``Styles``. Out: the bytes of a package that Word, LibreOffice and validators
accept; equal trees give equal bytes, and no clock is read. The words stand in named styles; the parts of the package
are python-docx's, what it does not know (direction, fields, bookmarks) is written by the ``_word_*`` modules.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from functools import lru_cache
from itertools import count, takewhile

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.xmlchemy import BaseOxmlElement as Element

from contractgen.styles import Styles
from contractgen.tree import Block, Clause, Document, Heading, Inlines, Letterhead
from contractgen.writers._word_base import base_package, unpacked
from contractgen.writers._word_blocks import Body, bookmark_names
from contractgen.writers._word_comments import Comments
from contractgen.writers._word_contents import contents
from contractgen.writers._word_controls import Controls
from contractgen.writers._word_house import dressed, fitted
from contractgen.writers._word_inlines import Layout, runs
from contractgen.writers._word_lists import numbering_elements
from contractgen.writers._word_numbering import Numbers
from contractgen.writers._word_parts import attach
from contractgen.writers._word_styles import Look, own_language, style_elements
from contractgen.writers._word_xml import element, in_order, legal, mm_twips, paragraph
from contractgen.writers._word_zip import zipped
from contractgen.writers.measure import closing_clause, estimated_width
from contractgen.writers.word_options import PLAIN, WordOptions

EXTENSION = "docx"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_HEADER_ROOM_MM = 12
"""From the paper's edge to the header, and from the footer to the edge."""


def write(document: Document, styles: Styles, options: WordOptions = PLAIN) -> bytes:
    """Return the DOCX file of ``document``; ``options`` are the user's choices for it.

    Raises ``TemplateFault`` for a language without fonts, two blocks with one anchor, a reference or a note that leads
    nowhere or a table row of the wrong length, and ``OutputError`` for a character that XML cannot hold.
    """
    return zipped(parts(document, styles, options))


def parts(document: Document, styles: Styles, options: WordOptions = PLAIN) -> dict[str, bytes]:
    """Return the parts of the file in alphabetical order ("[Content_Types].xml" is first); raises as ``write``."""
    house = options.house
    if house is not None:
        styles = fitted(styles, house, document.direction)
    page = styles.page
    named = f"{document.type} ({document.language})"
    numbers = Numbers(document)
    layout = Layout(
        document=named,
        direction=document.direction,
        digits=document.digits,
        styles=styles,
        bookmarks=bookmark_names(document.blocks, named),
        width=mm_twips(page.width_mm - page.start_mm - page.end_mm),
        controls=Controls(locked=options.locked),
        targets=numbers.targets,
        ids=count(),
    )
    comments = Comments(options.notes, named)
    body = _body(document, layout, numbers, comments)
    room = _label_width(document.blocks, styles)
    look = Look(styles, document.language, document.direction, room, numbers.levels, numbers.restarts)
    word = docx.Document(io.BytesIO(_styled_package(look)))
    word.element.body[:-1] = body  # the last element is the section
    _section(word, document, layout)
    _comments(word, comments.part(document.metadata.day))
    _properties(word, document)
    attach(word, document.attachments)
    buffer = io.BytesIO()
    word.save(buffer)
    content = buffer.getvalue()
    return unpacked(content if house is None else dressed(content, house, document.direction))


@lru_cache(maxsize=64)
def _styled_package(look: Look) -> bytes:
    """Return the empty package with its styles: they take as long to make as a letter, and seldom differ."""
    word = docx.Document(io.BytesIO(base_package()))
    word.styles.element.extend(style_elements(look))
    word.part.numbering_part.element.extend(numbering_elements(look))
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def _body(document: Document, layout: Layout, numbers: Numbers, comments: Comments) -> list[Element]:
    """Return the body; the list of contents stands before the first heading."""
    body = Body(layout, numbers, comments, closing_clause(document.blocks, layout.styles))
    front = [*takewhile(lambda block: not isinstance(block, Clause | Heading), document.blocks)]
    body.add(front)
    for made in contents(document, layout):
        body.put(made)
    body.add(document.blocks[len(front) :])
    return body.elements


def _section(word: WordDocument, document: Document, layout: Layout) -> None:
    """Set paper, margins, header and footer; below a letterhead the first page has no header."""
    section = word.sections[0]
    _fill(section.header.part.element, "Header", document.header, layout)
    _fill(section.footer.part.element, "Footer", document.footer, layout)
    first = any(isinstance(block, Letterhead) for block in document.blocks)
    if first:
        _fill(section.first_page_header.part.element, "Header", (), layout)
        _fill(section.first_page_footer.part.element, "Footer", document.footer, layout)
    properties = word.element.body[-1]
    properties[:] = in_order("w:sectPr", [*properties, *_page(layout), *_page_marks(layout, first=first)])


def _comments(word: WordDocument, content: bytes) -> None:
    if content:
        part = Part(PackURI("/word/comments.xml"), CONTENT_TYPE.WML_COMMENTS, content, word.part.package)
        word.part.relate_to(part, RELATIONSHIP_TYPE.COMMENTS)


def _fill(part: Element, style: str, inlines: Inlines, layout: Layout) -> None:
    part[:] = [paragraph(style, runs(inlines, layout), layout.direction)]


def _page(layout: Layout) -> Iterator[Element]:
    page = layout.styles.page
    yield element("w:pgSz", w=mm_twips(page.width_mm), h=mm_twips(page.height_mm))
    # Word's margins are those of the paper, not of the text
    left, right = page.start_mm, page.end_mm
    if layout.direction == "rtl":
        left, right = right, left
    yield element(
        "w:pgMar",
        top=mm_twips(page.top_mm),
        right=mm_twips(right),
        bottom=mm_twips(page.bottom_mm),
        left=mm_twips(left),
        header=mm_twips(_HEADER_ROOM_MM),
        footer=mm_twips(_HEADER_ROOM_MM),
        gutter=0,
    )


def _page_marks(layout: Layout, *, first: bool) -> Iterator[Element]:
    if first:
        yield element("w:titlePg")
    if layout.direction == "rtl":
        yield element("w:bidi")


def _label_width(blocks: Iterable[Block], styles: Styles) -> float:
    """Return the room that the widest clause label takes, in points; 0 where no clause is numbered."""
    style = styles.named["clause-heading"]
    labels = [block.label for block in blocks if isinstance(block, Clause) and block.label]
    return max((estimated_width(label, style.size) + style.size * 0.6 for label in labels), default=0)


def _properties(word: WordDocument, document: Document) -> None:
    """Set the document's properties; its own day stands for both times, because the clock must not."""
    meta = document.metadata
    moment = datetime.combine(meta.day, time())
    core = word.core_properties
    core.created = core.modified = moment
    core.revision = 1
    texts = {
        "title": meta.title,
        "creator": meta.author,
        "lastModifiedBy": meta.author,
        "subject": meta.subject,
        "keywords": ", ".join(part for part in (document.type, document.vendor, meta.identifier) if part),
        "identifier": meta.identifier,
        "language": own_language(document.language, document.direction),
    }
    for name, text in texts.items():
        # python-docx's own setters refuse more than 255 characters, which no standard asks for
        getattr(core._element, f"get_or_add_{name}")().text = legal(text)  # noqa: SLF001
