"""Memory of idle event streams: `python -m bench.streams`.

One server holds so many subscriptions that wait for their next look. Each client takes its first event and then only
keeps its connection. The server's resident memory is read before the first stream and after the last.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from api.auth.demo_issuer import DemoIssuer
from api.operation.event_stream import STREAMS, STREAMS_BY_CALLER
from bench.data_folder import BUILD, fresh_data_folder, world_folder
from bench.processes import PROC, Server, serving, tree
from policy.roles import Role

PEOPLE, AT_ONCE = 5_000, 20
DOCUMENTS: Final = {
    "sourceStatus": "subscription { sourceStatus(every: 3600) { name status } }",
    "watchPerson": """subscription @inquiry(purpose: C, reason: TRAFFIC_STOP) {
  watchPerson(id: "P0000001", every: 3600) { id name { full } warrants { number offense } } }""",
}
"""The documents, by their row."""


async def open_stream(server: Server, token: str, document: str, host: str) -> asyncio.StreamWriter:
    """Open a stream, and read its first event. Raises: ConnectionError if it is refused."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, local_addr=(host, 0))
    body = json.dumps({"query": document}).encode()
    writer.write(
        f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nAccept: text/event-stream\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise ConnectionError(head.split(b"\r\n")[0].decode())
    await reader.readuntil(b"event: next\n")
    await reader.readuntil(b"\n\n")
    return writer


def resident_mb(server: Server) -> float:
    """Resident memory of the whole process tree."""
    kilobytes = 0
    for pid in tree(server.pid):
        for line in (PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                kilobytes += int(line.split()[1])
    return kilobytes / 1024


async def measure(server: Server, tokens: Sequence[str], document: str, streams: int) -> tuple[float, float]:
    """Resident memory in MB, before and with so many streams."""
    # What the first operation loads is not of the streams.
    writers = [await open_stream(server, tokens[0], document, "127.0.0.2")]
    before = resident_mb(server)
    for start in range(1, streams, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, streams))
        # The server bounds the connections from one address, and the streams of one caller.
        opened = [
            open_stream(server, tokens[number // STREAMS_BY_CALLER], document, f"127.0.0.{2 + number // 200}")
            for number in numbers
        ]
        writers += await asyncio.gather(*opened)
    with_streams = resident_mb(server)
    for each in writers:
        each.close()
    return before, with_streams


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.streams", description=__doc__)
    parser.add_argument("--streams", type=int, default=STREAMS, help="streams of each row (default %(default)s)")
    given = parser.parse_args(arguments)
    console = Console()
    table = Table("streams", "of", "MB before", "MB with them", "kB a stream")
    world = world_folder(BUILD, PEOPLE, console.print)
    for name, document in DOCUMENTS.items():
        with tempfile.TemporaryDirectory() as folder:
            data = fresh_data_folder(world, Path(folder) / "data")
            command = [
                str(Path(sys.executable).with_name("needtoknow")),
                "serve",
                "--demo",
                "--port",
                "0",
                "--data",
                str(data),
            ]
            with serving(command) as server:
                issuer = DemoIssuer.open(data)
                callers = -(-given.streams // STREAMS_BY_CALLER)
                tokens = [issuer.token(Role.RECORDS, subject=f"demo-{number}", aal=2) for number in range(callers)]
                before, with_streams = asyncio.run(measure(server, tokens, document, given.streams))
        each = (with_streams - before) / given.streams * 1024
        table.add_row(f"{given.streams:,}", name, f"{before:.0f}", f"{with_streams:.0f}", f"{each:.0f}")
    console.print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
