"""One root whose arguments are refused: it is null with its error, and the other roots are answered."""

from __future__ import annotations

import pytest

from tests.harness import INVESTIGATION, World

GOOD = 'good: person(id: "P0000009") { id }'
BAD = {
    "plate": ('vehicle(by: {plate: {number: "~"}}) { make owner { id } }', None, ["bad"]),
    "person id": ('person(id: "P9") { id }', None, ["bad"]),
    "ids": ('persons(ids: ["P9", "P0000009"]) { id }', [None, None], ["bad.0", "bad.1"]),
    "ssn": ('searchPersons(by: {ssn: "1"}) { total }', {"total": None}, ["bad.total"]),
    "cursor": ('searchVehicles(by: {make: TOYT}, after: "x") { total }', {"total": None}, ["bad.total"]),
    "birth date": (
        'searchPersons(by: {name: {surname: "Reyes", birthDate: "1990-02-30"}}) { total }',
        {"total": None},
        ["bad.total"],
    ),
    "instant": ('inquiries(by: {since: "yesterday"}) { total }', {"total": None}, ["bad.total"]),
    "journal": ('inquiries(by: {agency: "x"}) { total }', {"total": None}, ["bad.total"]),
}


@pytest.mark.parametrize(("root", "value", "paths"), BAD.values(), ids=BAD)
async def test_one_bad_root_leaves_the_others_answered(
    world: World, root: str, value: object, paths: list[str]
) -> None:
    response = await world.execute(f"query {INVESTIGATION} {{ {GOOD} bad: {root} me {{ user }} }}", role="records")

    assert response.data == {"good": {"id": "P0000009"}, "bad": value, "me": {"user": "demo-records"}}
    assert response.codes_by_path == dict.fromkeys(paths, "BAD_INPUT")
    assert world.batches == [("persons", 1)]
    assert world.journal_entries()[-1].record_ids == ("persons/P0000009",)


@pytest.mark.parametrize("role", ["records", "patrol", "outsider"])
async def test_a_bad_root_alone_refuses_the_operation(world: World, role: str) -> None:
    response = await world.execute(f'query {INVESTIGATION} {{ person(id: "P9") {{ id }} }}', role=role)

    assert response.codes == ["BAD_INPUT"]
    assert response.data is None


PLATE = 'vehicle(by: {plate: {number: "1NTK009", state: $s}}) { make }'


async def test_null_where_a_default_stands_is_an_error_at_its_root(world: World) -> None:
    query = f"query($s: String) {INVESTIGATION} {{ me {{ user }} {PLATE} }}"
    response = await world.execute(query, variables={"s": None}, role="records")

    assert response.data == {"me": {"user": "demo-records"}, "vehicle": None}
    assert response.codes_by_path == {"vehicle": "BAD_INPUT"}
    assert world.batches == []


async def test_null_where_a_default_stands_alone_refuses_the_operation(world: World) -> None:
    response = await world.execute(f"query($s: String) {INVESTIGATION} {{ {PLATE} }}", variables={"s": None})

    assert response.codes == ["BAD_INPUT"]
    assert response.data is None


async def test_null_for_a_list_that_cannot_be_null_refuses_all(world: World) -> None:
    query = f"query($ids: [ID!] = []) {INVESTIGATION} {{ me {{ user }} persons(ids: $ids) {{ id }} }}"
    response = await world.execute(query, variables={"ids": None})

    assert response.codes == ["BAD_INPUT"]
    assert response.data is None
