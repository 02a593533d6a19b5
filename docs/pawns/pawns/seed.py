"""Missing persons of a synthetic world: four in a thousand people, and one of the demonstration people."""

from __future__ import annotations

from collections.abc import Iterator

from missing_persons.resolvers import SOURCE
from seed.calendar import TODAY, iso
from seed.demo_values import DEMO_COUNTY, DemoTable
from seed.numbers import FROM_1, Series
from seed.persons import subject
from seed.random_person import RandomPerson
from seed.row import Columns, Row
from seed.source_seed import DrawRows, SourceSeed, WorldDraws


def report(number: str, person: Columns, reported_on: str, status: str) -> Row:
    """One report, taken by the sheriff of the demonstration county."""
    columns = {
        "number": number,
        "status": status,
        "reported_on": reported_on,
        "agency_ori": DEMO_COUNTY.sheriff,
        "contact": "(213) 555-0123",
        "subject_person": person["id"],
        **subject(person),
    }
    return "missing_person", columns


def start(world: WorldDraws) -> DrawRows:
    """The reports about each random person."""
    rng = world.own_rng(SOURCE)
    numbers = Series(rng, "M", FROM_1, digits=7)

    def draw_rows(person: RandomPerson) -> Iterator[Row]:
        if rng.happens(0.004):
            status = "LOCATED" if rng.happens(0.6) else "MISSING"
            yield report(numbers.next(), person.columns, iso(TODAY - rng.integer(0, 900)), status)

    return draw_rows


def demo(number: int, person: Columns, _table: DemoTable) -> Iterator[Row]:
    """Jaylen Merriwether is missing."""
    if number == 5:
        yield report("M00000005", person, "2025-10-04", "MISSING")


SEED = SourceSeed(start, demo)
