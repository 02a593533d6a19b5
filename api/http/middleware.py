"""What surrounds every request: safe headers, a trace, a last resort for errors. Knows nothing of GraphQL.

Plain ASGI: Starlette's BaseHTTPMiddleware runs each request in a second task and hides the disconnect.
"""

from __future__ import annotations

import logging
from pathlib import Path
from time import perf_counter
from types import TracebackType

import orjson
from opentelemetry.trace import format_span_id, format_trace_id
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.operation.errors import INTERNAL
from api.operation.messages import error
from telemetry.allow_list import REQUEST
from telemetry.recorder import Telemetry
from telemetry.span import current_trace_id

logger = logging.getLogger("needtoknow.http")

# A page that needs more, or may be kept, says so itself.
HEADERS = (
    (b"cache-control", b"private, no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)


def middleware_stack(telemetry: Telemetry) -> list[Middleware]:
    """The layers around the routes, outermost first."""
    return [Middleware(SecurityHeaders), Middleware(Tracing, telemetry=telemetry), Middleware(ServerErrorHandler)]


class SecurityHeaders:
    """Gives each response the headers that it lacks."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message.get("headers", ())
                names = {name for name, _ in own}
                message["headers"] = [*own, *(header for header in HEADERS if header[0] not in names)]
            await send(message)

        await self._app(scope, receive, send_safely if scope["type"] == "http" else send)


class Tracing:
    """Puts a request in the trace that its `traceparent` names, or a new one; answers with `traceresponse`.

    Only questions make spans; a page, its parts and a health check have a trace id and no more.
    """

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = Headers(scope=scope).getlist("traceparent")
        is_question = f"{scope['method']} {scope['path']}" == REQUEST
        started, status = perf_counter(), 500
        scheme = "https" if scope.get("scheme") == "https" else "http"
        with self._telemetry.request(sent[0] if len(sent) == 1 else None, is_recorded=is_question) as span:
            context = span.context
            ids = f"{format_trace_id(context.trace_id)}-{format_span_id(context.span_id)}"
            traceresponse = f"00-{ids}-{context.trace_flags:02x}".encode()

            async def send_traced(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                    message["headers"] = [*message.get("headers", ()), (b"traceresponse", traceresponse)]
                    span.set(method="POST", scheme=scheme, path="/graphql", route="/graphql", status=status)
                    if status >= 500:
                        span.failed(str(status))
                await send(message)

            await self._app(scope, receive, send_traced)
            if is_question:
                seconds = perf_counter() - started
                self._telemetry.record(
                    "request", seconds, method="POST", scheme=scheme, route="/graphql", status=status
                )


class ServerErrorHandler:
    """Turns an exception that nobody caught into a 500 of fixed words, and into one line in the log.

    The line has the exception's type and the places in the code that it went through. Its message is left
    out, for an SQL driver's or a parser's may quote the value it failed on.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_started = False

        async def send_noting(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except Exception as exception:  # noqa: BLE001  this is where they all end
            places = _places(exception.__traceback__)
            logger.error("%s at %s; trace %s", type(exception).__name__, places, current_trace_id())
            if scope["type"] == "http" and not has_started:
                body = {"errors": [error(INTERNAL, "INTERNAL")]}
                await Response(orjson.dumps(body), 500, media_type="application/json")(scope, receive, send)
            # A response that has begun cannot be taken back; it stays incomplete and the connection is cut.


def _places(traceback: TracebackType | None) -> str:
    """The innermost three: "warrants.py:40 < loader.py:88 < walk.py:31"."""
    places = []
    while traceback is not None:
        places.append(f"{Path(traceback.tb_frame.f_code.co_filename).name}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return " < ".join(reversed(places[-3:]))
