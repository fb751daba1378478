"""Carried data read back: in a finished file, out what it carries, checked; nothing in it is trusted.

In: the bytes of a DOCX, PDF or HTML file, told apart by their beginning. Out: ``Carried`` and the JSON it came from.
Raises ``InvalidData`` with place, cause and repair: a file of another kind, one that carries nothing or two things, one
that is cut off, data that are no JSON of our form or larger than any document's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contractgen.carried.manifest import NAME, SCHEMA
from contractgen.carried.unpacking import from_html, from_pdf, from_word
from contractgen.errors import InvalidData, Place, Problem
from contractgen.packages_other import parse_json

MAX_FILE = 32 * 2**20
"""The largest file that is read: no letter comes near."""

MAX_TOLD = 8
"""How many faults of one manifest are told."""

FileKind = Literal["docx", "html", "pdf"]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class ClauseLine(_Shape):
    """A clause as the manifest names it."""

    slot: str
    wording: str
    revision: int
    row: str
    cite: list[str]


class ValueLine(_Shape):
    """A value as the manifest names it."""

    field: str
    canonical: str
    shown: str


class RenderLine(_Shape):
    """How the document was asked for."""

    type: str
    locale: str
    format: FileKind
    engine: str
    letter: bool
    options: dict[str, str]


class Visible(_Shape):
    """Hashes of what the document shows."""

    clauses: dict[str, str]
    sha256: str


class Carried(_Shape):
    """The carried data of one document; ``carried.manifest`` says what the sections mean."""

    schema_: Literal["contractgen/carried/1"] = Field(alias="schema")
    clauses: list[ClauseLine]
    files: dict[str, str]
    record: str
    render: RenderLine
    values: list[ValueLine]
    versions: dict[str, str]
    visible: Visible


@dataclass(frozen=True, slots=True)
class Found:
    """What a file carries: the data, and the bytes that they were read from."""

    kind: FileKind
    carried: Carried
    content: bytes


def kind_of(content: bytes, file: str) -> FileKind:
    """Return what a file is, by its beginning; ``InvalidData`` for anything that contractgen does not write."""
    place = Place(file)
    if len(content) > MAX_FILE:
        raise InvalidData.at(place, f"is larger than {MAX_FILE // 2**20} MiB", "name a document of contractgen")
    if not content.strip():
        raise InvalidData.at(place, "is empty", "ask for the file again")
    if content.startswith(b"PK\x03\x04"):
        return "docx"
    if content.startswith(b"%PDF-"):
        return "pdf"
    start = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    raise InvalidData.at(place, "is no DOCX, PDF or HTML file", "name a document that contractgen made")


def read_carried(content: bytes, file: str) -> Found:
    """Return what a finished file carries; ``InvalidData`` where there is nothing, or it is not what it should be."""
    kind = kind_of(content, file)
    readers = {"docx": from_word, "html": from_html, "pdf": from_pdf}
    found = readers[kind](content, file, NAME)
    if not found:
        cause = f"carries no {NAME}: not made by contractgen, made with --bare or --annotate, or the data were removed"
        raise InvalidData.at(Place(file), cause, "ask for the document as it was issued")
    if len(found) > 1:
        cause = f"carries {len(found)} files of the name {NAME}"
        raise InvalidData.at(Place(file), cause, "ask for the document as it was issued")
    return Found(kind, parse_manifest(found[0], f"{file}:{NAME}"), found[0])


def parse_manifest(content: bytes, file: str) -> Carried:
    """Return the carried data of a manifest's JSON; ``InvalidData`` with every fault."""
    repair = "ask for the document as it was issued: its carried data were changed"
    data = parse_json(content, Place(file))
    if isinstance(data, dict) and isinstance(data.get("schema"), str) and data["schema"] != SCHEMA:
        cause = f'has the form "{data["schema"][:40]}", and this version reads {SCHEMA}'
        raise InvalidData.at(Place(file), cause, "use the version that made the document, or a newer one")
    try:
        return Carried.model_validate(data)
    except ValidationError as fault:
        found = fault.errors(include_url=False, include_context=False, include_input=False)[:MAX_TOLD]
        problems = [Problem(Place(file), f"{_name(error['loc'])}: {error['msg']}", repair) for error in found]
        raise InvalidData(problems) from fault


def _name(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part)[:40] for part in location) or "the whole"


def trace_of(carried: Carried) -> dict[str, object]:
    """Return the trace as plain data: where each clause and each value comes from."""
    return {
        "clauses": [clause.model_dump() for clause in carried.clauses],
        "values": [value.model_dump() for value in carried.values],
    }
