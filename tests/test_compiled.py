"""Compiled forms: a document that is filled into a form is, byte for byte, the document that the writer writes."""

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from contractgen.api import generate
from contractgen.compiled import Press, Printed
from contractgen.contract import Contract, load_contract, make_contract
from contractgen.errors import ContractgenError
from contractgen.files import Marked
from contractgen.languages import _SUSPECT, _hostility
from contractgen.library import library
from contractgen.paths import sample_contracts
from contractgen.record_file import read_record
from contractgen.selection import Refusal
from contractgen.values import LocalText

LOCALES = ("ko", "fa", "en")
SAMPLES = sorted(sample_contracts().glob("*.yaml"))

Result = bytes | str


def slowly(contract: Contract, type_: str, locale: str, extension: str, engine: str = "") -> Result:
    """Return the file that the writer writes, or why there is none."""
    try:
        made = generate(contract, type_, locale, extension, pdf_engine=engine)
    except ContractgenError as error:
        return str(error)
    return str(made) if isinstance(made, Refusal) else made.content


def pressed(press: Press, contract: Contract, locale: str) -> Result:
    """Return the file that the press makes, or why there is none."""
    try:
        made = press.make(contract, locale)
    except ContractgenError as error:
        return str(error)
    return made.content if isinstance(made, Printed) else str(made)


def documents() -> list[tuple[str, str]]:
    """Return each sample contract with each type of document that it names."""
    return [(path.stem, type_) for path in SAMPLES for type_ in contract_of(path.stem).record.documents]


@cache
def contract_of(name: str) -> Contract:
    return load_contract(sample_contracts() / f"{name}.yaml")


@cache
def press_of(type_: str, extension: str, engine: str) -> Press:
    return Press(library(), type_, extension, engine, worth=1)


@pytest.mark.parametrize("extension", ["html", "docx"])
def test_every_sample_document_has_a_form(extension: str) -> None:
    slow = []
    for index, (name, type_) in enumerate(documents()):
        press = press_of(type_, extension, "")
        for locale in (LOCALES[(index + (extension == "docx")) % 3],):  # another one for each format
            before = press.counts.written
            made = pressed(press, contract_of(name), locale)
            slow += [(name, type_, locale)] if press.counts.written > before else []
            assert made == slowly(contract_of(name), type_, locale, extension), (name, type_, locale)
    assert not slow


# ------------------------------------------------------------------------------------------------- changed records

WORDS = (
    "한빛",
    "서울로",
    "Acme",
    "B 7",
    "(주)",
    "[II]",
    "شرکت",
    "تهران",
    "۱۲",
    "10-20",
    "R&D <x>",
    '"q"',
    "’s",
    "%",
    "a  b",
)
TEXT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
SUM = st.integers(0, 10**12).map(str)
CHANGES: dict[str, st.SearchStrategy[str]] = {
    "name": TEXT, "product": TEXT, "address": TEXT, "attention": TEXT, "title": TEXT,
    "annual_fee": SUM, "sale_price": SUM, "licence_price": SUM, "unit_price": SUM,
    "quantity": st.integers(1, 100_000).map(str),
    "number": st.from_regex(r"[A-Z]{1,3}-[0-9]{1,6}", fullmatch=True),
    "phone": st.from_regex(r"\+[0-9]{2} [0-9]{2}-[0-9]{4}", fullmatch=True),
}  # fmt: skip
"""Fields whose values are changed, by name, wherever they stand."""

DAYS = frozenset({"date", "effective", "received", "start"})
"""Fields that move by some days; one that moves too far is refused, by either way."""

OPTIONAL = frozenset({"address", "attention", "phone", "email", "valid_until", "signatory"})
"""Fields that are left out at times; a document that needs one says so, by either way."""


@st.composite
def records(draw: st.DrawFn, sample: str) -> Marked:
    """Return a sample's record with other values, and some of its fields left out."""
    marked = read_record(sample_contracts() / f"{sample}.yaml")
    data = deepcopy(marked.data)

    def change(table: dict[str, Any]) -> None:
        for name, value in list(table.items()):
            if name in OPTIONAL and draw(st.integers(0, 5)) == 0:
                del table[name]
            elif name in CHANGES and draw(st.booleans()):
                table[name] = draw(CHANGES[name])
            elif name in DAYS and "-" in value:
                table[name] = str(date.fromisoformat(value) + timedelta(days=draw(st.integers(-5, 5))))
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict):
                    change(item)

    change(data)
    return Marked("record.yaml", data, marked.places, marked.names)


