"""What the documentation says is so: commands and snippets run, figures are computed, links lead somewhere.

``python tests/test_docs.py`` writes into the documents what is true now: outputs of commands and of Python, numbers of
lines and worked figures. The tests ask that there is nothing to write.
"""

import contextlib
import doctest
import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import docx
import pytest
import yaml
from click.testing import CliRunner

from contractgen.api import Generated, decide, generate, read
from contractgen.cli import main
from contractgen.contract import make_contract
from contractgen.errors import ContractgenError, Place
from contractgen.files import Marked, to_json
from contractgen.library import library
from contractgen.selection import Refusal, Selection
from contractgen.tree import values

ROOT = Path(__file__).parents[1]
WALKED = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINKED = [*WALKED, ROOT / "CONTRIBUTING.md", ROOT / "benchmarks" / "README.md"]
SAMPLES = ROOT / "fixtures" / "contracts"

# ------------------------------------------------------------------------------------------------ what is true now


def mended(path: Path) -> str:
    """Return the text of a document with everything in it that can be computed."""
    text = path.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for name in ("fixtures", "policies", "templates"):
            Path(name).symlink_to(ROOT / name)
        text = re.sub(r"(?ms)^```console\n(.*?)^```", lambda found: f"```console\n{console(found[1])}```", text)
        names: dict[str, Any] = {}
        text = re.sub(r"(?ms)^```pycon\n(.*?)^```", lambda found: f"```pycon\n{session(found[1], names)}```", text)
    text = re.sub(r"\[([^\]]+):\d+\]\(([^)#]+)#L\d+ '([^']+)'\)", lambda found: line_link(path, found), text)
    return worked(text) if path.name == "readings.md" else text


def console(block: str) -> str:
    """Run each command of a block (ours in this process, a pipe behind it and others by the shell)."""
    commands = re.findall(r"(?m)^\$ ((?:.*\\\n)*.*)", block)
    return "".join(f"$ {command}\n{output_of(command.replace(chr(92) + chr(10), ' '))}" for command in commands)


def output_of(command: str) -> str:
    ours, _, pipe = command.partition(" | ")
    if not ours.startswith("contractgen "):
        return shell(command, "")
    written = CliRunner(catch_exceptions=False).invoke(main, ours.split()[1:]).output
    written = shell(pipe, written) if pipe else written
    return "".join(f"{line.rstrip()}\n" for line in written.splitlines())


def shell(command: str, given: str) -> str:
    return subprocess.run(["sh", "-ec", command], input=given, capture_output=True, text=True, check=True).stdout


def session(block: str, names: dict[str, Any]) -> str:
    """Run the Python of a block, which goes on where the block before it ended."""
    lines = []
    for example in doctest.DocTestParser().get_examples(block):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(example.source, "<docs>", "single"), names)  # noqa: S102  our own documents
        source = example.source.rstrip("\n").split("\n")
        lines.append("\n".join(f"{'...' if index else '>>>'} {line}".rstrip() for index, line in enumerate(source)))
        lines += [out.getvalue().rstrip("\n")] if out.getvalue() else []
    return "\n".join(lines) + "\n"


def line_link(document: Path, found: re.Match[str]) -> str:
    """Return a link to a line, whose title says what stands on that line."""
    label, target, words = found.groups()
    lines = (document.parent / target).read_text(encoding="utf-8").splitlines()
    numbers = [number for number, line in enumerate(lines, 1) if words in line]
    assert numbers, f"{document.name}: no line of {target} holds {words}"
    return f"[{label}:{numbers[0]}]({target}#L{numbers[0]} '{words}')"


# ---------------------------------------------------------------------------------------------------- worked figures


