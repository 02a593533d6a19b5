"""Leaf values: completed as graphql-core would, and faster if nothing is to be done."""

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

from engine.declarations import LARGEST_SAFE_INTEGER, identity, safe_integer
from engine.graphql_core import complete_leaf_value

MIN_INT, MAX_INT = -(2**31), 2**31 - 1


def pass_through(kind: GraphQLLeafType) -> str | None:
    """Source of a condition under which a value is its own result: {value} is its first use, {name} any other."""
    if kind in {GraphQLString, GraphQLID} or getattr(kind, "coerce_output_value", None) is identity:
        return "{value}.__class__ is str"
    if getattr(kind, "coerce_output_value", None) is safe_integer:
        return f"{{value}}.__class__ is int and {-LARGEST_SAFE_INTEGER} <= {{name}} <= {LARGEST_SAFE_INTEGER}"
    if kind is GraphQLBoolean:
        return "{value}.__class__ is bool"
    if kind is GraphQLInt:
        return f"{{value}}.__class__ is int and {MIN_INT} <= {{name}} <= {MAX_INT}"
    return None


def leaf_completer(kind: GraphQLLeafType, *, is_nullable: bool) -> Callable[[Any], Any]:
    """Completes any value of a leaf type. Raises graphql-core's errors, and any error for a null in a non-null type."""

    def complete(value: Any) -> Any:
        if isinstance(value, Exception):
            raise value
        if is_nullable and (value is None or value is Undefined):
            return None
        return complete_leaf_value(kind, value)

    return complete


def enum_names(kind: GraphQLEnumType, *, is_nullable: bool) -> Mapping[Any, str | None]:
    """The name for each value of an enum, and for each member of the Python class that defines it."""
    members: Iterable[Any] = getattr(kind, "wrapped_cls", ())
    names: dict[Any, str | None] = {}
    for name, value in kind.values.items():
        same = [value.value, *(member for member in members if member.value == value.value)]
        names |= dict.fromkeys((each for each in same if isinstance(each, Hashable)), name)
    names.pop(None, None)
    return names | {None: None} if is_nullable else names
