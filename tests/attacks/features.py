"""Features of records, as a caller can note them in a response: each feature is the set of records that have it.

A set is an integer, with a bit for each record, so that an intersection is one operation.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphql import GraphQLObjectType, get_named_type, is_object_type, is_union_type

from engine.declarations import Derived
from schema.build import guarded_schema

LONGEST_LIST = 5
"""Lists of this length and of more have one feature."""


def selection(kind: str, *above: str) -> str:
    """Every field of a type and of the types below it, without the edges that lead back.

    Derived fields tell no more than the fields that they are derived from, which are here.
    """
    fields = []
    found = guarded_schema().graphql.get_type(kind)
    assert isinstance(found, GraphQLObjectType)
    for name, field in found.fields.items():
        if isinstance(guarded_schema().fields[kind, name].declaration, Derived):
            continue
        below = get_named_type(field.type)
        if is_union_type(below):
            members = (f"... on {each} {selection(each.name, kind, *above)}" for each in below.types)
            fields.append(f"{name} {{ {' '.join(members)} }}")
        elif not is_object_type(below):
            fields.append(name)
        elif below.name not in (kind, *above):
            fields.append(f"{name} {selection(below.name, kind, *above)}")
    return f"{{ {' '.join(fields)} }}"


def features(value: Any, path: str) -> Iterator[str]:
    """Features of a value in a response: texts and numbers, whole and in part; what is null; the lengths of lists."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from features(each, f"{path}.{name}")
    elif isinstance(value, list):
        yield f"{path} has {min(len(value), LONGEST_LIST)}"
        for each in value:
            yield from features(each, path)
    elif isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        yield f"{path} in {value[:4]}"
        yield f"{path} in {value[:3]}0s"
    elif isinstance(value, str):
        yield from (f"{path} is {value}", f"{path} is {value[:1]}...", f"{path} is ...{value[-1:]}")
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from (f"{path} is {value}", f"{path} is near {value // 10 * 10}")
    else:
        yield f"{path} is {value}"


def sets(records: Iterable[Iterable[str]], support: int) -> dict[str, int]:
    """The set of each feature that at least `support` records have; of equal sets only one."""
    members: dict[str, list[int]] = defaultdict(list)
    for index, each in enumerate(records):
        for feature in dict.fromkeys(each):
            members[feature].append(index)
    by_set = {as_set(found): feature for feature, found in members.items() if len(found) >= support}
    return {feature: found for found, feature in by_set.items()}


def as_set(indexes: Iterable[int]) -> int:
    """The set of these records."""
    found = bytearray()
    for index in indexes:
        found.extend(bytes(max(0, index // 8 + 1 - len(found))))
        found[index // 8] |= 1 << index % 8
    return int.from_bytes(found, "little")
