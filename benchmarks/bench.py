"""Milliseconds per document, ours beside docxtpl and plain WeasyPrint: in a number of rounds, out a printed table.

Ours goes the whole way from the text of a contract record to the bytes of a file: reading, checking, terms, selection,
merging, numbering, writing. The others begin with finished words: docxtpl fills a template with the same paragraphs,
tables and values; WeasyPrint is called as its manual shows, on our HTML with the same fonts. Both take turns in each
round; the median counts. Warm: the process has made that document before. Cold: a new process, imports included.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median

import docx
import docxtpl  # type: ignore[import-untyped]

from contractgen.api import compose, decide
from contractgen.contract import parse_contract
from contractgen.library import Library, library
from contractgen.paths import sample_contracts
from contractgen.selection import Selection
from contractgen.tree import Block, Clause, Document, Inlines, Table, Value, block_inlines, plain, walk_inlines
from contractgen.writers import pdf_fonts, writer_for

SAMPLES = {
    "renewal-notice": "siemens-late-renewal",
    "withdrawal-ack": "siemens-withdrawal-accepted",
    "quote": "ayotex-premium-tehran-three-years",
    "sdd": "siemens-renewal-on-time",
}
"""The sample record that is made into each type of document."""

Job = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Case:
    """One document to be made: its record as text, its type and locale, and what it becomes."""

    text: str
    type: str
    locale: str
    document: Document


# ------------------------------------------------------------------------------------------------------------- ours


def selection_of(text: str, type_: str, books: Library) -> Selection:
    """Return what ``decide`` selects; the samples are not refused."""
    chosen = decide(parse_contract(text), type_, books)
    if not isinstance(chosen, Selection):
        raise SystemExit(str(chosen))
    return chosen


def whole_way(text: str, type_: str, locale: str, extension: str) -> bytes:
    """Make one document, from the record's text to bytes."""
    books = library()
    document = compose(selection_of(text, type_, books), locale, books)
    return writer_for(extension).write(document, books.styles())


def cases(locale: str) -> Iterator[Case]:
    """Yield a document of each type in one locale."""
    books = library()
    for type_, sample in SAMPLES.items():
        text = (sample_contracts() / f"{sample}.yaml").read_text(encoding="utf-8")
        yield Case(text, type_, locale, compose(selection_of(text, type_, books), locale, books))


# ---------------------------------------------------------------------------------------------------------- docxtpl


def docxtpl_template(document: Document) -> tuple[bytes, dict[str, str]]:
    """Return a Word template with the words and tables of ``document``, and the values that fill it."""
    word = docx.Document()
    context: dict[str, str] = {}

    def holes(inlines: Inlines) -> str:
        parts = []
        for inline in walk_inlines(inlines):
            if isinstance(inline, Value):
                context[f"v{len(context)}"] = inline.text
                parts.append(f"{{{{ v{len(context) - 1} }}}}")
            else:
                parts.append(plain((inline,)) if not hasattr(inline, "children") else "")
        return "".join(parts)

    def add(block: Block) -> None:
        if isinstance(block, Clause):
            if block.heading:
                word.add_heading(f"{block.label} {holes(block.heading)}", level=2)
            for inner in block.blocks:
                add(inner)
        elif isinstance(block, Table):
            table = word.add_table(len(block.rows), len(block.columns))
            for cells, row in zip(table.rows, block.rows, strict=True):
                for cell, inlines in zip(cells.cells, row.cells, strict=True):
                    cell.text = holes(inlines)
        else:
            for inlines in block_inlines(block):
                word.add_paragraph(holes(inlines))

    for block in document.blocks:
        add(block)
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue(), context


def docxtpl_job(template: bytes, context: dict[str, str]) -> bytes:
    """Fill the template as docxtpl's manual shows: open, render, save."""
    made = docxtpl.DocxTemplate(io.BytesIO(template))
    made.render(context, autoescape=True)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


# ------------------------------------------------------------------------------------------------------- WeasyPrint


def page_with_fonts(document: Document) -> str:
    """Return our HTML with the house's fonts named by ``@font-face``."""
    styles = library().styles()
    markup = writer_for("html").write(document, styles).decode()
    rules = pdf_fonts.font_face_rules(pdf_fonts.faces(styles, document.language))
    return markup.replace("</head>", f"<style>{rules}</style></head>")


def weasyprint_job(markup: str) -> bytes:
    """Print the page as WeasyPrint's manual shows."""
    from weasyprint import HTML  # type: ignore[import-untyped]  # noqa: PLC0415  two seconds to load

    return bytes(HTML(string=markup).write_pdf())


# ---------------------------------------------------------------------------------------------------------- measuring


