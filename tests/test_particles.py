"""Korean particles follow the sound in which a text ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractgen.errors import TemplateFault
from contractgen.particles import Readings, load_readings, particle

READINGS_FILE = Path(__file__).parents[1] / "templates" / "ko" / "readings.toml"
READINGS = load_readings(READINGS_FILE)

FINAL, VOWEL, RIEUL = ("은", "으로"), ("는", "로"), ("은", "로")
"""은/는 and 으로/로 after a final consonant, after a vowel, after ㄹ."""

EXAMPLES = {
    # Hangul
    "한빛": FINAL, "고객": FINAL, "회사": VOWEL, "서울": RIEUL,
    # brackets, quotes, signs
    "한빛(주)": VOWEL, "㈜한빛": FINAL, "한빛㈜": VOWEL, "서비스 설명서(SDD)": VOWEL, "계약(이하 「본 계약」)": FINAL,
    "(별표 1)": RIEUL, "「서비스 설명서」": VOWEL, "“고객”": FINAL, "계약(갱신": FINAL, "Juniper®": VOWEL, "R&D": VOWEL,
    # letters one by one
    "SDD": VOWEL, "IBM": FINAL, "NX": VOWEL, "ME&S": VOWEL, "SQL": RIEUL, "CR": RIEUL, "EUSA": VOWEL, "xml": RIEUL,
    "모델 M": FINAL, "iOS": VOWEL,
    # names and words
    "Siemens": VOWEL, "SIEMENS": VOWEL, "Ayotex": VOWEL, "Juniper": VOWEL, "Juniper Networks, Inc.": VOWEL,
    "Siemens Digital Industries Software": VOWEL, "IBM Corp.": FINAL, "Simcenter": VOWEL, "Café": VOWEL,
    "Intel": RIEUL, "Oracle": RIEUL, "file": RIEUL, "online": FINAL, "runtime": FINAL, "design": FINAL, "team": FINAL,
    "Samsung": FINAL, "Internet": FINAL, "robot": FINAL, "timeout": FINAL, "desktop": FINAL, "Slack": FINAL,
    "Outlook": FINAL, "Basic": FINAL, "web": FINAL, "support": VOWEL, "update": VOWEL, "cloud": VOWEL, "desk": VOWEL,
    "sheet": VOWEL, "group": FINAL, "Premium": FINAL, "Advanced": VOWEL, "https://www.ibm.com/support/": VOWEL,
    # figures
    "0": FINAL, "1": RIEUL, "2": VOWEL, "3": FINAL, "6": FINAL, "8": RIEUL, "10": FINAL, "100": FINAL, "1,000": FINAL,
    "10,000": FINAL, "100000000": FINAL, "1,000,000,000,000": VOWEL, "10,000,000,000,000,000": FINAL, "27.5": VOWEL,
    "27.50": FINAL, "2025-03-01": RIEUL, "02-3483-3400": FINAL, "Win32": VOWEL, "Q3": FINAL, "１２": VOWEL,
    "25%": VOWEL, "3,875,000원": FINAL, "12개월": RIEUL, "30일": RIEUL, "09:00": VOWEL, "16:30": FINAL, "25℃": VOWEL,
    "۱۴۰۳": FINAL, "5 GB": VOWEL, "10kg": FINAL, "KRW": FINAL, "C++": VOWEL,
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), EXAMPLES.items(), ids=EXAMPLES)
def test_the_particle_follows_the_reading_of_the_end(text: str, expected: tuple[str, str]) -> None:
    assert (particle(text, "은/는", READINGS), particle(text, "으로/로", READINGS)) == expected


@pytest.mark.parametrize("pair", READINGS.table.pairs)
def test_each_pair_gives_its_first_half_after_a_final_and_its_second_after_a_vowel(pair: str) -> None:
    first, second = pair.split("/")
    assert (particle("고객", pair, READINGS), particle("회사", pair, READINGS)) == (first, second)


@pytest.mark.parametrize("text", ["", "  ", "()", "…", "شرکت", "第一條", "★"])
def test_a_text_without_a_readable_end_is_an_error_that_names_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"no known Korean reading; add one to readings\.toml"):
        particle(text, "은/는", READINGS)


def test_an_unknown_pair_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(ValueError, match='did you mean "은/는"'):
        particle("고객", "은/능", READINGS)


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=20))
def test_any_text_has_a_particle_or_is_refused(text: str) -> None:
    try:
        assert particle(text, "을/를", READINGS) in {"을", "를"}
    except ValueError as fault:
        assert "no known Korean reading" in str(fault)  # noqa: PT017


@given(st.text(st.characters(min_codepoint=ord("a"), max_codepoint=ord("z")), min_size=1, max_size=12))
def test_every_latin_word_is_read_by_rule(word: str) -> None:
    assert particle(word, "이/가", READINGS) in {"이", "가"}


def test_a_faulty_glossary_names_every_fault_with_its_line(tmp_path: Path) -> None:
    text = READINGS_FILE.read_text(encoding="utf-8")
    text = (
        text.replace('Siemens = "지멘스"', 'Siemens = "Siemens"')
        .replace('"은/는"', '"은는"')
        .replace('a = "에이"\n', "")
    )
    file = tmp_path / "readings.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(TemplateFault) as caught:
        load_readings(file, "readings.toml")
    shown = str(caught.value)
    assert len(caught.value.problems) == 3
    line = text.splitlines().index('Siemens = "Siemens"') + 1
    assert f'readings.toml:{line}:1: "words.Siemens" is "Siemens"' in shown
    assert '"은는": it is not a pair of particles' in shown
    assert "each letter from a to z" in shown


def test_glossary_words_ignore_case() -> None:
    assert isinstance(READINGS, Readings)
    assert all(word == word.lower() for word in READINGS.words)
