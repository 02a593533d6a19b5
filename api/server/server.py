"""The server process: its socket, signal handlers and graceful shutdown.

uvicorn could bind, start the application and handle signals itself. Then a port in use or a broken journal would end in
a traceback, and Ctrl-C would be raised again while the sources close.
"""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette

from api.config.log_format import configure_log
from api.config.loopback import is_loopback
from api.config.settings import Settings
from api.config.user_error import UserError
from api.http.admission import Admission
from api.server.gc_tuning import collect_when_idle, freeze_startup_objects

# How long partial requests and responses get after all operations have finished.
GRACE_S = 2
BACKLOG = 2_048


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
    configure_log()
    import uvloop

    uvloop.run(serve(app, settings, sock, on_ready))


async def serve(app: Starlette, settings: Settings, sock: socket.socket, on_ready: Callable[[], None]) -> None:
    async with app.router.lifespan_context(app):
        admission: Admission = app.state.admission
        server = Server(
            uvicorn_config(app, settings.trusted_proxies),
            on_ready,
            admission,
            (settings.operation.operation_budget_ms + settings.journal.journal_deadline_ms) / 1000,
        )
        async with collect_when_idle(lambda: admission.slots.acquired):
            await server.serve([sock])


def uvicorn_config(app: Any, trusted_proxies: Sequence[str]) -> uvicorn.Config:
    """uvicorn's configuration. `trusted_proxies`: the addresses whose X-Forwarded-For is trusted."""
    return uvicorn.Config(
        app,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # By default uvicorn trusts X-Forwarded-For from this machine.
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE_S,
    )
