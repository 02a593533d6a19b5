"""CPU of a question by the number of sources that it asks: `python -m bench.by_source`.

Each row asks for one more source about the same people. All rows are measured in turn, in one run of one server.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Final

from rich.console import Console
from rich.table import Table

from bench.contenders import CONTENDERS
from bench.data_folder import BUILD, world_folder
from bench.results import Measurement
from bench.rounds import RoundDurations, measure_rounds, start_contenders
from bench.workloads import Workload, person_ids

PEOPLE, SETS, CONNECTIONS = 5_000, 100, 8
AT_ONCE: Final = (1, 20)
"""People of one question."""
DURATIONS = RoundDurations(rounds=25, seconds=0.1, warm_seconds=0.5, compared=0)

# Fields of a person that ask one source, in the order in which they are added.
SELECTIONS: Final = {
    "persons": "id name { full } birthDate",
    "vehicles": "vehicles { vin plate make model }",
    "warrants": "warrants { number status offense }",
    "protective_orders": "protectiveOrders { number enforcement brady }",
    "criminal_history": "criminalHistory { cycles { arrestedOn status charges { offense standing } } }",
    "missing_persons": "missingReports { number category lastSeenOn }",
    "property": "vehicles { reports { number status agencyOri } }",
    "firearms": "firearms { serial make model }",
    "supervision": "supervisedReleases { number status searchTerms }",
    "alerts": "violentPerson { number criterion }",
    "accidents": "accidents { number occurredAt severity }",
    "biometrics": "biometrics { id kind takenOn }",
}


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m bench.by_source", description=__doc__)
    arguments.add_argument("--rounds", type=int, default=DURATIONS.rounds, help="rounds, of which the median is shown")
    durations = replace(DURATIONS, rounds=arguments.parse_args().rounds)
    server = next(each for each in CONTENDERS if each.key == "whole")
    console = Console()
    with console.status("") as status:
        data = world_folder(BUILD, PEOPLE, status.update)
        questions = list(workloads(data))
        with start_contenders([server], questions, data) as running:
            found = measure_rounds(running, questions, durations, status.update)
    console.print(table(found))


def workloads(data: Path) -> Iterator[Workload]:
    """Questions about some people, about the same people for any number of sources."""
    ids = person_ids(data)
    for people in AT_ONCE:
        rng = random.Random(people)
        variables = tuple({"ids": rng.sample(ids, people)} for _ in range(SETS))
        for count in range(1, len(SELECTIONS) + 1):
            yield Workload(name_of(count, people), people, (CONNECTIONS,), document(count), variables)


def document(count: int) -> str:
    """A question that asks this many sources, with a place for its inquiry."""
    fields = "\n    ".join(list(SELECTIONS.values())[:count])
    return f"query Whole($ids: [ID!]!)%s {{\n  persons(ids: $ids) {{\n    {fields}\n  }}\n}}\n"


def table(found: Sequence[Measurement]) -> Table:
    """A row for each number of sources, with the source that it adds."""
    columns = [f"{people} {'person' if people == 1 else 'people'}" for people in AT_ONCE]
    shown = Table("sources", "the last of them", *columns, title=f"CPU ms a question, {CONNECTIONS} connections")
    for count, source in enumerate(SELECTIONS, start=1):
        cells = [
            f"{median(each.cpu_ms for each in found if each.workload == name_of(count, people)):.2f}"
            for people in AT_ONCE
        ]
        shown.add_row(str(count), source, *cells)
    return shown


def name_of(count: int, people: int) -> str:
    """The name of the question that asks so many sources."""
    return f"{count} sources, {people} people"


if __name__ == "__main__":
    main()
