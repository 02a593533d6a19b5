"""The schema as a subgraph: its SDL, its entities, and one batch for each type of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import strawberry
from graphql import get_named_type, is_union_type, parse
from strawberry import Schema
from strawberry.schema.config import StrawberryConfig

from engine.declarations import Edge
from engine.errors import UnguardedSchema
from engine.guarded_schema import GuardedSchema
from policy.record_classes import RecordClass
from resolvers import warrants
from resolvers.fetch import Fetch
from resolvers.numbers.number_format import WARRANT
from schema.build import ENTITY_KEYS, guarded_schema, subgraph
from schema.directives import know, labels
from schema.entities import ANY, AnyValue, EntityKey, entities_field
from schema.fields import column
from tests.harness import INVESTIGATION, World

PAGE = (Path(__file__).parents[2] / "docs" / "subgraph.md").read_text("utf-8")
SCHEMA = guarded_schema()
HEAD = f"query($r: [_Any!]!) {INVESTIGATION}"
VICTOR, ROBBERY = {"__typename": "Person", "id": "P0000001"}, {"__typename": "Warrant", "number": "W000000001"}


def roots_by_one_number() -> dict[str, tuple[Any, str]]:
    """The fetch and the argument of each root field that finds one record of a source by its number, by the type."""
    query = SCHEMA.graphql.query_type
    assert query is not None
    found = {}
    for name, field in query.fields.items():
        edge = SCHEMA.fields["Query", name].declaration
        if isinstance(edge, Edge) and [str(each.type) for each in field.args.values()] == ["ID!"]:
            found[get_named_type(field.type).name] = (edge.fetches[0], next(iter(field.args)))
    return found


def test_each_type_that_a_root_field_finds_by_its_number_has_that_key() -> None:
    """But for entries of the journal. Vehicles and reports on property are found by one of several keys."""
    roots = roots_by_one_number()
    del roots["Inquiry"]
    declared = {name: (key.fetch, key.field) for name, key in ENTITY_KEYS.items()}

    assert {name: declared[name] for name in roots} == roots
    assert set(declared) - set(roots) == {"Vehicle", "PropertyReport"}


def test_a_type_of_entities_needs_what_its_root_field_needs() -> None:
    query = SCHEMA.graphql.query_type
    assert query is not None
    for name, field in query.fields.items():
        kind, spec = get_named_type(field.type).name, SCHEMA.fields["Query", name]
        if kind in ENTITY_KEYS and spec.guards:
            assert spec.guards == SCHEMA.entities[kind].guards, name


def test_the_key_of_each_type_is_the_number_that_its_fetch_finds_one_record_by() -> None:
    for key in ENTITY_KEYS.values():
        assert isinstance(key.fetch, Fetch)
        assert len(key.fetch.key_columns) == 1
        assert key.fetch.when_missing() is None
        assert key.fetch.record, "the journal would not name the record"


def test_the_printed_subgraph_has_each_key_and_nothing_that_a_gateway_adds() -> None:
    sdl = subgraph()
    keys = dict(re.findall(r'^type (\w+) .*@key\(fields: "(\w+)"\)', sdl, re.MULTILINE))

    assert keys == {name: key.field for name, key in ENTITY_KEYS.items()}
    assert re.findall(r"_Any|_Entity|_Service|_entities|_service\b", sdl) == []
    assert "type PageInfo @shareable {" in sdl
    assert sdl.count("@needToKnow(") > 100
    parse(sdl)


def test_the_page_lists_each_key() -> None:
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| `(\w+)` \|$", PAGE, re.MULTILINE)

    assert {name: key for names, key in rows for name in re.findall(r"\w+", names)} == {
        name: key.field for name, key in ENTITY_KEYS.items()
    }


async def test_a_running_server_gives_the_same_subgraph(world: World) -> None:
    response = await world.execute("{ _service { sdl } }")

    assert response.data == {"_service": {"sdl": subgraph()}}
    assert "extensions" not in response.body
    assert world.journal_entries() == []


def test_the_union_has_each_type_with_a_key() -> None:
    union = SCHEMA.graphql.type_map["_Entity"]
    assert is_union_type(union)

    assert [kind.name for kind in union.types] == list(ENTITY_KEYS)


def test_entities_of_a_type_without_a_label_fail_the_build() -> None:
    @strawberry.type
    class Paper:
        number: str = strawberry.field(description="Forgotten.")

    @strawberry.type(directives=know(RecordClass.WANTS))
    class Other:
        number: str | None = column("number", "Guarded.")

    keys = {kind.__name__: EntityKey(kind, "number", warrants.by_number, WARRANT.parse) for kind in (Other, Paper)}
    schema = Schema(query=entities_field(keys).fields, config=StrawberryConfig(scalar_map={AnyValue: ANY}))

    with pytest.raises(UnguardedSchema, match="gives entities of Paper, which has no label"):
        GuardedSchema(schema, labels=labels, open_fields=["EntityFields._entities", "Paper.number"])


async def test_entities_are_in_order_with_nulls_and_one_batch_for_each_type(world: World) -> None:
    document = f"{HEAD} {{ _entities(representations: $r) {{ ... on Warrant {{ number }} ... on Person {{ id }} }} }}"
    absent = {"__typename": "Person", "id": "P9999999"}
    lower = {"__typename": "Person", "id": " p0000002"}
    response = await world.execute(document, variables={"r": [ROBBERY, VICTOR, absent, ROBBERY, lower, VICTOR]})

    warrant, person = {"number": "W000000001"}, {"id": "P0000001"}
    assert response.data == {"_entities": [warrant, person, None, warrant, {"id": "P0000002"}, person]}
    assert response.errors == []
    assert sorted(world.batches) == [("persons", 3), ("warrants", 1)]


async def test_entities_share_their_batch_with_root_fields_and_aliases(world: World) -> None:
    fields = "{ ... on Person { id } }"
    document = (
        f'{HEAD} {{ person(id: "P0000002") {{ id }} a: _entities(representations: $r) {fields}'
        f" b: _entities(representations: [{{__typename: Person, id: $id}}]) {fields} }}"
    ).replace("query(", "query($id: ID!, ")
    response = await world.execute(document, variables={"r": [VICTOR], "id": "P0000003"})

    assert list(response.data) == ["person", "a", "b"]
    assert response.data == {"person": {"id": "P0000002"}, "a": [{"id": "P0000001"}], "b": [{"id": "P0000003"}]}
    assert world.batches == [("persons", 3)]


async def test_entities_take_fragments_interfaces_and_conditions(world: World) -> None:
    document = (
        f"{HEAD} {{ _entities(representations: $r) {{ __typename ...F ... on Entered {{ fcn }}"
        " ... on Person @skip(if: true) { ssn } } } fragment F on Person { kind: __typename id }"
    )
    missing = {"__typename": "MissingPerson", "number": "M000000018"}
    response = await world.execute(document, role="records", variables={"r": [VICTOR, missing, VICTOR]})

    person = {"__typename": "Person", "kind": "Person", "id": "P0000001"}
    assert response.data["_entities"][0] == response.data["_entities"][2] == person
    assert response.data["_entities"][1].keys() == {"__typename", "fcn"}


async def test_no_entities_are_an_inquiry_that_reads_nothing(world: World) -> None:
    document = f"{HEAD} {{ _entities(representations: $r) {{ ... on Person {{ id }} }} }}"
    response = await world.execute(document, variables={"r": []})

    assert response.data == {"_entities": []}
    assert world.batches == []
    assert [entry.kind.name for entry in world.journal_entries()] == ["INTENT", "RELEASE"]


async def test_a_list_inside_an_entity_is_under_the_limit_on_rows(world: World) -> None:
    world.reconfigure(row_limit=2)
    document = f"{HEAD} {{ _entities(representations: $r) {{ ... on Person {{ id }} ... on Warrant {{ number }} }} }}"
    response = await world.execute(document, variables={"r": [ROBBERY, VICTOR, VICTOR]})

    assert response.codes == ["TOO_COMPLEX"]
    assert response.data["_entities"].count(None) == 1


@pytest.mark.parametrize("around", ["%s", "... @defer { %s }"])
async def test_nothing_of_entities_is_deferred(world: World, around: str) -> None:
    """A gateway that passes on @defer gets them whole, in the first part."""
    fields = "... on Warrant { number } ... on Person { id ... @defer { warrants { number } } }"
    document = f"{HEAD} {{ {around % f'_entities(representations: $r) {{ {fields} }}'} }}"
    response = await world.client.post(
        "/graphql",
        json={"query": document, "variables": {"r": [VICTOR, 7, ROBBERY, VICTOR]}},
        headers={"Authorization": f"Bearer {world.token()}", "Accept": "multipart/mixed;deferSpec=20220824"},
    )
    found = [json.loads(line) for line in response.text.splitlines() if line.startswith("{")]

    victor = {"id": "P0000001", "warrants": [{"number": "W000000001"}]}
    assert found[0]["data"] == {"_entities": [victor, None, {"number": "W000000001"}, victor]}
    assert [each["path"] for each in found[0]["errors"]] == [["_entities", 1]]
    assert [key for each in found[1:] for key in each if key != "hasNext"] == []
