"""Numbers as text: digits of a script, grouping, counters of numbered items, amounts in words.

In: integers and ``Decimal``. Out: exact text, never rounded. How a language spells numbers is data (``Spelling``).
Raises ``ValueError`` with the cause for numbers that have no such form.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from pydantic import Field

from contractgen.tree import Digits
from contractgen.validation import Shape

_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_MOST_DIGITS = 40
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_MOST_ROMAN = 39


class Symbols(Shape):
    """Marks of a written number; ``percent`` is a pattern with {n}."""

    group: str
    decimal: str
    minus: str
    percent: str


class Spelling(Shape):
    """How a language writes integers in words.

    The number is cut into groups below ``group`` (1000, or 10000 in Korean); each is spelt, followed by its scale and
    joined. ``language`` names num2words' language for a whole group; where ``places`` is given, a group is spelt digit
    by digit instead, each digit written before its place (formal Korean: 일백일십).
    """

    language: str
    group: int = Field(ge=1000, le=10000)
    places: tuple[str, ...]
    scales: tuple[str, ...] = Field(min_length=1)
    scale_gap: str
    joiner: str
    last_joiner: str

    @property
    def limit(self) -> int:
        """The first number that is too large to be spelt."""
        return int(self.group ** len(self.scales))


def to_digits(text: str, digits: Digits) -> str:
    """Return ``text`` with its ASCII digits written in the digits of the locale."""
    return text.translate(_PERSIAN) if digits == "arabext" else text


def write_number(number: int | Decimal, symbols: Symbols, digits: Digits, places: int | None = None) -> str:
    """Return ``number`` grouped by thousands with every digit it has and no trailing zeros.

    With ``places`` the number counts the smallest unit and is shown with that many decimals: 1050 and 2 give 10.50.
    """
    if places is not None:
        sign, whole, fraction = _split_minor(number, places)
    else:
        sign, whole, fraction = _split_decimal(number)
    text = f"{int(whole):,}".replace(",", symbols.group)
    if fraction:
        text = f"{text}{symbols.decimal}{fraction}"
    return to_digits(f"{symbols.minus if sign else ''}{text}", digits)


def spell(number: int, spelling: Spelling) -> str:
    """Return a whole number in words; ValueError when it is negative or too large for the language's scales."""
    if number < 0:
        msg = f"{number} is negative; an amount in words is zero or more"
        raise ValueError(msg)
    if number >= spelling.limit:
        msg = f"{number} is too large to be written in words; the limit is {spelling.limit - 1}"
        raise ValueError(msg)
    if number < spelling.group:
        return _spell_group(number, spelling)
    words: list[str] = []
    rest, scale = number, 0
    while rest:
        rest, part = divmod(rest, spelling.group)
        if part:
            name = spelling.scales[scale]
            words.append(_spell_group(part, spelling) + (f"{spelling.scale_gap}{name}" if name else ""))
        scale += 1
    if len(words) > 1 and 0 < number % spelling.group < 100:  # noqa: PLR2004  ("one thousand and five")
        last = words.pop(0)
        words[0] = f"{words[0]}{spelling.last_joiner}{last}"
    return spelling.joiner.join(reversed(words))


def counter(name: str, n: int, letters: tuple[str, ...]) -> str:
    """Return the ``n``-th counter (from 1): ``n``, ``letter``, ``upper``, ``roman`` or ``circled``."""
    if n < 1:
        msg = f"item numbers start at 1, not {n}"
        raise ValueError(msg)
    match name:
        case "n":
            return str(n)
        case "letter" | "upper":
            if n > len(letters):
                msg = f"there is no letter for item {n}; the locale has {len(letters)}"
                raise ValueError(msg)
            return letters[n - 1].upper() if name == "upper" else letters[n - 1]
        case "roman":
            return _roman(n)
        case "circled":
            return _CIRCLED[n - 1] if n <= len(_CIRCLED) else f"({n})"
    msg = f'unknown counter "{name}"'
    raise ValueError(msg)


COUNTERS = ("n", "letter", "upper", "roman", "circled")


@lru_cache(maxsize=4096)
def _spell_group(number: int, spelling: Spelling) -> str:
    from num2words import num2words  # type: ignore[import-untyped]  # noqa: PLC0415  (slow to load, seldom needed)

    if not spelling.places:
        return str(num2words(number, lang=spelling.language))
    if number == 0:
        return str(num2words(0, lang=spelling.language))
    digits = [int(digit) for digit in str(number)]
    places = reversed(spelling.places[: len(digits)])
    return "".join(
        f"{num2words(digit, lang=spelling.language)}{place}"
        for digit, place in zip(digits, places, strict=True)
        if digit
    )


def _roman(n: int) -> str:
    if n > _MOST_ROMAN:
        msg = f"there is no roman numeral for item {n} here; the limit is {_MOST_ROMAN}"
        raise ValueError(msg)
    text = ""
    for value, letters in _ROMAN:
        count, n = divmod(n, value)
        text += letters * count
    return text


def _split_decimal(number: int | Decimal) -> tuple[bool, str, str]:
    """Return sign, whole part and fraction without trailing zeros."""
    exact = Decimal(number)
    if not exact.is_finite():
        msg = f"{number} is not a number"
        raise ValueError(msg)
    exponent = exact.as_tuple().exponent
    if abs(exact.adjusted()) > _MOST_DIGITS or (isinstance(exponent, int) and abs(exponent) > _MOST_DIGITS):
        msg = f"{number} has more than {_MOST_DIGITS} digits"
        raise ValueError(msg)
    whole, _, fraction = format(exact.copy_abs(), "f").partition(".")  # abs() would round to the context
    return exact < 0, whole, fraction.rstrip("0")


def _split_minor(number: int | Decimal, places: int) -> tuple[bool, str, str]:
    if not isinstance(number, int):
        msg = f"{number} is not a whole count of minor units"
        raise TypeError(msg)
    whole, fraction = divmod(abs(number), 10**places)
    return number < 0, str(whole), f"{fraction:0{places}}" if places else ""
