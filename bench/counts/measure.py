"""Counts of each question, measured in two servers: one as it is, and one whose calls are counted."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench import load
from bench.contenders import CONTENDERS, Contender
from bench.counts.calls import Calls
from bench.counts.system_calls import NotTraced, count_system_calls
from bench.counts.thread_switches import MAIN, thread_switches
from bench.processes import ReportProgress
from bench.results import QuestionCounts
from bench.rounds import RunningContender, start_contenders
from bench.workloads import Workload

WHOLE = next(each for each in CONTENDERS if each.key == "whole")
WARM = 50
"""Requests before anything is counted: documents are cached, and threads have started."""
GATHERED = "_GatheringFuture.__init__"
"""The future of `asyncio.gather`, which the loop does not create."""


@dataclass(frozen=True, slots=True)
class ProcessCounts:
    """Counts of all requests, as Linux and strace see the server. Without strace there are no system calls."""

    switches: Counter[str]
    system_calls: Counter[str] | None
    cpu_s: float


def measure_counts(
    workloads: Sequence[Workload],
    data: Path,
    requests: int,
    report_progress: ReportProgress,
    *,
    connections: int | None = None,
) -> list[tuple[QuestionCounts, Calls]]:
    """Counts of each workload, and the calls of all its requests together.

    `connections` take the place of the workload's largest number of them.
    """
    if connections is not None:
        workloads = [replace(each, connections=(connections,)) for each in workloads]
    measured = []
    with tempfile.TemporaryDirectory() as name, _two_servers(workloads, data, Path(name)) as (plain, counted):
        for workload in workloads:
            report_progress(f"counting: {workload.name}")
            process = _count_process(plain, workload, requests, Path(name) / "strace")
            calls = _count_calls(counted, workload, requests, Path(name) / "calls")
            measured.append((_counts(workload, requests, calls, process), calls))
    return measured


def _count_process(contender: RunningContender, workload: Workload, requests: int, output: Path) -> ProcessCounts:
    server = contender.server
    _send(contender, workload, WARM)
    before, cpu_s = thread_switches(server.pid), server.cpu_s()
    _send(contender, workload, requests)
    switches, cpu_s = thread_switches(server.pid) - before, server.cpu_s() - cpu_s
    system_calls = _system_calls(server.pid, lambda: _send(contender, workload, requests), output)
    return ProcessCounts(switches, system_calls, cpu_s)


def _count_calls(contender: RunningContender, workload: Workload, requests: int, address: Path) -> Calls:
    _send(contender, workload, WARM)
    before = Calls.read(address)
    _send(contender, workload, requests)
    return Calls.read(address).since(before)


def _send(contender: RunningContender, workload: Workload, requests: int) -> None:
    connections, bodies = max(workload.connections), contender.requests[workload.name]
    load.measure(load.LoadSpec(contender.server.port, bodies, connections, 0, requests))


def _counts(workload: Workload, requests: int, calls: Calls, process: ProcessCounts) -> QuestionCounts:
    gathered = sum(count for function, count in calls.python.items() if function.name == GATHERED)
    switches, system_calls = process.switches, process.system_calls
    return QuestionCounts(
        workload=workload.name,
        connections=max(workload.connections),
        requests=requests,
        python_calls=calls.python.total() / requests,
        python_calls_of_loop=calls.in_loop_thread.total() / requests,
        c_calls=calls.c.total() / requests,
        tasks=calls.of_loop("create_task") / requests,
        futures=(calls.of_loop("create_future") + gathered) / requests,
        callbacks=calls.of_loop("call_soon", "call_later", "call_at") / requests,
        calls_to_loop=calls.of_loop("call_soon_threadsafe") / requests,
        loop_waits=switches[MAIN] / requests,
        other_waits=(switches.total() - switches[MAIN]) / requests,
        system_calls=None
        if system_calls is None
        else {name: count / requests for name, count in system_calls.most_common()},
        cpu_ms=process.cpu_s * 1_000 / requests,
    )


def _system_calls(pid: int, work: Callable[[], object], output: Path) -> Counter[str] | None:
    try:
        return count_system_calls(pid, work, output)
    except NotTraced:
        return None


@contextmanager
def _two_servers(
    workloads: Sequence[Workload], data: Path, folder: Path
) -> Iterator[tuple[RunningContender, RunningContender]]:
    plain = replace(WHOLE, key="counts-plain")
    with start_contenders([plain, _counted(folder / "calls")], workloads, data) as (first, second):
        yield first, second


def _counted(address: Path) -> Contender:
    def command(data: Path) -> list[str]:
        counter = [sys.executable, "-m", "bench.counts.call_counter", str(address)]
        return [*counter, "serve", "--data", str(data), "--port", "0", "--demo"]

    return replace(WHOLE, key="counts-calls", command=command)
