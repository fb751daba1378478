"""The explanation of a document as text for people.

In: a ``Selection`` (or ``Refusal``), the library, a locale. Out: the tree of ``explain.as_data`` as indented text. What
a figure was computed from is followed down where it has no entry of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contractgen.explain import Data, as_data
from contractgen.library import REFERENCE_LOCALE, Library
from contractgen.selection import Refusal, Selection

INDENT = " " * 9


def as_text(chosen: Selection | Refusal, books: Library, locale: str = REFERENCE_LOCALE) -> str:
    """Return the explanation as a tree of text; words and their lines are those of ``locale``."""
    data = as_data(chosen, books, locale)
    if isinstance(chosen, Refusal):
        lines = [str(chosen), "", "Facts", *_fact_lines(data["facts"])]
        if data["causes"]:
            lines += ["", "Figures", *_figure_lines(data["causes"], data["letter"])]
        return "\n".join([*lines, "", "Letter", *_slot_lines(data["letter"])]) + "\n"
    lines = [f"{data['document']} of {data['vendor']} for contract {data['contract']}, policy as of {data['day']}", ""]
    lines += [
        "Facts",
        *_fact_lines(data["facts"]),
        "",
        "Clauses",
        *_slot_lines(data),
        "",
        "Figures",
        *_figure_lines(_shown_figures(data), data),
    ]
    if data["tables"]:
        lines += ["", "Tables", *_table_lines(data)]
    for title, name in (("Warnings", "warnings"), (f"Problems in locale {locale}", "problems")):
        if data.get(name):
            lines += ["", title, *(f"  {w['place']}: {w['cause']} ({w['repair']})" for w in data[name])]
    return "\n".join(lines) + "\n"


def _fact_lines(facts: Iterable[Data]) -> Iterator[str]:
    for fact in facts:
        cause = fact["cause"]
        inputs = [] if cause["origin"] == "contract" else [_named(item) for item in cause.get("inputs", [])]
        why = [part for part in (cause.get("place"), cause.get("working"), ", ".join(inputs)) if part]
        yield f"  {fact['name']} = {fact['value']}  ({'; '.join(why) or cause['name']})"


def _named(item: Data) -> str:
    return f"{item['name']} = {item['value']}"


def _slot_lines(data: Data) -> Iterator[str]:
    for slot in data["slots"]:
        if not slot["in"]:
            yield from _omitted_lines(slot)
        elif slot["block"] == "clause" or "row" in slot:
            yield from _filled_lines(slot)
        else:
            yield f"  in   {slot['slot']}: {slot['reason']}  [{slot['place']}]"
            yield from _label_lines(slot)


def _filled_lines(slot: Data) -> Iterator[str]:
    yield f"  in   {slot['slot']}/{slot['wording']}" if slot.get("wording") else f"  in   {slot['slot']}"
    yield f"{INDENT}because {slot['because']}  [{slot['row']}]"
    if slot.get("clause"):
        yield f"{INDENT}words   {slot['clause']} (revision {slot['revision']})"
    if slot.get("figures"):
        yield f"{INDENT}figures {', '.join(slot['figures'])}"
    if slot.get("paragraphs"):
        yield f"{INDENT}lines   {', '.join(_line(paragraph['place']) for paragraph in slot['paragraphs'])}"
    elif slot["block"] != "clause":
        yield from _label_lines(slot)
    yield from (f"{INDENT}source  {source}" for source in slot.get("source", []))
    for row in slot.get("rows", []):
        if "place" in row:
            cites = f"  source {', '.join(row['cite'])}" if "cite" in row else ""
            yield f"{INDENT}row     {' | '.join(row['words'])}  [{row['place']}]{cites}"


def _omitted_lines(slot: Data) -> Iterator[str]:
    yield f"  out  {slot['slot']}: {slot['reason']}"
    yield f"{INDENT}because {slot['because']}  [{slot['row']}]"
    for other in slot["would_be"]:
        if other["kept_out_by"]:
            yield f"{INDENT}not {other['wording']}: {', '.join(other['kept_out_by'])}, it needs {other['needs']}"


def _label_lines(slot: Data) -> Iterator[str]:
    """Yield the labels of a slot, those of one file together."""
    files: dict[str, list[str]] = {}
    for key, place in slot.get("labels", {}).items():
        files.setdefault(_file(place), []).append(f"{key} {_line(place)}")
    yield from (f"{INDENT}labels  {file}: {', '.join(keys)}" for file, keys in files.items())


def _file(place: str) -> str:
    """Return the file of ``file:line:column``."""
    return place.rsplit(":", 2)[0]


def _line(place: str) -> str:
    """Return the line of ``file:line:column``."""
    return place.rsplit(":", 2)[-2]


def _shown_figures(data: Data) -> Iterator[Data]:
    """Yield the figures but for those of the policy that this document does not print."""
    used = {name for slot in data["slots"] for name in slot.get("figures", [])}
    for figure in data["figures"]:
        if figure["cause"]["origin"] != "policy" or figure["name"] in used:
            yield figure


def _figure_lines(figures: Iterable[Data], data: Data) -> Iterator[str]:
    figures = list(figures)
    told = {(figure["name"], figure["value"]) for figure in figures}
    for figure in figures:
        if figure["cause"]["origin"] == "contract":
            yield f"  {_named(figure)}  [{figure['cause'].get('place', '')}]"
            continue
        yield f"  {_named(figure)}"
        yield from _cause_lines(figure["cause"], data, told, INDENT)


def _cause_lines(cause: Data, data: Data, told: set[tuple[str, str]], indent: str) -> Iterator[str]:
    where = f"  [{cause['place']}]" if "place" in cause else ""
    yield f"{indent}{cause['origin']} {cause['name']}{where}"
    if cause.get("working"):
        yield f"{indent}= {cause['working']}"
    inputs = cause.get("inputs", [])
    if inputs:
        yield f"{indent}from {'; '.join(map(_named, inputs))}"
    for item in inputs:
        yield from _input_lines(item, data, told, indent)
    for cite in cause.get("cite", []):
        yield f"{indent}source  {cite}, lines {data['sources'][cite]['lines']}"


def _input_lines(item: Data, data: Data, told: set[tuple[str, str]], indent: str) -> Iterator[str]:
    """Yield the cause of an input that has no entry of its own; once is enough."""
    key = (item["name"], item["value"])
    if key in told:
        return
    told.add(key)
    inner = item["cause"]
    if inner["origin"] == "contract":
        yield f"{indent}  {_named(item)}  [{inner.get('place', '')}]"
        return
    yield f"{indent}  {_named(item)}"
    yield from _cause_lines({**inner, "cite": inner.get("cite", [])}, data, told, f"{indent}    ")


def _table_lines(data: Data) -> Iterator[str]:
    for name, entries in data["tables"].items():
        yield f"  {name}"
        for entry in entries:
            figures = ", ".join(f"{key} = {figure['value']}" for key, figure in entry["figures"].items())
            yield f"    {entry['label']}: {figures}"
            amount = entry["figures"].get("amount") or entry["figures"].get("due") or entry["figures"].get("fee")
            if amount and "place" in amount["cause"]:
                yield f"      row {amount['cause']['place']}"
            if amount and amount["cause"].get("working"):
                yield f"      = {amount['cause']['working']}"
            if amount and amount["cause"].get("cite"):
                yield f"      source {', '.join(amount['cause']['cite'])}"
