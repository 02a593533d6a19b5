"""Description of the machine, and the CPU that other work uses during a measurement."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from collections.abc import Sequence
from time import perf_counter

from bench.contenders import NODE
from bench.processes import PROC, Server, machine_cpu_s
from bench.results import Machine


class CpuMonitor:
    """CPU used by other work since creation. The load generator's CPU counts as ours once it has ended."""

    def __init__(self, servers: Sequence[Server] = ()) -> None:
        self._servers = servers
        self._began, self._machine_s, self._ours_s = perf_counter(), machine_cpu_s(), self._ours()

    def other_cpu_percent(self) -> int:
        used = machine_cpu_s() - self._machine_s - (self._ours() - self._ours_s)
        available = (perf_counter() - self._began) * (os.cpu_count() or 1)
        return max(0, round(100 * used / available))

    def _ours(self) -> float:
        return sum(os.times()[:4]) + sum(server.cpu_s() for server in self._servers)


def describe_machine(other_cpu_percent: int) -> Machine:
    memory_kb = int((PROC / "meminfo").read_text().split()[1])
    version = None
    if NODE.exists():
        version = subprocess.run([NODE, "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(memory_kb / 1024**2),
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        node=version.stdout.strip().removeprefix("v") if version else None,
        other_cpu_percent=other_cpu_percent,
    )
