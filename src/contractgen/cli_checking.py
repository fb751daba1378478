"""Commands that check instead of making: ``sources`` and ``check`` the library, ``parity`` the files of a contract.

In: arguments. Out: listings and findings on standard output, exit codes of ``errors.Exit``.
"""

from __future__ import annotations

import os
from collections.abc import Sized
from pathlib import Path
from typing import Any

import click

from contractgen.cli_base import DATA, books_of, marked_record, reporting
from contractgen.errors import Exit, Place


@click.command()
@click.argument("vendors", nargs=-1)
@click.option("--coverage", "with_coverage", is_flag=True, help="What carries each fact, and in which documents.")
@click.option("--basis", "with_basis", is_flag=True, help="What each document can say, and what that rests on.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@DATA
@reporting
def sources(
    vendors: tuple[str, ...],
    with_coverage: bool,  # noqa: FBT001  (a flag of the command)
    with_basis: bool,  # noqa: FBT001
    format_: str,
    data: tuple[Path, ...],
) -> Exit:
    """List the facts of the vendors' own documents (all VENDORS if none is named), and what becomes of them.

    Exit code 4 if a fact is lost: carried nowhere, or not in a document that it belongs to, without a reason.
    """
    from contractgen.coverage import as_data, as_text, coverage, facts_as_text  # noqa: PLC0415
    from contractgen.files import to_json  # noqa: PLC0415

    books = books_of(data)
    policies = [books.policy(vendor, Place("VENDOR")) for vendor in vendors or books.vendors]
    if with_basis:
        from contractgen import basis  # noqa: PLC0415

        click.echo("\n".join(basis.as_text(policy, books) for policy in policies), nl=False)
        return Exit.OK
    found = {policy.vendor: coverage(policy, books) for policy in policies}
    if format_ == "json":
        click.echo(to_json({vendor: as_data(facts) for vendor, facts in found.items()}), nl=False)
    else:
        for policy in policies:
            click.echo(as_text(policy, found[policy.vendor]) if with_coverage else facts_as_text(policy), nl=False)
    lost = any(not fact.covered for facts in found.values() for fact in facts)
    return Exit.TEMPLATE_FAULT if with_coverage and lost else Exit.OK


@click.command()
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
    from contractgen.checks.report import as_sarif, write_witnesses  # noqa: PLC0415
    from contractgen.checks.run import run  # noqa: PLC0415
    from contractgen.cli_report import finding_as_text  # noqa: PLC0415
    from contractgen.files import to_json  # noqa: PLC0415

    books = books_of(data)
    found: list[Any] = []
    for part in run(books, vendors, jobs=processors(), records=witness is not None):
        found += part.findings
        if format_ == "text":
            click.echo(f"{part.title:<10} {part.looked_at}: {count_of(part.findings)}")
            for finding in part.findings:
                click.echo(finding_as_text(finding))
        if witness is not None:
            for path in write_witnesses(part.findings, part.title, witness):
                click.echo(f"witness: {path}", err=True)
    if format_ == "json":
        click.echo(to_json([finding.data() for finding in found]), nl=False)
    elif format_ == "sarif":
        click.echo(to_json(as_sarif(found, installed_version())), nl=False)
    else:
        click.echo(f"{count_of(found)} in all")
    return Exit.TEMPLATE_FAULT if found else Exit.OK


def count_of(findings: Sized) -> str:
    """Return ``no findings``, ``1 finding``, ``2 findings``."""
    return f"{len(findings) or 'no'} finding{'' if len(findings) == 1 else 's'}"


def processors() -> int:
    """Return how many processors this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)  # macOS and Windows do not have it
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1


@click.command()
@click.argument("record", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--type", "type_", required=True, help="sdd, renewal-notice, withdrawal-ack, quote or support-plan.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@DATA
@reporting
def parity(record: Path, type_: str, format_: str, data: tuple[Path, ...]) -> Exit:
    """Read RECORD's document back from the files of all languages and formats, and compare every legal figure.

    The reader is independent of the writers: it sees what a person sees. Exit code 0 if all files carry the same
    figures, 4 otherwise; each difference is told with its place in every file, and what stands there in the others.
    """
    from contractgen.api import document_type  # noqa: PLC0415
    from contractgen.files import to_json  # noqa: PLC0415
    from contractgen.parity import as_text  # noqa: PLC0415
    from contractgen.parity import parity as compared  # noqa: PLC0415
    from contractgen.selection import Refusal  # noqa: PLC0415
    from contractgen.validating import checked  # noqa: PLC0415

    books = books_of(data)
    document_type(type_, books)
    report = compared(checked(marked_record(record), books, (type_,)), type_, books)
    if isinstance(report, Refusal):
        click.echo(str(report), err=True)
        return Exit.REFUSED
    click.echo(to_json(report.data()) if format_ == "json" else as_text(report), nl=False)
    return Exit.TEMPLATE_FAULT if report.differences else Exit.OK


def installed_version() -> str:
    """Return the version of contractgen; nothing where it runs from a source tree that is not installed."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("contractgen")
    except PackageNotFoundError:
        return ""
