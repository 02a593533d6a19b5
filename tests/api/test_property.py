"""Reports on property over HTTP: by each number, on a vehicle and its plate, and what follows from no answer."""

from __future__ import annotations

from typing import Any

import pytest

from resolvers.codes.vehicle import VehicleMake
from tests.attacks.data_files import change
from tests.harness import INVESTIGATION, TRAFFIC_STOP, Response, World

STOP = "stolen reports { number state } safety { complete unanswered lines { words number since agencyOri act } }"
TO_NEVADA = (
    "UPDATE property_report SET plate_state = 'NV', vin = NULL, file = 'SL', plate = '1NTK011'"
    " WHERE number = 'V000000024'"
)


async def ask(world: World, selection: str, **by: Any) -> Response:
    return await world.execute(f"query {TRAFFIC_STOP} {{ {selection} }}", **by)


async def vehicle(world: World, plate: str, selection: str = STOP, state: str = "CA") -> dict[str, Any]:
    response = await ask(world, f'vehicle(by: {{plate: {{number: "{plate}", state: "{state}"}}}}) {{ {selection} }}')
    assert response.errors == []
    found: dict[str, Any] = response.data["vehicle"]
    return found


def words(found: dict[str, Any]) -> list[str]:
    return [line["words"] for line in found["safety"]["lines"]]


async def test_a_stolen_vehicle_names_its_report_and_whom_to_ask(world: World) -> None:
    found = await vehicle(world, "1NTK011")

    assert (found["stolen"], found["reports"]) == (True, [{"number": "V000000011", "state": "ACTIVE"}])
    assert found["safety"]["lines"] == [
        {
            "words": "STOLEN VEHICLE",
            "number": "V000000011",
            "since": "2025-12-19",
            "agencyOri": "CA9190000",
            "act": "CONFIRM_FIRST",
        }
    ]


async def test_stolen_reports_and_banner_are_one_statement(world: World) -> None:
    await vehicle(world, "1NTK011")

    assert [source for source, _ in world.batches].count("property") == 1


async def test_a_recovered_vehicle_is_stolen_no_longer(world: World) -> None:
    found = await vehicle(world, "1NTK024")

    assert (found["stolen"], found["reports"]) == (False, [{"number": "V000000024", "state": "CLEARED"}])
    assert found["safety"] == {"complete": True, "unanswered": [], "lines": []}


async def test_a_report_on_the_plate_alone_counts_for_its_vehicle(world: World) -> None:
    change(world.folder, "property", "UPDATE property_report SET file = 'SL', vin = NULL WHERE number = 'V000000011'")
    found = await vehicle(world, "1NTK011")

    assert (found["stolen"], words(found)) == (True, ["STOLEN PLATE"])


async def test_a_report_by_vin_and_plate_is_there_once(world: World) -> None:
    found = await vehicle(world, "1NTK011", "reports { number }")

    assert found == {"reports": [{"number": "V000000011"}]}


async def test_a_vehicle_with_the_plate_of_a_stolen_one_is_not_called_stolen(world: World) -> None:
    change(world.folder, "property", "UPDATE property_report SET plate = '1NTK006' WHERE number = 'V000000011'")
    found = await vehicle(world, "1NTK006")

    assert (found["stolen"], words(found)) == (True, ["PLATE OF A STOLEN VEHICLE"])


async def test_a_plate_of_another_state_gives_no_line(world: World) -> None:
    found = await vehicle(world, "1NTK011", state="NV")

    assert (found["stolen"], found["reports"], words(found)) == (False, [], [])


async def test_a_plate_is_found_in_reports_however_it_was_entered(world: World) -> None:
    change(
        world.folder, "property", "UPDATE property_report SET plate = '1-ntk 003', vin = NULL WHERE number LIKE 'V%11'"
    )

    assert (await vehicle(world, "1NTK003", "stolen")) == {"stolen": True}


@pytest.mark.parametrize("state", ["LOCATED", "CLEARED", "CANCELLED", "EXPIRED"])
async def test_a_report_that_is_not_in_force_stops_nobody(world: World, state: str) -> None:
    change(world.folder, "property", f"UPDATE property_report SET state = '{state}' WHERE number = 'V000000011'")
    found = await vehicle(world, "1NTK011")

    assert (found["stolen"], words(found)) == (False, [])
    assert found["reports"] == [{"number": "V000000011", "state": state}]


