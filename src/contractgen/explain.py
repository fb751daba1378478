"""Why a document is as it is: facts, clauses in and out, figures with their arithmetic, all led back to the source.

In: a ``Selection`` (or ``Refusal``) and the library. Out: a tree of plain data for programs (``as_data``) and the
same as text for people (``as_text``). Nothing here depends on a language: selection and figures do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from contractgen.library import REFERENCE_LOCALE, Library
from contractgen.markup import compile_label, fields_of
from contractgen.selection import Filled, Omitted, Refusal, Selection
from contractgen.terms import Entry
from contractgen.values import Cause, Fact, Figure

Data = dict[str, Any]


def as_data(chosen: Selection | Refusal, books: Library) -> Data:
    """Return the explanation as plain data (JSON-ready)."""
    if isinstance(chosen, Refusal):
        return refusal_data(chosen)
    terms = chosen.terms
    slots = [
        _filled(pick, chosen, books) if isinstance(pick, Filled) else _omitted(pick, chosen) for pick in chosen.picks
    ]
    return {
        "status": "issued",
        "vendor": chosen.policy.vendor,
        "document": terms.document,
        "contract": terms.figures["contract.number"].canonical,
        "day": terms.day.isoformat(),
        "facts": [_fact(fact) for fact in terms.facts.values()],
        "slots": slots,
        "figures": [figure_data(figure, chosen) for figure in terms.figures.values()],
        "tables": {name: [_entry(entry, chosen) for entry in entries] for name, entries in terms.lists.items()},
        "warnings": [{"place": str(w.place), "cause": w.cause, "repair": w.repair} for w in terms.warnings],
    }


def refusal_data(refused: Refusal) -> Data:
    """Return a refusal as plain data."""
    return {
        "status": "refused",
        "vendor": refused.vendor,
        "document": refused.document,
        "contract": refused.contract,
        "rule": refused.row.id,
        "place": str(refused.row.place),
        "reason": refused.row.reason,
        "figures": {figure.field: figure.canonical for figure in refused.figures},
        "citations": list(refused.citations),
        "instead": list(refused.row.instead),
    }


def _cause(cause: Cause) -> Data:
    data: Data = {"origin": cause.origin.value, "name": cause.name}
    if cause.place:
        data["place"] = str(cause.place)
    if cause.working:
        data["working"] = cause.working
    if cause.inputs:
        data["inputs"] = [f"{item.field} = {item.canonical}" for item in cause.inputs]
    if cause.cite:
        data["cite"] = list(cause.cite)
    return data


def _fact(fact: Fact) -> Data:
    return {"name": fact.name, "value": fact.value, "domain": list(fact.domain), "cause": _cause(fact.cause)}


def figure_data(figure: Figure, chosen: Selection) -> Data:
    """Return a figure with its cause; citations carry the fact's words and place in the source."""
    data: Data = {
        "name": figure.field,
        "kind": figure.kind.value,
        "value": figure.canonical,
        "cause": _cause(figure.cause),
    }
    if figure.cause.cite:
        data["source"] = _sources(figure.cause.cite, chosen)
    return data


def _entry(entry: Entry, chosen: Selection) -> Data:
    return {"label": entry.label, "figures": {name: figure_data(f, chosen) for name, f in entry.figures.items()}}


def _sources(cites: Iterable[str], chosen: Selection) -> list[str]:
    return [chosen.policy.sources.describe(cite) for cite in cites]


def _filled(pick: Filled, chosen: Selection, books: Library) -> Data:
    data: Data = {"slot": pick.slot.name, "in": True, "block": pick.slot.block}
    if pick.row is None:
        data["reason"] = "every document of this type carries it"
        return data
    data["row"] = str(pick.row.place)
    data["because"] = str(pick.row.when)
    if pick.row.cite:
        data["source"] = _sources(pick.row.cite, chosen)
    if pick.slot.block == "policy-table":
        data["figures"] = list(_table_figures(pick, chosen, books))
    if pick.wording:
        template = books.clause(REFERENCE_LOCALE, pick.slot.name, pick.wording, pick.row.place)
        data["wording"] = pick.wording
        data["clause"] = str(template.place)
        data["revision"] = template.revision
        names = dict.fromkeys(field.name for field in fields_of(template.parts))
        data["figures"] = [name for name in names if name in chosen.terms.figures]
    return data


