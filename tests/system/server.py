"""A demo server in its own process, started by the command line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

COMMAND = str(Path(sys.executable).parent / "needtoknow")
START_S = 60
STOP_S = 10


@dataclass(frozen=True, slots=True)
class DemoServer:
    """A running server and its data folder."""

    url: str
    data: Path

    def token(self, role: str) -> str:
        return needtoknow("token", "--as", role, "--data", str(self.data)).strip()


@contextmanager
def demo_server(data: Path, settings: Mapping[str, str] | None = None) -> Iterator[DemoServer]:
    """A demo server on a free port with these variables, stopped on exit."""
    command = [COMMAND, "serve", "--data", str(data), "--port", "0", "--demo"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=own_environment() | dict(settings or {}),
    ) as server:
        try:
            yield DemoServer(address(server), data)
        finally:
            server.terminate()
            server.wait(timeout=STOP_S)


def address(server: subprocess.Popen[str], *, start_s: float = START_S) -> str:
    """The first address that a server prints, without its path.

    Raises: AssertionError with the output, if the server ends or prints no address within start_s seconds.
    """
    assert server.stdout is not None
    printed: list[str] = []
    watchdog = Timer(start_s, server.kill)
    watchdog.start()
    try:
        for line in server.stdout:
            printed.append(line)
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                return found[0]
    finally:
        watchdog.cancel()
    raise AssertionError("the server printed no address:\n" + "".join(printed))


def needtoknow(*arguments: str) -> str:
    """The output of a `needtoknow` command, which must succeed."""
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False, env=own_environment())
    assert done.returncode == 0, done.stderr
    return done.stdout


def own_environment() -> dict[str, str]:
    """The environment without NEEDTOKNOW_ settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("NEEDTOKNOW_")}
