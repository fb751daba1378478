"""Files that a document carries inside itself: in a name, a media type and bytes, out ``Attachment``.

A document's own data travels with it, and a reader's program finds it again by its name. The tree holds attachments
beside the words: no writer shows them on a page, and every writer has a place for them (a PDF attachment of
relationship Data, a custom XML part of a Word package, a script block of a web page that no browser runs).
"""

from __future__ import annotations

from dataclasses import dataclass

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file inside a document.

    ``name``: a file name without a folder (``contractgen.json``). ``media_type``: ``application/json`` and the like.
    ``content``: its bytes, which come out of the document again as they went in. ``description``: one line in plain
    English for the program that lists attachments; it is no part of the document's words.
    """

    name: str
    media_type: str
    content: bytes
    description: str

    @property
    def is_json(self) -> bool:
        """Whether the content is JSON, which formats made of text carry as it is."""
        return self.media_type == JSON
