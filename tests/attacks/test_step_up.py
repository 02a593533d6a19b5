"""Step-ups as a client sees them: one document, repeated until nothing is missing. Attack 19.

Each error lists exactly what is missing.
"""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest

from policy.effects import Effect
from policy.record_classes import RECORD_DEPENDENT, RecordClass
from policy.roles import Role
from policy.table import Policy
from tests.attacks.callers import token
from tests.attacks.guarded_fields import HELD
from tests.attacks.planted_person import plant_person
from tests.attacks.responses import CASE_NUMBER_AND_AAL2, denial, errors
from tests.harness import Response, World

CASE = "26-0417"
CELLS = [
    (cell.role, cell.record_class)
    for cell in Policy.load().cells
    if cell.effect is Effect.STEP_UP and cell.record_class in HELD
]
# The inputs of a client, and the needs reported for them.
ATTEMPTS = [(None, 1, CASE_NUMBER_AND_AAL2), (None, 2, ("CASE_NUMBER",)), (CASE, 1, ("AAL2",)), (CASE, 2, ())]

HISTORY = 'criminalHistory(ciiNumber: "%s") { cycles { arrestedOn } }'
SELECTIONS = {
    RecordClass.PROTECTED_PARTY: 'protectiveOrder(number: "H000000002") { protectedParties { name { surname } } }',
    RecordClass.DMV_ADDRESS: 'person(id: "P0000001") { residence { city } }',
    RecordClass.CONFIDENTIAL_ADDRESS: 'person(id: "P0000003") { residence { city } }',
    RecordClass.CONVICTION: 'criminalHistory(ciiNumber: "A00000016") { cycles { charges { sentence { kind } } } }',
    RecordClass.ARREST_ONLY: HISTORY % "A00000006",
    RecordClass.SEALED: HISTORY % "A00000015",
    RecordClass.JUVENILE: HISTORY % "A00000005",
    RecordClass.SSN: 'person(id: "P0000001") { ssn }',
    RecordClass.BIOMETRIC: 'person(id: "P0000001") { biometrics { kind } }',
    RecordClass.GANG: 'person(id: "P0000025") { gangMemberships { group } }',
    RecordClass.FOREIGN_ORDER: 'person(id: "P0000028") { protectiveOrders { number } }',
    RecordClass.ACCIDENT: 'accident(number: "192025000030") { severity }',
    RecordClass.ACCIDENT_PARTY: 'accident(number: "192025000030") { parties { injury } }',
    RecordClass.PRETRIAL: 'criminalHistory(ciiNumber: "A00000002") { cycles { pretrial { release } } }',
    RecordClass.REHABILITATION: 'criminalHistory(ciiNumber: "A00000002") { cycles { diversion { program } } }',
    RecordClass.FIREARM_OWNERSHIP: 'person(id: "P0000021") { firearms { serial } }',
    RecordClass.MISSING_PERSON: 'missingPerson(number: "M000000018") { category }',
    RecordClass.MISSING_DETAIL: 'missingPerson(number: "M000000018") { detail { bloodType } }',
    RecordClass.MISSING_HISTORY: 'missingPerson(number: "M000000019") { state }',
    RecordClass.PROHIBITION_BASIS: 'protectiveOrder(number: "H000000002") { prohibitionBasis }',
}


OUTER = {
    RecordClass.MISSING_DETAIL: RecordClass.MISSING_PERSON,
    RecordClass.ACCIDENT_PARTY: RecordClass.ACCIDENT,
}
"""The class of the record around a field: if a role lacks both, the place of the record is withheld."""


def needs_of(response: Response, record_class: RecordClass) -> tuple[str, ...]:
    """The needs reported for a record class, at a withheld place or in an exclusion."""
    if record_class in RECORD_DEPENDENT:
        reported = response.body["extensions"]["inquiry"]["exclusions"]
    else:
        reported = response.withheld
    classes = {record_class, OUTER.get(record_class, record_class)}
    found = {tuple(each.get("needs", ())) for each in reported if RecordClass(each["recordClass"]) in classes}
    assert len(found) <= 1
    return found.pop() if found else ()


def test_every_step_up_class_has_a_query() -> None:
    assert {record_class for _, record_class in CELLS} == SELECTIONS.keys()
    assert len(CELLS) >= 18


@pytest.mark.attack(19)
@pytest.mark.parametrize(("role", "record_class"), CELLS, ids=lambda each: each.value)
async def test_the_same_document_is_run_when_nothing_is_missing(
    world: World, role: Role, record_class: RecordClass
) -> None:
    if "A00000002" in SELECTIONS[record_class]:
        plant_person(world.folder)
    inquiry = "@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: $case)"
    document = f"query($case: String) {inquiry} {{ {SELECTIONS[record_class]} }}"
    responses = [
        await world.execute(document, role=role, aal=aal, variables={"case": case}) for case, aal, _ in ATTEMPTS
    ]

    assert [needs_of(response, record_class) for response in responses] == [needs for *_, needs in ATTEMPTS]
    *withheld, allowed = responses
    assert allowed.errors == []
    assert [response.data for response in withheld] == [withheld[0].data] * 3
    assert values(allowed.data) > values(withheld[0].data)


def values(data: Any) -> int:
    """The number of leaves that are not null."""
    if isinstance(data, dict | list):
        return sum(map(values, data.values() if isinstance(data, dict) else data))
    return data is not None


SSN = f'query @inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "{CASE}") {{ person(id: "P0000001") {{ ssn }} }}'


@pytest.mark.attack(19)
async def test_an_old_second_factor_counts_as_one_until_a_new_sign_in(world: World) -> None:
    now = int(time.time())
    stale = token(world, "investigator", acr="aal2", auth_time=now - 43_200)
    fresh = token(world, "investigator", acr="aal2", auth_time=now)

    refused = await world.execute(SSN, token=stale)
    allowed = await world.execute(SSN, token=fresh)

    assert errors(refused) == [denial("person.ssn", "SSN", "AAL2")]
    assert allowed.data == {"person": {"ssn": "999-11-7001"}}
    assert [entry.assurance for entry in world.journal_entries()] == ["aal1", "aal1", "aal2", "aal2"]


@pytest.mark.attack(19)
async def test_a_certification_is_accepted_through_its_last_day(world: World) -> None:
    certified = token(world, "investigator", acr="aal2", certified_until="2027-06-30")
    for today in (date(2027, 6, 30), date(2027, 7, 1)):
        world.reconfigure(today=lambda today=today: today)
        response = await world.execute(SSN, token=certified)
        if today.day == 30:
            assert response.data == {"person": {"ssn": "999-11-7001"}}
        else:
            assert errors(response) == [denial("person", "IDENTITY", rule=("certification", "local policy"))]
            assert world.statements == []
