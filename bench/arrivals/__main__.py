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
from bench.arrivals.compare import compare
from bench.arrivals.durations import FULL, QUICK
from bench.arrivals.k6 import NotMeasured
from bench.arrivals.record import Record
from bench.arrivals.run import LoadTestConfig, run
from bench.builds import CHECKOUT, NotBuilt
from bench.data_folder import world_folder
from bench.processes import NotStarted
from bench.rounds import ResponsesDiffer
from traces.file import InvalidTraceFile

BUILD, DOCS = CHECKOUT / "build" / "load", CHECKOUT / "docs"


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m bench.arrivals", description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="short steps, about a minute")
    arguments.add_argument(
        "--aims", action="store_true", help="measure every aim as well; takes about twenty minutes more"
    )
    arguments.add_argument(
        "--again", action="store_true", help="measure nothing; write the reports of docs/load.json again"
    )
    arguments.add_argument(
        "--base", metavar="REV", help="compare with that revision, side by side, and write no report"
    )
    arguments.add_argument("--profile", help="fault profile of the sources, as in `needtoknow serve --profile`")
    arguments.add_argument("--people", type=int, default=5_000, help="number of people in the world")
    arguments.add_argument("--seed", type=int, default=1, help="decides which requests arrive in which order")
    options = arguments.parse_args()
    console = Console(highlight=False, soft_wrap=True)
    try:
        if options.base:
            compare_builds(options, console)
        else:
            measure(options, console)
    except (NotBuilt, NotMeasured, NotStarted, InvalidTraceFile, ResponsesDiffer) as error:
        console.print(str(error), style="red", markup=False)
        return 1
    return 0


def measure(options: argparse.Namespace, console: Console) -> None:
    """Run the sweep, show each step in the terminal, write the reports. Raises NotMeasured, NotStarted."""
    if options.again:
        record = Record.from_json(orjson.loads((DOCS / "load.json").read_bytes()))
    else:
        with console.status("") as status:
            load_test = LoadTestConfig(
                command=" ".join(["make load", *_make_variables(options)]),
                world=world_folder(BUILD, options.people, status.update),
                folder=BUILD / "servers",
                people=options.people,
                seed=options.seed,
                profile=options.profile,
                durations=QUICK if options.quick else FULL,
                judges_aims=options.aims,
            )
            console.print(table.HEAD)
            record = run(load_test, status.update, lambda step: console.print(table.step_line(step)))
    for line in table.summary(record):
        console.print(line, markup=False)
    folder = BUILD if "--quick" in record.command else DOCS
    (folder / "load.json").write_bytes(orjson.dumps(record.as_json(), option=orjson.OPT_INDENT_2))
    write_reports(record, folder)
    console.print(f"Written: load.json, load.md, load.svg and load.html in {folder.relative_to(CHECKOUT)}/")


def write_reports(record: Record, folder: Path) -> None:
    """Write the document, its picture and the page. Equal records give equal files."""
    (folder / "load.md").write_text(report.document(record))
    (folder / "load.svg").write_text(page.picture(record))
    (folder / "load.html").write_text(page.page(record))


def compare_builds(options: argparse.Namespace, console: Console) -> None:
    """Compare two builds and show the result. Raises NotBuilt, NotMeasured, NotStarted, ResponsesDiffer."""
    durations = QUICK if options.quick else FULL
    with console.status("") as status:
        base, here = builds.at(options.base, status.update), builds.this()
        comparison = compare(
            base,
            here,
            world_folder(BUILD, options.people, status.update),
            BUILD / "servers",
            seed=options.seed,
            profile=options.profile,
            durations=durations,
            report_progress=status.update,
        )
    console.print(
        f"From {base.title} to {here.title}: latency at {comparison.rate:,} arrivals a second in "
        f"{comparison.median.pairs} alternating pairs, CPU in {comparison.cpu.pairs} concurrent pairs."
    )
    console.print("The 99% confidence interval is in brackets:")
    for line in comparison.lines():
        console.print(f"  {line}", markup=False)
    console.print(f"Other work used {comparison.other_cpu_percent}% of the machine's CPU.")


def _make_variables(options: argparse.Namespace) -> list[str]:
    """The variables of `make load` that repeat this run."""
    variables = {"PEOPLE": options.people, "PROFILE": options.profile}
    flags = [f"--{name}" for name in ("quick", "aims") if getattr(options, name)]
    if options.seed != 1:
        flags.append(f"--seed {options.seed}")
    if flags:
        variables["ARGS"] = f'"{" ".join(flags)}"'
    return [f"{name}={value}" for name, value in variables.items() if value]


if __name__ == "__main__":
    sys.exit(main())
