"""The command line: exit codes, output that is whole or not there, messages that a terminal shows rightly."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from contractgen import files
from contractgen.cli import main
from contractgen.cli_report import as_text, width
from contractgen.errors import Exit, OutputError, Place, Problem
from contractgen.languages import visible
from contractgen.validating import record_schema
from contractgen.writers import html

ROOT = Path(__file__).parents[1]
CONTRACTS = ROOT / "fixtures" / "contracts"
SAMPLE = CONTRACTS / "ayotex-standard-renewal.yaml"
RENDER = ("render", str(SAMPLE), "--type", "sdd", "--locale", "en")
HEAVY = ("babel", "docx", "jinja2", "markdown_it", "pydantic", "tree_sitter", "weasyprint", "yaml")


def run(*arguments: str, **more: Any) -> Result:
    return CliRunner().invoke(main, arguments, **more)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from contractgen.cli import main; main(prog_name='contractgen')", *arguments]


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "record.yaml"
    path.write_bytes(SAMPLE.read_bytes())
    yield path
    assert not list(tmp_path.rglob(".*")), "no temporary file is left behind"


# ------------------------------------------------------------------------------------------------------- starting


def test_help_loads_no_heavy_module() -> None:
    code = f"import sys, contractgen.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_help_of_every_command_is_a_sentence() -> None:
    for name, found in main.commands.items():
        assert (found.help or "").partition("\n\n")[0].endswith("."), name
        assert run(name, "--help").exit_code == Exit.OK


# --------------------------------------------------------------------------------------------------------- output


def test_a_folder_that_is_missing_is_made(source: Path) -> None:
    out = source.parent / "new" / "folder" / "letter.html"
    assert run(*RENDER, "-o", str(out)).exit_code == Exit.OK
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_standard_output_gets_the_bytes_of_the_file(source: Path) -> None:
    out = source.with_name("letter.docx")
    run(*RENDER, "-o", str(out))
    assert run(*RENDER, "-o", "-", "--format", "docx").stdout_bytes == out.read_bytes()


def test_a_record_comes_from_standard_input() -> None:
    result = run("render", "-", *RENDER[2:], "-o", "-", "--format", "html", input=SAMPLE.read_bytes())
    assert result.exit_code == Exit.OK
    assert run("validate", "-", input=b"vendor: ayotx\n").exit_code == Exit.INVALID_DATA


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (OutputError.at(Place("pdf engine"), "a library is missing", "install it"), Exit.ERROR),
        (OSError(28, "No space left on device"), Exit.ERROR),
        (RuntimeError("a fault of ours"), Exit.ERROR),
        (KeyboardInterrupt(), Exit.ERROR),
    ],
)
def test_a_writer_that_fails_leaves_the_old_file(
    source: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException, code: Exit
) -> None:
    def fails(*_: object) -> bytes:
        raise fault

    monkeypatch.setattr(html, "write", fails)
    out = source.with_name("letter.html")
    out.write_text("the letter of yesterday")
    result = run(*RENDER, "-o", str(out))
    assert result.exit_code == code
    assert out.read_text() == "the letter of yesterday"
    assert "Traceback" not in result.output
    assert result.output


@pytest.mark.parametrize("step", ["open", "write", "replace"])
def test_a_disk_that_fails_leaves_the_old_file(source: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def fails(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    out = source.with_name("letter.html")
    out.write_text("the letter of yesterday")
    module, name = {"open": (files, "_opened"), "write": (files, "_write"), "replace": (os, "replace")}[step]
    monkeypatch.setattr(module, name, fails)
    result = run(*RENDER, "-o", str(out))
    assert result.exit_code == Exit.ERROR
    assert "may not be written to" in result.output
    assert [path.name for path in out.parent.glob(".*")] == []
    assert out.read_text() == "the letter of yesterday"


def test_a_faulty_record_leaves_the_old_file(source: Path) -> None:
    source.write_text(SAMPLE.read_text(encoding="utf-8").replace("tier: standard", "tier: stadnard"), encoding="utf-8")
    out = source.with_name("letter.html")
    out.write_text("the letter of yesterday")
    assert run("render", str(source), *RENDER[2:], "-o", str(out)).exit_code == Exit.INVALID_DATA
    assert out.read_text() == "the letter of yesterday"


def test_a_device_is_not_replaced_by_a_file() -> None:
    result = run(*RENDER, "-o", os.devnull, "--format", "html")
    assert result.exit_code == Exit.ERROR
    assert Path(os.devnull).is_char_device()


def test_a_reader_that_goes_away_ends_the_command_quietly() -> None:
    with subprocess.Popen(command("list"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode in {Exit.OK, Exit.ERROR}


def test_an_interrupt_ends_the_command_with_a_word() -> None:
    arguments = command("render", "-", *RENDER[2:], "-o", "-", "--format", "html")
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1.5)  # it is waiting for the record
        process.send_signal(signal.SIGINT)
        told = process.stderr.read().decode()
    assert process.returncode == Exit.ERROR
    assert told.strip() == "Aborted!"


# ----------------------------------------------------------------------------------------------------- exit codes


def test_a_refusal_has_its_own_exit_code(source: Path) -> None:
    out = source.with_name("letter.html")
    record = str(CONTRACTS / "ayotex-rate-out-of-range.yaml")
    result = run("render", record, "--type", "quote", "--locale", "en", "-o", str(out))
    assert result.exit_code == run("explain", record, "--type", "quote").exit_code == Exit.REFUSED
    assert result.stderr.startswith("refused by policy (rate-out-of-range)")
    assert not out.exists()


def test_validate_ends_with_the_worst_of_several_records(source: Path) -> None:
    source.write_text("vendor: ayotx\n")
    result = run("validate", str(SAMPLE), str(source), str(source.with_name("none.yaml")))
    assert result.exit_code == Exit.INVALID_DATA
    assert f"{SAMPLE}: ok" in result.stdout
    assert "none.yaml: does not exist" in result.stderr


def test_every_sample_contract_is_valid() -> None:
    result = run("validate", *map(str, sorted(CONTRACTS.glob("*.yaml"))))
    assert result.stderr == ""
    assert result.exit_code == Exit.OK


def test_a_fault_of_ours_is_told_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("oh")

    monkeypatch.setattr("contractgen.record_file.parse_record", fails)
    monkeypatch.delenv("CONTRACTGEN_DEBUG", raising=False)
    result = run("validate", str(SAMPLE))
    assert result.exit_code == Exit.ERROR
    assert "internal fault: RuntimeError: oh" in result.stderr
    assert "Traceback" not in result.output
    monkeypatch.setenv("CONTRACTGEN_DEBUG", "1")
    assert isinstance(run("validate", str(SAMPLE)).exception, RuntimeError)


# ------------------------------------------------------------------------------------------------------- messages


def shown(path: Path, line: str, column: int) -> list[str]:
    path.write_text(f"{line}\n", encoding="utf-8")
    text = as_text(Problem(Place(str(path), 1, column), "is wrong", "mend it"))
    return [part.replace("\x1b[31m\x1b[1m", "").replace("\x1b[0m", "") for part in text.split("\n")[1:-1]]


def test_the_mark_stands_under_the_letter_after_wide_hangul(tmp_path: Path) -> None:
    line, mark = shown(tmp_path / "r", "  name: {ko: 한빛산업, en: x}", 20)
    assert line == "    name: {ko: 한빛산업, en: x}"
    assert width(line[: line.index("en: x")]) + len("en:") > len(mark) - 1 >= width(line[: line.index(" en")])


def test_the_mark_stands_right_after_combining_letters_and_tabs(tmp_path: Path) -> None:
    line, mark = shown(tmp_path / "r", "a\tcafe\u0301: x", 8)
    assert "\t" not in line
    assert width(line[: line.index(":")]) == len(mark) - 1


def test_a_line_that_runs_from_right_to_left_is_quoted_instead_of_marked(tmp_path: Path) -> None:
    line, quoted = shown(tmp_path / "r", "name: {fa: شرکت, en: x}", 18)
    assert line == "    name: {fa: شرکت, en: x}"
    assert quoted == "    at column 18: en: x}"


def test_a_long_line_is_cut_around_the_fault(tmp_path: Path) -> None:
    line, mark = shown(tmp_path / "r", "x" * 5000 + "WRONG" + "y" * 5000, 5001)
    assert len(line) < 120
    assert line[len(mark) - 1 :].startswith("WRONG")


def test_no_message_can_control_the_terminal() -> None:
    assert visible("a\x1b[31mb\u202ec\u2066d") == "a<U+001B>[31mb<U+202E>c<U+2066>d"
    assert visible("می‌خواهم 한빛 😀") == "می‌خواهم 한빛 😀"


def test_colours_are_for_terminals_only(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("- a\n")
    assert "\x1b" not in run("validate", str(path)).output
    assert "\x1b[" in run("validate", str(path), color=True).output


# --------------------------------------------------------------------------------------------------------- schema


class AsEditorsRead(yaml.SafeLoader):
    """YAML 1.2 as editors read it: numbers are numbers, dates are texts."""


AsEditorsRead.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def test_the_schema_is_valid_and_accepts_every_sample_contract() -> None:
    schema = json.loads(run("schema").stdout)
    assert schema == record_schema()
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for path in sorted(CONTRACTS.glob("*.yaml")):
        record = yaml.load(path.read_text(encoding="utf-8"), AsEditorsRead)  # noqa: S506  (a safe loader)
        assert [error.message for error in validator.iter_errors(record)] == [], path.name


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("custmer",), {}),
        (("customer", "nmae"), "x"),
        (("documents", "qoute"), {"number": "1", "date": "2025-01-01"}),
        (("tier",), "Premium"),
        (("currency",), "krw"),
        (("customer", "name"), {"ko": "한빛"}),
        (("term",), "soon"),
    ],
)
def test_the_schema_rejects_what_the_reader_rejects(path: tuple[str, ...], value: object) -> None:
    record = yaml.load(SAMPLE.read_text(encoding="utf-8"), AsEditorsRead)  # noqa: S506  (a safe loader)
    inner = record
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    assert not Draft202012Validator(record_schema()).is_valid(record)
    assert run("validate", "-", input=json.dumps(record)).exit_code == Exit.INVALID_DATA
