"""Operations for tests that give every argument of the schema any value, as a literal, a variable or a default.

The fields, arguments and directives come from the schema, at any depth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLField,
    GraphQLSchema,
    SchemaMetaFieldDef,
    TypeMetaFieldDef,
    get_named_type,
    is_leaf_type,
    is_object_type,
    is_required_argument,
    is_union_type,
)
from hypothesis import strategies as st

from tests.argument_values import edges, literal

FieldPath = tuple[tuple[str, GraphQLField], ...]

SELECTION_DEPTH = 3


def fields_with_arguments(schema: GraphQLSchema) -> Iterator[FieldPath]:
    """The shortest path from the root to each field that has arguments."""
    query = schema.query_type
    assert query is not None
    roots = {**query.fields, "__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}
    seen, paths = {query.name}, [((name, field),) for name, field in roots.items()]
    for path in paths:
        _, field = path[-1]
        kind = get_named_type(field.type)
        if field.args:
            yield path
        if is_object_type(kind) and kind.name not in seen:
            seen.add(kind.name)
            paths += [(*path, (name, each)) for name, each in kind.fields.items()]


def selection(kind: Any, depth: int = SELECTION_DEPTH) -> str:
    """All fields of a type that need no argument, to a depth."""
    kind = get_named_type(kind)
    if is_leaf_type(kind):
        return ""
    if is_union_type(kind):
        return "{ __typename " + " ".join(f"... on {each} {{ {_leaves(each, kind)} }}" for each in kind.types) + " }"
    names = [
        f"{name} {selection(field.type, depth - 1)}"
        for name, field in kind.fields.items()
        if (is_leaf_type(get_named_type(field.type)) or depth > 1)
        and not any(map(is_required_argument, field.args.values()))
    ]
    return "{ __typename " + " ".join(names) + " }"


def _leaves(member: Any, union: Any) -> str:
    """The leaves of a member of a union, but for those whose name is of another type in another member."""
    types: dict[str, set[str]] = {}
    for each in union.types:
        for name, field in each.fields.items():
            types.setdefault(name, set()).add(str(field.type))
    names = [name for name, field in member.fields.items() if is_leaf_type(get_named_type(field.type))]
    return " ".join(["__typename", *(name for name in names if len(types[name]) == 1)])


def nested(path: FieldPath, arguments: Callable[[GraphQLField], str], depth: int = SELECTION_DEPTH) -> str:
    """The selection that leads to a field, and what it gives to a depth."""
    selected = selection(path[-1][1].type, depth)
    for name, field in reversed(path):
        selected = f"{{ {name}{arguments(field)} {selected} }}"
    return selected


class Operation:
    """An operation under construction: its text, and the variables that it declares."""

    def __init__(self, draw: Any) -> None:
        self._draw = draw
        self._declarations: list[str] = []
        self.variables: dict[str, Any] = {}

    def arguments(self, declared: Mapping[str, GraphQLArgument]) -> str:
        """The text of arguments, of which any may be left out."""
        given = [
            f"{name}: {self._value(argument.type)}"
            for name, argument in declared.items()
            if self._draw(st.integers(0, 29)) > (0 if is_required_argument(argument) else 14)
        ]
        return f"({', '.join(given)})" if given else ""

    def _value(self, kind: Any) -> str:
        value, form = self._draw(edges(kind)), self._draw(st.sampled_from(("literal", "variable", "default")))
        if form == "literal":
            return literal(value, kind)
        name = f"v{len(self._declarations)}"
        default = f" = {literal(value, kind)}" if form == "default" else ""
        self._declarations.append(f"${name}: {kind}{default}")
        if form == "variable":
            self.variables[name] = value
        return f"${name}"

    def text(self, directives: str, selected: str) -> str:
        """The whole document."""
        declared = f"({', '.join(self._declarations)})" if self._declarations else ""
        return f"query {declared} {directives} {selected}"


@st.composite
def operations(draw: Any, schema: GraphQLSchema) -> tuple[str, dict[str, Any]]:
    """A document and its variables, with edge values in the arguments of one field and of some directives."""
    operation = Operation(draw)
    path = draw(st.sampled_from(list(fields_with_arguments(schema))))
    selected = nested(
        path,
        lambda field: operation.arguments(field.args) + _directives(draw, operation, schema, DirectiveLocation.FIELD),
    )
    on_query = "@inquiry(purpose: C, reason: INVESTIGATION)"
    if draw(st.integers(0, 3)) == 0:
        on_query = _directives(draw, operation, schema, DirectiveLocation.QUERY)
    return operation.text(on_query, selected), operation.variables


def _directives(draw: Any, operation: Operation, schema: GraphQLSchema, location: DirectiveLocation) -> str:
    return " ".join(
        f"@{directive.name}{operation.arguments(directive.args)}"
        for directive in schema.directives
        if location in directive.locations and (location is DirectiveLocation.QUERY or draw(st.integers(0, 9)) == 0)
    )
