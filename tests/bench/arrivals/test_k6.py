"""k6 itself, against a server whose answers are known. `make test-system` installs it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bench.arrivals.k6 import NotMeasured, StepResult, Target, arrive, k6_path
from bench.arrivals.mix import Arrival
from bench.processes import Server

# It needs a second for each rate, and k6.
pytestmark = [pytest.mark.system, pytest.mark.alone]

RATE, SECONDS = 20, 1
WHOLE = b'{"data":{},"extensions":{"inquiry":{"id":"%s","sources":[]}}}' % (b"ab" * 16)
IN_PART = b'{"data":{},"errors":[{"extensions":{"code":"TIMED"}},{"extensions":{"code":"TIMED"}},{}]}'


@pytest.fixture(autouse=True)
def k6() -> None:
    try:
        k6_path()
    except NotMeasured as missing:
        (pytest.fail if os.environ.get("SYSTEM_TESTS_STRICT") else pytest.skip)(str(missing))


@asynccontextmanager
async def answering(reply: Callable[[int], tuple[int, bytes]]) -> AsyncIterator[tuple[Target, list[bytes]]]:
    """A server that answers its nth request so, and the heads and bodies that it got."""
    got: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                got.append(head.lower() + await reader.readexactly(length))
                status, body = reply(len(got))
                writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        arrivals = [Arrival("one", "first body"), Arrival("other", "second body")]
        yield Target(Server(os.getpid(), server.sockets[0].getsockname()[1]), arrivals, {"X-Sent": "along"}), got


async def measured(target: Target) -> StepResult:
    return await asyncio.to_thread(arrive, target, RATE, SECONDS, lambda _: None)


async def test_requests_arrive_at_the_rate_with_body_headers_and_own_trace() -> None:
    async with answering(lambda _: (200, WHOLE)) as (target, got):
        done = await measured(target)

    # It may begin one more at the very end of its time.
    assert done.step.sent in {RATE * SECONDS, RATE * SECONDS + 1}
    assert done.step.whole == done.step.sent == len(got)
    assert {each.rpartition(b"\r\n\r\n")[2] for each in got} == {b"first body", b"second body"}
    assert all(b"x-sent: along\r\n" in each for each in got)
    sent = {each.partition(b"traceparent: 00-")[2][:32].decode() for each in got}
    assert sent == {answer.trace for answer in done.answers}
    assert len(sent) == len(got)
    assert {answer.inquiry for answer in done.answers} == {"ab" * 16}
    assert {answer.kind for answer in done.answers} == {"one", "other"}


async def test_codes_are_read_from_the_body_once_an_answer() -> None:
    refused = b'{"errors":[{"extensions":{"code":"OVERLOADED"}}]}'
    async with answering(lambda number: (503, refused) if number % 2 else (200, IN_PART)) as (target, _):
        step = (await measured(target)).step

    assert step.refused + step.in_part == step.sent
    assert step.codes == {"NO_CODE": step.in_part, "OVERLOADED": step.refused, "TIMED": step.in_part}


async def test_a_pause_of_the_server_counts_in_every_arrival_during_it() -> None:
    """Who waits for answers would have asked once in that time, and have seen one slow answer."""
    stopped_s = 0.5

    def reply(number: int) -> tuple[int, bytes]:
        if number == 5:
            # The server's one thread stands still, as it would in a long collection.
            time.sleep(stopped_s)
        return 200, WHOLE

    async with answering(reply) as (target, _):
        done = await measured(target)

    slow = sum(answer.latency_ms > 100 for answer in done.answers)
    assert slow >= 0.6 * stopped_s * RATE


async def test_nobody_there_is_a_failure_of_every_arrival() -> None:
    async with answering(lambda _: (200, WHOLE)) as (target, _):
        pass

    step = (await measured(target)).step

    assert step.failed == step.sent > 0
    assert not step.is_sustained
