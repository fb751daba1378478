"""Direction of text and characters that no value may hold."""

from __future__ import annotations

import pytest

from contractgen.languages import hostile_characters, script_direction


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Siemens", "ltr"),
        ("지멘스", "ltr"),
        ("۲۲۵٬۰۰۰ وون", "rtl"),
        ("شرکت A", "rtl"),
        ("A شرکت", "ltr"),
        ("+۱-۴۰۸-۷۴۵-۲۰۰۰", "ltr"),
        ("\u200e−۲۲۵٬۰۰۰ وون", "rtl"),
        ("", "ltr"),
    ],
)
def test_the_first_strong_letter_gives_the_direction_and_digits_alone_run_left_to_right(
    text: str, direction: str
) -> None:
    assert script_direction(text) == direction


@pytest.mark.parametrize(
    "character",
    ["\x00", "\x1b", "\r", "\x7f", "\x85", "\u202a", "\u202e", "\u2066", "\u2069", "\ue000", "\uf8ff", "\U000f0000",
     chr(0xD800), "\ufdd0", "\uffff", "\U0001fffe", "\u2028", "\ufffd", "\U000e0041", "\u206a"],
)  # fmt: skip
def test_a_hostile_character_is_named_with_its_place(character: str) -> None:
    [(index, reason)] = hostile_characters(f"한빛{character}")
    assert index == 2
    assert reason.startswith(f"U+{ord(character):04X} ")


@pytest.mark.parametrize(
    "text", ["نرم\u200cافزار", "a\u200eb\u200f\u061c", "line\nline\ttab", "R&D <Seoul> # 1.", "👩\u200d💻"]
)
def test_persian_joiners_direction_marks_and_line_ends_pass(text: str) -> None:
    assert hostile_characters(text) == []
