"""Entities, as the gateway of a federation asks for them, are no way round any rule. Attack 43.

What a root field decides for a record by its number is decided for the entity with that key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from audit.entry import Kind
from policy.related_subjects import RelatedSubjects
from schema.build import ENTITY_KEYS
from sources.errors import SourceUnavailable
from tests.attacks.data_files import set_subject
from tests.attacks.entity_roots import HEAD, all_fields, representation, root_of
from tests.attacks.planted_person import plant_person
from tests.attacks.positions import EVERY_ROLE, INQUIRY, OPERATION_HEAD
from tests.attacks.record_paths import STEPPED_UP
from tests.attacks.responses import errors, last_release, normalized_body
from tests.harness import INVESTIGATION, Response, World

MOST_FIELDS = 2_000
NEWER = {"Accept": "application/graphql-response+json"}


def at_root(path: list[Any]) -> list[Any]:
    """The path of a root field, for the path of an entity or of the first item of a list."""
    return ["it", *path[2:]] if len(path) > 1 and path[1] in {0, "@"} else path


def without_index(response: Response) -> dict[str, Any]:
    """What a response says, with the paths of a root field that gives one record; the first item of its lists."""
    value = response.data["it"]
    inquiry = response.body["extensions"]["inquiry"]
    return {
        "value": value[0] if isinstance(value, list) and value else value or None,
        "errors": [{**each, "path": at_root(each["path"])} for each in errors(response)],
        "withheld": [{**each, "path": at_root(each["path"])} for each in response.withheld],
        "sources": [(each["name"], each["status"]) for each in inquiry["sources"]],
        "exclusions": inquiry["exclusions"],
    }


def record_that_is_live(world: World) -> str:
    """The number of a person who is no demonstration person."""
    with closing(sqlite3.connect(world.folder / "persons.db")) as file:
        number: str = file.execute("SELECT min(id) FROM person WHERE is_demonstration IS NOT 1").fetchone()[0]
    return number


def journalled(world: World, coordinates: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the journal says of the last operation, with the coordinate of a root field for that of an entity."""

    def field(name: str | None) -> str | None:
        return coordinates.get(name or "", name)

    return [
        {
            # Sources answer in any order.
            "records": sorted(entry.record_ids),
            "searched": entry.searched,
            "released": sorted(str(field(each)) for each in entry.released),
            "masked": sorted(str(field(each)) for each in entry.masked),
            "denied": [(field(each.field), each.record_class, each.rule, each.needs) for each in entry.denied],
            "exclusions": entry.exclusions,
            "flags": entry.flags,
            "outcome": entry.outcome,
        }
        for entry in world.journal_entries(2)
    ]


@pytest.mark.attack(43)
@pytest.mark.parametrize("type_name", ENTITY_KEYS)
async def test_an_entity_is_decided_read_and_journalled_as_at_the_root(world: World, type_name: str) -> None:
    """Every field of the type, for every role, with and without a step-up."""
    plant_person(world.folder)
    world.allow_fields(MOST_FIELDS)
    root, fields = root_of(type_name), all_fields(type_name)
    coordinates = {f"Query._entities.{type_name}": f"Query.{root.partition('(')[0]}"}
    head = OPERATION_HEAD.replace("(", "($r: [_Any!]!, ", 1)
    for position in EVERY_ROLE:
        token = position.token(world)
        expected = await world.execute(
            f"{OPERATION_HEAD} {INQUIRY} {{ it: {root} {fields} }}", token=token, variables=position.variables
        )
        statements, entries = world.batches, journalled(world, {})
        entity = await world.execute(
            f"{head} {INQUIRY} {{ it: _entities(representations: $r) {{ ... on {type_name} {fields} }} }}",
            token=token,
            variables={**position.variables, "r": [representation(type_name)]},
        )

        assert without_index(entity) == without_index(expected), position
        assert world.batches == statements, position
        assert journalled(world, coordinates) == entries, position


@pytest.mark.attack(43)
async def test_some_role_sees_each_planted_entity_and_some_role_none(world: World) -> None:
    """Otherwise the test above could compare nothing with nothing."""
    plant_person(world.folder)
    asked = [representation(name) for name in ENTITY_KEYS]
    fields = " ".join(f"... on {name} {{ {key.field} }}" for name, key in ENTITY_KEYS.items())
    document = f"{HEAD} {STEPPED_UP} {{ _entities(representations: $r) {{ __typename {fields} }} }}"
    seen: set[str] = set()
    for role in ("records", "investigator", "court"):
        shown = await world.execute(document, role=role, aal=2, variables={"r": asked})
        seen |= {each["__typename"] for each in shown.data["_entities"] if each}
    denied = await world.execute(document, role="outsider", aal=2, variables={"r": asked})

    assert seen == set(ENTITY_KEYS)
    assert denied.data == {"_entities": [None] * len(asked)}
    assert denied.codes == ["NEED_TO_KNOW"] * len(asked)
    assert world.statements == []


