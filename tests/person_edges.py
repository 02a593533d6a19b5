"""The edges from a person to the records of every source, as the schema has them."""

from __future__ import annotations

from typing import Any

from graphql import get_named_type, is_leaf_type

from engine.declarations import Edge
from resolvers.fetch import Fetch
from schema.build import guarded_schema


def person_edges() -> dict[str, str]:
    """The field of Person that leads to each source; of several, the last: {"warrants": "warrants"}."""
    return {source: name for name, source in _edges().items()}


def person_selection() -> str:
    """One value of each record of a person: "warrants { number } …"."""
    return " ".join(f"{name}{_inside(_fields('Person')[name])}" for name in _edges())


def _fields(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = guarded_schema().graphql.type_map[kind].fields  # type: ignore[attr-defined]
    return found


def _edges() -> dict[str, str]:
    declared = {name: guarded_schema().fields["Person", name].declaration for name in _fields("Person")}
    return {
        name: fetch.source
        for name, edge in declared.items()
        if isinstance(edge, Edge)
        for fetch in edge.fetches
        if isinstance(fetch, Fetch)
    }


def _inside(field: Any) -> str:
    """The selection of the first leaf of an object; none if the field is a leaf itself."""
    kind = get_named_type(field.type)
    if is_leaf_type(kind):
        return ""
    first = next(name for name, each in _fields(kind.name).items() if is_leaf_type(get_named_type(each.type)))
    return f" {{ {first} }}"
