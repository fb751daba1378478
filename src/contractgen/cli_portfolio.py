"""Commands for a book of contracts: ``map``, ``due`` and ``clock``.

In: tables of a company, contract records. Out: a mapping file, a list of who is due, the cost of waiting; exit codes of
``errors.Exit``.
"""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from contractgen.cli_base import DATA, books_of, marked_record, report, reporting
from contractgen.errors import Exit, Place, Problem, UsageError

PORTFOLIO = click.argument("portfolio")
MAPPING = click.option(
    "--mapping", type=click.Path(path_type=Path), help="Which column is which field (see: contractgen map)."
)
OUTPUT = click.option("-o", "--output", default="-", show_default=True, help="File to write, or - for standard output.")


@click.command("map")
@PORTFOLIO
@click.option("--sheet", default="", help="Sheet of a workbook, the first if not given; table or view of a database.")
@click.option("--query", default="", help="Of a database, instead of a table: SELECT … ORDER BY …")
@click.option(
    "--headings", type=click.IntRange(1), default=1, show_default=True, help="Line or row that holds the headings."
)
@click.option("--encoding", default="", help="Of a text file; found out if not given.")
@OUTPUT
@DATA
@reporting
def map_(  # noqa: PLR0913  one parameter for each option
    portfolio: str, sheet: str, query: str, headings: int, encoding: str, output: str, data: tuple[Path, ...]
) -> Exit:
    """Propose a mapping file for the columns of PORTFOLIO (headings in Korean, Persian or English).

    PORTFOLIO is a file (.csv, .tsv, .xlsx, .jsonl, .parquet) or the address of a database (sqlite:///book.db).
    """
    from contractgen.intake.mapping import Mapping  # noqa: PLC0415
    from contractgen.intake.proposing import propose  # noqa: PLC0415
    from contractgen.intake.reading import read_table  # noqa: PLC0415

    if output != "-" and Path(output).exists():
        cause = "is there already, and answers in it would be lost"
        raise UsageError.at(Place(output), cause, "name another file, or remove it first")
    how = Mapping(sheet=sheet, heading_line=headings, encoding=encoding, query=query)
    _give(propose(read_table(portfolio, how), books_of(data)), output)
    return Exit.OK


@click.command()
@PORTFOLIO
@click.option("--within", default="90d", show_default=True, help="How far ahead to look: 90d, 12w or 6m.")
@click.option("--as-of", "as_of", default="", help="Day of the look, YYYY-MM-DD; today if not given.")
@click.option("--vendor", "vendors", multiple=True, help="Only this vendor (may be given again).")
@click.option(
    "--format", "format_", type=click.Choice(["table", "csv", "json", "ics", "xlsx"]), default="table",
    show_default=True, help="For people, spreadsheets, programs or a calendar.",
)  # fmt: skip
@OUTPUT
@MAPPING
@DATA
@reporting
def due(  # noqa: PLR0913  one parameter for each option
    portfolio: str, within: str, as_of: str, vendors: tuple[str, ...], format_: str, output: str,
    mapping: Path | None, data: tuple[Path, ...],
) -> Exit:  # fmt: skip
    """Say whose contract of PORTFOLIO is due, what the renewal costs now and what waiting costs.

    PORTFOLIO is a file (.csv, .tsv, .xlsx, .jsonl, .parquet) or the address of a database (sqlite:///book.db).

    Prices and dates come from each vendor's own rules. Exit code 6 if nobody is due, 3 if rows could not be read.
    """
    from contractgen.due import look  # noqa: PLC0415

    day, days = day_of(as_of), days_of(within)
    if format_ == "xlsx" and output == "-" and sys.stdout.isatty():
        raise UsageError.at(Place("-o"), "xlsx cannot be shown on a terminal", "name a file: -o due.xlsx")
    books = books_of(data)
    table, entries = rows_of(portfolio, mapping)
    season = look(entries, books, day, days, vendors)
    click.echo(f"{table.file}: {'; '.join(table.notes)}", err=True)  # what was found out is told
    _give(_season(season, books, format_, output), output)
    if season.problems:
        report(season.problems)
        return Exit.INVALID_DATA
    return Exit.OK if season.due else Exit.NOTHING_TO_DO


