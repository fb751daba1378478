"""Finished files of every document type in every language, judged by poppler, LibreOffice and openxml-audit.

Another process makes the same bytes; names full of markup come out flat and whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openxml_audit import FileFormat, OpenXmlValidator  # type: ignore[import-untyped]

from contractgen.api import Generated, generate
from contractgen.errors import OutputError
from contractgen.tree import values
from contractgen.writers import extensions
from helpers import CONTRACTS, LOCALES, ROOT, books, siemens
from test_parity import lacking, text_of_pdf
from test_writers_conformance import READERS, letters

CHOSEN = {
    "sdd": "ayotex-standard-renewal",
    "renewal-notice": "siemens-late-renewal-leap-year",
    "withdrawal-ack": "siemens-withdrawal-late",
    "quote": "ayotex-premium-outside-tehran",
}
CASES = [(document, locale) for document in CHOSEN for locale in LOCALES]
DIGITS = {"latn": "0123456789", "arabext": "۰۱۲۳۴۵۶۷۸۹"}
MISREAD = re.compile("لا|ال|ه")  # with LibreOffice's font pdftotext turns the ligature round and parts هٔ
ADDED = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")  # for direction and line breaks, by writers


@cache
def made(document: str, locale: str, extension: str) -> Generated:
    result = generate(CONTRACTS / f"{CHOSEN[document]}.yaml", document, locale, extension)
    assert isinstance(result, Generated)
    return result


def shown(result: Generated) -> list[str]:
    return [value.text for value in values(result.document)]


@pytest.mark.parametrize(("document", "locale"), CASES)
def test_a_pdf_holds_every_value_embeds_its_fonts_and_counts_its_pages(
    document: str, locale: str, tmp_path: Path
) -> None:
    result = made(document, locale, "pdf")
    text = text_of_pdf(result.content, tmp_path)
    assert lacking(shown(result), text) == []
    pages = text.removesuffix("\f").split("\f")
    digits = str.maketrans(DIGITS["latn"], DIGITS[result.document.digits])
    for number, page in enumerate(pages, 1):
        footer = books().locale(locale).page_footer.replace("{pages}", str(len(pages))).replace("{page}", str(number))
        assert lacking([footer.translate(digits)], page) == []
    fonts = subprocess.run(
        ["pdffonts", str(tmp_path / "document.pdf")], check=True, capture_output=True, text=True
    ).stdout.splitlines()[2:]
    assert fonts
    assert all(row.split()[-5:-2] == ["yes", "yes", "yes"] for row in fonts)  # embedded, subset, with a Unicode map


@pytest.mark.parametrize(("document", "locale"), CASES)
def test_a_word_file_is_clean_under_openxml_audit_and_holds_every_value(
    document: str, locale: str, tmp_path: Path
) -> None:
    result = made(document, locale, "docx")
    path = tmp_path / "document.docx"
    path.write_bytes(result.content)
    assert [str(error) for error in OpenXmlValidator(file_format=FileFormat.MICROSOFT_365).validate(path).errors] == []
    text = ADDED.sub("", READERS["docx"](result.content))
    assert [value for value in shown(result) if ADDED.sub("", value) not in text] == []


def test_libreoffice_opens_every_word_file_and_shows_every_value(tmp_path: Path) -> None:
    for document, locale in CASES:
        (tmp_path / f"{document}.{locale}.docx").write_bytes(made(document, locale, "docx").content)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    files = sorted(str(path) for path in tmp_path.glob("*.docx"))
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    for document, locale in CASES:
        text = text_of_pdf((tmp_path / f"{document}.{locale}.pdf").read_bytes(), tmp_path)
        expected = [MISREAD.sub("", value) for value in shown(made(document, locale, "docx"))]
        assert lacking(expected, MISREAD.sub("", text)) == [], f"{document}.{locale}"


class Page(HTMLParser):
    """What a browser would fetch, and what the page says of itself."""

    def __init__(self) -> None:
        super().__init__()
        self.root: dict[str, str | None] = {}
        self.references: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html":
            self.root = dict(attrs)
        for name, value in attrs:
            if name in {"src", "href", "srcset", "data", "action", "poster", "background", "cite"}:
                self.references.append(value or "")


@pytest.mark.parametrize(("document", "locale"), CASES)
def test_a_page_says_its_language_and_direction_and_refers_to_nothing_outside(document: str, locale: str) -> None:
    result = made(document, locale, "html")
    text = result.content.decode()
    page = Page()
    page.feed(text)
    assert (page.root["lang"], page.root["dir"]) == (locale, "rtl" if locale == "fa" else "ltr")
    assert [reference for reference in page.references if not reference.startswith("#")] == []
    assert re.findall(r"url\((?!['\"]?data:)|@import", text) == []
    anchors = set(re.findall(r'\bid="([^"]+)"', text))
    assert {reference.removeprefix("#") for reference in page.references} <= anchors
    words = ADDED.sub("", READERS["html"](result.content))
    assert [value for value in shown(result) if ADDED.sub("", value) not in words] == []


def hashes() -> Iterator[tuple[str, str]]:
    """Yield name and hash of the files that these tests look at; a PDF of each document type, as they take long."""
    for document, locale in CASES:
        for extension in extensions():
            if extension == "pdf" and locale != "fa":
                continue
            content = made(document, locale, extension).content
            yield f"{document}.{locale}.{extension}", hashlib.sha256(content).hexdigest()


def test_another_process_makes_the_same_bytes_in_every_format() -> None:
    code = (
        "import sys, json; sys.path.insert(0, 'tests')\n"
        "import test_finished_files as files; print(json.dumps(dict(files.hashes())))"
    )
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "11",
        "PYTHONPATH": str(ROOT / "src"),
        "TZ": "Asia/Tehran",
        "LC_ALL": "C.UTF-8",
    }
    run = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT, env=environment
    )
    assert json.loads(run.stdout) == dict(hashes())


# ------------------------------------------------------------------------------------------------- hostile names

MARKUP = "R&D <Seoul> # 1. *Acme* {{ 7*7 }} [](#x) {% raw %} `code` &amp; \\n %s ${HOME} __b__ |a|b|"
LONG = "".join(f"Alpha{number} 한빛{number} " for number in range(1000))[:2000].strip()
FORGED = "1. Late payment: 0%"  # looks like an item of a list and a figure


def quote(name: str, locale: str, extension: str) -> Generated:
    term = {"start": "2024-03-01", "expiry": "2025-03-01"}
    result = generate(siemens(customer={"name": name}, term=term), "quote", locale, extension)
    assert isinstance(result, Generated)
    return result


@pytest.mark.parametrize("extension", extensions())
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", [MARKUP, LONG, FORGED], ids=["markup", "2,000 characters", "forged"])
def test_a_hostile_name_comes_out_flat_and_whole(name: str, locale: str, extension: str) -> None:
    plain_blocks = quote("Acme", locale, "html").document.blocks
    result = quote(name, locale, extension)
    assert [type(block) for block in result.document.blocks] == [type(block) for block in plain_blocks]
    assert name in shown(result)
    text = READERS[extension](result.content)
    if extension == "pdf":
        assert letters(name[:30]) in letters(text) or locale == "fa"  # the reader takes Latin words in another order
        assert lacking([name], text) == []
    else:
        assert ADDED.sub("", text).count(name) >= 3  # addressee, salutation, signature


@pytest.mark.parametrize("locale", LOCALES)
def test_an_emoji_is_kept_where_readers_have_a_font_for_it_and_refused_where_it_would_be_lost(locale: str) -> None:
    name = "Acme 🚀 Ltd"
    for extension in ("html", "docx"):
        assert name in ADDED.sub("", READERS[extension](quote(name, locale, extension).content))
    with pytest.raises(OutputError, match=r'no font has the character "🚀" \(U\+1F680 ROCKET\) of customer\.name'):
        quote(name, locale, "pdf")
