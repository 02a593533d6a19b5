"""A network between a page and a server, all of whose connections a test breaks off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

from tests.system.server import DemoServer

UNANSWERED = "seed = 1\n[criminal_history]\nmedian_ms = 600000\np99_ms = 600000\n"
DEADLINES = {"NEEDTOKNOW_SOURCE_DEADLINE_MS": "60000", "NEEDTOKNOW_OPERATION_BUDGET_MS": "60000"}


@asynccontextmanager
async def network_to(server: DemoServer) -> AsyncIterator[tuple[str, Callable[[], None]]]:
    """The address of the network to a server, and what breaks all its connections off."""
    writers: list[asyncio.StreamWriter] = []

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                writer.write(data)
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", urlsplit(server.url).port)
        writers.extend((writer, to_server))
        await asyncio.gather(pass_on(reader, to_server), pass_on(from_server, writer))

    def break_off() -> None:
        for each in writers:
            each.transport.abort()

    async with await asyncio.start_server(connect, "127.0.0.1", 0) as listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", break_off
        break_off()
