"""The main job on real input: every sample contract in all its documents, locales and formats.

In: a folder of contract records, an output folder. Out: files ``<out>/<contract>/<document>.<locale>.<format>`` and lines
that say what was made. A record that the policy refuses is reported and does not stop the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from contractgen.contract import load_contract
from contractgen.errors import ContractgenError, Exit
from contractgen.files import write_whole
from contractgen.generate import compose, decide
from contractgen.library import Library, library
from contractgen.selection import Refusal
from contractgen.writers import extensions, writer_for

Say = Callable[[str], None]


def run(contracts: Path, out: Path, data: tuple[Path, ...], say: Say) -> Exit:
    """Render all; return 0, 5 when some failed, or 6 when there was nothing to render."""
    books = library(data)
    made, refused, failed = 0, 0, 0
    for path in sorted(contracts.glob("*.yaml")):
        for result in _of_record(path, out, books, say):
            made += result == "made"
            refused += result == "refused"
            failed += result == "failed"
    if not made + refused + failed:
        say(f"no contract records in {contracts}")
        return Exit.NOTHING_TO_DO
    say(f"{made} documents made, {refused} refused by policy, {failed} failed; open {out}")
    return Exit.PARTLY_FAILED if failed else Exit.OK


def _of_record(path: Path, out: Path, books: Library, say: Say) -> Iterator[str]:
    try:
        contract = load_contract(path)
    except ContractgenError as error:
        say(f"{path.stem}: {error}")
        yield "failed"
        return
    for name in contract.record.documents:
        try:
            chosen = decide(contract, name, books)
            if isinstance(chosen, Refusal):
                say(str(chosen))
                yield "refused"
                continue
            for locale in books.locales:
                document = compose(chosen, locale, books)
                for extension in extensions():
                    content = writer_for(extension).write(document, books.styles())
                    write_whole(out / path.stem / f"{name}.{locale}.{extension}", content)
                    yield "made"
            say(f"{path.stem}: {name}")
        except ContractgenError as error:
            say(f"{path.stem}: {name}: {error}")
            yield "failed"
