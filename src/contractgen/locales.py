"""A locale: how one language shows each kind of value, numbers its articles, joins lists and names its labels.

In: a checked ``Grammar`` and labels (``locale_file`` reads them). Out: ``Locale``. Words and order are data; CLDR
(through Babel) gives month names, weekday names, countries, plural rules and minor digits. Raises ``CannotShow`` for a
value that has no such form: nothing is rounded or left blank.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from babel import Locale as Cldr
from babel.numbers import get_currency_precision

from contractgen.calendars import to_jalali
from contractgen.errors import Place, TemplateFault, did_you_mean
from contractgen.languages import script_direction
from contractgen.localegrammar import (
    CurrencyForms,
    Grammar,
    Joiners,
    Numbering,
)
from contractgen.numerals import counter, spell, to_digits, write_number
from contractgen.particles import Readings, particle
from contractgen.tree import Digits, Direction
from contractgen.values import (
    Amount,
    Calendar,
    Choice,
    Countries,
    Day,
    Duration,
    Figure,
    Kind,
    LocalText,
    Money,
    Weekday,
)


class CannotShow(ValueError):
    """A value has no such form in this locale: ``cause`` and ``repair`` as in a ``Problem``, the place is not known."""

    def __init__(self, cause: str, repair: str = "") -> None:
        super().__init__(f"{cause}; {repair}" if repair else cause)
        self.cause = cause
        self.repair = repair


@dataclass(frozen=True, eq=False)
class Locale:
    """One language. ``labels`` maps dotted keys to template sources, ``label_places`` to where they stand."""

    grammar: Grammar = field(repr=False)
    labels: Mapping[str, str] = field(repr=False)
    label_places: Mapping[str, Place] = field(repr=False)
    file: str
    readings: Readings | None = field(default=None, repr=False)

    @property
    def code(self) -> str:
        """The folder's name: ``ko``."""
        return self.grammar.code

    @property
    def name(self) -> str:
        """The language's own name for itself."""
        return self.grammar.name

    @property
    def direction(self) -> Direction:
        """The direction of its lines."""
        return self.grammar.direction

    @property
    def digits(self) -> Digits:
        """The digits it counts with."""
        return self.grammar.digits

    @property
    def page_footer(self) -> str:
        """The pattern of the page number, with {page} and {pages}."""
        return self.grammar.page_footer

    @property
    def joiners(self) -> Joiners:
        """What stands between the items of a list."""
        return self.grammar.joiners

    @property
    def headings(self) -> Mapping[str, list[str]]:
        """Headings of a company's tables, by the field that they mean."""
        return self.grammar.headings

    @property
    def number_words(self) -> tuple[str, ...]:
        """Patterns of number words that look like a figure where they stand in a clause."""
        return self.grammar.lint.number_words

    @property
    def numbering(self) -> Numbering:
        """Patterns of article and item labels, for writers that let the reader's program count."""
        return self.grammar.numbering

    @cached_property
    def cldr(self) -> Cldr:
        """CLDR's data for this language."""
        return Cldr.parse(self.grammar.cldr)

    def show(self, figure: Figure, form: str = "") -> str:
        """Return the text of ``figure``, never blank; ``CannotShow`` where its kind has no such ``form``.

        Forms: money ``number``, ``words`` and those of the currency (``toman``); duration ``number``, ``adjective``;
        date and moment ``gregorian``, ``jalali``, ``local``.
        """
        show = _show if figure.kind in _UNREPEATED else _shown
        text = show(self, figure.kind, figure.amount, form)
        if not text.strip():
            raise CannotShow(f"{figure.field} is empty", "give it a text")
        return text

    def label(self, key: str) -> str:
        """Return the source text of label ``key``; ``TemplateFault`` with a suggestion where there is none."""
        if key in self.labels:
            return self.labels[key]
        siblings = [known for known in self.labels if known.partition(".")[0] == key.partition(".")[0]]
        repair = f"add it under [labels]; {did_you_mean(key, siblings or list(self.labels))}"
        raise TemplateFault.at(Place(self.file), f'label "{key}" is missing', repair)

    def label_place(self, key: str) -> Place:
        """Return where label ``key`` stands, or the file where it is missing."""
        return self.label_places.get(key, Place(self.file))

    def number_label(self, level: int, n: int) -> str:
        """Return the label of article ``n`` (level 0) or of item ``n`` at level 1 to 3, all counted from 1."""
        patterns = (self.numbering.clause, *self.numbering.items)
        if not 0 <= level < len(patterns):
            raise CannotShow(f"there are no labels for level {level}", f"levels are 0 to {len(patterns) - 1}")
        return self._count(patterns[level], n)

    def article_heading(self) -> tuple[str, str]:
        """Return what stands before and after the heading of a numbered article (brackets in Korean)."""
        before, _, after = _around(self.numbering.heading)
        return before, after

    def reference(self, label: str) -> str:
        """Return the text that refers to the article with this ``label`` (as ``number_label`` made it)."""
        start, _, end = _around(self.numbering.clause)
        if not (label.startswith(start) and label.endswith(end) and len(label) > len(start) + len(end)):
            raise CannotShow(
                f'"{label}" is not the label of an article', f"articles look like {self.number_label(0, 1)}"
            )
        inner = label[len(start) : len(label) - len(end)]
        before, _, after = _around(self.numbering.reference)
        return f"{before}{inner}{after}"

    def join(self, texts: Sequence[str]) -> str:
        """Return ``a``, ``a and b`` or ``a, b and c``; ``CannotShow`` for an empty list."""
        if not texts:
            raise CannotShow("the list is empty", "leave the sentence out where there is nothing to name")
        *front, last = texts
        if not front:
            return last
        joiners = self.joiners
        return joiners.middle.join(front) + (joiners.two if len(front) == 1 else joiners.last) + last

    def particle(self, text: str, pair: str) -> str:
        """Return the particle that follows ``text`` (Korean); ``CannotShow`` for languages without particles."""
        if self.readings is None:
            raise CannotShow(f"{self.name} has no particles", "remove the particle filter from this locale's text")
        try:
            return particle(text, pair, self.readings)
        except ValueError as fault:
            raise CannotShow(str(fault)) from fault

    def currency(self, code: str) -> CurrencyForms:
        """Return the forms of an ISO 4217 currency; an unknown one is an error, not a guess."""
        try:
            return self.grammar.currency[code]
        except KeyError:
            known = ", ".join(self.grammar.currency)
            raise CannotShow(f'unknown currency "{code}"', f"add [currency.{code}]; known: {known}") from None

    def _count(self, pattern: str, n: int) -> str:
        start, name, end = _around(pattern)
        try:
            return f"{start}{to_digits(counter(name, n, self.numbering.letters), self.digits)}{end}"
        except ValueError as fault:
            raise CannotShow(str(fault), "shorten the list or add letters to [numbering]") from fault


