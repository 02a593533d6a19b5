"""Names and birth dates as people type them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attacks.data_files import change
from tests.harness import Response, World

INVESTIGATION = "@inquiry(purpose: C, reason: INVESTIGATION)"
DOCUMENT = f"""query Find($name: NameSearchInput!) {INVESTIGATION} {{
  searchPersons(by: {{ name: $name }}) {{ total edges {{ score why node {{ id }} }} }}
}}"""


async def find(world: World, **name: Any) -> Response:
    return await world.execute(DOCUMENT, variables={"name": name})


def first(response: Response) -> tuple[str, list[str]]:
    """The id and the reasons of the first hit."""
    edge = response.data["searchPersons"]["edges"][0]
    return edge["node"]["id"], edge["why"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ({"surname": "Thornquist"}, ["SURNAME_LETTERS"]),
        ({"surname": "THORN-QUIST Jr."}, ["SURNAME_LETTERS"]),
        ({"surname": "Thornquist", "given": "Victor Ames"}, ["SURNAME_LETTERS", "GIVEN_LETTERS", "GIVEN_PART"]),
        ({"surname": "Thornquist", "given": "Ames"}, ["SURNAME_LETTERS", "GIVEN_LETTERS", "MIDDLE_NAME"]),
        ({"surname": "Thornquist, Victor"}, ["SURNAME_LETTERS", "GIVEN_LETTERS"]),
        ({"surname": "Thornquist", "given": "Vic"}, ["SURNAME_LETTERS", "GIVEN_LETTERS", "ALIAS"]),
        ({"surname": "Thornqist", "given": "V"}, ["SURNAME_SOUND", "GIVEN_INITIAL"]),
        ({"surname": "Victor", "given": "Thornquist"}, ["SURNAME_LETTERS", "GIVEN_LETTERS", "NAMES_SWAPPED"]),
        ({"surname": "Törnquist"}, ["SURNAME_SOUND"]),
        ({"surname": "Smith Thornquist"}, ["SURNAME_LETTERS", "SURNAME_PART"]),
    ],
    ids=str,
)
async def test_a_person_is_found_by_a_name_written_in_another_way(
    world: World, name: dict[str, str], why: list[str]
) -> None:
    response = await find(world, **name)
    found = {edge["node"]["id"]: edge["why"] for edge in response.data["searchPersons"]["edges"]}

    assert response.errors == []
    assert found["P0000001"] == why


@pytest.mark.parametrize("surname", ["\u0421\u0430stellanaro", "Иванов", "王"])
async def test_a_name_in_other_letters_is_refused_with_what_to_do(world: World, surname: str) -> None:
    response = await find(world, surname=surname)

    assert response.codes == ["BAD_INPUT"]
    assert "must be in Latin letters" in response.errors[0]["message"]
    assert surname not in response.text


@pytest.mark.parametrize("surname", ["", "  ", "-", "'", "2210"])
async def test_a_name_without_a_letter_is_refused(world: World, surname: str) -> None:
    response = await find(world, surname=surname)

    assert response.codes == ["BAD_INPUT"]
    assert response.errors[0]["message"] == "A name to search for must hold a letter."


@pytest.mark.parametrize(
    ("born", "why"),
    [
        ({"birthDate": "1992-02-29"}, "BIRTH_DATE"),
        ({"birthDate": "1992-02"}, "BIRTH_DATE_PART"),
        ({"birthDate": "1992"}, "BIRTH_DATE_PART"),
        ({"birthDate": "1992-00-00"}, "BIRTH_DATE_PART"),
        ({"birthDate": "1992-02-00"}, "BIRTH_DATE_PART"),
        ({"birthDate": "1991-02-28", "expandBirthDate": True}, "BIRTH_DATE_WITHIN_A_YEAR"),
        ({"birthDate": "1991", "expandBirthDate": True}, "BIRTH_DATE_WITHIN_A_YEAR"),
        ({"given": "Michael", "birthDate": "1982-02-29", "expandBirthDate": True}, None),
        ({"given": "Michael", "birthDate": "1982-02-28", "expandBirthDate": True}, "BIRTH_DATE_SLIP"),
    ],
    ids=str,
)
async def test_a_birth_date_may_be_known_in_part(world: World, born: dict[str, Any], why: str | None) -> None:
    response = await find(world, surname="Castellanaro", **born)
    if why is None:  # there is no 29 February in 1982
        assert response.status == 400 or response.errors
        return

    assert response.errors == []
    assert response.data["searchPersons"]["total"] == 2
    assert first(response)[1][-1] == why


async def test_a_stored_birth_date_says_what_is_not_known(world: World) -> None:
    for table, condition in (("person", "id = 'P0000001'"), ("name_key", "person = 1")):
        change(world.folder, "persons", f"UPDATE {table} SET birth_date = '1995-00-00' WHERE {condition}")
    read = await world.execute(f'query {INVESTIGATION} {{ person(id: "P0000001") {{ birthDate }} }}')
    found = await find(world, surname="Thornquist", birthDate="1995-05-17")
    other = await find(world, surname="Thornquist", birthDate="1994-05-17")

    assert (read.data, read.errors) == ({"person": {"birthDate": "1995-00-00"}}, [])
    assert first(found) == ("P0000001", ["SURNAME_LETTERS", "BIRTH_DATE_PART"])
    assert other.data["searchPersons"]["total"] == 0


async def test_the_window_of_a_year_is_the_same_both_ways(world: World) -> None:
    found = await find(world, surname="Castellanaro", birthDate="1993-02-28", expandBirthDate=True)
    not_found = await find(world, surname="Castellanaro", birthDate="1993-03-01", expandBirthDate=True)

    assert found.data["searchPersons"]["total"] == 2
    assert not_found.data["searchPersons"]["total"] == 0


async def test_an_age_finds_people_within_its_margin(world: World) -> None:
    for age, margin, total in ((age, margin, total) for age, margin, total in ((34, 3, 2), (12, 2, 0), (60, 5, 0))):
        response = await find(world, surname="Castellanaro", age=age, ageMargin=margin)
        assert response.errors == []
        assert response.data["searchPersons"]["total"] == total
        assert total == 0 or first(response)[1] == ["SURNAME_LETTERS", "AGE"]


@pytest.mark.parametrize(
    "name", [{"age": -1}, {"age": 200}, {"age": 30, "ageMargin": -1}, {"age": 30, "birthDate": "1992"}], ids=str
)
async def test_an_impossible_age_is_refused(world: World, name: dict[str, Any]) -> None:
    assert (await find(world, surname="Castellanaro", **name)).codes == ["BAD_INPUT"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(surname=st.text(max_size=110), given_name=st.none() | st.text(max_size=110))
async def test_any_text_is_searched_or_refused(world: World, surname: str, given_name: str | None) -> None:
    response = await find(world, surname=surname, given=given_name)

    assert set(response.codes) <= {"BAD_INPUT", "BAD_REQUEST"}
    assert response.codes or response.data["searchPersons"]["total"] >= 0
