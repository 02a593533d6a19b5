"""Streamed response: parts or events, each sent as soon as it is there. A client that leaves ends the rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import orjson
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from api.http.part_media import PartMedia
from api.operation.messages import GraphQLResponse

# nginx would collect the parts.
UNBUFFERED = (b"x-accel-buffering", b"no")
HEARTBEAT_S = 15.0


class ResponseQueue:
    """The parts of one response, made by a task of their own: a client that is slow to read does not hold them up.

    Of events the next one is made when the client has taken the one before.
    """

    def __init__(self, responses: AsyncGenerator[GraphQLResponse], on_end: Callable[[], object]) -> None:
        """`on_end` is called once: after the first event, or when the task has ended."""
        self._responses = responses
        self._on_end = on_end
        self._has_ended = False
        self._ready: asyncio.Queue[GraphQLResponse | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._make())
        self._is_cancelled = False

    async def _make(self) -> None:
        try:
            async with aclosing(self._responses) as responses:
                async for response in responses:
                    self._ready.put_nowait(response)
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

    async def next(self) -> GraphQLResponse | None:
        """The next part or event, or None. Raises: what making it raised; ClientDisconnect after `cancel`."""
        response = await self._ready.get()
        self._ready.task_done()
        if response is None:
            if self._is_cancelled:
                raise ClientDisconnect
            await self._task
        return response

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

    def __init__(self, first: GraphQLResponse, queue: ResponseQueue, media: PartMedia, stopping: asyncio.Event) -> None:
        """`stopping` ends a stream of events, whose client then resumes it with another server."""
        self._first = first
        self._queue = queue
        self._media = media
        self._stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them. Raises: ClientDisconnect."""
        watcher = asyncio.create_task(self._watch(receive))
        try:
            headers = [(b"content-type", self._media.content_type.encode()), UNBUFFERED]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            if self._first.event_id is None:
                await self._send_parts(send)
            else:
                await self._send_events(send)
        finally:
            watcher.cancel()
            await self._queue.close()

    async def _send_parts(self, send: Send) -> None:
        response: GraphQLResponse | None = self._first
        is_first = True
        while response is not None:
            is_last, payload = not response.has_next, orjson.dumps({**response.body, "hasNext": response.has_next})
            body = self._media.framed(payload, is_first=is_first)
            await _send(send, body + self._media.end if is_last else body, is_last=is_last)
            response, is_first = None if is_last else await self._queue.next(), False
        await self._queue.end()

    async def _send_events(self, send: Send) -> None:
        response: GraphQLResponse | None = self._first
        is_first = True
        stopping = asyncio.create_task(self._stopping.wait())
        following: asyncio.Task[GraphQLResponse | None] | None = None
        try:
            while response is not None:
                payload = orjson.dumps(response.body)
                event = self._media.event(payload, response.event_id, is_first=is_first)
                await _send(send, event if response.body else self._media.opening)
                is_first = False
                if not response.has_next:
                    break
                following = asyncio.create_task(self._queue.next())
                while not following.done() and not stopping.done():
                    await asyncio.wait([following, stopping], timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED)
                    if not following.done() and not stopping.done():
                        await _send(send, self._media.heartbeat)
                response = await following if following.done() else None
            await _send(send, self._media.end, is_last=True)
        finally:
            stopping.cancel()
            if following is not None:
                following.cancel()

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._queue.cancel()


async def _send(send: Send, body: bytes, *, is_last: bool = False) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": not is_last})