def _around(pattern: str) -> tuple[str, str, str]:
    """Cut a pattern with one placeholder into what stands before it, its name, and what stands after it."""
    start, _, rest = pattern.partition("{")
    name, _, end = rest.partition("}")
    return start, name, end


# How each kind shows. Every function returns the whole value or raises; ``form`` has been checked by ``_shown``.


@lru_cache(maxsize=4096, typed=True)  # or True would be shown as 1
def _shown(locale: Locale, kind: Kind, amount: Amount, form: str) -> str:
    """Show one amount; memoised, because the same dates and sums stand in every clause and every contract."""
    return _show(locale, kind, amount, form)


def _show(locale: Locale, kind: Kind, amount: Amount, form: str) -> str:
    """Show one amount."""
    types, forms, show = _KINDS[kind]
    if not isinstance(amount, types) or isinstance(amount, bool):
        raise CannotShow(f"a {kind.value} cannot be a {type(amount).__name__}", "give the value its own kind")
    also = locale.currency(amount.currency).also if isinstance(amount, Money) else {}
    if form and form not in forms and form not in also:
        raise CannotShow(f'a {kind.value} has no form "{form}"', did_you_mean(form, [*forms, *also]))
    try:
        return show(locale, amount, form)
    except CannotShow:
        raise
    except ValueError as fault:
        raise CannotShow(str(fault)) from fault


