"""The caller's own record is absent on every path, and the attempt is flagged. Attack 20."""

from __future__ import annotations

import pytest

from tests.attacks.data_files import change, set_subject
from tests.attacks.record_paths import PATHS, STEPPED_UP
from tests.attacks.responses import last_release
from tests.harness import World


@pytest.mark.attack(20)
@pytest.mark.parametrize(("query", "left"), PATHS.values(), ids=PATHS)
async def test_own_records_are_not_read_and_the_attempt_is_flagged(world: World, query: str, left: object) -> None:
    """With a case number and two factors, so that only the rule about own records applies."""
    response = await world.execute(f"query {STEPPED_UP} {{ {query} }}", role="investigator", aal=2)

    assert response.data == left
    assert response.errors == []
    assert "Reyes" not in response.text
    assert last_release(world).flags == ("OWN_RECORD",)
    assert not any(number.endswith("0000008") for number in last_release(world).record_ids)

    others = await world.execute(f"query {STEPPED_UP} {{ {query} }}", role="records", aal=2)

    assert others.data != left, "there was nothing to be had this way"
    assert last_release(world).flags == ()


EDGES = {
    "vehicle to owner": ('vehicle(by: {plate: {number: "1N00001"}}) { plate owner { id } }', "vehicle", "owner"),
    "warrant to subject": ('warrant(number: "W000000001") { number subject { id } }', "warrant", "subject"),
    "order to restrained": (
        'protectiveOrder(number: "H000000002") { number restrained { id } }',
        "protectiveOrder",
        "restrained",
    ),
}


@pytest.mark.attack(20)
@pytest.mark.parametrize(("query", "root", "field"), EDGES.values(), ids=EDGES)
async def test_a_path_that_leads_to_the_caller_ends_before(world: World, query: str, root: str, field: str) -> None:
    """Only the person index identifies the caller; the row of the other source has no subject."""
    mine = "UPDATE person SET subject_user = 'demo-patrol' WHERE id IN ('P0000001', 'P0000002')"
    change(world.folder, "persons", mine)
    response = await world.execute(f"query {STEPPED_UP} {{ {query} }}", aal=2)

    assert response.data[root][field] is None
    assert response.errors == []
    assert last_release(world).flags == ("OWN_RECORD",)


@pytest.mark.attack(20)
async def test_an_own_vehicle_in_a_list_is_excluded_and_flagged(world: World) -> None:
    change(world.folder, "vehicles", "UPDATE vehicle SET subject_user = 'demo-patrol' WHERE plate = '1N00001'")
    response = await world.execute(f'query {STEPPED_UP} {{ person(id: "P0000001") {{ vehicles {{ plate }} }} }}', aal=2)

    assert response.data == {"person": {"vehicles": []}}
    assert last_release(world).flags == ("OWN_RECORD",)


@pytest.mark.attack(20)
async def test_a_request_for_others_is_not_flagged(world: World) -> None:
    document = 'persons(ids: ["P0000001", "P0000012", "P9999999"]) { id }'
    await world.execute(f"query {STEPPED_UP} {{ {document} }}", role="investigator", aal=2)

    assert last_release(world).flags == ()


@pytest.mark.attack(20)
async def test_own_records_are_matched_by_user_not_by_name(world: World) -> None:
    set_subject(world.folder, "THORNQUIST", user="demo-patrol")
    document = f'query {STEPPED_UP} {{ person(id: "P0000001") {{ id }} }}'
    own = await world.execute(document, aal=2)
    another = await world.execute(document, token=world.token("patrol", subject="demo-patrol-2", aal=2))

    assert own.data == {"person": None}
    assert another.data == {"person": {"id": "P0000001"}}
