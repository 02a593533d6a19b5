"""Listening sockets, bound before any process serves them: a port in use is reported in one line."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from api.config.user_error import UserError
from sources.loopback import is_loopback

BACKLOG = 2_048
# Of a reply that a client does not read, the kernel keeps this much; by default it may keep 4 MiB for each connection.
SEND_BUFFER_BYTES = 262_144

Names = tuple[str, str]
"""The names by which a user sets the host and the port."""


@contextmanager
def listening(
    host: str, port: int, *, is_demo: bool = False, names: Names = ("--host", "--port")
) -> Iterator[tuple[socket.socket, str]]:
    """A listening socket and its URL.

    Raises: UserError if it cannot be bound.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        # The resolved address, not the name.
        if is_demo and not is_loopback(str(address[0])):
            raise UserError(f"{host} is not a loopback address, and --demo serves no other.")
        # It also listens: if they only bind, two servers can share the port until one of them listens.
        sock = socket.create_server(
            address,
            family=family,
            backlog=BACKLOG,
            dualstack_ipv6=family == socket.AF_INET6 and socket.has_dualstack_ipv6(),
        )
    except (OSError, UnicodeError) as error:
        raise UserError(bind_error(error, host, port, names)) from None
    with sock:
        # Connections inherit it.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        name, port = sock.getsockname()[:2]
        yield sock, f"http://[{name}]:{port}" if family == socket.AF_INET6 else f"http://{name}:{port}"


def bind_error(error: OSError | UnicodeError, host: str, port: int, names: Names) -> str:
    code, (host_name, port_name) = getattr(error, "errno", None), names
    if code == errno.EADDRINUSE:
        free = "; 0 takes any free one" if port_name == "--port" else ""
        return f"Port {port} of {host} is in use. Choose another with {port_name}{free}."
    if code == errno.EACCES:
        return f"Port {port} needs privileges that you do not have. Choose 1024 or higher with {port_name}."
    return f"{host} is not an address of this machine. Choose another with {host_name}."
