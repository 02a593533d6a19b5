"""Health checks: /healthz and /readyz."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx
import pytest
from starlette.applications import Starlette

from api.http.health import Check, health_routes
from api.http.middleware import middleware_stack
from telemetry.recorder import Telemetry

SECRET = "/srv/data/warrants.db"


async def passing() -> None:
    """A check that passes."""


async def failing() -> None:
    raise OSError(f"unable to open {SECRET}")


async def hanging() -> None:
    await asyncio.Event().wait()


async def uncancellable() -> None:
    """A check that hangs even when it is cancelled, as a thread inside SQLite does."""
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await asyncio.Event().wait()


async def cancelled() -> None:
    raise asyncio.CancelledError


def client_of(sources: Mapping[str, Check], journal: Check = passing, timeout_s: float = 30.0) -> httpx.AsyncClient:
    routes = health_routes(sources, journal, timeout_s=timeout_s)
    app = Starlette(routes=routes, middleware=middleware_stack(Telemetry()))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_healthz_does_not_depend_on_the_sources() -> None:
    async with client_of({"persons": failing}, journal=failing) as client:
        response = await client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "OK"})


async def test_readyz_is_ok_if_all_checks_pass() -> None:
    async with client_of({"persons": passing, "warrants": passing}) as client:
        response = await client.get("/readyz")

    assert response.status_code == 200
    assert response.headers["cache-control"] == "private, no-store"
    assert response.json() == {
        "status": "OK",
        "sources": [{"name": "persons", "status": "OK"}, {"name": "warrants", "status": "OK"}],
        "journal": "OK",
    }


@pytest.mark.parametrize(
    ("sources", "journal", "status_code", "status", "statuses"),
    [
        ((passing, failing), passing, 200, "PARTIAL", ["OK", "DOWN", "OK"]),
        ((hanging, passing), passing, 200, "PARTIAL", ["TIMEOUT", "OK", "OK"]),
        ((cancelled, passing), passing, 200, "PARTIAL", ["TIMEOUT", "OK", "OK"]),
        ((failing, failing), passing, 503, "DOWN", ["DOWN", "DOWN", "OK"]),
        ((failing, hanging), passing, 503, "DOWN", ["DOWN", "TIMEOUT", "OK"]),
        ((passing, passing), failing, 503, "DOWN", ["OK", "OK", "DOWN"]),
        ((passing, passing), hanging, 503, "DOWN", ["OK", "OK", "TIMEOUT"]),
        ((passing, failing), failing, 503, "DOWN", ["OK", "DOWN", "DOWN"]),
    ],
)
async def test_failed_checks_are_named_and_decide_the_status(
    sources: tuple[Check, Check], journal: Check, status_code: int, status: str, statuses: list[str]
) -> None:
    async with client_of(dict(zip("ab", sources, strict=True)), journal, timeout_s=0.05) as client:
        response = await client.get("/readyz")

    report = response.json()
    assert (response.status_code, report["status"]) == (status_code, status)
    assert [*(source["status"] for source in report["sources"]), report["journal"]] == statuses
    assert SECRET not in response.text


@pytest.mark.parametrize(("is_stale", "documents"), [(False, "OK"), (True, "STALE")])
async def test_documents_that_were_refused_are_shown_and_change_no_status(is_stale: bool, documents: str) -> None:
    routes = health_routes({"persons": passing}, passing, are_documents_stale=lambda: is_stale)
    transport = httpx.ASGITransport(Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        response = await client.get("/readyz")

    assert (response.status_code, response.json()["status"], response.json()["documents"]) == (200, "OK", documents)


async def test_a_check_that_ignores_cancellation_is_not_awaited() -> None:
    async with client_of({"persons": uncancellable, "warrants": passing}, timeout_s=0.05) as client:
        response = await client.get("/readyz")
        again = await client.get("/readyz")

    assert response.json() == again.json()
    assert response.json()["sources"][0] == {"name": "persons", "status": "TIMEOUT"}


async def test_all_checks_run_concurrently() -> None:
    barrier = asyncio.Barrier(3)
    async with client_of({"persons": barrier.wait, "warrants": barrier.wait}, barrier.wait) as client:
        response = await client.get("/readyz")

    assert response.json()["status"] == "OK"


async def test_concurrent_requests_share_one_run_of_the_checks() -> None:
    checks: list[None] = []
    release = asyncio.Event()

    async def counted() -> None:
        checks.append(None)
        await release.wait()

    async with client_of({"persons": counted}) as client:
        requests = [asyncio.create_task(client.get("/readyz")) for _ in range(50)]
        while not checks:
            await asyncio.sleep(0)
        release.set()
        responses = await asyncio.gather(*requests)
        await client.get("/readyz")

    assert {response.status_code for response in responses} == {200}
    assert len(checks) == 2


async def test_a_cancelled_request_does_not_cancel_the_shared_run() -> None:
    started, release = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        started.set()
        await release.wait()

    async with client_of({"persons": slow}) as client:
        first_request = asyncio.create_task(client.get("/readyz"))
        await started.wait()
        second_request = asyncio.create_task(client.get("/readyz"))
        await asyncio.sleep(0)
        first_request.cancel()
        release.set()
        response = await second_request

    assert response.json()["status"] == "OK"
