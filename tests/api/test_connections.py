"""The endpoint over real connections: slow, oversized and aborted requests."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from api.operation.messages import GraphQLRequest, GraphQLResponse
from tests.api.http_client import BODY_LIMIT, JSON, TYPENAME, StubHandler, exchange, listening, post_bytes, stub_app


async def test_a_body_over_the_limit_closes_the_connection(handler: StubHandler) -> None:
    chunk = b"%x\r\n%s\r\n" % (BODY_LIMIT, b" " * BODY_LIMIT)
    async with listening(stub_app(handler)) as port:
        # The last chunk is never sent; only a server that stops reading responds.
        received = await exchange(port, post_bytes(chunk * 2, "Transfer-Encoding: chunked"))

    assert received.startswith(b"HTTP/1.1 413 ")
    assert b"\r\nconnection: close\r\n" in received
    assert handler.requests == []


async def test_a_body_announced_too_long_is_rejected_unread(handler: StubHandler) -> None:
    async with listening(stub_app(handler)) as port:
        received = await exchange(port, post_bytes(b"", "Expect: 100-continue", length=10**9))

    assert received.startswith(b"HTTP/1.1 413 ")


async def test_a_body_that_does_not_arrive_times_out(handler: StubHandler) -> None:
    async with listening(stub_app(handler, body_timeout_s=0.05)) as port:
        received = await exchange(port, post_bytes(b'{"query":', length=100))

    assert received.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"BAD_INPUT"' in received
    assert handler.requests == []


async def test_a_disconnect_within_the_body_calls_no_handler(
    handler: StubHandler, caplog: pytest.LogCaptureFixture
) -> None:
    ended = asyncio.Event()
    app = stub_app(handler)

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        await app(scope, receive, send)
        ended.set()

    async with listening(wrapped) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(post_bytes(b'{"query":', length=100))
        await writer.drain()
        writer.close()
        await ended.wait()

    assert handler.requests == []
    assert [record for record in caplog.records if record.name.startswith("needtoknow")] == []


@dataclass
class HangingHandler:
    """A handler that hangs until it is cancelled, and then awaits once more before it ends."""

    started: asyncio.Event = field(default_factory=asyncio.Event)
    finished: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: GraphQLRequest) -> GraphQLResponse:
        self.started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            # As the pipeline does, to write its last journal entry.
            await asyncio.sleep(0)
            self.finished.set()
            raise
        raise AssertionError("the wait ended without a cancellation")


async def test_a_disconnect_cancels_the_work_which_may_finish_its_entry(
    caplog: pytest.LogCaptureFixture,
) -> None:
    hanging = HangingHandler()
    async with listening(stub_app(hanging)) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(post_bytes(TYPENAME))
        await hanging.started.wait()
        writer.close()
        await hanging.finished.wait()

    assert hanging.finished.is_set()
    assert [record for record in caplog.records if record.name.startswith("needtoknow")] == []


async def test_cancellation_by_the_server_is_not_taken_for_a_disconnect() -> None:
    hanging = HangingHandler()
    app = stub_app(hanging)
    sent: list[Any] = []
    messages = [{"type": "http.request", "body": TYPENAME, "more_body": False}]

    async def receive() -> Any:
        return messages.pop() if messages else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"content-type", JSON.encode())],
    }
    task = asyncio.create_task(app(scope, receive, send))
    await hanging.started.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert sent == []


async def test_a_connection_serves_several_requests(handler: StubHandler) -> None:
    async with listening(stub_app(handler)) as port:
        last = post_bytes(TYPENAME, "Connection: close")
        received = await exchange(port, post_bytes(TYPENAME) + post_bytes(b"5") + last)

    assert re.findall(rb"HTTP/1.1 (\d+) ", received) == [b"200", b"400", b"200"]
    assert len(handler.requests) == 2
