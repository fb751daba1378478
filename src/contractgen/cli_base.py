"""What every command shares: how failures are told, the user's own folders, how a record is read.

In: click commands. Out: the same, ending in messages and exit codes of ``errors.Exit``. Heavy modules are imported by
the command that needs them, so that ``--help`` is quick.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from contractgen.errors import ContractgenError, Exit, Place, Problem, UsageError

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


def books_of(data: tuple[Path, ...]) -> Any:
    """Return the library over the user's own folders and the built-in one."""
    from contractgen.library import library  # noqa: PLC0415

    for folder in data:
        if not folder.is_dir():
            cause = "is not a folder" if folder.exists() else "does not exist"
            raise UsageError.at(Place(str(folder)), cause, "give --data a folder that holds policies or templates")
    return library(data)


def marked_record(record: Path) -> Any:
    """Read a record from a file or from standard input, without checking it yet."""
    from contractgen.files import MAX_BYTES  # noqa: PLC0415
    from contractgen.record_file import decode_record, read_record  # noqa: PLC0415

    if str(record) == "-":
        if sys.stdin is None:
            raise UsageError.at(Place("<stdin>"), "is closed", "name a file, or send the record through a pipe")
        return decode_record(sys.stdin.buffer.read(MAX_BYTES + 1), "<stdin>")
    return read_record(record)