async def test_stolen_is_never_false_because_nobody_answered(world: World) -> None:
    (world.folder / "property.db").unlink()
    response = await ask(world, f'vehicle(by: {{plate: {{number: "1NTK024"}}}}) {{ make {STOP} }}')
    found = response.data["vehicle"]

    assert (found["make"], found["stolen"], found["reports"]) == ("HOND", None, None)
    assert [(each["path"], each["extensions"]["code"], each["extensions"]["source"]) for each in response.errors] == [
        (["vehicle", "reports"], "SOURCE_UNAVAILABLE", "property"),
        (["vehicle", "stolen"], "SOURCE_UNAVAILABLE", "property"),
    ]
    assert (found["safety"]["complete"], words(found)) == (False, ["STOLEN PROPERTY DID NOT ANSWER"])
    assert response.sources["property"] == "DOWN"


@pytest.mark.parametrize("column", ["status", "state", "file"])
async def test_stolen_is_not_known_if_the_report_cannot_be_read(world: World, column: str) -> None:
    change(world.folder, "property", f"UPDATE property_report SET {column} = 'ODD' WHERE number = 'V000000024'")
    response = await ask(world, 'vehicle(by: {plate: {number: "1NTK024"}}) { make stolen }')

    assert response.data == {"vehicle": {"make": "HOND", "stolen": None}}
    assert [(each["path"], each["extensions"]["code"], each["extensions"]["source"]) for each in response.errors] == [
        (["vehicle", "stolen"], "RECORD_FAULT", "property")
    ]


async def test_one_report_that_can_be_read_is_enough_to_be_stolen(world: World) -> None:
    change(
        world.folder,
        "property",
        "UPDATE property_report SET vin = '4T1BF1FK1LZ000011', state = 'ODD' WHERE number = 'V000000024'",
    )

    assert (await vehicle(world, "1NTK011", "stolen")) == {"stolen": True}


async def test_a_thing_of_an_unknown_file_is_an_error_at_its_place(world: World) -> None:
    change(world.folder, "property", "UPDATE property_report SET file = 'XX' WHERE number = 'V000000024'")
    response = await ask(world, 'property(by: {number: "V000000024"}) { number item { __typename } }')

    assert response.data == {"property": [{"number": "V000000024", "item": None}]}
    assert [(each["path"], each["extensions"]["code"]) for each in response.errors] == [
        (["property", 0, "item"], "RECORD_FAULT")
    ]


async def test_a_field_stop_that_asks_only_whether_it_is_stolen_is_noted(world: World) -> None:
    response = await ask(world, 'vehicle(by: {plate: {number: "1NTK011"}}) { stolen owner { id } }')

    assert response.body["extensions"]["inquiry"]["safety"] == "NOT_ASKED"


async def test_the_filter_of_a_search_agrees_with_the_reports(world: World) -> None:
    found = {}
    for mark in ("true", "false"):
        for make in VehicleMake:
            search = f"searchVehicles(by: {{make: {make.name}, stolen: {mark}}}, first: 100)"
            response = await ask(world, f"{search} {{ edges {{ node {{ vin stolen }} }} }}")
            found |= {
                each["node"]["vin"]: (each["node"]["stolen"], mark) for each in response.data["searchVehicles"]["edges"]
            }

    assert {stolen for stolen, _ in found.values()} == {True, False}
    assert [vin for vin, (stolen, mark) in found.items() if str(stolen).lower() != mark] == []


@pytest.mark.parametrize(
    ("by", "number"),
    [
        ('serial: "WTU 0O1-7Q"', "A000000023"),
        ('serial: "wtu/oo1.7q"', "A000000023"),
        ('serial: "\\uff37TU0017Q"', "A000000023"),
        ('serial: "PF204X91"', "A000000024"),
        ('ownerApplied: "ca z 447 oo61"', "A000000023"),
        ('ownerApplied: "CAZ4470O61"', "A000000023"),
        ('number: "v-000000011"', "V000000011"),
        ('vin: "4t1bf1fk1lz000011"', "V000000011"),
        ('plate: {number: "1ntk-011"}', "V000000011"),
        ('plate: {number: "1NTK011", state: "ca"}', "V000000011"),
    ],
)
async def test_a_report_is_found_however_its_number_is_typed(world: World, by: str, number: str) -> None:
    response = await ask(world, f"property(by: {{{by}}}) {{ number }}")

    assert (response.errors, response.data) == ([], {"property": [{"number": number}]})


