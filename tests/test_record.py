"""The contract record: scalars mean what was typed, faults are told in the file, and nothing is changed on the way."""

import json
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractgen.contract import Contract, load_contract, parse_contract
from contractgen.errors import InvalidData, Place
from contractgen.record import has_field
from contractgen.record_fields import (
    read_amount,
    read_code,
    read_count,
    read_day,
    read_email,
    read_flag,
    read_key,
    read_moment,
    read_percent,
    read_phone,
    read_tally,
    read_text,
)
from contractgen.record_file import parse_record
from contractgen.values import Calendar, LocalText, Money, Origin

CONTRACTS = Path(__file__).parents[1] / "fixtures" / "contracts"
PLAIN: dict[str, Any] = {
    "vendor": "ayotex",
    "tier": "basic",
    "transaction": "initial",
    "currency": "USD",
    "contract": {"number": "A-1"},
    "customer": {"name": "Acme"},
    "package": {"sale_price": "12.50", "rate_percent": "27.5"},
    "documents": {"sdd": {"number": "0123", "date": "2025-01-01"}},
}


def contract(**more: object) -> Contract:
    return parse_contract(json.dumps(PLAIN | more), "r.json")


def told(**more: object) -> list[str]:
    with pytest.raises(InvalidData) as caught:
        contract(**more)
    return [problem.cause for problem in caught.value.problems]


def test_scalars_stay_as_they_were_typed() -> None:
    text = "a: no\nb: 1.10\nc: 0123\nd: 12:30\ne: 2025-03-01\nf: ~\ng: '~'\nh: null\ni:\nj: 1e5\nk: 1_000\n"
    assert parse_record(text, "r").data == {
        "a": "no", "b": "1.10", "c": "0123", "d": "12:30", "e": "2025-03-01", "f": None, "g": "~", "h": None,
        "i": None, "j": "1e5", "k": "1_000",
    }  # fmt: skip


@given(
    st.dictionaries(st.text(max_size=20), st.text() | st.lists(st.text(), max_size=3), min_size=1, max_size=5),
    st.sampled_from([{}, {"indent": 1}, {"indent": "\t"}, {"separators": (",", ":")}]),
)
def test_json_is_read_as_json_reads_it(data: dict[str, object], style: dict[str, Any]) -> None:
    assert parse_record(json.dumps(data, **style), "r.json").data == data


def test_yaml_and_json_give_the_same_contract() -> None:
    path = CONTRACTS / "ayotex-standard-renewal.yaml"
    text = json.dumps(parse_record(path.read_text(encoding="utf-8"), "r").data)
    seen = {name: figure.amount for name, figure in load_contract(path).figures.items()}
    assert {name: figure.amount for name, figure in parse_contract(text).figures.items()} == seen


def test_every_figure_leads_to_its_place_in_the_file() -> None:
    text = "\n".join(f"{name}: {json.dumps(value)}" for name, value in PLAIN.items())
    figure = parse_contract(text, "r.yaml").figures["package.sale_price"]
    assert figure.amount == Money(1250, "USD")
    assert (figure.cause.origin, figure.cause.place) == (Origin.CONTRACT, Place("r.yaml", 7, 25))


def test_names_and_values_have_their_own_places() -> None:
    marked = parse_record("customer:\n  name: Acme\n", "r")
    assert marked.name_place("customer") == Place("r", 1, 1)
    assert marked.place("customer") == Place("r", 2, 3)
    assert marked.place("customer", "phone") == Place("r", 2, 3)
    assert marked.place("term", "start") == Place("r"), "a field of no table that is there has no line"


def test_repeated_values_may_be_marked() -> None:
    assert parse_record("a: &a {ko: x}\nb: *a\n", "r").data == {"a": {"ko": "x"}, "b": {"ko": "x"}}


@pytest.mark.parametrize(
    "name", ["R&D <b>Seoul</b> # 1. *Acme*", "{{ 7*7 }} {% raw %}", "회사 😀", "می‌خواهم", "no: yes"]
)
def test_a_name_may_hold_any_marks_and_emoji(name: str) -> None:
    assert contract(customer={"name": name}).figures["customer.name"].amount == LocalText(everywhere=name)


