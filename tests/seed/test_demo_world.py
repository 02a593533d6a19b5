"""docs/demo-world.md agrees with the data, and its queries are valid."""

from __future__ import annotations

import re
from typing import Any

import pytest
from graphql import parse, validate

from api.auth.demo_issuer import DEMO_CALLERS
from names.folding import plain_letters
from policy.roles import Role
from resolvers.catalogue import SPECS
from schema.build import guarded_schema
from seed import demo
from tests.seed.conftest import Rows
from tests.seed.demo_page import IDENTITIES, PAGE, RULES, numbers

IDS = [each.person["id"] for each in demo.PEOPLE]


def test_both_tables_list_all_people_in_order() -> None:
    assert list(IDENTITIES) == list(RULES) == IDS


def test_names_birth_dates_and_numbers_on_the_page_are_in_the_data(rows: Rows) -> None:
    people = rows(
        "persons",
        "SELECT id, concat_names, birth_date, license_number, cii_number, fbi_number, carpos_number FROM ("
        " SELECT *, given || coalesce(' ' || middle, '') || ' ' || surname || coalesce(' ' || suffix, '') concat_names"
        f" FROM person WHERE rowid <= {len(IDS)}) ORDER BY id",
    )
    on_the_page = [
        (id, name, born, *(next(iter(numbers(cell)), None) for cell in (license, cii, fbi, carpos)))
        for id, (name, born, license, _, cii, fbi, carpos, *_) in IDENTITIES.items()
    ]

    assert on_the_page == people


@pytest.mark.parametrize(
    ("cell", "own", "source", "statement"),
    [
        (3, 2, "vehicles", "SELECT owner_license, plate FROM vehicle ORDER BY plate"),
        (7, 5, "warrants", "SELECT subject_fbi, number FROM warrant ORDER BY number"),
        (8, 6, "protective_orders", "SELECT restrained_carpos, number FROM protective_order ORDER BY number"),
    ],
)
def test_plates_warrants_and_orders_on_the_page_are_in_the_data(
    rows: Rows, cell: int, own: int, source: str, statement: str
) -> None:
    found: dict[str, list[str]] = {}
    for owner, number in rows(source, statement):
        found.setdefault(owner, []).append(number)
    expected = {id: found.get(next(iter(numbers(cells[own])), ""), []) for id, cells in IDENTITIES.items()}

    assert {id: numbers(cells[cell]) for id, cells in IDENTITIES.items()} == expected
    assert any(expected.values())


@pytest.mark.parametrize(
    ("records", "source", "columns"),
    [
        ("reports of missing persons", "missing_persons", "number FROM missing_person"),
        ("unidentified persons", "missing_persons", "number FROM unidentified_person"),
        ("reports on property", "property", "number FROM property_report"),
        ("guns, by serial number", "firearms", "serial FROM firearm"),
        ("reports on guns", "firearms", "number FROM firearm_report"),
        ("violent person file", "alerts", "number FROM violent_person"),
        ("gang file", "alerts", "number FROM gang_membership"),
        ("accident reports", "accidents", "number FROM accident"),
        ("supervised releases", "supervision", "number FROM supervised_release"),
    ],
)
def test_numbers_of_other_records_on_the_page_are_in_the_data(
    rows: Rows, records: str, source: str, columns: str
) -> None:
    (listed,) = re.findall(rf"^\| {records} \| (.+) \|$", PAGE, re.MULTILINE)

    assert sorted(numbers(listed)) == sorted(
        number for (number,) in rows(source, f"SELECT {columns} WHERE is_demonstration = 1")
    )


def test_the_page_states_the_rule_that_each_person_shows() -> None:
    assert {id: cells[0] for id, cells in RULES.items()} == {each.person["id"]: each.shows for each in demo.PEOPLE}


@pytest.mark.parametrize("id", IDS)
def test_every_query_on_the_page_is_valid_and_about_its_person(id: str) -> None:
    (query,) = numbers(RULES[id][2])
    document = parse(f"query @inquiry(purpose: C, reason: INVESTIGATION) {{ {query} }}")
    keys = {
        id,
        *numbers(IDENTITIES[id][2]),
        *numbers(IDENTITIES[id][3]),
        *numbers(IDENTITIES[id][4]),
        *numbers(IDENTITIES[id][8]),
    }
    surname = IDENTITIES[id][0].split()[-1]

    assert validate(guarded_schema().graphql, document) == []
    assert any(f'"{key}"' in query for key in {*keys, surname})


def test_the_example_on_the_page_is_valid() -> None:
    example = re.search(r"^    query .*?^    }$", PAGE, re.DOTALL | re.MULTILINE)

    assert example is not None
    assert validate(guarded_schema().graphql, parse(example[0])) == []


def test_no_social_security_number_is_on_the_page() -> None:
    assert re.findall(r"\d{3}-\d{2}-\d{4}", PAGE) == []


def test_the_investigators_own_record_is_hers(rows: Rows) -> None:
    caller = DEMO_CALLERS[Role.INVESTIGATOR]

    assert rows("persons", "SELECT id, subject_user, subject_ori FROM person WHERE subject_user IS NOT NULL") == [
        ("P0000008", caller.user, caller.ori)
    ]


def test_one_person_works_at_the_patrol_officers_agency(rows: Rows) -> None:
    ori = DEMO_CALLERS[Role.PATROL].ori

    assert rows("persons", f"SELECT id FROM person WHERE subject_ori = '{ori}'") == [("P0000012",)]


