"""Legal figures in running text: in a passage of a finished document, out each figure in one spelling for all.

Written apart from the code that shows figures: own month names, own units, another library for the Jalali calendar.
Every digit belongs to some figure; what is nothing else is a ``number``. Kinds and spellings: ``date`` 2025-03-01,
``time`` 09:00, ``money`` and ``words`` 225000 KRW, ``percent`` 25, ``length`` 12 month, ``clause`` 8, ``rank`` 2,
``phone`` (digits only), ``email``, ``url``, ``code`` SIE-KR-1, ``number`` 1450.

Normalised away, because one language or format has it by nature:

- the script of digits, grouping and decimal marks, joiners, direction marks and combining marks (a PDF loses them);
- the label of a list item: ①, 1., 가., (a), الف.;
- the Gregorian day beside a Jalali one, ``A (B)``: one date, once both name the same day;
- the toman beside the rial: ten rials;
- what is counted, unless it is time or a rate: 2 visits, 2회 and ۲ نوبت are the number 2;
- a street or floor counted in words, or as 19F: Fifth Street is the number 5, as in 5길.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from contractgen.errors import OutputError, Place
from contractgen.parity_words import EN_CURRENCY, FA_CURRENCY, KO_CURRENCY, amounts, listed


@dataclass(frozen=True, slots=True)
class Found:
    """A figure in a text: its kind, its common spelling, where it stands, and what is wrong with it by itself.

    ``also`` lists longer spellings of an address that a line end may have cut.
    """

    kind: str
    spelling: str
    start: int
    end: int
    fault: str = ""
    also: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What is compared."""
        return self.kind, self.spelling


_PLAIN = {ord("٬"): ",", ord("٫"): ".", ord("٪"): "%", ord("−"): "-", ord("\u2010"): "-", ord("\u2011"): "-"}
_LABELS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

_ENGLISH = listed("January February March April May June July August September October November December")
_JALALI_EN = listed("Farvardin Ordibehesht Khordad Tir Mordad Shahrivar Mehr Aban Azar Dey Bahman Esfand")
_PERSIAN = listed("ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر")
_JALALI_FA = listed("فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند")
_JALALI_KO = listed(
    "파르바르딘 오르디베헤슈트 호르다드 티르 모르다드 샤흐리바르 메흐르 아반 아자르 데이 바흐만 에스판드"
)
_MONTHS = {name: number for names in (_ENGLISH, _PERSIAN) for number, name in enumerate(names, 1)}
_JALALI = {name: number for names in (_JALALI_EN, _JALALI_FA, _JALALI_KO) for number, name in enumerate(names, 1)}
_NAMES = "|".join(sorted((*_MONTHS, *_JALALI), key=len, reverse=True))

_CURRENCIES = {"KRW", "IRR", "USD", "EUR", "JPY"}
_MONEY = {name: code for names in (KO_CURRENCY, FA_CURRENCY) for name, code in names.items() if code in _CURRENCIES}
_UNITS = {
    "minute": "minutes?|분|دقیقه(?:ای)?",
    "hour": "hours?|시간|ساعته?",
    "day": "days?|일|روزه?",
    "week": "weeks?|주|هفته(?:ای)?",
    "month": "months?|개월|ماهه?",
    "year": "years?|년|ساله?",
}
_RANKS = (
    listed("first second third fourth fifth sixth seventh eighth ninth tenth"),
    listed("اول دوم سوم چهارم پنجم ششم هفتم هشتم نهم دهم"),
)
_STREETS = "street|boulevard|avenue|alley|floor", "خیابان|بلوار|کوچه|طبقه"
_RANK = {name: number for names in _RANKS for number, name in enumerate(names, 1)}
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_PHONE_DIGITS = 7
"""From how many digits a row of groups is a telephone number."""
_FIRST_YEAR = 1000
_PHONE_GROUPS = 3
"""From how many groups blanks may stand between them."""


def even(text: str) -> str:
    """Return ``text`` without marks that a format may lose, and in compatible letters; digits stay as they are."""
    if text.isascii():
        return text
    return "".join(map(_even, unicodedata.normalize("NFC", text)))


