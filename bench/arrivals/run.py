"""One load test: the sweep, steps around the knee, and the slowest responses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.arrivals import aims
from bench.arrivals.ab_servers import ServerConfig, profile_options, running_server
from bench.arrivals.durations import Durations
from bench.arrivals.journal_check import JournalCheck, check_journal
from bench.arrivals.k6 import StepResult, run_step
from bench.arrivals.mix import FIELD, Arrival, draw_arrivals
from bench.arrivals.record import Record
from bench.arrivals.responses import Latencies, Response, Step, slowest
from bench.arrivals.slowest import SlowResponse, join_traces, read_traces, tracing_settings
from bench.arrivals.sweep import sweep
from bench.data_folder import fresh_data_folder
from bench.machine import CpuMonitor, describe_machine
from bench.processes import ReportProgress

BELOW_KNEE, OVERLOAD = 0.8, 2

Show = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class LoadTestConfig:
    """Options of a run. `folder` holds the servers' data folders; `judges_aims` measures all the aims."""

    command: str
    world: Path
    folder: Path
    people: int
    seed: int
    profile: str | None
    durations: Durations
    judges_aims: bool


def run(load_test: LoadTestConfig, report_progress: ReportProgress, show: Show) -> Record:
    """Run the load test. Raises NotStarted, NotMeasured."""
    monitor = CpuMonitor()
    arrivals = draw_arrivals(load_test.world, load_test.seed)
    responses: list[Response] = []
    below_knee: list[StepResult] = []
    overload: list[StepResult] = []
    config = ServerConfig(
        "the server", fresh_data_folder(load_test.world, load_test.folder / "plain"), profile_options(load_test.profile)
    )
    with running_server(config, arrivals, report_progress) as target:

        def step_at(rate: int) -> StepResult:
            result = run_step(target, rate, load_test.durations.step_s, report_progress)
            responses.extend(result.responses)
            show(result.step)
            return result

        swept = sweep(
            lambda rate: step_at(rate).step, lowest=load_test.durations.lowest, halvings=load_test.durations.halvings
        )
        if swept.knee:
            for _ in range(load_test.durations.repetitions):
                below_knee.append(step_at(round(BELOW_KNEE * swept.knee)))
                overload.append(step_at(OVERLOAD * swept.knee))
    journal_check = check_journal(config.folder, responses)
    slow: list[SlowResponse] = []
    aim_results = []
    if swept.knee:
        slow, traced_check = _slowest(load_test, arrivals, round(BELOW_KNEE * swept.knee), report_progress)
        journal_check += traced_check
        aim_results.append(aims.overload([result.step for result in below_knee], [result.step for result in overload]))
        if load_test.judges_aims:
            trials = aims.Trials(
                load_test.world, load_test.folder, load_test.seed, load_test.durations, report_progress
            )
            aim_results += trials.all(swept.knee)
    return Record(
        machine=describe_machine(monitor.other_cpu_percent()),
        command=load_test.command,
        day=datetime.now(UTC).date().isoformat(),
        people=load_test.people,
        seed=load_test.seed,
        profile=load_test.profile,
        mix=dict(FIELD),
        steps=swept.steps,
        knee=swept.knee,
        below_knee=tuple(result.step for result in below_knee),
        overload=tuple(result.step for result in overload),
        by_workload=_by_workload([response for result in below_knee for response in result.responses]),
        slowest=tuple(slow),
        journal_check=journal_check,
        aim_results=(*aim_results, aims.journal(journal_check)),
    )


def _slowest(
    load_test: LoadTestConfig, arrivals: list[Arrival], rate: int, report_progress: ReportProgress
) -> tuple[list[SlowResponse], JournalCheck]:
    """The slowest responses with their traces, from a separate server, so that no other figure includes tracing."""
    folder = load_test.folder / "traces"
    config = ServerConfig(
        "a server that traces",
        fresh_data_folder(load_test.world, load_test.folder / "traced"),
        profile_options(load_test.profile),
        tracing_settings(folder),
    )
    with running_server(config, arrivals, report_progress) as target:
        responses = run_step(target, rate, load_test.durations.long_s, report_progress).responses
    # The server has ended, so all its traces are in the files.
    slow = slowest(responses)
    traces = read_traces(folder, (response.trace_id for response in slow))
    return join_traces(slow, traces), check_journal(config.folder, responses)


def _by_workload(responses: list[Response]) -> dict[str, Latencies]:
    timed = [response for response in responses if response.is_timed]
    by_workload = {
        workload: Latencies.of(response.latency_ms for response in timed if response.workload == workload)
        for workload in FIELD
    }
    return {workload: latencies for workload, latencies in by_workload.items() if latencies}
