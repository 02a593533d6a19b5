"""Flags in the journal for inquiries about a namesake or a colleague."""

from __future__ import annotations

import pytest

from tests.attacks.responses import last_release
from tests.harness import TRAFFIC_STOP, World

STEPPED_UP = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-1")'
# P0000014 has the demonstration investigator's surname, and P0000012 works for the patrol officer's agency.
LOOKUPS = [
    ("investigator", 'person(id: "P0000014") { id }', "SAME_SURNAME"),
    ("investigator", 'vehicle(by: {plate: {number: "1NTK014"}}) { make }', "SAME_SURNAME"),
    ("investigator", 'searchPersons(by: {name: {surname: "Reyes", given: "Marisol"}}) { total }', "SAME_SURNAME"),
    ("investigator", 'searchVehicles(by: {plateStart: "1NTK014"}) { total }', "SAME_SURNAME"),
    ("patrol", 'person(id: "P0000012") { id }', "COLLEAGUE"),
    ("patrol", 'vehicle(by: {plate: {number: "10N0012"}}) { owner { id } }', "COLLEAGUE"),
    ("patrol", 'searchPersons(by: {name: {surname: "Achterberger"}}) { total }', "COLLEAGUE"),
]


@pytest.mark.parametrize(("role", "query", "flag"), LOOKUPS)
async def test_an_inquiry_about_a_namesake_or_colleague_is_flagged(
    world: World, role: str, query: str, flag: str
) -> None:
    await world.execute(f"query {STEPPED_UP} {{ {query} }}", role=role, aal=2)

    assert last_release(world).flags == (flag,)

    await world.execute(f"query {STEPPED_UP} {{ {query} }}", role="court", aal=2)

    assert last_release(world).flags == ()


@pytest.mark.parametrize(("role", "query"), [(role, query) for role, query, _ in LOOKUPS])
async def test_an_inquiry_that_may_not_see_them_finds_none_and_is_not_flagged(
    world: World, role: str, query: str
) -> None:
    await world.execute(f"query {TRAFFIC_STOP} {{ {query} }}", role=role)

    assert (last_release(world).flags, last_release(world).record_ids) == ((), ())
