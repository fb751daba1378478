"""The picture of the clock as PNG, for mail and slides that take no SVG.

In: the SVG of a clock and the house ``Styles``. Out: the bytes of a PNG, the same on every machine: the fonts are those
of the style sheet and no other file is read. Raises ``OutputError`` where the engine is not installed.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from contractgen.clock_chart import WIDTH
from contractgen.errors import OutputError, Place
from contractgen.styles import Styles

PIXELS = 2
"""Pixels a unit of the picture, so that it stays sharp when it is printed."""
_SYSTEM = "system-ui"
"""What the picture asks for on a screen; here each machine would have another font."""


def as_png(svg: str, styles: Styles) -> bytes:
    """Return the picture of ``clock_chart.as_svg`` as PNG, set in the fonts of the style sheet."""
    try:
        import typst  # noqa: PLC0415  (an extra)
    except ImportError as fault:
        repair = "pip install 'contractgen[typst]', or ask for --format svg"
        raise OutputError.at(Place("clock as PNG"), "the engine is not installed", repair) from fault
    families = ", ".join(dict.fromkeys(font.family for font in styles.fonts.values()))
    source = f'#set page(width: {WIDTH}pt, height: auto, margin: 0pt)\n#image("clock.svg", width: 100%)'
    with tempfile.TemporaryDirectory(prefix="contractgen-") as root:
        Path(root, "clock.svg").write_text(svg.replace(_SYSTEM, f"{families}, {_SYSTEM}"), encoding="utf-8")
        engine = typst.Compiler(root=root, font_paths=[str(styles.folder.resolve())], ignore_system_fonts=True)
        made: Any = engine.compile(input=source.encode(), format="png", ppi=72 * PIXELS)  # one page, so bytes
        return bytes(made)
