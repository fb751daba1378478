"""CSS made from the house style: in ``Styles``, out the style sheet of the HTML page or of the PDF.

Every field of every named style becomes a declaration; ``start`` and ``end`` become logical properties, so one sheet
serves both directions. Raises ``TemplateFault`` where the style sheet lacks a colour or a language that is needed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from contractgen.errors import Place, TemplateFault, did_you_mean
from contractgen.styles import Font, Style, Styles
from contractgen.tree import (
    Direction,
    Document,
    Emphasis,
    Inlines,
    Letterhead,
    LineBreak,
    PageCount,
    PageNumber,
    Reference,
    Strong,
    Text,
    Value,
)
from contractgen.writers.measure import AFTER_NUMBERS, CELL_SIDE, PAIR_SHARE, SIGNATURE_SHARE

CELL_STYLES = ("table-header", "table-cell", "table-subtotal", "table-total")
PAIR_STYLES = ("key", "value", "signature-line")
COUNTERS = {"latn": "decimal", "arabext": "persian"}
"""Digits of a document → the CSS counter style that prints page numbers in them."""

BULLETS = {"bullet-1": "•", "bullet-2": "–", "bullet-3": "·"}
"""Marks of bullet items by level; every vendored font has them."""

CELL_BLOCK = 2.8
"""Space between a cell's text and its upper and lower edge, in points."""

_HEX = re.compile(r"#[0-9a-fA-F]{6}")

HAIRLINE, RULE = 0.5, 1.0
"""Widths of table rules, in points."""


def color(styles: Styles, name: str) -> str:
    """Return the CSS colour called ``name``."""
    found = styles.colors.get(name, "")
    if not _HEX.fullmatch(found):
        cause = f'color "{name}" is "{found}", not #rrggbb' if found else f'color "{name}" is missing'
        raise TemplateFault.at(Place(f"style {styles.name}"), cause, f'write {name} = "#1b1f24" under [colors]')
    return found


def font_of(styles: Styles, language: str) -> Font:
    """Return the fonts of ``language``."""
    if language not in styles.fonts:
        raise TemplateFault.at(
            Place(f"style {styles.name}"),
            f'no fonts for language "{language}"',
            f"add [fonts.{language}]; {did_you_mean(language, list(styles.fonts))}",
        )
    return styles.fonts[language]


def screen_families(styles: Styles, language: str) -> tuple[str, ...]:
    """Return the families a browser should try: the vendored font, what the office names, and the fallbacks'."""
    fonts = [font_of(styles, language)]
    fonts += [font_of(styles, other) for other in fonts[0].fallback]
    names = [name for font in fonts for name in (font.family, font.word_latin, font.word_east_asia, font.word_complex)]
    return tuple(dict.fromkeys(names))


def stylesheet(styles: Styles, families: Sequence[str], *, paper: bool) -> str:
    """Return all rules that depend on the style sheet alone; ``paper`` is the PDF, otherwise it is for a browser."""
    named = "\n".join(_named_rule(name, style, styles, paper=paper) for name, style in styles.named.items())
    parts = (_BASE, named, _tables(styles), _blocks(styles), _PAPER if paper else _screen(styles))
    stack = ", ".join([*(string(name) for name in families), *([] if paper else ["sans-serif"])])
    return f"html {{ font-family: {stack}; color: {color(styles, 'text')} }}\n" + "\n".join(parts)


def page_rules(document: Document, styles: Styles, *, paper: bool) -> str:
    """Return the ``@page`` rules: paper, margins, and the document's running header and footer with page numbers."""
    page = styles.page
    left, right = (page.end_mm, page.start_mm) if document.direction == "rtl" else (page.start_mm, page.end_mm)
    rules = [f"size: {page.width_mm}mm {page.height_mm}mm"]
    rules.append(f"margin: {page.top_mm}mm {right}mm {page.bottom_mm}mm {left}mm")
    if document.header:
        rules.append(_margin_box("top-center", "header", document.header, document, styles, paper=paper))
    if document.footer:
        rules.append(_margin_box("bottom-center", "footer", document.footer, document, styles, paper=paper))
    text = f"@page {{ {'; '.join(rules)} }}\n"
    if document.header and any(isinstance(block, Letterhead) for block in document.blocks):
        text += "@page :first { @top-center { content: none; border: 0 } }\n"
    return text


def string(text: str) -> str:
    """Quote ``text`` as a CSS string that can stand inside ``<style>``."""
    return '"' + "".join(char if char.isalnum() or char in " -_.,:" else f"\\{ord(char):x} " for char in text) + '"'


