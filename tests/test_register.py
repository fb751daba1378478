"""The register of issued documents: the same on SQLite and on a real PostgreSQL."""

import json
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from contractgen.errors import ContractgenError, Exit, OutputError, Problem, UsageError
from contractgen.register import entries
from contractgen.register.checking import verify
from contractgen.register.entries import Entry, Run, State, Wanted
from contractgen.register.store import Register
from register_databases import fresh_schema
from register_samples import LATER, RUN, SERIES, issued, made, only_entries, request, reserved

TESTS = Path(__file__).parent


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a place without a register."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'register.db'}"
    return fresh_schema(request.getfixturevalue("postgres"), str(tmp_path))


@pytest.fixture
def register(url: str) -> Iterator[Register]:
    with Register.open(url) as found:
        yield found


def faults(register: Register, **more: Any) -> list[str]:
    return [f"{problem.place}: {problem.cause}" for problem in verify(register, **more).faults]


def numbers(entries: list[Entry]) -> list[str]:
    return [entry.number for entry in entries]


# ------------------------------------------------------------------------------------------------------------ numbers


def test_numbers_follow_the_order_of_the_requests_without_a_gap(register: Register) -> None:
    first = reserved(register, [request(3), request(1)])
    second = reserved(register, [request(2)])
    assert numbers(first + second) == ["SIE-RN-2026-000001", "SIE-RN-2026-000002", "SIE-RN-2026-000003"]


def test_each_series_counts_for_itself(register: Register) -> None:
    quote = request(1, type="quote", series=SERIES.__class__("SIE-Q-2027-", "", 3, SERIES.revision))
    assert numbers(reserved(register, [request(1), quote])) == ["SIE-RN-2026-000001", "SIE-Q-2027-001"]


def test_asking_again_with_the_same_input_changes_nothing(register: Register) -> None:
    before = reserved(register, [request(1), request(2)])
    assert reserved(register, [request(2), request(1)], LATER) == before[::-1]
    done = only_entries(register.issue([made(entry) for entry in before], RUN))
    assert reserved(register, [request(1), request(2)], LATER) == done
    assert only_entries(register.issue([made(entry) for entry in done], LATER)) == done
    assert verify(register).links == 2


def test_changed_input_is_a_new_revision_of_the_same_number(register: Register) -> None:
    issued(register, [request(1)])
    changes: list[dict[str, Any]] = [
        {"data": "more"}, {"policy": "0" * 64}, {"words": "1" * 64}, {"style": "2" * 64}, {"version": "9"},
    ]  # fmt: skip
    for revision, change in enumerate(changes, 2):
        (entry,) = issued(register, [request(1, **change)], Run(f"run of revision {revision}", "Kim"))
        assert (entry.number, entry.revision) == (f"SIE-RN-2026-000001-R{revision}", revision)
    assert numbers(reserved(register, [request(1)], LATER)) == ["SIE-RN-2026-000001"], "the first is as it was"
    assert numbers(reserved(register, [request(2)])) == ["SIE-RN-2026-000002"]


def test_languages_and_formats_of_one_document_share_its_number_and_revision(register: Register) -> None:
    copies = [request(1), request(1, locale="fa"), request(1, format="docx", engine="")]
    assert numbers(issued(register, copies)) == ["SIE-RN-2026-000001"] * 3
    changed = [request(1, "other"), request(1, "other", locale="fa")]
    assert numbers(issued(register, changed, LATER)) == ["SIE-RN-2026-000001-R2"] * 2


def test_two_documents_of_one_contract_are_told_apart_by_what_they_are_about(register: Register) -> None:
    later = request(1, apart=("2027-03-01",))
    assert numbers(reserved(register, [request(1), later])) == ["SIE-RN-2026-000001", "SIE-RN-2026-000002"]


def test_a_number_of_the_record_is_kept(register: Register) -> None:
    (entry,) = issued(register, [request(1, number="OUR-7")])
    assert (entry.number, entry.own, entry.series) == ("OUR-7", True, "")
    (again,) = issued(register, [request(1, "other", number="OUR-7")], LATER)
    assert (again.number, again.revision) == ("OUR-7", 2)
    assert not faults(register)


