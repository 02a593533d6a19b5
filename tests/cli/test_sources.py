"""`needtoknow sources`: each source, whether it answers, and what is wrong with its rows."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from resolvers.catalogue import NAMES
from tests.command_line import Run


def change(data: Path, source: str, *statements: str) -> None:
    with closing(sqlite3.connect(data / f"{source}.db")) as connection, connection:
        for each in statements:
            connection.execute(each)


def reports(run: Run, data: Path, *options: str) -> dict[str, dict[str, Any]]:
    result = run("sources", "--data", data, "--json", *options)
    assert (result.status, result.err) == (0, "")
    return {each["name"]: each for each in json.loads(result.out)["sources"]}


def test_every_row_of_a_seeded_world_can_be_shown(run: Run, data: Path) -> None:
    found = reports(run, data)

    assert list(found) == list(NAMES)
    assert {each["status"] for each in found.values()} == {"OK"}
    assert {name: each["columns"] for name, each in found.items()} == {name: {} for name in NAMES}
    assert {name: each["notFolded"] for name, each in found.items()} == {name: {} for name in NAMES}
    assert all(each["checked"] == each["rows"] > 0 for each in found.values())


def test_rows_with_faults_are_counted_by_column(run: Run, data: Path) -> None:
    change(
        data,
        "persons",
        "UPDATE person SET race = 'H', surname = CAST(x'E9' AS TEXT) WHERE id = 'P0000001'",
        "UPDATE person SET race = 'SECRETVALUE' WHERE id = 'P0000002'",
        """UPDATE person SET cautions = '["00", "99"]' WHERE id = 'P0000003'""",
    )
    change(data, "vehicles", "UPDATE vehicle SET registration_expires_on = 'NONEXP' WHERE plate = '1NTK009'")
    found = reports(run, data)

    assert found["persons"]["columns"] == {"person.surname": 1, "person.race": 2, "person.cautions": 1}
    assert (found["persons"]["status"], found["persons"]["rowsWithFaults"]) == ("OK", 3)
    assert found["vehicles"]["columns"] == {"vehicle.registration_expires_on": 1}
    printed = run("sources", "--data", data)
    assert "3 rows: person.surname 1, person.race 2, person.cautions 1" in printed.out
    assert "SECRETVALUE" not in printed.out


def test_a_number_that_nobody_would_find_is_a_fault(run: Run, data: Path) -> None:
    change(data, "warrants", "UPDATE warrant SET number = 'w-000000001' WHERE number = 'W000000001'")

    change(data, "persons", "UPDATE person SET fbi_number = '000001 DM0' WHERE id = 'P0000001'")
    found = reports(run, data)

    assert found["warrants"]["columns"] == {"warrant.number": 1}
    assert found["persons"]["columns"] == {"person.fbi_number": 1}


def test_a_subject_that_is_not_folded_is_counted_and_is_no_fault(run: Run, data: Path) -> None:
    change(
        data,
        "vehicles",
        "UPDATE vehicle SET subject_surname = 'Réyes', subject_user = ' demo-investigator' WHERE plate = '1NTK008'",
        "UPDATE vehicle SET subject_surname = CAST(x'52E9796573' AS TEXT) WHERE plate = '1NTK009'",
        "UPDATE vehicle SET subject_user = 'Demo-Patrol', subject_ori = 'ca9190000 ' WHERE plate = '1NTK009'",
    )
    change(data, "warrants", "UPDATE warrant SET subject_surname = 'SECRETVALUE ' WHERE number = 'W000000001'")
    found = reports(run, data)

    assert found["vehicles"]["notFolded"] == {
        "vehicle.subject_surname": 2,
        "vehicle.subject_user": 1,
        "vehicle.subject_ori": 1,
    }
    assert (found["vehicles"]["columns"], found["vehicles"]["rowsWithFaults"]) == ({}, 0)
    assert found["warrants"]["notFolded"] == {"warrant.subject_surname": 1}
    printed = run("sources", "--data", data).out
    assert "not folded: vehicle.subject_surname 2, vehicle.subject_user 1, vehicle.subject_ori 1" in printed
    assert "SECRETVALUE" not in printed


UNCOMPARABLE = {
    "surname of another script": "subject_surname = 'Рейес'",
    "surname of digits": "subject_surname = '0042'",
    "surname with a NUL": "subject_surname = CAST(x'524559455300' AS TEXT)",
    "user that is no ASCII": "subject_user = 'JOÃO'",
    "user with a line break": "subject_user = 'demo' || char(10) || 'patrol'",
    "agency of seven": "subject_ori = 'CA91900'",
}


@pytest.mark.parametrize("assignment", UNCOMPARABLE.values(), ids=UNCOMPARABLE)
def test_a_subject_that_no_rule_can_compare_is_a_fault(run: Run, data: Path, assignment: str) -> None:
    change(data, "persons", f"UPDATE person SET {assignment} WHERE id = 'P0000001'")
    found = reports(run, data)["persons"]

    assert found["columns"] == {f"person.{assignment.split(maxsplit=1)[0]}": 1}
    assert (found["rowsWithFaults"], found["notFolded"]) == (1, {})


CAUSES = {
    "column": ("ALTER TABLE warrant DROP COLUMN bail_cents", "table warrant: no such column: warrant.bail_cents"),
    "index": ("DROP INDEX warrant_subject", "table warrant: no index for subject_fbi"),
    "table": ("DROP TABLE warrant", "table warrant: no such table: warrant"),
}


@pytest.mark.parametrize(("statement", "cause"), CAUSES.values(), ids=CAUSES)
def test_a_source_with_a_part_gone_is_down_with_its_cause(run: Run, data: Path, statement: str, cause: str) -> None:
    change(data, "warrants", statement)
    found = reports(run, data)

    assert (found["warrants"]["status"], found["warrants"]["cause"]) == ("DOWN", cause)
    assert found["persons"]["status"] == "OK"


def test_a_table_of_two_rows_has_its_index_whatever_its_statistics(run: Run, data: Path) -> None:
    rest = "DELETE FROM protective_order WHERE number NOT IN (SELECT number FROM protective_order LIMIT 2)"
    change(data, "protective_orders", rest, "ANALYZE")

    assert reports(run, data)["protective_orders"]["cause"] is None


def test_a_file_that_is_missing_or_no_database_is_down(run: Run, data: Path) -> None:
    (data / "warrants.db").unlink()
    (data / "persons.db").write_bytes(b"no database" * 1_000)
    found = reports(run, data)

    assert found["warrants"]["cause"] == "there is no such file"
    assert found["persons"]["cause"] == "SQLite cannot read it: SQLITE_NOTADB"


def test_rows_that_there_was_no_time_for_are_said(run: Run, data: Path) -> None:
    found = reports(run, data, "--seconds", "0")

    assert {each["checked"] for each in found.values()} == {0}
    assert "Not every row was checked within 0 s." in run("sources", "--data", data, "--seconds", "0").out
