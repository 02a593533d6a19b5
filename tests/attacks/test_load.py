"""Questions made to cost, over a real connection: refused before a source is asked, and soon. Attack 27."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import uvicorn

from audit.entry import Kind
from bench.workloads import EVERYTHING, INQUIRY
from engine.limits import Limits
from tests.attacks.files import change
from tests.attacks.shapes import errors, release, sources_asked
from tests.harness import World

PERSON = f'query {INQUIRY} {{ person(id: "P0000001") {{ %s }} }}'
BUDGET_S = 2
"""Of processor time, the client's and the server's together; they take 50 ms at most."""


@pytest.fixture
async def served(world: World) -> AsyncIterator[World]:
    """The same world, reached through uvicorn and a socket."""
    transport = world.client._transport
    assert isinstance(transport, httpx.ASGITransport)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(transport.app, http="httptools", lifespan="off", log_level="warning")
    server = uvicorn.Server(config)
    # Without its signal handlers: the test runner has its own.
    task = asyncio.create_task(server._serve([listener]))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}") as client:
        yield replace(world, client=client)
    server.should_exit = True
    await task


def fragments(link: str, length: int) -> str:
    """Fragments f0 … on Person, each of which is `link` with the next one's name in it."""
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


@pytest.mark.parametrize(("document", "code"), HEAVY.values(), ids=HEAVY)
async def test_27_a_question_made_to_cost_is_refused_soon_and_reads_nothing(
    served: World, document: str, code: str
) -> None:
    started = time.process_time()
    reply = await served.execute(document, as_="records")
    took_s = time.process_time() - started

    assert reply.status == 200
    assert reply.data is None
    assert set(reply.codes) == {code}
    assert all(error["message"].endswith(".") for error in reply.errors)
    assert sources_asked(served) == set()
    assert [(entry.kind, entry.outcome) for entry in served.journal_entries()] == [(Kind.REFUSAL, code)]
    assert took_s < BUDGET_S


async def test_27_a_thousand_people_with_everything_are_one_question_and_the_same_twice_are_not(served: World) -> None:
    ids = {"ids": [f"P{number:07}" for number in range(1_000)]}
    head, _, everything = (EVERYTHING % INQUIRY).partition("{\n")
    fields = everything.rpartition("}")[0]
    thousand = await served.execute(EVERYTHING % INQUIRY, as_="investigator", aal=2, variables=ids)
    twice = await served.execute(
        f"{head} {{ a: {fields.strip()} b: {fields.strip()} }}", as_="investigator", aal=2, variables=ids
    )

    assert (thousand.status, len(thousand.data["persons"]), thousand.errors) == (200, 1_000, [])
    assert (twice.data, twice.codes) == (None, ["TOO_COMPLEX"])
    assert sources_asked(served) == set()


def warrants_for(world: World, number: int) -> None:
    """Give the first person, who has one warrant, so many more of the same."""
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


async def test_27_a_way_that_goes_in_circles_ends_where_one_question_has_had_enough(served: World) -> None:
    """31 warrants, each for the same person: 961 on the second round and 887,503,681 on the sixth."""
    warrants_for(served, 30)
    reply = await served.execute(PERSON % CHAIN, as_="records")
    first = reply.data["person"]["warrants"]
    second = first[0]["subject"]["warrants"]

    assert (len(first), len(second)) == (31, 31)
    assert {each["subject"]["warrants"] for each in second} == {None}
    assert errors(reply) == [
        {
            "message": "Row limit exceeded; this is not a 'no record' result. Request fewer records.",
            "path": ["person", *["warrants", "@", "subject"] * 2, "warrants"],
            "extensions": {"code": "TOO_COMPLEX"},
        }
    ]
    assert release(served).outcome == "PARTIAL"
    assert len(reply.http.content) < 200_000


async def test_27_what_is_too_much_for_one_field_leaves_the_others_as_they_are(served: World) -> None:
    warrants_for(served, 30)
    served.reconfigure(limits=Limits(rows=40))
    document = f"""query {INQUIRY} {{
      persons(ids: ["P0000001", "P0000001"]) {{ id warrants {{ number }} }}
      vehicle(by: {{plate: {{number: "1N00001"}}}}) {{ plate owner {{ id }} }}
    }}"""
    reply = await served.execute(document, as_="records")

    assert reply.data["persons"] == [{"id": "P0000001", "warrants": None}] * 2
    assert reply.data["vehicle"]["plate"] == "1N00001"
    assert reply.paths["persons.@.warrants"] == "TOO_COMPLEX"
    assert set(reply.codes) == {"TOO_COMPLEX"}
    assert "Warrant.number" not in release(served).released
    assert "Vehicle.plate" in release(served).released


async def test_27_what_was_given_before_it_was_too_much_stays_released(served: World) -> None:
    warrants_for(served, 30)
    served.reconfigure(limits=Limits(rows=100))
    reply = await served.execute(PERSON % CHAIN, as_="records")

    assert len(reply.data["person"]["warrants"]) == 31
    assert reply.codes == ["TOO_COMPLEX"]
    assert "Warrant.number" in release(served).released


async def test_27_among_many_that_are_refused_at_once_an_honest_question_is_answered(served: World) -> None:
    heavy: list[Any] = [served.execute(document, as_="records") for document, _ in HEAVY.values()]
    *refused, stop = await asyncio.gather(*heavy, served.execute(PERSON % "id", as_="patrol"))

    assert {reply.data is None for reply in refused} == {True}
    assert stop.data == {"person": {"id": "P0000001"}}
