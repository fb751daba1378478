"""Amounts in words, read back into numbers: in words of English, Persian or Korean, out an integer or an amount.

The reader's own vocabulary and arithmetic: nothing here comes from the code that writes amounts, so that a fault of
one is not repeated by the other. Raises nothing: text that is no amount yields nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal


def listed(words: str) -> tuple[str, ...]:
    """Return the words of a row."""
    return tuple(words.split())


def _counted(first: int, step: int, words: str) -> dict[str, int]:
    return {word: first + step * place for place, word in enumerate(listed(words))}


ENGLISH = {
    **_counted(0, 1, "zero one two three four five six seven eight nine ten"),
    **_counted(11, 1, "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"),
    **_counted(20, 10, "twenty thirty forty fifty sixty seventy eighty ninety"),
}
PERSIAN = {
    **_counted(0, 1, "صفر یک دو سه چهار پنج شش هفت هشت نه ده"),
    **_counted(11, 1, "یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده"),
    **_counted(20, 10, "بیست سی چهل پنجاه شصت هفتاد هشتاد نود"),
    **_counted(100, 100, "صد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد"),
    **_counted(100, 0, "یکصد"),
}
KOREAN = {digit: value for value, digit in enumerate("영일이삼사오육칠팔구")}
_SCALES_OF = {
    "en": {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12},
    "fa": {"هزار": 10**3, "میلیون": 10**6, "میلیارد": 10**9, "بیلیون": 10**12, "تریلیون": 10**12},
    "ko": {"십": 10, "백": 10**2, "천": 10**3, "만": 10**4, "억": 10**8, "조": 10**12},
}
SCALES = {word: scale for words in _SCALES_OF.values() for word, scale in words.items()}
UNITS = ENGLISH | PERSIAN | KOREAN


def number_of(words: list[str]) -> int:
    """Return the number that ``words`` of one language name; "and" is to be left out beforehand.

    A scale takes all that is smaller and stands before it: in "one thousand billion" it is the thousand.
    """
    parts: list[int] = []
    for word in words:
        if word in SCALES:
            scale, below = SCALES[word], 0
            while parts and parts[-1] < scale:
                below += parts.pop()
            parts.append((below or 1) * scale)
        else:
            parts.append(UNITS[word])
    return sum(parts)


def _any(*vocabularies: Mapping[str, int]) -> str:
    return "|".join(sorted((word for words in vocabularies for word in words), key=len, reverse=True))


_EN = rf"(?:{_any(ENGLISH, _SCALES_OF['en'])})"
_FA = rf"(?:{_any(PERSIAN, _SCALES_OF['fa'])})"
_KO = rf"[{''.join(KOREAN)}{''.join(_SCALES_OF['ko'])}]+"

EN_CURRENCY = {
    r"korean\s+won": "KRW",
    r"iranian\s+rials?": "IRR",
    "tomans?": "toman",
    r"us\s+dollars?": "USD",
    "euros?": "EUR",
    r"japanese\s+yen": "JPY",
}
FA_CURRENCY = {"وون": "KRW", "ریال": "IRR", "تومان": "toman", "دلار": "USD", "یورو": "EUR", "ین": "JPY"}
KO_CURRENCY = {"원": "KRW", "리알": "IRR", "토만": "toman", "달러": "USD", "유로": "EUR", "엔": "JPY"}

_AMOUNTS = (
    re.compile(
        rf"\b(?P<words>{_EN}(?:(?:-|\s+and\s+|\s+){_EN})*)(?:\s+and\s+(?P<over>\d+)/(?P<base>\d+))?"
        rf"\s+(?P<currency>{'|'.join(EN_CURRENCY)})\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<!\w)(?P<words>{_FA}(?:\s+(?:و\s+)?{_FA})*)\s+(?P<currency>{'|'.join(FA_CURRENCY)})(?!\w)"
        rf"(?:(?:\s+\w+){{0,2}}?\s+و\s+(?P<minor>{_FA}(?:\s+(?:و\s+)?{_FA})*)\s+(?P<small>سنت|ریال)(?!\w))?"
    ),
    re.compile(
        rf"일금\s*(?:미화\s*)?(?P<words>{_KO})\s*(?P<currency>{'|'.join(KO_CURRENCY)})"
        rf"(?:\s*(?P<minor>{_KO})\s*(?P<small>센트|리알))?\s*정"
    ),
)


def amounts(text: str) -> Iterator[tuple[int, int, str, Decimal]]:
    """Yield start, end, currency and amount of each sum in words; tomans are told as the rials that they are."""
    for pattern in _AMOUNTS:
        for match in pattern.finditer(text):
            found = match.groupdict()
            amount = Decimal(number_of(_split(found["words"])))
            if found.get("over"):
                amount += Decimal(found["over"]) / Decimal(found["base"])
            if found.get("minor"):
                hundredths = found["small"] in {"سنت", "센트"}  # else the rials of a toman
                amount += Decimal(number_of(_split(found["minor"]))) / (100 if hundredths else 10)
            currency = _currency(found["currency"])
            yield match.start(), match.end(), *(("IRR", amount * 10) if currency == "toman" else (currency, amount))


def _split(words: str) -> list[str]:
    """Cut a number into its words; in Korean each letter is one."""
    if re.match("[가-힣]", words):
        return list(words)
    return [word for word in re.split(r"[\s-]+", words.lower()) if word not in {"and", "و"}]


def _currency(name: str) -> str:
    known = EN_CURRENCY | FA_CURRENCY | KO_CURRENCY
    return next(code for pattern, code in known.items() if re.fullmatch(pattern, name, re.IGNORECASE))