def test_a_number_of_another_document_is_refused_and_hinders_no_other(register: Register) -> None:
    issued(register, [request(1, number="OUR-7")])
    other, fine = register.reserve([request(2, number="OUR-7"), request(3)], RUN)
    assert isinstance(other, Problem)
    assert other.cause == 'the number "OUR-7" is already that of renewal-notice for contract C-1 of siemens'
    assert isinstance(fine, Entry)
    assert fine.number == "SIE-RN-2026-000001"


def test_a_series_passes_over_a_number_that_a_record_has_taken(register: Register) -> None:
    own = issued(register, [request(9, number="SIE-RN-2026-000002")])
    assert numbers(reserved(register, [request(1), request(2)])) == ["SIE-RN-2026-000001", "SIE-RN-2026-000003"]
    assert own == reserved(register, [request(9, number="SIE-RN-2026-000002")])
    assert not faults(register)


def test_records_that_contradict_each_other_in_one_run_are_told(register: Register) -> None:
    _, twice = register.reserve([request(1), request(1, "other")], RUN)
    assert isinstance(twice, Problem)
    assert "is SIE-RN-2026-000001 in this run, from other data" in twice.cause


# ----------------------------------------------------------------------------------------------------- issued and void


def test_a_number_whose_document_cannot_be_made_is_kept_with_its_reason(register: Register) -> None:
    one, two = reserved(register, [request(1), request(2)])
    (void,) = only_entries(register.void({one.id: "a word is missing"}, RUN))
    assert (void.state, void.reason, void.number) == (State.VOID, "a word is missing", one.number)
    assert numbers(reserved(register, [request(3)])) == ["SIE-RN-2026-000003"]
    (again,) = issued(register, [request(1, "corrected")], LATER)
    assert (again.id, again.number, again.state, again.reason) == (one.id, one.number, State.ISSUED, "")
    issued(register, [request(2)])
    assert two.number == "SIE-RN-2026-000002"
    assert not faults(register)


def test_a_document_made_void_by_another_process_can_still_be_issued(register: Register) -> None:
    (entry,) = reserved(register, [request(1)])
    register.void({entry.id: "too slow"}, LATER)
    (done,) = only_entries(register.issue([made(entry)], RUN))
    assert (done.state, done.reason) == (State.ISSUED, "")
    assert not faults(register)


def test_an_issued_document_cannot_become_void(register: Register) -> None:
    (entry,) = issued(register, [request(1)])
    (answer,) = register.void({entry.id: "regret"}, RUN)
    assert isinstance(answer, Problem)
    assert "an issued document cannot become void" in answer.cause


def test_other_bytes_from_the_same_input_are_refused(register: Register) -> None:
    (entry,) = issued(register, [request(1)])
    (answer,) = register.issue([made(entry, "other bytes")], LATER)
    assert isinstance(answer, Problem)
    assert "was issued with other bytes" in answer.cause


def test_a_file_for_data_that_are_no_longer_those_reserved_is_refused(register: Register) -> None:
    (entry,) = reserved(register, [request(1)])
    register.void({entry.id: "too slow"}, LATER)
    reserved(register, [request(1, "corrected")], LATER)
    (answer,) = register.issue([made(entry)], RUN)
    assert isinstance(answer, Problem)
    assert "reserved anew for other data" in answer.cause


def test_who_when_which_run_and_all_hashes_are_recorded(register: Register) -> None:
    (entry,) = issued(register, [request(1)], LATER)
    asked = request(1)
    assert (entry.by, entry.run, entry.at[-1]) == ("Lee", "run-2", "Z")
    assert (entry.data, entry.policy, entry.words, entry.style) == (asked.data, asked.policy, asked.words, asked.style)
    assert list(register.entries(Wanted(contract="C-1", run="run-2", since="2020-01-01"))) == [entry]
    assert not list(register.entries(Wanted(run="run-1")))
    assert not list(register.entries(Wanted(since="9999-01-01")))


