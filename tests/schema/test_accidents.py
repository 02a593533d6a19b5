"""Accident reports: their number, and values that no field can show."""

from __future__ import annotations

import pytest

from seed.demo import PEOPLE
from tests.attacks.data_files import change
from tests.harness import World

NUMBER = next(row["number"] for each in PEOPLE[16:] for table, row in each.rows if table == "accident")
REPORT = """query($number: ID!) @inquiry(purpose: C, reason: INVESTIGATION) { accident(number: $number) {
  number occurredAt severity manner vehicles { vin damage vehicle { vin } } parties { role injury fault person { id } }
} }"""


@pytest.mark.parametrize(
    "written", [f" {NUMBER[:2]}-{NUMBER[2:6]}-{NUMBER[6:]} ", f"\N{FULLWIDTH DIGIT ONE}{NUMBER[1:]}"]
)
async def test_a_number_is_found_as_people_write_it(world: World, written: str) -> None:
    response = await world.execute(REPORT, role="records", variables={"number": written})

    assert response.errors == []
    assert response.data["accident"]["number"] == NUMBER


@pytest.mark.parametrize("written", ["", NUMBER[:-1], f"{NUMBER}0", f"A{NUMBER[1:]}", "W000000001", "1" * 5_000])
async def test_another_number_is_refused_in_one_line(world: World, written: str) -> None:
    response = await world.execute(REPORT, role="records", variables={"number": written})

    assert response.codes == ["BAD_INPUT"]
    assert response.errors[0]["message"] == "number must be 12 digits, as in 192025000001."


async def test_codes_that_are_not_known_lose_no_row(world: World) -> None:
    change(
        world.folder,
        "accidents",
        "UPDATE accident SET severity = '7', manner = 'X', occurred_at = 'noon'",
        "UPDATE accident_vehicle SET damage = '1', vin = NULL WHERE subject_surname = 'OAKHOLLOW'",
        "UPDATE accident_party SET role = '4', injury = 'Z', fault = '?', license_number = NULL"
        " WHERE subject_surname = 'OAKHOLLOW'",
    )
    response = await world.execute(REPORT, role="records", variables={"number": NUMBER})
    report = response.data["accident"]
    null = ["occurredAt", "severity", "manner", "vehicles.0.damage", "parties.0.role", "parties.0.injury"]

    assert response.codes_by_path == {f"accident.{each}": "RECORD_FAULT" for each in (*null, "parties.0.fault")}
    assert report["vehicles"][0] == {"vin": None, "damage": None, "vehicle": None}
    assert report["parties"][0] == {"role": None, "injury": None, "fault": None, "person": None}
    assert (len(report["vehicles"]), len(report["parties"])) == (2, 2)
