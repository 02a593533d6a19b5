"""The schema with its labels, checked once: every field read, followed or open, and guarded or on the open list.

What is not declared does not build. Knows nothing of operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_introspection_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from strawberry import Schema

from engine.declarations import METADATA, Declared, Edge, Guard, Read
from engine.errors import UnguardedSchema

DEFINITION = "strawberry-definition"

Labels = Callable[[Iterable[object]], tuple[Guard, ...]]
"""Picks the guards out of the directives on a type or a field."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of one type: how it is answered and what guards it."""

    coordinate: str
    guards: tuple[Guard, ...]
    declared: Declared | None


class GuardedSchema:
    """Every field of a schema by (type name, field name)."""

    def __init__(self, schema: Schema, *, labels: Labels, open_fields: Iterable[str]) -> None:
        """Read and check the labels of every field.

        Raises UnguardedSchema, which names the field, if
        - it has no label and is not on the open list, or is on it and needs no opening;
        - it is guarded and is neither read nor followed, so that nothing would stop its resolver;
        - it may be withheld or unanswered and has no place for a null;
        - it drops a label that its interface has;
        - it is open, has columns, and nothing above it is guarded, so that no grant covers them.
        """
        self.graphql: GraphQLSchema = schema._schema  # noqa: SLF001 - Strawberry has no other way to it
        self.strawberry = schema
        self.sites: dict[tuple[str, str], FieldSpec] = {}
        opened = set(open_fields)
        for parent, name, field in self._fields():
            site = self.sites[parent.name, name] = _site(parent, name, field, labels)
            if not site.guards and site.coordinate not in opened:
                raise UnguardedSchema(f"{site.coordinate} has no label and is not on the open list")
            if site.guards and site.declared is None:
                raise UnguardedSchema(f"{site.coordinate} is guarded and neither read nor followed")
            if isinstance(site.declared, Edge) and len({id(each.layout) for each in site.declared.fetches}) > 1:
                raise UnguardedSchema(f"{site.coordinate} has fetches whose rows are laid out differently")
            is_asked = parent in (self.graphql.query_type, self.graphql.mutation_type)
            if site.declared and not _has_place_for_null(site, field.type, is_asked=is_asked):
                raise UnguardedSchema(f"{site.coordinate} has no place for a null")
        needless = opened - {site.coordinate for site in self.sites.values() if not site.guards}
        if needless:
            raise UnguardedSchema(f"on the open list, but guarded or unknown: {', '.join(sorted(needless))}")
        self._check_interfaces()
        self._check_open_columns()

    def _fields(self) -> Iterator[tuple[GraphQLObjectType | GraphQLInterfaceType, str, GraphQLField]]:
        for parent in self.graphql.type_map.values():
            if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) and not is_introspection_type(parent):
                for name, field in parent.fields.items():
                    yield parent, name, field

    def _roots(self) -> list[GraphQLNamedType]:
        schema = self.graphql
        return [root for root in (schema.query_type, schema.mutation_type, schema.subscription_type) if root]

    def _check_interfaces(self) -> None:
        for parent, name, _ in self._fields():
            for interface in parent.interfaces:
                above = self.sites.get((interface.name, name))
                if above and not set(above.guards) <= set(self.sites[parent.name, name].guards):
                    raise UnguardedSchema(f"{parent.name}.{name} drops a label that {above.coordinate} has")

    def _check_open_columns(self) -> None:
        """An open field is read by the grant of what holds it, so something above it must need one."""
        pending = self._roots()
        reached = set(pending)
        while pending:
            parent = pending.pop()
            for name, field in parent.fields.items() if is_object_type(parent) else ():
                site = self.sites[parent.name, name]
                if site.guards:
                    continue
                if site.declared and site.declared.columns:
                    raise UnguardedSchema(f"{site.coordinate} is open and has columns, and nothing above it is guarded")
                for kind in self.concrete(field.type):
                    if kind not in reached:
                        reached.add(kind)
                        pending.append(kind)

    def concrete(self, kind: GraphQLOutputType) -> tuple[GraphQLObjectType, ...]:
        """The object types that a value of a type may have; none for a leaf."""
        named = get_named_type(kind)
        if is_abstract_type(named):
            return tuple(self.graphql.get_possible_types(named))
        return (named,) if is_object_type(named) else ()


def _site(
    parent: GraphQLObjectType | GraphQLInterfaceType, name: str, field: GraphQLField, labels: Labels
) -> FieldSpec:
    definition = field.extensions.get(DEFINITION)
    guards = labels(_directives(definition)) or labels(_directives(parent.extensions.get(DEFINITION)))
    metadata: Mapping[str, Any] = getattr(definition, "metadata", {})
    return FieldSpec(f"{parent.name}.{name}", guards, metadata.get(METADATA))


def _directives(definition: object) -> Iterable[object]:
    return getattr(definition, "directives", None) or ()


def _has_place_for_null(site: FieldSpec, kind: GraphQLOutputType, *, is_asked: bool) -> bool:
    """What is read is nullable: a denial or a gap in the data must not take its neighbours along.

    An edge may also be a list that must be there of items that need not be, at the root of a query or mutation, where
    its length is the caller's own; or, if it is open, an object that must be there and has a blank one to stand for it.
    """
    if not is_non_null_type(kind):
        return True
    if isinstance(site.declared, Read):
        return False
    if is_list_type(kind.of_type):
        return is_asked and not is_non_null_type(kind.of_type.of_type)
    edge = site.declared
    return isinstance(edge, Edge) and not site.guards and is_object_type(kind.of_type) and edge.blank() is not None
