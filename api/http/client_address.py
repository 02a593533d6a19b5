"""Client address middleware: the address and the scheme that the nearest trusted proxies report.

One rule: a proxy appends the address of its own client to `X-Forwarded-For`. So the list is read from its end, through
the addresses of trusted proxies, up to the first other address. An item that is not an address ends the reading, and
nothing is read if the connection itself is not from a trusted proxy.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from api.config.networks import IPAddress, Networks, parse_address

MAX_ITEMS = 16


@dataclass(eq=False)
class ClientAddress:
    """Replaces the address and the scheme of the connection by those of the client's own connection."""

    app: ASGIApp
    trusted_proxies: Networks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        if client is not None and (peer := parse_address(client[0])) is not None:
            if peer in self.trusted_proxies:
                scope["client"] = (str(forwarded_address(scope, peer, self.trusted_proxies)), client[1])
                scheme = header(scope, b"x-forwarded-proto")
                if scheme in {"http", "https"}:
                    scope["scheme"] = scheme
            elif peer.version == 6 or ":" in client[0]:
                scope["client"] = (str(peer), client[1])  # in its one form
        await self.app(scope, receive, send)


def forwarded_address(scope: Scope, peer: IPAddress, trusted_proxies: Networks) -> IPAddress:
    """The address of the client for which `peer`, a trusted proxy, forwards the request."""
    address = peer
    for item in reversed(header(scope, b"x-forwarded-for").split(",")[-MAX_ITEMS:]):
        forwarded = parse_address(without_port(item.strip()))
        if forwarded is None:
            break
        address = forwarded
        if forwarded not in trusted_proxies:
            break
    return address


def header(scope: Scope, name: bytes) -> str:
    """The values of a header in their order, joined as RFC 9110 joins them."""
    return ",".join(value.decode("latin-1") for each, value in scope["headers"] if each == name)


def without_port(text: str) -> str:
    """An address without the port and the brackets that some proxies write: "[::1]:443", "192.0.2.1:443"."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    host, colon, port = text.partition(":")
    return host if colon and ":" not in port else text
