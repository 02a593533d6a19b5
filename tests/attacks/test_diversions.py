"""A completed diversion is as a sealed arrest: the law deems the arrest to have never occurred. Attack 14."""

from __future__ import annotations

from typing import Any

import pytest

from tests.attacks.data_files import change
from tests.attacks.responses import normalized_body
from tests.harness import World

STEPPED_UP = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-1")'
HISTORY = """query %s { person(id: "P0000022") {
  supervision { kind } safety { complete lines { words } }
  criminalHistory { cycles {
    arrestedOn charges { code } custody { status } supervision { kind } diversion { status } pretrial { release } }
    programs { name } relief { kind } } } }"""
UNDER_TERMS = """UPDATE cycle SET supervision_kind = 'FORMAL_PROBATION', supervision_status = 'ACTIVE',
    supervision_terms = '["Search without a warrant"]' WHERE id = 22001"""
ENROLLED = """INSERT INTO program (id, cii_number, cycle, kind, name, status, started_on)
    VALUES (1, 'A00000022', 22001, 'EDUCATION', 'Night school', 'ENROLLED', '2023-05-05')"""
DELETED = (
    "DELETE FROM charge WHERE cycle = 22001",
    "DELETE FROM program WHERE cycle = 22001",
    "DELETE FROM cycle WHERE id = 22001",
)
# Stored states that say nothing of a diversion that is not completed.
ODD = ["completed", "COMPLETED ", "", "SUCCESSFUL", None]

WITHOUT_ACCESS = [("patrol", 1), ("dispatcher", 2), ("jail", 1), ("jail", 2), ("investigator", 1), ("supervision", 1)]


async def bodies(world: World, role: str, aal: int, *changes: str) -> tuple[bytes, bytes]:
    """The response with the arrest hidden, and with the arrest deleted."""
    change(world.folder, "criminal_history", *changes)
    hidden = await world.execute(HISTORY % STEPPED_UP, role=role, aal=aal)
    change(world.folder, "criminal_history", *DELETED)
    absent = await world.execute(HISTORY % STEPPED_UP, role=role, aal=aal)
    return normalized_body(hidden), normalized_body(absent)


@pytest.mark.attack(14)
@pytest.mark.parametrize(("role", "aal"), WITHOUT_ACCESS)
async def test_supervision_and_programs_of_a_completed_diversion_are_absent(world: World, role: str, aal: int) -> None:
    hidden, absent = await bodies(world, role, aal, UNDER_TERMS, ENROLLED)

    assert hidden == absent
    assert b"PROBATION" not in hidden


@pytest.mark.attack(14)
@pytest.mark.parametrize("status", ODD, ids=repr)
async def test_a_diversion_of_an_unknown_state_hides_its_arrest(world: World, status: str | None) -> None:
    value = "NULL" if status is None else f"'{status}'"
    hidden, absent = await bodies(
        world, "jail", 2, UNDER_TERMS, ENROLLED, f"UPDATE cycle SET diversion_status = {value} WHERE id = 22001"
    )

    assert hidden == absent


@pytest.mark.attack(14)
@pytest.mark.parametrize("status", ["UNDER_WAY", "TERMINATED"])
async def test_a_diversion_that_is_not_completed_hides_nothing(world: World, status: str) -> None:
    hidden, absent = await bodies(
        world, "jail", 2, UNDER_TERMS, ENROLLED, f"UPDATE cycle SET diversion_status = '{status}' WHERE id = 22001"
    )

    assert hidden != absent
    assert b"Night school" in hidden
    assert status.encode() in hidden


@pytest.mark.attack(14)
async def test_a_roadside_list_has_no_completed_diversion_for_anyone(world: World) -> None:
    change(world.folder, "criminal_history", UNDER_TERMS)
    response = await world.execute(HISTORY % STEPPED_UP, role="court", aal=2)

    assert response.data["person"]["supervision"] == []
    assert response.data["person"]["safety"]["lines"] == []
    assert response.data["person"]["criminalHistory"]["cycles"][0]["supervision"] == {"kind": "FORMAL_PROBATION"}


@pytest.mark.attack(14)
async def test_records_see_a_completed_diversion_for_purpose_j(world: World) -> None:
    """PC 1001.9 lets it be disclosed for a peace officer application."""
    inquiry = "@inquiry(purpose: J, reason: EMPLOYMENT_BACKGROUND)"
    response = await world.execute(HISTORY % inquiry, role="records")
    (cycle,) = response.data["person"]["criminalHistory"]["cycles"]

    assert (cycle["arrestedOn"], cycle["diversion"]) == ("2023-02-14", {"status": "COMPLETED"})


# Callers who may know of bail, and not of the arrest: jail at the roadside, and a dispatcher who has stepped up.
@pytest.mark.attack(14)
@pytest.mark.parametrize(("role", "aal"), [("jail", 1), ("dispatcher", 2)])
async def test_bail_of_an_arrest_that_is_not_visible_is_absent(world: World, role: str, aal: int) -> None:
    bail = "UPDATE cycle SET diversion_status = 'UNDER_WAY', pretrial_bail_set_cents = 123400 WHERE id = 22001"
    hidden, absent = await bodies(world, role, aal, bail)

    assert hidden == absent


@pytest.mark.attack(14)
@pytest.mark.parametrize(("role", "aal"), [("jail", 1), ("dispatcher", 2)])
async def test_a_cycle_visible_for_its_supervision_shows_no_bail(world: World, role: str, aal: int) -> None:
    change(
        world.folder,
        "criminal_history",
        UNDER_TERMS,
        "UPDATE cycle SET diversion_status = 'UNDER_WAY' WHERE id = 22001",
    )
    response = await world.execute(HISTORY % STEPPED_UP, role=role, aal=aal)
    (cycle,) = response.data["person"]["criminalHistory"]["cycles"]
    nothing: dict[str, Any] = {"arrestedOn": None, "charges": [], "custody": None, "diversion": None, "pretrial": None}

    assert cycle == {**nothing, "supervision": {"kind": "FORMAL_PROBATION"}}
