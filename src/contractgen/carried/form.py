"""Carried data compiled: in a marked document and its frame, out the attachment of any document of the same form.

The values are taken from the contents that fill the document's holes, and the hashes from the texts that it then shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from contractgen.carried.manifest import Frame, assembled, listed
from contractgen.carried.visible import bare, clause_text, clauses, digest, digest_of_bare, shown_values, visible_text
from contractgen.marks import is_marked, pieces
from contractgen.tree import Document
from contractgen.writers.forms import Content, Slot, text_of

Pieces = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class CarriedForm:
    """What a document of given choices carries, but for its values.

    ``shown``: each value that it shows, as the section lists it, or the index of one; ``whole`` and ``clauses``: the
    pieces of their texts, or the hash of a clause without values.
    """

    frame: Frame
    shown: tuple[int | str, ...]
    whole: Pieces
    clauses: tuple[tuple[str, str | Pieces], ...]
    last: dict[int, tuple[Content, str, str]] = field(default_factory=dict, compare=False, repr=False)
    """What each content was, as bare text and as the section lists it: a policy's are the same in every document."""

    def filled(self, record: str, contents: Sequence[Content]) -> str:
        """Return the attachment of a document with these contents; ``record`` is the text of its contract record."""
        for index, content in enumerate(contents):
            if index not in self.last or self.last[index][0] is not content:
                item = "" if isinstance(content, str) else listed(content)
                self.last[index] = (content, bare(text_of(content)), item)
        shown = [item if isinstance(item, str) else self.last[item][2] for item in self.shown]
        digests = {
            slot: found if isinstance(found, str) else digest_of_bare(self._joined(found))
            for slot, found in self.clauses
        }
        return assembled(self.frame, record, shown, digests, digest_of_bare(self._joined(self.whole)))

    def _joined(self, parts: Pieces) -> str:
        return "".join([part if isinstance(part, str) else self.last[part][1] for part in parts])


def carried_form(document: Document, frame: Frame) -> CarriedForm:
    """Return the form of what a marked document carries."""
    shown = dict.fromkeys(value.index if isinstance(value, Slot) else listed(value) for value in shown_values(document))
    texts = ((clause.slot, clause_text(clause)) for clause in clauses(document))
    digests = tuple((slot, _pieces(text) if is_marked(text) else digest(text)) for slot, text in texts)
    return CarriedForm(frame, tuple(shown), _pieces(visible_text(document)), digests)


def _pieces(text: str) -> Pieces:
    """Return the pieces of a marked text, its words bare: long texts are squeezed once, not for each document."""
    return tuple(bare(piece) if isinstance(piece, str) else piece for piece in pieces(text))
