"""A source that is missing, locked, corrupt or slow, through the whole application.

Its own fields are null, with one error, and nothing else in the response changes.
"""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from resolvers.catalogue import NAMES
from schema.build import guarded_schema
from sources.sqlite.source import SqliteSource
from tests.diagonal import combinations
from tests.file_renewal import renewed
from tests.harness import Response, World, running_app
from tests.person_edges import person_edges
from tests.sources.file_faults import FAULTS, Fault, missing

# A wanted person, a restrained one, one with a long history, a missing one, and the caller's own record, which is not
# shown.
PEOPLE = ["P0000001", "P0000002", "P0000008", "P0000016", "P0000018"]
QUERY = f"""
query ($ids: [ID!]!) @inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-0417") {{
  persons(ids: $ids) {{
    id
    {" ".join(f"{name} {{ __typename }}" for name in person_edges().values())}
    vehicles {{ vin }}
    warrants {{ number }}
    protectiveOrders {{ number protectedParties {{ phone }} }}
    criminalHistory {{ cycles {{ arrestedOn charges {{ offense }} }} }}
  }}
}}
"""
FIELD = person_edges()
# Sources other than the index of people, which has the number of each person in each of them.
OTHERS = [name for name in NAMES[1:] if name in FIELD]


async def execute(world: World, query: str = QUERY) -> Response:
    return await world.execute(query, role="investigator", aal=2, variables={"ids": PEOPLE})


def people_with_number(data: Path, source: str) -> set[str]:
    """People who have a number in this source; the others have no records there, whether it responds or not."""
    edge = guarded_schema().fields["Person", FIELD[source]].declaration
    assert edge is not None
    with closing(sqlite3.connect(data / "persons.db")) as file:
        return {number for (number,) in file.execute(f"SELECT id FROM person WHERE {edge.columns[0]} IS NOT NULL")}


@asynccontextmanager
async def failing(data: Path, source: str, fault: Fault, status: str, *, when_open: bool) -> AsyncIterator[World]:
    """The application over a source with this fault; `when_open`: its connections were open before."""
    async with running_app(data) as world:
        if status == "TIMEOUT":  # the other faults show at once, so the deadline stays
            inner = world.sources[source].inner
            assert isinstance(inner, SqliteSource)
            inner.deadline_s = 0.3
        if when_open:
            found = (await execute(world)).sources
            assert {found[name] for name in OTHERS} <= {"OK", "EMPTY", "NO_NUMBER"}
        with fault(data / f"{source}.db"):
            yield world


@combinations(
    failure={
        f"{fault.__name__} {name}": (fault, status, when_open)
        for name, when_open in {"from the start": False, "while open": True}.items()
        for fault, status in FAULTS
    },
    source={name: name for name in OTHERS},
)
async def test_a_failing_source_nulls_only_its_own_fields(
    data: Path, source: str, failure: tuple[Fault, str, bool]
) -> None:
    fault, status, when_open = failure
    async with running_app(data) as world:
        healthy = await execute(world)
    affected = people_with_number(data, source)
    expected = copy.deepcopy(healthy.data)
    for person in filter(None, expected["persons"]):
        if person["id"] in affected:
            person[FIELD[source]] = None
    assert expected != healthy.data
    assert None in expected["persons"]

    async with failing(data, source, fault, status, when_open=when_open) as world:
        response = await execute(world)

    assert response.status == 200
    assert response.data == expected
    # A person without a number there has no error: nothing was asked about them.
    assert {(each["extensions"]["code"], each["extensions"]["source"]) for each in response.errors} == {
        ("SOURCE_UNAVAILABLE", source)
    }
    assert [each["path"] for each in response.errors] == [
        ["persons", index, FIELD[source]]
        for index, person in enumerate(healthy.data["persons"])
        if person and person["id"] in affected
    ]
    assert response.sources == healthy.sources | {source: status}


@pytest.mark.parametrize(("fault", "status"), FAULTS, ids=[fault.__name__ for fault, _ in FAULTS])
async def test_without_the_index_of_people_no_other_source_is_queried(data: Path, fault: Fault, status: str) -> None:
    async with failing(data, "persons", fault, status, when_open=False) as world:
        response = await execute(world)

    assert response.data == {"persons": [None] * len(PEOPLE)}
    assert {(each["extensions"]["code"], each["extensions"]["source"]) for each in response.errors} == {
        ("SOURCE_UNAVAILABLE", "persons")
    }
    assert [each["path"] for each in response.errors] == [["persons", index] for index in range(len(PEOPLE))]
    assert response.sources == {"persons": status} | dict.fromkeys(NAMES[1:], "NOT_ASKED")


async def test_a_search_without_its_source_has_neither_hits_nor_a_total(world: World, data: Path) -> None:
    with missing(data / "persons.db"):
        response = await execute(
            world,
            'query @inquiry(purpose: C, reason: INVESTIGATION) { searchPersons(by: {name: {surname: "Smith"}})'
            " { total edges { node { id } } pageInfo { hasNextPage } } }",
        )

    assert {error["extensions"]["code"] for error in response.errors} == {"SOURCE_UNAVAILABLE"}
    assert {error["extensions"]["source"] for error in response.errors} == {"persons"}
    assert response.data["searchPersons"] == {"total": None, "edges": None, "pageInfo": {"hasNextPage": False}}


async def test_a_source_that_fails_half_way_keeps_the_rows_it_returned(world: World, data: Path) -> None:
    healthy = await execute(world)
    with renewed(data / "criminal_history.db") as file:
        file.execute("DROP TABLE charge")
    response = await execute(world)

    expected, paths = copy.deepcopy(healthy.data), []
    for index, person in enumerate(expected["persons"]):
        for number, cycle in enumerate(((person or {}).get("criminalHistory") or {"cycles": []})["cycles"]):
            cycle["charges"] = None
            paths.append(["persons", index, "criminalHistory", "cycles", number, "charges"])
    assert response.data == expected != healthy.data
    assert [error["path"] for error in response.errors] == paths
    assert response.sources["criminal_history"] == "DOWN"


async def test_every_source_can_fail_at_once_and_come_back(world: World, data: Path) -> None:
    healthy = await execute(world)
    for source in NAMES:
        (data / f"{source}.db").rename(data / f"{source}.away")
    failed = await execute(world)
    for source in NAMES:
        (data / f"{source}.away").rename(data / f"{source}.db")
    recovered = await execute(world)

    assert failed.sources["persons"] == "DOWN"
    assert recovered.data == healthy.data
    assert recovered.sources == healthy.sources


async def test_the_journal_names_the_source_that_failed(world: World, data: Path) -> None:
    with missing(data / "warrants.db"):
        await execute(world)

    release = world.journal_entries()[-1]
    assert release.outcome == "PARTIAL"
    assert {each.name: each.status for each in release.sources}["warrants"] == "DOWN"
    assert not [field for field in release.released if field.startswith("Warrant.")]
