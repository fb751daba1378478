"""Commands for the register of issued documents: ``register list|show|export|verify|repair``; issuing one document.

In: the address of a register (``--register`` or CONTRACTGEN_REGISTER). Out: text on standard output, files, exit codes
of ``errors.Exit``. Heavy modules are imported by the command that needs them, so that ``--help`` is quick.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path, PurePath
from typing import Any

import click

from contractgen.cli_base import Command, books_of, marked_record, report, reporting
from contractgen.errors import Exit, Place, UsageError

ADDRESS = "sqlite:///FILE, the name of a file, or postgresql://USER@HOST/DATABASE"
BY = click.option("--by", default="", help="Who answers for it; the user of this machine if not given.")
REGISTER = click.option(
    "--register", "url", envvar="CONTRACTGEN_REGISTER", default="", help=f"The register: {ADDRESS}."
)
FILES = click.option(
    "--files", "where", default=None, help="Folder that the paths in the register start from; or s3://bucket/folder."
)
FILTERS = (
    click.option("--vendor", default="", help="Only this vendor."),
    click.option("--type", "type_", default="", help="Only this document type."),
    click.option("--contract", default="", help="Only this contract number."),
    click.option("--run", default="", help="Only this run."),
    click.option("--since", default="", help="Only what changed since this day, YYYY-MM-DD (UTC)."),
    click.option("--state", type=click.Choice(["reserved", "issued", "void"]), help="Only entries in this state."),
)


def _filtered(command: Command) -> Command:
    """Give a command the options that say which entries are asked for."""
    for option in reversed(FILTERS):
        command = option(command)
    return command


def _wanted(  # noqa: PLR0913  one parameter for each option
    *, vendor: str = "", type_: str = "", contract: str = "", run: str = "", since: str = "",
    number: str = "", state: str | None = "",
) -> Any:  # fmt: skip
    from contractgen.register.entries import Wanted  # noqa: PLC0415

    if since and not re.fullmatch(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?", since, re.ASCII):
        raise UsageError.at(Place("--since"), f'"{since}" is no day', "write YYYY-MM-DD")
    return Wanted(vendor, type_, contract, run, since, number, state or "")


def _opened(url: str, *, create: bool = False) -> Any:
    from contractgen.register.store import Register  # noqa: PLC0415

    if not url:
        repair = f"give --register or set CONTRACTGEN_REGISTER: {ADDRESS}"
        raise UsageError.at(Place("--register"), "no register is named", repair)
    return Register.open(url, create=create)


@click.group("register")
def register_() -> None:
    """Look into the register of issued documents, check it, settle what a crash has left."""


@register_.command("list")
@_filtered
@REGISTER
@reporting
def list_(url: str, **filters: Any) -> Exit:
    """List documents: number, state, time, contract, file. Exit code 6 if there is none."""
    from contractgen.register.showing import as_table  # noqa: PLC0415

    wanted = _wanted(**filters)
    with _opened(url) as register:
        lines = list(as_table(register.entries(wanted)))
    if len(lines) == 1:
        click.echo("no such document is in the register", err=True)
        return Exit.NOTHING_TO_DO
    click.echo("\n".join(lines))
    return Exit.OK


@register_.command()
@click.argument("number")
@REGISTER
@reporting
def show(url: str, number: str) -> Exit:
    """Show all that is recorded of the document NUMBER: every revision and copy. Exit code 6 if there is none."""
    from contractgen.register.showing import as_page  # noqa: PLC0415

    with _opened(url) as register:
        pages = [as_page(entry) for entry in register.entries(_wanted(number=number))]
    if not pages:
        click.echo(f"no document {number} is in the register", err=True)
        return Exit.NOTHING_TO_DO
    click.echo("\n".join(pages), nl=False)
    return Exit.OK


@register_.command()
@_filtered
@click.option("--format", "format_", type=click.Choice(["csv", "json", "xlsx"]), default="csv", show_default=True)
@click.option("-o", "--output", default="-", show_default=True, help="File to write, or - for standard output.")
@REGISTER
@reporting
def export(url: str, format_: str, output: str, **filters: Any) -> Exit:
    """Write all fields of the documents asked for, for a spreadsheet or a program."""
    from contractgen.files import write_whole  # noqa: PLC0415
    from contractgen.register import showing  # noqa: PLC0415

    if format_ == "xlsx" and output == "-" and sys.stdout.isatty():
        raise UsageError.at(Place("-o"), "xlsx cannot be shown on a terminal", "name a file: -o register.xlsx")
    forms: dict[str, Callable[[Any], str | bytes]] = {
        "csv": showing.as_csv, "json": showing.as_json, "xlsx": showing.as_xlsx,
    }  # fmt: skip
    wanted = _wanted(**filters)
    with _opened(url) as register:
        shown = forms[format_](register.entries(wanted))
    if output != "-":
        marked = "utf-8-sig" if format_ == "csv" else "utf-8"  # the mark tells Excel that it is UTF-8
        write_whole(Path(output), shown if isinstance(shown, bytes) else shown.encode(marked))
    else:
        click.echo(shown, nl=False)
    return Exit.OK


@register_.command()
@FILES
@click.option("--head", default="", help="Hash of a last link noted earlier, which must still be in the chain.")
@REGISTER
@reporting
def verify(url: str, where: str | None, head: str) -> Exit:
    """Check that no row was removed or changed, no number is missing, and with --files that the files are those issued.

    Exit code 1 if anything is wrong; the first fault is told first. Note the head that is printed: with --head a later
    check finds a chain that was written anew from its beginning.
    """
    from contractgen.register.checking import verify as checked  # noqa: PLC0415

    files = _files(where)
    with _opened(url) as register:
        verdict = checked(register, files, head)
    if verdict.faults:
        report(verdict.faults)
        return Exit.ERROR
    shown = f"{verdict.entries} entries, {verdict.links} links, all as they were written"
    click.echo(f"{shown}{'; the files are those issued' if files else ''}")
    if verdict.elsewhere:
        click.echo(f"{verdict.elsewhere} files lie elsewhere and were not looked at")
    click.echo(f"head {verdict.head or '(no link yet)'}")
    return Exit.OK


@register_.command()
@FILES
@click.option(
    "--older-than", "minutes", type=click.IntRange(0), default=60, show_default=True,
    help="Minutes; what is younger may belong to a process that is still at work.",
)  # fmt: skip
@BY
@REGISTER
@reporting
def repair(url: str, where: str | None, minutes: int, by: str) -> Exit:
    """Settle what a killed process has left: put finished files in their places, make reservations without one void.

    Exit code 1 if files are missing that no one can put back; issuing their records again makes them.
    """
    from contractgen.register.repairing import repair as settle  # noqa: PLC0415

    files = _files(where)
    with _opened(url) as register:
        outcome = settle(register, new_run("repair", by), files, timedelta(minutes=minutes))
    for line in outcome.done:
        click.echo(line)
    if outcome.left:
        report(outcome.left)
        return Exit.ERROR
    click.echo(f"{len(outcome.done)} settled" if outcome.done else "nothing was left to settle")
    return Exit.OK


def _files(where: str | None) -> Any:
    """Return the folder or the store of the files; ``UsageError`` for a folder that is not there."""
    from contractgen.batch.address import is_url, local_path  # noqa: PLC0415
    from contractgen.batch.objects import Objects  # noqa: PLC0415
    from contractgen.register.filing import Folder  # noqa: PLC0415

    if where is None:
        return None
    if is_url(where):
        return Objects(where)
    folder = local_path(where)
    if not folder.is_dir():
        cause = "is not a folder" if folder.exists() else "does not exist"
        raise UsageError.at(Place(where), cause, "give --files the folder that the documents were written to")
    return Folder(folder)


def new_run(what: str, by: str) -> Any:
    """Return a run of its own id, by the name given or the user of this machine."""
    import getpass  # noqa: PLC0415
    import secrets  # noqa: PLC0415

    from contractgen.register.entries import Run  # noqa: PLC0415
    from contractgen.register.store import moment, utc_now  # noqa: PLC0415

    try:
        name = by.strip() or getpass.getuser()
    except (KeyError, OSError, ImportError) as fault:
        raise UsageError.at(Place("--by"), "this machine names no user", "give --by a name") from fault
    return Run(f"{what}-{moment(utc_now())}-{secrets.token_hex(3)}", name)


def issue(  # noqa: PLR0913  one parameter for each option
    url: str, by: str, record: Path, type_: str, locale: str, output: str, extension: str, on_refusal: str,
    data: tuple[Path, ...], choices: dict[str, Any],
) -> Exit:  # fmt: skip
    """Make one document through the register: ``render --register``. ``choices`` are those of ``issue_one``."""
    from contractgen.api import decide  # noqa: PLC0415
    from contractgen.explain import refusal_data  # noqa: PLC0415
    from contractgen.files import to_json  # noqa: PLC0415
    from contractgen.refusals import letter_of  # noqa: PLC0415
    from contractgen.register.issuing import issue_one  # noqa: PLC0415
    from contractgen.selection import Refusal  # noqa: PLC0415
    from contractgen.validating import checked  # noqa: PLC0415

    books = books_of(data)
    if output == "-":
        cause = "a registered document is a file, and - is standard output"
        raise UsageError.at(Place("-o"), cause, "name a file")
    contract = checked(marked_record(record), books, (type_,), numbered=False)
    chosen = decide(contract, type_, books)
    refused = isinstance(chosen, Refusal)
    if isinstance(chosen, Refusal):
        click.echo(to_json(refusal_data(chosen)) if on_refusal == "json" else str(chosen), err=on_refusal != "json")
        if on_refusal != "letter":
            return Exit.REFUSED
        chosen = letter_of(chosen, books)
    with _opened(url, create=True) as register:
        made, entry = issue_one(
            register, chosen, contract, locale, extension, books, Path(), PurePath(output).as_posix(),
            new_run("render", by), **choices,
        )  # fmt: skip
    for warning in made.terms.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(f"{output}: {entry.number}", err=True)
    return Exit.REFUSED if refused else Exit.OK
