"""What each locale shows for each kind of value, and that all locales have the same keys."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icu4py.messageformat import MessageFormat

from contractgen.calendars import from_jalali
from contractgen.errors import Place, TemplateFault
from contractgen.locale_file import load_locale
from contractgen.locales import CannotShow, Locale
from contractgen.numerals import counter
from contractgen.values import (
    Amount,
    Calendar,
    Cause,
    Choice,
    Day,
    Duration,
    Figure,
    Kind,
    LocalText,
    Money,
    Origin,
    Unit,
    Weekday,
)

TEMPLATES = Path(__file__).parents[1] / "templates"
LOCALES = {code: load_locale(TEMPLATES / code / "locale.toml") for code in ("ko", "fa", "en")}
ICU_NAMES = {"ko": "ko", "fa": "fa@calendar=gregorian;numbers=arabext", "en": "en_GB"}


def figure(kind: Kind, amount: Amount) -> Figure:
    return Figure("field", kind, amount, Cause(Origin.CONTRACT, "field"))


def show(code: str, kind: Kind, amount: Amount, form: str = "") -> str:
    return LOCALES[code].show(figure(kind, amount), form)


GREGORIAN, JALALI = Day(date(2025, 1, 30)), Day(from_jalali(1403, 12, 30), Calendar.JALALI)
MOMENT = datetime(2025, 10, 15, 16, 0)  # noqa: DTZ001

SHOWN: list[tuple[Kind, Amount, str, str, str, str]] = [
    (Kind.DATE, Day(date(2025, 3, 1)), "", "2025년 3월 1일", "۱۱ اسفند ۱۴۰۳ (۱ مارس ۲۰۲۵)", "1 March 2025"),
    (Kind.DATE, GREGORIAN, "", "2025년 1월 30일", "۱۱ بهمن ۱۴۰۳ (۳۰ ژانویهٔ ۲۰۲۵)", "30 January 2025"),
    (Kind.DATE, Day(date(2027, 2, 28)), "", "2027년 2월 28일", "۹ اسفند ۱۴۰۵ (۲۸ فوریهٔ ۲۰۲۷)", "28 February 2027"),
    (Kind.DATE, JALALI, "", "2025년 3월 20일", "۳۰ اسفند ۱۴۰۳", "20 March 2025"),
    (Kind.DATE, GREGORIAN, "local", "2025년 1월 30일", "۱۱ بهمن ۱۴۰۳", "30 January 2025"),
    (Kind.DATE, JALALI, "gregorian", "2025년 3월 20일", "۲۰ مارس ۲۰۲۵", "20 March 2025"),
    (Kind.DATE, JALALI, "jalali", "1403년 에스판드 30일", "۳۰ اسفند ۱۴۰۳", "30 Esfand 1403"),
    (Kind.MOMENT, MOMENT, "", "2025년 10월 15일 16:00", "۲۳ مهر ۱۴۰۴ (۱۵ اکتبر ۲۰۲۵)، ساعت ۱۶:۰۰",
     "15 October 2025, 16:00"),
    (Kind.MOMENT, MOMENT, "local", "2025년 10월 15일 16:00", "۲۳ مهر ۱۴۰۴، ساعت ۱۶:۰۰", "15 October 2025, 16:00"),
    (Kind.TIME, time(9), "", "09:00", "۰۹:۰۰", "09:00"),
    (Kind.WEEKDAY, Weekday.SATURDAY, "", "토요일", "شنبه", "Saturday"),
    (Kind.MONEY, Money(3875000, "KRW"), "", "3,875,000원", "۳٬۸۷۵٬۰۰۰ وون", "KRW 3,875,000"),
    (Kind.MONEY, Money(3000000, "IRR"), "", "3,000,000리알", "۳٬۰۰۰٬۰۰۰ ریال", "IRR 3,000,000"),
    (Kind.MONEY, Money(-225000, "KRW"), "", "-225,000원", "\u200e−۲۲۵٬۰۰۰ وون", "-KRW 225,000"),
    (Kind.MONEY, Money(123450, "USD"), "", "미화 1,234.50달러", "۱٬۲۳۴٫۵۰ دلار آمریکا", "USD 1,234.50"),
    (Kind.MONEY, Money(-5, "EUR"), "", "-0.05유로", "\u200e−۰٫۰۵ یورو", "-EUR 0.05"),
    (Kind.MONEY, Money(0, "JPY"), "", "0엔", "۰ ین", "JPY 0"),
    (Kind.MONEY, Money(3875000, "KRW"), "number", "3,875,000", "۳٬۸۷۵٬۰۰۰", "3,875,000"),
    (Kind.PERCENT, Decimal(25), "", "25%", "۲۵٪", "25%"),
    (Kind.PERCENT, Decimal("27.50"), "", "27.5%", "۲۷٫۵٪", "27.5%"),
    (Kind.NUMBER, Decimal("1E+3"), "", "1,000", "۱٬۰۰۰", "1,000"),
    (Kind.DURATION, Duration(12, Unit.MONTH), "", "12개월", "۱۲ ماه", "12 months"),
    (Kind.DURATION, Duration(1, Unit.MONTH), "", "1개월", "۱ ماه", "1 month"),
    (Kind.DURATION, Duration(12, Unit.MONTH), "adjective", "12개월", "۱۲ ماهه", "12-month"),
    (Kind.DURATION, Duration(2, Unit.YEAR), "adjective", "2년", "۲ ساله", "2-year"),
    (Kind.DURATION, Duration(4, Unit.HOUR), "adjective", "4시간", "۴ ساعته", "4-hour"),
    (Kind.DURATION, Duration(30, Unit.DAY), "", "30일", "۳۰ روز", "30 days"),
    (Kind.DURATION, Duration(30, Unit.DAY), "number", "30", "۳۰", "30"),
    (Kind.DURATION, Duration(8, Unit.WORKING_HOUR), "", "업무 시간 기준 8시간", "۸ ساعت کاری", "8 working hours"),
    (Kind.DURATION, Duration(10, Unit.PERSON_HOUR), "", "10인시", "۱۰ نفرساعت", "10 person-hours"),
    (Kind.DURATION, Duration(2, Unit.PER_YEAR), "", "연 2회", "سالی ۲ بار", "2 times a year"),
    (Kind.DURATION, Duration(4, Unit.VISIT), "", "4회", "۴ بازدید", "4 visits"),
    (Kind.RANK, 2, "", "2순위", "دوم", "second"),
    (Kind.PHONE, "1 800 498 5351", "", "1 800 498 5351", "۱ ۸۰۰ ۴۹۸ ۵۳۵۱", "1 800 498 5351"),
    (Kind.PHONE, "+1.408.745.2000", "", "+1.408.745.2000", "+۱-۴۰۸-۷۴۵-۲۰۰۰", "+1.408.745.2000"),
    (Kind.CODE, "SDD-2025/07", "", "SDD-2025/07", "SDD-2025/07", "SDD-2025/07"),
    (Kind.EMAIL, "a1@example.com", "", "a1@example.com", "a1@example.com", "a1@example.com"),
    (Kind.NAME, "R&D <Seoul> # 1", "", "R&D <Seoul> # 1", "R&D <Seoul> # 1", "R&D <Seoul> # 1"),
    (Kind.TEXT, LocalText(None, {"ko": "가", "fa": "نرم\u200cافزار", "en": "c"}), "", "가", "نرم\u200cافزار", "c"),
]  # fmt: skip


@pytest.mark.parametrize("row", SHOWN, ids=lambda row: f"{row[0]} {row[5]} {row[2]}".strip())
def test_each_kind_shows_in_the_way_of_each_language(row: tuple[Kind, Amount, str, str, str, str]) -> None:
    kind, amount, form, *expected = row
    assert [show(code, kind, amount, form) for code in ("ko", "fa", "en")] == expected


@pytest.mark.parametrize("code", LOCALES)
@given(day=st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_gregorian_days_are_written_as_icu_writes_them(code: str, day: date) -> None:
    pattern = "{day,date,long}" if code != "fa" else "{day,date,d MMMM y}"
    by_icu = MessageFormat(pattern, ICU_NAMES[code]).format({"day": datetime(day.year, day.month, day.day, 12)})  # noqa: DTZ001
    assert show(code, Kind.DATE, Day(day), "gregorian") == by_icu


def ascii_digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(character, character)) for character in text)


@pytest.mark.parametrize("code", LOCALES)
@given(number=st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=6))
def test_a_shown_number_loses_no_digit(code: str, number: Decimal) -> None:
    symbols = LOCALES[code].grammar.number
    shown = ascii_digits(show(code, Kind.NUMBER, number))
    back = shown.replace(symbols.group, "").replace(symbols.decimal, ".").replace(symbols.minus, "-")
    assert Decimal(back) == number
    assert not (symbols.decimal in shown and shown.endswith("0"))


@pytest.mark.parametrize("code", LOCALES)
@given(minor=st.integers(-(10**18), 10**18), currency=st.sampled_from(["KRW", "IRR", "USD", "EUR", "JPY"]))
def test_a_shown_amount_is_exact_to_the_minor_unit(code: str, minor: int, currency: str) -> None:
    symbols = LOCALES[code].grammar.number
    shown = ascii_digits(show(code, Kind.MONEY, Money(minor, currency), "number"))
    back = shown.replace(symbols.group, "").replace(symbols.decimal, "").replace(symbols.minus, "-")
    assert int(back) == minor


@pytest.mark.parametrize(
    ("kind", "amount", "form", "cause"),
    [
        (Kind.MONEY, Money(1, "XAU"), "", 'unknown currency "XAU"'),
        (Kind.MONEY, Money(1, "KRW"), "adjective", 'a money has no form "adjective"'),
        (Kind.MONEY, 1, "", "a money cannot be a int"),
        (Kind.DURATION, Duration(1, Unit.PIECE), "adjective", 'piece has no form "adjective"'),
        (Kind.DURATION, Duration(-1, Unit.DAY), "", "is negative"),
        (Kind.DATE, Day(date(1700, 1, 1)), "jalali", "outside the Jalali years"),
        (Kind.DATE, GREGORIAN, "words", 'a date has no form "words"'),
        (Kind.TIME, time(9, 0, 30), "", "seconds or a time zone"),
        (Kind.MOMENT, datetime(2025, 1, 1, tzinfo=UTC), "", "seconds or a time zone"),
        (Kind.RANK, 0, "", "no word for rank 0"),
        (Kind.RANK, 11, "", "no word for rank 11"),
        (Kind.NUMBER, Decimal("NaN"), "", "is not a number"),
        (Kind.NUMBER, Decimal("1E+1000000"), "", "more than 40 digits"),
        (Kind.NUMBER, True, "", "a number cannot be a bool"),
        (Kind.TEXT, LocalText(None, {"xx": "x"}), "", "only for: xx"),
        (Kind.TEXT, " ", "", "field is empty"),
    ],
)
@pytest.mark.parametrize("code", LOCALES)
def test_a_value_without_such_a_form_is_an_error_with_cause(
    code: str, kind: Kind, amount: Amount, form: str, cause: str
) -> None:
    with pytest.raises(CannotShow, match=cause):
        show(code, kind, amount, form)


@pytest.mark.parametrize(
    ("code", "labels", "reference"),
    [
        ("ko", ["제5조", "①", "⑳", "(21)", "3.", "가.", "하.", "거."], "제5조"),
        ("fa", ["ماده ۵", "۱.", "۲۰.", "۲۱.", "پ.", "۱)", "۱۴)", "۱۵)"], "مادهٔ ۵"),
        ("en", ["5.", "(a)", "(t)", "(u)", "(iii)", "(A)", "(N)", "(O)"], "clause 5"),
    ],
)
def test_articles_and_items_are_numbered_as_the_language_numbers_them(
    code: str, labels: list[str], reference: str
) -> None:
    locale = LOCALES[code]
    asked = [(0, 5), (1, 1), (1, 20), (1, 21), (2, 3), (3, 1), (3, 14), (3, 15)]
    assert [locale.number_label(level, n) for level, n in asked] == labels
    assert locale.reference(locale.number_label(0, 5)) == reference


def test_labels_that_do_not_exist_are_refused() -> None:
    english = LOCALES["en"]
    for level, n, cause in [
        (4, 1, "level 4"),
        (1, 0, "start at 1"),
        (1, 27, "no letter for item 27"),
        (2, 40, "roman"),
    ]:
        with pytest.raises(CannotShow, match=cause):
            english.number_label(level, n)
    with pytest.raises(CannotShow, match=r"articles look like 1\."):
        english.reference("(a)")


def test_roman_counters_are_right_up_to_their_limit() -> None:
    values = {"i": 1, "v": 5, "x": 10}
    for n in range(1, 40):
        signs = [values[letter] for letter in counter("roman", n, ())]
        total = sum(-sign if sign < following else sign for sign, following in zip(signs, [*signs[1:], 0], strict=True))
        assert total == n


def test_lists_are_joined_without_a_comma_before_and() -> None:
    joined = {code: [locale.join(list("abc")[:n]) for n in (1, 2, 3)] for code, locale in LOCALES.items()}
    assert joined == {
        "ko": ["a", "a 및 b", "a, b 및 c"],
        "fa": ["a", "a و b", "a، b و c"],
        "en": ["a", "a and b", "a, b and c"],
    }
    with pytest.raises(CannotShow, match="list is empty"):
        LOCALES["en"].join([])


def test_only_korean_has_particles() -> None:
    assert LOCALES["ko"].particle("Siemens", "은/는") == "는"
    with pytest.raises(CannotShow, match="has no particles"):
        LOCALES["en"].particle("Siemens", "은/는")


def keys(table: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the dotted keys of a locale; a plural pattern counts as one key."""
    for name, value in table.items():
        if isinstance(value, dict) and "other" not in value:
            yield from keys(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


@pytest.mark.parametrize("code", LOCALES)
def test_every_locale_has_the_same_grammar_keys_as_english(code: str) -> None:
    found, english = (
        {
            key
            for key in keys(tomllib.loads((TEMPLATES / name / "locale.toml").read_text("utf-8")))
            if "labels" not in key
        }
        for name in (code, "en")
    )
    assert found == english
    assert len(LOCALES[code].grammar.rank) == len(LOCALES["en"].grammar.rank)


def test_persian_files_hold_no_arabic_letters_or_digits() -> None:
    for file in (TEMPLATES / "fa").rglob("locale.toml"):
        found = set(file.read_text("utf-8")) & set("يكةى٠١٢٣٤٥٦٧٨٩")
        assert not found


def edited(folder: Path, *changes: tuple[str, str]) -> Path:
    """Copy the English locale with texts replaced and return its path."""
    text = (TEMPLATES / "en" / "locale.toml").read_text("utf-8")
    text = text[: text.index("# Labels:")] + "[labels]\n"  # the grammar alone; the words are tested elsewhere
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file = folder / "en" / "locale.toml"
    file.parent.mkdir()
    file.write_text(text, "utf-8")
    return file


def test_every_fault_of_a_locale_is_reported_at_once_with_its_line(tmp_path: Path) -> None:
    file = edited(
        tmp_path,
        ('code = "en"', 'code = "eng"'),
        ('cldr = "en_GB"', 'cldr = "zz"'),
        ("page_footer = ", "page_foter = "),
        ('gregorian = "{day} {month} {year}"', 'gregorian = "{day} {month}"'),
        ('adjective = "{n}-day"', 'adjective = "{n:>9}-day"'),
        ("[unit.visit]", "[unit.vizit]"),
        ('words_minor = "{Words} and {minor}/{base} euros"\n', ""),
        ("[labels]", '[labels]\nempty = ""\n"a.b" = "x"\na.b = "y"'),
    )
    with pytest.raises(TemplateFault) as caught:
        load_locale(file, "en/locale.toml")
    shown = [str(problem) for problem in caught.value.problems]
    for expected in (
        'unknown field "page_foter"\n    repair: did you mean "page_footer"',
        'field "page_footer" is missing',
        "CLDR has no such locale",
        'the code is not the folder\'s name "en"',
        "its placeholders must be {day} {month} {year}",
        "a placeholder is a bare name",
        'did you mean "visit"',
        'unit "visit" is missing',
        'EUR has minor units but no "words_minor"',
        'label "empty" is not a text',
        'label "a.b" is given twice',
    ):
        assert any(expected in line for line in shown), expected
    assert all(line.startswith("en/locale.toml:") for line in shown)


def test_labels_are_found_by_dotted_key_with_their_place(tmp_path: Path) -> None:
    file = edited(
        tmp_path, ("[labels]", '[labels]\ntitle = "Quote"\n[labels.choices.tier]\nbasic = "Basic"\nraw = "{{ x }}"')
    )
    locale: Locale = load_locale(file, "en/locale.toml")
    line = file.read_text("utf-8").splitlines().index('basic = "Basic"') + 1
    assert locale.label("title") == "Quote"
    assert locale.label_place("choices.tier.basic") == Place("en/locale.toml", line, 1)
    assert locale.show(figure(Kind.CHOICE, Choice("tier", "basic"))) == "Basic"
    with pytest.raises(
        TemplateFault, match=r'label "choices\.tier\.basik" is missing(.|\n)*did you mean "choices\.tier\.basic"'
    ):
        locale.show(figure(Kind.CHOICE, Choice("tier", "basik")))
    with pytest.raises(CannotShow, match="cannot hold a placeholder"):
        locale.show(figure(Kind.CHOICE, Choice("tier", "raw")))
