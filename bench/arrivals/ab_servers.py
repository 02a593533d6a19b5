"""Servers side by side, each a process over a folder of its own with the same world: asked in turns, ABBA, for how long
they take, and abreast for what they cost. Knows nothing of why they differ: it may be the build, a setting or a source.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.arrivals.interval import Difference
from bench.arrivals.k6 import NotMeasured, ReportProgress, StepResult, Target, arrive
from bench.arrivals.mix import FIELD, Arrival
from bench.arrivals.responses import percentile
from bench.contenders import investigator
from bench.processes import serving

CHECKOUT = Path(__file__).parents[2]
WARM_S, WARM_RATE = 3, 20
HALF_A_CORE_MS = 500
START = "from api.cli import main; main()"


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """How one server is started: the build, its Python, options after `serve`, and settings."""

    title: str
    folder: Path
    options: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    build: Path = CHECKOUT
    python: str = sys.executable

    def command(self) -> list[str]:
        serve = ("serve", "--data", str(self.folder), "--port", "0", "--demo")
        return [self.python, "-c", START, *serve, *self.options]


@dataclass(frozen=True, slots=True)
class Pair:
    """A turn of each, one right after the other or both at once."""

    first: StepResult
    second: StepResult


@contextmanager
def started(side: ServerConfig, arrivals: Sequence[Arrival], report_progress: ReportProgress) -> Iterator[Target]:
    """The side's server, warm. Raises NotStarted, NotMeasured."""
    report_progress(f"starting {side.title}")
    # The build goes before whatever is installed: an editable installation points at one checkout only.
    settings = {**side.settings, "PYTHONPATH": str(side.build)}
    with serving(side.command(), settings=settings, folder=side.build) as server:
        target = Target(server, arrivals, dict(investigator(side.folder)), is_profiled=bool(side.options))
        arrive(target, WARM_RATE, WARM_S, lambda text: report_progress(f"warming up: {text}"))
        yield target


def profile_options(profile: str | None) -> tuple[str, ...]:
    """The options of a server whose sources behave as that profile says."""
    return ("--profile", profile) if profile else ()


def alternately(
    first: Target, second: Target, *, rate: int, seconds: float, blocks: int, report_progress: ReportProgress
) -> list[Pair]:
    """Two pairs a block: the first begins one, the second the other, so that neither always goes before."""
    pairs = []
    for block in range(blocks):
        for order in (1, -1):

            def report(text: str, block: int = block) -> None:
                report_progress(f"block {block + 1} of {blocks}: {text}")

            turns = [arrive(target, rate, seconds, report) for target in (first, second)[::order]]
            pairs.append(Pair(*turns[::order]))
    return pairs


def concurrently(
    first: ServerConfig,
    second: ServerConfig,
    drawn: Sequence[Arrival],
    *,
    seconds: float,
    starts: int,
    report_progress: ReportProgress,
) -> list[Pair]:
    """A pair for each start of both servers, which are then asked the same at the same time.

    So whatever else the machine does falls on both, and on their CPU alike: the ratio of a pair strays by 3%, where it
    strays by 8% in turns. And one process can be 5% dearer than the next of the same server, for as long as it runs, by
    where its memory happens to lie: only new ones show that this is chance.
    """
    pairs = []
    rate = None
    for number in range(starts):

        def report(text: str, number: int = number) -> None:
            report_progress(f"start {number + 1} of {starts}: {text}")

        order = (-1) ** number
        with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
            targets = [stack.enter_context(started(side, drawn, report)) for side in (first, second)[::order]][::order]
            # Alone each would keep half a core busy, but here are two, and k6 twice.
            rate = rate or max(1, sustainable_rate(*targets, seconds, report) // 2)
            for target in targets:
                target.used = round(number * rate * seconds)
            turns = [pool.submit(arrive, target, rate, seconds, report) for target in targets]
            pairs.append(Pair(*[turn.result() for turn in turns]))
    return pairs


def sustainable_rate(first: Target, second: Target, seconds: float, report_progress: ReportProgress) -> int:
    """A rate at which the dearer of the two keeps half a core busy: neither is idle, and neither lets anybody queue."""
    costs = [
        arrive(target, WARM_RATE, seconds, report_progress).step.cpu_ms or HALF_A_CORE_MS for target in (first, second)
    ]
    return max(1, round(HALF_A_CORE_MS / max(costs)))


def cpu_difference(pairs: Sequence[Pair]) -> Difference:
    """The server's CPU for each request that it accepted. Raises NotMeasured."""
    return _difference(pairs, lambda measured: measured.step.cpu_ms)


def latency_difference(pairs: Sequence[Pair], percent: float, kinds: Container[str] = FIELD) -> Difference:
    """That percentile of the waits of what was accepted, of those kinds of arrival. Raises NotMeasured."""

    def wait(measured: StepResult) -> float | None:
        latencies = sorted(each.latency_ms for each in measured.answers if each.is_timed and each.kind in kinds)
        return percentile(latencies, percent) if latencies else None

    return _difference(pairs, wait)


def _difference(pairs: Sequence[Pair], figure: Callable[[StepResult], float | None]) -> Difference:
    both = [(figure(pair.first), figure(pair.second)) for pair in pairs]
    report = [(first, second) for first, second in both if first and second]
    if len(report) < len(both):
        raise NotMeasured("A server accepted nothing for the whole of a turn, so there is nothing to compare.")
    return Difference.of(report)
