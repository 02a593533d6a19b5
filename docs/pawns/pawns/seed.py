"""Pawned items of a synthetic world: one for four in a thousand people, and for one of the demonstration people."""

from __future__ import annotations

from collections.abc import Iterator

from pawns.resolvers import SOURCE
from seed.calendar import TODAY, iso
from seed.demo_values import DEMO_COUNTY, DemoTable
from seed.numbers import FROM_1, Series
from seed.persons import subject
from seed.random_person import RandomPerson
from seed.row import Columns, Row
from seed.source_seed import DrawRows, SourceSeed, WorldDraws

ARTICLES = ("gold ring", "guitar", "laptop", "cordless drill")


def pawn(number: str, person: Columns, article: str, pledged_on: str, status: str) -> Row:
    """One item, reported to the sheriff of the demonstration county."""
    columns = {
        "number": number,
        "status": status,
        "article": article,
        "pledged_on": pledged_on,
        "agency_ori": DEMO_COUNTY.sheriff,
        "claimant_phone": "(213) 555-0123",
        "subject_person": person["id"],
        **subject(person),
    }
    return "pawn", columns


def start(world: WorldDraws) -> DrawRows:
    """The items that each random person pledged."""
    rng = world.own_rng(SOURCE)
    numbers = Series(rng, "N", FROM_1, digits=7)

    def draw_rows(person: RandomPerson) -> Iterator[Row]:
        if rng.happens(0.004):
            status = "REDEEMED" if rng.happens(0.6) else "HELD"
            pledged_on = iso(TODAY - rng.integer(0, 900))
            yield pawn(numbers.next(), person.columns, rng.one_of(ARTICLES), pledged_on, status)

    return draw_rows


def demo(number: int, person: Columns, _table: DemoTable) -> Iterator[Row]:
    """Jaylen Merriwether pledged a guitar that somebody claims."""
    if number == 5:
        yield pawn("N00000005", person, "guitar", "2025-10-04", "HELD")


SEED = SourceSeed(start, demo)
