"""The carried data of a document: in its selection, tree and record, out one JSON file for the writers to embed.

``contractgen.json``, schema ``contractgen/carried/1``, keys in alphabetical order, one section a line:

- ``clauses``  each slot with words: slot, wording, revision, the row of the policy that chose it, the facts it cites
- ``files``    SHA-256 of the policy, its sources, the outline, the locale, each clause, the style sheet and its fonts
- ``record``   the contract record, letter for letter as it was given (a table's row: as JSON)
- ``render``   what to do with it: type, locale, format, engine, further options; whether it is a letter of refusal
- ``schema``   the name of this form
- ``values``   each value shown: field, canonical spelling, what the page shows
- ``versions`` contractgen and the libraries that shape the bytes
- ``visible``  SHA-256 of all that the document shows, and of each clause without the numbers before it and its items

Files are named from their data folder; nothing says on which machine, by whom or when the document was made.
``record``, ``values`` and ``visible`` belong to one document; all other sections (``Frame``) are the same for every
record with the same choices, and are kept as encoded text: a compiled document fills in three sections.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from contractgen.attachments import JSON, Attachment
from contractgen.carried.versions import versions
from contractgen.carried.visible import clause_digest, clauses, shown_values, visible_digest
from contractgen.errors import Place
from contractgen.files import Marked
from contractgen.library import Library
from contractgen.selection import Filled, Selection
from contractgen.tree import Document, Value
from contractgen.writers import pdf_fonts

NAME = "contractgen.json"
SCHEMA = "contractgen/carried/1"
DESCRIPTION = "Contract record, trace and hashes of this document; contractgen verify reads them"

Data = dict[str, Any]

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_ROW = json.JSONEncoder(ensure_ascii=False, sort_keys=True)
_ESCAPED = re.compile(r"[<\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
"""What JSON may hold as it is, but a web page, an XML part or a YAML reader may not."""


@dataclass(frozen=True, slots=True)
class Render:
    """How a document was asked for. ``options`` are further choices that shape it, by name."""

    type: str
    locale: str
    format: str
    engine: str = ""
    letter: bool = False
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """The sections that do not depend on the record's values: name and encoded JSON."""

    sections: Mapping[str, str]


def carried(record: Marked, selection: Selection, document: Document, render: Render, books: Library) -> Attachment:
    """Return the attachment that holds the record, the trace and the hashes of ``document``."""
    return filled(frame(selection, render, books), record_text(record), document)


def frame(selection: Selection, render: Render, books: Library) -> Frame:
    """Return the constant sections for a selection; equal selections of one library share one frame."""
    picks = tuple(
        (pick.slot.name, pick.wording, pick.row.place, pick.row.cite)
        for pick in selection.picks
        if isinstance(pick, Filled) and pick.wording and pick.row is not None
    )
    return frames(books, selection.policy.vendor, selection.outline.type, render, picks)


def filled(frame: Frame, record: str, document: Document) -> Attachment:
    """Return the attachment: a frame with the three sections of one document."""
    digests = {clause.slot: clause_digest(clause) for clause in clauses(document)}
    text = assembled(frame, record, map(listed, shown_values(document)), digests, visible_digest(document))
    return Attachment(NAME, JSON, text.encode(), DESCRIPTION)


def listed(value: Value) -> str:
    """Return what the section ``values`` says of a value, as ``encoded`` would write it."""
    exact, field, text = map(_ENCODER.encode, (value.canonical, value.field, value.text))
    return f'{{"canonical":{exact},"field":{field},"shown":{text}}}'


def assembled(frame: Frame, record: str, shown: Iterable[str], digests: Mapping[str, str], whole: str) -> str:
    """Return the attachment's text from its parts.

    ``shown``: values as ``listed``, told once each; ``digests`` by slot; ``whole``: the hash of the visible content.
    """
    sections = {
        **frame.sections,
        "record": encoded(record),
        "values": _harmless(f"[{','.join(dict.fromkeys(shown))}]"),
        "visible": encoded({"clauses": digests, "sha256": whole}),
    }
    lines = ",\n".join(f'"{name}":{sections[name]}' for name in sorted(sections))
    return f"{{{lines}}}\n"


def record_text(marked: Marked) -> str:
    """Return a record's file as text, its line ends and byte order mark kept; for data from elsewhere, JSON."""
    if marked.source:
        return marked.source.decode()
    return _harmless(_ROW.encode(marked.data)) + "\n"


def encoded(data: Any) -> str:
    """Return compact JSON with sorted keys, safe within HTML, XML and YAML."""
    return _harmless(_ENCODER.encode(data))


def _harmless(text: str) -> str:
    """Write as escapes what a web page, an XML part or a YAML reader may not hold."""
    if text.isprintable() and "<" not in text:  # cheaper than to look for each; Persian text goes on
        return text
    return _ESCAPED.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


Pick = tuple[str, str, Place, tuple[str, ...]]


@lru_cache(maxsize=512)
def frames(books: Library, vendor: str, outline: str, render: Render, picks: tuple[Pick, ...]) -> Frame:
    """Return the constant sections for clauses picked; kept for the life of the process."""
    return Frame(
        {
            "clauses": encoded([_clause(pick, vendor, render.locale, books) for pick in picks]),
            "files": encoded(dict(_files(books, vendor, outline, render, picks))),
            "render": encoded(
                {
                    "type": render.type,
                    "locale": render.locale,
                    "format": render.format,
                    "engine": render.engine,
                    "letter": render.letter,
                    "options": dict(render.options),
                }
            ),
            "schema": encoded(SCHEMA),
            "versions": encoded(versions(render.format, render.engine)),
        }
    )


def _clause(pick: Pick, vendor: str, locale: str, books: Library) -> Data:
    slot, wording, row, cite = pick
    return {
        "slot": slot,
        "wording": wording,
        "revision": books.clause(locale, slot, wording, row).revision,
        "row": str(Place(f"policies/{vendor}.toml", row.line, row.column)),  # its name on this machine may be a path
        "cite": list(cite),
    }


def _files(
    books: Library, vendor: str, outline: str, render: Render, picks: tuple[Pick, ...]
) -> Iterator[tuple[str, str]]:
    """Yield name and hash of each file that shaped the document."""
    templates = f"templates/{render.locale}"
    folder = "letters" if render.letter else "documents"
    names = [
        f"policies/{vendor}.toml",
        f"policies/sources/{vendor}.toml",
        f"templates/{folder}/{outline}.toml",
        f"{templates}/locale.toml",
        f"{templates}/readings.toml",
        *(f"{templates}/clauses/{slot}/{wording}.md" for slot, wording, _, _ in picks),
        "templates/styles/house.toml",
        *(_fonts(books, render.locale) if render.format == "pdf" else ()),
    ]
    yield from ((name, found) for name in names if (found := books.digest(name)))
    labels = f"{templates}/labels.toml"
    if found := books.digest(labels, every=True):
        yield labels, found


def _fonts(books: Library, locale: str) -> Iterator[str]:
    styles = books.styles()
    for face in pdf_fonts.faces(styles, locale):
        yield f"templates/styles/{face.path.relative_to(Path(styles.folder).resolve()).as_posix()}"
