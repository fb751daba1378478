"""The command ``batch``: a portfolio becomes a folder of documents.

In: options. Out: a folder, progress on standard error, a summary on standard output, exit codes of ``errors.Exit`` and
130 for a batch that was stopped.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import click

from contractgen.cli_base import DATA, books_of, reporting
from contractgen.cli_portfolio import MAPPING, PORTFOLIO, days_of
from contractgen.cli_register import BY, new_run
from contractgen.errors import ContractgenError, Place, Problem, UsageError, did_you_mean

FEW = 10
"""A rate below which tenths are shown."""
STOPPED = 130
"""Exit code of a batch that was stopped by Ctrl-C or SIGTERM and can go on."""


@click.command()
@PORTFOLIO
@click.option("--type", "type_", required=True, help="sdd, renewal-notice, withdrawal-ack, quote or support-plan.")
@click.option("--format", "format_", required=True, help="docx, pdf or html.")
@click.option("--out", default="", help="Folder to write to, new or empty; or s3://bucket/folder, with --state.")
@click.option("--state", type=click.Path(path_type=Path), help="Folder of the results while --out is no folder.")
@MAPPING
@click.option("--due-within", default="", help="Only what is due until then: 90d, 12w or 6m after --as-of.")
@click.option("--as-of", "as_of", default="", help="Date of the documents whose record gives none, YYYY-MM-DD.")
@click.option("--vendor", "vendors", multiple=True, help="Only this vendor (may be given again).")
@click.option("--locale", default="", help="ko, fa or en, for all records.")
@click.option("--locale-from", default="", help="Field that names the language; the column locale if not given.")
@click.option("--jobs", type=click.IntRange(1, 256), default=None, help="Worker processes; one a core if not given.")
@click.option("--cluster", default="", help="Address of a Dask scheduler that does the work: tcp://scheduler:8786.")
@click.option("--pdf-engine", default="", help="weasyprint (also where none is named) or typst.")
@click.option("--name", default="", help="File names: {vendor}/{customer}/{number}.{format} if not given.")
@click.option("--number", default="", help="Document numbers where the record gives none: {contract}-{date}.")
@click.option(
    "--on-refusal", type=click.Choice(["report", "letter"]), default="report", show_default=True,
    help="What a refusal by policy gives: a line in the results, or a letter too.",
)  # fmt: skip
@click.option("--timeout", type=click.FloatRange(0.1), default=120.0, show_default=True, help="Seconds for a record.")
@click.option("--register", "url", default="", help="Numbers come from this register, and documents are entered there.")
@BY
@click.option("--once", is_flag=True, help="Skip what the register has as issued already, whatever has changed since.")
@click.option("--resume", is_flag=True, help="Go on where an earlier run into the folder has ended.")
@click.option("--dry-run", is_flag=True, help="Say what would be made; write nothing.")
@DATA
@reporting
def batch(dry_run: bool, out: str, state: Path | None, **options: Any) -> int:  # noqa: FBT001  (a flag of the command)
    """Make the documents of all records of PORTFOLIO (a table, a database, or a folder of records).

    Each record gets one line in results.jsonl: issued, refused, failed or skipped. Exit codes: 0 all answered, 5 some
    failed, 3 or 4 all failed, 7 all refused, 6 nothing to make, 1 could not go on (mend it, then --resume), 130
    stopped.
    """
    from contractgen.batch.run import Batch  # noqa: PLC0415
    from contractgen.languages import visible  # noqa: PLC0415

    if bool(out) == dry_run:
        repair = "leave one of the two out" if out else "name a folder, or add --dry-run"
        raise UsageError.at(Place("--out"), "a batch needs a folder, and a dry run writes nothing", repair)
    target, folder = _places(out, state)
    order = _order(target, folder, called=out, **options)
    click.echo(visible(f"{order.source.name}: {'; '.join(order.source.notes)}"), err=True)
    try:
        with _progress() as progress:
            running = Batch(order, lambda result: progress.told(result) if out else _tell(result))
            with stoppable(running.stop):
                summary = running.run(progress.begun)
    except KeyboardInterrupt:
        click.echo("ended at once: what is noted in the results stays, --resume goes on", err=True)
        return STOPPED
    click.echo(summary.text(), nl=False)
    return STOPPED if running.stopped and not summary.complete else summary.exit_code


def _places(out: str, state: Path | None) -> tuple[str, Path | None]:
    """Return where documents go, and the folder of the results: the same one unless documents go to a store."""
    from contractgen.batch.address import is_url, local_path  # noqa: PLC0415

    if out.startswith("memory://"):
        raise UsageError.at(Place("--out"), f"{out} is gone with the process that writes to it", "name a real store")
    if is_url(out) != (state is not None):
        cause = "an object store needs a folder of this machine for the results, and a folder has them in itself"
        repair = "leave --state out" if state else "add --state FOLDER"
        raise UsageError.at(Place("--state"), cause, repair)
    if state is not None:
        return out, state.absolute()
    folder = local_path(out).absolute() if out else None
    return str(folder or ""), folder


def _called(out: str) -> str:
    """Return how the register calls the output: as it was given."""
    from contractgen.batch.address import is_url, local_path  # noqa: PLC0415

    return out.rstrip("/") if is_url(out) else local_path(out).as_posix()


def _order(target: str, out: Path | None, *, called: str, **options: Any) -> Any:
    """Return what is asked for; ``UsageError`` for all that is wrong with the call."""
    from contractgen.batch.names import DEFAULT_NAME, DEFAULT_NUMBER, name_pattern, number_pattern  # noqa: PLC0415
    from contractgen.batch.planning import Planner  # noqa: PLC0415
    from contractgen.batch.run import Order  # noqa: PLC0415
    from contractgen.batch.source import FolderSource, open_source  # noqa: PLC0415
    from contractgen.batch.work import Setting  # noqa: PLC0415
    from contractgen.due import end_of_window  # noqa: PLC0415
    from contractgen.intake.mapping import Mapping, load_mapping  # noqa: PLC0415

    data: tuple[Path, ...] = tuple(folder.absolute() for folder in options["data"])
    books = books_of(options["data"])
    day = _day(options["as_of"])
    _check(options, books, day)
    name = name_pattern(options["name"] or DEFAULT_NAME)
    number = number_pattern(options["number"] or DEFAULT_NUMBER)
    mapping = load_mapping(options["mapping"]) if options["mapping"] else Mapping()
    source = open_source(options["portfolio"], mapping)
    if isinstance(source, FolderSource) and out is not None and source.holds(out):
        cause = f"lies in {source.name}: what a batch writes there would be read as records"
        raise UsageError.at(Place(str(out)), cause, "name a folder outside of the portfolio")
    due = options["due_within"]
    setting = Setting(
        source.opener, target, options["type_"], options["format_"], options["pdf_engine"],
        data, options["locale"], options["locale_from"] or "locale", day, bool(due), options["on_refusal"] == "letter",
        bool(options["url"] and out),
    )  # fmt: skip
    until = end_of_window(day, days_of(due)) if due and day else None
    planner = Planner(setting, name, number, options["vendors"], books.vendors, until)
    words = (repr(mapping.constants), repr(mapping.values), repr(mapping.fields), repr(sorted(mapping.ignored)))
    jobs = options["jobs"] or os.cpu_count() or 1
    order = Order(
        source, planner, out, jobs, options["timeout"], options["resume"], (*words, options["url"]),
        cluster=options["cluster"],
    )  # fmt: skip
    if not setting.registered or out is None:
        return order
    if "number" not in name.fields:
        raise UsageError.at(Place("--name"), "does not name {number}", "with a register each revision is a file")
    from contractgen.register.store import Register  # noqa: PLC0415

    register, entered = Register.open(options["url"]), new_run("batch", options["by"])
    return replace(order, register=register, entered=entered, folder=_called(called), once=options["once"])


def _check(options: dict[str, Any], books: Any, day: date | None) -> None:
    from contractgen.api import document_type  # noqa: PLC0415
    from contractgen.intake.fields import is_field  # noqa: PLC0415
    from contractgen.writers import writer_for  # noqa: PLC0415

    problems: list[Problem] = []
    for check in (
        lambda: document_type(options["type_"], books),
        lambda: writer_for(options["format_"], options["pdf_engine"]),
        lambda: books.locale(options["locale"]) if options["locale"] else None,
        lambda: days_of(options["due_within"]) if options["due_within"] else None,
    ):
        try:
            check()
        except ContractgenError as error:
            problems.extend(error.problems)
    problems += [
        Problem(Place("--vendor"), f'unknown vendor "{vendor}"', did_you_mean(vendor, books.vendors))
        for vendor in options["vendors"]
        if vendor not in books.vendors
    ]
    problems += _misaddressed(options)
    if options["locale"] and options["locale_from"]:
        problems.append(Problem(Place("--locale-from"), "--locale is given too", "leave one of the two out"))
    elif options["locale_from"] and not is_field(options["locale_from"]):
        cause = f'"{options["locale_from"]}" is no field of a record'
        problems.append(Problem(Place("--locale-from"), cause, "for instance locale"))
    if options["due_within"] and day is None:
        cause = "a batch never reads the clock: the same call makes the same letters on any day"
        problems.append(Problem(Place("--as-of"), cause, "give the day of the letters: --as-of 2026-12-01"))
    if problems:
        raise UsageError(problems)


def _misaddressed(options: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with addresses, before anything is opened or waited for."""
    if not options["portfolio"].strip():
        yield Problem(Place("PORTFOLIO"), "is empty", "name a table, a database or a folder of records")
    if options["cluster"]:
        parts = urlsplit(options["cluster"])
        if not (parts.scheme and parts.netloc and parts.netloc.rpartition(":")[2].isdecimal()):
            cause = f'"{options["cluster"]}" is no address of a scheduler'
            yield Problem(Place("--cluster"), cause, "for instance tcp://scheduler:8786")
    if options["once"] and not options["url"]:
        yield Problem(
            Place("--once"), "only a register knows what was issued before", "name one: --register register.db"
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError.at(Place("--as-of"), f'"{text}" is no day', "write YYYY-MM-DD") from None


def _tell(result: Any) -> None:
    """Say of one record what a dry run has found."""
    from contractgen.languages import visible  # noqa: PLC0415

    more = result.more
    match result.status:
        case "issued":
            said = more["file"]
        case "refused":
            said = f"{more['rule']}: {more['reason']}"
        case "failed":
            said = "; ".join(problem["cause"] for problem in more["problems"])
        case _:
            said = more["why"]
    click.echo(visible(f"{result.place}: {result.status}: {said}"))


@contextmanager
def stoppable(stop: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the batch cleanly; a second one ends it at once."""

    def heard(number: int, _frame: FrameType | None) -> None:
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, signal.SIG_DFL if one is not signal.SIGINT else signal.default_int_handler)
        os.write(2, b"\nstopping: records that have begun are finished; once more ends at once\n")
        del number
        stop()

    before = [(one, signal.signal(one, heard)) for one in (signal.SIGINT, signal.SIGTERM)]
    try:
        yield
    finally:
        for one, handler in before:
            signal.signal(one, handler)


class _Progress:
    """A bar with rate and time left on a terminal; nothing elsewhere."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._start = time.monotonic()
        self._done = self._failed = 0

    def begun(self, total: int) -> None:
        """Show the bar for so many records."""
        if sys.stderr is None or not sys.stderr.isatty():
            return
        self._start = time.monotonic()
        self._bar = click.progressbar(
            length=total, file=sys.stderr, show_pos=True, item_show_func=lambda _: self._said(),
            update_min_steps=max(1, total // 2000),
        )  # fmt: skip
        self._bar.__enter__()

    def told(self, result: Any) -> None:
        """Count a record."""
        self._done += 1
        self._failed += result.status == "failed"
        if self._bar is not None:
            self._bar.update(1)

    def _said(self) -> str:
        rate = self._done / max(time.monotonic() - self._start, 1e-3)
        return (f"{rate:,.0f}/s" if rate >= FEW else f"{rate:.1f}/s") + (
            f", {self._failed:,} failed" if self._failed else ""
        )

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)


@contextmanager
def _progress() -> Iterator[_Progress]:
    progress = _Progress()
    try:
        yield progress
    finally:
        progress.close()
