"""File names that are safe on every system, stable, and readable in Korean and Persian too.

In: a pattern (``{vendor}/{customer}/{number}.{format}``) and the values of its fields. Out: a path within the output
folder, and what was changed to make it safe. The rule, for each part between slashes:

1. Letters are composed (NFC). Characters that are not seen or turn the line (controls, direction overrides, tags) are
   dropped; ZWNJ stays, because Persian needs it. A slash, backslash or one of ``:*?"<>|`` becomes ``_``; blanks run
   together into one.
2. Blanks and dots at both ends are dropped, a hyphen or tilde at the front becomes ``_``, and what is then empty is
   ``_``.
3. A value of more than 80 letters or 120 bytes is cut and ends in ``~`` and six letters of its hash.
4. A part that Windows reserves for a device (``CON``, ``com1.pdf``) gets ``_`` before it.

Two names count as the same if they differ in case, in composition or in ZWNJ only, as some file systems see them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from contractgen.errors import Place, Problem, UsageError, did_you_mean

FIELDS = ("vendor", "customer", "customer_number", "contract", "number", "type", "locale", "date", "format")
"""What a pattern may name."""
DEFAULT_NAME = "{vendor}/{customer}/{number}.{format}"
DEFAULT_NUMBER = "{contract}-{date}"
OWN = ("results.jsonl", "results.previous.jsonl", "summary.json", "summary.txt", "run.json")
"""Files of the batch itself, at the top of the output folder."""
MOST_LETTERS = 80
MOST_BYTES = 120
MOST_IN_A_PART = 200
MARK = 6

_FIELD = re.compile(r"\{([^{}]*)\}")
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE)
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_ZWNJ = "\u200c"
_SAFE = re.compile(rf"\w(?:[\w{_ZWNJ},&'()+.-]| (?! ))*(?<![ .{_ZWNJ}])")
"""What is safe as it is, so that the rule need not be followed letter by letter: nearly every name."""
SHORT = MOST_BYTES // 4


@dataclass(frozen=True)
class Pattern:
    """A pattern that has been checked."""

    text: str

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The fields that it names."""
        return tuple(dict.fromkeys(_FIELD.findall(self.text)))

    @cached_property
    def _parts(self) -> list[str]:
        return self.text.split("/")

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the pattern with the values as they are: for numbers, not for paths."""
        return self.text.format_map({name: values.get(name, "") for name in self.fields})

    def path(self, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
        """Return a safe path within the output folder, and a warning for each value that had to be changed."""
        safe = {name: safe_value(values.get(name, "")) for name in self.fields}
        parts = [_part(part.format_map(safe)) for part in self._parts]
        changed = [name for name, value in safe.items() if _altered(value, values.get(name, ""))]
        return "/".join(parts), tuple(f"{name} was changed to be safe in a file name" for name in changed)


def _altered(safe: str, value: str) -> bool:
    """Whether more was changed than how letters are composed, and dots and blanks at the ends."""
    return safe != value != "" and safe != unicodedata.normalize("NFC", value).strip(" .")


def name_pattern(text: str) -> Pattern:
    """Return the pattern of file names; ``UsageError`` with all that is wrong with it."""
    place = Place("--name")
    problems = [*_unknown(text, place, FIELDS)]
    parts = text.split("/")
    if any(_FIELD.sub("x", part).strip(" .") != _FIELD.sub("x", part) or not part for part in parts):
        problems.append(
            Problem(
                place, f'"{text}" has a part that is empty or begins or ends in a dot or blank', "write a/b.{format}"
            )
        )
    if _FORBIDDEN.search(_FIELD.sub("", text).replace("/", "")) or _seen(text) != text:
        problems.append(Problem(place, "holds a character that no file name may have", 'leave out \\ : * ? " < > |'))
    if not text.endswith(".{format}"):
        problems.append(Problem(place, "does not end in .{format}", f"for instance {DEFAULT_NAME}"))
    if not {"number", "contract"} & set(_FIELD.findall(text)):
        problems.append(Problem(place, "would give many records one name", "name {number} or {contract} in it"))
    if problems:
        raise UsageError(problems)
    return Pattern(text)


def number_pattern(text: str) -> Pattern:
    """Return the pattern of document numbers where the record gives none; ``UsageError`` if it is wrong."""
    place = Place("--number")
    known = ("vendor", "customer_number", "contract", "type", "locale", "date")
    problems = [*_unknown(text, place, known)]
    if "{contract}" not in text:
        problems.append(Problem(place, "would give many documents one number", "name {contract} in it"))
    if problems:
        raise UsageError(problems)
    return Pattern(text)


def _unknown(text: str, place: Place, known: tuple[str, ...]) -> list[Problem]:
    problems = [
        Problem(place, f'unknown field "{name}"', did_you_mean(name, known))
        for name in dict.fromkeys(_FIELD.findall(text))
        if name not in known
    ]
    if re.search(r"[{}]", _FIELD.sub("", text)):
        problems.append(Problem(place, "a { or } is not closed", "write {contract}"))
    return problems


def safe_value(value: str) -> str:
    """Return a value as a file name may hold it; see the rule above."""
    short = len(value) <= (MOST_LETTERS if value.isascii() else SHORT)
    if short and _SAFE.fullmatch(value) and unicodedata.is_normalized("NFC", value):
        return value
    return by_rule(value)


def by_rule(value: str) -> str:
    """Return a value as the rule makes it, step by step."""
    plain = " ".join(_seen(_FORBIDDEN.sub("_", unicodedata.normalize("NFC", value))).split())
    plain = plain.strip(f" .{_ZWNJ}")
    if plain[:1] in {"-", "~"}:
        plain = f"_{plain[1:]}"
    if len(plain) > MOST_LETTERS or len(plain.encode()) > MOST_BYTES:
        plain = _cut(plain, MOST_LETTERS, MOST_BYTES, value)
    return plain or "_"


def _seen(text: str) -> str:
    """Return a text without characters that are not seen, or that turn or hide others; blanks of all kinds stay."""
    return "".join(
        character
        for character in text
        if character in {_ZWNJ, "\n", "\t"} or unicodedata.category(character) not in _UNSEEN
    )


def _cut(text: str, letters: int, size: int, whole: str) -> str:
    mark = f"~{sha256(whole.encode('utf-8', 'surrogatepass')).hexdigest()[:MARK]}"
    kept = text[: letters - len(mark)]
    while len(kept.encode()) > size - len(mark):
        kept = kept[:-1]
    while kept and unicodedata.combining(kept[-1]):
        kept = kept[:-1]
    return f"{kept.strip(f' .{_ZWNJ}')}{mark}"


def _part(part: str) -> str:
    """Return one part of a path that no system takes for a device, and that is not too long with all its fields."""
    if len(part.encode()) > MOST_IN_A_PART:
        stem, dot, extension = part.rpartition(".")
        part = f"{_cut(stem or extension, MOST_IN_A_PART, MOST_IN_A_PART - 10, part)}{dot}{extension if stem else ''}"
    return f"_{part}" if _DEVICE.fullmatch(part.partition(".")[0].rstrip()) else part


def folded(path: str) -> str:
    """Return what two names have in common that some file systems take for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", path).casefold().replace(_ZWNJ, ""))


def marked(path: str, identity: str) -> str:
    """Return a name that others want too, told apart by what identifies the record, whatever its place or order."""
    stem, dot, extension = path.rpartition(".")
    return f"{stem}~{sha256(identity.encode()).hexdigest()[:8]}{dot}{extension}"
