"""System calls of a running server, counted by strace."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bench.processes import tree

STRACE = shutil.which("strace")
ROW = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", re.MULTILINE)


class NotTraced(Exception):
    """strace is missing or may not trace; the message says which."""


def count_system_calls(pid: int, work: Callable[[], object], output: Path) -> Counter[str]:
    """System calls of a process and its descendants, by name, while `work` runs. Raises NotTraced."""
    if STRACE is None:
        raise NotTraced("strace is not installed")
    pids = tree(pid)
    command = [STRACE, "-f", "-c", "-o", str(output), *(argument for each in pids for argument in ("-p", f"{each}"))]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL) as tracer:  # noqa: S603
        assert tracer.stderr is not None
        for _ in pids:
            line = tracer.stderr.readline()
            if "attached" not in line:
                tracer.kill()
                raise NotTraced(line.strip())
        try:
            work()
        finally:
            tracer.send_signal(signal.SIGINT)  # it detaches, and writes the table
            tracer.communicate()
    return parse_table(output.read_text())


def parse_table(table: str) -> Counter[str]:
    """Calls by name, of the table that `strace -c` writes."""
    return Counter({name: int(calls) for calls, name in ROW.findall(table) if name != "total"})