def in_turns(jobs: dict[str, Job], rounds: int) -> dict[str, float]:
    """Return the median milliseconds of each job; they take turns, after one round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds + 1):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            times[name].append((time.perf_counter() - start) * 1000)
    return {name: median(found[1:]) for name, found in times.items()}


def warm(case: Case, rounds: int) -> dict[str, float]:
    """Return the median milliseconds of each way to make a document."""
    template, context = docxtpl_template(case.document)
    markup = page_with_fonts(case.document)
    args = (case.text, case.type, case.locale)
    jobs: dict[str, Job] = {
        "html": lambda: whole_way(*args, "html"),
        "docx": lambda: whole_way(*args, "docx"),
        "docxtpl": lambda: docxtpl_job(template, context),
    }
    slow: dict[str, Job] = {
        "pdf": lambda: whole_way(*args, "pdf"),
        "weasyprint": lambda: weasyprint_job(markup),
    }
    return in_turns(jobs, rounds) | in_turns(slow, max(3, rounds // 4))


def stages(case: Case, rounds: int) -> dict[str, float]:
    """Return the median milliseconds of each stage before writing."""
    books = library()
    contract = parse_contract(case.text)
    chosen = selection_of(case.text, case.type, books)
    return in_turns(
        {
            "read and check": lambda: parse_contract(case.text),
            "terms and selection": lambda: decide(contract, case.type, books),
            "merge and number": lambda: compose(chosen, case.locale, books),
        },
        rounds,
    )


def cold(name: str, locale: str) -> float:
    """Return the milliseconds of one renewal notice in a new process, from before the imports to the bytes."""
    case = next(cases(locale))
    given: dict[str, object] = {"args": (case.text, case.type, case.locale)}
    if name == "docxtpl":
        template, given["context"] = docxtpl_template(case.document)
        given["template"] = template.hex()
    if name == "weasyprint":
        given["markup"] = page_with_fonts(case.document)
    done = subprocess.run(
        [sys.executable, "-c", COLD[name]], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    return float(done.stdout)


_OURS = """
import json, sys, time
given = json.load(sys.stdin); start = time.perf_counter()
from contractgen.api import generate
generate(*given["args"], "{}"); print((time.perf_counter() - start) * 1000)
"""
COLD = {
    "html": _OURS.format("html"),
    "docx": _OURS.format("docx"),
    "docxtpl": """
import io, json, sys, time
given = json.load(sys.stdin); start = time.perf_counter()
import docxtpl
made = docxtpl.DocxTemplate(io.BytesIO(bytes.fromhex(given["template"])))
made.render(given["context"], autoescape=True); made.save(io.BytesIO()); print((time.perf_counter() - start) * 1000)
""",
    "pdf": _OURS.format("pdf"),
    "weasyprint": """
import json, sys, time
given = json.load(sys.stdin); start = time.perf_counter()
from weasyprint import HTML
HTML(string=given["markup"]).write_pdf(); print((time.perf_counter() - start) * 1000)
""",
}


# ------------------------------------------------------------------------------------------------------------ printing

COLUMNS = ("html", "docx", "docxtpl", "ratio", "pdf", "weasyprint", "ratio")


def row(name: str, times: dict[str, float]) -> str:
    """Return one line of the table; a ratio above 1 says how many times as long the other takes."""
    cells = [
        f"{times['html']:.1f}",
        f"{times['docx']:.1f}",
        f"{times['docxtpl']:.1f}",
        f"{times['docxtpl'] / times['docx']:.1f}",
        f"{times['pdf']:.0f}",
        f"{times['weasyprint']:.0f}",
        f"{times['weasyprint'] / times['pdf']:.1f}",
    ]
    return line(name, cells)


def line(name: str, cells: list[str] | tuple[str, ...]) -> str:
    """Return one row of a Markdown table that also reads well as plain text."""
    return f"| {name:<22} | " + " | ".join(f"{cell:>10}" for cell in cells) + " |"


def rule(count: int) -> str:
    """Return the line below a table's head."""
    return f"|{'-' * 24}|" + "|".join("-" * 11 + ":" for _ in range(count)) + "|"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20, help="rounds for html and docx; pdf takes a quarter of them")
    parser.add_argument("--locale", action="append", help="ko, fa or en; may be given again (default: ko)")
    options = parser.parse_args()
    names = ("docxtpl", "weasyprint", "python-docx", "jinja2")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    load = ""
    with suppress(OSError):
        load = f", load {os.getloadavg()[0]:.1f}"
    machine = f"Python {sys.version.split()[0]}, {versions}; {os.cpu_count()} cores{load}"
    print(f"{machine}; median of {options.rounds} rounds")
    for locale in options.locale or ["ko"]:
        print(f"\nMilliseconds a document, {locale}, warm\n")
        print(line("", COLUMNS), rule(len(COLUMNS)), sep="\n")
        found = list(cases(locale))
        for case in found:
            print(row(case.type, warm(case, options.rounds)), flush=True)
        print(row("renewal-notice, cold", {name: cold(name, locale) for name in COLD}))
        print(f"\nMilliseconds of each stage before writing, {locale}, warm\n")
        heads = list(stages(found[0], 1))
        print(line("", heads), rule(len(heads)), sep="\n")
        for case in found:
            print(line(case.type, [f"{value:.2f}" for value in stages(case, options.rounds).values()]))


if __name__ == "__main__":
    main()
