"""Shapes for data from outside: pydantic models checked against a ``Marked`` file, faults told with their place.

In: a model class and what ``files`` has read. Out: the frozen model, or one error with every problem in the file:
place, cause, repair. Pydantic finds the faults; this module words them and finds the line.
"""

from __future__ import annotations

import types
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from contractgen.errors import ContractgenError, Place, Problem, did_you_mean
from contractgen.files import Marked

Model = TypeVar("Model", bound=BaseModel)


class Shape(BaseModel):
    """Base of all shapes: frozen, and no field that is not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


def validate(model: type[Model], marked: Marked, error: type[ContractgenError]) -> Model:
    """Return ``marked``'s data as ``model``; raise ``error`` with all problems at once."""
    if not isinstance(marked.data, dict):
        raise error.at(marked.place(), "is not a table of fields", "write one `name: value` a line")
    try:
        return model.model_validate(marked.data)
    except ValidationError as fault:
        raise error(_problems(model, marked, fault)) from None


def _problems(model: type[BaseModel], marked: Marked, fault: ValidationError) -> list[Problem]:
    problems = [_problem(model, marked, detail) for detail in fault.errors(include_url=False)]
    return sorted(dict.fromkeys(problems))


def _problem(model: type[BaseModel], marked: Marked, detail: ErrorDetails) -> Problem:
    key = _real_key(detail["loc"], marked)
    place = marked.place(*key)
    name = ".".join(str(part) for part in key) or "record"
    kind = detail["type"]
    if kind == "missing":
        parent = _model_at(model, key[:-1])
        hint = _description(parent, str(key[-1]))
        return Problem(place, f'field "{name}" is missing', f"add {key[-1]}{hint}")
    if kind == "extra_forbidden":
        parent = _model_at(model, key[:-1])
        known = [info.alias or field for field, info in parent.model_fields.items()] if parent else []
        return Problem(place, f'unknown field "{name}"', did_you_mean(str(key[-1]), known))
    shown = _shown(detail["input"])
    if kind in {"literal_error", "enum"}:
        expected = [word.strip().strip("'") for word in detail["ctx"]["expected"].replace(" or ", ",").split(",")]
        return Problem(place, f'"{name}" is {shown}', did_you_mean(str(detail["input"]), expected))
    if kind == "value_error":
        cause, _, repair = str(detail["ctx"]["error"]).partition(" | ")
        return Problem(place, f'"{name}" is {shown}: {cause}', repair or "correct the value")
    return Problem(place, f'"{name}" is {shown}: {detail["msg"]}', "correct the value")


def _real_key(loc: tuple[int | str, ...], marked: Marked) -> tuple[int | str, ...]:
    """Drop the parts that pydantic adds for unions (they name a type, not a field of the file)."""
    key: tuple[int | str, ...] = ()
    data: Any = marked.data
    for index, part in enumerate(loc):
        last = index == len(loc) - 1
        inside = (isinstance(data, dict) and part in data) or (isinstance(data, list) and isinstance(part, int))
        if inside:
            data = data[part]
            key = (*key, part)
        elif last and isinstance(data, dict):
            key = (*key, part)
    return key


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a table of fields"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "empty"
    text = str(value)
    return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'  # noqa: PLR2004


def _model_at(model: type[BaseModel] | None, key: tuple[int | str, ...]) -> type[BaseModel] | None:
    """Return the shape that stands at ``key``."""
    current: Any = model
    for part in key:
        if isinstance(part, int) or current is None:
            continue
        if not (isinstance(current, type) and issubclass(current, BaseModel)):
            return None
        info = next(
            (info for field, info in current.model_fields.items() if part in {field, info.alias}),
            None,
        )
        if info is None:  # a free table (readings, documents): its values' shape was taken one step earlier
            continue
        current = _inner_model(info.annotation)
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in {Union, types.UnionType, list, tuple, dict, Annotated} or get_args(annotation):
        for argument in get_args(annotation):
            found = _inner_model(argument)
            if found is not None:
                return found
    return None


def _description(model: type[BaseModel] | None, field: str) -> str:
    if model is None or field not in model.model_fields:
        return ""
    description = model.model_fields[field].description
    return f": {description}" if description else ""


def plain_place(marked: Marked, dotted: str) -> Place:
    """Return the place of a dotted field name (``licences.0.annual_fee``)."""
    return marked.place(*(int(part) if part.isdigit() else part for part in dotted.split(".")))
