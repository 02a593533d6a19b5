"""Errors of nulls: one for each, at its path, and none elsewhere; withheld places beside them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import INVESTIGATION, TRAFFIC_STOP, World, person_ids

ASIDE = {"withheld": "aside"}
STOP = """query($plate: String!) @inquiry(purpose: C, reason: TRAFFIC_STOP) {
  vehicle(by: {plate: {number: $plate}}) { plate owner { id criminalHistory { cycles { charges { offense } } } } } }"""
CHARGES = ["vehicle", "owner", "criminalHistory", "cycles", "@", "charges"]
PERSONS = "query($ids: [ID!]!)"
FOUND = f"""query {INVESTIGATION} {{ searchPersons(by: {{name: {{surname: "Smith"}}}}, first: 5) {{
  edges {{ node {{ id ssn }} }} }} }}"""


async def test_a_plate_that_is_not_on_file_has_no_error(world: World) -> None:
    absent = await world.execute(STOP, variables={"plate": "9ZZZ999"})
    found = await world.execute(STOP, variables={"plate": "1N00001"})

    assert (absent.data, absent.errors) == ({"vehicle": None}, [])
    assert [place["path"] for place in absent.withheld] == [CHARGES]
    assert absent.withheld == found.withheld
    assert found.data["vehicle"]["plate"] == "1N00001"


async def test_each_null_of_a_withheld_field_has_an_error_of_its_own(world: World) -> None:
    response = await world.execute(FOUND, role="investigator")

    assert [edge["node"]["ssn"] for edge in response.data["searchPersons"]["edges"]] == [None] * 5
    assert [error["path"] for error in response.errors] == [
        ["searchPersons", "edges", index, "node", "ssn"] for index in range(5)
    ]
    assert [place["path"] for place in response.withheld] == [["searchPersons", "edges", "@", "node", "ssn"]]


async def test_denials_that_are_wanted_aside_are_in_withheld_alone(world: World) -> None:
    beside = await world.execute(FOUND, role="investigator")
    aside = await world.execute(FOUND, role="investigator", extensions=ASIDE)

    assert "errors" not in aside.body
    assert aside.data == beside.data
    assert aside.withheld == beside.withheld != []


async def test_failures_stay_in_errors_when_denials_are_aside(world: World) -> None:
    (world.folder / "warrants.db").unlink()
    document = f'query {INVESTIGATION} {{ persons(ids: ["P0000001", "P9999999"]) {{ ssn warrants {{ number }} }} }}'
    response = await world.execute(document, role="investigator", extensions=ASIDE)

    assert response.data == {"persons": [{"ssn": None, "warrants": None}, None]}
    assert response.codes_by_path == {"persons.0.warrants": "SOURCE_UNAVAILABLE"}


async def test_a_person_without_a_number_has_no_error_while_the_source_is_down(world: World) -> None:
    (world.folder / "criminal_history.db").unlink()
    document = f"{PERSONS} {TRAFFIC_STOP} {{ persons(ids: $ids) {{ ciiNumber criminalHistory {{ ciiNumber }} }} }}"
    response = await world.execute(document, role="records", variables={"ids": person_ids(world.folder)[:100]})

    persons = response.data["persons"]
    with_number = [index for index, person in enumerate(persons) if person and person["ciiNumber"]]
    assert {person["criminalHistory"] for person in persons if person} == {None}
    assert 0 < len(with_number) < len([person for person in persons if person])
    paths = [error["path"] for error in response.errors]
    assert paths == [["persons", index, "criminalHistory"] for index in with_number]


async def test_errors_that_exceed_the_size_of_a_reply_leave_no_data(world: World) -> None:
    world.reconfigure(reply_limit=4_000)
    document = f"{PERSONS} {INVESTIGATION} {{ persons(ids: $ids) {{ a: ssn b: ssn }} }}"
    variables = {"ids": [f"P{number:07}" for number in range(1, 11)]}
    beside = await world.execute(document, role="investigator", variables=variables)
    aside = await world.execute(document, role="investigator", variables=variables, extensions=ASIDE)

    assert (beside.data, beside.codes) == (None, ["TOO_COMPLEX"])
    assert 'extensions {"withheld": "aside"}' in beside.errors[0]["message"]
    assert world.journal_entries()[1].outcome == "PARTIAL"
    assert (len(aside.data["persons"]), aside.errors) == (10, [])


@pytest.mark.parametrize("wish", ["inline", True, 0, [], {}, ["aside"]])
async def test_another_wish_about_withheld_places_is_refused(world: World, wish: Any) -> None:
    response = await world.execute(FOUND, extensions={"withheld": wish})

    assert (response.data, response.codes) == (None, ["BAD_INPUT"])
    assert world.statements == []
