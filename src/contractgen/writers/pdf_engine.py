"""WeasyPrint, walled in: in HTML and CSS, out PDF bytes; it may fetch the given font files and nothing else.

Importing this module loads WeasyPrint and its system libraries. Fonts and parsed CSS are kept for the life of the
process. Whatever the engine complains of becomes an ``OutputError``: its log is read, and a failed fetch is fatal.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from weasyprint import CSS, HTML  # type: ignore[import-untyped]
from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse  # type: ignore[import-untyped]

from contractgen.errors import OutputError, Place, Problem
from contractgen.writers.pdf_text import as_one_letter

_LOCK = Lock()
"""One document at a time: Pango's font map is shared."""


class FontsOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no type hints
    """Fetches the font files it was given; any other address stops the rendering."""

    def __init__(self, allowed: tuple[Path, ...] = ()) -> None:
        super().__init__(allowed_protocols=("file",), allow_redirects=False, fail_on_errors=True)
        self.allowed = {path.as_uri(): path for path in allowed}

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """Return the bytes of an allowed font file."""
        del headers
        if url not in self.allowed:
            raise FatalURLFetchingError(f"{url} is not one of the style sheet's fonts")
        return URLFetcherResponse(url, self.allowed[url].read_bytes())


def render(markup: str, fixed: str, changing: str, fonts: tuple[Path, ...], place: Place) -> bytes:
    """Return ``markup`` as PDF, styled by ``fixed`` (kept between calls) and ``changing`` CSS."""
    with _LOCK, _complaints(place):
        config, sheet = _prepared(fixed, fonts)
        fetcher = FontsOnly()
        sheets = [sheet, CSS(string=changing, font_config=config, url_fetcher=fetcher)]
        html = HTML(string=markup, url_fetcher=fetcher)
        return bytes(
            html.write_pdf(font_config=config, stylesheets=sheets, pdf_variant="pdf/ua-1", finisher=_mend_ligatures)
        )


@lru_cache(maxsize=8)
def _prepared(fixed: str, fonts: tuple[Path, ...]) -> tuple[FontConfiguration, CSS]:
    config = FontConfiguration()
    return config, CSS(string=fixed, font_config=config, url_fetcher=FontsOnly(fonts))


def _mend_ligatures(_document: object, pdf: Any) -> None:
    """Let text that is copied from the PDF read right where lam and alef are drawn as one glyph."""
    for item in pdf.objects:
        lines = getattr(item, "stream", None)
        if isinstance(lines, list) and b"endbfchar" in lines:
            item.stream = [as_one_letter(line) for line in lines]


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _complaints(place: Place) -> Iterator[None]:
    """Turn the engine's warnings, errors and refused fetches into one ``OutputError``."""
    collector, logger = _Collector(), logging.getLogger("weasyprint")
    repair = "mend the style sheet or the writer; nothing was written"
    logger.addHandler(collector)
    try:
        yield
    except FatalURLFetchingError as fault:
        raise OutputError.at(place, f"the PDF asks for what it may not have: {fault}", repair) from fault
    except ValueError as fault:  # its parsers let some faults of a style sheet pass as they are
        raise OutputError.at(place, f"the PDF engine complains: {fault}", repair) from fault
    finally:
        logger.removeHandler(collector)
    if collector.messages:
        _prepared.cache_clear()  # a style sheet that was complained of is not kept for the next document
        raise OutputError(Problem(place, f"the PDF engine complains: {text}", repair) for text in collector.messages)
