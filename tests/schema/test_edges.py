"""Edges lead from a record to those that it names, and back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import INVESTIGATION, World

# Queries that return to the record that they start from, or to its type.
ROUND_TRIPS = {
    "person, vehicles, owner": (
        'person(id: "P0000001") { vehicles { plate owner { id } } }',
        {"person": {"vehicles": [{"plate": "1N00001", "owner": {"id": "P0000001"}}]}},
    ),
    "vehicle, owner, vehicles": (
        'vehicle(by: {plate: {number: "1NTK011", state: "NV"}}) { owner { id vehicles { plate plateState } } }',
        {"vehicle": {"owner": {"id": "P0000010", "vehicles": [{"plate": "1NTK011", "plateState": "NV"}]}}},
    ),
    "person, warrants, subject": (
        'person(id: "P0000009") { warrants { number subject { id } } }',
        {"person": {"warrants": [{"number": "W000000009", "subject": {"id": "P0000009"}}]}},
    ),
    "warrant, subject, warrants": (
        'warrant(number: "W000000001") { subject { id warrants { number } } }',
        {"warrant": {"subject": {"id": "P0000001", "warrants": [{"number": "W000000001"}]}}},
    ),
    "person, orders, restrained": (
        'person(id: "P0000002") { protectiveOrders { number restrained { id } } }',
        {"person": {"protectiveOrders": [{"number": "H000000002", "restrained": {"id": "P0000002"}}]}},
    ),
    "order, restrained, orders": (
        'protectiveOrder(number: "H000000002") { restrained { id protectiveOrders { number } } }',
        {"protectiveOrder": {"restrained": {"id": "P0000002", "protectiveOrders": [{"number": "H000000002"}]}}},
    ),
    "order, protected parties": (
        'protectiveOrder(number: "H000000002") { protectedParties { name { full } residence { street city } phone } }',
        {
            "protectiveOrder": {
                "protectedParties": [
                    {
                        "name": {"full": "Ottilie Brandvold"},
                        "residence": {"street": "ADDRESS CONFIDENTIAL", "city": None},
                        "phone": None,
                    }
                ]
            }
        },
    ),
    "person, history, subject": (
        'person(id: "P0000013") { criminalHistory { ciiNumber subject { id } cycles { charges { code } } } }',
        {
            "person": {
                "criminalHistory": {
                    "ciiNumber": "A00000013",
                    "subject": {"id": "P0000013"},
                    "cycles": [{"charges": [{"code": "1212"}]}],
                }
            }
        },
    ),
    "history, subject, history": (
        'criminalHistory(ciiNumber: "A00000013") { subject { id criminalHistory { fbiNumber } } }',
        {"criminalHistory": {"subject": {"id": "P0000013", "criminalHistory": {"fbiNumber": "000013DM0"}}}},
    ),
}


@pytest.mark.parametrize(("query", "expected"), ROUND_TRIPS.values(), ids=ROUND_TRIPS)
async def test_edges_lead_to_a_record_and_back(world: World, query: str, expected: Any) -> None:
    response = await world.execute(f"query {INVESTIGATION} {{ {query} }}", role="records")

    assert response.errors == []
    assert response.data == expected


async def test_a_person_with_nothing_has_empty_lists_and_no_history(world: World) -> None:
    document = f"""query {INVESTIGATION} {{ person(id: "P0000007") {{
      name {{ full }} driverLicense {{ number }} vehicles {{ vin }} warrants {{ number }} protectiveOrders {{ number }}
      criminalHistory {{ ciiNumber }} aliases {{ full }}
    }} }}"""
    response = await world.execute(document, role="records")

    assert response.errors == []
    assert response.data == {
        "person": {
            "name": {"full": "Edith Lindqvist-Hale"},
            "driverLicense": None,
            "vehicles": [],
            "warrants": [],
            "protectiveOrders": [],
            "criminalHistory": None,
            "aliases": [],
        }
    }
    # She has no number in another source, so none is queried.
    assert world.batches == [("persons", 1)]