@cache
def _even(letter: str) -> str:
    if unicodedata.category(letter) in {"Mn", "Cf"}:
        return ""
    return letter if letter in _LABELS else unicodedata.normalize("NFKC", letter)


_SIGNS = re.compile(
    rf"[0-9@]|www|http|\b(?i:{'|'.join(_RANKS[0])})\b|일금|اولویت|{_STREETS[1]}"
    rf"|(?i:{'|'.join(EN_CURRENCY)})|{'|'.join(FA_CURRENCY)}"
)
"""What a text without figures lacks."""


@lru_cache(maxsize=16384)
def figures(text: str, language: str) -> tuple[Found, ...]:
    """Return the figures of an evened ``text`` in reading order; a line is a paragraph, or a line of a page."""
    plain = "".join(map(_digit, text)).translate(_PLAIN)
    if not _SIGNS.search(plain):
        return ()
    taken = bytearray(len(plain))
    found: list[Found] = []
    for reader in (_labels, _words, _addresses, _dates, _moneys, _lengths, _marked, _groups, _tokens):
        masked = "".join("\x00" if mark else letter for mark, letter in zip(taken, plain, strict=True))
        for figure in reader(masked, language):
            if not any(taken[figure.start : figure.end]):
                taken[figure.start : figure.end] = b"\1" * (figure.end - figure.start)
                found.append(figure)
    return tuple(_paired(sorted((one for one in found if one.kind != "label"), key=lambda one: one.start), plain))


@cache
def _digit(letter: str) -> str:
    return str(unicodedata.decimal(letter)) if unicodedata.category(letter) == "Nd" else letter


_LABEL = re.compile(r"(?m)^[ \t]*(\d{1,3})([.()])(?=[ \t]+\S)")
_BRACKET = re.compile("[()]")


def _labels(text: str, language: str) -> Iterator[Found]:
    """Read numbers at the start of a line that count on: articles in English, items of a list elsewhere.

    A paragraph by itself may begin with any number; a line of a page only with the next after one seen above it, and
    not where it ends a reference to an article or a bracket of the line above.
    """
    seen = {0}
    for match in _LABEL.finditer(text):
        number, above = int(match[1]), text[: match.start()].rstrip("\n").rpartition("\n")[2]
        goes_on = bool(re.search(r"\bclauses?\s*$", above)) or (match[2] != "." and len(_BRACKET.findall(above)) % 2)
        if match.start() == 0 or (number - 1 in seen and not goes_on):
            seen.add(number)
            yield Found("clause" if language == "en" else "label", str(number), match.start(), match.end())


def _words(text: str, _language: str) -> Iterator[Found]:
    """Read amounts in words."""
    for start, end, currency, amount in amounts(text):
        yield Found("words", f"{_exact(amount)} {currency}", start, end)


_MAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_WEB = re.compile(r"(?:https?://\n?|www\.)[A-Za-z0-9._~:/?#@!$&'*+,;=%-]*[A-Za-z0-9/=_~-]")
_MORE = re.compile(r"\n([A-Za-z0-9._~:/?#@!$&'*+,;=%-]*[A-Za-z0-9/=_~-])")


def _addresses(text: str, _language: str) -> Iterator[Found]:
    """Read addresses of mail and of the web; of the latter also what follows a line end."""
    for match in _MAIL.finditer(text):
        yield Found("email", match[0], *match.span())
    for match in _WEB.finditer(text):
        shown = match[0].replace("\n", "")
        longer, end, also = shown, match.end(), []
        while more := _MORE.match(text, end):
            longer, end = longer + more[1], more.end()
            also.append(longer)
        yield Found("url", shown, *match.span(), also=tuple(also))


_DATES = (
    re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})\s+(?P<month>{_NAMES})\s+(?P<year>\d{{4}})(?!\d)"),
    re.compile(rf"(?<!\d)(?P<year>\d{{4}})년\s+(?P<month>\d{{1,2}}월|{'|'.join(_JALALI_KO)})\s+(?P<day>\d{{1,2}})일"),
    re.compile(r"(?<![\w-])(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?![\w-])"),
)
_TIME = re.compile(r"(?<![\d:])([01]?\d|2[0-4]):([0-5]\d)(?![\d:])")


