"""Health checks: GET /healthz for the process, GET /readyz for its sources and journal.

A check returns if its system is well and raises if not; one that does neither in time is a TIMEOUT. The routes need no
token, so a response has the status of each system and never the reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Check = Callable[[], Awaitable[object]]


def health_routes(sources: Mapping[str, Check], journal: Check, *, timeout_s: float = 1.0) -> list[Route]:
    """GET /healthz and GET /readyz."""
    readiness = Readiness(sources, journal, timeout_s)

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "OK"})

    async def readyz(_: Request) -> Response:
        report = await readiness.report()
        return JSONResponse(report, 503 if report["status"] == "DOWN" else 200)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


class Readiness:
    """Readiness report: runs all checks concurrently. Concurrent requests share one run.

    The server is DOWN (503) without its journal, because no data is released then, and without any source. With some of
    the sources it is PARTIAL (200).
    """

    def __init__(self, sources: Mapping[str, Check], journal: Check, timeout_s: float) -> None:
        self._sources = dict(sources)
        self._journal = journal
        self._timeout_s = timeout_s
        self._run: asyncio.Task[Mapping[str, object]] | None = None

    async def report(self) -> Mapping[str, object]:
        # Anyone who reaches the port can send many requests; they must not cause as many reads.
        if self._run is None or self._run.done():
            self._run = asyncio.create_task(self._run_checks())
        return await asyncio.shield(self._run)

    async def _run_checks(self) -> Mapping[str, object]:
        checks = [*self._sources.values(), self._journal]
        tasks = [asyncio.create_task(_status(check)) for check in checks]
        await asyncio.wait(tasks, timeout=self._timeout_s)
        *statuses, journal = [_outcome(task) for task in tasks]
        for task in tasks:
            # Not awaited: a check that hangs may ignore its cancellation too.
            task.cancel()
        return _report(dict(zip(self._sources, statuses, strict=True)), journal)


def _report(sources: Mapping[str, str], journal: str) -> Mapping[str, object]:
    if journal != "OK" or "OK" not in sources.values():
        status = "DOWN"
    else:
        status = "OK" if set(sources.values()) == {"OK"} else "PARTIAL"
    by_source = [{"name": name, "status": each} for name, each in sources.items()]
    return {"status": status, "sources": by_source, "journal": journal}


def _outcome(task: asyncio.Task[str]) -> str:
    return task.result() if task.done() and not task.cancelled() else "TIMEOUT"


async def _status(check: Check) -> str:
    try:
        await check()
    except Exception:  # noqa: BLE001  any failure is DOWN
        return "DOWN"
    return "OK"
