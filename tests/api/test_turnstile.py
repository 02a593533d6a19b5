"""Who is turned away where the bytes are read: over real HTTP, and byte by byte where no task may be made of it."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

from api.admission import Admission
from api.cli.connection import Connection
from api.cli.server import configured
from api.endpoint import graphql_route
from api.middleware import surroundings
from api.reply import Question, Reply
from api.telemetry.recorder import Telemetry
from api.turnstile import Turnstile
from tests.api import test_admission
from tests.api.test_endpoint import exchange, posted

# Nobody waits for a place.
door = partial(test_admission.door, operation_wait_ms=0)
ASKED = b'{"query":"{ me { user } }"}'
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def without_chance(response: bytes) -> bytes:
    """A response without its trace, its date, the order of its headers, and the encouragement to send what is sent."""
    response = response.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"")
    head, _, body = response.partition(b"\r\n\r\n")
    lines = sorted(re.sub(rb"(?m)^date: .*", b"", head).lower().split(b"\r\n"))
    return re.sub(rb"[0-9a-f]{32}(-[0-9a-f]{16}-0[01])?", b"", b"\r\n".join([*lines, b"", body]))


async def in_two(port: int, head: bytes, body: bytes) -> bytes:
    """What comes back when the body is sent only once the server has asked for it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(body)
    received = await reader.read()
    writer.close()
    await writer.wait_closed()
    return received


@pytest.mark.parametrize("accept", ["*/*", "application/graphql-response+json", "text/html"])
async def test_a_question_in_one_piece_is_refused_in_the_same_words_as_one_in_two(data: Path, accept: str) -> None:
    headers = "Connection: close", f"Accept: {'*/*' if accept == 'text/html' else accept}"
    async with door(data) as at:
        held = await at.hold(2)
        whole = await exchange(at.port, posted(ASKED, "Connection: close", f"Accept: {accept}"))
        head = posted(b"", *headers, "Expect: 100-continue", length=len(ASKED))
        halves = await in_two(at.port, head, ASKED)
        at.release.set()
        await asyncio.gather(*held)

    assert whole.startswith(b"HTTP/1.1 503 ")
    assert without_chance(whole) == without_chance(halves)
    assert at.admission.refused == 2


async def test_requests_one_behind_another_are_each_refused_in_their_turn(data: Path) -> None:
    async with door(data) as at:
        held = await at.hold(2)
        received = await exchange(at.port, posted(ASKED) * 3 + posted(ASKED, "Connection: close"))
        at.release.set()
        await asyncio.gather(*held)

    assert received.count(b"HTTP/1.1 503 ") == received.count(b'"OVERLOADED"') == at.admission.refused == 4


async def test_a_connection_on_which_one_was_refused_serves_the_next(data: Path) -> None:
    async with door(data) as at:
        held = await at.hold(2)
        reader, writer = await asyncio.open_connection("127.0.0.1", at.port)
        writer.write(posted(ASKED))
        refused = await reader.readuntil(b"}]}")
        at.release.set()
        await asyncio.gather(*held)
        writer.write(posted(ASKED, "Connection: close"))
        answered = await reader.read()
        writer.close()

    assert refused.startswith(b"HTTP/1.1 503 ")
    assert answered.startswith(b"HTTP/1.1 401 ")  # it was looked at: there is no token


async def test_what_is_no_question_is_let_past(data: Path) -> None:
    async with door(data) as at:
        held = await at.hold(2)
        health, page = await at.client.get("/healthz"), await at.client.request("OPTIONS", "/graphql")
        at.release.set()
        await asyncio.gather(*held)

    assert (health.status_code, page.status_code, at.admission.refused) == (200, 204, 0)


async def test_a_refusal_is_traced_as_any_other_answer(data: Path, spans: InMemorySpanExporter) -> None:
    async with door(data, proxies="127.0.0.1") as at:
        at.admission.close()
        headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01", "X-Forwarded-Proto": "https"}
        refused = await at.client.post("/graphql", content=ASKED, headers=headers)

    assert refused.json()["errors"][0]["extensions"]["traceId"] == TRACE
    [span] = [span for span in spans.get_finished_spans() if span.name == "POST /graphql"]
    assert f"{span.context.span_id:016x}" in refused.headers["traceresponse"]
    assert span.attributes["http.response.status_code"] == 503
    assert span.attributes["url.scheme"] == "https"


# --- byte by byte ---


class Wire:
    """A transport that keeps what is written to it."""

    def __init__(self) -> None:
        self.written = b""
        self.is_closed = False

    def get_extra_info(self, _name: str) -> None:
        return None

    def write(self, some: bytes) -> None:
        self.written += some

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


