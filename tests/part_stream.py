"""Responses in parts, as a client gets them: the bytes of each part, and the reply that they make together."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any

from starlette.types import Message

from tests.harness import World

OLDER = "multipart/mixed; deferSpec=20220824"
NEWER = "multipart/mixed; incrementalSpec=v0.2"
EVENTS = "text/event-stream"
FORMATS = {"older": OLDER, "newer": NEWER, "events": EVENTS}

PART_HEAD = b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
FIRST, NEXT, LAST = b"---" + PART_HEAD, b"\r\n---" + PART_HEAD, b"\r\n-----\r\n"


class Barriers:
    """Sources that answer when the test says so.

    asked, open, cancelled: by source: it was asked; it may answer; it was cancelled before that.
    """

    def __init__(self, world: World, *names: str) -> None:
        self.asked = {name: asyncio.Event() for name in names}
        self.open = {name: asyncio.Event() for name in names}
        self.cancelled = {name: asyncio.Event() for name in names}
        for name in names:
            world.sources[name].during = self._wait(name)

    def _wait(self, name: str) -> Any:
        async def wait(_request: Any) -> None:
            self.asked[name].set()
            try:
                await self.open[name].wait()
            except asyncio.CancelledError:
                self.cancelled[name].set()
                raise

        return wait


class PartStream:
    """A response that is being sent. The test reads its messages, one after another, and may leave.

    reading: while it is not set, the server's `send` waits, as for a client that does not read.
    """

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.reading = asyncio.Event()
        self.reading.set()
        self.task: asyncio.Task[None] | None = None
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        self._has_left = asyncio.Event()

    async def start(self) -> None:
        """Wait for status and headers."""
        message = await self._message()
        assert message["type"] == "http.response.start"
        self.status = message["status"]
        self.headers = {name.decode(): value.decode() for name, value in message["headers"]}

    async def next(self) -> bytes:
        """The bytes that are sent next, each time those of one part."""
        message = await self._message()
        assert message["type"] == "http.response.body"
        body: bytes = message.get("body", b"")
        return body

    async def rest(self) -> list[bytes]:
        """All that is still to come."""
        assert self.task is not None
        await self.task
        return [self._messages.get_nowait()["body"] for _ in range(self._messages.qsize())]

    def arrived(self) -> bytes:
        """All bytes that were sent and that the test has not read."""
        messages = [self._messages.get_nowait() for _ in range(self._messages.qsize())]
        return b"".join(each.get("body", b"") for each in messages)

    def has_more(self) -> bool:
        """Whether bytes have been sent that the test has not read."""
        return not self._messages.empty()

    async def leave(self) -> None:
        """Close the connection, and wait until the server has noticed all of it."""
        assert self.task is not None
        self._has_left.set()
        await self.task

    async def _message(self) -> Message:
        assert self.task is not None
        got = asyncio.ensure_future(self._messages.get())
        await asyncio.wait([got, self.task], return_when=asyncio.FIRST_COMPLETED)
        if not got.done():
            got.cancel()
            await self.task  # raises what the application has raised
            raise EOFError
        return got.result()

    async def run(self, world: World, body: bytes, headers: Mapping[str, str]) -> None:
        """Send a request to the application as a server does."""
        head = {"host": "127.0.0.1:8000", "content-type": "application/json", **headers}
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "query_string": b"",
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in head.items()],
            "client": ("127.0.0.1", 5),
            "server": ("127.0.0.1", 8000),
        }
        messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            if messages:
                return messages.pop()
            await self._has_left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            await self.reading.wait()
            if not self._has_left.is_set():
                self._messages.put_nowait(message)

        await world.app(scope, receive, send)


@asynccontextmanager
async def streamed(
    world: World,
    query: str,
    *,
    accept: str = NEWER,
    role: str = "patrol",
    aal: int = 1,
    token: str | None = None,
    variables: Mapping[str, Any] | None = None,
    extensions: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> AsyncIterator[PartStream]:
    """The response to one operation, while it is sent. On exit the client leaves, if it has not read everything."""
    world.log.clear()
    body = {"query": query, "variables": dict(variables or {}), "extensions": dict(extensions or {})}
    token = world.token(role, aal=aal) if token is None else token
    stream = PartStream()
    sent = {"accept": accept, "authorization": f"Bearer {token}", **(headers or {})}
    stream.task = asyncio.create_task(stream.run(world, json.dumps(body).encode(), sent))
    try:
        yield stream
    finally:
        await stream.leave()


async def payloads_of(world: World, query: str, *, accept: str = NEWER, **given: Any) -> list[dict[str, Any]]:
    """All payloads of one operation; the reply itself, if it is one whole reply."""
    async with streamed(world, query, accept=accept, **given) as stream:
        await stream.start()
        received = b"".join(await stream.rest())
    if stream.headers["content-type"].startswith("application/"):
        return [json.loads(received)]
    return payloads_in(received, accept)


def payloads_in(received: bytes, accept: str) -> list[dict[str, Any]]:
    """The payloads of a whole response. Raises: AssertionError if anything else is in it."""
    if accept == EVENTS:
        *events, complete, end = received.split(b"\n\n")
        assert (complete, end) == (b"event: complete\ndata:", b"")
        assert all(each.startswith(b"event: next\ndata: ") for each in events)
        return [json.loads(each.removeprefix(b"event: next\ndata: ")) for each in events]
    assert received.startswith(FIRST)
    assert received.endswith(LAST)
    return [json.loads(each) for each in received.removeprefix(FIRST).removesuffix(LAST).split(NEXT)]


def payload_of(sent: bytes) -> dict[str, Any]:
    """The payload in the bytes of one part."""
    found: dict[str, Any] = json.loads(sent[sent.index(b"{") : sent.rindex(b"}") + 1])
    return found


def merged(payloads: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The whole reply, as a client puts it together: data, each error once, and the extensions of the last part.

    The older format sends a field again, with its error.
    """
    (first, *others), paths = list(payloads), {}
    data, errors = deepcopy(first["data"]), list(first.get("errors", ()))
    extensions = first.get("extensions")
    paths = {each["id"]: each["path"] for each in first.get("pending", ())}
    for payload in others:
        extensions = payload.get("extensions", extensions)
        paths |= {each["id"]: each["path"] for each in payload.get("pending", ())}
        for entry in payload.get("incremental", ()):
            errors += entry.get("errors", ())
            path = entry["path"] if "path" in entry else [*paths[entry["id"]], *entry.get("subPath", ())]
            if entry["data"] is not None:
                _merge(_value_at(data, path), entry["data"])
        for entry in payload.get("completed", ()):
            errors += entry.get("errors", ())
    once = [each for number, each in enumerate(errors) if each not in errors[:number]]
    return {"data": data, "errors": once, "extensions": extensions}


def comparable(reply: dict[str, Any]) -> dict[str, Any]:
    """A reply without what differs between two inquiries: the inquiry's id, trace ids and milliseconds."""
    extensions = reply.get("extensions") or {"inquiry": {"withheld": [], "sources": []}}
    inquiry = extensions["inquiry"]
    return {
        "data": reply["data"],
        "errors": Counter(
            json.dumps([each["message"], each.get("path"), each["extensions"].get("rule")])
            for each in reply.get("errors", ())
        ),
        "withheld": sorted(map(json.dumps, inquiry["withheld"])),
        "sources": {each["name"]: each["status"] for each in inquiry["sources"]},
        "others": {name: value for name, value in inquiry.items() if name not in {"id", "withheld", "sources"}},
    }


def _value_at(value: Any, path: Iterable[str | int]) -> Any:
    for step in path:
        value = value[step]
    return value


def _merge(into: Any, data: Any) -> None:
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(value, dict | list) and isinstance(into.get(key), dict | list):
                _merge(into[key], value)
            else:
                assert into.get(key, value) == value
                into[key] = value
    else:
        for mine, value in zip(into, data, strict=True):
            if isinstance(value, dict | list):
                _merge(mine, value)
            else:
                assert mine == value
