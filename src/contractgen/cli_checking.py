"""Commands that look at the library instead of a contract: ``sources`` and ``check``.

In: arguments. Out: listings and findings on standard output, exit codes of ``errors.Exit``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from contractgen.cli_base import DATA, books_of, reporting
from contractgen.errors import Exit, Place


@click.command()
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

    books = books_of(data)
    policies = [books.policy(vendor, Place("VENDOR")) for vendor in vendors or books.vendors]
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
    from importlib.metadata import version  # noqa: PLC0415

    from contractgen.checks.report import as_sarif, write_witnesses  # noqa: PLC0415
    from contractgen.checks.run import run  # noqa: PLC0415
    from contractgen.cli_report import finding_as_text  # noqa: PLC0415
    from contractgen.files import to_json  # noqa: PLC0415

    books = books_of(data)
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
