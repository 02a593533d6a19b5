"""Admission over real HTTP: slots are held by a source that waits for the test."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.http.admission import BURST_COOLDOWN_S, LOG_INTERVAL_S, QUEUE_LENGTH, Admission
from api.operation.errors import OVERLOADED
from api.operation.messages import GraphQLResponse
from sources.request import Request
from tests.api.http_client import (
    BODY_LIMIT,
    JSON_BODY,
    TYPENAME,
    StubHandler,
    listening,
    post_bytes,
    stub_app,
    stub_client,
)
from tests.harness import PERSON_QUERY, Response, World, running_app
from tests.sources.sqlite_files import ENDLESS

LIMIT = 2


@dataclass
class HeldServer:
    """An application behind a real socket. Its persons source returns rows when the test sets `release`."""

    world: World
    port: int
    client: httpx.AsyncClient
    release: asyncio.Event
    fetching: asyncio.Semaphore

    async def execute(self, query: str = PERSON_QUERY) -> Response:
        return Response(await self.client.post("/graphql", json={"query": query}, headers=self.authorization))

    async def hold_slots(self, number: int) -> list[asyncio.Task[Response]]:
        """Requests that hold a slot each, and wait for their source."""
        tasks = [asyncio.create_task(self.execute()) for _ in range(number)]
        for _ in tasks:
            await self.fetching.acquire()
        return tasks

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.world.token('patrol')}"}

    def person_request(self) -> bytes:
        header = f"Authorization: {self.authorization['Authorization']}"
        return post_bytes(json.dumps({"query": PERSON_QUERY}).encode(), header)

    @property
    def admission(self) -> Admission:
        return self.world.admission


@asynccontextmanager
async def held_server(data: Path, **settings: Any) -> AsyncIterator[HeldServer]:
    async with running_app(data, operation_limit=LIMIT, executor_latency_ms=0, **settings) as world:
        release, fetching = asyncio.Event(), asyncio.Semaphore(0)

        async def hold(_request: Request) -> None:
            fetching.release()
            await release.wait()

        world.sources["persons"].during = hold
        async with (
            listening(world.app) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
        ):
            yield HeldServer(world, port, client, release, fetching)


async def test_a_request_above_the_limit_is_rejected_with_retry_after(data: Path) -> None:
    async with held_server(data) as server:
        held = await server.hold_slots(LIMIT)
        before = len(server.world.journal_entries())
        rejected = await server.execute()
        entries = len(server.world.journal_entries())
        server.release.set()
        responses = await asyncio.gather(*held)
        after = await server.execute()

    assert (rejected.status, rejected.codes, rejected.data) == (503, ["OVERLOADED"], None)
    assert rejected.http.headers["retry-after"] == "1"
    assert rejected.http.headers["cache-control"] == "private, no-store"
    assert rejected.errors[0]["extensions"]["traceId"] == rejected.http.headers["traceresponse"].split("-")[1]
    assert (before, entries) == (2, 2)  # the intents of the two; a rejected request makes no entry
    assert [response.data for response in (*responses, after)] == [{"person": {"id": "P0000001"}}] * 3
    assert server.admission.rejected == 1


@pytest.mark.parametrize("token", [None, "nonsense"])
@pytest.mark.parametrize("body", [b'{"query":"{ me { user } }"}', b"no JSON"])
async def test_a_rejection_does_not_depend_on_caller_or_request(data: Path, token: str | None, body: bytes) -> None:
    async with held_server(data) as server:
        held = await server.hold_slots(LIMIT)
        token = token or server.world.token("auditor")
        rejected = await server.client.post(
            "/graphql", content=body, headers={**JSON_BODY, "Authorization": f"Bearer {token}"}
        )
        entries = len(server.world.journal_entries())
        server.release.set()
        await asyncio.gather(*held)

    content = rejected.json()
    del content["errors"][0]["extensions"]["traceId"]
    assert (rejected.status_code, entries) == (503, 2)
    assert content == {"errors": [{"message": OVERLOADED, "extensions": {"code": "OVERLOADED"}}]}


async def test_a_queued_request_gets_the_next_free_slot(data: Path) -> None:
    async with held_server(data, operation_wait_ms=1_000) as server:
        held = await server.hold_slots(LIMIT)
        queued = asyncio.create_task(server.execute())
        while not server.admission.slots.waiting:
            await asyncio.sleep(0)
        server.release.set()
        responses = await asyncio.gather(*held, queued)

    assert [response.status for response in responses] == [200] * 3
    assert server.admission.rejected == 0


async def test_health_checks_need_no_slot(data: Path) -> None:
    async with held_server(data) as server:
        held = await server.hold_slots(LIMIT)
        ready = await server.client.get("/readyz")
        server.release.set()
        await asyncio.gather(*held)

    assert (ready.status_code, ready.json()["status"]) == (200, "OK")


async def test_a_slow_sender_holds_no_slot(handler: StubHandler) -> None:
    admission = Admission(limit=1, wait_s=0, executor_latency_s=0)
    async with listening(stub_app(handler, admission=admission)) as port:
        slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
        for _, writer in slow:
            writer.write(post_bytes(b'{"query":', length=BODY_LIMIT))
            await writer.drain()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            response = await client.post("/graphql", content=TYPENAME, headers=JSON_BODY)
        for _, writer in slow:
            writer.close()

    assert response.status_code == 200


async def test_a_delayed_response_holds_no_slot(handler: StubHandler) -> None:
    end, delayed = asyncio.Event(), asyncio.Semaphore(0)

    async def wait() -> None:
        delayed.release()
        await end.wait()

    admission = Admission(limit=1, wait_s=0, executor_latency_s=0)
    async with stub_client(stub_app(handler, admission=admission)) as client:
        handler.response = GraphQLResponse({"errors": []}, 401, delay=wait)
        unauthenticated = []
        for _ in range(4):
            unauthenticated.append(asyncio.create_task(client.post("/graphql", content=TYPENAME, headers=JSON_BODY)))
            await delayed.acquire()
        handler.response = None
        welcome = await client.post("/graphql", content=TYPENAME, headers=JSON_BODY)
        end.set()
        responses = await asyncio.gather(*unauthenticated)

    assert welcome.status_code == 200
    assert [response.status_code for response in responses] == [401] * 4


async def test_a_disconnect_releases_the_slot_and_cancels_the_statement(data: Path) -> None:
    cancelled = asyncio.Event()
    async with held_server(data) as server:

        async def hang(_request: Request) -> None:
            server.fetching.release()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.set()
                raise

        server.world.sources["persons"].during = hang
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(server.person_request())
        await server.fetching.acquire()
        writer.close()
        await cancelled.wait()
        while server.admission.slots.acquired:
            await asyncio.sleep(0)
        server.world.sources["persons"].during = None
        response = await server.execute()

    assert response.status == 200


async def test_a_disconnect_interrupts_the_statement_in_sqlite(data: Path) -> None:
    settings = {"source_connections": 1, "source_deadline_ms": 60_000, "operation_budget_ms": 600_000}
    async with held_server(data, **settings) as server:
        persons = server.world.sources["persons"]

        async def run_endless_statement(_request: Request) -> None:
            server.fetching.release()
            await persons.inner.fetch(ENDLESS)

        persons.during = run_endless_statement
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(server.person_request())
        await server.fetching.acquire()
        writer.close()
        while server.admission.slots.acquired:
            await asyncio.sleep(0)
        # The only connection is free again only if the statement was interrupted.
        await persons.inner.probe()


async def test_closing_rejects_new_requests_and_finishes_active_ones(data: Path) -> None:
    async with held_server(data) as server:
        held = await server.hold_slots(1)
        server.admission.close()
        rejected = await server.execute()
        server.release.set()
        (response,) = await asyncio.gather(*held)

    assert (rejected.codes, response.status) == (["OVERLOADED"], 200)


async def test_closing_ends_the_probe_before_the_executor_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.http.admission.PROBE_INTERVAL_S", 0)
    errors: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: errors.append(context))
    admission = Admission(limit=1, wait_s=0, executor_latency_s=0)
    assert await admission.acquire()
    admission.release()

    admission.close()
    await loop.shutdown_default_executor()
    for _ in range(3):
        await asyncio.sleep(0)

    assert errors == []


async def test_a_burst_may_queue_unless_one_was_rejected_within_a_second() -> None:
    now = 0.0
    admission = Admission(limit=1, wait_s=60, executor_latency_s=0, clock=lambda: now)
    assert await admission.acquire()
    burst = [asyncio.create_task(admission.acquire()) for _ in range(QUEUE_LENGTH)]
    await asyncio.sleep(0)

    assert not await admission.acquire()  # the queue is full
    for each in burst:
        admission.release()
        assert await each
    assert not await admission.acquire()  # the queue is empty, but one was just rejected
    now = BURST_COOLDOWN_S + 0.1
    queued = asyncio.create_task(admission.acquire())
    await asyncio.sleep(0)
    admission.release()
    assert await queued


async def test_rejections_are_logged_at_intervals(caplog: pytest.LogCaptureFixture) -> None:
    now = 1.0
    admission = Admission(limit=1, wait_s=0, executor_latency_s=0, clock=lambda: now)
    assert await admission.acquire()
    assert [await admission.acquire() for _ in range(3)] == [False] * 3
    now += LOG_INTERVAL_S
    assert not await admission.acquire()

    assert [record.getMessage() for record in caplog.records] == [
        "overloaded: 1 requests rejected so far, limit 1",
        "overloaded: 4 requests rejected so far, limit 1",
    ]
