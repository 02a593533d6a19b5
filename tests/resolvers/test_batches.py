"""The exact batches of an operation, through the whole application."""

from __future__ import annotations

from typing import Any

import pytest

from seed.demo import PEOPLE
from tests.harness import WITH_CASE, World, person_ids

EVERYTHING = """
    name { full } aliases { full } ssn residence { street }
    vehicles { vin residence { street } }
    warrants { number }
    protectiveOrders { number protectedParties { name { full } phone } }
    criminalHistory { cycles { arrestedOn charges { offense } custody { status } supervision { kind } } }
"""


async def read(world: World, query: str, **variables: Any) -> Any:
    declared = "($ids: [ID!]!)" if variables else ""
    response = await world.execute(f"query {declared} {WITH_CASE} {query}", role="records", aal=2, variables=variables)
    assert response.errors == []
    return response.data


async def test_everything_about_a_person_is_one_statement_a_fetch_and_level(world: World) -> None:
    person = (await read(world, f'{{ person(id: "P0000016") {{ {EVERYTHING} }} }}'))["person"]

    assert len(person["criminalHistory"]["cycles"]) == 22
    assert world.batches == [
        ("persons", 1),
        *[("vehicles", 1), ("warrants", 1), ("criminal_history", 1), ("criminal_history", 1)],
        ("criminal_history", 22),
    ]


async def test_a_source_is_not_queried_without_a_number_for_it(world: World) -> None:
    person = (await read(world, f'{{ person(id: "P0000007") {{ {EVERYTHING} }} }}'))["person"]

    assert (person["vehicles"], person["warrants"], person["criminalHistory"]) == ([], [], None)
    assert world.batches == [("persons", 1)]


async def test_many_people_take_as_many_statements_as_one(world: World) -> None:
    count = len(PEOPLE) + 4
    ids = person_ids(world.folder)[count - 1 :: -1]
    people = (await read(world, f"{{ persons(ids: $ids) {{ id ciiNumber {EVERYTHING} }} }}", ids=ids))["persons"]
    cycles = [cycle for person in people for cycle in (person["criminalHistory"] or {"cycles": []})["cycles"]]
    orders = [order for person in people for order in person["protectiveOrders"]]
    numbers = [person["ciiNumber"] for person in people if person["ciiNumber"]]

    assert [person["id"] for person in people] == ids
    assert world.batches[0] == ("persons", count)
    assert sorted(source for source, _ in world.batches[1:6]) == [
        *("criminal_history", "criminal_history", "protective_orders", "vehicles", "warrants")
    ]
    assert world.batches.count(("criminal_history", len(numbers))) == 2
    assert sorted(world.batches[6:]) == [("criminal_history", len(cycles)), ("protective_orders", len(orders))]
    assert len(cycles) > 22


async def test_the_same_person_twice_is_one_key(world: World) -> None:
    people = (await read(world, "{ persons(ids: $ids) { id } }", ids=["P0000001", "p0000001 ", "P0000001"]))["persons"]

    assert people == [{"id": "P0000001"}] * 3
    assert world.batches == [("persons", 1)]


async def test_a_plate_leads_to_its_owner_and_the_owners_warrants(world: World) -> None:
    found = await read(world, '{ vehicle(by: {plate: {number: "1N00001"}}) { vin owner { id warrants { number } } } }')

    assert found["vehicle"]["owner"] == {"id": "P0000001", "warrants": [{"number": "W000000001"}]}
    assert world.batches == [("vehicles", 1), ("persons", 1), ("warrants", 1)]


async def test_a_warrant_leads_to_its_subject_and_everything_about_them(world: World) -> None:
    found = await read(world, f'{{ warrant(number: "W000000001") {{ number subject {{ id {EVERYTHING} }} }} }}')

    assert found["warrant"]["subject"]["id"] == "P0000001"
    assert world.batches == [
        ("warrants", 1),
        ("persons", 1),
        *[("vehicles", 1), ("warrants", 1), ("criminal_history", 1), ("criminal_history", 1)],
        ("criminal_history", 1),
    ]


@pytest.mark.parametrize(
    ("by", "statements"),
    [
        ('name: {surname: "Thornquist"}', 2),  # the names that may be meant, and the people
        ('driverLicense: {number: "Z0000001"}', 1),
        ('ciiNumber: "A00000001"', 1),
        ('fbiNumber: "000001DM0"', 1),
    ],
)
async def test_the_statements_of_a_search_do_not_grow_with_its_hits(world: World, by: str, statements: int) -> None:
    hits = "total edges { node { id warrants { number } } }"
    found = await read(world, f"{{ searchPersons(by: {{{by}}}) {{ {hits} }} }}")

    assert found["searchPersons"]["total"] == 1
    assert found["searchPersons"]["edges"][0]["node"]["id"] == "P0000001"
    assert world.batches == [*[("persons", 1)] * statements, ("warrants", 1)]


async def test_a_field_that_is_not_selected_is_in_no_statement(world: World) -> None:
    await read(world, '{ person(id: "P0000001") { birthDate } }')

    (statement,) = world.statements
    assert "birth_date" in statement
    for column in ("ssn", "street", "given", "cautions", "license_number"):
        assert column not in statement


async def test_reports_by_the_plates_of_many_vehicles_are_one_statement(world: World) -> None:
    people = '["P0000010", "P0000011", "P0000024", "P0000032"]'
    found = await read(world, f"{{ persons(ids: {people}) {{ vehicles {{ plate missingReports {{ number }} }} }} }}")

    reports = {car["plate"]: car["missingReports"] for person in found["persons"] for car in person["vehicles"]}
    assert {plate for plate, listed in reports.items() if listed} == {"1NTK032"}
    assert [source for source, _ in world.batches] == ["persons", "vehicles", "missing_persons"]
    assert world.batches[-1] == ("missing_persons", len(people.split()))


LAST_LEVEL = """warrants protective_orders missing_persons supervision alerts firearms biometrics
    criminal_history""".split()
FIELD_STOP = """{
  vehicle(by: {plate: {number: "1NTK008"}}) {
    make model stolen
    safety { complete lines { words } }
    accidents { number }
    owner {
      name { full } driverLicense { status }
      warrants { number } protectiveOrders { number } missingReports { number } supervisedReleases { number }
      violentPerson { number } firearms { serial } biometrics { id } criminalHistory { cycles { arrestedOn } }
    }
  }
}"""


async def test_a_field_stop_of_all_sources_is_one_statement_a_fetch_and_level(world: World) -> None:
    """Twelve sources in three levels: the vehicle; what is known of it, and its owner; what is known of the owner."""
    found = await read(world, FIELD_STOP)

    assert found["vehicle"]["safety"]["complete"]
    assert all(found["vehicle"]["owner"].values())
    levels = [world.batches[:1], world.batches[1:5], world.batches[5:]]
    assert [sorted(source for source, _ in level) for level in levels] == [
        ["vehicles"],
        ["accidents", "missing_persons", "persons", "property"],
        # The history and its cycles, and the firearms of a person beside the file of those who may have none.
        sorted([*LAST_LEVEL, "criminal_history", "firearms"]),
    ]
