"""The command line: thin commands over the public API; a failure is a message and an exit code, never a traceback.

In: arguments. Out: files, standard output, exit codes of ``errors.Exit``. Heavy modules are imported by the command
that needs them, so that ``--help`` is quick.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from contractgen.cli_base import DATA, books_of, marked_record, report, reporting
from contractgen.cli_batch import batch
from contractgen.cli_checking import check, parity, sources
from contractgen.cli_portfolio import clock, due, map_
from contractgen.cli_register import BY, issue, register_
from contractgen.cli_verifying import extract, verify
from contractgen.errors import ContractgenError, Exit, Place, Problem, UsageError, did_you_mean


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="contractgen")
def main() -> None:
    """Contract data becomes finished, explainable documents in Korean, Persian and English.

    Exit codes: 0 ok, 1 error (output, machine), 2 usage, 3 invalid data, 4 template or policy fault, 5 partly failed
    (of many documents), 6 nothing to do, 7 refused by policy, 8 made otherwise today, 9 altered after issue.
    """


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
@click.option("--pdf-engine", default="", help="weasyprint (also where none is named) or typst.")
@click.option("--bare", is_flag=True, help="Carry no record, trace and hashes in the file; it cannot be verified.")
@click.option("--annotate", is_flag=True, help="HTML only: show beside each clause and value why it is there.")
@click.option("--register", "url", default="", help="Issue the document through this register: see docs/register.md.")
@BY
@click.option(
    "--reference-doc",
    type=click.Path(path_type=Path),
    help="DOCX only: your own Word file, whose styles, page, headers, footers and logo are taken over.",
)
@click.option("--lock", is_flag=True, help="DOCX only: clauses and values cannot be changed until they are unlocked.")
@click.option("--draft", is_flag=True, help="DOCX only: a comment beside each clause says why it is there.")
@DATA
@reporting
def render(  # noqa: PLR0913  one parameter for each option
    record: Path, type_: str, locale: str, output: str, format_: str | None, on_refusal: str,
    pdf_engine: str, bare: bool, annotate: bool, url: str, by: str, reference_doc: Path | None,  # noqa: FBT001  (flags)
    lock: bool, draft: bool, data: tuple[Path, ...],  # noqa: FBT001  (flags)
) -> Exit:  # fmt: skip
    """Make one document of RECORD (YAML or JSON; - for standard input).

    A document that the vendor's rules bar is not made: exit code 7, and --on-refusal says what is given instead. With
    --register the document is entered there, and gets its number there where the record gives none.
    """
    from contractgen.api import generate, letter  # noqa: PLC0415
    from contractgen.explain import refusal_data  # noqa: PLC0415
    from contractgen.files import to_json  # noqa: PLC0415
    from contractgen.selection import Refusal  # noqa: PLC0415
    from contractgen.validating import checked  # noqa: PLC0415
    from contractgen.writers.word_options import WordOptions  # noqa: PLC0415

    books = books_of(data)
    asked = {"--annotate": annotate, "--lock": lock, "--draft": draft, "--reference-doc": reference_doc is not None}
    extension = _usable(output, format_, type_, locale, books, [name for name, given in asked.items() if given])
    word = WordOptions(locked=lock, house=_house(reference_doc, books))
    engine = pdf_engine if extension == "pdf" else ""
    if url and annotate:
        raise UsageError.at(
            Place("--annotate"), "an annotated page is no document to be issued", "leave --register out"
        )
    if url:
        choices: Any = {"pdf_engine": engine, "word": word, "draft": draft, "carry": not bare}
        return issue(url, by, record, type_, locale, output, extension, on_refusal, data, choices)
    contract = checked(marked_record(record), books, (type_,))
    made: Any = {"data": data, "pdf_engine": engine, "word": word, "draft": draft, "carry": not bare}
    result = generate(contract, type_, locale, extension, **made)
    if isinstance(result, Refusal):
        if on_refusal == "json":
            click.echo(to_json(refusal_data(result)), nl=False)
        else:
            click.echo(str(result), err=True)
        if on_refusal == "letter":
            told = letter(result, locale, extension, **made)
            _put(output, _content(told, books, annotate=annotate))
        return Exit.REFUSED
    for warning in result.terms.warnings:
        click.echo(f"warning: {warning}", err=True)
    _put(output, _content(result, books, annotate=annotate))
    return Exit.OK


def _house(path: Path | None, books: Any) -> Any:
    """Read the user's own Word file; what a user should know of it is told on standard error."""
    if path is None:
        return None
    from contractgen.writers._word_house import missing_styles  # noqa: PLC0415
    from contractgen.writers.word_house import load_house  # noqa: PLC0415

    house = load_house(path)
    for warning in house.warnings():
        click.echo(f"warning: {warning}", err=True)
    missing = missing_styles(house, books.styles())
    if missing:
        click.echo(f"warning: {path}: lacks these styles, which are made from ours: {', '.join(missing)}", err=True)
    return house


