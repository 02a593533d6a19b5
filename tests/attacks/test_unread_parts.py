"""Parts that wait because their client does not read, over sockets with small buffers. Attack 34."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest

from api.server.connections import ConnectionLimits, Connections
from audit.entry import Entry, Kind
from tests.api.http_client import listening, post_bytes
from tests.harness import INVESTIGATION, World, person_ids
from tests.part_stream import LAST, NEWER, Barriers

MEBIBYTE = 2**20
SMALL_BUFFER = 4_096
# More than the transport takes while its client reads nothing.
PAUSED_BYTES = 65_536
PEOPLE = 300
WAIT_S = 30


def request(world: World) -> bytes:
    """A question in three parts: the first stops a transport whose client does not read, the second is larger."""

    def people(alias: str, names: int, fields: str = "") -> str:
        return f"{alias}: persons(ids: $ids) {{ {' '.join(f'n{n}: name {{ full }}' for n in range(names))} {fields} }}"

    document = f"""query($ids: [ID!]!) {INVESTIGATION} {{
        {people("first", 20)}
        ... @defer {{ {people("second", 160, "warrants { number }")} }}
        ... @defer {{ {people("third", 1, "vehicles { vin }")} }} }}"""
    headers = f"Authorization: Bearer {world.token('patrol')}", f"Accept: {NEWER}", "Connection: close"
    body = {"query": document, "variables": {"ids": person_ids(world.folder)[:PEOPLE]}}
    return post_bytes(json.dumps(body).encode(), *headers)


def entries_by_id(world: World) -> list[list[Entry]]:
    """The entries of each inquiry, in the order in which the inquiries began."""
    found: dict[str, list[Entry]] = {}
    for entry in world.journal_entries():
        found.setdefault(entry.id, []).append(entry)
    return list(found.values())


async def until_unread(connections: Connections, size: int) -> None:
    while connections.unread_bytes < size:
        await asyncio.sleep(0)


@pytest.mark.attack(34)
async def test_parts_that_nobody_reads_are_dropped_oldest_first(world: World) -> None:
    """The client that has waited longest loses its connection, and the journal says which parts were released."""
    barriers = Barriers(world, "warrants", "vehicles")
    connections = Connections(ConnectionLimits(unread_bytes=3 * MEBIBYTE))
    received = []
    async with asyncio.timeout(WAIT_S), listening(world.app, connections, send_bytes=SMALL_BUFFER) as port:
        clients = []
        for number in (1, 2):
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
            client.setblocking(False)
            await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", port))
            clients.append(await asyncio.open_connection(sock=client, limit=SMALL_BUFFER))
            clients[-1][1].write(request(world))
            await until_unread(connections, number * PAUSED_BYTES)
        first_parts = connections.unread_bytes
        barriers.open["warrants"].set()
        while len(connections) > 1:
            await asyncio.sleep(0)
        remaining = connections.unread_bytes
        while entries_by_id(world)[0][-1].kind is not Kind.RELEASE:
            await asyncio.sleep(0)
        barriers.open["vehicles"].set()
        for reader, writer in clients:
            try:
                received.append(await reader.read())
            except ConnectionError:
                received.append(b"")
            writer.close()

    assert first_parts < MEBIBYTE
    assert MEBIBYTE < remaining < 3 * MEBIBYTE
    assert [LAST in each for each in received] == [False, True]
    assert len(received[1]) > remaining
    dropped, read = entries_by_id(world)
    assert [(each.kind, each.parts, each.outcome) for each in dropped[1:]] == [
        (Kind.PART, (0,), None),
        (Kind.PART, (1,), None),
        (Kind.RELEASE, (0, 1), "ABANDONED"),
    ]
    assert [(each.kind, each.parts, each.outcome) for each in read[-1:]] == [(Kind.RELEASE, (2,), "ANSWERED")]
