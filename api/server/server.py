"""The server in a worker process: its signal handlers and graceful shutdown.

uvicorn could start the application and handle signals itself. Then a broken journal would end in a traceback, and
Ctrl-C would be raised again while the sources close.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, cast

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from api.config.networks import Networks
from api.config.settings import Settings
from api.config.user_error import UserError
from api.http.admission import Admission
from api.server.connections import ConnectionLimits, Connections
from api.server.gc_tuning import collect_when_idle, freeze_startup_objects
from api.server.listening_socket import BACKLOG
from api.server.worker_process import RETIRE

logger = logging.getLogger("needtoknow.server")

# How long partial requests and responses get after all operations have finished; and how long parts that are to come
# get after the signal.
GRACE_S = 2
# The sources, the journal, its checkpoints and the libraries use about 60.
RESERVED_DESCRIPTORS, MIN_CONNECTIONS = 128, 16


class StoppableServer(uvicorn.Server):
    """uvicorn's server, which stops at a signal and does not raise it again. `on_ready` is called once it accepts."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        freeze_startup_objects()
        self._on_ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, self.handle_exit, each, None)
        yield


class Server(StoppableServer):
    """A worker's server, which finishes all admitted operations before it stops. Of one in parts it may end the rest.

    If it is retired, because another process serves the same socket, it first answers what its connections ask.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        on_ready: Callable[[], None],
        admission: Admission,
        connections: Connections,
        *,
        drain_timeout_s: float,
    ) -> None:
        super().__init__(config, on_ready)
        self._admission = admission
        self._connections = connections
        self._drain_timeout_s = drain_timeout_s
        self._is_retired = False

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish the admitted operations, then let uvicorn close what is left after its grace period."""
        grace_ends = time.monotonic() + GRACE_S
        await self._stop_listening(sockets or [])
        self._admission.stopping.set()
        await self._finish_connections()
        self._admission.close()
        deadline = time.monotonic() + self._drain_timeout_s
        # Polled as in uvicorn, so that a second SIGINT ends the wait.
        while self._admission.slots.acquired and not self.force_exit and (now := time.monotonic()) < deadline:
            if now >= grace_ends:
                self._admission.abandoning.set()
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)

    async def _finish_connections(self) -> None:
        """Wait until each client has closed its connection, been asked to, or been idle for long.

        A connection that is closed while it is idle may lose a request that is on its way. A server that is not retired
        waits for the first request of each connection only, and not for long: a proxy opens one for each request.
        """
        limits = self._connections.limits
        self._connections.closes_after_reply = True
        began = time.monotonic()
        while not self.force_exit:
            waited_s = time.monotonic() - began
            if self._is_retired:
                is_finished = not self._connections or waited_s > limits.head_s + limits.write_s + self._drain_timeout_s
            else:
                is_finished = not self._connections.await_first_requests or waited_s > GRACE_S
            if is_finished:
                return
            await asyncio.sleep(0.02)

    async def _stop_listening(self, sockets: list[socket.socket]) -> None:
        """Close the listening sockets, but first accept what has connected: what waits in a closed one is reset."""
        waiting = [each.dup() for each in sockets]
        for server in self.servers:
            server.close()
        for each in sockets:
            each.close()
        await asyncio.sleep(0)
        accepted: list[socket.socket] = []
        for each in waiting:
            each.setblocking(False)
            with each, suppress(OSError):  # none waits any more, or no descriptor is left
                while not self._is_retired:
                    accepted.append(each.accept()[0])
        for connection in accepted:
            connection.setblocking(False)
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> asyncio.Protocol:
        """The protocol of a connection, as uvicorn creates it."""
        arguments = {"config": self.config, "server_state": self.server_state, "app_state": self.lifespan.state}
        return self._connections.protocol(**arguments)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._is_retired = False
        super().handle_exit(sig, frame)

    def _retire(self) -> None:
        self._is_retired = self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        asyncio.get_running_loop().add_signal_handler(RETIRE, self._retire)
        with super().capture_signals():
            yield


def run(app: Starlette, settings: Settings, sock: socket.socket, on_ready: Callable[[], None]) -> None:
    """Serve until SIGINT, SIGTERM or RETIRE; a second SIGINT stops at once. `on_ready` is called once it accepts."""
    import uvloop

    uvloop.run(serve(app, settings, sock, on_ready))


async def serve(app: Starlette, settings: Settings, sock: socket.socket, on_ready: Callable[[], None]) -> None:
    asyncio.get_running_loop().set_exception_handler(log_exception)
    async with app.router.lifespan_context(app):
        admission: Admission = app.state.admission
        connections = Connections(
            connection_limits(settings),
            Networks(settings.trusted_proxies),
            parser=settings.connections.http_parser,
        )
        server = Server(
            uvicorn_config(app, connections),
            on_ready,
            admission,
            connections,
            drain_timeout_s=(settings.operation.operation_budget_ms + settings.journal.journal_deadline_ms) / 1000,
        )
        app.state.telemetry.observe("connections", lambda: {(): len(connections)})
        async with collect_when_idle(lambda: admission.slots.acquired), connections.enforce_deadlines():
            await server.serve([sock])


def log_exception(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log an exception that no task handled, without its message and without the objects that asyncio describes."""
    logger.error("%s", context["message"], exc_info=context.get("exception"))


def connection_limits(settings: Settings) -> ConnectionLimits:
    """The limits of the settings, within the file descriptors that this process may open.

    The process raises its soft limit of descriptors to the hard one. A part of them is reserved for files.
    Raises: UserError if too few are left.
    """
    of_connections = settings.connections
    _, descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors == resource.RLIM_INFINITY:
        descriptors = of_connections.connection_limit + RESERVED_DESCRIPTORS
    resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    limit = min(of_connections.connection_limit, descriptors - RESERVED_DESCRIPTORS)
    if limit < MIN_CONNECTIONS:
        needed = RESERVED_DESCRIPTORS + MIN_CONNECTIONS
        raise UserError(
            f"This process may open {descriptors} files, and needs {needed}. Raise the limit with ulimit -n."
        )
    return ConnectionLimits(
        connections=limit,
        by_address=min(of_connections.connection_limit_by_address, limit // 2),
        head_s=of_connections.head_timeout_s,
        write_s=of_connections.write_timeout_s,
        unread_bytes=of_connections.unread_mebibytes * 2**20,
        request_bytes=settings.operation.body_limit_bytes + 65_536,
    )


def uvicorn_config(app: ASGIApp, connections: Connections) -> uvicorn.Config:
    """uvicorn's configuration for an application whose connections are limited."""
    return uvicorn.Config(
        connections.application(app),
        http=cast(Any, connections.protocol),  # it creates one for each connection, as a class would
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the application's ClientAddress reads them
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE_S,
    )
