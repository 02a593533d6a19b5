"""ASGI application of a Python peer with the same promises: a request without a valid token does not reach it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bench.peers.promises import Promises
from bench.peers.tokens import Tokens

REFUSED = {"errors": [{"message": "A valid token is needed."}]}


class Authenticated:
    """The application, for requests with a valid token; their scope has its `claims`."""

    def __init__(self, app: ASGIApp, tokens: Tokens) -> None:
        self._app, self._tokens = app, tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["claims"] = self._tokens.claims(HTTPConnection(scope).headers.get("authorization"))
        app = self._app if scope["claims"] else JSONResponse(REFUSED, status_code=401)
        await app(scope, receive, send)


def promised_app(app: ASGIApp, promises: Promises, files: AbstractAsyncContextManager[None] | None = None) -> Starlette:
    """A server of `app`. `files` are open while it runs."""

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        async with files or nullcontext():
            yield
        promises.journal.close()

    return Starlette(routes=[Route("/graphql", Authenticated(app, Tokens(promises.settings)))], lifespan=lifespan)
