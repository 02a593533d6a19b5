"""How the CPU of a question grows with people, sources, the world and the journal: `python -m bench.growth`.

By default the sizes are small enough for some minutes. The largest of interest:
`--people 1 10 100 1000 --worlds 5000 100000 1000000 --entries 1 100000 10000000`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.builds import CHECKOUT
from bench.format import format_number
from bench.growth import measure, page
from bench.growth.curve import Curve
from bench.growth.measure import Sizes
from bench.machine import CpuMonitor, describe_machine
from bench.processes import ReportProgress
from bench.rounds import RoundDurations

PEOPLE = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)
WORLDS, ENTRIES, WORLD = (5_000, 20_000, 100_000), (1, 10_000, 100_000), 5_000
DURATIONS = RoundDurations(rounds=15, seconds=0.1, warm_seconds=0.5, compared=0)
AXES: Final[dict[str, Callable[[Sizes, RoundDurations, ReportProgress], list[Curve]]]] = {
    "people": measure.by_people,
    "sources": measure.by_sources,
    "worlds": measure.by_world,
    "entries": measure.by_entries,
}


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    arguments.add_argument("--axis", choices=AXES, action="append", help="only this one; can be repeated")
    arguments.add_argument("--people", type=int, nargs="+", default=PEOPLE, help="people of one question")
    arguments.add_argument("--worlds", type=int, nargs="+", default=WORLDS, help="people in the world")
    arguments.add_argument("--entries", type=int, nargs="+", default=ENTRIES, help="entries of the journal")
    arguments.add_argument("--world", type=int, default=WORLD, help="people in the world of the other axes")
    arguments.add_argument("--rounds", type=int, default=DURATIONS.rounds, help="rounds, of which the median is shown")
    arguments.add_argument("--write", action="store_true", help="write docs/growth.md and its chart")
    options = arguments.parse_args()
    sizes = Sizes(sorted(options.people), sorted(options.worlds), sorted(options.entries), options.world)
    if min(len(sizes.people), len(sizes.worlds), len(sizes.entries)) < 2:
        arguments.error("Each axis needs two sizes or more.")
    if options.write and options.axis:
        arguments.error("The page has every axis: leave out --axis or --write.")
    if options.rounds < 2:
        arguments.error("The spread needs two rounds or more.")
    console, durations = Console(), replace(DURATIONS, rounds=options.rounds)
    monitor, curves = CpuMonitor(), []
    with console.status("") as status:
        for name in options.axis or AXES:
            found = AXES[name](sizes, durations, status.update)
            curves += found
            console.print(table(found))
    if options.write:
        machine = describe_machine(monitor.other_cpu_percent())
        text = page.page(curves, machine, rounds=durations.rounds, world=sizes.world)
        (CHECKOUT / "docs" / "growth.md").write_text(text)
        (CHECKOUT / "docs" / "growth.svg").write_text(page.svg(curves))
        console.print("Written: docs/growth.md, docs/growth.svg")


def table(curves: list[Curve]) -> Table:
    """A row for each size, a column for each question."""
    title = f"CPU ms of a question by {curves[0].axis}"
    shown = Table("", *(each.question for each in curves), title=title, title_justify="left", box=SIMPLE_HEAD)
    for index, point in enumerate(curves[0].points):
        shown.add_row(f"{point.size:,}", *(format_number(each.points[index].cpu_ms) for each in curves))
    shown.add_row("", *(each.verdict() for each in curves))
    return shown


if __name__ == "__main__":
    main()
