"""Why a document is as it is: facts, clauses in and out, figures with their arithmetic, all led back to the source.

In: a ``Selection`` (or ``Refusal``), the library, a locale. Out: a tree of plain data, JSON-ready: each slot with its
decision row, the lines of its words and labels, the rows of its tables; each fact and figure with the causes of all it
was computed from; each fact of the source. Only the words and their lines depend on the locale. ``explain_text`` prints
the same for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from contractgen.composing import HEADER, Noting, Part, parts
from contractgen.errors import Problem
from contractgen.library import REFERENCE_LOCALE, Library
from contractgen.policy import Policy
from contractgen.refusals import letter_of
from contractgen.selection import Filled, Omitted, Refusal, Selection
from contractgen.terms import Entry
from contractgen.tree import Block, Clause, Inlines, Table, Value, block_inlines, plain, walk_inlines
from contractgen.values import Cause, Fact, Figure, Origin

Data = dict[str, Any]

LISTS: Mapping[str, tuple[str, ...]] = {"price-table": ("price_lines", "price_totals")}
"""Kinds of blocks whose rows are not named by the outline, and the computed tables that they show."""


def as_data(chosen: Selection | Refusal, books: Library, locale: str = REFERENCE_LOCALE) -> Data:
    """Return the explanation as plain data; words and their lines are those of ``locale``."""
    if isinstance(chosen, Refusal):
        return _refused(chosen, books, locale)
    terms, policy = chosen.terms, chosen.policy
    merger = Noting(books.locale(locale), terms)
    slots = _slots(chosen, merger, books)
    outline = chosen.outline
    labels = {key: str(merger.locale.label_place(key)) for key in (HEADER, outline.title, outline.contents) if key}
    data: Data = {
        "status": "issued",
        "vendor": policy.vendor,
        "document": terms.document,
        "contract": terms.figures["contract.number"].canonical,
        "day": terms.day.isoformat(),
        "locale": locale,
        "labels": labels,
        "facts": [_fact(fact, policy) for fact in terms.facts.values()],
        "slots": slots,
        "figures": [figure_data(figure, policy) for figure in terms.figures.values()],
        "tables": {name: [_entry(entry, policy) for entry in entries] for name, entries in terms.lists.items()},
        "warnings": [_problem(warning) for warning in terms.warnings],
    }
    if problems := [*merger.template_faults, *merger.missing_data]:
        data["problems"] = [_problem(problem) for problem in dict.fromkeys(problems)]
    data["sources"] = {cite: _source(cite, policy) for cite in _cites(data)}
    return data


def refusal_data(refused: Refusal) -> Data:
    """Return a refusal as plain data."""
    return {
        "status": "refused",
        "vendor": refused.vendor,
        "document": refused.document,
        "contract": refused.contract,
        "parties": {figure.field: figure.canonical for figure in refused.parties},
        "rule": refused.row.id,
        "place": str(refused.row.place),
        "reason": refused.row.reason,
        "figures": {figure.field: figure.canonical for figure in refused.figures},
        "citations": list(refused.citations),
        "instead": list(refused.row.instead),
    }


def _refused(refused: Refusal, books: Library, locale: str) -> Data:
    """Return a refusal with the facts it rests on, the causes of its figures, and its letter explained."""
    policy = refused.policy
    return {
        **refusal_data(refused),
        "because": str(refused.row.when),
        "facts": [_fact(refused.terms.facts[name], policy) for name, _ in refused.row.when.terms],
        "causes": [figure_data(figure, policy) for figure in refused.figures],
        "letter": as_data(letter_of(refused, books), books, locale),
    }


# ------------------------------------------------------------------------------------------------ causes


def cause_data(cause: Cause, policy: Policy) -> Data:
    """Return a cause as plain data, with the causes of all its inputs, down to the record, the policy and the rules."""
    data: Data = {"origin": cause.origin.value, "name": cause.name}
    if cause.place:
        data["place"] = str(cause.place)
    if cause.origin is Origin.RULE and cause.name in policy.rules:
        data["rule"] = str(policy.marked.place("rules", cause.name))
    if cause.working:
        data["working"] = cause.working
    if readings := list(_readings(cause, policy)):
        data["readings"] = readings
    if cause.inputs:
        data["inputs"] = [_input(item, policy) for item in cause.inputs]
    if cause.cite:
        data["cite"] = list(cause.cite)
    return data


def _input(figure: Figure, policy: Policy) -> Data:
    return {"name": figure.field, "value": figure.canonical, "cause": cause_data(figure.cause, policy)}


def _readings(cause: Cause, policy: Policy) -> Iterator[Data]:
    """Yield the readings that a rule's working names, each with the question's place and the reason."""
    for part in cause.working.split("; "):
        name, _, choice = part.partition(" = ")
        reading = policy.readings.get(name)
        if reading is not None and choice in reading.options:
            agreed = "the policy's choice" if choice == reading.choose else "agreed in the record"
            yield {"name": name, "choice": choice, "by": agreed, "place": str(reading.place), "why": reading.why}


def _fact(fact: Fact, policy: Policy) -> Data:
    return {
        "name": fact.name,
        "value": fact.value,
        "domain": list(fact.domain),
        "cause": cause_data(fact.cause, policy),
    }


def figure_data(figure: Figure, policy: Policy) -> Data:
    """Return a figure with its cause; citations carry the fact's words and place in the source."""
    data: Data = {
        "name": figure.field,
        "kind": figure.kind.value,
        "value": figure.canonical,
        "cause": cause_data(figure.cause, policy),
    }
    if figure.cause.cite:
        data["source"] = described(figure.cause.cite, policy)
    return data


