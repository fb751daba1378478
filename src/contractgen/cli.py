"""The command line: thin commands over the public API; a failure is a message and an exit code, never a traceback.

In: arguments. Out: files, standard output, exit codes of ``errors.Exit``. Heavy modules are imported by the command
that needs them, so that ``--help`` is quick.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from contractgen.errors import ContractgenError, Exit, InvalidData, Place, Problem, UsageError, did_you_mean

Command = TypeVar("Command", bound=Callable[..., Any])

DATA = click.option(
    "--data", "data", multiple=True, type=click.Path(path_type=Path),
    help="Folder of own policies and templates, searched before the built-in ones (may be given again).",
)  # fmt: skip


def reporting(command: Command) -> Command:
    """Turn failures into messages on standard error and the exit code that fits."""

    @functools.wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> None:
        try:
            code = command(*args, **kwargs)
        except ContractgenError as error:
            report(error.problems)
            sys.exit(error.exit_code)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click knows what to do: usage is shown, a reader that has gone away ends the command quietly
        except OSError as fault:  # files are told by ``files``: what is left is standard output, or the machine
            place = Place(str(fault.filename or "<stdout>"))
            report((Problem(place, f"failed: {fault.strerror}", "check that there is room and a right to write"),))
            sys.exit(Exit.ERROR)
        except Exception as fault:  # the last wall: a fault of ours is told as such, without a traceback
            if os.environ.get("CONTRACTGEN_DEBUG"):
                raise
            click.echo(f"contractgen: internal fault: {type(fault).__name__}: {fault}", err=True)
            click.echo("    repair: please report it; CONTRACTGEN_DEBUG=1 shows where it happened", err=True)
            sys.exit(Exit.ERROR)
        sys.exit(code or Exit.OK)

    return wrapper  # type: ignore[return-value]


def report(problems: tuple[Problem, ...]) -> None:
    """Print problems to standard error, then how many there are."""
    from contractgen.cli_report import as_text  # noqa: PLC0415

    for problem in problems:
        click.echo(as_text(problem), err=True)
    if len(problems) > 1:
        click.echo(f"{len(problems)} problems", err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="contractgen")
def main() -> None:
    """Contract data becomes finished, explainable documents in Korean, Persian and English.

    Exit codes: 0 ok, 1 error (output, machine), 2 usage, 3 invalid data, 4 template or policy fault, 5 partly failed
    (of many documents), 6 nothing to do, 7 refused by policy.
    """


def _books(data: tuple[Path, ...]) -> Any:
    """Return the library over the user's own folders and the built-in one."""
    from contractgen.library import library  # noqa: PLC0415

    for folder in data:
        if not folder.is_dir():
            cause = "is not a folder" if folder.exists() else "does not exist"
            raise UsageError.at(Place(str(folder)), cause, "give --data a folder that holds policies or templates")
    return library(data)


def _marked(record: Path) -> Any:
    """Read a record from a file or from standard input, without checking it yet."""
    from contractgen.files import MAX_BYTES, decode  # noqa: PLC0415
    from contractgen.record_file import parse_record, read_record  # noqa: PLC0415

    if str(record) == "-":
        if sys.stdin is None:
            raise UsageError.at(Place("<stdin>"), "is closed", "name a file, or send the record through a pipe")
        raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        return parse_record(decode(raw, Place("<stdin>"), InvalidData), "<stdin>")
    return read_record(record)


