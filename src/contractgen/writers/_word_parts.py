"""Attachments in a Word package: each a custom XML part that Word keeps and does not show.

In: python-docx's document and the tree's attachments. Out: the same package with ``customXml/itemN.xml`` and its
properties. JSON stands in the part as text, so that a reader who unpacks the file can read it; other bytes are base64.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from docx.document import Document as WordDocument
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from contractgen.attachments import Attachment

NAMESPACE = "urn:contractgen:attachment:1"
"""The namespace by which a reader finds our parts among those of others."""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"


def attach(word: WordDocument, attachments: Iterable[Attachment]) -> None:
    """Add a custom XML part to the package for each attachment, in order."""
    package = word.part.package
    for item in attachments:
        name = package.next_partname("/customXml/item%d.xml")  # a house file may bring parts of its own
        part = Part(name, "application/xml", (_HEAD + _element(item)).encode(), package)
        properties = Part(
            PackURI(f"/customXml/itemProps{name.idx}.xml"),
            CONTENT_TYPE.OFC_CUSTOM_XML_PROPERTIES,
            (_HEAD + _item_properties(item.name)).encode(),
            package,
        )
        part.relate_to(properties, RELATIONSHIP_TYPE.CUSTOM_XML_PROPS)
        word.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)


def _element(item: Attachment) -> str:
    named = f"name={quoteattr(item.name)} mediaType={quoteattr(item.media_type)}"
    told = f"description={quoteattr(item.description)}"
    encoding = "text" if item.is_json else "base64"
    text = escape(item.content.decode()) if item.is_json else base64.b64encode(item.content).decode()
    return f'<attachment xmlns="{NAMESPACE}" {named} {told} encoding="{encoding}">{text}</attachment>'


def _item_properties(name: str) -> str:
    """Return the part that Word asks for beside each custom XML part; its id follows from the name."""
    identity = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{NAMESPACE}:{name}")).upper()
    references = f'<ds:schemaRefs><ds:schemaRef ds:uri="{NAMESPACE}"/></ds:schemaRefs>'
    return f'<ds:datastoreItem xmlns:ds="{_PROPERTIES}" ds:itemID="{{{identity}}}">{references}</ds:datastoreItem>'
