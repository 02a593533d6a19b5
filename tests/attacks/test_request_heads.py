"""Heads of requests without end, and heads that never end. Attack 33."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from itertools import count, repeat
from pathlib import Path

import pytest

from tests.attacks.attacked_server import EVERY_PARSER, attacked_server
from tests.attacks.raw_http import bytes_until_closed, head, is_closed, post, replies
from tests.server_process import ServerProcess

MEBIBYTE = 2**20
# What the two kernels hold, beside what the server has read.
MAX_TAKEN = 8 * MEBIBYTE
MAX_GROWTH = 8 * MEBIBYTE

# The least that the settings allow.
DEADLINES = {"NEEDTOKNOW_HEAD_TIMEOUT_S": "0.5", "NEEDTOKNOW_BODY_TIMEOUT_S": "0.5"}
# At twenty a second they take ten times as long as a connection may wait.
MANY_BYTES = 200
LETTERS = b"a" * 65_536
CHUNKED = "Transfer-Encoding: chunked"


def header_lines() -> Iterator[bytes]:
    return (
        b"".join(b"X-%09d: %b\r\n" % (first + each, b"a" * 16) for each in range(2_000)) for first in count(0, 2_000)
    )


ENDLESS = {
    "header lines": (head()[:-2], header_lines),
    "the value of a header": (head()[:-2] + b"X-A: ", lambda: repeat(LETTERS)),
    "the name of a header": (head()[:-2], lambda: repeat(LETTERS)),
    "the URL": (b"GET /", lambda: repeat(LETTERS)),
    "the method": (b"", lambda: repeat(b"G" * 65_536)),
    "trailers": (head(CHUNKED) + b"0\r\n", header_lines),
    "the extension of a chunk": (head(CHUNKED) + b"5;", lambda: repeat(LETTERS)),
    "the size of a chunk": (head(CHUNKED), lambda: repeat(b"0" * 65_536)),
}


@pytest.fixture(scope="module", params=EVERY_PARSER)
def server(
    request: pytest.FixtureRequest, seeded: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("heads")
    with attacked_server(seeded, folder, NEEDTOKNOW_HTTP_PARSER=request.param, **DEADLINES) as server:
        yield server.process


@pytest.mark.attack(33)
@pytest.mark.parametrize("part", ENDLESS)
def test_a_head_without_end_is_closed_and_leaves_no_memory(server: ServerProcess, part: str) -> None:
    start, blocks = ENDLESS[part]
    before = server.resident_bytes
    with server.connect() as client:
        client.sendall(start)
        taken = bytes_until_closed(client, blocks(), 8 * MAX_TAKEN)

    assert taken is not None
    assert taken <= MAX_TAKEN
    assert server.resident_bytes - before < MAX_GROWTH


@pytest.mark.attack(33)
@pytest.mark.parametrize("start", [b"", b"P", head()[:-2], head("Content-Length: 9") + b"{"], ids=repr)
def test_an_incomplete_request_is_closed_at_its_deadline(server: ServerProcess, start: bytes) -> None:
    with server.connect() as client:
        client.settimeout(30)
        client.sendall(start)

        assert is_closed(client)


@pytest.mark.attack(33)
def test_a_byte_now_and_then_does_not_extend_a_heads_deadline(server: ServerProcess) -> None:
    with server.connect() as client:
        client.sendall(head()[:-2] + b"X: ")

        assert sends_until_closed(client) < MANY_BYTES


@pytest.mark.attack(33)
def test_a_body_after_its_reply_does_not_hold_a_connection(server: ServerProcess) -> None:
    with server.connect() as client:
        # The reply does not wait for the body.
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        assert replies(client, 1)[0].status == 200

        assert sends_until_closed(client) < MANY_BYTES


def sends_until_closed(client: socket.socket) -> int:
    """How many times a byte could be sent, one every twentieth of a second; at most `MANY_BYTES`."""
    client.settimeout(0.05)
    for sent in range(MANY_BYTES):
        try:
            client.sendall(b"a")
            if not client.recv(1):
                return sent
        except TimeoutError:
            pass
        except ConnectionError:
            return sent
    return MANY_BYTES


@pytest.mark.parametrize("target", [b"/\xff", b"/graphql\xc3\xa9", b"//", b"*", b"/%ff"], ids=repr)
def test_an_odd_target_gets_a_4xx(server: ServerProcess, target: bytes) -> None:
    with server.connect() as client:
        client.sendall(b"GET %b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % target)
        received = b"".join(iter(lambda: client.recv(65_536), b""))

    assert received.startswith(b"HTTP/1.1 4")


@pytest.mark.slow
def test_a_question_is_answered_with_either_parser(server: ServerProcess) -> None:
    with server.connect() as client:
        client.sendall(post("{ __typename }"))
        (reply,) = replies(client, 1)

    assert (reply.status, reply.json["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
