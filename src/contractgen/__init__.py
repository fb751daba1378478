"""Contract data and localized clauses become finished, explainable documents.

``contractgen.generate(record, type, locale, format)`` makes one document, and ``contractgen.letter(refusal,
locale, format)`` the notice of one that is refused; see ``contractgen.api``. It is loaded when it is first asked for,
so that the command line starts quickly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contractgen.api import Generated, generate, letter
    from contractgen.selection import Refusal

__all__ = ["Generated", "Refusal", "generate", "letter"]


def __getattr__(name: str) -> Any:
    """Load a public name of the API when it is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from contractgen import api  # noqa: PLC0415  (see the module's text)

    return getattr(api, name)
