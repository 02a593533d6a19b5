"""HTTP client of one host: a bounded number of connections, which are kept open between requests."""

from __future__ import annotations

import asyncio
import ssl

from sources.read_limit import ReadLimit
from sources.remote.address import RemoteAddress
from sources.remote.errors import ConnectionLost, RemoteFailure
from sources.remote.http_connection import Headers, HttpConnection, HttpReply


class HttpClient:
    """Posts to one address. Nothing is opened before the first request.

    tls: how the server's certificate is verified, and which one is shown to it; None for plain HTTP.
    """

    def __init__(self, address: RemoteAddress, *, connections: int, tls: ssl.SSLContext | None) -> None:
        self.address = address
        self._tls = tls
        self._semaphore = asyncio.Semaphore(connections)
        self._idle: list[HttpConnection] = []
        self._busy: set[HttpConnection] = set()
        self._is_closed = False

    async def post(self, headers: Headers, body: bytes, limit: ReadLimit) -> HttpReply:
        """The reply to one request. One whose idle connection turns out to be closed is sent again on another.

        Raises: RemoteFailure.
        """
        headers = [(b"Host", self.address.authority.encode()), *headers]
        async with self._semaphore:
            if self._is_closed:
                raise RemoteFailure("it is closed")
            while self._idle:
                connection = self._idle.pop()
                if connection.is_open:
                    try:
                        return await self._post(connection, headers, body, limit)
                    except ConnectionLost:
                        continue
            try:
                return await self._post(await self._open(), headers, body, limit)
            except ConnectionLost as lost:
                # A server may refuse a certificate only now, and its alert may be lost with the connection.
                hint = ": it may want another certificate" if self._tls else ""
                raise RemoteFailure(f"{lost}{hint}") from None

    def close(self) -> None:
        """Close every connection; a request under way fails."""
        self._is_closed = True
        for connection in (*self._idle, *self._busy):
            connection.close()
        self._idle.clear()

    async def _post(self, connection: HttpConnection, headers: Headers, body: bytes, limit: ReadLimit) -> HttpReply:
        self._busy.add(connection)
        try:
            reply = await connection.post(self.address.path, headers, body, limit)
        finally:
            self._busy.discard(connection)
        if connection.is_open:
            self._idle.append(connection)
        return reply

    async def _open(self) -> HttpConnection:
        loop, address = asyncio.get_running_loop(), self.address
        try:
            _, connection = await loop.create_connection(HttpConnection, address.host, address.port, ssl=self._tls)
        except ssl.SSLCertVerificationError as error:
            raise RemoteFailure(f"its certificate is refused: {error.verify_message}") from None
        except ssl.SSLError as error:
            raise RemoteFailure(f"TLS failed: {error.reason or type(error).__name__}") from None
        except OSError as error:
            raise RemoteFailure(f"it cannot be reached: {type(error).__name__}") from None
        return connection
