"""Notifications to systemd, as `Type=notify` expects them: ready, reloading, stopping.

The protocol is one datagram of lines, https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html.
"""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress


def notify_ready() -> None:
    """The service is started, or has reloaded its settings."""
    _notify("READY=1")


def notify_reloading() -> None:
    """The service reloads its settings. `notify_ready` follows, also if they are refused."""
    _notify(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1_000}")


def notify_stopping() -> None:
    """The service stops."""
    _notify("STOPPING=1")


def _notify(state: str) -> None:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address.startswith("@"):  # in the abstract namespace
        address = f"\0{address[1:]}"
    # A service manager that has gone gets nothing, and a full queue is not waited for.
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sender:
        if address:
            sender.sendto(state.encode(), address)
