"""A contract read from a record: sealed figures for each field, and the checks that need more than one field.

In: a record file (YAML or JSON). Out: ``Contract``: the typed record and, for each field given, a ``Figure`` whose
cause is its line in the file. Raises ``InvalidData`` with all problems. Dates, sums and ids are checked against one
another here; what depends on a vendor is checked by ``terms``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from babel.numbers import get_currency_precision, list_currencies
from pydantic import BaseModel

from contractgen.errors import InvalidData, Place, Problem, did_you_mean
from contractgen.files import Marked
from contractgen.record import Record, moment_of
from contractgen.record_file import parse_record, read_record
from contractgen.validation import inner_model, validate
from contractgen.values import Amount, Cause, Choice, Day, Figure, Kind, Money, Origin


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract record that is sound in itself. ``figures`` are keyed by dotted field name."""

    record: Record
    marked: Marked
    figures: Mapping[str, Figure]

    def place(self, field: str) -> Place:
        """Return the line of a dotted field, or of the nearest table that would hold it."""
        return self.marked.place(*_key(field))


def load_contract(path: Path, name: str | None = None) -> Contract:
    """Read and check a contract record; raises ``InvalidData`` with every problem."""
    return make_contract(read_record(path, name))


def parse_contract(text: str, file: str = "record") -> Contract:
    """Read and check a contract record given as YAML or JSON text."""
    return make_contract(parse_record(text, file))


def make_contract(marked: Marked) -> Contract:
    """Check what ``record_file`` has read and seal every field; raises ``InvalidData`` with every problem."""
    contract, problems = examine(marked)
    if problems:
        raise InvalidData(problems)
    return contract


def examine(marked: Marked) -> tuple[Contract, list[Problem]]:
    """Return the contract with what contradicts itself in it, for a check that goes on to look for more.

    Such a contract serves no other end. Raises ``InvalidData`` where the shape is wrong.
    """
    record = validate(Record, marked, InvalidData)
    given = tuple(_given(record, ""))
    faults = list(_faults(record, given))
    unsound = {field for field, _, _ in faults}
    problems = sorted(Problem(marked.place(*_key(field)), cause, repair) for field, cause, repair in faults)
    places = marked.places
    whole = Place(marked.file)
    figures = {
        field: Figure(
            field,
            kind,
            _amount(value, kind, field, record.currency),
            Cause(Origin.CONTRACT, field, marked.place(*_key(field)) if places else whole),
        )
        for field, kind, value in given
        if field not in unsound
    }
    return Contract(record, marked, figures), problems


def to_money(amount: Decimal, currency: str) -> Money:
    """Return ``amount`` in minor units; it has been checked to have no more decimals than the currency."""
    return Money(int(amount.scaleb(get_currency_precision(currency))), currency)


@lru_cache(maxsize=8192)
def _key(field: str) -> tuple[str | int, ...]:
    return tuple(int(part) if part.isdigit() else part for part in field.split("."))


_NESTED = (BaseModel, list, dict)

Given = tuple[str, Kind, Any]
"""A field that is given: its dotted name, its kind and its value."""


def _given(value: Any, field: str, kind: Kind | None = None) -> Iterator[Given]:
    """Yield dotted name, kind and value of every field that is given."""
    prefix = f"{field}." if field else ""
    if isinstance(value, BaseModel):
        for name, inner in _kinds(type(value)):
            item = getattr(value, name)
            if item is None:
                continue
            if isinstance(item, _NESTED):
                yield from _given(item, f"{prefix}{name}", inner)
            elif inner is not None:
                yield f"{prefix}{name}", inner, item
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _given(item, f"{prefix}{index}", kind)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _given(item, f"{prefix}{name}", kind)
    elif value is not None and kind is not None:
        yield field, kind, value


def _amount(value: Any, kind: Kind, field: str, currency: str) -> Amount:
    amount: Amount = value
    if kind is Kind.MONEY:
        amount = to_money(value, currency)
    elif kind is Kind.CHOICE:
        amount = Choice(field.rpartition(".")[2], value)
    elif kind is Kind.MOMENT:
        amount = moment_of(value)[0]
    elif value is True or value is False:
        amount = "true" if value else "false"
    return amount


@cache
def _kinds(shape: type[BaseModel]) -> tuple[tuple[str, Kind | None], ...]:
    return tuple((name, _kind_of(info.annotation, info.metadata)) for name, info in shape.model_fields.items())


