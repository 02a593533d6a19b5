"""Responses of the Python contenders, compared with the server's."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
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

from bench import name_matches
from bench.contenders import CONTENDERS
from bench.peers.statements import FILE, STATEMENTS, write_indexes
from bench.rounds import difference
from bench.serve import create
from bench.workloads import Workload, workloads
from resolvers.name_score import RANK_UNIT, REASONS, reasons_of
from schema.build import sdl

if TYPE_CHECKING:
    from tests.harness import World

SETS = 1
NAMES = ("1 person", "20 people", "200 people", "1,000 people", "a name", "a plate")
MODULES = ("ours", "peers.strawberry_peer", "peers.strawberry_cached", "peers.ariadne_peer", "peers.baseline")
TYPES = (ObjectTypeDefinitionNode, InputObjectTypeDefinitionNode, EnumTypeDefinitionNode)


def workload_named(folder: Path, name: str) -> Workload:
    return next(workload for workload in workloads(folder) if workload.name == name)


@pytest.mark.parametrize("module", MODULES)
async def test_a_contender_responds_to_every_document_as_the_server_does(world: World, module: str) -> None:
    if module == "peers.ariadne_peer":
        pytest.importorskip("ariadne", reason="`make bench` installs it")
        pytest.importorskip("aiodataloader", reason="`make bench` installs it")
    await name_matches.write(world.folder)
    app = create(module)(world.folder)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client,
    ):
        # The largest sends the document of others again.
        for workload in (each for each in workloads(world.folder) if each.people <= 200):
            ours, theirs = (workload.bodies(sends_inquiry=sends_inquiry)[:SETS] for sends_inquiry in (True, False))
            for with_inquiry, without in zip(ours, theirs, strict=True):
                expected = await world.execute(**parsed(with_inquiry), role="investigator", aal=2)
                response = await client.post("/graphql", content=without, headers={"content-type": "application/json"})

                assert expected.errors == []
                assert response.json() == {"data": expected.data}


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_every_statement_of_the_peers_finds_its_rows_by_an_index(world: World, statement: str) -> None:
    await name_matches.write(world.folder)
    write_indexes(world.folder)
    source, sql = STATEMENTS[statement]
    parameters = dict.fromkeys(re.findall(r":(\w+)", sql), "[]")

    with closing(sqlite3.connect(world.folder / f"{source}.db")) as connection:
        plan = [step for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)]
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}

    assert [step for step in plan if step.startswith("SCAN") and step.split()[1] in tables] == []
    assert any(step.startswith("SEARCH") for step in plan)


@pytest.mark.parametrize("name", NAMES)
async def test_the_responses_to_each_workload_contain_records(world: World, name: str) -> None:
    absent = {"a name": {'"score"'}, "a plate": {'"owner":{', '"category"'}}.get(
        name, {'"vin"', '"offense"', '"charges"'}
    )
    for body in workload_named(world.folder, name).bodies(sends_inquiry=True):
        if absent:
            response = await world.execute(**parsed(body), role="investigator", aal=2)
            absent = {field for field in absent if field not in response.text}

    assert absent == set()


def test_the_workloads_of_a_world_are_deterministic(seeded: Path) -> None:
    assert workloads(seeded) == workloads(seeded)


def test_demonstration_people_are_not_requested(seeded: Path) -> None:
    ids = {person for variables in workload_named(seeded, "200 people").variables for person in variables["ids"]}

    assert min(ids) > "P0000100"


def test_the_schema_of_the_peers_is_a_part_of_ours() -> None:
    ours = {node.name.value: node for node in parse(sdl()).definitions if isinstance(node, TYPES)}
    theirs = parse(FILE.with_name("schema.graphql").read_text()).definitions

    for node in theirs:
        if isinstance(node, TYPES):
            assert set(declarations(node)) <= set(declarations(ours[node.name.value]))


def test_each_contender_has_a_key_and_a_title_of_its_own() -> None:
    for names in ([contender.key for contender in CONTENDERS], [contender.title for contender in CONTENDERS]):
        assert len(set(names)) == len(names) == 14


def test_every_statement_of_the_peers_is_in_their_file() -> None:
    assert len(STATEMENTS) == FILE.read_text().count(";\n") == 11


def test_node_reads_the_bits_of_a_search_as_the_server_does() -> None:
    text = FILE.with_name("node").joinpath("resolvers.mjs").read_text()
    listed = text[text.index("const REASONS = [") : text.index("];")]

    assert tuple(re.findall(r'"(\w+)"', listed)) == REASONS
    assert reasons_of(RANK_UNIT - 1) == list(REASONS)


def test_the_first_difference_of_two_responses_is_described() -> None:
    left = {"persons": [{"id": "P1"}, {"id": "P2", "warrants": []}]}
    right = {"persons": [{"id": "P1"}, {"id": "P2", "warrants": [{}]}]}

    assert difference(left, right) == "data.persons[1].warrants: [] and [{}]"


def parsed(body: bytes) -> dict[str, object]:
    return orjson.loads(body)


def declarations(node: object) -> list[str]:
    """Declarations of a type: the members of an enumeration, or fields and their types."""
    assert isinstance(node, TYPES)
    if isinstance(node, EnumTypeDefinitionNode):
        return [value.name.value for value in node.values or ()]
    return [f"{field.name.value}: {print_ast(field.type)}" for field in node.fields or ()]
