"""The words of the languages against one another, before anything is merged.

In: the library, and which clauses. Out: findings ``language``: a text or label is missing, lags behind, or uses other
values, conditions, references or another shape than the reference locale; with those of ``prose``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from contractgen.checks.findings import Finding, from_problem
from contractgen.checks.prose import place_of_reference, typed_in_clause, typed_in_labels
from contractgen.errors import Place, TemplateFault
from contractgen.library import REFERENCE_LOCALE, Library
from contractgen.markup import Condition, Field, Part, Template, Words, compile_label, fields_of

GRAMMAR = {"adjective"}
"""Forms that a language takes for the sake of its grammar alone: the value stays the same."""

VALUE = "\ue000"
"""Stands for a value in the text whose shape is looked at."""

Texts = Mapping[str, Template]
Placed = list[tuple[str, Place]]
"""What a text holds, by name, and where."""


def check_words(books: Library, named: Mapping[str, Place], *, whole: bool) -> Iterator[Finding]:
    """Check the clauses that policies name (each with the row that does), or every clause if ``whole``."""
    texts: dict[str, Texts] = {}
    for locale in books.locales:
        there = {f"{slot}/{wording}" for slot, wording in books.clause_names(locale)}
        found = {name: _text_of(books, locale, name) for name in sorted(there if whole else there & set(named))}
        yield from (text for text in found.values() if isinstance(text, Finding))
        texts[locale] = {name: text for name, text in found.items() if isinstance(text, Template)}
        yield from _missing(books, locale, set(found), named, whole=whole)
        for name in texts[locale]:
            yield from typed_in_clause(books, locale, name)
    for name, original in texts[REFERENCE_LOCALE].items():
        for locale in books.locales:
            template = texts[locale].get(name)
            if template is not None and locale != REFERENCE_LOCALE:
                yield from _compared(books, name, locale, original, template)


def _text_of(books: Library, locale: str, name: str) -> Template | Finding:
    try:
        return template_of(books, locale, name)
    except TemplateFault as fault:
        return from_problem("load", fault.problems[0])


def template_of(books: Library, locale: str, name: str) -> Template:
    """Return the compiled words of ``slot/wording``, whichever revision they follow."""
    slot, _, wording = name.partition("/")
    if locale == REFERENCE_LOCALE:  # follows none, and is kept for all checks
        return books.clause(locale, slot, wording, Place(name))
    return books.clause_text(locale, slot, wording)


def _missing(
    books: Library, locale: str, there: set[str], named: Mapping[str, Place], *, whole: bool
) -> Iterator[Finding]:
    """Tell texts that a policy or another language leads one to expect, at the row or text that does."""
    originals = {f"{slot}/{wording}" for slot, wording in books.clause_names()}
    wanted = {*named, *(originals if whole else ())}
    for name in sorted(wanted - there):
        place = named.get(name) or _place(books, REFERENCE_LOCALE, name)
        repair = f"write templates/{locale}/clauses/{name}.md"
        yield Finding(place, "language", f"{name} has no text in {locale}", repair)
    for name in sorted(there - originals - set(named)):
        place = _place(books, locale, name)
        repair = f"write it in {REFERENCE_LOCALE} too, or remove it"
        yield Finding(place, "language", f"{name} has no text in {REFERENCE_LOCALE}", repair)


def _place(books: Library, locale: str, name: str) -> Place:
    try:
        return template_of(books, locale, name).place
    except TemplateFault as fault:
        return fault.problems[0].place


# --------------------------------------------------------------------------------------------- language by language


def _compared(books: Library, name: str, locale: str, original: Template, template: Template) -> Iterator[Finding]:
    """Say in what a translation differs from the reference."""
    if template.follows != original.revision:
        place = template.follows_place or template.place
        what = f"{name} in {locale} follows revision {template.follows}, the original is at {original.revision}"
        yield Finding(place, "language", what, f"revise the text and write follows = {original.revision}")

    def reference(target: str) -> Place | None:
        return place_of_reference(books, locale, name, target)

    sides: tuple[tuple[str, Placed, Placed], ...] = (
        ("values", _values(original.parts), _values(template.parts)),
        ("conditions", _conditions(original.parts), _conditions(template.parts)),
        ("references", _references(original, None), _references(template, reference)),
        ("shape", _shape(original), _shape(template)),
    )
    for what, wanted, found in sides:
        yield from _differing(f"{name} in {locale}", what, wanted, found, template.place)
    first, second = ([kind for kind, _ in _shape(text)] for text in (original, template))
    if sorted(first) == sorted(second) and first != second:
        what = f"{name} in {locale}: its paragraphs and items stand in another order than in {REFERENCE_LOCALE}"
        yield Finding(template.place, "language", what, "put them in the same order")


def _differing(name: str, what: str, wanted: Placed, found: Placed, place: Place) -> Iterator[Finding]:
    """Say what one text has and the other lacks, at the first thing that is too much, else at its first line."""
    here, there = Counter(item for item, _ in found), Counter(item for item, _ in wanted)
    if here == there:
        return
    lacks, more = there - here, here - there
    parts = [f"lacks {', '.join(lacks.elements())}" if lacks else ""]
    parts.append(f"has {', '.join(more.elements())} beyond it" if more else "")
    cause = f"{name}: other {what} than in {REFERENCE_LOCALE}: {'; '.join(filter(None, parts))}"
    at = next((at for item, at in found if item in more and at.line), place)
    yield Finding(at, "language", cause, "make the two texts say the same")


def _values(parts: tuple[Part, ...]) -> Placed:
    return [(_field(field), field.place) for field in fields_of(parts)]


def _field(field: Field) -> str:
    return field.name if not field.form or field.form in GRAMMAR else f"{field.name} | {field.form}"


def _conditions(parts: tuple[Part, ...]) -> Placed:
    """Name the conditions, each with the values that stand under it, on either side."""
    found: Placed = []
    for part in parts:
        if isinstance(part, Condition):
            test = f"{part.fact} {'not in' if part.negated else 'in'} {'|'.join(sorted(part.values))}"
            under, other = (", ".join(sorted(name for name, _ in _values(p))) for p in (part.then, part.otherwise))
            found.append((f"if {test} ({under}{f' / {other}' if other else ''})", part.place))
            found += _conditions(part.then) + _conditions(part.otherwise)
    return found


def text_of(template: Template) -> str:
    """Return the words of a template, all branches one after the other, a mark in the place of each value."""
    return _text(template.parts)


def _text(parts: tuple[Part, ...]) -> str:
    shown: list[str] = []
    for part in parts:
        if isinstance(part, Condition):
            shown += [_text(part.then), _text(part.otherwise)]
        else:
            shown.append(part.text if isinstance(part, Words) else VALUE)
    return "".join(shown)


def _references(template: Template, where: Callable[[str], Place | None] | None) -> Placed:
    targets = re.findall(r"\[\]\((#[\w-]+)\)", text_of(template))
    return [(target, (where(target) if where else None) or template.place) for target in targets]


def _shape(template: Template) -> Placed:
    """Name each line of structure: heading, item, bullet (with its level), paragraph."""
    found: list[str] = []
    for block in re.split(r"\n\s*\n", text_of(template).strip()):
        for line in block.split("\n"):
            mark = re.match(r"( *)(#+|\d+\.|-) ", line)
            if mark:
                kind = "item" if mark[2][0].isdigit() else {"-": "bullet"}.get(mark[2], "heading")
                found.append(f"{kind} of level {len(mark[1]) // 3 + 1}")
        if not re.match(r" *(#+|\d+\.|-) ", block):
            found.append("paragraph")
    return [(kind, template.place) for kind in found]


# --------------------------------------------------------------------------------------------------------- labels


def check_labels(books: Library) -> Iterator[Finding]:
    """Compare the labels of the locales: the same keys, the same values in each, no figures."""
    reference = books.locale(REFERENCE_LOCALE)
    for code in books.locales:
        locale = books.locale(code)
        yield from typed_in_labels(locale)
        for key in sorted(set(reference.labels) - set(locale.labels)):
            what = f'label "{key}" has no text in {code}'
            repair = f"add it under [labels] of {locale.file}"
            yield Finding(reference.label_place(key), "language", what, repair)
        for key in sorted(set(locale.labels) - set(reference.labels)):
            what = f'label "{key}" has no text in {REFERENCE_LOCALE}'
            yield Finding(locale.label_place(key), "language", what, "add it there too, or remove it")
        for key in sorted(set(locale.labels) & set(reference.labels)):
            wanted, found = (
                Counter(name for name, _ in _values(compile_label(book.label(key), book.label_place(key)).parts))
                for book in (reference, locale)
            )
            if wanted != found:
                what = f'label "{key}" in {code} uses other values than in {REFERENCE_LOCALE}'
                yield Finding(locale.label_place(key), "language", what, "use the same values")
