"""Counts of what one question costs the whole server: `python -m bench.counts`.

The world is small, and the load is that of `make bench`. Counts are means of many requests.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.counts.calls import Calls
from bench.counts.measure import measure_counts
from bench.data_folder import BUILD, world_folder
from bench.format import counts_rows
from bench.results import QuestionCounts
from bench.workloads import workloads

PEOPLE, REQUESTS, TOP = 5_000, 200, 20
FEWEST = 0.2
"""Calls of one question below which a row is left out."""

Rows = list[list[str]]


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m bench.counts", description=__doc__)
    arguments.add_argument("--people", type=int, default=PEOPLE, help="size of the world")
    arguments.add_argument("--requests", type=int, default=REQUESTS, help="of each question, for each count")
    arguments.add_argument("--question", action="append", help="only this one, such as '1 person'; can be repeated")
    arguments.add_argument("--connections", type=int, help="concurrent connections, in place of those of `make bench`")
    arguments.add_argument("--top", type=int, default=TOP, help="rows of each table of functions")
    options = arguments.parse_args()
    console = Console()
    with console.status("") as status:
        data = world_folder(BUILD, options.people, status.update)
        questions = workloads(data)
        selected = [each for each in questions if not options.question or each.name in options.question]
        if not selected:
            arguments.error(f"there is no such question; choose from {', '.join(each.name for each in questions)}")
        measured = measure_counts(selected, data, options.requests, status.update, connections=options.connections)
    console.print(table("Counts of one question (connections)", *counts_rows([counts for counts, _ in measured])))
    if any(counts.system_calls is None for counts, _ in measured):
        console.print("System calls were not counted: strace is not installed, or may not trace.\n")
    console.print(table("Python calls by package", *package_rows(measured)))
    for counts, calls in measured:
        title, requests, top = f"{counts.workload}: ", counts.requests, options.top
        if counts.system_calls:
            names = ", ".join(f"{name} {count:.1f}" for name, count in counts.system_calls.items() if count >= FEWEST)
            console.print(f"{title}system calls: {names}\n", soft_wrap=True)
        console.print(table(f"{title}who calls the event loop", *loop_rows(calls, requests, top)))
        console.print(table(f"{title}Python functions", *function_rows(calls.python, requests, top)))
        console.print(table(f"{title}C functions", *function_rows(calls.c, requests, top)))


def package_rows(measured: Sequence[tuple[QuestionCounts, Calls]]) -> tuple[list[str], Rows]:
    """A row for each package, a column for each question."""
    columns = {
        counts.workload: {name: count / counts.requests for name, count in calls.by_package().items()}
        for counts, calls in measured
    }
    totals: Counter[str] = Counter()
    for column in columns.values():
        totals.update(column)
    names = [name for name, count in totals.most_common() if count >= FEWEST]
    return ["", *columns], [[name, *(f"{each.get(name, 0):,.1f}" for each in columns.values())] for name in names]


def loop_rows(calls: Calls, requests: int, top: int) -> tuple[list[str], Rows]:
    """Tasks, futures and callbacks, by the Python function that makes them."""
    rows = [
        [name, str(caller), f"{count / requests:,.2f}"]
        for (name, caller), count in calls.loop.most_common(top)
        if count >= FEWEST * requests
    ]
    return ["", "caller", "calls"], rows


def function_rows(calls: Counter[Any], requests: int, top: int) -> tuple[list[str], Rows]:
    return ["", "calls"], [[str(name), f"{count / requests:,.1f}"] for name, count in calls.most_common(top)]


def table(title: str, headings: Sequence[str], rows: Rows) -> Table:
    shown = Table(*headings, title=title, title_justify="left", box=SIMPLE_HEAD)
    for row in rows:
        shown.add_row(*row)
    return shown


if __name__ == "__main__":
    main()
