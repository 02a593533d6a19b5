"""Accidents: what is not on a driver's record, and reports of the caller's own accident, are absent by every path."""

from __future__ import annotations

from typing import Any

import pytest

from policy.flags import Flag
from resolvers.codes.accident import Fault, PartyRole
from seed.demo import PEOPLE
from tests.attacks.data_files import change
from tests.attacks.responses import last_release, normalized_body
from tests.harness import World

ONE_FACTOR = "@inquiry(purpose: C, reason: INVESTIGATION)"
STEPPED_UP = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-1")'

AT_FAULT, OTHER = (
    next(each for each in PEOPLE if each.shows.startswith(words)) for words in ("At fault", "In that accident")
)
NUMBER = next(row["number"] for table, row in AT_FAULT.rows if table == "accident")
VIN_OF_OTHER = next(row["vin"] for table, row in OTHER.rows if table == "vehicle")
RECORD = "query($id: ID!) %s { person(id: $id) { accidents { number occurredAt vehicles { vin } } } }"
EVERY_PATH = """query($number: ID!, $one: ID!, $other: ID!, $vin: ID!) %s {
  accident(number: $number) { ...Whole }
  one: person(id: $one) { accidents { ...Whole } vehicles { accidents { ...Whole } } }
  other: person(id: $other) { accidents { ...Whole } vehicles { accidents { ...Whole } } }
  vehicle(by: {vin: $vin}) { accidents { ...Whole } owner { accidents { number } } }
}
fragment Whole on Accident {
  number occurredAt city county severity manner
  vehicles { vin plate damage vehicle { accidents { number } } }
  parties { role name { full } injury fault person { id accidents { number } vehicles { accidents { number } } } }
}"""
PATHS = {"number": NUMBER, "one": AT_FAULT.person["id"], "other": OTHER.person["id"], "vin": VIN_OF_OTHER}
CALLERS = [("investigator", 1), ("records", 1), ("patrol", 2), ("prosecutor", 2), ("court", 2)]


async def execute(world: World, document: str, role: str, aal: int = 1, **variables: Any) -> tuple[bytes, Any]:
    """The normalized body, and the batches of the operation."""
    inquiry = STEPPED_UP if aal == 2 else ONE_FACTOR
    response = await world.execute(document % inquiry, role=role, aal=aal, variables=variables)
    assert response.errors == [], response.text
    return normalized_body(response), world.batches


def remove_accidents(world: World) -> None:
    change(world.folder, "accidents", *(f"DELETE FROM {t}" for t in ("accident_vehicle", "accident_party", "accident")))


@pytest.mark.attack(14)
@pytest.mark.parametrize(("role", "aal"), CALLERS)
async def test_an_accident_of_another_s_fault_is_on_no_record(world: World, role: str, aal: int) -> None:
    found = await execute(world, RECORD, role, aal, id=OTHER.person["id"])
    at_fault = await world.execute(RECORD % STEPPED_UP, role=role, aal=2, variables={"id": AT_FAULT.person["id"]})
    remove_accidents(world)

    assert await execute(world, RECORD, role, aal, id=OTHER.person["id"]) == found
    assert [each["number"] for each in at_fault.data["person"]["accidents"]] == [NUMBER]


@pytest.mark.attack(14)
@pytest.mark.parametrize(
    ("role", "fault", "is_on_record"),
    [
        *((PartyRole.DRIVER.value, each.value, each is not Fault.ANOTHER_AT_FAULT) for each in Fault),
        (PartyRole.DRIVER.value, "NEITHER", False),
        (PartyRole.DRIVER.value, None, False),
        *((each.value, "AT_FAULT", False) for each in PartyRole if each is not PartyRole.DRIVER),
        ("77", "AT_FAULT", False),
    ],
)
async def test_a_record_has_accidents_of_a_driver_not_cleared(
    world: World, role: str, fault: str | None, is_on_record: bool
) -> None:
    change(
        world.folder,
        "accidents",
        "UPDATE accident_party SET role = :role, fault = :fault WHERE subject_surname = 'OAKHOLLOW'",
        role=role,
        fault=fault,
    )
    response = await world.execute(RECORD % ONE_FACTOR, role="records", variables={"id": AT_FAULT.person["id"]})

    assert [each["number"] for each in response.data["person"]["accidents"]] == ([NUMBER] if is_on_record else [])


