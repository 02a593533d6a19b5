"""Closed-loop load generator: keep-alive connections, each of which sends its next request after the last response.

Plain HTTP/1.1, in a process of its own. A response that contains GraphQL errors is unexpected.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from time import perf_counter

import uvloop

BUFFER = 1 << 20


class UnexpectedResponse(Exception):
    """A response other than 200 without errors; the measurement is invalid."""


@dataclass(frozen=True, slots=True)
class LoadSpec:
    """Requests to send to one server.

    `requests` are whole HTTP requests, sent in rotation from `first` on. It ends after `seconds`, if at least
    `minimum` requests have begun; those are waited for.
    """

    port: int
    requests: Sequence[bytes]
    connections: int
    seconds: float
    minimum: int = 1
    first: int = 0


@dataclass(frozen=True, slots=True)
class Timings:
    """Latency of each request, and duration of the whole load."""

    latencies_ms: list[float]
    seconds: float


def http_request(body: bytes, headers: Sequence[tuple[str, str]] = (), *, accept: str = "application/json") -> bytes:
    """An HTTP POST of JSON, as bytes."""
    lines = [
        "POST /graphql HTTP/1.1",
        "Host: 127.0.0.1",
        f"Accept: {accept}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def measure(spec: LoadSpec) -> Timings:
    """Send the requests. Raises UnexpectedResponse, and OSError if nothing listens."""
    gc.collect()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_measure(spec))


async def _measure(spec: LoadSpec) -> Timings:
    streams = [await connect(spec.port) for _ in range(spec.connections)]
    latencies: list[float] = []
    begun = 0
    started = perf_counter()

    async def send_until_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal begun
        while begun < spec.minimum or perf_counter() - started < spec.seconds:
            request = spec.requests[(spec.first + begun) % len(spec.requests)]
            begun += 1
            sent = perf_counter()
            writer.write(request)
            await read_body(reader)
            latencies.append((perf_counter() - sent) * 1_000)

    try:
        await asyncio.gather(*(send_until_the_end(*stream) for stream in streams))
        seconds = perf_counter() - started
    finally:
        for _, writer in streams:
            writer.close()
    return Timings(latencies, seconds)


async def send(port: int, request: bytes) -> bytes:
    """Send one request on a new connection; its response body."""
    reader, writer = await connect(port)
    try:
        writer.write(request)
        return await read_body(reader)
    finally:
        writer.close()


async def read_body(reader: asyncio.StreamReader) -> bytes:
    """The body of the next response, with a length or chunked. Raises UnexpectedResponse."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    body = await _body(reader, head)
    status = head.partition(b"\r\n")[0].decode()
    if status.split()[1] != "200" or b'"errors"' in body:
        raise UnexpectedResponse(f"{status}: {body[:500].decode(errors='replace')}")
    return body


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    _, has_length, rest = head.partition(b"\r\ncontent-length:")
    if has_length:
        return await reader.readexactly(int(rest.partition(b"\r\n")[0]))
    if b"\r\ntransfer-encoding: chunked" not in head:
        raise UnexpectedResponse("A response has neither a Content-Length nor chunked encoding.")
    return b"".join([each async for each in chunks(reader)])


async def chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """The chunks of a body, as they arrive."""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        yield await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)


async def connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A new connection."""
    return await asyncio.open_connection("127.0.0.1", port, limit=BUFFER)