_JOINED = re.compile(r"(?<![\u200e\d-])(?=\d+(?:[-–]\d+)+)")
_MARK = "\u200e"


def _text(locale: Locale, text: str | LocalText, _form: str) -> str:
    if isinstance(text, str):
        shown = text
    elif text.everywhere is not None:
        shown = text.everywhere
    elif locale.code in text.by_locale:
        shown = text.by_locale[locale.code]
    else:
        given = ", ".join(text.by_locale) or "none"
        raise CannotShow(f"there is no text for {locale.code}, only for: {given}", f"add {locale.code} to the record")
    # After Arabic letters numbers joined by a hyphen change places (rule W2 of the bidi algorithm): a mark keeps them.
    return _JOINED.sub(_MARK, shown) if locale.direction == "rtl" and script_direction(shown) == "rtl" else shown


def _phone(locale: Locale, phone: str, _form: str) -> str:
    return to_digits(phone.replace(".", locale.grammar.phone.dot), locale.digits)


def _number(locale: Locale, number: int | Decimal, _form: str) -> str:
    return write_number(number, locale.grammar.number, locale.digits)


def _percent(locale: Locale, percent: int | Decimal, form: str) -> str:
    return locale.grammar.number.percent.format(n=_number(locale, percent, form))


def _money(locale: Locale, money: Money, form: str) -> str:
    forms = locale.currency(money.currency)
    places = get_currency_precision(money.currency)
    if form in forms.also:
        also = forms.also[form]
        return _with_rest(locale, money, also.per * 10**places, also.words, also.words_minor)
    if form == "words":
        return _with_rest(locale, money, 10**places, forms.words, forms.words_minor or "")
    sign = locale.grammar.number.minus if money.minor < 0 else ""  # before the currency too: -IRR 72,000,000
    number = write_number(abs(money.minor), locale.grammar.number, locale.digits, places)
    return sign + (number if form == "number" else forms.plain.format(n=number))


def _with_rest(locale: Locale, money: Money, base: int, patterns: Mapping[str, str], with_minor: str) -> str:
    """Return an amount in words, in units of ``base`` minor ones; what is left over is told too."""
    whole, minor = divmod(money.minor, base)
    if not minor or money.minor < 0:
        return _in_words(locale, whole, patterns)
    fraction = {
        "minor": to_digits(f"{minor:0{len(str(base - 1))}}", locale.digits),
        "minor_words": spell(minor, locale.grammar.spelling),
        "base": to_digits(str(base), locale.digits),
    }
    return _in_words(locale, whole, {"other": with_minor}, **fraction)


def _in_words(locale: Locale, whole: int, patterns: Mapping[str, str], **more: str) -> str:
    words = spell(whole, locale.grammar.spelling)
    pattern = patterns.get(locale.cldr.plural_form(whole), patterns["other"])
    return pattern.format(words=words, Words=words[:1].upper() + words[1:], **more)


def _duration(locale: Locale, duration: Duration, form: str) -> str:
    if duration.count < 0:
        raise CannotShow(f"{duration.count} {duration.unit.value} is negative", "durations are zero or more")
    number = _number(locale, duration.count, "")
    if form == "number":
        return number
    forms = locale.grammar.unit[duration.unit]
    if form == "adjective":
        if forms.adjective is None:
            raise CannotShow(f'{duration.unit.value} has no form "adjective"', "reword the sentence")
        return forms.adjective.format(n=number)
    return forms.plain.get(locale.cldr.plural_form(duration.count), forms.plain["other"]).format(n=number)


def _day(locale: Locale, day: Day, form: str) -> str:
    dates = locale.grammar.date
    if form:
        return _in_calendar(locale, day.date, dates.local if form == "local" else Calendar(form))
    pattern = dates.stated_jalali if day.calendar is Calendar.JALALI else dates.stated_gregorian
    shown = {c.value: _in_calendar(locale, day.date, c) for c in Calendar if f"{{{c.value}}}" in pattern}
    return pattern.format(**shown)


