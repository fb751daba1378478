"""Content controls: what Word shows as a frame with a title around a clause or a value, and what programs find by tag.

In: a clause with its elements, a value with its run. Out: ``w:sdt`` elements. Ids are counted from 1 in the order of
making, so that equal documents get equal ids; a validator does not see it when two controls share one.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from docx.oxml.xmlchemy import BaseOxmlElement as Element

from contractgen.tree import Clause, Value, plain
from contractgen.writers._word_xml import LINE_ENDS, element, legal
from contractgen.writers.word_tags import clause_tag, title_of, value_tag


class Controls:
    """Makes the controls of one document. ``locked``: neither they nor what stands in them can be changed in Word."""

    def __init__(self, *, locked: bool = False) -> None:
        self._lock = [("w:lock", {"val": "sdtContentLocked"})] if locked else []
        self._ids = count(1)

    def clause(self, clause: Clause, content: Iterable[Element]) -> Element:
        """Return a control around all elements of a clause; its title is the heading, or the slot where none is.

        A clause is a part of the document that came from a library, as Word's own cover pages do. LibreOffice 7 takes
        the first words in a control of mere text for a field of its own, and with them the end of their line.
        """
        kind = element("w:docPartObj", element("w:docPartGallery", val="Quick Parts"))
        return self._control(clause_tag(clause), title_of(plain(clause.heading)) or clause.slot, content, kind)

    def value(self, value: Value, made: Element) -> Element:
        """Return a control around a value's own run: plain text, of several lines where the value has several."""
        lines = {"multiLine": 1} if LINE_ENDS.search(value.text) else {}
        return self._control(value_tag(value), title_of(value.field), [made], element("w:text", **lines))

    def contents(self, content: Iterable[Element]) -> Element:
        """Return the control that Word puts around a table of contents, with its button to update."""
        gallery = element("w:docPartGallery", val="Table of Contents")
        kind = element("w:docPartObj", gallery, element("w:docPartUnique"))
        properties = element("w:sdtPr", element("w:id", val=next(self._ids)), kind)
        return element("w:sdt", properties, element("w:sdtContent", *content))

    def _control(self, tag: str, title: str, content: Iterable[Element], *kind: Element) -> Element:
        properties = element(
            "w:sdtPr",
            element("w:alias", val=legal(title)),
            element("w:tag", val=legal(tag)),
            element("w:id", val=next(self._ids)),
            *(element(name, **attributes) for name, attributes in self._lock),
            *kind,
        )
        return element("w:sdt", properties, element("w:sdtContent", *content))


class NoControls(Controls):
    """Makes none: for words that only repeat what stands in a control elsewhere."""

    def value(self, _value: Value, made: Element) -> Element:
        """Return the run alone."""
        return made