def test_hangul_in_pieces_is_put_together() -> None:
    pieces = unicodedata.normalize("NFD", "한빛산업")
    assert contract(customer={"name": pieces}).figures["customer.name"].amount == LocalText(everywhere="한빛산업")


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\ue100", "\x00", "\x1b", "\ufffd", "\u2028", "\U000e0041"])
def test_no_text_holds_a_hostile_character(mark: str) -> None:
    (cause,) = told(customer={"name": f"Acme {mark} Co."})
    assert f"U+{ord(mark):04X}" in cause


def test_half_a_character_is_refused() -> None:
    assert told(customer={"name": "Acme \udc00"}) == ["is not valid YAML: an escape stands for no character"]


READINGS = [
    (read_amount, ["3650000", "0", "12.5", "۳۶۵۰۰۰۰", "٣٦٥٫٥"], ["3,650,000", "-1", "1e5", "NaN", "1_000", "", "12."]),
    (read_amount, ["1" * 18], ["1" * 19, "0.0000001"]),
    (read_percent, ["27.5", "30%", "۳۰٪", "0", "100"], ["101", "-1", "thirty", "%"]),
    (read_count, ["1", "۱۲", "100000"], ["0", "-1", "1.5", "100001", "01"]),
    (read_tally, ["0", "۰", "5"], ["-1", "x", ["x"], None]),
    (read_flag, ["true", "false", True], ["yes", "no", "1", ["true"], None, {}]),
    (read_day, ["2025-03-01", "1403/12/10", "۱۴۰۳/۱۲/۱۰"], ["2025-02-30", "1404/12/30", "1404-01-01", "1.3.2025", ""]),
    (read_moment, ["2025-10-15 16:00", "1404/07/23 16:00", "2025-10-15T16:00"], ["2025-10-15", "2025-10-15 24:00"]),
    (read_key, ["base-mes"], ["Base MES", "base_mes", "한", "-"]),
    (read_code, ["SIE-KR 1/2", "0123"], ["계약-1", "a\tb", "a\u00a0b"]),
    (read_email, ["a.b+c@d.example"], ["a@b", "a b@c.de", "a@b..c", "한@b.kr"]),
    (read_phone, ["+82 2-555-0100", "۰۲۱-۸۸۰۰"], ["call us", "12", "1" * 40]),
    (read_text, ["x", {"ko": "a", "fa": "b", "en": "c"}], [{"ko": "a"}, {"de": "a"}, [], None, " ", "a\nb", "a\tb"]),
    (read_text, ["x" * 2000], ["x" * 2001, {"ko": "a", "fa": "", "en": "c"}]),
]  # fmt: skip


@pytest.mark.parametrize(("reader", "good", "bad"), READINGS, ids=lambda item: getattr(item, "__name__", ""))
def test_a_reader_takes_what_it_says_and_tells_what_helps(reader: Any, good: list[Any], bad: list[Any]) -> None:
    for value in good:
        reader(value)
    for value in bad:
        with pytest.raises(ValueError, match=r".+ \| .+"):
            reader(value)


def test_amounts_are_exact() -> None:
    assert read_amount("0.1") + read_amount("0.2") == Decimal("0.3")
    priced = contract(package={"sale_price": "0.29", "rate_percent": 1})
    assert priced.figures["package.sale_price"].amount == Money(29, "USD")


def test_a_date_keeps_the_calendar_it_was_written_in() -> None:
    assert read_day("1403/12/10").calendar is Calendar.JALALI
    assert read_day("1403/12/10").date == read_day("2025-02-28").date


def test_all_contradictions_are_told_at_once() -> None:
    causes = told(
        term={"start": "2025-03-01", "expiry": "2025-03-01"},
        package={"sale_price": "1.234", "rate_percent": 1},
        withdrawal={"received": "2025-01-01", "sent": "2025-01-02", "written": True, "licences": ["L1"]},
        tickets=[{"id": "T", "registered": "2025-01-01 09:00"}] * 2,
        documents={"sdd": {"number": "1", "date": "2025-01-02", "valid_until": "2025-01-01"}},
    )
    assert len(causes) == 6


def test_a_field_of_the_record_is_known_by_its_dotted_name() -> None:
    assert all(map(has_field, ["customer.phone", "licences.0.annual_fee", "document.valid_until", "term"]))
    assert not any(map(has_field, ["customer.fone", "custmer", "customer.name.first", "document.x", ""]))
