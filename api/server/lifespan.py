"""An application between its start and its end. An error at the start reaches us as it was raised."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send


@asynccontextmanager
async def started(app: Starlette) -> AsyncIterator[ASGIApp]:
    """The application with everything open that its lifespan opens."""
    async with app.router.lifespan_context(app) as state:

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            scope["state"] = dict(state or {})
            await app(scope, receive, send)

        yield with_state
