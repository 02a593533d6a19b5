"""Trailers that pose as headers, in the packet of the head or in a later one. Attack 35."""

from __future__ import annotations

import pytest

from tests.attacks.attacked_server import AttackedServer
from tests.attacks.raw_http import Reply, chunked, head, replies
from tests.harness import PERSON_QUERY

BY_HEADER = '{ person(id: "P0000001") { id } }'
INQUIRY = 'X-Inquiry: {"purpose": "C", "reason": "INVESTIGATION"}'

EITHER_PACKET = pytest.mark.parametrize("is_later", [False, True], ids=["in the same packet", "in a later packet"])


def ask(
    server: AttackedServer, document: str, *headers: str, trailer: str = "", is_later: bool = False, token: bool = True
) -> Reply:
    """The reply to a chunked operation, after which a second request is answered on the same connection."""
    request = head("Transfer-Encoding: chunked", *headers, token=server.token if token else None)
    body = chunked(document, *([trailer] if trailer else []))
    split = body.index(b"\r\n0\r\n") if is_later else len(body)
    with server.process.connect() as client:
        client.sendall(request + body[:split])
        client.sendall(body[split:])
        reply, health = replies(client, 1)[0], b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
        client.sendall(health)
        assert replies(client, 1)[0].json == {"status": "OK"}
    return reply


@pytest.mark.attack(35)
@EITHER_PACKET
def test_a_token_in_a_trailer_signs_nobody_in(server: AttackedServer, is_later: bool) -> None:
    trailer = f"Authorization: Bearer {server.token}"
    reply = ask(server, "{ me { name } }", trailer=trailer, is_later=is_later, token=False)

    assert (reply.status, reply.json["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")


@pytest.mark.attack(35)
@EITHER_PACKET
def test_an_inquiry_in_a_trailer_releases_nothing(server: AttackedServer, is_later: bool) -> None:
    assert ask(server, BY_HEADER, INQUIRY).json["data"] == {"person": {"id": "P0000001"}}

    reply = ask(server, BY_HEADER, trailer=INQUIRY, is_later=is_later)

    assert reply.json["errors"][0]["extensions"]["code"] == "PURPOSE_REQUIRED"
    assert "data" not in reply.json


@pytest.mark.attack(35)
@EITHER_PACKET
def test_an_address_in_a_trailer_is_not_the_clients(server: AttackedServer, is_later: bool) -> None:
    trailer = "X-Forwarded-For: 203.0.113.66"
    reply = ask(server, PERSON_QUERY, "X-Forwarded-For: 198.51.100.2", trailer=trailer, is_later=is_later)

    assert reply.json["data"] == {"person": {"id": "P0000001"}}
    assert [entry.address for entry in server.entries()[:2]] == ["198.51.100.2"] * 2
