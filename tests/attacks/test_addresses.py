"""Confidential addresses: masked on every path, whole only for callers whom the matrix permits."""

from __future__ import annotations

import pytest

from tests.attacks.responses import names_in_statements
from tests.harness import World

ONE_FACTOR = "@inquiry(purpose: C, reason: INVESTIGATION)"
STEPPED_UP = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-1")'
RESIDENCE = "residence { street city state postalCode confidential }"
MASK = {"street": "ADDRESS CONFIDENTIAL", "city": None, "state": None, "postalCode": None, "confidential": True}

PATHS = {
    "person": (f'person(id: "P0000003") {{ {RESIDENCE} }}', "Seabright"),
    "vehicle": (f'vehicle(by: {{plate: {{number: "1NTK003"}}}}) {{ {RESIDENCE} }}', "Seabright"),
    "vehicle to owner": (f'vehicle(by: {{plate: {{number: "1NTK003"}}}}) {{ owner {{ {RESIDENCE} }} }}', "Seabright"),
    "person to vehicles": (f'person(id: "P0000003") {{ vehicles {{ {RESIDENCE} }} }}', "Seabright"),
    "people by name": (
        f'searchPersons(by: {{name: {{surname: "Winterbourne"}}}}) {{ edges {{ node {{ {RESIDENCE} }} }} }}',
        "Seabright",
    ),
    "vehicles by plate": (
        f'searchVehicles(by: {{plateStart: "1NTK003"}}) {{ edges {{ node {{ {RESIDENCE} }} }} }}',
        "Seabright",
    ),
    "protected party": (
        f'protectiveOrder(number: "H000000002") {{ protectedParties {{ {RESIDENCE} phone }} }}',
        "Juniper",
    ),
}


def residences(value: object) -> list[object]:
    """Every residence in a response."""
    if isinstance(value, list):
        return [found for each in value for found in residences(each)]
    if isinstance(value, dict):
        here = [value["residence"]] if "residence" in value else []
        return here + [found for name, each in value.items() if name != "residence" for found in residences(each)]
    return []


@pytest.mark.parametrize(("query", "street"), PATHS.values(), ids=PATHS)
async def test_a_confidential_address_is_masked_on_every_path(world: World, query: str, street: str) -> None:
    for role, aal in (("records", 2), ("court", 2), ("prosecutor", 2), ("patrol", 2), ("investigator", 1)):
        inquiry = STEPPED_UP if aal == 2 else ONE_FACTOR
        response = await world.execute(f"query {inquiry} {{ {query} }}", role=role, aal=aal)

        assert residences(response.data) in ([MASK], [])
        # The investigator with one factor is the only caller without access to protected parties.
        assert (residences(response.data) == [MASK]) is (street == "Seabright" or role != "investigator"), role
        assert street not in response.text
        assert "555-0142" not in response.text


@pytest.mark.parametrize(("query", "street"), PATHS.values(), ids=PATHS)
async def test_a_confidential_address_is_whole_for_a_permitted_caller(world: World, query: str, street: str) -> None:
    response = await world.execute(f"query {STEPPED_UP} {{ {query} }}", role="investigator", aal=2)

    assert street in response.text
    assert "ADDRESS CONFIDENTIAL" not in response.text


async def test_without_access_nothing_shows_if_an_address_is_confidential(world: World) -> None:
    document = f"query {ONE_FACTOR} {{ person(id: %s) {{ {RESIDENCE} }} }}"
    hidden = await world.execute(document % '"P0000003"', role="jail")
    plain = await world.execute(document % '"P0000001"', role="jail")

    assert hidden.data == plain.data == {"person": {"residence": None}}
    assert {"street", "city", "is_confidential"} & names_in_statements(world) == set()
