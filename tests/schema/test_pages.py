"""Pages of the two searches: each hit once, in one order."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.harness import INVESTIGATION, World

SEARCHES = {
    "people": ('searchPersons(by: {name: {surname: "%s"}}, %s)', "node { id }", "id"),
    "vehicles": ("searchVehicles(by: {make: %s}, %s)", "node { vin }", "vin"),
}


def select_one(world: World, source: str, statement: str) -> str:
    with closing(sqlite3.connect(world.folder / f"{source}.db")) as file:
        (value,) = file.execute(statement).fetchone()
    return str(value)


@pytest.fixture
def terms(world: World) -> dict[str, str]:
    """Searches with more hits than a page of three holds, and fewer than one of a hundred."""
    surname = "SELECT surname FROM person GROUP BY surname HAVING count(*) < 90 ORDER BY count(*) DESC"
    make = "SELECT make FROM vehicle GROUP BY make HAVING count(*) < 30 ORDER BY count(*) DESC"
    return {"people": select_one(world, "persons", surname), "vehicles": select_one(world, "vehicles", make)}


async def page(world: World, kind: str, term: str, page: str) -> dict[str, Any]:
    search, node, _ = SEARCHES[kind]
    selection = f"{{ total edges {{ {node} cursor }} pageInfo {{ hasNextPage endCursor }} }}"
    response = await world.execute(f"query {INVESTIGATION} {{ {search % (term, page)} {selection} }}")
    assert response.errors == []
    (found,) = response.data.values()
    return dict(found)


@pytest.mark.parametrize("kind", SEARCHES)
@pytest.mark.parametrize("size", [1, 2, 3])
async def test_pages_have_every_hit_once_in_the_order_of_one_long_page(
    world: World, terms: dict[str, str], kind: str, size: int
) -> None:
    key = SEARCHES[kind][2]
    whole = await page(world, kind, terms[kind], "first: 100")
    hits, after = [], ""
    while True:
        found = await page(world, kind, terms[kind], f"first: {size}{after}")
        hits += [edge["node"][key] for edge in found["edges"]]
        assert found["total"] == whole["total"]
        assert len(found["edges"]) == size or not found["pageInfo"]["hasNextPage"]
        assert found["pageInfo"]["endCursor"] == found["edges"][-1]["cursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
        after = f', after: "{found["pageInfo"]["endCursor"]}"'

    assert hits == [edge["node"][key] for edge in whole["edges"]]
    assert len(set(hits)) == len(hits) == whole["total"] > 4
    assert whole["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize("kind", SEARCHES)
async def test_a_page_may_start_after_any_hit(world: World, terms: dict[str, str], kind: str) -> None:
    key = SEARCHES[kind][2]
    whole = await page(world, kind, terms[kind], "first: 100")
    cursor = whole["edges"][1]["cursor"]
    rest = await page(world, kind, terms[kind], f'first: 100, after: "{cursor}"')

    assert [edge["node"][key] for edge in rest["edges"]] == [edge["node"][key] for edge in whole["edges"][2:]]


@pytest.mark.parametrize("kind", SEARCHES)
async def test_a_null_page_size_means_the_default(world: World, terms: dict[str, str], kind: str) -> None:
    found = await page(world, kind, terms[kind], "first: null, after: null")

    assert len(found["edges"]) == min(20, found["total"])


async def test_a_search_that_finds_nothing_has_an_empty_page(world: World) -> None:
    for kind, term in (("people", "Zzyzxqq"), ("vehicles", "SUZI, yearFrom: 2999")):
        found = await page(world, kind, term, "first: 5")

        assert found == {"total": 0, "edges": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}


async def test_a_cursor_of_another_search_is_refused(world: World, terms: dict[str, str]) -> None:
    cursor = (await page(world, "people", terms["people"], "first: 1"))["pageInfo"]["endCursor"]
    for query in (
        f'searchVehicles(by: {{make: {terms["vehicles"]}}}, after: "{cursor}") {{ total }}',
        f'searchPersons(by: {{name: {{surname: "{terms["people"]}", sex: F}}}}, after: "{cursor}") {{ total }}',
        f'searchPersons(by: {{ciiNumber: "A00000001"}}, after: "{cursor}") {{ total }}',
    ):
        response = await world.execute(f"query {INVESTIGATION} {{ {query} }}")

        assert response.codes == ["BAD_INPUT"]
        assert world.batches == []


POSITION = "pageInfo { hasPreviousPage hasNextPage startCursor endCursor }"
NULLS = ("edges", "total", "pageInfo.startCursor", "pageInfo.endCursor")
NO_POSITION = {"hasPreviousPage": False, "hasNextPage": False, "startCursor": None, "endCursor": None}


async def test_a_page_says_whether_there_are_hits_before_it(world: World, terms: dict[str, str]) -> None:
    search = SEARCHES["people"][0]
    seen, after = [], ""
    for _ in range(2):
        document = f"{{ {search % (terms['people'], f'first: 2{after}')} {{ edges {{ cursor }} {POSITION} }} }}"
        found = (await world.execute(f"query {INVESTIGATION} {document}")).data["searchPersons"]
        position, cursors = found["pageInfo"], [edge["cursor"] for edge in found["edges"]]
        assert [position["startCursor"], position["endCursor"]] == [cursors[0], cursors[-1]]
        seen.append(position["hasPreviousPage"])
        after = f', after: "{position["endCursor"]}"'

    assert seen == [False, True]


@pytest.mark.files
@pytest.mark.parametrize("role", ["outsider", "investigator"])
async def test_a_page_that_is_withheld_or_did_not_arrive_has_a_position(world: World, role: str) -> None:
    """It is never null, so it takes nothing else away; and it says nothing."""
    absent = f'searchPersons(by: {{name: {{surname: "Xyzzyxyzzy"}}}}) {{ {POSITION} }}'
    there = f'searchPersons(by: {{name: {{surname: "Thornquist"}}}}) {{ edges {{ cursor }} total {POSITION} }}'
    if role == "investigator":
        nothing = await world.execute(f"query {INVESTIGATION} {{ {absent} }}", role=role)
        assert nothing.data == {"searchPersons": {"pageInfo": NO_POSITION}}
        (world.folder / "persons.db").unlink()
    response = await world.execute(f"query {INVESTIGATION} {{ me {{ role }} {there} }}", role=role)

    page = response.data["searchPersons"]
    assert (page["pageInfo"], page["edges"], page["total"]) == (NO_POSITION, None, None)
    assert response.data["me"] == {"role": role.upper()}
    code = {"outsider": "NEED_TO_KNOW", "investigator": "SOURCE_UNAVAILABLE"}[role]
    assert response.codes_by_path == {f"searchPersons.{name}": code for name in NULLS}
