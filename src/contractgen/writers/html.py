"""HTML: in a numbered ``Document``, out one self-contained page that reads well on a screen and prints well.

The page fetches nothing: styles are inline, fonts are asked for by name with the reader's own as fallback. Each sealed
value is a ``<bdi>`` that carries its field and its canonical spelling, so that a program can read the page back.
"""

from __future__ import annotations

from markupsafe import escape

from contractgen.styles import Styles
from contractgen.tree import Document, Inlines
from contractgen.writers._html_parts import script_blocks
from contractgen.writers.body import Body
from contractgen.writers.css import page_rules, screen_families, stylesheet

EXTENSION = "html"
MEDIA_TYPE = "text/html"


def write(document: Document, styles: Styles) -> bytes:
    """Return the document as UTF-8 HTML; raises ``OutputError`` and ``TemplateFault``."""
    return whole(Body(document, styles))


def whole(body: Body, rules: str = "", after: str = "") -> bytes:
    """Return the page of a body; ``rules`` is more CSS, ``after`` is markup that follows the document."""
    document, styles = body.document, body.styles
    families = screen_families(styles, document.language)
    css = stylesheet(styles, families, paper=False) + page_rules(document, styles, paper=False) + rules
    header, footer = _running(body, "header", document.header), _running(body, "footer", document.footer)
    content = f"{header}<main>\n{body.markup()}\n</main>\n{footer}{script_blocks(document.attachments)}{after}"
    return page(
        document,
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>\n{css}</style>',
        content,
    ).encode()


def page(document: Document, head: str, content: str) -> str:
    """Return a whole HTML page: ``head`` is more for its head, ``content`` its body."""
    meta = document.metadata
    named = {
        "author": meta.author,
        "description": meta.subject,
        "generator": "contractgen",
        "dcterms.created": meta.day.isoformat(),
        "dcterms.identifier": meta.identifier,
    }
    lines = [f'<meta name="{name}" content="{escape(text)}">' for name, text in named.items() if text]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{escape(document.language)}" dir="{document.direction}">',
            "<head>",
            '<meta charset="utf-8">',
            f"<title>{escape(meta.title)}</title>",
            *lines,
            head,
            "</head>",
            "<body>",
            content,
            "</body>",
            "</html>\n",
        ],
    )


def _running(body: Body, name: str, inlines: Inlines) -> str:
    """Return the running header or footer as the screen shows it; in print ``@page`` repeats it on every page."""
    return f'<{name} class="running"><p class="{name}">{body.run(inlines)}</p></{name}>\n' if inlines else ""
