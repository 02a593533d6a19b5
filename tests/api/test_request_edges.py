"""Headers, URLs and bodies of any bytes: each request is answered or refused, and none is an internal error."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote_from_bytes

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.api.http_client import exchange
from tests.harness import PERSON_QUERY, running_app
from tests.server_process import server_process

Headers = list[tuple[bytes, bytes]]
Sent = tuple[str, bytes, Headers, bytes]
"""Method, target, headers and body of a request."""

NAMES = (
    *(b"authorization", b"x-inquiry", b"x-terminal", b"x-forwarded-for", b"traceparent", b"tracestate", b"accept"),
    *(b"content-type", b"content-encoding", b"accept-encoding", b"origin", b"cookie", b"range", b"if-none-match"),
)
PARTS = (
    *(b"Bearer ", b"Basic ", b"eyJhbGciOiJub25lIn0", b".", b",", b";", b"q=", b"1e999", b"nan", b"-1", b"\xb2", b"\t"),
    *(b"application/json", b"application/graphql-response+json", b"text/html", b"*/*", b"charset=", b"utf-8", b"gzip"),
    *(b"00-", b"a" * 32, b"-", b"b" * 16, b"-01", b"::1", b'{"purpose": "C", "reason": ', b'"CCW_PERMIT"}'),
    *(b'{"purpose": [], "reason": {}}', b"[" * 500, b'"caseNumber": 1e99', b"\xff\x80", b"\xed\xa0\x80", b"x" * 70),
)
VALUES = st.lists(st.sampled_from(PARTS) | st.binary(max_size=20), max_size=4).map(b"".join)
LOOKUP = orjson.dumps({"query": PERSON_QUERY})
BODIES = (
    LOOKUP,
    b'{"query":"{me{name}}"}',
    b"\xef\xbb\xbf" + LOOKUP,
    '{"query":"{me{name}}"}'.encode("utf-16"),
    b'{"query":"{me{name}}","query":"{me{name}}"}',
    b'{"query":"{me{name}}","variables":{"x":1e999}}',
    b'{"query":"{me{name}}","extensions":{"x":' + b"9" * 5_000 + b"}}",
    b'{"query":"{me{name}}","variables":{"x":' + b"[" * 2_000 + b"]" * 2_000 + b"}}",
    b'{"query":"{me{name}}","operationName":"\\u0000"}',
    b'{"query":"\\ud800"}',
    b'{"query":"{me(x:\\"\xed\xa0\x80\\")}"}',
    b'{"query":' + b"{" * 2_000,
    orjson.dumps({"query": "{" * 2_000}),
    orjson.dumps({"query": "{me{name}} #\ufffe\u2028"}),
    *(b"null", b"-0", b"1e999", b"NaN", b'""', b"[]", b"{}"),
)
URLS = (b"/graphql", b"/graphql?query={__typename}", b"/graphql?query={__typename}&variables=", b"/readyz?")


@st.composite
def requests(draw: st.DrawFn) -> Sent:
    """A request to the GraphQL route or beside it; half have an ordinary body or are cut or mixed with other bytes."""
    method = draw(st.sampled_from(("POST", "POST", "POST", "GET", "HEAD", "OPTIONS", "PUT")))
    target = draw(st.sampled_from(URLS))
    if b"?" in target:
        target += draw(VALUES)
    headers = {b"content-type": b"application/json"} | draw(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=2))
    body, at = draw(st.sampled_from(BODIES)), draw(st.integers(0, 60))
    mixed = draw(st.just(b"") | st.binary(max_size=9))
    return method, target, [*headers.items()], body[:at] + mixed + body[at:]


def drawn(number: int) -> list[Sent]:
    found: list[Sent] = []

    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(requests())
    def draw(request: Sent) -> None:
        found.append(request)

    draw()
    return found


@pytest.mark.parametrize("number", [100, pytest.param(3_000, marks=pytest.mark.system)])
async def test_no_header_url_or_body_is_an_internal_error(
    data: Path, caplog: pytest.LogCaptureFixture, number: int
) -> None:
    """In the application itself, which gets bytes here that a server in front of it may refuse."""
    statuses = set()
    async with running_app(data, trusted_routers=("127.0.0.1",)) as world:
        token = (b"authorization", f"Bearer {world.token('records')}".encode())
        for method, target, headers, body in drawn(number):
            signed = headers if any(name == token[0] for name, _ in headers) else [token, *headers]
            url = httpx.URL(f"http://127.0.0.1:8000{quote_from_bytes(target, safe='/?&={}%')}")
            request = httpx.Request(method, url, headers=signed, content=body)
            statuses.add((await world.client.send(request)).status_code)

    assert {status for status in statuses if status >= 500} == set()
    assert {200, 400, 405} <= statuses
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.system
async def test_no_bytes_are_an_internal_error_of_a_server(data: Path) -> None:
    """Over real sockets, with heads that are no HTTP either. The server goes on, and its log has no traceback."""
    with server_process(data) as server:
        slots = asyncio.Semaphore(20)
        replies = await asyncio.gather(*(reply(server.port, sent, slots) for sent in heads(1_000)))
        ready = await asyncio.to_thread(httpx.get, f"{server.url}/readyz")
        _, stderr = server.stop(signal.SIGTERM)

    assert {each[:12] for each in replies if each.startswith(b"HTTP/1.1 5")} == set()
    assert sum(each.startswith(b"HTTP/1.1 ") for each in replies) > 900
    assert ready.status_code == 200
    assert "Traceback" not in stderr
    assert "exception=" not in stderr


async def reply(port: int, sent: bytes, slots: asyncio.Semaphore) -> bytes:
    """The reply to some bytes; none if the server waits for more of them."""
    async with slots:
        with suppress(TimeoutError, ConnectionError):
            return await asyncio.wait_for(exchange(port, sent), 2)
    return b""


def heads(number: int) -> Iterator[bytes]:
    """Requests as bytes. They may hold line breaks anywhere, and end the connection."""
    for method, target, headers, body in drawn(number):
        lines = [b"%s %s HTTP/1.1" % (method.encode(), target), b"Host: x", b"Connection: close"]
        lines += [b"%s: %s" % header for header in headers]
        lines.append(b"Content-Length: %d" % len(body))
        yield b"\r\n".join([*lines, b"", b""]) + body
