"""What the register is asked and what it answers: requests for numbers, entries, finished files; and their hashes.

In: what a caller knows of a document. Out: frozen dataclasses with the keys and texts that the database holds. There is
no database here, so that what a hash covers can be read in one place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from json.encoder import encode_basestring
from typing import Any


class State(StrEnum):
    """How far an entry has come."""

    RESERVED = "reserved"  # has its number; the file is being made
    ISSUED = "issued"  # the file's hash is recorded
    VOID = "void"  # the document could not be made; the number is kept, with the reason


@dataclass(frozen=True, slots=True)
class Run:
    """One call that issues documents: its id, and the name of whoever answers for it."""

    id: str
    by: str


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers that are counted together: all is fixed but the serial. ``revision`` shows a second or later revision."""

    before: str
    after: str
    digits: int
    revision: str

    @property
    def name(self) -> str:
        """How the register calls the series: the number with # for its serial."""
        return f"{self.before}#{self.after}"

    def number(self, serial: int) -> str:
        """Return the number with this serial."""
        return f"{self.before}{serial:0{self.digits}d}{self.after}"

    def shown(self, number: str, revision: int, *, own: bool) -> str:
        """Return the number as the document shows it; a number of the record's own stays as it is."""
        return number if own or revision == 1 else self.revision.format(number=number, revision=revision)


@dataclass(frozen=True)
class Request:
    """One copy of one document that is to be issued.

    A *document* is known by vendor, contract, type and ``apart`` (what tells two documents of a type for one contract
    apart: the term that a notice is about), or by ``number``, where its record gives one. A *copy* of it is known by
    locale, format and engine. ``data``, ``policy``, ``words`` and ``style`` are SHA-256 hashes, in hex, of what went
    in; ``version`` is contractgen's own.
    """

    vendor: str
    contract: str
    type: str
    apart: tuple[str, ...]
    series: Series
    locale: str
    format: str
    engine: str
    data: str
    policy: str
    words: str
    style: str
    version: str
    number: str = ""

    @cached_property
    def key(self) -> str:
        """The hash that the document is found by."""
        return digest(["number", self.number] if self.number else [self.vendor, self.contract, self.type, *self.apart])

    def take_hashes(self) -> None:
        """Take the hashes now; they go along when the request is pickled, and the register need not."""
        self.__dict__.update(key=self.key, content=self.content, input=self.input)

    @property
    def copy(self) -> tuple[str, str, str]:
        """What tells the copies of a document apart."""
        return self.locale, self.format, self.engine

    @cached_property
    def content(self) -> str:
        """The hash of what all copies of one revision have in common: data, policy, version."""
        return digest([self.data, self.policy, self.version])

    @cached_property
    def input(self) -> str:
        """The hash of everything that this copy is made from; the same input gives the same bytes."""
        return digest([self.content, self.words, self.style, *self.copy])


@dataclass(frozen=True)  # no slots: it is made, changed and pickled faster without
class Entry:
    """One copy of one revision of a document, as the register has it.

    ``number`` is what the document shows, ``base`` is the same without the mark of a revision. ``series`` and
    ``serial`` are empty and 0 for a number that came with the record (``own``). ``at`` is the UTC time of the last
    change of ``state``, ``run`` and ``by`` are whose change it was. ``path`` is where the file was put, with slashes;
    ``file`` its SHA-256, ``size`` its bytes: empty and 0 until it is issued. ``reason`` says why it is void. ``key``
    is the hash that the document is found by. ``seq`` is the link of the chain that recorded the last change, 0 while
    there is none.
    """

    id: int
    number: str
    base: str
    revision: int
    own: bool
    series: str
    serial: int
    vendor: str
    contract: str
    type: str
    locale: str
    format: str
    engine: str
    state: State
    input: str
    content: str
    data: str
    policy: str
    words: str
    style: str
    version: str
    run: str
    by: str
    at: str
    path: str
    file: str
    size: int
    reason: str
    key: str
    seq: int

    @property
    def copy(self) -> tuple[str, str, str]:
        """What tells the copies of a document apart."""
        return self.locale, self.format, self.engine

    def body(self) -> str:
        """Return the text that the chain seals: every field but ``seq``, as JSON with sorted names."""
        return _text(self.__dict__, SEALED)

    def sealed_by(self, body: str) -> bool:
        """Whether this is what a link says: all fields, or all but ``key`` in links from before it was sealed."""
        return body in (self.body(), _text(self.__dict__, SEALED_AT_FIRST))

    def changed(self, **fields: Any) -> Entry:
        """Return the entry with other values in some fields: ``replace``, in a sixth of its time."""
        return _made(self.__dict__ | fields)


FIELDS: tuple[str, ...] = tuple(Entry.__dataclass_fields__)
"""The fields of an entry, in the order in which they are listed and exported."""
SEALED: tuple[str, ...] = tuple(sorted(name for name in FIELDS if name != "seq"))
"""The fields that the chain seals."""
SEALED_AT_FIRST: tuple[str, ...] = tuple(name for name in SEALED if name != "key")
"""The fields that links of older registers seal."""


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file for an entry: where it belongs (with slashes), its SHA-256 in hex, its size in bytes."""

    entry: Entry
    path: str
    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for; an empty field asks for all. ``since`` is a day or moment as ISO text in UTC."""

    vendor: str = ""
    type: str = ""
    contract: str = ""
    run: str = ""
    since: str = ""
    number: str = ""
    state: str = ""


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_JSON: dict[type, Callable[[Any], str]] = {str: encode_basestring, State: encode_basestring, int: str}


def canonical(data: Any) -> str:
    """Return data as the one JSON text that its hash is taken of: sorted names, no spaces, UTF-8 kept."""
    return _ENCODER.encode(data)


def _text(values: Mapping[str, Any], names: Sequence[str]) -> str:
    """Return what ``canonical`` makes of these fields; for texts and numbers alone, in a third of its time."""
    pairs = [(name, values[name]) for name in names]
    return "{" + ",".join([f'"{name}":{_JSON.get(type(value), canonical)(value)}' for name, value in pairs]) + "}"


def digest(data: Any) -> str:
    """Return the SHA-256 of data's canonical JSON, in hex."""
    return hashlib.sha256(canonical(data).encode("utf-8", "surrogatepass")).hexdigest()


def link(previous: str, body: str) -> str:
    """Return the hash of a link of the chain: of the hash before it, a newline, and its own body."""
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


GENESIS = ""
"""What stands before the first link."""


def entry_of(row: Iterable[Any]) -> Entry:
    """Return a row of the database, with its columns in the order of ``FIELDS``, as an entry."""
    values = dict(zip(FIELDS, row, strict=True))
    return _made(values | {"own": bool(values["own"]), "state": State(values["state"])})


def _made(values: dict[str, Any]) -> Entry:
    """Return an entry of all its fields: a frozen class sets them one by one, which takes most of the time of both."""
    entry = object.__new__(Entry)
    entry.__dict__.update(values)
    return entry
