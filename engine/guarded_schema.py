"""The guarded schema: every field with its declaration and guards, checked once at start-up.

A field that is neither labelled nor on the open list stops the build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
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
    parse,
    validate,
)
from strawberry import Schema

from engine.declarations import IS_LAST, METADATA, Declaration, Derived, Edge, Entities, Guard, Read
from engine.errors import UnguardedSchema

DEFINITION = "strawberry-definition"

Labels = Callable[[Iterable[object]], tuple[Guard, ...]]
"""Picks the guards from the directives of a type or a field."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of one type, with its guards and its declaration; `is_last` as in `engine.declarations`.

    is_required: its columns have a value in every row, so that a null in one of them is an invalid value.
    """

    coordinate: str
    guards: tuple[Guard, ...]
    declaration: Declaration | None
    is_last: bool = False
    is_required: bool = False


class GuardedSchema:
    """Every field of a schema by (type name, field name), and the field of each type of entities by the type's name."""

    def __init__(self, schema: Schema, *, labels: Labels, open_fields: Iterable[str]) -> None:
        """Read and check the labels of every field.

        Raises: UnguardedSchema, which names the field, if
        - it has no label and is not on the open list, or is on it and has a label;
        - it has a label and no declaration, so that nothing would stop its resolver;
        - it may be withheld or fail and has no place for a null;
        - it is derived from fields that its type does not have;
        - it drops a label that its interface has;
        - it gives entities of a type without a label;
        - it is open, has columns, and nothing above it is guarded, so that no grant covers them.
        """
        self.graphql: GraphQLSchema = schema._schema  # noqa: SLF001 - Strawberry has no public access to it
        self.strawberry = schema
        kinds = self.graphql.type_map["__Type"]
        assert isinstance(kinds, GraphQLObjectType)
        kinds.fields["isOneOf"].resolve = _is_one_of
        self.fields: dict[tuple[str, str], FieldSpec] = {}
        self.entities: dict[str, FieldSpec] = {}
        opened = set(open_fields)
        for parent, name, field in self._definitions():
            spec = self.fields[parent.name, name] = _field_spec(parent, name, field, labels)
            if not spec.guards and spec.coordinate not in opened:
                raise UnguardedSchema(f"{spec.coordinate} has no label and is not on the open list")
            if spec.guards and spec.declaration is None:
                raise UnguardedSchema(f"{spec.coordinate} is guarded and neither read nor followed")
            if isinstance(spec.declaration, Derived) and not self._is_valid(parent, spec.declaration):
                raise UnguardedSchema(f"{spec.coordinate} is derived from fields that its type does not have")
            if isinstance(spec.declaration, Edge) and not _is_laid_out_alike(spec.declaration):
                raise UnguardedSchema(f"{spec.coordinate} has fetches whose rows are laid out differently")
            if isinstance(spec.declaration, Entities):
                self.entities = {
                    each.name: _entity_spec(spec, each, labels) for each in self.possible_types(field.type)
                }
            is_root = parent in (self.graphql.query_type, self.graphql.mutation_type)
            if spec.declaration and not _has_place_for_null(spec, field.type, is_root=is_root):
                raise UnguardedSchema(f"{spec.coordinate} has no place for a null")
        needless = opened - {spec.coordinate for spec in self.fields.values() if not spec.guards}
        if needless:
            raise UnguardedSchema(f"on the open list, but guarded or unknown: {', '.join(sorted(needless))}")
        self._check_interfaces()
        self._check_open_columns()

    def _definitions(self) -> Iterator[tuple[GraphQLObjectType | GraphQLInterfaceType, str, GraphQLField]]:
        for parent in self.graphql.type_map.values():
            if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) and not is_introspection_type(parent):
                for name, field in parent.fields.items():
                    yield parent, name, field

    def _is_valid(self, parent: GraphQLObjectType | GraphQLInterfaceType, derived: Derived) -> bool:
        """Whether a type has the fields of a derived field's selection."""
        schema = GraphQLSchema(query=parent) if isinstance(parent, GraphQLObjectType) else None
        return schema is not None and not validate(schema, parse(derived.selection))

    def _check_interfaces(self) -> None:
        for parent, name, _ in self._definitions():
            for interface in parent.interfaces:
                inherited = self.fields.get((interface.name, name))
                if inherited and not set(inherited.guards) <= set(self.fields[parent.name, name].guards):
                    raise UnguardedSchema(f"{parent.name}.{name} drops a label that {inherited.coordinate} has")

    def _check_open_columns(self) -> None:
        """An open field is read by the grant of its nearest guarded ancestor, so it must have one."""
        roots = (self.graphql.query_type, self.graphql.mutation_type, self.graphql.subscription_type)
        pending: list[GraphQLNamedType] = [root for root in roots if root]
        reached = set(pending)
        while pending:
            parent = pending.pop()
            for name, field in parent.fields.items() if is_object_type(parent) else ():
                spec = self.fields[parent.name, name]
                if spec.guards:
                    continue
                if spec.declaration and spec.declaration.columns:
                    raise UnguardedSchema(f"{spec.coordinate} is open and has columns, and nothing above it is guarded")
                for kind in self.possible_types(field.type):
                    if kind not in reached:
                        reached.add(kind)
                        pending.append(kind)

    def definition(self, parent: str, name: str) -> GraphQLField:
        """The field of a type, both by name."""
        kind = self.graphql.type_map[parent]
        assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        field: GraphQLField = kind.fields[name]
        return field

    def possible_types(self, kind: GraphQLOutputType) -> tuple[GraphQLObjectType, ...]:
        """The object types that a value of a type may have; none for a leaf."""
        named = get_named_type(kind)
        if is_abstract_type(named):
            return tuple(self.graphql.get_possible_types(named))
        return (named,) if is_object_type(named) else ()