def _margin_box(  # noqa: PLR0913
    box: str, name: str, inlines: Inlines, document: Document, styles: Styles, *, paper: bool
) -> str:
    style = styles.named[name]
    content = " ".join(_content(inlines, COUNTERS[document.digits]))
    look = declarations(style, styles, paper=paper)
    return (
        f"@{box} {{ content: {content}; direction: {document.direction}; width: 100%; white-space: pre-line; {look} }}"
    )


def _content(inlines: Inlines, counter: str) -> list[str]:
    """Return ``inlines`` as the terms of a CSS ``content``, each value isolated from the direction around it."""
    terms: list[str] = []
    for inline in inlines:
        match inline:
            case Text() | Reference():
                terms.append(string(inline.text))
            case Value():
                terms.append(string(inline.text.join(isolates(inline.direction))))
            case Strong() | Emphasis():
                terms.extend(_content(inline.children, counter))
            case LineBreak():
                terms.append(string("\n"))
            case PageNumber():
                terms.append(f"counter(page, {counter})")
            case PageCount():
                terms.append(f"counter(pages, {counter})")
    return terms


def isolates(direction: Direction) -> tuple[str, str]:
    """Return the Unicode isolates to set before and after a value of ``direction``."""
    return ("\u2066" if direction == "ltr" else "\u2067", "\u2069")


def declarations(style: Style, styles: Styles, *, paper: bool) -> str:
    """Return the declarations of a style that any box can carry: type, colour, alignment, keeping, rule."""
    parts = [
        f"font-size: {_pt(style.size)}; line-height: {style.leading:g}",
        f"font-weight: {700 if style.bold else 400}; color: {color(styles, style.color)}",
        f"text-align: {style.align}",
    ]
    if style.italic:
        parts.append(_SLANT[paper])
    if style.keep_with_next:
        parts.append("break-after: avoid")
    if style.rule_below:
        parts.append(f"border-bottom: {_pt(style.rule_below)} solid {color(styles, 'rule')}")
    return "; ".join(parts)


def _named_rule(name: str, style: Style, styles: Styles, *, paper: bool) -> str:
    look = declarations(style, styles, paper=paper)
    before, after, indent = style.space_before, style.space_after, style.indent
    if name in CELL_STYLES:
        space = f"padding-block: {_pt(CELL_BLOCK + before)} {_pt(CELL_BLOCK + after)}"
        space += f"; padding-inline: {_pt(CELL_SIDE + indent)} {_pt(CELL_SIDE)}"
    elif name in PAIR_STYLES:
        # All space goes above, so that a label stands on the line that is to be written on.
        space = f"padding-block: {_pt(before + after + 1)} 1pt; padding-inline: {_pt(indent)} 8pt"
    else:
        space = f"margin-block: {_pt(before)} {_pt(after)}; padding-inline-start: {_pt(indent)}"
    rule = f".{name} {{ {look}; {space} }}"
    if style.hanging:
        # An empty or marked box with a negative margin, not text-indent: WeasyPrint has no negative one to the right.
        mark = f"content: {string(BULLETS.get(name, ''))}; display: inline-block"
        width = f"; min-width: {_pt(style.hanging)}" if name in BULLETS else ""
        rule += f"\n.{name}::before {{ {mark}; margin-inline-start: {_pt(-style.hanging)}{width} }}"
        rule += f"\n.{name} > .label {{ min-width: {_pt(style.hanging)} }}"
    return rule


def _tables(styles: Styles) -> str:
    rule, accent, shade, own = (color(styles, name) for name in ("rule", "accent", "shade", "own"))
    after = _pt(styles.named["body"].space_after + 2)
    return f"""
.table {{ width: 100%; table-layout: fixed; border-spacing: 0; margin-block: 0 {after} }}
.table th, .table td {{ vertical-align: top; border-bottom: {_pt(HAIRLINE)} solid {rule} }}
.table thead {{ break-after: avoid }}
.table tr.header th {{ vertical-align: bottom; border-bottom: {_pt(HAIRLINE)} solid {accent} }}
.table tr.header > * {{ border-top: {_pt(RULE)} solid {accent} }}
.table tbody tr:last-child > * {{ border-bottom: {_pt(RULE)} solid {accent} }}
.table tr.header, .table tr.subtotal, .table tr.total {{ background: {shade} }}
.table tr.total > * {{ border-top: {_pt(HAIRLINE)} solid {accent} }}
.table tr > .own.own, .table tr.own {{ background: {own} }}
.table tr > .center {{ text-align: center }}
.table tr > .number {{ text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums lining-nums }}
.table tr.header > .number {{ white-space: normal }}
[dir="ltr"] .number + .table-header:not(.number):not(.center),
[dir="ltr"] .number + .table-cell:not(.number):not(.center) {{ padding-inline-start: {_pt(AFTER_NUMBERS)} }}
.table tr, .table.short {{ break-inside: avoid }}
.table.led {{ break-before: avoid }}
.table tr.subtotal, .table tr.total {{ break-before: avoid }}"""


