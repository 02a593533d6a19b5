"""The smallest query for every guarded field, found by walking the schema. Knows no caller and no policy."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLObjectType, get_named_type, is_list_type, is_non_null_type, is_object_type

from engine.declarations import Edge
from engine.guarded_schema import FieldSpec
from schema.build import guarded_schema
from tests.attacks.inquiries import CASE, INQUIRY_ID

# How each root is asked for the planted person, for what belongs to her, or for the planted inquiry.
ROOTS = {
    "person": 'person(id: "P0000002")',
    "persons": 'persons(ids: ["P0000002"])',
    "searchPersons": 'searchPersons(by: {name: {surname: "Vanterpool", given: "Leonard"}})',
    "vehicle": 'vehicle(by: {plate: {number: "1NTK002"}})',
    "searchVehicles": 'searchVehicles(by: {plateStart: "1NTK002"})',
    "warrant": 'warrant(number: "W000000002")',
    "protectiveOrder": 'protectiveOrder(number: "H000000002")',
    "criminalHistory": 'criminalHistory(ciiNumber: "A00000002")',
    "inquiries": f'inquiries(by: {{caseNumber: "{CASE}"}})',
    "inquiry": f'inquiry(id: "{INQUIRY_ID}")',
}


@dataclass(frozen=True, slots=True)
class Field:
    """One guarded field and the shortest way to it from a root.

    sites:   the fields on the way, itself last.
    paths:   for each of them, where a null would stand, with "@" for an index.
    object:  the type of the object that it gives, if it gives one; `is_list` says whether it gives several.
    """

    sites: tuple[FieldSpec, ...]
    paths: tuple[tuple[str, ...], ...]
    query: str
    object: str | None
    is_list: bool

    @property
    def site(self) -> FieldSpec:
        return self.sites[-1]

    @property
    def edges(self) -> list[bool]:
        """For each site on the way, does it ask a source?"""
        return [isinstance(site.declaration, Edge) for site in self.sites]

    def value(self, data: Any) -> Any:
        """What stands at the place of the field; of a list on the way, in its first item."""
        for key in self.paths[-1]:
            if data is None:
                return None
            if key != "@":
                data = data[key]
            elif isinstance(data, list):
                data = data[0] if data else None
        return data


def guarded_fields() -> list[Field]:
    """Every guarded field of the schema, by the shortest way from a root that reads records."""
    schema, sites = guarded_schema().graphql, guarded_schema().fields
    query = schema.query_type
    assert query is not None
    ways: dict[GraphQLObjectType, tuple[str, ...]] = {query: ()}
    pending = deque([query])
    found = []
    while pending:
        parent = pending.popleft()
        for name, field in parent.fields.items():
            way = (*ways[parent], name)
            if way[0] not in ROOTS:
                continue
            if sites[parent.name, name].guards:
                found.append(_field(way))
            kind = get_named_type(field.type)
            if is_object_type(kind) and kind not in ways:
                ways[kind] = way
                pending.append(kind)
    return found


def _field(way: tuple[str, ...]) -> Field:
    schema, sites = guarded_schema().graphql, guarded_schema().fields
    parent: Any = schema.query_type
    passed, paths, path = [], [], ()
    for name in way:
        kind = parent.fields[name].type
        passed.append(sites[parent.name, name])
        must_be_there = is_non_null_type(kind)
        kind = kind.of_type if must_be_there else kind
        item = (name, "@") if is_list_type(kind) else (name,)
        # A list that must be there is null in its items.
        paths.append((*path, *(item if must_be_there else item[:1])))
        path = (*path, *item)
        parent = get_named_type(kind)
    is_object = is_object_type(parent)
    selection = " { __typename }" if is_object else ""
    for name in reversed(way[1:]):
        selection = f" {{ {name}{selection} }}"
    return Field(
        tuple(passed),
        tuple(paths),
        f"{ROOTS[way[0]]}{selection}",
        parent.name if is_object else None,
        is_list=len(item) > 1 and not must_be_there,
    )
