"""File names of a batch: readable in every language, safe on every system, and never outside the folder."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractgen.batch.names import (
    DEFAULT_NAME,
    FIELDS,
    by_rule,
    folded,
    marked,
    name_pattern,
    number_pattern,
    safe_value,
)
from contractgen.errors import UsageError

PATTERN = name_pattern(DEFAULT_NAME)
HOSTILE = st.text(st.one_of(st.characters(), st.sampled_from("./\\\0:~- \u202e\u200c\ud800CONcon1")), max_size=400)


def path(**values: str) -> str:
    return PATTERN.path({"format": "pdf", "vendor": "siemens", "number": "1", **values})[0]


@pytest.mark.parametrize(
    "name",
    [
        "한빛정밀 주식회사",
        "شرکت صنایع پولاد گستر سبلان",
        "شرکت حمل‌ونقل بادپای شرق",
        "㈜한빛",
        "Müller & Söhne",
        "O'Neil",
    ],
)
def test_korean_and_persian_names_are_kept_as_they_are(name: str) -> None:
    assert path(customer=name) == f"siemens/{name}/1.pdf"
    assert PATTERN.path({"customer": name})[1] == ()


@pytest.mark.parametrize(
    ("hostile", "safe"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..", "_"),
        ("", "_"),
        (" . ", "_"),
        ("a\0b", "ab"),
        ("Acme Co., Ltd.", "Acme Co., Ltd"),
        ("evil\u202efdp.exe", "evilfdp.exe"),
        ("C:\\temp\\x", "C__temp_x"),
        ("a\nb\t c", "a b c"),
        ("-rf", "_rf"),
        ("~root", "_root"),
        ('what? "now" <or> *never*|', "what_ _now_ _or_ _never__"),
        ("\u1112\u1161\u11ab\u1107\u1175\u11be", "한빛"),
        ("x\ud800y", "xy"),
    ],
)
def test_hostile_names_are_made_safe_by_the_stated_rule(hostile: str, safe: str) -> None:
    assert safe_value(hostile) == safe


@pytest.mark.parametrize("device", ["CON", "con", "NUL", "com1", "LPT9", "Aux", "COM¹", "nul.txt"])
def test_no_part_of_a_path_is_a_device_of_windows(device: str) -> None:
    assert path(customer=device) == f"siemens/_{device}/1.pdf"
    assert path(number=device) == f"siemens/_/_{device}.pdf"


def test_a_name_of_three_hundred_letters_is_cut_and_still_tells_two_apart() -> None:
    one, two = safe_value("가" * 300), safe_value("가" * 299 + "나")
    assert one != two
    assert one.startswith("가가가")
    assert len(one.encode()) <= 120
    assert safe_value("a" * 300) == safe_value("a" * 300)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_a_path_never_leaves_the_folder_whatever_the_record_says(vendor: str, customer: str, number: str) -> None:
    found = path(vendor=vendor, customer=customer, number=number)
    parts = found.split("/")
    assert len(parts) == 3
    assert found.endswith(".pdf")
    for kind in (PurePosixPath, PureWindowsPath):
        assert len(kind(found).parts) == 3
        assert ".." not in kind(found).parts
        assert not kind(found).is_absolute()
    for part in parts:
        assert part == part.strip(" .")
        assert 0 < len(part.encode()) <= 210
        assert not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in part)
        assert unicodedata.is_normalized("NFC", part)


@given(HOSTILE)
def test_making_a_name_safe_twice_changes_nothing_more(name: str) -> None:
    assert safe_value(safe_value(name)) == safe_value(name)


@given(st.text(st.one_of(st.characters(), st.sampled_from("ab .,'()-_\u200c가ش\u0301")), max_size=40))
def test_a_name_that_is_taken_as_safe_at_sight_is_safe_by_the_rule(name: str) -> None:
    assert safe_value(name) == by_rule(name)


def test_names_that_some_systems_take_for_one_count_as_one() -> None:
    assert folded("a/ACME.pdf") == folded("A/acme.pdf")
    assert folded("h/caf\u00e9.pdf") == folded("h/cafe\u0301.pdf")
    assert folded("f/می\u200cخواهم.pdf") == folded("f/میخواهم.pdf")
    assert folded("a/b.pdf") != folded("a/c.pdf")


def test_a_mark_depends_on_the_record_and_on_nothing_else() -> None:
    assert marked("a/b.pdf", "one") == marked("a/b.pdf", "one") != marked("a/b.pdf", "two")
    assert marked("a/b.pdf", "one").startswith("a/b~")


@pytest.mark.parametrize(
    ("pattern", "cause"),
    [
        ("{vendor}/{nmber}.{format}", 'unknown field "nmber"'),
        ("{vendor}.{format}", "one name"),
        ("{number}.pdf", "does not end in .{format}"),
        ("../{number}.{format}", "ends in a dot"),
        ("/{number}.{format}", "is empty"),
        ("a//{number}.{format}", "is empty"),
        ("a\\{number}.{format}", "no file name may have"),
        ("{number}\u202e.{format}", "no file name may have"),
        ("{number.{format}", "not closed"),
    ],
)
def test_a_faulty_pattern_is_refused_before_anything_is_made(pattern: str, cause: str) -> None:
    with pytest.raises(UsageError, match=cause):
        name_pattern(pattern)


def test_a_pattern_may_use_every_field() -> None:
    found = name_pattern("/".join(f"{{{name}}}" for name in FIELDS[:-1]) + ".{format}")
    assert found.path(dict.fromkeys(FIELDS, "x"))[0] == "/".join("x" * (len(FIELDS) - 1)) + ".x"


def test_a_number_must_tell_contracts_apart() -> None:
    assert number_pattern("RN-{contract}/{date}").filled({"contract": "A", "date": "D"}) == "RN-A/D"
    with pytest.raises(UsageError, match="one number"):
        number_pattern("{vendor}-{date}")
