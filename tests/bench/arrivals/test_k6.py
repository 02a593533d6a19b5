"""k6 against a server whose responses are known. `make test-system` installs it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bench.arrivals.k6 import NotMeasured, StepResult, Target, k6_path, run_step
from bench.arrivals.mix import Arrival
from bench.processes import Server

# It needs a second for each rate, and k6.
pytestmark = [pytest.mark.system, pytest.mark.alone]

RATE, SECONDS = 20, 1
WHOLE = b'{"data":{},"extensions":{"inquiry":{"id":"%s","sources":[]}}}' % (b"ab" * 16)
PARTIAL = b'{"data":{},"errors":[{"extensions":{"code":"TIMED"}},{"extensions":{"code":"TIMED"}},{}]}'


@pytest.fixture(autouse=True)
def k6() -> None:
    try:
        k6_path()
    except NotMeasured as missing:
        (pytest.fail if os.environ.get("SYSTEM_TESTS_STRICT") else pytest.skip)(str(missing))


@asynccontextmanager
async def responding(respond: Callable[[int], tuple[int, bytes]]) -> AsyncIterator[tuple[Target, list[bytes]]]:
    """A server that responses its nth request so, and the heads and bodies that it received."""
    received: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                received.append(head.lower() + await reader.readexactly(length))
                status, body = respond(len(received))
                writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        arrivals = [Arrival("first", "first body"), Arrival("second", "second body")]
        yield Target(Server(os.getpid(), server.sockets[0].getsockname()[1]), arrivals, {"X-Sent": "along"}), received


async def measured(target: Target) -> StepResult:
    return await asyncio.to_thread(run_step, target, RATE, SECONDS, lambda _: None)


async def test_requests_arrive_at_the_rate_with_body_headers_and_own_trace() -> None:
    async with responding(lambda _: (200, WHOLE)) as (target, received):
        result = await measured(target)

    # k6 may start one more at the very end.
    assert result.step.sent in {RATE * SECONDS, RATE * SECONDS + 1}
    assert result.step.whole == result.step.sent == len(received)
    assert {request.rpartition(b"\r\n\r\n")[2] for request in received} == {b"first body", b"second body"}
    assert all(b"x-sent: along\r\n" in request for request in received)
    sent = {request.partition(b"traceparent: 00-")[2][:32].decode() for request in received}
    assert sent == {response.trace_id for response in result.responses}
    assert len(sent) == len(received)
    assert {response.inquiry_id for response in result.responses} == {"ab" * 16}
    assert {response.workload for response in result.responses} == {"first", "second"}


async def test_codes_are_read_from_the_body_once_a_response() -> None:
    refused = b'{"errors":[{"extensions":{"code":"OVERLOADED"}}]}'
    async with responding(lambda number: (503, refused) if number % 2 else (200, PARTIAL)) as (target, _):
        step = (await measured(target)).step

    assert step.refused + step.partial == step.sent
    assert step.codes == {"NO_CODE": step.partial, "OVERLOADED": step.refused, "TIMED": step.partial}


async def test_a_pause_of_the_server_counts_in_every_arrival_during_it() -> None:
    """A closed-loop generator would have sent one request in that time, and seen one slow response."""
    stopped_s = 0.5

    def respond(number: int) -> tuple[int, bytes]:
        if number == 5:
            # The server's only thread pauses, as in a long garbage collection.
            time.sleep(stopped_s)
        return 200, WHOLE

    async with responding(respond) as (target, _):
        result = await measured(target)

    slow = sum(response.latency_ms > 100 for response in result.responses)
    assert slow >= 0.6 * stopped_s * RATE


async def test_without_a_server_every_arrival_fails() -> None:
    async with responding(lambda _: (200, WHOLE)) as (target, _):
        pass

    step = (await measured(target)).step

    assert step.failed == step.sent > 0
    assert not step.is_sustained
