"""Make the picture of the README: the first page of one renewal notice in three languages, side by side.

In: the sample contract. Out: ``letter.png`` beside this file. ``./run contractgen`` sets up the environment; then
``.venv/bin/python docs/images/make.py`` (it needs ``pdftoppm`` and Pillow, which the tests' dependencies bring).
"""

# ruff: noqa: INP001  a script, no package
from __future__ import annotations

import io
import subprocess
from pathlib import Path

from PIL import Image, ImageOps

from contractgen.api import Generated, generate
from contractgen.paths import sample_contracts

LOCALES = ("ko", "fa", "en")
PAGE_HEIGHT = 880
GAP = 16
PAPER, BORDER, TABLE = "#ffffff", "#c8ccd2", "#eef0f3"


def first_page(locale: str) -> Image.Image:
    """Return the first page of the letter, with a fine border."""
    made = generate(sample_contracts() / "siemens-late-renewal.yaml", "renewal-notice", locale, "pdf")
    if not isinstance(made, Generated):
        raise SystemExit(str(made))
    command = ["pdftoppm", "-png", "-singlefile", "-f", "1", "-scale-to", str(PAGE_HEIGHT), "-"]
    done = subprocess.run(command, input=made.content, capture_output=True, check=True)  # noqa: S603  our own words
    return ImageOps.expand(Image.open(io.BytesIO(done.stdout)).convert("RGB"), 1, BORDER)


def strip(pages: list[Image.Image]) -> Image.Image:
    """Lay pages side by side."""
    width = sum(page.width + GAP for page in pages) + GAP
    whole = Image.new("RGB", (width, pages[0].height + 2 * GAP), TABLE)
    left = GAP
    for page in pages:
        whole.paste(page, (left, GAP))
        left += page.width + GAP
    return whole


if __name__ == "__main__":
    picture = strip([first_page(locale) for locale in LOCALES])
    picture.quantize(32, dither=Image.Dither.NONE).save(Path(__file__).with_name("letter.png"), optimize=True)
