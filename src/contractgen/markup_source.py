"""The text of a clause or label before it is compiled: where its tags stand, and what may not stand in it.

In: a template's text. Out: ``Source``: the text as Jinja's parser is given it, and the place of every line, tag and
word; and the problems that can be told without parsing: hostile characters, tags and Markdown outside the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import jinja2

from contractgen.errors import Place, Problem, did_you_mean
from contractgen.languages import hostile_characters

TAGS = ("if", "elif", "else", "endif")
_OPENING = re.compile(r"\{[{%][-+]?")
_REFERENCE = re.compile(r"(?<!\\)\[\]\(#[a-z0-9-]+\)")
_OUTSIDE = tuple(
    (re.compile(rf"(?<!\\)(?:{pattern})", re.MULTILINE), cause, repair)
    for pattern, cause, repair in (
        (r"[{}]", "a single { or } stands in the words", "write {{ field }} with two"),
        (
            r"<(?=[A-Za-z/!?])",
            "HTML is not part of the clause grammar",
            r"write plain words, and \< for the sign itself",
        ),
        (r"!\[", "an image is not part of the clause grammar", "remove it"),
        (r"\[(?=[^\]\n]+\]\(#)", "a cross-reference has no words of its own", "write [](#slot): it prints the number"),
        (
            r"\[(?=[^\]\n]*\]\()",
            "a link may only be a cross-reference to a slot",
            "write [](#slot), or the address in words",
        ),
        (r"[\[\]]", "a square bracket stands alone", r"write [](#slot) for a cross-reference, and \[ for the bracket"),
        (r"`+", "code is not part of the clause grammar", "write plain words"),
        (r"\|", "a table is not part of the clause grammar", "add a table to the outline and the policy"),
        (r"^[ \t]*#+(?=[^# ]|#* *$)|^[ \t]*##+", "a heading has one # and a space", "write: # Heading"),
        (r"^[ \t]*>", "a quotation is not part of the clause grammar", "write a paragraph"),
        (r"^[ \t]*([-=_*~])(?:[ \t]*\1){2,}[ \t]*$", "a line of marks is not part of the clause grammar", "remove it"),
        (r"&#?\w+;", "an HTML entity is not part of the clause grammar", "write the character itself"),
        (r"~~", "struck-out words are not part of the clause grammar", "remove the marks"),
    )
)
"""What is no part of the grammar would be printed as it stands, so it is refused; a backslash lets it pass."""


class Source:
    """A template's text with its places. ``fixed`` is the place of a label, which stands for all of it."""

    def __init__(self, body: str, file: str, lines_before: int = 0, fixed: Place | None = None) -> None:
        self.body = body
        self.file = file
        self.lines_before = lines_before
        self.fixed = fixed
        self.starts: list[int] = []  # of each line that Jinja's parser sees: where it stands in the body
        self.spread = body
        self.begun: int | None = None  # where the tag stands that is being read

    def place(self, offset: int) -> Place:
        """Return the place of the character at ``offset``."""
        if self.fixed is not None:
            return self.fixed
        before = self.body[:offset]
        return Place(self.file, before.count("\n") + 1 + self.lines_before, offset - before.rfind("\n"))

    def offset(self, line: int) -> int:
        """Return where the line that Jinja's parser counts as ``line`` stands: a tag is on a line of its own."""
        return self.starts[min(line, len(self.starts)) - 1] if self.starts else 0

    def place_of(self, line: int, word: str) -> Place:
        """Return where ``word`` stands in the tag at Jinja's ``line``."""
        start = self.offset(line)
        pattern = re.compile(r"(?<![\w.])" + re.escape(word).replace(r"\.", r"\s*\.\s*") + r"(?!\w)")
        found = pattern.search(self.body, start)
        return self.place(found.start() if found else start)

    def place_of_tag(self, line: int) -> Place:
        """Return where the tag stands that is not closed, else the first one on a line of the body."""
        if self.begun is not None:
            return self.place(self.begun)
        start = sum(len(text) + 1 for text in self.body.split("\n")[: line - 1])
        found = _OPENING.search(self.body, start)
        return self.place(found.start() if found and "\n" not in self.body[start : found.start()] else start)

    def problem(self, offset: int, cause: str, repair: str) -> Problem:
        """Return a problem at ``offset``."""
        return Problem(self.place(offset), cause, repair)

    def read(self, environment: jinja2.Environment, *, markdown: bool) -> Iterator[Problem]:
        """Find tags and lines, and yield what may not stand here. Raises Jinja's ``TemplateSyntaxError``."""
        yield from (
            self.problem(i, f"holds {name}", "remove that character") for i, name in hostile_characters(self.body)
        )
        masked = list(" " * len(self.body))
        begins: list[int] = []
        end, before = 0, ""
        for _, kind, token in environment.lex(self.body):
            start = self.body.find(token, end)
            end = start + len(token)
            if kind == "data":
                masked[start:end] = token
            elif kind.startswith("variable"):
                masked[start:end] = "x" * len(token)  # a value is a word
            if kind in {"variable_begin", "block_begin"}:
                begins.append(start)
                self.begun, before = start, kind
            elif kind in {"variable_end", "block_end"}:
                self.begun = None
            elif kind == "raw_begin" or (before == "block_begin" and kind == "name"):
                word = "raw" if kind == "raw_begin" else token
                at = start if kind == "raw_begin" else begins[-1]
                if word not in TAGS and not word.startswith("end"):  # its beginning is told
                    hint = f"write a value or an if; {did_you_mean(word, TAGS)}"
                    yield self.problem(at, f"{{% {word} %}} is not part of the clause grammar", hint)
                before = ""
        self._spread(begins)
        yield from self._outside("".join(masked), markdown=markdown)

    def _spread(self, begins: list[int]) -> None:
        """Break the line after the opening of each tag: Jinja tells lines only, and so each tag has one of its own."""
        self.starts = [0]
        parts: list[str] = []
        position = 0
        for begin in [*begins, len(self.body)]:
            found = _OPENING.match(self.body, begin)
            opening = found.end() if found else begin
            piece = self.body[position:opening]
            self.starts += [position + newline.end() for newline in re.finditer("\n", piece)]
            parts.append(piece)
            position = opening
            if begin < len(self.body):
                parts.append("\n")
                self.starts.append(begin)
        self.spread = "".join(parts)

    def _outside(self, masked: str, *, markdown: bool) -> Iterator[Problem]:
        masked = _REFERENCE.sub(lambda found: "x" * len(found[0]), masked)
        told: set[int] = set()
        for pattern, cause, repair in _OUTSIDE if markdown else _OUTSIDE[:1]:
            for found in pattern.finditer(masked):
                offset = found.end() - len(found[0].lstrip())
                line = masked.count("\n", 0, offset)
                if line not in told:  # one fault a line: an image is a link with brackets, too
                    told.add(line)
                    yield self.problem(offset, cause, repair)
