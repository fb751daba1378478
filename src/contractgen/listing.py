"""What there is: vendors, tiers, document types, locales, formats, clauses.

In: the library. Out: plain data and a listing for people.
"""

from __future__ import annotations

from typing import Any

from contractgen.errors import Place
from contractgen.library import Library
from contractgen.writers import extensions


def inventory(books: Library) -> dict[str, Any]:
    """Return everything that can be asked for, as plain data."""
    vendors: dict[str, Any] = {}
    for vendor in books.vendors:
        policy = books.policy(vendor, Place("--vendor"))
        tiers = policy.facts["tier"].domain if "tier" in policy.facts else ()
        transactions = policy.facts["transaction"].domain if "transaction" in policy.facts else ()
        vendors[vendor] = {
            "name": policy.name["en"],
            "tiers": list(tiers),
            "transactions": list(transactions),
            "documents": dict(policy.documents),
            "readings": {name: list(reading.options) for name, reading in policy.readings.items()},
        }
    return {
        "vendors": vendors,
        "document_types": list(books.document_types),
        "locales": {code: books.locale(code).name for code in books.locales},
        "formats": list(extensions()),
        "clauses": [f"{slot}/{wording}" for slot, wording in books.clause_names()],
    }


def as_text(data: dict[str, Any]) -> str:
    """Return the inventory for people."""
    lines = ["Vendors"]
    for vendor, entry in data["vendors"].items():
        documents = ", ".join(
            name if basis == "policy" else f"{name} (with data of the record only)"
            for name, basis in entry["documents"].items()
        )
        lines += [
            f"  {vendor}  {entry['name']}",
            f"    tiers         {', '.join(entry['tiers'])}",
            f"    transactions  {', '.join(entry['transactions'])}",
            f"    documents     {documents}",
        ]
    lines += ["Document types", *(f"  {name}" for name in data["document_types"])]
    lines += ["Locales", *(f"  {code}  {name}" for code, name in data["locales"].items())]
    lines += ["Formats", *(f"  {name}" for name in data["formats"])]
    lines += [f"Clauses ({len(data['clauses'])})", *(f"  {name}" for name in data["clauses"])]
    return "\n".join(lines) + "\n"