def test_an_entry_that_nobody_reserved_is_a_problem(register: Register) -> None:
    (entry,) = issued(register, [request(1)])
    unknown = made(entry.changed(id=77))
    assert [type(answer) for answer in (*register.issue([unknown], RUN), *register.void({78: "x"}, RUN))] == [
        Problem
    ] * 2


STEP = st.tuples(
    st.sampled_from(["reserve", "issue", "void"]), st.integers(1, 4), st.sampled_from("ab"),
    st.sampled_from(["ko", "fa"]), st.sampled_from(["", "", "OWN-{}", "SIE-RN-2026-00000{}"]),
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.lists(STEP, max_size=5), max_size=6))
def test_whatever_is_asked_no_number_is_lost_or_given_twice(tmp_path_factory: Any, steps: list[list[Any]]) -> None:
    path = tmp_path_factory.mktemp("law") / "register.db"
    with Register.open(str(path)) as register:
        for index, chunk in enumerate(steps):
            run = Run(f"run {index}", "Kim")
            asked = [request(c, d, locale=loc, number=own.format(c)) for _, c, d, loc, own in chunk]
            answers = list(zip(chunk, register.reserve(asked, run), strict=True))
            entries = [(step[0], answer) for step, answer in answers if isinstance(answer, Entry)]
            register.issue([made(entry) for what, entry in entries if what == "issue"], run)
            register.void({entry.id: "no" for what, entry in entries if what == "void"}, run)
        entries_now = list(register.entries())
        assert not faults(register)
    owners: dict[str, tuple[str, str]] = {}
    for entry in entries_now:
        assert owners.setdefault(entry.base, (entry.contract, entry.type)) == (entry.contract, entry.type)
    counted = sorted({entry.serial for entry in entries_now if entry.series})
    own = {int(entry.base[-6:]) for entry in entries_now if entry.own and entry.base.startswith(SERIES.before)}
    assert own.isdisjoint(counted)
    assert set(range(1, max(counted, default=0) + 1)) <= {*counted, *own}


# ------------------------------------------------------------------------------------------------------------ database


def test_the_database_itself_refuses_a_number_given_twice(register: Register) -> None:
    reserved(register, [request(1), request(2)])
    for change in (
        "UPDATE register_documents SET base = 'SIE-RN-2026-000001' WHERE id = 2",
        "UPDATE register_documents SET serial = 1 WHERE id = 2",
        "UPDATE register_documents SET key = (SELECT key FROM register_documents WHERE id = 1) WHERE id = 2",
        "UPDATE register_entries SET document = 1 WHERE id = 2",
        "UPDATE register_entries SET state = 'issued' WHERE id = 2",
        "UPDATE register_entries SET state = 'lost' WHERE id = 2",
    ):
        with pytest.raises(IntegrityError), register.engine.begin() as connection:
            connection.execute(text(change))


def test_four_processes_at_once_lose_and_double_no_number(url: str) -> None:
    subprocess.run([sys.executable, TESTS / "register_child.py", "busy", url], check=True, timeout=300)
    with Register.open(url, create=False) as register:
        entries = list(register.entries())
        assert not faults(register)
    assert len(entries) == 4 * 40 + 40, "each its own forty, and forty that all four asked for"
    assert sorted(entry.serial for entry in entries) == [*range(1, 201)]
    assert {entry.state for entry in entries} == {State.ISSUED}


# --------------------------------------------------------------------------------------------------------- the chain


def test_each_link_can_be_checked_by_hand(register: Register) -> None:
    issued(register, [request(1), request(2)])
    with register.engine.connect() as connection:
        links = connection.execute(text("SELECT previous, body, hash FROM register_chain ORDER BY seq")).all()
    previous = ""
    for link in links:
        assert link.previous == previous
        previous = sha256(f"{previous}\n{link.body}".encode()).hexdigest()
        assert link.hash == previous
    assert json.loads(links[0].body)["number"] == "SIE-RN-2026-000001"