def _table_figures(pick: Filled, chosen: Selection, books: Library) -> Iterator[str]:
    """Name the figures that a policy's table prints, in its cells or within their labels, in order."""
    table = chosen.policy.tables.get(pick.slot.table)
    locale = books.locale(REFERENCE_LOCALE)
    names: dict[str, None] = {}
    for cell in (cell for row in table.rows for cell in row.cells) if table else ():
        label = compile_label(locale.label(cell.label), locale.label_place(cell.label))
        names.update(dict.fromkeys(field.name for field in fields_of(label.parts)))
        names[cell.figure] = None
    yield from (name for name in names if name in chosen.terms.figures)


def _omitted(pick: Omitted, chosen: Selection) -> Data:
    return {
        "slot": pick.slot.name,
        "in": False,
        "row": str(pick.row.place),
        "because": str(pick.row.when),
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
        "source": _sources(pick.row.cite, chosen),
    }


def as_text(chosen: Selection | Refusal, books: Library) -> str:
    """Return the explanation as a tree of text for people."""
    if isinstance(chosen, Refusal):
        return f"{chosen}\n"
    data = as_data(chosen, books)
    lines = [f"{data['document']} of {data['vendor']} for contract {data['contract']}, policy as of {data['day']}", ""]
    lines += [
        "Facts",
        *_fact_lines(data),
        "",
        "Clauses",
        *_slot_lines(data),
        "",
        "Figures",
        *_figure_lines(data, chosen),
    ]
    if data["tables"]:
        lines += ["", "Tables", *_table_lines(data)]
    if data["warnings"]:
        lines += ["", "Warnings", *(f"  {w['place']}: {w['cause']} ({w['repair']})" for w in data["warnings"])]
    return "\n".join(lines) + "\n"


def _fact_lines(data: Data) -> Iterator[str]:
    for fact in data["facts"]:
        cause = fact["cause"]
        inputs = [] if cause["origin"] == "contract" else cause.get("inputs", [])
        why = [part for part in (cause.get("place"), cause.get("working"), ", ".join(inputs)) if part]
        yield f"  {fact['name']} = {fact['value']}  ({'; '.join(why) or cause['name']})"


def _slot_lines(data: Data) -> Iterator[str]:
    for slot in data["slots"]:
        if slot["in"] and slot["block"] != "clause" and "row" not in slot:
            continue
        head = f"{slot['slot']}/{slot['wording']}" if slot.get("wording") else slot["slot"]
        if slot["in"]:
            yield f"  in   {head}"
            yield f"         because {slot['because']}  [{slot['row']}]"
            if slot.get("clause"):
                yield f"         words   {slot['clause']} (revision {slot['revision']})"
            if slot.get("figures"):
                yield f"         figures {', '.join(slot['figures'])}"
            yield from (f"         source  {source}" for source in slot.get("source", []))
            continue
        yield f"  out  {head}: {slot['reason']}"
        yield f"         because {slot['because']}  [{slot['row']}]"
        for other in slot["would_be"]:
            if other["kept_out_by"]:
                yield f"         not {other['wording']}: {', '.join(other['kept_out_by'])}, it needs {other['needs']}"


def _figure_lines(data: Data, chosen: Selection) -> Iterator[str]:
    used = {name for slot in data["slots"] for name in slot.get("figures", [])}
    for figure in data["figures"]:
        if figure["cause"]["origin"] == "policy" and figure["name"] not in used:
            continue
        if figure["cause"]["origin"] == "contract":
            yield f"  {figure['name']} = {figure['value']}  [{figure['cause'].get('place', '')}]"
            continue
        yield f"  {figure['name']} = {figure['value']}"
        yield from _cause_lines(figure["cause"], chosen)


def _cause_lines(cause: Data, chosen: Selection) -> Iterator[str]:
    where = f"  [{cause['place']}]" if "place" in cause else ""
    yield f"         {cause['origin']} {cause['name']}{where}"
    if cause.get("working"):
        yield f"         = {cause['working']}"
    if cause.get("inputs"):
        yield f"         from {'; '.join(cause['inputs'])}"
    for cite in cause.get("cite", []):
        yield f"         source  {cite}, lines {chosen.policy.sources.facts[cite].lines}"


def _table_lines(data: Data) -> Iterator[str]:
    for name, entries in data["tables"].items():
        yield f"  {name}"
        for entry in entries:
            figures = ", ".join(f"{key} = {figure['value']}" for key, figure in entry["figures"].items())
            yield f"    {entry['label']}: {figures}"
            amount = entry["figures"].get("amount") or entry["figures"].get("due") or entry["figures"].get("fee")
            if amount and amount["cause"].get("working"):
                yield f"      = {amount['cause']['working']}"
            if amount and amount["cause"].get("cite"):
                yield f"      source {', '.join(amount['cause']['cite'])}"
