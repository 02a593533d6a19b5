"""Client address behind proxies: one rule, and nothing but addresses."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from api.config.networks import Networks
from api.http.client_address import ClientAddress

PROXIES = Networks(["10.0.0.0/8", "2001:db8::/32"])
PROXY, CLIENT, OTHER = "10.0.0.1", "203.0.113.7", "198.51.100.9"


async def seen(peer: str | None, *forwarded: str, proxies: Networks = PROXIES, proto: str | None = None) -> Any:
    """The client address and the scheme that the application sees."""
    scopes: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scopes.append(scope)

    headers = [(b"x-forwarded-for", each.encode("latin-1")) for each in forwarded]
    headers += [] if proto is None else [(b"x-forwarded-proto", proto.encode())]
    scope = {"type": "http", "headers": headers, "scheme": "http", "client": peer and (peer, 5)}
    await ClientAddress(app, proxies)(scope, None, None)  # type: ignore[arg-type]
    return scopes[0]["client"] and scopes[0]["client"][0], scopes[0]["scheme"]


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ([], PROXY),
        ([""], PROXY),
        ([CLIENT], CLIENT),
        # A client may send the header too; the proxy appends to it.
        ([f"{OTHER}, {CLIENT}"], CLIENT),
        ([OTHER, CLIENT], CLIENT),
        ([f"{OTHER},{CLIENT} , 10.9.9.9"], CLIENT),
        (["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
        (["x" * 3_000], PROXY),
        ([f"{CLIENT}, <script>"], PROXY),
        ([f"<script>, {CLIENT}"], CLIENT),
        ([f"{CLIENT}, unknown, 10.2.2.2"], "10.2.2.2"),
        (["\x9b31m"], PROXY),
        (["203.0.113.007"], PROXY),
        (["2130706433"], PROXY),
        ([f"{CLIENT}:443"], CLIENT),
        (["[2001:470::1]:443"], "2001:470::1"),
        (["2001:0470:0000::1"], "2001:470::1"),
        (["fe80::1%eth0"], "fe80::1"),
        (["::ffff:203.0.113.7"], CLIENT),
        ([CLIENT + ", 10.0.0.1" * 100], "10.0.0.1"),
    ],
)
async def test_the_address_is_the_last_that_is_no_trusted_proxy(forwarded: list[str], address: str) -> None:
    assert await seen(PROXY, *forwarded) == (address, "http")


async def test_only_a_trusted_proxy_is_believed() -> None:
    assert await seen(CLIENT, OTHER, proto="https") == (CLIENT, "http")
    assert await seen(PROXY, OTHER, proxies=Networks()) == (PROXY, "http")


async def test_an_address_has_one_form() -> None:
    assert await seen("::ffff:203.0.113.7") == (CLIENT, "http")
    assert await seen("::ffff:10.0.0.1", OTHER) == (OTHER, "http")
    assert await seen("2001:0db8::0001", CLIENT) == (CLIENT, "http")
    assert await seen(None) == (None, "http")


@pytest.mark.parametrize(("proto", "scheme"), [("https", "https"), ("http", "http"), ("ftp", "http"), ("", "http")])
async def test_a_trusted_proxy_says_which_scheme_the_client_used(proto: str, scheme: str) -> None:
    assert await seen(PROXY, CLIENT, proto=proto) == (CLIENT, scheme)
