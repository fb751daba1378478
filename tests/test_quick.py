"""Objects that are made the quick way are the same frozen objects as any other dataclass's."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest

from contractgen.quick import quickly_made
from contractgen.tree import Value
from contractgen.values import Cause, Fact, Figure, Kind, Origin

CAUSE = Cause(Origin.RULE, "late", working="1/4")
QUICK = [
    CAUSE,
    Figure("late.fee", Kind.NUMBER, 4, CAUSE),
    Fact("lapse", "none", ("none", "late"), cause=CAUSE),
    Value("4", "late.fee", Kind.NUMBER, "4", "ltr", CAUSE),
]


@dataclass(frozen=True, slots=True)
class Usual:
    one: int
    two: str = "b"


@quickly_made
@dataclass(frozen=True, slots=True)
class Quick:
    one: int
    two: str = "b"


@pytest.mark.parametrize("made", QUICK, ids=lambda made: type(made).__name__)
def test_a_sealed_thing_cannot_be_changed_once_it_is_made(made: object) -> None:
    name = fields(made)[0].name  # type: ignore[arg-type]
    with pytest.raises(FrozenInstanceError):
        setattr(made, name, "other")
    with pytest.raises(FrozenInstanceError):
        delattr(made, name)
    with pytest.raises((AttributeError, TypeError)):
        made.more = 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("made", QUICK, ids=lambda made: type(made).__name__)
def test_copies_of_it_are_equal_and_of_its_own_class(made: object) -> None:
    for again in (replace(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):  # type: ignore[type-var]  # noqa: S301
        assert again == made
        assert hash(again) == hash(made)
        assert type(again) is type(made)


def test_it_takes_what_the_usual_way_takes_and_refuses_what_that_refuses() -> None:
    for given, named in (((1,), {}), ((1, "c"), {}), ((), {"two": "c", "one": 1})):
        quick, usual = Quick(*given, **named), Usual(*given, **named)  # type: ignore[arg-type]
        assert repr(quick) == repr(usual).replace("Usual", "Quick")
        assert hash(quick) == hash(usual)
    with pytest.raises(TypeError):
        Quick()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Quick(1, "c", 3)  # type: ignore[call-arg]


def test_a_class_that_needs_more_than_its_fields_is_refused() -> None:
    @dataclass(slots=True)
    class Open:
        one: int

    @dataclass(frozen=True)
    class WithoutSlots:
        one: int

    @dataclass(frozen=True, slots=True)
    class Listed:
        one: list[int] = field(default_factory=list)

    for unfit in (Open, WithoutSlots, Listed):
        with pytest.raises((TypeError, AttributeError)):
            quickly_made(unfit)