def test_no_other_person_works_for_a_demonstration_caller_s_agency(rows: Rows) -> None:
    agencies = {caller.ori for caller in DEMO_CALLERS.values()}
    employed = rows("persons", "SELECT id, subject_ori FROM person WHERE subject_ori IS NOT NULL")

    assert {id for id, ori in employed if ori in agencies} == {"P0000008", "P0000012"}


def test_only_the_investigator_shares_a_surname_with_these_people() -> None:
    surnames = {plain_letters(caller.name.split()[-1]) for caller in DEMO_CALLERS.values()}

    assert [each.person["id"] for each in demo.PEOPLE if each.person["subject_surname"] in surnames] == [
        "P0000008",
        "P0000014",
    ]


def test_no_other_person_has_a_demonstration_surname(rows: Rows) -> None:
    own = {each.person["subject_surname"] for each in demo.PEOPLE} - {"REYES"}
    found = rows("persons", "SELECT id, subject_surname FROM person")

    assert {id for id, surname in found if surname in own} == set(IDS) - {"P0000008", "P0000014"}


def test_exactly_two_people_have_the_twins_name_and_birth_date(rows: Rows) -> None:
    twins = rows("persons", "SELECT id FROM person WHERE surname = 'Castellanaro' AND birth_date = '1992-02-29'")

    assert twins == [("P0000009",), ("P0000010",)]


@pytest.mark.parametrize(
    ("source", "statement", "expected"),
    [
        (
            "warrants",
            "SELECT category, status, night_service, extradition FROM warrant WHERE number = 'W000000001'",
            [("ARREST", "ACTIVE", 1, "1")],
        ),
        ("warrants", "SELECT cautions FROM warrant WHERE number = 'W000000001'", [('["00","05"]',)]),
        ("protective_orders", "SELECT firearms_prohibited FROM protective_order WHERE number = 'H000000002'", [(1,)]),
        ("protective_orders", "SELECT is_confidential FROM protected_party WHERE order_number = 'H000000002'", [(1,)]),
        ("persons", "SELECT is_confidential FROM person WHERE id = 'P0000003'", [(1,)]),
        ("vehicles", "SELECT is_confidential FROM vehicle WHERE plate = '1NTK003'", [(1,)]),
        (
            "criminal_history",
            "SELECT is_sealed, has_conviction FROM cycle WHERE cii_number = 'A00000004'",
            [(1, 0), (0, 1)],
        ),
        ("criminal_history", "SELECT is_juvenile, is_sealed FROM cycle WHERE cii_number = 'A00000005'", [(1, 0)]),
        (
            "criminal_history",
            "SELECT status, is_juvenile, is_sealed FROM cycle WHERE cii_number = 'A00000006'",
            [("OPEN", 0, 0)],
        ),
        (
            "vehicles",
            "SELECT plate_state, is_stolen FROM vehicle WHERE plate = '1NTK011' ORDER BY 1",
            [("CA", 1), ("NV", 0)],
        ),
        (
            "criminal_history",
            "SELECT supervision_kind, supervision_status FROM cycle WHERE cii_number = 'A00000013'",
            [("PAROLE", "ACTIVE")],
        ),
        ("criminal_history", "SELECT is_sealed FROM cycle WHERE cii_number = 'A00000015'", [(1,)]),
        ("criminal_history", "SELECT count(*) FROM cycle WHERE cii_number = 'A00000016'", [(22,)]),
        ("criminal_history", "SELECT count(*) FROM subject WHERE cii_number = 'A00000003'", [(0,)]),
        (
            "protective_orders",
            "SELECT status, served FROM protective_order WHERE number = 'H000000026'",
            [("ACTIVE", 0)],
        ),
        (
            "protective_orders",
            "SELECT number, conditions LIKE '%05%' FROM protective_order WHERE number LIKE '%027' ORDER BY 1",
            [("H000000027", 0), ("H000001027", 1)],
        ),
        ("protective_orders", "SELECT is_foreign FROM protective_order WHERE restrained_carpos = 'R00000028'", [(1,)]),
        (
            "protective_orders",
            "SELECT firearms_prohibited FROM protective_order WHERE number = 'H000000029'",
            [(None,)],
        ),
        (
            "criminal_history",
            "SELECT is_sealed, diversion_status FROM cycle WHERE cii_number = 'A00000022'",
            [(0, "COMPLETED")],
        ),
    ],
)
def test_the_data_shows_the_rule(rows: Rows, source: str, statement: str, expected: list[tuple[Any, ...]]) -> None:
    assert rows(source, statement) == expected


def test_the_investigators_own_record_is_in_every_source(rows: Rows) -> None:
    tables = [(spec.name, table.stored.name) for spec in SPECS for table in spec.tables if table.has_subject]
    hers = {
        source
        for source, table in tables
        if rows(source, f"SELECT 1 FROM {table} WHERE subject_user = 'demo-investigator'")
    }

    assert hers == {source for source, _ in tables} == {spec.name for spec in SPECS} - {"property"}


def test_the_person_without_records_has_no_number_in_any_source(rows: Rows) -> None:
    found = rows(
        "persons",
        "SELECT license_number, cii_number, fbi_number, carpos_number FROM person WHERE id = 'P0000007'",
    )

    assert found == [(None, None, None, None)]
