"""The tags of content controls: by which name a program finds a clause or a value in a Word file.

In: a clause or a value of the tree. Out: the tag of its control. A clause is tagged ``slot/wording/revision``, a value
with its field. Word refuses a file with a tag of more than 64 characters: of a longer name the first 55 are kept, then
``~`` and eight hexadecimal digits of the SHA-256 of the whole name (UTF-8). Equal names have equal tags, so a program
that knows the names can look a tag up with ``tag_of``; no name of ours has ``~``.
"""

from __future__ import annotations

from hashlib import sha256

from contractgen.tree import Clause, Value

LONGEST = 64
"""Characters that Word allows in the tag or in the title of a control."""
_HASH = 8


def tag_of(name: str) -> str:
    """Return the tag for ``name``: itself, or its beginning and its hash where it is longer than Word allows."""
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - _HASH - 1]}~{sha256(name.encode()).hexdigest()[:_HASH]}"


def clause_tag(clause: Clause) -> str:
    """Return the tag of a clause's control."""
    return tag_of(f"{clause.slot}/{clause.wording}/{clause.revision}")


def value_tag(value: Value) -> str:
    """Return the tag of a value's control."""
    return tag_of(value.field)


def title_of(words: str) -> str:
    """Return the title that Word shows on a control: one line, shortened where it is longer than Word allows."""
    line = " ".join(words.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
