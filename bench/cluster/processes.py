"""Processes of the cluster: started, ended, frozen, and waited for."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bench.postgres_server import as_nobody
from bench.processes import tree

END_S = 30


class NotReady(Exception):
    """Something of the cluster did not become ready in time; the message has what it printed."""


@dataclass
class Process:
    """A program with its output in a file of its folder. `as_other_user`: PostgreSQL and PgBouncer refuse root."""

    name: str
    command: Sequence[str | Path]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    as_other_user: bool = False
    extra_pids: Callable[[], list[int]] = list
    """Processes that belong to it and are not its children."""
    _process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("NEEDTOKNOW_")}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - programs that were installed for this
                self.command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                env={**environment, **self.environment},
                **(as_nobody() if self.as_other_user else {}),
            )

    def pids(self) -> list[int]:
        """Its process, those below it, and those that belong to it."""
        own = tree(self._process.pid) if self._process is not None and self.is_running else []
        return [*own, *self.extra_pids()]

    def kill(self) -> None:
        """End all of it at once, as if its machine had lost power."""
        for pid in self.pids():
            signal_if_there(pid, signal.SIGKILL)
        self._wait()

    def freeze(self) -> list[int]:
        """Stop all of it, and return what `thaw` needs."""
        pids = self.pids()
        for pid in pids:
            signal_if_there(pid, signal.SIGSTOP)
        return pids

    def thaw(self, pids: Sequence[int]) -> None:
        for pid in reversed(pids):
            signal_if_there(pid, signal.SIGCONT)

    def send(self, number: signal.Signals) -> None:
        if self._process is not None and self.is_running:
            self._process.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it in order; at once if that takes too long."""
        self.send(number)
        try:
            self._wait()
        except subprocess.TimeoutExpired:
            self.kill()

    def _wait(self) -> None:
        if self._process is not None:
            self._process.wait(END_S)


def signal_if_there(pid: int, number: signal.Signals) -> None:
    """Signal a process that may have ended since."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def wait_for(is_so: Callable[[], bool], what: str, seconds: float, log: Path | None = None) -> None:
    """Look again and again until something is so. Raises: NotReady after that many seconds."""
    ends_at = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > ends_at:
            printed = log.read_text(errors="replace")[-3_000:] if log is not None and log.exists() else ""
            raise NotReady(f"{what}: not within {seconds:g} s. {printed}")
        time.sleep(0.1)


def answers(url: str) -> bool:
    """Whether a GET is answered with 200."""
    try:
        return httpx.get(url, timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
