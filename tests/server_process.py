"""A demo server in a process of its own, with settings from the environment."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Condition, Thread, Timer

from bench.processes import tree

CHECKOUT = Path(__file__).parents[1]
START_S, STOP_S = 60, 10
USUAL = re.compile(r"\S+ INFO needtoknow\.")


class ServerProcess:
    """A started server. Its constructor returns when the server has printed its address, or logged it as JSON."""

    def __init__(self, process: subprocess.Popen[str], *, is_json: bool = False) -> None:
        self.process = process
        self.printed: list[str] = []
        self.logged: list[str] = []
        self._has_logged = Condition()
        self._log_reader = Thread(target=self._read_log, daemon=True)
        self._log_reader.start()
        if is_json:
            self.url = json.loads(self.wait_for_log('"ready"')[0])["address"]
            return
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
    def workers(self) -> list[int]:
        """The processes under the supervisor, the oldest first."""
        return tree(self.process.pid)[1:]

    @property
    def pid(self) -> int:
        """The process that serves, if there is one worker."""
        return self.workers[0]

    @property
    def resident_bytes(self) -> int:
        """The memory of the worker that is in use now."""
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) * 1024

    @property
    def descriptors(self) -> int:
        """How many files and sockets the worker has open."""
        return sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir())

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
        """Exit status, and what the log says beside the start and the end of processes.

        Raises: subprocess.TimeoutExpired after `STOP_S` seconds.
        """
        self.process.send_signal(how)
        status = self.process.wait(STOP_S)
        # The log ends when the last process has closed it.
        self._log_reader.join(STOP_S)
        if self._log_reader.is_alive():
            raise subprocess.TimeoutExpired(self.process.args, STOP_S)
        return status, "".join(each for each in self.logged if not USUAL.match(each))

    def wait_for_log(self, text: str, times: int = 1) -> list[str]:
        """The lines of the log with a text, once there are so many."""
        with self._has_logged:
            assert self._has_logged.wait_for(lambda: len(self._lines_with(text)) >= times, START_S), self.logged
            return self._lines_with(text)

    def _lines_with(self, text: str) -> list[str]:
        return [line for line in self.logged if text in line]

    def _read_log(self) -> None:
        with suppress(ValueError):  # the test has ended, and closed it
            for line in self.process.stderr or ():
                with self._has_logged:
                    self.logged.append(line)
                    self._has_logged.notify_all()


def start_server(
    data: Path,
    *,
    descriptors: int | None = None,
    before: tuple[str, ...] = (),
    stdin: int | None = None,
    **settings: str,
) -> subprocess.Popen[str]:
    """A process of `needtoknow serve --demo` over `data` on a free port, of which nothing is known yet.

    Settings are environment variables. `descriptors`: how many files the process may open. `before`: the words of a
    command that runs the server.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEEDTOKNOW_")}
    limited = [] if descriptors is None else ["prlimit", f"--nofile={descriptors}:{descriptors}"]
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--demo", "--port", "0"]
    return subprocess.Popen(
        [*before, *limited, *command, "--data", str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        env=environment | settings,
        stdin=stdin,
    )


@contextmanager
def server_process(data: Path, *, descriptors: int | None = None, **settings: str) -> Iterator[ServerProcess]:
    """A server that `start_server` has started, once it listens; it is killed on exit."""
    with start_server(data, descriptors=descriptors, before=(), stdin=None, **settings) as process:
        try:
            yield ServerProcess(process, is_json=settings.get("NEEDTOKNOW_LOG") == "json")
        finally:
            process.kill()
