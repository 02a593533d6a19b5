"""The gang file: its uses that are refused, its purge dates, and that no banner tells of it. Attacks 14 and 18."""

from __future__ import annotations

from datetime import timedelta

import pytest

from policy.grants import Grant
from policy.record_classes import RecordClass
from tests.attacks.data_files import change
from tests.attacks.entry_paths import LARGEST_DOCUMENT, documents
from tests.attacks.observations import differing_requests, observe
from tests.attacks.planted_person import plant_person
from tests.attacks.positions import EVERY_ROLE, INQUIRY, OPERATION_HEAD, TODAY
from tests.harness import World

GANG = 'person(id: "P0000025") { gangMemberships { group criteria } }'
SAFETY = 'person(id: "P0000002") { safety { complete more withheld lines { words number } } }'
BANNER = {"banner": f"{OPERATION_HEAD} {INQUIRY} {{ {SAFETY} }}"}
CALLERS = [each for each in EVERY_ROLE if isinstance(each.verdicts()[RecordClass.IDENTITY], Grant)]


@pytest.mark.attack(14)
@pytest.mark.parametrize(
    ("purpose", "reason", "rule"),
    [
        ("J", "INVESTIGATION", "gang-use"),
        ("J", "EMPLOYMENT_BACKGROUND", "gang-use"),
        ("C", "EMPLOYMENT_BACKGROUND", "gang-use"),
        ("C", "IMMIGRATION_ENFORCEMENT", "immigration"),
    ],
)
async def test_the_gang_file_serves_no_employment_and_no_immigration(
    world: World, purpose: str, reason: str, rule: str
) -> None:
    """With any addition: no step-up is offered, and the source is not asked for it."""
    inquiry = f'@inquiry(purpose: {purpose}, reason: {reason}, caseNumber: "26-0417")'
    response = await world.execute(f"query {inquiry} {{ {GANG} }}", role="records", aal=2)
    (place,) = response.withheld

    assert "Quarry Lane" not in response.text
    assert (place["code"], place["rule"]["name"]) == ("NEED_TO_KNOW", rule)
    assert [source for source, _ in world.batches if source == "alerts"] == []


@pytest.mark.attack(14)
async def test_a_gang_membership_needs_a_step_up(world: World) -> None:
    inquiry = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-0417")'
    shown = await world.execute(f"query {inquiry} {{ {GANG} }}", role="records", aal=2)
    asked = await world.execute(f"query {inquiry} {{ {GANG} }}", role="records", aal=1)

    assert shown.data == {
        "person": {
            "gangMemberships": [{"group": "Quarry Lane", "criteria": ["ADMITTED_AT_ARREST", "ARRESTED_WITH_MEMBERS"]}]
        }
    }
    assert asked.data == {"person": {"gangMemberships": None}}
    assert asked.withheld[0]["needs"] == ["AAL2"]


@pytest.mark.slow
@pytest.mark.attack(14)
@pytest.mark.parametrize("purge_on", ["2001-01-01", "2001-00-00", "today", ""])
async def test_a_purged_membership_looks_absent_to_every_caller(world: World, purge_on: str) -> None:
    plant_person(world.folder)
    world.allow_fields(LARGEST_DOCUMENT)
    day = TODAY.isoformat() if purge_on == "today" else purge_on
    change(world.folder, "alerts", f"UPDATE gang_membership SET purge_on = '{day}' WHERE number = 'T000000002'")
    asked = documents(("person",))
    purged = [await observe(world, each, asked) for each in CALLERS]
    change(world.folder, "alerts", "DELETE FROM gang_membership WHERE number = 'T000000002'")
    absent = [await observe(world, each, asked) for each in CALLERS]

    assert [differing_requests(*each) for each in zip(purged, absent, strict=True)] == [[]] * len(CALLERS)


async def test_a_membership_is_shown_up_to_the_day_before_its_purge_date(world: World) -> None:
    shown = []
    inquiry = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-0417")'
    for purge_on in (TODAY, TODAY + timedelta(days=1)):
        change(world.folder, "alerts", f"UPDATE gang_membership SET purge_on = '{purge_on.isoformat()}'")
        response = await world.execute(f"query {inquiry} {{ {GANG} }}", role="records", aal=2)
        shown.append(len(response.data["person"]["gangMemberships"]))

    assert shown == [0, 1]


@pytest.mark.attack(14)
async def test_no_banner_tells_of_a_gang(world: World) -> None:
    plant_person(world.folder)
    listed = [await observe(world, each, BANNER) for each in CALLERS]
    change(world.folder, "alerts", "DELETE FROM gang_membership WHERE number = 'T000000002'")
    absent = [await observe(world, each, BANNER) for each in CALLERS]

    assert [differing_requests(*each) for each in zip(listed, absent, strict=True)] == [[]] * len(CALLERS)
