"""PgBouncer in transaction mode for tests and benchmarks, as a process on the loopback address."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from bench.postgres_server import as_nobody, free_port, give_away

START_S = 20
PREPARED_SINCE = (1, 21)
"""The first version that knows prepared statements."""
SETTINGS = {
    "listen_addr": "127.0.0.1",
    "unix_socket_dir": "",
    "pool_mode": "transaction",
    "auth_type": "scram-sha-256",
    "default_pool_size": "4",
    "server_login_retry": "0.1",
    "log_connections": "0",
    "log_disconnections": "0",
}


def program() -> str | None:
    """The path of PgBouncer, or None if it is not installed. Debian has it where only root looks."""
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


def version_of(path: str) -> tuple[int, ...]:
    """The version of a program: (1, 18)."""
    printed = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    return tuple(map(int, re.findall(r"\d+", printed)[:2]))


class PgBouncer:
    """A pooler in front of the server at a port. All databases of that server have their own names.

    users:    the password of each user who may connect.
    settings: of pgbouncer.ini, in addition to SETTINGS.
    """

    def __init__(self, folder: Path, server_port: int, users: Mapping[str, str], **settings: str) -> None:
        self.port = free_port()
        self.folder = folder
        self._program = settings.pop("program", None) or program()
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(exist_ok=True)
        passwords = "".join(f'"{name}" "{password}"\n' for name, password in users.items())
        own = {"listen_port": f"{self.port}", "auth_file": f"{folder}/users.txt"}
        lines = [f"{name} = {value}" for name, value in (SETTINGS | own | settings).items()]
        databases = f"[databases]\n* = host=127.0.0.1 port={server_port}\n[pgbouncer]\n"
        for name, text in (("users.txt", passwords), ("pgbouncer.ini", databases + "\n".join(lines) + "\n")):
            (folder / name).write_text(text)
            give_away(folder / name)
        give_away(folder)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def log(self) -> Path:
        """What it printed."""
        return self.folder / "pgbouncer.log"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the pooler, and wait until it accepts connections. Raises: RuntimeError with what it printed."""
        if self._program is None:
            raise RuntimeError("PgBouncer is not installed")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - its own program
                [self._program, "pgbouncer.ini"],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                **as_nobody(),
            )
        for _ in range(START_S * 50):
            if self._process.poll() is not None:
                break
            with socket.socket() as client:
                if not client.connect_ex(("127.0.0.1", self.port)):
                    return
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"PgBouncer did not start: {self.log.read_text(errors='replace')[-2000:]}")

    def stop(self, signal_number: int = signal.SIGKILL) -> None:
        """End the pooler: by default at once, with all its connections."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal_number)
            self._process.wait(START_S)
