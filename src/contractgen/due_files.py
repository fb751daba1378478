"""Who is due, as a file: a calendar (iCalendar) and a workbook (xlsx).

In: a ``Season``. Out: the text or the bytes of the file, the same for the same season. Raises ``OutputError`` where the
package that writes workbooks is missing.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from contractgen.due import Due, Season
from contractgen.due_report import COLUMNS, PRICES, currency_of
from contractgen.values import Money, decimals_of
from contractgen.waiting import Offer, amount_of, date_of, price_of
from contractgen.workbooks_out import new_workbook

LONGEST = 75
"""Bytes of a line of iCalendar without its end."""
WIDTHS = {"customer": 36, "contract": 20, "price now": 18, "cut-off": 12}


# ---------------------------------------------------------------------------------------------------------- calendar


def as_ics(season: Season) -> str:
    """Return an iCalendar file: all-day events on the days that are still to come, of each contract."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//contractgen//due//EN", "CALSCALE:GREGORIAN"]
    for one in season.due:
        for what, key, day in _days(one):
            if day is not None and day >= season.as_of:
                lines += _event(one, what, key, day, season.as_of)
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _folded(line))


def _days(one: Due) -> Iterator[tuple[str, str, date | None]]:
    yield "last day to withdraw", "withdraw", date_of(one.withdraw_until)
    yield "expires", "expiry", one.expiry
    if one.days_left < 0:
        yield "last day to renew late", "cut-off", date_of(one.cut_off)


def _event(one: Due, what: str, key: str, day: date, stamp: date) -> list[str]:
    same = hashlib.sha256(f"{one.vendor}\n{one.number}\n{key}".encode()).hexdigest()[:24]
    later = "; ".join(f"after {days} days: {price_of(offer)}" for days, offer in one.later)
    told = f"{one.vendor}; on {stamp}: {price_of(one.now)}; waiting from {one.waits_from}, {later}"
    return [
        "BEGIN:VEVENT",
        f"UID:{same}@contractgen",
        f"DTSTAMP:{stamp:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(f'{one.number} {what}: {one.customer}')}",
        f"DESCRIPTION:{_escaped(told)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Cut a line so that none is longer than 75 bytes, never within a character (RFC 5545, 3.1)."""
    part, size = "", 0
    for character in line:
        length = len(character.encode())
        if size + length > LONGEST:
            yield part
            part, size = " ", 1
        part += character
        size += length
    yield part


# ---------------------------------------------------------------------------------------------------------- workbook


def as_xlsx(season: Season) -> bytes:
    """Return a workbook: who is due, the totals, and the problems of rows, with dates and amounts as such."""
    out = io.BytesIO()
    book = new_workbook(out, datetime.combine(season.as_of, time(0)))
    sheets = _Sheets(book)
    head = ("currency", *COLUMNS)
    sheets.add("due", head, [[currency_of(one), *_cells(one)] for one in season.due])
    totals = [[vendor, currency, count, amount] for vendor, currency, count, amount in season.totals()]
    sheets.add("totals", ("vendor", "currency", "contracts", "price now"), totals)
    if season.problems:
        cells = [[str(problem.place), problem.cause, problem.repair] for problem in season.problems]
        sheets.add("problems", ("place", "cause", "repair"), cells)
    book.close()
    return out.getvalue()


def _cells(one: Due) -> Iterator[Any]:
    yield from (one.vendor, one.number, one.customer, one.expiry, one.days_left, date_of(one.withdraw_until))
    yield from (_price(one.now), one.waits_from, *(_price(offer) for _, offer in one.later))
    yield from (_price(one.last), date_of(one.cut_off))


def _price(offer: Offer | None) -> Any:
    return offer.price if offer is not None and offer.price is not None else price_of(offer)


class _Sheets:
    """Sheets of one workbook, with the formats that they share."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.bold = book.add_format({"bold": True, "bottom": 1})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.money: dict[str, Any] = {}

    def add(self, name: str, head: tuple[str, ...], rows: list[list[Any]]) -> None:
        sheet = self.book.add_worksheet(name)
        for column, text in enumerate(head):
            sheet.write_string(0, column, text, self.bold)
            sheet.set_column(column, column, WIDTHS.get(text, 18 if text in PRICES else 14))
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                self._write(sheet, number, column, value)
        sheet.freeze_panes(1, 0)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(head) - 1)

    def _write(self, sheet: Any, row: int, column: int, value: Any) -> None:
        match value:
            case None | "":
                return
            case Money():
                sheet.write_number(row, column, amount_of(value), self._money(value.currency))
            case date():
                sheet.write_datetime(row, column, datetime.combine(value, time(0)), self.day)
            case int():
                sheet.write_number(row, column, value)
            case _:
                sheet.write_string(row, column, str(value))

    def _money(self, currency: str) -> Any:
        places = decimals_of(currency)
        pattern = "#,##0" + ("." + "0" * places if places else "")
        if pattern not in self.money:
            self.money[pattern] = self.book.add_format({"num_format": pattern})
        return self.money[pattern]
