"""Every guarded field of the schema, with the smallest query for it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    is_union_type,
)

from engine.declarations import Edge
from engine.guarded_schema import FieldSpec
from policy.record_classes import RECORD_DEPENDENT
from schema.build import guarded_schema, guards
from tests.attacks.entry_paths import ENTRY_PATHS
from tests.attacks.planted_inquiry import CASE, INQUIRY_ID
from tests.attacks.planted_person import PLANTED

# The arguments of each root that lead to the planted person, her records, or the planted inquiry.
ROOTS = {
    **{root: f"{root}({first})" for root, (first, *_) in ENTRY_PATHS.items()},
    "inquiries": f'inquiries(by: {{caseNumber: "{CASE}"}})',
    "inquiry": f'inquiry(id: "{INQUIRY_ID}")',
}
MEMBER_ROOTS = {
    member: f"at{member}: {path}" for planted in PLANTED.values() for member, path in planted.member_paths.items()
}
"""The root that leads to a value of each member of a union, under a response key of its own."""
ON = "... on "


HELD = {guard for each in guards().values() for guard in each} | set(RECORD_DEPENDENT)
"""The record classes that some field or some row has."""


@dataclass(frozen=True, slots=True)
class Field:
    """One guarded field and the shortest path to it from a root.

    specs:   the fields on the path, itself last.
    paths:   for each of them, the response path of its null, with "@" for an index.
    root:    the first field, with its arguments; steps: those after it, and the fragments between them.
    object:  the object type that it returns, of a union its first member, or None for a leaf; a list if `is_list`,
             never null if `is_non_null`.
    """

    specs: tuple[FieldSpec, ...]
    paths: tuple[tuple[str, ...], ...]
    root: str
    steps: tuple[str, ...]
    query: str
    object: str | None
    is_list: bool
    is_non_null: bool

    @property
    def spec(self) -> FieldSpec:
        return self.specs[-1]

    @property
    def edges(self) -> list[bool]:
        """For each field on the path, whether it fetches from a source."""
        return [isinstance(spec.declaration, Edge) for spec in self.specs]

    def value(self, data: Any) -> Any:
        """The value of the field in a response; of a list on the path, in its first item."""
        for key in self.paths[-1]:
            if data is None:
                return None
            if key != "@":
                data = data[key]
            elif isinstance(data, list):
                data = data[0] if data else None
        return data


def guarded_fields() -> list[Field]:
    """Every guarded field of the schema, by the shortest path from a root that reads records."""
    schema, specs = guarded_schema().graphql, guarded_schema().fields
    query = schema.query_type
    assert query is not None
    path_of: dict[GraphQLObjectType, tuple[str, ...]] = {query: ()}
    pending = deque([query])
    found = []
    while pending:
        parent = pending.popleft()
        for name, field in parent.fields.items():
            names = (*path_of[parent], name)
            if names[0] not in ROOTS:
                continue
            if specs[parent.name, name].guards:
                found.append(_field(names))
            kind = get_named_type(field.type)
            found_types = {kind: names} if is_object_type(kind) else {}
            if is_union_type(kind):
                found_types = {each: (*names, f"{ON}{each}") for each in kind.types}
            for each, path in found_types.items():
                if each not in path_of:
                    path_of[each] = path
                    pending.append(each)
    return found


def _field(names: tuple[str, ...]) -> Field:
    schema, specs = guarded_schema().graphql, guarded_schema().fields
    parent: Any = schema.query_type
    passed, paths, path = [], [], ()
    member = next((name.removeprefix(ON) for name in names if name.startswith(ON)), None)
    root = ROOTS[names[0]] if member is None else MEMBER_ROOTS[member]
    keys = names if member is None else (f"at{member}", *names[1:])
    for name, key in zip(names, keys, strict=True):
        if name.startswith(ON):
            parent = schema.type_map[name.removeprefix(ON)]
            continue
        kind = parent.fields[name].type
        passed.append(specs[parent.name, name])
        is_non_null = is_non_null_type(kind)
        kind = kind.of_type if is_non_null else kind
        item = (key, "@") if is_list_type(kind) else (key,)
        # In a non-null list, the items are null.
        paths.append((*path, *(item if is_non_null else item[:1])))
        path = (*path, *item)
        parent = get_named_type(kind)
    is_object = not is_leaf_type(parent)
    selection = " { __typename }" if is_object else ""
    for name in reversed(names[1:]):
        selection = f" {{ {name}{selection} }}"
    return Field(
        tuple(passed),
        tuple(paths),
        root,
        keys[1:],
        f"{root}{selection}",
        (parent.types[0] if is_union_type(parent) else parent).name if is_object else None,
        is_list=len(item) > 1 and not is_non_null,
        is_non_null=is_non_null and len(item) == 1,
    )
