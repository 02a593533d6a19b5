"""Comparison of two builds: latency measured alternately, CPU concurrently."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from bench import load
from bench.arrivals import ab_servers
from bench.arrivals.ab_servers import Pair, ServerConfig, profile_options, started
from bench.arrivals.durations import Durations
from bench.arrivals.interval import Difference
from bench.arrivals.k6 import Target
from bench.arrivals.mix import arrivals
from bench.builds import Build
from bench.data_folder import fresh_data_folder
from bench.machine import CpuMonitor
from bench.processes import ReportProgress

COMPARED = 50


class ResponsesDiffer(Exception):
    """The builds respond differently, or not to every request, so their times cannot be compared."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences from `base` to `here` in median latency, 99th percentile and CPU for each request."""

    base: Build
    here: Build
    rate: int
    median: Difference
    p99: Difference
    cpu: Difference
    other_cpu_percent: int

    def lines(self) -> Iterator[str]:
        figures = (("median wait", self.median), ("p99 wait", self.p99), ("CPU for each request", self.cpu))
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
) -> Comparison:
    """Compare two builds. Raises ResponsesDiffer, NotStarted, NotMeasured."""
    watch = CpuMonitor()
    drawn = arrivals(world, seed)
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
    with started(first, drawn, report_progress) as one, started(second, drawn, report_progress) as other:
        report_progress("comparing answers")
        asyncio.run(_alike(one, other))
        rate = ab_servers.sustainable_rate((one, other), durations.turn_s, report_progress)
        turns = ab_servers.alternately(
            one, other, rate=rate, seconds=durations.turn_s, blocks=durations.blocks, report_progress=report_progress
        )
    concurrent = ab_servers.concurrently(
        first,
        second,
        drawn,
        seconds=durations.concurrent_s,
        starts=durations.starts,
        report_progress=report_progress,
    )
    _all_whole([*turns, *concurrent])
    return Comparison(
        base=base,
        here=here,
        rate=rate,
        median=ab_servers.latency_difference(turns, 50),
        p99=ab_servers.latency_difference(turns, 99),
        cpu=ab_servers.cpu_difference(concurrent),
        other_cpu_percent=watch.other_cpu_percent(),
    )


async def _alike(one: Target, other: Target) -> None:
    for arrival in one.arrivals[:COMPARED]:
        try:
            first, second = [await _data(each, arrival.body.encode()) for each in (one, other)]
        except load.UnexpectedResponse as wrong:
            raise ResponsesDiffer(f"{arrival.kind}: {wrong}") from None
        if first != second:
            raise ResponsesDiffer(f"The builds respond to {arrival.kind} differently: {arrival.body[-200:]}")


async def _data(target: Target, body: bytes) -> object:
    return orjson.loads(await load.send(target.server.port, load.request(body, tuple(target.headers.items()))))["data"]


def _all_whole(pairs: Sequence[Pair]) -> None:
    for pair in pairs:
        for step in (pair.first.step, pair.second.step):
            if not step.is_sustained:
                raise ResponsesDiffer(
                    f"{step.rate:,} a second was too much: {step.whole:,} of {step.sent:,} were answered whole."
                )
