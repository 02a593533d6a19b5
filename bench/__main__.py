"""`make bench`: all contenders side by side, and the report. `--quick` takes a minute and writes no report."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import orjson
from rich.console import Console

from bench import builds, chart, journal, report, table
from bench.builds import CHECKOUT, NotBuilt
from bench.contenders import CONTENDERS, PLAIN, PROMISING, Contender, available, build_contenders
from bench.counts.measure import measure_counts
from bench.data_folder import BUILD, world_folder
from bench.machine import CpuMonitor, describe_machine
from bench.processes import NotStarted
from bench.promise_checks import PromiseBroken, check_promises, require_whole_journals
from bench.results import JournalResult, QuestionCounts, Record
from bench.rounds import (
    FULL,
    QUICK,
    QUICK_PROMISES,
    TWO_BUILDS,
    TWO_BUILDS_QUICK,
    ContenderFailed,
    ResponsesDiffer,
    compare,
    measure_rounds,
    start_contenders,
)
from bench.workloads import workloads

PEOPLE, QUICK_PEOPLE = 100_000, 5_000
QUICK_MAX_PEOPLE = 200
COUNTED_REQUESTS = 200
RECORDS, APPENDERS = 3, (2, 8)  # records an entry, and concurrent appenders


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    arguments.add_argument(
        "--quick",
        action="store_true",
        help="one short round in a small world; with --base many, of the whole servers",
    )
    arguments.add_argument(
        "--promises",
        action="store_true",
        help="only the whole server, and peers with the same promises; writes no report. --quick alone leaves them out",
    )
    arguments.add_argument("--base", metavar="REV", help="only this build against that revision; writes no report")
    arguments.add_argument("--again", action="store_true", help="measure nothing; show the last full run")
    options = arguments.parse_args()
    if options.promises and options.base:
        arguments.error("--promises compares this build with peers, and --base with a revision: choose one.")
    keys = PROMISING if options.promises else PLAIN if options.quick else (*PLAIN, *PROMISING)
    console = Console()
    record_file = BUILD / "record.json"
    if options.again:
        record = Record.from_json(orjson.loads(record_file.read_bytes()))
    else:
        try:
            record = run(console, keys, is_quick=options.quick, base=options.base)
        except (NotBuilt, ResponsesDiffer, NotStarted, ContenderFailed, PromiseBroken) as error:
            console.print(str(error), style="red", markup=False)
            return 1
    table.show(record, console)
    if not (record.is_quick or options.base or options.promises):
        record_file.write_bytes(orjson.dumps(record.as_json()))
        (CHECKOUT / "docs" / "benchmarks.md").write_text(report.page(record))
        (CHECKOUT / "docs" / "benchmarks.svg").write_text(chart.svg(record))
        console.print("Written: docs/benchmarks.md, docs/benchmarks.svg")
    return 0


def run(console: Console, keys: Collection[str], *, is_quick: bool, base: str | None = None) -> Record:
    """One whole run of these contenders.

    Raises: NotBuilt, NotStarted, ContenderFailed, ResponsesDiffer, PromiseBroken.
    """
    people = QUICK_PEOPLE if is_quick else PEOPLE
    full, quick = (TWO_BUILDS, TWO_BUILDS_QUICK) if base else (FULL, QUICK if "alone" in keys else QUICK_PROMISES)
    durations = quick if is_quick else full
    with console.status("") as status:
        data = world_folder(BUILD, people, status.update)
    contenders = both_builds(base, data, people, console) if base else available(keys)
    selected = [workload for workload in workloads(data) if workload.people <= QUICK_MAX_PEOPLE or not is_quick]
    if base and is_quick:
        contenders = tuple(each for each in contenders if each.has_journal)
        selected = [replace(each, connections=each.connections[-1:]) for each in selected]
    if any(each.world for each in contenders):  # its tables of names are of other people
        selected = [each for each in selected if each.name != "a name"]
    if not base and (missing := [each.title for each in CONTENDERS if each.key in keys and each not in contenders]):
        console.print(f"SKIPPED, because Node is not installed: {'; '.join(missing)}", style="yellow")
    with start_contenders(contenders, selected, data) as running, console.status("comparing responses") as status:
        began, monitor = perf_counter(), CpuMonitor([contender.server for contender in running])
        compared = compare(running, selected, durations.compared)
        alike = sum(contender.config.world is None for contender in running)
        console.print(
            f"{compared} responses are equal from {alike} of {len(running)} contenders, which read one world."
        )
        if inquiries := check_promises(running, selected, compared):
            console.print(f"{inquiries} inquiries are the same in the journals of those with the same promises.")
        measurements = measure_rounds(running, selected, durations, status.update)
        peak_mb = {contender.config.key: contender.server.peak_mb() for contender in running}
        other_cpu_percent = monitor.other_cpu_percent()
    with console.status("verifying journals"):
        require_whole_journals(running, measurements)
    journal_results: tuple[JournalResult, ...] = ()
    counts: tuple[QuestionCounts, ...] = ()
    if not (base or is_quick) and "alone" in keys:
        with console.status("") as status:
            found = measure_counts(selected, data, COUNTED_REQUESTS, status.update)
            counts = tuple(each for each, _ in found)
    if not base and "alone" in keys:
        with console.status("the journal"):  # measured alone, when the servers have ended
            loads = [journal.Load(RECORDS, appenders, durations.seconds) for appenders in APPENDERS]
            journal_results = tuple(journal.measure_modes(BUILD, loads, durations.rounds))
    console.print(f"Measured in {perf_counter() - began:.0f} s.")
    return Record(
        machine=describe_machine(other_cpu_percent),
        people=people,
        rounds=durations.rounds,
        is_quick=is_quick,
        contenders=tuple((contender.key, contender.title, contender.description) for contender in contenders),
        workloads=tuple((workload.name, workload.people) for workload in selected),
        measurements=tuple(measurements),
        peak_mb=peak_mb,
        journal=journal_results,
        counts=counts,
    )


def both_builds(base: str, data: Path, people: int, console: Console) -> tuple[Contender, ...]:
    """This build and a revision's build, as contenders. Raises NotBuilt."""
    with console.status("") as status:
        build = builds.at(base, status.update)
        world = builds.own_world(build, data, people, status.update)
    ours = tuple(contender for contender in CONTENDERS if contender.key in {"whole", "alone"})
    return (*ours, *build_contenders(build, world))


if __name__ == "__main__":
    sys.exit(main())
