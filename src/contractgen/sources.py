"""The facts of a vendor's own document: what a citation leads to.

In: ``policies/sources/<vendor>.toml``. Out: ``Sources``: title, file hash, and each fact with its statement in our
words and its place in the source document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from contractgen.errors import Place, TemplateFault
from contractgen.files import Marked, read_toml
from contractgen.validation import Shape, validate


class FactEntry(Shape):
    """``[facts.<id>]``."""

    kind: str
    statement: str = Field(description="what the source says, in our words")
    lines: str = Field(description="lines of the source document")
    documents: list[str] = Field(default_factory=list)
    left_out: str = Field("", description="why no document carries this fact; empty if one does")
    left_out_of: dict[str, str] = Field(default_factory=dict, description="document types without it, each with why")


class SourceShape(Shape):
    """A sources file."""

    title: str
    language: str
    date: str = Field(description="date of the source document, or 'undated'")
    sha256: str
    facts: dict[str, FactEntry]


@dataclass(frozen=True, slots=True)
class Sources:
    """A vendor's source document and its facts."""

    file: str
    title: str
    date: str
    sha256: str
    facts: Mapping[str, FactEntry]
    marked: Marked

    def place(self, cite: str) -> Place:
        """Return where a fact stands in the sources file."""
        return self.marked.place("facts", cite)

    def describe(self, cite: str) -> str:
        """Return ``SIE-32: statement (source title, lines 99-101)``."""
        fact = self.facts[cite]
        return f"{cite}: {fact.statement} ({self.title}, lines {fact.lines})"


def load_sources(path: Path, name: str | None = None) -> Sources:
    """Read a sources file; raises ``TemplateFault`` with every fault."""
    marked = read_toml(path, TemplateFault, name)
    shape = validate(SourceShape, marked, TemplateFault)
    return Sources(marked.file, shape.title, shape.date, shape.sha256, dict(shape.facts), marked)
