"""A finished file verified: made again from what it carries, and compared.

In: a file's bytes and the data folders. Out: ``Finding``. Equal bytes are the whole answer. Else three questions are
kept apart: what in the library changed since (by hashes and versions), what the same record gives today (by the trace),
and what in the file is not as it was issued (by its visible words). Raises ``InvalidData`` for a file that carries
nothing readable; a record that cannot be made into a document any more is a finding, not an error.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contractgen.api import Generated, generate, letter
from contractgen.carried.manifest import NAME
from contractgen.carried.reading import Carried, Found, parse_manifest, read_carried
from contractgen.carried.visible import clauses as clauses_of
from contractgen.contract import Contract, make_contract
from contractgen.errors import ContractgenError, Exit, OutputError, Place, Problem
from contractgen.packages import read_package
from contractgen.record_file import decode_record
from contractgen.selection import Refusal
from contractgen.terms.numbering import NUMBER
from contractgen.tree import Document, plain
from contractgen.verifying.comparing import Changes, compare
from contractgen.verifying.issue import against_trace, paper_against_trace
from contractgen.verifying.page_copy import page_copy
from contractgen.verifying.paper import compare_paper, paper_text
from contractgen.verifying.word_copy import slot_key, word_copy
from contractgen.writers.word_house import House
from contractgen.writers.word_options import WordOptions


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it was: its name, then and now ("" where there is none)."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What verifying found.

    ``library``: files by hash; ``versions``; ``values`` and ``clauses``: what the record gives today instead of what
    the trace says; ``problems``: why no document comes of the record; ``edits``: what the file says that was not
    issued; ``pieces``: parts or byte ranges that differ; ``contradicted``: the carried data cannot be true.
    """

    file: str
    carried: Carried
    identical: bool
    library: tuple[Difference, ...] = ()
    versions: tuple[Difference, ...] = ()
    values: tuple[Difference, ...] = ()
    clauses: tuple[Difference, ...] = ()
    problems: tuple[Problem, ...] = ()
    edits: Changes | None = None
    pieces: tuple[str, ...] = ()
    contradicted: str = ""

    @property
    def altered(self) -> bool:
        """Whether the file says something that was not issued."""
        return bool(self.contradicted) or (self.edits is not None and bool(self.edits.changes))

    @property
    def exit_code(self) -> Exit:
        """0 identical; 8 as issued, but made otherwise here; 9 altered."""
        if self.identical:
            return Exit.OK
        return Exit.ALTERED if self.altered else Exit.DIFFERS


def verified(content: bytes, file: str, data: tuple[Path, ...] = (), house: House | None = None) -> Finding:
    """Return what differs between a file and the one made again from what it carries.

    ``house``: the user's own Word file, where the document was made with one.
    """
    found = read_carried(content, file)
    carried = found.carried
    if carried.render.options.get("reference", "") != (house.sha256 if house else ""):
        return Finding(file, carried, identical=False, problems=(_other_house(carried, house),),
                       edits=_against_trace(found, content, file))  # fmt: skip
    made = _again(carried, f"{file}:{NAME}:record", data, house)
    if not isinstance(made, Generated):
        return Finding(file, carried, identical=False, problems=made)
    if made.content == content:
        return Finding(file, carried, identical=True)
    fresh = parse_manifest(made.document.attachments[0].content, NAME)
    values = tuple(_differences(_shown(carried), _shown(fresh)))
    clauses = tuple(_differences(_worded(carried), _worded(fresh)))
    library = tuple(_differences(carried.files, fresh.files))
    versions = tuple(_differences(carried.versions, fresh.versions))
    same_words = carried.visible == fresh.visible or not (library or versions)
    edits = _edits(found, content, made, file) if same_words else _against_trace(found, content, file)
    return Finding(
        file,
        carried,
        identical=False,
        library=library,
        versions=versions,
        values=values,
        clauses=clauses,
        edits=edits,
        pieces=tuple(_pieces(found.kind, made.content, content)),
        contradicted=_contradiction(found, made, changed=bool(library or versions)),
    )


def _other_house(carried: Carried, house: House | None) -> Problem:
    """Say that the looks of the document are those of a file that is not at hand."""
    wanted = carried.render.options.get("reference", "")
    if not wanted:
        return Problem(Place("--reference-doc"), "the document was made without one", "leave --reference-doc out")
    given = f"{house.file} has {house.sha256[:12]}…" if house else "none is given"
    cause = f"the document was made with the reference document of SHA-256 {wanted[:12]}…, and {given}"
    return Problem(Place("--reference-doc"), cause, "give the Word file that it was made with")


