"""The words of the three languages say the same with the same values, and carry no figure of their own."""

import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from contractgen.files import read_text
from contractgen.library import library
from contractgen.markup import Template, Words, compile_clause, compile_label, fields_of
from contractgen.paths import built_in_data

LOCALES = ("en", "ko", "fa")
TEMPLATES = built_in_data() / "templates"
NAMES = sorted(f"{path.parent.name}/{path.stem}" for path in TEMPLATES.glob("en/clauses/*/*.md"))
LABELS = sorted(library().locale("en").labels)

# Words that count: a legal figure spelt out in a clause would escape the policy.
NUMBER_WORDS = {
    "en": r"\b(two|three|four|five|six|seven|eight|nine|ten|twelve|thirty|ninety|half|quarter|percent|per cent)\b",
    "ko": r"(두|세|네) ?(달|해|번|차례)|(십|백|천) ?(일|월|년|개월|퍼센트)|퍼센트",
    "fa": r"(?<!\w)(دو|سه|چهار|پنج|شش|هفت|هشت|نه|ده|دوازده|سی|نود) (روز|ماه|سال|ساعت|درصد|بار)(?!\w)|درصد",
}


def path(locale: str, name: str) -> Path:
    return TEMPLATES / locale / "clauses" / f"{name}.md"


@cache
def clause(locale: str, name: str) -> Template:
    return compile_clause(read_text(path(locale, name)), f"{locale}/{name}.md")


def words(locale: str, name: str) -> str:
    return "".join(part.text for part in clause(locale, name).parts if isinstance(part, Words))


def shape(locale: str, name: str) -> list[str]:
    """Name each line of structure: heading, numbered item, bullet, paragraph."""
    text = read_text(path(locale, name)).split("+++", 2)[2]
    found: list[str] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        for line in block.split("\n"):
            mark = re.match(r"( *)(# |\d+\. |- )", line)
            if mark:
                found.append(f"{len(mark[1]) // 3} {'numbered' if mark[2][0].isdigit() else mark[2].strip()}")
        if not re.match(r" *(# |\d+\. |- )", block):
            found.append("paragraph")
    return found


def test_every_locale_has_the_same_clauses() -> None:
    for locale in ("ko", "fa"):
        here = sorted(f"{p.parent.name}/{p.stem}" for p in TEMPLATES.glob(f"{locale}/clauses/*/*.md"))
        assert here == NAMES


def test_every_clause_is_chosen_by_some_policy_and_every_chosen_wording_exists() -> None:
    books = library()
    chosen = {
        f"{row.slot}/{row.wording}"
        for vendor in books.vendors
        for rows in books.policy(vendor, clause("en", NAMES[0]).place).slots.values()
        for row in rows
        if row.wording
    }
    assert chosen == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_languages_of_a_clause_use_the_same_values_and_shape(name: str) -> None:
    english = Counter((field.name, field.form) for field in fields_of(clause("en", name).parts))
    for locale in ("ko", "fa"):
        assert Counter((field.name, field.form) for field in fields_of(clause(locale, name).parts)) == english, locale
        assert shape(locale, name) == shape("en", name), locale
        assert clause(locale, name).follows == clause("en", name).revision
        assert re.findall(r"\[\]\(#([\w-]+)\)", words(locale, name)) == re.findall(
            r"\[\]\(#([\w-]+)\)", words("en", name)
        )


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", NAMES)
def test_no_clause_types_a_figure(locale: str, name: str) -> None:
    text = re.sub(r"(?m)^ *\d+\. ", "", words(locale, name))
    digits = [character for character in text if unicodedata.category(character) == "Nd"]
    assert not digits
    assert not re.search(NUMBER_WORDS[locale], text, re.IGNORECASE), text


@pytest.mark.parametrize("name", NAMES)
def test_each_language_keeps_to_its_own_letters(name: str) -> None:
    korean, persian, english = words("ko", name), words("fa", name), words("en", name)
    assert not re.search(r"[\u0600-\u06ff]", korean)
    assert not re.search(r"[\uac00-\ud7a3]", persian)
    assert not re.search(r"[يك٠-٩۰-۹ة]", persian), "Persian letters and no typed digits"
    assert not re.search(r"[\u0600-\u06ff\uac00-\ud7a3]", english)
    for text in (korean, persian):
        latin = set(re.findall(r"(?<![\[(#\w-])[A-Za-z][A-Za-z]+", re.sub(r"\[\]\(#[\w-]+\)", "", text)))
        assert latin <= {"Siemens", "Support", "Center", "Digital", "Industries", "Software", "SDD"}, latin


def test_labels_are_the_same_in_all_locales_with_the_same_values() -> None:
    for locale in ("ko", "fa"):
        assert sorted(library().locale(locale).labels) == LABELS
    for key in LABELS:
        used = [
            sorted(
                (field.name, field.form)
                for field in fields_of(compile_label(book.label(key), book.label_place(key)).parts)
            )
            for book in (library().locale(code) for code in LOCALES)
        ]
        assert used[0] == used[1] == used[2], key


def test_korean_clauses_end_their_sentences_formally() -> None:
    for name in NAMES:
        if name.split("/")[0] in {"subject", "salutation", "closing"}:
            continue
        for sentence in re.findall(r"[가-힣]+[.]", words("ko", name)):
            assert sentence.endswith(("니다.", "시오.")), f"{name}: {sentence}"
