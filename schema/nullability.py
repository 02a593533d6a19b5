"""Semantic nullability: the fields whose null always has an error, as `@semanticNonNull` says of them.

Every field that may be withheld is nullable. Of these, the null of some is never the record's own: their column may not
be null in its table, or they are a list, which is empty if there is nothing. It follows from the declarations alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import sqlalchemy
from graphql import is_non_null_type
from strawberry import UNSET

from engine.declarations import Column, Computed, Edge, Embedded, ListColumn, Read
from engine.guarded_schema import DEFINITION, FieldSpec, GuardedSchema
from policy.consistency import MASKABLE
from resolvers.catalogue import TABLES
from resolvers.table import Table
from schema.directives import SemanticNonNull
from schema.entered import instant
from schema.fields import BOOLEANS
from schema.row_types import row_types

NULL_FOR_NULL: tuple[Callable[..., Any], ...] = (BOOLEANS.__getitem__, datetime.fromisoformat, instant)
"""Functions of computed fields that give null for null alone."""

Tables = Sequence[Table]


def semantic_non_null(schema: GuardedSchema) -> set[str]:
    """The coordinates of the nullable fields whose null always has an error.

    A field of an interface is one of them if it is in every type. Types that share a declaration share its directive.
    """
    tables, found, sharing = tables_of_types(schema), set[str](), defaultdict[int, set[str]](set)
    for (parent, name), spec in schema.fields.items():
        definition = schema.definition(parent, name)
        sharing[id(definition.extensions[DEFINITION])].add(spec.coordinate)
        types = [each.name for each in schema.possible_types(schema.graphql.type_map[parent])]  # type: ignore[arg-type]
        if not is_non_null_type(definition.type) and all(
            _is_never_null(schema.fields[each, name], tables[each]) for each in types
        ):
            found.add(spec.coordinate)
    return {each for shared in sharing.values() if shared <= found for each in shared}


def mark_semantic_non_null(schema: GuardedSchema) -> None:
    """Give each of these fields its directive, which the SDL then has; and make a null in its columns an error."""
    for coordinate in semantic_non_null(schema):
        parent, name = coordinate.split(".")
        definition = schema.definition(parent, name).extensions[DEFINITION]
        if not any(isinstance(each, SemanticNonNull) for each in definition.directives):
            definition.directives = [*definition.directives, SemanticNonNull(levels=UNSET)]
        spec = schema.fields[parent, name]
        if isinstance(spec.declaration, Read) and spec.declaration.columns:
            schema.fields[parent, name] = replace(spec, is_required=True)


def tables_of_types(schema: GuardedSchema) -> Mapping[str, Tables]:
    """The tables whose rows a type is read from; none if it is read from anything else too."""
    found = defaultdict[str, list[Table]](list)
    for table, kind in row_types(schema):
        found[kind].append(table)
    layouts = {id(each.layout) for each in TABLES}
    for (parent, name), spec in schema.fields.items():
        read = spec.declaration
        if isinstance(read, Read) and not isinstance(read.read, Embedded) and id(read.layout) not in layouts:
            for value in schema.possible_types(schema.definition(parent, name).type):
                found[value.name] = []
    return found


def _is_never_null(spec: FieldSpec, tables: Tables) -> bool:
    """Whether a null of a field always has an error, if its type is read from rows of these tables."""
    declaration = spec.declaration
    if isinstance(declaration, Edge):
        # An edge that finds nothing gives what its fetches make then: an empty list.
        return declaration.when_no_key() is not None and all(
            each.when_missing() is not None for each in declaration.fetches
        )
    if not isinstance(declaration, Read):
        return False
    if declaration.is_present:
        return True
    if set(spec.guards) & MASKABLE or not tables:
        return False
    read = declaration.read
    if isinstance(read, Computed) and not _may_give_null(read.compute):
        return True
    is_value = isinstance(read, Column | ListColumn | Embedded)
    is_value = is_value or (isinstance(read, Computed) and read.compute in NULL_FOR_NULL)
    return is_value and all(_is_required(table, column) for table in tables for column in declaration.columns)


def _is_required(table: Table, column: str) -> bool:
    """Whether a column may not be null in its table, and is shown to everyone who may read it."""
    stored = table.stored.c.get(column) if isinstance(table.stored, sqlalchemy.Table) else None
    return stored is not None and not stored.nullable and table.columns[column].value is stored


def _may_give_null(function: Callable[..., Any]) -> bool:
    """Whether the type of a function's result, which mypy checks, has None; if it has no type, it may."""
    if not hasattr(function, "__annotations__"):
        return True
    result = get_type_hints(function).get("return", NoneType)
    return result is NoneType or (get_origin(result) in {Union, UnionType} and NoneType in get_args(result))
