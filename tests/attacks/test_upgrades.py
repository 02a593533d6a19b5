"""Offered upgrades that could hide a body: one request, one reply. Attack 36."""

from __future__ import annotations

import pytest

from tests.attacks.attacked_server import AttackedServer
from tests.attacks.raw_http import post, replies

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
