"""Estimate of a document without a request: every condition holds, and variables have sample values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLFloat,
    GraphQLInt,
    GraphQLSchema,
    GraphQLType,
    OperationDefinitionNode,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_union_type,
    type_from_ast,
)

from engine.declarations import Representation
from engine.document import Document, definitions_of, without_directives
from engine.plan import PreparedOperation
from engine.planner import Planner

SCALARS: dict[object, Any] = {GraphQLBoolean: True, GraphQLFloat: 1.0}
TEXT = "A"
REPRESENTATION = "_Any"
MAX_DEPTH = 8


def estimates(schema: GraphQLSchema, planner: Planner, document: Document, *, size: int) -> Iterator[PreparedOperation]:
    """The operations of a document, planned with everything in them that a condition could leave out.

    A variable without a default is a sample: a number is `size`, a list has so many items. An operation whose variable
    is an object of one key is planned once for each key, because each may need other record classes; and one whose
    variable is representations of entities, once for each of their types.
    Raises: Refused.
    """
    whole = _without_conditions(document)
    for operation in whole.operations.values():
        for variables in _samples(schema, operation, size):
            yield planner.prepare(whole, operation, variables)


def _without_conditions(document: Document) -> Document:
    """The document without @skip and @include."""
    node = without_directives(document.node, {"skip", "include"})
    operations, fragments = definitions_of(node)
    return replace(document, node=node, operations=operations, fragments=fragments, condition_variables=())


def _samples(schema: GraphQLSchema, operation: OperationDefinitionNode, size: int) -> Iterator[dict[str, Any]]:
    samples: dict[str, list[Any]] = {}
    entities = _entities(schema)
    for each in operation.variable_definitions or ():
        kind = type_from_ast(schema, each.type)
        assert kind is not None  # validation has checked it
        named = kind.of_type if is_non_null_type(kind) else kind
        if each.default_value is None or (is_input_object_type(named) and named.is_one_of):
            samples[each.variable.name.value] = list(_values(kind, size, entities))
    first = {name: values[0] for name, values in samples.items()}
    yield first
    for name, values in samples.items():
        yield from ({**first, name: value} for value in values[1:])


def _entities(schema: GraphQLSchema) -> list[Representation]:
    """A representation of each type of entities, which needs no number: nothing is read."""
    union = schema.get_type("_Entity")
    return [Representation(each.name, TEXT) for each in union.types] if is_union_type(union) else []


def _values(kind: GraphQLType, size: int, entities: Sequence[Representation], depth: int = 0) -> Iterator[Any]:
    """Sample values of an input type: one, or one for each key of an object of one key or each type of entities."""
    given = kind.of_type if is_non_null_type(kind) else kind
    if is_list_type(given):
        yield from ([each] * size for each in _values(given.of_type, size, entities, depth))
    elif is_enum_type(given):
        yield next(iter(given.values))
    elif is_input_object_type(given):
        fields = {
            name: next(_values(field.type, size, entities, depth + 1))
            for name, field in given.fields.items()
            if depth < MAX_DEPTH or is_non_null_type(field.type)
        }
        if given.is_one_of:
            yield from ({name: value} for name, value in fields.items())
        else:
            yield fields
    elif getattr(given, "name", None) == REPRESENTATION and entities:
        yield from entities
    else:
        yield size if given is GraphQLInt else SCALARS.get(given, TEXT)
