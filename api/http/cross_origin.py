"""Cross-origin requests (CORS) at /graphql, from pages of the origins that a setting names: https://fetch.spec.whatwg.org.

A page of any other origin gets no header of CORS, so its browser keeps every reply from it.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.client_address import header

PATH = "/graphql"
REQUEST_HEADERS = ("Authorization", "Content-Type", "Last-Event-ID", "traceparent", "X-Terminal")
RESPONSE_HEADERS = ("Retry-After", "traceresponse")
PREFLIGHT_S = 7_200
"""Chromium asks again after two hours at the latest."""


class CrossOrigin:
    """Lets pages of these origins send operations. Never with credentials: the caller is in the token alone."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self.app = app
        self._origins = frozenset(origins)
        self._permitted = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["POST"],
            allow_headers=REQUEST_HEADERS,
            expose_headers=RESPONSE_HEADERS,
            max_age=PREFLIGHT_S,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self.app(scope, receive, send)
        elif header(scope, b"origin") in self._origins:
            await self._permitted(scope, receive, send)
        else:
            # Starlette's middleware would tell any origin what the others may do.
            await self.app(scope, receive, _varying(send))


def _varying(send: Send) -> Send:
    """Says of a reply that another origin gets another one."""

    async def send_with_vary(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), (b"vary", b"Origin")]
        await send(message)

    return send_with_vary
