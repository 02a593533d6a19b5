"""HTTP connection: one request after another over HTTP/1.1, with a limit on the bytes of a reply.

It follows no redirect, keeps no cookie, knows no proxy and decompresses nothing.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import cast

import h11

from sources.read_limit import ReadLimit
from sources.remote.errors import ConnectionLost, RemoteFailure

Headers = list[tuple[bytes, bytes]]
MAX_PARTS = 20_000
"""Chunks of a reply. Each takes some microseconds of the event loop, however small it is."""


@dataclass(frozen=True, slots=True)
class HttpReply:
    """Status, headers with names in small letters, and content."""

    status: int
    headers: dict[bytes, bytes]
    content: bytes


class HttpConnection(asyncio.Protocol):
    """One connection. It is closed after any error, and by bytes that nobody asked for."""

    def __init__(self) -> None:
        self._http = h11.Connection(h11.CLIENT)
        self._transport: asyncio.Transport | None = None
        self._reply: asyncio.Future[HttpReply] | None = None
        self._limit = ReadLimit(0)
        self._head: h11.Response | None = None
        self._content = bytearray()
        self._has_begun = False
        self._parts = 0

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    async def post(self, path: str, headers: Headers, body: bytes, limit: ReadLimit) -> HttpReply:
        """Send a request and return its reply, whose bytes count toward `limit`.

        A caller that is cancelled closes the connection. Raises: RemoteFailure.
        """
        if self._transport is None or not self.is_open:
            raise ConnectionLost("the connection was lost")
        self._reply = asyncio.get_running_loop().create_future()
        self._limit, self._head, self._content, self._has_begun, self._parts = limit, None, bytearray(), False, 0
        request = h11.Request(method="POST", target=path, headers=[*headers, (b"Content-Length", b"%d" % len(body))])
        parts = (self._http.send(each) for each in (request, h11.Data(data=body), h11.EndOfMessage()))
        self._transport.write(b"".join(part for part in parts if part))
        try:
            return await self._reply
        except BaseException:
            self.close()
            raise
        finally:
            self._reply = None

    def close(self) -> None:
        """Close the connection at once; a request under way fails."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._reply is None or self._reply.done():
            self.close()
            return
        self._has_begun = True
        self._limit.remaining -= len(data)
        if self._limit.remaining < 0:
            self._fail(RemoteFailure("its reply is too large"))
        else:
            self._receive(data)

    def eof_received(self) -> None:
        if self._has_begun:
            self._receive(b"")  # the reply may end with the connection

    def connection_lost(self, error: Exception | None) -> None:
        # A server may refuse our certificate only after its side of TLS is complete.
        message = f"TLS failed: {error.reason}" if isinstance(error, ssl.SSLError) else "the connection was lost"
        self._fail(RemoteFailure(f"{message} within its reply") if self._has_begun else ConnectionLost(message))

    def _receive(self, data: bytes) -> None:
        try:
            self._http.receive_data(data)
            while (event := self._http.next_event()) is not h11.NEED_DATA:
                if isinstance(event, h11.Response):
                    self._head = event
                elif isinstance(event, h11.Data):
                    self._content += event.data
                    self._parts += 1
                    if self._parts > MAX_PARTS:
                        self._fail(RemoteFailure("its reply has too many chunks"))
                        return
                elif isinstance(event, h11.EndOfMessage):
                    self._finish()
                    return
                elif isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
                    self._fail(RemoteFailure("its reply is not whole"))
                    return
        except h11.RemoteProtocolError:
            # Also a reply that ends before its declared length.
            self._fail(RemoteFailure("its reply is not whole, or no HTTP"))

    def _finish(self) -> None:
        assert self._head is not None
        reply = HttpReply(self._head.status_code, dict(self._head.headers), bytes(self._content))
        can_continue = self._http.our_state is h11.DONE and self._http.their_state is h11.DONE
        if can_continue and self._http.trailing_data == (b"", False):
            self._http.start_next_cycle()
        else:
            self.close()
        if self._reply is not None and not self._reply.done():
            self._reply.set_result(reply)

    def _fail(self, error: Exception) -> None:
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(error)
        self.close()
