"""Which column of a company's table is which field of a contract record.

In: ``mapping.toml`` and the headings of a table. Out: ``Mapping``: a field for each column, values translated,
constants. A column that nothing maps is an error, not lost. Raises ``TemplateFault`` for a faulty mapping file and
``InvalidData`` for headings that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field

from contractgen.errors import InvalidData, Place, Problem, TemplateFault, did_you_mean
from contractgen.files import Marked, read_toml
from contractgen.intake.fields import FIELDS, is_field, prefixes
from contractgen.intake.tables import Table
from contractgen.validation import Shape, validate


class TableShape(Shape):
    """``[table]``: how the file is read."""

    sheet: str = Field("", description="name of the sheet, the first if not given; of a database the table or view")
    query: str = Field("", description="of a database, instead of a table: SELECT … ORDER BY …")
    headings: int = Field(1, ge=1, description="line or row that holds the headings")
    encoding: str = Field("", description="of a text file; found out if not given")


class MappingShape(Shape):
    """A mapping file."""

    table: TableShape = Field(default_factory=lambda: TableShape.model_validate({}))
    columns: dict[str, str] = Field(default_factory=dict, description="heading = field of the record")
    constants: dict[str, str] = Field(default_factory=dict, description="field = value for every row")
    values: dict[str, dict[str, str]] = Field(default_factory=dict, description="by heading: what is typed = value")
    ignore: list[str] = Field(default_factory=list, description="headings that no field needs")


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping in force. ``fields`` by heading; a heading that is itself a field needs no entry."""

    fields: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    sheet: str = ""
    heading_line: int = 1
    encoding: str = ""
    query: str = ""
    marked: Marked = field(default_factory=lambda: Marked("", {}), repr=False, compare=False)

    def field_of(self, heading: str) -> str:
        """Return the field of a column; "" for one that is ignored."""
        return "" if heading in self.ignored else self.fields.get(heading, heading)

    def place(self, *key: str) -> Place:
        """Return where a part of the mapping stands in its file."""
        return self.marked.place(*key)


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file; raises ``TemplateFault`` with every fault."""
    marked = read_toml(path, TemplateFault)
    shape = validate(MappingShape, marked, TemplateFault)
    names = [(("columns", heading), name) for heading, name in shape.columns.items()]
    names += [(("constants", name), name) for name in shape.constants]
    problems = [
        Problem(marked.place(*key), f'"{name}" is no field of a record', _nearest(name))
        for key, name in names
        if not is_field(name)
    ]
    both = sorted(set(shape.columns) & set(shape.ignore))
    problems += [
        Problem(marked.place("columns", heading), f'"{heading}" is also under ignore', "keep one of the two")
        for heading in both
    ]
    if problems:
        raise TemplateFault(problems)
    table = shape.table
    columns = {_plain(heading): name for heading, name in shape.columns.items()}
    values = {_plain(heading): typed for heading, typed in shape.values.items()}
    return Mapping(
        columns, dict(shape.constants), values, frozenset(map(_plain, shape.ignore)),
        table.sheet, table.headings, table.encoding, table.query, marked,
    )  # fmt: skip


def _plain(heading: str) -> str:
    """Return a heading on one line, as the headings of a table are taken."""
    return " ".join(heading.split())


def check_headings(table: Table, mapping: Mapping) -> None:
    """Raise ``InvalidData`` for headings that are no field and that the mapping does not know; all at once."""
    problems = [*_of_columns(table, mapping), *_of_mapping(table, mapping)]
    if problems:
        raise InvalidData(problems)


def _of_columns(table: Table, mapping: Mapping) -> Iterator[Problem]:
    seen = {name: f"the constant {name}" for name in mapping.constants}
    for index, heading in enumerate(table.headings):
        name = mapping.field_of(heading)
        place = table.heading(index)
        if not heading or not name:
            continue
        if not is_field(name):
            repair = f"map it (contractgen map {table.file}), ignore it, or: {_nearest(name)}"
            yield Problem(place, f'no field is known for the column "{heading}"', repair)
            continue
        if name in seen:
            yield Problem(place, f'{seen[name]} and the column "{heading}" are both {name}', "ignore one of them")
        clash = next((other for other in seen if other in prefixes(name) or name in prefixes(other)), None)
        if clash is not None and table.has_columns:  # in JSON lines each line may do it in its own way
            cause = f'the column "{heading}" is {name}, but {seen[clash]} is {clash}'
            yield Problem(place, cause, "give one text for all languages, or one for each")
        seen.setdefault(name, f'the column "{heading}"')


def _of_mapping(table: Table, mapping: Mapping) -> Iterator[Problem]:
    """Yield what the mapping says of columns that are not there: their values would be missed without a word."""
    if not table.has_columns:
        return  # a line names what it has
    named = [
        *(("columns", heading) for heading in mapping.fields),
        *(("values", heading) for heading in mapping.values),
    ]
    for part, heading in named:
        if heading not in table.headings:
            repair = did_you_mean(heading, [name for name in table.headings if name])
            yield Problem(mapping.place(part, heading), f'the table has no column "{heading}"', repair)


def _nearest(name: str) -> str:
    return did_you_mean(name, FIELDS)
