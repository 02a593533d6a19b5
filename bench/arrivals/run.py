"""One load test: the sweep, steps around the knee, and the slowest responses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.arrivals import aims
from bench.arrivals.ab_servers import ServerConfig, profile_options, started
from bench.arrivals.durations import Durations
from bench.arrivals.journal_check import JournalCheck, check_journal
from bench.arrivals.k6 import StepResult, arrive
from bench.arrivals.mix import FIELD, Arrival, arrivals
from bench.arrivals.record import Record
from bench.arrivals.responses import Latencies, Response, Step, slowest
from bench.arrivals.slowest import SlowResponse, join_traces, traces, tracing_settings
from bench.arrivals.sweep import sweep
from bench.data_folder import fresh_data_folder
from bench.machine import CpuMonitor, describe_machine
from bench.processes import ReportProgress

CALM, OVER = 0.8, 2

Show = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """Options of a run. `folder` holds the servers' data folders; `judges_aims` measures all the aims."""

    command: str
    world: Path
    folder: Path
    people: int
    seed: int
    profile: str | None
    durations: Durations
    judges_aims: bool


def run(plan: Plan, report_progress: ReportProgress, show: Show) -> Record:
    """Run the load test. Raises NotStarted, NotMeasured."""
    watch = CpuMonitor()
    drawn = arrivals(plan.world, plan.seed)
    answers: list[Response] = []
    calm: list[StepResult] = []
    over: list[StepResult] = []
    side = ServerConfig(
        "the server", fresh_data_folder(plan.world, plan.folder / "plain"), profile_options(plan.profile)
    )
    with started(side, drawn, report_progress) as target:

        def at(rate: int) -> StepResult:
            measured = arrive(target, rate, plan.durations.step_s, report_progress)
            answers.extend(measured.answers)
            show(measured.step)
            return measured

        swept = sweep(lambda rate: at(rate).step, lowest=plan.durations.lowest, halvings=plan.durations.halvings)
        if swept.knee:
            for _ in range(plan.durations.windows):
                calm.append(at(round(CALM * swept.knee)))
                over.append(at(OVER * swept.knee))
    in_journal = check_journal(side.folder, answers)
    slow: list[SlowResponse] = []
    aim_results = []
    if swept.knee:
        slow, traced = _slowest(plan, drawn, round(CALM * swept.knee), report_progress)
        in_journal += traced
        aim_results.append(aims.overload([each.step for each in calm], [each.step for each in over]))
        if plan.judges_aims:
            aim_results += aims.Trials(plan.world, plan.folder, plan.seed, plan.durations, report_progress).all(
                swept.knee
            )
    return Record(
        machine=describe_machine(watch.other_cpu_percent()),
        command=plan.command,
        people=plan.people,
        seed=plan.seed,
        profile=plan.profile,
        mix=dict(FIELD),
        steps=swept.steps,
        knee=swept.knee,
        calm=tuple(each.step for each in calm),
        over=tuple(each.step for each in over),
        kinds=_by_kind([answer for each in calm for answer in each.answers]),
        slowest=tuple(slow),
        journal_check=in_journal,
        aim_results=(*aim_results, aims.journal(in_journal)),
    )


def _slowest(
    plan: Plan, drawn: list[Arrival], rate: int, report_progress: ReportProgress
) -> tuple[list[SlowResponse], JournalCheck]:
    """The slowest responses with their traces, from a separate server, so that no other figure includes tracing."""
    folder = plan.folder / "traces"
    side = ServerConfig(
        "a server that traces",
        fresh_data_folder(plan.world, plan.folder / "traced"),
        profile_options(plan.profile),
        tracing_settings(folder),
    )
    with started(side, drawn, report_progress) as target:
        answers = arrive(target, rate, plan.durations.long_s, report_progress).answers
    # A server that has ended has written all its traces.
    slow = slowest(answers)
    return join_traces(slow, traces(folder, (each.trace for each in slow))), check_journal(side.folder, answers)


def _by_kind(answers: list[Response]) -> dict[str, Latencies]:
    latencies = {
        kind: Latencies.of(each.latency_ms for each in answers if each.is_timed and each.kind == kind) for kind in FIELD
    }
    return {kind: each for kind, each in latencies.items() if each}
