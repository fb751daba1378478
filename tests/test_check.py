"""``contractgen check``: the library is clean, every kind of fault that is planted is found, and nothing else is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from contractgen.checks import space as space_module
from contractgen.checks.fields import check_fields
from contractgen.checks.findings import CHECKS, Finding
from contractgen.checks.probes import PROBES
from contractgen.checks.run import run
from contractgen.checks.selection import check_selection
from contractgen.checks.silence import check_silence
from contractgen.checks.space import Space
from contractgen.checks.unused import check_clauses, check_labels_used
from contractgen.checks.witness import Witnesses
from contractgen.checks.words import check_labels
from contractgen.cli import main
from contractgen.conditions import When
from contractgen.errors import InvalidData, Place, UsageError
from contractgen.library import Library, library
from contractgen.outline import SlotSpec
from contractgen.policy import FactSource, Policy, RefusalRow, SlotRow
from contractgen.terms import RULES
from contractgen.terms.exclusions import Exclusion
from helpers import LOCALES, ROOT, books, line, outcome, siemens

SMALL = ROOT / "fixtures" / "broken" / "_check"
POLICY = "policies/tiny.toml"
SOURCES = "policies/sources/tiny.toml"
Edit = tuple[str, str]
Edits = Mapping[str, Sequence[Edit]]


def clause(locale: str, name: str) -> str:
    return f"templates/{locale}/clauses/{name}.md"


PURPOSE, ANSWER = "purpose/support-by-the-vendor", "answering/within-the-answer-time"
VISITS, REFUSAL = "visits/visits-at-a-fee", "refusal/no-visits-in-the-country"


def before(mark: str, text: str) -> Edit:
    """Insert ``text`` before ``mark``."""
    return mark, f"{text}{mark}"


def figure(name: str, kind: str, value: str, cite: str) -> Edit:
    """Add a figure to the policy."""
    row = f'[figures.{name}]\nkind = "{kind}"\nvalue = "{value}"\ncite = ["{cite}"]\n\n'
    return before("[figures.phone_town]", row)


def everywhere(name: str, *edit: Edit) -> Edits:
    """Edit a clause in all languages in the same way."""
    return {clause(code, name): edit for code in LOCALES}


UNWANTED = '[[slot.visits]]\nwhen = { tier = "plus", area = "town", visit = "unstated" }\nomit = "no visit is wanted"\n'
OVER = ('when = { tier = "plus", area = "town", visit = "unstated" }', 'when = { tier = "plus" }')
TWO_PHONES = ('when = { area = "country" }', 'when = { tier = "basic" }')
NOT_REQUIRED = ('[[requires]]\nwhen = { tier = "plus" }\nfields = ["customer.address"]\n', "")


def overlay(folder: Path, edits: Edits, base: Path = SMALL) -> Path:
    """Copy the files that are edited, and nothing else, and edit them."""
    for file, changes in edits.items():
        text = (base / file).read_text(encoding="utf-8") if (base / file).is_file() else ""
        for old, new in changes:
            assert old in text, f"{file} has no {old}"
            text = text.replace(old, new, 1) if old else new
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    return folder


def findings(folder: Path, edits: Edits, *vendors: str) -> list[Finding]:
    own = overlay(folder, edits)
    shutil.copytree(SMALL, folder / "base")  # else messages would name it by its place in the library
    parts = run(Library((own, folder / "base")), vendors or ("tiny",))
    return [finding for part in parts for finding in part.findings]


def line_of(file: Path, text: str) -> int:
    return next(n for n, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if text in line)


# ------------------------------------------------------------------------------------------------ the library itself


def test_the_library_is_clean_and_every_combination_that_counts_as_possible_has_a_record() -> None:
    parts = list(run(library(), jobs=2))
    assert [finding for part in parts for finding in part.findings] == []
    assert {part.title for part in parts} == {*books().vendors, "all"}
    for part in parts:
        what, _, shown = part.looked_at.partition(": ")
        if what == "fields":
            tried, _, without = shown.partition(", none for ")
            assert int(tried.split()[0]) > 10
            assert without == "", part.title


def test_every_rule_that_decides_something_is_probed() -> None:
    assert {name for name, rule in RULES.items() if rule.facts} - set(PROBES) == set()


BUSIEST = {"siemens": ("renewal-notice", "withdrawal-ack")}
"""Documents for which every rule is tried with every other: those of the others are among their records."""


@pytest.mark.parametrize("vendor", books().vendors)
def test_no_record_that_is_tried_has_facts_that_count_as_impossible(vendor: str) -> None:
    policy = books().policy(vendor, Place("test"))
    for document in BUSIEST.get(vendor, tuple(policy.documents)):
        every = {
            tuple(sorted((name, str(fact.value)) for name, fact in case.terms.facts.items()))
            for case in Witnesses(policy).of(document)
        }
        nothing_barred = Space(policy, document, refusals=0)
        assert every
        assert [facts for facts in every if nothing_barred.possible(dict(facts)) is None] == []


def test_an_offer_of_a_common_expiry_date_names_the_line_that_has_none() -> None:
    """Such a contract would stop at a table without rows, which names no line."""
    lines = [line("L1", 1000, "2025-07-01"), line("L2", 1000, "2025-10-01"), line("L3", 1000)]
    record = siemens(transaction="co-termination", licences=lines)
    with pytest.raises(InvalidData) as told:
        outcome(record, "quote")
    assert [problem.repair for problem in told.value.problems] == [
        "add licences.2.expiry, or licences.2.start for a new line"
    ]


# ---------------------------------------------------------------------------------------------------- planted faults


def test_the_small_vendor_is_clean(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    assert findings(tmp_path, {}) == []


@dataclass(frozen=True)
class Planted:
    """A fault, the kind of finding it is, the text of the line that is named, and the facts that show it."""

    kind: str
    edits: Edits
    line: str
    facts: tuple[Edit, ...] = ()
    says: str = ""
    file: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.says or self.line}"


SDD = ("document", "sdd")
GAPS = [
    Planted("gap", {POLICY: [(UNWANTED, "")]}, "[[slot.visits]]", (SDD, ("tier", "plus"), ("visit", "unstated"))),
    Planted(
        "gap",
        {POLICY: [("[[slot.answering]]\n", '[[slot.answering]]\nwhen = { area = "town" }\n')]},
        "[[slot.answering]]",
        (("area", "country"), SDD),
    ),
    Planted(
        "gap",
        {"templates/documents/sdd.toml": [before('[[slot]]\nname = "visits"', '[[slot]]\nname = "fees"\n')]},
        "[documents.sdd]",
        (SDD,),
        file=POLICY,
    ),
]
OVERLAPS = [
    Planted("overlap", {POLICY: [OVER]}, "[[slot.visits]]", (SDD, ("tier", "plus"), ("visit", "wanted"))),
    Planted("overlap", {POLICY: [TWO_PHONES]}, "[[decide.support_phone]]", (("area", "town"), SDD, ("tier", "basic"))),
]
BARRED = '[[slot.visits]]\nwhen = { tier = "plus", area = "country" }\nomit = "there are none"\n'
SECOND = '[[refusal]]\nid = "none-there"\nwhen = { area = "country" }\nreason = "none"\ncite = ["TNY-02"]\n\n'
UNREACHABLE = [
    Planted("unreachable-row", {POLICY: [before("[[slot.visits]]", BARRED)]}, "[[slot.visits]]", says="row of slot"),
    Planted("unreachable-row", {POLICY: [before("[[refusal]]", SECOND)]}, "[[refusal]]", says='"no-visits-in-the-'),
    Planted(
        "unreachable-row",
        everywhere(PURPOSE, before("{{ customer.name", '{% if tier == "bsic" %}{% endif %}')),
        "bsic",
        says='has "bsic" as its tier',
        file=clause("en", PURPOSE),
    ),
]
LOST = '[facts.TNY-09]\nkind = "rule"\nstatement = "Lost."\nlines = "9"\n\n'
FACTS = [
    Planted("unused-figure", {POLICY: [figure("spare", "name", "Spare", "TNY-01")]}, "[figures.spare]"),
    Planted(
        "contradiction",
        {POLICY: [figure("late", "duration", "9 hour", "TNY-01")], SOURCES: [("8 hours", "8 hours, 9 at most")]},
        "[figures.late]",
    ),
    Planted("citation", {POLICY: [('"visits-at-a-fee"\ncite = ["TNY-02"]', '"visits-at-a-fee"')]}, "[[slot.visits]]"),
    Planted("citation", {POLICY: [('"300 EUR"', '"3000 EUR"')]}, "3000 EUR", says="3000.00 EUR"),
    Planted("citation", {POLICY: [('"02-000-0002"', '"02-000-0003"')]}, "02-000-0003"),
    Planted("coverage", {SOURCES: [before("[facts.TNY-03]", LOST)]}, "[facts.TNY-09]"),
]
FIELDS = [
    Planted(
        "field",
        {POLICY: [NOT_REQUIRED]},
        "{{ customer.address }}",
        (("area", "town"), SDD, ("tier", "plus"), ("visit", "wanted")),
        says='"customer.address" has no value',
        file=clause("en", VISITS),
    ),
    Planted(
        "field",
        everywhere(PURPOSE, before("{{ customer.name", '{% if level == "x" %}{% endif %}')),
        "level",
        (SDD,),
        says='asks for fact "level"',
        file=clause("en", PURPOSE),
    ),
    Planted(
        "field",
        everywhere(REFUSAL, ("\n+++\n", "\n+++\n{{ visit_cost }} ")),
        "visit_cost",
        (("area", "country"), SDD, ("tier", "plus")),
        says='"visit_cost" has no value',
        file=clause("en", REFUSAL),
    ),
    Planted(
        "field",
        {clause("fa", ANSWER): [("{{ support_phone }}", "{{ support_phone | adjective }}")]},
        "adjective",
        (SDD,),
        says="no form",
    ),
    Planted("field", {POLICY: [('"customer.address"]', '"customer.adress"]')]}, "[[requires]]", says="no record can"),
]
HELP = {
    POLICY: [('"support-by-the-vendor"', '"support-in-general"')],
    clause("en", "purpose/support-in-general"): [("", "+++\nrevision = 1\n+++\nHelp is given.\n")],
    clause("fa", "purpose/support-in-general"): [("", "+++\nrevision = 1\nfollows = 1\n+++\nکمک می‌شود.\n")],
}
IN_TOWN = before("전화번호는", '{% if area == "town" %}시내{% endif %} ')
HEADING_LAST = [("# پاسخ\n\n", ""), ("است.\n", "است.\n\n# پاسخ\n")]
LANGUAGES = [
    Planted("language", HELP, "[[slot.purpose]]", says="has no text in ko"),
    Planted(
        "language",
        {clause("ko", VISITS): [("{{ visit_fee }}", "{{ customer.name }}")]},
        "customer.name",
        says="other values",
    ),
    Planted(
        "language",
        {clause("fa", VISITS): [("[](#purpose)", "[](#answering)")]},
        "[](#answering)",
        says="other references",
    ),
    Planted("language", {clause("ko", ANSWER): [IN_TOWN]}, "시내", says="other conditions"),
    Planted("language", {clause("ko", ANSWER): [("답변한다.\n\n", "답변한다.\n")]}, "# 답변", says="other shape"),
    Planted("language", {clause("fa", ANSWER): HEADING_LAST}, "ظرف", says="stand in another order"),
    Planted(
        "language",
        {clause("en", PURPOSE): [("revision = 1", "revision = 2")]},
        "follows = 1",
        says="follows revision 1",
        file=clause("fa", PURPOSE),
    ),
]
PROSE = [
    Planted("figure-in-prose", {clause("en", PURPOSE): [("supports", "supports twelve times")]}, "twelve"),
    Planted("figure-in-prose", {clause("ko", PURPOSE): [("이 문서", "제3조와 이 문서")]}, "제3조", says='"3"'),
    Planted("figure-in-prose", {clause("fa", PURPOSE): [("هدف", "هدف ۱۲٫۵")]}, "۱۲٫۵", says='"۱۲٫۵"'),
]
LOADING = [
    Planted("load", {POLICY: [('"8 hour"', '"8 hour')]}, "8 hour", says="not closed"),
    Planted("load", {clause("ko", PURPOSE): [("{{ vendor.name", "{{ vendor..name")]}, "vendor..name"),
    Planted(
        "load",
        {POLICY: [('"support-by-the-vendor"', '"support-by-nobody"')]},
        "[[slot.purpose]]",
        says="has no text in locale en",
    ),
]
PLANTED = [*GAPS, *OVERLAPS, *UNREACHABLE, *FACTS, *FIELDS, *LANGUAGES, *PROSE, *LOADING]


@pytest.mark.parametrize("planted", PLANTED, ids=str)
def test_a_planted_fault_is_found_at_its_line_with_the_fewest_facts_that_show_it(
    planted: Planted, tmp_path: Path
) -> None:
    found = [one for one in findings(tmp_path, planted.edits) if one.check == planted.kind and planted.says in one.what]
    file = planted.file or next(iter(planted.edits))
    named = {one.place.file: one.place.line for one in found}
    path = next(folder / file for folder in (tmp_path, tmp_path / "base") if (folder / file).is_file())
    lines = path.read_text(encoding="utf-8").splitlines()
    assert str(path) in named
    assert planted.line in lines[named[str(path)] - 1]
    assert planted.facts in {one.facts for one in found}
    assert all(one.repair and one.why for one in found)


@pytest.mark.parametrize(
    "planted", [one for one in PLANTED if one.kind in {"gap", "overlap", "citation", "coverage"}], ids=str
)
def test_a_planted_fault_raises_no_alarm_of_another_kind(planted: Planted, tmp_path: Path) -> None:
    assert {one.check for one in findings(tmp_path, planted.edits)} == {planted.kind}


def test_every_kind_of_finding_is_planted_here() -> None:
    elsewhere = {"unused-clause", "unused-label", "silence"}  # they concern whole vendors or the library: see below
    assert {one.kind for one in PLANTED} | elsewhere == set(CHECKS)


def test_words_and_labels_that_nothing_uses_are_found_in_the_whole_library(tmp_path: Path) -> None:
    text = "+++\nrevision = 1\n+++\nNobody says so.\n"
    labels = '[labels]\ntitles.unseen = "A 2nd title"\n'
    edits = {clause("en", "purpose/unheard-of"): [("", text)], "templates/en/labels.toml": [("", labels)]}
    own = overlay(tmp_path, edits)
    with_own = Library((own,))
    policies = [with_own.policy(vendor, Place("test")) for vendor in with_own.vendors]
    (unused,) = check_clauses(policies, with_own)
    assert (unused.check, unused.place) == ("unused-clause", Place(str(own / clause("en", "purpose/unheard-of")), 4, 1))
    every_line = {key.split(".")[1] for key in with_own.locale("en").labels if key.startswith("lines.")}
    (unseen,) = check_labels_used(every_line, policies, with_own)
    place = Place(str(own / "templates/en/labels.toml"), 2, 1)
    assert (unseen.check, unseen.place) == ("unused-label", place)
    told = [(one.check, one.place, one.what) for one in check_labels(with_own)]
    assert told == [
        ("figure-in-prose", place, '"2" is typed in the text'),
        ("language", place, 'label "titles.unseen" has no text in fa'),
        ("language", place, 'label "titles.unseen" has no text in ko'),
    ]


@pytest.mark.parametrize(("tier", "told"), [("base-mes", []), ("bse-mes", ["unreachable-row"])])
def test_a_branch_that_only_another_vendor_takes_is_not_dead(tier: str, told: list[str], tmp_path: Path) -> None:
    """The words are shared: what no contract of this vendor has, those of another may have."""
    branch = f'\n+++\n{{% if tier == "{tier}" %}}{{% endif %}}'
    edits = {clause(code, "closing/formal"): [("\n+++\n", branch)] for code in LOCALES}
    own = overlay(tmp_path, edits, ROOT)
    found = [one for part in run(Library((own,)), ("ibm-cso",)) for one in part.findings]
    assert [one.check for one in found] == told


def test_what_a_refusal_or_a_rule_excludes_raises_no_alarm(tmp_path: Path) -> None:
    """Without its refusal, the small vendor lacks a row; nothing else than the refusal makes it whole."""
    text = (SMALL / POLICY).read_text(encoding="utf-8")
    refusal = text[text.index("[[refusal]]") : text.index("[[slot.purpose]]")]
    (gap,) = [one for one in findings(tmp_path, {POLICY: [(refusal, "")]}) if one.check == "gap"]
    assert gap.facts == (("area", "country"), ("document", "sdd"), ("tier", "plus"))


def test_a_vendor_for_whom_no_record_can_be_made_is_not_passed_over(tmp_path: Path) -> None:
    """It would look sound, though nothing was tried."""
    asked = '[[requires]]\nwhen = {}\nfields = ["premium.annual_fee"]\n[[requires]]'
    told = findings(tmp_path, {POLICY: [("[[requires]]", asked)]})
    (finding,) = [one for one in told if "none of the records" in one.what]
    assert (finding.check, finding.place.line) == ("field", line_of(tmp_path / POLICY, "[documents.sdd]"))


def test_a_policy_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    own = overlay(tmp_path, {POLICY: [OVER], "policies/ibm-cso.toml": [("", "[policy\n")]})
    parts = list(run(Library((own, SMALL)), ("ibm-cso", "tiny")))
    assert [(part.title, {one.check for one in part.findings}) for part in parts if part.findings] == [
        ("ibm-cso", {"load"}),
        ("tiny", {"overlap"}),
    ]


def test_an_unknown_vendor_is_a_wrong_call() -> None:
    with pytest.raises(UsageError, match='did you mean "ayotex"'):
        list(run(library(), ("ayotx",)))


# ------------------------------------------------------------------------------------------------- the command line


def command(*arguments: str) -> Result:
    library.cache_clear()
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def checked(folder: Path, edits: Edits, *more: str, vendor: str = "tiny", base: Path = SMALL) -> Result:
    own = overlay(folder / "own", edits, base)
    return command("check", "--vendor", vendor, *more, "--data", str(own), *(("--data", str(SMALL)) * (base == SMALL)))


KOREA = "policies/ibm-korea.toml"
KOREAN_ROW = ('"new-licence", "reinstatement"]', '"new-licence"]')


def witnesses() -> Iterator[Any]:
    """Yield a vendor, a fault, the document that stops for it, and the exit code with which it does."""
    yield pytest.param("tiny", SMALL, {POLICY: [OVER]}, "overlap", {4}, id="overlap")
    yield pytest.param("tiny", SMALL, dict(PLANTED[0].edits), "gap", {4}, id="gap")
    yield pytest.param("tiny", SMALL, {POLICY: [TWO_PHONES]}, "overlap", {4}, id="two-figures")
    yield pytest.param("tiny", SMALL, {POLICY: [NOT_REQUIRED]}, "field", {3}, id="field-lacking")
    wrong = {clause("en", VISITS): [("{{ visit_fee }}", "{{ visit_fee | adjective }}")]}
    yield pytest.param("tiny", SMALL, wrong, "field", {4}, id="form-lacking")
    yield pytest.param("ibm-korea", ROOT, {KOREA: [KOREAN_ROW]}, "gap", {4}, id="gap-by-a-date")


@pytest.mark.parametrize(("vendor", "base", "edits", "kind", "codes"), list(witnesses()))
def test_a_witness_renders_to_the_fault(  # noqa: PLR0913  (a case has these parts)
    vendor: str, base: Path, edits: Edits, kind: str, codes: set[int], tmp_path: Path
) -> None:
    result = checked(tmp_path, edits, "--witness", str(tmp_path / "faults"), vendor=vendor, base=base)
    assert result.exit_code == 4
    written = sorted((tmp_path / "faults").glob(f"{vendor}-{kind}-*.yaml"))
    assert written
    for path in written:
        told, how = path.read_text(encoding="utf-8").splitlines()[:2]
        document = how.split("--type ")[1].split()[0]
        output = ("--locale", "en", "--format", "html", "-o", str(tmp_path / "out.html"))
        data = ("--data", str(tmp_path / "own"), *(("--data", str(SMALL)) * (base == SMALL)))
        rendered = command("render", str(path), "--type", document, *output, *data)
        assert rendered.exit_code in codes
        slot_or_place = told.split(kind)[1].split('"')[1] if kind == "gap" else told.split()[1].rstrip(":")
        assert slot_or_place in rendered.output
        assert not (tmp_path / "out.html").exists()


def test_findings_as_json_have_every_part(tmp_path: Path) -> None:
    result = checked(tmp_path, {POLICY: [OVER]}, "--format", "json")
    (found,) = json.loads(result.stdout)
    assert result.exit_code == 4
    assert found == {
        "check": "overlap",
        "file": str(tmp_path / "own" / POLICY),
        "line": found["line"],
        "column": 3,
        "what": found["what"],
        "why": CHECKS["overlap"],
        "repair": "make their conditions exclude one another",
        "facts": {"document": "sdd", "tier": "plus", "visit": "wanted"},
    }


def test_findings_as_sarif_name_rule_file_line_and_column_in_characters(tmp_path: Path) -> None:
    result = checked(tmp_path, {clause("fa", PURPOSE): [("هدف", "هدف ۱۲")]}, "--format", "sarif")
    log = json.loads(result.stdout)
    (one_run,) = log["runs"]
    (found,) = one_run["results"]
    assert log["version"] == "2.1.0"
    assert one_run["columnKind"] == "unicodeCodePoints"
    assert [rule["id"] for rule in one_run["tool"]["driver"]["rules"]] == list(CHECKS)
    assert (found["ruleId"], found["level"]) == ("figure-in-prose", "error")
    (location,) = found["locations"]
    uri = location["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.endswith(clause("fa", PURPOSE))
    assert location["physicalLocation"]["region"] == {"startLine": 5, "startColumn": 7}


def test_the_exit_code_is_0_where_nothing_is_found(tmp_path: Path) -> None:
    result = checked(tmp_path, {SOURCES: []})
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "no findings in all")
    assert json.loads(checked(tmp_path, {}, "--format", "json").stdout) == []


# --------------------------------------------------------------------------------------- the space, by brute force

NAMES = {"a": ("0", "1"), "b": ("0", "1", "2"), "c": ("0", "1")}
Facts = dict[str, str]


@dataclass(frozen=True)
class Small:
    """Rows of one slot, refusals and exclusions over three facts: conditions only."""

    rows: tuple[Mapping[str, tuple[str, ...]], ...]
    refusals: tuple[Mapping[str, tuple[str, ...]], ...]
    excluded: tuple[Mapping[str, tuple[str, ...]], ...]

    def policy(self) -> Policy:
        base = Library((SMALL,)).policy("tiny", Place("test"))
        here = {"refusals": self.refusals, "rows": self.rows}
        whens = {
            name: [When(tuple(terms.items()), Place(name, n)) for n, terms in enumerate(found, 1)]
            for name, found in here.items()
        }
        rows = tuple(SlotRow("s", when, "w", None, (), when.place) for when in whens["rows"])
        barred = tuple(RefusalRow(f"r{w.place.line}", w, "", (), (), (), w.place) for w in whens["refusals"])
        facts = {
            name: FactSource(name, f"facts.{name}", domain, None, Place("facts")) for name, domain in NAMES.items()
        }
        return replace(
            base,
            rules={"rule": ()},
            facts=facts,
            slots={"s": rows},
            refusals=barred,
            decide={},
            requires=(),
            omissions={},
        )

    def contracts(self) -> list[Facts]:
        """Return all facts of every contract that can be and is not refused."""
        every = [dict(zip(NAMES, values, strict=True)) for values in product(*NAMES.values())]
        return [facts for facts in every if not any(holds(one, facts) for one in (*self.refusals, *self.excluded))]


def holds(condition: Mapping[str, tuple[str, ...]], facts: Facts) -> bool:
    return all(facts[name] in allowed for name, allowed in condition.items())


conditions = st.dictionaries(
    st.sampled_from(sorted(NAMES)), st.lists(st.sampled_from("012"), min_size=1, max_size=2, unique=True).map(tuple)
).map(lambda found: {name: tuple(v for v in values if v in NAMES[name]) or ("0",) for name, values in found.items()})
tables = st.builds(
    Small,
    rows=st.lists(conditions, max_size=4).map(tuple),
    refusals=st.lists(conditions, max_size=2).map(tuple),
    excluded=st.lists(conditions.filter(bool), max_size=2).map(tuple),
)


@given(tables)
@settings(max_examples=150, deadline=None)
def test_the_space_and_its_findings_agree_with_brute_force(small: Small) -> None:
    excluded = tuple(Exclusion("rule", tuple(one.items())) for one in small.excluded)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(space_module, "EXCLUSIONS", excluded)
        policy, contracts = small.policy(), small.contracts()
        one_slot = SimpleNamespace(slots=(SlotSpec.model_validate({"name": "s"}),))
        outlines = cast("Library", SimpleNamespace(outline=lambda _document: one_slot))
        found = list(check_selection(policy, outlines))
        space = Space(policy, "sdd")
        for names in (names for size in range(4) for names in combinations(NAMES, size)):
            for values in product(*(NAMES[name] for name in names)):
                facts = dict(zip(names, values, strict=True))
                can_be = any(facts.items() <= contract.items() for contract in contracts)
                assert (space.possible({"document": "sdd", **facts}) is not None) == can_be

    matched = [(facts, [n for n, row in enumerate(small.rows, 1) if holds(row, facts)]) for facts in contracts]
    dead = {n for n in range(1, len(small.rows) + 1) if not any(n in rows for _, rows in matched)}
    named = {one.place.line for one in found if one.check == "unreachable-row" and one.place.file == "rows"}
    assert named == dead
    outcomes = {tuple(rows) for _, rows in matched if len(rows) != 1}
    faults = [one for one in found if one.check in {"gap", "overlap"}]
    assert len(faults) == len(outcomes)
    for fault in faults:
        shown = {name: value for name, value in fault.facts if name != "document"}
        agree = [tuple(rows) for facts, rows in matched if shown.items() <= facts.items()]
        assert len(set(agree)) == 1, "every contract with these facts shows the fault"
        assert agree[0] in outcomes
        fewer = (
            {tuple(rows) for facts, rows in matched if dict(zip(names, values, strict=True)).items() <= facts.items()}
            for size in range(len(shown))
            for names in combinations(NAMES, size)
            for values in product(*(NAMES[name] for name in names))
        )
        assert {agree[0]} not in fewer, "no fewer facts would do"


# ---------------------------------------------------------------------------------------------------------- silence


def without_requirement(vendor: str, field: str) -> Policy:
    policy = books().policy(vendor, Place("test"))
    rest = (replace(row, fields=tuple(name for name in row.fields if name != field)) for row in policy.requires)
    return replace(policy, requires=tuple(rest))


@pytest.mark.parametrize(
    ("field", "rules"),
    [
        ("facts.qualified", {"end-user-not-qualified"}),
        ("facts.authorised", {"reseller-not-authorised"}),
        ("facts.purpose", {"not-for-internal-use", "not-for-resale"}),
    ],
)
def test_a_buyer_that_does_not_say_what_would_bar_it_does_not_pass(field: str, rules: set[str]) -> None:
    assert not list(check_silence(books().policy("juniper", Place("test"))))
    found = list(check_silence(without_requirement("juniper", field)))
    assert {finding.check for finding in found} == {"silence"}
    assert {dict(finding.facts)["document"] for finding in found} == set(
        books().policy("juniper", Place("t")).documents
    )
    assert {finding.what.split('"')[1] for finding in found} == rules
    assert all(f"require {field} there" in finding.repair for finding in found)


def test_a_letter_that_has_no_address_is_found_before_any_contract_exists() -> None:
    policy = without_requirement("ibm-cso", "customer.address")
    witnesses = Witnesses(policy)
    found = list(check_fields(witnesses, "renewal-notice", witnesses.of("renewal-notice"), books()))
    assert {(finding.check, finding.place.file) for finding in found} == {
        ("field", "templates/documents/renewal-notice.toml")
    }
    assert any("customer.address" in finding.what for finding in found)
