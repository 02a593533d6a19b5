"""Whether the process runs, and whether its sources and its journal answer. Knows nothing of what they are.

A check returns when all is well and raises when it is not; one that does neither in time is a TIMEOUT.
Nobody signs in here, so a reply says which and how, and never why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Check = Callable[[], Awaitable[object]]


def health_routes(sources: Mapping[str, Check], journal: Check, *, timeout_s: float = 1.0) -> list[Route]:
    """GET /healthz and GET /readyz."""
    readiness = Readiness(sources, journal, timeout_s)

    async def healthz(_: Request) -> Response:
        return _json({"status": "OK"}, 200)

    async def readyz(_: Request) -> Response:
        found = await readiness.report()
        return _json(found, 503 if found["status"] == "DOWN" else 200)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


class Readiness:
    """Asks everything at once, and once for all who want to know at that moment.

    Without the journal there is no data, so that is not ready (503); nor is it without any source. With some
    of the sources it is, and the reply says with which.
    """

    def __init__(self, sources: Mapping[str, Check], journal: Check, timeout_s: float) -> None:
        self._sources = dict(sources)
        self._journal = journal
        self._timeout_s = timeout_s
        self._asking: asyncio.Task[Mapping[str, object]] | None = None

    async def report(self) -> Mapping[str, object]:
        # Whoever can reach the port can ask, as often as they like. That must not become as many reads.
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(self._asking)

    async def _ask(self) -> Mapping[str, object]:
        checks = [*self._sources.values(), self._journal]
        tasks = [asyncio.create_task(_attempt(check)) for check in checks]
        await asyncio.wait(tasks, timeout=self._timeout_s)
        *statuses, journal = [_outcome(task) for task in tasks]
        for task in tasks:
            # Not awaited: what does not answer may not heed its cancellation either.
            task.cancel()
        return _report(dict(zip(self._sources, statuses, strict=True)), journal)


def _report(sources: Mapping[str, str], journal: str) -> Mapping[str, object]:
    if journal != "OK" or "OK" not in sources.values():
        status = "DOWN"
    else:
        status = "OK" if set(sources.values()) == {"OK"} else "PARTIAL"
    listed = [{"name": name, "status": found} for name, found in sources.items()]
    return {"status": status, "sources": listed, "journal": journal}


def _outcome(task: asyncio.Task[str]) -> str:
    return task.result() if task.done() and not task.cancelled() else "TIMEOUT"


async def _attempt(check: Check) -> str:
    try:
        await check()
    except Exception:  # noqa: BLE001  whatever it is, it is not well
        return "DOWN"
    return "OK"


def _json(body: Mapping[str, object], status: int) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
