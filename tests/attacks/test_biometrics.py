"""A biometric set of an arrest that a caller may not know of looks absent, by every path. Attack 14."""

from __future__ import annotations

from typing import Any

import pytest

from policy.flags import Flag
from seed.demo import PEOPLE
from tests.attacks.data_files import change
from tests.attacks.responses import last_release, normalized_body
from tests.harness import World

ONE_FACTOR = "@inquiry(purpose: C, reason: INVESTIGATION)"
STEPPED_UP = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-1")'
BACKGROUND_CHECK = '@inquiry(purpose: J, reason: EMPLOYMENT_BACKGROUND, caseNumber: "26-1")'

SETS = """query($id: ID!) %s { person(id: $id) {
  biometrics { id kind takenOn agencyOri fingerprintClass cycle { arrestedOn biometrics { id } } }
  criminalHistory { cycles { arrestedOn biometrics { id kind cycle { bookingNumber } } } }
} }"""

BESIDE_AN_APPLICATION = next(each.person["id"] for each in PEOPLE if each.shows.startswith("A mugshot"))
CONVICTED, JUVENILE = "P0000001", "P0000005"


async def sets_of(world: World, id: str, role: str, aal: int = 1, inquiry: str = "") -> tuple[bytes, Any]:
    """The normalized body, and the batches of the operation."""
    document = SETS % (inquiry or (STEPPED_UP if aal == 2 else ONE_FACTOR))
    response = await world.execute(document, role=role, aal=aal, variables={"id": id})
    assert set(response.codes) <= {"NEED_TO_KNOW", "STEP_UP_REQUIRED"}, response.text
    return normalized_body(response), world.batches


def remove_sets(world: World) -> None:
    """Remove the sets of arrests."""
    change(world.folder, "biometrics", "DELETE FROM biometric_set WHERE is_applicant = 0")


@pytest.mark.attack(14)
@pytest.mark.parametrize(
    ("id", "role", "aal"),
    [
        *((BESIDE_AN_APPLICATION, *caller) for caller in (("jail", 1), ("jail", 2), ("supervision", 1))),
        (BESIDE_AN_APPLICATION, "investigator", 1),
        *((JUVENILE, *caller) for caller in (("records", 1), ("records", 2), ("patrol", 2), ("jail", 2))),
        (JUVENILE, "investigator", 1),
    ],
)
async def test_a_set_of_a_hidden_arrest_leaves_no_trace(world: World, id: str, role: str, aal: int) -> None:
    with_them = await sets_of(world, id, role, aal)
    remove_sets(world)

    assert await sets_of(world, id, role, aal) == with_them


@pytest.mark.attack(14)
@pytest.mark.parametrize("id", [CONVICTED, BESIDE_AN_APPLICATION, JUVENILE])
async def test_a_background_check_finds_no_set_of_an_arrest(world: World, id: str) -> None:
    """Even of a conviction, which it does find."""
    with_them = await sets_of(world, id, "records", 2, BACKGROUND_CHECK)
    remove_sets(world)

    assert await sets_of(world, id, "records", 2, BACKGROUND_CHECK) == with_them


@pytest.mark.attack(14)
@pytest.mark.parametrize("id", [CONVICTED, BESIDE_AN_APPLICATION, JUVENILE])
async def test_a_permitted_caller_sees_the_sets(world: World, id: str) -> None:
    """Otherwise the tests above could pass because nothing is ever found."""
    with_them = await sets_of(world, id, "court", 2)
    remove_sets(world)

    assert await sets_of(world, id, "court", 2) != with_them


@pytest.mark.files  # a database refuses such a flag
@pytest.mark.attack(14)
@pytest.mark.parametrize(
    ("role", "aal", "flag"),
    [
        *(("jail", 1, flag) for flag in ("is_sealed", "is_juvenile", "is_arrest_only")),
        *(("records", 2, flag) for flag in ("is_juvenile", "is_applicant")),
    ],
)
async def test_a_flag_of_a_set_that_is_neither_hides_it(world: World, role: str, aal: int, flag: str) -> None:
    inquiry = BACKGROUND_CHECK if flag == "is_applicant" else ""
    change(
        world.folder,
        "biometrics",
        "PRAGMA ignore_check_constraints = ON",
        f"UPDATE biometric_set SET {flag} = 2 WHERE subject_surname = 'THORNQUIST'",
    )
    flagged = await sets_of(world, CONVICTED, role, aal, inquiry)
    remove_sets(world)

    assert await sets_of(world, CONVICTED, role, aal, inquiry) == flagged


@pytest.mark.files  # a database refuses such flags
@pytest.mark.attack(14)
async def test_a_sealed_set_marked_as_an_application_is_hidden(world: World) -> None:
    change(
        world.folder,
        "biometrics",
        "PRAGMA ignore_check_constraints = ON",
        "UPDATE biometric_set SET is_applicant = 1, is_sealed = 1 WHERE subject_surname = 'THORNQUIST'",
    )
    sealed = await sets_of(world, CONVICTED, "jail")
    change(world.folder, "biometrics", "DELETE FROM biometric_set")

    assert await sets_of(world, CONVICTED, "jail") == sealed


@pytest.mark.attack(14)
async def test_an_arrest_shows_only_its_own_sets(world: World) -> None:
    """Also if all are of one person, and none is hidden."""
    document = (
        f'query {STEPPED_UP} {{ criminalHistory(ciiNumber: "A00000016") {{ cycles {{ biometrics {{ id }} }} }} }}'
    )
    columns = "cii_number, kind, taken_on, agency_ori, is_applicant, is_sealed, is_juvenile, is_arrest_only"
    change(
        world.folder,
        "biometrics",
        *(
            f"INSERT INTO biometric_set (number, cycle, {columns}, subject_surname) VALUES ('B90000000{sequence}',"
            f" {16_000 + sequence}, 'A00000016', 'PALM', '2001-01-01', 'CA9190000', 0, 0, 0, 0, 'PRENDERGRAST')"
            for sequence in (1, 3)
        ),
    )
    response = await world.execute(document, role="investigator", aal=2)
    found = [each["biometrics"] for each in response.data["criminalHistory"]["cycles"]]

    assert found[-3:] == [[{"id": "B900000003"}], [], [{"id": "B900000001"}]]
    assert not any(found[:-3])


@pytest.mark.attack(20)
async def test_an_own_set_is_absent_and_flagged(world: World) -> None:
    change(
        world.folder,
        "biometrics",
        "UPDATE biometric_set SET subject_user = 'demo-investigator' WHERE subject_surname = 'THORNQUIST'",
    )
    own = await sets_of(world, CONVICTED, "investigator")
    assert Flag.OWN_RECORD in last_release(world).flags
    change(world.folder, "biometrics", "DELETE FROM biometric_set")

    assert await sets_of(world, CONVICTED, "investigator") == own
