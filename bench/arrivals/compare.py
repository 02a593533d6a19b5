"""Comparison of two builds: latency measured alternately, CPU concurrently."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from bench import load
from bench.arrivals import ab_servers
from bench.arrivals.ab_servers import Pair, ServerConfig, profile_options, running_server
from bench.arrivals.durations import Durations
from bench.arrivals.interval import Difference
from bench.arrivals.k6 import Target
from bench.arrivals.mix import draw_arrivals
from bench.builds import Build
from bench.data_folder import fresh_data_folder
from bench.machine import CpuMonitor
from bench.processes import ReportProgress
from bench.rounds import ResponsesDiffer

COMPARED = 50


@dataclass(frozen=True, slots=True)
class BuildComparison:
    """Differences of two builds in median latency, 99th percentile of latency and CPU for each request."""

    rate: int
    median: Difference
    p99: Difference
    cpu: Difference
    other_cpu_percent: int

    def lines(self) -> Iterator[str]:
        figures = (("median latency", self.median), ("p99 latency", self.p99), ("CPU for each request", self.cpu))
        for name, difference in figures:
            yield f"{name:22}{difference.text:34}{difference.verdict}"


def compare(
    base: Build,
    here: Build,
    world: Path,
    folder: Path,
    *,
    seed: int,
    profile: str | None,
    durations: Durations,
    report_progress: ReportProgress,
) -> BuildComparison:
    """Compare two builds. Raises ResponsesDiffer, NotStarted, NotMeasured."""
    monitor = CpuMonitor()
    arrivals = draw_arrivals(world, seed)
    first, second = (
        ServerConfig(
            build.title,
            fresh_data_folder(world, folder / name),
            profile_options(profile),
            build=build.folder,
            python=build.python,
        )
        for name, build in (("base", base), ("here", here))
    )
    with (
        running_server(first, arrivals, report_progress) as first_target,
        running_server(second, arrivals, report_progress) as second_target,
    ):
        targets = first_target, second_target
        report_progress("comparing responses")
        asyncio.run(_compare_responses(*targets))
        rate = ab_servers.sustainable_rate(targets, durations.measurement_s, report_progress)
        alternating = ab_servers.alternately(*targets, rate, durations, report_progress)
    concurrent = ab_servers.concurrently(first, second, arrivals, durations, report_progress)
    _require_sustained([*alternating, *concurrent])
    return BuildComparison(
        rate=rate,
        median=ab_servers.latency_difference(alternating, 50),
        p99=ab_servers.latency_difference(alternating, 99),
        cpu=ab_servers.cpu_difference(concurrent),
        other_cpu_percent=monitor.other_cpu_percent(),
    )


async def _compare_responses(first: Target, second: Target) -> None:
    for arrival in first.arrivals[:COMPARED]:
        try:
            data = [await _data(target, arrival.body.encode()) for target in (first, second)]
        except load.UnexpectedResponse as error:
            raise ResponsesDiffer(f"{arrival.workload}: {error}") from None
        if data[0] != data[1]:
            raise ResponsesDiffer(f"The builds respond to {arrival.workload} differently: {arrival.body[-200:]}")


async def _data(target: Target, body: bytes) -> object:
    request = load.http_request(body, tuple(target.headers.items()))
    return orjson.loads(await load.send(target.server.port, request))["data"]


def _require_sustained(pairs: Sequence[Pair]) -> None:
    for pair in pairs:
        for step in (pair.first.step, pair.second.step):
            if not step.is_sustained:
                raise ResponsesDiffer(
                    f"{step.rate:,} arrivals a second were not sustained: {step.whole:,} of {step.sent:,} were whole."
                )
