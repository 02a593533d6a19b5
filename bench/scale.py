"""CPU of a question by size of the world, and throughput by number of worker processes: `python -m bench.scale`.

Sources and journal are in files, or all in PostgreSQL. Each size is measured apart; what is compared within one size is
measured in turn. The load generator and PostgreSQL share the processors with the servers.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.contenders import CONTENDERS, Contender
from bench.data_folder import BUILD, world_folder
from bench.processes import ReportProgress
from bench.results import Measurement
from bench.rounds import RoundDurations, compare, measure_rounds, start_contenders
from bench.workloads import workloads

PEOPLE = (100_000, 1_000_000)
WORKERS = (1, 2, 4)
MAX_PEOPLE = 200
"""People of one question: more are the sum of as many."""
CONNECTIONS, MANY_CONNECTIONS = 8, 16
DURATIONS = RoundDurations(rounds=15, seconds=0.25, warm_seconds=1.0, compared=5)
Show = Callable[[Sequence[Measurement]], str]
SERVERS = {"files": "whole", "PostgreSQL": "whole-postgres"}


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    arguments.add_argument("--people", type=int, nargs="+", default=PEOPLE, help="sizes of the world")
    arguments.add_argument("--rounds", type=int, default=DURATIONS.rounds, help="rounds, of which the median is shown")
    options = arguments.parse_args()
    console, durations = Console(), replace(DURATIONS, rounds=options.rounds)
    with console.status("") as status:
        sizes = {
            f"{people:,} people, {place}": found
            for people in options.people
            for place, found in by_place(people, durations, status.update).items()
        }
        workers = by_workers(min(options.people), durations, status.update)
    title = f"CPU ms a question, {CONNECTIONS} connections: needtoknow, and PostgreSQL beside it"
    console.print(table(title, sizes, cpu))
    console.print(table(f"questions a second, {MANY_CONNECTIONS} connections", workers, per_second))


def by_place(people: int, durations: RoundDurations, report: ReportProgress) -> dict[str, list[Measurement]]:
    """Measurements of one world, by where sources and journal are."""
    contenders = {place: _contender(key) for place, key in SERVERS.items()}
    return measured(contenders, people, CONNECTIONS, durations, report)


def by_workers(people: int, durations: RoundDurations, report: ReportProgress) -> dict[str, list[Measurement]]:
    """The same by the number of worker processes too."""
    contenders = {
        f"{place}, workers: {count}": replace(
            _contender(key), key=f"{key}-{count}", settings={"NEEDTOKNOW_WORKERS": str(count)}
        )
        for place, key in SERVERS.items()
        for count in WORKERS
    }
    return measured(contenders, people, MANY_CONNECTIONS, durations, report)


def measured(
    contenders: dict[str, Contender], people: int, connections: int, durations: RoundDurations, report: ReportProgress
) -> dict[str, list[Measurement]]:
    """Measurements of each of these servers over a world of that size. Their answers are compared first."""
    data = world_folder(BUILD, people, report)
    questions = [replace(each, connections=(connections,)) for each in workloads(data) if each.people <= MAX_PEOPLE]
    with start_contenders(list(contenders.values()), questions, data) as running:
        compare(running, questions, durations.compared)
        found = measure_rounds(running, questions, durations, report)
    return {
        title: [each for each in found if each.contender == contender.key] for title, contender in contenders.items()
    }


def cpu(found: Sequence[Measurement]) -> str:
    own, beside = (median(getattr(each, name) for each in found) for name in ("cpu_ms", "database_cpu_ms"))
    return f"{own:.2f} + {beside:.2f}" if beside else f"{own:.2f}"


def per_second(found: Sequence[Measurement]) -> str:
    return f"{median(each.per_s for each in found):,.0f}"


def table(title: str, servers: dict[str, list[Measurement]], show: Show) -> Table:
    """A row for each kind of server, a column for each question."""
    questions = list(dict.fromkeys(each.workload for found in servers.values() for each in found))
    shown = Table("", *questions, title=title)
    for server, found in servers.items():
        shown.add_row(server, *(show([each for each in found if each.workload == name]) for name in questions))
    return shown


def _contender(key: str) -> Contender:
    return next(each for each in CONTENDERS if each.key == key)


if __name__ == "__main__":
    main()
