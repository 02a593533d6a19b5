"""Plates as people type them: found, or refused with what is wrong, and never answered with "none"."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.errors import InvalidSearch
from resolvers.numbers.plate import STORED_MARKS, SYMBOLS, plate_number
from tests.harness import INVESTIGATION, World, running_app

PLATE = f"""query($number: String!, $state: String! = "CA") {INVESTIGATION} {{
  vehicle(by: {{plate: {{number: $number, state: $state}}}}) {{ plate }} }}"""
FIND = f"query($by: VehicleSearch!) {INVESTIGATION} {{ searchVehicles(by: $by) {{ edges {{ node {{ plate }} }} }} }}"

TYPED = [
    *("1NTK009", "1NTK-009", "1-NTK-009", "1NTK·009", "1NTK\u00a0009", "1NTK\t009", "1NTK009\n", "1ntk009"),
    *(
        "\uff11\uff2e\uff34\uff2b\uff10\uff10\uff19",
        "1NTK\u2665009",
        "1NTK\u2764\ufe0f009",
        "1NTK\u270b009",
        "1NTK+009",
    ),
]
NO_PLATES = ["", "~", "*1NTK009", "1NTK009 CA", "AB123 CA", "AB123-ca", "1NTK00\u041e", "%", "1NTK00?", "1NTK009" * 10]
NO_STATES = ["California", "US-CA", "C A", "", "CAL", "ZZ", "C\u0410"]

separators = st.text(st.sampled_from("  -\u2010\u2013\u2014\u2212.·\u00a0\u2009\u3000\t\n\r\u200b"), max_size=2)
plates = st.text(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), min_size=1, max_size=7).map(
    lambda each: f"{each}7"
)


@pytest.mark.parametrize("typed", TYPED, ids=ascii)
async def test_a_plate_is_found_in_any_spelling(world: World, typed: str) -> None:
    by_plate = await world.execute(PLATE, variables={"number": typed})
    by_start = await world.execute(FIND, variables={"by": {"plateStart": typed, "plateState": "Ca "}})

    assert by_plate.data == {"vehicle": {"plate": "1NTK009"}}
    assert by_start.data == {"searchVehicles": {"edges": [{"node": {"plate": "1NTK009"}}]}}


@pytest.mark.parametrize("typed", NO_PLATES, ids=ascii)
async def test_what_is_no_plate_is_refused_before_anything_is_read(world: World, typed: str) -> None:
    response = await world.execute(PLATE, variables={"number": typed})

    assert response.codes == ["BAD_INPUT"]
    assert response.errors[0]["message"].startswith("number must be ")
    assert world.batches == []


@pytest.mark.parametrize("typed", NO_STATES, ids=ascii)
async def test_what_is_no_state_is_refused_before_anything_is_read(world: World, typed: str) -> None:
    by_plate = await world.execute(PLATE, variables={"number": "1NTK009", "state": typed})
    by_start = await world.execute(FIND, variables={"by": {"plateStart": "1NTK009", "plateState": typed}})

    assert (by_plate.codes, by_start.codes) == (["BAD_INPUT"], ["BAD_INPUT"])
    assert by_plate.errors[0]["message"] == "state must be the two letters of a state, such as CA."
    assert by_start.errors[0]["message"] == "plateState must be the two letters of a state, such as CA."
    assert world.batches == []


async def test_a_model_is_trimmed(world: World) -> None:
    spaced = await world.execute(FIND, variables={"by": {"make": "HOND", "model": "civic "}})
    exact = await world.execute(FIND, variables={"by": {"make": "HOND", "model": "Civic"}})
    blank = await world.execute(FIND, variables={"by": {"make": "HOND", "model": " "}})

    assert len(exact.data["searchVehicles"]["edges"]) > 0
    assert spaced.data == exact.data
    assert blank.codes == ["BAD_INPUT"]


@pytest.mark.parametrize(
    "stored", ["AB 123", "ab-123", "AB\u2665123", "AB\u2764\ufe0f123", "AB+123", "AB\u00a0123", "AB123"], ids=ascii
)
async def test_a_plate_is_found_however_it_is_stored(data: Path, stored: str) -> None:
    with closing(sqlite3.connect(data / "vehicles.db")) as file, file:
        file.execute("UPDATE vehicle SET plate = ? WHERE plate = '1NTK009'", [stored])
    async with running_app(data) as world:
        for typed in ("AB123", "AB 123", "AB\u2665123"):
            by_plate = await world.execute(PLATE, variables={"number": typed})
            by_start = await world.execute(FIND, variables={"by": {"plateStart": typed, "plateState": "CA"}})

            assert by_plate.data == {"vehicle": {"plate": stored}}
            assert by_start.data == {"searchVehicles": {"edges": [{"node": {"plate": stored}}]}}


LOOKALIKES = f"""query($by: VehicleSearch!, $first: Int = 20, $after: String) {INVESTIGATION} {{
  searchVehicles(by: $by, first: $first, after: $after) {{
    total edges {{ why node {{ plate }} }} pageInfo {{ hasNextPage endCursor }}
  }} }}"""


def with_plates(data: Path, *plates: str) -> None:
    """Give these plates to vehicles of California, in place of their own."""
    with closing(sqlite3.connect(data / "vehicles.db")) as file, file:
        query = "SELECT rowid FROM vehicle WHERE plate_state = 'CA' AND subject_user IS NULL LIMIT ?"
        rows = [rowid for (rowid,) in file.execute(query, [len(plates)])]
        file.executemany("UPDATE vehicle SET plate = ? WHERE rowid = ?", zip(plates, rows, strict=True))


@pytest.mark.parametrize(
    ("typed", "others"),
    [
        ("8IZ0XY7", ["8120XY7", "8IZOXY7", "BI20XY7"]),
        ("8120xy7", ["8IZ0XY7", "8I20XY7"]),
        ("8-iz0 xy7", ["8120XY7"]),
    ],
)
async def test_a_plate_that_could_be_taken_for_it_is_a_candidate(data: Path, typed: str, others: list[str]) -> None:
    exact = plate_number(typed)
    with_plates(data, *others, exact)
    async with running_app(data) as world:
        searched = await world.execute(LOOKALIKES, variables={"by": {"plateStart": typed}})
        by_plate = await world.execute(PLATE, variables={"number": typed})

    assert [(each["node"]["plate"], each["why"]) for each in searched.data["searchVehicles"]["edges"]] == [
        (exact, ["PLATE"]),
        *((each, ["PLATE_LOOKALIKE"]) for each in sorted(others)),
    ]
    assert searched.data["searchVehicles"]["total"] == 1 + len(others)
    assert by_plate.data == {"vehicle": {"plate": exact}}


async def test_a_lookalike_is_never_the_plate_itself(data: Path) -> None:
    with_plates(data, "8120XY7")
    async with running_app(data) as world:
        by_plate = await world.execute(PLATE, variables={"number": "8IZOXY7"})
        searched = await world.execute(LOOKALIKES, variables={"by": {"plateStart": "8IZOXY7"}})
        short = await world.execute(LOOKALIKES, variables={"by": {"plateStart": "8IZO"}})

    assert by_plate.data == {"vehicle": None}
    assert [each["why"] for each in searched.data["searchVehicles"]["edges"]] == [["PLATE_LOOKALIKE"]]
    assert short.data["searchVehicles"]["total"] == 0


async def test_lookalikes_come_page_by_page_after_the_plate(data: Path) -> None:
    plates = ["8120XY7", "8I20XY7", "8IZ0XY7", "BIZOXY7"]
    with_plates(data, *plates)
    found, after = [], None
    async with running_app(data) as world:
        for _ in plates:
            variables = {"by": {"plateStart": "8IZ0XY7"}, "first": 1, "after": after}
            page = (await world.execute(LOOKALIKES, variables=variables)).data["searchVehicles"]
            found += [each["node"]["plate"] for each in page["edges"]]
            after = page["pageInfo"]["endCursor"]

    assert found == ["8IZ0XY7", "8120XY7", "8I20XY7", "BIZOXY7"]
    assert not page["pageInfo"]["hasNextPage"]


def test_two_plates_of_a_state_may_not_differ_by_a_symbol_alone(data: Path) -> None:
    with closing(sqlite3.connect(data / "vehicles.db")) as file, pytest.raises(sqlite3.IntegrityError):
        file.execute("UPDATE vehicle SET plate = '1NTK\u2665009' WHERE plate = '1NTK011' AND plate_state = 'CA'")


@given(plate=plates, data=st.data())
def test_separators_and_one_symbol_anywhere_change_no_plate(plate: str, data: st.DataObject) -> None:
    symbol = data.draw(st.sampled_from(["", *sorted(SYMBOLS)]))
    parts = [data.draw(separators) + letter for letter in data.draw(st.sampled_from([plate, plate.lower()]))]

    assert plate_number("".join(parts) + symbol + data.draw(separators)) == plate


@given(st.text(max_size=80))
def test_any_text_is_a_plate_of_letters_and_digits_or_is_refused(text: str) -> None:
    try:
        number = plate_number(text)
    except InvalidSearch:
        return
    assert 1 <= len(number) <= 8
    assert number.isascii()
    assert number.isalnum()
    assert number == number.upper() == plate_number(number)


def test_a_mark_within_a_stored_plate_is_no_part_of_its_number() -> None:
    assert [mark for mark in STORED_MARKS if plate_number(f"AB{mark}123") != "AB123"] == []
