"""The house style as Typst: in ``Styles`` and a document, out the rules that stand before its blocks.

The rules say the same as ``css``: the same fonts, sizes, spaces, colours and page. A line is as high as its leading
says, half of it above and half below, and spaces between blocks collapse, as in CSS. Raises ``TemplateFault`` where the
style sheet lacks a colour or a language.
"""

from __future__ import annotations

from dataclasses import replace

from contractgen.styles import Style, Styles
from contractgen.tree import Document
from contractgen.writers.css import color, font_of

HEADING_STYLES = ("title", "subject", "heading-1", "heading-2", "heading-3", "clause-heading")
CELL_BLOCK = 2.8
"""Space between a cell's text and its upper and lower edge, in points."""

PERSIAN = "۰۱۲۳۴۵۶۷۸۹"


def literal(text: str) -> str:
    """Return ``text`` as a Typst string: whatever it holds, it stays text."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "").replace("\t", " ")
    return f'"{escaped}"'


def paint(styles: Styles, name: str) -> str:
    """Return a colour of the style sheet."""
    return f'rgb("{color(styles, name)}")'


def families(styles: Styles, language: str) -> tuple[str, ...]:
    """Return the families of a language, its fallbacks after it."""
    font = font_of(styles, language)
    return tuple(dict.fromkeys([font.family, *(font_of(styles, other).family for other in font.fallback)]))


def look(style: Style, styles: Styles) -> str:
    """Return the arguments of ``text`` for a style."""
    weight = "bold" if style.bold else "regular"
    slant = ', style: "italic"' if style.italic else ""
    return f'size: {style.size:g}pt, weight: "{weight}", fill: {paint(styles, style.color)}{slant}'


def leading(style: Style) -> str:
    """Return how far lines stand apart, beyond their own height of one em."""
    return f"{max(style.leading - 1, 0) * style.size:.4g}pt"


def half_leading(style: Style) -> float:
    """Return what a block has above its first and below its last line, in points."""
    return max(style.leading - 1, 0) * style.size / 2


def preamble(document: Document, styles: Styles, head: str, foot: str) -> str:
    """Return everything before the first block: document data, fonts, a function for each named style, the page.

    ``head`` and ``foot`` are the running header and footer as Typst expressions.
    """
    fonts = ", ".join(literal(name) for name in families(styles, document.language))
    meta = document.metadata
    day = f"datetime(year: {meta.day.year}, month: {meta.day.month}, day: {meta.day.day})"
    lines = [
        f"#set document(title: {literal(meta.title)}, author: {literal(meta.author)}, date: {day})",
        f"#set document(description: {literal(meta.subject)}, keywords: ({literal(meta.identifier)},))",
        f'#set text(font: ({fonts},), lang: "{document.language}", dir: {document.direction}, fallback: false)',
        '#set text(top-edge: 0.8em, bottom-edge: -0.2em, hyphenate: false, number-type: "lining")',
        '#set par(spacing: 0pt, justify: false, linebreaks: "simple")',
        "#set block(spacing: 0pt)",
        "#set heading(numbering: none, outlined: true, bookmarked: true)",
        "#show heading: it => it.body",
        f"#set text({look(styles.named['body'], styles)})",
    ]
    lines += [_function(name, style, styles) for name, style in styles.named.items()]
    bare = replace(styles.named["letterhead-line"], rule_below=0)
    lines.append(_function("letterhead-bare", bare, styles))
    lines.append(_page(document, styles, head, foot))
    return "\n".join(lines) + "\n"


def _function(name: str, style: Style, styles: Styles) -> str:
    """Return a function that sets its argument as a paragraph of the style."""
    half = half_leading(style)
    sticky = "true" if style.keep_with_next else "false"
    alignment = style.align if style.align in {"center", "end"} else "start"
    rule = f", stroke: (bottom: {style.rule_below:g}pt + {paint(styles, 'rule')})" if style.rule_below else ""
    inset = f"inset: (top: {half:.4g}pt, bottom: {half:.4g}pt)"
    space = f"above: {style.space_before:g}pt, below: {style.space_after:g}pt"
    head = f"show heading: set text({look(style, styles)}); " if name in HEADING_STYLES else ""
    return (
        f"#let s-{name}(body) = block(width: 100%, {space}, {inset}, sticky: {sticky}{rule}, "
        f"{{ {head}set text({look(style, styles)}); set par(leading: {leading(style)}); align({alignment}, body) }})\n"
        f"#let t-{name}(body) = {{ set text({look(style, styles)}); set par(leading: {leading(style)}); body }}"
    )


def _page(document: Document, styles: Styles, head: str, foot: str) -> str:
    page = styles.page
    left, right = (page.end_mm, page.start_mm) if document.direction == "rtl" else (page.start_mm, page.end_mm)
    margin = f"top: {page.top_mm:g}mm, bottom: {page.bottom_mm:g}mm, left: {left:g}mm, right: {right:g}mm"
    size = f"width: {page.width_mm:g}mm, height: {page.height_mm:g}mm"
    digits = literal(PERSIAN) if document.digits == "arabext" else literal("0123456789")
    number = f"#let page-digits(n) = str(n).clusters().map(c => {digits}.clusters().at(int(c))).join()"
    return f"{number}\n#set page({size}, margin: ({margin}), header: {head}, footer: {foot})"