def _season(season: Any, books: Any, format_: str, output: str) -> str | bytes:
    from contractgen import due_files, due_report  # noqa: PLC0415
    from contractgen.cli_report import width  # noqa: PLC0415
    from contractgen.files import to_json  # noqa: PLC0415

    match format_:
        case "csv":
            text = due_report.as_csv(season)
            return text if output == "-" else text.encode("utf-8-sig")  # the mark tells Excel that it is UTF-8
        case "json":
            return to_json(due_report.as_data(season, books))
        case "ics":
            return due_files.as_ics(season)
        case "xlsx":
            return due_files.as_xlsx(season)
        case _:
            return due_report.as_text(season, width)


@click.command()
@click.argument("contract", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--format", "format_", type=click.Choice(["table", "svg", "png", "json"]), default="table", show_default=True,
    help="Segments with a bar each, a picture, or every day as data.",
)  # fmt: skip
@OUTPUT
@DATA
@reporting
def clock(contract: Path, format_: str, output: str, data: tuple[Path, ...]) -> Exit:
    """Say what waiting costs, day by day, if nobody renews CONTRACT (YAML or JSON; - for standard input).

    From 180 days before the expiry to 30 days after the last day on which the vendor renews late; to 120 days after the
    expiry where there is no such day. Each segment of days names the rules and sources that it rests on. Exit code 3 if
    the record lacks what some of the days need.
    """
    from contractgen import clock_chart, clock_report  # noqa: PLC0415
    from contractgen.cli_report import width  # noqa: PLC0415
    from contractgen.clock import clock as wound  # noqa: PLC0415
    from contractgen.files import to_json  # noqa: PLC0415

    if format_ == "png" and output == "-" and sys.stdout.isatty():
        raise UsageError.at(Place("-o"), "png cannot be shown on a terminal", "name a file: -o clock.png")
    books = books_of(data)
    found = wound(marked_record(contract), books)
    shown: str | bytes
    match format_:
        case "svg":
            shown = clock_chart.as_svg(found)
        case "png":
            from contractgen.clock_picture import as_png  # noqa: PLC0415  (an extra)

            shown = as_png(clock_chart.as_svg(found), books.styles())
        case "json":
            shown = to_json(clock_report.as_data(found))
        case _:
            shown = clock_report.as_text(found, width)
    _give(shown, output)
    problems = (*found.problems, *(_fall(before, after, contract) for before, after in found.falls()))
    if problems:
        report(problems)
        return Exit.INVALID_DATA
    return Exit.OK


def _fall(before: Any, after: Any, contract: Path) -> Problem:
    """Say that waiting makes the contract cheaper, which only the record's own prices can do."""
    cause = f"on {after.day} the price falls from {before.price.minor} to {after.price.minor} {after.price.currency}"
    return Problem(Place(str(contract)), f"{cause} (in minor units)", "check the prices that the record gives")


def _give(shown: str | bytes, output: str) -> None:
    """Write to a file, whole or not at all, or to standard output."""
    from contractgen.files import write_whole  # noqa: PLC0415

    if output != "-":
        write_whole(Path(output), shown if isinstance(shown, bytes) else shown.encode())
    else:
        click.echo(shown, nl=False)


def rows_of(portfolio: str, mapping: Path | None) -> tuple[Any, Any]:
    """Return a table and its entries, read as the mapping says."""
    from contractgen.intake.mapping import Mapping, load_mapping  # noqa: PLC0415
    from contractgen.intake.reading import read_table  # noqa: PLC0415
    from contractgen.intake.rows import entries  # noqa: PLC0415

    known = load_mapping(mapping) if mapping else Mapping()
    table = read_table(portfolio, known)
    return table, entries(table, known)


def day_of(text: str) -> date:
    """Return the day of the look: the one asked for, or today."""
    if not text:
        return date.today()  # noqa: DTZ011  (a list of who is due, not a document)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError.at(Place("--as-of"), f'"{text}" is no day', "write YYYY-MM-DD") from None


def days_of(text: str) -> int:
    """Return a span in days: 90d, 12w, 6m (months of thirty days)."""
    found = re.fullmatch(r"(\d{1,4})([dwm]?)", text.strip().lower(), re.ASCII)
    if not found:
        raise UsageError.at(Place("--within"), f'"{text}" is no span of time', "write 90d, 12w or 6m")
    return int(found[1]) * {"": 1, "d": 1, "w": 7, "m": 30}[found[2]]
