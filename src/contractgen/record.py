"""The contract record: the shape of what users write, with every scalar read by a declared rule.

In: YAML or JSON text as strings. Out: ``Record``, frozen. Field descriptions become the JSON Schema that editors show.
Nothing here knows a vendor: which tiers, regions and transactions exist, and which fields a document needs, is the
policy's to say.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, GetPydanticSchema, model_validator
from pydantic_core import core_schema

from contractgen.calendars import parse_day
from contractgen.languages import hostile_characters
from contractgen.values import Calendar, Day, Kind, LocalText
from contractgen.validation import FaultWithin, Shape, inner_model

MAX_TEXT = 2_000
LOCALES = ("ko", "fa", "en")
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]*")
_CODE = re.compile(r"[!-~]+(?: [!-~]+)*")


def _schema(build: Any, json: dict[str, Any]) -> Any:
    """Tell pydantic how to read a field (``build``) and what JSON Schema to show for it."""
    return GetPydanticSchema(
        get_pydantic_core_schema=lambda _source, _handler: core_schema.no_info_plain_validator_function(build),
        get_pydantic_json_schema=lambda _schema, _handler: dict(json),
    )


def _text(value: Any) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise ValueError("must be a text | write the text, or remove the field if it may be missing")
    if not isinstance(value, str):
        raise ValueError("must be one text | write the text on one line, in quotes if it begins with a mark")
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
_NUMBER = {"type": ["number", "string"]}
_COUNT = {"type": "integer", "minimum": 1, "maximum": 100_000}
_CODE_SCHEMA = {"type": ["string", "number"]}  # an editor takes a code of digits for a number; we read it as typed
_DAY = {"type": "string", "examples": ["2025-03-01", "1403/12/10"]}
_MOMENT = {"type": "string", "examples": ["2025-10-15 16:00", "1404/07/23 16:00"]}

Name = Annotated[LocalText, _schema(read_text, _TEXT), Kind.NAME]
Text = Annotated[LocalText, _schema(read_text, _TEXT), Kind.TEXT]
Key = Annotated[str, _schema(read_key, {"type": "string", "pattern": f"^{_KEY.pattern}$"}), Kind.CHOICE]
Currency = Annotated[str, _schema(read_currency, {"type": "string", "pattern": "^[A-Z]{3}$"})]
Code = Annotated[str, _schema(read_code, _CODE_SCHEMA), Kind.CODE]
Email = Annotated[str, _schema(read_email, {"type": "string"}), Kind.EMAIL]
Phone = Annotated[str, _schema(read_phone, _CODE_SCHEMA), Kind.PHONE]
DayField = Annotated[Day, _schema(read_day, _DAY), Kind.DATE]
Moment = Annotated[tuple[Day, str], _schema(read_moment, _MOMENT), Kind.MOMENT]
Amount = Annotated[Decimal, _schema(read_amount, _NUMBER), Kind.MONEY]
Percent = Annotated[Decimal, _schema(read_percent, _NUMBER), Kind.PERCENT]
Count = Annotated[int, _schema(read_count, _COUNT), Kind.NUMBER]
Tally = Annotated[int, _schema(read_tally, {**_COUNT, "minimum": 0})]
Flag = Annotated[bool, _schema(read_flag, {"type": "boolean"}), Kind.CODE]


class ContractNumber(Shape):
    """The contract itself."""

    number: Code = Field(description="contract number as registered")
    date: DayField | None = Field(None, description="day on which the contract was made")


class Customer(Shape):
    """The customer, who is also the addressee of letters."""

    name: Name = Field(description="name of the firm or person")
    number: Code | None = Field(None, description="customer number")
    party: Key | None = Field(None, description="customer or partner")
    status: Key | None = Field(None, description="new or existing")
    region: Key | None = Field(None, description="region of the customer's place: americas, emea, apac, other")
    area: Key | None = Field(None, description="area of service: tehran or outside-tehran")
    address: Text | None = Field(None, description="postal address on one line")
    attention: Name | None = Field(None, description="person or department addressed")
    email: Email | None = None
    phone: Phone | None = None


class Signatory(Shape):
    """Who signs for the issuer."""

    name: Name
    title: Text


class Issuer(Shape):
    """The office that issues the document in the vendor's name."""

    name: Name | None = Field(None, description="name of the issuing office; without it the vendor's name is used")
    address: Text | None = None
    phone: Phone | None = None
    email: Email | None = None
    signatory: Signatory | None = None


class Term(Shape):
    """The running or wanted contract term."""

    start: DayField | None = None
    expiry: DayField | None = Field(None, description="expiry date as the contract states it")
    months: Count | None = Field(None, description="agreed length of a first term in months")
    lapsed: Flag | None = Field(None, description="whether the agreement has lapsed (never inferred)")


class Licence(Shape):
    """One licence line under maintenance."""

    id: Code = Field(description="short name of the line, for instance L1")
    product: Name
    code: Code | None = None
    quantity: Count = Field(1, description="number of licences in this line")
    licence_type: Key | None = Field(None, description="perpetual or subscription")
    annual_fee: Amount = Field(description="maintenance fee of the whole line for a year")
    start: DayField | None = Field(None, description="first day of cover of a new line that is to co-terminate")
    expiry: DayField | None = Field(None, description="expiry of this line where it differs from term.expiry")


class Premium(Shape):
    """A premium support option: level, items and price come from the order, the policy states none."""

    level: Name = Field(description="name of the level")
    items: list[Text] = Field(default_factory=list, description="what the level carries, as agreed")
    annual_fee: Amount | None = None


