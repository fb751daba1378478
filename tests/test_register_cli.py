"""The register on the command line: a document is issued, listed, shown, exported, checked, and faults are told."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from contractgen.api import decide, generate
from contractgen.cli import main
from contractgen.contract import parse_contract
from contractgen.errors import Exit, OutputError
from contractgen.library import library
from contractgen.register import issuing
from contractgen.register.entries import FIELDS, Run, State
from contractgen.register.placing import aside
from contractgen.register.store import Register
from contractgen.selection import Selection

ROOT = Path(__file__).parents[1]
CONTRACTS = ROOT / "fixtures" / "contracts"
SAMPLE = CONTRACTS / "siemens-late-renewal.yaml"
REFUSED = CONTRACTS / "siemens-late-beyond-limit.yaml"
JALALI = CONTRACTS / "ayotex-standard-renewal.yaml"


def run(*arguments: str | Path, code: int = Exit.OK, **more: Any) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], **more)
    assert result.exit_code == code, result.output
    return result


def record(folder: Path, source: Path = SAMPLE, type_: str = "quote", name: str = "record.yaml", **change: Any) -> Path:
    """Write a record without a number for a document, with fields changed (``term__expiry``)."""
    data = yaml.load(source.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  (texts alone)
    data["documents"][type_].pop("number", None)
    for field, value in change.items():
        *tables, last = field.split("__")
        inner = data
        for table in tables:
            inner = inner[table]
        inner[last] = value
    path = folder / name
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONTRACTGEN_REGISTER", "register.db")
    return tmp_path


def issue(path: Path, output: str, *more: str, locale: str = "en", type_: str = "quote", code: int = Exit.OK) -> Result:
    words = ("--type", type_, "--locale", locale, "-o", output, "--register", "register.db", "--by", "Kim", *more)
    return run("render", path, *words, code=code)


def only(folder: Path) -> Any:
    with Register.open(str(folder / "register.db"), create=False) as register:
        (entry,) = register.entries()
    return entry


# ------------------------------------------------------------------------------------------------------------ issuing


def test_a_record_without_a_number_needs_a_register(folder: Path) -> None:
    path = record(folder)
    told = run("render", path, "--type", "quote", "--locale", "en", "-o", "q.html", code=Exit.INVALID_DATA)
    assert 'field "documents.quote.number" is missing' in told.stderr
    assert "or issue the document through a register: render --register" in told.stderr
    assert run("validate", path, code=Exit.INVALID_DATA).stderr.count("is missing") == 1
    assert "late.fee = 225000 KRW" in run("explain", path, "--type", "quote").stdout


def test_a_document_shows_the_number_that_the_register_gave_it_in_every_language(folder: Path) -> None:
    path = record(folder)
    for locale in ("ko", "fa", "en"):
        assert "SIE-Q-2025-000001" in issue(path, f"{locale}.html", locale=locale).stderr
        assert "SIE-Q-2025-000001" in (folder / f"{locale}.html").read_text(encoding="utf-8")
    assert run("register", "verify", "--files", ".").stdout.startswith("3 entries, 3 links, all as they were written")


def test_the_number_of_a_document_dated_in_the_persian_calendar_carries_that_year(folder: Path) -> None:
    path = record(folder, JALALI, "sdd")
    assert "AYX-SDD-1403-000001" in issue(path, "sdd.html", type_="sdd").stderr


def test_the_number_of_a_record_is_kept_and_the_document_is_the_same_as_without_a_register(folder: Path) -> None:
    issue(SAMPLE, "q.docx", locale="ko")
    made = generate(SAMPLE, "quote", "ko", "docx")
    assert not isinstance(made, Exception)
    assert (folder / "q.docx").read_bytes() == made.content  # type: ignore[union-attr]
    assert (only(folder).number, only(folder).own, only(folder).by) == ("SIE-Q-2025-0107", True, "Kim")


def test_issuing_again_gives_the_same_number_and_bytes_and_a_changed_record_a_revision(folder: Path) -> None:
    issue(record(folder), "q.docx")
    before = (folder / "q.docx").read_bytes()
    issue(record(folder), "q.docx")
    assert (folder / "q.docx").read_bytes() == before
    told = issue(record(folder, customer__number="C-99999"), "q.docx")
    assert "SIE-Q-2025-000001-R2" in told.stderr
    shown = run("register", "show", "SIE-Q-2025-000001").stdout
    assert [line for line in shown.splitlines() if line.startswith("revision")] == ["revision  1", "revision  2"]


def test_what_a_document_does_not_use_makes_no_revision_where_it_does_not_carry_its_record(folder: Path) -> None:
    issue(record(folder), "q.docx", "--bare")
    changed = record(folder, documents__quote__number="SIE-Q-2025-000001")
    changed.write_text(changed.read_text(encoding="utf-8").replace("SIE-RN-2025-0101", "OTHER-7"), encoding="utf-8")
    assert "q.docx: SIE-Q-2025-000001\n" in issue(changed, "q.docx", "--bare").stderr
    assert only(folder).revision == 1


def test_whatever_changes_in_a_record_makes_a_revision_of_a_document_that_carries_it(folder: Path) -> None:
    issue(record(folder), "q.docx")
    changed = record(folder)
    changed.write_text(changed.read_text(encoding="utf-8").replace("SIE-RN-2025-0101", "OTHER-7"), encoding="utf-8")
    assert "q.docx: SIE-Q-2025-000001-R2\n" in issue(changed, "q.docx").stderr


def test_two_quotes_of_different_days_are_two_documents(folder: Path) -> None:
    issue(record(folder), "one.html")
    told = issue(record(folder, documents__quote__date="2025-05-13"), "two.html")
    assert "SIE-Q-2025-000002" in told.stderr


def test_a_number_that_another_contract_has_is_told_at_its_line(folder: Path) -> None:
    issue(SAMPLE, "one.html")
    other = record(folder, contract__number="SIE-OTHER", documents__quote__number="SIE-Q-2025-0107")
    told = issue(other, "two.html", code=Exit.INVALID_DATA).stderr
    assert "record.yaml:" in told
    assert 'the number "SIE-Q-2025-0107" is already that of quote for contract SIE-KR-2024-0018 of siemens' in told
    assert not (folder / "two.html").exists()


def test_a_refused_document_takes_no_number_and_its_letter_takes_one_of_its_own(folder: Path) -> None:
    issue(REFUSED, "q.html", code=Exit.REFUSED)
    assert not (folder / "q.html").exists()
    assert not (folder / "register.db").exists()
    issue(REFUSED, "q.html", "--on-refusal", "letter", code=Exit.REFUSED)
    assert (only(folder).number, only(folder).type) == ("SIE-RF-2025-000001", "refusal")
    bare = record(folder, REFUSED)
    run("render", bare, "--type", "quote", "--locale", "fa", "-o", "bare.html", "--on-refusal", "letter", "--register",
        "bare.db", code=Exit.REFUSED)  # fmt: skip


def test_a_document_that_cannot_be_written_leaves_a_void_number_with_its_reason(folder: Path) -> None:
    (folder / "file").touch()
    told = issue(record(folder), "file/q.html", code=Exit.ERROR).stderr
    assert "is a file, not a folder" in told
    assert (only(folder).state, only(folder).reason) == (State.VOID, "cannot be written: file is a file, not a folder")
    assert "(cannot be written: file is a file, not a folder)" in run("register", "list").stdout
    issue(record(folder), "q.html")
    assert (only(folder).state, only(folder).number) == (State.ISSUED, "SIE-Q-2025-000001")


def test_a_fault_of_ours_leaves_a_void_number_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(issuing, "finish", fail)
    assert "internal fault" in issue(record(folder), "q.html", code=Exit.ERROR).stderr
    assert (only(folder).state, only(folder).reason) == (State.VOID, "ZeroDivisionError")


def test_other_bytes_from_the_same_input_stop_the_document(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    issue(record(folder), "q.html")
    before = (folder / "q.html").read_bytes()
    monkeypatch.setattr(issuing, "aside", lambda root, path, content, entry: aside(root, path, content + b" ", entry))
    assert "was issued with other bytes" in issue(record(folder), "q.html", code=Exit.ERROR).stderr
    assert (folder / "q.html").read_bytes() == before
    assert not list(folder.glob(".contractgen*"))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("-o", "-", "--format", "html"), "a registered document is a file, and - is standard output"),
        (("-o", "q.html", "--annotate"), "an annotated page is no document to be issued"),
    ],
)
def test_what_cannot_be_registered_is_a_wrong_call(folder: Path, more: tuple[str, ...], told: str) -> None:
    words = ("--type", "quote", "--locale", "en", "--register", "register.db", *more)
    assert told in run("render", SAMPLE, *words, code=Exit.USAGE).stderr
    assert not (folder / "register.db").exists()


def test_policies_without_numbering_are_told(folder: Path) -> None:
    policy = (ROOT / "policies" / "siemens.toml").read_text(encoding="utf-8")
    (folder / "own" / "policies" / "sources").mkdir(parents=True)
    bare = policy[: policy.index("[numbers]")]
    (folder / "own" / "policies" / "siemens.toml").write_text(bare, encoding="utf-8")
    told = issue(record(folder), "q.html", "--data", "own", code=Exit.TEMPLATE_FAULT).stderr
    assert "does not say how documents are numbered in a register" in told
    for pattern, fault in (
        ("{vendor}-{year}", "must hold {serial} once"),
        ("{vendor}-{serial}-{day}", "is no pattern of numbers"),
        ("번호-{serial}", "is no pattern of numbers"),
        ("{serial", "holds a brace without its partner"),
    ):
        changed = policy.replace("{vendor}-{type}-{year}-{serial}", pattern)
        (folder / "own" / "policies" / "siemens.toml").write_text(changed, encoding="utf-8")
        library.cache_clear()
        assert fault in issue(record(folder), "q.html", "--data", "own", code=Exit.TEMPLATE_FAULT).stderr


def test_the_number_in_the_document_says_that_the_register_gave_it(folder: Path) -> None:
    books, contract = library(), parse_contract(record(folder).read_text(encoding="utf-8"))
    chosen = decide(contract, "quote", books)
    assert isinstance(chosen, Selection)
    with Register.open("register.db") as register:
        made, entry = issuing.issue_one(
            register, chosen, contract, "en", "html", books, folder, "q.html", Run("r", "Kim")
        )
    figure = made.terms.figures["document.number"]
    assert (figure.canonical, str(figure.cause.origin)) == (entry.number, "register")
    assert figure.cause.working == "number 1 of the series SIE-Q-2025-#, revision 1"


def test_a_document_whose_process_was_killed_is_put_in_its_place(folder: Path) -> None:
    code = (
        "import os, signal\n"
        "from contractgen.register import issuing\n"
        "issuing.into_place = lambda written: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from contractgen.cli import main\n"
        "main()\n"
    )
    words = ("--type", "quote", "--locale", "ko", "-o", "q.html", "--register", "register.db")
    command = [sys.executable, "-c", code, "render", str(record(folder)), *words]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL
    assert only(folder).state is State.ISSUED
    assert not (folder / "q.html").exists()
    told = run("register", "verify", "--files", ".", code=Exit.ERROR).stderr
    assert "q.html: is missing: the register has it as SIE-Q-2025-000001" in told
    settled = run("register", "repair", "--files", ".", "--older-than", "0").stdout
    assert settled == "q.html: finished file of SIE-Q-2025-000001 put in its place\n1 settled\n"
    assert run("register", "repair", "--files", ".").stdout == "nothing was left to settle\n"
    run("register", "verify", "--files", ".")


# ------------------------------------------------------------------------------------------------------------ looking


def test_documents_are_listed_and_exported_as_asked(folder: Path) -> None:
    issue(SAMPLE, "q.html")
    issue(SAMPLE, "rn.html", type_="renewal-notice", locale="ko")
    listed = run("register", "list", "--type", "quote").stdout.splitlines()
    assert listed[0].split() == [
        "number",
        "state",
        "at",
        "vendor",
        "contract",
        "type",
        "locale",
        "format",
        "by",
        "path",
    ]
    assert [line.split()[0] for line in listed[1:]] == ["SIE-Q-2025-0107"]
    run("register", "list", "--vendor", "juniper", code=Exit.NOTHING_TO_DO)
    run("register", "list", "--since", "2999-01-01", code=Exit.NOTHING_TO_DO)
    run("register", "show", "X-1", code=Exit.NOTHING_TO_DO)
    rows = list(csv.DictReader(io.StringIO(run("register", "export").stdout)))
    data = json.loads(run("register", "export", "--format", "json").stdout)
    run("register", "export", "--format", "xlsx", "-o", "register.xlsx")
    sheet = CalamineWorkbook.from_path("register.xlsx").get_sheet_by_index(0).to_python()
    assert tuple(sheet[0]) == tuple(rows[0]) == tuple(data[0]) == FIELDS
    assert [row["number"] for row in rows] == [row["number"] for row in data] == [row[1] for row in sheet[1:]]
    run("register", "export", "-o", "register.csv", "--run", data[1]["run"])
    assert (folder / "register.csv").read_text(encoding="utf-8-sig").count("\n") == 2


@pytest.mark.parametrize(
    ("arguments", "told", "code"),
    [
        (("list", "--register", ""), "no register is named", Exit.USAGE),
        (("list", "--register", "missing.db"), "does not exist", Exit.ERROR),
        (("list", "--since", "yesterday"), '"yesterday" is no day', Exit.USAGE),
        (("verify", "--files", "missing"), "does not exist", Exit.USAGE),
        (("repair", "--files", "register.db"), "is not a folder", Exit.USAGE),
        (("verify", "--head", "f" * 64), "the chain was written anew", Exit.ERROR),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_wrong_call_is_told_with_its_repair(arguments: tuple[str, ...], told: str, code: Exit) -> None:
    Register.open("register.db").close()
    stderr = run("register", *arguments, code=code).stderr
    assert told in stderr
    assert "repair: " in stderr


@pytest.mark.usefixtures("folder")
def test_a_user_that_the_machine_does_not_name_must_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise OSError("no user")

    monkeypatch.setattr("getpass.getuser", nobody)
    words = ("--type", "quote", "--locale", "en", "-o", "q.html", "--register", "register.db")
    assert "this machine names no user" in run("render", SAMPLE, *words, code=Exit.USAGE).stderr


def test_a_folder_that_may_only_be_read_is_told() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.db"
        Register.open(str(path)).close()
        path.chmod(0o444)
        path.parent.chmod(0o555)
        root = os.geteuid() == 0
        if root:  # whom no folder stops: ask as somebody else
            os.seteuid(65534)
        try:
            with pytest.raises(OutputError, match=r"may not be written to|cannot be opened") as caught:
                Register.open(str(path))
        finally:
            if root:
                os.seteuid(0)
            path.parent.chmod(0o755)
        assert "the right to write" in caught.value.problems[0].repair
