"""The load generator against a server that counts requests, and CPU and memory of a server's processes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bench import load
from bench.processes import NotStarted, serving, tree

WITH_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n" + b'{"data":null}'
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n" + b'{"data":\r\n5\r\nnull}\r\n0\r\n\r\n'
FAILED = b"HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n" + b'{"errors":[],"data":null}'

# The child uses CPU and prints an address; it ends when its parent does.
CHILD = """
import sys, time
while time.process_time() < 0.3: pass
print("http://127.0.0.1:1/graphql", flush=True)
sys.stdin.read()
"""
PARENT = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdin=subprocess.PIPE).wait()"


@dataclass
class RequestCounter:
    port: int = 0
    connections: int = 0
    bodies: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def counting_server(respond: Callable[[int], bytes]) -> AsyncIterator[RequestCounter]:
    """A server that responds to its nth request with `respond(n)`."""
    counter = RequestCounter()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        counter.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
                counter.bodies.append(await reader.readexactly(length))
                writer.write(respond(len(counter.bodies)))
        except asyncio.IncompleteReadError:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        counter.port = server.sockets[0].getsockname()[1]
        yield counter


def load_spec(port: int, **fields: int) -> load.LoadSpec:
    requests = [load.http_request(body) for body in (b"a", b"b", b"c")]
    return load.LoadSpec(port, requests, **{"connections": 1, "seconds": 0, "minimum": 7} | fields)


async def test_each_request_has_one_latency() -> None:
    async with counting_server(lambda _: WITH_LENGTH) as counter:
        timings = await asyncio.to_thread(load.measure, load_spec(counter.port, connections=8, minimum=100))

    assert len(timings.latencies_ms) == len(counter.bodies) == 100
    assert counter.connections == 8


async def test_requests_are_sent_in_rotation_from_the_first_given() -> None:
    async with counting_server(lambda _: WITH_LENGTH) as counter:
        await asyncio.to_thread(load.measure, load_spec(counter.port, first=2))

    assert counter.bodies == [b"c", b"a", b"b", b"c", b"a", b"b", b"c"]


async def test_a_job_lasts_at_least_its_seconds() -> None:
    async with counting_server(lambda _: WITH_LENGTH) as counter:
        timings = await asyncio.to_thread(load.measure, load_spec(counter.port, seconds=0.05, minimum=1))

    assert timings.seconds >= 0.05
    assert sum(timings.latencies_ms) <= timings.seconds * 1_000


async def test_responses_with_a_length_and_chunked_ones_are_read_alike() -> None:
    async with counting_server(lambda number: CHUNKED if number % 2 else WITH_LENGTH) as counter:
        bodies = [await load.send(counter.port, load.http_request(b"a")) for _ in range(2)]
        timings = await asyncio.to_thread(load.measure, load_spec(counter.port))

    assert bodies == [b'{"data":null}'] * 2
    assert len(timings.latencies_ms) == 7


@pytest.mark.parametrize(
    "response", [FAILED, WITH_LENGTH.replace(b"200 OK", b"503 No"), WITH_LENGTH.replace(b"Content-Length: 13\r\n", b"")]
)
async def test_an_unexpected_response_ends_the_job(response: bytes) -> None:
    async with counting_server(lambda number: response if number == 3 else WITH_LENGTH) as counter:
        with pytest.raises(load.UnexpectedResponse):
            await asyncio.to_thread(load.measure, load_spec(counter.port))


def test_cpu_time_is_that_of_the_whole_process_tree() -> None:
    with serving([sys.executable, "-c", PARENT, CHILD]) as server:
        assert server.port == 1
        assert len(tree(server.pid)) == 2
        assert server.cpu_s() >= 0.3
        assert server.peak_mb() > 5


def test_the_output_of_a_server_that_does_not_start_is_in_the_error() -> None:
    with pytest.raises(NotStarted, match="no such world"), serving([sys.executable, "-c", "exit('no such world')"]):
        pass
