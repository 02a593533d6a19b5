"""Root fields: the spellings of their arguments, and their results without a record."""

from __future__ import annotations

from typing import Any

import pytest

from resolvers.catalogue import NAMES
from tests.harness import INVESTIGATION, World


async def test_persons_are_in_argument_order_with_nulls_for_absent_ones(world: World) -> None:
    document = f"query($ids: [ID!]!) {INVESTIGATION} {{ persons(ids: $ids) {{ id }} }}"
    ids = ["P0000009", "P9999999", "P0000001", "P0000009", "p0000002 ", "P0000007"]
    response = await world.execute(document, variables={"ids": ids})

    assert response.errors == []
    assert [person and person["id"] for person in response.data["persons"]] == [
        *("P0000009", None, "P0000001", "P0000009", "P0000002", "P0000007"),
    ]
    assert world.batches == [("persons", 5)]


async def test_an_empty_list_of_persons_queries_no_source(world: World) -> None:
    response = await world.execute(f"query {INVESTIGATION} {{ persons(ids: []) {{ id }} }}")

    assert response.data == {"persons": []}
    assert world.batches == []


@pytest.mark.parametrize(
    "query",
    [
        'person(id: " p0000001 ") { id }',
        'vehicle(by: {plate: {number: "1n 00001", state: "ca"}}) { owner { id } }',
        'warrant(number: "w000000001") { subject { id } }',
        'criminalHistory(ciiNumber: "a00000001") { subject { id } }',
        'searchPersons(by: {ciiNumber: "a00000001"}) { edges { node { id } } }',
        'searchPersons(by: {fbiNumber: " 000001dm0"}) { edges { node { id } } }',
        'searchPersons(by: {driverLicense: {number: "z0000001", state: "ca"}}) { edges { node { id } } }',
    ],
)
async def test_a_number_is_found_in_any_spelling(world: World, query: str) -> None:
    response = await world.execute(f"query {INVESTIGATION} {{ {query} }}", role="records")

    assert '"P0000001"' in response.text


@pytest.mark.parametrize(
    "query",
    [
        'person(id: "P9999999") { id }',
        'vehicle(by: {vin: "11111111111111111"}) { vin }',
        'vehicle(by: {plate: {number: "1N00001", state: "NV"}}) { vin }',
        'warrant(number: "W999999999") { number }',
        'protectiveOrder(number: "H999999999") { number }',
        'criminalHistory(ciiNumber: "A00000003") { ciiNumber }',
    ],
)
async def test_an_absent_record_is_null_without_an_error(world: World, query: str) -> None:
    response = await world.execute(f"query {INVESTIGATION} {{ {query} }}", role="court")

    assert response.errors == []
    assert list(response.data.values()) == [None]


async def test_me_and_sources_need_no_inquiry(world: World) -> None:
    document = "{ me { user name ori role sworn certifiedUntil assurance } sources { name status lastAnswer } }"
    response = await world.execute(document, role="outsider")

    me = response.data["me"]
    assert (me["user"], me["ori"], me["role"], me["assurance"]) == ("demo-outsider", "CA920180Z", "OUTSIDER", "AAL1")
    assert [each["name"] for each in response.data["sources"]] == list(NAMES)
    assert {each["status"] for each in response.data["sources"]} == {"OK"}
    assert all(each["lastAnswer"] for each in response.data["sources"])
    assert "extensions" not in response.body


async def test_me_beside_a_record_needs_the_inquiry(world: World) -> None:
    document = 'query %s { me { user } person(id: "P0000001") { id } }'
    without = await world.execute(document % "")
    together = await world.execute(document % INVESTIGATION)

    assert without.codes == ["PURPOSE_REQUIRED"]
    assert without.data is None
    assert together.data == {"me": {"user": "demo-patrol"}, "person": {"id": "P0000001"}}


ONE_OF: list[tuple[str, Any]] = [
    ("PersonSearch", {}),
    ("PersonSearch", {"ssn": None}),
    ("PersonSearch", {"ssn": "987-65-4321", "ciiNumber": "SECRET-77"}),
    ("PersonSearch", {"ssn": "987-65-4321", "ciiNumber": None}),
    ("PersonSearch", {"name": {"surname": "SECRET-77"}, "fbiNumber": "SECRET-77"}),
    ("PersonSearch", {"name": {}}),
    ("PersonSearch", {"name": {"surname": None}}),
    ("PersonSearch", {"name": {"surname": ["SECRET-77"]}}),
    ("PersonSearch", {"name": "SECRET-77"}),
    ("PersonSearch", {"driverLicense": {"state": "SECRET-77"}}),
    ("PersonSearch", "SECRET-77"),
    ("PersonSearch", ["SECRET-77"]),
    ("VehicleKey", {"vin": "SECRET-77", "plate": {"number": "SECRET-77"}}),
    ("VehicleKey", {"vin": "SECRET-77", "plate": None}),
    ("VehicleKey", {"plate": {}}),
    ("VehicleKey", {"plate": {"number": "SECRET-77", "state": None}}),
    ("VehicleKey", {}),
]


def literal(value: Any) -> str:
    """A value as a GraphQL literal."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return "null" if value is None else f'"{value}"'


@pytest.mark.parametrize("is_literal", [False, True], ids=["variable", "literal"])
async def test_not_exactly_one_key_is_refused_and_not_repeated(world: World, is_literal: bool) -> None:
    roots = {"PersonSearch": "searchPersons(by: %s) { total }", "VehicleKey": "vehicle(by: %s) { vin }"}
    for kind, value in ONE_OF:
        root = roots[kind]
        if is_literal:
            response = await world.execute(f"query {INVESTIGATION} {{ {root % literal(value)} }}", role="records")
        else:
            document = f"query($by: {kind}!) {INVESTIGATION} {{ {root % '$by'} }}"
            response = await world.execute(document, role="records", variables={"by": value})

        assert set(response.codes) == {"BAD_INPUT"}, value
        assert response.data is None
        assert "SECRET" not in response.text
        assert "65-4321" not in response.text
        assert world.batches == []


BAD_DATES = [
    *("1990-02-30", "1990-13-01", "1990-1-1", "01/02/1990", "19900517", "1990-W20-4", "1990-05-17T00:00:00", "today"),
    *("0000-01-01", "99999-01-01", " 1990-05-17", "1990-05-17 ", "\N{ARABIC-INDIC DIGIT ONE}990-05-17", ""),
    *(19900517, True, ["1990-05-17"], {"year": 1990}),
]


async def test_an_invalid_birth_date_is_refused_and_not_repeated(world: World) -> None:
    name = '{name: {surname: "Thornquist", birthDate: $born}}'
    document = f"query($born: Date) {INVESTIGATION} {{ searchPersons(by: {name}) {{ total }} }}"
    accepted, repeated = [], []
    for born in BAD_DATES:
        response = await world.execute(document, variables={"born": born})
        accepted += [born] * (response.codes != ["BAD_INPUT"])
        repeated += [born] * (str(born or "1990") in response.text)

    assert accepted == repeated == []
    assert world.batches == []


async def test_dates_at_the_ends_of_the_calendar_are_accepted(world: World) -> None:
    """One year before or after them is not a date."""
    document = f"""query($born: Date) {INVESTIGATION} {{
      searchPersons(by: {{name: {{surname: "Thornquist", birthDate: $born, expandBirthDate: true}}}}) {{ total }}
    }}"""
    for born in ("0001-01-01", "9999-12-31", "2000-02-29"):
        response = await world.execute(document, variables={"born": born})

        assert response.data == {"searchPersons": {"total": 0}}, born
