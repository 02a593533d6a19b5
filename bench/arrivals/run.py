"""One run: the sweep, what is asked of the knee, and the slowest answers. Knows nothing of how figures are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.arrivals import aims
from bench.arrivals.answers import Answer, Step, Waits, slowest
from bench.arrivals.journalled import Kept, kept
from bench.arrivals.k6 import Measured, Say, arrive
from bench.arrivals.mix import FIELD, Arrival, arrivals
from bench.arrivals.pace import Pace
from bench.arrivals.record import Record
from bench.arrivals.sides import Side, fresh, profiled, started
from bench.arrivals.slowest import Slow, joined, traced, traces
from bench.arrivals.sweep import sweep
from bench.machine import Watch, machine

CALM, OVER = 0.8, 2

Show = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for. `folder` is where each server gets its own; `is_judged` asks for all the aims."""

    command: str
    world: Path
    folder: Path
    people: int
    seed: int
    profile: str | None
    pace: Pace
    is_judged: bool


def run(plan: Plan, say: Say, show: Show) -> Record:
    """Raises NotStarted, NotMeasured."""
    watch = Watch()
    drawn = arrivals(plan.world, plan.seed)
    answers: list[Answer] = []
    calm: list[Measured] = []
    over: list[Measured] = []
    side = Side("the server", fresh(plan.world, plan.folder / "plain"), profiled(plan.profile))
    with started(side, drawn, say) as target:

        def at(rate: int) -> Measured:
            measured = arrive(target, rate, plan.pace.step_s, say)
            answers.extend(measured.answers)
            show(measured.step)
            return measured

        swept = sweep(lambda rate: at(rate).step, lowest=plan.pace.lowest, halvings=plan.pace.halvings)
        if swept.knee:
            for _ in range(plan.pace.windows):
                calm.append(at(round(CALM * swept.knee)))
                over.append(at(OVER * swept.knee))
    in_journal = kept(side.folder, answers)
    slow: list[Slow] = []
    judged = []
    if swept.knee:
        slow, traced = _slowest(plan, drawn, round(CALM * swept.knee), say)
        in_journal += traced
        judged.append(aims.overload([each.step for each in calm], [each.step for each in over]))
        if plan.is_judged:
            judged += aims.Trials(plan.world, plan.folder, plan.seed, plan.pace, say).all(swept.knee)
    return Record(
        machine=machine(watch.others_percent()),
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
        kept=in_journal,
        judged=(*judged, aims.journal(in_journal)),
    )


def _slowest(plan: Plan, drawn: list[Arrival], rate: int, say: Say) -> tuple[list[Slow], Kept]:
    """On a server of its own, so that no other figure is of one that traces."""
    folder = plan.folder / "traces"
    side = Side(
        "a server that traces", fresh(plan.world, plan.folder / "traced"), profiled(plan.profile), traced(folder)
    )
    with started(side, drawn, say) as target:
        answers = arrive(target, rate, plan.pace.long_s, say).answers
    # Once the server has ended it has written all that it will.
    slow = slowest(answers)
    return joined(slow, traces(folder, (each.trace for each in slow))), kept(side.folder, answers)


def _by_kind(answers: list[Answer]) -> dict[str, Waits]:
    waits = {
        kind: Waits.of(each.waited_ms for each in answers if each.is_timed and each.kind == kind) for kind in FIELD
    }
    return {kind: each for kind, each in waits.items() if each}
