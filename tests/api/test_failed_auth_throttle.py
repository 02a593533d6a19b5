"""Throttle of failed authentication: the sixth bad token within a minute is delayed, a valid one never."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.auth.failed_auth_throttle import MAX_ADDRESSES, WINDOW_S, FailedAuthThrottle
from tests.harness import World, running_app

HERE, THERE = "198.51.100.7", "198.51.100.8"
ME = {"query": "{ me { user } }"}
BAD = {"Authorization": "Bearer nonsense"}


@dataclass
class FakeTime:
    """A clock that the test sets, and a sleep that ends when the test says so."""

    now: float = 0.0
    delaying: asyncio.Event = field(default_factory=asyncio.Event)
    end: asyncio.Event = field(default_factory=asyncio.Event)
    slept: list[float] = field(default_factory=list)

    def throttle(self) -> FailedAuthThrottle:
        return FailedAuthThrottle(1.0, clock=lambda: self.now, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.delaying.set()
        await self.end.wait()


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


def test_the_sixth_failure_within_a_minute_is_delayed(fake_time: FakeTime) -> None:
    throttle = fake_time.throttle()
    first = [throttle.should_delay(HERE) for _ in range(7)]
    other = throttle.should_delay(THERE)
    fake_time.now = WINDOW_S

    assert first == [False] * 5 + [True] * 2
    assert not other
    assert not throttle.should_delay(HERE)


def test_five_failures_in_more_than_a_minute_are_not_delayed(fake_time: FakeTime) -> None:
    throttle = fake_time.throttle()
    often = []
    for fake_time.now in range(0, 20 * WINDOW_S, WINDOW_S // 5):
        often.append(throttle.should_delay(HERE))

    assert often == [False] * 100


def test_an_ipv6_network_counts_as_one_address(fake_time: FakeTime) -> None:
    throttle = fake_time.throttle()
    inside = [throttle.should_delay(f"2001:db8::{number:x}") for number in range(6)]

    assert inside == [False] * 5 + [True]
    assert not throttle.should_delay("2001:db8:0:1::1")


def test_the_remembered_addresses_are_bounded_and_active_ones_stay(fake_time: FakeTime) -> None:
    throttle = fake_time.throttle()
    for number in range(3 * MAX_ADDRESSES):
        if number % 1_000 == 0:
            throttle.should_delay(HERE)
        throttle.should_delay(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")

    assert len(throttle) == MAX_ADDRESSES
    assert throttle.should_delay(HERE)


def client_at(world: World, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(world.app, client=(address, 5000))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")


async def test_a_bad_token_is_delayed_and_valid_ones_are_not(world: World, fake_time: FakeTime) -> None:
    world.reconfigure(throttle=fake_time.throttle())
    good = {"Authorization": f"Bearer {world.token('patrol')}"}
    async with client_at(world, HERE) as here, client_at(world, THERE) as there:
        first = [await here.post("/graphql", json=ME, headers=BAD) for _ in range(5)]
        delayed = asyncio.create_task(here.post("/graphql", json=ME, headers=BAD))
        await fake_time.delaying.wait()
        # The entry is written before the delay.
        flags = [entry.flags for entry in world.journal_entries()]
        valid = await here.post("/graphql", json=ME, headers=good)
        other = await there.post("/graphql", json=ME, headers=BAD)
        missing = await here.post("/graphql", json=ME)
        assert not delayed.done()
        fake_time.end.set()
        last = await delayed

    assert flags == [("MALFORMED",)] * 5 + [("MALFORMED", "SLOWED")]
    assert {entry.address for entry in world.journal_entries()[:6]} == {HERE}
    assert (valid.status_code, other.status_code, missing.status_code) == (200, 401, 401)
    assert fake_time.slept == [1.0]
    assert without_trace(last) == without_trace(first[0])


async def test_the_delay_is_a_setting(data: Path) -> None:
    async with running_app(data, failed_auth_delay_s=0.25) as world:
        assert world.resources.throttle.delay.args == (0.25,)


def without_trace(response: httpx.Response) -> tuple[int, Any]:
    body = response.json()
    del body["errors"][0]["extensions"]["traceId"]
    return response.status_code, body


async def test_behind_a_trusted_proxy_the_address_is_the_callers(data: Path) -> None:
    """Six failures from six addresses are not six from one."""
    addresses = [*(f"198.51.100.{number}" for number in range(6)), *["198.51.100.0"] * 5]
    async with running_app(data, trusted_proxies=("127.0.0.1",)) as world:
        for address in addresses:
            await world.client.post("/graphql", json=ME, headers={**BAD, "X-Forwarded-For": address})

        assert [(entry.address, "SLOWED" in entry.flags) for entry in world.journal_entries()] == [
            *((address, False) for address in addresses[:-1]),
            ("198.51.100.0", True),
        ]