class Reinstatement(Shape):
    """A late renewal."""

    effective: DayField = Field(description="effective date of reinstatement")


class Deferral(Shape):
    """A first purchase of maintenance after the licence was bought."""

    delivery: DayField = Field(description="delivery date of the licence")
    purchase: DayField | None = Field(None, description="purchase date of the licence")
    concluded: DayField = Field(description="day on which the maintenance agreement is concluded")


class Cotermination(Shape):
    """One common expiry date for several lines."""

    target: DayField | None = Field(None, description="common expiry date; without it the latest expiry")
    ordered: DayField | None = Field(None, description="order date; a line that expired before it is renewed late")


class Withdrawal(Shape):
    """A customer's notice that it withdraws from renewal."""

    received: DayField = Field(description="day on which the notice arrived")
    sent: DayField | None = None
    written: Flag = Field(description="whether the notice was in writing")
    licences: list[Code] = Field(default_factory=list, description="ids of the lines named; empty for all")
    agreed_last_day: DayField | None = Field(None, description="last day for notice, agreed in this contract")
    agreed_end: DayField | None = Field(None, description="end of service after withdrawal, agreed in this contract")
    agreed_form: Text | None = Field(None, description="form of notice agreed in this contract")
    agreed_settlement: Text | None = Field(None, description="what was agreed on fees already paid")


class Package(Shape):
    """A support package priced as a share of the sale price."""

    sale_price: Amount = Field(description="sale price of the software on which the rate is reckoned")
    rate_percent: Percent = Field(description="rate of the package in percent of the sale price for a year")
    years: Count = Field(1, description="number of contract years")


class Service(Shape):
    """A service ordered beside the package."""

    kind: Key = Field(description="key of the service in the vendor's policy")
    count: Count = Field(1, description="how many: visits, moves, days or engagements")
    hours: Count | None = Field(None, description="hours of each visit or dispatch")
    days: Count | None = Field(None, description="days of an engagement")
    year: Count | None = Field(None, description="contract year in which it falls, from 1; the first if not given")
    used_hours: Tally = Field(0, description="free hours already used in this contract year")
    used_visits: Tally = Field(0, description="included visits already made in this contract year")
    unit_price: Amount | None = Field(None, description="agreed price where the policy states none")
    area: Key | None = Field(None, description="place of the service where it differs from the customer's")
    description: Text | None = None


class Ticket(Shape):
    """A registered ticket whose first response falls due."""

    id: Code
    registered: Moment = Field(description="date and time of registration")


class Tax(Shape):
    """A named tax on the quote."""

    name: Text
    percent: Percent


class Discount(Shape):
    """An agreed discount on the quote: a percentage or an amount."""

    name: Text
    percent: Percent | None = None
    amount: Amount | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Discount:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("needs either percent or amount | give one of the two")
        return self


class DocumentData(Shape):
    """Number and date of one document to be issued."""

    number: Code = Field(description="number of the document")
    date: DayField = Field(description="date of the document; the policy valid on that day applies")
    valid_until: DayField | None = Field(None, description="last day on which a quote can be accepted")
    toman: Flag | None = Field(None, description="whether amounts in words are repeated in toman")


DocumentType = Literal["sdd", "renewal-notice", "withdrawal-ack", "quote", "support-plan"]


class Record(Shape):
    """A contract record: one contract with what each document about it needs."""

    vendor: Key = Field(description="vendor id; see: contractgen list")
    tier: Key = Field(description="support tier of the vendor")
    transaction: Key = Field(description="initial, deferred-initial, co-termination, renewal or late-renewal")
    currency: Currency = Field(description="ISO 4217 code: KRW, IRR, USD")
    contract: ContractNumber
    customer: Customer
    issuer: Issuer = Field(default_factory=lambda: Issuer.model_validate({}))
    term: Term = Field(default_factory=lambda: Term.model_validate({}))
    licences: list[Licence] = []
    premium: Premium | None = None
    reinstatement: Reinstatement | None = None
    deferral: Deferral | None = None
    cotermination: Cotermination | None = None
    withdrawal: Withdrawal | None = None
    package: Package | None = None
    services: list[Service] = []
    tickets: list[Ticket] = []
    holidays: list[DayField] = Field(default=[], description="official holidays, for working hours and deadlines")
    discounts: list[Discount] = []
    taxes: list[Tax] = []
    facts: dict[str, Key] = Field(default={}, description="further facts that the vendor's policy asks for")
    readings: dict[str, str] = Field(default={}, description="readings agreed for this contract; see the policy")
    documents: dict[DocumentType, DocumentData] = Field(description="number and date of each document to be issued")


def has_field(dotted: str) -> bool:
    """Whether a record can have the field: ``customer.phone``; ``document.number`` counts as one of ``documents``."""
    shape: type[BaseModel] | None = Record
    names = [name for name in dotted.split(".") if not name.isdigit()]
    for name in names:
        if shape is None or not (name in shape.model_fields or (shape is Record and name == "document")):
            return False
        shape = DocumentData if name == "document" else inner_model(shape.model_fields[name].annotation)
    return True


def moment_of(value: tuple[Day, str]) -> tuple[datetime, Calendar]:
    """Return a ticket's registration as a plain datetime, and the calendar it was written in."""
    day, clock = value
    hour, minute = (int(part) for part in clock.split(":"))
    return datetime(day.date.year, day.date.month, day.date.day, hour, minute), day.calendar  # noqa: DTZ001
