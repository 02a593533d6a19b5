"""The server process: its socket, signal handlers and graceful shutdown.

uvicorn could bind, start the application and handle signals itself. Then a port in use or a broken journal would end in
a traceback, and Ctrl-C would be raised again while the sources close.
"""

from __future__ import annotations

import asyncio
import errno
import resource
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from sources.loopback import is_loopback

# How long partial requests and responses get after all operations have finished.
GRACE_S = 2
BACKLOG = 2_048
# The sources, the journal, its checkpoints and the libraries use about 60.
RESERVED_DESCRIPTORS, MIN_CONNECTIONS = 128, 16
# Of a reply that a client does not read, the kernel keeps this much; by default it may keep 4 MiB for each connection.
SEND_BUFFER_BYTES = 262_144


class Server(uvicorn.Server):
    """uvicorn's server, which finishes all admitted operations before it stops."""

    def __init__(
        self, config: uvicorn.Config, on_ready: Callable[[], None], admission: Admission, drain_timeout_s: float
    ) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._admission = admission
        self._drain_timeout_s = drain_timeout_s

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        freeze_startup_objects()
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish the admitted operations, then let uvicorn close what is left after its grace period."""
        self._admission.close()
        for server in self.servers:
            server.close()
        deadline = time.monotonic() + self._drain_timeout_s
        # Polled as in uvicorn, so that a second SIGINT ends the wait.
        while self._admission.slots.acquired and not self.force_exit and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, self.handle_exit, each, None)
        yield


@contextmanager
def listening(settings: Settings) -> Iterator[tuple[socket.socket, str]]:
    """The listening socket and its URL.

    Raises: UserError if it cannot be bound.
    """
    host, port = settings.host, settings.port
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        # The resolved address, not the name.
        if settings.demo and not is_loopback(str(address[0])):
            raise UserError(f"{host} is not a loopback address, and --demo serves no other.")
        # It also listens: if they only bind, two servers can share the port until one of them listens.
        sock = socket.create_server(
            address,
            family=family,
            backlog=BACKLOG,
            dualstack_ipv6=family == socket.AF_INET6 and socket.has_dualstack_ipv6(),
        )
    except (OSError, UnicodeError) as error:
        raise UserError(bind_error(error, host, port)) from None
    with sock:
        # Connections inherit it.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        name, port = sock.getsockname()[:2]
        yield sock, f"http://[{name}]:{port}" if family == socket.AF_INET6 else f"http://{name}:{port}"


def bind_error(error: OSError | UnicodeError, host: str, port: int) -> str:
    code = getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        return f"Port {port} of {host} is in use. Choose another with --port; 0 takes any free one."
    if code == errno.EACCES:
        return f"Port {port} needs privileges that you do not have. Choose 1024 or higher with --port."
    return f"{host} is not an address of this machine. Choose another with --host."


def run(app: Starlette, settings: Settings, sock: socket.socket, on_ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; a second SIGINT stops at once. `on_ready` is called once the server accepts."""
    import uvloop

    uvloop.run(serve(app, settings, sock, on_ready))


async def serve(app: Starlette, settings: Settings, sock: socket.socket, on_ready: Callable[[], None]) -> None:
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
            (settings.operation.operation_budget_ms + settings.journal.journal_deadline_ms) / 1000,
        )
        async with collect_when_idle(lambda: admission.slots.acquired), connections.enforce_deadlines():
            await server.serve([sock])


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
