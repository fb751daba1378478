"""The renderer under attack: nothing runs, nothing is fetched, nothing hangs; what was typed comes out as typed."""

from __future__ import annotations

import io
import json
import re
import socket
import threading
import time
import unicodedata
import zipfile
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest

from contractgen.api import Generated, compose, generate
from contractgen.contract import parse_contract
from contractgen.errors import ContractgenError, InvalidData, OutputError, Place, TemplateFault
from contractgen.library import Library
from contractgen.markup import compile_clause, compile_label
from contractgen.merging import Merger
from contractgen.styles import load_styles
from contractgen.tree import values
from contractgen.writers import pdf_typst
from contractgen.writers.pdf_engine import render
from helpers import LOCALES, ROOT, books, fee, outcome, siemens, terms
from safety_payloads import MARKUP, NAMES, TEMPLATE_CODE

HEAD = "+++\nrevision = 1\n+++\n# Heading\n\n"
FORMATS = (("docx", ""), ("html", ""), ("pdf", "weasyprint"), ("pdf", "typst"))
INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\u2066-\u2069\ufffe\u00ad]")
"""Blanks and marks that lines are made with; what is left are the letters of a text."""


def letters(text: str) -> str:
    return INVISIBLE.sub("", unicodedata.normalize("NFC", text))


# ------------------------------------------------------------------------------------------------ template injection


def test_the_corpora_are_large_enough_and_hold_nothing_twice() -> None:
    assert len(set(TEMPLATE_CODE)) == len(TEMPLATE_CODE) >= 40
    assert len(set(MARKUP)) == len(MARKUP) >= 40


@pytest.mark.parametrize("payload", NAMES)
def test_a_name_that_other_engines_know_is_a_field_that_no_contract_has(payload: str) -> None:
    template = compile_clause(f"{HEAD}Words {payload} words.", "clauses/x.md")
    merger = Merger(books().locale("en"), terms(record(("a", "b")), "quote"))
    merger.clause(template)
    with pytest.raises(ContractgenError) as caught:
        merger.raise_problems()
    assert caught.value.problems[0].place.file == "clauses/x.md"


@pytest.mark.parametrize("payload", TEMPLATE_CODE)
def test_template_code_in_a_clause_is_refused_with_its_place_when_the_clause_is_loaded(payload: str) -> None:
    with pytest.raises(TemplateFault) as caught:
        compile_clause(f"{HEAD}Words {payload} words.", "clauses/x.md")
    for problem in caught.value.problems:
        assert problem.place.file == "clauses/x.md"
        assert problem.place.line >= 6
        assert problem.repair


@pytest.mark.parametrize("payload", TEMPLATE_CODE)
def test_template_code_in_a_label_is_refused(payload: str) -> None:
    with pytest.raises(TemplateFault):
        compile_label(payload, Place("locale.toml", 3, 1))


# ---------------------------------------------------------------------------------------------------- flat in data


TERM = {"start": "2024-03-01", "expiry": "2025-02-28"}


def record(payloads: tuple[str, ...]) -> str:
    lines = [{**line, "product": payload} for line, payload in zip(fee(*[1000] * len(payloads)), payloads, strict=True)]
    return siemens(licences=lines, term=TERM, customer={"name": payloads[0], "address": payloads[1]})


@cache
def attacked(locale: str, format_: str, engine: str) -> bytes:
    """Return a quotation in which every name of a product is a payload."""
    made = generate(record(TEMPLATE_CODE + MARKUP), "quote", locale, format_, pdf_engine=engine)
    assert isinstance(made, Generated)
    return made.content


