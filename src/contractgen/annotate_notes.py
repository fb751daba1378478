"""The notes of an annotated page: why a clause, a row or a value is there, as markup.

In: the explanation of a document (``explain.as_data``) and what is to be noted, in reading order. Out: numbers, then
the lists of notes, of sources and of what was left out, and which of them belong together. Notes are English and read
from left to right on every page. Each figure is explained once: what was computed from it names its number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from markupsafe import Markup

from contractgen.explain import Data

HINT = (
    "Point at a clause, a table row or a value, or step to it with the Tab key: its note is shown here, with all that "
    "it rests on. A click keeps it. Otherwise all notes are shown."
)
FIRST_WORDS = 6
"""How many words of a paragraph its note repeats."""

Lines = Iterator[tuple[str, Markup]]


@dataclass(slots=True)
class Notes:
    """Hands out numbers, one for each thing that is noted, and holds what is known of each."""

    data: Data
    kept: list[Data] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)

    def number(self, kind: str, about: Data) -> int:
        """Return the number of a note on a ``slot``, a ``row`` or a ``value``; the same for the same thing."""
        key = _key(kind, about)
        if key not in self.numbers:
            self.kept.append({"kind": kind, **about})
            self.numbers[key] = len(self.kept)
        return self.numbers[key]

    def complete(self) -> None:
        """Give a number to all that the notes rest on, down to the record, the policy and the sources."""
        named = {name for slot in self.data["slots"] for name in slot.get("facts", ())}
        facts = [fact for fact in self.data["facts"] if fact["name"] in named]
        for item in (item for fact in facts for item in _inputs(fact)):
            self.number("value", item)
        for note in self.kept:  # grows while it is gone through
            for item in _figures(note):
                self.number("value", item)
        for about in (*self.kept, *facts, *self.data["slots"]):
            for cite in (*about.get("cite", ()), *about.get("cause", {}).get("cite", ())):
                self.source(cite)

    def source(self, cite: str) -> int:
        """Return the number of a fact of the source in its list."""
        return self.sources.setdefault(cite, len(self.sources) + 1)

    def shown_with(self, number: int) -> list[str]:
        """Return the ids of all that is shown for a note: itself, what it rests on, and their sources."""
        reached = {number: self.kept[number - 1]}
        if reached[number]["kind"] != "slot":  # a clause names its facts; their figures would hide the note itself
            waiting = [number]
            while waiting:
                for item in _figures(self.kept[waiting.pop() - 1]):
                    other = self.number("value", item)
                    if other not in reached:
                        reached[other] = self.kept[other - 1]
                        waiting.append(other)
        cites = [cite for note in reached.values() for cite in note.get("cause", note).get("cite", ())]
        return [*(f"note-{one}" for one in reached), *(f"source-{self.source(cite)}" for cite in dict.fromkeys(cites))]

    # ------------------------------------------------------------------------------------------------- the lists

    def notes(self) -> Markup:
        """Return all notes as the items of a list."""
        items = [
            Markup(
                '<li id="note-{0}" class="endnote of-{3}"><p><span class="note-number">{0}</span> {1}</p>{2}</li>'
            ).format(number, self._title(note), _lines(self._note(note)), note["kind"])
            for number, note in enumerate(self.kept, 1)
        ]
        return Markup("\n").join(items)

    def cited(self) -> Markup:
        """Return every fact of the source that a note cites as the items of a list."""
        items = []
        for cite, number in self.sources.items():
            fact = self.data["sources"][cite]
            where = _at(Markup("{document}, lines {lines}").format(**fact), fact["place"])
            item = Markup('<li id="source-{}" class="endnote"><p><b>{}</b> {}</p><p>{}</p></li>')
            items.append(item.format(number, cite, fact["statement"], where))
        return Markup("\n").join(items)

    def left_out(self) -> Markup:
        """Return each slot that stays empty, with the reason, as the items of a list."""
        items = [
            Markup('<li class="endnote"><p><b>{}</b>: {}</p>{}</li>').format(
                slot["slot"], slot["reason"], _lines(self._omitted(slot))
            )
            for slot in self.data["slots"]
            if not slot["in"]
        ]
        return Markup("\n").join(items)

    # ------------------------------------------------------------------------------------------------- each kind

    def _title(self, about: Data) -> Markup:
        if about["kind"] == "value":
            return _equals(about)
        if about["kind"] == "row":
            return Markup("row of <b>{}</b>").format(about["table"])
        if "wording" in about:
            return Markup("<b>{} / {}</b>").format(about["slot"], about["wording"])
        return Markup("<b>{}</b> ({})").format(about["slot"], about["block"])

    def _note(self, about: Data) -> Lines:
        match about["kind"]:
            case "slot":
                yield from self._slot(about)
            case "row":
                yield from self._row(about)
            case _:
                yield from self._cause(about["cause"])

    def _slot(self, slot: Data) -> Lines:
        if "because" in slot:
            yield "because", _at(slot["because"], slot["row"])
        else:
            yield "because", _at(slot["reason"], slot["place"])
        known = {fact["name"]: fact for fact in self.data["facts"]}
        for name in slot.get("facts", ()):
            yield "fact", self._fact(known[name])
        if "clause" in slot:
            lines = [
                Markup("line {} “<bdi>{}</bdi>”").format(_line(paragraph["place"]), _first_words(paragraph["words"]))
                for paragraph in slot["paragraphs"]
            ]
            yield "words", Markup("{} (revision {})").format(_file(slot["clause"]), slot["revision"])
            yield from (("words", line) for line in lines)
        yield from (("labels", line) for line in _labels(slot.get("labels", {})))
        yield from self._sources(slot)

    def _fact(self, fact: Data) -> Markup:
        cause = fact["cause"]
        why = [Markup("{}").format(cause["working"])] if "working" in cause else []
        why += map(self._short, _inputs(fact))
        why += self._links(cause)
        told = Markup(" ({})").format(Markup("; ").join(why)) if why else ""
        return _at(Markup("{} = {}{}").format(fact["name"], fact["value"], told), _where(cause))

    def _row(self, row: Data) -> Lines:
        if "place" in row:
            yield "row", _at("", row["place"])
        yield from (("value", self._short(value)) for value in row["values"])
        yield from self._sources(row)

    def _cause(self, cause: Data) -> Lines:
        """Yield the lines of a cause: where it stands, its arithmetic, its readings, its inputs, its sources."""
        names = {"contract": "record", "policy": "policy", "rule": "rule", "call": "asked for"}
        yield names[cause["origin"]], _at(cause["name"], _where(cause))
        if "working" in cause:
            yield "=" if cause["origin"] == "rule" else "note", Markup("{}").format(cause["working"])
        for reading in cause.get("readings", ()):
            told = Markup("{} = {} ({}): {}").format(reading["name"], reading["choice"], reading["by"], reading["why"])
            yield "reading", _at(told, reading["place"])
        yield from (("from", self._short(item)) for item in cause.get("inputs", ()))
        yield from self._sources(cause)

    def _short(self, item: Data) -> Markup:
        """Return a figure in a word: with the number of its note, or its place."""
        number = self.numbers.get(_key("value", item))
        if number:
            return Markup('{} (<a href="#note-{}">note {}</a>)').format(_equals(item), number, number)
        return _at(_equals(item), str(item["cause"].get("place", "")))

    def _omitted(self, slot: Data) -> Lines:
        yield "because", _at(slot["because"], slot["row"])
        for other in slot["would_be"]:
            if other["kept_out_by"]:
                kept = Markup("{}: kept out by {}; it needs {}").format(
                    other["wording"], ", ".join(other["kept_out_by"]), other["needs"]
                )
                yield "not", _at(kept, other["row"])
        yield from self._sources(slot)

    def _sources(self, about: Data) -> Lines:
        if links := list(self._links(about)):
            yield "source", Markup(", ").join(links)

    def _links(self, about: Data) -> Iterator[Markup]:
        for cite in about.get("cite", ()):
            lines = self.data["sources"][cite]["lines"]
            yield Markup('<a href="#source-{}">{}</a> (lines {})').format(self.source(cite), cite, lines)


def _inputs(fact: Data) -> list[Data]:
    """Return the figures that a fact was found from; what the record says of a fact is the fact itself."""
    cause = fact["cause"]
    return [] if cause["origin"] == "contract" else list(cause.get("inputs", ()))


def _figures(note: Data) -> list[Data]:
    """Return the figures that a note rests on, one level down."""
    match note["kind"]:
        case "row":
            return list(note["values"])
        case "value":
            return list(note["cause"].get("inputs", ()))
        case _:
            return []


def _key(kind: str, about: Data) -> str:
    if kind == "value":
        # The cause tells two figures of one name apart; forms of one figure (in words) share its note.
        return f"value {about['name']} {json.dumps(about['cause'])}"
    return f"{kind} {about['slot']}" if kind == "slot" else f"{kind} {about['table']} {about['index']}"


def _equals(item: Data) -> Markup:
    return Markup("<b>{}</b> = <bdi>{}</bdi>").format(item["name"], item["value"])


def _at(what: Markup | str, place: str) -> Markup:
    """Return something with its place, if it has one."""
    if not place:
        return Markup("{}").format(what)
    return Markup('{} <span class="place">{}</span>').format(what, place)


def _where(cause: Data) -> str:
    """Return where a cause stands: in the record or the policy; of a rule, where the policy names it."""
    return str(cause.get("place", cause.get("rule", "")))


def _labels(labels: dict[str, str]) -> Iterator[Markup]:
    """Yield labels with their lines, those of one file together."""
    files: dict[str, list[str]] = {}
    for key, place in labels.items():
        files.setdefault(_file(place), []).append(f"{key} (line {_line(place)})")
    yield from (Markup("{}: {}").format(file, ", ".join(keys)) for file, keys in files.items())


def _lines(lines: Iterable[tuple[str, Markup]]) -> Markup:
    """Return labelled lines; those of one label stand together."""
    groups: dict[str, list[Markup]] = {}
    for name, text in lines:
        groups.setdefault(name, []).append(Markup("<dd>{}</dd>").format(text))
    rows = [Markup("<dt>{}</dt>{}").format(name, Markup("").join(texts)) for name, texts in groups.items()]
    return Markup('<dl class="trace">{}</dl>').format(Markup("").join(rows)) if rows else Markup("")


def _first_words(text: str) -> str:
    words = text.split()
    return " ".join(words[:FIRST_WORDS]) + (" …" if len(words) > FIRST_WORDS else "")


def _file(place: str) -> str:
    """Return the file of ``file:line:column``."""
    return place.rsplit(":", 2)[0]


def _line(place: str) -> str:
    """Return the line of ``file:line:column``."""
    return place.rsplit(":", 2)[-2]