CASES = [
    ("siemens-late-renewal", "renewal-notice"),
    ("siemens-late-renewal", "quote"),
    ("siemens-renewal-on-time", "sdd"),
    ("ayotex-premium-tehran-three-years", "quote"),
    ("siemens-withdrawal-accepted", "withdrawal-ack"),
]


def same(extension: str, data: st.DataObject, engine: str = "") -> None:
    """Make a changed record into a document by both ways and compare."""
    name, type_ = data.draw(st.sampled_from(CASES))
    locale = data.draw(st.sampled_from(LOCALES))
    marked = data.draw(records(name))
    note(str(marked.data))
    try:
        contract = make_contract(marked)
    except ContractgenError:
        return
    made = pressed(press_of(type_, extension, engine), contract, locale)
    assert made == slowly(contract, type_, locale, extension, engine)


LAW = settings(deadline=None, suppress_health_check=list(HealthCheck))


@settings(LAW, max_examples=150)
@given(data=st.data())
def test_html_of_changed_records_is_the_same_by_both_ways(data: st.DataObject) -> None:
    same("html", data)


@settings(LAW, max_examples=60)
@given(data=st.data())
def test_docx_of_changed_records_is_the_same_by_both_ways(data: st.DataObject) -> None:
    same("docx", data)


@settings(LAW, max_examples=30)
@given(data=st.data())
def test_pdf_by_typst_of_changed_records_is_the_same_by_both_ways(data: st.DataObject) -> None:
    same("pdf", data, "typst")


@settings(LAW, max_examples=2)
@given(data=st.data())
def test_pdf_by_weasyprint_of_changed_records_is_the_same_by_both_ways(data: st.DataObject) -> None:
    same("pdf", data, "weasyprint")


def test_a_press_keeps_a_bounded_number_of_forms() -> None:
    press = Press(library(), "renewal-notice", "html", worth=1, most=2)
    names = ("siemens-late-renewal", "siemens-renewal-on-time", "siemens-co-termination", "ibm-korea-basic-new-licence")
    for name in names * 2:
        for locale in LOCALES:
            pressed(press, contract_of(name), locale)
    assert len(press._kinds.items) <= 2  # noqa: SLF001
    assert len(press._forms.items) <= 2  # noqa: SLF001


def test_a_form_is_compiled_for_the_second_document_that_needs_it() -> None:
    press = Press(library(), "renewal-notice", "html")
    filled = []
    for _ in range(4):
        pressed(press, contract_of("siemens-renewal-on-time"), "en")
        filled.append(press.counts.filled)
    assert filled == [0, 0, 1, 2]


def test_no_character_of_concern_escapes_the_first_look() -> None:
    """A glance at a text may say that all is well only where a look at each character would say so."""
    suspects = [chr(point) for point in range(0x110000) if _hostility(chr(point))]
    assert not [hex(ord(char)) for char in suspects if not _SUSPECT.search(char)]


@pytest.mark.parametrize("bad", ["\u2067", "\ufdd0"])
def test_a_value_that_no_hole_may_hold_goes_the_slow_way(bad: str) -> None:
    """Such a value cannot come from a record; a press that is given one all the same writes, or refuses, as ever."""
    contract = contract_of("siemens-renewal-on-time")
    name = contract.figures["customer.name"]
    changed = replace(name, amount=LocalText(f"Acme{bad}"))
    strange = replace(contract, figures={**contract.figures, "customer.name": changed})
    press = press_of("renewal-notice", "html", "")
    before = press.counts.filled
    assert pressed(press, strange, "en") == slowly(strange, "renewal-notice", "en", "html")
    assert press.counts.filled == before


def test_the_laws_are_about_forms() -> None:
    """Most of the records above were filled into a form, else the laws would say nothing."""
    counts = [press_of(type_, "html", "").counts for type_ in sorted({type_ for _, type_ in CASES})]
    assert all(count.filled > 3 for count in counts), counts
    assert sum(count.filled for count in counts) > 3 * sum(count.written for count in counts), counts
