"""The action that a protective order asks of an officer, and whether it prohibits firearms."""

from __future__ import annotations

import pytest

from tests.attacks.data_files import change
from tests.harness import TRAFFIC_STOP, World

ORDER = f'query {TRAFFIC_STOP} {{ protectiveOrder(number: "H000000002") {{ %s }} }}'


def set_order(world: World, assignment: str) -> None:
    change(world.folder, "protective_orders", f"UPDATE protective_order SET {assignment} WHERE number = 'H000000002'")


@pytest.mark.parametrize(
    ("status", "served", "enforcement"),
    [
        ("ACTIVE", 1, "ENFORCE"),
        ("ACTIVE", 0, "NOTIFY_THEN_ENFORCE"),
        ("EXPIRED", 1, "NOT_IN_FORCE"),
        ("EXPIRED", 0, "NOT_IN_FORCE"),
        ("TERMINATED", 1, "NOT_IN_FORCE"),
        ("TERMINATED", 0, "NOT_IN_FORCE"),
    ],
)
async def test_an_unserved_order_in_force_is_notified_then_enforced(
    world: World, status: str, served: int, enforcement: str
) -> None:
    set_order(world, f"status = '{status}', served = {served}")
    response = await world.execute(ORDER % "status served enforcement")

    assert response.errors == []
    assert response.data["protectiveOrder"] == {
        "status": status,
        "served": bool(served),
        "enforcement": enforcement,
    }


async def test_a_status_that_is_no_code_is_an_error_and_not_out_of_force(world: World) -> None:
    set_order(world, "status = 'PENDING'")
    response = await world.execute(ORDER % "number enforcement")

    assert response.data["protectiveOrder"] == {"number": "H000000002", "enforcement": None}
    assert [each["path"] for each in response.errors] == [["protectiveOrder", "enforcement"]]


@pytest.mark.parametrize(
    ("stored", "brady", "firearms"), [("1", "YES", True), ("0", "NO", False), ("NULL", "UNKNOWN", None)]
)
async def test_a_prohibition_that_is_not_known_is_not_a_no(
    world: World, stored: str, brady: str, firearms: bool | None
) -> None:
    set_order(world, f"firearms_prohibited = {stored}")
    response = await world.execute(ORDER % "brady firearmsProhibited")

    assert response.errors == []
    assert response.data["protectiveOrder"] == {"brady": brady, "firearmsProhibited": firearms}