@pytest.mark.parametrize("typed", ["ABC12345D404", "us-abc12345d404", "US ABC 12345 D404", "ABC12345D4O4"])
@pytest.mark.parametrize("stored", ["ABC12345D404", "US-ABC12345D404", "abc 12345 d404"])
async def test_a_hull_number_is_found_with_and_without_its_country(world: World, stored: str, typed: str) -> None:
    change(
        world.folder,
        "property",
        "UPDATE property_report SET hull_number = :stored WHERE number = 'A000000024'",
        stored=stored,
    )
    response = await ask(world, f'property(by: {{hin: "{typed}"}}) {{ number }}')

    assert response.data == {"property": [{"number": "A000000024"}]}


async def test_things_of_two_makers_with_one_serial_are_both_there(world: World) -> None:
    change(world.folder, "property", "UPDATE property_report SET serial = 'pf2o-4x91' WHERE number = 'A000000023'")
    response = await ask(world, 'property(by: {serial: "PF2O4X91"}) { item { ... on Article { brand } } }')

    assert response.data == {"property": [{"item": {"brand": "LENOVO"}}, {"item": {"brand": "TREK"}}]}


async def test_reports_over_the_row_limit_are_refused_and_never_cut(world: World) -> None:
    change(world.folder, "property", "UPDATE property_report SET serial = 'SAME'")
    world.reconfigure(row_limit=3)
    response = await ask(world, 'property(by: {serial: "same"}) { number }')

    assert (response.data, response.codes) == ({"property": None}, ["TOO_COMPLEX"])


@pytest.mark.parametrize(
    ("by", "refused"),
    [
        ('serial: "*****"', "serial must be a serial number of 1 to 20 letters A to Z and digits."),
        ('ownerApplied: ""', "ownerApplied must be a serial number of 1 to 20 letters A to Z and digits."),
        ('hin: "ABC"', "hin must be the hull number: 12 letters A to Z and digits, or of an old boat 6 to 17."),
        ('vin: "4T1BF"', "vin must be 17 letters A to Z and digits, or from before 1981 11 to 16."),
        ('number: "W000000001"', "number must be V, P, B, A or S and nine digits, as in V000000011."),
        ('plate: {number: "1NTK011", state: "XX"}', "state must be the two letters of a state, such as CA."),
    ],
)
async def test_what_is_no_such_number_is_refused_before_anything_is_read(world: World, by: str, refused: str) -> None:
    response = await ask(world, f"property(by: {{{by}}}) {{ number }}")

    assert (response.codes, response.errors[0]["message"], world.batches) == (["BAD_INPUT"], refused, [])


async def test_a_plate_without_a_state_has_a_candidate_of_each_state(world: World) -> None:
    response = await ask(world, 'vehiclesByPlate(number: "1-ntk-011") { plateState model stolen }')

    assert response.data == {
        "vehiclesByPlate": [
            {"plateState": "CA", "model": "Camry", "stolen": True},
            {"plateState": "NV", "model": "Corolla", "stolen": False},
        ]
    }


async def test_reports_on_a_plate_without_a_state_are_those_of_every_state(world: World) -> None:
    change(world.folder, "property", TO_NEVADA)
    asked = "{ number item { __typename ... on StolenPlate { plateState } ... on StolenVehicle { plateState } } }"
    response = await world.execute(
        f'query {INVESTIGATION} {{ property(by: {{plate: {{number: "1NTK011"}}}}) {asked} }}'
    )

    assert response.data == {
        "property": [
            {"number": "V000000011", "item": {"__typename": "StolenVehicle", "plateState": "CA"}},
            {"number": "V000000024", "item": {"__typename": "StolenPlate", "plateState": "NV"}},
        ]
    }