def _entry(entry: Entry, policy: Policy) -> Data:
    return {"label": entry.label, "figures": {name: figure_data(f, policy) for name, f in entry.figures.items()}}


def described(cites: Iterable[str], policy: Policy) -> list[str]:
    """Return each fact of the source with its words, the document and the lines there."""
    return [policy.sources.describe(cite) for cite in cites]


def _problem(problem: Problem) -> Data:
    return {"place": str(problem.place), "cause": problem.cause, "repair": problem.repair}


def _source(cite: str, policy: Policy) -> Data:
    fact = policy.sources.facts[cite]
    return {
        "statement": fact.statement,
        "document": policy.sources.title,
        "lines": fact.lines,
        "place": str(policy.sources.place(cite)),
    }


def _cites(data: Any) -> dict[str, None]:
    """Return every fact that is cited anywhere in ``data``, in order."""
    found: dict[str, None] = {}
    if isinstance(data, dict):
        found.update(dict.fromkeys(data.get("cite", ())))
        for value in data.values():
            found.update(_cites(value))
    elif isinstance(data, list):
        for value in data:
            found.update(_cites(value))
    return found


# ------------------------------------------------------------------------------------------------- slots


def _slots(chosen: Selection, merger: Noting, books: Library) -> list[Data]:
    filled = {part.pick.slot.name: part for part in parts(chosen, merger, books)}
    slots = []
    for index, pick in enumerate(chosen.picks):
        place = str(chosen.outline.marked.place("slot", index, "name"))
        one = _omitted(pick, chosen) if isinstance(pick, Omitted) else _filled(filled[pick.slot.name], chosen)
        slots.append({**one, "place": place})
    return slots


def _filled(part: Part, chosen: Selection) -> Data:
    pick: Filled = part.pick
    data: Data = {"slot": pick.slot.name, "in": True, "block": pick.slot.block}
    if pick.row is None:
        data["reason"] = "every document of this type carries it"
    else:
        data["row"] = str(pick.row.place)
        data["because"] = str(pick.row.when)
        data["facts"] = [name for name, _ in pick.row.when.terms]
        if pick.row.cite:
            data["cite"] = list(pick.row.cite)
            data["source"] = described(pick.row.cite, chosen.policy)
    if part.template is not None:
        data["wording"] = pick.wording
        data["clause"] = str(part.template.place)
        data["revision"] = part.template.revision
        data["paragraphs"] = list(_paragraphs(part.blocks))
    data["figures"] = _figures(part, chosen)
    if part.labels:
        data["labels"] = {key: str(place) for key, place in part.labels.items()}
    if tables := [block for block in part.blocks if isinstance(block, Table)]:
        data["tables"] = list(LISTS.get(pick.slot.block, (pick.slot.rows or pick.slot.table,)))
        data["rows"] = [row for table in tables for row in _rows(table, part, chosen.policy)]
    return data


def _paragraphs(blocks: Iterable[Block]) -> Iterator[Data]:
    """Yield each paragraph and item of a clause: the line of its file, and its words."""
    for block in blocks:
        if isinstance(block, Clause):
            yield from _paragraphs(block.blocks)
        elif (place := getattr(block, "place", None)) is not None:
            yield {"place": str(place), "words": "".join(plain(inlines) for inlines in block_inlines(block))}


def _figures(part: Part, chosen: Selection) -> list[str]:
    """Name the figures that a part prints, in order; those of single rows stand with the rows."""
    runs = (inlines for block in part.blocks for inlines in block_inlines(block))
    names = dict.fromkeys(value.field for inlines in runs for value in _values(inlines))
    return [name for name in names if name in chosen.terms.figures]


def _values(inlines: Inlines) -> Iterator[Value]:
    yield from (inline for inline in walk_inlines(inlines) if isinstance(inline, Value))


def _rows(table: Table, part: Part, policy: Policy) -> Iterator[Data]:
    """Yield what stands behind each row: its words and figures; for a policy's table its place and its facts."""
    spec = policy.tables.get(part.pick.slot.table)
    for index, row in enumerate(row for row in table.rows if row.role != "header"):
        figures = [value for cell in row.cells for value in _values(cell)]
        data: Data = {
            "words": [plain(cell) for cell in row.cells],
            "figures": [{"name": value.field, "value": value.canonical} for value in figures],
        }
        if spec is not None:
            data["place"] = str(spec.rows[index].place)
            if cites := spec.rows[index].cite:
                data["cite"] = list(cites)
                data["source"] = described(cites, policy)
        yield data


def _omitted(pick: Omitted, chosen: Selection) -> Data:
    facts = [fact for _, found in pick.missed for fact in found]
    return {
        "slot": pick.slot.name,
        "in": False,
        "row": str(pick.row.place),
        "because": str(pick.row.when),
        "facts": list(dict.fromkeys([*(name for name, _ in pick.row.when.terms), *(fact.name for fact in facts)])),
        "reason": pick.reason,
        "would_be": [
            {
                "wording": row.wording or "shown",
                "row": str(row.place),
                "kept_out_by": [f"{fact.name} = {fact.value}" for fact in facts],
                "needs": str(row.when),
            }
            for row, facts in pick.missed
        ],
        "cite": list(pick.row.cite),
        "source": described(pick.row.cite, chosen.policy),
    }
