"""Records of different sources are consistent, and meet the rules of their source."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from names.folding import plain_letters, upper
from names.keys import keys_of
from names.parts import parse_given, parse_surname
from resolvers.codes.history import PretrialRelease, ReliefKind
from resolvers.name_index import METADATA
from seed import name_index
from seed.calendar import is_minor
from seed.files import SourceFiles
from seed.names import Name
from seed.world import World
from tests.seed.conftest import Column, Rows

SUBJECT_COLUMNS = "subject_surname, subject_user, subject_ori"
# How sources refer to people, a second opinion by hand: source, statement for (number, subject columns), column of
# `person` with that number
REFERENCES = [
    ("vehicles", f"SELECT owner_license_state || ' ' || owner_license, {SUBJECT_COLUMNS} FROM vehicle",
     "license_state || ' ' || license_number"),
    ("warrants", f"SELECT subject_fbi, {SUBJECT_COLUMNS} FROM warrant", "fbi_number"),
    ("protective_orders", f"SELECT restrained_carpos, {SUBJECT_COLUMNS} FROM protective_order", "carpos_number"),
    ("criminal_history", f"SELECT cii_number, {SUBJECT_COLUMNS} FROM subject", "cii_number"),
    ("criminal_history", f"SELECT fbi_number, {SUBJECT_COLUMNS} FROM subject", "fbi_number"),
]  # fmt: skip
BAIL = {"CUSTODY", "BAIL_POSTED"}
DATES = [
    ("persons", "SELECT birth_date FROM person UNION SELECT license_expires_on FROM person"),
    ("vehicles", "SELECT registration_expires_on FROM vehicle"),
    ("warrants", "SELECT issued_on FROM warrant"),
    ("protective_orders", "SELECT issued_on FROM protective_order UNION SELECT expires_on FROM protective_order"),
    ("criminal_history", "SELECT arrested_on FROM cycle UNION SELECT decided_on FROM charge"),
    *(
        ("criminal_history", f"SELECT {column} FROM {table}")
        for table, columns in {
            "cycle": "custody_projected_release_on pretrial_arraigned_on pretrial_next_appearance_on"
            " diversion_started_on diversion_due_on diversion_ended_on",
            "relief": "granted_on",
            "program": "started_on ended_on",
        }.items()
        for column in columns.split()
    ),
]


@pytest.mark.parametrize(("source", "statement", "number"), REFERENCES)
def test_every_record_has_the_subject_columns_of_its_person(
    rows: Rows, source: str, statement: str, number: str
) -> None:
    people = {
        key: tuple(subject)
        for key, *subject in rows(
            "persons", f"SELECT {number}, {SUBJECT_COLUMNS} FROM person WHERE {number} IS NOT NULL"
        )
    }
    records = rows(source, statement)

    assert records
    assert [key for key, *subject in records if people.get(key) != tuple(subject)] == []


def test_subject_surnames_are_normalized_primary_surnames(rows: Rows) -> None:
    found = rows("persons", "SELECT surname, subject_surname FROM person")

    assert [surname for surname, subject in found if plain_letters(surname) != subject or not subject] == []


@pytest.mark.parametrize(
    ("source", "orphans"),
    [
        ("persons", "SELECT person FROM alias WHERE person NOT IN (SELECT id FROM person)"),
        (
            "protective_orders",
            "SELECT id FROM protected_party WHERE order_number NOT IN (SELECT number FROM protective_order)",
        ),
        *(
            (
                "protective_orders",
                f"SELECT id FROM {part} WHERE order_number NOT IN (SELECT number FROM protective_order)",
            )
            for part in ("order_service", "order_violation")
        ),
        ("criminal_history", "SELECT id FROM cycle WHERE cii_number NOT IN (SELECT cii_number FROM subject)"),
        ("criminal_history", "SELECT cii_number FROM subject WHERE cii_number NOT IN (SELECT cii_number FROM cycle)"),
        ("criminal_history", "SELECT id FROM charge WHERE cycle NOT IN (SELECT id FROM cycle)"),
        ("criminal_history", "SELECT id FROM cycle WHERE id NOT IN (SELECT cycle FROM charge)"),
        *(
            (
                "criminal_history",
                f"SELECT id FROM {part} WHERE (cycle, cii_number) NOT IN (SELECT id, cii_number FROM cycle)",
            )
            for part in ("relief", "program")
        ),
    ],
)  # fmt: skip
def test_no_row_is_an_orphan(column: Column, source: str, orphans: str) -> None:
    assert column(source, orphans) == []


def test_vehicles_are_as_confidential_as_their_owners(rows: Rows) -> None:
    owners = dict(rows("persons", "SELECT license_state || license_number, is_confidential FROM person"))
    found = rows("vehicles", "SELECT owner_license_state || owner_license, is_confidential FROM vehicle")

    assert any(confidential for _, confidential in found)
    assert [owner for owner, confidential in found if owners[owner] != confidential] == []


def test_every_name_and_alias_is_in_the_name_index(rows: Rows) -> None:
    names = rows(
        "persons",
        "SELECT person.rowid, 0, person.surname, person.given, birth_date, sex, race,"
        " subject_surname, subject_user, subject_ori FROM person"
        " UNION SELECT person.rowid, 1, alias.surname, alias.given, birth_date, sex, race,"
        " subject_surname, subject_user, subject_ori FROM alias JOIN person ON person.id = alias.person",
    )
    expected = {(row, is_alias, upper(surname), upper(given), *rest) for row, is_alias, surname, given, *rest in names}
    whole = "is_surname_part = 0 AND is_given_part = 0 AND is_middle = 0"

    found = rows(
        "persons",
        "SELECT person, is_alias, surname, given, birth_date, sex, race, subject_surname, subject_user, subject_ori"
        f" FROM name_key WHERE {whole}",
    )
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_parts_and_middle_names_are_rows_of_their_own(rows: Rows) -> None:
    ((surname, person),) = rows("persons", "SELECT surname, rowid FROM person WHERE surname LIKE '%-%' LIMIT 1")
    ((middle, other),) = rows("persons", "SELECT middle, rowid FROM person WHERE middle IS NOT NULL LIMIT 1")
    parts = rows("persons", f"SELECT surname FROM name_key WHERE person = {person} AND is_surname_part = 1")

    assert {part for (part,) in parts} == {upper(half) for half in surname.split("-")}
    assert rows("persons", f"SELECT given FROM name_key WHERE person = {other} AND is_middle = 1")[0] == (
        upper(middle),
    )


def test_every_distinct_name_has_its_blocking_keys(rows: Rows) -> None:
    for kind, parse in (("surname", parse_surname), ("given", parse_given)):
        names = rows("persons", f"SELECT DISTINCT {kind} FROM name_key")
        expected = sorted((key, name) for (name,) in names for key in keys_of(parse(name)))

        assert rows("persons", f"SELECT key, name FROM {kind}_key ORDER BY key, name") == expected


def test_a_renewed_name_index_is_the_same(seeded: World, tmp_path: Path) -> None:
    file = shutil.copy(seeded.folder / "persons.db", tmp_path)

    def tables() -> list[Any]:
        with closing(sqlite3.connect(file)) as persons:
            return [persons.execute(f"SELECT * FROM {table}").fetchall() for table in METADATA.tables]

    before = tables()

    assert name_index.renew(Path(file)) == 5_000
    assert tables() == before
    assert [each.name for each in tmp_path.iterdir()] == ["persons.db"]


def test_no_alias_repeats_another_name_of_the_same_person(column: Column) -> None:
    repeated = column(
        "persons",
        "SELECT id FROM (SELECT id, given, middle, surname, suffix FROM person"
        " UNION ALL SELECT person, given, middle, surname, suffix FROM alias)"
        " GROUP BY id, given, middle, surname, suffix HAVING count(*) > 1",
    )

    assert repeated == []


def test_a_cycle_is_juvenile_if_the_arrest_was_before_the_18th_birthday(rows: Rows) -> None:
    births = dict(rows("persons", "SELECT cii_number, birth_date FROM person WHERE cii_number IS NOT NULL"))
    cycles = rows("criminal_history", "SELECT cii_number, arrested_on, is_juvenile FROM cycle")

    def age(born: date, day: date) -> int:
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    wrong = [
        cii
        for cii, arrested_on, is_juvenile in cycles
        if is_juvenile != (age(date.fromisoformat(births[cii]), date.fromisoformat(arrested_on)) < 18)
    ]

    assert wrong == []
    assert {is_juvenile for *_, is_juvenile in cycles} == {0, 1}


@pytest.mark.parametrize(
    ("birth_date", "day", "minor"),
    [
        ("2000-05-20", "2018-05-19", True),
        ("2000-05-20", "2018-05-20", False),
        ("2004-02-29", "2022-02-28", True),
        ("2004-02-29", "2022-03-01", False),
    ],
)
def test_on_the_18th_birthday_a_person_is_an_adult(birth_date: str, day: str, minor: bool) -> None:
    assert is_minor(birth_date, day) is minor


def test_a_sealed_cycle_ended_without_conviction(rows: Rows) -> None:
    sealed = rows(
        "criminal_history",
        "SELECT cycle.id, disposition_kind FROM cycle JOIN charge ON charge.cycle = cycle.id WHERE is_sealed",
    )

    assert sealed
    assert [cycle for cycle, kind in sealed if kind in {None, "CONVICTED"}] == []


def test_the_database_refuses_a_sealed_conviction(seeded: World) -> None:
    path = seeded.folder / "criminal_history.db"
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE cycle SET is_sealed = 1 WHERE has_conviction")


def test_the_database_refuses_a_completed_diversion_with_a_conviction(seeded: World) -> None:
    path = seeded.folder / "criminal_history.db"
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE cycle SET diversion_status = 'COMPLETED' WHERE has_conviction")


def test_a_diversion_is_of_a_diverted_charge(column: Column) -> None:
    diverted = set(column("criminal_history", "SELECT cycle FROM charge WHERE disposition_kind = 'DIVERTED'"))
    found = column("criminal_history", "SELECT id FROM cycle WHERE diversion_kind IS NOT NULL")

    assert found
    assert set(found) - diverted == set()


def test_a_diversion_has_ended_unless_it_is_under_way(rows: Rows) -> None:
    found = rows(
        "criminal_history",
        "SELECT diversion_status, diversion_started_on <= diversion_due_on, diversion_ended_on IS NULL"
        " FROM cycle WHERE diversion_kind IS NOT NULL",
    )

    assert {status for status, *_ in found} == {"UNDER_WAY", "TERMINATED", "COMPLETED"}
    assert [row for row in found if row[1:] != (1, row[0] == "UNDER_WAY")] == []


def test_relief_is_after_a_conviction_and_only_a_pardon_has_no_court(rows: Rows) -> None:
    found = rows(
        "criminal_history",
        "SELECT kind, granted_on > arrested_on, has_conviction, court_ori IS NULL"
        " FROM relief JOIN cycle ON cycle.id = relief.cycle",
    )

    assert {kind for kind, *_ in found} == {kind.value for kind in ReliefKind}
    assert [row for row in found if row[1:] != (1, 1, row[0] == "PARDON")] == []


def test_bail_is_posted_exactly_if_it_is_how_one_was_released(rows: Rows) -> None:
    found = rows(
        "criminal_history",
        "SELECT pretrial_release, pretrial_bail_posted, pretrial_bail_set_cents IS NOT NULL FROM cycle"
        " WHERE pretrial_release IS NOT NULL",
    )

    assert {release for release, *_ in found} == {release.value for release in PretrialRelease}
    assert [row for row in found if row[1] != (row[0] == "BAIL_POSTED") or row[2] != (row[0] in BAIL)] == []


def test_only_a_case_that_is_not_over_has_a_hearing_to_come(column: Column) -> None:
    hearings = column("criminal_history", "SELECT status FROM cycle WHERE pretrial_next_appearance_on IS NOT NULL")

    assert set(hearings) == {"OPEN", "PARTLY_DISPOSED"}


def test_an_order_has_a_service_exactly_if_it_is_served(column: Column) -> None:
    served = column("protective_orders", "SELECT number FROM protective_order WHERE served")

    assert served
    assert sorted(served) == sorted(set(column("protective_orders", "SELECT order_number FROM order_service")))


def test_the_court_of_a_foreign_order_is_in_another_state(rows: Rows) -> None:
    found = rows("protective_orders", "SELECT is_foreign, substr(court_ori, 1, 2) <> 'CA' FROM protective_order")

    assert {is_foreign for is_foreign, _ in found} == {0, 1}
    assert [row for row in found if row[0] != row[1]] == []


def test_an_order_is_entered_and_served_after_it_was_issued(rows: Rows) -> None:
    found = rows(
        "protective_orders",
        "SELECT substr(entered_at, 1, 10) >= issued_on, coalesce(substr(served_at, 1, 10) >= issued_on, 1),"
        " version >= 1 FROM protective_order LEFT JOIN order_service ON order_number = number",
    )

    assert set(found) == {(1, 1, 1)}


def test_most_people_with_an_order_number_and_no_visible_order_have_none(rows: Rows, column: Column) -> None:
    """So the number is no sign of an order of another state to callers who may not know of one."""
    domestic = set(column("protective_orders", "SELECT restrained_carpos FROM protective_order WHERE NOT is_foreign"))
    foreign = set(column("protective_orders", "SELECT restrained_carpos FROM protective_order WHERE is_foreign"))
    numbers = column("persons", "SELECT carpos_number FROM person WHERE carpos_number IS NOT NULL")
    without = [number for number in numbers if number not in domestic]

    assert len(without) > 20
    assert sum(number in foreign for number in without) / len(without) < 0.3


def test_status_and_conviction_of_a_cycle_follow_from_its_charges(rows: Rows) -> None:
    found = rows(
        "criminal_history",
        "SELECT status, has_conviction, count(*), count(disposition_kind),"
        " coalesce(max(disposition_kind = 'CONVICTED'), 0)"
        " FROM cycle JOIN charge ON charge.cycle = cycle.id GROUP BY cycle.id",
    )

    def status(charges: int, disposed: int) -> str:
        return "DISPOSED" if disposed == charges else "PARTLY_DISPOSED" if disposed else "OPEN"

    assert [row for row in found if row[:2] != (status(row[2], row[3]), row[4])] == []
    assert {row[0] for row in found} == {"OPEN", "PARTLY_DISPOSED", "DISPOSED"}


def test_sentences_need_a_conviction_and_courts_a_disposition(column: Column) -> None:
    wrong = column(
        "criminal_history",
        "SELECT id FROM charge WHERE (sentence_kind IS NOT NULL AND disposition_kind IS NOT 'CONVICTED')"
        " OR (disposition_kind IS NULL AND coalesce(decided_on, court_ori, court_name, sentence_days) IS NOT NULL)",
    )

    assert wrong == []


def test_cycles_are_numbered_in_the_order_of_arrest(rows: Rows) -> None:
    found = rows(
        "criminal_history",
        "SELECT sequence, row_number() OVER (PARTITION BY cii_number ORDER BY arrested_on, sequence) FROM cycle",
    )

    assert [row for row in found if row[0] != row[1]] == []


def test_prohibited_firearms_have_their_condition_and_basis(rows: Rows) -> None:
    """An order of which it is not known has neither."""
    found = rows("protective_orders", "SELECT firearms_prohibited, conditions, prohibition_basis FROM protective_order")

    assert [row for row in found if not (bool(row[0]) == ("07" in json.loads(row[1])) == (row[2] is not None))] == []


@pytest.mark.parametrize(("source", "statement"), DATES)
def test_every_date_is_valid(column: Column, source: str, statement: str) -> None:
    found = [day for day in column(source, statement) if day is not None]

    assert found
    assert [day for day in found if date.fromisoformat(day).isoformat() != day] == []


@pytest.mark.parametrize("columns", [{"person": "P0000001"}, dict.fromkeys(["person", *Name._fields, "nickname"], "")])
def test_a_row_with_other_columns_than_its_table_is_refused(tmp_path: Path, columns: dict[str, str]) -> None:
    with closing(SourceFiles(tmp_path)) as files, pytest.raises(ValueError, match="alias has not exactly the columns"):
        files.write([("alias", columns)])


def test_source_files_can_be_read_without_write_access(seeded: World) -> None:
    for path in sorted(seeded.folder.glob("*.db")):
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert connection.execute("SELECT count(*) FROM sqlite_stat1").fetchone() > (0,)
        assert not Path(f"{path}-journal").exists()