REMOVED = (
    "DELETE FROM register_chain WHERE entry = 2; DELETE FROM register_entries WHERE id = 2; "
    "DELETE FROM register_documents WHERE id = 2"
)
TAMPERED = [
    ("UPDATE register_chain SET body = replace(body, 'C-2', 'C-9') WHERE seq = 2",
     "link 2: was changed after it was written (SIE-RN-2026-000002)"),
    ("DELETE FROM register_chain WHERE seq = 2", "link 2: is missing: link 3 is the next one there"),
    ("DELETE FROM register_chain WHERE seq = 3", "link 2: is the last, but 3 links were written"),
    ("UPDATE register_chain SET seq = 9 WHERE seq = 2", "link 2: is missing: link 3 is the next one there"),
    ("UPDATE register_chain SET hash = 'f' WHERE seq = 1", "link 1: was changed after it was written"),
    ("UPDATE register_entries SET by = 'Park' WHERE id = 2",
     "SIE-RN-2026-000002: was changed: by is Park, sealed was Kim"),
    ("UPDATE register_entries SET file = data WHERE id = 2", "SIE-RN-2026-000002: was changed: file is"),
    ("UPDATE register_documents SET contract = 'C-9' WHERE id = 2",
     "SIE-RN-2026-000002: was changed: contract is C-9, sealed was C-2"),
    ("UPDATE register_documents SET base = 'X-2' WHERE id = 2",
     "SIE-RN-2026-000002: was changed: base is X-2, sealed was SIE-RN-2026-000002"),
    ("UPDATE register_documents SET key = 'f' WHERE id = 2", "SIE-RN-2026-000002: was changed: key is f, sealed was"),
    ("UPDATE register_entries SET state = 'reserved' WHERE id = 2",
     "SIE-RN-2026-000002: is shown as reserved, but the chain has it as issued"),
    ("UPDATE register_entries SET seq = 1 WHERE id = 2",
     "SIE-RN-2026-000002: names link 1 of the chain as its own, which is 2"),
    ("UPDATE register_entries SET revision = 4 WHERE id = 2", "SIE-RN-2026-000002: was changed: revision is 4"),
    ("DELETE FROM register_entries WHERE id = 4", "entries: 4 were written, and 3 are there"),
    ("DELETE FROM register_entries WHERE id = 4; DELETE FROM register_documents WHERE id = 4",
     "documents: 4 were written, and 3 are there"),
    ("UPDATE register_series SET last = 7", "SIE-RN-2026-#: the series has come to 7, and its last number is 4"),
    (REMOVED, "SIE-RN-2026-#: number 2 of the series is missing"),
]  # fmt: skip


def test_whatever_is_changed_by_hand_is_found_and_named(register: Register) -> None:
    issued(register, [request(1), request(2), request(3)])
    reserved(register, [request(4)])
    assert not faults(register)
    for change, told in TAMPERED:
        with register.engine.connect() as connection, connection.begin() as transaction:
            for statement in change.split("; "):
                connection.execute(text(statement))
            found = [f"{p.place}: {p.cause}" for p in faults_within(connection)]
            transaction.rollback()
        assert any(line.startswith(told) for line in found), (change, found)
    assert not faults(register)


def faults_within(connection: Any) -> list[Problem]:
    """Check as ``verify`` does, within a transaction that is undone."""
    from contractgen.register import checking  # noqa: PLC0415

    steps = (checking.chain_faults, checking.row_faults, checking.count_faults, checking.series_faults)
    return [problem for step in steps for problem in step(connection)]


def test_links_from_before_the_key_was_sealed_still_hold_and_the_next_link_seals_it(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as then:
        then.setattr(entries, "SEALED", entries.SEALED_AT_FIRST)
        issued(register, [request(1), request(2)])
        (void,) = reserved(register, [request(3)])
        register.void({void.id: "no"}, RUN)
    assert not faults(register), "an older register is whole"
    issued(register, [request(2, locale="fa")], LATER)
    assert not faults(register)
    changed = "UPDATE register_documents SET key = '{}' WHERE id = {}"
    with register.engine.begin() as connection:
        connection.execute(text(changed.format("0" * 64, 2)))
    (told,) = faults(register)
    assert told.startswith(f"SIE-RN-2026-000002: was changed: key is {'0' * 64}, sealed was {request(2).key}")
    with register.engine.begin() as connection:
        connection.execute(text("UPDATE register_documents SET contract = 'C-9' WHERE id = 1"))
    assert faults(register)[0] == "SIE-RN-2026-000001: was changed: contract is C-9, sealed was C-1"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(st.sampled_from(entries.SEALED), TEXTS | st.integers() | st.booleans()))