def _again(carried: Carried, file: str, data: tuple[Path, ...], house: House | None) -> Generated | tuple[Problem, ...]:
    """Make the document again; return the problems where none comes of the record."""
    asked = carried.render
    word = WordOptions(locked=asked.options.get("locked") == "true", house=house)
    engine = asked.engine if asked.format == "pdf" else ""
    try:
        contract = make_contract(decode_record(carried.record.encode(), file))
        given: Any = {"data": data, "pdf_engine": engine, "word": word, "draft": asked.options.get("draft") == "true"}
        number = _registered_number(carried, contract)
        made = generate(contract, asked.type, asked.locale, asked.format, **given, number=number)
        if isinstance(made, Refusal):
            if asked.letter:
                return letter(made, asked.locale, asked.format, **given, number=number)
            cause = f"is refused by policy today: {made.row.reason}"
            return (Problem(Place(file), cause, "verify it with the data folder that it was made with"),)
    except OutputError:
        raise  # the machine lacks something: no finding about the document
    except ContractgenError as fault:
        return fault.problems
    if asked.letter:
        cause = "gives a document today, and no letter of refusal"
        return (Problem(Place(file), cause, "verify it with the data folder that it was made with"),)
    return made


def _registered_number(carried: Carried, contract: Contract) -> str:
    """Return the number that a register gave and the record does not hold; only the register can vouch for it.

    A letter of refusal has a number of its own, whether or not the record gives one to the document that is refused.
    """
    if f"documents.{carried.render.type}.number" in contract.figures and not carried.render.letter:
        return ""
    return next((value.canonical for value in carried.values if value.field == NUMBER), "")


def _differences(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Difference]:
    for name in dict.fromkeys([*old, *new]):
        if old.get(name, "") != new.get(name, ""):
            yield Difference(name, old.get(name, ""), new.get(name, ""))


def _shown(carried: Carried) -> dict[str, str]:
    """Return each field's spellings: canonical and shown, all that the document has of it."""
    found: dict[str, list[str]] = {}
    for value in carried.values:
        same = value.canonical == value.shown
        found.setdefault(value.field, []).append(value.canonical if same else f"{value.canonical} ({value.shown})")
    return {field: "; ".join(texts) for field, texts in found.items()}


def _worded(carried: Carried) -> dict[str, str]:
    return {clause.slot: f"{clause.wording} revision {clause.revision} by {clause.row}" for clause in carried.clauses}


def _contradiction(found: Found, made: Generated, *, changed: bool) -> str:
    """Say what in the carried data cannot be true, where policy, words and versions are those of the issue."""
    fresh = parse_manifest(made.document.attachments[0].content, NAME)
    if found.kind != found.carried.render.format:
        return f"the file is {found.kind}, and its carried data say that it was issued as {found.carried.render.format}"
    if changed or found.carried == fresh:
        return ""
    return "with the same policy, words and versions the carried record gives another document than the carried trace"


def _edits(found: Found, content: bytes, made: Generated, file: str) -> Changes | None:
    """Compare what the file shows with what the one made again shows."""
    if found.kind != made.format:
        return None
    match found.kind:
        case "docx":
            issued, present = (word_copy(read_package(one, file)) for one in (made.content, content))
            return compare(issued, present, titles(made.document))
        case "html":
            return compare(page_copy(made.content), page_copy(content), titles(made.document))
        case _:
            return compare_paper(made.content, content, made.document, file)


def titles(document: Document) -> dict[str, str]:
    """Return number and heading of each clause by its slot; a Word file counts by itself and says no number."""
    named = {clause.slot: f"{clause.label} {plain(clause.heading)}" for clause in clauses_of(document)}
    return {slot_key(slot): " ".join(title.split()) for slot, title in named.items()}


def _against_trace(found: Found, content: bytes, file: str) -> Changes:
    """Compare what the file shows with its own trace, because other words would be issued today."""
    match found.kind:
        case "docx":
            return against_trace(found.carried, word_copy(read_package(content, file)))
        case "html":
            return against_trace(found.carried, page_copy(content))
        case _:
            return paper_against_trace(found.carried, paper_text(content, found.carried.render.locale, file))


def _pieces(kind: str, old: bytes, new: bytes) -> Iterator[str]:
    """Name the parts of a package that differ, or the first and last byte that do."""
    if kind == "docx":
        with zipfile.ZipFile(io.BytesIO(old)) as one, zipfile.ZipFile(io.BytesIO(new)) as other:
            before = {name: one.read(name) for name in one.namelist()}
            after = {name: other.read(name) for name in other.namelist()}
        for name in sorted({*before, *after}):
            if name not in after:
                yield f"{name} is gone"
            elif name not in before:
                yield f"{name} is new"
            elif before[name] != after[name]:
                yield f"{name} differs"
        if before == after:
            yield "the parts are equal, packed in another way"
        return
    first = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    tail = zip(reversed(old[first:]), reversed(new[first:]), strict=False)
    same = next((at for at, (a, b) in enumerate(tail) if a != b), min(len(old), len(new)) - first)
    yield f"bytes {first} to {len(new) - same} of {len(new)} (made again: {first} to {len(old) - same} of {len(old)})"
