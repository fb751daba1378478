"""The number that a register gives a document whose record has none: put in after everything was decided.

In: terms, a number, how it came about. Out: the same terms with the figure ``document.number``. It is the only figure
that no rule, policy or record gives, and nothing is decided by it.
"""

from __future__ import annotations

from dataclasses import replace

from contractgen.terms import Terms
from contractgen.values import Cause, Figure, Kind, Origin

NUMBER = "document.number"


def with_number(terms: Terms, number: str, working: str = "") -> Terms:
    """Return the terms with a register's number as the document's own; "" leaves them as they are."""
    if not number:
        return terms
    figure = Figure(NUMBER, Kind.CODE, number, Cause(Origin.REGISTER, "register", working=working))
    return replace(terms, figures={**terms.figures, NUMBER: figure})
