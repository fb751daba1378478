"""The same input makes the same bytes, whichever process, time zone, hash seed, language and folder it runs in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import CONTRACTS

DOCUMENTS = (
    ("siemens-renewal-other-region", "sdd", "ko"),
    ("siemens-late-renewal", "renewal-notice", "fa"),
    ("siemens-withdrawal-accepted", "withdrawal-ack", "en"),
    ("siemens-late-renewal", "quote", "fa"),
    ("ibm-cso-commercial", "support-plan", "ko"),
)
"""Each document type once, and each language."""

PROGRAM = """
import hashlib, json, sys
from pathlib import Path
from contractgen import generate
kinds = {"docx": "", "html": "", "pdf": "typst"}
done = {}
for record, kind, locale in json.load(sys.stdin):
    for format, engine in [*kinds.items(), *([("pdf", "weasyprint")] if kind == "quote" else [])]:
        made = generate(Path(record), kind, locale, format, pdf_engine=engine)
        done[f"{kind} {locale} {format} {engine}"] = hashlib.sha256(made.content).hexdigest()
print(json.dumps(done))
"""

WORLDS = (
    {"TZ": "Asia/Seoul", "PYTHONHASHSEED": "1", "LANG": "ko_KR.UTF-8", "SOURCE_DATE_EPOCH": "1"},
    {"TZ": "America/St_Johns", "PYTHONHASHSEED": "4242", "LC_ALL": "C", "PYTHONUTF8": "1"},
)


def made_in(world: dict[str, str], folder: Path, records: Path) -> dict[str, str]:
    """Return the hash of every document, made in a process of its own from a copy of the records."""
    inherited = {name: value for name, value in os.environ.items() if name not in {"LANG", "LC_ALL", "TZ"}}
    asked = json.dumps([(str(records / f"{record}.yaml"), kind, locale) for record, kind, locale in DOCUMENTS])
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=asked,
        env={**inherited, **world},
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        timeout=180,
    )
    done: dict[str, str] = json.loads(ran.stdout)
    return done


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    copied = tmp_path_factory.mktemp("another-place")
    for record, _, _ in DOCUMENTS:
        (copied / f"{record}.yaml").write_bytes((CONTRACTS / f"{record}.yaml").read_bytes())
    return [made_in(WORLDS[0], Path("/"), CONTRACTS), made_in(WORLDS[1], copied, copied)]


def test_the_same_input_makes_the_same_bytes_anywhere(worlds: list[dict[str, str]]) -> None:
    first, second = worlds
    assert len(first) == 16
    assert first == second
    assert len(set(first.values())) == len(first)
