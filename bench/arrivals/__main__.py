"""`make load`: a load test at rising constant rates up to saturation, or with a base, two builds side by side.

`--quick` takes about a minute and writes its report under build/ only.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import orjson
from rich.console import Console

from bench import builds
from bench.arrivals import page, report, table
from bench.arrivals.compare import ResponsesDiffer, compare
from bench.arrivals.durations import FULL, QUICK
from bench.arrivals.k6 import NotMeasured
from bench.arrivals.record import Record
from bench.arrivals.run import Plan, run
from bench.builds import CHECKOUT, NotBuilt
from bench.processes import NotStarted, ReportProgress
from seed.world import write
from traces.file import InvalidTraceFile

BUILD = CHECKOUT / "build" / "load"


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m bench.arrivals", description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="short steps: about a minute")
    arguments.add_argument("--aims", action="store_true", help="measure every aim as well: some twenty minutes more")
    arguments.add_argument("--again", action="store_true", help="measure nothing; write the last run's reports again")
    arguments.add_argument(
        "--base", metavar="REV", help="compare with that revision, side by side, and write no report"
    )
    arguments.add_argument("--profile", help="how the sources behave: `needtoknow serve --profile`")
    arguments.add_argument("--people", type=int, default=5_000, help="in the world")
    arguments.add_argument("--seed", type=int, default=1, help="of what arrives, in which order")
    asked = arguments.parse_args()
    console = Console(highlight=False, soft_wrap=True)
    try:
        if asked.base:
            against(asked, console)
        else:
            measured(asked, console)
    except (NotBuilt, NotMeasured, NotStarted, InvalidTraceFile, ResponsesDiffer) as broken:
        console.print(str(broken), style="red", markup=False)
        return 1
    return 0


def measured(asked: argparse.Namespace, console: Console) -> None:
    """Run the sweep, show each step in the terminal, write the reports. Raises NotMeasured, NotStarted."""
    journal_check = BUILD / "record.json"
    if asked.again:
        record = Record.from_json(orjson.loads(journal_check.read_bytes()))
    else:
        with console.status("") as status:
            plan = Plan(
                command=" ".join(["make load", *_options(asked)]),
                world=world(asked.people, status.update),
                folder=BUILD / "servers",
                people=asked.people,
                seed=asked.seed,
                profile=asked.profile,
                durations=QUICK if asked.quick else FULL,
                judges_aims=asked.aims,
            )
            console.print(table.HEAD)
            record = run(plan, status.update, lambda step: console.print(table.line(step)))
        journal_check.write_bytes(orjson.dumps(record.as_json()))
    for line in table.summary(record):
        console.print(line, markup=False)
    folder = BUILD if "--quick" in record.command else CHECKOUT / "docs"
    (folder / "load.md").write_text(report.document(record))
    (folder / "load.html").write_text(page.page(record))
    console.print(
        f"Written: {' and '.join(str((folder / f'load.{kind}').relative_to(CHECKOUT)) for kind in ('md', 'html'))}"
    )


def against(asked: argparse.Namespace, console: Console) -> None:
    """Compare two builds and show the result. Raises NotBuilt, NotMeasured, NotStarted, ResponsesDiffer."""
    durations = QUICK if asked.quick else FULL
    with console.status("") as status:
        base, here = builds.at(asked.base, status.update), builds.this()
        found = compare(
            base,
            here,
            world(asked.people, status.update),
            BUILD / "servers",
            seed=asked.seed,
            profile=asked.profile,
            durations=durations,
            report_progress=status.update,
        )
    console.print(
        f"From {base.title} to {here.title}, {found.rate:,} arrivals a second in {found.median.pairs} pairs of "
        f"turns, and abreast at {found.cpu.pairs} starts for CPU;"
    )
    console.print("in brackets where the truth lies in 99 of 100 such runs:")
    for line in found.lines():
        console.print(f"  {line}", markup=False)
    console.print(f"Other work used {found.other_cpu_percent}% of the machine's CPU meanwhile.")


def world(people: int, report_progress: ReportProgress) -> Path:
    """The data folder of a world of that size, written once."""
    folder = BUILD / f"data-{people}"
    if not (folder / "world.json").exists():
        report_progress(f"writing a world of {people:,} people")
        write(folder, people, 1)
    return folder


def _options(asked: argparse.Namespace) -> list[str]:
    """The options that repeat this run."""
    made = {"PEOPLE": asked.people, "PROFILE": asked.profile}
    rest = " ".join([*(f"--{name}" for name in ("quick", "aims") if getattr(asked, name)), *_seed(asked.seed)])
    return [*(f"{name}={value}" for name, value in made.items() if value), *([f'ARGS="{rest}"'] if rest else [])]


def _seed(seed: int) -> list[str]:
    return [] if seed == 1 else [f"--seed {seed}"]


if __name__ == "__main__":
    sys.exit(main())
