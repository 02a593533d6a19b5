"""`@semanticNonNull`: a null of such a field always has an error at its path, for every role and under faults."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    DirectiveLocation,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_interface_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)

from resolvers.catalogue import NAMES
from schema.build import guarded_schema, sdl
from schema.nullability import semantic_non_null
from tests.attacks.all_fields import DOCUMENT
from tests.attacks.planted_inquiry import plant_inquiry
from tests.attacks.planted_person import plant_person
from tests.attacks.positions import EVERY_ROLE, INQUIRY, OPERATION_HEAD, Position
from tests.harness import INVESTIGATION, Response, World, person_ids, running_app

SCHEMA = guarded_schema().graphql
SEMANTIC = semantic_non_null(guarded_schema())
DEEPEST = 4
ALL_SEE = next(each for each in EVERY_ROLE if (each.role.value, each.case_number is None) == ("investigator", False))

Path_ = tuple[str | int, ...]


def selection(kind: Any, passed: tuple[str, ...] = ()) -> str:
    """Every field of a type that needs no argument, and those of the types below, each type once on a path."""
    if isinstance(kind, GraphQLUnionType):
        members = " ".join(f"... on {each.name} {selection(each, passed)}" for each in kind.types)
        return f"{{ __typename {members} }}"
    parts = ["__typename"]
    for name, field in kind.fields.items():
        below = get_named_type(field.type)
        if any(map(is_required_argument, field.args.values())):
            continue
        if not isinstance(below, GraphQLObjectType | GraphQLUnionType):
            parts.append(name)
        elif len(passed) < DEEPEST and below.name not in {*passed, kind.name}:
            parts.append(f"{name} {selection(below, (*passed, kind.name))}")
    return f"{{ {' '.join(parts)} }}"


def document(ids: list[str]) -> str:
    """Everything about these people, each found by id and by name."""
    listed = ", ".join(f'"{each}"' for each in ids)
    search = f'searchPersons(by: {{name: {{surname: "Thornquist"}}}}) {selection(SCHEMA.type_map["PersonConnection"])}'
    return f"{OPERATION_HEAD} {INQUIRY} {{ persons(ids: [{listed}]) {selection(SCHEMA.type_map['Person'])} {search} }}"


def places(value: Any, kind: Any, path: Path_ = ()) -> Iterator[tuple[str, Path_, Any]]:
    """(coordinate, path, value) of every field of a response."""
    kind = kind.of_type if is_non_null_type(kind) else kind
    if value is None:
        return
    if is_list_type(kind):
        for index, each in enumerate(value):
            yield from places(each, kind.of_type, (*path, index))
    elif isinstance(value, dict):
        concrete = SCHEMA.type_map[value["__typename"]] if "__typename" in value else get_named_type(kind)
        if isinstance(concrete, GraphQLUnionType):
            # The alias of the root names the member.
            concrete = SCHEMA.type_map[str(path[0]).removeprefix("at")]
        assert isinstance(concrete, GraphQLObjectType)
        for key, each in value.items():
            if key == "__typename":
                continue
            # The one alias of the documents: of `property`, by the member of its union.
            name = key if key in concrete.fields else "property"
            yield f"{concrete.name}.{name}", (*path, key), each
            yield from places(each, concrete.fields[name].type, (*path, key))


def nulls(response: Response) -> dict[Path_, str]:
    """The semantically non-null fields that are null, by path."""
    found = places(response.data, SCHEMA.query_type)
    return {path: coordinate for coordinate, path, value in found if value is None and coordinate in SEMANTIC}


def unexplained(response: Response) -> dict[Path_, str]:
    """Those without an error at their path."""
    errors = {tuple(error["path"]) for error in response.errors}
    return {path: coordinate for path, coordinate in nulls(response).items() if path not in errors}


async def sent(world: World, position: Position, query: str) -> Response:
    return await world.execute(query, token=position.token(world), variables=position.variables)


@pytest.mark.parametrize("position", EVERY_ROLE, ids=str)
async def test_no_null_of_such_a_field_is_without_an_error(world: World, position: Position) -> None:
    world.allow_fields(5_000)
    response = await sent(world, position, document(person_ids(world.folder)[:40]))

    assert response.data is not None
    assert unexplained(response) == {}


@pytest.mark.slow
async def test_every_such_field_has_a_value_or_an_error(data: Path) -> None:
    """Of a person with every record, and for whom each role sees another part: none is left out of the test."""
    plant_person(data)
    visited: set[str] = set()
    async with running_app(data) as world:
        await plant_inquiry(world)
        world.allow_fields(2 * len(DOCUMENT.split()))
        for position in EVERY_ROLE:
            response = await sent(world, position, DOCUMENT)
            assert unexplained(response) == {}, position
            visited |= {name for name, _, value in places(response.data, SCHEMA.query_type) if value is not None}

    interfaces = {each for each in SEMANTIC if is_interface_type(SCHEMA.type_map[each.partition(".")[0]])}
    assert SEMANTIC - visited == interfaces


@pytest.mark.files
@pytest.mark.parametrize("source", NAMES)
async def test_what_does_not_arrive_has_an_error(data: Path, source: str) -> None:
    async with running_app(data) as world:
        world.allow_fields(5_000)
        query = document(person_ids(data)[:20])
        whole = await sent(world, ALL_SEE, query)
        (data / f"{source}.db").unlink()
        response = await sent(world, ALL_SEE, query)

    assert response.sources[source] == "DOWN"
    assert unexplained(response) == {}
    assert nulls(response).keys() - nulls(whole).keys()


@pytest.mark.files
async def test_a_null_in_a_column_that_has_none_is_a_fault(data: Path) -> None:
    """An agency's own table may lack the constraint."""
    with closing(sqlite3.connect(data / "warrants.db")) as file, file:
        (declared,) = file.execute("SELECT sql FROM sqlite_schema WHERE name = 'warrant'").fetchone()
        file.execute("PRAGMA writable_schema = ON")
        loose = declared.replace("NOT NULL", "")
        file.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'warrant'", [loose])
    with closing(sqlite3.connect(data / "warrants.db")) as file, file:
        statement = (
            "UPDATE warrant SET status = NULL, issued_on = NULL, court_ori = NULL, cautions = NULL WHERE number = ?"
        )
        assert file.execute(statement, ["W000000001"]).rowcount == 1
    async with running_app(data) as world:
        fields = "number status issuedOn cautions court { name }"
        response = await world.execute(f'query {INVESTIGATION} {{ warrant(number: "W000000001") {{ {fields} }} }}')

    faults = ("status", "issuedOn", "cautions", "court")
    assert response.data["warrant"] == {"number": "W000000001", **dict.fromkeys(faults)}
    assert response.codes_by_path == {f"warrant.{name}": "RECORD_FAULT" for name in faults}


def test_a_field_is_marked_if_its_null_is_never_the_records_own() -> None:
    assert {
        "Warrant.number": True,
        "Warrant.bailCents": False,
        "Person.ssn": False,
        "Person.warrants": True,
        "Person.criminalHistory": False,
        "Residence.street": False,
        "Residence.confidential": True,
        "ProtectiveOrder.brady": True,
        "ProtectiveOrder.firearmsProhibited": False,
        "PersonConnection.edges": True,
        "PersonEdge.node": True,
        "PersonEdge.cursor": False,
        "Query.person": False,
        "Query.property": True,
    }.items() <= {each.coordinate: each.coordinate in SEMANTIC for each in guarded_schema().fields.values()}.items()


def test_the_directive_is_that_of_the_specification() -> None:
    """https://specs.apollo.dev/nullability/v0.4/"""
    directive = SCHEMA.get_directive("semanticNonNull")
    assert directive is not None
    (levels,) = directive.args.values()

    assert (str(levels.type), levels.default_value) == ("[Int!]!", [0])
    assert (directive.locations, directive.is_repeatable) == ((DirectiveLocation.FIELD_DEFINITION,), False)
    assert sdl().count(" @semanticNonNull\n") == len(SEMANTIC) > 100
