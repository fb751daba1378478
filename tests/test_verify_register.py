"""A document whose number a register gave is made again from what it carries, the number included."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from contractgen.cli import main
from contractgen.errors import Exit
from helpers import ROOT

SAMPLE = ROOT / "fixtures" / "contracts" / "siemens-late-renewal.yaml"
BARRED = ROOT / "fixtures" / "contracts" / "siemens-late-beyond-limit.yaml"


def issued(tmp_path: Path, record: Path, number: str, output: str, *more: str) -> Path:
    """Issue the quotation of a record from which its own number was taken."""
    text = record.read_text(encoding="utf-8")
    assert number in text
    bare = tmp_path / record.name
    bare.write_text(text.replace(f"number: {number},", ""), encoding="utf-8")
    made = tmp_path / output
    call = ["render", str(bare), "--type", "quote", "--locale", "fa", "-o", str(made)]
    result = CliRunner().invoke(main, [*call, "--register", str(tmp_path / "register.db"), *more])
    assert result.exit_code in {Exit.OK, Exit.REFUSED}, result.output
    return made


@pytest.mark.parametrize(
    ("output", "more"),
    [("q.docx", ("--lock",)), ("q.docx", ("--draft",)), ("q.html", ()), ("q.pdf", ("--pdf-engine", "typst"))],
)
def test_a_document_numbered_by_a_register_is_identical_when_it_is_made_again(
    tmp_path: Path, output: str, more: tuple[str, ...]
) -> None:
    made = issued(tmp_path, SAMPLE, "SIE-Q-2025-0107", output, *more)
    result = CliRunner().invoke(main, ["verify", str(made)])
    assert result.exit_code == Exit.OK, result.output
    assert "identical" in result.output


def test_a_letter_of_refusal_numbered_by_a_register_is_identical_too(tmp_path: Path) -> None:
    made = issued(tmp_path, BARRED, "SIE-Q-2025-0141", "letter.docx", "--on-refusal", "letter")
    result = CliRunner().invoke(main, ["verify", str(made)])
    assert result.exit_code == Exit.OK, result.output


def test_a_number_changed_in_the_file_is_found(tmp_path: Path) -> None:
    made = issued(tmp_path, SAMPLE, "SIE-Q-2025-0107", "q.html")
    page = made.read_text(encoding="utf-8")
    shown = page.rindex("SIE-Q-2025-000001</bdi>")
    made.write_text(f"{page[:shown]}SIE-Q-2025-000007{page[shown + 17 :]}", encoding="utf-8")
    result = CliRunner().invoke(main, ["verify", str(made)])
    assert result.exit_code == Exit.ALTERED
    assert "SIE-Q-2025-000007" in result.output
