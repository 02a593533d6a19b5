"""A demo server in a process of its own, with settings from the environment."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

CHECKOUT = Path(__file__).parents[1]
START_S, STOP_S = 60, 10


class ServerProcess:
    """A started server. Its constructor returns when the server has printed its address."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.printed: list[str] = []
        assert process.stdout is not None
        watchdog = Timer(START_S, process.kill)
        watchdog.start()
        for line in process.stdout:
            self.printed.append(line)
            if "--url" in line:
                break
        watchdog.cancel()
        self.url = re.findall(r"http://[^/\s]+", "".join(self.printed))[0]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def resident_bytes(self) -> int:
        """The memory of the process that is in use now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) * 1024

    @property
    def descriptors(self) -> int:
        """How many files and sockets the process has open."""
        return sum(1 for _ in Path(f"/proc/{self.process.pid}/fd").iterdir())

    def connect(self, address: str = "127.0.0.1", *, receive_bytes: int | None = None) -> socket.socket:
        """A connection from an address of this machine. `receive_bytes`: the size of the client's receive buffer."""
        client = socket.socket()
        if receive_bytes is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        client.settimeout(STOP_S)
        client.bind((address, 0))
        client.connect(("127.0.0.1", self.port))
        return client

    def stop(self, how: signal.Signals) -> tuple[int, str]:
        """Exit status, and all of stderr. Raises: subprocess.TimeoutExpired after `STOP_S` seconds."""
        self.process.send_signal(how)
        _, stderr = self.process.communicate(timeout=STOP_S)
        return self.process.returncode, stderr


def start_server(data: Path, *, descriptors: int | None = None, **settings: str) -> subprocess.Popen[str]:
    """A process of `needtoknow serve --demo` over `data` on a free port, of which nothing is known yet.

    Settings are environment variables. `descriptors`: how many files the process may open.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEEDTOKNOW_")}
    limited = [] if descriptors is None else ["prlimit", f"--nofile={descriptors}:{descriptors}"]
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--demo", "--port", "0"]
    return subprocess.Popen(
        [*limited, *command, "--data", str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        env=environment | settings,
    )


@contextmanager
def server_process(data: Path, *, descriptors: int | None = None, **settings: str) -> Iterator[ServerProcess]:
    """A server that `start_server` has started, once it listens; it is killed on exit."""
    with start_server(data, descriptors=descriptors, **settings) as process:
        try:
            yield ServerProcess(process)
        finally:
            process.kill()