async def test_the_report_lists_both_drivers(world: World) -> None:
    """By number, and by the vehicle of the one on whose record it is not."""
    response = await world.execute(EVERY_PATH % ONE_FACTOR, role="records", variables=PATHS)
    report = response.data["accident"]

    assert response.errors == []
    assert [(each["person"]["id"], each["fault"]) for each in report["parties"]] == [
        (AT_FAULT.person["id"], "AT_FAULT"),
        (OTHER.person["id"], "ANOTHER_AT_FAULT"),
    ]
    assert response.data["other"] == {"accidents": [], "vehicles": [{"accidents": [report]}]}
    assert response.data["one"] == {"accidents": [report], "vehicles": [{"accidents": [report]}]}
    assert response.data["vehicle"]["accidents"] == [report]


@pytest.mark.attack(20)
@pytest.mark.parametrize("user", ["demo-investigator", " Demo-Investigator\t"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accident_party SET subject_user = :user WHERE subject_surname = 'TILLINGSWORTH'",
        "UPDATE accident_party SET subject_user = :user WHERE subject_surname = 'OAKHOLLOW'",
        "UPDATE accident_vehicle SET subject_user = :user WHERE subject_surname = 'TILLINGSWORTH'",
    ],
    ids=["a party", "the driver at fault", "the owner of a vehicle"],
)
async def test_the_caller_s_own_accident_is_absent_by_every_path(world: World, statement: str, user: str) -> None:
    """Though every other party, vehicle and owner may be seen. A party is in no other source as the caller here."""
    change(world.folder, "accidents", statement, user=user)
    own = await execute(world, EVERY_PATH, "investigator", 2, **PATHS)
    assert Flag.OWN_RECORD in last_release(world).flags
    remove_accidents(world)

    assert await execute(world, EVERY_PATH, "investigator", 2, **PATHS) == own


@pytest.mark.attack(20)
async def test_another_caller_sees_that_accident(world: World) -> None:
    """Otherwise the test above could pass because nothing is ever found."""
    change(world.folder, "accidents", "UPDATE accident_party SET subject_user = 'demo-investigator'")
    found = await execute(world, EVERY_PATH, "records", **PATHS)
    remove_accidents(world)

    assert await execute(world, EVERY_PATH, "records", **PATHS) != found


@pytest.mark.attack(20)
@pytest.mark.parametrize(
    ("assignment", "flag"),
    [("subject_surname = 'REYES'", Flag.SAME_SURNAME), ("subject_ori = 'CA9190000'", Flag.COLLEAGUE)],
)
async def test_a_namesake_or_colleague_among_parties_is_flagged(world: World, assignment: str, flag: Flag) -> None:
    document = f'query {ONE_FACTOR} {{ accident(number: "{NUMBER}") {{ parties {{ name {{ full }} }} }} }}'
    change(world.folder, "accidents", f"UPDATE accident_party SET {assignment} WHERE subject_surname = 'TILLINGSWORTH'")
    response = await world.execute(document, role="investigator")

    assert len(response.data["accident"]["parties"]) == 2
    assert flag in last_release(world).flags


@pytest.mark.attack(14)
@pytest.mark.parametrize("role", ["dispatcher", "supervision"])
async def test_a_role_without_accidents_is_told_the_same(world: World, role: str) -> None:
    """Whether there are any or none: the place is withheld by the document alone."""
    document = "query($id: ID!) %s { person(id: $id) { accidents { number } vehicles { accidents { number } } } }"
    responses = []
    for _ in range(2):
        response = await world.execute(document % STEPPED_UP, role=role, aal=2, variables={"id": AT_FAULT.person["id"]})
        responses.append(normalized_body(response))
        assert {each["recordClass"] for each in response.withheld} == {"ACCIDENT"}
        assert "accidents" not in dict(world.batches)
        remove_accidents(world)

    assert responses[0] == responses[1]
