"""Whether cells of the tier matrix that the source leaves open are read or held back (rule ``tier-cells``).

In: the reading ``inferred_cells``. Out: fact ``cells``. ``certain_only`` is the strict mode: a document then grants
only what the source says for certain.
"""

from __future__ import annotations

from enum import StrEnum

from contractgen.terms.sheet import Sheet

FACTS = {"cells": ("as-read", "certain-only")}


class InferredCells(StrEnum):
    """What becomes of a cell that is inferred and not stated."""

    AS_READ = "as_read"
    CERTAIN_ONLY = "certain_only"


def work(sheet: Sheet) -> None:
    """Put down the reading as a fact, so that wordings can be chosen by it."""
    value = sheet.option("inferred_cells", InferredCells).value.replace("_", "-")
    sheet.put_fact("cells", value, FACTS["cells"], (), "reading inferred_cells")
