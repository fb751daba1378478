"""The house style as Typst: in ``Styles`` and a document, out a module of rules and functions that its source imports.

The module says the same as ``css``: fonts, sizes, spaces, colours, page. It depends on style sheet, language and
direction alone, so the engine reads it once for many documents. Nothing of one document is set as a style of its words:
not its title, not its running header. The engine remembers how a paragraph of the same words under the same styles was
laid out, so it need not do it again in the next document. A line is as high as its leading says, half of it above
and half below, and spaces between blocks collapse, as in CSS. Raises ``TemplateFault`` where the style sheet lacks a
colour or a language.
"""

from __future__ import annotations

from dataclasses import replace

from contractgen.styles import Style, Styles
from contractgen.tree import Digits, Direction
from contractgen.writers.css import HAIRLINE, RULE, color, font_of

HEADING_STYLES = ("title", "subject", "heading-1", "heading-2", "heading-3", "clause-heading")
CELL_BLOCK = 2.8
"""Space between a cell's text and its upper and lower edge, in points."""

ASCENT = 0.8
"""The share of a line's height, without leading, that stands above its foot."""

BLANK_LINE = 20
"""Height of a line that is to be written on, in points."""

POINTS_PER_MM = 72 / 25.4

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


def house(styles: Styles, language: str, direction: Direction, digits: Digits) -> str:
    """Return the module for all documents of this language, direction and way of counting pages."""
    named, fonts = _named(styles), ", ".join(literal(name) for name in families(styles, language))
    figures = literal(PERSIAN if digits == "arabext" else "0123456789")
    lines = [
        f"#let page-digits(n) = str(n).clusters().map(c => {figures}.clusters().at(int(c))).join()",
        "#let page-number = context page-digits(counter(page).get().first())",
        "#let page-count = context page-digits(counter(page).final().first())",
        "#let after-first(it) = context if counter(page).get().first() > 1 { it }",
        "#let in-ltr(it) = box(text(dir: ltr, it))",
        "#let in-rtl(it) = box(text(dir: rtl, it))",
        "#let whole(it) = box(it)",
        "#let said(lang, it) = text(lang: lang, it)",
        "#let fine(it) = underline(stroke: 0.5pt, offset: 1.5pt, it)",
        f"#let to(name, it) = link(label(name), text(fill: {paint(styles, 'accent')}, it))",
        "#let titled(level, it, name: none) = [#heading(level: level, it)#if name != none { label(name) }]",
        f"#let line = (bottom: {HAIRLINE:g}pt + {paint(styles, 'muted')})",
        f"#let sign-here = block(width: 100%, height: {BLANK_LINE}pt, stroke: line)",
        *(_block(name, style, styles) for name, style in named.items() if not name.startswith(("item-", "bullet-"))),
        _block("letterhead-bare", replace(named["letterhead-line"], rule_below=0), styles),
        *(_words(name, style, styles) for name, style in named.items()),
        _cells(styles),
        "#let about(title, author, subject, number, day, carried) = {",
        "set document(title: title, author: author, description: subject, keywords: (number,), date: day)",
        "carried }",
        '#let running = state("running", (head: none, foot: none))',
        "#let running-head = context running.final().head",
        "#let running-foot = context running.final().foot",
        "#let house(body) = {",
        f'set text(font: ({fonts},), lang: "{language}", dir: {direction}, fallback: false)',
        'set text(hyphenate: false, number-type: "lining")',
        f"set text({look(named['body'], None, styles)})",
        'set par(spacing: 0pt, leading: 0pt, justify: false, linebreaks: "simple")',
        "set block(spacing: 0pt)",
        "set table.cell(breakable: false)",
        "show heading: it => it.body",
        f"set page({_page(styles, direction)}, header: running-head, footer: running-foot)",
        "body }",
    ]
    return "\n".join(lines) + "\n"


def _named(styles: Styles) -> dict[str, Style]:
    """Return the named styles; as in CSS, the space above a caption is added to that below the text before it."""
    caption = styles.named["caption"]
    above = caption.space_before + styles.named["body"].space_after
    return {**styles.named, "caption": replace(caption, space_before=above)}


