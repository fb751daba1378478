"""The words of the languages against one another, before anything is merged, and figures typed in prose.

In: the library. Out: findings ``language`` (a text is missing, lags behind, or uses other values, conditions,
references or another shape than the reference locale), ``figure-in-prose`` and ``unused-clause``.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from contractgen.checks.findings import Finding, from_problem
from contractgen.errors import Place, TemplateFault
from contractgen.library import REFERENCE_LOCALE, Library
from contractgen.markup import Condition, Field, Part, Template, Words, compile_label, fields_of
from contractgen.refusals import SLOT, WORDINGS

GRAMMAR = {"adjective"}
"""Forms that a language takes for the sake of its grammar alone: the value stays the same."""

VALUE = "\ue000"
"""Stands for a value in the text whose shape is looked at."""


def check_words(books: Library) -> Iterator[Finding]:
    """Check every clause and label of every locale."""
    texts = {locale: dict(_texts(books, locale)) for locale in books.locales}
    for locale, found in texts.items():
        yield from (template for template in found.values() if isinstance(template, Finding))
        for name in sorted(set(texts[REFERENCE_LOCALE]) - set(found)):
            place = Place(f"templates/{locale}/clauses/{name}.md")
            yield Finding(place, "language", f"{name} has no text in {locale}", f"write {place.file}")
        for name in sorted(set(found) - set(texts[REFERENCE_LOCALE])):
            place = Place(f"templates/{locale}/clauses/{name}.md")
            repair = f"write it in {REFERENCE_LOCALE} too, or remove it"
            yield Finding(place, "language", f"{name} has no text in {REFERENCE_LOCALE}", repair)
    for name, original in texts[REFERENCE_LOCALE].items():
        for locale in books.locales:
            template = texts[locale].get(name)
            if not isinstance(original, Template) or not isinstance(template, Template):
                continue
            yield from _typed_figures(template, books, locale)
            if locale != REFERENCE_LOCALE:
                yield from _compared(name, original, template, locale)
    yield from _unused(texts[REFERENCE_LOCALE], books)
    yield from _labels(books)


def _texts(books: Library, locale: str) -> Iterator[tuple[str, Template | Finding]]:
    for slot, wording in books.clause_names(locale):
        name = f"{slot}/{wording}"
        try:
            yield name, books.clause_text(locale, slot, wording)
        except TemplateFault as fault:
            yield name, from_problem("load", fault.problems[0])


# --------------------------------------------------------------------------------------------- language by language


def _compared(name: str, original: Template, template: Template, locale: str) -> Iterator[Finding]:
    """Say in what a translation differs from the reference."""
    if template.follows != original.revision:
        place = template.follows_place or template.place
        what = f"{name} in {locale} follows revision {template.follows}, the original is at {original.revision}"
        yield Finding(place, "language", what, f"revise the text and write follows = {original.revision}")
    pairs = (
        ("values", _values(original.parts), _values(template.parts)),
        ("conditions", _conditions(original.parts), _conditions(template.parts)),
        ("references", _references(original), _references(template)),
        ("shape", _counted(_shape(original)), _counted(_shape(template))),
    )
    for what, wanted, found in pairs:
        if wanted != found:
            lacks, more = ", ".join((wanted - found).elements()), ", ".join((found - wanted).elements())
            parts = [f"lacks {lacks}" if lacks else "", f"has {more} beyond it" if more else ""]
            cause = f"{name} in {locale}: other {what} than in {REFERENCE_LOCALE}: {'; '.join(filter(None, parts))}"
            yield Finding(template.place, "language", cause, "make the two texts say the same")
    if sorted(_shape(original)) == sorted(_shape(template)) and _shape(original) != _shape(template):
        what = f"{name} in {locale}: its paragraphs and items stand in another order than in {REFERENCE_LOCALE}"
        yield Finding(template.place, "language", what, "put them in the same order")


def _values(parts: tuple[Part, ...]) -> Counter[str]:
    return Counter(_field(field) for field in fields_of(parts))


def _field(field: Field) -> str:
    return field.name if not field.form or field.form in GRAMMAR else f"{field.name} | {field.form}"


def _conditions(parts: tuple[Part, ...]) -> Counter[str]:
    """Count the conditions, each with the values that stand under it."""
    found: Counter[str] = Counter()
    for part in parts:
        if isinstance(part, Condition):
            test = f"{part.fact} {'not in' if part.negated else 'in'} {'|'.join(sorted(part.values))}"
            under = ", ".join(sorted(_field(field) for field in fields_of(part.then)))
            found[f"if {test} ({under})"] += 1
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


def _references(template: Template) -> Counter[str]:
    return Counter(re.findall(r"\[\]\((#[\w-]+)\)", text_of(template)))


def _shape(template: Template) -> list[str]:
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
    return found


def _counted(shape: list[str]) -> Counter[str]:
    return Counter(shape)


# ------------------------------------------------------------------------------------------------ figures in prose


def _typed_figures(template: Template, books: Library, locale: str) -> Iterator[Finding]:
    """Find digits and number words that look like figures; the marks of numbered items are none."""
    words = re.compile("|".join(books.locale(locale).number_words) or r"(?!)", re.IGNORECASE)
    for text, line in _lines(template.parts):
        shown = re.sub(r"^ *\d+\. ", "", text)
        digits = "".join(character for character in shown if unicodedata.category(character) in {"Nd", "No", "Nl"})
        spelt = words.search(shown)
        typed = digits or (spelt[0] if spelt else "")
        if typed:
            place = Place(template.place.file, line)
            what = f'"{typed}" is typed in the text'
            yield Finding(place, "figure-in-prose", what, "put the figure in the policy and write {{ its_name }}")


def _lines(parts: tuple[Part, ...]) -> Iterator[tuple[str, int]]:
    for part in parts:
        if isinstance(part, Words):
            for offset, line in enumerate(part.text.split("\n")):
                yield line, part.line + offset
        elif isinstance(part, Condition):
            yield from _lines(part.then)
            yield from _lines(part.otherwise)


# ------------------------------------------------------------------------------------------------ names and labels


def _unused(texts: dict[str, Template | Finding], books: Library) -> Iterator[Finding]:
    """Find clauses that no policy names."""
    named = {f"{slot}/{wording}" for slot, wording in WORDINGS.items()}
    for vendor in books.vendors:
        policy = books.policy(vendor, Place("check"))
        named |= {f"{row.slot}/{row.wording}" for rows in policy.slots.values() for row in rows if row.wording}
        named |= {f"{SLOT}/{row.id}" for row in policy.refusals}
    for name in sorted(set(texts) - named):
        place = Place(f"templates/{REFERENCE_LOCALE}/clauses/{name}.md")
        yield Finding(place, "unused-clause", f"no policy names the wording {name}", "name it in a row, or remove it")
    for name in sorted(named - set(texts)):
        place = Place(f"templates/{REFERENCE_LOCALE}/clauses/{name}.md")
        yield Finding(place, "language", f"the wording {name} has no text", f"write {place.file}")


def _labels(books: Library) -> Iterator[Finding]:
    """Compare the labels of the locales: the same keys, the same values in each."""
    reference = books.locale(REFERENCE_LOCALE)
    for code in books.locales:
        locale = books.locale(code)
        for key in sorted(set(reference.labels) - set(locale.labels)):
            what = f'label "{key}" has no text in {code}'
            yield Finding(Place(locale.file), "language", what, "add it under [labels]")
        for key in sorted(set(locale.labels) - set(reference.labels)):
            what = f'label "{key}" has no text in {REFERENCE_LOCALE}'
            yield Finding(locale.label_place(key), "language", what, "add it there too, or remove it")
        for key in sorted(set(locale.labels) & set(reference.labels)):
            wanted, found = (
                _values(compile_label(book.label(key), book.label_place(key)).parts) for book in (reference, locale)
            )
            if wanted != found:
                what = f'label "{key}" in {code} uses other values than in {REFERENCE_LOCALE}'
                yield Finding(locale.label_place(key), "language", what, "use the same values")
