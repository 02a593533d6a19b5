"""The demonstration people: the same sixteen in every world, each for one rule of need-to-know.

They are in seed/data/demo_people.toml. `docs/demo-world.md` lists them for readers, and a test compares both. The
colleague, the namesake and the caller's own record depend on two demonstration callers: the investigator, Dana Reyes,
and the patrol officer, by agency.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from seed import persons
from seed.data import toml
from seed.demo.records import Table, name, person, records
from seed.geography import LOS_ANGELES
from seed.names import Name
from seed.persons import Person

INVESTIGATOR_USER: Final = "demo-investigator"
INVESTIGATOR_ORI: Final = LOS_ANGELES.sheriff
PATROL_ORI: Final = LOS_ANGELES.police[0]


@dataclass(frozen=True, slots=True)
class Demonstration:
    """One person, the rule that they show, their records in the other sources, and their aliases."""

    person: Person
    shows: str
    records: tuple[tuple[object, ...], ...]
    aliases: tuple[Name, ...]


def _demonstration(number: int, table: Table) -> Demonstration:
    who = person(number, table)
    return Demonstration(
        who, table["shows"], tuple(records(who, table)), tuple(name(alias) for alias in table.get("aliases", ()))
    )


PEOPLE: Final = tuple(
    _demonstration(number, table) for number, table in enumerate(toml("demo_people")["person"], start=1)
)


def rows() -> list[tuple[object, ...]]:
    """Every row of every demonstration person, for all sources."""
    found: list[tuple[object, ...]] = []
    for number, each in enumerate(PEOPLE, start=1):
        found += persons.rows(number, each.person, list(each.aliases))
        found += each.records
    return found
