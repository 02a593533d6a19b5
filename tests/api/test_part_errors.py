"""Errors of fields that a part sends again: a client that replaces what it has must not lose them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.operation.parts import PartFormat
from tests.harness import INVESTIGATION, World

AGAIN = "... @defer { ssn warrants { number } protectiveOrders { number } }"
PERSON = f'query {INVESTIGATION} {{ person(id: "P0000001") {{ id ssn warrants {{ number }} {AGAIN} }} }}'
PEOPLE = f'query {INVESTIGATION} {{ persons(ids: ["P0000009", "P0000010"]) {{ id ssn {AGAIN} }} }}'


async def entries(world: World, query: str, part_format: PartFormat) -> list[tuple[str, Any, list[str]]]:
    """Each entry of the parts after the first: where it belongs, its data, and the paths of its errors."""
    accept = f"multipart/mixed; {part_format.value}"
    response = await world.execute(query, role="investigator", headers={"Accept": accept})
    bodies = [part.partition("\r\n\r\n")[2] for part in response.text.split("\r\n---")[:-1]]
    assert len(bodies) > 1
    return [
        (
            each["id"] if "id" in each else dotted(each["path"]),
            each["data"],
            [dotted(error["path"]) for error in each.get("errors", [])],
        )
        for body in bodies[1:]
        for each in json.loads(body)["incremental"]
    ]


def dotted(path: list[str | int]) -> str:
    return ".".join(map(str, path))


@pytest.fixture
def without_warrants(world: World) -> World:
    (world.folder / "warrants.db").unlink()
    return world


async def test_a_field_that_is_sent_again_has_its_error_again(without_warrants: World) -> None:
    whole: dict[str, Any] = {"ssn": None, "warrants": None, "protectiveOrders": []}

    assert await entries(without_warrants, PERSON, PartFormat.DEFER_20220824) == [
        ("person", whole, ["person.warrants", "person.ssn"])
    ]


async def test_a_field_that_is_sent_once_has_its_error_once(without_warrants: World) -> None:
    assert await entries(without_warrants, PERSON, PartFormat.INCREMENTAL_V02) == [("0", {"protectiveOrders": []}, [])]


async def test_each_object_of_a_list_has_its_own_errors_again(without_warrants: World) -> None:
    found = await entries(without_warrants, PEOPLE, PartFormat.DEFER_20220824)

    assert [(path, errors) for path, _, errors in found] == [
        (f"persons.{number}", [f"persons.{number}.ssn", f"persons.{number}.warrants"]) for number in range(2)
    ]
