"""Helpers for tests of the endpoint: a stub handler, a client of it, and requests over real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from graphql import GraphQLSchema, build_schema, graphql
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from api.http.admission import Admission
from api.http.endpoint import GraphQLEndpoint, Page
from api.http.middleware import middleware_stack
from api.operation.messages import GraphQLRequest, GraphQLResponse, Handler, error
from api.server.connections import ConnectionLimits, Connections
from api.server.server import uvicorn_config
from telemetry.recorder import Telemetry

BODY_LIMIT = 1_024
JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
JSON_BODY = {"content-type": JSON}
TYPENAME = b'{"query":"{ __typename }"}'


@dataclass
class StubHandler:
    """A handler over a schema of one field. It records its requests."""

    schema: GraphQLSchema = field(
        default_factory=lambda: build_schema("type Query { person(id: ID!): String } type Mutation { a: Int }")
    )
    requests: list[GraphQLRequest] = field(default_factory=list)
    response: GraphQLResponse | None = None
    exception: Exception | None = None

    async def __call__(self, request: GraphQLRequest) -> GraphQLResponse:
        self.requests.append(request)
        if self.exception is not None:
            raise self.exception
        if self.response is not None:
            return self.response
        result = await graphql(
            self.schema,
            request.query,
            variable_values=request.variables,
            operation_name=request.operation_name,
        )
        if result.data is None:
            return GraphQLResponse({"errors": [error("The document is not valid.", "BAD_INPUT")]}, 400)
        return GraphQLResponse({"data": result.data})


def html_page(_: Request) -> Response:
    return HTMLResponse("<p>the page", headers={"cache-control": "no-cache"})


def stub_app(
    handler: Handler,
    *,
    admission: Admission | None = None,
    page: Page | None = html_page,
    body_timeout_s: float = 10.0,
) -> Starlette:
    """An application of the endpoint alone, behind the real middleware."""
    endpoint = GraphQLEndpoint(
        handler,
        admission or Admission(limit=100, wait_s=0, executor_latency_s=0),
        body_limit_bytes=BODY_LIMIT,
        body_timeout_s=body_timeout_s,
        page=page,
    )
    return Starlette(routes=[Route("/graphql", endpoint)], middleware=middleware_stack(Telemetry()))


def stub_client(app: Starlette) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("10.20.30.40", 5))
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers={"accept": "*/*"})


class QuietServer(uvicorn.Server):
    """uvicorn without its signal handlers: the test runner has its own."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def listening(
    app: Any, connections: Connections | None = None, *, send_bytes: int | None = None
) -> AsyncIterator[int]:
    """The port on which the application is served as `needtoknow serve` serves it.

    send_bytes: the size of the kernel's buffer for replies.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    if send_bytes is not None:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_bytes)
    if connections is None:  # one that has no connection yet is false
        connections = Connections(ConnectionLimits())
    server = QuietServer(uvicorn_config(app, connections))
    task = asyncio.create_task(server.serve([listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await task


def post_bytes(body: bytes, *headers: str, length: int | None = None) -> bytes:
    """The bytes of a POST. `length` is announced in place of the body's own."""
    lines = ["POST /graphql HTTP/1.1", "Host: x", f"Content-Type: {JSON}", *headers]
    if not any("Transfer-Encoding" in header for header in headers):
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode() + body


async def exchange(port: int, sent: bytes) -> bytes:
    """Send bytes, and return all that is received until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    await writer.drain()
    received = await reader.read()
    writer.close()
    await writer.wait_closed()
    return received
