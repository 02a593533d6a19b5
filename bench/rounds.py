"""Rounds of the benchmark: responses are compared first, then contenders are measured alternately."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import orjson

from api.config.secret_file import RANDOM_BYTES, SEARCH_KEY
from bench import load
from bench.contenders import Contender
from bench.data_folder import fresh_data_folder
from bench.postgres_world import postgres_world
from bench.processes import NotStarted, ReportProgress, Server, serving
from bench.results import Measurement
from bench.workloads import Workload
from filesystem.private_file import FILE_MODE


class ContenderFailed(Exception):
    """A contender does not start or does not answer; the message has its title."""


class ResponsesDiffer(Exception):
    """Two servers respond differently, so their times cannot be compared."""


@dataclass(frozen=True, slots=True)
class RoundDurations:
    """Durations of the rounds. `compared` is the number of variable sets whose responses are compared."""

    rounds: int
    seconds: float
    warm_seconds: float
    compared: int


FULL = RoundDurations(rounds=3, seconds=1.0, warm_seconds=0.5, compared=50)
QUICK = RoundDurations(rounds=1, seconds=0.15, warm_seconds=0.1, compared=3)
# Node compiles what is hot, and needs hundreds of requests for it.
QUICK_PROMISES = RoundDurations(rounds=3, seconds=0.3, warm_seconds=0.8, compared=3)
# Two builds are nearly equal, and a machine changes its speed within a second: so they take many short turns.
TWO_BUILDS = RoundDurations(rounds=99, seconds=0.1, warm_seconds=0.5, compared=50)
TWO_BUILDS_QUICK = RoundDurations(rounds=49, seconds=0.05, warm_seconds=0.3, compared=3)


@dataclass(frozen=True, slots=True)
class RunningContender:
    """A running contender, and its requests by workload."""

    config: Contender
    server: Server
    requests: Mapping[str, Sequence[bytes]]
    folder: Path
    database: Server | None = None

    def database_cpu_s(self) -> float:
        """CPU seconds of the database's processes; 0 if it has none."""
        return self.database.cpu_s() if self.database else 0.0


@contextmanager
def start_contenders(
    contenders: Sequence[Contender], workloads: Sequence[Workload], data: Path
) -> Iterator[list[RunningContender]]:
    """All contenders, started before any is measured, so that none is the first to use the CPU.

    Raises: NotStarted, with the title of the contender.
    """
    search_key = os.urandom(RANDOM_BYTES)
    with ExitStack() as stack:
        running = []
        in_postgres = any(contender.in_postgres for contender in contenders)
        found = stack.enter_context(postgres_world(data)) if in_postgres else None
        for contender in contenders:
            folder = contender.world or data
            if contender.has_journal:
                folder = fresh_data_folder(folder, data.with_name(f"{data.name}-{contender.key}"))
                # All hash the terms of searches with one key, so that their journals can be compared.
                (folder / SEARCH_KEY.name).write_bytes(search_key)
                (folder / SEARCH_KEY.name).chmod(FILE_MODE)
            command = contender.command(folder)
            settings = dict(contender.settings)
            if found is not None and contender.in_postgres:
                settings |= found.journal if "journal" in contender.in_postgres else {}
                settings |= found.sources if "sources" in contender.in_postgres else {}
            try:
                server = stack.enter_context(serving(command, settings=settings, folder=contender.folder))
            except NotStarted as error:
                raise NotStarted(f"{contender.title} does not start: {error}") from error
            headers = contender.headers(folder)
            requests = {
                workload.name: [
                    load.http_request(body, headers) for body in workload.bodies(sends_inquiry=contender.sends_inquiry)
                ]
                for workload in workloads
            }
            database = found.server if found is not None and contender.in_postgres else None
            running.append(RunningContender(contender, server, requests, folder, database))
        yield running


def compare(running: Sequence[RunningContender], workloads: Sequence[Workload], compared: int) -> int:
    """The number of responses compared, all equal. Contenders with a world of their own are left out.

    Raises: ResponsesDiffer, ContenderFailed.
    """
    running = [each for each in running if each.config.world is None]
    for workload in workloads:
        for index in range(min(compared, len(workload.variables))):
            responses = [fetch_data(contender, workload.name, index) for contender in running]
            for contender, response in zip(running, responses, strict=True):
                if response != responses[0]:
                    first = running[0].config.title
                    raise ResponsesDiffer(
                        f"{contender.config.title} and {first} differ at {difference(response, responses[0])}"
                        f" in {workload.name}, {workload.variables[index]}"
                    )
    return sum(min(compared, len(workload.variables)) for workload in workloads)


def fetch_data(contender: RunningContender, workload: str, index: int) -> Any:
    """The data of one response. Raises: ContenderFailed."""
    with named_failures(contender):
        body = asyncio.run(load.send(contender.server.port, contender.requests[workload][index]))
        return orjson.loads(body)["data"]


@contextmanager
def named_failures(contender: RunningContender) -> Iterator[None]:
    """Raises: ContenderFailed in place of an error of its server."""
    try:
        yield
    except (load.UnexpectedResponse, OSError, EOFError, orjson.JSONDecodeError) as error:
        raise ContenderFailed(f"{contender.config.title} does not answer: {error!r}.") from error


def difference(left: Any, right: Any, path: str = "data") -> str:
    """The path of the first difference between two responses, and both values."""
    if isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys():
        return next(difference(left[key], right[key], f"{path}.{key}") for key in left if left[key] != right[key])
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return next(
            difference(*pair, f"{path}[{index}]")
            for index, pair in enumerate(zip(left, right, strict=True))
            if pair[0] != pair[1]
        )
    return f"{path}: {left!r} and {right!r}"


def measure_rounds(
    running: Sequence[RunningContender],
    workloads: Sequence[Workload],
    durations: RoundDurations,
    report_progress: ReportProgress,
) -> list[Measurement]:
    """Measurements of all contenders with all workloads; another contender goes first each time.

    Raises: ContenderFailed.
    """
    cells = [(workload, connections) for workload in workloads for connections in workload.connections]
    measured = []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:

        def send_load(
            contender: RunningContender, workload: Workload, connections: int, seconds: float, first: int = 0
        ) -> load.Timings:
            spec = load.LoadSpec(
                contender.server.port, contender.requests[workload.name], connections, seconds, connections, first
            )
            with named_failures(contender):
                return pool.submit(load.measure, spec).result()

        for workload, connections in cells:
            report_progress(f"warming up: {workload.name}, {connections} at once")
            for contender in running:
                send_load(contender, workload, connections, durations.warm_seconds)
        for round_ in range(durations.rounds):
            for index, (workload, connections) in enumerate(cells):
                report_progress(f"round {round_ + 1} of {durations.rounds}: {workload.name}, {connections} at once")
                first = (round_ + index) % len(running)
                for contender in (*running[first:], *running[:first]):
                    before, database_before = contender.server.cpu_s(), contender.database_cpu_s()
                    # Each round starts with other variables.
                    timings = send_load(contender, workload, connections, durations.seconds, 7 * round_)
                    measured.append(
                        Measurement(
                            round=round_,
                            contender=contender.config.key,
                            workload=workload.name,
                            connections=connections,
                            requests=len(timings.latencies_ms),
                            seconds=timings.seconds,
                            cpu_s=contender.server.cpu_s() - before,
                            database_cpu_s=contender.database_cpu_s() - database_before,
                            latencies_ms=tuple(timings.latencies_ms),
                        )
                    )
    return measured
