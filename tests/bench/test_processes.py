"""CPU time of a process."""

from __future__ import annotations

import os
import time

from bench.processes import Server


def test_a_millisecond_of_cpu_time_is_seen() -> None:
    this = Server(os.getpid(), port=0)
    before, began = this.cpu_s(), time.process_time()
    while time.process_time() < began + 0.001:
        pass

    assert this.cpu_s() - before >= 0.001
