"""An address that the law keeps confidential: masked by every way to it, whole only for whom the table says."""

from __future__ import annotations

import pytest

from tests.attacks.shapes import names_read
from tests.harness import World

ONE_FACTOR = "@inquiry(purpose: C, reason: INVESTIGATION)"
STEPPED_UP = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-1")'
WHERE = "residence { street city state postalCode confidential }"
MASK = {"street": "ADDRESS CONFIDENTIAL", "city": None, "state": None, "postalCode": None, "confidential": True}

WAYS = {
    "person": (f'person(id: "P0000003") {{ {WHERE} }}', "Seabright"),
    "vehicle": (f'vehicle(by: {{plate: {{number: "1NTK003"}}}}) {{ {WHERE} }}', "Seabright"),
    "vehicle to owner": (f'vehicle(by: {{plate: {{number: "1NTK003"}}}}) {{ owner {{ {WHERE} }} }}', "Seabright"),
    "person to vehicles": (f'person(id: "P0000003") {{ vehicles {{ {WHERE} }} }}', "Seabright"),
    "people by name": (
        f'searchPersons(by: {{name: {{surname: "Winterbourne"}}}}) {{ edges {{ node {{ {WHERE} }} }} }}',
        "Seabright",
    ),
    "vehicles by plate": (
        f'searchVehicles(by: {{plateStart: "1NTK003"}}) {{ edges {{ node {{ {WHERE} }} }} }}',
        "Seabright",
    ),
    "protected party": (
        f'protectiveOrder(number: "H000000002") {{ protectedParties {{ {WHERE} phone }} }}',
        "Juniper",
    ),
}


def residences(value: object) -> list[object]:
    """Every residence in an answer."""
    if isinstance(value, list):
        return [found for each in value for found in residences(each)]
    if isinstance(value, dict):
        here = [value["residence"]] if "residence" in value else []
        return here + [found for name, each in value.items() if name != "residence" for found in residences(each)]
    return []


@pytest.mark.parametrize(("query", "street"), WAYS.values(), ids=WAYS)
async def test_a_confidential_address_is_masked_by_every_way_to_it(world: World, query: str, street: str) -> None:
    for role, aal in (("records", 2), ("court", 2), ("prosecutor", 2), ("patrol", 2), ("investigator", 1)):
        inquiry = STEPPED_UP if aal == 2 else ONE_FACTOR
        reply = await world.execute(f"query {inquiry} {{ {query} }}", as_=role, aal=aal)

        assert residences(reply.data) in ([MASK], [])
        # The investigator with one factor is the only one who may not know of protected parties at all.
        assert (residences(reply.data) == [MASK]) is (street == "Seabright" or role != "investigator"), role
        assert street not in reply.text
        assert "555-0142" not in reply.text


@pytest.mark.parametrize(("query", "street"), WAYS.values(), ids=WAYS)
async def test_who_may_know_a_confidential_address_reads_it_whole(world: World, query: str, street: str) -> None:
    reply = await world.execute(f"query {STEPPED_UP} {{ {query} }}", as_="investigator", aal=2)

    assert street in reply.text
    assert "ADDRESS CONFIDENTIAL" not in reply.text


async def test_without_the_right_to_addresses_there_is_no_sign_whether_one_is_confidential(world: World) -> None:
    document = f"query {ONE_FACTOR} {{ person(id: %s) {{ {WHERE} }} }}"
    hidden = await world.execute(document % '"P0000003"', as_="jail")
    plain = await world.execute(document % '"P0000001"', as_="jail")

    assert hidden.data == plain.data == {"person": {"residence": None}}
    assert {"street", "city", "is_confidential"} & names_read(world) == set()