def words(content: bytes, format_: str) -> str:
    """Return all words of a finished file, read by a library that is not ours, or plainly."""
    match format_:
        case "pdf":
            with pypdfium2.PdfDocument(content) as pdf:
                return "".join(page.get_textpage().get_text_range() for page in pdf)
        case "docx":
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                body = package.read("word/document.xml").decode()
            return "".join(unescape(found) for found in re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", body))
        case _:
            page = content.decode()
            return unescape(re.sub(r"<[^<>]*>", "", page[page.index("<main>") :]))


CASES = [(locale, format_, "") for locale in LOCALES for format_ in ("docx", "html")]
CASES += [("en", "pdf", "weasyprint"), ("en", "pdf", "typst"), ("fa", "pdf", "typst")]


@pytest.mark.parametrize(("locale", "format_", "engine"), CASES)
def test_code_and_markup_in_data_come_out_as_typed(locale: str, format_: str, engine: str) -> None:
    shown = letters(words(attacked(locale, format_, engine), format_))
    sought = [(payload, [letters(payload)]) for payload in TEMPLATE_CODE + MARKUP]
    if locale == "fa" and format_ == "pdf":  # who reads such a page turns brackets round: look for the words
        sought = [(payload, re.findall(r"[A-Za-z]{2,}", payload)) for payload, _ in sought]
    assert [payload for payload, parts in sought if not all(part in shown for part in parts)] == []


def test_code_and_markup_in_data_make_no_element_and_no_field() -> None:
    harmless = generate(record(("a",) * len(TEMPLATE_CODE + MARKUP)), "quote", "en", "html")
    assert isinstance(harmless, Generated)
    tags = re.compile(rb"<(/?[a-z0-9]+)[\s>]")
    assert tags.findall(attacked("en", "html", "")) == tags.findall(harmless.content)
    with zipfile.ZipFile(io.BytesIO(attacked("en", "docx", ""))) as package:
        body = package.read("word/document.xml")
        assert not re.search(rb"<w:(instrText|fldSimple|altChunk|object|drawing|pict)\b", body)
        assert [name for name in package.namelist() if b'"External"' in package.read(name)] == []


def test_the_value_in_the_tree_is_the_text_that_was_typed() -> None:
    payloads = TEMPLATE_CODE + MARKUP
    chosen = outcome(record(payloads), "quote")
    shown = {value.text for value in values(compose(chosen, "en", books()))}  # type: ignore[arg-type]
    assert [payload for payload in payloads if not any(payload in text for text in shown)] == []


# --------------------------------------------------------------------------------------------------- hostile letters

REFUSED = {
    "a direction override": "Acme\u202egnihtemos",
    "an isolate": "Acme\u2067x",
    "an isolate that ends ours": "Acme\u2069x",
    "a NUL": "Acme\0x",
    "a bell": "Acme\ax",
    "half a surrogate": "Acme\ud800x",
    "a noncharacter": "Acme\uffffx",
    "a private letter, by which values are sealed": "Acme\ue000x",
    "invisible tags": "Acme\U000e0041x",
    "a line separator": "Acme\u2028x",
    "a replaced letter": "Acme\ufffdx",
    "ten thousand letters": "A" * 10_000,
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_name_is_refused_with_its_place(name: str) -> None:
    with pytest.raises(InvalidData) as caught:
        parse_contract(siemens(customer={"name": REFUSED[name]}))
    for problem in caught.value.problems:
        assert problem.place.line
        assert problem.repair


WHOLE = {
    "two hundred combining marks": "Acme" + "e" + "\u0301" * 200 + "x",
    "an emoji family": "Acme 👨\u200d👩\u200d👧 Ltd",
    "zero-width letters": "Ac\u200bme\u200c \u200dLtd\ufeff",
    "direction marks": "Acme \u200fLtd\u200e",
    "a long word": "A" * 2_000,
    "Hangul, Persian and Latin": "한빛 شرکت ماشین‌ابزار Acme ۱۲۳ 123",
    "letters that look alike": "Аcme Ѕystems",
    "a soft hyphen": "Ac\u00adme",
    "mathematical letters": "𝐀𝐜𝐦𝐞",
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_strange_name_comes_out_whole_or_is_refused_with_its_place(name: str) -> None:
    text = WHOLE[name]
    try:
        contract = parse_contract(siemens(term=TERM, customer={"name": text}))
    except InvalidData as refused:
        assert all(problem.place.line and problem.repair for problem in refused.problems)  # noqa: PT017
        return
    for format_, engine in FORMATS:
        try:
            made = generate(contract, "renewal-notice", "en", format_, pdf_engine=engine)
        except OutputError as refused:
            assert format_ == "pdf"
            assert all(problem.place.file and problem.repair for problem in refused.problems)  # noqa: PT017
            continue
        assert isinstance(made, Generated)
        assert letters(text) in letters(words(made.content, format_)) or format_ == "pdf"


# ------------------------------------------------------------------------------------------------- nothing is fetched


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """Listen on this machine and note who calls."""
    calls: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    done = threading.Event()

    def answer() -> None:
        while not done.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                continue
            calls.append(connection.recv(200))
            connection.close()

    thread = threading.Thread(target=answer)
    thread.start()
    yield server.getsockname()[1], calls
    done.set()
    thread.join()
    server.close()


ADDRESSES = (
    "http://127.0.0.1:{port}/x", "https://127.0.0.1:{port}/x", "//127.0.0.1:{port}/x", "ftp://127.0.0.1:{port}/x",
    "file:///etc/passwd", "file://127.0.0.1/etc/passwd", "/etc/passwd", "../../../../etc/passwd",
    "\\\\127.0.0.1\\share\\x", "{link}", "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
    "data:text/css,body{{color:red}}", "jar:file:///x", "gopher://127.0.0.1:{port}/x", "HTTP://127.0.0.1:{port}/X",
)  # fmt: skip
PLACES = (
    '<img src="{0}">', '<object data="{0}"></object>', '<embed src="{0}">', '<link rel="stylesheet" href="{0}">',
    '<link rel="attachment" href="{0}">', '<a rel="attachment" href="{0}">x</a>',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="{0}" width="9" height="9"/></svg>',
    '<p style="background: url({0})">x</p>', '<p style="list-style: url({0}); display: list-item">x</p>',
    '<style>@import url("{0}");</style>', '<style>@font-face {{ font-family: x; src: url("{0}") }}</style>',
    '<p style="content: url({0})">x</p>', '<img srcset="{0} 2x" src="{0}">',
)  # fmt: skip


def test_weasyprint_fetches_nothing_wherever_the_address_stands(
    listener: tuple[int, list[bytes]], tmp_path: Path
) -> None:
    port, calls = listener
    secret = tmp_path / "secret.css"
    secret.write_text("body { color: red }", encoding="utf-8")
    link = tmp_path / "link.css"
    link.symlink_to(secret)
    for address in ADDRESSES:
        target = address.format(port=port, link=link.as_uri()).replace('"', "'")
        for place in PLACES:
            markup = f'<html lang="en"><title>x</title><body>{place.format(target)}</body></html>'
            try:
                made = render(markup, "", "", (), Place("attack"))
            except OutputError as refused:
                assert refused.problems[0].repair  # noqa: PT017
                continue
            assert b"root:" not in made
            assert b"/EmbeddedFile" not in made
            assert b"/Subtype /Image" not in made
    assert calls == []


TYPST = (
    '#read("/etc/passwd")', '#read("../../../../../../etc/passwd")', '#image("/etc/passwd")',
    '#include "/etc/passwd"', '#include "../../../../etc/passwd"', '#import "/etc/passwd": *',
    '#csv("/etc/passwd")', '#json("/proc/self/environ")', '#yaml("/etc/passwd")', '#toml("/etc/passwd")',
    '#xml("/etc/passwd")', '#bibliography("/etc/passwd")', '#plugin("/etc/passwd")', '#pdf.attach("/etc/passwd")',
    '#import "@local/evil:1.0.0": *', '#read("link")', '#read("http://127.0.0.1/x")', '#read("\\\\\\\\host\\\\x")',
    "#while true {}", "#let f() = f()\n#f()",
)  # fmt: skip


@pytest.mark.parametrize("source", TYPST)
def test_typst_reads_no_file_and_does_not_run_for_ever(source: str) -> None:
    with pytest.raises(OutputError) as caught:
        pdf_typst.compiled(f'#set document(title: "x")\n{source}', (), Place("attack"))
    assert "root:" not in str(caught.value)


def test_a_template_folder_is_not_left_by_links_or_dots(tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("+++\nrevision = 1\n+++\nsecret", encoding="utf-8")
    folder = tmp_path / "data"
    slot = folder / "templates" / "en" / "clauses" / "fees"
    slot.mkdir(parents=True)
    (slot / "linked.md").symlink_to(outside)
    own = Library((folder,))
    for wording in ("linked", "../../../../../outside"):
        with pytest.raises(TemplateFault, match="leads out of its data folder"):
            own.clause("en", "fees", wording, Place("policy.toml", 1))
    (folder / "policies").mkdir()
    (folder / "policies" / "acme.toml").symlink_to("/etc/hostname")
    with pytest.raises(TemplateFault, match="leads out of its data folder"):
        own.policy("acme", Place("record", 1))
    (folder / "templates" / "en" / "labels.toml").symlink_to(outside)
    with pytest.raises(TemplateFault, match="leads out of its data folder"):
        own.locale("en")


def test_a_font_of_another_folder_is_not_read_even_through_a_link(tmp_path: Path) -> None:
    sheet = (ROOT / "templates" / "styles" / "house.toml").read_text(encoding="utf-8")
    (tmp_path / "fonts").mkdir()
    for name in set(re.findall(r'"fonts/([^"]+)"', sheet)):
        (tmp_path / "fonts" / name).symlink_to("/etc/passwd")
    (tmp_path / "house.toml").write_text(sheet, encoding="utf-8")
    with pytest.raises(TemplateFault, match="lies outside the folder of the style sheet"):
        load_styles(tmp_path / "house.toml")


# ------------------------------------------------------------------------------------------------------------- limits

ENOUGH_SECONDS = 20
"""Of the processor; what is refused in time is refused in a fraction of it."""


@pytest.fixture
def clock() -> Iterator[None]:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < ENOUGH_SECONDS


RECORDS = {
    "a list within lists without end": "a: " + "[" * 100_000,
    "tables within tables without end": "\n".join(" " * n + "a:" for n in range(5_000)),
    "marks that repeat one another": "a: &a [1,1,1,1,1,1,1,1]\n"
    + "\n".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]" for n in range(9)),
    "a name of ten megabytes": siemens(customer={"name": "A" * 10_000_000}),
    "a hundred thousand lines": siemens(licences=fee(*[1000] * 100_000)),
    "a number of five thousand digits": siemens(licences=[{**fee(1)[0], "annual_fee": "9" * 5_000}]),
    "a number with a huge exponent": siemens(licences=[{**fee(1)[0], "annual_fee": "1e999999999"}]),
    "a quantity without end": siemens(licences=[{**fee(1)[0], "quantity": "9" * 400}]),
    "not a number": siemens(licences=[{**fee(1)[0], "annual_fee": ".nan"}]),
    "a day beyond all calendars": siemens(term={"start": "99999-01-01"}),
    "a field of a megabyte": json.dumps({"x" * 1_000_000: 1}),
    "code in a tag": "a: !!python/object/apply:os.system ['id']",
    "nothing": "",
    "half a surrogate": '{"a": "\\ud800"}',
}


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("name", RECORDS)
def test_a_record_that_would_exhaust_the_machine_is_refused_in_time(name: str) -> None:
    with pytest.raises(InvalidData) as caught:
        parse_contract(RECORDS[name])
    assert caught.value.problems


@pytest.mark.usefixtures("clock")
def test_a_quotation_of_five_hundred_lines_is_made() -> None:
    made = generate(siemens(term=TERM, licences=fee(*[1000] * 500)), "quote", "en", "html")
    assert isinstance(made, Generated)
    assert made.content.count(b"<tr") >= 500


CLAUSES = {
    "conditions within conditions": '{% if tier == "x" %}' * 3_000 + "a" + "{% endif %}" * 3_000,
    "conditions side by side": '{% if tier == "x" %}a{% endif %}' * 1_500,
    "lists within lists": "\n".join("  " * n + "1. a" for n in range(300)),
    "stars": "*" * 50_000,
    "bold in bold": "**a " * 10_000,
    "brackets": "[](" * 20_000,
    "references": "[](#fees) " * 20_000,
    "braces": "{{" * 20_000,
    "a name without end": "{{ " + "a." * 50_000 + "b }}",
    "underscores": "_a_" * 20_000,
    "lines": "a\n" * 100_000,
    "backslashes": "\\" * 100_000,
    "parentheses in a condition": "{% if " + "(" * 5_000 + 'tier == "x"' + ")" * 5_000 + " %}a{% endif %}",
    "not not not": "{% if " + "not " * 5_000 + 'tier == "x" %}a{% endif %}',
    "front matter within": "+++\n" * 20_000,
}


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("name", CLAUSES)
def test_a_clause_built_to_exhaust_the_machine_ends_in_time(name: str) -> None:
    try:
        template = compile_clause(HEAD + CLAUSES[name], "x.md")
    except ContractgenError as refused:
        assert all(problem.place.file == "x.md" and problem.repair for problem in refused.problems)  # noqa: PT017
    else:
        assert template.parts
