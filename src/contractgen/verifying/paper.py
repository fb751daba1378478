"""Two PDFs compared as an eye reads them: the one made again, and the one at hand.

In: both files' text in reading order (``parity_pdf``) and the tree. Out: ``Changes`` with page and line. A PDF does not
say which of its words are values; the tree knows what each value shows, so a changed stretch is told with its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from contractgen.carried.visible import squeezed
from contractgen.parity_figures import even
from contractgen.parity_pdf import read_pdf
from contractgen.parity_read import Reading
from contractgen.tree import Clause, Document, plain, values
from contractgen.verifying.comparing import Change, Changes, Sort, What
from contractgen.verifying.copies import Line, Shown
from contractgen.verifying.hunks import hunks


def compare_paper(issued: bytes, present: bytes, document: Document, file: str) -> Changes:
    """Return what differs between two PDFs in words; raises ``OutputError`` for one that cannot be read."""
    before, after = (read_pdf(content, file, document.language) for content in (issued, present))
    old, new = _text(before), _text(after)
    shown = list(_spans(old, document))
    line = Line("paragraph", old, tuple(shown), old)
    changes: list[Change] = []
    at = 0
    for hunk in hunks(line, Line("paragraph", new)):
        what: What = "changed" if hunk.old and hunk.new else "added" if hunk.new else "deleted"
        sort: Sort = "value" if hunk.field else "words"
        found = old.find(hunk.old, at) if hunk.old else -1
        at = found if found >= 0 else at
        changes.append(
            Change(sort, what, _clause(old, at, document), _place(before, at), hunk.field, hunk.old, hunk.new)
        )
    changes += _running(before, after)
    headed = [clause for clause in document.blocks if isinstance(clause, Clause) and clause.heading]
    touched = {change.clause for change in changes}
    return Changes(
        changes=tuple(changes),
        clauses=len(headed),
        clauses_untouched=sum(_name(clause) not in touched for clause in headed),
        values=len(shown),
        values_untouched=len(shown) - sum(change.sort == "value" for change in changes),
    )


def paper_text(content: bytes, language: str, file: str) -> str:
    """Return the text of a PDF in reading order."""
    return _text(read_pdf(content, file, language))


def _text(reading: Reading) -> str:
    return "".join(passage.text for passage in reading.passages)


def _place(reading: Reading, offset: int) -> str:
    return reading.passages[0].place(offset) if reading.passages else ""


def _spans(text: str, document: Document) -> Iterator[Shown]:
    """Yield where values stand, in their order; one that a line end cuts is found across it."""
    at = 0
    for value in values(document):
        letters = [re.escape(char) for char in even(value.text) if not char.isspace()]
        found = re.compile(r"\s*".join(letters)).search(text, at) if letters else None
        if found is not None and found.end() > found.start():
            yield Shown(value.field, found.start(), found.end())
            at = found.end()


def _name(clause: Clause) -> str:
    return " ".join(f"{clause.label} {plain(clause.heading)}".split())


def _clause(text: str, offset: int, document: Document) -> str:
    """Return the last clause whose heading stands before ``offset``."""
    seen = squeezed(text[: offset + 1])
    name = ""
    for block in document.blocks:
        if isinstance(block, Clause) and block.heading and squeezed(even(_name(block))) in seen:
            name = _name(block)
    return name


def _running(before: Reading, after: Reading) -> Iterator[Change]:
    known, now = ({squeezed(passage.text): passage for passage in reading.running} for reading in (before, after))
    gone = [passage for key, passage in known.items() if key not in now]
    for key, passage in now.items():
        if key not in known:
            old = gone.pop(0).text if gone else ""
            yield Change("line", "changed" if old else "added", "", "header or footer", "", old, passage.text)
    yield from (Change("line", "deleted", "", "header or footer", "", passage.text) for passage in gone)
