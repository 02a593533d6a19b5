"""Pages of the two searches: each hit once, in one order, until there are no more."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.harness import INQUIRY, World

SEARCHES = {
    "people": ('searchPersons(by: {name: {surname: "%s"}}, %s)', "node { id }", "id"),
    "vehicles": ("searchVehicles(by: {make: %s}, %s)", "node { vin }", "vin"),
}


def most(world: World, source: str, statement: str) -> str:
    with closing(sqlite3.connect(world.folder / f"{source}.db")) as file:
        (value,) = file.execute(statement).fetchone()
    return str(value)


@pytest.fixture
def asked(world: World) -> dict[str, str]:
    """Searches with more hits than a page of three holds, and fewer than one of a hundred."""
    surname = "SELECT surname FROM name_key GROUP BY surname_sound HAVING count(*) < 90 ORDER BY count(*) DESC"
    make = "SELECT make FROM vehicle GROUP BY make HAVING count(*) < 30 ORDER BY count(*) DESC"
    return {"people": most(world, "persons", surname), "vehicles": most(world, "vehicles", make)}


async def page(world: World, kind: str, what: str, rest: str) -> dict[str, Any]:
    search, node, _ = SEARCHES[kind]
    selection = f"{{ total edges {{ {node} cursor }} pageInfo {{ hasNextPage endCursor }} }}"
    reply = await world.execute(f"query {INQUIRY} {{ {search % (what, rest)} {selection} }}")
    assert reply.errors == []
    (found,) = reply.data.values()
    return dict(found)


@pytest.mark.parametrize("kind", SEARCHES)
@pytest.mark.parametrize("size", [1, 2, 3])
async def test_page_by_page_every_hit_comes_once_and_in_the_order_of_one_long_page(
    world: World, asked: dict[str, str], kind: str, size: int
) -> None:
    key = SEARCHES[kind][2]
    whole = await page(world, kind, asked[kind], "first: 100")
    seen, after = [], ""
    while True:
        found = await page(world, kind, asked[kind], f"first: {size}{after}")
        seen += [edge["node"][key] for edge in found["edges"]]
        assert found["total"] == whole["total"]
        assert len(found["edges"]) == size or not found["pageInfo"]["hasNextPage"]
        assert found["pageInfo"]["endCursor"] == found["edges"][-1]["cursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
        after = f', after: "{found["pageInfo"]["endCursor"]}"'

    assert seen == [edge["node"][key] for edge in whole["edges"]]
    assert len(set(seen)) == len(seen) == whole["total"] > 4
    assert whole["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize("kind", SEARCHES)
async def test_one_may_read_on_from_any_hit(world: World, asked: dict[str, str], kind: str) -> None:
    key = SEARCHES[kind][2]
    whole = await page(world, kind, asked[kind], "first: 100")
    cursor = whole["edges"][1]["cursor"]
    rest = await page(world, kind, asked[kind], f'first: 100, after: "{cursor}"')

    assert [edge["node"][key] for edge in rest["edges"]] == [edge["node"][key] for edge in whole["edges"][2:]]


@pytest.mark.parametrize("kind", SEARCHES)
async def test_a_null_for_the_size_of_a_page_is_as_good_as_none(world: World, asked: dict[str, str], kind: str) -> None:
    found = await page(world, kind, asked[kind], "first: null, after: null")

    assert len(found["edges"]) == min(20, found["total"])


async def test_the_page_of_a_search_that_finds_nothing_is_there_and_empty(world: World) -> None:
    for kind, what in (("people", "Zzyzxqq"), ("vehicles", "SUZI, yearFrom: 2999")):
        found = await page(world, kind, what, "first: 5")

        assert found == {"total": 0, "edges": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}


async def test_a_cursor_from_one_search_opens_nothing_in_another(world: World, asked: dict[str, str]) -> None:
    cursor = (await page(world, "people", asked["people"], "first: 1"))["pageInfo"]["endCursor"]
    for query in (
        f'searchVehicles(by: {{make: {asked["vehicles"]}}}, after: "{cursor}") {{ total }}',
        f'searchPersons(by: {{name: {{surname: "{asked["people"]}", sex: F}}}}, after: "{cursor}") {{ total }}',
        f'searchPersons(by: {{ciiNumber: "A00000001"}}, after: "{cursor}") {{ total }}',
    ):
        reply = await world.execute(f"query {INQUIRY} {{ {query} }}")

        assert reply.codes == ["BAD_INPUT"]
        assert world.batches == []
