"""What is marked in the journal where it is known at once: a namesake, a colleague. The answer is the same with it."""

from __future__ import annotations

import pytest

from tests.attacks.responses import last_release
from tests.harness import TRAFFIC_STOP, World

STEPPED_UP = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-1")'
# P0000014 has the demonstration investigator's surname, and P0000012 works for the patrol officer's agency.
WAYS = [
    ("investigator", 'person(id: "P0000014") { id }', "SAME_SURNAME"),
    ("investigator", 'vehicle(by: {plate: {number: "1NTK014"}}) { make }', "SAME_SURNAME"),
    ("investigator", 'searchPersons(by: {name: {surname: "Reyes", given: "Marisol"}}) { total }', "SAME_SURNAME"),
    ("investigator", 'searchVehicles(by: {plateStart: "1NTK014"}) { total }', "SAME_SURNAME"),
    ("patrol", 'person(id: "P0000012") { id }', "COLLEAGUE"),
    ("patrol", 'vehicle(by: {plate: {number: "10N0012"}}) { owner { id } }', "COLLEAGUE"),
    ("patrol", 'searchPersons(by: {name: {surname: "Achterberger"}}) { total }', "COLLEAGUE"),
]


@pytest.mark.parametrize(("role", "query", "flag"), WAYS)
async def test_whoever_finds_somebody_close_to_them_is_marked(world: World, role: str, query: str, flag: str) -> None:
    await world.execute(f"query {STEPPED_UP} {{ {query} }}", as_=role, aal=2)

    assert last_release(world).flags == (flag,)

    await world.execute(f"query {STEPPED_UP} {{ {query} }}", as_="court", aal=2)

    assert last_release(world).flags == ()


@pytest.mark.parametrize(("role", "query"), [(role, query) for role, query, _ in WAYS])
async def test_whoever_may_not_know_of_them_finds_nobody_and_is_not_marked(world: World, role: str, query: str) -> None:
    await world.execute(f"query {TRAFFIC_STOP} {{ {query} }}", as_=role)

    assert (last_release(world).flags, last_release(world).record_ids) == ((), ())
