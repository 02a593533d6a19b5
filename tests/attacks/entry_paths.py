"""Every path to the records about the planted person: each root, then every edge of the schema in both directions."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from graphql import (
    GraphQLObjectType,
    get_named_type,
    is_input_object_type,
    is_leaf_type,
    is_object_type,
    is_union_type,
)

from engine.declarations import Derived, Edge
from engine.guarded_schema import DEFINITION
from schema.build import guarded_schema
from tests.attacks.planted_person import PLANTED
from tests.attacks.positions import INQUIRY, OPERATION_HEAD

# Arguments that lead to the planted person or her records, for each root.
ENTRY_PATHS = {root: paths for planted in PLANTED.values() for root, paths in planted.entry_paths.items()}
JOURNAL_ROOTS = {"inquiries", "inquiry"}

LARGEST_DOCUMENT = 5_000
"""Fields that one of these documents may select: more than a client's."""
# Enough to follow an edge to another source, back to the person, and out again.
EDGES = 3


def root_edges() -> set[str]:
    """The roots that lead to a record of a source."""
    return {
        name
        for (parent, name), spec in guarded_schema().fields.items()
        if parent == "Query" and isinstance(spec.declaration, Edge)
    } - JOURNAL_ROOTS


def search_keys() -> set[str]:
    """The fields of all `@oneOf` inputs."""
    kinds = [kind for kind in guarded_schema().graphql.type_map.values() if is_input_object_type(kind)]
    return {name for kind in kinds if kind.extensions[DEFINITION].is_one_of for name in kind.fields}


def documents(roots: Collection[str] = ENTRY_PATHS) -> dict[str, str]:
    """A document for each entry path of these roots, with all that can be reached from it."""
    query = _query()
    return {
        f"{root}({argument})": f"{OPERATION_HEAD} {INQUIRY} {{ {root}({argument}) {{"
        f" {_selection(get_named_type(query.fields[root].type), EDGES, frozenset())} }} }}"
        for root in roots
        for argument in ENTRY_PATHS[root]
    }


def edges() -> set[str]:
    """Every edge from one record to others, by its coordinate. Roots of events have the edges of queries."""
    return {
        spec.coordinate
        for (parent, _), spec in guarded_schema().fields.items()
        if isinstance(spec.declaration, Edge) and parent not in {"Query", "Subscription", "Inquiry"}
    }


def edges_in(data: Any) -> set[str]:
    """The edges with a result in a response."""
    return set(_followed(_query(), data))


def _query() -> GraphQLObjectType:
    query = guarded_schema().graphql.query_type
    assert query is not None
    return query


def _selection(kind: Any, steps: int, above: frozenset[str]) -> str:
    """All fields of an object. Inside an object of its own type, or two edges away, only the first field and the edges.

    Derived fields, which cost as much as what they are derived from, are selected at the first record alone.
    """
    chosen = ["__typename"]
    if is_union_type(kind):
        return " ".join([*chosen, *(f"... on {each} {{ {_selection(each, steps, above)} }}" for each in kind.types)])
    for name, field in kind.fields.items():
        inside = get_named_type(field.type)
        declaration = guarded_schema().fields[kind.name, name].declaration
        leads_on = isinstance(declaration, Edge)
        if (kind.name in above or steps < EDGES - 1) and not leads_on and len(chosen) > 1:
            continue
        if isinstance(declaration, Derived) and steps < EDGES:
            continue
        if is_leaf_type(inside):
            chosen.append(name)
        elif not leads_on or steps:
            chosen.append(f"{name} {{ {_selection(inside, steps - leads_on, above | {kind.name})} }}")
    return " ".join(chosen)


def _followed(kind: Any, data: Any) -> Iterator[str]:
    if isinstance(data, list):
        for each in data:
            yield from _followed(kind, each)
    elif isinstance(data, dict):
        for name, value in data.items():
            if name == "__typename" or not value:
                continue
            spec = guarded_schema().fields[kind.name, name]
            if isinstance(spec.declaration, Edge):
                yield spec.coordinate
            inside = get_named_type(kind.fields[name].type)
            if is_object_type(inside):  # no member of a union has an edge
                yield from _followed(inside, value)
