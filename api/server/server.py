"""The process that serves: its socket, its signals and its end. Knows nothing of what is served.

uvicorn would bind, start the application and take the signals by itself. Then a taken port and a journal
that does not open end in a traceback, and Ctrl-C is raised once more in the midst of closing the sources.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from api.config.loopback import is_loopback
from api.config.settings import Settings
from api.config.user_error import UserError
from api.http.admission import Admission
from api.server.gc_tuning import collect_when_idle, freeze_startup_objects

# What is left when all that was let in is answered has this long: half a request, half a reply.
GRACE_S = 2
BACKLOG = 2_048


class Server(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, announce: Callable[[], None], admission: Admission, longest_s: float
    ) -> None:
        super().__init__(config)
        self._announce = announce
        self._admission = admission
        self._longest_s = longest_s

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        freeze_startup_objects()
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish what was let in, for as long as that may take, before uvicorn cuts off what is left."""
        self._admission.close()
        for server in self.servers:
            server.close()
        late = time.monotonic() + self._longest_s
        # As uvicorn itself waits, so that a second SIGINT ends it.
        while self._admission.under_way and not self.force_exit and time.monotonic() < late:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()


@contextmanager
def listening(settings: Settings) -> Iterator[tuple[socket.socket, str]]:
    """The socket, bound and not yet listening, and the address that reaches it.

    Raises: Mistake where it cannot be had.
    """
    host, port = settings.host, settings.port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        sock = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError):
        raise UserError(f"There is no address {host} here. Choose another with --host.") from None
    with sock:
        # What the name stands for counts, not the name.
        if settings.demo and not is_loopback(str(address[0])):
            raise UserError(f"{host} is not this machine's own address, and --demo serves no other.")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(address)
            # Bound alone, two servers could share the port until one of them listens.
            sock.listen(BACKLOG)
        except OSError as error:
            raise UserError(refusal(error, host, port)) from None
        name, port = sock.getsockname()[:2]
        yield sock, f"http://[{name}]:{port}" if family == socket.AF_INET6 else f"http://{name}:{port}"


def refusal(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken. Choose another with --port; 0 takes any free one."
    if error.errno == errno.EACCES:
        return f"Port {port} needs rights that you do not have. Choose one from 1024 up with --port."
    return f"There is no address {host} here. Choose another with --host."


def run(app: Starlette, settings: Settings, sock: socket.socket, announce: Callable[[], None]) -> None:
    """Serves until SIGINT or SIGTERM; a second SIGINT waits for nobody."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(app, settings, sock, announce))


async def serve(app: Starlette, settings: Settings, sock: socket.socket, announce: Callable[[], None]) -> None:
    async with app.router.lifespan_context(app):
        admission: Admission = app.state.resources.admission
        server = Server(
            configured(app, settings.trusted_proxies),
            announce,
            admission,
            (settings.operation.operation_budget_ms + settings.journal.journal_deadline_ms) / 1000,
        )
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, server.handle_exit, each, None)
        async with collect_when_idle(lambda: admission.under_way):
            await server.serve([sock])


def configured(app: ASGIApp, proxies: str) -> uvicorn.Config:
    """uvicorn's configuration for the application; `proxies` are the addresses whose X-Forwarded-For is believed."""
    # uvicorn has types of its own for ASGI.
    served: Any = app
    return uvicorn.Config(
        served,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # Otherwise uvicorn believes X-Forwarded-For from this machine.
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE_S,
    )
