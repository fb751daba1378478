"""Carried data compiled: in a marked document and its frame, out the attachment of any document of the same form.

The values are taken from the contents that fill the document's holes, and the hashes from the texts that it then shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contractgen.attachments import Attachment
from contractgen.carried.manifest import Frame, Shown, assembled, shown_as
from contractgen.carried.visible import clause_text, clauses, digest, shown_values, visible_text
from contractgen.marks import is_marked, pieces
from contractgen.tree import Document, Value
from contractgen.writers.forms import Content, NoForm, Slot, text_of

Pieces = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class CarriedForm:
    """What a document of given choices carries, but for its values.

    ``shown``: each value that it shows, or the index of one; ``clauses``: the hash of each, or the pieces of its text.
    """

    frame: Frame
    shown: tuple[int | Shown, ...]
    whole: Pieces
    clauses: tuple[tuple[str, str | Pieces], ...]

    def filled(self, record: str, contents: Sequence[Content]) -> Attachment:
        """Return the attachment of a document with these contents; ``record`` is the text of its contract record."""
        texts = [text_of(content) for content in contents]
        shown = [_shown(contents[item]) if isinstance(item, int) else item for item in self.shown]
        digests = {
            slot: found if isinstance(found, str) else digest(_joined(found, texts)) for slot, found in self.clauses
        }
        return assembled(self.frame, record, shown, digests, digest(_joined(self.whole, texts)))


def carried_form(document: Document, frame: Frame) -> CarriedForm:
    """Return the form of what a marked document carries."""
    shown = dict.fromkeys(
        value.index if isinstance(value, Slot) else shown_as(value) for value in shown_values(document)
    )
    texts = ((clause.slot, clause_text(clause)) for clause in clauses(document))
    digests = tuple((slot, pieces(text) if is_marked(text) else digest(text)) for slot, text in texts)
    return CarriedForm(frame, tuple(shown), pieces(visible_text(document)), digests)


def _shown(content: Content) -> Shown:
    if not isinstance(content, Value):
        raise NoForm("a text stands where only a value can")
    return shown_as(content)


def _joined(parts: Pieces, texts: Sequence[str]) -> str:
    return "".join([texts[part] if isinstance(part, int) else part for part in parts])
