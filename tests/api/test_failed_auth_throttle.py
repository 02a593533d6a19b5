"""Bad tokens from one address: the sixth within a minute waits for its refusal, and a good one never waits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.auth.failed_auth_throttle import MAX_ADDRESSES, WINDOW_S, FailedAuthThrottle
from audit.search import search
from tests.cli.server import server_process
from tests.harness import World

HERE, THERE = "198.51.100.7", "198.51.100.8"
ME = {"query": "{ me { user } }"}
BAD = {"Authorization": "Bearer nonsense"}


@dataclass
class Patience:
    """A clock to turn, and a wait that ends when the test says so."""

    now: float = 0.0
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    slept: list[float] = field(default_factory=list)

    def throttle(self) -> FailedAuthThrottle:
        return FailedAuthThrottle(1.0, clock=lambda: self.now, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.waiting.set()
        await self.over.wait()


@pytest.fixture
def patience() -> Patience:
    return Patience()


def test_the_sixth_within_a_minute_should_delay_and_after_a_quiet_minute_none_is(patience: Patience) -> None:
    throttle = patience.throttle()
    first = [throttle.should_delay(HERE) for _ in range(7)]
    other = throttle.should_delay(THERE)
    patience.now = WINDOW_S

    assert first == [False] * 5 + [True] * 2
    assert not other
    assert not throttle.should_delay(HERE)


def test_five_that_are_spread_over_more_than_a_minute_are_no_often(patience: Patience) -> None:
    throttle = patience.throttle()
    often = []
    for patience.now in range(0, 20 * WINDOW_S, WINDOW_S // 5):
        often.append(throttle.should_delay(HERE))

    assert often == [False] * 100


def test_whoever_has_a_network_of_ipv6_has_one_address(patience: Patience) -> None:
    throttle = patience.throttle()
    inside = [throttle.should_delay(f"2001:db8::{number:x}") for number in range(6)]

    assert inside == [False] * 5 + [True]
    assert not throttle.should_delay("2001:db8:0:1::1")


def test_what_is_remembered_is_bounded_and_the_busy_stay(patience: Patience) -> None:
    throttle = patience.throttle()
    for number in range(3 * MAX_ADDRESSES):
        if number % 1_000 == 0:
            throttle.should_delay(HERE)
        throttle.should_delay(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")

    assert len(throttle) == MAX_ADDRESSES
    assert throttle.should_delay(HERE)


def from_(world: World, address: str) -> httpx.AsyncClient:
    transport: Any = world.client._transport
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(transport.app, client=(address, 5000)), base_url="http://127.0.0.1:8000"
    )


async def test_a_bad_token_waits_while_good_ones_from_its_address_do_not(world: World, patience: Patience) -> None:
    world.reconfigure(throttle=patience.throttle())
    good = {"Authorization": f"Bearer {world.token('patrol')}"}
    async with from_(world, HERE) as here, from_(world, THERE) as there:
        first = [await here.post("/graphql", json=ME, headers=BAD) for _ in range(5)]
        slow = asyncio.create_task(here.post("/graphql", json=ME, headers=BAD))
        await patience.waiting.wait()
        # Whoever does not wait for the answer is in the journal by now.
        flags = [entry.flags for entry in world.journal_entries()]
        welcome = await here.post("/graphql", json=ME, headers=good)
        stranger = await there.post("/graphql", json=ME, headers=BAD)
        nobody = await here.post("/graphql", json=ME)
        assert not slow.done()
        patience.over.set()
        last = await slow

    assert flags == [("MALFORMED",)] * 5 + [("MALFORMED", "SLOWED")]
    assert {entry.address for entry in world.journal_entries()[:6]} == {HERE}
    assert (welcome.status_code, stranger.status_code, nobody.status_code) == (200, 401, 401)
    assert patience.slept == [1.0]
    assert without_trace(last) == without_trace(first[0])


def without_trace(reply: httpx.Response) -> tuple[int, Any]:
    body = reply.json()
    del body["errors"][0]["extensions"]["traceId"]
    return reply.status_code, body


def test_behind_a_trusted_proxy_the_address_is_the_caller_s(data: Path) -> None:
    """Six from everywhere are no six from one; the wait is one of real time."""
    addresses = [*(f"198.51.100.{number}" for number in range(6)), *["198.51.100.0"] * 5]
    with server_process(data, NEEDTOKNOW_TRUSTED_PROXIES="127.0.0.1", NEEDTOKNOW_FAILED_AUTH_DELAY_S="0.2") as server:
        for address in addresses:
            last = httpx.post(f"{server.url}/graphql", json=ME, headers={**BAD, "X-Forwarded-For": address})

    entries = [found.entry for found in search(data / "journal.db")][::-1]
    assert [(entry.address, "SLOWED" in entry.flags) for entry in entries] == [
        *((address, False) for address in addresses[:-1]),
        ("198.51.100.0", True),
    ]
    assert last.elapsed.total_seconds() >= 0.2