@pytest.mark.attack(43)
@pytest.mark.parametrize("asked", [[], [{"__typename": "Person", "id": "P0000001"}], [{"__typename": "Query"}]])
async def test_entities_are_refused_without_an_inquiry(world: World, asked: list[Any]) -> None:
    document = f"{HEAD} {{ _entities(representations: $r) {{ ... on Person {{ id }} }} }}"
    response = await world.execute(document, variables={"r": asked})

    assert response.codes == ["PURPOSE_REQUIRED"]
    assert "data" not in response.body
    assert world.statements == []
    assert world.journal_entries(1)[0].kind is Kind.REFUSAL


@pytest.mark.attack(43)
@pytest.mark.parametrize("role", ["patrol", "dispatcher", "jail", "investigator"])
async def test_a_hidden_entity_looks_like_an_absent_one(world: World, role: str) -> None:
    """A sealed history, a juvenile one, none, and one that was never given."""
    document = (
        f"{HEAD} {INVESTIGATION} {{ _entities(representations: $r) {{ ... on CriminalHistory {{"
        " __typename ciiNumber subject { id } cycles { arrestedOn charges { code } } } } }"
    )

    async def body(number: str) -> bytes:
        asked = [representation("CriminalHistory", number)]
        return normalized_body(await world.execute(document, role=role, variables={"r": asked}))

    sealed, juvenile, none, never = [
        await body(number) for number in ("A00000015", "A00000005", "A00000003", "A99999999")
    ]
    assert sealed == juvenile == none == never


@pytest.mark.attack(43)
async def test_a_callers_own_record_is_no_entity_and_is_flagged(world: World) -> None:
    document = f"{HEAD} {STEPPED_UP} {{ _entities(representations: $r) {{ ... on Person {{ id }} }} }}"
    asked = [representation("Person", number) for number in ("P0000007", "P0000008", "P0000007")]
    response = await world.execute(document, role="investigator", aal=2, variables={"r": asked})

    assert response.data == {"_entities": [{"id": "P0000007"}, None, {"id": "P0000007"}]}
    assert response.errors == []
    assert last_release(world).flags == ("OWN_RECORD",)
    assert last_release(world).record_ids == ("persons/P0000007",)


@pytest.mark.attack(43)
@pytest.mark.parametrize("tie", [{"surname": "ASHGROVE"}, {"ori": "CA9194200"}], ids=["namesake", "colleague"])
async def test_a_related_subject_is_withheld_as_an_entity(world: World, tie: dict[str, str]) -> None:
    """If the policy demands a step-up for records of a namesake or a colleague."""
    policy = replace(world.resources.policy(), related_subjects=RelatedSubjects.STEP_UP)
    world.reconfigure(policy=lambda: policy)
    set_subject(world.folder, "THORNQUIST", **tie)
    fields = "{ ... on Person { name { full } } ... on Warrant { offense } }"
    asked = [representation("Person", "P0000001"), representation("Person", "P0000003")]
    asked = [*asked, representation("Warrant", "W000000001")]
    document = f"{HEAD} %s {{ _entities(representations: $r) {fields} }}"
    withheld = await world.execute(document % INVESTIGATION, variables={"r": asked})
    shown = await world.execute(document % STEPPED_UP, aal=2, variables={"r": asked})

    assert [each is None for each in withheld.data["_entities"]] == [True, False, True]
    assert withheld.codes_by_path == {"_entities.0": "STEP_UP_REQUIRED", "_entities.2": "STEP_UP_REQUIRED"}
    assert "Thornquist" not in withheld.text
    assert shown.errors == []
    assert shown.data["_entities"][0] == {"name": {"full": "Victor Ames Thornquist"}}


