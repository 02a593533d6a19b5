"""Firearms over HTTP: serial numbers, holders, what is never served, and who is armed and prohibited."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policy.related_subjects import RelatedSubjects
from seed.demo import PEOPLE
from tests.attacks.data_files import change
from tests.attacks.responses import last_release
from tests.harness import TRAFFIC_STOP, WITH_CASE, Response, World

SHARED = [("GLOCK", "N170482"), ("SMITH_AND_WESSON", "N17O482")]
(ARMED,) = (each for each in PEOPLE if each.shows.startswith("Armed and prohibited"))
HOLDER = ARMED.person["id"]
(GUN,) = (columns["firearm_id"] for table, columns in ARMED.rows if table == "firearm")


async def ask(world: World, selection: str, role: str = "patrol", inquiry: str = WITH_CASE) -> Response:
    return await world.execute(f"query {inquiry} {{ {selection} }}", role=role, aal=2)


async def found(world: World, key: str, **by: Any) -> list[tuple[str, str]]:
    response = await ask(world, f"firearm(by: {{{key}}}) {{ make serial }}", **by)
    assert response.errors == []
    return [(each["make"], each["serial"]) for each in response.data["firearm"]]


async def test_one_serial_number_of_two_makers_finds_both_guns(world: World) -> None:
    assert await found(world, 'serial: {number: "N170482"}') == SHARED
    assert await found(world, 'serial: {number: "N170482", make: GLOCK}') == SHARED[:1]
    assert await found(world, 'serial: {number: "N170482", make: TAURUS}') == []
    assert await found(world, 'serial: {number: "N170483"}') == []


@pytest.mark.parametrize(
    "typed", ["n17-o482", " N 17.0482 ", "\uff2e\uff11\uff17\uff10\uff14\uff18\uff12", "n/17#0482"]
)
async def test_a_serial_number_is_found_in_any_spelling(world: World, typed: str) -> None:
    assert await found(world, f'serial: {{number: "{typed}"}}') == SHARED


async def test_a_serial_number_that_is_stored_with_marks_is_found(world: World) -> None:
    change(world.folder, "firearms", f"UPDATE firearm SET serial = 'n 17-04/8.2' WHERE firearm_id = '{GUN}'")

    assert ("GLOCK", "n 17-04/8.2") in await found(world, 'serial: {number: "N170482"}')


@pytest.mark.parametrize("typed", ["", "---", "N17?0482", "\u041d170482", "1" * 21, "A" * 5000])
async def test_what_is_no_serial_number_is_refused_in_one_line(world: World, typed: str) -> None:
    response = await ask(world, f'firearm(by: {{serial: {{number: "{typed}"}}}}) {{ serial }}')

    assert response.codes == ["BAD_INPUT"]
    assert "number must be a serial number of 1 to 20 letters A to Z and digits." in response.text


@pytest.mark.parametrize("typed", ["G00000001", "W000000001", "P0000001", ""])
async def test_what_is_no_report_number_is_refused_in_one_line(world: World, typed: str) -> None:
    response = await ask(world, f'firearm(by: {{number: "{typed}"}}) {{ serial }}')

    assert response.codes == ["BAD_INPUT"]
    assert "number must be G and nine digits" in response.text


async def test_a_report_number_finds_its_gun_with_all_reports(world: World) -> None:
    reported = 'firearm(by: {number: "g-000 000 008"}) { id serial reports { number status state version } }'
    response = await ask(world, reported)

    assert response.data["firearm"] == [
        {
            "id": "AF00000080",
            "serial": "N080417",
            "reports": [{"number": "G000000008", "status": "LOST", "state": "CLEARED", "version": 2}],
        }
    ]
    assert {"firearms/AF00000080", "firearm_reports/G000000008"} <= set(last_release(world).record_ids)


PERMIT = f"UPDATE firearm_transfer SET is_permit = 1, kind = :kind WHERE firearm_id = '{GUN}'"
HOLDERS_GUNS = f'person(id: "{HOLDER}") {{ firearms {{ serial }} }}'
TRANSFERS = 'firearm(by: {serial: {number: "N170482", make: GLOCK}}) { serial transfers { kind owner { id } } }'


@pytest.mark.parametrize("kind", ["CARRY_PERMIT", "DEALER_SALE", "?"])
@pytest.mark.parametrize("role", ["patrol", "records", "court"])
async def test_a_gun_that_is_known_from_a_permit_alone_is_absent(world: World, role: str, kind: str) -> None:
    """Under any name that the permit has there."""
    before = await ask(world, TRANSFERS, role)
    change(world.folder, "firearms", PERMIT, kind=kind)
    hidden = [(await ask(world, each, role)).data for each in (TRANSFERS, HOLDERS_GUNS)]
    change(
        world.folder,
        "firearms",
        f"DELETE FROM firearm_transfer WHERE firearm_id = '{GUN}'",
        f"DELETE FROM firearm WHERE firearm_id = '{GUN}'",
    )

    assert before.data["firearm"][0]["transfers"] == [{"kind": "DEALER_SALE", "owner": {"id": HOLDER}}]
    assert hidden == [{"firearm": []}, {"person": {"firearms": []}}]
    assert hidden == [(await ask(world, each, role)).data for each in (TRANSFERS, HOLDERS_GUNS)]


@pytest.mark.parametrize("kind", ["CARRY_PERMIT", "CCW", "dealer_sale", "", "?"])
async def test_a_transfer_of_no_known_kind_is_taken_for_a_permit(world: World, kind: str) -> None:
    change(world.folder, "firearms", PERMIT.replace("is_permit = 1, ", ""), kind=kind)

    assert (await ask(world, TRANSFERS)).data == {"firearm": [{"serial": "N170482", "transfers": []}]}
    assert (await ask(world, HOLDERS_GUNS)).data == {"person": {"firearms": []}}


async def test_a_permit_tells_of_no_holder_of_a_reported_gun(world: World) -> None:
    change(
        world.folder,
        "firearms",
        f"UPDATE firearm_report SET firearm_id = '{GUN}' WHERE number = 'G000000008'",
        PERMIT,
        kind="CARRY_PERMIT",
    )

    assert (await ask(world, TRANSFERS)).data == {"firearm": [{"serial": "N170482", "transfers": []}]}
    assert (await ask(world, HOLDERS_GUNS)).data == {"person": {"firearms": []}}


SOLD = [
    f"UPDATE firearm_transfer SET is_current = 0, subject_user = 'demo-patrol' WHERE firearm_id = '{GUN}'",
    f"""INSERT INTO firearm_transfer VALUES (999, '{GUN}', 'DEALER_SALE', '2024-01-01', 'Z0000009', 'CA', 1, 0,
    'CASTELLANARO', NULL, NULL, 1)""",
    f"UPDATE firearm SET subject_surname = 'CASTELLANARO' WHERE firearm_id = '{GUN}'",
]


async def test_a_gun_that_the_caller_has_sold_is_shown_without_them(world: World) -> None:
    change(world.folder, "firearms", *SOLD)
    response = await ask(world, TRANSFERS)

    assert response.data == {
        "firearm": [{"serial": "N170482", "transfers": [{"kind": "DEALER_SALE", "owner": {"id": "P0000009"}}]}]
    }
    assert last_release(world).flags == ("OWN_RECORD",)


OWN_PATHS = (TRANSFERS, HOLDERS_GUNS, 'firearm(by: {number: "G000000008"}) { serial }')
REPORTED = f"UPDATE firearm_report SET firearm_id = '{GUN}' WHERE number = 'G000000008'"


@pytest.mark.parametrize("table", ["firearm", "firearm_transfer"])
async def test_the_callers_own_gun_is_absent_whichever_row_names_them(world: World, table: str) -> None:
    """The row of the gun hides all of it; the row of a transfer alone hides that the caller has it."""
    mine = f"UPDATE {table} SET subject_user = 'demo-patrol' WHERE firearm_id = '{GUN}'"
    change(world.folder, "firearms", REPORTED, mine)
    by_serial, by_holder, by_report = [(await ask(world, each)).data for each in OWN_PATHS]

    assert by_holder == {"person": {"firearms": []}}
    assert by_serial == {"firearm": [] if table == "firearm" else [{"serial": "N170482", "transfers": []}]}
    assert by_report == {"firearm": [] if table == "firearm" else [{"serial": "N170482"}]}


async def test_a_namesakes_gun_is_withheld_until_the_step_up(world: World) -> None:
    policy = replace(world.resources.policy(), related_subjects=RelatedSubjects.STEP_UP)
    world.reconfigure(policy=lambda: policy)
    change(world.folder, "firearms", f"UPDATE firearm SET subject_surname = 'ASHGROVE' WHERE firearm_id = '{GUN}'")
    key = 'firearm(by: {serial: {number: "N170482"}}) { serial }'
    response = await world.execute(f"query {TRAFFIC_STOP} {{ {key} }}")

    assert (response.data, response.codes) == ({"firearm": None}, ["STEP_UP_REQUIRED"])
    assert len((await ask(world, key)).data["firearm"]) == 2


ASKED = f'person(id: "{HOLDER}") {{ armedAndProhibited }}'


async def test_the_file_says_who_is_armed_and_prohibited(world: World) -> None:
    assert (await ask(world, ASKED)).data == {"person": {"armedAndProhibited": True}}
    assert (await ask(world, ASKED.replace(HOLDER, "P0000001"))).data == {"person": {"armedAndProhibited": False}}
    without_license = ASKED.replace(HOLDER, "P0000007")
    assert (await ask(world, without_license)).data == {"person": {"armedAndProhibited": False}}


async def test_armed_and_prohibited_is_never_false_by_failure(world: World) -> None:
    (world.folder / "firearms.db").unlink()
    response = await ask(world, ASKED)

    assert response.data == {"person": {"armedAndProhibited": None}}
    assert response.codes_by_path == {"person.armedAndProhibited": "SOURCE_UNAVAILABLE"}


async def test_who_is_armed_and_prohibited_is_announced(world: World) -> None:
    safety = "safety { complete lines { rank kind words source act about } }"
    response = await ask(world, f'person(id: "{HOLDER}") {{ {safety} }}')

    assert response.data["person"]["safety"] == {
        "complete": True,
        "lines": [
            {
                "rank": 2,
                "kind": "ARMED_AND_PROHIBITED",
                "words": "ARMED AND PROHIBITED: MAY HAVE NO FIREARM",
                "source": "firearms",
                "act": "KNOW",
                "about": "SELF",
            }
        ],
    }


async def test_an_unknown_maker_is_an_error_at_its_field_and_loses_no_gun(world: World) -> None:
    change(world.folder, "firearms", f"UPDATE firearm SET make = 'XYZ' WHERE firearm_id = '{GUN}'")
    response = await ask(world, 'firearm(by: {serial: {number: "N170482"}}) { make serial }')

    assert [each["make"] for each in response.data["firearm"]] == ["SMITH_AND_WESSON", None]
    assert response.codes == ["RECORD_FAULT"]


async def test_a_jail_sees_a_report_and_not_who_has_the_gun(world: World) -> None:
    response = await ask(world, TRANSFERS, role="jail")

    assert response.data == {"firearm": [{"serial": "N170482", "transfers": None}]}
    assert response.codes == ["NEED_TO_KNOW"]
