"""Every writer found in the folder is fed every node type in every language."""

from __future__ import annotations

import re
import subprocess
import unicodedata
import zipfile
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pypdfium2  # type: ignore[import-untyped]
import pytest

from contractgen import tree
from contractgen.errors import UsageError
from contractgen.styles import Styles, load_styles
from contractgen.tree import Document, block_inlines, plain, values
from contractgen.writers import engines, extensions, writer_for
from writer_samples import LANGUAGES, SAMPLES, agreement

STYLES: Styles = load_styles(Path(__file__).parents[1] / "templates" / "styles" / "house.toml")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.skip = False
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.skip = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        del tag
        self.skip = False

    def handle_data(self, data: str) -> None:
        if not self.skip:
            self.words.append(data)


def read_html(content: bytes) -> str:
    parser = _Words()
    parser.feed(content.decode())
    return "".join(parser.words)


def read_pdf(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as pdf:
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def read_pdf_by_lines(content: bytes) -> str:
    """Read with poppler, which takes the Latin words of a Persian line in their own order."""
    return subprocess.run(["pdftotext", "-", "-"], input=content, check=True, capture_output=True).stdout.decode()


def read_docx(content: bytes) -> str:
    with zipfile.ZipFile(BytesIO(content)) as package:
        root = ET.fromstring(package.read("word/document.xml"))  # noqa: S314  (our own file)
    return "".join(node.text or "" for node in root.iter() if node.tag.endswith("}t"))


WAYS = tuple(f"{extension} {engine}".strip() for extension in extensions() for engine in ("", *engines(extension)[1:]))
"""Every writer: a format, and the name of its engine where it is not the usual one."""


def by_way(way: str, document: Document) -> bytes:
    extension, _, engine = way.partition(" ")
    return writer_for(extension, engine).write(document, STYLES)


@cache
def written(way: str, name: str) -> bytes:
    return by_way(way, SAMPLES[name]())


READERS = {"html": read_html, "pdf": read_pdf, "docx": read_docx, "pdf typst": read_pdf_by_lines}


def letters(text: str) -> str:
    """Letters and digits alone: readers differ in spaces, brackets and joiners of right-to-left lines."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isalnum())


def node_types(document: Document) -> set[str]:
    text = repr(document)
    return set(re.findall(r"\b([A-Z][A-Za-z]+)\(", text))


def test_the_samples_hold_every_node_of_the_tree() -> None:
    nodes = {member.__name__ for union in (tree.Block, tree.Inline) for member in union.__args__}
    for language in LANGUAGES:
        held = set().union(*(node_types(make()) for name, make in SAMPLES.items() if name.endswith(language)))
        assert nodes <= held


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_writer_keeps_all_words_and_values_of_a_sample(way: str, name: str) -> None:
    document = SAMPLES[name]()
    content = written(way, name)
    assert way in READERS, f"tell this test how to read .{way}"
    found = letters(READERS[way](content))
    for value in values(document):
        assert letters(value.text) in found, value.text
    for block in document.blocks:
        for inlines in block_inlines(block):
            # Long runs are broken over lines whose order a reader may take otherwise: look for each word.
            for word in plain(inlines).split():
                assert letters(word) in found, word


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_writer_gives_the_same_bytes_each_time(way: str, language: str) -> None:
    for kind in ("letter", "agreement"):
        name = f"{kind}-{language}"
        assert by_way(way, SAMPLES[name]()) == written(way, name)


@pytest.mark.parametrize("way", WAYS)
def test_a_writer_takes_a_document_without_header_footer_and_letterhead(way: str) -> None:
    document = agreement("en")
    bare = replace(document, header=(), footer=(), blocks=document.blocks[:1])
    assert letters("Service definition document") in letters(READERS[way](by_way(way, bare)))


def test_the_registry_is_the_folder() -> None:
    assert {"html", "pdf"} <= set(extensions())
    for extension in extensions():
        writer = writer_for(f".{extension.upper()}")
        assert extension == writer.EXTENSION
        assert "/" in writer.MEDIA_TYPE


def test_a_second_engine_is_asked_for_by_name() -> None:
    assert engines("pdf") == ("weasyprint", "typst")
    assert writer_for("pdf") is writer_for("pdf", "weasyprint") is not writer_for("pdf", "typst")
    with pytest.raises(UsageError, match='did you mean "typst"'):
        writer_for("pdf", "typts")


def test_an_unknown_format_names_the_near_one() -> None:
    with pytest.raises(UsageError, match='did you mean "pdf"'):
        writer_for("pfd")
