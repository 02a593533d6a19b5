"""`make bench`: all contenders side by side, and the report. `--quick` takes a minute and writes no report."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import perf_counter

import orjson
from rich.console import Console

from bench import builds, chart, journal, report, table
from bench.builds import CHECKOUT, NotBuilt
from bench.contenders import CONTENDERS, Contender, of_build, present
from bench.machine import CpuMonitor, describe_machine
from bench.processes import NotStarted
from bench.results import Record
from bench.rounds import FULL, QUICK, ResponsesDiffer, compare, measure_rounds, start_contenders
from bench.workloads import workloads
from seed.world import write

BUILD = CHECKOUT / "build" / "bench"
PEOPLE, QUICK_PEOPLE = 100_000, 5_000
QUICK_MOST = 200
RECORDS, APPENDERS = 3, (2, 8)  # records an entry, and concurrent appenders


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="one short round in a small world")
    arguments.add_argument("--base", metavar="REV", help="only this build against that revision; writes no report")
    arguments.add_argument("--again", action="store_true", help="measure nothing; show the last full run again")
    asked = arguments.parse_args()
    console = Console()
    recorded = BUILD / "record.json"
    if asked.again:
        record = Record.from_json(orjson.loads(recorded.read_bytes()))
    else:
        try:
            record = run(console, is_quick=asked.quick, base=asked.base)
        except (NotBuilt, ResponsesDiffer, NotStarted) as broken:
            console.print(str(broken), style="red", markup=False)
            return 1
    table.show(record, console)
    if not (record.is_quick or asked.base):
        recorded.write_bytes(orjson.dumps(record.as_json()))
        (CHECKOUT / "docs" / "benchmarks.md").write_text(report.page(record))
        (CHECKOUT / "docs" / "benchmarks.svg").write_text(chart.svg(record))
        console.print("Written: docs/benchmarks.md, docs/benchmarks.svg")
    return 0


def run(console: Console, *, is_quick: bool, base: str | None = None) -> Record:
    """One whole run. Raises NotBuilt, ResponsesDiffer, NotStarted."""
    people = QUICK_PEOPLE if is_quick else PEOPLE
    durations = QUICK if is_quick else FULL
    data = world(people)
    contenders = against(base, console) if base else present()
    asked = [workload for workload in workloads(data) if workload.people <= QUICK_MOST or not is_quick]
    if not base and (missing := [each.title for each in CONTENDERS if each not in contenders]):
        console.print(f"SKIPPED, since there is no Node: {'; '.join(missing)}", style="yellow")
    with start_contenders(contenders, asked, data) as every, console.status("comparing answers") as status:
        began, watch = perf_counter(), CpuMonitor([one.server for one in every])
        same = compare(every, asked, durations.compared)
        console.print(f"{same} answers are the same from all {len(every)}.")
        measured = measure_rounds(every, asked, durations, status.update)
        peak_mb = {one.contender.key: one.server.peak_mb() for one in every}
        other_cpu_percent = watch.other_cpu_percent()
    with console.status("the journal"):  # measured alone, while the servers are idle
        loads = [journal.Load(RECORDS, appenders, durations.seconds) for appenders in APPENDERS]
        journal_check = tuple(journal.measure_modes(BUILD, loads, durations.rounds))
    console.print(f"Measured in {perf_counter() - began:.0f} s.")
    return Record(
        machine=describe_machine(other_cpu_percent),
        people=people,
        rounds=durations.rounds,
        is_quick=is_quick,
        contenders=tuple((each.key, each.title, each.what) for each in contenders),
        workloads=tuple((each.name, each.people) for each in asked),
        turns=tuple(measured),
        peak_mb=peak_mb,
        journal=journal_check,
    )


def against(base: str, console: Console) -> tuple[Contender, ...]:
    """This build and a revision's build, as contenders. Raises NotBuilt."""
    with console.status("") as status:
        build = builds.at(base, status.update)
    ours = tuple(each for each in CONTENDERS if each.key in {"whole", "alone"})
    return (*ours, *of_build(build))


def world(people: int) -> Path:
    """The data folder of a world of that size, written once, without the journal of the last run."""
    folder = BUILD / ("data" if people == PEOPLE else f"data-{people}")
    if not (folder / "world.json").exists():
        write(folder, people, 1)
    for last in (*folder.glob("journal.db*"), *folder.glob("checkpoints.jsonl")):
        last.unlink()
    return folder


if __name__ == "__main__":
    sys.exit(main())
