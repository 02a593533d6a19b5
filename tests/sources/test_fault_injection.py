"""Fault injection: sources are as slow, fail as often and are down as long as a profile says, repeatably for a seed."""

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
from sources.request import Request
from sources.source import Rows
from sources.sqlite.source import SqliteSource
from tests.harness import running_app
from tests.sources.sqlite_files import request_of
from tests.sources.virtual_time import now, run_in_virtual_time

REQUEST = request_of("SELECT 1")
DEADLINE_S = 2.0
QUERY = """query @inquiry(purpose: C, reason: TRAFFIC_STOP) {
  person(id: "P0000001") { id vehicles { vin } warrants { number } }
  vehicle(by: {plate: {number: "1NTK011"}}) { vin }
}"""


class FakeSource:
    """A source that responds after `takes_s`, and counts its statements and how many were cancelled."""

    answered_at = None

    def __init__(self, name: str = "vehicles", takes_s: float = 0) -> None:
        self.name = name
        self.takes_s = takes_s
        self.fetches = self.cancelled = 0

    async def fetch(self, _request: Request) -> Rows:
        self.fetches += 1
        try:
            await asyncio.sleep(self.takes_s)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return [["a row"]]

    async def close(self) -> None:
        """Nothing to close."""


def with_behaviour(source: FakeSource, behaviour: Behaviour, seed: int = 1) -> FaultInjectingSource:
    profile = FaultProfile(seed, {"vehicles": behaviour, "warrants": behaviour})
    return FaultInjectingSource(source, lambda: profile, deadline_s=DEADLINE_S, clock=now)


async def outcome(source: FaultInjectingSource) -> tuple[str, float]:
    """OK, DOWN or TIMEOUT, and after how many seconds."""
    began = now()
    try:
        assert await source.fetch(REQUEST) == [["a row"]]
    except SourceUnavailable as error:
        return error.status, now() - began
    return "OK", now() - began


def outcomes(behaviour: Behaviour, count: int, name: str = "vehicles", seed: int = 1) -> list[tuple[str, float]]:
    """Outcomes of `count` statements, one after another."""

    async def fetch_all() -> list[tuple[str, float]]:
        source = with_behaviour(FakeSource(name), behaviour, seed)
        return [await outcome(source) for _ in range(count)]

    return run_in_virtual_time(fetch_all())


def test_latencies_have_the_configured_median_and_99th_percentile() -> None:
    found = outcomes(Behaviour(80, 240), 20_000)
    percentiles = quantiles((seconds * 1000 for _, seconds in found), n=100)

    assert {status for status, _ in found} == {"OK"}
    assert percentiles[49] == pytest.approx(80, rel=0.02)
    assert percentiles[98] == pytest.approx(240, rel=0.05)
    # Log-normal: the 1st percentile is below the median by the factor by which the 99th is above it.
    assert percentiles[0] == pytest.approx(80 / 3, rel=0.05)


def test_a_latency_without_a_99th_percentile_is_constant() -> None:
    assert {round(seconds, 6) for _, seconds in outcomes(Behaviour(80, 80), 50)} == {0.08}


def test_the_configured_share_fails_each_after_its_latency() -> None:
    found = outcomes(Behaviour(80, 80, error_rate=0.1), 20_000)

    assert sum(status == "DOWN" for status, _ in found) / len(found) == pytest.approx(0.1, rel=0.05)
    assert {status for status, _ in found} == {"OK", "DOWN"}
    assert {round(seconds, 6) for _, seconds in found} == {0.08}


def test_a_seed_and_a_source_name_determine_what_is_drawn() -> None:
    faulty = Behaviour(80, 240, error_rate=0.3)

    assert outcomes(faulty, 50) == outcomes(faulty, 50)
    assert outcomes(faulty, 50) != outcomes(faulty, 50, seed=2)
    assert outcomes(faulty, 50) != outcomes(faulty, 50, name="warrants")


def test_latencies_do_not_depend_on_the_error_rate() -> None:
    without_errors = outcomes(Behaviour(80, 240), 50)
    with_errors = outcomes(Behaviour(80, 240, error_rate=0.5), 50)

    assert [seconds for _, seconds in without_errors] == [seconds for _, seconds in with_errors]


def test_during_an_outage_a_source_is_down_at_once_and_not_queried() -> None:
    async def fetch_each_second() -> tuple[list[str], int]:
        fake = FakeSource()
        source = with_behaviour(fake, Behaviour(outages=(Outage(2, 3, 6),)))
        statuses = []
        for second in range(12):
            await asyncio.sleep(second - now())
            status, seconds = await outcome(source)
            assert seconds == 0
            statuses.append(status)
        return statuses, fake.fetches

    up, down = ["OK"], ["DOWN"]
    assert run_in_virtual_time(fetch_each_second()) == (up * 2 + down * 3 + up * 3 + down * 3 + up, 6)


