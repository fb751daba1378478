"""All data folders as one library: policies, outlines, clauses, locales and styles, most specific folder first.

In: folders of the shape of the built-in data. Out: loaded, checked objects, each read once. A name that no folder has
is an error that says what exists. A translation that does not follow the English revision stops the document.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

from contractgen.errors import InvalidData, Place, Problem, TemplateFault, UsageError, did_you_mean
from contractgen.files import read_text
from contractgen.locale_file import load_locale, with_labels
from contractgen.locales import Locale
from contractgen.markup import Template, compile_clause
from contractgen.outline import Outline, load_outline
from contractgen.paths import built_in_data
from contractgen.policy import Policy, load_policy
from contractgen.styles import Styles, load_styles
from contractgen.terms import faults

REFERENCE_LOCALE = "en"
"""The locale whose revisions the others follow."""


class Library:
    """The data folders; ``extra`` folders come before the built-in one."""

    def __init__(self, extra: tuple[Path, ...] = ()) -> None:
        for folder in extra:
            if not (folder / "policies").is_dir() and not (folder / "templates").is_dir():
                cause = "holds neither policies nor templates"
                raise UsageError.at(Place(str(folder)), cause, "give a folder of the shape of the built-in data")
        self.folders = (*extra, built_in_data())
        self._policies: dict[str, Policy] = {}
        self._locales: dict[str, Locale] = {}
        self._outlines: dict[str, Outline] = {}
        self._clauses: dict[tuple[str, str, str], Template] = {}
        self._styles: dict[str, Styles] = {}
        self._digests: dict[tuple[str, bool], str] = {}

    # --------------------------------------------------------------------------------------------------- names

    @cached_property
    def vendors(self) -> tuple[str, ...]:
        """Ids of all vendors."""
        return self._stems("policies", "*.toml")

    @cached_property
    def locales(self) -> tuple[str, ...]:
        """Codes of all locales."""
        found = {path.parent.name for folder in self.folders for path in (folder / "templates").glob("*/locale.toml")}
        return tuple(sorted(found))

    @cached_property
    def document_types(self) -> tuple[str, ...]:
        """Names of all document types that have an outline."""
        return self._stems("templates/documents", "*.toml")

    def _stems(self, folder: str, pattern: str) -> tuple[str, ...]:
        return tuple(sorted({path.stem for root in self.folders for path in (root / folder).glob(pattern)}))

    def clause_names(self, locale: str = REFERENCE_LOCALE) -> Iterator[tuple[str, str]]:
        """Yield slot and wording of every clause of a locale."""
        found = {
            (path.parent.name, path.stem)
            for folder in self.folders
            for path in (folder / "templates" / locale / "clauses").glob("*/*.md")
        }
        yield from sorted(found)

    # ------------------------------------------------------------------------------------------------- objects

    def policy(self, vendor: str, asked_at: Place) -> Policy:
        """Return a vendor's policy; ``InvalidData`` at ``asked_at`` if there is no such vendor."""
        if vendor not in self._policies:
            if vendor not in self.vendors:
                raise InvalidData.at(asked_at, f'unknown vendor "{vendor}"', did_you_mean(vendor, self.vendors))
            path = self._find(f"policies/{vendor}.toml")
            sources = self._find(f"policies/sources/{vendor}.toml")
            policy = load_policy(path, sources, self.shown(path), self.shown(sources))
            problems = [*faults(policy), *self._name_faults(policy, vendor), *self._slot_faults(policy)]
            if problems:
                raise TemplateFault(sorted(problems))
            self._policies[vendor] = policy
        return self._policies[vendor]

    def outline(self, document: str) -> Outline:
        """Return the outline of a document type; ``UsageError`` if there is none."""
        if document not in self._outlines:
            if document not in self.document_types:
                repair = did_you_mean(document, self.document_types)
                raise UsageError.at(Place("--type"), f'unknown document type "{document}"', repair)
            path = self._find(f"templates/documents/{document}.toml")
            self._outlines[document] = load_outline(path, self.shown(path))
        return self._outlines[document]

    def letter(self, name: str) -> Outline:
        """Return the outline of a letter that is no document type of its own: ``refusal``."""
        key = f"letters/{name}"
        if key not in self._outlines:
            path = self._find(f"templates/letters/{name}.toml")
            self._outlines[key] = load_outline(path, self.shown(path))
        return self._outlines[key]

    def locale(self, code: str) -> Locale:
        """Return a locale; ``UsageError`` if there is none."""
        if code not in self._locales:
            if code not in self.locales:
                raise UsageError.at(Place("--locale"), f'unknown locale "{code}"', did_you_mean(code, self.locales))
            path = self._find(f"templates/{code}/locale.toml")
            found = load_locale(path, self.shown(path))
            for folder in reversed(self.folders):  # the most specific comes last and has the last word
                more = folder / "templates" / code / "labels.toml"
                found = with_labels(found, self._inside(folder, more), self.shown(more)) if more.is_file() else found
            self._locales[code] = found
        return self._locales[code]

    def styles(self, name: str = "house") -> Styles:
        """Return a style sheet."""
        if name not in self._styles:
            path = self._find(f"templates/styles/{name}.toml")
            self._styles[name] = load_styles(path, self.shown(path))
        return self._styles[name]

    def clause(self, locale: str, slot: str, wording: str, asked_at: Place) -> Template:
        """Return the compiled words of a slot's wording in one locale; a missing or outdated text is a fault."""
        key = (locale, slot, wording)
        if key not in self._clauses:
            relative = f"templates/{locale}/clauses/{slot}/{wording}.md"
            if self.search(relative) is None:
                cause = f'wording "{wording}" of slot "{slot}" has no text in locale {locale}'
                raise TemplateFault.at(asked_at, cause, f"write {relative}")
            template = self.clause_text(locale, slot, wording)
            self._check_revision(template, locale, slot, wording, asked_at)
            self._clauses[key] = template
        return self._clauses[key]

    def clause_text(self, locale: str, slot: str, wording: str) -> Template:
        """Return the compiled words of a clause that is there, whichever revision it follows."""
        path = self._find(f"templates/{locale}/clauses/{slot}/{wording}.md")
        return compile_clause(read_text(path, TemplateFault, self.shown(path)), self.shown(path))

    def _check_revision(self, template: Template, locale: str, slot: str, wording: str, asked_at: Place) -> None:
        place = template.follows_place or template.place
        if locale == REFERENCE_LOCALE:
            return
        original = self.clause(REFERENCE_LOCALE, slot, wording, asked_at)
        if template.follows != original.revision:
            cause = f"follows revision {template.follows} of {original.place.file}, which is at {original.revision}"
            raise TemplateFault.at(place, cause, f"revise the text and write follows = {original.revision}")

    def _name_faults(self, policy: Policy, vendor: str) -> Iterator[Problem]:
        """Yield a vendor id that is not the file's name, and documents that have no outline."""
        if policy.vendor != vendor:
            place = policy.marked.place("policy", "vendor")
            yield Problem(place, f'the vendor is called "{policy.vendor}", but the file {vendor}.toml', "use one name")
        for name in policy.documents:
            if name not in self.document_types:
                repair = did_you_mean(name, self.document_types)
                yield Problem(policy.marked.place("documents", name), f'unknown document type "{name}"', repair)

    def _slot_faults(self, policy: Policy) -> Iterator[Problem]:
        """Yield rows for slots that no outline of this vendor's documents has."""
        names = [name for name in policy.documents if name in self.document_types]
        outlines = {name: {slot.name for slot in self.outline(name).slots} for name in names}
        known = sorted(set().union(*outlines.values()))
        for slot, rows in policy.slots.items():
            if slot not in known:
                yield Problem(rows[0].place, f'no document has a slot "{slot}"', did_you_mean(slot, known))
        for (document, slot), row in policy.omissions.items():
            if document in outlines and slot not in outlines[document]:
                repair = did_you_mean(slot, sorted(outlines[document]))
                yield Problem(row.place, f'{document} has no slot "{slot}" to omit', repair)

    # --------------------------------------------------------------------------------------------------- files

    def search(self, relative: str) -> Path | None:
        """Return the most specific file of this name, relative to a data folder; None where no folder has it."""
        for folder in self.folders:
            if (folder / relative).is_file():
                return self._inside(folder, folder / relative)
        return None

    def _inside(self, folder: Path, path: Path) -> Path:
        """Return a file that lies in its data folder: neither a link nor ``..`` may lead to another place."""
        if not path.resolve().is_relative_to(folder.resolve()):
            repair = "put the file itself there, not a link to another place"
            raise TemplateFault.at(Place(self.shown(path)), "leads out of its data folder", repair)
        return path

    def _find(self, relative: str) -> Path:
        path = self.search(relative)
        if path is None:
            raise TemplateFault.at(Place(relative), "does not exist in any data folder", f"write {relative}")
        return path

    def digest(self, relative: str, *, every: bool = False) -> str:
        """Return the SHA-256 of a file, named from its data folder; "" where no folder has it. Read once.

        ``every``: of the files of that name in all folders, the most specific last (labels are laid over one another).
        """
        key = (relative, every)
        if key not in self._digests:
            found = [path for folder in self.folders if (path := folder / relative).is_file()]
            content = [path.read_bytes() for path in (reversed(found) if every else found[:1])]
            self._digests[key] = sha256(b"".join(content)).hexdigest() if content else ""
        return self._digests[key]

    def shown(self, path: Path) -> str:
        """Return how messages call a file: relative to the built-in data, else as given."""
        try:
            return str(path.relative_to(self.folders[-1]))
        except ValueError:
            return str(path)


@lru_cache(maxsize=8)
def library(extra: tuple[Path, ...] = ()) -> Library:
    """Return the library over ``extra`` folders, loaded once in a process."""
    return Library(extra)
