"""WeasyPrint, walled in: in HTML and CSS, out PDF bytes; it may fetch the given font files and nothing else.

Importing this module loads WeasyPrint and its system libraries. Fonts and parsed CSS are kept for the life of the
process. Whatever the engine complains of becomes an ``OutputError``: its log is read, and a failed fetch is fatal.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache, lru_cache, partial
from io import BytesIO
from pathlib import Path
from threading import Lock
from xml.etree import ElementTree as ET

from cssselect2 import ElementWrapper  # type: ignore[import-untyped]
from weasyprint import CSS, HTML  # type: ignore[import-untyped]
from weasyprint import Attachment as EngineAttachment
from weasyprint.html import UA  # type: ignore[import-untyped]
from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse  # type: ignore[import-untyped]

from contractgen.attachments import Attachment
from contractgen.errors import OutputError, Place, Problem
from contractgen.writers.pdf_finish import finish

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


class Page(HTML):  # type: ignore[misc]
    """A page of ours: all its elements are closed, and it has no lists with markers of their own and no footnotes.

    So a parser of XML reads it, many times as fast as one that has to repair HTML; and no element is looked at for
    the marks of notes that it has not. Raises ``ParseError`` for a page that is not written so.
    """

    def __init__(self, markup: str) -> None:
        root = ET.fromstring(_VOID.sub(r"<\1/>", markup))  # noqa: S314  our own page, without entities
        self.base_url, self.url_fetcher, self.media_type = None, FontsOnly(), "print"
        self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:  # noqa: FBT001, FBT002  the engine calls it so
        del forms
        return [_own_looks()]


_VOID = re.compile(r"<((?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)\b[^>]*)>")
"""Elements that HTML does not close."""

_MARKS = re.compile(r"^::[\w-]+ \{.*$", re.MULTILINE)
"""The engine's rules for parts that every element could have."""


@cache
def _own_looks() -> CSS:
    """Return how elements look when no style sheet says it."""
    return CSS(string=_MARKS.sub("", UA), url_fetcher=FontsOnly())


def render(  # noqa: PLR0913  what is laid out, how, what it carries, and where it belongs
    markup: str,
    fixed: str,
    changing: str,
    fonts: tuple[Path, ...],
    place: Place,
    carried: tuple[Attachment, ...] = (),
    day: date = date(1970, 1, 1),
) -> bytes:
    """Return ``markup`` as PDF, styled by ``fixed`` (kept between calls) and ``changing`` CSS.

    The file carries ``carried``, dated ``day``. Raises ``OutputError`` for whatever the engine complains of.
    """
    with _LOCK, _complaints(place):
        config, sheet = _prepared(fixed, fonts)
        sheets = [sheet, CSS(string=changing, font_config=config, url_fetcher=FontsOnly())]
        html = Page(markup)
        files = [_attached(one, day) for one in carried]
        made = html.write_pdf(
            font_config=config,
            stylesheets=sheets,
            pdf_variant="pdf/a-3a",
            output_intent="",  # ``finish`` says it
            attachments=files,
            finisher=partial(finish, carried=carried),
        )
        return bytes(made)


def _attached(one: Attachment, day: date) -> EngineAttachment:
    """Return an attachment as the engine wants it: the data that the document was made from."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return EngineAttachment(
        file_obj=BytesIO(one.content),
        name=one.name,
        description=one.description,
        created=midnight,
        modified=midnight,
        relationship="Data",
        url_fetcher=FontsOnly(),
    )


@lru_cache(maxsize=8)
def _prepared(fixed: str, fonts: tuple[Path, ...]) -> tuple[FontConfiguration, CSS]:
    config = FontConfiguration()
    return config, CSS(string=fixed, font_config=config, url_fetcher=FontsOnly(fonts))


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
    except ET.ParseError as fault:
        raise OutputError.at(place, f"the page is not well formed: {fault}", repair) from fault
    except ValueError as fault:  # its parsers let some faults of a style sheet pass as they are
        raise OutputError.at(place, f"the PDF engine complains: {fault}", repair) from fault
    finally:
        logger.removeHandler(collector)
    if collector.messages:
        _prepared.cache_clear()  # a style sheet that was complained of is not kept for the next document
        raise OutputError(Problem(place, f"the PDF engine complains: {text}", repair) for text in collector.messages)