@main.command()
@click.argument("record", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--type", "type_", required=True, help="sdd, renewal-notice, withdrawal-ack, quote or support-plan.")
@click.option("--locale", required=True, help="ko, fa or en.")
@click.option("-o", "--output", required=True, help="File to write (.docx, .pdf, .html), or - for standard output.")
@click.option("--format", "format_", help="docx, pdf or html; needed with -o -, else taken from the file name.")
@click.option(
    "--on-refusal",
    type=click.Choice(["report", "json", "letter"]),
    default="report",
    show_default=True,
    help="What a refusal by policy gives: a report, JSON on standard output, or a letter in the place of the document.",
)
@DATA
@reporting
def render(  # noqa: PLR0913  one parameter for each option
    record: Path, type_: str, locale: str, output: str, format_: str | None, on_refusal: str, data: tuple[Path, ...]
) -> Exit:
    """Make one document of RECORD (YAML or JSON; - for standard input).

    A document that the vendor's rules bar is not made: exit code 7, and --on-refusal says what is given instead.
    """
    from contractgen.api import generate, letter  # noqa: PLC0415
    from contractgen.explain import refusal_data  # noqa: PLC0415
    from contractgen.files import to_json  # noqa: PLC0415
    from contractgen.selection import Refusal  # noqa: PLC0415
    from contractgen.validating import checked  # noqa: PLC0415

    books = _books(data)
    extension = _usable(output, format_, type_, locale, books)
    result = generate(checked(_marked(record), books, (type_,)), type_, locale, extension, data=data)
    if isinstance(result, Refusal):
        if on_refusal == "json":
            click.echo(to_json(refusal_data(result)), nl=False)
        else:
            click.echo(str(result), err=True)
        if on_refusal == "letter":
            _put(output, letter(result, locale, extension, data=data).content)
        return Exit.REFUSED
    for warning in result.terms.warnings:
        click.echo(f"warning: {warning}", err=True)
    _put(output, result.content)
    return Exit.OK


def _put(output: str, content: bytes) -> None:
    """Write to a file, or to standard output for ``-``."""
    from contractgen.files import write_whole  # noqa: PLC0415

    if output == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_whole(Path(output), content)


def _usable(output: str, format_: str | None, type_: str, locale: str, books: Any) -> str:
    """Return the format asked for; ``UsageError`` with everything that is wrong with the call."""
    from contractgen.writers import extensions  # noqa: PLC0415

    suffix = Path(output).suffix.lstrip(".").lower() if output != "-" else ""
    extension = (format_ or suffix).lower().removeprefix(".")
    known = ", ".join(extensions())
    problems = [
        Problem(Place(place), f'unknown {what} "{word}"', did_you_mean(word, names))
        for place, what, word, names in (
            ("--type", "document type", type_, books.document_types),
            ("--locale", "locale", locale, books.locales),
            ("--format" if format_ else "-o", "format", extension, extensions()),
        )
        if word and word not in names
    ]
    if not extension:
        named = f"end the name in one of .{known.replace(' ', ' .')}"
        repair = f"add --format with one of {known}" if output == "-" else named
        problems.append(Problem(Place("-o"), "does not say which format is wanted", repair))
    elif suffix in extensions() and suffix != extension:
        cause = f"the name ends in .{suffix}, but the format asked for is {extension}"
        problems.append(Problem(Place("-o"), cause, "leave --format out, or change the name"))
    elif output == "-" and extension != "html" and sys.stdout.isatty():
        cause = f"{extension} cannot be shown on a terminal"
        problems.append(Problem(Place("-o"), cause, "send it to a file or a pipe"))
    if problems:
        raise UsageError(problems)
    return extension


@main.command()
@click.argument("record", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--type", "type_", required=True, help="sdd, renewal-notice, withdrawal-ack, quote or support-plan.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@DATA
@reporting
def explain(record: Path, type_: str, format_: str, data: tuple[Path, ...]) -> Exit:
    """Say why each clause of RECORD's document is in or out, and where each figure comes from."""
    from contractgen.api import decide, document_type  # noqa: PLC0415
    from contractgen.explain import as_data, as_text  # noqa: PLC0415
    from contractgen.files import to_json  # noqa: PLC0415
    from contractgen.selection import Refusal  # noqa: PLC0415
    from contractgen.validating import checked  # noqa: PLC0415

    books = _books(data)
    document_type(type_, books)
    chosen = decide(checked(_marked(record), books, (type_,)), type_, books)
    click.echo(to_json(as_data(chosen, books)) if format_ == "json" else as_text(chosen, books), nl=False)
    return Exit.REFUSED if isinstance(chosen, Refusal) else Exit.OK


@main.command("list")
@click.option("--matrix", "as_matrix", is_flag=True, help="Only which documents exist, by vendor and document type.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@DATA
@reporting
def list_(as_matrix: bool, format_: str, data: tuple[Path, ...]) -> Exit:  # noqa: FBT001  (a flag of the command)
    """List vendors, tiers, document types, locales, formats and clauses."""
    from contractgen.files import to_json  # noqa: PLC0415
    from contractgen.listing import as_text, inventory, matrix, matrix_as_text  # noqa: PLC0415

    books = _books(data)
    if as_matrix:
        rows = matrix(books)
        click.echo(to_json(rows) if format_ == "json" else matrix_as_text(rows), nl=False)
        return Exit.OK
    found = inventory(books)
    click.echo(to_json(found) if format_ == "json" else as_text(found), nl=False)
    return Exit.OK


@main.command()
@click.argument("vendors", nargs=-1)
@click.option("--coverage", "with_coverage", is_flag=True, help="What carries each fact, and in which documents.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@DATA
@reporting
def sources(vendors: tuple[str, ...], with_coverage: bool, format_: str, data: tuple[Path, ...]) -> Exit:  # noqa: FBT001
    """List the facts of the vendors' own documents (all VENDORS if none is named), and what becomes of them.

    Exit code 4 if a fact is lost: carried nowhere, or not in a document that it belongs to, without a reason.
    """
    from contractgen.coverage import as_data, as_text, coverage, facts_as_text  # noqa: PLC0415
    from contractgen.files import to_json  # noqa: PLC0415

    books = _books(data)
    policies = [books.policy(vendor, Place("VENDOR")) for vendor in vendors or books.vendors]
    found = {policy.vendor: coverage(policy, books) for policy in policies}
    if format_ == "json":
        click.echo(to_json({vendor: as_data(facts) for vendor, facts in found.items()}), nl=False)
    else:
        for policy in policies:
            click.echo(as_text(policy, found[policy.vendor]) if with_coverage else facts_as_text(policy), nl=False)
    lost = any(not fact.covered for facts in found.values() for fact in facts)
    return Exit.TEMPLATE_FAULT if with_coverage and lost else Exit.OK


@main.command()
@click.argument("records", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@DATA
@reporting
def validate(records: tuple[Path, ...], data: tuple[Path, ...]) -> Exit:
    """Check RECORDS: shape, dates, sums, and that each document they name can be made in every locale.

    Exit code: the worst found in any record, 3 for the record itself, 4 for the policy or the templates. A document
    that the policy refuses is told and is no fault of the record.
    """
    from contractgen.validating import Outcome, check_record  # noqa: PLC0415

    books = _books(data)
    worst = Exit.OK
    for path in records:
        try:
            outcome = check_record(_marked(path), books)
        except ContractgenError as error:
            outcome = Outcome(error.problems, error.exit_code, (), ())
        if outcome.problems:
            report(outcome.problems)
            worst = max(worst, outcome.code)
            continue
        for line in outcome.refused:
            click.echo(line)
        possible = ", ".join(outcome.possible)
        click.echo(f"{path}: ok ({possible})" if possible else f"{path}: no document of this record is possible")
    return worst


@main.command()
@click.option("--vendor", "vendors", multiple=True, help="Only this vendor's policy (may be given again).")
@click.option("--format", "format_", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
@click.option(
    "--witness", type=click.Path(path_type=Path, file_okay=False), help="Folder for records that show a fault."
)
@DATA
@reporting
def check(vendors: tuple[str, ...], format_: str, witness: Path | None, data: tuple[Path, ...]) -> Exit:
    """Prove the library before any contract exists: one row a slot, no dead row, no blank, three equal languages.

    Exit code 0 if nothing is found, 4 otherwise. docs/checking.md says what is proved, and under which assumptions.
    """
    from importlib.metadata import version  # noqa: PLC0415

    from contractgen.checks.report import as_sarif, write_witnesses  # noqa: PLC0415
    from contractgen.checks.run import run  # noqa: PLC0415
    from contractgen.cli_report import finding_as_text  # noqa: PLC0415
    from contractgen.files import to_json  # noqa: PLC0415

    books = _books(data)
    found: list[Any] = []
    for part in run(books, vendors):
        found += part.findings
        if format_ == "text":
            click.echo(f"{part.title:<10} {part.looked_at}: {len(part.findings) or 'no'} findings")
            for finding in part.findings:
                click.echo(finding_as_text(finding))
        if witness is not None and part.title in books.vendors:
            for path in write_witnesses(part.findings, books, part.title, witness):
                click.echo(f"witness: {path}", err=True)
    if format_ == "json":
        click.echo(to_json([finding.data() for finding in found]), nl=False)
    elif format_ == "sarif":
        click.echo(to_json(as_sarif(found, version("contractgen"))), nl=False)
    else:
        click.echo(f"{len(found) or 'no'} findings in all")
    return Exit.TEMPLATE_FAULT if found else Exit.OK


@main.command()
@reporting
def schema() -> Exit:
    """Print the JSON Schema of a contract record, for editors."""
    from contractgen.files import to_json  # noqa: PLC0415
    from contractgen.validating import record_schema  # noqa: PLC0415

    click.echo(to_json(record_schema()), nl=False)
    return Exit.OK


@main.command()
@click.option("--out", "out", default="out", show_default=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--contracts", type=click.Path(path_type=Path, file_okay=False), help="Folder of contract records.")
@DATA
@reporting
def demo(out: Path, contracts: Path | None, data: tuple[Path, ...]) -> Exit:
    """Render every sample contract in all its documents, locales and formats into a folder."""
    from contractgen.demo import run  # noqa: PLC0415
    from contractgen.paths import sample_contracts  # noqa: PLC0415

    _books(data)  # a folder that is not there is told first
    return run(contracts or sample_contracts(), out, data, click.echo)


@main.command()
@reporting
def doctor() -> Exit:
    """Say what this machine lacks."""
    from contractgen.doctor import checks  # noqa: PLC0415
    from contractgen.doctor import render as shown  # noqa: PLC0415

    found = checks()
    click.echo(shown(found), nl=False)
    return Exit.OK if all(check.ok for check in found) else Exit.ERROR
