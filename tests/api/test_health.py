"""Whether the process runs and what it can reach, said to anyone and in time."""

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


async def well() -> None:
    """A check that passes."""


async def broken() -> None:
    raise OSError(f"unable to open {SECRET}")


async def hanging() -> None:
    await asyncio.Event().wait()


async def stubborn() -> None:
    """Hangs, and hangs on when it is cancelled, as a thread inside SQLite does."""
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await asyncio.Event().wait()


async def cancelled() -> None:
    raise asyncio.CancelledError


def client_of(sources: Mapping[str, Check], journal: Check = well, timeout_s: float = 30.0) -> httpx.AsyncClient:
    routes = health_routes(sources, journal, timeout_s=timeout_s)
    app = Starlette(routes=routes, middleware=middleware_stack(Telemetry()))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_the_process_is_well_whatever_its_sources_are() -> None:
    async with client_of({"persons": broken}, journal=broken) as client:
        response = await client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "OK"})


async def test_everything_answering_is_ready() -> None:
    async with client_of({"persons": well, "warrants": well}) as client:
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
        ((well, broken), well, 200, "PARTIAL", ["OK", "DOWN", "OK"]),
        ((hanging, well), well, 200, "PARTIAL", ["TIMEOUT", "OK", "OK"]),
        ((cancelled, well), well, 200, "PARTIAL", ["TIMEOUT", "OK", "OK"]),
        ((broken, broken), well, 503, "DOWN", ["DOWN", "DOWN", "OK"]),
        ((broken, hanging), well, 503, "DOWN", ["DOWN", "TIMEOUT", "OK"]),
        ((well, well), broken, 503, "DOWN", ["OK", "OK", "DOWN"]),
        ((well, well), hanging, 503, "DOWN", ["OK", "OK", "TIMEOUT"]),
        ((well, broken), broken, 503, "DOWN", ["OK", "DOWN", "DOWN"]),
    ],
)
async def test_what_does_not_answer_is_named_and_decides_whether_we_are_ready(
    sources: tuple[Check, Check], journal: Check, status_code: int, status: str, statuses: list[str]
) -> None:
    async with client_of(dict(zip("ab", sources, strict=True)), journal, timeout_s=0.05) as client:
        response = await client.get("/readyz")

    found = response.json()
    assert (response.status_code, found["status"]) == (status_code, status)
    assert [*(source["status"] for source in found["sources"]), found["journal"]] == statuses
    assert SECRET not in response.text


async def test_a_check_that_does_not_even_heed_its_end_is_not_waited_for() -> None:
    async with client_of({"persons": stubborn, "warrants": well}, timeout_s=0.05) as client:
        response = await client.get("/readyz")
        again = await client.get("/readyz")

    assert response.json() == again.json()
    assert response.json()["sources"][0] == {"name": "persons", "status": "TIMEOUT"}


async def test_all_checks_run_side_by_side() -> None:
    barrier = asyncio.Barrier(3)
    async with client_of({"persons": barrier.wait, "warrants": barrier.wait}, barrier.wait) as client:
        response = await client.get("/readyz")

    assert response.json()["status"] == "OK"


async def test_many_who_ask_at_once_cost_one_check() -> None:
    checks: list[None] = []
    release = asyncio.Event()

    async def counted() -> None:
        checks.append(None)
        await release.wait()

    async with client_of({"persons": counted}) as client:
        asking = [asyncio.create_task(client.get("/readyz")) for _ in range(50)]
        while not checks:
            await asyncio.sleep(0)
        release.set()
        responses = await asyncio.gather(*asking)
        await client.get("/readyz")

    assert {response.status_code for response in responses} == {200}
    assert len(checks) == 2


async def test_one_who_stops_waiting_does_not_spoil_it_for_the_others() -> None:
    started, release = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        started.set()
        await release.wait()

    async with client_of({"persons": slow}) as client:
        impatient = asyncio.create_task(client.get("/readyz"))
        await started.wait()
        patient = asyncio.create_task(client.get("/readyz"))
        await asyncio.sleep(0)
        impatient.cancel()
        release.set()
        response = await patient

    assert response.json()["status"] == "OK"