def _in_calendar(locale: Locale, day: date, calendar: Calendar) -> str:
    dates = locale.grammar.date
    if calendar is Calendar.JALALI:
        year, month, number = to_jalali(day)
        pattern, month_name = dates.jalali, dates.jalali_months[month - 1]
    else:
        year, number = day.year, day.day
        pattern, month_name = dates.gregorian, locale.cldr.months["format"]["wide"][day.month]
    return to_digits(pattern.format(day=number, month=month_name, year=year), locale.digits)


def _moment(locale: Locale, moment: datetime, form: str) -> str:
    shown = _day(locale, Day(moment.date()), form)
    return locale.grammar.date.moment.format(date=shown, time=_time(locale, moment.timetz(), ""))


def _time(locale: Locale, clock: time, _form: str) -> str:
    if clock.tzinfo is not None or clock.second or clock.microsecond:
        raise CannotShow(f"{clock.isoformat()} holds seconds or a time zone", "times are shown to the minute, as local")
    return to_digits(f"{clock.hour:02}:{clock.minute:02}", locale.digits)


def _weekday(locale: Locale, weekday: Weekday, _form: str) -> str:
    return str(locale.cldr.days["stand-alone"]["wide"][list(Weekday).index(weekday)])


def _rank(locale: Locale, rank: int, _form: str) -> str:
    if not 1 <= rank <= len(locale.grammar.rank):
        raise CannotShow(f"there is no word for rank {rank}", f"ranks are 1 to {len(locale.grammar.rank)}")
    return locale.grammar.rank[rank - 1]


def _choice(locale: Locale, choice: Choice, _form: str) -> str:
    key = f"choices.{choice.domain}.{choice.key}"
    text = locale.label(key)
    if "{" in text:
        raise CannotShow(f'label "{key}" names a choice and cannot hold a placeholder', "write plain words")
    return text


def _numeral(locale: Locale, digits: str, _form: str) -> str:
    return to_digits(digits, locale.digits)


def _country(locale: Locale, code: str, _form: str) -> str:
    name = locale.cldr.territories.get(code)
    if name is None:
        raise CannotShow(f'"{code}" is no country that CLDR names', "write its ISO 3166 code of two letters")
    return str(name)


def _countries(locale: Locale, codes: Countries, form: str) -> str:
    return locale.joiners.middle.join(_country(locale, code, form) for code in codes)


_UNREPEATED = (Kind.TEXT, Kind.NAME, Kind.CODE, Kind.EMAIL, Kind.URL, Kind.PHONE)
"""Kinds that differ from contract to contract and are shown at once: to remember them would cost time and memory."""

_DATE_FORMS = ("gregorian", "jalali", "local")
_KINDS: Mapping[Kind, tuple[tuple[type, ...], tuple[str, ...], Callable[[Locale, Any, str], str]]] = {
    Kind.TEXT: ((str, LocalText), (), _text),
    Kind.NAME: ((str, LocalText), (), _text),
    Kind.CODE: ((str,), (), _text),
    Kind.EMAIL: ((str,), (), _text),
    Kind.URL: ((str,), (), _text),
    Kind.PHONE: ((str,), (), _phone),
    Kind.MONEY: ((Money,), ("number", "words"), _money),
    Kind.PERCENT: ((Decimal, int), (), _percent),
    Kind.NUMBER: ((Decimal, int), (), _number),
    Kind.DURATION: ((Duration,), ("number", "adjective"), _duration),
    Kind.DATE: ((Day,), _DATE_FORMS, _day),
    Kind.MOMENT: ((datetime,), _DATE_FORMS, _moment),
    Kind.TIME: ((time,), (), _time),
    Kind.WEEKDAY: ((Weekday,), (), _weekday),
    Kind.RANK: ((int,), (), _rank),
    Kind.CHOICE: ((Choice,), (), _choice),
    Kind.NUMERAL: ((str,), (), _numeral),
    Kind.COUNTRY: ((str,), (), _country),
    Kind.COUNTRIES: ((tuple,), (), _countries),
}
