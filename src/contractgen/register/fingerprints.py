"""Hashes of what a document is made from: its record, the policy, the words, the style.

In: a selection, the record it came from, a locale, the library. Out: SHA-256 hashes in hex, for a ``Request``. Only
what this document uses counts: a clause of another document or locale may change without making a new revision.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version as installed
from pathlib import Path

from contractgen.carried.manifest import record_text
from contractgen.contract import Contract
from contractgen.library import REFERENCE_LOCALE, Library
from contractgen.register.entries import digest
from contractgen.register.placing import sha256_of
from contractgen.selection import Filled, Selection


class Fingerprints:
    """Hashes over one library; each file is read once."""

    def __init__(self, books: Library) -> None:
        self._books = books
        self._hashes: dict[str, tuple[tuple[str, str], ...]] = {}
        self._style = ""

    @staticmethod
    def data(contract: Contract, document: str, *, carried: bool) -> str:
        """Return the hash of a record as the document carries it, letter by letter.

        Of one that carries nothing: of what it says to this document, all but its number and all but other documents.
        """
        if carried:
            return digest(record_text(contract.marked))
        documents = contract.marked.data.get("documents", {})
        own = {name: value for name, value in documents.get(document, {}).items() if name != "number"}
        return digest({**contract.marked.data, "documents": {document: own}})

    def policy(self, vendor: str) -> str:
        """Return the hash of a vendor's policy and of its sources."""
        return digest([*self._files(f"policies/{vendor}.toml"), *self._files(f"policies/sources/{vendor}.toml")])

    def words(self, selection: Selection, locale: str) -> str:
        """Return the hash of the outline, the clauses chosen (with their English originals) and the locale's labels."""
        outline = Path(selection.outline.marked.file).name
        parts = [
            *self._files(f"templates/documents/{outline}"),
            *self._files(f"templates/letters/{outline}"),
            *self._files(f"templates/{locale}/locale.toml"),
            *self._files(f"templates/{locale}/readings.toml"),
            *self._labels(locale),
        ]
        for pick in selection.picks:
            if isinstance(pick, Filled) and pick.wording:
                for code in dict.fromkeys((locale, REFERENCE_LOCALE)):
                    parts.extend(self._files(f"templates/{code}/clauses/{pick.slot.name}/{pick.wording}.md"))
        return digest(parts)

    def style(self) -> str:
        """Return the hash of the style sheet and the fonts it comes with."""
        if not self._style:
            sheet = self._books.search("templates/styles/house.toml")
            folder = sheet.parent if sheet else Path()
            fonts = sorted(path for path in folder.rglob("*") if path.suffix in {".ttf", ".otf"})
            parts = [*self._files("templates/styles/house.toml"), *((font.name, sha256_of(font)) for font in fonts)]
            self._style = digest(parts)
        return self._style

    def _labels(self, locale: str) -> tuple[tuple[str, str], ...]:
        """Return every folder's own labels: they are laid over one another."""
        name = f"templates/{locale}/labels.toml"
        if f"all {name}" not in self._hashes:
            paths = [folder / name for folder in self._books.folders]
            self._hashes[f"all {name}"] = tuple((name, sha256_of(path)) for path in paths if path.is_file())
        return self._hashes[f"all {name}"]

    def _files(self, relative: str) -> tuple[tuple[str, str], ...]:
        """Return the name and hash of a file of the data folders; nothing where no folder has it."""
        if relative not in self._hashes:
            path = self._books.search(relative)
            self._hashes[relative] = ((relative, sha256_of(path)),) if path else ()
        return self._hashes[relative]


@cache
def version() -> str:
    """Return contractgen's own version."""
    return installed("contractgen")