@pytest.mark.attack(43)
async def test_training_finds_demonstration_entities_alone(world: World) -> None:
    live = record_that_is_live(world)
    asked = [representation("Person", "P0000001"), representation("Person", live), representation("Person", "P9999999")]
    document = (
        f"{HEAD} @inquiry(purpose: C, reason: %s) {{ _entities(representations: $r) {{ ... on Person {{ id }} }} }}"
    )
    training = await world.execute(document % "TRAINING", role="records", variables={"r": asked})
    ordinary = await world.execute(document % "INVESTIGATION", role="records", variables={"r": asked})

    assert training.data == {"_entities": [{"id": "P0000001"}, None, None]}
    assert training.errors == []
    assert ordinary.data == {"_entities": [{"id": "P0000001"}, {"id": live}, None]}


@pytest.mark.attack(43)
async def test_one_type_that_is_denied_withholds_no_other(world: World) -> None:
    document = (
        f"{HEAD} {INVESTIGATION} {{ _entities(representations: $r) {{ __typename"
        " ... on Accident { number } ... on Person { id ssn } ... on Warrant { number } }"
        " inquiryStatus { withheld { path recordClass } } }"
    )
    asked = [
        representation("Accident"),
        representation("Person", "P0000001"),
        representation("Accident"),
        representation("Warrant", "W000000001"),
    ]
    response = await world.execute(document, role="investigator", variables={"r": asked})

    assert response.data["_entities"][1] == {"__typename": "Person", "id": "P0000001", "ssn": None}
    assert response.data["_entities"][3] == {"__typename": "Warrant", "number": "W000000001"}
    assert response.codes_by_path["_entities.1.ssn"] == "STEP_UP_REQUIRED"
    assert {"path": ["_entities", "@", "ssn"], "recordClass": "SSN"} in response.data["inquiryStatus"]["withheld"]


JUNK: dict[str, Any] = {
    "a number": 7,
    "a text": "Person",
    "a list": [[["Person"]]],
    "no name": {},
    "no type": {"id": "P0000001"},
    "no key": {"__typename": "Person"},
    "a null key": {"__typename": "Person", "id": None},
    "another key": {"__typename": "Person", "ssn": "999-11-7001"},
    "a name too many": {"__typename": "Person", "id": "P0000001", "ssn": "999-11-7001"},
    "an unknown type": {"__typename": "Thornquist", "id": "P0000001"},
    "a type without a key": {"__typename": "Residence", "street": "1 Thornquist Way"},
    "the root": {"__typename": "Query"},
    "a type that is a list": {"__typename": ["Person"], "id": "P0000001"},
    "a type of small letters": {"__typename": "person", "id": "P0000001"},
    "a key that is a list": {"__typename": "Person", "id": ["P0000001"]},
    "a key that is an object": {"__typename": "Person", "id": {"__typename": "Person"}},
    "a key that is a condition": {"__typename": "Person", "id": "P0000001' OR 1=1 --"},
    "a key with a lone zero byte": {"__typename": "Person", "id": "P0000001\0"},
    "a key that is true": {"__typename": "Person", "id": True},
    "a key that is not finite": {"__typename": "Accident", "number": 1e308},
    "a long key": {"__typename": "Person", "id": "P" * 20_000},
    "a number of another type": {"__typename": "Warrant", "number": "P0000001"},
    "a type of which nothing is selected": {"__typename": "Vehicle", "vin": "1HGCR2F88KZ000002"},
}


@pytest.mark.attack(43)
@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
async def test_a_malformed_representation_is_bad_input_that_quotes_nothing(world: World, junk: Any) -> None:
    document = (
        f"{HEAD} {INVESTIGATION} {{ _entities(representations: $r) {{"
        " ... on Person { id } ... on Warrant { number } ... on Accident { number } } }"
    )
    alone = await world.execute(document, variables={"r": [junk]})
    beside = await world.execute(document, variables={"r": [junk, representation("Person", "P0000001"), junk]})

    assert alone.data == {"_entities": [None]}
    assert alone.codes_by_path == {"_entities.0": "BAD_INPUT"}
    assert beside.data == {"_entities": [None, {"id": "P0000001"}, None]}
    assert beside.codes_by_path == {"_entities.0": "BAD_INPUT", "_entities.2": "BAD_INPUT"}
    assert world.batches == [("persons", 1)]
    for sentence in (alone.errors[0]["message"], beside.errors[0]["message"]):
        quoted = [text for text in ("Thornquist", "999-11-7001", "OR 1=1", "PPPP", "1e308") if text in sentence]
        assert quoted == [], sentence
        assert len(sentence) < 250


