"""What a Word file can be asked to be, beyond what its document tree and the house style say.

In: choices of the user. Out: ``WordOptions``, which ``docx.write`` takes. Other formats know nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from contractgen.writers.word_house import House

Note = tuple[str, tuple[str, ...]]
"""A comment: the anchor of a clause, and the lines to be said of it."""


@dataclass(frozen=True, slots=True)
class WordOptions:
    """Choices for one Word file.

    ``locked``: clauses and values can neither be changed nor deleted in Word until someone unlocks their controls.
    ``notes``: comments on clauses. ``house``: the user's own Word file, whose looks the document takes.
    """

    locked: bool = False
    notes: tuple[Note, ...] = ()
    house: House | None = None


PLAIN = WordOptions()
"""A file without locks and comments."""
