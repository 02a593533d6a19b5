"""Health checks: GET /healthz for the process, GET /readyz for its sources and journal.

A check returns if its system is well and raises if not; one that does neither in time is a TIMEOUT. The routes need no
token, so a response has the status of each system and never the reason.

The server is DOWN (503) without its journal, because no data is released then, and without any source. With some of the
sources it is PARTIAL (200). Trusted documents that are STALE change no status: those from before are executed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Check = Callable[[], Awaitable[object]]


def health_routes(
    sources: Mapping[str, Check],
    journal: Check,
    *,
    are_documents_stale: Callable[[], bool] | None = None,
    timeout_s: float = 1.0,
) -> list[Route]:
    """GET /healthz and GET /readyz. `are_documents_stale` is None if no trusted documents are configured."""
    run: asyncio.Task[list[str]] | None = None

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "OK"})

    async def readyz(_: Request) -> Response:
        nonlocal run
        # Concurrent requests share one run of the checks: anyone who reaches the port can send many requests, and they
        # must not cause as many reads.
        if run is None or run.done():
            run = asyncio.create_task(run_checks([*sources.values(), journal], timeout_s))
        *statuses, journal_status = await asyncio.shield(run)
        if journal_status != "OK" or "OK" not in statuses:
            status = "DOWN"
        else:
            status = "OK" if set(statuses) == {"OK"} else "PARTIAL"
        by_source = [{"name": name, "status": each} for name, each in zip(sources, statuses, strict=True)]
        report = {"status": status, "sources": by_source, "journal": journal_status}
        if are_documents_stale is not None:
            report["documents"] = "STALE" if are_documents_stale() else "OK"
        return JSONResponse(report, 503 if status == "DOWN" else 200)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


async def run_checks(checks: list[Check], timeout_s: float) -> list[str]:
    """The status of each check: OK, DOWN or TIMEOUT. All run concurrently."""
    tasks = [asyncio.create_task(_status(check)) for check in checks]
    await asyncio.wait(tasks, timeout=timeout_s)
    statuses = [task.result() if task.done() and not task.cancelled() else "TIMEOUT" for task in tasks]
    for task in tasks:
        # Not awaited: a check that hangs may ignore its cancellation too.
        task.cancel()
    return statuses


async def _status(check: Check) -> str:
    try:
        await check()
    except Exception:  # noqa: BLE001  any failure is DOWN
        return "DOWN"
    return "OK"
