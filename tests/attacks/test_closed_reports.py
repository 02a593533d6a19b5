"""A closed report of a missing person is confidential (PC 14201): left out on every path, not refused. Attack 14."""

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

NUMBER = "M000000002"
STATE = f"UPDATE missing_person SET state = '%s' WHERE number = '{NUMBER}'"
DELETED = f"DELETE FROM missing_person WHERE number = '{NUMBER}'"
ENTRIES = ("person", "vehicle", "missingPerson", "searchMissingPersons")
CHILD = """query @inquiry(purpose: C, reason: INVESTIGATION) { vehicle(by: {plate: {number: "1NTK032"}}) {
  missingReports { number } safety { complete lines { words number about } } owner { missingReports { number } }
} }"""
# Those who see people, and no closed report before a step-up.
WITHOUT_ACCESS = [
    each
    for each in EVERY_ROLE
    if isinstance(each.verdicts()[RecordClass.IDENTITY], Grant)
    and not isinstance(each.verdicts()[RecordClass.MISSING_HISTORY], Grant)
]


def test_only_records_sees_closed_reports_without_a_step_up() -> None:
    assert set(Role) - {each.role for each in WITHOUT_ACCESS} == {
        *(Role.RECORDS, Role.AUDITOR, Role.ADMIN, Role.OUTSIDER),
    }


@pytest.mark.attack(14)
@pytest.mark.parametrize("caller", WITHOUT_ACCESS, ids=str)
@pytest.mark.parametrize("state", ["CLEARED", "CANCELLED"])
async def test_a_closed_report_looks_absent(world: World, caller: Position, state: str) -> None:
    """Byte for byte: from the person, from a vehicle with its plate, by its number and among hits, and in banners."""
    plant_person(world.folder)
    world.allow_fields(LARGEST_DOCUMENT)
    change(world.folder, "missing_persons", STATE % state)
    hidden = await observe(world, caller, documents(ENTRIES))
    change(world.folder, "missing_persons", DELETED)
    absent = await observe(world, caller, documents(ENTRIES))

    assert differing_requests(hidden, absent) == []


async def test_a_plate_leads_to_a_missing_child_and_not_once_she_is_found(world: World) -> None:
    missing = (await world.execute(CHILD, role="patrol")).data["vehicle"]
    change(world.folder, "missing_persons", "UPDATE missing_person SET state = 'CLEARED' WHERE number = 'M000000018'")
    found = (await world.execute(CHILD, role="patrol")).data["vehicle"]

    line = {
        "words": "LAST SEEN WITH A MISSING PERSON, AT RISK, ENDANGERED",
        "number": "M000000018",
        "about": "VEHICLE",
    }
    assert missing == {
        "missingReports": [{"number": "M000000018"}],
        "safety": {"complete": True, "lines": [line]},
        "owner": {"missingReports": []},
    }
    assert found == {
        "missingReports": [],
        "safety": {"complete": True, "lines": []},
        "owner": {"missingReports": []},
    }
