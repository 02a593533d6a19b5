"""Each type of entities, with its planted record: the representation, and the root field that leads to the same."""

from __future__ import annotations

from typing import Any

from graphql import get_named_type

from schema.build import ENTITY_KEYS, guarded_schema
from tests.attacks.entry_paths import ENTRY_PATHS
from tests.attacks.planted_person import PLANTED_VALUES
from tests.operation_generator import selection

HEAD = "query($r: [_Any!]!)"


def representation(type_name: str, number: Any = None) -> dict[str, Any]:
    """The representation of the planted record of a type, or of another one by its number."""
    key = ENTITY_KEYS[type_name].field
    return {"__typename": type_name, key: PLANTED_VALUES[f"{type_name}.{key}"] if number is None else number}


def root_of(type_name: str) -> str:
    """The root field that gives the planted record by the number that is its key: `warrant(number: "W000000002")`."""
    query = guarded_schema().graphql.query_type
    assert query is not None
    number = PLANTED_VALUES[f"{type_name}.{ENTITY_KEYS[type_name].field}"]
    return next(
        f"{root}({argument})"
        for root, arguments in ENTRY_PATHS.items()
        for argument in arguments
        if get_named_type(query.fields[root].type).name == type_name and f'"{number}"' in argument
    )


def all_fields(type_name: str) -> str:
    """Every field of a type, and of the types that it leads to."""
    return selection(guarded_schema().graphql.type_map[type_name], 2)
