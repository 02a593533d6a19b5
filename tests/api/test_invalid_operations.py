"""Invalid operations: each gets its error code, and nothing is read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import TRAFFIC_STOP, World

INVALID = [
    ("{", None, None, "BAD_INPUT"),
    ("", None, None, "BAD_INPUT"),
    ("type Person { id: ID }", None, None, "BAD_INPUT"),
    ("fragment F on Person { id }", None, None, "BAD_INPUT"),
    ("query A { me { name } } query B { me { name } }", None, None, "BAD_INPUT"),
    ("query A { me { name } } query B { me { name } }", None, "C", "BAD_INPUT"),
    ("{ me { nam } }", None, None, "BAD_INPUT"),
    ("{ me }", None, None, "BAD_INPUT"),
    ("{ persn(id: 1) { id } }", None, None, "BAD_INPUT"),
    ("mutation { x }", None, None, "BAD_INPUT"),
    ("subscription { x }", None, None, "BAD_INPUT"),
    ("query($x: Nope) { me { name } }", None, None, "BAD_INPUT"),
    (f"query($id: ID!) {TRAFFIC_STOP} {{ person(id: $id) {{ id }} }}", {}, None, "BAD_INPUT"),
    (f"query($id: ID!) {TRAFFIC_STOP} {{ person(id: $id) {{ id }} }}", {"id": None}, None, "BAD_INPUT"),
    (f"query($id: ID!) {TRAFFIC_STOP} {{ person(id: $id) {{ id }} }}", {"id": {"a": 1}}, None, "BAD_INPUT"),
    (f"query {TRAFFIC_STOP} {{ person(id: 900.5) {{ id }} }}", None, None, "BAD_INPUT"),
    (f"query {TRAFFIC_STOP} {{ vehicle(by: {{}}) {{ vin }} }}", None, None, "BAD_INPUT"),
    (
        f'query {TRAFFIC_STOP} {{ vehicle(by: {{vin: "1", plate: {{number: "2"}}}}) {{ vin }} }}',
        None,
        None,
        "BAD_INPUT",
    ),
    (f"query {TRAFFIC_STOP} {{ vehicle(by: {{vin: null}}) {{ vin }} }}", None, None, "BAD_INPUT"),
    (f'query {TRAFFIC_STOP} {{ searchPersons(by: {{ssn: "90012345"}}) {{ total }} }}', None, None, "BAD_INPUT"),
    (f'query {TRAFFIC_STOP} {{ searchPersons(by: {{name: {{surname: "1"}}}}) {{ total }} }}', None, None, "BAD_INPUT"),
    (f'query {TRAFFIC_STOP} {{ searchPersons(by: {{name: {{surname: ""}}}}) {{ total }} }}', None, None, "BAD_INPUT"),
    (
        f'query {TRAFFIC_STOP} {{searchPersons(by: {{name: {{surname: "A", birthDate: "1990-02-30"}}}}) {{total}}}}',
        None,
        None,
        "BAD_INPUT",
    ),
    (
        f'query {TRAFFIC_STOP} {{ searchPersons(by: {{name: {{surname: "A"}}}}, first: 0) {{ total }} }}',
        None,
        None,
        "BAD_INPUT",
    ),
    (
        f'query {TRAFFIC_STOP} {{ searchPersons(by: {{name: {{surname: "A"}}}}, first: 1000000000) {{ total }} }}',
        None,
        None,
        "BAD_INPUT",
    ),
    (
        f'query {TRAFFIC_STOP} {{ searchPersons(by: {{name: {{surname: "A"}}}}, after: "x") {{ total }} }}',
        None,
        None,
        "BAD_INPUT",
    ),
    (f"query {TRAFFIC_STOP} {{ searchVehicles(by: {{}}) {{ total }} }}", None, None, "BAD_INPUT"),
    (f'query {TRAFFIC_STOP} {{ searchVehicles(by: {{plateStart: "%"}}) {{ total }} }}', None, None, "BAD_INPUT"),
    (f"query {TRAFFIC_STOP} {{ searchVehicles(by: {{make: LADA}}) {{ total }} }}", None, None, "BAD_INPUT"),
    (f"query($ids: [ID!]!) {TRAFFIC_STOP} {{ persons(ids: $ids) {{ id }} }}", {"ids": ["1"] * 1001}, None, "BAD_INPUT"),
    (f"query($ids: [ID!]!) {TRAFFIC_STOP} {{ persons(ids: $ids) {{ id }} }}", {"ids": [None]}, None, "BAD_INPUT"),
    ("{" + "me{name}" * 2001 + "}", None, None, "TOO_COMPLEX"),
]


@pytest.mark.parametrize(
    ("query", "variables", "operation", "code"), INVALID, ids=[f"{n}" for n in range(len(INVALID))]
)
async def test_an_invalid_operation_gets_its_code_and_reads_nothing(
    world: World, query: str, variables: Any, operation: str | None, code: str
) -> None:
    response = await world.execute(query, variables=variables, operation=operation)

    assert response.status in {200, 400}
    assert response.data is None
    assert response.codes, response.text
    assert set(response.codes) == {code}
    assert all(error["message"] for error in response.errors)
    assert "Did you mean" not in response.text
    assert world.batches == []


async def test_a_mutation_is_refused_because_the_schema_has_none(world: World) -> None:
    response = await world.execute("mutation { ticks }")

    assert (response.codes, response.data) == (["BAD_INPUT"], None)
    assert response.errors[0]["message"] == "The mutation operation is not supported by the schema."
