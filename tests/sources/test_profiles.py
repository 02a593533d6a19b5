"""A source that is missing, locked, corrupt or slow, through the whole application.

Its own fields are null with one error for their place, and nothing else of the answer changes.
"""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from strawberry.utils.str_converters import to_camel_case

from resolvers.catalogue import NAMES
from schema.build import blueprint
from tests.diagonal import combinations
from tests.harness import World
from tests.sources.file_faults import FAULTS, missing

# The wanted, the restrained, the one with a long history, and the caller's own record, which stays out of sight.
PEOPLE = ["P0000001", "P0000002", "P0000008", "P0000016"]
QUERY = """
query ($ids: [ID!]!) @inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-0417") {
  persons(ids: $ids) {
    id
    vehicles { vin }
    warrants { number }
    protectiveOrders { number protectedParties { phone } }
    criminalHistory { cycles { arrestedOn charges { offense } } }
  }
}
"""
# Beside the index of people, which knows the number by which each of these knows a person.
OTHERS = NAMES[1:]
FIELD = {name: to_camel_case(name) for name in OTHERS}


def hurry(world: World, source: str, status: str) -> None:
    """Gives up soon the source that is to be slow; whoever else answers has their time."""
    if status == "TIMEOUT":
        world.sources[source].inner._deadline_s = 0.3


async def ask(world: World, query: str = QUERY, **variables: Any) -> Any:
    return await world.execute(query, as_="investigator", aal=2, variables=variables or {"ids": PEOPLE})


def numbered(data: Path, source: str) -> set[str]:
    """Who has a number there; whoever has none has nothing there, whether it answers or not."""
    edge = blueprint().sites["Person", FIELD[source]].declared
    assert edge is not None
    with closing(sqlite3.connect(data / "persons.db")) as file:
        return {number for (number,) in file.execute(f"SELECT id FROM person WHERE {edge.columns[0]} IS NOT NULL")}


@combinations(
    failing={
        f"{fault.__name__} {when}": (fault, status, is_open)
        for when, is_open in {"from the start": False, "while open": True}.items()
        for fault, status in FAULTS
    },
    source={name: name for name in OTHERS},
)
async def test_a_source_that_fails_takes_only_its_own_fields_with_it(
    world: World, data: Path, source: str, failing: tuple[Callable[..., Any], str, bool]
) -> None:
    fault, status, is_open = failing
    healthy = await ask(world)
    assert set(healthy.sources.values()) == {"OK"}
    if not is_open:
        for each in world.sources.values():
            for line in each.inner._lines:
                line.close()
    silent = numbered(data, source)
    expected = copy.deepcopy(healthy.data)
    for person in filter(None, expected["persons"]):
        if person["id"] in silent:
            person[FIELD[source]] = None
    assert expected != healthy.data
    assert None in expected["persons"]

    hurry(world, source, status)
    with fault(data / f"{source}.db"):
        answer = await ask(world)

    assert answer.status == 200
    assert answer.data == expected
    (error,) = answer.errors
    assert (error["extensions"]["code"], error["extensions"]["source"]) == ("SOURCE_UNAVAILABLE", source)
    assert error["path"] == ["persons", "@", FIELD[source]]
    assert answer.sources == healthy.sources | {source: status}


@pytest.mark.parametrize(("fault", "status"), FAULTS, ids=[fault.__name__ for fault, _ in FAULTS])
async def test_without_the_index_of_people_there_is_no_answer_and_nobody_else_is_asked(
    world: World, data: Path, fault: Callable[..., Any], status: str
) -> None:
    hurry(world, "persons", status)
    with fault(data / "persons.db"):
        answer = await ask(world)

    assert answer.data == {"persons": [None] * len(PEOPLE)}
    (error,) = answer.errors
    assert (error["extensions"]["code"], error["extensions"]["source"]) == ("SOURCE_UNAVAILABLE", "persons")
    assert answer.sources == {"persons": status} | dict.fromkeys(OTHERS, "NOT_ASKED")


async def test_a_search_that_gets_no_answer_has_neither_hits_nor_a_total(world: World, data: Path) -> None:
    with missing(data / "persons.db"):
        answer = await ask(
            world,
            'query @inquiry(purpose: C, reason: INVESTIGATION) { searchPersons(by: {name: {surname: "Smith"}})'
            " { total edges { node { id } } pageInfo { hasNextPage } } }",
        )

    assert {error["extensions"]["code"] for error in answer.errors} == {"SOURCE_UNAVAILABLE"}
    assert {error["extensions"]["source"] for error in answer.errors} == {"persons"}
    assert answer.data["searchPersons"] == {"total": None, "edges": None, "pageInfo": None}


async def test_a_source_that_fails_half_way_keeps_what_it_has_answered(world: World, data: Path) -> None:
    healthy = await ask(world)
    with closing(sqlite3.connect(data / "criminal_history.db")) as file:
        file.execute("DROP TABLE charge")
    answer = await ask(world)

    expected = copy.deepcopy(healthy.data)
    for person in filter(None, expected["persons"]):
        for cycle in (person["criminalHistory"] or {"cycles": []})["cycles"]:
            cycle["charges"] = None
    assert answer.data == expected != healthy.data
    assert [error["path"] for error in answer.errors] == [["persons", "@", "criminalHistory", "cycles", "@", "charges"]]
    assert answer.sources["criminal_history"] == "DOWN"


async def test_all_sources_can_fail_at_once_and_all_come_back(world: World, data: Path) -> None:
    healthy = await ask(world)
    for source in NAMES:
        (data / f"{source}.db").rename(data / f"{source}.away")
    gone = await ask(world)
    for source in NAMES:
        (data / f"{source}.away").rename(data / f"{source}.db")
    back = await ask(world)

    assert gone.sources["persons"] == "DOWN"
    assert back.data == healthy.data
    assert back.sources == healthy.sources


async def test_the_journal_says_which_source_was_silent(world: World, data: Path) -> None:
    with missing(data / "warrants.db"):
        await ask(world)

    release = world.journal_entries()[-1]
    assert release.outcome == "PARTIAL"
    assert {each.name: each.status for each in release.sources}["warrants"] == "DOWN"
    assert not [field for field in release.released if field.startswith("Warrant.")]
