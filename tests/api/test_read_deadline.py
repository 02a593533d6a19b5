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


async def test_a_client_that_reads_parts_as_they_are_sent_is_never_late(
    transport: Transport, connection: Connection
) -> None:
    connection.begin_request()
    late = []
    for now in range(100):  # as much is sent as it reads
        connection.unread.begin_sending(REPLY_BYTES // 100)
        connection.unread.end_sending(REPLY_BYTES // 100)
        transport.unread = REPLY_BYTES // 100
        late += [now] * connection.is_late(now)

    assert late == []


async def test_a_client_that_reads_nothing_of_further_parts_is_late(
    transport: Transport, connection: Connection
) -> None:
    connection.begin_request()
    late = []
    for now in range(22):
        connection.unread.begin_sending(REPLY_BYTES)
        connection.unread.end_sending(REPLY_BYTES)
        transport.unread += REPLY_BYTES
        late += [now] * connection.is_late(now)

    assert late == [20]