class Line:
    """A connection at a turnstile that lets nobody in, to an application that is not to be asked; or without one."""

    def __init__(self, app: ASGIApp | None = None, *, is_plain: bool = False) -> None:
        self.wire = Wire()
        self.asked = 0

        async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
            self.asked += 1
            await send({"type": "http.response.start", "status": 204})
            await send({"type": "http.response.body"})

        config = configured(app or answer, Turnstile(closed(), Telemetry()), "")
        if is_plain:
            config.http = "httptools"
        config.load()
        make: Any = config.http_protocol_class
        self.connection: Connection = make(config=config, server_state=ServerState(), app_state={})
        self.connection.connection_made(self.wire)  # type: ignore[arg-type]


def closed() -> Admission:
    admission = Admission(limit=1, wait_s=0, late_s=0)
    admission.close()
    return admission


async def test_a_refusal_is_written_before_anything_else_has_its_turn() -> None:
    line = Line()
    line.connection.data_received(posted(ASKED))

    assert line.wire.written.startswith(b"HTTP/1.1 503 ")
    assert line.wire.written.endswith(b"}]}")
    assert not line.connection.tasks


async def test_a_question_that_comes_byte_by_byte_is_left_to_a_task() -> None:
    line = Line()
    for byte in posted(ASKED):
        line.connection.data_received(bytes([byte]))

    assert (line.wire.written, len(line.connection.tasks)) == (b"", 1)
    await asyncio.gather(*line.connection.tasks)
    assert (line.asked, line.wire.written[:13]) == (1, b"HTTP/1.1 204 ")


async def test_of_requests_one_behind_another_each_is_left_to_a_task_so_that_others_have_turns_between() -> None:
    line = Line()
    line.connection.data_received(posted(ASKED) * 2)

    assert (line.wire.written, len(line.connection.tasks)) == (b"", 1)
    await asyncio.gather(*line.connection.tasks)
    await asyncio.gather(*line.connection.tasks)
    assert line.asked == 2


async def test_a_client_that_does_not_read_is_waited_for_in_a_task() -> None:
    line = Line()
    line.connection.pause_writing()
    line.connection.data_received(posted(ASKED))

    assert (line.wire.written, len(line.connection.tasks)) == (b"", 1)
    line.connection.resume_writing()
    await asyncio.gather(*line.connection.tasks)
    assert line.asked == 1


async def test_a_refusal_that_would_wait_is_a_mistake_of_ours() -> None:
    async def waits(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.sleep(0)

    line = Line()
    line.connection._refusal = waits
    line.connection.data_received(posted(ASKED))

    assert line.wire.written.startswith(b"HTTP/1.1 500 ")
    assert line.wire.is_closing()


async def never(_question: Question) -> Reply:
    raise AssertionError


WHOLE = posted(ASKED)
CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(ASKED), ASKED)
SENT = [
    WHOLE,
    posted(ASKED, "Expect: 100-continue"),
    posted(ASKED, "Connection: close"),
    posted(ASKED, "Connection: Upgrade", "Upgrade: h2c"),
    posted(CHUNKED, "Transfer-Encoding: chunked"),
    posted(b"", length=len(ASKED)) + ASKED,
    WHOLE.replace(b"HTTP/1.1", b"HTTP/1.0"),
    b"GET /graphql?query={__typename} HTTP/1.1\r\nHost: x\r\n\r\n",
    b"HEAD /graphql HTTP/1.1\r\nHost: x\r\n\r\n",
    b"OPTIONS /graphql HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /elsewhere HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    b"no HTTP\r\n\r\n",
]


async def said(pieces: list[bytes], *, is_plain: bool) -> list[bytes]:
    """What is written after each piece, and once the client has left."""
    routes = [graphql_route(never, None, closed(), body_limit_bytes=10_000)]
    line = Line(Starlette(routes=routes, middleware=surroundings(Telemetry())), is_plain=is_plain)
    written = []
    for piece in pieces:
        if line.wire.is_closing():
            break
        line.connection.data_received(piece)
        for _ in range(20):  # a task each, one behind another, with steps to spare
            await asyncio.sleep(0)
        written.append(without_chance(line.wire.written))
    line.connection.connection_lost(None)
    await asyncio.gather(*line.connection.tasks)
    return [*written, without_chance(line.wire.written)]


@given(st.lists(st.sampled_from(SENT), min_size=1, max_size=3), st.lists(st.integers(0, 400), max_size=3))
def test_whatever_is_sent_and_however_it_is_cut_all_is_said_that_is_said_without_a_turnstile(
    sent: list[bytes], cuts: list[int]
) -> None:
    whole = b"".join(sent)
    edges = [0, *sorted(cuts), len(whole)]
    pieces = [whole[begin:end] for begin, end in pairwise(edges) if whole[begin:end]]

    assert asyncio.run(said(pieces, is_plain=False)) == asyncio.run(said(pieces, is_plain=True))
