"""Measurement of growth: CPU of the same questions to servers that differ in one size, in turn.

With several worlds or journals there is a server for each. All are started before any is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from api.config.data_folder import JOURNAL
from bench import by_source
from bench.contenders import CONTENDERS, Contender
from bench.data_folder import BUILD, world_folder
from bench.growth.curve import Curve, Point
from bench.journal_size import fill_file
from bench.processes import ReportProgress
from bench.results import Measurement
from bench.rounds import RoundDurations, RunningContender, measure_rounds, start_contenders
from bench.workloads import Workload, everything, person_ids, workloads

WHOLE = next(each for each in CONTENDERS if each.key == "whole")
CONNECTIONS, FEW, SETS = 8, 200, 20
QUESTIONS = ("1 person", "20 people", "a name", "a plate")
"""Questions that are asked in each world and beside each journal."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of each axis. `world` is that of the world in which the other axes are measured; `build` has the worlds."""

    people: Sequence[int]
    worlds: Sequence[int]
    entries: Sequence[int]
    world: int
    build: Path = BUILD


def by_people(sizes: Sizes, durations: RoundDurations, report: ReportProgress) -> list[Curve]:
    """A question about people with everything, by the number of people."""
    data = world_folder(sizes.build, sizes.world, report)
    ids = person_ids(data)
    sets = [
        everything(f"{people}", ids, people, SETS, Random(people), connections=_at_once(people))
        for people in sizes.people
    ]
    with start_contenders([WHOLE], sets, data) as running:
        found = measure_rounds(running, sets, durations, report)
    points = tuple(_point(found, people, "whole", f"{people}") for people in sizes.people)
    return [Curve("people of a question", "people with everything", points)]


def _at_once(people: int) -> tuple[int]:
    return (CONNECTIONS if people <= FEW else 1,)


def by_sources(sizes: Sizes, durations: RoundDurations, report: ReportProgress) -> list[Curve]:
    """The questions of `bench.by_source`: each asks one source more about the same people."""
    data = world_folder(sizes.build, sizes.world, report)
    questions = list(by_source.workloads(data))
    with start_contenders([WHOLE], questions, data) as running:
        found = measure_rounds(running, questions, durations, report)
    return [
        Curve(
            "sources of a question",
            f"{people} {'person' if people == 1 else 'people'}",
            tuple(
                _point(found, count, "whole", by_source.name_of(count, people))
                for count in range(1, len(by_source.SELECTIONS) + 1)
            ),
        )
        for people in by_source.AT_ONCE
    ]


def by_world(sizes: Sizes, durations: RoundDurations, report: ReportProgress) -> list[Curve]:
    """Questions about few people, by the number of people in the world."""
    servers = [(people, world_folder(sizes.build, people, report), WHOLE) for people in sizes.worlds]
    return _of_servers("people in the world", servers, durations, report)


def by_entries(sizes: Sizes, durations: RoundDurations, report: ReportProgress) -> list[Curve]:
    """The same questions, by the number of entries that the journal has when the server starts."""
    data = world_folder(sizes.build, sizes.world, report)
    servers = [(entries, data, with_entries(entries, report)) for entries in sizes.entries]
    return _of_servers("entries of the journal", servers, durations, report)


def with_entries(entries: int, report: ReportProgress) -> Contender:
    """The whole server, whose journal is filled before it starts."""

    def command(data: Path) -> list[str]:
        report(f"writing a journal of {entries:,} entries")
        fill_file(data / JOURNAL, entries)
        (data / JOURNAL).chmod(0o600)
        return WHOLE.command(data)

    return replace(WHOLE, command=command)


def _of_servers(
    axis: str, servers: Sequence[tuple[int, Path, Contender]], durations: RoundDurations, report: ReportProgress
) -> list[Curve]:
    """Curves of the servers with each size. Each world has people of its own."""
    with ExitStack() as stack:
        running: list[RunningContender] = []
        questions: list[Workload] = []
        for size, data, contender in servers:
            questions = [
                replace(each, connections=(CONNECTIONS,)) for each in workloads(data) if each.name in QUESTIONS
            ]
            own = replace(contender, key=f"growth-{size}")
            running += stack.enter_context(start_contenders([own], questions, data))
        found = measure_rounds(running, questions, durations, report)
    return [
        Curve(axis, name, tuple(_point(found, size, f"growth-{size}", name) for size, *_ in servers), is_flat=True)
        for name in QUESTIONS
    ]


def _point(found: Sequence[Measurement], size: int, contender: str, workload: str) -> Point:
    return Point.of(size, [each.cpu_ms for each in found if (each.contender, each.workload) == (contender, workload)])
