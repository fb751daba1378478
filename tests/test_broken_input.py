"""Wrong input ends in a message, never in a traceback: one folder of ``fixtures/broken`` for each kind of fault.

A folder holds the input, ``command`` (the arguments) and ``expected.txt`` (exit code and exact output). ``_mini`` is a
small vendor that the folders about clauses, outlines and policies build on; ``_check`` is one in which
``contractgen check`` finds nothing.
"""

import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from contractgen.cli import main
from contractgen.contract import Contract, make_contract
from contractgen.errors import ContractgenError, InvalidData, Place, Problem, TemplateFault
from contractgen.files import decode, parse_toml
from contractgen.library import library
from contractgen.record_file import parse_record
from contractgen.styles import load_styles

ROOT = Path(__file__).parents[1]
BROKEN = ROOT / "fixtures" / "broken"
CASES = sorted(folder.name for folder in BROKEN.iterdir() if not folder.name.startswith("_"))
SUMS = (" problems", " finding", " findings", " in all")
"""How lines end that only count."""
SAMPLE = (ROOT / "fixtures" / "contracts" / "ayotex-standard-renewal.yaml").read_bytes()


@pytest.mark.parametrize("case", CASES)
def test_wrong_input_is_told_with_place_cause_and_repair(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_mini", "_check", case):
        shutil.copytree(BROKEN / name, tmp_path / name)
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.chdir(tmp_path / case)
    library.cache_clear()  # it is keyed by folders as they are named

    result = CliRunner().invoke(main, shlex.split(Path("command").read_text(encoding="utf-8")))

    assert f"exit {result.exit_code}\n{result.output}" == Path("expected.txt").read_text(encoding="utf-8")
    assert isinstance(result.exception, SystemExit)
    assert sorted(tmp_path.rglob("*")) == before, "nothing is written"


@pytest.mark.parametrize("case", CASES)
def test_every_expected_message_helps(case: str) -> None:
    code, *lines = (BROKEN / case / "expected.txt").read_text(encoding="utf-8").splitlines()
    told = [line for line in lines if not line.startswith(" ") and not line.endswith(SUMS)]
    helped = [line for line in lines if line.startswith(("    repair: ", "    possible instead: "))]
    assert code in {f"exit {number}" for number in (1, 2, 3, 4, 7)}
    assert told
    assert len(helped) == len(told)
    assert all(len(line.partition("repair: ")[2] or line) > len("fix") for line in helped)


def refusal(read: Callable[[], object]) -> tuple[Problem, ...]:
    """Return the problems of an input that is refused; nothing for one that is read."""
    try:
        read()
    except ContractgenError as error:
        return error.problems
    return ()


def contract_of(raw: bytes, name: str) -> Contract:
    return make_contract(parse_record(decode(raw, Place(name), InvalidData), name))


@given(st.binary(max_size=400))
def test_any_bytes_are_refused(raw: bytes) -> None:
    assert refusal(lambda: contract_of(raw, "r"))


@given(st.integers(0, len(SAMPLE)), st.integers(0, 12), st.binary(max_size=6), st.sampled_from(["r.yaml", "r.json"]))
@settings(max_examples=300)
def test_a_record_with_a_hole_and_a_patch_is_read_or_refused(start: int, length: int, patch: bytes, name: str) -> None:
    problems = refusal(lambda: contract_of(SAMPLE[:start] + patch + SAMPLE[start + length :], name))
    assert all(problem.repair and problem.place.file == name for problem in problems)


@given(st.text("ab=\"'[]{}.,#\\\n \t10-:", max_size=60))
@settings(max_examples=300)
def test_any_toml_is_read_or_refused(text: str) -> None:
    assert all(problem.repair for problem in refusal(lambda: parse_toml(text, "p.toml")))


@pytest.mark.parametrize("text", ["a = " + "[" * 5000 + "]" * 5000, "a = " + "9" * 5000, "a = {b = " * 2000])
def test_toml_built_to_exhaust_the_reader_is_refused(text: str) -> None:
    assert refusal(lambda: parse_toml(text, "p.toml"))


def test_nesting_that_would_end_the_process_is_refused() -> None:
    (problem,) = refusal(lambda: contract_of(b"[" * 100_000 + b"]" * 100_000, "r.yaml"))
    assert problem.cause == "is nested more than 40 levels deep"
    assert refusal(lambda: contract_of(b"[" * 100_000 + b"]" * 100_000, "r.json"))


@pytest.mark.parametrize("file", ["../../../secret.ttf", "/usr/share/fonts/secret.ttf"])
def test_a_style_sheet_names_no_font_outside_its_own_folder(file: str, tmp_path: Path) -> None:
    sheet = (ROOT / "templates" / "styles" / "house.toml").read_text(encoding="utf-8")
    (tmp_path / "house.toml").write_text(sheet.replace("fonts/Vazirmatn-Bold.ttf", file), encoding="utf-8")
    with pytest.raises(TemplateFault, match="lies outside the folder of the style sheet"):
        load_styles(tmp_path / "house.toml")
