"""What the contenders on Python answer, held against what we do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import orjson
import pytest
from graphql import (
    EnumTypeDefinitionNode,
    InputObjectTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    parse,
    print_ast,
)

from bench.contenders import CONTENDERS
from bench.peers.statements import FILE, REASONS, STATEMENTS, why
from bench.rounds import difference
from bench.serve import create
from bench.workloads import Workload, workloads
from schema.build import sdl

if TYPE_CHECKING:
    from tests.harness import World

SETS = 2
NAMES = ("1 person", "20 people", "200 people", "1,000 people", "a name", "a plate")
MODULES = ("ours", "peers.strawberry_peer", "peers.strawberry_cached", "peers.ariadne_peer", "peers.baseline")
TYPES = (ObjectTypeDefinitionNode, InputObjectTypeDefinitionNode, EnumTypeDefinitionNode)


def asked(folder: Path, name: str) -> Workload:
    return next(each for each in workloads(folder) if each.name == name)


@pytest.mark.parametrize("module", MODULES)
async def test_a_contender_responds_to_every_workload_as_the_server_does(world: World, module: str) -> None:
    if module == "peers.ariadne_peer":
        pytest.importorskip("ariadne", reason="`make bench` installs it")
        pytest.importorskip("aiodataloader", reason="`make bench` installs it")
    app = create(module)(world.folder)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client,
    ):
        for workload in workloads(world.folder):
            ours, theirs = (workload.bodies(sends_inquiry=sends_inquiry)[:SETS] for sends_inquiry in (True, False))
            for with_why, without in zip(ours, theirs, strict=True):
                whole = await world.execute(**as_asked(with_why), as_="investigator", aal=2)
                other = await client.post("/graphql", content=without, headers={"content-type": "application/json"})

                assert whole.errors == []
                assert other.json() == {"data": whole.data}


@pytest.mark.parametrize("name", NAMES)
async def test_the_questions_are_about_something(world: World, name: str) -> None:
    replies = [
        (await world.execute(**as_asked(body), as_="investigator", aal=2)).text
        for body in asked(world.folder, name).bodies(sends_inquiry=True)[:20]
    ]
    report = {"a name": ['"score"'], "a plate": ['"owner":{', '"category"']}.get(
        name, ['"vin"', '"offense"', '"charges"']
    )

    assert [part for part in report if not any(part in reply for reply in replies)] == []


def test_the_workloads_of_a_world_are_deterministic(seeded: Path) -> None:
    assert workloads(seeded) == workloads(seeded)


def test_demonstration_people_are_not_requested(seeded: Path) -> None:
    ids = {person for given in asked(seeded, "200 people").variables for person in given["ids"]}

    assert min(ids) > "P0000100"


def test_the_schema_of_the_peers_is_a_part_of_ours() -> None:
    ours = {node.name.value: node for node in parse(sdl()).definitions if isinstance(node, TYPES)}
    theirs = [
        node for node in parse(FILE.with_name("schema.graphql").read_text()).definitions if isinstance(node, TYPES)
    ]

    assert [line for node in theirs for line in lines(node) if line not in lines(ours[node.name.value])] == []


def test_each_contender_has_a_key_and_a_title_of_its_own() -> None:
    assert len({each.key for each in CONTENDERS}) == len({each.title for each in CONTENDERS}) == len(CONTENDERS) == 8


def test_every_statement_of_the_peers_is_in_their_file() -> None:
    assert len(STATEMENTS) == FILE.read_text().count(";\n") == 11


def test_the_bits_of_a_search_are_read_as_reasons() -> None:
    assert why(0b100101) == ["SURNAME_LETTERS", "GIVEN_LETTERS", "NAMES_SWAPPED"]
    assert why(0b111111) == list(REASONS)


def test_where_two_answers_part_is_said() -> None:
    one = {"persons": [{"id": "P1"}, {"id": "P2", "warrants": []}]}
    other = {"persons": [{"id": "P1"}, {"id": "P2", "warrants": [{}]}]}

    assert difference(one, other) == "data.persons[1].warrants: [] and [{}]"


def as_asked(body: bytes) -> dict[str, object]:
    return orjson.loads(body)


def lines(node: object) -> list[str]:
    """What a type declares, a line each: the members of an enumeration, or fields and their types."""
    assert isinstance(node, TYPES)
    if isinstance(node, EnumTypeDefinitionNode):
        return [each.name.value for each in node.values or ()]
    return [f"{each.name.value}: {print_ast(each.type)}" for each in node.fields or ()]