def _is_laid_out_alike(edge: Edge) -> bool:
    """Whether the rows of all fetches of an edge can be read in the same way."""
    first, *others = edge.fetches
    return all(each.layout == first.layout for each in others)


def _is_one_of(kind: object, _info: object) -> bool | None:
    """Resolver of `__Type.isOneOf`; null for all but input objects. Strawberry's own fails at a list and a non-null."""
    return bool(kind.extensions[DEFINITION].is_one_of) if isinstance(kind, GraphQLInputObjectType) else None


def _field_spec(
    parent: GraphQLObjectType | GraphQLInterfaceType, name: str, field: GraphQLField, labels: Labels
) -> FieldSpec:
    definition = field.extensions.get(DEFINITION)
    guards = labels(_directives(definition)) or labels(_directives(parent.extensions.get(DEFINITION)))
    metadata: Mapping[str, Any] = getattr(definition, "metadata", {})
    return FieldSpec(f"{parent.name}.{name}", guards, metadata.get(METADATA), metadata.get(IS_LAST, False))


def _entity_spec(spec: FieldSpec, kind: GraphQLObjectType, labels: Labels) -> FieldSpec:
    """The field of one type of entities: its guards are the type's."""
    guards = labels(_directives(kind.extensions.get(DEFINITION)))
    if not guards:
        raise UnguardedSchema(f"{spec.coordinate} gives entities of {kind.name}, which has no label")
    return FieldSpec(f"{spec.coordinate}.{kind.name}", guards, spec.declaration)


def _directives(definition: object) -> Iterable[object]:
    return getattr(definition, "directives", None) or ()


def _has_place_for_null(spec: FieldSpec, kind: GraphQLOutputType, *, is_root: bool) -> bool:
    """A field read from a row is nullable: a denial or a gap in the data must not null its neighbours.

    An open member of a value that is made whole may be non-null; so may a field that reads no column and has a value
    for an empty row, which stands for one that is withheld. An edge may also be a non-null list of nullable items, at
    the root of a query or mutation, where the caller gives its length; or, if it is open, a non-null object with a
    placeholder.
    """
    if not is_non_null_type(kind):
        return True
    if isinstance(spec.declaration, Read):
        if spec.declaration.columns:
            return False
        # A member of a value that is made whole, of which nothing is withheld by itself; or a value of an empty row.
        return not spec.guards or (not is_list_type(kind.of_type) and spec.declaration.read({}) is not None)
    if isinstance(spec.declaration, Derived):
        return False
    if is_list_type(kind.of_type):
        return is_root and not is_non_null_type(kind.of_type.of_type)
    edge = spec.declaration
    has_placeholder = isinstance(edge, Edge) and edge.placeholder() is not None
    return has_placeholder and not spec.guards and is_object_type(kind.of_type)