def changed(sample: str, changes: Mapping[str, str]) -> Marked:
    """Return a sample record with some fields changed, named by dotted paths."""
    data = yaml.load((SAMPLES / f"{sample}.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  strings only
    for path, value in changes.items():
        *above, last = path.split(".")
        at = data
        for name in above:
            at = at[int(name)] if isinstance(at, list) else at.setdefault(name, {})
        at[last] = yaml.load(value, yaml.BaseLoader)  # noqa: S506
    return Marked(f"{sample}.yaml", data)


def outcome(sample: str, document: str, changes: Mapping[str, str]) -> Selection | Refusal | ContractgenError:
    try:
        return decide(make_contract(changed(sample, changes)), document, library())
    except ContractgenError as error:
        return error


def shown(found: Selection | Refusal | ContractgenError, name: str) -> str:
    """Return a figure, a fact or a cell of a table (``price_lines.1.amount``), or what became of the document."""
    if name == "document":
        return found.row.id if isinstance(found, Refusal) else "issued" if isinstance(found, Selection) else "error"
    assert isinstance(found, Selection), f"{name}: {found}"
    terms = found.terms
    if name in terms.figures:
        return terms.figures[name].canonical
    if name in terms.facts:
        return terms.facts[name].value
    table, index, figure = name.split(".")
    return terms.lists[table][int(index)].figures[figure].canonical


def worked(text: str) -> str:
    """Fill in the figures of each reading: ``On `sample`, document, with `field: value` `` and rows of choices."""
    reading, sample, document = "", "", ""
    changes: dict[str, str] = {}
    lines = []
    for line in text.split("\n"):
        new = line
        if found := re.match(r"### `(\w+)`", line):
            reading = found[1]
        elif found := re.match(r"On `([\w-]+)`, ([\w-]+)(.*):$", line):
            sample, document = found[1], found[2]
            changes = dict(pair.split(": ", 1) for pair in re.findall(r"`([^`]+: [^`]+)`", found[3]))
        elif found := re.match(r"\| \**`(\w+)`.*\| ", line):
            option = found[1]
            result = outcome(sample, document, {**changes, f"readings.{reading}": f'"{option}"'})
            new = re.sub(r"`([\w.-]+) = [^`]*`", lambda cell: f"`{cell[1]} = {shown(result, cell[1])}`", line)  # noqa: B023
        lines.append(new)
    return "\n".join(lines)


# ------------------------------------------------------------------------------------------------------------- tests


@pytest.mark.parametrize("path", WALKED, ids=lambda path: path.name)
def test_outputs_line_numbers_and_figures_in_the_documents_are_true(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    true = mended(path)
    pairs = zip(text.split("\n"), true.split("\n"), strict=False)
    first = next((f"{was}\n  is now {now}" for was, now in pairs if was != now), "a line is missing")
    assert text == true, f"run python tests/test_docs.py; the first difference: {first}"


@pytest.mark.parametrize("path", LINKED, ids=lambda path: path.name)
def test_every_link_leads_to_a_file_and_a_heading(path: Path) -> None:
    lost = []
    text = re.sub(r"`[^`\n]+`", "", path.read_text(encoding="utf-8"))  # code may look like a link
    for target in re.findall(r"\]\(([^)\s]+)", text):
        name, _, anchor = target.partition("#")
        if "://" in name:
            continue
        file = (path.parent / name) if name else path
        if not file.exists() or (anchor and not re.match(r"L\d", anchor) and anchor not in anchors(file)):
            lost.append(target)
    assert lost == []


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"(?m)^#+ (.*)$", path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_readings_md_names_every_reading_with_its_options_and_the_choice_of_the_house() -> None:
    sections = re.split(r"(?m)^### ", (ROOT / "docs" / "readings.md").read_text(encoding="utf-8").split("\n## ", 1)[1])
    said = []
    for section in sections[1:]:
        rows = re.findall(r"(?m)^\| (\**)`(\w+)`", section)
        chosen = [option for stars, option in rows if stars]
        said.append((section.split("`")[1], {option for _, option in rows}, chosen))
    known = [
        (name, set(reading.options), [reading.choose])
        for vendor in library().vendors
        for name, reading in library().policy(vendor, Place("test")).readings.items()
    ]
    assert sorted(said, key=str) == sorted(known, key=str)


@pytest.mark.parametrize("name", ["records.md", "readings.md"])
def test_the_pieces_of_records_in_the_documents_can_be_rendered(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    pieces = re.findall(r"(?ms)^```yaml over=([\w-]+)\n(.*?)^```", text)
    assert pieces
    for sample, piece in pieces:
        given = yaml.load(piece, yaml.BaseLoader)  # noqa: S506
        changes = {field: to_json(value) for field, value in given.items()}
        for document in given["documents"]:
            found = outcome(sample, document, changes)
            assert isinstance(found, Selection), f"{piece}\n{found}"


def test_the_whole_record_of_records_md_can_be_rendered() -> None:
    text = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    record = re.findall(r"(?ms)^```yaml\n(.*?)^```", text)[0]
    contract = read(record)
    assert all(isinstance(decide(contract, name, library()), Selection) for name in contract.record.documents)


def test_the_picture_is_small_enough_for_a_page_that_is_read_every_day() -> None:
    pictures = list((ROOT / "docs" / "images").glob("*.png"))
    assert pictures
    assert all(picture.stat().st_size < 400_000 for picture in pictures)


def test_the_benchmark_gives_the_other_engine_every_value_of_the_document(tmp_path: Path) -> None:
    from others import docxtpl_job, template_of, values_of  # noqa: PLC0415  (this file also runs on its own)
    from records import LETTER, first  # noqa: PLC0415

    sample, kind = LETTER
    made = generate(make_contract(first(sample, 1)[0]), kind, "fa", "html")
    assert isinstance(made, Generated)
    template_of(made.document, tmp_path / "template.docx")
    docxtpl_job(tmp_path / "template.docx", values_of(made.document), tmp_path / "filled.docx")
    filled = docx.Document(str(tmp_path / "filled.docx"))
    text = "\n".join("".join(paragraph.itertext()) for paragraph in filled.element.xpath(".//w:p"))
    assert [value.text for value in values(made.document) if value.text not in text] == []


if __name__ == "__main__":
    for document in WALKED:
        document.write_text(mended(document), encoding="utf-8")
        sys.stdout.write(f"{document.relative_to(ROOT)}\n")
