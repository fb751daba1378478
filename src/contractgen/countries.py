"""Countries by their ISO 3166 codes of two letters, as CLDR knows them.

In: a code as typed. Out: the same code; ``ValueError`` (``cause | repair``) if it is no country.
"""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

GROUPS = frozenset({"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"})
"""Codes that CLDR names and that are no country: unions, the unknown region, pseudo-locales."""


@cache
def _codes() -> frozenset[str]:
    named = Locale("en").territories
    return frozenset(str(code) for code in named if re.fullmatch(r"[A-Z]{2}", str(code))) - GROUPS


def country(text: str) -> str:
    """Return ``text`` if it is the code of a country."""
    if text not in _codes():
        raise ValueError(f'"{text}" is not a country | write its ISO 3166 code of two capital letters, for instance KR')
    return text
