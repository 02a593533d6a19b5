"""A protective order of another state is sealed (Family Code 6404): left out, not refused, on every path. Attack 14."""

from __future__ import annotations

import pytest

from policy.grants import Grant
from policy.record_classes import RecordClass
from policy.roles import Role
from tests.attacks.data_files import change
from tests.attacks.entry_paths import LARGEST_DOCUMENT, documents
from tests.attacks.observations import differing_requests, observe
from tests.attacks.planted_person import plant_person
from tests.attacks.positions import EVERY_ROLE, Position
from tests.harness import World

ROADSIDE = "@inquiry(purpose: C, reason: COURT_PROCEEDING)"
BANNER = """query %s { person(id: "P0000002") { safety { complete withheld lines { words number } more } } }"""
FOREIGN = "UPDATE protective_order SET is_foreign = %s WHERE number = 'H000000002'"
DELETED = (
    *(
        f"DELETE FROM {part} WHERE order_number = 'H000000002'"
        for part in ("protected_party", "order_service", "order_violation")
    ),
    "DELETE FROM protective_order WHERE number = 'H000000002'",
)
ENTRIES = ("person", "protectiveOrder", "criminalHistory")
# Those who see people, and not such orders: prosecutor and court before a step-up.
WITHOUT_ACCESS = [
    each
    for each in EVERY_ROLE
    if isinstance(each.verdicts()[RecordClass.IDENTITY], Grant)
    and not isinstance(each.verdicts()[RecordClass.FOREIGN_ORDER], Grant)
]


def test_prosecutor_and_court_step_up_for_foreign_orders() -> None:
    assert {each.role for each in WITHOUT_ACCESS} == {Role.PROSECUTOR, Role.COURT}


@pytest.mark.attack(14)
@pytest.mark.parametrize("caller", WITHOUT_ACCESS, ids=str)
@pytest.mark.parametrize(
    "flag",
    [
        pytest.param(1, id="foreign"),
        # A database refuses it.
        pytest.param(2, id="a flag that is neither", marks=pytest.mark.files),
    ],
)
async def test_a_foreign_order_looks_absent(world: World, caller: Position, flag: int) -> None:
    """Byte for byte: on every path from the person, by its number, and in the banner."""
    plant_person(world.folder)
    world.allow_fields(LARGEST_DOCUMENT)
    change(world.folder, "protective_orders", "PRAGMA ignore_check_constraints = 1", FOREIGN % flag)
    hidden = await observe(world, caller, documents(ENTRIES))
    change(world.folder, "protective_orders", *DELETED)
    absent = await observe(world, caller, documents(ENTRIES))

    assert differing_requests(hidden, absent) == []


@pytest.mark.attack(14)
@pytest.mark.parametrize("role", [Role.PATROL, Role.DISPATCHER, Role.JAIL, Role.SUPERVISION], ids=str)
async def test_a_foreign_order_is_enforced_as_any_other(world: World, role: Role) -> None:
    """Family Code 6403: its line is in the banner, with the same words."""
    domestic = await world.execute(BANNER % ROADSIDE, role=role.value)
    change(world.folder, "protective_orders", FOREIGN % 1)
    foreign = await world.execute(BANNER % ROADSIDE, role=role.value)

    assert foreign.data == domestic.data
    assert [line["number"] for line in foreign.data["person"]["safety"]["lines"]] == ["H000000002"]


@pytest.mark.attack(14)
@pytest.mark.parametrize("role", ["prosecutor", "court"])
async def test_a_banner_without_foreign_orders_says_that_it_is_not_whole(world: World, role: str) -> None:
    """Whether there is one or not."""
    before = await world.execute(BANNER % ROADSIDE, role=role)
    change(world.folder, "protective_orders", FOREIGN % 1)
    after = await world.execute(BANNER % ROADSIDE, role=role)

    for response in (before, after):
        assert response.data["person"]["safety"]["complete"] is False
        assert "FOREIGN_ORDER" in response.data["person"]["safety"]["withheld"]
    assert after.data["person"]["safety"]["lines"] == []
    assert after.data["person"]["safety"]["more"] == 0
