"""Connections: limits by address and in all, and deadlines for requests to begin and for replies to be read.

uvicorn's protocol bounds the size of a request head. It has no deadline for one, keeps unread replies without a limit,
and accepts any number of connections. A `Connection` stands between the transport and that protocol. One task looks at
all connections, once a second or more often, instead of a timer for each request.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_network
from typing import Any, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.zttp_impl import ZttpProtocol

from api.config.networks import Networks, parse_address
from api.http.streamed_response import CONNECTION
from api.server.reply_buffer import ReplyBuffer

logger = logging.getLogger("needtoknow.connections")

HTTP_PROTOCOLS: dict[str, type[asyncio.Protocol]] = {"zttp": ZttpProtocol, "h11": H11Protocol}
MAX_SWEEP_INTERVAL_S = 1.0
LOG_INTERVAL_S = 10.0

CLOSE = b"Content-Length: 0\r\nConnection: close\r\n\r\n"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n" + CLOSE
BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\n" + CLOSE


@dataclass(frozen=True, kw_only=True)
class ConnectionLimits:
    """Bounds on the connections of one process.

    connections: open connections; one more is refused.
    by_address:  of these, connections from one address, or from one IPv6 network of 64 bits.
    head_s:      seconds from the connection, or from the last reply, until a whole request head has arrived.
    write_s:     seconds in which a client must read 1,024 bytes a second of a reply, on the average.
    unread_bytes: bytes of all replies that clients have not read; above it the reply that waits longest is given up.
    request_bytes: bytes that a client may send while its request is answered: the rest of the body, and next requests.
    """

    connections: int = 1_024
    by_address: int = 256
    head_s: float = 10.0
    write_s: float = 20.0
    unread_bytes: int = 64 * 2**20
    request_bytes: int = 2 * 65_536


class Connections:
    """All open connections of this process."""

    def __init__(
        self, limits: ConnectionLimits, trusted_proxies: Networks | None = None, *, parser: str = "zttp"
    ) -> None:
        """Connections from `trusted_proxies` carry many clients each; the limit by address does not apply to them."""
        self.limits = limits
        self.refused = 0
        self.closes_after_reply = False
        """Whether each reply tells its client to close the connection."""
        self._trusted_proxies = trusted_proxies or Networks()
        self._http_protocol = HTTP_PROTOCOLS[parser]
        self._open: dict[tuple[str, int], Connection] = {}
        self._by_network: Counter[str] = Counter()
        self._logged_at = -math.inf

    def __len__(self) -> int:
        return len(self._open)

    @property
    def await_first_requests(self) -> bool:
        """Whether a connection has sent no request yet."""
        return any(not each.has_requested for each in self._open.values())

    @property
    def unread_bytes(self) -> int:
        """Bytes of all replies that clients have not read."""
        return sum(each.unread.bytes for each in self._open.values())

    def protocol(self, **arguments: Any) -> asyncio.Protocol:
        """The protocol of a new connection. `arguments` are those with which uvicorn creates its own."""
        return Connection(self, self._http_protocol(**arguments))

    def application(self, app: ASGIApp) -> ASGIApp:
        """The application, which tells the connection of each request when the request begins and ends."""

        async def tracked(scope: Scope, receive: Receive, send: Send) -> None:
            connection = self._open.get(scope["client"])
            if connection is None:  # lost before its request began
                return

            async def send_and_close(message: Message) -> None:
                if self.closes_after_reply and message["type"] == "http.response.start":
                    headers = [each for each in message.get("headers", ()) if each[0] != b"connection"]
                    message = {**message, "headers": [*headers, (b"connection", b"close")]}
                size = len(message.get("body", b""))
                connection.unread.begin_sending(size)
                await send(message)
                connection.unread.end_sending(size)

            connection.begin_request()
            extensions = {**scope.get("extensions", {}), CONNECTION: connection}
            try:
                await app({**scope, "extensions": extensions}, receive, send_and_close)
            finally:
                connection.end_request()

        return tracked

    def add(self, connection: Connection, peer: tuple[str, int]) -> bool:
        """Register a connection. False: it exceeds a limit, and must be refused."""
        network = self._network(peer[0])
        is_within_limit = network is None or self._by_network[network] < self.limits.by_address
        if len(self._open) < self.limits.connections and is_within_limit:
            self._open[peer] = connection
            if network is not None:
                self._by_network[network] += 1
            return True
        self.refused += 1
        now = asyncio.get_running_loop().time()
        if now >= self._logged_at + LOG_INTERVAL_S:
            self._logged_at = now
            logger.warning("%d connections refused so far; %d are open", self.refused, len(self._open))
        return False

    def remove(self, peer: tuple[str, int]) -> None:
        """Forget a registered connection."""
        del self._open[peer]
        network = self._network(peer[0])
        if network is not None:
            self._by_network[network] -= 1
            if not self._by_network[network]:
                del self._by_network[network]

    def enforce_unread_limit(self) -> None:
        """Abort connections with unread replies, the longest waiting first, until the rest is within the limit."""
        total = self.unread_bytes
        waiting = [each for each in self._open.values() if each.unread.since is not None]
        for each in sorted(waiting, key=lambda each: each.unread.since or 0.0):
            if total <= self.limits.unread_bytes:
                return
            total -= each.unread.bytes
            each.abort()

    @asynccontextmanager
    async def enforce_deadlines(self) -> AsyncIterator[None]:
        """Sweep the connections, inside the block, at intervals."""
        loop = asyncio.get_running_loop()
        interval = min(MAX_SWEEP_INTERVAL_S, self.limits.head_s / 4, self.limits.write_s / 4)

        async def sweep_at_intervals() -> None:
            while True:
                await asyncio.sleep(interval)
                self.sweep(loop.time())

        task = asyncio.create_task(sweep_at_intervals())
        try:
            yield
        finally:
            task.cancel()

    def sweep(self, now: float) -> None:
        """Abort the connections whose deadline has passed."""
        for connection in list(self._open.values()):
            if connection.is_late(now):
                connection.abort()

    def _network(self, host: str) -> str | None:
        """The address or network whose connections are counted together; None if its connections are not limited."""
        address = parse_address(host)
        if address is None or address in self._trusted_proxies:
            return None
        return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)


class Connection(asyncio.Protocol):
    """One connection: it passes everything on to uvicorn's protocol, and keeps the times and sizes of what happens."""

    def __init__(self, connections: Connections, http_protocol: asyncio.Protocol) -> None:
        self._connections = connections
        self._limits = connections.limits
        self._http_protocol = http_protocol
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._peer: tuple[str, int] | None = None
        self._is_answering = False
        self.has_requested = False
        """Whether the application has begun to answer a request of it."""
        self._received_bytes = 0  # while a request is answered
        self._idle_since = self._loop.time()
        self.unread: ReplyBuffer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.unread = ReplyBuffer(self._transport, self._limits.write_s, self._connections.enforce_unread_limit)
        host, port = transport.get_extra_info("peername")[:2]
        if self._connections.add(self, (host, port)):
            self._peer = host, port
            self._http_protocol.connection_made(transport)
        else:
            self._end(BUSY)

    def data_received(self, data: bytes) -> None:
        if self._peer is None:
            return
        if self._is_answering:
            self._received_bytes += len(data)
            if self._received_bytes > self._limits.request_bytes:
                self.abort()
                return
        try:
            self._http_protocol.data_received(data)
        except Exception:  # noqa: BLE001 - uvicorn fails at some malformed targets, and asyncio would log them
            if self._is_answering:
                self.abort()
            else:
                self._end(BAD_REQUEST)

    def eof_received(self) -> bool | None:
        return self._http_protocol.eof_received() if self._peer is not None else None

    def pause_writing(self) -> None:
        self._http_protocol.pause_writing()
        self.unread.pause(self._loop.time())

    def resume_writing(self) -> None:
        self.unread.resume()
        self._http_protocol.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._peer is not None:
            self._connections.remove(self._peer)
            self._http_protocol.connection_lost(exc)

    def begin_request(self) -> None:
        """The application begins to answer a request. Its reply waits until the client has read the one before."""
        self._is_answering, self._received_bytes = True, 0
        self.has_requested = True
        self.unread.begin()

    def end_request(self) -> None:
        """The application has answered; the client may not have read the reply yet."""
        self._is_answering, self._idle_since = False, self._loop.time()
        self.unread.forget()

    def queue(self, size: int) -> None:
        """So many bytes of parts of the reply are still to be sent."""
        self.unread.queue(size)

    def is_late(self, now: float) -> bool:
        """Whether a deadline has passed: that of reading a reply or, if there is none, that of the next head."""
        if self._transport.get_write_buffer_size():
            self._idle_since = now
        is_idle = not self._is_answering and now - self._idle_since > self._limits.head_s
        return self.unread.is_slow(now) or is_idle

    def abort(self) -> None:
        """Close at once, and drop what is unread."""
        self.unread.forget()
        self._transport.abort()

    def _end(self, response: bytes) -> None:
        self._transport.write(response)
        self._transport.close()
