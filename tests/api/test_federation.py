"""Failing sources, through the whole application: the errors that callers get, and how a source recovers."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.circuit_breaker import CircuitBreaker
from sources.errors import SourceUnavailable
from sources.request import Request
from tests.harness import WITH_CASE, Response, World, running_app, sql_text

PERSON = f'query {WITH_CASE} {{ person(id: "P0000001") {{ id warrants {{ number }} vehicles {{ vin }} }} }}'
HISTORY = f'query {WITH_CASE} {{ criminalHistory(ciiNumber: "NUMBER") {{ ciiNumber cycles {{ arrestedOn }} }} }}'
SOURCES = "{ sources { name status } }"
FAILURES = 3


async def read(world: World) -> Response:
    return await world.execute(PERSON, role="investigator", aal=2)


def remove_warrants(data: Path) -> Path:
    """Move the file of the warrants away, and return its new path."""
    return (data / "warrants.db").rename(data / "warrants.away")


async def test_all_aliases_of_sources_share_one_probe_of_each(world: World) -> None:
    aliases = " ".join(f"a{each}: sources {{ name status }}" for each in range(20))
    probed: list[str] = []
    for name, source in world.sources.items():

        async def count(name: str = name) -> None:
            probed.append(name)

        source.on_probe = count
    response = await world.execute(f"{{ {aliases} }}")

    assert len({str(each) for each in response.data.values()}) == 1
    assert sorted(probed) == sorted(world.sources)


async def test_a_source_with_an_open_circuit_is_down_and_not_empty(data: Path) -> None:
    async with running_app(data, source_circuit_failures=FAILURES, source_circuit_open_s=3_600) as world:
        healthy = await read(world)
        remove_warrants(data)
        failing = [await read(world) for _ in range(FAILURES)]
        assert "warrants" in [source for source, _ in world.batches]
        with_open_circuit = await read(world)
        queried = [source for source, _ in world.batches]
        release = world.journal_entries()[-1]

    assert healthy.data["person"]["warrants"]
    for response in (*failing, with_open_circuit):
        assert response.data == {"person": {**healthy.data["person"], "warrants": None}}
        assert response.codes_by_path == {"person.warrants": "SOURCE_UNAVAILABLE"}
        assert response.sources == healthy.sources | {"warrants": "DOWN"}
    assert "warrants" not in queried
    assert release.outcome == "PARTIAL"
    assert {each.name: each.status for each in release.sources}["warrants"] == "DOWN"


@pytest.mark.parametrize(("number", "is_there"), [("A99999999", False), ("A00000016", True)])
async def test_a_failed_prefetch_counts_only_if_its_rows_are_missed(world: World, number: str, is_there: bool) -> None:
    """Cycles are fetched beside their history. If there is no history, the response has no use for them."""
    query = HISTORY.replace("NUMBER", number)
    healthy = await world.execute(query, role="investigator", aal=2)

    def fail(request: Request) -> None:
        if "arrested_on" in sql_text(request):
            raise SourceUnavailable("criminal_history", "TIMEOUT")

    world.sources["criminal_history"].before = fail
    response = await world.execute(query, role="investigator", aal=2)

    assert ("criminal_history", 1) in world.batches
    assert (healthy.data["criminalHistory"] is not None) is is_there
    if is_there:
        assert response.codes_by_path == {"criminalHistory.cycles": "SOURCE_UNAVAILABLE"}
        assert response.sources == healthy.sources | {"criminal_history": "TIMEOUT"}
    else:
        assert (response.data, response.errors, response.sources) == (healthy.data, [], healthy.sources)
    assert world.journal_entries()[-1].outcome == ("PARTIAL" if is_there else "ANSWERED")


async def test_a_source_comes_back_with_its_first_successful_probe(data: Path) -> None:
    now = 0.0
    async with running_app(data) as world:
        breaker = CircuitBreaker(FAILURES, 3_600, clock=lambda: now)
        world.pipeline.resilient_sources["warrants"].breaker = breaker
        healthy = await read(world)
        away = remove_warrants(data)
        for _ in range(FAILURES):
            await read(world)
        away.rename(data / "warrants.db")
        still = await read(world)
        now += 3_600
        back = await read(world)

    assert still.sources["warrants"] == "DOWN"
    assert (back.data, back.errors, back.sources) == (healthy.data, [], healthy.sources)


async def test_health_and_the_list_of_sources_query_the_source_itself(data: Path) -> None:
    """They neither read the circuit breaker nor record in it."""
    async with running_app(data, source_circuit_failures=FAILURES, source_circuit_open_s=3_600) as world:
        breaker = world.pipeline.resilient_sources["warrants"].breaker
        away = remove_warrants(data)
        for _ in range(2 * FAILURES):
            assert "DOWN" in await warrants_statuses(world)
        before = breaker.is_open
        for _ in range(FAILURES):
            await read(world)
        away.rename(data / "warrants.db")
        after = await warrants_statuses(world)

        assert (before, breaker.is_open) == (False, True)
        assert after == {"OK"}


async def warrants_statuses(world: World) -> set[str]:
    """The status of the warrants in both."""
    ready = (await world.client.get("/readyz")).json()["sources"]
    listed = (await world.execute(SOURCES)).data["sources"]
    return {each["status"] for each in (*ready, *listed) if each["name"] == "warrants"}


async def test_a_source_is_a_timeout_and_not_queried_when_the_time_is_over(data: Path) -> None:
    async with running_app(data, operation_budget_ms=1) as world:
        world.reconfigure(sources_timeout_s=-1.0)
        response = await read(world)
        batches = world.batches

    assert (response.data, batches) == ({"person": None}, [])
    assert response.codes == ["SOURCE_UNAVAILABLE"]
    assert response.sources["persons"] == "TIMEOUT"
