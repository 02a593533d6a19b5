"""Expensive operations over a real connection are rejected before a source is queried. Attack 27."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from audit.entry import Kind
from bench.workloads import EVERYTHING, INQUIRY
from tests.api.http_client import listening
from tests.attacks.data_files import change
from tests.attacks.responses import errors, last_release, sources_queried
from tests.harness import World, person_ids

PERSON = f'query {INQUIRY} {{ person(id: "P0000001") {{ %s }} }}'


@pytest.fixture
async def served(world: World) -> AsyncIterator[World]:
    """The world behind a server and a socket."""
    async with (
        listening(world.app) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        yield replace(world, client=client)


def fragments(link: str, length: int) -> str:
    """Fragments f0 … on Person. Each is `link` with NEXT replaced by a spread of the next one."""
    links = [f"fragment f{each} on Person {{ {link.replace('NEXT', f'...f{each + 1}')} }}" for each in range(length)]
    return " ".join([PERSON % "...f0", *links, f"fragment f{length} on Person {{ id }}"])


HEAVY: dict[str, tuple[str, str]] = {
    "1,000 aliases": (PERSON % " ".join(f"a{each}: ssn" for each in range(1_000)), "TOO_COMPLEX"),
    "600 aliases": (PERSON % " ".join(f"a{each}: ssn" for each in range(600)), "TOO_COMPLEX"),
    "1,000 duplicate fields": (PERSON % ("ssn " * 1_000), "TOO_COMPLEX"),
    "500 directives": (PERSON % ("ssn" + " @include(if: true)" * 500), "TOO_COMPLEX"),
    "500 unknown directives": (PERSON % ("ssn" + " @x" * 500), "BAD_INPUT"),
    "fragments in a circle": (
        PERSON % "...a" + " fragment a on Person { ...b } fragment b on Person { ...a }",
        "BAD_INPUT",
    ),
    "a fragment within itself": (
        PERSON % "...a" + " fragment a on Person { vehicles { owner { ...a } } }",
        "BAD_INPUT",
    ),
    "fragments that double, 2^60": (
        fragments("a: vehicles { owner { NEXT } } b: vehicles { owner { NEXT } }", 60),
        "TOO_COMPLEX",
    ),
    "fragments that grow by five": (
        fragments(" ".join(f"a{each}: vehicles {{ owner {{ NEXT }} }}" for each in range(5)), 6),
        "TOO_COMPLEX",
    ),
    "nested 400 deep": (PERSON % ("vehicles { owner { " * 200 + "id" + " } }" * 200), "TOO_COMPLEX"),
    "nested 15 deep": (PERSON % ("vehicles { owner { " * 7 + "id" + " } }" * 7), "TOO_COMPLEX"),
    "first: 1000000000": (
        f'query {INQUIRY} {{ searchPersons(by: {{name: {{surname: "Lee"}}}}, first: 1000000000) {{ total }} }}',
        "BAD_INPUT",
    ),
    "30 pages of 100 and the cars of their cars' owners": (
        f"query {INQUIRY} {{"
        + " ".join(
            f'a{each}: searchPersons(by: {{name: {{surname: "Lee"}}}}, first: 100) {{ edges {{ node {{'
            + "vehicles { owner { " * 4
            + "id"
            + " } }" * 4
            + " } } }"
            for each in range(30)
        )
        + "}",
        "TOO_COMPLEX",
    ),
}


@pytest.mark.attack(27)
@pytest.mark.parametrize(("document", "code"), HEAVY.values(), ids=HEAVY)
async def test_an_expensive_operation_is_rejected_before_any_read(served: World, document: str, code: str) -> None:
    response = await served.execute(document, role="records")

    assert response.status == 200
    assert response.data is None
    assert set(response.codes) == {code}
    assert all(error["message"].endswith(".") for error in response.errors)
    assert sources_queried(served) == set()
    assert [(entry.kind, entry.outcome) for entry in served.journal_entries()] == [(Kind.REFUSAL, code)]


@pytest.mark.attack(27)
async def test_a_thousand_full_persons_are_allowed_once_but_not_twice(served: World) -> None:
    people = person_ids(served.folder)
    ids = {"ids": [*people, *(f"P9{number:06}" for number in range(1_000 - len(people)))]}
    head, _, everything = (EVERYTHING % INQUIRY).partition("{\n")
    fields = everything.rpartition("}")[0]
    thousand = await served.execute(EVERYTHING % INQUIRY, role="investigator", aal=2, variables=ids)
    twice = await served.execute(
        f"{head} {{ a: {fields.strip()} b: {fields.strip()} }}", role="investigator", aal=2, variables=ids
    )

    assert (thousand.status, len(thousand.data["persons"]), thousand.errors) == (200, 1_000, [])
    assert (twice.data, twice.codes) == (None, ["TOO_COMPLEX"])
    assert sources_queried(served) == set()


@pytest.mark.attack(27)
@pytest.mark.parametrize(("times", "codes"), [(23, []), (24, ["TOO_COMPLEX"])])
async def test_persons_are_looked_up_no_more_often_than_rows_are(served: World, times: int, codes: list[str]) -> None:
    people = {"ids": [f"P9{number:06}" for number in range(1_000)]}
    found = " ".join(f"a{each}: persons(ids: $ids) {{ id }}" for each in range(times))
    response = await served.execute(f"query($ids: [ID!]!) {INQUIRY} {{ {found} }}", role="records", variables=people)

    assert [code for code in response.codes if response.data is None] == codes


@pytest.mark.attack(27)
@pytest.mark.parametrize(("times", "codes"), [(49, []), (50, ["TOO_COMPLEX"])])
@pytest.mark.parametrize("search", ['searchPersons(by: {name: {surname: "LEE"}})', "searchVehicles(by: {make: TOYT})"])
async def test_searches_are_few_in_one_operation(served: World, search: str, times: int, codes: list[str]) -> None:
    searches = " ".join(f"a{each}: {search} {{ total }}" for each in range(times))
    response = await served.execute(f"query {INQUIRY} {{ {searches} }}", role="records")

    assert response.codes == codes


def warrants_for(world: World, number: int) -> None:
    """Add `number` copies of the only warrant of the first person."""
    change(
        world.folder,
        "warrants",
        "CREATE TEMP TABLE one AS SELECT * FROM warrant WHERE number = 'W000000001'",
        *(
            statement
            for each in range(number)
            for statement in (
                f"UPDATE one SET number = 'W9{each:08}'",
                "INSERT INTO warrant SELECT * FROM one",
            )
        ),
    )


CHAIN = "id " + "warrants { number subject { " * 6 + "id" + " } }" * 6


@pytest.mark.attack(27)
async def test_a_cyclic_path_ends_at_the_row_limit(served: World) -> None:
    """31 warrants for one person: 961 at the second level and 887,503,681 at the sixth."""
    warrants_for(served, 30)
    response = await served.execute(PERSON % CHAIN, role="records")
    first = response.data["person"]["warrants"]
    second = first[0]["subject"]["warrants"]

    assert (len(first), len(second)) == (31, 31)
    assert {each["subject"]["warrants"] for each in second} == {None}
    assert errors(response) == [
        {
            "message": "Row limit exceeded; this is not a 'no record' result. Request fewer records.",
            "path": ["person", "warrants", one, "subject", "warrants", other, "subject", "warrants"],
            "extensions": {"code": "TOO_COMPLEX"},
        }
        for one in range(31)
        for other in range(31)
    ]
    assert last_release(served).outcome == "PARTIAL"
    assert len(response.http.content) < 400_000


@pytest.mark.attack(27)
async def test_a_field_over_the_row_limit_leaves_the_others_unchanged(served: World) -> None:
    warrants_for(served, 30)
    served.reconfigure(row_limit=40)
    document = f"""query {INQUIRY} {{
      persons(ids: ["P0000001", "P0000001"]) {{ id warrants {{ number }} }}
      vehicle(by: {{plate: {{number: "1N00001"}}}}) {{ plate owner {{ id }} }}
    }}"""
    response = await served.execute(document, role="records")

    assert response.data["persons"] == [{"id": "P0000001", "warrants": None}] * 2
    assert response.data["vehicle"]["plate"] == "1N00001"
    assert response.codes_by_path["persons.1.warrants"] == "TOO_COMPLEX"
    assert set(response.codes) == {"TOO_COMPLEX"}
    assert "Warrant.number" not in last_release(served).released
    assert "Vehicle.plate" in last_release(served).released


@pytest.mark.attack(27)
async def test_rows_before_the_row_limit_stay_released(served: World) -> None:
    warrants_for(served, 30)
    served.reconfigure(row_limit=100)
    response = await served.execute(PERSON % CHAIN, role="records")

    assert len(response.data["person"]["warrants"]) == 31
    assert response.codes == ["TOO_COMPLEX"] * 31
    assert "Warrant.number" in last_release(served).released


@pytest.mark.attack(27)
async def test_a_normal_operation_runs_among_many_rejected_ones(served: World) -> None:
    heavy: list[Any] = [served.execute(document, role="records") for document, _ in HEAVY.values()]
    *refused, stop = await asyncio.gather(*heavy, served.execute(PERSON % "id", role="patrol"))

    assert {response.data is None for response in refused} == {True}
    assert stop.data == {"person": {"id": "P0000001"}}
