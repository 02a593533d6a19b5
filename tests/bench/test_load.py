"""The load generator, against a server that counts; and what is read of a server's process."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bench import load
from bench.processes import NotStarted, serving, tree

COUNTED = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n" + b'{"data":null}'
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n" + b'{"data":\r\n5\r\nnull}\r\n0\r\n\r\n'
FAILED = b"HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n" + b'{"errors":[],"data":null}'

# The child uses the CPU and says where the server is; it ends when its parent does.
CHILD = """
import sys, time
while time.process_time() < 0.3: pass
print("http://127.0.0.1:1/graphql", flush=True)
sys.stdin.read()
"""
PARENT = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdin=subprocess.PIPE).wait()"


@dataclass
class Counter:
    port: int = 0
    connections: int = 0
    bodies: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def counting(reply: Callable[[int], bytes]) -> AsyncIterator[Counter]:
    """A server that answers its nth request with `reply(n)`."""
    seen = Counter()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
                seen.bodies.append(await reader.readexactly(length))
                writer.write(reply(len(seen.bodies)))
        except asyncio.IncompleteReadError:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        seen.port = server.sockets[0].getsockname()[1]
        yield seen


def job(port: int, **given: int) -> load.Job:
    requests = [load.request(body) for body in (b"a", b"b", b"c")]
    return load.Job(port, requests, **{"connections": 1, "seconds": 0, "least": 7} | given)


async def test_it_counts_what_the_server_counts() -> None:
    async with counting(lambda _: COUNTED) as seen:
        tally = await asyncio.to_thread(load.measure, job(seen.port, connections=8, least=100))

    assert len(tally.latencies_ms) == len(seen.bodies) == 100
    assert seen.connections == 8


async def test_requests_are_sent_in_rotation_from_the_first_given() -> None:
    async with counting(lambda _: COUNTED) as seen:
        await asyncio.to_thread(load.measure, job(seen.port, first=2))

    assert seen.bodies == [b"c", b"a", b"b", b"c", b"a", b"b", b"c"]


async def test_it_goes_on_until_its_time_is_over() -> None:
    async with counting(lambda _: COUNTED) as seen:
        tally = await asyncio.to_thread(load.measure, job(seen.port, seconds=0.05, least=1))

    assert tally.seconds >= 0.05
    assert sum(tally.latencies_ms) <= tally.seconds * 1_000


async def test_chunked_and_counted_responses_are_read_alike() -> None:
    async with counting(lambda number: CHUNKED if number % 2 else COUNTED) as seen:
        bodies = [await load.send(seen.port, load.request(b"a")) for _ in range(2)]
        tally = await asyncio.to_thread(load.measure, job(seen.port))

    assert bodies == [b'{"data":null}'] * 2
    assert len(tally.latencies_ms) == 7


@pytest.mark.parametrize(
    "reply", [FAILED, COUNTED.replace(b"200 OK", b"503 No"), COUNTED.replace(b"Content-Length: 13\r\n", b"")]
)
async def test_an_unexpected_response_ends_the_job(reply: bytes) -> None:
    async with counting(lambda number: reply if number == 3 else COUNTED) as seen:
        with pytest.raises(load.UnexpectedResponse):
            await asyncio.to_thread(load.measure, job(seen.port))


def test_cpu_time_is_that_of_the_whole_process_tree() -> None:
    with serving([sys.executable, "-c", PARENT, CHILD]) as server:
        assert server.port == 1
        assert len(tree(server.pid)) == 2
        assert server.cpu_s() >= 0.3
        assert server.peak_mb() > 5


def test_a_server_that_does_not_start_says_why() -> None:
    with pytest.raises(NotStarted, match="no such world"), serving([sys.executable, "-c", "exit('no such world')"]):
        pass
