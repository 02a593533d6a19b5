"""Type extensions: their fields follow a type's own, once, and none replaces another."""

from __future__ import annotations

from types import ModuleType

import pytest
import strawberry
from strawberry.types import get_object_definition

from resolvers.errors import InvalidSource
from schema.extensions import TypeExtension, add_extensions, extend
from schema.fields import column


@strawberry.type
class Paper:
    number: str | None = column("number", "Its number.")


def module(name: str, *extensions: TypeExtension) -> ModuleType:
    """A module of this name in which each extension is declared."""
    found = ModuleType(name)
    for index, each in enumerate(extensions):
        setattr(found, f"Fields{index}", each)
    return found


def names() -> list[str]:
    return [field.python_name for field in get_object_definition(Paper, strict=True).fields]


def test_fields_are_added_in_order_and_only_by_their_own_module() -> None:
    @extend(Paper)
    class Dates:
        issued_on: str | None = column("issued_on", "Its day.")
        expires_on: str | None = column("expires_on", "Its last day.")

    add_extensions([module("another", Dates), module(__name__, Dates)])

    assert names() == ["number", "issued_on", "expires_on"]


def test_a_field_that_the_type_has_already_is_refused() -> None:
    @extend(Paper)
    class Numbers:
        number: str | None = column("serial", "Another number.")

    with pytest.raises(InvalidSource) as refused:
        add_extensions([module(__name__, Numbers)])

    assert str(refused.value) == f"{__name__}: Paper has a field number."
