"""CSS of the annotated page: in the house style and the number of notes, out the rules that show them.

No script: ``:has`` shows the notes of what is pointed at or has the focus, and hides the others meanwhile. A reader
whose browser does not know it has all notes in the panel, and the numbers lead there. In print they are endnotes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contractgen.styles import Styles
from contractgen.writers.css import color, screen_families, string

PANEL = 96
"""Width of the panel beside the document, in millimetres."""

ACTIVE = ":is(:hover, :focus-within)"


def note_rules(styles: Styles, shown: Mapping[int, Sequence[str]]) -> str:
    """Return the rules for notes; ``shown`` names by the number of each note the ids of all that is shown with it."""
    rules = "\n".join(
        f'body:has([data-note="{number}"]{ACTIVE}) :is({", ".join(f"#{one}" for one in ids)}) {{ display: block }}\n'
        f'body:has([data-note="{number}"]{ACTIVE}) #note-{number} {{ order: var(--rank) }}'
        for number, ids in shown.items()
    )
    stack = ", ".join([*(string(name) for name in screen_families(styles, "en")), "sans-serif"])
    return f"{_common(styles, stack)}\n@media screen {{\n{_screen(styles)}\n{rules}\n}}\n{_print(styles)}\n"


def _common(styles: Styles, stack: str) -> str:
    accent, muted, rule = (color(styles, name) for name in ("accent", "muted", "rule"))
    return f"""
.notes, .left-out {{ font-family: {stack}; font-size: 8pt; line-height: 1.4; word-break: normal }}
.notes h2, .left-out h2 {{ font-size: 11pt; color: {accent}; margin-bottom: 4pt }}
.notes h2:not(:first-child) {{ margin-top: 12pt }}
.endnote {{ margin-bottom: 6pt; padding-bottom: 5pt; border-bottom: 0.5pt solid {rule}; overflow-wrap: anywhere }}
.note-number {{ display: inline-block; min-width: 14pt; font-weight: 700; color: {accent} }}
.hint {{ color: {muted}; margin-bottom: 8pt }}
.trace {{ display: grid; grid-template-columns: max-content 1fr; column-gap: 5pt; margin-top: 1.5pt }}
.trace > dt {{ grid-column: 1 }}
.trace > dd {{ grid-column: 2; min-width: 0 }}
.trace > dt, .place {{ color: {muted} }}
.place {{ font-size: 7pt }}
.why {{ color: inherit; text-decoration: none }}
.why sup {{ font-size: 6pt; line-height: 0; font-weight: 400; color: {accent} }}
.why sup {{ padding-inline: 1pt; white-space: nowrap }}"""


def _screen(styles: Styles) -> str:
    rule, accent, own = (color(styles, name) for name in ("rule", "accent", "own"))
    width = styles.page.width_mm
    return f"""
a.why:not(.mark) bdi {{ text-decoration: underline dotted {accent} 1px; text-underline-offset: 2.5pt }}
:is(.addressee, .pairs) {{ line-height: 25px }}
a.why.mark {{ padding: 4px 9px; margin-inline: -7px }}
:is(.notes, .left-out) a {{ text-decoration: underline }}
.notes ol {{ display: flex; flex-direction: column }}
.clause:hover, tr[data-note]:hover, p[data-note]:hover {{ outline: 1px dotted {rule}; outline-offset: 2px }}
a.why:is(:hover, :focus) {{ background: {own}; outline: 1pt solid {accent}; text-decoration: none }}
.endnote {{ --rank: -2 }}
.endnote.of-slot {{ --rank: -1 }}
.endnote:target {{ background: {own} }}
.notes {{ position: fixed; box-sizing: border-box; overflow: auto; padding: 6mm; background: #fff }}
.left-out {{ box-sizing: border-box; max-width: {width}mm; margin: 8mm auto; padding: 8mm; background: #fff }}
body:has([data-note]{ACTIVE}) :is(.notes .endnote, .hint, .notes h2) {{ display: none }}
@media (min-width: {width + PANEL + 4}mm) {{
body {{ padding-inline-end: {PANEL}mm }}
.notes {{ inset-block: 0; inset-inline-end: 0; width: {PANEL}mm; border-inline-start: 1px solid {rule} }}
}}
@media (max-width: {width + PANEL + 3.99}mm) {{
body {{ padding-block-end: 40vh }}
.notes {{ inset-inline: 0; bottom: 0; height: 36vh; border-block-start: 2px solid {accent} }}
}}"""


def _print(styles: Styles) -> str:
    return f"""@media print {{
.notes {{ break-before: page }}
.notes, .left-out {{ font-size: 7pt }}
:is(.notes, .left-out) :is(ol, ul) {{ columns: 2; column-gap: 6mm }}
.endnote > p:first-child {{ break-after: avoid }}
.trace dd {{ orphans: 2; widows: 2 }}
a:focus {{ outline: 0 }}
.hint {{ display: none }}
.left-out {{ margin-top: 8mm; padding-top: 4mm; border-top: 1pt solid {color(styles, "accent")} }}
}}"""