def _content(made: Any, books: Any, *, annotate: bool) -> bytes:
    """Return the bytes of what was made, or its annotated page."""
    content: bytes = made.content
    if annotate:
        from contractgen.annotate import annotated  # noqa: PLC0415

        content = annotated(made.selection, made.locale, books)
    return content


def _put(output: str, content: bytes) -> None:
    """Write to a file, or to standard output for ``-``."""
    from contractgen.files import write_whole  # noqa: PLC0415

    if output == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_whole(Path(output), content)


_ONLY = {
    "--annotate": ("html", "notes are shown on a page of HTML"),
    "--lock": ("docx", "only a Word file has controls to be locked"),
    "--reference-doc": ("docx", "only a Word file takes the looks of another"),
    "--draft": ("docx", "only a Word file has comments"),
}
"""Options that one format alone knows, and why."""


def _usable(  # noqa: PLR0913  all that is wrong with a call is told at once
    output: str, format_: str | None, type_: str, locale: str, books: Any, asked: Sequence[str]
) -> str:
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
    for option, (only, what) in _ONLY.items():
        if option in asked and extension in extensions() and extension != only:
            cause = f"{what}, and the format asked for is {extension}"
            problems.append(Problem(Place(option), cause, f"end the name in .{only}, or leave {option} out"))
    if problems:
        raise UsageError(problems)
    return extension


@main.command()
@click.argument("record", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--type", "type_", required=True, help="sdd, renewal-notice, withdrawal-ack, quote or support-plan.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--locale", default="en", show_default=True, help="ko, fa or en: whose lines of words are named.")
@DATA
@reporting
def explain(record: Path, type_: str, format_: str, locale: str, data: tuple[Path, ...]) -> Exit:
    """Say why each clause of RECORD's document is in or out, and where each figure comes from."""
    from contractgen.api import decide, document_type  # noqa: PLC0415
    from contractgen.explain import as_data  # noqa: PLC0415
    from contractgen.explain_text import as_text  # noqa: PLC0415
    from contractgen.files import to_json  # noqa: PLC0415
    from contractgen.selection import Refusal  # noqa: PLC0415
    from contractgen.validating import checked  # noqa: PLC0415

    books = books_of(data)
    document_type(type_, books)
    books.locale(locale)  # one that is not there is told first
    chosen = decide(checked(marked_record(record), books, (type_,), numbered=False), type_, books)
    shown = to_json(as_data(chosen, books, locale)) if format_ == "json" else as_text(chosen, books, locale)
    click.echo(shown, nl=False)
    return Exit.REFUSED if isinstance(chosen, Refusal) else Exit.OK


@main.command("list")
@click.option("--matrix", "as_matrix", is_flag=True, help="Only which documents exist, by vendor and document type.")
@click.option("--needs", metavar="VENDOR", help="Only what a contract record of this vendor has to give.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@DATA
@reporting
def list_(as_matrix: bool, needs: str | None, format_: str, data: tuple[Path, ...]) -> Exit:  # noqa: FBT001  (a flag)
    """List vendors, tiers, document types, locales, formats and clauses."""
    from contractgen.files import to_json  # noqa: PLC0415
    from contractgen.listing import as_text, inventory, matrix, matrix_as_text  # noqa: PLC0415

    books = books_of(data)
    if needs is not None:
        from contractgen.needs import as_text as needs_as_text  # noqa: PLC0415

        click.echo(needs_as_text(books.policy(needs, Place("--needs"))), nl=False)
        return Exit.OK
    if as_matrix:
        rows = matrix(books)
        click.echo(to_json(rows) if format_ == "json" else matrix_as_text(rows), nl=False)
        return Exit.OK
    found = inventory(books)
    click.echo(to_json(found) if format_ == "json" else as_text(found), nl=False)
    return Exit.OK


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

    books = books_of(data)
    worst = Exit.OK
    for path in records:
        try:
            outcome = check_record(marked_record(path), books)
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

    books_of(data)  # a folder that is not there is told first
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


main.add_command(sources)
main.add_command(check)
main.add_command(parity)
main.add_command(map_)
main.add_command(due)
main.add_command(clock)
main.add_command(batch)
main.add_command(register_)
main.add_command(extract)
main.add_command(verify)
