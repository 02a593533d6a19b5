"""HTTP as an attacker writes it: requests as bytes, and the replies that a socket receives."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

READ_BYTES = 65_536


@dataclass(frozen=True)
class Reply:
    """One reply of the server."""

    status: int
    head: bytes
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def post(document: str, *headers: str, token: str | None = None) -> bytes:
    """A POST of an operation with its length."""
    body = json.dumps({"query": document}).encode()
    return head(*headers, f"Content-Length: {len(body)}", token=token) + body


def head(*headers: str, token: str | None = None) -> bytes:
    """The head of a POST to the endpoint."""
    lines = ["POST /graphql HTTP/1.1", "Host: a", "Content-Type: application/json", *headers]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join([*lines, "", ""]).encode()


def chunked(document: str, *trailers: str) -> bytes:
    """A chunked body with an operation, and the trailers after it."""
    body = json.dumps({"query": document}).encode()
    return b"%x\r\n%b\r\n0\r\n" % (len(body), body) + "".join(f"{each}\r\n" for each in trailers).encode() + b"\r\n"


def replies(client: socket.socket, count: int) -> list[Reply]:
    """The next replies. Raises: ConnectionError if the server closes before they are complete."""
    received = _Received(client)
    return [received.reply() for _ in range(count)]


def is_closed(client: socket.socket) -> bool:
    """Whether the server closes the connection before the socket's timeout; all else it sends is read."""
    try:
        while client.recv(READ_BYTES):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True


def bytes_until_closed(client: socket.socket, blocks: Iterator[bytes], limit: int) -> int | None:
    """How many bytes of `blocks` the server takes before it closes; None if it takes more than `limit`."""
    sent = 0
    try:
        while sent < limit:
            block = next(blocks)
            client.sendall(block)
            sent += len(block)
    except (ConnectionError, TimeoutError):
        return sent
    return None


class _Received:
    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._buffer = b""

    def reply(self) -> Reply:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            self._read()
        top, self._buffer = self._buffer[:end], self._buffer[end + 4 :]
        length = int(re.findall(rb"(?i)content-length: (\d+)", top)[0])
        while len(self._buffer) < length:
            self._read()
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return Reply(int(top[9:12]), top, body)

    def _read(self) -> None:
        received = self._client.recv(READ_BYTES)
        if not received:
            raise ConnectionResetError("the server closed the connection")
        self._buffer += received
