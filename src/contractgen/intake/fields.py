"""Which fields a column can be: every field of a record that holds a single value, and what a batch reads beside it.

In: a dotted name (``licences.0.annual_fee``, ``customer.name.ko``). Out: whether there is such a field, and whether it
holds true or false. Lines of a list are counted from 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from contractgen.record import Record
from contractgen.record_fields import LOCALES
from contractgen.values import LocalText

EXTRA = ("locale",)
"""Columns that are no field of a record: the customer's language."""

FIELDS = (
    "vendor", "tier", "transaction", "currency", "contract.number", "contract.date", "customer.name", "customer.number",
    "customer.party", "customer.status", "customer.region", "customer.area", "customer.segment", "customer.country",
    "customer.address", "customer.attention", "customer.email", "customer.phone", "issuer.name", "issuer.address",
    "issuer.phone", "issuer.email", "term.start", "term.expiry", "term.months", "term.lapsed", "licences.0.product",
    "licences.0.code", "licences.0.quantity", "licences.0.licence_type", "licences.0.annual_fee",
    "licences.0.reinstatement_price", "package.sale_price", "package.rate_percent", "package.years", "premium.level",
    "premium.annual_fee", "end_user.name", "end_user.address", "end_user.country", "release.agreed", "locale",
)  # fmt: skip
"""Fields that a portfolio usually has, for suggestions."""

_INDEX = re.compile(r"\d{1,3}", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)


def is_field(name: str) -> bool:
    """Whether a column can be the field: one value of a record, or what a batch reads."""
    return name in EXTRA or not isinstance(_kind(name), Missing)


def is_flag(name: str) -> bool:
    """Whether the field is true or false."""
    return _kind(name) is bool


class Missing:
    """Nothing stands under the name, or a table or list does."""


@lru_cache(4096)
def _kind(name: str) -> Any:
    """Return the type of the single value at a dotted name, or ``Missing``."""
    kind: Any = Record
    for part in name.split("."):
        kind = _within(kind, part)
    kind = _plain(kind)
    holds_more = (isinstance(kind, type) and issubclass(kind, BaseModel)) or get_origin(kind) in {list, dict}
    return Missing() if holds_more else kind


def _within(kind: Any, part: str) -> Any:
    kind = _plain(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        info = kind.model_fields.get(part)
        return info.annotation if info else Missing()
    if get_origin(kind) is list and _INDEX.fullmatch(part):
        return get_args(kind)[0]
    if get_origin(kind) is dict:
        key, value = get_args(kind)
        known = part in get_args(key) if get_origin(key) is Literal else bool(_NAME.fullmatch(part))
        return value if known else Missing()
    return str if kind is LocalText and part in LOCALES else Missing()


def _plain(kind: Any) -> Any:
    """Return a type without ``| None`` and annotations."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in {Union, UnionType}:
            kind = next(option for option in get_args(kind) if option is not type(None))
        else:
            return kind


@lru_cache(4096)
def key_of(name: str) -> tuple[str | int, ...]:
    """Return a dotted name as a key: ``("licences", 0, "product")``."""
    return tuple(int(part) if _INDEX.fullmatch(part) else part for part in name.split("."))


def prefixes(name: str) -> Iterator[str]:
    """Yield the names of the tables in which a field stands: ``licences``, ``licences.0``."""
    parts = name.split(".")
    yield from (".".join(parts[:size]) for size in range(1, len(parts)))
