"""Offered upgrades that could hide a body: one request, one reply. Attack 36."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.attacks.attacked_server import AttackedServer
from tests.attacks.raw_http import post, replies
from tests.server_process import server_process

ME = "query NameOfTheCaller { me { name } }"
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
OFFERS = {
    "h2c": ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"),
    "websocket": ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: YQ=="),
    "TLS": ("Connection: upgrade", "Upgrade: TLS/1.3"),
    "something unknown": ("Connection: keep-alive, Upgrade", "Upgrade: x, y/2"),
}


@pytest.mark.attack(36)
@pytest.mark.parametrize("is_late", [False, True], ids=["with its body", "before its body"])
@pytest.mark.parametrize("offer", OFFERS)
def test_an_offered_upgrade_is_ignored_and_its_request_answered(
    server: AttackedServer, offer: str, is_late: bool
) -> None:
    request = post(ME, *OFFERS[offer], token=server.token)
    body = request.index(b"\r\n\r\n") + 4
    with server.process.connect() as client:
        client.sendall(request[:body] if is_late else request)
        if is_late:
            client.sendall(request[body:])
        first, second = replies(client, 1)[0], None
        client.sendall(HEALTH)
        second = replies(client, 1)[0]

    assert (first.status, first.json) == (200, {"data": {"me": {"name": "Morgan Ashgrove"}}})
    assert (second.status, second.json) == (200, {"status": "OK"})


@pytest.mark.attack(36)
@pytest.mark.parametrize("offer", OFFERS)
def test_a_body_that_is_a_request_is_not_answered_as_one(server: AttackedServer, offer: str) -> None:
    """Two replies to one request would give a proxy's next client somebody else's reply."""
    request = post(ME, *OFFERS[offer], token=server.token)
    body = request.index(b"\r\n\r\n") + 4
    hidden = HEALTH.ljust(len(request) - body)
    with server.process.connect() as client:
        client.sendall(request[:body])
        client.sendall(hidden)
        client.sendall(HEALTH)
        first, second = replies(client, 2)
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            replies(client, 1)

    assert (first.status, first.json["errors"][0]["extensions"]["code"]) == (400, "BAD_INPUT")
    assert (second.status, second.json) == (200, {"status": "OK"})


@pytest.mark.slow
@pytest.mark.attack(36)
@pytest.mark.parametrize("path", ["/graphql", "/nowhere"])
def test_an_attempt_at_a_websocket_writes_one_line_to_the_log_at_most(data: Path, path: str) -> None:
    offer = "\r\n".join(OFFERS["websocket"])
    attempt = f"GET {path} HTTP/1.1\r\nHost: a\r\n{offer}\r\n\r\n".encode()
    with server_process(data) as server:
        for _ in range(3):
            with server.connect() as client:
                client.sendall(attempt)
                assert replies(client, 1)[0].status in {401, 404, 405, 406}
        _, stderr = server.stop(signal.SIGTERM)

    assert len(stderr.splitlines()) <= 3
