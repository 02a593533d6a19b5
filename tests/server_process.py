"""A demo server in a process of its own, with settings from the environment."""

from __future__ import annotations

import os
import re
import signal
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

    def stop(self, how: signal.Signals) -> tuple[int, str]:
        """Exit status, and all of stderr. Raises: subprocess.TimeoutExpired after `STOP_S` seconds."""
        self.process.send_signal(how)
        _, stderr = self.process.communicate(timeout=STOP_S)
        return self.process.returncode, stderr


@contextmanager
def server_process(data: Path, **settings: str) -> Iterator[ServerProcess]:
    """A demo server over `data` on a free port, killed on exit. Settings are environment variables."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEEDTOKNOW_")}
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--demo", "--port", "0"]
    with subprocess.Popen(
        [*command, "--data", str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        env=environment | settings,
    ) as process:
        try:
            yield ServerProcess(process)
        finally:
            process.kill()