def _dates(text: str, _language: str) -> Iterator[Found]:
    """Read days of both calendars, and times of the day."""
    for pattern in _DATES:
        for match in pattern.finditer(text):
            name, year, day = match["month"], int(match["year"]), int(match["day"])
            jalali = name in _JALALI
            month = _JALALI.get(name) or _MONTHS.get(name) or int(name.removesuffix("월"))
            try:
                shown = (_from_jalali(year, month, day) if jalali else date(year, month, day)).isoformat()
                fault = ""
            except ValueError:
                shown, fault = f"{year}-{month:02}-{day:02}", "there is no such day"
            yield Found("jalali" if jalali else "date", shown, *match.span(), fault)
    for match in _TIME.finditer(text):
        yield Found("time", f"{int(match[1]):02}:{match[2]}", *match.span())


def _from_jalali(year: int, month: int, day: int) -> date:
    try:
        import jdatetime  # type: ignore[import-untyped]  # noqa: PLC0415  (documents are shown by another library)
    except ImportError as fault:
        repair = "pip install contractgen[parity]"
        raise OutputError.at(Place("jdatetime"), "is not installed: Jalali dates cannot be read", repair) from fault
    found: date = jdatetime.date(year, month, day).togregorian()
    return found


_BEFORE = re.compile(rf"(?P<sign>-?)\b(?P<code>{'|'.join(sorted(_CURRENCIES))})\s+(?P<sign2>-?)(?P<number>{_NUMBER})")
_AFTER = re.compile(
    rf"(?P<sign>-?)(?:미화\s*(?P<sign2>-?))?(?<![\d.,])(?P<number>{_NUMBER})\s*(?P<name>{'|'.join(_MONEY)})"
)
_TOMAN = re.compile(rf"(?P<sign>-?)(?<![\d.,])(?P<number>{_NUMBER})\s*(?:토만|تومان|tomans?)")
_NAMED = frozenset(listed("وون ریال دلار یورو ین"))


def _moneys(text: str, _language: str) -> Iterator[Found]:
    """Read amounts of money; the sign may stand before the currency."""
    for match in _BEFORE.finditer(text):
        yield Found("money", f"{_signed(match)} {match['code']}", *match.span())
    for match in _AFTER.finditer(text):
        if match["name"] in _NAMED and text[match.end() : match.end() + 1].isalpha():
            continue  # another word that begins alike
        yield Found("money", f"{_signed(match)} {_MONEY[match['name']]}", *match.span())
    for match in _TOMAN.finditer(text):
        rials = _signed(match, 10)
        yield Found("money", f"{rials} IRR", *match.span())


def _signed(match: re.Match[str], times: int = 1) -> str:
    groups = match.groupdict()
    minus = -1 if groups["sign"] or groups.get("sign2") else 1
    return _exact(Decimal(groups["number"].replace(",", "")) * times * minus)


def _exact(amount: Decimal) -> str:
    return format(amount.normalize() + 0, "f")


_RATE = re.compile(r"연\s*(\d+)회|(?<!\d)(\d+)\s+times?\s+a\s+year|سالی\s+(\d+)\s+بار")
_WORKING = re.compile(
    r"업무\s+시간\s+기준\s+(\d+)시간|(?<!\d)(\d+)\s+working\s+hours?\b|(?<!\d)(\d+)\s+ساعت\s+کاری(?!\w)"
)
_PERSON = re.compile(r"(?<!\d)(\d+)(?:인시|[\s-]person-\s?hours?\b|\s+نفرساعتی?(?!\w))")
_LENGTH = {
    unit: re.compile(rf"(?<![\d.,])(\d+)(?:[\s-]\s?)?(?:{names})(?![A-Za-z\u0620-\u06d3])")
    for unit, names in _UNITS.items()
}


