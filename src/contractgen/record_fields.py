"""How each kind of field of a contract record is read: texts, keys, codes, days, amounts, counts.

In: what was typed, as strings. Out: typed values, and the field types that ``record`` is made of (each with its
``Kind`` and what JSON Schema shows for it). Raises ``ValueError`` as ``cause | repair``.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import GetPydanticSchema
from pydantic_core import core_schema

from contractgen.calendars import parse_day
from contractgen.countries import country
from contractgen.languages import hostile_characters
from contractgen.validation import FaultWithin
from contractgen.values import Day, Kind, LocalText

MAX_TEXT = 2_000
LOCALES = ("ko", "fa", "en")
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]*")
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800\u034f"
_CODE = re.compile(r"[!-~]+(?: [!-~]+)*")


def _schema(build: Any, json: dict[str, Any]) -> Any:
    """Tell pydantic how to read a field (``build``) and what JSON Schema to show for it."""
    return GetPydanticSchema(
        get_pydantic_core_schema=lambda _source, _handler: core_schema.no_info_plain_validator_function(build),
        get_pydantic_json_schema=lambda _schema, _handler: dict(json),
    )


def _is_blank(text: str) -> bool:
    """Whether nothing of ``text`` would be seen on paper: spaces, joiners and direction marks, Hangul fillers."""
    if text[:1].isalnum() and text[0] not in _FILLERS:
        return False  # the usual case, told at a glance
    return all(c.isspace() or c in _FILLERS or unicodedata.category(c) == "Cf" for c in text) and not any(
        hostile_characters(text)  # which have a message of their own
    )


def _text(value: Any) -> str:
    if isinstance(value, str) and value.isascii() and value.isprintable() and 0 < len(value) <= MAX_TEXT:
        text = value.strip()  # nothing else can be wrong with it
        if text:
            return text
    if value is None or (isinstance(value, str) and _is_blank(value)):
        raise ValueError("must be a text | write the text, or remove the field if it may be missing")
    if not isinstance(value, str):  # pydantic collects a ValueError, not a TypeError
        raise ValueError("must be one text | write the text on one line, in quotes if it begins with a mark")  # noqa: TRY004
    for index, name in hostile_characters(value):
        raise ValueError(f"holds {name} at character {index + 1} | remove that character")
    if len(value) > MAX_TEXT:
        raise ValueError(f"is {len(value):,} characters long, more than {MAX_TEXT:,} | shorten it")
    text = unicodedata.normalize("NFC", value.strip())  # macOS writes Hangul in pieces
    if "\n" in text or "\t" in text:
        raise ValueError("has more than one line or a tab | write it on one line, with spaces")
    return text


def read_text(value: Any) -> LocalText:
    """Read a text, or a table of texts by locale that names all locales."""
    if isinstance(value, LocalText):
        return value
    if not isinstance(value, dict):
        return LocalText(everywhere=_text(value))
    unknown = sorted(set(value) - set(LOCALES))
    if unknown:
        raise FaultWithin(unknown[0], f'there is no locale "{unknown[0]}" | use {", ".join(LOCALES)}')
    missing = [code for code in LOCALES if code not in value]
    if missing:
        raise ValueError(f"has no text for {', '.join(missing)} | write it in all locales, or once for all")
    texts: dict[str, str] = {}
    for code in LOCALES:
        try:
            texts[code] = _text(value[code])
        except ValueError as fault:
            raise FaultWithin(code, str(fault)) from None
    return LocalText(by_locale=texts)


def read_key(value: Any) -> str:
    """Read a key: lower-case words joined by hyphens."""
    text = _text(value)
    if not _KEY.fullmatch(text):
        suggestion = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
        repair = f'write "{suggestion}"' if suggestion else "write Latin letters; see: contractgen list"
        raise ValueError(f"must be lower-case words joined by hyphens | {repair}")
    return text


def read_currency(value: Any) -> str:
    """Read an ISO 4217 code; whether there is such a currency is checked with the amounts."""
    text = _text(value)
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise ValueError("must be the three capital letters of a currency | write for instance KRW, IRR or USD")
    return text


def read_code(value: Any) -> str:
    """Read a number or code that is copied as it stands: printable ASCII."""
    text = _text(value)
    if not _CODE.fullmatch(text):
        raise ValueError("may hold Latin letters, digits and marks only | write the code as it is registered")
    return text


def read_day(value: Any) -> Day:
    """Read ``2025-03-01`` (Gregorian) or ``1403/12/10`` (Jalali)."""
    return value if isinstance(value, Day) else _day(_text(value))


def _day(text: str) -> Day:
    try:
        return parse_day(text)
    except ValueError as fault:
        cause, _, hint = str(fault).removeprefix(f'"{text}" ').partition("; ")
        repair = hint if hint.startswith("write") else f"write a day that exists{f': {hint}' if hint else ''}"
        raise ValueError(f"{cause} | {repair}") from None


def read_moment(value: Any) -> tuple[Day, str]:
    """Read a date and a time of day: ``2025-10-15 16:00`` or ``1404/07/23 16:00``."""
    text = _text(value).translate(_DIGITS).replace("T", " ")
    day, _, clock = text.partition(" ")
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", clock):
        raise ValueError("must be a date and a time | write 2025-10-15 16:00 or 1404/07/23 16:00")
    return _day(day), clock


def read_decimal(value: Any) -> Decimal:
    """Read a plain number: digits, one point for decimals, no thousands marks."""
    text = _text(value).translate(_DIGITS).replace("٫", ".")
    if not re.fullmatch(r"-?\d{1,18}(\.\d{1,6})?", text):
        raise ValueError("must be a number without thousands marks | write 3650000 or 27.5")
    try:
        return Decimal(text)
    except InvalidOperation as fault:  # pragma: no cover  (the pattern above admits decimals only)
        raise ValueError("must be a number") from fault


def read_amount(value: Any) -> Decimal:
    """Read an amount of money: a number that is not negative."""
    number = read_decimal(value)
    if number < 0:
        raise ValueError("must not be negative | write the amount without a sign")
    return number


def read_percent(value: Any) -> Decimal:
    """Read a percentage from 0 to 100 (``27.5``, with or without a percent sign)."""
    text = value.rstrip(" %٪") if isinstance(value, str) else value
    number = read_decimal(text)
    if not 0 <= number <= 100:  # noqa: PLR2004
        raise ValueError("must lie between 0 and 100 | write 30 for thirty per cent")
    return number


def read_count(value: Any) -> int:
    """Read a whole number from 1 to 100,000."""
    text = _text(value).translate(_DIGITS)
    if not re.fullmatch(r"[1-9]\d{0,4}|100000", text):
        raise ValueError("must be a whole number from 1 to 100000 | write digits only")
    return int(text)


def read_tally(value: Any) -> int:
    """Read a whole number from 0 to 100,000."""
    text = _text(value if isinstance(value, str) else str(value))
    return 0 if text in {"0", "۰"} else read_count(text)


def read_flag(value: Any) -> bool:
    """Read ``true`` or ``false``."""
    if str(value) in {"true", "True", "false", "False"}:
        return str(value).lower() == "true"
    raise ValueError("must be true or false | write true or false, in small letters")


def read_country(value: Any) -> str:
    """Read an ISO 3166 code of a country."""
    return country(_text(value))


def read_email(value: Any) -> str:
    """Read an e-mail address."""
    text = _text(value)
    if not re.fullmatch(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", text):
        raise ValueError("must be an e-mail address | write name@example.org")
    return text


def read_phone(value: Any) -> str:
    """Read a telephone number: digits in groups, with + ( ) - . allowed."""
    text = _text(value).translate(_DIGITS)
    if not re.fullmatch(r"\+?[0-9()][0-9() .-]{2,30}", text):
        raise ValueError("must be a telephone number | write digits in groups")
    return text


_LOCAL = {"type": "object", "required": [*LOCALES], "additionalProperties": False,
          "properties": {code: {"type": ["string", "number"]} for code in LOCALES}}  # fmt: skip
_TEXT = {"anyOf": [{"type": ["string", "number"]}, _LOCAL]}
_AMOUNT = {"type": ["number", "string"], "minimum": 0}
_PERCENT = {**_AMOUNT, "maximum": 100}
_COUNT = {"type": "integer", "minimum": 1, "maximum": 100_000}
_CODE_SCHEMA = {"type": ["string", "number"]}  # an editor takes a code of digits for a number; we read it as typed
_DAY = {"type": "string", "examples": ["2025-03-01", "1403/12/10"]}
_MOMENT = {"type": "string", "examples": ["2025-10-15 16:00", "1404/07/23 16:00"]}

Name = Annotated[LocalText, _schema(read_text, _TEXT), Kind.NAME]
Text = Annotated[LocalText, _schema(read_text, _TEXT), Kind.TEXT]
Key = Annotated[str, _schema(read_key, {"type": "string", "pattern": f"^{_KEY.pattern}$"}), Kind.CHOICE]
Currency = Annotated[str, _schema(read_currency, {"type": "string", "pattern": "^[A-Z]{3}$"})]
Country = Annotated[str, _schema(read_country, {"type": "string", "pattern": "^[A-Z]{2}$"}), Kind.COUNTRY]
Code = Annotated[str, _schema(read_code, _CODE_SCHEMA), Kind.CODE]
Email = Annotated[str, _schema(read_email, {"type": "string"}), Kind.EMAIL]
Phone = Annotated[str, _schema(read_phone, _CODE_SCHEMA), Kind.PHONE]
DayField = Annotated[Day, _schema(read_day, _DAY), Kind.DATE]
Moment = Annotated[tuple[Day, str], _schema(read_moment, _MOMENT), Kind.MOMENT]
Amount = Annotated[Decimal, _schema(read_amount, _AMOUNT), Kind.MONEY]
Percent = Annotated[Decimal, _schema(read_percent, _PERCENT), Kind.PERCENT]
Count = Annotated[int, _schema(read_count, _COUNT), Kind.NUMBER]
Tally = Annotated[int, _schema(read_tally, {**_COUNT, "minimum": 0})]
Flag = Annotated[bool, _schema(read_flag, {"type": "boolean"}), Kind.CODE]
