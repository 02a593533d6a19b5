"""Who is let in: over real HTTP, with places that are held by a source which waits for the test."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.http.admission import FEWEST, HOPS, MOMENT_S, QUEUE, SAID_EVERY_S, USUAL, AdaptiveLimit, Admission
from api.server.server import configured
from sources.probe import PROBE
from sources.source import Statement
from tests.api.test_endpoint import posted
from tests.api.test_endpoint import serving as over_http
from tests.harness import PERSON_QUERY, Response, World, serving

ME = {"query": "{ me { user } }"}
LATE, SOON = 0.02, 0.001


@dataclass
class Door:
    """A world behind a real socket, with a source that answers when the test lets it."""

    world: World
    port: int
    client: httpx.AsyncClient
    release: asyncio.Event
    inside: asyncio.Semaphore

    async def ask(self, query: str = PERSON_QUERY, token: str | None = None) -> Response:
        headers = {"Authorization": f"Bearer {token or self.world.token('patrol')}"}
        return Response(await self.client.post("/graphql", json={"query": query}, headers=headers))

    async def hold(self, number: int) -> list[asyncio.Task[Response]]:
        """So many that are let in and wait for their source."""
        asking = [asyncio.create_task(self.ask()) for _ in range(number)]
        for _ in asking:
            await self.inside.acquire()
        return asking

    @property
    def admission(self) -> Admission:
        return self.world.resources.admission


@asynccontextmanager
async def door(data: Path, *, proxies: str = "", **settings: Any) -> AsyncIterator[Door]:
    async with serving(data, operation_limit=2, executor_latency_ms=0, **settings) as world:
        release, inside = asyncio.Event(), asyncio.Semaphore(0)

        async def during(statement: Statement) -> None:
            if statement is not PROBE:
                inside.release()
                await release.wait()

        source = world.sources["persons"]
        source.during = during
        transport: Any = world.client._transport
        async with (
            over_http(transport.app, configured(transport.app, proxies)) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
        ):
            yield Door(world, port, client, release, inside)


async def test_where_every_place_is_held_the_next_is_refused_and_says_when_to_come_back(data: Path) -> None:
    async with door(data) as at:
        held = await at.hold(2)
        before = len(at.world.journal_entries())
        refused = await at.ask()
        entries = len(at.world.journal_entries())
        at.release.set()
        answers = await asyncio.gather(*held)
        after = await at.ask()

    assert (refused.status, refused.codes, refused.data) == (503, ["OVERLOADED"], None)
    assert refused.http.headers["retry-after"] == "1"
    assert refused.http.headers["cache-control"] == "private, no-store"
    assert refused.errors[0]["extensions"]["traceId"] == refused.http.headers["traceresponse"].split("-")[1]
    assert (before, entries) == (2, 2)  # the intents of the two; a refused one never asked
    assert [answer.data for answer in (*answers, after)] == [{"person": {"id": "P0000001"}}] * 3
    assert at.admission.refused == 1


@pytest.mark.parametrize("token", [None, "nonsense"])
@pytest.mark.parametrize("body", [b'{"query":"{ me { user } }"}', b"no JSON"])
async def test_a_refusal_is_the_same_whoever_asks_and_whatever_for(data: Path, token: str | None, body: bytes) -> None:
    async with door(data) as at:
        held = await at.hold(2)
        token = token or at.world.token("auditor")
        refused = await at.client.post(
            "/graphql",
            content=body,
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        )
        entries = len(at.world.journal_entries())
        at.release.set()
        await asyncio.gather(*held)

    said = refused.json()
    del said["errors"][0]["extensions"]["traceId"]
    assert (refused.status_code, entries) == (503, 2)
    assert said == {
        "errors": [
            {
                "message": "The server is overloaded; the request was not processed. Retry.",
                "extensions": {"code": "OVERLOADED"},
            }
        ]
    }


async def test_whoever_may_wait_gets_the_place_that_comes_free(data: Path) -> None:
    async with door(data, operation_wait_ms=1_000) as at:
        held = await at.hold(2)
        waiting = asyncio.create_task(at.ask())
        while not at.admission._limiter.waiting:
            await asyncio.sleep(0)
        at.release.set()
        answers = await asyncio.gather(*held, waiting)

    assert [answer.status for answer in answers] == [200] * 3
    assert at.admission.refused == 0


async def test_health_is_told_where_every_place_is_held(data: Path) -> None:
    async with door(data) as at:
        held = await at.hold(2)
        ready = await at.client.get("/readyz")
        at.release.set()
        await asyncio.gather(*held)

    assert (ready.status_code, ready.json()["status"]) == (200, "OK")


async def test_whoever_is_slow_to_send_a_question_keeps_nobody_out(data: Path) -> None:
    async with door(data) as at:
        at.release.set()
        slow = [await asyncio.open_connection("127.0.0.1", at.port) for _ in range(5)]
        for _, writer in slow:
            writer.write(posted(b'{"query":', length=100))
            await writer.drain()
        answer = await at.ask()
        for _, writer in slow:
            writer.close()

    assert answer.status == 200


async def test_whoever_waits_for_the_refusal_of_a_bad_token_keeps_nobody_out(data: Path) -> None:
    over, waiting = asyncio.Event(), asyncio.Semaphore(0)

    async def sleep(_seconds: float) -> None:
        waiting.release()
        await over.wait()

    # Four at two places: until each is in the journal, however slow the disk, the others wait for theirs.
    async with door(data, operation_wait_ms=1_000) as at:
        at.release.set()
        at.world.resources.pipeline._knocks._sleep = sleep
        for _ in range(5):
            await at.ask(token="nonsense")
        slowed = []
        for _ in range(4):  # in turns: of more than two that arrive at once, some would find no place
            slowed.append(asyncio.create_task(at.ask(token="nonsense")))
            await waiting.acquire()
        welcome = await at.ask()
        over.set()
        refused = await asyncio.gather(*slowed)

    assert welcome.status == 200
    assert [answer.status for answer in refused] == [401] * 4


async def test_a_client_that_leaves_frees_its_place_and_ends_its_statement(data: Path) -> None:
    ended = asyncio.Event()
    async with door(data) as at:
        source = at.world.sources["persons"]
        hold = source.during

        async def during(statement: Statement) -> None:
            try:
                await hold(statement)
            except asyncio.CancelledError:
                ended.set()
                raise

        source.during = during
        _, writer = await asyncio.open_connection("127.0.0.1", at.port)
        writer.write(posted(b'{"query":"%s"}' % PERSON_QUERY.replace('"', '\\"').encode(), auth(at)))
        await at.inside.acquire()
        writer.close()
        await ended.wait()
        while at.admission.under_way:
            await asyncio.sleep(0)
        at.release.set()
        answer = await at.ask()

    assert answer.status == 200


async def test_a_client_that_leaves_has_its_statement_interrupted_in_sqlite(data: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    async with door(data, source_connections=1, source_deadline_ms=600_000, operation_budget_ms=600_000) as at:
        at.release.set()
        await at.ask()
        watched = at.world.sources["persons"]
        sqlite, fetch = watched.inner, watched.inner.fetch

        async def fetch_without_end(_statement: Statement) -> Any:
            return await fetch(Statement(endless, {}))

        sqlite.fetch = fetch_without_end
        _, writer = await asyncio.open_connection("127.0.0.1", at.port)
        writer.write(posted(b'{"query":"%s"}' % PERSON_QUERY.replace('"', '\\"').encode(), auth(at)))
        while not sqlite._asking:
            await asyncio.sleep(0)
        writer.close()
        while sqlite._asking:
            await asyncio.sleep(0)
        # Its only connection serves again only when the statement has stopped.
        answered = await fetch(PROBE)

    assert len(answered) == 1


def auth(at: Door) -> str:
    return f"Authorization: Bearer {at.world.token('patrol')}"


async def test_when_it_closes_nobody_is_let_in_and_whoever_is_in_is_answered(data: Path) -> None:
    async with door(data) as at:
        held = await at.hold(1)
        at.admission.close()
        refused = await at.ask()
        at.release.set()
        (answer,) = await asyncio.gather(*held)

    assert (refused.codes, answer.status) == (["OVERLOADED"], 200)


async def test_a_burst_waits_and_nobody_waits_any_more_once_one_was_refused_until_a_moment_has_passed() -> None:
    now = 0.0
    admission = Admission(limit=1, wait_s=60, late_s=0, clock=lambda: now)
    assert await admission.enter()
    burst = [asyncio.create_task(admission.enter()) for _ in range(QUEUE)]
    await asyncio.sleep(0)

    assert not await admission.enter()  # the queue is full
    for each in burst:
        admission.leave()
        assert await each
    assert not await admission.enter()  # and now there is none
    now = MOMENT_S + 0.1
    late = asyncio.create_task(admission.enter())
    await asyncio.sleep(0)
    admission.leave()
    assert await late


async def test_it_says_now_and_then_how_many_it_refused(caplog: pytest.LogCaptureFixture) -> None:
    now = 1.0
    admission = Admission(limit=1, wait_s=0, late_s=0, clock=lambda: now)
    assert await admission.enter()
    assert [await admission.enter() for _ in range(3)] == [False] * 3
    now += SAID_EVERY_S
    assert not await admission.enter()

    assert [record.getMessage() for record in caplog.records] == [
        "overloaded: 1 refused so far, 1 let in at once",
        "overloaded: 4 refused so far, 1 let in at once",
    ]


def interval(throttle: AdaptiveLimit, *late_s: float, taken: int, was_short: bool = False) -> int:
    """The limit after an interval of hops, the last one repeated."""
    hops = [*late_s, *[late_s[-1]] * (HOPS - len(late_s))]
    *ongoing, is_over = [throttle.note(hop, taken, was_short=was_short) for hop in hops]
    assert (any(ongoing), is_over) == (False, True)
    return throttle.limit


def test_where_most_hops_are_late_a_fifth_fewer_are_let_in_than_were() -> None:
    throttle = AdaptiveLimit(200, 0.005)

    assert interval(throttle, LATE, taken=100) == 80
    assert interval(throttle, LATE, taken=80) == 64


def test_one_long_answer_is_no_queue() -> None:
    throttle = AdaptiveLimit(200, 0.005)

    assert interval(throttle, LATE, LATE, SOON, taken=100) == 200
    assert interval(throttle, SOON, SOON, LATE, taken=100) == 80


def test_it_never_lets_in_fewer_than_a_few() -> None:
    throttle = AdaptiveLimit(200, 0.005)
    for _ in range(50):
        interval(throttle, 1.0, taken=throttle.limit, was_short=True)

    assert throttle.limit == FEWEST
    assert interval(AdaptiveLimit(3, 0.005), 1.0, taken=3, was_short=True) == 3


def test_where_there_were_places_left_enough_are_kept_for_a_burst() -> None:
    throttle = AdaptiveLimit(200, 0.005)

    assert {interval(throttle, 1.0, taken=1) for _ in range(50)} == {USUAL}
    assert interval(throttle, 1.0, taken=USUAL, was_short=True) == USUAL * 4 // 5
    assert interval(throttle, 1.0, taken=1) == USUAL * 4 // 5


def test_it_lets_in_more_again_only_where_more_were_wanted_and_never_too_many() -> None:
    throttle = AdaptiveLimit(USUAL + 5, 0.005)
    interval(throttle, LATE, taken=USUAL, was_short=True)
    while throttle.limit < USUAL:
        interval(throttle, SOON, taken=0)
    usual = throttle.limit

    assert [interval(throttle, SOON, taken=0) for _ in range(3)] == [usual] * 3
    assert [interval(throttle, SOON, taken=usual, was_short=True) for _ in range(4)] == [
        min(usual + more, USUAL + 5) for more in (2, 4, 6, 8)
    ]


def test_it_can_be_told_to_take_no_notice() -> None:
    assert interval(AdaptiveLimit(200, 0), math.inf, taken=100) == 200


async def test_a_processor_that_does_not_keep_up_is_noticed_and_a_server_at_rest_does_not_look() -> None:
    """It is the clock that is slow here: each look at it is a second on."""
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 1.0
        return now

    admission = Admission(limit=100, wait_s=0, late_s=0.005, clock=clock)
    assert await admission.enter()
    while admission._limiter.limit == 100:
        await asyncio.sleep(0)
    admission.leave()
    while admission._is_hopping:
        await asyncio.sleep(0)

    assert admission._limiter.limit == USUAL
