"""The schema with its labels, checked once: every field read, followed or open, and guarded or on the open list.

What is not declared does not build. Knows nothing of operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    is_introspection_type,
    is_list_type,
    is_non_null_type,
)
from strawberry import Schema

from .declare import METADATA, Declared, Guard
from .errors import UnguardedSchema

DEFINITION = "strawberry-definition"

Labels = Callable[[Iterable[object]], tuple[Guard, ...]]
"""Picks the guards out of the directives on a type or a field."""


@dataclass(frozen=True, slots=True)
class Site:
    """One field of one type: how it is answered and what guards it."""

    coordinate: str
    guards: tuple[Guard, ...]
    declared: Declared | None


class Blueprint:
    """Every field of a schema by (type name, field name)."""

    def __init__(self, schema: Schema, *, labels: Labels, open_fields: Iterable[str]) -> None:
        """Read and check the labels of every field.

        Raises UnguardedSchema if a field has no label and is not open, if a guarded field has no place for a null,
        if a type drops a label that its interface has, or if the open list names a field that needs no opening.
        """
        self.graphql: GraphQLSchema = schema._schema
        self.strawberry = schema
        self.sites: dict[tuple[str, str], Site] = {}
        opened = set(open_fields)
        for parent in self.graphql.type_map.values():
            if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) and not is_introspection_type(parent):
                for name, field in parent.fields.items():
                    self.sites[parent.name, name] = self._site(parent, name, field, labels, opened)
        if opened:
            raise UnguardedSchema(f"on the open list, but guarded or unknown: {', '.join(sorted(opened))}")
        self._check_interfaces()

    @staticmethod
    def _site(
        parent: GraphQLObjectType | GraphQLInterfaceType,
        name: str,
        field: GraphQLField,
        labels: Labels,
        opened: set[str],
    ) -> Site:
        coordinate = f"{parent.name}.{name}"
        definition = field.extensions.get(DEFINITION)
        type_definition = parent.extensions.get(DEFINITION)
        guards = labels(_directives(definition)) or labels(_directives(type_definition))
        if coordinate in opened and not guards:
            opened.discard(coordinate)
        elif not guards:
            raise UnguardedSchema(f"{coordinate} has no label and is not on the open list")
        elif not _can_be_withheld(field.type):
            raise UnguardedSchema(f"{coordinate} is guarded and has no place for a null")
        metadata: Mapping[str, Any] = getattr(definition, "metadata", {})
        return Site(coordinate, guards, metadata.get(METADATA))

    def _check_interfaces(self) -> None:
        for parent in self.graphql.type_map.values():
            if not isinstance(parent, GraphQLObjectType):
                continue
            for interface in parent.interfaces:
                for name in interface.fields:
                    dropped = set(self.sites[interface.name, name].guards) - set(self.sites[parent.name, name].guards)
                    if dropped:
                        raise UnguardedSchema(f"{parent.name}.{name} drops a label that {interface.name}.{name} has")


def _directives(definition: object) -> Iterable[object]:
    return getattr(definition, "directives", None) or ()


def _can_be_withheld(kind: GraphQLOutputType) -> bool:
    """Nullable, or a list that must be there of items that need not be: then each item is null."""
    if not is_non_null_type(kind):
        return True
    return is_list_type(kind.of_type) and not is_non_null_type(kind.of_type.of_type)