def _kind_of(annotation: Any, metadata: Any) -> Kind | None:
    """Find the ``Kind`` in a field's annotation, through ``| None`` and ``list[…]``."""
    for item in metadata:
        if isinstance(item, Kind):
            return item
    if get_origin(annotation) is Annotated:
        return _kind_of(get_args(annotation)[0], annotation.__metadata__)
    if get_origin(annotation) is dict:
        return _kind_of(get_args(annotation)[1], ())
    for argument in get_args(annotation):
        found = _kind_of(argument, ())
        if found is not None:
            return found
    return None


def kind_of_field(dotted: str) -> Kind | None:
    """Return the kind of a record's field (``licences.0.annual_fee``); None for a table, or where there is none."""
    shape: type[BaseModel] | None = Record
    kind: Kind | None = None
    for name in (part for part in dotted.split(".") if not part.isdigit() and part not in {"ko", "fa", "en"}):
        if shape is None or name not in shape.model_fields:
            return kind
        info = shape.model_fields[name]
        kind, shape = _kind_of(info.annotation, info.metadata), inner_model(info.annotation)
    return kind


Fault = tuple[str, str, str]


def _faults(record: Record, given: Iterable[Given]) -> Iterator[Fault]:
    """Yield field, cause and repair of every contradiction within the record."""
    yield from _currency_faults(record, given)
    yield from _order_faults(record)
    yield from _duplicate_faults(record)
    yield from _withdrawal_faults(record)


def _currency_faults(record: Record, given: Iterable[Given]) -> Iterator[Fault]:
    if record.currency not in list_currencies():
        known = did_you_mean(record.currency, ["KRW", "IRR", "USD", "EUR", "JPY"])
        yield "currency", f'"currency" is "{record.currency}", which is no ISO 4217 currency', known
        return
    places = get_currency_precision(record.currency)
    for name, kind, value in given:
        if kind is Kind.MONEY and value.scaleb(places) != value.scaleb(places).to_integral_value():
            most = f"at most {places} decimals" if places else "no decimals"
            yield name, f'"{name}" is {value}, but {record.currency} has {most}', f"write the amount with {most}"


def _order_faults(record: Record) -> Iterator[Fault]:
    """Dates that cannot stand in this order."""
    pairs: list[tuple[str, Day | None, str, Day | None]] = [
        ("term.start", record.term.start, "term.expiry", record.term.expiry),
    ]
    for index, licence in enumerate(record.licences):
        pairs.append((f"licences.{index}.start", licence.start, f"licences.{index}.expiry", licence.expiry))
    for earlier, first, later, second in pairs:
        if first and second and second.date <= first.date:
            cause = f'"{later}" ({second.date}) is not after "{earlier}" ({first.date})'
            yield later, cause, "exchange or correct them"
    if record.deferral and record.deferral.concluded.date < record.deferral.delivery.date:
        yield "deferral.concluded", "the agreement is concluded before the licence is delivered", "correct the dates"
    if record.deferral and record.deferral.purchase and record.deferral.purchase.date > record.deferral.concluded.date:
        yield "deferral.purchase", "the licence is bought after the agreement is concluded", "correct the dates"
    if record.withdrawal and record.withdrawal.sent and record.withdrawal.sent.date > record.withdrawal.received.date:
        yield "withdrawal.sent", "the notice is sent after it is received", "exchange or correct the dates"
    acknowledgement = record.documents.get("withdrawal-ack")
    if record.withdrawal and acknowledgement and acknowledgement.date.date < record.withdrawal.received.date:
        cause = f"the notice arrives on {record.withdrawal.received.date}, after the day of its acknowledgement"
        yield "documents.withdrawal-ack.date", cause, "correct the dates"
    for name, document in record.documents.items():
        if document.valid_until and document.valid_until.date < document.date.date:
            field = f"documents.{name}.valid_until"
            yield field, f'"{field}" ({document.valid_until.date}) is before the document\'s date', "correct the date"


def _duplicate_faults(record: Record) -> Iterator[Fault]:
    named = {"licences": [line.id for line in record.licences], "tickets": [ticket.id for ticket in record.tickets]}
    for table, ids in named.items():
        for index, name in enumerate(ids):
            if name in ids[:index]:
                yield f"{table}.{index}.id", f'id "{name}" is given twice in {table}', "give each line its own id"


def _withdrawal_faults(record: Record) -> Iterator[Fault]:
    if record.withdrawal is None:
        return
    known = [line.id for line in record.licences]
    for index, name in enumerate(record.withdrawal.licences):
        if name not in known:
            repair = did_you_mean(name, list(dict.fromkeys(known)))
            yield f"withdrawal.licences.{index}", f'"{name}" is not the id of a licence line', repair
