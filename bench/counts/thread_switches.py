"""Thread switches: how often each thread of a process waited and was woken, as Linux counts them."""

from __future__ import annotations

import re
from collections import Counter

from bench.processes import PROC, tree

WAITS = re.compile(r"^voluntary_ctxt_switches:\s+(\d+)$", re.MULTILINE)
MAIN = "event loop"


def thread_switches(pid: int) -> Counter[str]:
    """Voluntary context switches of a process and its descendants, of their main threads and of the others."""
    switches: Counter[str] = Counter()
    for process in tree(pid):
        for thread in (PROC / str(process) / "task").iterdir():
            found = WAITS.search((thread / "status").read_text())
            switches[MAIN if thread.name == str(process) else "other threads"] += int(found[1]) if found else 0
    return switches