def look(style: Style, around: Style | None, styles: Styles) -> str:
    """Return the arguments of ``text`` for a style, as far as it differs from that ``around`` it."""
    half = max(style.leading - 1, 0) / 2
    said = {
        "size": f"{style.size:g}pt",
        "weight": '"bold"' if style.bold else '"regular"',
        "fill": paint(styles, style.color),
        "style": '"italic"' if style.italic else '"normal"',
        "top-edge": f"{ASCENT + half:.4g}em",
        "bottom-edge": f"{ASCENT - 1 - half:.4g}em",
    }
    if around is not None:
        base = dict(part.split(": ", 1) for part in look(around, None, styles).split(", "))
        said = {name: value for name, value in said.items() if base[name] != value}
    return ", ".join(f"{name}: {value}" for name, value in said.items())


def _block(name: str, style: Style, styles: Styles) -> str:
    """Return a function that sets its argument as a paragraph of the style; ``k`` keeps it with the next block."""
    sticky = "true" if style.keep_with_next else "false"
    rule = f", stroke: (bottom: {style.rule_below:g}pt + {paint(styles, 'rule')})" if style.rule_below else ""
    wide = "width: 100%, " if rule or style.align in {"center", "end"} else ""
    changes = look(style, styles.named["body"], styles)
    shown = f"{{ set text({changes}); par(it) }}" if changes else "par(it)"
    if name in HEADING_STYLES:
        shown = _dressed(style, styles.named["body"], styles)
        shown = f"{{ show heading: set text({look(style, None, styles)}); {shown} }}"
    if style.align in {"center", "end"}:
        shown = f"align({style.align}, {shown})"
    space = f"above: {style.space_before:g}pt, below: {style.space_after:g}pt"
    return f"#let s-{name}(it, k: {sticky}) = block({wide}{space}, sticky: k{rule}, {shown})"


def _words(name: str, style: Style, styles: Styles) -> str:
    """Return a function that gives words the looks of the style, without a block of their own."""
    return f"#let t-{name}(it) = {_dressed(style, styles.named['body'], styles)}"


def _dressed(style: Style, around: Style, styles: Styles) -> str:
    changes = look(style, around, styles)
    return f"text({changes}, it)" if changes else "it"


def _cells(styles: Styles) -> str:
    """Return functions for the cells of each role that are not plain, and the rules of the table round them."""
    accent, fine, shade = (paint(styles, name) for name in ("accent", "rule", "shade"))
    strokes = {
        "header": f"(x: none, top: {RULE:g}pt + {accent}, bottom: {HAIRLINE:g}pt + {accent})",
        "subtotal": f"(x: none, top: none, bottom: {HAIRLINE:g}pt + {fine})",
        "total": f"(x: none, top: {HAIRLINE:g}pt + {accent}, bottom: none)",
    }
    lines = [
        f"#let own-cell(it) = table.cell(fill: {paint(styles, 'own')}, it)",
        f"#let own-fill = {paint(styles, 'own')}",
        f"#let fine-rule = (x: none, top: none, bottom: {HAIRLINE:g}pt + {fine})",
        f"#let last-rule(y) = table.hline(y: y, stroke: {RULE:g}pt + {accent})",
        f"#let cells(it) = {{ set text({look(styles.named['table-cell'], None, styles)}); it }}",
        '#let figures(it) = text(number-width: "tabular", it)',
    ]
    for role, stroke in strokes.items():
        shown = _dressed(styles.named[f"table-{role}"], styles.named["table-cell"], styles)
        upright = ", align: bottom" if role == "header" else ""
        lines.append(
            f"#let c-{role}(it, n: 1) = table.cell(colspan: n, fill: {shade}, stroke: {stroke}{upright}, {shown})"
        )
    return "\n".join(lines)


def _page(styles: Styles, direction: Direction) -> str:
    page = styles.page
    left, right = (page.end_mm, page.start_mm) if direction == "rtl" else (page.start_mm, page.end_mm)
    margin = f"top: {page.top_mm:g}mm, bottom: {page.bottom_mm:g}mm, left: {left:g}mm, right: {right:g}mm"
    head, foot = (
        f"{name}: {(room - styles.named[part].size * styles.named[part].leading / POINTS_PER_MM) / 2:.4g}mm"
        for name, part, room in (("header-ascent", "header", page.top_mm), ("footer-descent", "footer", page.bottom_mm))
    )  # in the middle of the margin, as in CSS
    return f"width: {page.width_mm:g}mm, height: {page.height_mm:g}mm, margin: ({margin}), {head}, {foot}"
