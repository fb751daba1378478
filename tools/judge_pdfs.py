"""Every document of every sample contract, in all languages and by both engines, judged by programs not ours.

Out: a line for each fault, then how many files were judged. ``make judge`` runs it; it takes some minutes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from contractgen.api import compose, decide, letter
from contractgen.contract import load_contract
from contractgen.errors import ContractgenError
from contractgen.library import library
from contractgen.paths import sample_contracts
from contractgen.selection import Refusal
from contractgen.writers import engines, writer_for
from judges import fonts, qpdf, verapdf


def made(folder: Path, pattern: str, by: Sequence[str]) -> Iterator[Path]:
    """Write each document, or its letter of refusal, and yield its file."""
    books = library()
    for path in sorted(sample_contracts().glob(pattern)):
        try:
            contract = load_contract(path)
        except ContractgenError:  # samples of records that are wrong
            continue
        for kind in contract.record.documents:
            chosen = decide(contract, kind, books)
            for locale in books.locales:
                document = (
                    letter(chosen, locale, "html").document
                    if isinstance(chosen, Refusal)
                    else compose(chosen, locale, books)
                )
                for engine in by:
                    file = folder / f"{path.stem}.{kind}.{locale}.{engine}.pdf"
                    file.write_bytes(writer_for("pdf", engine).write(document, books.styles()))
                    yield file


def main() -> int:
    """Judge all; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="*.yaml", help="pattern of the sample contracts (default: all)")
    parser.add_argument("--engine", choices=engines("pdf"), action="append", help="one engine alone (default: all)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = list(made(Path(folder), asked.only, asked.engine or engines("pdf")))
        verdicts = verapdf(files)
        faults = [f"{Path(file).name}: {profile}: {said}" for (profile, file), said in verdicts.items() if said != "ok"]
        for file in files:
            faults += [f"{file.name}: {fault}" for fault in (qpdf(file), *fonts(file)) if fault]
        missing = 2 * len(files) - len(verdicts)
    print("\n".join(faults))
    print(f"{len(files)} files, {len(verdicts)} verdicts of veraPDF, {missing} missing, {len(faults)} faults")
    return 1 if faults or missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
