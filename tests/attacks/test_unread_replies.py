"""Replies that nobody reads. Attack 34."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.attacks.attacked_server import AttackedServer, attacked_server
from tests.attacks.raw_http import Reply, post, replies
from tests.harness import INVESTIGATION, PERSON_QUERY, person_ids

MEBIBYTE = 2**20
READERS = 4
ROUNDS = 6
SMALL_BUFFER = 4_096
WAIT_S = 30
# No deadline passes within a test, or the shortest one does.
PATIENT = {"NEEDTOKNOW_WRITE_TIMEOUT_S": "3600"}
IMPATIENT = {"NEEDTOKNOW_WRITE_TIMEOUT_S": "0.5"}


def large_request(server: AttackedServer) -> bytes:
    """A question whose reply has more than two MiB."""
    names = " ".join(f"a{each}: name {{ full }}" for each in range(160))
    ids = json.dumps(person_ids(server.data))
    return post(f"query {INVESTIGATION} {{ persons(ids: {ids}) {{ {names} }} }}", token=server.token)


@contextmanager
def unread(server: AttackedServer, count: int) -> Iterator[list[socket.socket]]:
    """Connections that have sent the question and read nothing. Each reply is on its way before the next question."""
    request = large_request(server)
    with ExitStack() as stack:
        clients = []
        for _ in range(count):
            entries = len(server.entries())
            clients.append(stack.enter_context(server.process.connect(receive_bytes=SMALL_BUFFER)))
            clients[-1].sendall(request)
            wait_until(lambda before=entries: len(server.entries()) == before + 2)
        yield clients


def wait_until(holds: Callable[[], bool]) -> None:
    """Raises: TimeoutError if it never holds."""
    deadline = time.monotonic() + WAIT_S
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.01)


def ask(server: AttackedServer, request: bytes) -> Reply:
    with server.process.connect() as client:
        client.sendall(request)
        return replies(client, 1)[0]


@pytest.mark.system
@pytest.mark.attack(34)
def test_a_reply_that_nobody_reads_is_given_up_and_its_memory_freed(seeded: Path, tmp_path: Path) -> None:
    with attacked_server(seeded, tmp_path, **IMPATIENT) as server:
        request = large_request(server)
        size = len(ask(server, request).body)
        descriptors = server.process.descriptors
        memory = []  # after each round; the first ones also fill the allocator's caches
        for _ in range(ROUNDS):
            with unread(server, READERS):
                wait_until(lambda: server.process.descriptors <= descriptors)
            memory.append(server.process.resident_bytes)
        small = ask(server, post(PERSON_QUERY, token=server.token))

    assert size > 2 * MEBIBYTE
    assert memory[-1] - memory[1] < (ROUNDS - 2) * READERS * size / 2
    assert small.status == 200


@pytest.mark.system
@pytest.mark.attack(34)
def test_unread_replies_beyond_their_limit_are_dropped_oldest_first(seeded: Path, tmp_path: Path) -> None:
    with (
        attacked_server(seeded, tmp_path, NEEDTOKNOW_UNREAD_MEBIBYTES="3", **PATIENT) as server,
        unread(server, 3) as (first, second, last),
    ):
        (reply,) = replies(last, 1)
        with pytest.raises(ConnectionError):
            replies(first, 1)
        with pytest.raises(ConnectionError):
            replies(second, 1)

    assert len(reply.json["data"]["persons"]) == len(person_ids(seeded))


@pytest.mark.system
@pytest.mark.attack(34)
def test_a_slow_client_that_reads_on_gets_its_whole_reply(seeded: Path, tmp_path: Path) -> None:
    with attacked_server(seeded, tmp_path, **IMPATIENT) as server:
        started = time.monotonic()
        with server.process.connect(receive_bytes=SMALL_BUFFER) as client:
            client.sendall(large_request(server))
            received = bytearray()
            while not received.endswith(b"}}}"):
                received += client.recv(65_536)
                time.sleep(0.002)  # the client is slow
        taken = time.monotonic() - started

    assert len(received) > 2 * MEBIBYTE
    assert taken > 0.5
