"""Word comments: notes for the reader of a draft, each beside the clause that it is about.

In: the notes of ``WordOptions``, and each clause's first paragraph as it is made. Out: marks in the body and the bytes
of the comments part. Notes are English and read from left to right in every document; their date is the document's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from docx.opc.oxml import serialize_part_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element

from contractgen.errors import Place, TemplateFault
from contractgen.writers._word_xml import element, paragraph, run, text_run
from contractgen.writers.word_options import Note

_AUTHOR, _INITIALS = "contractgen", "cg"


class Comments:
    """The comments of one document, numbered in the order of its clauses."""

    def __init__(self, notes: tuple[Note, ...], document: str) -> None:
        self._document = document
        self._waiting = dict(notes)
        self._shown: list[tuple[str, ...]] = []

    def mark(self, anchor: str, made: Element) -> None:
        """Put the note for ``anchor``, if there is one, on the paragraph ``made``."""
        lines = self._waiting.pop(anchor, ())
        if not lines:
            return
        number = len(self._shown)
        self._shown.append(lines)
        made.insert(1, element("w:commentRangeStart", id=number))  # behind the properties
        made.append(element("w:commentRangeEnd", id=number))
        made.append(run([element("w:commentReference", id=number)], "ltr", "CommentReference"))

    def part(self, day: date) -> bytes:
        """Return the content of the comments part, empty where nothing was noted.

        Raises ``TemplateFault`` if a note is about a clause that is not in the document.
        """
        if self._waiting:
            cause = f'there is a note on "{next(iter(self._waiting))}", which is no clause of the document'
            raise TemplateFault.at(Place(self._document), cause, "name the anchor of a clause")
        if not self._shown:
            return b""
        root = element("w:comments", *(self._comment(number, day) for number in range(len(self._shown))))
        return serialize_part_xml(root)

    def _comment(self, number: int, day: date) -> Element:
        moment = f"{day.isoformat()}T00:00:00Z"
        said = [*_paragraphs(self._shown[number])]
        return element("w:comment", *said, id=number, author=_AUTHOR, initials=_INITIALS, date=moment)


def _paragraphs(lines: tuple[str, ...]) -> Iterator[Element]:
    for index, line in enumerate(lines):
        shown = [text_run(line, "ltr")]
        if not index:
            shown.insert(0, run([element("w:annotationRef")], "ltr", "CommentReference"))
        yield paragraph("CommentText", shown, "ltr")


def first_paragraph(control: Element) -> Element | None:
    """Return the first paragraph that stands in a clause's control."""
    return next(control.iter(qn("w:p")), None)
