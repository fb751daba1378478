"""Commands that read finished files back: ``extract`` what a document carries, ``verify`` that it is as issued.

In: a DOCX, PDF or HTML file. Out: the record, the carried data or findings on standard output or in a file; exit codes
of ``errors.Exit``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from contractgen.cli_base import DATA, books_of, reporting
from contractgen.errors import Exit, InvalidData


def content_of(file: Path) -> bytes:
    """Return the bytes of a file, bounded; ``InvalidData`` if there is none."""
    from contractgen.carried.reading import MAX_FILE  # noqa: PLC0415
    from contractgen.files import read_bytes  # noqa: PLC0415

    return read_bytes(file, MAX_FILE, InvalidData)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--part",
    type=click.Choice(["record", "manifest", "trace"]),
    default="record",
    show_default=True,
    help="The contract record as it was given, all carried data, or clauses and values with where they come from.",
)
@click.option("-o", "--output", help="File to write; without it, standard output.")
@reporting
def extract(file: Path, part: str, output: str | None) -> Exit:
    """Give back what FILE (DOCX, PDF or HTML) carries: the contract record, byte for byte as it was given."""
    from contractgen.carried.reading import read_carried, trace_of  # noqa: PLC0415
    from contractgen.files import to_json, write_whole  # noqa: PLC0415

    found = read_carried(content_of(file), str(file))
    content = found.content if part == "manifest" else found.carried.record.encode()
    if part == "trace":
        content = to_json(trace_of(found.carried)).encode()
    if output and output != "-":
        write_whole(Path(output), content)
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    return Exit.OK


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--reference-doc", type=click.Path(path_type=Path), help="The Word file that FILE was made with.")
@DATA
@reporting
def verify(file: Path, format_: str, reference_doc: Path | None, data: tuple[Path, ...]) -> Exit:
    """Make FILE again from what it carries and say whether it is as issued, or what differs.

    Exit codes: 0 identical; 8 as issued, but other bytes are made here (words, policy, styles or versions changed, or
    another program saved the file); 9 altered after it was issued, or its carried data contradict it.
    """
    from contractgen.files import to_json  # noqa: PLC0415
    from contractgen.verifying.telling import as_data, as_text  # noqa: PLC0415
    from contractgen.verifying.verify import verified  # noqa: PLC0415
    from contractgen.writers.word_house import load_house  # noqa: PLC0415

    books_of(data)  # a folder that is not there is told first
    finding = verified(content_of(file), str(file), data, load_house(reference_doc) if reference_doc else None)
    click.echo(to_json(as_data(finding)) if format_ == "json" else as_text(finding), nl=False)
    return finding.exit_code
