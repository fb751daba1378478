"""Finished files are read back by a reader of its own: one contract says the same in every language and format.

Then faults are planted, one of each kind that a contract could suffer from: each must be found, and told where it is.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from contractgen.cli import main
from contractgen.errors import ContractgenError, Exit
from contractgen.numerals import spell
from contractgen.parity import Report, as_text
from contractgen.parity_compare import Difference, compare, read, sightings
from contractgen.parity_figures import even, figures
from contractgen.parity_words import amounts, number_of
from contractgen.tree import Document, Row, Table, Value
from contractgen.values import Calendar, Cause, Day, Duration, Figure, Kind, Money, Origin, Unit
from contractgen.writers import html, writer_for
from helpers import CONTRACTS, LOCALES, Sample, books, composed, issued

Files = Mapping[str, bytes]


def finished(sample: Sample, *formats: str) -> Files:
    """Return the files of a document in all languages by name."""
    named = [(locale, extension) for locale in LOCALES for extension in formats]
    return {f"{sample.document}.{locale}.{extension}": file(sample, locale, extension) for locale, extension in named}


@cache
def file(sample: Sample, locale: str, extension: str) -> bytes:
    return written(composed(sample, locale), extension)


def written(document: Document, extension: str) -> bytes:
    return writer_for(extension).write(document, books().styles())


def differences(files: Files) -> list[Difference]:
    return compare([read(name, content) for name, content in files.items()])


def told(found: list[Difference]) -> str:
    return as_text(Report({}, tuple(found)))


@cache
def first_of_each() -> tuple[Sample, ...]:
    """Return one document of each vendor and type, to be read back as a PDF too."""
    return tuple({(sample.vendor, sample.document): sample for sample in reversed(issued())}.values())


@pytest.mark.parametrize("sample", issued(), ids=lambda sample: sample.id)
def test_all_files_of_a_contract_carry_the_same_figures(sample: Sample) -> None:
    files = dict(finished(sample, "html", "docx"))
    if sample in first_of_each():  # a PDF takes its time: Persian always, where order is hardest, the others by turns
        by_turns = ("ko", "en", "")[first_of_each().index(sample) % 3]
        for locale in ("fa",) if sample.document == "sdd" or not by_turns else ("fa", by_turns):
            files[f"{sample.document}.{locale}.pdf"] = file(sample, locale, "pdf")
    readings = [read(name, content) for name, content in files.items()]
    found = compare(readings)
    assert found == [], told(found)
    counted = {reading.file: len(sightings(reading)) for reading in readings}
    assert min(counted.values()) == max(counted.values()) > 5, counted


def test_no_digit_of_a_document_escapes_the_reader() -> None:
    kinds: Counter[str] = Counter()
    for sample in first_of_each():
        for name, content in finished(sample, "html").items():
            reading = read(name, content)
            for passage in reading.passages:
                rest = list(passage.text)
                for figure in figures(passage.text, reading.language):
                    kinds[figure.kind] += 1
                    rest[figure.start : figure.end] = " " * (figure.end - figure.start)
                label = re.compile(r"^\d{1,2}[.)]\s")
                assert not re.search(r"\d", label.sub("", "".join(rest))), f"{name}: {passage.text}"
    known = {"date", "time", "money", "words", "percent", "length", "clause", "rank", "phone", "email", "url"}
    assert {*kinds} == known | {"code", "number"}


# ------------------------------------------------------------------------------------------------ planted faults


def sample_of(name: str, document: str) -> Sample:
    return next(sample for sample in issued() if sample.id == f"{name}-{document}")


def edited(content: bytes, old: str, new: str, nth: int = 0) -> bytes:
    """Return an HTML or DOCX file in which the ``nth`` place that shows ``old`` shows ``new``."""
    if not content.startswith(b"PK"):
        return put(content.decode(), f">{old}<", f">{new}<", nth).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given_, zipfile.ZipFile(packed, "w") as made:
        for name in given_.namelist():
            part = given_.read(name)
            made.writestr(name, edited(part, old, new, nth) if name == "word/document.xml" else part)
    return packed.getvalue()


def put(text: str, old: str, new: str, nth: int) -> str:
    pieces = text.split(old)
    assert len(pieces) > nth + 1, f"{old} does not stand there"
    return old.join(pieces[: nth + 1]) + new + old.join(pieces[nth + 1 :])


def changed(node: Any, old: str, new: str) -> Any:
    """Return a tree in which every value that shows ``old`` shows ``new``."""
    if isinstance(node, Value):
        return replace(node, text=new) if node.text == old else node
    if isinstance(node, tuple):
        return tuple(changed(one, old, new) for one in node)
    if is_dataclass(node) and not isinstance(node, type):
        inner = {one.name: getattr(node, one.name) for one in fields(node)}
        return replace(node, **{name: changed(one, old, new) for name, one in inner.items() if isinstance(one, tuple)})
    return node


def without_row(document: Document, number: int) -> Document:
    """Return the document without a row of its first table."""
    table = next(block for block in document.blocks if isinstance(block, Table))
    shorter = replace(table, rows=cast("tuple[Row, ...]", (*table.rows[:number], *table.rows[number + 1 :])))
    return replace(document, blocks=tuple(shorter if block is table else block for block in document.blocks))


AYOTEX = ("ayotex-basic-first-purchase", "quote")
SIEMENS = ("siemens-late-renewal", "quote")
KOREA = ("ibm-korea-advanced-renewal", "sdd")

IN_ONE_FILE = [
    # an amount ten times too large, in a cell
    (AYOTEX, "docx", "ko", "233,750,000리알", "2,337,500,000리알", "table 2 “금액 내역”, row 2, column 5", "money"),
    # day and month swapped
    (AYOTEX, "html", "en", "21 May 2025", "5 December 2025", "table 1, row 3, column 2", "date"),
    (AYOTEX, "docx", "fa", "۳۱ اردیبهشت ۱۴۰۴", "۱۳ اردیبهشت ۱۴۰۴", "table 1, row 3, column 2", "date"),
    # digits changed places
    (AYOTEX, "html", "fa", "۲۷٫۵٪", "۷۲٫۵٪", "table 2 “اقلام و قیمتها”, row 2, column 3", "percent"),
    # a digit of a telephone number, before it any particle or none
    (AYOTEX, "docx", "ko", "021-0000-1180", "021-0000-1181", "paragraph 2", "phone"),
    (AYOTEX, "html", "fa", "۰۲۱-۰۰۰۰-۱۱۸۰", "۱۱۸۰-۰۰۰۰-۰۲۱", "paragraph 2", "phone"),
    (AYOTEX, "html", "en", "support@ayotex.example", "suport@ayotex.example", "paragraph 2", "email"),
    (KOREA, "docx", "fa", "www.ibm.com/kr", "www.ibm.com/ko", "", "url"),
    (KOREA, "html", "ko", "09:00", "08:00", "", "time"),
    (KOREA, "docx", "en", "12 months", "12 years", "", "length"),
]


@pytest.mark.parametrize(("case", "extension", "locale", "old", "new", "place", "kind"), IN_ONE_FILE)
def test_a_fault_in_one_file_is_found_where_it_is(  # noqa: PLR0913
    case: tuple[str, str], extension: str, locale: str, old: str, new: str, place: str, kind: str
) -> None:
    files = dict(finished(sample_of(*case), "html", "docx"))
    name = f"{case[1]}.{locale}.{extension}"
    files[name] = edited(files[name], old, new)
    found = differences(files)
    assert found, "nothing was found"
    there = [one for difference in found for one in difference.sightings if one.file == name and new in shown(one)]
    assert there, told(found)
    assert there[0].figure.kind == kind
    assert there[0].place.endswith(place)
    beside = {one.file for difference in found for one in difference.sightings}
    assert {one.split(".")[1] for one in beside} == {*LOCALES}, "what stands in the other languages is told too"


def shown(sighting: Any) -> str:
    return str(sighting.snippet.partition("‹")[2].partition("›")[0])


IN_ONE_LANGUAGE = [
    (AYOTEX, "fa", "۲۷٫۵٪", "۷۲٫۵٪", "percent 72.5"),
    (AYOTEX, "ko", "501,100,000리알", "5,011,000,000리알", "money 5011000000 IRR"),
    (SIEMENS, "en", "1 March 2025", "3 January 2025", "date 2025-01-03"),
    (KOREA, "fa", "۱۵۸۸-۵۸۰۱", "۱۵۸۸-۵۸۱۰", "phone 15885810"),
]


@pytest.mark.parametrize(("case", "locale", "old", "new", "said"), IN_ONE_LANGUAGE)
def test_a_fault_in_one_language_is_found_and_the_others_are_shown(
    case: tuple[str, str], locale: str, old: str, new: str, said: str
) -> None:
    sample = sample_of(*case)
    files = dict(finished(sample, "html", "docx"))
    wrong = changed(composed(sample, locale), old, new)
    for extension in ("html", "docx"):
        files[f"{sample.document}.{locale}.{extension}"] = written(wrong, extension)
    found = [difference for difference in differences(files) if said in difference.said]
    assert found
    assert {one.language for one in found[0].sightings} == {*LOCALES}, told(found)
    assert any(shown(one) == even(new) for one in found[0].sightings)


@pytest.mark.parametrize(
    ("new", "fault"),
    [
        ("۲۹ اسفند ۱۴۰۳ (۲۰ مارس ۲۰۲۵)", "the Jalali day is 2025-03-19, the Gregorian one 2025-03-20"),
        ("۳۰ اسفند ۱۴۰۴ (۲۰ مارس ۲۰۲۵)", "there is no such day"),
        ("۳۰ اسفند ۱۴۰۳ (۲۱ مارس ۲۰۲۵)", "the Jalali day is 2025-03-20, the Gregorian one 2025-03-21"),
    ],
)
def test_a_leap_day_that_does_not_agree_with_itself_is_found(new: str, fault: str) -> None:
    old = "۳۰ اسفند ۱۴۰۳ (۲۰ مارس ۲۰۲۵)"
    sample = next(one for one in issued() if f">{old}<" in finished(one, "html")[f"{one.document}.fa.html"].decode())
    files = dict(finished(sample, "html", "docx"))
    name = f"{sample.document}.fa.docx"
    files[name] = edited(files[name], old, new)
    found = [difference for difference in differences(files) if difference.rule == "itself"]
    assert [fault in difference.said for difference in found] == [True], told(found)
    assert found[0].sightings[0].file == name


@pytest.mark.parametrize("extensions", [("html", "docx"), ("docx",)])
def test_a_row_that_is_missing_is_found(extensions: tuple[str, ...]) -> None:
    sample = sample_of(*AYOTEX)
    shorter = without_row(composed(sample, "fa"), 3)
    files = dict(finished(sample, "html", "docx"))
    for extension in extensions:
        files[f"quote.fa.{extension}"] = written(shorter, extension)
    found = differences(files)
    lacking = [name for difference in found for name in difference.lacking]
    assert f"quote.fa.{extensions[0]}" in lacking, told(found)
    assert "21000000 IRR" in told(found) or "21,000,000" in told(found)
    assert "row 4" in told(found)


@pytest.mark.parametrize(
    ("locale", "old", "new"),
    [
        ("ko", "일금 오억일백일십만리알정", "일금 오억일백이십만리알정"),
        ("fa", "پانصد و یک میلیون و صد هزار ریال", "پانصد و دو میلیون و صد هزار ریال"),
        (
            "en",
            "Five hundred and one million one hundred thousand Iranian rials",
            "Five hundred thousand Iranian rials",
        ),
    ],
)
def test_an_amount_in_words_that_differs_from_its_figure_is_found(locale: str, old: str, new: str) -> None:
    files = dict(finished(sample_of(*AYOTEX), "html", "docx"))
    name = f"quote.{locale}.html"
    files[name] = edited(files[name], old, new)
    found = [difference for difference in differences(files) if difference.rule == "words"]
    assert len(found) == 1
    assert "the amount in figures before it is 501100000 IRR" in found[0].said
    assert [one.file for one in found[0].sightings] == [name, name]


def test_amounts_that_changed_places_are_found_though_none_is_missing() -> None:
    files = dict(finished(sample_of(*AYOTEX), "html", "docx"))
    name = "quote.ko.docx"
    turned = edited(edited(files[name], "9,600,000리알", "3,000,000리알", 1), "3,000,000리알", "9,600,000리알", 1)
    files[name] = turned
    assert "row 5, column 5" in told(differences(files))


def test_a_figure_of_the_running_head_must_stand_in_the_body() -> None:
    files = dict(finished(sample_of(*AYOTEX), "html"))
    files["quote.en.html"] = edited(files["quote.en.html"], "AYX-Q-1404-11", "AYX-Q-1404-12")
    found = differences(files)
    assert [(difference.rule, difference.sightings[0].figure.spelling) for difference in found] == [
        ("running", "AYX-Q-1404-12")
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("۰۲۱-۰۰۰۰-۱۱۸۰", "۱۱۸۰-۰۰۰۰-۰۲۱", "phone 02100001180 or phone 11800000021"),
        ("۵۰۱٬۱۰۰٬۰۰۰ ریال", "۵۱۰٬۱۰۰٬۰۰۰ ریال", "money 501100000 IRR or money 510100000 IRR"),
        ("AYX-1404-007", "AYX-1404-070", "code AYX-1404-007 or code AYX-1404-070"),
    ],
)
def test_a_pdf_is_read_as_an_eye_reads_it(old: str, new: str, said: str) -> None:
    sample = sample_of(*AYOTEX)
    files = dict(finished(sample, "html"))
    files["quote.fa.pdf"] = written(changed(composed(sample, "fa"), old, new), "pdf")
    found = [difference for difference in differences(files) if difference.said == said]
    assert found
    assert re.search(r"page \d, line \d", found[0].sightings[1].place)


# ------------------------------------------------------------------------------------------------------- laws


def read_alone(figure: Figure, form: str = "") -> set[tuple[str, str]]:
    """Return what the reader makes of a figure in each language; one entry if they agree."""
    shown_ = {code: even(books().locale(code).show(figure, form)) for code in LOCALES}
    return {one.key for code, text in shown_.items() for one in figures(f"{text}.", code)}


def figure(kind: Kind, amount: Any) -> Figure:
    return Figure("x", kind, amount, Cause(Origin.CONTRACT, "x"))


@given(
    st.dates(date(1990, 3, 21), date(2080, 3, 19)) | st.sampled_from([date(2025, 3, 20), date(2024, 2, 29)]),
    st.sampled_from(Calendar),
)
def test_every_day_is_read_alike_in_three_languages(day: date, calendar: Calendar) -> None:
    for form in ("", "jalali", "gregorian"):
        assert read_alone(figure(Kind.DATE, Day(day, calendar)), form) == {("date", day.isoformat())}
    off = even(books().locale("fa").show(figure(Kind.DATE, Day(day)), "")).replace(
        even(books().locale("fa").show(figure(Kind.DATE, Day(day)), "gregorian")),
        even(books().locale("fa").show(figure(Kind.DATE, Day(day + timedelta(1))), "gregorian")),
    )
    assert [bool(one.fault) for one in figures(off, "fa")] == [True]


@given(st.integers(0, 10**14), st.sampled_from(["KRW", "IRR", "USD", "EUR"]))
def test_every_amount_is_read_alike_in_three_languages_also_in_words(minor: int, currency: str) -> None:
    exact = Decimal(minor) if currency in {"KRW", "IRR"} else Decimal(minor) / 100
    spelling = f"{exact.normalize() + 0:f} {currency}"
    assert read_alone(figure(Kind.MONEY, Money(minor, currency))) == {("money", spelling)}
    assert read_alone(figure(Kind.MONEY, Money(minor, currency)), "words") == {("words", spelling)}
    for code in LOCALES:
        words = even(books().locale(code).show(figure(Kind.MONEY, Money(minor, currency)), "words"))
        assert [(name, amount) for _, _, name, amount in amounts(words)] == [(currency, exact)]


@given(st.integers(1, 10**12))
def test_a_toman_is_ten_rials(rials: int) -> None:
    assert read_alone(figure(Kind.MONEY, Money(rials, "IRR")), "toman") == {("words", f"{rials} IRR")}


@given(st.integers(0, 10**15 - 1))
def test_the_vocabulary_of_the_reader_knows_every_number(number: int) -> None:
    for code in LOCALES:
        text = spell(number, books().locale(code).grammar.spelling)
        words = list(text) if code == "ko" else [w for w in re.split(r"[ -]", text.lower()) if w not in {"and", "و"}]
        assert number_of(words) == number


@given(st.integers(1, 400), st.sampled_from([Unit.DAY, Unit.MONTH, Unit.YEAR, Unit.HOUR, Unit.WORKING_HOUR]))
def test_every_length_of_time_is_read_alike_in_three_languages(count: int, unit: Unit) -> None:
    assert read_alone(figure(Kind.DURATION, Duration(count, unit))) == {
        ("length", f"{count} {unit.value.replace('-', ' ')}")
    }


# ------------------------------------------------------------------------------------------------ the command

LETTER = (str(CONTRACTS / "ayotex-withdrawal-too-late.yaml"), "--type", "withdrawal-ack")


def test_the_command_tells_a_difference_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    good = html.write

    def wrong(document: Document, styles: Any) -> bytes:
        return good(document, styles).replace("2025년 1월 19일".encode(), "2025년 9월 1일".encode())

    monkeypatch.setattr(html, "write", wrong)
    result = CliRunner().invoke(main, ["parity", *LETTER])
    assert result.exit_code == Exit.TEMPLATE_FAULT
    assert "1. date 2025-09-01 or date 2025-01-19" in result.stdout
    assert re.search(r"withdrawal-ack.ko.html: “제목: .*”, paragraph 3: .*‹2025년 9월 1일›", result.stdout)
    assert re.search(r"withdrawal-ack.ko.pdf: page 1, line \d+: .*‹2025년 1월 19일›", result.stdout)
    assert re.search(r"withdrawal-ack.fa.html: .*‹۳۰ دی ۱۴۰۳›", result.stdout)
    assert "1 difference" in result.stdout


def test_the_command_says_that_all_is_equal_as_data_too() -> None:
    result = CliRunner().invoke(main, ["parity", *LETTER, "--format", "json"])
    assert result.exit_code == Exit.OK
    assert '"withdrawal-ack.fa.pdf": ' in result.stdout
    assert '"differences": []' in result.stdout


def test_a_refused_document_has_nothing_to_compare() -> None:
    record = str(CONTRACTS / "ayotex-rate-out-of-range.yaml")
    result = CliRunner().invoke(main, ["parity", record, "--type", "quote"])
    assert result.exit_code == Exit.REFUSED
    assert result.stderr.startswith("refused by policy")


@pytest.mark.parametrize("module", ["pypdfium2", "jdatetime"])
def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    figures.cache_clear()
    monkeypatch.setitem(sys.modules, module, None)
    sample = sample_of(*AYOTEX)
    name = "quote.fa.pdf" if module == "pypdfium2" else "quote.fa.html"
    with pytest.raises(ContractgenError, match=r"pip install contractgen\[parity\]"):
        compare([read(name, b"%PDF" if module == "pypdfium2" else finished(sample, "html")[name])])


@pytest.mark.parametrize("name", ["quote.fa.pdf", "quote.fa.docx", "quote.fa.html", "quote.de.html", "quote"])
def test_a_file_that_cannot_be_read_is_told(name: str) -> None:
    with pytest.raises(ContractgenError) as told_:
        read(name, b"\xff\xfe not a document")
    assert told_.value.problems[0].repair
    assert Path(told_.value.problems[0].place.file).name == name
