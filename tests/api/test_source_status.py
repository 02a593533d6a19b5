"""Statuses of sources that were not asked, in extensions and as data, and what they do not tell."""

from __future__ import annotations

from typing import Any

import pytest

from resolvers.catalogue import NAMES
from tests.attacks.responses import normalized_body
from tests.harness import INVESTIGATION, TRAFFIC_STOP, WITH_CASE, Response, World

HISTORY = "criminalHistory { cycles { __typename } }"
NO_NUMBERS, NO_HISTORY, SEALED, JUVENILE = "P0000007", "P0000003", "P0000015", "P0000005"


async def ask(world: World, selection: str, role: str = "court", inquiry: str = INVESTIGATION, **more: Any) -> Response:
    return await world.execute(f"query {inquiry} {{ {selection} }}", role=role, **more)


async def status(world: World, source: str, selection: str, role: str = "court", **more: Any) -> str:
    return (await ask(world, selection, role, **more)).sources[source]


async def test_a_person_without_a_number_has_no_number_there(world: World) -> None:
    person = f'person(id: "{NO_NUMBERS}") {{ id {HISTORY} }}'
    response = await ask(world, person)

    assert response.data == {"person": {"id": NO_NUMBERS, "criminalHistory": None}}
    assert response.sources["criminal_history"] == "NO_NUMBER"
    assert response.sources["warrants"] == "NOT_ASKED"


async def test_a_number_without_a_record_is_empty(world: World) -> None:
    assert await status(world, "criminal_history", f'person(id: "{NO_HISTORY}") {{ {HISTORY} }}') == "EMPTY"


async def test_one_person_with_a_number_is_enough_to_ask(world: World) -> None:
    both = f'persons(ids: ["{NO_NUMBERS}", "{NO_HISTORY}"]) {{ {HISTORY} }}'

    assert await status(world, "criminal_history", both) == "EMPTY"


async def test_nobody_here_is_not_no_number(world: World) -> None:
    """A vehicle that is not on file has a driver all the same, and of them nothing is known."""
    absent = f'vehicle(by: {{plate: {{number: "9ZZZ999"}}}}) {{ owner {{ {HISTORY} }} }}'
    sources = (await ask(world, absent)).sources

    assert (sources["vehicles"], sources["persons"], sources["criminal_history"]) == ("EMPTY", "NOT_ASKED", "NOT_ASKED")


@pytest.mark.parametrize("failing", ["vehicles", "persons"])
async def test_a_source_behind_one_that_failed_is_not_asked(world: World, failing: str) -> None:
    (world.folder / f"{failing}.db").unlink()
    selection = f'vehicle(by: {{plate: {{number: "1N00001"}}}}) {{ owner {{ {HISTORY} }} }}'
    sources = (await ask(world, selection)).sources

    assert (sources[failing], sources["criminal_history"]) == ("DOWN", "NOT_ASKED")


async def test_no_number_is_not_said_beside_a_failure_that_may_hide_one(world: World) -> None:
    (world.folder / "vehicles.db").unlink()
    person, other = f'person(id: "{NO_NUMBERS}") {{ {HISTORY} }}', 'vehicle(by: {plate: {number: "1N00001"}})'

    assert await status(world, "criminal_history", f"{person} {other} {{ plate }}") == "NO_NUMBER"
    assert await status(world, "criminal_history", f"{person} {other} {{ owner {{ {HISTORY} }} }}") == "NOT_ASKED"


async def test_no_number_is_not_said_beside_a_root_that_is_refused(world: World) -> None:
    person, refused = f'person(id: "{NO_NUMBERS}") {{ {HISTORY} }}', f'other: person(id: "P") {{ {HISTORY} }}'

    assert await status(world, "criminal_history", f"{person} {refused}") == "NOT_ASKED"


async def test_a_failed_source_says_no_number_of_a_person_without_one(world: World) -> None:
    (world.folder / "criminal_history.db").unlink()
    response = await ask(world, f'person(id: "{NO_NUMBERS}") {{ {HISTORY} }}')

    assert (response.errors, response.sources["criminal_history"]) == ([], "NO_NUMBER")


async def test_a_source_of_which_all_is_denied_is_withheld(world: World) -> None:
    selection = 'person(id: "P0000001") { id warrants { number } } searchVehicles(by: {plateStart: "1N0"}) { total }'
    sources = (await ask(world, selection, "outsider")).sources

    assert sources == dict.fromkeys(NAMES, "NOT_ASKED") | dict.fromkeys(("persons", "vehicles", "warrants"), "WITHHELD")


@pytest.mark.attack(14)
@pytest.mark.parametrize("role", ["patrol", "dispatcher", "jail", "records"])
async def test_no_status_tells_a_hidden_history_from_none_or_from_no_number(world: World, role: str) -> None:
    """NO_NUMBER where EMPTY may not be said would say that the others have a history."""
    selection = f"person(id: $id) {{ {HISTORY} }} inquiryStatus {{ sources {{ name status ms }} }}"
    document = f"query($id: ID!) {TRAFFIC_STOP} {{ {selection} }}"
    bodies = set()
    for id in (SEALED, JUVENILE, NO_HISTORY, NO_NUMBERS):
        response = await world.execute(document, role=role, variables={"id": id})
        if response.data["person"]["criminalHistory"] is None:
            bodies.add(normalized_body(response))
            assert response.body["extensions"]["inquiry"]["sources"][4] == {"name": "criminal_history", "status": "OK"}

    assert len(bodies) == 1


EVERYTHING = """id sources { name status ms } exclusions { recordClass rule { name citation } needs }
  withheld { path code recordClass rule { name citation } needs }"""


async def test_the_status_is_the_same_as_data(world: World) -> None:
    selection = f'first: inquiryStatus {{ ...All }} person(id: "P0000001") {{ ssn warrants {{ number }} {HISTORY} }}'
    document = f"query {INVESTIGATION} {{ {selection} last: inquiryStatus {{ id sources {{ status }} }} }}"
    response = await world.execute(f"{document} fragment All on InquiryStatus {{ {EVERYTHING} }}", role="investigator")
    inquiry = response.body["extensions"]["inquiry"]

    assert [{"ms": None, **each} for each in inquiry["sources"]] == response.data["first"]["sources"]
    assert {key: response.data["first"][key] for key in ("id", "withheld", "exclusions")} == {
        key: inquiry[key] for key in ("id", "withheld", "exclusions")
    }
    assert inquiry["withheld"] != []
    assert {each["status"] for each in response.data["last"]["sources"]} == {"OK", "NOT_ASKED"}


async def test_a_status_without_a_lookup_has_no_id(world: World) -> None:
    response = await world.execute(f"{{ inquiryStatus {{ {EVERYTHING} }} me {{ user }} }}")

    status = response.data["inquiryStatus"]
    assert (status["id"], status["withheld"], status["exclusions"]) == (None, [], [])
    assert {each["status"] for each in status["sources"]} == {"NOT_ASKED"}
    assert world.journal_entries() == []


async def test_a_status_names_a_failed_source(world: World) -> None:
    (world.folder / "warrants.db").unlink()
    selection = 'inquiryStatus { sources { name status } } person(id: "P0000001") { warrants { number } }'
    response = await ask(world, selection, inquiry=WITH_CASE)

    assert {"name": "warrants", "status": "DOWN"} in response.data["inquiryStatus"]["sources"]
