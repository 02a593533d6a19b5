"""Reply buffer: the bytes of replies that the client of one connection has not read, and whether it reads slowly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

MIN_READ_BYTES_S = 1_024
"""A client that reads a reply more slowly than this, over a whole write timeout, is not waited for."""


class ReplyBuffer:
    """The bytes of one connection that its client has not read, without those that the kernel holds.

    They are in the transport, or the application is sending them, or they are parts that are still to be sent.
    """

    def __init__(self, transport: asyncio.Transport, write_s: float, on_growth: Callable[[], object]) -> None:
        """`on_growth` is called if there may be more bytes while the transport takes none."""
        self._transport = transport
        self._write_s = write_s
        self._on_growth = on_growth
        self.since: float | None = None
        """When the transport began to take no more bytes, if it takes none."""
        self._sent_bytes = self._sending_bytes = self._queued_bytes = 0
        self._read_rate_from: tuple[float, int] | None = None

    @property
    def bytes(self) -> int:
        """All of them."""
        return self._transport.get_write_buffer_size() + self._sending_bytes + self._queued_bytes

    def pause(self, now: float) -> None:
        """The transport takes no more bytes."""
        self.since = now
        self._on_growth()

    def resume(self) -> None:
        """The transport takes bytes again, and next those that are being sent."""
        self.since = None
        self._sending_bytes = 0

    def begin(self) -> None:
        """The application begins to answer a request."""
        self._read_rate_from = None
        self.forget()

    def forget(self) -> None:
        """The application sends nothing more of this reply."""
        self._sending_bytes = self._queued_bytes = 0

    def begin_sending(self, size: int) -> None:
        """The application sends so many bytes. They wait if the client has not read what was sent before."""
        if self.since is not None:
            self._sending_bytes = size
            self._on_growth()

    def end_sending(self, size: int) -> None:
        """The transport has taken them."""
        self._sending_bytes = 0
        self._sent_bytes += size

    def queue(self, size: int) -> None:
        """So many bytes of parts are still to be sent."""
        self._queued_bytes = size
        if self.since is not None:
            self._on_growth()

    def is_slow(self, now: float) -> bool:
        """Whether the client has read too slowly for a whole write timeout. More may have been sent meanwhile."""
        unread = self._transport.get_write_buffer_size()
        read = self._sent_bytes - unread
        if not unread:
            self._read_rate_from = None
        elif self._read_rate_from is None:
            self._read_rate_from = now, read
        elif now - self._read_rate_from[0] >= self._write_s:
            read_then = self._read_rate_from[1]
            self._read_rate_from = now, read
            return read - read_then < MIN_READ_BYTES_S * self._write_s
        return False
