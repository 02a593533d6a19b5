"""The page about the demonstration people says what is in the data, and what it tells to try can be asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from api.auth.demo_issuer import DEMO_CALLERS
from policy.roles import Role
from resolvers.names import normalized
from schema.build import guarded_schema
from seed import demo

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs" / "demo-world.md").read_text()
IDS = [each.person.id for each in demo.PEOPLE]

Rows = Callable[[str, str], list[tuple[Any, ...]]]


def table(*headings: str) -> dict[str, list[str]]:
    """The table whose headings begin so: id -> the cells after it."""
    after = PAGE.split(f"| {' | '.join(headings)} |", 1)[1].split("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in after.strip().splitlines() if line.startswith("| `")]
    return {id.strip("`"): cells for id, *cells in rows}


WHO, WHAT = table("id", "name"), table("id", "shows")


def numbers(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_both_tables_list_everybody_once_and_in_order() -> None:
    assert list(WHO) == list(WHAT) == IDS


def test_the_page_gives_everybody_the_name_birth_date_and_numbers_of_the_data(rows: Rows) -> None:
    people = rows(
        "persons",
        "SELECT id, concat_names, birth_date, license_number, cii_number, fbi_number, carpos_number FROM ("
        " SELECT *, given || coalesce(' ' || middle, '') || ' ' || surname || coalesce(' ' || suffix, '') concat_names"
        f" FROM person WHERE rowid <= {len(IDS)}) ORDER BY id",
    )
    told = [
        (id, name, born, *(next(iter(numbers(cell)), None) for cell in (license, cii, fbi, carpos)))
        for id, (name, born, license, _, cii, fbi, carpos, *_) in WHO.items()
    ]

    assert told == people


@pytest.mark.parametrize(
    ("cell", "own", "source", "statement"),
    [
        (3, 2, "vehicles", "SELECT owner_license, plate FROM vehicle ORDER BY plate"),
        (7, 5, "warrants", "SELECT subject_fbi, number FROM warrant ORDER BY number"),
        (8, 6, "protective_orders", "SELECT restrained_carpos, number FROM protective_order ORDER BY number"),
    ],
)
def test_the_page_gives_everybody_the_plates_and_papers_of_the_data(
    rows: Rows, cell: int, own: int, source: str, statement: str
) -> None:
    found: dict[str, list[str]] = {}
    for owner, number in rows(source, statement):
        found.setdefault(owner, []).append(number)
    expected = {id: found.get(next(iter(numbers(cells[own])), ""), []) for id, cells in WHO.items()}

    assert {id: numbers(cells[cell]) for id, cells in WHO.items()} == expected
    assert any(expected.values())


def test_the_page_tells_what_each_person_shows() -> None:
    assert {id: cells[0] for id, cells in WHAT.items()} == {each.person.id: each.shows for each in demo.PEOPLE}


@pytest.mark.parametrize("id", IDS)
def test_what_the_page_tells_to_try_can_be_asked_and_is_about_that_person(id: str) -> None:
    (query,) = numbers(WHAT[id][2])
    document = parse(f"query @inquiry(purpose: C, reason: INVESTIGATION) {{ {query} }}")
    handles = {id, *numbers(WHO[id][2]), *numbers(WHO[id][3]), *numbers(WHO[id][4]), *numbers(WHO[id][8])}
    surname = WHO[id][0].split()[-1]

    assert validate(guarded_schema().strawberry._schema, document) == []
    assert any(f'"{handle}"' in query for handle in {*handles, surname})


def test_the_example_of_the_page_can_be_asked() -> None:
    example = re.search(r"^    query .*?^    }$", PAGE, re.DOTALL | re.MULTILINE)

    assert example is not None
    assert validate(guarded_schema().strawberry._schema, parse(example[0])) == []


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


def test_nobody_else_works_for_a_demonstration_callers_agency(rows: Rows) -> None:
    agencies = {caller.ori for caller in DEMO_CALLERS.values()}
    employed = rows("persons", "SELECT id, subject_ori FROM person WHERE subject_ori IS NOT NULL")

    assert {id for id, ori in employed if ori in agencies} == {"P0000008", "P0000012"}


def test_demonstration_people_share_a_surname_with_the_investigator_or_with_no_caller() -> None:
    surnames = {normalized(caller.name.split()[-1]) for caller in DEMO_CALLERS.values()}

    assert [each.person.id for each in demo.PEOPLE if each.person.subject_surname in surnames] == [
        "P0000008",
        "P0000014",
    ]


def test_nobody_else_has_a_demonstration_surname(rows: Rows) -> None:
    own = {each.person.subject_surname for each in demo.PEOPLE} - {"REYES"}
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
    ],
)
def test_the_data_shows_the_rule(rows: Rows, source: str, statement: str, expected: list[tuple[Any, ...]]) -> None:
    assert rows(source, statement) == expected


def test_the_investigators_own_record_is_in_every_source(rows: Rows) -> None:
    tables = {
        "persons": "person",
        "vehicles": "vehicle",
        "warrants": "warrant",
        "protective_orders": "protective_order",
        "criminal_history": "subject",
    }
    found = {
        source: rows(source, f"SELECT count(*) FROM {name} WHERE subject_user = 'demo-investigator'")
        for source, name in tables.items()
    }

    assert found == {source: [(1,)] for source in tables}


def test_a_person_with_nothing_has_no_number_that_leads_anywhere(rows: Rows) -> None:
    found = rows(
        "persons",
        "SELECT license_number, cii_number, fbi_number, carpos_number FROM person WHERE id = 'P0000007'",
    )

    assert found == [(None, None, None, None)]
