"""What WeasyPrint leaves out of a PDF: in its finished document and objects, out the same objects, made whole.

A file is PDF/A-3a and PDF/UA-1 at once: the metadata say both. Headings of tables say whether they head a column or a
row, words of another language say which, an attachment is listed once, and the ligature of lam and alef is copied as
it is written. Every object is put into bytes once. Raises ``OutputError`` where the tags do not match the layout.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import pydyf  # type: ignore[import-untyped]
from weasyprint.formatting_structure.boxes import LineBox, TextBox  # type: ignore[import-untyped]

from contractgen.attachments import Attachment
from contractgen.errors import OutputError, Place
from contractgen.writers.pdf_text import as_one_letter

UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>part of the PDF/UA standard that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
"""What says PDF/UA-1 inside metadata that say PDF/A-3a, where every property has to be known or described."""

_LEVEL = 6
"""How hard streams are packed, from 1 to 9."""

_SCOPES = {"col": "/Column", "row": "/Row"}


def finish(document: Any, pdf: Any, carried: Sequence[Attachment] = ()) -> None:
    """Make the objects of a PDF whole; WeasyPrint calls it before it writes them. ``carried``: the attachments."""
    _say_ua(pdf)
    _say_colours(pdf)
    _mend_attachments(pdf, carried)
    _mend_ligatures(pdf)
    boxes = [box for page in document.pages for box in _boxes(page._page_box)]  # noqa: SLF001  (no other way to it)
    _scope_headings(boxes)
    _name_languages(boxes, pdf)
    pdf.objects[:] = [one if one.free == "f" else _Settled(one) for one in pdf.objects]


class _Settled(pydyf.Object):  # type: ignore[misc]  # pydyf has no type hints
    """An object in bytes: a PDF is asked for them twice, for its identifier and to be written."""

    data = b""
    compressible = False

    def __init__(self, made: Any) -> None:
        super().__init__()
        self.number, self.generation, self.free = made.number, made.generation, made.free
        self.compressible = made.compressible
        self.data = _packed(made) if isinstance(made, pydyf.Stream) and made.compress else made.data


def _packed(stream: Any) -> bytes:
    """Return a stream in bytes, packed in less time than the engine takes, and hardly larger."""
    text = b"\n".join(one if isinstance(one, bytes) else pydyf._to_bytes(one) for one in stream.stream)  # noqa: SLF001
    made = pydyf.Stream([zlib.compress(text, _LEVEL)], stream.extra | {"Filter": "/FlateDecode"})
    return bytes(made.data)


def _say_ua(pdf: Any) -> None:
    reference = int(pdf.catalog["Metadata"].split()[0])
    metadata = pdf.objects[reference]
    before, end, after = b"".join(metadata.stream).rpartition(b"</rdf:RDF>")
    metadata.stream = [before + UA + end + after]


def _say_colours(pdf: Any) -> None:
    """Say what red, green and blue are; WeasyPrint would leave the file of the profile open."""
    profile = pydyf.Stream([_profile()], pydyf.Dictionary({"N": 3}), compress=True)
    pdf.add_object(profile)
    intent = {"Type": "/OutputIntent", "S": "/GTS_PDFA1", "DestOutputProfile": profile.reference}
    name = pydyf.String("sRGB2014")
    intent |= {"OutputConditionIdentifier": name, "Info": name}
    pdf.catalog["OutputIntents"] = pydyf.Array([pydyf.Dictionary(intent)])


@cache
def _profile() -> bytes:
    return (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()


def _mend_attachments(pdf: Any, carried: Sequence[Attachment]) -> None:
    """List each attachment once, and say its media type: WeasyPrint guesses it by the name."""
    if not carried:
        return
    pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    for reference, one in zip(pdf.catalog["AF"], carried, strict=True):
        file = pdf.objects[int(pdf.objects[int(reference.split()[0])]["EF"]["F"].split()[0])]
        file.extra["Subtype"] = f"/{one.media_type.replace('/', '#2f')}"


def _mend_ligatures(pdf: Any) -> None:
    for item in pdf.objects:
        lines = getattr(item, "stream", None)
        if isinstance(lines, list) and b"endbfchar" in lines:
            item.stream = [as_one_letter(line) for line in lines]


def _boxes(box: Any) -> Iterator[Any]:
    """Yield the boxes of a page in the order in which they are tagged."""
    yield box
    for child in getattr(box, "children", ()):
        yield from _boxes(getattr(child, "_box", child))


def _scope_headings(boxes: list[Any]) -> None:
    for box in boxes:
        if box.element is not None and box.element_tag == "th" and hasattr(box, "mark"):
            box.mark["A"]["Scope"] = _SCOPES[box.element.get("scope", "col")]


def _name_languages(boxes: list[Any], pdf: Any) -> None:
    """Say the language of each ``<span lang>`` on its tag: both stand in the same order."""
    spans = [box for box in boxes if box.element_tag == "span" and not isinstance(box, LineBox | TextBox)]
    if not any(box.element.get("lang") for box in spans):
        return
    tags = [item for item in pdf.objects if isinstance(item, dict) and item.get("S") == "/Span" and not _is_leaf(item)]
    if len(spans) != len(tags):
        cause = f"{len(spans)} spans were laid out and {len(tags)} are tagged"
        raise OutputError.at(Place("PDF"), cause, "use the version of WeasyPrint that constraints.txt names")
    for box, tag in zip(spans, tags, strict=True):
        if language := box.element.get("lang"):
            tag["Lang"] = pydyf.String(language)


def _is_leaf(item: Any) -> bool:
    return any(isinstance(kid, int) for kid in item["K"])
