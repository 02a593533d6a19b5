"""Rounds of the benchmark: responses are compared first, then contenders are measured alternately."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import orjson

from bench import load
from bench.contenders import Contender
from bench.data_folder import fresh_data_folder
from bench.processes import ReportProgress, Server, serving
from bench.results import Measurement
from bench.workloads import Workload


class ResponsesDiffer(Exception):
    """Two contenders respond differently, so their times cannot be compared."""


@dataclass(frozen=True, slots=True)
class RoundDurations:
    """Durations of the rounds. `compared` is the number of variable sets whose responses are compared."""

    rounds: int
    seconds: float
    warm_seconds: float
    compared: int


FULL = RoundDurations(rounds=3, seconds=1.0, warm_seconds=0.5, compared=50)
QUICK = RoundDurations(rounds=1, seconds=0.15, warm_seconds=0.1, compared=3)


@dataclass(frozen=True, slots=True)
class RunningContender:
    """A running contender, and its requests by workload."""

    contender: Contender
    server: Server
    requests: Mapping[str, Sequence[bytes]]


@contextmanager
def start_contenders(
    contenders: Sequence[Contender], workloads: Sequence[Workload], data: Path
) -> Iterator[list[RunningContender]]:
    """All contenders, started before any is measured, so that none is the first to use the CPU."""
    with ExitStack() as stack:
        every = []
        for contender in contenders:
            folder = data
            if contender.has_journal:
                folder = fresh_data_folder(data, data.with_name(f"{data.name}-{contender.key}"))
            command = contender.command(folder)
            server = stack.enter_context(serving(command, settings=contender.settings, folder=contender.folder))
            headers = contender.headers(folder)
            requests = {
                workload.name: [
                    load.request(body, headers) for body in workload.bodies(sends_inquiry=contender.sends_inquiry)
                ]
                for workload in workloads
            }
            every.append(RunningContender(contender, server, requests))
        yield every


def compare(every: Sequence[RunningContender], workloads: Sequence[Workload], compared: int) -> int:
    """The number of responses compared, all equal. Raises ResponsesDiffer."""
    for workload in workloads:
        for place in range(min(compared, len(workload.variables))):
            answers = [fetch_data(one, workload.name, place) for one in every]
            for one, answer in zip(every, answers, strict=True):
                if answer != answers[0]:
                    first = every[0].contender.title
                    raise ResponsesDiffer(
                        f"{one.contender.title} and {first} differ at {difference(answer, answers[0])}"
                        f" in {workload.name}, {workload.variables[place]}"
                    )
    return sum(min(compared, len(workload.variables)) for workload in workloads)


def fetch_data(one: RunningContender, workload: str, place: int) -> Any:
    return orjson.loads(asyncio.run(load.send(one.server.port, one.requests[workload][place])))["data"]


def difference(one: Any, other: Any, path: str = "data") -> str:
    """The path of the first difference between two responses, and both values."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return next(difference(one[key], other[key], f"{path}.{key}") for key in one if one[key] != other[key])
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return next(
            difference(*pair, f"{path}[{place}]")
            for place, pair in enumerate(zip(one, other, strict=True))
            if pair[0] != pair[1]
        )
    return f"{path}: {one!r} and {other!r}"


def measure_rounds(
    every: Sequence[RunningContender],
    workloads: Sequence[Workload],
    durations: RoundDurations,
    report_progress: ReportProgress,
) -> list[Measurement]:
    """Measurements of every contender with every workload; another contender goes first each time."""
    cells = [(workload, connections) for workload in workloads for connections in workload.connections]
    measured = []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:

        def tally(
            one: RunningContender, workload: Workload, connections: int, seconds: float, first: int = 0
        ) -> load.Timings:
            job = load.Job(one.server.port, one.requests[workload.name], connections, seconds, connections, first)
            return pool.submit(load.measure, job).result()

        for workload, connections in cells:
            report_progress(f"warming up: {workload.name}, {connections} at once")
            for one in every:
                tally(one, workload, connections, durations.warm_seconds)
        for round_ in range(durations.rounds):
            for place, (workload, connections) in enumerate(cells):
                report_progress(f"round {round_ + 1} of {durations.rounds}: {workload.name}, {connections} at once")
                first = (round_ + place) % len(every)
                for one in (*every[first:], *every[:first]):
                    before = one.server.cpu_s()
                    # Each round starts with other variables.
                    done = tally(one, workload, connections, durations.seconds, 7 * round_)
                    measured.append(
                        Measurement(
                            round=round_,
                            contender=one.contender.key,
                            workload=workload.name,
                            connections=connections,
                            requests=len(done.latencies_ms),
                            seconds=done.seconds,
                            cpu_s=one.server.cpu_s() - before,
                            latencies_ms=tuple(done.latencies_ms),
                        )
                    )
    return measured
