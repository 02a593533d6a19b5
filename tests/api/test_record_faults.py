"""Rows as they are: a bad value is an error at its own field, and the rest of its row and of its batch is answered."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.harness import INVESTIGATION, Response, running_app

IDS = ["P0000001", "P0000002", "P0000003"]
PEOPLE = f"""query($ids: [ID!]!) {INVESTIGATION} {{
  persons(ids: $ids) {{ id birthDate sex race eyeColor heightInches name {{ surname full }} aliases {{ surname full }}
    scarsMarksTattoos cautions warrants {{ number status bailCents issuedOn cautions }} }}
}}"""
VEHICLE = f"""query {INVESTIGATION} {{
  vehicle(by: {{plate: {{number: "1NTK009"}}}}) {{
    plate make color year stolen registration {{ status expiresOn }} residence {{ city confidential }} owner {{ id }}
  }}
}}"""


def change(data: Path, source: str, statement: str, *parameters: object) -> None:
    """Change one row of a source that is not served yet."""
    with closing(sqlite3.connect(data / f"{source}.db")) as connection, connection:
        assert connection.execute(statement, parameters).rowcount == 1


async def people(data: Path, ids: list[str] = IDS) -> Response:
    async with running_app(data) as world:
        return await world.execute(PEOPLE, variables={"ids": ids}, role="investigator")


def without(data: Any, path: str) -> Any:
    """The data with null at one path, as in `persons.0.name.surname`."""
    *steps, last = (int(step) if step.isdecimal() else step for step in path.split("."))
    inner = data
    for step in steps:
        inner = inner[step]
    inner[last] = None
    return data


PERSON_FAULTS = {
    "not UTF-8": ("surname = CAST(x'50E9726578' AS TEXT)", ["name.surname", "name.full"]),
    "a lone surrogate": ("surname = CAST(x'50EDA080' AS TEXT)", ["name.surname", "name.full"]),
    "unknown eye colour": ("eye_color = 'ZZZ'", ["eyeColor"]),
    "unknown race": ("race = 'H'", ["race"]),
    "empty code": ("sex = ''", ["sex"]),
    "scars are no JSON": ("scars_marks_tattoos = 'TATTOO LEFT ARM'", ["scarsMarksTattoos"]),
    "cautions are no list": ("""cautions = '{"00": 1}'""", ["cautions"]),
    "no date": ("birth_date = 'NONEXP'", ["birthDate"]),
    "a day that is not in the calendar": ("birth_date = '1990-02-30'", ["birthDate"]),
    "a number that is too large": ("height_inches = 99999999999", ["heightInches"]),
    "a key that is not UTF-8": ("fbi_number = CAST(x'E9' AS TEXT)", ["warrants"]),
}


@pytest.mark.parametrize(("assignment", "nulls"), PERSON_FAULTS.values(), ids=PERSON_FAULTS)
async def test_a_bad_value_of_a_person_is_an_error_at_its_field(data: Path, assignment: str, nulls: list[str]) -> None:
    expected = (await people(data)).data
    change(data, "persons", f"UPDATE person SET {assignment} WHERE id = 'P0000001'")
    response = await people(data)

    for null in nulls:
        expected = without(expected, f"persons.0.{null}")
    assert response.data == expected
    assert response.codes_by_path == {f"persons.0.{null}": "RECORD_FAULT" for null in nulls}
    assert {error["extensions"]["source"] for error in response.errors} == {"persons"}
    assert set(response.sources.values()) <= {"OK", "EMPTY", "NOT_ASKED"}


VEHICLE_FAULTS = {
    "unknown make": ("make = 'FRHT'", "make"),
    "two colours": ("color = 'BLK/SIL'", "color"),
    "no expiry": ("registration_expires_on = 'NONEXP'", "registration.expiresOn"),
    "year": ("year = 99999999999", "year"),
    "key of its owner": ("owner_license = CAST(x'E9' AS TEXT)", "owner"),
}


@pytest.mark.parametrize(("assignment", "null"), VEHICLE_FAULTS.values(), ids=VEHICLE_FAULTS)
async def test_a_bad_value_of_a_vehicle_is_an_error_at_its_field(data: Path, assignment: str, null: str) -> None:
    async with running_app(data) as world:
        expected = (await world.execute(VEHICLE)).data
    with closing(sqlite3.connect(data / "vehicles.db")) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = 1")
        connection.execute(f"UPDATE vehicle SET {assignment} WHERE plate = '1NTK009'")
    async with running_app(data) as world:
        response = await world.execute(VEHICLE)

    assert response.data == {"vehicle": without(expected["vehicle"], null)}
    assert response.codes_by_path == {f"vehicle.{null}": "RECORD_FAULT"}


async def test_bail_beyond_32_bits_is_the_amount(data: Path) -> None:
    change(data, "warrants", "UPDATE warrant SET bail_cents = 5000000000 WHERE number = 'W000000001'")
    async with running_app(data) as world:
        response = await world.execute(f'query {INVESTIGATION} {{ warrant(number: "W000000001") {{ bailCents }} }}')

    assert response.body["data"] == {"warrant": {"bailCents": 5_000_000_000}}
    assert response.errors == []


async def test_bail_that_json_cannot_hold_exactly_is_an_error(data: Path) -> None:
    change(data, "warrants", "UPDATE warrant SET bail_cents = 9007199254740993 WHERE number = 'W000000001'")
    async with running_app(data) as world:
        response = await world.execute(f'query {INVESTIGATION} {{ warrant(number: "W000000001") {{ bailCents }} }}')

    assert response.data == {"warrant": {"bailCents": None}}
    assert response.codes_by_path == {"warrant.bailCents": "RECORD_FAULT"}


async def test_an_unknown_code_in_a_list_keeps_the_others(data: Path) -> None:
    change(data, "persons", """UPDATE person SET cautions = '["99", "00"]' WHERE id = 'P0000001'""")
    response = await people(data)

    assert response.data["persons"][0]["cautions"] == [None, "ARMED_AND_DANGEROUS"]
    assert response.codes_by_path == {"persons.0.cautions.0": "RECORD_FAULT"}


async def test_one_alias_that_is_not_utf_8_keeps_the_others(data: Path) -> None:
    with closing(sqlite3.connect(data / "persons.db")) as connection, connection:
        connection.execute("DELETE FROM alias WHERE person = 'P0000001'")
        connection.executemany(
            "INSERT INTO alias (person, given, surname) VALUES ('P0000001', ?, CAST(? AS TEXT))",
            [("JO", b"P\xe9rez"), ("AL", b"SMITH")],
        )
    response = await people(data)

    assert response.data["persons"][0]["aliases"] == [
        {"surname": None, "full": None},
        {"surname": "SMITH", "full": "AL SMITH"},
    ]
    assert set(response.codes_by_path) == {"persons.0.aliases.0.surname", "persons.0.aliases.0.full"}


async def test_aliases_of_another_form_are_errors_one_by_one(data: Path) -> None:
    change(data, "persons", """UPDATE person SET scars_marks_tattoos = '[["SC"], "TAT"]' WHERE id = 'P0000001'""")
    response = await people(data)

    assert response.data["persons"][0]["scarsMarksTattoos"] == [None, "TAT"]
    assert response.codes_by_path == {"persons.0.scarsMarksTattoos.0": "RECORD_FAULT"}


async def test_a_blob_is_read_as_text_and_harms_no_other_row(data: Path) -> None:
    with closing(sqlite3.connect(data / "persons.db")) as connection, connection:
        connection.execute("PRAGMA writable_schema = 1")
        connection.execute(
            "UPDATE sqlite_schema SET sql = replace(replace(sql, ',\n STRICT', ''), 'STRICT', '') WHERE name = 'person'"
        )
    change(data, "persons", "UPDATE person SET surname = x'5045524558' WHERE id = 'P0000001'")
    change(data, "persons", "UPDATE person SET surname = x'50E9726578', height_inches = 9e999 WHERE id = 'P0000002'")
    response = await people(data)

    assert [each["name"]["surname"] for each in response.data["persons"]][:2] == ["PEREX", None]
    assert response.data["persons"][2]["name"]["surname"]
    assert set(response.codes_by_path) == {
        *("persons.1.name.surname", "persons.1.name.full", "persons.1.heightInches"),
    }
    assert response.sources["persons"] == "OK"


async def test_a_search_shows_the_other_hits_of_its_page(data: Path) -> None:
    query = (
        f"query {INVESTIGATION} {{ searchVehicles(by: {{make: TOYT}}) {{ total edges {{ node {{ vin model }} }} }} }}"
    )
    async with running_app(data) as world:
        expected = (await world.execute(query)).data
    vin = expected["searchVehicles"]["edges"][1]["node"]["vin"]
    change(data, "vehicles", "UPDATE vehicle SET model = CAST(x'E9' AS TEXT) WHERE vin = ?", vin)
    async with running_app(data) as world:
        response = await world.execute(query)

    assert response.data == without(expected, "searchVehicles.edges.1.node.model")
    assert response.codes_by_path == {"searchVehicles.edges.1.node.model": "RECORD_FAULT"}


async def test_many_bad_rows_open_no_breaker_for_others(data: Path) -> None:
    change(data, "persons", "UPDATE person SET surname = CAST(x'50E9' AS TEXT) WHERE id = 'P0000001'")
    async with running_app(data) as world:
        for _ in range(20):
            response = await world.execute(PEOPLE, variables={"ids": IDS}, role="investigator")
            assert response.sources["persons"] == "OK"
        assert not world.pipeline.resilient_sources["persons"].breaker.openings


async def test_the_log_names_the_place_and_never_the_value(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    change(data, "persons", "UPDATE person SET eye_color = 'SECRETVALUE' WHERE id = 'P0000001'")
    with caplog.at_level(logging.WARNING):
        response = await people(data)

    trace = response.errors[0]["extensions"]["traceId"]
    (logged,) = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert logged == (
        "source persons has values that cannot be read or are not known: 1 in table person, column eye_color;"
        f" trace {trace}"
    )
    assert "SECRETVALUE" not in caplog.text + response.text


async def test_a_bad_value_that_is_withheld_shows_no_fault(data: Path) -> None:
    change(data, "persons", "UPDATE person SET ssn = CAST(x'E9' AS TEXT) WHERE id = 'P0000001'")
    query = 'query @inquiry(purpose: C, reason: INVESTIGATION) { person(id: "P0000001") { id ssn } }'
    async with running_app(data) as world:
        denied = await world.execute(query, role="outsider")
        shown = await world.execute(query, role="records")

    assert denied.codes_by_path == {"person": "NEED_TO_KNOW"}
    assert shown.codes_by_path == {"person.ssn": "RECORD_FAULT"}


async def test_the_journal_says_that_the_reply_is_partial(data: Path) -> None:
    change(data, "persons", "UPDATE person SET race = 'H' WHERE id = 'P0000001'")
    async with running_app(data) as world:
        await world.execute(PEOPLE, variables={"ids": IDS}, role="investigator")
        assert world.journal_entries()[-1].outcome == "PARTIAL"


async def test_a_bad_value_of_a_hidden_row_is_not_noticed(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    with closing(sqlite3.connect(data / "criminal_history.db")) as connection, connection:
        ((cii, cycle),) = connection.execute("SELECT cii_number, id FROM cycle WHERE is_sealed LIMIT 1")
    query = f"""query {INVESTIGATION} {{ criminalHistory(ciiNumber: "{cii}") {{
      cycles {{ arrestedOn agencyOri status charges {{ code offense }} supervision {{ kind terms }} }} }} }}"""
    async with running_app(data) as world:
        expected = await world.execute(query, role="dispatcher")
    with closing(sqlite3.connect(data / "criminal_history.db")) as connection, connection:
        connection.execute(
            """UPDATE cycle SET status = 'ZZZ', agency_ori = CAST(x'E9' AS TEXT), supervision_terms = '{',
            arrested_on = 'NONEXP' WHERE id = ?""",
            [cycle],
        )
        connection.execute("UPDATE charge SET offense = CAST(x'E9' AS TEXT) WHERE cycle = ?", [cycle])
    async with running_app(data) as world:
        caplog.clear()
        hidden = await world.execute(query, role="dispatcher")
        logged = [record for record in caplog.records if record.levelno >= logging.WARNING]
        shown = await world.execute(query, role="prosecutor")

    assert hidden.data == expected.data
    assert hidden.codes == expected.codes
    assert hidden.sources == expected.sources
    assert logged == []
    assert "RECORD_FAULT" in shown.codes


async def test_the_caller_s_own_record_with_bad_values_is_not_noticed(data: Path) -> None:
    with closing(sqlite3.connect(data / "persons.db")) as connection, connection:
        query = "SELECT id FROM person WHERE subject_user = 'demo-investigator'"
        ((number,),) = connection.execute(query)
        connection.execute("UPDATE person SET surname = CAST(x'E9' AS TEXT), race = 'H' WHERE id = ?", [number])
    response = await people(data, [number, "P0000001"])

    assert response.data["persons"][0] is None
    assert response.data["persons"][1]["id"] == "P0000001"
    assert response.errors == []


async def test_a_key_that_cannot_be_read_is_not_the_lack_of_a_number(data: Path) -> None:
    change(data, "persons", "UPDATE person SET fbi_number = CAST(x'E9' AS TEXT) WHERE id = 'P0000001'")
    response = await people(data, ["P0000001"])

    assert response.data["persons"][0]["warrants"] is None
    assert response.sources["warrants"] not in {"EMPTY", "NO_NUMBER"}
