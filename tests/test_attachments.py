"""What a document carries inside itself: no page shows it, validators accept it, and it comes out as it went in."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree  # type: ignore[import-untyped]
from openxml_audit import FileFormat, OpenXmlValidator  # type: ignore[import-untyped]

from contractgen.attachments import JSON, Attachment
from contractgen.styles import load_styles
from contractgen.tree import Document, dump
from contractgen.writers import docx, html
from writer_samples import letter

STYLES = load_styles(Path(__file__).parents[1] / "templates" / "styles" / "house.toml")
WORDS = '{"a": "</script><script>alert(1)</script> <!-- ]]> & \' 홍길동 «»"}'
CARRIED = (
    Attachment("record.json", JSON, WORDS.encode(), 'the "record" & more'),
    Attachment("seal.bin", "application/octet-stream", bytes(range(256)), "a seal"),
)


@pytest.fixture(scope="module")
def plain() -> Document:
    return letter("fa")


@pytest.fixture(scope="module")
def laden(plain: Document) -> Document:
    return replace(plain, attachments=CARRIED)


def test_attachments_are_no_words(plain: Document, laden: Document) -> None:
    assert dump(plain) == dump(laden)


def test_a_word_file_carries_them_and_is_valid(laden: Document, tmp_path: Path) -> None:
    content = docx.write(laden, STYLES)
    path = tmp_path / "laden.docx"
    path.write_bytes(content)
    found = OpenXmlValidator(file_format=FileFormat.OFFICE_2019).validate(path)
    assert list(found.errors) == []
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        first, second = (etree.fromstring(package.read(f"customXml/item{number}.xml")) for number in (1, 2))
        types = package.read("[Content_Types].xml").decode()
        assert "customXml/item1.xml" in package.read("word/_rels/document.xml.rels").decode()
        assert "itemProps1.xml" in package.read("customXml/_rels/item1.xml.rels").decode()
    assert first.text == WORDS
    assert (first.get("name"), first.get("description")) == ("record.json", 'the "record" & more')
    assert base64.b64decode(second.text or "") == bytes(range(256))
    assert types.count("customXmlProperties+xml") == 2


def test_a_word_file_without_them_is_as_it_was(plain: Document) -> None:
    with zipfile.ZipFile(io.BytesIO(docx.write(plain, STYLES))) as package:
        assert not [name for name in package.namelist() if name.startswith("customXml")]


def test_a_web_page_carries_them_as_data_and_not_as_script(plain: Document, laden: Document) -> None:
    page = html.write(laden, STYLES).decode()
    blocks = re.findall(r"<script ([^>]*)>(.*?)</script>", page, re.DOTALL)
    assert [attributes.split()[0] for attributes, _ in blocks] == [
        'type="application/json"',
        'type="application/octet-stream"',
    ]
    assert blocks[0][1].replace("\\u003c", "<") == WORDS
    assert base64.b64decode(blocks[1][1]) == bytes(range(256))
    assert re.sub(r"<script .*?</script>\n", "", page, flags=re.DOTALL) == html.write(plain, STYLES).decode()
