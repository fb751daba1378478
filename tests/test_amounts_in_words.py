"""Amounts in words against ICU's spell-out rules and against sums written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icu4py.messageformat import MessageFormat

from contractgen.locale_file import load_locale
from contractgen.locales import CannotShow, Locale
from contractgen.numerals import spell
from contractgen.values import Cause, Figure, Kind, Money, Origin

TEMPLATES = Path(__file__).parents[1] / "templates"
LOCALES = {code: load_locale(TEMPLATES / code / "locale.toml") for code in ("ko", "fa", "en")}
ICU = {
    "ko": MessageFormat("{n,spellout,%spellout-cardinal-financial}", "ko"),
    "fa": MessageFormat("{n,spellout}", "fa"),
    "en": MessageFormat("{n,spellout,%spellout-cardinal-verbose}", "en_GB"),
}
ROUND_SUMS = st.builds(lambda digits, zeros: digits * 10**zeros, st.integers(0, 9999), st.integers(0, 11))


def words(locale: Locale, minor: int, currency: str, form: str = "words") -> str:
    return locale.show(Figure("total", Kind.MONEY, Money(minor, currency), Cause(Origin.CONTRACT, "total")), form)


@pytest.mark.parametrize("code", LOCALES)
@given(number=st.integers(0, 10**15 - 1) | ROUND_SUMS)
def test_any_number_is_spelt_as_icu_spells_it(code: str, number: int) -> None:
    by_icu = ICU[code].format({"n": number}).replace(",", "")  # we write no commas between the groups
    assert spell(number, LOCALES[code].grammar.spelling) == by_icu


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (0, "KRW", "일금 영원정"),
        (1, "KRW", "일금 일원정"),
        (10, "KRW", "일금 일십원정"),
        (10_000, "KRW", "일금 일만원정"),
        (110_000, "KRW", "일금 일십일만원정"),
        (225_000, "KRW", "일금 이십이만오천원정"),
        (1_234_500, "KRW", "일금 일백이십삼만사천오백원정"),
        (3_875_000, "KRW", "일금 삼백팔십칠만오천원정"),
        (100_000_001, "KRW", "일금 일억일원정"),
        (10**12, "KRW", "일금 일조원정"),
        (1_000_000, "IRR", "일금 일백만리알정"),
        (120_005, "USD", "일금 미화 일천이백달러 오센트정"),
        (120_000, "USD", "일금 미화 일천이백달러정"),
    ],
)
def test_korean_amounts_write_every_one_and_are_closed_on_both_sides(minor: int, currency: str, text: str) -> None:
    assert words(LOCALES["ko"], minor, currency) == text


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (0, "KRW", "Zero Korean won"),
        (1_234_500, "KRW", "One million two hundred and thirty-four thousand five hundred Korean won"),
        (1_000_005, "KRW", "One million and five Korean won"),
        (10**12, "JPY", "One trillion Japanese yen"),
        (1, "IRR", "One Iranian rial"),
        (35_000_000, "IRR", "Thirty-five million Iranian rials"),
        (100, "USD", "One US dollar"),
        (120_050, "USD", "One thousand two hundred and 50/100 US dollars"),
        (5, "EUR", "Zero and 05/100 euros"),
    ],
)
def test_english_amounts_are_british_with_cents_as_a_fraction(minor: int, currency: str, text: str) -> None:
    assert words(LOCALES["en"], minor, currency) == text


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (0, "IRR", "صفر ریال"),
        (35_000_000, "IRR", "سی و پنج میلیون ریال"),
        (1_100, "IRR", "یک هزار و صد ریال"),
        (10**9, "IRR", "یک میلیارد ریال"),
        (10**12, "IRR", "یک هزار میلیارد ریال"),
        (225_000, "KRW", "دویست و بیست و پنج هزار وون کرهٔ جنوبی"),
        (120_005, "USD", "یک هزار و دویست دلار آمریکا و پنج سنت"),
    ],
)
def test_persian_amounts_are_in_the_legal_currency(minor: int, currency: str, text: str) -> None:
    assert words(LOCALES["fa"], minor, currency) == text


def test_toman_is_a_tenth_of_the_rials_and_rials_left_over_are_told() -> None:
    shown = {code: words(locale, 35_000_000, "IRR", "toman") for code, locale in LOCALES.items()}
    assert shown == {
        "ko": "일금 삼백오십만토만정",
        "fa": "سه میلیون و پانصد هزار تومان",
        "en": "Three million five hundred thousand tomans",
    }
    assert {code: words(locale, 339_506, "IRR", "toman") for code, locale in LOCALES.items()} == {
        "ko": "일금 삼만삼천구백오십토만 육리알정",
        "fa": "سی و سه هزار و نهصد و پنجاه تومان و شش ریال",
        "en": "Thirty-three thousand nine hundred and fifty and 6/10 tomans",
    }
    for locale in LOCALES.values():
        with pytest.raises(CannotShow, match='no form "toman"'):
            words(locale, 10, "KRW", "toman")


@pytest.mark.parametrize("code", LOCALES)
@pytest.mark.parametrize(("minor", "currency"), [(-1, "KRW"), (-1, "USD"), (-10, "IRR")])
def test_negative_amounts_have_no_words(code: str, minor: int, currency: str) -> None:
    for form in ("words", "toman") if currency == "IRR" else ("words",):
        with pytest.raises(CannotShow, match="is negative"):
            words(LOCALES[code], minor, currency, form)


@pytest.mark.parametrize("code", LOCALES)
def test_amounts_beyond_the_scales_are_refused(code: str) -> None:
    limit = LOCALES[code].grammar.spelling.limit
    assert words(LOCALES[code], limit - 1, "KRW")
    with pytest.raises(CannotShow, match="too large to be written in words"):
        words(LOCALES[code], limit, "KRW")
