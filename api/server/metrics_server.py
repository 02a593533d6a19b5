"""The metrics process: it adds up the reports of all workers, and serves the sums to Prometheus at /metrics.

It is a process of its own, so that a client that hangs delays neither a worker nor their supervisor.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable

from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.http.middleware import SecurityHeaders
from api.server.connections import ConnectionLimits, Connections
from api.server.server import StoppableServer, log_exception, uvicorn_config
from telemetry.worker_metrics import WorkerMetrics

LIMITS = ConnectionLimits(connections=64, by_address=64)
REPORT_BYTES = 2**20

logger = logging.getLogger("needtoknow.metrics")


def run_metrics(receiver: socket.socket, sock: socket.socket, on_ready: Callable[[], None]) -> None:
    """Serve the reports that arrive at `receiver` until SIGINT or SIGTERM."""
    asyncio.run(serve_metrics(receiver, sock, on_ready))


async def serve_metrics(receiver: socket.socket, sock: socket.socket, on_ready: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(log_exception)
    metrics, registry = WorkerMetrics(), CollectorRegistry()
    registry.register(metrics)
    loop.add_reader(receiver, receive_all, receiver, metrics)
    connections = Connections(LIMITS)
    async with connections.enforce_deadlines():
        await StoppableServer(uvicorn_config(metrics_app(registry), connections), on_ready).serve([sock])


def receive_all(receiver: socket.socket, metrics: WorkerMetrics) -> None:
    """Take the reports that have arrived."""
    while True:
        try:
            metrics.receive(receiver.recv(REPORT_BYTES))
        except BlockingIOError:
            return


def metrics_app(registry: CollectorRegistry) -> SecurityHeaders:
    """The application: GET /metrics, in the text format that the client asks for."""

    async def metrics(request: Request) -> Response:
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"Content-Type": media_type})

    return SecurityHeaders(Starlette(routes=[Route("/metrics", metrics, methods=["GET"])]))
