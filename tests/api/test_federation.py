"""A source that keeps failing, through the whole application: what callers are told of it, and how it comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sources.errors import SourceUnavailable
from sources.source import Statement
from tests.harness import World, serving

PERSON = """query @inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-0417") {
  person(id: "P0000001") { id warrants { number } vehicles { vin } }
}"""
HISTORY = """query @inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-0417") {
  criminalHistory(ciiNumber: "NUMBER") { ciiNumber cycles { arrestedOn } }
}"""
SOURCES = "{ sources { name status } }"
FAILURES = 3


async def ask(world: World) -> Any:
    return await world.execute(PERSON, as_="investigator", aal=2)


def out(data: Path) -> Path:
    """Take the warrants away."""
    return (data / "warrants.db").rename(data / "warrants.away")


async def test_a_source_that_is_left_alone_is_down_and_never_empty_and_the_rest_stands(data: Path) -> None:
    async with serving(data, source_circuit_failures=FAILURES, source_circuit_open_s=3_600) as world:
        healthy = await ask(world)
        out(data)
        failing = [await ask(world) for _ in range(FAILURES)]
        assert "warrants" in [source for source, _ in world.batches]
        left_alone = await ask(world)
        asked = [source for source, _ in world.batches]
        release = world.journal_entries()[-1]

    assert healthy.data["person"]["warrants"]
    for answer in (*failing, left_alone):
        assert answer.data == {"person": {**healthy.data["person"], "warrants": None}}
        assert answer.paths == {"person.warrants": "SOURCE_UNAVAILABLE"}
        assert answer.sources == healthy.sources | {"warrants": "DOWN"}
    assert "warrants" not in asked
    assert release.outcome == "PARTIAL"
    assert {each.name: each.status for each in release.sources}["warrants"] == "DOWN"


@pytest.mark.parametrize(("number", "is_there"), [("A99999999", False), ("A00000016", True)])
async def test_what_fails_ahead_counts_only_where_it_is_missed(world: World, number: str, is_there: bool) -> None:
    """Cycles are asked for beside their history; where there is none, nothing of the answer is theirs."""
    question = HISTORY.replace("NUMBER", number)
    healthy = await world.execute(question, as_="investigator", aal=2)

    def fail(statement: Statement) -> None:
        if "arrested_on" in statement.text:
            raise SourceUnavailable("criminal_history", "TIMEOUT")

    world.sources["criminal_history"].before = fail
    answer = await world.execute(question, as_="investigator", aal=2)

    assert ("criminal_history", 1) in world.batches
    assert (healthy.data["criminalHistory"] is not None) is is_there
    if is_there:
        assert answer.paths == {"criminalHistory.cycles": "SOURCE_UNAVAILABLE"}
        assert answer.sources == healthy.sources | {"criminal_history": "TIMEOUT"}
    else:
        assert (answer.data, answer.errors, answer.sources) == (healthy.data, [], healthy.sources)
    assert world.journal_entries()[-1].outcome == ("PARTIAL" if is_there else "ANSWERED")


async def test_it_comes_back_with_the_first_probe_that_is_answered(data: Path) -> None:
    async with serving(data, source_circuit_failures=FAILURES, source_circuit_open_s=3_600) as world:
        healthy = await ask(world)
        away = out(data)
        for _ in range(FAILURES):
            await ask(world)
        away.rename(data / "warrants.db")
        still = await ask(world)
        world.resources.pipeline.resilient_sources["warrants"].breaker._opened_at = -3_600.0
        back = await ask(world)

    assert still.sources["warrants"] == "DOWN"
    assert (back.data, back.errors, back.sources) == (healthy.data, [], healthy.sources)


async def test_health_and_the_list_of_sources_ask_the_source_itself(data: Path) -> None:
    """They neither believe the breaker nor move it."""
    async with serving(data, source_circuit_failures=FAILURES, source_circuit_open_s=3_600) as world:
        breaker = world.resources.pipeline.resilient_sources["warrants"].breaker
        away = out(data)
        for _ in range(2 * FAILURES):
            assert "DOWN" in await told(world)
        untouched = breaker.is_open
        for _ in range(FAILURES):
            await ask(world)
        away.rename(data / "warrants.db")
        told_of = await told(world)

        assert (untouched, breaker.is_open) == (False, True)
        assert told_of == {"OK"}


async def told(world: World) -> set[str]:
    """What either says of warrants."""
    ready = (await world.client.get("/readyz")).json()["sources"]
    listed = (await world.execute(SOURCES)).data["sources"]
    (by_health,), (by_list,) = (
        [each["status"] for each in those if each["name"] == "warrants"] for those in (ready, listed)
    )
    assert by_health == by_list
    return {by_health}


async def test_a_source_that_is_asked_when_the_time_is_over_is_a_timeout_and_not_asked(data: Path) -> None:
    async with serving(data, operation_budget_ms=1) as world:
        world.reconfigure(budget_s=-1.0)
        answer = await ask(world)
        asked = world.batches

    assert (answer.data, asked) == ({"person": None}, [])
    assert answer.codes == ["SOURCE_UNAVAILABLE"]
    assert answer.sources["persons"] == "TIMEOUT"
