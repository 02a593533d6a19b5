"""HTTP server on a socket that sends what a test says, also what no HTTP server would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

Reply = Callable[["Asked"], "bytes | Awaitable[bytes]"]


@dataclass(frozen=True)
class Asked:
    """A request as it came: its first line, its headers in small letters, its body, and the connection's number."""

    line: str
    headers: dict[str, str]
    body: dict[str, Any]
    connection: int


@dataclass
class ScriptedServer:
    """What came so far, on which connections, and what to reply."""

    port: int
    reply: Reply
    asked: list[Asked] = field(default_factory=list)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/warrants"

    async def last_connection_is_lost(self) -> None:
        """Return when the client has closed the last connection, while this side may still write to it."""
        with suppress(ConnectionError):
            while True:
                self.writers[-1].write(b" ")
                await self.writers[-1].drain()
                await asyncio.sleep(0)


@asynccontextmanager
async def scripted_server(reply: Reply) -> AsyncIterator[ScriptedServer]:
    """A server that replies to each request with these bytes; none closes the connection."""
    serving = set[asyncio.Task[Any] | None]()  # asyncio itself forgets a task that waits for ever

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        server.writers.append(writer)
        number = len(server.writers)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *fields = head.decode().strip().split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in fields)}
                body = orjson.loads(await reader.readexactly(int(headers["content-length"])))
                server.asked.append(Asked(line, headers, body, number))
                given = server.reply(server.asked[-1])
                content = given if isinstance(given, bytes) else await given
                if not content:
                    break
                writer.write(content)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has closed it
        finally:
            writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    server = ScriptedServer(listener.sockets[0].getsockname()[1], reply)
    try:
        yield server
    finally:
        listener.close()
        for writer in server.writers:
            if not writer.is_closing():
                writer.transport.abort()


def http(content: bytes, status: str = "200 OK", **headers: object) -> bytes:
    """A reply of HTTP. A header that is None is left out."""
    fields = {"content_type": "application/json", "content_length": len(content)} | headers
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + content


def row_of(asked: Asked, key: Any, **values: Any) -> dict[str, Any]:
    """A row with null in each column that is not given."""
    given = {asked.body["key"]: key, "subject_surname": "SMITH", "issued_on": "2026-01-01"} | values
    return {name: given.get(name) for name in asked.body["columns"]}


def answered(asked: Asked, **values: Any) -> dict[str, Any]:
    """A complete reply: one warrant for each key, numbered from 1."""
    answers = [
        {"key": key, "rows": [row_of(asked, key, **{"number": f"W{index:09}"} | values)]}
        for index, key in enumerate(asked.body["keys"], start=1)
    ]
    return {"version": 1, "complete": True, "answers": answers}


def whole(asked: Asked) -> bytes:
    return http(orjson.dumps(answered(asked)))
