"""Type extensions: fields that one module adds to a type of another, as `extend type` does in GraphQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import strawberry
from strawberry.types import get_object_definition

from resolvers.errors import InvalidSource


@dataclass(frozen=True, slots=True)
class TypeExtension:
    """Fields that are added to `target` when the schema is built, after its own."""

    target: type[Any]
    fields: type[Any]


def extend(target: type[Any]) -> Callable[[type[Any]], TypeExtension]:
    """Make a class of fields an extension of a type:

    @extend(Person)
    class PersonFields:
        warrants: list[Warrant] | None = edge(warrants.by_person, "Warrants.", via=("fbi_number",), know=WANTS)
    """

    def declare(fields: type[Any]) -> TypeExtension:
        return TypeExtension(target, strawberry.type(fields))

    return declare


def add_extensions(modules: Iterable[ModuleType]) -> None:
    """Add the extensions of these modules to their types, in order; once in a process.

    Raises: InvalidSource if a type has a field of that name.
    """
    for module in modules:
        for each in vars(module).values():
            if isinstance(each, TypeExtension) and each.fields.__module__ == module.__name__:
                add_extension(each, module.__name__)


def add_extension(extension: TypeExtension, module: str) -> None:
    """Add the fields of one extension, which a module declares. Raises: InvalidSource as `add_extensions`."""
    fields = get_object_definition(extension.target, strict=True).fields
    names = {field.python_name for field in fields}
    for field in get_object_definition(extension.fields, strict=True).fields:
        if field.python_name in names:
            raise InvalidSource(f"{module}: {extension.target.__name__} has a field {field.python_name}.")
        fields.append(field)
