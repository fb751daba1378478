"""The main job on real input: every sample contract in all its documents, locales and formats.

In: a folder of contract records, an output folder. Out: files ``<out>/<contract>/<document>.<locale>.<format>`` and
lines that say what was made. A record that the policy refuses is reported and does not stop the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote

from contractgen.api import asked, decide, finish
from contractgen.contract import load_contract
from contractgen.errors import ContractgenError, Exit
from contractgen.files import write_whole
from contractgen.library import Library, library
from contractgen.selection import Refusal
from contractgen.writers import extensions

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
    write_whole(out / "index.html", _index(out).encode())
    say(f"{made} documents made, {refused} refused by policy, {failed} failed; open {out / 'index.html'}")
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
                for extension in extensions():
                    made = finish(chosen, asked(name, locale, extension), books, contract.marked)
                    write_whole(out / path.stem / f"{name}.{locale}.{extension}", made.content)
                    yield "made"
            say(f"{path.stem}: {name}")
        except ContractgenError as error:
            say(f"{path.stem}: {name}: {error}")
            yield "failed"


def _index(out: Path) -> str:
    """Return a page that links every document of the folder, a row for each contract and document."""
    rows: dict[str, list[str]] = {}
    for path in sorted(out.glob("*/*.*.*")):
        document, locale, extension = path.name.split(".")
        link = f'<a href="{escape(quote(f"{path.parent.name}/{path.name}"))}">{escape(locale)} {escape(extension)}</a>'
        rows.setdefault(f"{path.parent.name}: {document}", []).append(link)
    lines = (f"<tr><th scope=row>{escape(name)}</th><td>{' '.join(links)}</td></tr>" for name, links in rows.items())
    style = "body{font:15px sans-serif;margin:2em}th{text-align:start;padding:.2em 1em .2em 0}a{margin-inline-end:.6em}"
    head = f"<!doctype html><html lang=en><meta charset=utf-8><title>contractgen</title><style>{style}</style>"
    return f"{head}<h1>Sample documents</h1><table>{''.join(lines)}</table></html>\n"
