"""Warrants, by the FBI number of the wanted person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from resolvers.codes.history import Severity
from resolvers.codes.person import Caution
from resolvers.codes.warrant import Extradition, WarrantCategory, WarrantStatus
from seed.calendar import TODAY, YEAR, iso
from seed.data import toml, weighted_codes
from seed.demo_values import DEMO_COUNTY, DemoTable, caution_codes
from seed.descriptors import json_list
from seed.geography import agency, county_of
from seed.numbers import Numbers
from seed.offenses import TEXTS, WANTED
from seed.persons import subject
from seed.random_person import RandomPerson
from seed.rng import Rng
from seed.row import Columns, Row
from seed.source_seed import DrawRows, SourceSeed, WorldDraws

_WEIGHTS: Final = toml("weights")["warrants"]
# Offenses that violate a court's order, and the warrant categories named after the violation.
_CATEGORY: Final = {
    "5011": (WarrantCategory.PAROLE_VIOLATION.value,),
    "5012": (WarrantCategory.PROBATION_VIOLATION.value,),
    "5015": weighted_codes(WarrantCategory, {"FAILURE_TO_APPEAR": 7, "BENCH": 4, "CAPIAS": 1}),
}
_FELONY, _MISDEMEANOR = (
    weighted_codes(WarrantCategory, _WEIGHTS[name]) for name in ("felony_category", "misdemeanor_category")
)
_STATUS: Final = weighted_codes(WarrantStatus, _WEIGHTS["status"])
_FELONY_EXTRADITION, _MISDEMEANOR_EXTRADITION = (
    weighted_codes(Extradition, _WEIGHTS[name]) for name in ("felony_extradition", "misdemeanor_extradition")
)
_CAUTIONS: Final = weighted_codes(Caution, _WEIGHTS["caution"])
_NO_BAIL: Final = weighted_codes(WarrantCategory, {"BENCH_NO_BOND": 1, "PAROLE_VIOLATION": 1, "JOHN_DOE_DNA": 1})


def draw(person: Columns, rng: Rng, numbers: Numbers) -> list[Row]:
    """One warrant for this person. Bail is a multiple of $5,000 for a felony, else of $500."""
    offense = rng.one_of(WANTED)
    is_felony = offense["severity"] == Severity.FELONY.value
    county = county_of(person, rng)
    category = rng.one_of(_CATEGORY.get(offense["code"], _FELONY if is_felony else _MISDEMEANOR))
    columns = {
        "number": numbers.warrant.next(),
        "category": category,
        "status": rng.one_of(_STATUS),
        "issued_on": iso(TODAY - int(9 * YEAR * rng.random() ** 2)),
        **county.court,
        "agency_ori": agency(county, rng),
        "offense_code": offense["code"],
        "offense": offense["offense"],
        "bail_cents": None
        if category in _NO_BAIL
        else 500_000 * rng.integer(2, 40)
        if is_felony
        else 50_000 * rng.integer(1, 20),
        "extradition": rng.one_of(_FELONY_EXTRADITION if is_felony else _MISDEMEANOR_EXTRADITION),
        "cautions": json_list([rng.one_of(_CAUTIONS)] if rng.happens(0.3 if is_felony else 0.05) else []),
        "night_service": is_felony and rng.happens(0.3),
        "subject_fbi": person["fbi_number"],
        **subject(person),
    }
    return [("warrant", columns)]


def _start(world: WorldDraws) -> DrawRows:
    def draw_rows(person: RandomPerson) -> Iterator[Row]:
        for _ in range(person.counts.warrants):
            yield from draw(person.columns, world.rng, world.numbers)

    return draw_rows


def _demo(number: int, person: Columns, table: DemoTable) -> Iterator[Row]:
    for each in table.get("warrant", ()):
        yield "warrant", _demo_warrant(number, person, each)


def _demo_warrant(number: int, wanted: Columns, table: DemoTable) -> Columns:
    """One warrant of the demonstration county."""
    return {
        "number": f"W{number:09}",
        "status": "ACTIVE",
        **DEMO_COUNTY.court,
        "agency_ori": DEMO_COUNTY.sheriff,
        "offense": TEXTS[table["offense_code"]],
        "night_service": False,
        **table,
        "extradition": Extradition[table["extradition"]].value,
        "cautions": caution_codes(table),
        "subject_fbi": wanted["fbi_number"],
        **subject(wanted),
    }


SEED: Final = SourceSeed(_start, _demo)
