"""Entries of the violent person file and the gang file, by FBI number: 25 and 40 of 5,000 people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from resolvers.codes.alert import GangCriterion, ViolentCriterion
from resolvers.codes.entry import EntryState
from resolvers.codes.person import Caution
from seed.calendar import TODAY, YEAR, iso, ordinal
from seed.data import toml, weighted_codes
from seed.demo_values import DEMO_COUNTY, DemoTable, caution_codes
from seed.descriptors import json_list
from seed.entered import Entries, demo_entry
from seed.geography import agency, county_of
from seed.numbers import FROM_1, Series
from seed.persons import subject
from seed.random_person import RandomPerson
from seed.row import Columns, Row
from seed.source_seed import DrawRows, SourceSeed, WorldDraws

SOURCE: Final = "alerts"
# A person without an FBI number is in neither file: 0.65 of all have one.
VIOLENT, MEMBERS = 0.005 / 0.65, 0.008 / 0.65

_WEIGHTS: Final = toml("weights")["alerts"]
_CRITERION: Final = weighted_codes(ViolentCriterion, _WEIGHTS["criterion"])
_CAUTION: Final = weighted_codes(Caution, _WEIGHTS["caution"])
_GANG_CRITERION: Final = weighted_codes(GangCriterion, _WEIGHTS["gang_criterion"])
_STATE: Final = weighted_codes(EntryState, _WEIGHTS["state"])
_GROUPS: Final = tuple(_WEIGHTS["groups"])


def _start(world: WorldDraws) -> DrawRows:
    rng = world.own_rng(SOURCE)
    entries = Entries(rng)
    violent, gang = Series(rng, "L", FROM_1, digits=8), Series(rng, "T", FROM_1, digits=8)

    def entry(person: Columns, numbers: Series, oldest: int, state: str) -> tuple[Columns, int]:
        day = TODAY - 1 - rng.integer(0, oldest)
        return entries.columns(numbers.next(), agency(county_of(person, rng), rng), day, state), day

    def draw_rows(drawn: RandomPerson) -> Iterator[Row]:
        person = drawn.columns
        if person["fbi_number"] is None:
            return
        if rng.happens(VIOLENT):
            columns, _ = entry(person, violent, 15 * YEAR, rng.one_of(_STATE))
            cautions = json_list([rng.one_of(_CAUTION)] if rng.happens(0.5) else [])
            yield "violent_person", _violent(columns, person, rng.one_of(_CRITERION), cautions)
        if rng.happens(MEMBERS):
            # One in five should be purged already.
            columns, day = entry(person, gang, int(6.25 * YEAR), EntryState.ACTIVE.value)
            criteria = dict.fromkeys(rng.one_of(_GANG_CRITERION) for _ in range(rng.integer(1, 3)))
            yield "gang_membership", _gang(columns, person, rng.one_of(_GROUPS), [*criteria], iso(day + 5 * YEAR))

    return draw_rows


def _violent(entry: Columns, person: Columns, criterion: str, cautions: str) -> Columns:
    return {
        **entry,
        "criterion": criterion,
        "cautions": cautions,
        "subject_fbi": person["fbi_number"],
        **subject(person),
    }


def _gang(entry: Columns, person: Columns, group: str, criteria: list[str], purge_on: str) -> Columns:
    return {
        **entry,
        "group_name": group,
        "criteria": json_list(criteria),
        "purge_on": purge_on,
        "subject_fbi": person["fbi_number"],
        **subject(person),
    }


def _demo(number: int, person: Columns, table: DemoTable) -> Iterator[Row]:
    for each in table.get("violent", ()):
        entry = demo_entry(f"L{number:09}", DEMO_COUNTY.sheriff, ordinal(each["entered_on"]))
        yield "violent_person", _violent(entry, person, ViolentCriterion[each["criterion"]].value, caution_codes(each))
    for each in table.get("gang", ()):
        entry = demo_entry(f"T{number:09}", DEMO_COUNTY.sheriff, ordinal(each["entered_on"]))
        criteria = [GangCriterion[criterion].value for criterion in each["criteria"]]
        yield "gang_membership", _gang(entry, person, each["group"], criteria, each["purge_on"])


SEED: Final = SourceSeed(_start, _demo)