@pytest.mark.attack(43)
@pytest.mark.parametrize("given", ["$r", "null", "[null]", "[$r]"])
async def test_representations_of_a_wrong_type_are_refused(world: World, given: str) -> None:
    document = f"{HEAD} {INVESTIGATION} {{ _entities(representations: {given}) {{ ... on Person {{ id }} }} }}"
    for variables in ({}, {"r": None}, {"r": [None]}):
        response = await world.execute(document, variables=variables)
        assert response.codes
        assert set(response.codes) == {"BAD_INPUT"}
        assert "data" not in response.body


@pytest.mark.attack(43)
async def test_more_entities_than_the_limit_are_refused_unread(world: World) -> None:
    document = f"{HEAD} {INVESTIGATION} {{ _entities(representations: $r) {{ ... on Person {{ id }} }} }}"
    at_limit = await world.execute(document, variables={"r": [representation("Person", "P0000001")] * 1_000})
    over = await world.execute(document, variables={"r": [representation("Person", "P0000001")] * 1_001})

    assert len(at_limit.data["_entities"]) == 1_000
    assert over.data == {"_entities": [None] * 1_001}
    assert {each["message"] for each in over.errors} == {"Ask for at most 1000 entities at once."}
    assert world.batches == []


@pytest.mark.attack(43)
async def test_the_cost_of_entities_counts_each_representation(world: World) -> None:
    person = "person { vehicles { accidents { parties { role } } } }"
    fields = f"{{ ... on Person {{ vehicles {{ accidents {{ parties {{ {person} }} }} }} }} }}"
    document = f"{HEAD} {INVESTIGATION} {{ _entities(representations: $r) {fields} }}"
    for number, codes in ((10, []), (1_000, ["TOO_COMPLEX"])):
        asked = [representation("Person", f"P{each:07}") for each in range(number)]
        assert (await world.execute(document, role="records", variables={"r": asked})).codes == codes
    aliases = " ".join(f"a{each}: _entities(representations: $r) {fields}" for each in range(100))
    asked = [representation("Person", "P0000001")] * 10
    response = await world.execute(f"{HEAD} {INVESTIGATION} {{ {aliases} }}", variables={"r": asked})
    assert response.codes == ["TOO_COMPLEX"]


@pytest.mark.attack(43)
@pytest.mark.parametrize(("aliases", "status"), [(22, 200), (26, 400)])
async def test_errors_of_malformed_representations_are_bounded(world: World, aliases: int, status: int) -> None:
    """By the cost of all representations, valid or not, and by the size of a reply."""
    world.reconfigure(reply_limit=4 * 2**20)
    selected = " ".join(
        f"a{each}: _entities(representations: $r) {{ ... on Person {{ id }} }}" for each in range(aliases)
    )
    document = f"{HEAD} {INVESTIGATION} {{ {selected} }}"
    response = await world.execute(document, variables={"r": [7] * 1_000}, headers=NEWER)

    assert response.status == status
    assert response.codes == ["TOO_COMPLEX"]
    assert response.body.get("data") is None
    assert world.statements == []


@pytest.mark.attack(43)
async def test_a_source_that_is_down_is_an_error_at_each_of_its_entities(world: World) -> None:
    def refuse(_request: object) -> None:
        raise SourceUnavailable("warrants", "DOWN")

    world.sources["warrants"].before = refuse
    fields = "... on Warrant { number } ... on Person { id warrants { number } }"
    document = f"{HEAD} {INVESTIGATION} {{ _entities(representations: $r) {{ {fields} }} }}"
    asked = [representation("Warrant", "W000000001"), representation("Person", "P0000001")]
    response = await world.execute(document, variables={"r": [*asked, representation("Warrant", "W999999999")]})

    assert response.data == {"_entities": [None, {"id": "P0000001", "warrants": None}, None]}
    assert response.codes_by_path == {
        "_entities.0": "SOURCE_UNAVAILABLE",
        "_entities.1.warrants": "SOURCE_UNAVAILABLE",
        "_entities.2": "SOURCE_UNAVAILABLE",
    }


@pytest.mark.attack(43)
async def test_the_schema_of_the_subgraph_needs_a_token_and_takes_no_alias(world: World) -> None:
    open_one = await world.execute("{ _service { sdl } }")
    without = await world.execute("{ _service { sdl } }", token="")
    aliases = [
        await world.execute(document)
        for document in ("{ a: _service { sdl } }", "{ _service { sdl b: sdl } }", "{ _service { __typename c: sdl } }")
    ]

    assert open_one.data["_service"]["sdl"].startswith("extend schema @link(")
    assert without.status == 401
    assert [each.codes for each in aliases] == [["BAD_INPUT"]] * 3
