"""Leaves: how a value of a leaf type is completed, as graphql-core would and sooner where nothing is to be done."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)
from graphql.execution.executor import Executor

from engine.declarations import identity

SMALLEST, LARGEST = -(2**31), 2**31 - 1


def pass_through(kind: GraphQLLeafType) -> str | None:
    """A condition under which a value goes out as it is: {value} where it is first used and then {name}."""
    if kind in {GraphQLString, GraphQLID} or getattr(kind, "coerce_output_value", None) is identity:
        return "{value}.__class__ is str"
    if kind is GraphQLBoolean:
        return "{value}.__class__ is bool"
    if kind is GraphQLInt:
        return f"{{value}}.__class__ is int and {SMALLEST} <= {{name}} <= {LARGEST}"
    return None


def completer(kind: GraphQLLeafType, *, is_nullable: bool) -> Callable[[Any], Any]:
    """Completes any value of a leaf type. Raises what graphql-core raises; for a null that must not be, something."""

    def complete(value: Any) -> Any:
        if isinstance(value, Exception):
            raise value
        if is_nullable and (value is None or value is Undefined):
            return None
        return Executor.complete_leaf_value(kind, value)

    return complete


def enum_names(kind: GraphQLEnumType, *, is_nullable: bool) -> Mapping[Any, str | None]:
    """The name for each value of an enum, and for each member of the class that it was made of."""
    members: Iterable[Any] = getattr(kind, "wrapped_cls", ())
    found: dict[Any, str | None] = {}
    for name, value in kind.values.items():
        same = [member for member in members if member.value == value.value]
        found |= dict.fromkeys(filter(_is_hashable, [value.value, *same]), name)
    found.pop(None, None)
    return found | {None: None} if is_nullable else found


def _is_hashable(value: Any) -> bool:
    return isinstance(value, Hashable)
