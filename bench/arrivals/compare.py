"""Two builds side by side: is one faster, as far as these rounds can see? Knows nothing of what changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from bench import load
from bench.arrivals import sides
from bench.arrivals.builds import Build
from bench.arrivals.interval import Difference
from bench.arrivals.k6 import Say, Target
from bench.arrivals.mix import arrivals
from bench.arrivals.pace import Pace
from bench.arrivals.sides import Pair, Side, fresh, profiled, started
from bench.machine import Watch

COMPARED = 50


class Unlike(Exception):
    """The builds do not answer alike, or not everything, so there is nothing to compare the times of."""


@dataclass(frozen=True, slots=True)
class Compared:
    """From `base` to `here`: what the median, the 99th percentile and a request's CPU became."""

    base: Build
    here: Build
    rate: int
    median: Difference
    p99: Difference
    cpu: Difference
    others_percent: int

    def lines(self) -> Iterator[str]:
        figures = (("median wait", self.median), ("p99 wait", self.p99), ("CPU for each request", self.cpu))
        for name, difference in figures:
            yield f"{name:22}{difference.in_words:34}{difference.verdict}"


def compare(
    base: Build, here: Build, world: Path, folder: Path, *, seed: int, profile: str | None, pace: Pace, say: Say
) -> Compared:
    """Raises Unlike, NotStarted, NotMeasured."""
    watch = Watch()
    drawn = arrivals(world, seed)
    first, second = (
        Side(build.title, fresh(world, folder / name), profiled(profile), build=build.folder, python=build.python)
        for name, build in (("base", base), ("here", here))
    )
    with started(first, drawn, say) as one, started(second, drawn, say) as other:
        say("comparing answers")
        asyncio.run(_alike(one, other))
        rate = sides.bearable(one, other, pace.turn_s, say)
        turns = sides.in_turns(one, other, rate=rate, seconds=pace.turn_s, blocks=pace.blocks, say=say)
    abreast = sides.abreast(first, second, drawn, seconds=pace.abreast_s, starts=pace.starts, say=say)
    _all_whole([*turns, *abreast])
    return Compared(
        base=base,
        here=here,
        rate=rate,
        median=sides.latency(turns, 50),
        p99=sides.latency(turns, 99),
        cpu=sides.cpu(abreast),
        others_percent=watch.others_percent(),
    )


async def _alike(one: Target, other: Target) -> None:
    for arrival in one.arrivals[:COMPARED]:
        try:
            first, second = [await _data(each, arrival.body.encode()) for each in (one, other)]
        except load.Wrong as wrong:
            raise Unlike(f"{arrival.kind}: {wrong}") from None
        if first != second:
            raise Unlike(f"The builds answer {arrival.kind} differently: {arrival.body[-200:]}")


async def _data(target: Target, body: bytes) -> object:
    return orjson.loads(await load.ask(target.server.port, load.request(body, tuple(target.headers.items()))))["data"]


def _all_whole(pairs: Sequence[Pair]) -> None:
    for pair in pairs:
        for step in (pair.first.step, pair.second.step):
            if not step.holds:
                raise Unlike(
                    f"{step.rate:,} a second was too much: {step.whole:,} of {step.sent:,} were answered whole."
                )
