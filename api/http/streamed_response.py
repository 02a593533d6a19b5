"""Streamed response: parts of one response, each sent as soon as it is there. A client that leaves ends the rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace

import orjson
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from api.http.part_media import PartMedia
from api.operation.messages import GraphQLResponse

# nginx would collect the parts.
UNBUFFERED = (b"x-accel-buffering", b"no")


class ResponseQueue:
    """The parts of one response, made by a task of their own: a client that is slow to read does not hold them up."""

    def __init__(self, responses: AsyncGenerator[GraphQLResponse], on_end: Callable[[], object]) -> None:
        """`on_end` is called when the last part is made, or the task has failed or was cancelled."""
        self._responses = responses
        self._on_end = on_end
        self._ready: asyncio.Queue[GraphQLResponse | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._make())
        self._is_cancelled = False

    async def _make(self) -> None:
        try:
            async with aclosing(self._responses) as responses:
                async for response in responses:
                    self._ready.put_nowait(response)
        finally:
            self._on_end()
            self._ready.put_nowait(None)

    async def next(self) -> GraphQLResponse:
        """The next part. Raises: what making it raised; ClientDisconnect after `cancel`."""
        response = await self._ready.get()
        if response is None:
            if not self._is_cancelled:
                await self._task
            raise ClientDisconnect
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
    """ASGI response of all parts: the first one is there already."""

    def __init__(self, first: GraphQLResponse, queue: ResponseQueue, media: PartMedia) -> None:
        self._first = first
        self._queue = queue
        self._media = media

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the parts. Raises: ClientDisconnect."""
        watcher = asyncio.create_task(self._watch(receive))
        try:
            headers = [(b"content-type", self._media.content_type.encode()), UNBUFFERED]
            await send({"type": "http.response.start", "status": self._first.status, "headers": headers})
            response, is_first = self._first, True
            while True:
                if not response.has_next:
                    response = replace(response, body={**response.body, "hasNext": False})
                is_last, payload = not response.has_next, orjson.dumps(response.body)
                body = self._media.framed(payload, is_first=is_first, is_last=is_last)
                await send({"type": "http.response.body", "body": body, "more_body": not is_last})
                if is_last:
                    await self._queue.end()
                    return
                response, is_first = await self._queue.next(), False
        finally:
            watcher.cancel()
            await self._queue.close()

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._queue.cancel()
