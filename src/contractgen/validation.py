"""Shapes for data from outside: pydantic models checked against a ``Marked`` file, faults told with their place.

In: a model class and what ``files`` or ``record_file`` has read. Out: the frozen model, or one error with every problem
in the file: place, cause, repair. Pydantic finds the faults; this module words them and finds the line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from contractgen.errors import ContractgenError, Problem, did_you_mean
from contractgen.files import Key, Marked

Model = TypeVar("Model", bound=BaseModel)

MAX_SHOWN = 60
"""How much of a wrong value a message repeats."""

_WORDINGS = {
    "string_type": ("must be a text", "write one text, in quotes"),
    "list_type": ("must be a list", "write a list: [one, two], or a dash before each item"),
    "dict_type": ("must be a table of fields", "write name: value below it"),
    "model_type": ("must be a table of fields", "write its fields below it, each as name: value"),
    "int_type": ("must be a whole number", "write digits without quotes"),
    "int_parsing": ("must be a whole number", "write digits"),
    "bool_type": ("must be true or false", "write true or false, without quotes"),
    "bool_parsing": ("must be true or false", "write true or false"),
    "date_type": ("must be a date", "write for instance 2025-03-01, without quotes"),
    "date_from_datetime_parsing": ("must be a date", "write for instance 2025-03-01, without quotes"),
    "greater_than_equal": ("is too small", "write a greater number"),
    "too_short": ("must hold something", "write at least one entry"),
}
"""Pydantic's names of faults, and how people are told of them: what is wrong, what helps."""


class FaultWithin(ValueError):
    """A fault of one part of a value (the Persian spelling of a name): ``within`` is the part's key."""

    def __init__(self, within: str, message: str) -> None:
        super().__init__(message)
        self.within = within


class Shape(BaseModel):
    """Base of all shapes: frozen, and no field that is not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


def validate(model: type[Model], marked: Marked, error: type[ContractgenError]) -> Model:
    """Return ``marked``'s data as ``model``; raise ``error`` with all problems at once."""
    if not isinstance(marked.data, dict):
        cause = f"must be a table of fields, but is {shown(marked.data)}"
        raise error.at(marked.place(), cause, "write one name: value on each line")
    try:
        return model.model_validate(marked.data)
    except ValidationError as fault:
        raise error(_problems(model, marked, fault)) from None


def _problems(model: type[BaseModel], marked: Marked, fault: ValidationError) -> list[Problem]:
    details = fault.errors(include_url=False)
    found: dict[tuple[Key, str], Problem] = {}
    for detail in details:
        key = _real_key(detail, marked)
        # Where a field may be of several types, pydantic tells a fault for each; the first speaks for all.
        own = str(detail["loc"][-1]) if detail["type"] in {"missing", "extra_forbidden"} else ""
        found.setdefault((key, own), _problem(model, marked, detail, key))
    inner = {key[:depth] for key, _ in found for depth in range(len(key))}
    return sorted(problem for (key, own), problem in found.items() if own or key not in inner)


def _problem(model: type[BaseModel], marked: Marked, detail: ErrorDetails, key: Key) -> Problem:
    place = marked.place(*key)
    name = ".".join(str(part) for part in key) or "record"
    match detail["type"]:
        case "missing":
            hint = _description(_model_at(model, key[:-1]), str(key[-1]))
            return Problem(marked.name_place(*key[:-1]), f'field "{name}" is missing', f"add {key[-1]}{hint}")
        case "extra_forbidden":
            parent = _model_at(model, key[:-1])
            known = [info.alias or field for field, info in parent.model_fields.items()] if parent else []
            return Problem(marked.name_place(*key), f'unknown field "{name}"', did_you_mean(str(key[-1]), known))
        case "literal_error" | "enum":
            expected = [word.strip().strip("'") for word in detail["ctx"]["expected"].replace(" or ", ",").split(",")]
            repair = did_you_mean(str(detail["input"]), expected)
            if detail["loc"][-1] == "[key]":
                return Problem(marked.name_place(*key), f'unknown field "{name}"', repair)
            return Problem(place, f'"{name}" is {shown(detail["input"])}', repair)
        case "value_error":
            cause, _, repair = str(detail["ctx"]["error"]).partition(" | ")
            whole = isinstance(detail["input"], dict) and not isinstance(detail["ctx"]["error"], FaultWithin)
            said = cause if whole else f"is {shown(detail['input'], key)}: {cause}"
            return Problem(place, f'"{name}" {said}', repair or "correct the value")
        case kind:
            cause, repair = _WORDINGS.get(kind, (detail["msg"], "correct the value"))
            return Problem(place, f'"{name}" is {shown(detail["input"])}: {cause}', repair)


def _real_key(detail: ErrorDetails, marked: Marked) -> Key:
    """Drop the parts that pydantic adds for unions (they name a type, not a field); add the part that is at fault."""
    loc = detail["loc"]
    key: Key = ()
    data: Any = marked.data
    for index, part in enumerate(loc):
        if (isinstance(data, dict) and part in data) or (isinstance(data, list) and isinstance(part, int)):
            data = data[part]  # type: ignore[index]  # a list takes an int, a dict its own key
            key = (*key, part)
        elif index == len(loc) - 1 and detail["type"] == "missing":
            key = (*key, part)
    fault = detail.get("ctx", {}).get("error")
    return (*key, fault.within) if isinstance(fault, FaultWithin) else key


def shown(value: Any, key: Key = ()) -> str:
    """Return how a message repeats a wrong value; of a table, the part that ``key`` ends with."""
    if isinstance(value, dict):
        return shown(value[key[-1]]) if key and key[-1] in value else "a table of fields"
    if isinstance(value, list):
        return "a list"
    if value is None or value == "":
        return "empty"
    text = str(value).replace("\n", "\\n").replace("\t", "\\t")
    return f'"{text[:MAX_SHOWN]}…"' if len(text) > MAX_SHOWN else f'"{text}"'


def _model_at(model: type[BaseModel], key: Key) -> type[BaseModel] | None:
    """Return the shape that stands at ``key``."""
    current: type[BaseModel] | None = model
    for part in key:
        if isinstance(part, int) or current is None:
            continue
        infos = (info for field, info in current.model_fields.items() if part in {field, info.alias})
        info = next(infos, None)
        if info is not None:  # else a name in a free table (readings, documents): its shape was taken one step earlier
            current = inner_model(info.annotation)
    return current


def inner_model(annotation: Any) -> type[BaseModel] | None:
    """Return the shape within a field's annotation, through ``| None``, ``list[…]`` and ``dict[…]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for found in map(inner_model, get_args(annotation)) if found is not None), None)


def _description(model: type[BaseModel] | None, field: str) -> str:
    if model is None or field not in model.model_fields:
        return ""
    description = model.model_fields[field].description
    return f": {description}" if description else ""


def keys_of(dotted: str) -> Iterator[str | int]:
    """Yield the parts of a dotted field name (``licences.0.annual_fee``), numbers as indices."""
    yield from (int(part) if part.isdigit() else part for part in dotted.split("."))
