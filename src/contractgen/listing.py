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


def matrix(books: Library) -> list[dict[str, Any]]:
    """Return which documents exist: a row for each vendor and document type, with tiers, locales, formats, basis."""
    rows = []
    for vendor in books.vendors:
        policy = books.policy(vendor, Place("--vendor"))
        tiers = list(policy.facts["tier"].domain) if "tier" in policy.facts else []
        for document in books.document_types:
            if document in policy.documents:
                basis = policy.documents[document]
                row = {"vendor": vendor, "document": document, "tiers": tiers, "basis": basis}
                rows.append({**row, "locales": list(books.locales), "formats": list(extensions())})
    return rows


BASIS = {"policy": "source", "contract": "record"}
"""What a document rests on, in a word: the vendor's source, or figures of the contract record only."""


def matrix_as_text(rows: list[dict[str, Any]]) -> str:
    """Return the matrix as a Markdown table: vendors down, document types across, tiers and basis in the cells."""
    documents = list(dict.fromkeys(row["document"] for row in rows))
    cells = {(row["vendor"], row["document"]): BASIS[row["basis"]] for row in rows}
    tiers = {row["vendor"]: ", ".join(row["tiers"]) for row in rows}
    table = [["vendor", "tiers", *documents], ["---"] * (len(documents) + 2)]
    table += [[vendor, tiers[vendor], *(cells.get((vendor, name), "–") for name in documents)] for vendor in tiers]
    locales, formats = (" ".join(rows[0][name]) if rows else "" for name in ("locales", "formats"))
    lines = [f"| {' | '.join(row)} |" for row in table]
    lines += ["", f"Each in {locales} and as {formats}. source: the vendor's document supports it;"]
    lines += ["record: possible with figures of the contract record; –: no basis."]
    return "\n".join(lines) + "\n"


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
