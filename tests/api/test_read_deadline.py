"""The deadline for reading a reply: a client that reads too slowly is not waited for."""

from __future__ import annotations

import asyncio
from typing import Any
from unittest.mock import Mock

import pytest

from api.server.connections import Connection, ConnectionLimits, Connections

REPLY_BYTES = 8 * 2**20
LIMITS = ConnectionLimits(write_s=20.0)


class Transport:
    """A transport whose client has not read `unread` bytes."""

    unread = 0

    def get_extra_info(self, _name: str) -> tuple[str, int]:
        return "192.0.2.1", 50_000

    def get_write_buffer_size(self) -> int:
        return self.unread


@pytest.fixture
async def transport() -> Transport:
    return Transport()


@pytest.fixture
async def connection(transport: Any) -> Connection:
    connection = Connection(Connections(LIMITS), Mock(spec=asyncio.Protocol))
    connection.connection_made(transport)
    return connection


async def test_a_client_that_reads_nothing_is_late_after_the_deadline(
    transport: Transport, connection: Connection
) -> None:
    transport.unread = REPLY_BYTES
    connection.begin_request()

    assert [now for now in range(22) if connection.is_late(now)] == [20]


async def test_a_client_that_reads_reply_after_reply_is_never_late(
    transport: Transport, connection: Connection
) -> None:
    late = []
    for now in range(100):
        if now % 10 == 0:  # it has read a reply, and asks for the next
            connection.begin_request()
            transport.unread = REPLY_BYTES
        transport.unread -= REPLY_BYTES // 10
        late += [now] * connection.is_late(now)

    assert late == []
