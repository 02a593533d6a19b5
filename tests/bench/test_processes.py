"""CPU time of a process."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from bench.processes import Server


def test_a_millisecond_of_cpu_time_is_seen() -> None:
    this = Server(os.getpid(), port=0)
    before, began = this.cpu_s(), time.process_time()
    while time.process_time() < began + 0.001:
        pass

    assert this.cpu_s() - before >= 0.001


def test_a_process_that_has_ended_uses_no_cpu() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    assert Server(ended.pid, port=0).cpu_s() == 0.0
