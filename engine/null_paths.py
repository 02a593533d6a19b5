"""Null paths: where nulls stand in the response if a field is withheld."""

from __future__ import annotations

from graphql import GraphQLOutputType, is_list_type, is_non_null_type

from engine.deferral import ANY_INDEX
from engine.plan import PlannedSelection


def indices(kind: GraphQLOutputType) -> tuple[str, ...]:
    """One index for each list level of a type."""
    if is_non_null_type(kind):
        return indices(kind.of_type)
    return (ANY_INDEX, *indices(kind.of_type)) if is_list_type(kind) else ()


def null_paths(
    kind: GraphQLOutputType, path: tuple[str, ...], selections: tuple[PlannedSelection, ...]
) -> tuple[tuple[str, ...], ...]:
    """The paths of the nulls in place of a field that is withheld, as `PlannedField` has them."""
    if not is_non_null_type(kind):
        return (path,)
    if is_list_type(kind.of_type):
        return ((*path, ANY_INDEX),)
    inside = dict.fromkeys(null for each in selections for field in each.fields for null in field.null_paths)
    # If only __typename is selected there is no null to point at.
    return tuple(inside) or (path,)