def _lengths(text: str, _language: str) -> Iterator[Found]:
    """Read lengths of time and rates; the longer names first."""
    for unit, pattern in (("per year", _RATE), ("working hour", _WORKING), ("person hour", _PERSON), *_LENGTH.items()):
        for match in pattern.finditer(text):
            count = int(next(group for group in match.groups() if group))
            if unit == "year" and count >= _FIRST_YEAR:
                continue  # 2007년 names a year
            yield Found("length", f"{count} {unit}", *match.span())


_MARKED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("percent", re.compile(rf"-?(?<![\d.,])({_NUMBER})\s?(?:%|퍼센트|per ?cent\b|درصد)")),
    ("clause", re.compile(r"제(\d+)조|\bclauses?\s+(\d+)\b|(?<!\w)ماده\s+(\d+)", re.IGNORECASE)),
    ("rank", re.compile(r"(\d+)순위")),
    ("number", re.compile(rf"\b({'|'.join(_RANKS[0])})\s+(?:{_STREETS[0]})\b", re.IGNORECASE)),
    ("number", re.compile(rf"(?<!\w)(?:{_STREETS[1]})\s+({'|'.join(_RANKS[1])})(?!\w)")),
    ("rank", re.compile(rf"\b({'|'.join(_RANKS[0])})\s+priority|اولویت\s+({'|'.join(_RANKS[1])})(?!\w)")),
)


def _marked(text: str, _language: str) -> Iterator[Found]:
    """Read percentages, numbers of articles and ranks."""
    for kind, pattern in _MARKED:
        for match in pattern.finditer(text):
            number = next(group for group in match.groups() if group)
            shown = str(_RANK[number.lower()]) if number.lower() in _RANK else _exact(Decimal(number.replace(",", "")))
            yield Found(kind, shown if match[0][0] != "-" else f"-{shown}", *match.span())


_GROUPS = re.compile(r"(?<![A-Za-z0-9.,-])\+?\(?\d+\)?(?:(?:[ .-]|(?<=\)))\(?\d+\)?)+(?![A-Za-z0-9]|[.,]\d)")


def _groups(text: str, _language: str) -> Iterator[Found]:
    """Read telephone numbers: groups of digits with dashes, dots or brackets, or three and more with blanks."""
    for match in _GROUPS.finditer(text):
        digits = re.findall(r"\d+", match[0])
        enough = sum(map(len, digits)) >= _PHONE_DIGITS and len(digits) > 1
        if enough and (" " not in match[0] or match[0][0] == "+" or len(digits) >= _PHONE_GROUPS):
            yield Found("phone", "".join(digits), *match.span())


_TOKEN = re.compile(rf"{_NUMBER}(?![A-Za-z0-9-]|[./][A-Za-z0-9])|[A-Za-z0-9]+(?:[-._/:][A-Za-z0-9]+)*")
_FLOOR = re.compile(r"\d+F")


def _tokens(text: str, _language: str) -> Iterator[Found]:
    """Read what is left: codes (letters and digits, or digits with dashes) and plain numbers."""
    for match in _TOKEN.finditer(text):
        word = match[0]
        if not any(letter.isdigit() for letter in word):
            continue
        if _FLOOR.fullmatch(word):
            word = word[:-1]
        if re.fullmatch(_NUMBER, word):
            yield Found("number", word.replace(",", ""), *match.span())
        else:
            yield Found("code", word, *match.span())


_PAIR = re.compile(r"\s*[()]\s*")


def _paired(found: list[Found], text: str) -> list[Found]:
    """Make one date of a day and the same day of the other calendar in brackets behind it."""
    whole: list[Found] = []
    for figure in found:
        before = whole[-1] if whole else None
        kinds = {before.kind, figure.kind} if before else set()
        if before and kinds == {"jalali", "date"} and _PAIR.fullmatch(text, before.end, figure.start):
            told, other = (before, figure) if before.kind == "date" else (figure, before)
            agree = told.spelling == other.spelling
            fault = "" if agree else f"the Jalali day is {other.spelling}, the Gregorian one {told.spelling}"
            fault = before.fault or figure.fault or fault
            whole[-1] = Found("date", told.spelling, before.start, figure.end, fault)
        else:
            whole.append(figure)
    return [replace(figure, kind="date") if figure.kind == "jalali" else figure for figure in whole]