def _blocks(styles: Styles) -> str:
    last = styles.named["letterhead-line"]
    rule = f"; border-bottom: {_pt(last.rule_below)} solid {color(styles, 'rule')}" if last.rule_below else ""
    return f"""
.letterhead {{ margin-bottom: 14pt; padding-bottom: {6 if last.rule_below else 0}pt{rule} }}
.letterhead > .letterhead-line {{ border-bottom: 0 }}
.pairs {{ margin-bottom: {_pt(styles.named["body"].space_after)} }}
.signatory .blank {{ border-bottom: {_pt(HAIRLINE)} solid {color(styles, "muted")} }}
a {{ color: {color(styles, "accent")}; text-decoration: none }}"""


def _screen(styles: Styles) -> str:
    page = styles.page
    return f"""
.pairs {{ display: grid; grid-template-columns: {PAIR_SHARE:.0%} 1fr }}
.signatory .pairs {{ grid-template-columns: {SIGNATURE_SHARE:.0%} 1fr }}
.pairs > * {{ min-width: 0 }}
em {{ font-style: italic }}
ol, ul {{ list-style-type: "" }}
html {{ word-break: keep-all }}
@media screen {{
body {{ background: {color(styles, "shade")} }}
main, .running {{ box-sizing: border-box; max-width: {page.width_mm}mm; margin-inline: auto; background: #fff }}
main {{ padding-block: 16mm }}
main, .running {{ padding-inline: {page.start_mm}mm {page.end_mm}mm }}
.running {{ padding-block: 5mm }}
.page-break {{ margin-block: 10mm; border-top: 1px dashed {color(styles, "rule")} }}
main a {{ text-decoration: underline; text-underline-offset: 2px }}
}}
@media screen and (max-width: {page.width_mm}mm) {{
main, .running {{ padding-inline: 4vw }}
.table {{ table-layout: auto }}
.table th, .table td {{ padding-inline: 3px; font-size: 7.5pt }}
.table td:not(.number) {{ overflow-wrap: anywhere }}
.table tr > .number {{ white-space: normal }}
}}
@media print {{ .running {{ display: none }} }}"""


def _pt(points: float) -> str:
    return f"{points:g}pt" if points else "0"


_SLANT = {
    False: "font-style: italic",
    # The vendored fonts have no italic and WeasyPrint makes none: on paper emphasis is a fine underline.
    True: "text-decoration: underline; text-decoration-thickness: 0.5pt; text-underline-offset: 1.5pt",
}

_BASE = """
body, h1, h2, h3, h4, h5, h6, p, ol, ul, li, dl, dt, dd, table, caption, th, td { margin: 0; padding: 0 }
body, p, li { orphans: 2; widows: 2 }
html { overflow-wrap: break-word }
strong { font-weight: 700 }
.label { display: inline-block; white-space: pre; font-variant-numeric: tabular-nums }
.clause-heading > .label { font-variant-numeric: normal }
.clause.kept { break-inside: avoid }
th { font-weight: inherit; text-align: start }
.page-break { break-after: page }
ol, ul { break-before: avoid }
.closing, .signatures { break-before: avoid }
.page-break + .closing, .page-break + .signatures { break-before: auto }
.whole { white-space: nowrap }
td .whole { white-space: inherit }
.signatures { break-inside: avoid; margin-top: 8pt }
.signatory { display: inline-block; vertical-align: bottom; width: 46%; margin-inline-end: 8%; margin-bottom: 4pt }
.signatory:nth-child(even) { margin-inline-end: 0 }
.signatory .pairs > dd { min-height: 18pt }
.letterhead { break-inside: avoid }
.key { font-weight: inherit }"""

_PAPER = f"""
em {{ font-style: normal; {_SLANT[True]} }}
ol, ul {{ list-style: none }}
table.pairs {{ width: 100%; table-layout: fixed; border-spacing: 0 }}
.pairs tr {{ break-inside: avoid }}
.pairs th {{ width: {PAIR_SHARE:.0%}; vertical-align: top; text-align: start }}
.pairs td {{ vertical-align: top }}
.signatory .pairs th {{ width: {SIGNATURE_SHARE:.0%}; vertical-align: bottom }}
.signatory .pairs td {{ vertical-align: bottom }}
.signatory .pairs td {{ height: 18pt }}
caption {{ break-after: avoid }}
h1, h2, h3, h4, h5, h6 {{ bookmark-label: attr(data-bookmark) }}"""
