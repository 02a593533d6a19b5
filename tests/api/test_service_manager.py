"""Notifications to systemd: when the server is ready, reloads and stops."""

from __future__ import annotations

import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server_process import START_S, server_process

pytestmark = pytest.mark.slow


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """The socket of a service manager, and its name in NOTIFY_SOCKET."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@needtoknow{tmp_path}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(name.replace("@", "\0", 1) if name.startswith("@") else name)
        receiver.settimeout(START_S)
        yield receiver, name


def test_systemd_is_told_of_the_start_a_reload_and_the_stop(data: Path, manager: tuple[socket.socket, str]) -> None:
    receiver, name = manager
    with server_process(data, NOTIFY_SOCKET=name) as server:
        received = [receiver.recv(4_096).decode()]
        server.process.send_signal(signal.SIGHUP)
        received += [receiver.recv(4_096).decode() for _ in range(2)]
        server.process.send_signal(signal.SIGTERM)
        received.append(receiver.recv(4_096).decode())
        status, _ = server.stop(signal.SIGTERM)

    started, reloading, reloaded, stopping = received
    assert (started, reloaded, stopping) == ("READY=1", "READY=1", "STOPPING=1")
    assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", reloading)
    assert status == 0


def test_a_service_manager_that_has_gone_stops_no_server(data: Path, tmp_path: Path) -> None:
    with server_process(data, NOTIFY_SOCKET=str(tmp_path / "absent")) as server:
        assert server.stop(signal.SIGTERM) == (0, "")
