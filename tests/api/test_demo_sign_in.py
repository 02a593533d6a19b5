"""The demo sign-in route: which requests it accepts, and its tokens."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from api.auth.authentication import open_authenticator
from api.auth.demo_issuer import DemoIssuer
from api.config.settings import Settings
from api.http.demo_sign_in import BODY_LIMIT_BYTES, token_route
from api.http.middleware import middleware_stack
from policy.caller import Assurance
from telemetry.recorder import Telemetry


class SignInPage:
    """A browser page, of this server or another, that requests a demo token."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.app = Starlette(routes=[token_route(DemoIssuer.open(data))], middleware=middleware_stack(Telemetry()))

    async def post(
        self,
        content: bytes = b'{"role":"patrol"}',
        headers: Mapping[str, str] | None = None,
        *,
        server: str = "http://127.0.0.1:8000",
        client: str = "127.0.0.1",
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, client=(client, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url=server) as browser:
            sent = {"content-type": "application/json", **(headers or {})}
            return await browser.post("/demo/token", content=content, headers=sent)


@pytest.fixture
def page(tmp_path: Path) -> SignInPage:
    return SignInPage(tmp_path)


async def test_sign_in_returns_a_token_and_its_caller(page: SignInPage) -> None:
    response = await page.post(b'{"role":"investigator","aal":2}')
    content = response.json()

    assert (response.status_code, response.headers["cache-control"]) == (200, "private, no-store")
    async with open_authenticator(Settings(data=page.data, demo=True)) as authenticator:
        caller = await authenticator.authenticate(f"Bearer {content.pop('token')}")
    assert content == {"expiresIn": 900, "name": "Dana Reyes", "user": "demo-investigator", "ori": "CA9190000"}
    assert (caller.user, caller.assurance) == ("demo-investigator", Assurance.AAL2)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}, 200),
        ({"content-type": "application/json; charset=utf-8"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://127.0.0.1:9000"}, 403),
        ({"origin": "https://127.0.0.1:8000"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"host": "evil.example"}, 403),
        ({"host": "evil.example", "origin": "http://evil.example"}, 403),
        ({"host": "127.0.0.1.evil.example"}, 403),
        ({"host": "127.0.0.1@evil.example"}, 403),
        ({"host": "127.0.0.1/@evil.example"}, 403),
        ({"host": "["}, 403),
        ({"host": ""}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-type": ""}, 415),
    ],
)
async def test_only_a_page_of_this_server_can_sign_in(page: SignInPage, headers: dict[str, str], status: int) -> None:
    response = await page.post(headers=headers)

    assert response.status_code == status
    assert ("token" in response.json()) == (status == 200)


@pytest.mark.parametrize("server", ["http://localhost:8000", "http://[::1]:8000"])
async def test_every_loopback_name_is_accepted(page: SignInPage, server: str) -> None:
    assert (await page.post(headers={"origin": server}, server=server)).status_code == 200


async def test_another_machine_cannot_sign_in_with_a_forged_address(page: SignInPage) -> None:
    response = await page.post(headers={"x-forwarded-for": "127.0.0.1"}, client="10.0.0.7")

    assert response.status_code == 403


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"5",
        b"[]",
        b"null",
        b'"patrol"',
        b"\xff",
        b"{}",
        b'{"role":"chief"}',
        b'{"role":"PATROL"}',
        b'{"role":["patrol"]}',
        b'{"role":null}',
        b'{"role":"patrol","aal":3}',
        b'{"role":"patrol","aal":"2"}',
        b'{"role":"patrol","aal":true}',
        b'{"role":"patrol","aal":1.5}',
        b'{"role":"patrol","aal":[1]}',
        b'{"role":"patrol","padding":"' + b"x" * BODY_LIMIT_BYTES + b'"}',
        b"[" * 1000,
    ],
)
async def test_an_invalid_body_gets_400_that_says_what_to_send(page: SignInPage, content: bytes) -> None:
    response = await page.post(content)

    assert response.status_code == 400
    assert response.json()["errors"][0]["message"].startswith(("Send", "aal is"))


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_sign_in_needs_post(page: SignInPage, method: str) -> None:
    transport = httpx.ASGITransport(page.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        response: Any = await client.request(method, "/demo/token")

    assert (response.status_code, response.headers["allow"]) == (405, "POST")
