"""Connections that crowd out others, and descriptors that run out. Attacks 33 and 37."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.attacks.attacked_server import AttackedServer, attacked_server
from tests.attacks.raw_http import Reply, head, is_closed, post, replies
from tests.harness import PERSON_QUERY
from tests.server_process import START_S, start_server

LIMIT, BY_ADDRESS = 40, 10
LIMITS = {"NEEDTOKNOW_CONNECTION_LIMIT": str(LIMIT), "NEEDTOKNOW_CONNECTION_LIMIT_BY_ADDRESS": str(BY_ADDRESS)}
# No deadline passes within these tests.
PATIENT = {"NEEDTOKNOW_HEAD_TIMEOUT_S": "300"}
HALF_A_HEAD = head()[:-2]


@pytest.fixture
def server(seeded: Path, tmp_path: Path) -> Iterator[AttackedServer]:
    with attacked_server(seeded, tmp_path, **LIMITS, **PATIENT) as server:
        yield server


Ask = Callable[[], int]


@contextmanager
def officer(server: AttackedServer, address: str = "127.0.0.1") -> Iterator[Ask]:
    """Asks one question after another over one connection, and returns the status of each reply."""
    with server.process.connect(address) as client:

        def ask() -> int:
            client.sendall(post(PERSON_QUERY, token=server.token))
            return replies(client, 1)[0].status

        yield ask


@contextmanager
def half_heads(server: AttackedServer, count: int, first_address: int) -> Iterator[list[socket.socket]]:
    """Connections with half a head each, `BY_ADDRESS` from each of as many addresses as it takes."""
    with ExitStack() as stack:
        clients = [
            stack.enter_context(server.process.connect(f"127.0.0.{first_address + each // BY_ADDRESS}"))
            for each in range(count)
        ]
        for client in clients:
            client.sendall(HALF_A_HEAD)
        yield clients


def refusal(client: socket.socket) -> Reply:
    """The reply to a refused connection, which the server closes."""
    (reply,) = replies(client, 1)
    assert is_closed(client)
    return reply


@pytest.mark.system
@pytest.mark.attack(33)
def test_one_address_gets_its_share_of_connections_and_no_more(server: AttackedServer) -> None:
    with half_heads(server, BY_ADDRESS, 2):
        with server.process.connect("127.0.0.2") as one_more:
            refused = refusal(one_more)
        with officer(server, "127.0.0.3") as elsewhere:
            status = elsewhere()

    assert refused.status == 503
    assert status == 200


@pytest.mark.slow
@pytest.mark.attack(33)
def test_established_clients_are_served_while_others_are_refused(server: AttackedServer) -> None:
    with officer(server) as ask:
        statuses = [ask()]
        with half_heads(server, LIMIT - 1, 2):
            with server.process.connect("127.0.0.99") as one_more:
                refused = refusal(one_more)
            statuses.append(ask())
        statuses.append(ask())

    assert refused.status == 503
    assert b"\r\nRetry-After: 1\r\n" in refused.head
    assert statuses == [200, 200, 200]


@pytest.mark.system
@pytest.mark.attack(37)
def test_used_up_descriptors_refuse_no_established_client(seeded: Path, tmp_path: Path) -> None:
    settings = {"NEEDTOKNOW_CHECKPOINT_S": "0.1", **PATIENT}
    with attacked_server(seeded, tmp_path, descriptors=160, **settings) as server, officer(server) as ask:
        statuses = [ask()]
        with half_heads(server, 300, 2):
            statuses += [ask() for _ in range(50)]
        with officer(server, "127.0.0.99") as ask_later:
            statuses.append(ask_later())

    assert statuses == [200] * 52


@pytest.mark.slow
def test_too_few_descriptors_stop_the_start_in_one_line(data: Path) -> None:
    with start_server(data, descriptors=100) as process:
        _, stderr = process.communicate(timeout=START_S)

    assert process.returncode == 1
    assert stderr == "needtoknow: This process may open 100 files, and needs 144. Raise the limit with ulimit -n.\n"
