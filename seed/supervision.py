"""Supervised release of a synthetic world: from the supervision in criminal histories, and contacts with the people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from resolvers.codes.entry import EntryState
from resolvers.codes.history import SupervisionKind, SupervisionStatus
from resolvers.supervision import SOURCE
from seed.calendar import TODAY, ordinal
from seed.data import toml
from seed.demo_values import DEMO_COUNTY, DemoTable
from seed.descriptors import json_list
from seed.entered import Entries, demo_entry, moment
from seed.geography import agency, county_of
from seed.names import ORIGINS, name
from seed.numbers import FIRST_ROW, FROM_1, LETTER, Series
from seed.persons import subject
from seed.random_person import RandomPerson
from seed.rng import Rng, weighted
from seed.row import Columns, Row
from seed.source_seed import DrawRows, SourceSeed, WorldDraws

ENDED: Final = 0.28
"""Share of the supervision that has ended and is still in the file."""

_CURRENT: Final = {SupervisionStatus.ACTIVE.value, SupervisionStatus.AT_LARGE.value}
_PAROLE: Final = {SupervisionKind.PAROLE.value, SupervisionKind.POST_RELEASE.value}
_NARRATIVES: Final[list[str]] = toml("weights")["supervision"]["narratives"]
_CONTACTS: Final = weighted({0: 40, 1: 30, 2: 18, 3: 8, 5: 3, 12: 1})
_AREA_CODES: Final = ("213", "408", "415", "510", "559", "619", "714", "805", "916")


def split_terms(terms: list[str]) -> Columns:
    """The columns of terms: those that permit a search, and the others."""
    search = [each for each in terms if each.startswith("Search")]
    return {"search_terms": json_list(search), "terms": json_list([each for each in terms if each not in search])}


class _Releases:
    """The supervised releases of one world."""

    def __init__(self, rng: Rng) -> None:
        self._rng = rng
        self._numbers = Series(rng, "C", FROM_1, digits=8)
        self._prison_numbers = Series(rng, LETTER, LETTER, digits=4)
        self._entries = Entries(rng)
        self._contacts = FIRST_ROW

    def draw(self, person: RandomPerson) -> Iterator[Row]:
        """An entry for supervision that is going on, and for some that has ended."""
        for cycle in person.records["cycle"]:
            is_current = cycle["supervision_status"] in _CURRENT
            if cycle["supervision_kind"] and (is_current or self._rng.happens(ENDED)):
                yield from self._release(person.columns, cycle, is_current=is_current)

    def _release(self, person: Columns, cycle: Columns, *, is_current: bool) -> Iterator[Row]:
        rng, number = self._rng, self._numbers.next()
        kind = cycle["supervision_kind"]
        by = agency(county_of(person, rng), rng)
        starts = min(ordinal(cycle["supervision_starts_on"]), TODAY)
        entered = min(TODAY, starts + rng.integer(0, 30))
        agent = name(rng, rng.one_of(ORIGINS), rng.one_of("MF"))
        yield (
            "supervised_release",
            {
                **self._entries.columns(
                    number, by, entered, (EntryState.ACTIVE if is_current else EntryState.CLEARED).value
                ),
                "kind": kind,
                "status": cycle["supervision_status"],
                "starts_on": cycle["supervision_starts_on"],
                "ends_on": cycle["supervision_ends_on"],
                "cdc_number": self._prison_numbers.next() if kind in _PAROLE else None,
                "agent_name": f"{agent.given} {agent.surname}",
                "agent_phone": f"({rng.one_of(_AREA_CODES)}) 555-01{rng.integer(0, 99):02}",
                **split_terms(json.loads(cycle["supervision_terms"])),
                "cii_number": person["cii_number"],
                "is_sealed": cycle["is_sealed"],
                "is_juvenile": cycle["is_juvenile"],
                **subject(person),
            },
        )
        for _ in range(rng.one_of(_CONTACTS)):
            yield self._contact(number, starts, person)

    def _contact(self, number: str, since: int, person: Columns) -> Row:
        rng = self._rng
        self._contacts += 1
        day, minutes = TODAY - int((TODAY - since) * rng.random()), rng.integer(0, 24 * 60 - 1)
        columns = {
            "id": self._contacts,
            "number": number,
            "at": moment(day, minutes),
            "agency_ori": agency(county_of(person, rng), rng),
            "narrative": rng.one_of(_NARRATIVES),
        }
        return "supervision_contact", columns


def _start(world: WorldDraws) -> DrawRows:
    return _Releases(world.own_rng(SOURCE)).draw


def _demo(number: int, person: Columns, table: DemoTable) -> Iterator[Row]:
    if "supervised_release" not in table:
        return
    given = {**table["supervised_release"]}
    record, state, contacts = f"C{number:09}", given.pop("state", "ACTIVE"), given.pop("contacts", [])
    columns = {
        **demo_entry(record, DEMO_COUNTY.sheriff, ordinal(given["starts_on"]) + 3, state),
        "cdc_number": None,
        "agent_name": None,
        "agent_phone": None,
        **given,
        **split_terms(given["terms"]),
        "cii_number": person["cii_number"],
        "is_sealed": False,
        "is_juvenile": False,
        **subject(person),
    }
    yield "supervised_release", columns
    for index, contact in enumerate(contacts):
        ids = {"id": number * 100 + index, "number": record}
        yield "supervision_contact", {**ids, "agency_ori": DEMO_COUNTY.sheriff, **contact}


SEED: Final = SourceSeed(_start, _demo)
