"""Streamed response: parts or events, each sent as soon as it is there. A client that leaves ends the rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import NamedTuple

import orjson
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from api.http.part_media import PartMedia
from api.operation.messages import GraphQLResponse

# nginx would collect the parts.
UNBUFFERED = (b"x-accel-buffering", b"no")
HEARTBEAT_S = 15.0
CONNECTION = "needtoknow.connection"
"""Extension of ASGI: the connection of a request, which has the methods of a `StreamConnection`."""


class StreamConnection:
    """The connection of a response in parts or events. This one is of a server that offers none."""

    def queue(self, size: int) -> None:
        """So many bytes are still to be sent; the server bounds those of all clients."""

    def abort(self) -> None:
        """Close it at once: its client does not take what it has got for the whole response."""


class StreamItem(NamedTuple):
    """An encoded part, or an encoded event; one without content begins a stream that is resumed."""

    content: bytes
    has_next: bool
    event_id: str | None = None

    @classmethod
    def of(cls, response: GraphQLResponse, **members: object) -> StreamItem:
        """The item of a response, with these members besides its own."""
        content = orjson.dumps({**response.body, **members}) if response.body else b""
        return cls(content, response.has_next, response.event_id)


class ResponseQueue:
    """The parts of one response, made by a task of their own: a client that is slow to read does not hold them up.

    They are encoded when they are made, and the bytes that wait are counted.
    Of events the next one is made when the client has taken the one before.
    """

    def __init__(
        self,
        responses: AsyncGenerator[GraphQLResponse],
        connection: StreamConnection,
        on_end: Callable[[], object],
    ) -> None:
        """`on_end` is called once: after the first event, or when the task has ended."""
        self._responses = responses
        self.connection = connection
        self._on_end = on_end
        self._has_ended = False
        self._ready: asyncio.Queue[GraphQLResponse | StreamItem | None] = asyncio.Queue()
        self._has_first = False
        self._queued_bytes = 0
        self._task = asyncio.create_task(self._make())
        self._is_cancelled = False

    async def _make(self) -> None:
        try:
            async with aclosing(self._responses) as responses:
                async for response in responses:
                    self._put(response)
                    if response.event_id is not None:
                        self._end_once()
                        await self._ready.join()
        finally:
            self._end_once()
            self._ready.put_nowait(None)

    def _end_once(self) -> None:
        if not self._has_ended:
            self._has_ended = True
            self._on_end()

    def _put(self, response: GraphQLResponse) -> None:
        if self._has_first:
            item = StreamItem.of(response)
            self._ready.put_nowait(item)
            self._count(len(item.content))
        else:
            self._has_first = True
            self._ready.put_nowait(response)

    def _count(self, queued_bytes: int) -> None:
        self._queued_bytes += queued_bytes
        self.connection.queue(self._queued_bytes)

    async def first(self) -> GraphQLResponse:
        """The first part or event, which may turn out to be the whole response. Raises: as `next`."""
        response = await self._next()
        assert isinstance(response, GraphQLResponse)  # every request has a response
        return response

    async def next(self) -> StreamItem | None:
        """The next part or event, or None. Raises: what making it raised; ClientDisconnect after `cancel`."""
        item = await self._next()
        assert not isinstance(item, GraphQLResponse)
        if item is not None:
            self._count(-len(item.content))
        return item

    async def _next(self) -> GraphQLResponse | StreamItem | None:
        item = await self._ready.get()
        self._ready.task_done()
        if item is None:
            if self._is_cancelled:
                raise ClientDisconnect
            await self._task
        return item

    def cancel(self) -> None:
        """Make no further part. A second call does not interrupt what the first one has ended."""
        if not self._is_cancelled:
            self._is_cancelled = True
            self._task.cancel()

    async def end(self) -> None:
        """Wait until the task has ended, after its last part."""
        await asyncio.wait([self._task])

    async def close(self) -> None:
        """Make no further part, and wait until the task has ended."""
        if not self._task.done():
            self.cancel()
            await self.end()


class StreamedResponse:
    """ASGI response of all parts or events: the first one is there already."""

    def __init__(
        self,
        first: GraphQLResponse,
        queue: ResponseQueue,
        media: PartMedia,
        *,
        stopping: asyncio.Event,
        abandoning: asyncio.Event,
    ) -> None:
        """`stopping` ends a stream of events, whose client then resumes it with another server.

        abandoning: ends a response in parts, whose client then has not got all of it.
        """
        self._is_of_parts = first.event_id is None
        self._first = StreamItem.of(first, hasNext=first.has_next) if self._is_of_parts else StreamItem.of(first)
        self._queue = queue
        self._media = media
        self._stopping = stopping
        self._abandoning = abandoning

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them. Raises: ClientDisconnect."""
        watchers = [asyncio.create_task(self._watch(receive))]
        if self._is_of_parts:
            watchers.append(asyncio.create_task(self._abandon()))
        try:
            headers = [(b"content-type", self._media.content_type.encode()), UNBUFFERED]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            if self._is_of_parts:
                await self._send_parts(send)
            else:
                await self._send_events(send)
        finally:
            for each in watchers:
                each.cancel()
            await self._queue.close()

    async def _send_parts(self, send: Send) -> None:
        item: StreamItem | None = self._first
        is_first = True
        while item is not None:
            is_last = not item.has_next
            body = self._media.framed(item.content, is_first=is_first)
            await _send(send, body + self._media.end if is_last else body, is_last=is_last)
            item, is_first = None if is_last else await self._queue.next(), False
        await self._queue.end()

    async def _send_events(self, send: Send) -> None:
        item: StreamItem | None = self._first
        is_first = True
        stopping = asyncio.create_task(self._stopping.wait())
        following: asyncio.Task[StreamItem | None] | None = None
        try:
            while item is not None:
                event = self._media.event(item.content, item.event_id, is_first=is_first)
                await _send(send, event if item.content else self._media.opening)
                is_first = False
                if not item.has_next:
                    break
                following = asyncio.create_task(self._queue.next())
                while not following.done() and not stopping.done():
                    await asyncio.wait([following, stopping], timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED)
                    if not following.done() and not stopping.done():
                        await _send(send, self._media.heartbeat)
                item = await following if following.done() else None
            await _send(send, self._media.end, is_last=True)
        finally:
            stopping.cancel()
            if following is not None:
                following.cancel()

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._queue.cancel()

    async def _abandon(self) -> None:
        await self._abandoning.wait()
        self._queue.cancel()
        self._queue.connection.abort()


async def _send(send: Send, body: bytes, *, is_last: bool = False) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": not is_last})
