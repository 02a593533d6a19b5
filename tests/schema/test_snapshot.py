"""The SDL snapshot equals the schema, so every change of it shows in a diff."""

from __future__ import annotations

import re
from pathlib import Path

from graphql import build_schema

from schema.build import guarded_schema, sdl
from schema.subgraph import SERVICE_FIELDS, SERVICE_TYPES

SNAPSHOT = Path(__file__).parents[2] / "schema" / "schema.graphql"


def test_the_snapshot_is_the_output_of_the_command() -> None:
    assert sdl() == SNAPSHOT.read_text("utf-8"), "needtoknow schema > schema/schema.graphql"


def test_the_snapshot_is_valid_sdl() -> None:
    parsed = build_schema(SNAPSHOT.read_text("utf-8"))

    assert {name for name in parsed.type_map if not name.startswith("__")} == {
        name for name in guarded_schema().graphql.type_map if not name.startswith("__")
    } - SERVICE_TYPES
    served = guarded_schema().graphql.query_type
    assert parsed.query_type
    assert served
    assert [*parsed.query_type.fields, *SERVICE_FIELDS] == [*served.fields]


def test_every_label_is_printed() -> None:
    """As often as it is declared, on a type or on a field."""
    printed = len(re.findall(r"@needToKnow\(of: [A-Z_]+\)", SNAPSHOT.read_text("utf-8")))
    schema = guarded_schema().graphql
    definitions = [
        each.extensions.get("strawberry-definition")
        for kind in schema.type_map.values()
        for each in (kind, *getattr(kind, "fields", {}).values())
    ]
    declared = sum(
        type(directive).__name__ == "NeedToKnow"
        for definition in definitions
        for directive in getattr(definition, "directives", None) or ()
    )

    assert printed == declared > 30
