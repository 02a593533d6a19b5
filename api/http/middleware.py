"""Middleware: security headers, tracing, compression and the handler of uncaught exceptions.

Plain ASGI, because Starlette's BaseHTTPMiddleware runs each request in a second task and hides the disconnect.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from traceback import walk_tb

from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.config.log_format import describe, log_event
from api.config.networks import Networks
from api.http.client_address import ClientAddress
from api.http.compression import Compression
from api.http.cross_origin import CrossOrigin
from api.operation.errors import INTERNAL
from api.operation.messages import error
from telemetry.allow_list import REQUEST
from telemetry.recorder import Telemetry
from telemetry.span import current_trace_id

logger = logging.getLogger("needtoknow.http")

# A response that needs others, such as the GraphiQL page, sets its own.
HEADERS = (
    (b"cache-control", b"private, no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)


def middleware_stack(
    telemetry: Telemetry,
    trusted_proxies: Networks | None = None,
    *,
    origins: Sequence[str] = (),
    compresses: bool = True,
) -> list[Middleware]:
    """The middleware around the routes, outermost first."""
    return [
        Middleware(ClientAddress, trusted_proxies=trusted_proxies or Networks()),
        Middleware(SecurityHeaders),
        Middleware(Tracing, telemetry=telemetry),
        *([Middleware(CrossOrigin, origins=origins)] if origins else ()),
        *([Middleware(Compression)] if compresses else ()),
        Middleware(ServerErrorHandler),
    ]


@dataclass(eq=False)
class SecurityHeaders:
    """Adds the security headers that a response does not set itself."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.get("headers", ())
                names = {name for name, _ in headers}
                message["headers"] = [*headers, *[each for each in HEADERS if each[0] not in names]]
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


@dataclass(eq=False)
class Tracing:
    """Continues the trace of the request's `traceparent`, or starts one, and sends `traceresponse`.

    Only GraphQL requests record spans. Pages, assets and health checks have a trace id and no more.
    """

    app: ASGIApp
    telemetry: Telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        values = [value for name, value in scope["headers"] if name == b"traceparent"]
        traceparent = values[0].decode("latin-1") if len(values) == 1 else None
        is_recorded = f"{scope['method']} {scope['path']}" == REQUEST
        started, status = perf_counter(), 500
        scheme = "https" if scope.get("scheme") == "https" else "http"
        with self.telemetry.request(traceparent, is_recorded=is_recorded) as span:

            async def send_with_trace(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                    message["headers"] = [*message.get("headers", ()), (b"traceresponse", span.header)]
                    span.set(method="POST", scheme=scheme, path="/graphql", route="/graphql", status=status)
                    if status >= 500:
                        span.mark_failed(str(status))
                await send(message)

            await self.app(scope, receive, send_with_trace)
            if is_recorded:
                seconds = perf_counter() - started
                self.telemetry.record("request", seconds, method="POST", scheme=scheme, route="/graphql", status=status)


@dataclass(eq=False)
class ServerErrorHandler:
    """Turns an uncaught exception into a 500 with a fixed sentence, and logs it in one line.

    The line has the exception's type and the code locations it passed. It leaves out the message, because an SQL
    driver or a parser may quote the value it failed on.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_started = False

        async def send_and_track(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self.app(scope, receive, send_and_track)
        except Exception as exception:  # noqa: BLE001  the last handler
            passed = [
                f"{Path(frame.f_code.co_filename).name}:{line}" for frame, line in walk_tb(exception.__traceback__)
            ]
            # The innermost three: "warrants.py:40 < loader.py:88 < pipeline.py:31".
            locations = " < ".join(passed[:-4:-1])
            trace = current_trace_id()
            message = f"{type(exception).__name__} at {locations}; trace {trace}"
            log_event(logger, logging.ERROR, message, "request_failed", exception=describe(exception), trace=trace)
            if scope["type"] == "http" and not has_started:
                await JSONResponse({"errors": [error(INTERNAL, "INTERNAL")]}, 500)(scope, receive, send)
            # A response that has started stays incomplete, and the connection is closed.