def test_what_the_chain_seals_is_written_as_any_json_library_would(fields: dict[str, Any]) -> None:
    values = dict.fromkeys(entries.SEALED, "") | fields
    written = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    row = ["reserved" if name == "state" else "" for name in entries.FIELDS]
    assert entries.entry_of(row).changed(**values).body() == written


def test_a_chain_written_anew_is_found_by_a_head_noted_earlier(register: Register) -> None:
    issued(register, [request(1)])
    head = verify(register).head
    issued(register, [request(2)])
    assert not faults(register, head=head)
    assert faults(register, head="f" * 64) == ["--head: no link has the hash ffffffffffff…: the chain was written anew"]


# ------------------------------------------------------------------------------------------------------------ opening


def test_a_register_is_made_where_there_is_none_only_when_asked(url: str) -> None:
    with pytest.raises(OutputError, match=r"does not exist|holds no register"):
        Register.open(url, create=False)
    Register.open(url).close()
    Register.open(url, create=False).close()


def test_a_register_of_another_version_is_refused(url: str) -> None:
    with Register.open(url) as register, register.engine.begin() as connection:
        connection.execute(text("UPDATE register_meta SET version = 0"))
    with pytest.raises(OutputError, match=r"is a register of version 0, and this contractgen knows version 1"):
        Register.open(url)


@pytest.mark.parametrize(
    ("address", "told", "code"),
    [
        ("oracle://host/db", "cannot be kept in oracle|is no address", Exit.USAGE),
        ("mysql://host/db", "a register cannot be kept in mysql", Exit.USAGE),
        ("not a url://", "is no address of a database", Exit.USAGE),
        ("sqlite://", "a register needs a file", Exit.USAGE),
        ("{folder}", "is a folder, not a file", Exit.USAGE),
        ("{folder}/missing/register.db", r"the folder .*missing does not exist", Exit.ERROR),
        ("{folder}/text.db", "is no SQLite database", Exit.ERROR),
        ("{folder}/foreign.db", r"is a database of something else \(it holds cats\)", Exit.ERROR),
        ("postgresql://kim:secret@127.0.0.1:9/db", r"kim:\*\*\*@127.*the database cannot be reached", Exit.ERROR),
        ("postgresql://nobody@/db?host={folder}", "the database cannot be reached|does not exist", Exit.ERROR),
    ],
)
def test_what_is_no_register_is_told_with_a_repair(tmp_path: Path, address: str, told: str, code: Exit) -> None:
    import sqlite3  # noqa: PLC0415

    (tmp_path / "text.db").write_text("This is a letter and no database, however long one reads on in it.\n" * 20)
    with sqlite3.connect(tmp_path / "foreign.db") as foreign:
        foreign.execute("CREATE TABLE cats (name TEXT)")
    foreign.close()
    with pytest.raises(ContractgenError, match=told) as caught:
        Register.open(address.format(folder=tmp_path))
    assert caught.value.exit_code == code
    assert caught.value.problems[0].repair
    assert "secret" not in str(caught.value)


def test_a_register_locked_by_another_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3  # noqa: PLC0415

    from contractgen.register import schema  # noqa: PLC0415

    path = tmp_path / "register.db"
    Register.open(str(path)).close()
    monkeypatch.setattr(schema, "BUSY_SECONDS", 0)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OutputError, match="is locked by another program"):
        Register.open(str(path))
    other.close()


def test_an_address_that_is_no_text_of_one_is_a_wrong_call() -> None:
    with pytest.raises(UsageError, match="is no address of a database"):
        Register.open("://")