@pytest.mark.parametrize(
    ("behaviour", "takes_s"),
    [
        (Behaviour(is_frozen=True), 0),
        (Behaviour(5_000, 5_000), 0),
        (Behaviour(1_500, 1_500), 1),
        (Behaviour(5_000, 5_000, error_rate=1), 0),
    ],
    ids=["frozen", "latency", "latency and the source's own time", "failure after the deadline"],
)
def test_the_deadline_holds(behaviour: Behaviour, takes_s: float) -> None:
    async def fetch() -> tuple[str, float]:
        return await outcome(with_behaviour(FakeSource(takes_s=takes_s), behaviour))

    assert run_in_virtual_time(fetch()) == ("TIMEOUT", DEADLINE_S)


def test_statements_over_the_concurrency_wait_in_order() -> None:
    async def fetch_seven() -> list[tuple[str, float]]:
        source = with_behaviour(FakeSource(takes_s=0.5), Behaviour(100, 100, concurrency=2))
        return await asyncio.gather(*(outcome(source) for _ in range(7)))

    found = [(status, round(seconds, 6)) for status, seconds in run_in_virtual_time(fetch_seven())]
    assert found == [("OK", 0.6)] * 2 + [("OK", 1.2)] * 2 + [("OK", 1.8)] * 2 + [("TIMEOUT", 2.0)]


def test_a_cancelled_caller_cancels_the_statement_and_frees_its_slot() -> None:
    async def cancel_one() -> tuple[int, tuple[str, float]]:
        fake = FakeSource(takes_s=1)
        source = with_behaviour(fake, Behaviour(concurrency=1))
        cancelled = asyncio.create_task(source.fetch(REQUEST))
        await asyncio.sleep(0.5)
        cancelled.cancel()
        next_outcome = await outcome(source)
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        return fake.cancelled, next_outcome

    assert run_in_virtual_time(cancel_one()) == (1, ("OK", 1.0))


def test_a_new_profile_applies_from_the_next_statement_on() -> None:
    async def change_profile() -> list[tuple[str, float]]:
        profiles = [FaultProfile(1, {"vehicles": Behaviour(1_000, 1_000)})]
        source = FaultInjectingSource(FakeSource(), lambda: profiles[-1], deadline_s=DEADLINE_S, clock=now)
        before = asyncio.create_task(outcome(source))
        await asyncio.sleep(0.5)
        profiles.append(FaultProfile(1, {"vehicles": Behaviour(outages=(Outage(),))}))
        down = await outcome(source)
        profiles.append(FaultProfile())
        return [await before, down, await outcome(source)]

    assert run_in_virtual_time(change_profile()) == [("OK", 1.0), ("DOWN", 0.0), ("OK", 0.0)]


def test_every_source_is_wrapped_under_its_own_name() -> None:
    sources = {name: FakeSource(name) for name in NAMES}
    wrapped = with_faults(sources, FaultProfile, deadline_s=DEADLINE_S)

    assert {name: source.name for name, source in wrapped.items()} == {name: name for name in NAMES}


async def test_without_a_profile_no_source_is_wrapped(data: Path) -> None:
    async with running_app(data) as world:
        types = {type(source.inner) for source in world.sources.values()}

    assert types == {SqliteSource}


async def test_with_dmv_down_its_fields_are_unavailable_and_never_empty(data: Path) -> None:
    async with running_app(data) as world:
        healthy = await world.execute(QUERY)
    async with running_app(data, profile="dmv-down") as world:
        response = await world.execute(QUERY)
        ready = await world.client.get("/readyz")

    assert healthy.data["person"]["vehicles"]
    assert response.status == 200
    assert response.data == {"person": healthy.data["person"] | {"vehicles": None}, "vehicle": None}
    assert response.codes_by_path == {"person.vehicles": "SOURCE_UNAVAILABLE", "vehicle": "SOURCE_UNAVAILABLE"}
    assert response.sources == healthy.sources | {"vehicles": "DOWN"}
    assert [each["name"] for each in ready.json()["sources"] if each["status"] != "OK"] == ["vehicles"]


async def test_a_changed_profile_applies_and_an_invalid_one_is_logged_once(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "p.toml"

    def replace_profile(text: str) -> None:
        new = tmp_path / "new.toml"
        new.write_text(text)
        os.replace(new, path)  # noqa: PTH105

    replace_profile("")
    async with running_app(data, profile=str(path)) as world:

        async def status() -> str:
            return (await world.execute(QUERY)).sources["warrants"]

        statuses = [await status()]
        replace_profile("[[warrants.outages]]\n")
        statuses.append(await status())
        replace_profile("[warrants]\nmedian = 3\n")
        statuses += [await status(), await status()]
        messages = [record.getMessage() for record in caplog.records]
        replace_profile("[vehicles]\n")
        statuses.append(await status())

    assert statuses == ["OK", "DOWN", "DOWN", "DOWN", "OK"]
    (message,) = messages
    assert message.startswith(f"The previous fault profile stays in use. {path}:2: 'median' is not one of median_ms, ")


async def test_a_server_does_not_start_with_an_invalid_profile(data: Path, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("\nseed = one")

    with pytest.raises(InvalidProfile, match=r"p\.toml:2: Invalid value\.$"):
        async with running_app(data, profile=str(tmp_path / "p.toml")):
            pass
