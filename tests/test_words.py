"""The words of the three languages say the same with the same values, and carry no figure of their own."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from contractgen.files import read_text
from contractgen.library import library
from contractgen.markup import Field, Template, Words, compile_clause, compile_label, fields_of
from contractgen.paths import built_in_data
from contractgen.refusals import SLOT, WORDINGS

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

# Names that stay Latin in every language: those of a vendor, and those that one wording quotes or defines.
NAMES_OF_VENDOR: dict[str, set[str]] = {
    "siemens": {"Siemens", "Siemens Digital Industries Software", "Siemens Support Center"},
    "ayotex": set(),
    "ibm-korea": {"IBM", "MA", "Passport Advantage", "Passport Advantage Online", "e-Care Center", "Rational"}
    | {"Basic", "Advanced", "Premium", "FAQ", "PTF", "Redbooks"},
    "juniper": {"Juniper", "CSC", "EUSA", "JTAC", "Junos", "SDD", "SOW"},
    "ibm-cso": {"CSO", "IBM", "IBM e-Support"},
}
NAMES_OF_WORDING: dict[str, set[str]] = {
    "definitions/custom-software-and-service-contract": {"Custom Software", "Juniper Service Contract"},
    "definitions/custom-software-terms": {"Custom Software", "Juniper Service Contract"}
    | {"Software Patch", "Software Update", "Software Upgrade"},
    "latest-version/search-for-the-plan": {"Technical Support"},
    "licence-forms/three-forms": {"License", "SW Maintenance", "Annual SW Maintenance Renewal"}
    | {"SW Maintenance Reinstatement"},
    "site-path/where-the-page-stands": {"Support & downloads", "Customer support"}
    | {"Invoices and payments", "Inventory management"},
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


@cache
def chosen_by(vendor: str) -> frozenset[str]:
    """Name the wordings that a vendor's policy chooses, and the words of its refusals."""
    policy = library().policy(vendor, clause("en", NAMES[0]).place)
    rows = {f"{row.slot}/{row.wording}" for rows in policy.slots.values() for row in rows if row.wording}
    return frozenset(rows | {f"{SLOT}/{row.id}" for row in policy.refusals})


def test_every_clause_is_chosen_by_some_policy_and_every_chosen_wording_exists() -> None:
    letters = {f"{slot}/{wording}" for slot, wording in WORDINGS.items()}
    assert letters.union(*(chosen_by(vendor) for vendor in library().vendors)) == set(NAMES)


def used(fields: Iterable[Field]) -> Counter[tuple[str, str]]:
    """Count the fields by name and form; that a duration stands as an adjective is grammar, and differs."""
    return Counter((field.name, "" if field.form == "adjective" else field.form) for field in fields)


@pytest.mark.parametrize("name", NAMES)
def test_the_languages_of_a_clause_use_the_same_values_and_shape(name: str) -> None:
    english = used(fields_of(clause("en", name).parts))
    for locale in ("ko", "fa"):
        assert used(fields_of(clause(locale, name).parts)) == english, locale
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
        assert latin(text, name) == set()


def latin(text: str, name: str) -> set[str]:
    """Return the Latin words of a text that are no name: neither its own nor one of a vendor that chooses it."""
    vendors = [NAMES_OF_VENDOR[vendor] for vendor in library().vendors if name in chosen_by(vendor)]
    names = NAMES_OF_WORDING.get(name, set()).union(*vendors)
    text = re.sub(r"\[\]\(#[\w-]+\)", "", text)
    if names:  # the longest first: what is left of a longer name must not pass for a shorter one
        known = "|".join(re.escape(known) for known in sorted(names, key=len, reverse=True))
        text = re.sub(rf"(?<![A-Za-z])(?:{known})(?![A-Za-z])", "", text)
    return set(re.findall(r"[A-Za-z]+", text))


def test_labels_are_the_same_in_all_locales_with_the_same_values() -> None:
    for locale in ("ko", "fa"):
        assert sorted(library().locale(locale).labels) == LABELS
    for key in LABELS:
        labels = [(book.label(key), book.label_place(key)) for book in map(library().locale, LOCALES)]
        found = [used(fields_of(compile_label(text, place).parts)) for text, place in labels]
        assert found[0] == found[1] == found[2], key


def test_korean_clauses_end_their_sentences_formally() -> None:
    for name in NAMES:
        if name.split("/")[0] in {"subject", "salutation", "closing"}:
            continue
        for sentence in re.findall(r"[가-힣]+[.]", words("ko", name)):
            assert sentence.endswith(("니다.", "시오.")), f"{name}: {sentence}"
