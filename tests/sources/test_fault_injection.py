"""Sources that behave as a profile says: as slow, as often wrong and as long away, and the same again for a seed."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from statistics import quantiles

import pytest

from resolvers.catalogue import NAMES
from sources.errors import InvalidProfile, SourceUnavailable
from sources.fault_injection import FaultInjectingSource, with_faults
from sources.fault_profile import Behaviour, FaultProfile, Outage
from sources.source import Rows, Statement
from sources.sqlite.source import SqliteSource
from tests.harness import serving
from tests.sources.hurried import hurried, now

STATEMENT = Statement("SELECT 1", {})
DEADLINE_S = 2.0
QUERY = """query @inquiry(purpose: C, reason: TRAFFIC_STOP) {
  person(id: "P0000001") { id vehicles { vin } warrants { number } }
  vehicle(by: {plate: {number: "1NTK011"}}) { vin }
}"""


class Prompt:
    """A source that answers after `takes_s`, and remembers how often it was asked and left."""

    answered_at = None

    def __init__(self, name: str = "vehicles", takes_s: float = 0) -> None:
        self.name = name
        self.takes_s = takes_s
        self.asked = self.left = 0

    async def fetch(self, _statement: Statement) -> Rows:
        self.asked += 1
        try:
            await asyncio.sleep(self.takes_s)
        except asyncio.CancelledError:
            self.left += 1
            raise
        return [["a row"]]

    async def close(self) -> None:
        """Nothing to let go of."""


def behaving(source: Prompt, behaviour: Behaviour, seed: int = 1) -> FaultInjectingSource:
    profile = FaultProfile(seed, {"vehicles": behaviour, "warrants": behaviour})
    return FaultInjectingSource(source, lambda: profile, deadline_s=DEADLINE_S, clock=now)


async def outcome(source: FaultInjectingSource) -> tuple[str, float]:
    """OK, DOWN or TIMEOUT, and after how many seconds."""
    began = now()
    try:
        assert await source.fetch(STATEMENT) == [["a row"]]
    except SourceUnavailable as fault:
        return fault.status, now() - began
    return "OK", now() - began


def outcomes(behaviour: Behaviour, count: int, name: str = "vehicles", seed: int = 1) -> list[tuple[str, float]]:
    """Of so many statements, one after the other."""

    async def all_of_them() -> list[tuple[str, float]]:
        source = behaving(Prompt(name), behaviour, seed)
        return [await outcome(source) for _ in range(count)]

    return hurried(all_of_them())


def test_latencies_have_the_median_and_the_99th_percentile_that_are_asked_for() -> None:
    found = outcomes(Behaviour(80, 240), 20_000)
    percentiles = quantiles((seconds * 1000 for _, seconds in found), n=100)

    assert {status for status, _ in found} == {"OK"}
    assert percentiles[49] == pytest.approx(80, rel=0.02)
    assert percentiles[98] == pytest.approx(240, rel=0.05)
    # Log-normal: as far below the median, in times, as above it.
    assert percentiles[0] == pytest.approx(80 / 3, rel=0.05)


def test_a_latency_without_a_99th_percentile_is_always_the_same() -> None:
    assert {round(seconds, 6) for _, seconds in outcomes(Behaviour(80, 80), 50)} == {0.08}


def test_as_many_fail_as_are_to_and_each_after_its_latency() -> None:
    found = outcomes(Behaviour(80, 80, error_rate=0.1), 20_000)

    assert sum(status == "DOWN" for status, _ in found) / len(found) == pytest.approx(0.1, rel=0.05)
    assert {status for status, _ in found} == {"OK", "DOWN"}
    assert {round(seconds, 6) for _, seconds in found} == {0.08}


def test_a_seed_and_a_name_draw_the_same_again_and_others_draw_another() -> None:
    rough = Behaviour(80, 240, error_rate=0.3)

    assert outcomes(rough, 50) == outcomes(rough, 50)
    assert outcomes(rough, 50) != outcomes(rough, 50, seed=2)
    assert outcomes(rough, 50) != outcomes(rough, 50, name="warrants")


def test_what_is_drawn_for_latencies_does_not_hang_on_what_fails() -> None:
    fine, rough = outcomes(Behaviour(80, 240), 50), outcomes(Behaviour(80, 240, error_rate=0.5), 50)

    assert [seconds for _, seconds in fine] == [seconds for _, seconds in rough]


def test_a_source_is_down_at_once_for_as_long_as_its_outage_holds_and_is_not_asked() -> None:
    async def each_second() -> tuple[list[str], int]:
        prompt = Prompt()
        source = behaving(prompt, Behaviour(outages=(Outage(2, 3, 6),)))
        found = []
        for second in range(12):
            await asyncio.sleep(second - now())
            status, seconds = await outcome(source)
            assert seconds == 0
            found.append(status)
        return found, prompt.asked

    up, down = ["OK"], ["DOWN"]
    assert hurried(each_second()) == (up * 2 + down * 3 + up * 3 + down * 3 + up, 6)


@pytest.mark.parametrize(
    ("behaviour", "takes_s"),
    [
        (Behaviour(is_frozen=True), 0),
        (Behaviour(5_000, 5_000), 0),
        (Behaviour(1_500, 1_500), 1),
        (Behaviour(5_000, 5_000, error_rate=1), 0),
    ],
    ids=["frozen", "slower than it", "slower than it with the source's own time", "wrong too late"],
)
def test_the_deadline_holds(behaviour: Behaviour, takes_s: float) -> None:
    async def one() -> tuple[str, float]:
        return await outcome(behaving(Prompt(takes_s=takes_s), behaviour))

    assert hurried(one()) == ("TIMEOUT", DEADLINE_S)


def test_no_more_are_answered_at_once_than_a_source_can_and_the_others_wait_in_turn() -> None:
    async def seven() -> list[tuple[str, float]]:
        source = behaving(Prompt(takes_s=0.5), Behaviour(100, 100, concurrency=2))
        return await asyncio.gather(*(outcome(source) for _ in range(7)))

    found = [(status, round(seconds, 6)) for status, seconds in hurried(seven())]
    assert found == [("OK", 0.6)] * 2 + [("OK", 1.2)] * 2 + [("OK", 1.8)] * 2 + [("TIMEOUT", 2.0)]


def test_whoever_leaves_takes_the_statement_and_the_place_along() -> None:
    async def one_leaves() -> tuple[int, tuple[str, float]]:
        prompt = Prompt(takes_s=1)
        source = behaving(prompt, Behaviour(concurrency=1))
        leaving = asyncio.create_task(source.fetch(STATEMENT))
        await asyncio.sleep(0.5)
        leaving.cancel()
        found = await outcome(source)
        with pytest.raises(asyncio.CancelledError):
            await leaving
        return prompt.left, found

    assert hurried(one_leaves()) == (1, ("OK", 1.0))


def test_a_new_profile_holds_from_the_next_statement_on() -> None:
    async def changes() -> list[tuple[str, float]]:
        profiles = [FaultProfile(1, {"vehicles": Behaviour(1_000, 1_000)})]
        source = FaultInjectingSource(Prompt(), lambda: profiles[-1], deadline_s=DEADLINE_S, clock=now)
        before = asyncio.create_task(outcome(source))
        await asyncio.sleep(0.5)
        profiles.append(FaultProfile(1, {"vehicles": Behaviour(outages=(Outage(),))}))
        down = await outcome(source)
        profiles.append(FaultProfile())
        return [await before, down, await outcome(source)]

    assert hurried(changes()) == [("OK", 1.0), ("DOWN", 0.0), ("OK", 0.0)]


def test_each_source_is_put_behind_its_own_faults() -> None:
    sources = {name: Prompt(name) for name in NAMES}
    behind = with_faults(sources, FaultProfile, deadline_s=DEADLINE_S)

    assert {name: each.name for name, each in behind.items()} == {name: name for name in NAMES}


async def test_without_a_profile_nothing_stands_before_a_source(data: Path) -> None:
    async with serving(data) as world:
        kinds = {type(each.inner) for each in world.sources.values()}

    assert kinds == {SqliteSource}


async def test_with_the_dmv_down_its_fields_are_no_answer_and_never_no_record(data: Path) -> None:
    async with serving(data) as world:
        healthy = await world.execute(QUERY)
    async with serving(data, profile="dmv-down") as world:
        answer = await world.execute(QUERY)
        ready = await world.client.get("/readyz")

    assert healthy.data["person"]["vehicles"]
    assert answer.status == 200
    assert answer.data == {"person": healthy.data["person"] | {"vehicles": None}, "vehicle": None}
    assert answer.paths == {"person.vehicles": "SOURCE_UNAVAILABLE", "vehicle": "SOURCE_UNAVAILABLE"}
    assert answer.sources == healthy.sources | {"vehicles": "DOWN"}
    assert [each["name"] for each in ready.json()["sources"] if each["status"] != "OK"] == ["vehicles"]


async def test_a_profile_is_followed_and_one_gone_bad_changes_nothing_and_is_told_once(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "p.toml"

    def put(text: str) -> None:
        new = tmp_path / "new.toml"
        new.write_text(text)
        os.replace(new, path)  # noqa: PTH105

    put("")
    async with serving(data, profile=str(path)) as world:

        async def fares() -> str:
            return (await world.execute(QUERY)).sources["warrants"]

        found = [await fares()]
        put("[[warrants.outages]]\n")
        found.append(await fares())
        put("[warrants]\nmedian = 3\n")
        found += [await fares(), await fares()]
        told = [record.getMessage() for record in caplog.records]
        put("[vehicles]\n")
        found.append(await fares())

    assert found == ["OK", "DOWN", "DOWN", "DOWN", "OK"]
    (sentence,) = told
    assert sentence.startswith(f"The previous fault profile stays in use. {path}:2: 'median' is not one of median_ms, ")


async def test_a_server_does_not_start_with_a_profile_that_is_wrong(data: Path, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("\nseed = one")

    with pytest.raises(InvalidProfile, match=r"p\.toml:2: Invalid value\.$"):
        async with serving(data, profile=str(tmp_path / "p.toml")):
            pass
