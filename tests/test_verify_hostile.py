"""Files made to harm whoever reads them back: each is refused with place, cause and repair, without a traceback."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from click.testing import CliRunner

from contractgen import generate
from contractgen.api import Generated
from contractgen.carried.manifest import NAME
from contractgen.carried.reading import read_carried
from contractgen.cli import main
from contractgen.errors import Exit
from helpers import CONTRACTS
from word_edits import packed

RECORD = CONTRACTS / "siemens-late-renewal.yaml"
SCRIPT = re.compile(rb'(<script type="application/json" id="contractgen.json">)(.*?)(</script>)', re.DOTALL)


@pytest.fixture(scope="module")
def sound() -> dict[str, bytes]:
    engines = {"docx": "", "html": "", "pdf": "typst"}
    made = {kind: generate(RECORD, "quote", "en", kind, pdf_engine=engine) for kind, engine in engines.items()}
    return {kind: one.content for kind, one in made.items() if isinstance(one, Generated)}


def page_with(page: bytes, manifest: bytes) -> bytes:
    return SCRIPT.sub(lambda found: found[1] + manifest + found[3], page)


def changed(page: bytes, **sections: Any) -> bytes:
    """Return a page whose carried data have other sections."""
    data = json.loads(read_carried(page, "x").content)
    text = json.dumps({**data, **sections}, ensure_ascii=False).replace("<", "\\u003c")
    return page_with(page, text.encode())


def word_with(content: bytes, part: str, xml: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return packed({**{name: package.read(name) for name in package.namelist()}, part: xml})


def part_of(content: bytes, part: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(part)


def pdf_with(content: bytes, edit: Callable[[pikepdf.Pdf], None], **options: Any) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        edit(pdf)
        pdf.save(out, **options)
    return out.getvalue()


def attachment(pdf: pikepdf.Pdf) -> Any:
    return next(iter(pdf.attachments.values())).get_file().obj


BOMB = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><attachment>&b;</attachment>'
HOSTILE: dict[str, tuple[Callable[[dict[str, bytes]], bytes], str]] = {
    "empty": (lambda _: b"", "is empty"),
    "plain text": (lambda _: b"dear customer", "is no DOCX, PDF or HTML file"),
    "old Word": (lambda _: b"\xd0\xcf\x11\xe0" + bytes(900), "is no DOCX, PDF or HTML file"),
    "a page of others": (lambda _: b"<!doctype html><p>hello", f"carries no {NAME}"),
    "a page cut off": (lambda s: s["html"][: s["html"].index(b'"record"')], "is cut off"),
    "a page with two": (lambda s: SCRIPT.sub(lambda found: found[0] * 2, s["html"]), "carries 2 files"),
    "a page that is no text": (lambda s: s["html"].replace(b"<main>", b"<main>\xff\xfe"), "is not UTF-8"),
    "a Word file cut off": (lambda s: s["docx"][: len(s["docx"]) // 2], "is damaged"),
    "a Word file of others": (lambda s: word_with(s["docx"], "customXml/item1.xml", b"<a/>"), f"carries no {NAME}"),
    "an XML bomb": (lambda s: word_with(s["docx"], "customXml/item1.xml", BOMB), "document type"),
    "a zip bomb": (lambda s: word_with(s["docx"], "customXml/item1.xml", b"<a>" + b" " * 60_000_000), "MiB"),
    "two in a Word file": (
        lambda s: word_with(s["docx"], "customXml/item7.xml", part_of(s["docx"], "customXml/item1.xml")),
        "carries 2 files",
    ),
    "a PDF cut off": (lambda s: s["pdf"][: len(s["pdf"]) // 2], ""),
    "a PDF without": (lambda s: pdf_with(s["pdf"], lambda pdf: pdf.attachments.clear()), f"carries no {NAME}"),
    "a PDF under lock": (
        lambda s: pdf_with(s["pdf"], lambda _: None, encryption=pikepdf.Encryption(owner="a", user="b")),
        "is locked",
    ),
    "a PDF with a bomb": (
        lambda s: pdf_with(s["pdf"], lambda pdf: attachment(pdf).write(b"{" + b" " * 90_000_000)),
        "MiB",
    ),
    "a PDF oddly packed": (
        lambda s: pdf_with(
            s["pdf"], lambda pdf: attachment(pdf).write(b"7b7d>", filter=pikepdf.Name.ASCIIHexDecode),
            stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False,
        ),
        "is packed in an unusual way",
    ),
    "no JSON": (lambda s: page_with(s["html"], b"{"), "is not valid JSON"),
    "JSON nested a million times": (lambda s: page_with(s["html"], b"[" * 1_000_000), "nested"),
    "a key twice": (lambda s: page_with(s["html"], b'{"schema":"a","schema":"b"}'), "twice"),
    "a number without end": (lambda s: page_with(s["html"], b'{"schema":' + b"9" * 9999 + b"}"), "digits"),
    "a list": (lambda s: page_with(s["html"], b"[]"), "the whole"),
    "another form": (lambda s: changed(s["html"], schema="contractgen/carried/99"), "and this version reads"),
    "sections of another kind": (lambda s: changed(s["html"], values="all", record=7), "record"),
}  # fmt: skip


@pytest.mark.parametrize("command", ["extract", "verify"])
@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_back_is_refused(sound: dict[str, bytes], tmp_path: Path, name: str, command: str) -> None:
    make, cause = HOSTILE[name]
    path = tmp_path / "file"
    path.write_bytes(make(sound))
    started = time.process_time()
    ran = CliRunner().invoke(main, [command, str(path)])
    assert time.process_time() - started < 20
    assert ran.exit_code == Exit.INVALID_DATA, ran.output
    assert str(path) in ran.stderr
    assert cause in ran.stderr
    assert "repair:" in ran.stderr
    assert "internal fault" not in ran.stderr
    assert not ran.stdout


def aliases(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


def render(page: bytes, **changes: Any) -> dict[str, Any]:
    return {"render": {**json.loads(read_carried(page, "x").content)["render"], **changes}}


RECORDS: dict[str, tuple[Callable[[bytes], dict[str, Any]], str]] = {
    "a YAML bomb": (lambda _: {"record": aliases(9)}, "values"),
    "a record that is none": (lambda _: {"record": "- 1\n- 2"}, "repair"),
    "a record nested deeply": (lambda _: {"record": "[" * 5000}, "nested"),
    "a record of another vendor": (lambda _: {"record": "vendor: ../../etc/passwd"}, "repair"),
    "a path for a locale": (lambda page: render(page, locale="../../../etc"), "unknown locale"),
    "a path for a document": (lambda page: render(page, type="../letters/refusal"), "unknown document type"),
    "a letter that is none": (lambda page: render(page, letter=True), "no letter of refusal"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_hostile_record_in_sound_data_makes_no_document(sound: dict[str, bytes], tmp_path: Path, name: str) -> None:
    make, cause = RECORDS[name]
    path = tmp_path / "file.html"
    path.write_bytes(changed(sound["html"], **make(sound["html"])))
    ran = CliRunner().invoke(main, ["verify", str(path)])
    assert ran.exit_code == Exit.DIFFERS, ran.output
    assert "cannot be made again" in ran.stdout
    assert cause in ran.stdout
    assert "internal fault" not in ran.output


def test_a_page_that_says_it_was_a_word_file_is_a_contradiction(sound: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "file.html"
    path.write_bytes(changed(sound["html"], **render(sound["html"], format="docx")))
    ran = CliRunner().invoke(main, ["verify", str(path)])
    assert ran.exit_code == Exit.ALTERED
    assert "contradiction: the file is html" in ran.stdout


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["extract", str(tmp_path / "nothing.pdf")])
    assert ran.exit_code == Exit.INVALID_DATA
    assert "does not exist" in ran.stderr
