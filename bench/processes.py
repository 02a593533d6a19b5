"""Server processes: start, wait, read CPU time and memory, end. Needs Linux's /proc."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")
GRACE_S = 10

ReportProgress = Callable[[str], None]


class NotStarted(Exception):
    """A server that ended before it printed its address; the message is its output."""


@dataclass(frozen=True, slots=True)
class Server:
    pid: int
    port: int

    def cpu_s(self) -> float:
        """CPU seconds, user and system, of the whole process tree."""
        return sum(_cpu_s(pid) for pid in tree(self.pid))

    def peak_mb(self) -> float:
        """Peak resident memory, summed over the process tree."""
        return sum(_peak_kb(pid) for pid in tree(self.pid)) / 1024


@contextmanager
def serving(
    command: Sequence[str], *, settings: Mapping[str, str] | None = None, folder: Path | None = None
) -> Iterator[Server]:
    """A running server, whose command prints its address on standard output.

    `folder` is its working directory; `settings` are added to the environment.
    """
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "NODE_ENV": "production", **(settings or {})}
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(  # noqa: S603  the command is one of ours
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
        )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if address := ADDRESS.search(line):
                    yield Server(process.pid, int(address[1]))
                    return
            errors.seek(0)
            raise NotStarted(errors.read()[-2_000:])
        finally:
            process.terminate()
            try:
                process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()


def machine_cpu_s() -> float:
    """CPU seconds used by all processes of the machine."""
    user, nice, system, _idle, _waiting, *rest = map(int, (PROC / "stat").read_text().split("\n")[0].split()[1:9])
    return (user + nice + system + sum(rest)) / TICKS


def tree(pid: int) -> list[int]:
    """A process and all its descendants."""
    pids = [pid]
    for parent in pids:
        for children in PROC.glob(f"{parent}/task/*/children"):
            pids += map(int, children.read_text().split())
    return pids


def _cpu_s(pid: int) -> float:
    # Linux's number of a process's CPU clock, which counts nanoseconds. /proc/<pid>/stat counts 10 ms.
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:  # it has ended since it was listed
        return 0.0


def _peak_kb(pid: int) -> int:
    peak = re.search(r"^VmHWM:\s+(\d+) kB", (PROC / str(pid) / "status").read_text(), re.MULTILINE)
    return int(peak[1]) if peak else 0
