"""All mutants of the tree, or those of one vendor or some kinds.

In: the ground. Out: mutants.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from contractgen.checks.unused import named_wordings
from mutation.clauses import ClauseMutants
from mutation.labels import label_mutants, outline_mutants
from mutation.model import Mutant
from mutation.policy import PolicyMutants
from mutation.rules import RuleMutants
from mutation.shelf import Ground


def all_mutants(ground: Ground, vendors: Collection[str] = (), kinds: Collection[str] = ()) -> Iterator[Mutant]:
    """Yield the mutants whose kind is (or begins with) one of ``kinds``; of ``vendors`` only what is theirs."""
    for mutant in (*_of_policies(ground, vendors), *_of_clauses(ground, vendors), *_of_the_rest(ground, vendors)):
        if not kinds or any(mutant.kind.startswith(kind) or mutant.target == kind for kind in kinds):
            yield mutant


def _of_policies(ground: Ground, vendors: Collection[str]) -> Iterator[Mutant]:
    wordings: dict[str, list[str]] = defaultdict(list)
    for slot, wording in ground.books.clause_names():
        wordings[slot].append(wording)
    for vendor in vendors or ground.books.vendors:
        text = (ground.root / "policies" / f"{vendor}.toml").read_text(encoding="utf-8")
        yield from PolicyMutants(text, ground.vendor(vendor).policy, wordings)


def _of_clauses(ground: Ground, vendors: Collection[str]) -> Iterator[Mutant]:
    slots = sorted({slot.name for name in ground.books.document_types for slot in ground.books.outline(name).slots})
    users: dict[str, str] = {}
    for vendor in vendors or ground.books.vendors:
        for name, _ in named_wordings(ground.vendor(vendor).policy):
            users.setdefault(name, vendor)
    for slot, wording in ground.books.clause_names():
        name = f"{slot}/{wording}"
        if vendors and name not in users:
            continue
        files = {code: ground.root / "templates" / code / "clauses" / f"{name}.md" for code in ground.books.locales}
        if all(file.is_file() for file in files.values()):
            texts = {code: file.read_text(encoding="utf-8") for code, file in files.items()}
            yield from ClauseMutants(name, texts, slots, users.get(name, ""))


def _of_the_rest(ground: Ground, vendors: Collection[str]) -> Iterator[Mutant]:
    """Yield the mutants of labels, outlines and rules, which belong to no vendor."""
    if vendors:
        return
    for locale in ground.books.locales:
        text = (ground.root / "templates" / locale / "locale.toml").read_text(encoding="utf-8")
        yield from label_mutants(locale, text)
    for document in ground.books.document_types:
        text = (ground.root / "templates" / "documents" / f"{document}.toml").read_text(encoding="utf-8")
        yield from outline_mutants(document, text)
    code = ground.root / "src" / "contractgen"
    for path in (*sorted((code / "rules").glob("*.py")), *sorted((code / "terms").glob("*.py"))):
        yield from RuleMutants(path.relative_to(ground.root).as_posix(), path.read_text(encoding="utf-8"))
