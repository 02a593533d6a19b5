"""Two servers compared, each with a data folder of its own and the same world.

Latency is measured alternately (ABBA), CPU concurrently. The servers may differ in build, setting or source.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.arrivals.durations import Durations
from bench.arrivals.interval import Difference
from bench.arrivals.k6 import NotMeasured, StepResult, Target, run_step
from bench.arrivals.mix import FIELD, Arrival
from bench.builds import CHECKOUT
from bench.contenders import investigator, serve
from bench.processes import ReportProgress, serving
from bench.results import percentile

WARM_S, WARM_RATE = 3, 20
HALF_A_CORE_MS = 500


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """Configuration of one server: the build, its Python, options after `serve`, and settings."""

    title: str
    folder: Path
    options: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    build: Path = CHECKOUT
    python: str = sys.executable

    def command(self) -> list[str]:
        return [*serve(self.folder, self.python), *self.options]


@dataclass(frozen=True, slots=True)
class Pair:
    """One measurement of each server, one right after the other or both at the same time."""

    first: StepResult
    second: StepResult


@contextmanager
def running_server(
    config: ServerConfig, arrivals: Sequence[Arrival], report_progress: ReportProgress
) -> Iterator[Target]:
    """A running server, warmed up. Raises NotStarted, NotMeasured."""
    report_progress(f"starting {config.title}")
    # PYTHONPATH precedes installed packages: an editable installation points at one checkout only.
    settings = {**config.settings, "PYTHONPATH": str(config.build)}
    with serving(config.command(), settings=settings, folder=config.build) as server:
        target = Target(server, arrivals, dict(investigator(config.folder)), is_profiled=bool(config.options))
        run_step(target, WARM_RATE, WARM_S, _prefixed(report_progress, "warming up"))
        yield target


def profile_options(profile: str | None) -> tuple[str, ...]:
    """Command-line options for a fault profile."""
    return ("--profile", profile) if profile else ()


def alternately(
    first: Target, second: Target, rate: int, durations: Durations, report_progress: ReportProgress
) -> list[Pair]:
    """Pairs measured alternately: two a block, AB and BA, so that neither server always goes first."""
    pairs = []
    for block in range(durations.blocks):
        progress = _prefixed(report_progress, f"block {block + 1} of {durations.blocks}")
        for order in (1, -1):
            results = [run_step(target, rate, durations.measurement_s, progress) for target in (first, second)[::order]]
            pairs.append(Pair(*results[::order]))
    return pairs


def concurrently(
    first: ServerConfig,
    second: ServerConfig,
    arrivals: Sequence[Arrival],
    durations: Durations,
    report_progress: ReportProgress,
) -> list[Pair]:
    """Pairs measured concurrently. Both servers are restarted for each pair and get the same requests.

    Other work on the machine affects both alike: the ratio of a pair varies by 3%, and by 8% if measured alternately.
    A process can use 5% more CPU than the next of the same build for as long as it runs, because of its memory layout;
    only new processes average that out.
    """
    pairs = []
    rate, seconds = None, durations.concurrent_s
    for number in range(durations.starts):
        progress = _prefixed(report_progress, f"start {number + 1} of {durations.starts}")
        order = (-1) ** number
        with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
            started = [running_server(config, arrivals, progress) for config in (first, second)[::order]]
            targets = [stack.enter_context(server) for server in started][::order]
            # At this rate one server uses half a core; here two servers and two k6 processes share the machine.
            rate = rate or max(1, sustainable_rate(targets, seconds, progress) // 2)
            for target in targets:
                target.used = round(number * rate * seconds)
            futures = [pool.submit(run_step, target, rate, seconds, progress) for target in targets]
            pairs.append(Pair(*[future.result() for future in futures]))
    return pairs


def sustainable_rate(targets: Sequence[Target], seconds: float, report_progress: ReportProgress) -> int:
    """The rate at which the most expensive server uses half a core: none is idle, and no request queues."""
    costs = [run_step(target, WARM_RATE, seconds, report_progress).step.cpu_ms or HALF_A_CORE_MS for target in targets]
    return max(1, round(HALF_A_CORE_MS / max(costs)))


def cpu_difference(pairs: Sequence[Pair]) -> Difference:
    """Difference in the server's CPU for each accepted request. Raises NotMeasured."""
    return _difference(pairs, lambda result: result.step.cpu_ms)


def latency_difference(pairs: Sequence[Pair], percent: float, workloads: Container[str] = FIELD) -> Difference:
    """Difference in a latency percentile of accepted requests of some workloads. Raises NotMeasured."""

    def latency(result: StepResult) -> float | None:
        timed = (response for response in result.responses if response.is_timed and response.workload in workloads)
        latencies = sorted(response.latency_ms for response in timed)
        return percentile(latencies, percent) if latencies else None

    return _difference(pairs, latency)


def _prefixed(report_progress: ReportProgress, prefix: str) -> ReportProgress:
    return lambda text: report_progress(f"{prefix}: {text}")


def _difference(pairs: Sequence[Pair], figure: Callable[[StepResult], float | None]) -> Difference:
    figures = [(figure(pair.first), figure(pair.second)) for pair in pairs]
    complete = [(first, second) for first, second in figures if first and second]
    if len(complete) < len(figures):
        raise NotMeasured("A server accepted no request in one measurement, so there is nothing to compare.")
    return Difference.of(complete)
